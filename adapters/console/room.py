"""The room: who is there, and what everybody sees. Changes are numbered and stored, and then told to all."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Self

from adapters.console.log import Log, Window
from adapters.console.render import Json, placeholder
from bot.place import Person, Place

WINDOW = 200
"""Entries that a page gets at first, and with every look further back."""

MOST_PENDING = 2_000
"""Frames that may wait for one slow page before it is let go; it comes back and asks for what it missed."""


class NameTaken(Exception):
    """Somebody who is here has that name."""


class Listener:
    """What one page still has to be told, in order. Of an entry that changes faster than it reads, only the newest."""

    def __init__(self, person: str) -> None:
        self.person = person
        self._pending: dict[tuple[str, ...], Json | None] = {}
        self._fresh = asyncio.Event()
        self._frames = 0

    def tell(self, frame: Json) -> None:
        """Add a frame; never waits."""
        if frame["type"] == "entry":
            slot: tuple[str, ...] = ("entry", frame["kind"], frame["key"])
        else:
            self._frames += 1
            slot = (str(self._frames),)
        self._pending[slot] = frame
        if len(self._pending) > MOST_PENDING:
            self.end()
        self._fresh.set()

    def end(self) -> None:
        """Nothing more will come; what is pending is dropped."""
        self._pending = {("end",): None}
        self._fresh.set()

    async def next(self) -> Json | None:
        """The next frame; None at the end."""
        while not self._pending:
            self._fresh.clear()
            await self._fresh.wait()
        return self._pending.pop(next(iter(self._pending)))


class Room:
    """One room with its channels. Only one process may have it open."""

    def __init__(self, log: Log, channels: Sequence[str], newest: int, names: dict[str, str]) -> None:
        self.channels = tuple(channels)
        self._log = log
        self._seq = newest
        self._names = names
        self._live: dict[str, Json] = {}
        self._listeners: list[Listener] = []
        self._writing = asyncio.Lock()

    @classmethod
    async def open(cls, url: str, channels: Sequence[str] = ("general",)) -> Self:
        """Open the room whose log is at an SQLAlchemy URL, e.g. sqlite+aiosqlite:///data/console.db."""
        log = await Log.open(url)
        return cls(log, channels, await log.newest(), await log.names())

    async def close(self) -> None:
        """Let everybody go, and the file."""
        for listener in self._listeners:
            listener.end()
        await self._log.close()

    @property
    def names(self) -> Mapping[str, str]:
        """What people are called, by id."""
        return MappingProxyType(self._names)

    def people(self) -> list[Json]:
        """Who is here, by name. A person without a name is not shown yet."""
        here = {listener.person for listener in self._listeners}
        named = [{"id": person, "name": self._names[person]} for person in here if person in self._names]
        return sorted(named, key=lambda each: (each["name"].lower(), each["id"]))

    async def join(self, person: str, since: int) -> Listener:
        """Come in. The listener hears first the log since the number that the page has seen (0: it has nothing)."""
        async with self._writing:  # nothing may fall between what is read here and what the listener hears
            listener = Listener(person)
            self._listeners.append(listener)
            if 0 < since <= self._seq:
                part: Json = {"entries": await self._log.since(since), "fresh": False}
            else:
                part = _json(await self._log.window(WINDOW)) | {"fresh": True}
            part["entries"] += self._live.values()
            listener.tell({"type": "log", "seq": self._seq} | part)
            self.tell({"type": "people", "people": self.people()})
            return listener

    def leave(self, listener: Listener) -> None:
        """Go."""
        self._listeners.remove(listener)
        self.tell({"type": "people", "people": self.people()})

    async def earlier(self, before: int) -> Json:
        """The part of the log before a position."""
        return {"type": "log", "seq": self._seq, "fresh": False} | _json(await self._log.window(WINDOW, before))

    async def look(self, channel: str, thread: str) -> Json:
        """All of one thread, with what it hangs on."""
        live = [entry for entry in self._live.values() if (entry["channel"], entry["thread"]) == (channel, thread)]
        entries = await self._log.thread(channel, thread)
        return {"type": "log", "seq": self._seq, "fresh": False, "entries": entries + live}

    async def rename(self, person: str, name: str) -> None:
        """Give a person a name.

        Raises:
            NameTaken: another person who is here has it.
        """
        if any(other["name"].lower() == name.lower() and other["id"] != person for other in self.people()):
            raise NameTaken(name)
        self._names[person] = name
        await self._log.call(person, name)
        self.tell({"type": "people", "people": self.people()})

    def find(self, written: str) -> Person | None:
        """Who is meant by an id or a name: somebody who is here first, else whoever alone is called that."""
        here = {each["id"] for each in self.people()}
        called = [id for id, name in self._names.items() if name.casefold() == written.casefold()]
        meant = [written] if written in self._names else [id for id in called if id in here] or called
        return Person(meant[0], self._names[meant[0]]) if len(meant) == 1 else None

    async def has(self, kind: str, key: str) -> bool:
        """Whether something was said or answered."""
        return await self._log.find(kind, key) is not None

    async def say(self, place: Place, body: Json) -> None:
        """Put in what a person said; again changes nothing."""
        async with self._writing:
            if await self._log.find("said", body["key"]) is None:
                await self._store(self._placed(place, body))

    async def post(self, place: Place, body: Json) -> None:
        """Put in a reply of the bot's, over the one with its key, which stays where it was shown first.

        A final reply is stored. Of one that is under way only the first showing is, so that it keeps its position;
        what follows is told and forgotten.
        """
        async with self._writing:
            key = body["key"]
            known = self._live.get(key) or await self._log.find("reply", key)
            entry = known | body if known else self._placed(place, body)
            if known == entry or (known and known["final"] and not body["final"]):
                return  # a frame that was on its way when the end came is out of date
            if body["final"]:
                await self._store(entry)
                self._live.pop(key, None)
            elif known:
                self._live[key] = entry
                self.tell(entry)
            else:
                await self._store(placeholder(entry))
                self._live[key] = entry | {"seq": self._seq, "position": self._seq}
                self.tell(self._live[key])

    def tell(self, frame: Json, person: str = "") -> None:
        """Tell all pages, or those of one person."""
        for listener in self._listeners:
            if not person or listener.person == person:
                listener.tell(frame)

    def _placed(self, place: Place, body: Json) -> Json:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return {"type": "entry", "channel": place.channel, "thread": place.thread, "at": now} | body

    async def _store(self, entry: Json) -> None:
        seq = self._seq + 1
        entry = {"position": seq} | entry | {"seq": seq}
        await self._log.put(entry)
        self._seq = seq
        self.tell(entry)


def _json(window: Window) -> Json:
    return {"entries": window.entries, "floor": window.floor}
