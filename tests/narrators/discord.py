"""The story's people on the loopback Discord."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.discord_kit import House, Scene, build
from tests.kit import Kit
from tests.narrators.slack import digest
from tests.peers.discord import DiscordPeer
from tests.peers.discord.people import Person
from tests.peers.discord.things import Channel, Message
from tests.platform_story import Seen, alike
from tests.scripted_bot import ScriptedBot

ESCAPED = re.compile(r"\\([^\w\s])")
STARS = re.compile(r"#(\d+): (\d+) stars?")
LINK = re.compile(r"\[([^\]]*)\]\(https://discord[^)]*\)")


def read(text: str) -> str:
    """What the client shows of markup that only escapes."""
    return alike(ESCAPED.sub(r"\1", text))


@dataclass
class DiscordNarrator:
    """Ann and Ben in a channel of a server."""

    scene: Scene
    content: bool = True
    """The bot may read every message. Without it people mention it, answer it, or use the menu, by turns."""
    _said: int = 0

    def _person(self, who: str) -> Person:
        return {"Ann": self.scene.ann, "Ben": self.scene.bob}[who]

    def _threads(self) -> list[Channel]:
        return self.scene.channel.threads

    def _replies(self, thread: int) -> list[Message]:
        threads = self._threads()
        return self.scene.house.ours(threads[thread]) if thread < len(threads) else []

    async def command(self, who: str, name: str, text: str, thread: int | None = None) -> None:
        """A slash command; each of the words after it goes into the option that it belongs to."""
        where = self.scene.channel if thread is None else self._threads()[thread]
        options: dict[str, object] = {}
        match name:
            case "imagine":
                options["prompt"] = text
            case "party":
                theme, _, minutes = text.partition(" --minutes ")
                options["theme"] = theme
                if minutes:
                    options["minutes"] = int(minutes)
        await (await self._person(who).command(where, name, **options)).wait_acked()

    async def say(self, who: str, text: str, thread: int) -> None:
        """A message in the thread, or what takes its place where plain messages are not read."""
        person, where = self._person(who), self._threads()[thread]
        self._said += 1
        newest = self._replies(thread)[-1]
        if self.content:
            await person.say(where, text)
        elif self._said % 3 == 1:
            await person.say(where, text, mention_bot=True)
        elif self._said % 3 == 2:
            await person.say(where, text, reply_to=newest)
        else:
            form = await (await person.context_menu("Refine", newest)).wait_modal()
            await (await person.submit(form, {"text": text})).wait_acked()

    async def press(self, who: str, thread: int, message: int, label: str) -> None:
        """A button of a component."""
        it = self._replies(thread)[message]
        found = next(each for each in it.buttons if each.label.startswith(label))
        await (await self._person(who).press(it, found.custom_id or "")).wait_acked()

    async def until(self, ready: Callable[[], object]) -> None:
        """Looked at after each thing that happens."""
        await self.scene.house.peer.wait_for(ready, 30)

    def root(self, thread: int) -> str:
        """The message that the thread was started from."""
        threads = self._threads()
        if thread >= len(threads):
            return ""
        return read(self.scene.channel.messages[threads[thread].id].text)

    def thread(self, thread: int) -> list[Seen]:
        """Components as words, buttons and pictures."""
        return [self._seen(it) for it in self._replies(thread)]

    def _seen(self, it: Message) -> Seen:
        pictures = [f"{part.description} {digest(file.data)}" for part, file in zip(it.gallery, it.images, strict=True)]
        lines = [line for line in it.text.split("\n") if not LINK.fullmatch(line)]
        stars = [f"#{found[1]}: {found[2]}" for line in lines if (found := STARS.fullmatch(line))]
        words = read("\n".join(line for line in lines if not STARS.fullmatch(line)))
        return Seen(words, tuple(sorted(each.label for each in it.buttons)), tuple(pictures), tuple(stars))

    def whispered(self, who: str) -> list[str]:
        """Ephemeral messages, wherever they are."""
        places = [self.scene.channel, *self._threads()]
        mine = [
            each
            for place in places
            for each in place.messages.values()
            if each.ephemeral_to is self._person(who) and not each.deleted and not each.loading
        ]
        return [read(each.text) for each in sorted(mine, key=lambda each: each.id)]


@asynccontextmanager
async def on_discord(house: Kit, *, content: bool = True) -> AsyncIterator[DiscordNarrator]:
    """A server with the whole bot in it; `content`: it may read every message."""
    async with DiscordPeer(message_content=content) as peer:
        scripted = ScriptedBot()
        scripted.read = house.files.get  # type: ignore[method-assign, assignment]
        there = House(peer, scripted, house.memory)
        scene = build(there)
        scene.bob.name = "Ben"
        async with there.running(house.bot):
            yield DiscordNarrator(scene, content)
