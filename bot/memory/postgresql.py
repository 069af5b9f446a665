"""PostgreSQL, by asyncpg."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.memory.failures import apologised
from bot.memory.schema import upgrade

T = TypeVar("T")

_UPGRADING = 0x5E87A27
"""The advisory lock under which one of several bots changes the tables."""


class Postgresql:
    """A pool of connections. Needs the extra `postgres`."""

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+asyncpg")
        self._writer = create_async_engine(self._url, pool_pre_ping=True)
        # Its own default would let each statement of a transaction see another moment.
        self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")
        self._under_way: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Bring the tables to this version."""
        with apologised():
            # In a thread with a loop of its own, since Alembic blocks.
            await asyncio.to_thread(lambda: asyncio.run(_upgrade(self._url)))

    async def read(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction, which sees one moment."""
        return await self._to_the_end(_transaction(self._reader, work))

    async def write(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction: all of it is kept when it returns, none of it if it raises."""
        return await self._to_the_end(_transaction(self._writer, work))

    async def close(self) -> None:
        """Wait for what is under way, and let go of all connections."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._writer.dispose()

    async def _to_the_end(self, transaction: Coroutine[Any, Any, T]) -> T:
        """Whoever is cancelled while they wait leaves no connection in the middle of something, with its locks."""
        task = asyncio.create_task(transaction)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)


async def _transaction(engine: AsyncEngine, work: Callable[[Session], T]) -> T:
    with apologised():
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            return await session.run_sync(work)  # type: ignore[arg-type]  # SQLModel's session is the one it makes


async def _upgrade(url: URL) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADING})
        await connection.run_sync(upgrade)
