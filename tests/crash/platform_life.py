"""The whole bot with one platform's adapter, in a process of its own that is killed from outside with SIGKILL."""

import asyncio
import multiprocessing
import os
import signal
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from tests.kit import Kit, kit

PRELOAD = [
    "tests.crash.platform_life",
    "tests.crash.slack_life",
    "tests.crash.discord_life",
    "alembic.command",
    "aiosqlite",
]


class Opens(Protocol):
    """How the adapter is opened in the process: picklable, and of the platform's own module."""

    def __call__(self, house: Kit, folder: Path) -> AbstractAsyncContextManager[object]:
        """The adapter at work on the bot."""


def live(opens: Opens, folder: str, tell: Connection) -> None:
    """Serve until killed."""

    async def serve() -> None:
        async with kit(Path(folder)) as house, opens(house, Path(folder)):
            tell.send("open")
            await asyncio.Event().wait()

    asyncio.run(serve())


@dataclass
class Lives:
    """One life after another, in one folder."""

    opens: Opens
    folder: Path
    process: BaseProcess | None = None
    count: int = 0

    async def begin(self) -> None:
        """Start it, and wait until its adapter is open."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOAD)
        receiver, sender = context.Pipe(duplex=False)
        self.process = context.Process(target=live, args=(self.opens, str(self.folder), sender), daemon=True)
        await asyncio.to_thread(self.process.start)
        sender.close()
        assert await asyncio.to_thread(receiver.recv) == "open"
        self.count += 1

    async def kill(self) -> None:
        """kill -9, now."""
        assert self.process
        assert self.process.pid
        os.kill(self.process.pid, signal.SIGKILL)
        await asyncio.to_thread(self.process.join)
        assert self.process.exitcode == -signal.SIGKILL
        self.process = None

    async def __aenter__(self) -> "Lives":
        await self.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process:
            await self.kill()
