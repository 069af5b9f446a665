"""A workspace of the loopback peer with the whole adapter in it: what the tests of Slack share."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.relay import Bot
from adapters.slack.opening import Keys, Opened, Times, opened
from bot.memory.memory import Memory
from tests.peers.slack import App, Channel, Installation, Message, Person, SlackPeer, Workspace
from tests.peers.slack.running import no_proxies
from tests.scripted_bot import ScriptedBot


def rising() -> Callable[[], float]:
    """A clock on which much time passes between any two looks."""
    numbers = itertools.count(1)
    return lambda: next(numbers) * 60.0


async def at_once(_: float) -> None:
    """Waiting that does not wait, and lets the others go on."""
    await asyncio.sleep(0)


@dataclass
class Scene:
    """One workspace with Ann, who is an admin, and Ben; the bot is in #general and not in #elsewhere."""

    peer: SlackPeer
    ws: Workspace
    ann: Person
    ben: Person
    app: App
    bot: Installation
    general: Channel
    elsewhere: Channel
    memory: Memory
    folder: Path
    scripted: ScriptedBot = field(default_factory=ScriptedBot)

    @property
    def keys(self) -> Keys:
        """For one workspace, by Socket Mode."""
        return Keys(bot_token=self.bot.token, app_token=self.app.app_token, api_url=self.peer.api_url)

    @asynccontextmanager
    async def running(
        self, bot: Bot | None = None, keys: Keys | None = None, sleep: Callable[[float], Awaitable[None]] = at_once
    ) -> AsyncIterator[Opened]:
        """The adapter at work."""
        keys = keys or self.keys
        times = Times(clock=rising(), sleep=sleep, gap=0.0)
        slack = opened(
            bot or self.scripted, self.scripted.read, self.memory.posts, keys=keys, folder=self.folder, times=times
        )
        async with slack as at_work:
            if keys.app_token:
                await self.peer.connected(self.app, 2)
            yield at_work

    async def until(self, predicate: Callable[[], object], patience: float = 20.0) -> None:
        """Wait for something that the bot does, of which the peer may never hear."""
        async with asyncio.timeout(patience):
            while not predicate():  # noqa: ASYNC110  # the bot under test knows of no event of ours
                await asyncio.sleep(0)

    def replies(self, root: str, channel: Channel | None = None) -> list[Message]:
        """What the bot said in a thread."""
        found = self.peer.messages(channel or self.general, thread=root)
        return [message for message in found if message.author is self.bot.bot]

    async def reply(self, root: str, label: str, channel: Channel | None = None) -> Message:
        """Wait for a reply of the bot's in a thread that has a button."""

        def find() -> Message | None:
            return next((it for it in self.replies(root, channel) if label in it.labels), None)

        found: Message = await self.peer.wait_for(find)
        return found

    async def root(self, channel: Channel | None = None) -> Message:
        """Wait for the first message in a channel."""
        found: list[Message] = await self.peer.wait_for(lambda: self.peer.messages(channel or self.general))
        return found[0]


def words(message: Message) -> str:
    """What people read in a message, without buttons."""
    return "\n".join(str(block["text"]["text"]) for block in message.blocks if block["type"] == "section")


async def ask(at: Scene, prompt: str = "a red car") -> str:
    """Ann asks for a set. Returns its root's ts."""
    await (await at.ann.command(at.general, "/imagine", prompt)).acknowledged()
    return (await at.root()).ts


async def called(at: Scene, root: str) -> None:
    """Wait until the asker is called, which is the last thing of a set."""
    await at.peer.wait_for(lambda: any("it is done" in it.text for it in at.replies(root)))


@asynccontextmanager
async def scene(monkeypatch: pytest.MonkeyPatch, folder: Path) -> AsyncIterator[Scene]:
    """Everything but the adapter; Slack's limits are off."""
    no_proxies(monkeypatch)
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)
    memory = await Memory.open("sqlite://")
    try:
        async with SlackPeer() as peer:
            peer.limits.on = False
            ws = peer.add_workspace("acme")
            ann, ben = ws.add_user("Ann", admin=True), ws.add_user("Ben")
            app = peer.add_app(
                commands={"/imagine": True, "/sextant": True},
                shortcuts={"describe_image": "message", "refine_image": "message", "new_image": "global"},
            )
            bot = ws.install(app)
            general = ws.add_channel("general", ann, ben, bot)
            elsewhere = ws.add_channel("elsewhere", ann, ben)
            yield Scene(peer, ws, ann, ben, app, bot, general, elsewhere, memory, folder)
    finally:
        await memory.close()
