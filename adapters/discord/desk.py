"""The desk: takes interactions and messages, acknowledges, makes events of them and hands them to the bot."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord import arrivals, calls, inbound, permissions, render
from adapters.discord.answers import Answer, InteractionAnswer, LateAnswer, MessageAnswer
from adapters.discord.fetching import Brought, Refused, pictures_of
from adapters.discord.posting import Posting
from adapters.discord.stage import Asked, DiscordStage, lacking
from adapters.relay import Bot, acknowledged, kept, relay, written
from bot import buttons
from bot import wording_discord as wording
from bot.buttons import Again, Choose, Edit, UnknownToken, Unset, Upscale, Vary, from_token
from bot.events import (
    AnyEvent,
    Command,
    Fork,
    Imagine,
    Message,
    Party,
    Press,
    Show,
    Submit,
    Top,
    Tree,
    opens_thread,
)
from bot.memory.inbox import Arrival
from bot.place import Person, Place
from bot.styles import STYLES

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]

FORM_BY = 2.0
"""Seconds within which a form has to be there; later the press is acknowledged without it."""
MOST_FORMS = 1_000
REFINE, START = "d1~refine~", "d1~start~"
"""Beginnings of the custom_ids of our own forms."""
ASPECTS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9")


@dataclass(frozen=True, slots=True)
class Known:
    """What options are completed with. All of it answers from memory, since there are three seconds and no defer."""

    models: Callable[[], Sequence[str]]
    sets: Callable[[Place, Person], Awaitable[Sequence[str]]]
    """The person's own sets of options."""
    recent: Callable[[Place, Person], Awaitable[Sequence[str]]]
    """Ids that the person may want to name, newest first."""


