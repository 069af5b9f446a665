"""What disks and database servers say, as something that the bot can apologise for."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.errors import StoreFailed, StoreFull, StoreReadOnly, StoreUnreachable

_SQLITE_FULL = (13,)
_SQLITE_READ_ONLY = (3, 8, 14)
"""PERM, READONLY, CANTOPEN: https://sqlite.org/rescode.html"""
_SQLITE_UNREACHABLE = (5, 6, 10, 11, 26)
"""BUSY, LOCKED, IOERR, CORRUPT, NOTADB."""

_POSTGRES_FULL = ("53100",)
_POSTGRES_READ_ONLY = ("25006", "42501")
_POSTGRES_UNREACHABLE = ("08", "28", "3D", "53", "57P")
"""Connection, authorization, no such database, resources, shutdown: PostgreSQL's appendix A."""


@contextmanager
def apologised() -> Iterator[None]:
    """Raises StoreFailed for what a disk or a server did; errors of the program stay as they are."""
    try:
        yield
    except StoreFailed:
        raise
    except (SQLAlchemyError, OSError) as error:
        if failure := _failure(error):
            raise failure from error
        raise
    except Exception as error:  # asyncpg raises its own while it connects, and is not always installed
        if isinstance(state := getattr(error, "sqlstate", None), str) and (failure := _by_state(state, error)):
            raise failure from error
        raise


def _from_os(error: OSError) -> StoreFailed:
    """What the operating system said of a disk or a connection."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreFull()
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return StoreReadOnly()
    return StoreUnreachable(error.strerror or str(error) or type(error).__name__)


def _failure(error: SQLAlchemyError | OSError) -> StoreFailed | None:
    if isinstance(error, OSError):
        return _from_os(error)
    if isinstance(error, NoConnection):
        return StoreUnreachable("too many wait for it")
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    if isinstance(code := getattr(error.orig, "sqlite_errorcode", None), int):
        return _by_code(code & 0xFF, error.orig)
    if isinstance(state := getattr(error.orig, "sqlstate", None), str):
        return _by_state(state, error.orig)
    return StoreUnreachable(str(error.orig)) if error.connection_invalidated else None


def _by_code(code: int, cause: BaseException) -> StoreFailed | None:
    if code in _SQLITE_FULL:
        return StoreFull()
    if code in _SQLITE_READ_ONLY:
        return StoreReadOnly()
    return StoreUnreachable(str(cause)) if code in _SQLITE_UNREACHABLE else None


def _by_state(state: str, cause: BaseException) -> StoreFailed | None:
    if state in _POSTGRES_FULL:
        return StoreFull()
    if state in _POSTGRES_READ_ONLY:
        return StoreReadOnly()
    return StoreUnreachable(str(cause)) if state.startswith(_POSTGRES_UNREACHABLE) else None
