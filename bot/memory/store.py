"""What the questions to the past have in common: each is one transaction, all of it or nothing."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from bot.memory.database import Database

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound="Store")


class Store:
    """A part of the memory. Rows come back detached: changing one changes nothing here.

    Every method raises StoreFailed when the database can't be read or written, and has then changed nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database


def reads(
    method: Callable[Concatenate[S, Session, P], T],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Makes the method one transaction that reads. It is given its session; callers leave that out."""

    @wraps(method)
    async def transaction(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.read(lambda session: method(self, session, *args, **kwargs))

    return transaction


def writes(
    method: Callable[Concatenate[S, Session, P], T],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Makes the method one transaction that writes. It is given its session; callers leave that out."""

    @wraps(method)
    async def transaction(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.write(lambda session: method(self, session, *args, **kwargs))

    return transaction
