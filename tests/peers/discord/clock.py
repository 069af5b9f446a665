"""The peer's clock and its ids: time stands still until a test moves it."""

import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000  # Discord's: the first second of 2015


class ManualClock:
    """Stands still; starts at the real time, because the client reads the age of things from their ids."""

    def __init__(self) -> None:
        self._now = time.time()

    def now(self) -> float:
        """Seconds since 1970."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Moves time on."""
        self._now += seconds


class RealClock(ManualClock):
    """Runs with the machine's, for load tests; can be moved on as well."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


def iso(seconds: float) -> str:
    """As Discord writes times."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


class Ids:
    """Snowflakes that grow."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._last = 0
        self._guilds = 0

    def next(self) -> int:
        """A new id, of now."""
        self._last = max(self._last + 1, (int(self._clock.now() * 1000) - EPOCH_MS) << 22)
        return self._last

    def guild(self) -> int:
        """A new id of a guild, each of another millisecond of yesterday: the shard of a guild is read from that."""
        self._guilds += 1
        return (int(self._clock.now() * 1000) - EPOCH_MS - 86_400_000 + self._guilds) << 22
