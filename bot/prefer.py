"""/prefer: own defaults, a suffix, and named sets of options; and what /imagine makes of them."""

from collections.abc import AsyncGenerator

from bot import command_text, preferences
from bot import wording_people as wording
from bot.events import Event, Prefer
from bot.memory.people import People, Preferred
from bot.memory.tables import Preference
from bot.plain_text import clean, veil
from bot.preferences import Expanded
from bot.replies import Shown, Whisper

MOST_SETS = 50
RESERVED = ("defaults", "suffix", "mention", "everything")


class Preferences:
    """What each person prefers, in each workspace."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def expand(self, event: Event, text: str) -> Expanded:
        """What a person typed after /imagine, with what they prefer, and what was added in words.

        Raises:
            UnknownFlag: a flag that is nearest to one of their sets.
        """
        return preferences.expand(text, await self._mine(event))

    async def handle(self, event: Prefer) -> AsyncGenerator[Shown, None]:
        """The answer to /prefer.

        Raises:
            BadInput: the flags can't be read.
        """
        word, _, rest = clean(event.text).partition(" ")
        match word.lower(), rest.strip():
            case "", _:
                answer = wording.preferred(await self._mine(event))
            case "defaults" | "suffix" | "mention" | "save" | "forget" as word, "":
                answer = wording.needs_more(word)
            case "defaults", written:
                answer = _not_flags("defaults", written) or await self._keep(event, "defaults", "", written)
            case "suffix", words:
                answer = _no_suffix(words) or await self._keep(event, "suffix", "", words)
            case "mention", said if said.lower() in ("on", "off"):
                answer = await self._keep(event, "mention", "", said.lower())
            case "mention", _:
                answer = wording.needs_more("mention")
            case "save", rest:
                answer = await self._save(event, rest)
            case "forget", name:
                answer = await self._forget(event, name.lower().lstrip("-"))
            case _:
                answer = wording.unknown_preference(word)
        if answer:
            yield Whisper(answer)

    async def _mine(self, event: Event) -> Preferred:
        return await self._people.preferred(event.place.platform, event.place.workspace, event.person.id)

    async def _save(self, event: Prefer, rest: str) -> str:
        name, _, written = rest.partition(" ")
        name = name.lower().lstrip("-")
        if not preferences.NAME.fullmatch(name) or name in RESERVED:
            return wording.bad_name(name)
        if flag := preferences.hidden_flag(name):
            return wording.name_taken(name, flag)
        if not written.strip():
            return wording.needs_more("save")
        if refused := _not_flags("save", written):
            return refused
        sets = (await self._mine(event)).sets
        if name not in sets and len(sets) >= MOST_SETS:
            return wording.too_many_sets(MOST_SETS)
        return await self._keep(event, "set", name, written)

    async def _keep(self, event: Prefer, kind: str, name: str, value: str) -> str:
        """Empty if the event was handled before."""
        preference = Preference(
            platform=event.place.platform,
            workspace=event.place.workspace,
            person_id=event.person.id,
            kind=kind,
            name=name,
            value=value.strip(),
        )
        if not await self._people.prefer(event.event_id, preference):
            return ""
        match kind:
            case "defaults":
                return wording.defaults_kept(preference.value)
            case "suffix":
                return wording.suffix_kept(preference.value)
            case "mention":
                return wording.mention_kept(preference.value)
        return wording.set_kept(name, preference.value)

    async def _forget(self, event: Prefer, name: str) -> str:
        mine = await self._mine(event)
        there = [*(["defaults"] if mine.defaults else []), *(["suffix"] if mine.suffix else []), *mine.sets]
        there += ["mention"] if mine.quiet else []
        if name not in there and name != "everything":
            return wording.nothing_to_forget(name, there)
        kind, of_set = (name, "") if name in RESERVED else ("set", name)
        who = event.place.platform, event.place.workspace, event.person.id
        return wording.forgotten(name) if await self._people.forget(event.event_id, *who, kind, of_set) else ""


def _not_flags(word: str, written: str) -> str:
    """Why flags are not kept, in words; nothing if they can be.

    Raises:
        BadInput: they can't be read.
    """
    asks = command_text.parse(written, allow_empty=True)
    words = next((" ".join((*ask.links, ask.prompt)).strip() for ask in asks if ask.links or ask.prompt), "")
    return wording.flags_alone(word, words) if words else ""


def _no_suffix(words: str) -> str:
    """Why words are not kept as a suffix; nothing if they can be.

    Raises:
        BadInput: they can't be read.
    """
    asks = command_text.parse(words)
    alone = asks == [command_text.Ask(prompt=words)] and "::" not in veil(words) and "{" not in veil(words)
    return "" if alone else wording.plain_suffix()
