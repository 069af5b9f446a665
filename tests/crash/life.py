"""One life of the whole bot with its console, in a process of its own that dies when it is told to.

It dies by SIGKILL at a commit: before it reaches the database, or right after. Commits are those of the bot's memory
and of the room's log alike, since both go through SQLAlchemy.
"""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from adapters.console.opening import Address, opened
from adapters.relay import Bot
from bot.place import Place
from bot.replies import Shown
from tests.kit import kit


@dataclass(frozen=True)
class Death:
    """At which commit after the start, and on which side of it."""

    commit: int
    before: bool


def live(folder: str, tell: Connection, death: Death | None) -> None:
    """Serve until the death comes, or for ever."""
    asyncio.run(_live(Path(folder), tell, death))


async def _live(folder: Path, tell: Connection, death: Death | None) -> None:
    async with kit(folder) as bot:
        console = opened(
            Mortal(bot.bot, death),
            bot.files.get,
            lambda preview: b"",
            folder=folder,
            address=Address("127.0.0.1", 0),
            health=dict,
        )
        async with console as url:
            tell.send(url)
            await asyncio.Event().wait()


class Mortal:
    """The bot. Its commits are counted from the moment it is asked what is left over."""

    def __init__(self, bot: Bot, death: Death | None) -> None:
        self.refusal, self.handle, self.due = bot.refusal, bot.handle, bot.due
        self._bot, self._death = bot, death

    async def resume(self, platform: str) -> list[tuple[Place, AsyncGenerator[Shown, None]]]:
        _arm(self._death)
        return await self._bot.resume(platform)


def _arm(death: Death | None) -> None:
    if death is None:
        return
    commit, count = DefaultDialect.do_commit, 0
    written: set[int] = set()

    @event.listens_for(Engine, "before_cursor_execute")
    def _note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.add(id(connection.connection.dbapi_connection))

    # Whoever reaches the deadly commit keeps the other threads from theirs until it is over: how far they come
    # meanwhile would hang on the load of the machine.
    last = threading.RLock()

    def counted(self: DefaultDialect, connection: Any) -> None:
        """A transaction that only read changes nothing, so it is no boundary."""
        nonlocal count
        writes = id(connection.dbapi_connection) in written
        written.discard(id(connection.dbapi_connection))
        if not writes:
            commit(self, connection)
            return
        with last:
            count += 1
            if count == death.commit and death.before:
                os.kill(os.getpid(), signal.SIGKILL)
            commit(self, connection)
            if count == death.commit:
                os.kill(os.getpid(), signal.SIGKILL)

    DefaultDialect.do_commit = counted  # type: ignore[method-assign]
