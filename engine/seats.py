"""Which models may be in memory: a lane takes a seat before it loads, and leaves when it is idle and others wait."""

from collections.abc import Callable
from threading import Condition
from typing import Protocol


class Guest(Protocol):
    """Who takes a seat."""

    idle: bool
    closed: bool
    used: float
    """When it last had work, in seconds."""

    def nudge(self) -> None:
        """Look again whether somebody waits for the seat."""
        ...


class Seats:
    """A number of seats, given first come first served. From any thread."""

    def __init__(self, count: int, tenure: float, clock: Callable[[], float]) -> None:
        self._count, self._tenure, self._clock = count, tenure, clock
        self._seated: dict[Guest, float] = {}
        self._waiting: list[Guest] = []
        self._change = Condition()

    def take(self, guest: Guest) -> None:
        """Wait for a seat, or until the guest is closed."""
        with self._change:
            self._waiting.append(guest)
            if self._too_few() and (idle := [other for other in self._seated if other.idle]):
                min(idle, key=lambda other: other.used).nudge()
            self._change.wait_for(
                lambda: guest.closed or (self._waiting[0] is guest and len(self._seated) < self._count)
            )
            self._waiting.remove(guest)
            if not guest.closed:
                self._seated[guest] = self._clock()
            self._change.notify_all()

    def leave(self, guest: Guest) -> None:
        """Give the seat back; harmless without one."""
        with self._change:
            self._seated.pop(guest, None)
            self._change.notify_all()

    def wanted(self, guest: Guest) -> bool:
        """Whether the guest should leave: others wait, and it is idle or has been busy there the longest for long."""
        with self._change:
            if guest not in self._seated or not self._too_few():
                return False
            longest = min(self._seated, key=lambda other: self._seated[other])
            return guest.idle or (guest is longest and self._clock() - self._seated[guest] >= self._tenure)

    def wake(self) -> None:
        """A guest has been closed: those who wait look again."""
        with self._change:
            self._change.notify_all()

    def _too_few(self) -> bool:
        return len(self._waiting) > self._count - len(self._seated)
