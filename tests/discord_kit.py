"""Sextant on the loopback Discord: the unmodified client library, the real adapter, a bot that answers by a script."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.discord.client import Client, Parts
from adapters.discord.desk import Known
from adapters.discord.opening import Access, Running, opened
from adapters.discord.pace import Pace
from adapters.relay import Bot
from bot.memory.memory import Memory
from bot.place import Person, Place
from tests.peers.discord import DiscordPeer, threads
from tests.peers.discord.people import Person as Human
from tests.peers.discord.things import Channel, Message
from tests.scripted_bot import ScriptedBot, encode

DONE = re.compile(r"^<@\d+> it is done\.$")


@dataclass
class Clock:
    """Stands still until a test moves it, or runs ahead by itself at each look."""

    now: float = 0.0
    step: float = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@dataclass
class House:
    """Discord, the bot and what is between them."""

    peer: DiscordPeer
    bot: ScriptedBot
    memory: Memory
    clock: Clock = field(default_factory=lambda: Clock(step=10.0))
    clients: list[Client] = field(default_factory=list)
    take: Any = None
    """Takes what arrives in place of the desk."""
    options: dict[str, Any] = field(default_factory=dict)
    """Of the library's client."""

    @property
    def client(self) -> Client:
        """The newest client."""
        return self.clients[-1]

    def make(self, parts: Parts, **options: Any) -> Client:
        """A client that does not wait for what a test need not wait for."""
        client = Quick(parts, **options, **self.options, pace=Pace(per_second=5_000), guild_ready_timeout=0.01)
        client.posting.clock = self.clock
        if self.take:
            client.desk.command = client.desk.press = self.take  # type: ignore[method-assign]
        self.clients.append(client)
        return client

    @asynccontextmanager
    async def running(self, bot: Bot | None = None, **access: Any) -> AsyncIterator[Running]:
        """The adapter at work; more than once is a restart."""
        about = Access(self.peer.token, api_base=self.peer.api_base, gateway_url=self.peer.gateway_url, **access)
        async with opened(
            bot or self.bot,
            self.bot.read,
            encode,
            posts=self.memory.posts,
            known=Known(lambda: ("pocket", "other"), _sets, _recent),
            access=about,
            make=self.make,
        ) as running:
            yield running

    def ours(self, where: Channel) -> list[Message]:
        """What the bot shows in a place to all, without the calls."""
        mine = [each for each in self.peer.messages(where) if each.author is self.peer.bot]
        return [each for each in mine if not DONE.match(each.text) and not each.loading]


class Quick(Client):
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord asks for 5 s between two of these; a test has no need of them."""


async def _sets(place: Place, person: Person) -> Sequence[str]:
    return ("mine", "wide")


async def _recent(place: Place, person: Person) -> Sequence[str]:
    return [f"k{number}" for number in range(40)]


@dataclass
class Scene:
    """A server with Ann and Bob, and the bot at work."""

    house: House
    channel: Channel
    ann: Human
    bob: Human

    async def set_done(self, where: Channel) -> Message:
        """The finished set in a place."""
        done = await self.house.peer.wait_for(
            lambda: [each for each in self.house.ours(where) if "took 12 s" in each.text]
        )
        return done[0]

    async def thread(self, number: int = 0) -> Channel:
        """The thread that was opened."""
        await self.house.peer.wait_for(lambda: len(self.channel.threads) > number)
        return self.channel.threads[number]

    async def imagine(self, prompt: str = "a red car", **options: object) -> tuple[Channel, Message]:
        """Ann asks, and gets a set."""
        self.house.bot.draw()
        before = len(self.channel.threads)
        await self.ann.command(self.channel, "imagine", prompt=prompt, **options)
        thread = await self.thread(before)
        return thread, await self.set_done(thread)

    async def secret(self) -> Channel:
        """A private thread of Ann's, which the bot is in."""
        thread = await self.ann.start_thread(self.channel, "secret", private=True)
        threads.join(self.house.peer.world, thread, self.house.peer.bot)
        return thread

    async def words(self, person: Human, where: Channel) -> str:
        """What is whispered to a person."""

        def newest() -> str:
            mine = [each for each in where.messages.values() if each.ephemeral_to is person and not each.deleted]
            return next((each.text for each in reversed(mine) if not each.loading), "")

        return await self.house.peer.wait_for(newest)


def build(there: House) -> Scene:
    guild = there.peer.add_guild()
    return Scene(there, guild.add_channel(), guild.add_member("Ann"), guild.add_member("Bob"))


@asynccontextmanager
async def house(folder: Path, **options: Any) -> AsyncIterator[House]:
    """Discord and a memory; nothing runs yet."""
    async with DiscordPeer(**options) as peer:
        memory = await Memory.open(f"sqlite:///{folder / 'memory.sqlite'}")
        try:
            yield House(peer, ScriptedBot(), memory)
        finally:
            await memory.close()
