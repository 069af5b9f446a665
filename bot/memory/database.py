"""What the memory asks of a database: whole transactions, off the event loop."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import make_url
from sqlmodel import Session

from bot.memory.postgresql import Postgresql
from bot.memory.sqlite import Sqlite

T = TypeVar("T")


class Database(Protocol):
    """Sqlite or Postgresql. Everything raises StoreFailed for what a disk or a server did; see bot/errors.py."""

    async def open(self) -> None:
        """Bring the tables to this version."""
        ...

    async def read(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction, which sees one moment."""
        ...

    async def write(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction: all of it is kept when it returns, none of it if it raises."""
        ...

    async def close(self) -> None:
        """Wait for what is under way, and let go of all connections."""
        ...


async def open_database(url: str, *, durable: bool = False) -> Database:
    """Connect, and bring the tables to this version.

    Args:
        url: sqlite:///FILE, sqlite:// (in memory, for tests) or postgresql://USER:PASSWORD@HOST/NAME
        durable: SQLite alone; a commit survives a power cut as well as a crash, and takes milliseconds.

    Raises:
        StoreFailed: it can't be opened, or is newer than this program.
    """
    where = make_url(url)
    database: Database = Postgresql(where) if where.drivername == "postgresql" else Sqlite(where, durable=durable)
    await database.open()
    return database
