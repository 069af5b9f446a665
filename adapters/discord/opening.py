"""Opens Discord: keeps a client connected, carries on with what an earlier run has left over, and says how it is."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import inbound
from adapters.discord.client import Client, Parts
from adapters.discord.desk import Known
from adapters.discord.media import Encode, Media, Read
from adapters.relay import Bot, attend, catch_up, resume
from bot import wording_discord as wording
from bot.memory.posts import Posts

log = logging.getLogger(__name__)

MakeClient = Callable[..., Client]

PATIENCE = 20.0
"""Seconds that the rest of the program waits for Discord at the start."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds before the client is made anew, when it has ended for a reason that may pass."""
REFUSED = (4004, 4010, 4011, 4012, 4013)
"""The gateway closes with these for what no new try makes better."""


@dataclass(frozen=True, slots=True)
class Access:
    """How the bot reaches Discord."""

    token: str = field(repr=False)
    content: Literal["auto", "on", "off"] = "auto"
    """Whether the message content intent is asked for; without it, mentions, replies and buttons work."""
    api_base: str = ""
    """Another address than https://discord.com/api/v10, such as a proxy's."""
    gateway_url: str = ""
    """Another address than wss://gateway.discord.gg/."""
    guilds: tuple[int, ...] = ()
    """Servers that are told the commands at once."""


class TokenRefused(Exception):
    """Discord does not know the token."""


class Running:
    """Discord at work. `ended` is the task that keeps it so; it ends with TokenRefused and nothing else."""

    def __init__(self, parts: Parts, access: Access, make: MakeClient) -> None:
        self._parts, self._access, self._make = parts, access, make
        self._client: Client | None = None
        self._tried = asyncio.Event()
        self.ended = asyncio.create_task(self._run())

    def health(self) -> dict[str, Any]:
        """What /health tells."""
        client = self._client
        if client is None or not client.open.is_set():
            return {"ready": False}
        return {
            "ready": client.connected and not client.is_closed(),
            "guilds": len(client.guilds),
            "seconds_since_event": round(time.monotonic() - client.heard_at, 1),
            "message_content": client.intents.message_content,
        }

    async def tried(self) -> None:
        """Return when it is open, or when Discord can't be reached for now.

        Raises:
            TokenRefused: it never will be.
        """
        tried = asyncio.create_task(self._tried.wait())
        await asyncio.wait({tried, self.ended}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        tried.cancel()
        if not (self._tried.is_set() or self.ended.done()):
            log.warning(wording.STILL_TRYING)
        if self.ended.done():
            self.ended.result()

    async def close(self) -> None:
        """Leave everything as it is."""
        self.ended.cancel()
        with suppress(asyncio.CancelledError, TokenRefused):
            await self.ended

    async def _run(self) -> None:
        content, pause = self._access.content != "off", FIRST_PAUSE
        while True:
            client = self._client = self._make(self._parts, content=content)
            work = [asyncio.create_task(self._carry_on(client)), asyncio.create_task(self._attend(client))]
            try:
                await client.start(self._access.token)
            except discord.PrivilegedIntentsRequired:
                content = False
                told = wording.CONTENT_MISSING if self._access.content == "on" else wording.CONTENT_AUTO_OFF
                log.warning(told)
                continue
            except discord.LoginFailure:
                raise TokenRefused(wording.token_refused()) from None
            except discord.ConnectionClosed as closed:
                if closed.code in REFUSED:
                    raise TokenRefused(wording.token_refused()) from None
                log.exception("Discord closed the connection")
            except Exception:
                log.exception("the connection to Discord ended")
            finally:
                for task in work:
                    task.cancel()
                await asyncio.gather(*work, return_exceptions=True)
                await client.close()
            self._tried.set()
            pause = FIRST_PAUSE if client.open.is_set() else pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _carry_on(self, client: Client) -> None:
        await client.open.wait()
        self._tried.set()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(catch_up(self._parts.posts.inbox, inbound.PLATFORM, client.desk.again))
                group.create_task(resume(self._parts.bot, inbound.PLATFORM, client.stage_for))
        except Exception:
            log.exception("could not look for what an earlier run has left over")

    async def _attend(self, client: Client) -> None:
        await client.open.wait()
        try:
            await attend(self._parts.bot, inbound.PLATFORM, client.stage_for)
        except Exception:
            log.exception("what falls due is shown no more until the next start")


@asynccontextmanager
async def opened(
    bot: Bot, read: Read, encode: Encode, *, posts: Posts, known: Known, access: Access, make: MakeClient = Client
) -> AsyncIterator[Running]:
    """Discord at work. When it can't be reached, it goes on trying, and the rest of the program goes on as well.

    Args:
        read: the bytes of a file of the picture store.
        posts: what is remembered of what was shown.
        known: what options are completed with.
        make: makes a client; with the arguments of Client.

    Raises:
        TokenRefused: Discord does not know the token.
    """
    point(access)
    logging.getLogger("discord").setLevel(logging.INFO)  # below that the library logs events with their tokens
    gateway = yarl.URL(access.gateway_url) if access.gateway_url else None
    running = Running(Parts(bot, posts, Media(read, encode), known, access.guilds, gateway), access, make)
    try:
        await running.tried()
        yield running
    finally:
        await running.close()


def point(access: Access) -> None:
    """Set the two addresses of the library; they hold for the process. And it need not warn that it has no voice."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    if access.api_base:
        Route.BASE = access.api_base.rstrip("/")
    if access.gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(access.gateway_url)
