"""The bare client library against the peer: only its two addresses are set."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.peers.discord.peer import DiscordPeer


class Bare(discord.Client):
    """discord.py without a bot: a command tree, and a log of what it was told."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        options = {"guild_ready_timeout": 0.01} | options
        super().__init__(intents=intents or discord.Intents.default(), **options)
        self.tree = discord.app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []

    async def on_message(self, message: discord.Message) -> None:
        """Keeps what people write."""
        if message.author.id != self.application_id:
            self.heard.append(message)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord asks for 5 s between two of these; a test has no need of them."""


def point(peer: DiscordPeer) -> None:
    """Sets the two addresses."""
    Route.BASE = peer.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(peer.gateway_url)


@asynccontextmanager
async def connected(peer: DiscordPeer, client: Bare, *, sync: bool = True) -> AsyncIterator[Bare]:
    """A client that is ready, its commands registered; closed on the way out."""
    point(peer)
    await client.login(peer.token)
    if sync and client.tree.get_commands() + client.tree.get_commands(type=discord.AppCommandType.message):
        await client.tree.sync()
    running = asyncio.create_task(client.connect())
    ready = asyncio.create_task(client.wait_until_ready())
    try:
        await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield client
    finally:
        ready.cancel()
        await client.close()
        running.cancel()
        with suppress(asyncio.CancelledError, discord.DiscordException):
            await running
