"""What happened, in order; and waiting for what is to happen."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """One thing that happened; its fields are read as ``entry["channel"]``.

    Kinds: request, message, edit, delete, ping, interaction, ack, thread, commands, identify, resume, socket, fault.
    """

    number: int
    at: float
    """The peer's time."""
    kind: str
    fields: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.fields[key]


class Transcript:
    """The list of entries; each addition wakes those who wait."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._entries: list[Entry] = []
        self._next: asyncio.Future[None] | None = None

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def of(self, kind: str, **fields: Any) -> list[Entry]:
        """The entries of a kind whose fields are as given."""
        return [
            entry
            for entry in self._entries
            if entry.kind == kind and all(entry.fields.get(key) == value for key, value in fields.items())
        ]

    def add(self, kind: str, **fields: Any) -> None:
        """Writes an entry and wakes whoever waits."""
        self._entries.append(Entry(len(self._entries), self._now(), kind, fields))
        if self._next is not None and not self._next.done():
            self._next.set_result(None)

    async def wait_for(self, predicate: Callable[[], T], seconds: float) -> T:
        """Looks again after each entry, until the predicate gives something true; gives that.

        Raises:
            AssertionError: it did not come in time; with the last entries.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while not (result := predicate()):
            if self._next is None or self._next.done():
                self._next = asyncio.get_running_loop().create_future()
            left = deadline - asyncio.get_running_loop().time()
            done, _ = await asyncio.wait([self._next], timeout=max(0, left))
            if not done:
                raise AssertionError(f"did not happen within {seconds} s; the last that did:\n{self.tail()}")
        return result

    def tail(self, count: int = 30) -> str:
        """The last entries, a line each."""
        return "\n".join(f"{entry.number} {entry.kind} {entry.fields}" for entry in self._entries[-count:])
