"""The story's people on the loopback Slack."""

import hashlib
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from adapters.slack.opening import Times, opened
from bot import wording_slack
from tests.kit import Kit
from tests.peers.slack import Delivery, Message, Person
from tests.platform_story import Seen, alike
from tests.slack_scene import Scene, at_once, rising, scene, words

STARS = re.compile(r"★ (\d+)")
Deed = Callable[[], Awaitable[list[Delivery]]]
"""Something that somebody does, and what the app is told of it."""


def digest(data: bytes) -> str:
    """Of the pixels, however they are packed."""
    with Image.open(io.BytesIO(data)) as picture:
        return hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest()[:16]


@dataclass
class SlackNarrator:
    """Ann and Ben in #general."""

    at: Scene

    def _person(self, who: str) -> Person:
        return {"Ann": self.at.ann, "Ben": self.at.ben}[who]

    def _roots(self) -> list[Message]:
        return [it for it in self.at.peer.messages(self.at.general) if it.author is self.at.bot.bot]

    def _replies(self, thread: int) -> list[Message]:
        roots = self._roots()
        if thread >= len(roots):
            return []
        return [it for it in self.at.replies(roots[thread].ts) if not it.reading.mentions]

    async def do(self, deed: Deed) -> None:
        """Something that people do, and what the app was told of it has arrived."""
        for each in await deed():
            await each.acknowledged()

    async def command(self, who: str, name: str, text: str, thread: int | None = None) -> None:
        """In the channel a slash command; Slack has none in threads, so there it is said to the bot."""
        if thread is not None:
            await self._say(who, f"/{name} {text}".strip(), thread, mention_bot=True)
            return
        slash, words = ("/imagine", text) if name == "imagine" else ("/sextant", f"{name} {text}".strip())

        async def deed() -> list[Delivery]:
            return [await self._person(who).command(self.at.general, slash, words)]

        await self.do(deed)

    async def say(self, who: str, text: str, thread: int) -> None:
        """A reply in the thread."""
        await self._say(who, text, thread)

    async def _say(self, who: str, text: str, thread: int, mention_bot: bool = False) -> None:
        root = self._roots()[thread].ts

        async def deed() -> list[Delivery]:
            said = await self._person(who).say(self.at.general, text, thread=root, mention_bot=mention_bot)
            return said.deliveries

        await self.do(deed)

    async def press(self, who: str, thread: int, message: int, label: str) -> None:
        """A button of a block."""
        it = self._replies(thread)[message]
        found = next(each for each in it.labels if each.startswith(label))

        async def deed() -> list[Delivery]:
            return [await self._person(who).press(it, found)]

        await self.do(deed)

    async def until(self, ready: Callable[[], object]) -> None:
        """Asked after each change of the peer's world."""
        await self.at.peer.wait_for(ready, patience=30)

    def root(self, thread: int) -> str:
        """The message in the channel."""
        roots = self._roots()
        return alike(words(roots[thread])) if thread < len(roots) else ""

    def thread(self, thread: int) -> list[Seen]:
        """Blocks as words, buttons and pictures; sharing to the channel is Slack's alone."""
        return [self._seen(it) for it in self._replies(thread)]

    def _seen(self, it: Message) -> Seen:
        labels = [label for label in it.labels if label != wording_slack.SHARE]
        pictures = [f"{alt} {digest(file.content or b'')}" for alt, file in zip(it.alt_texts, it.pictures, strict=True)]
        titles = [block.get("title", {}).get("text", "") for block in it.blocks if block["type"] == "image"]
        stars = [f"#{at}: {found[1]}" for at, title in enumerate(titles, 1) if (found := STARS.search(title))]
        return Seen(alike(words(it)), tuple(sorted(labels)), tuple(pictures), tuple(stars))

    def whispered(self, who: str) -> list[str]:
        """Ephemeral messages."""
        return [alike(words(it)) for it in self._person(who).whispers]


@asynccontextmanager
async def working(at: Scene, house: Kit, times: Times | None = None) -> AsyncIterator[None]:
    """The adapter with the whole bot, on a workspace that is there already."""
    times = times or Times(clock=rising(), sleep=at_once, gap=0.0)
    async with opened(house.bot, house.files.get, house.memory.posts, keys=at.keys, folder=at.folder, times=times):
        await at.peer.connected(at.app, 2)
        yield


@asynccontextmanager
async def on_slack(monkeypatch: pytest.MonkeyPatch, folder: Path, house: Kit) -> AsyncIterator[SlackNarrator]:
    """A workspace with the whole bot in it."""
    async with scene(monkeypatch, folder) as at, working(at, house):
        yield SlackNarrator(at)
