"""SQLite, off the event loop: one thread that writes, a few that read."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool
from sqlmodel import Session

from bot.memory.failures import apologised
from bot.memory.schema import upgrade

T = TypeVar("T")

PATIENCE = 10
"""Seconds to wait for another program that is writing."""

READERS = 4


class Sqlite:
    """A transaction is one trip to a thread: a driver that awaits each statement makes eleven, and is slower for it.

    There is one writer, so that nobody polls for its lock: writers wait their turn, in order. Whoever is cancelled
    while they wait leaves a transaction that is done or was never begun.
    """

    def __init__(self, url: URL, *, durable: bool = False) -> None:
        in_memory = url.database in (None, "", ":memory:")
        self._url, self._durable = url, durable
        self._write_thread = self._read_threads = ThreadPoolExecutor(1, "sqlite-writer")
        # Who writes says so at once, and waits there: a reader that becomes a writer may be refused in the middle.
        self._writer = self._reader = self._engine("BEGIN IMMEDIATE", StaticPool if in_memory else QueuePool)
        if not in_memory:
            self._read_threads = ThreadPoolExecutor(READERS, "sqlite-reader")
            self._reader = self._engine("BEGIN", QueuePool)

    async def open(self) -> None:
        """Bring the tables to this version. Makes the file and its folder if there are none."""
        try:
            await self._in(self._write_thread, self._prepare)
            # The first reader opens now: it needs a file of its own beside the database, and the disk may fill up.
            await self._in(self._read_threads, lambda: self._reader.connect().close())
        except BaseException:
            await self.close()
            raise

    async def read(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction, which sees one moment."""
        return await self._in(self._read_threads, lambda: _transaction(self._reader, work))

    async def write(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction: all of it is kept when it returns, none of it if it raises."""
        return await self._in(self._write_thread, lambda: _transaction(self._writer, work))

    async def close(self) -> None:
        """Wait for what is under way, and let go of all connections."""
        for threads, engine in ((self._read_threads, self._reader), (self._write_thread, self._writer)):
            await asyncio.to_thread(threads.shutdown)
            await asyncio.to_thread(engine.dispose)

    async def _in(self, threads: ThreadPoolExecutor, do: Callable[[], T]) -> T:
        with apologised():
            return await asyncio.get_running_loop().run_in_executor(threads, do)

    def _prepare(self) -> None:
        if self._url.database and not self._url.database.startswith((":memory:", "file:")):
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        with self._writer.begin() as connection:
            upgrade(connection)

    def _engine(self, begin: str, pool: type[QueuePool | StaticPool]) -> Engine:
        connect_args = {"timeout": PATIENCE, "check_same_thread": False}
        engine = create_engine(self._url, poolclass=pool, connect_args=connect_args)
        synchronous = "FULL" if self._durable else "NORMAL"

        @event.listens_for(engine, "connect")
        def _connected(connection: Any, _: object) -> None:
            connection.isolation_level = None  # sqlite3 begins nothing by itself, and DDL becomes part of transactions
            _write_ahead(connection)
            for pragma in (f"synchronous={synchronous}", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the log on. SQLite's own patience does not cover this one statement, so two first starts could collide."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _transaction(engine: Engine, work: Callable[[Session], T]) -> T:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return work(session)