class Desk:
    """One for each client. Its events go on until `close`, and the next start resumes them."""

    def __init__(self, bot: Bot, posting: Posting, known: Known, *, content: bool) -> None:
        self._bot, self._posting, self._known, self._content = bot, posting, known, content
        self._arriving: set[asyncio.Task[bool]] = set()
        self._at_work: set[asyncio.Task[Any]] = set()
        self._starts: OrderedDict[str, Brought] = OrderedDict()
        """Pictures of forms that are open, by the forms' ids."""

    async def command(self, interaction: Interaction, kind: type[Command], given: dict[str, Any]) -> None:
        """A slash command."""
        answer = InteractionAnswer(interaction, self._posting)
        await self._take(interaction, answer, arrivals.command(interaction, kind, given))

    async def menu(self, interaction: Interaction, message: discord.Message, name: str) -> None:
        """An entry of a message's menu."""
        answer = InteractionAnswer(interaction, self._posting)
        if name == wording.MENU_REFINE:
            modal = render.modal(wording.MENU_REFINE, wording.REFINE_LABEL, "", f"{REFINE}{message.id}")
            await answer.form(modal)
            return
        pictures = pictures_of(message)
        if name == wording.MENU_START and pictures:
            token = f"{START}{interaction.id}"
            self._starts[token] = pictures[0]
            while len(self._starts) > MOST_FORMS:
                self._starts.popitem(last=False)
            await answer.form(render.modal(wording.MENU_START, wording.START_LABEL, "", token))
        elif pictures:
            await self._take(interaction, answer, *arrivals.describe(interaction, pictures))
        else:
            await self._refuse(answer, wording.NO_PICTURE)

    async def press(self, interaction: Interaction) -> None:
        """A button, or a choice in a menu of buttons."""
        token = inbound.token_of(interaction.data or {})
        answer = InteractionAnswer(interaction, self._posting)
        arrival = arrivals.press(interaction, token)
        if not _opens_form(token):
            await self._take(interaction, answer, arrival)
            return
        late = asyncio.create_task(answer.in_time(FORM_BY))
        try:
            async with self._care(answer):
                await self._hand(interaction, answer, arrival)
        finally:
            late.cancel()

    async def submit(self, interaction: Interaction) -> None:
        """A form that was sent in."""
        answer = InteractionAnswer(interaction, self._posting)
        data: dict[str, Any] = dict(interaction.data or {})
        token, text = str(data.get("custom_id", "")), inbound.text_of(data)
        if token.startswith(REFINE):
            arrival = arrivals.refine(interaction, text, token.removeprefix(REFINE), self._me)
        elif not token.startswith(START):
            arrival = arrivals.submit(interaction, token, text)
        elif picture := self._starts.get(token):
            arrival = arrivals.start(interaction, text, picture)
        else:
            await self._refuse(answer, wording.FORM_STALE)
            return
        await self._take(interaction, answer, arrival)

    async def message(self, message: discord.Message) -> None:
        """Words in a thread of the bot's, in a direct message, or such that name the bot."""
        if message.author.bot or message.type not in (discord.MessageType.default, discord.MessageType.reply):
            return
        addressed = any(user.id == self._me for user in message.mentions)
        channel = message.channel
        mine = isinstance(channel, discord.Thread) and channel.owner_id == self._me
        if not (addressed or mine or message.guild is None):
            return
        if not message.content and not message.attachments:
            return  # without the intent, the words of what is not addressed are withheld
        arrival, answer = arrivals.message(message, self._me, addressed=addressed), MessageAnswer(message)
        await written(self._posting.posts.inbox, arrival)
        async with kept(self._posting.posts.inbox, arrival.event), self._care(answer):
            complete = await arrivals.complete(arrival, self._posting)
            mine_there = (
                message.guild and isinstance(channel, discord.Thread) and channel.permissions_for(message.guild.me)
            )
            await self._relay(answer, complete.event, mine_there or None, None)

    async def again(self, arrival: Arrival) -> None:
        """What arrived before a crash. Its interaction is not ours to answer any more."""
        answer = LateAnswer(self._posting, arrival.event.person.id, arrival.event.event_id)
        async with kept(self._posting.posts.inbox, arrival.event), self._care(answer):
            complete = await arrivals.complete(arrival, self._posting)
            await self._relay(answer, complete.event, None, None)

    async def complete(self, interaction: Interaction, kind: type[Command], option: str, typed: str) -> list[str]:
        """What may stand in an option. Never raises: nothing is offered then."""
        del typed
        try:
            who = arrivals.asked(interaction)
            match option:
                case "model":
                    return list(self._known.models())
                case "style":
                    return list(STYLES)
                case "aspect":
                    return list(ASPECTS)
                case "set":
                    return list(await self._known.sets(who.place, who.person))
            return list(await self._known.recent(who.place, who.person))
        except Exception:
            log.exception("/%s %s can't be completed", kind.__name__.lower(), option)
            return []

    async def close(self) -> None:
        """Let the acknowledgements that are on their way arrive, and leave everything else as it is."""
        await asyncio.gather(*self._arriving, return_exceptions=True)
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)

    async def _take(self, interaction: Interaction, answer: InteractionAnswer, *taken: Arrival) -> None:
        """Acknowledge before anything else, and write down in the same moment; then handle, one after the other."""
        if not await self._acknowledged(answer, taken):
            return
        async with AsyncExitStack() as stack:
            for arrival in taken:
                await stack.enter_async_context(kept(self._posting.posts.inbox, arrival.event))
            await stack.enter_async_context(self._care(answer))
            for arrival in taken:
                try:
                    await self._hand(interaction, answer, arrival)
                except Refused as refused:  # the other pictures of the message are read all the same
                    await answer.whisper([render.words(render.escape(str(refused)))])

    async def _refuse(self, answer: InteractionAnswer, words: str) -> None:
        if await self._acknowledged(answer, ()):
            async with self._care(answer):
                raise Refused(words)

    async def _acknowledged(self, answer: InteractionAnswer, taken: Sequence[Arrival]) -> bool:
        """What is on its way is not cut off by the end of the program."""
        work = acknowledged(answer.acknowledge(), self._posting.posts.inbox, *taken)
        arriving = asyncio.create_task(work)
        self._arriving.add(arriving)
        arriving.add_done_callback(self._arriving.discard)
        return await asyncio.shield(arriving)

    @property
    def _me(self) -> int:
        user = self._posting.client.user
        return user.id if user else 0

    async def _hand(self, interaction: Interaction, answer: InteractionAnswer, arrival: Arrival) -> None:
        complete = await arrivals.complete(arrival, self._posting)
        if complete.key:
            answer.shows(complete.key)
        reported = getattr(interaction, "filesize_limit", None)
        await self._relay(answer, complete.event, None if answer.away else interaction.app_permissions, reported)

    async def _relay(
        self, answer: Answer, event: AnyEvent, mine: discord.Permissions | None, limit: int | None
    ) -> None:
        if mine is not None and event.place.workspace.isdecimal() and _shows(event):
            lacks = permissions.missing(mine, thread=bool(event.place.thread), opens=self._opens(event))
            if lacks:
                where = f"<#{event.place.thread or event.place.channel}>"
                await answer.whisper([render.words(wording.missing(lacks, where))])
                return
        told = wording.HELP_WITH_CONTENT if self._content else wording.HELP_WITHOUT_CONTENT
        stage = DiscordStage(self._posting, event.place, Asked(event, answer, limit, told))
        try:
            await relay(self._bot, event, stage)
        except discord.HTTPException as error:
            if error.code in calls.FILTERED:
                raise Refused(wording.FILTERED_WORDS) from error
            if error.status != 403 and error.code not in calls.GONE:
                raise
            log.warning("nothing came of %s: %s", event.event_id, error)
            await answer.whisper([render.words(lacking(self._posting.client, event.place.in_thread("")))])

    def _opens(self, event: AnyEvent) -> permissions.Opens:
        if not opens_thread(event):
            return ""
        if event.sheltered == "thread":
            return "private"
        forum = isinstance(self._posting.client.get_channel(int(event.place.channel)), discord.ForumChannel)
        return "post" if forum else "root"

    @asynccontextmanager
    async def _care(self, answer: Answer) -> AsyncIterator[None]:
        """Whatever happens, the person hears of it; only the end of the program is left to the next start."""
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            try:
                yield
            except Refused as refused:
                await answer.whisper([render.words(render.escape(str(refused)))])
            except Exception:
                log.exception("an event came to nothing")
                await answer.whisper([render.words(wording.FAILED)])
            if isinstance(answer, InteractionAnswer):
                await answer.finish()
        except (discord.HTTPException, *calls.Lost) as error:
            log.warning("somebody could not be answered: %s", error)
        finally:
            self._at_work.discard(task)


_SHOWS = Imagine | Party | Fork | Show | Top | Tree | Submit
"""What is answered in public, with pictures."""
_DRAWS = Again | Vary | Upscale | Unset | buttons.Fork | Choose
"""The buttons that are."""


def _shows(event: AnyEvent) -> bool:
    """Whether pictures come of it; of talk in a thread the bot has yet to find out whether it is meant."""
    match event:
        case Press(token=token):
            try:
                return isinstance(from_token(token), _DRAWS)
            except UnknownToken:
                return False
        case Message():
            return event.addressed
    return isinstance(event, _SHOWS)


def _opens_form(token: str) -> bool:
    try:
        return isinstance(from_token(token), Edit)
    except UnknownToken:
        return False
