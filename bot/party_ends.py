"""The ends of rounds, as they come."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime

from bot.memory.parties import Parties, utc
from bot.party import Rounds
from bot.place import Place
from bot.replies import Shown

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two tries to show what is over."""


class PartyEnds:
    """Waits for the next end, and for rounds that open meanwhile and may end sooner."""

    def __init__(
        self, rounds: Rounds, parties: Parties, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._rounds, self._parties, self._now = rounds, parties, now

    async def due(self, platform: str) -> AsyncGenerator[tuple[Place, AsyncGenerator[Shown, None]], None]:
        """What is to be announced on a platform, each with its place; for ever. First what an earlier run left."""
        opened, least = self._rounds.opened(platform), 0.0
        while True:
            opened.clear()
            results = await self._rounds.results(platform, self._now())
            for place, replies in results:
                yield place, replies
            end = await self._parties.next_end(platform)
            # What could not be shown is due at once again: then a pause that grows, and never a busy loop.
            least = min(2 * least + FIRST_PAUSE, LONGEST_PAUSE) if results else 0.0
            left = None if end is None else max(least, (utc(end) - self._now()).total_seconds())
            try:
                await asyncio.wait_for(opened.wait(), left)
            except TimeoutError:
                continue
