"""Calls of Discord's API that get through: what is lost on the way is tried again, what is refused has a name."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from adapters.discord.pace import Pace

T = TypeVar("T")

UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = (
    10003,
    10004,
    10008,
    10015,
    10062,
)
OLD_EDITS = 30046
ALREADY_ACKNOWLEDGED = 40060
TOO_LARGE = frozenset({40005, 50045})
FOLLOWUPS_OVER = 40094
NO_ACCESS, CANNOT_DM, NOT_ALLOWED, WRONG_CHANNEL, TOKEN_OVER = 50001, 50007, 50013, 50024, 50027
ARCHIVED, THREAD_EXISTS, LOCKED, TOO_MANY_THREADS = 50083, 160004, 160005, 160006

GONE = frozenset({UNKNOWN_CHANNEL, UNKNOWN_GUILD, NO_ACCESS})
"""The place is not there any more, for us: nothing more is sent to it."""

FILTERED = frozenset({20009, 200000, 200001})
"""A filter of Discord's or of the server took the message or its title for something that may not stand there."""

PAUSES = (1.0, 3.0, 9.0)
"""Seconds before each further try. The library has tried some of these errors by itself before."""

Lost = (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordServerError)
"""The answer did not come, and perhaps the request has had its effect: only what may happen twice is tried again."""


async def persist(do: Callable[[], Awaitable[T]], pace: Pace | None = None) -> T:
    """Do something that may be done twice, again while its answer is lost; each time when `pace` lets it.

    Raises:
        discord.HTTPException: it is refused, or Discord is out of order for long.
        OSError: the network is.
    """
    for pause in PAUSES:
        try:
            return await _do(do, pace)
        except discord.HTTPException as error:
            if not passes(error):
                raise
        except Lost:
            pass
        await asyncio.sleep(pause)
    return await _do(do, pace)


async def _do(do: Callable[[], Awaitable[T]], pace: Pace | None) -> T:
    if pace:
        await pace.turn()
    return await do()


def passes(error: discord.HTTPException) -> bool:
    """Whether it will be taken later: Discord is out of order, or has had too much for now."""
    return error.status == 429 or isinstance(error, discord.DiscordServerError)


def too_large(error: discord.HTTPException) -> bool:
    """Whether the files of a message were more than Discord takes."""
    return error.status == 413 or error.code in TOO_LARGE


def answers_over(error: discord.HTTPException) -> bool:
    """Whether an interaction can't be answered more: after 15 minutes, or five messages where the bot is not."""
    return error.status == 401 or error.code in (TOKEN_OVER, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, FOLLOWUPS_OVER)


def nonce(*parts: object) -> str:
    """25 characters at the most, the same for the same message: Discord posts it once."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:24]
