"""The pace of calls: Discord takes fifty a second of a bot in all, and bans the address of one that does not care."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import aiohttp

PER_SECOND = 30.0
"""What the bot says, evenly spaced: a busy loop lets calls go late and then together, and still no second has fifty."""
BEHIND = 1.0
"""Seconds of calls that wait, from which on news of what is under way is left out."""

_FREE = ("/interactions/", "/webhooks/")
"""Answers to interactions do not count for Discord, and people wait for them."""


class Turns:
    """Lets so many through in a second, evenly spaced, in the order of asking."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._space, self._clock, self._sleep = 1 / per_second, clock, sleep
        self._next = float("-inf")

    @property
    def behind(self) -> bool:
        """Whether so many wait that only what has to be said should be."""
        return self._next - self._clock() > BEHIND

    async def turn(self) -> None:
        """Return when the next may go."""
        now = self._clock()
        mine = max(now, self._next)
        self._next = mine + self._space
        if mine > now:
            await self._sleep(mine - now)

    def trace(self, api: str) -> aiohttp.TraceConfig:
        """For the library's client: every call to the address `api` takes its turn, but for answers to interactions."""

        async def wait(_: aiohttp.ClientSession, __: SimpleNamespace, call: aiohttp.TraceRequestStartParams) -> None:
            url = str(call.url)
            if url.startswith(api) and not url.removeprefix(api).startswith(_FREE):
                await self.turn()

        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(wait)
        return trace


class Pace(Turns):
    """One for each client. What the bot says takes its turn here, before the library counts it against a bucket.

    `last` is where the library's own calls and tries go through as well, and what it has held back and lets go at once.
    """

    def __init__(self, per_second: float = PER_SECOND) -> None:
        super().__init__(per_second)
        self.last = Turns(per_second * 4 / 3)
