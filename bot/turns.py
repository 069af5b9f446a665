"""Turn-taking: one change at a time is drawn per place, in order. Stop never waits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from bot.place import Place


@dataclass(slots=True)
class _Door:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    people: int = 0
    """How many hold it or wait at it; a door that nobody needs is taken away."""


class Turns:
    """Who is at work where. Kept in memory alone: what must outlive a crash is in the memory's tables."""

    def __init__(self) -> None:
        self._doors: dict[Place, _Door] = {}
        self._stops: dict[str, list[Callable[[], None]]] = {}
        self._stopped: set[str] = set()

    def busy(self, place: Place) -> bool:
        """Whether something is being drawn in this place."""
        return place in self._doors

    @asynccontextmanager
    async def at(self, place: Place) -> AsyncIterator[None]:
        """Wait for the place's turn, first come first served."""
        door = self._doors.setdefault(place, _Door())
        door.people += 1
        try:
            async with door.lock:
                yield
        finally:
            door.people -= 1
            if not door.people:
                del self._doors[place]

    @contextmanager
    def stoppable(self, turn: str) -> Iterator[None]:
        """While this is open, `stop(turn)` reaches the turn, whether it is drawing or still waiting for its place."""
        self._stops[turn] = []
        try:
            yield
        finally:
            self._stops.pop(turn, None)
            self._stopped.discard(turn)

    def on_stop(self, turn: str, do: Callable[[], None]) -> None:
        """Call `do` when the turn is stopped; at once if that has happened already."""
        if turn in self._stopped:
            do()
        else:
            self._stops[turn].append(do)

    def under_way(self, turn: str) -> bool:
        """Whether this process is at work on the turn, so that nobody begins it a second time."""
        return turn in self._stops

    def stop(self, turn: str) -> bool:
        """Stop a turn. False if it is not under way in this process."""
        if turn not in self._stops:
            return False
        self._stopped.add(turn)
        for do in self._stops[turn]:
            do()
        return True
