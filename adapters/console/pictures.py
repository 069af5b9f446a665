"""Pictures on their way in and out: what people bring, kept in a folder, and what the bot's store has."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.events import Upload

LARGEST_UPLOAD = 25 * 2**20
"""Bytes."""

MOST_WAITING = 20
"""Uploads that nothing was made of yet; the oldest goes when another comes."""

Read = Callable[[str], Awaitable[bytes]]
"""The bytes of a file of the bot's store, by its name. Raises FileNotFoundError."""

_UPLOAD = re.compile(r"[0-9a-f]{32}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)?")


class Pictures:
    """Names are checked here, so that no name leads out of the folder or the store."""

    def __init__(self, folder: Path, read: Read) -> None:
        self._waiting, self._used, self._read = folder / "waiting", folder / "used", read

    async def keep(self, data: bytes) -> str:
        """Take in an upload. Returns its id."""
        return await asyncio.to_thread(self._keep, data)

    async def use(self, reference: str) -> Upload:
        """The upload with this id, which stays from now on, or the file of the store with this name.

        Raises:
            FileNotFoundError: there is none, or not any more.
        """
        if _UPLOAD.fullmatch(reference):
            return Upload(reference, await asyncio.to_thread(self._use, reference))
        return Upload(reference, await self.made(reference))

    async def made(self, file: str) -> bytes:
        """A picture that the bot made.

        Raises:
            FileNotFoundError: there is none.
        """
        if not _FILE.fullmatch(file):
            raise FileNotFoundError(file)
        return await self._read(file)

    async def brought(self, id: str) -> bytes:
        """A picture that somebody brought and used.

        Raises:
            FileNotFoundError: there is none.
        """
        if not _UPLOAD.fullmatch(id):
            raise FileNotFoundError(id)
        return await asyncio.to_thread((self._used / id).read_bytes)

    @staticmethod
    def url(reference: str) -> str:
        """Where the page finds what `use` was given."""
        return f"/uploads/{reference}" if _UPLOAD.fullmatch(reference) else f"/pictures/{reference}"

    def _keep(self, data: bytes) -> str:
        self._waiting.mkdir(parents=True, exist_ok=True)
        waiting = sorted(self._waiting.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        for path in waiting[: len(waiting) - MOST_WAITING + 1] if len(waiting) >= MOST_WAITING else ():
            path.unlink(missing_ok=True)
        id = secrets.token_hex(16)
        (self._waiting / id).write_bytes(data)
        return id

    def _use(self, id: str) -> bytes:
        used, waiting = self._used / id, self._waiting / id
        if not used.exists():
            self._used.mkdir(parents=True, exist_ok=True)
            waiting.replace(used)
        return used.read_bytes()
