"""The peer's time: one clock that passes when it is told to, one that runs. Both hold the peer's timers."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol

START = 1_790_000_000.0
"""Where a manual clock begins, in seconds since the epoch."""


class PeerClock(Protocol):
    """Seconds since the epoch, and callbacks at a time."""

    def __call__(self) -> float: ...

    def call_at(self, when: float, callback: Callable[[], None]) -> None: ...


class ManualClock:
    """Stands still until `advance`."""

    def __init__(self, start: float = START) -> None:
        self._now = start
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> None:
        """A time that has come already means: in the next turn of the loop."""
        if when <= self._now:
            asyncio.get_running_loop().call_soon(callback)
        else:
            heapq.heappush(self._timers, (when, next(self._order), callback))

    def advance(self, seconds: float) -> None:
        """Move on; what falls due runs at its own time, in order."""
        end = self._now + seconds
        while self._timers and self._timers[0][0] <= end:
            when, _, callback = heapq.heappop(self._timers)
            self._now = when
            callback()
        self._now = end


class RunningClock:
    """Real time, or a multiple of it."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed, self._began, self._base = speed, time.monotonic(), time.time()

    def __call__(self) -> float:
        return self._base + (time.monotonic() - self._began) * self._speed

    def call_at(self, when: float, callback: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(max(0.0, (when - self()) / self._speed), callback)


async def sleep(clock: PeerClock, seconds: float) -> None:
    """Until the clock has moved on by so much."""
    done = asyncio.get_running_loop().create_future()
    clock.call_at(clock() + seconds, lambda: None if done.done() else done.set_result(None))
    await done
