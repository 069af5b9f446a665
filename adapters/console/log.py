"""What was said in the room, on disk: people's messages and the bot's replies, each with a number."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, event, func, or_, select, text, true
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.console.render import Json

VERSION = 1

_metadata = MetaData()

_entries = Table(
    "entries",
    _metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("seq", Integer, nullable=False, unique=True),
    Column("position", Integer, nullable=False, index=True),
    Column("channel", String, nullable=False),
    Column("thread", String, nullable=False, index=True),
    Column("body", JSON, nullable=False),
)
_people = Table(
    "people",
    _metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
)


class NewerLog(Exception):
    """The log was written by a newer version of this program."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the log, oldest first. `floor` is where the part before it ends; 0: there is nothing before it."""

    entries: list[Json]
    floor: int


class Log:
    """A table of entries. `seq` grows with every change; `position` is the `seq` of an entry's first showing."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open or make the log at an SQLAlchemy URL of an async SQLite.

        Raises:
            NewerLog: it has tables that this version does not know.
            sqlalchemy.exc.OperationalError: the file can't be opened or written.
        """
        engine = create_async_engine(url)
        event.listen(engine.sync_engine, "connect", _set_up)
        async with engine.begin() as connection:
            version = (await connection.execute(text("PRAGMA user_version"))).scalar_one()
            if version > VERSION:
                raise NewerLog(f"version {version}; this program knows {VERSION}")
            await connection.run_sync(_metadata.create_all)
            await connection.execute(text(f"PRAGMA user_version = {VERSION}"))
        return cls(engine)

    async def close(self) -> None:
        """Let go of the file."""
        await self._engine.dispose()

    async def newest(self) -> int:
        """The highest number given so far; 0 for an empty log."""
        async with self._engine.connect() as connection:
            newest: int | None = (await connection.execute(select(func.max(_entries.c.seq)))).scalar_one()
            return newest or 0

    async def put(self, entry: Json) -> None:
        """Write an entry, over the one with its kind and key."""
        row = {name: entry[name] for name in ("kind", "key", "seq", "position", "channel", "thread")} | {"body": entry}
        write = insert(_entries).values(row)
        async with self._engine.begin() as connection:
            await connection.execute(
                write.on_conflict_do_update(["kind", "key"], set_={"seq": row["seq"], "body": entry})
            )

    async def find(self, kind: str, key: str) -> Json | None:
        """One entry, if it is there."""
        at = (_entries.c.kind == kind) & (_entries.c.key == key)
        async with self._engine.connect() as connection:
            return (await connection.execute(select(_entries.c.body).where(at))).scalar_one_or_none()

    async def since(self, seq: int) -> list[Json]:
        """Everything that is new or changed after `seq`, in the order of the changes."""
        async with self._engine.connect() as connection:
            query = select(_entries.c.body).where(_entries.c.seq > seq).order_by(_entries.c.seq)
            return list((await connection.execute(query)).scalars())

    async def window(self, limit: int, before: int | None = None) -> Window:
        """The newest `limit` entries (before a position), and all of every thread that they touch."""
        older = _entries.c.position < before if before is not None else true()
        async with self._engine.connect() as connection:
            newest = select(_entries.c.position).where(older).order_by(_entries.c.position.desc()).limit(limit)
            positions = list((await connection.execute(newest)).scalars())
            if not positions:
                return Window([], 0)
            floor = positions[-1]
            inside = (_entries.c.position >= floor) & older
            touched = select(_entries.c.thread).where(inside, _entries.c.thread != "")
            rows = await connection.execute(
                select(_entries.c.body)
                .where(or_(inside, _entries.c.thread.in_(touched), _entries.c.key.in_(touched)))
                .order_by(_entries.c.position)
            )
            return Window(list(rows.scalars()), floor if len(positions) == limit and floor > 1 else 0)

    async def thread(self, channel: str, thread: str) -> list[Json]:
        """A thread's entries and the one that it hangs on, in the order of their positions."""
        inside = or_(_entries.c.thread == thread, (_entries.c.key == thread) & (_entries.c.thread == ""))
        async with self._engine.connect() as connection:
            query = select(_entries.c.body).where(_entries.c.channel == channel, inside)
            return list((await connection.execute(query.order_by(_entries.c.position))).scalars())

    async def call(self, person: str, name: str) -> None:
        """Remember what a person is called."""
        async with self._engine.begin() as connection:
            write = insert(_people).values(id=person, name=name)
            await connection.execute(write.on_conflict_do_update(["id"], set_={"name": name}))

    async def names(self) -> dict[str, str]:
        """What everybody is called, by id."""
        async with self._engine.connect() as connection:
            return {row.id: row.name for row in await connection.execute(select(_people))}


def _set_up(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # With NORMAL, WAL survives a crash of the program; what a power cut may take is shown again by the bot.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()
