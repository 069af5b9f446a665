"""Picture bytes, named by their content, in a folder or behind any fsspec URL."""

import asyncio
import hashlib
import os
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from bot.errors import PictureGone
from bot.memory.failures import apologised

_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,8}")

DAY = 24 * 3600.0
"""Seconds."""

T = TypeVar("T")


class Files:
    """The same bytes have the same name, so putting them twice keeps them once. Everything runs in threads."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = url_to_fs(url)
        self._local = isinstance(self._fs, LocalFileSystem)

    async def put(self, data: bytes, suffix: str = ".png") -> str:
        """Keep bytes. Returns their name, SHA-256 in hex and the suffix; a reader never sees half of them.

        Raises:
            StoreFull, StoreReadOnly, StoreUnreachable: nothing was kept.
        """
        return await _in_thread(lambda: self._put(data, suffix))

    async def get(self, name: str) -> bytes:
        """The bytes of a name that `put` gave.

        Raises:
            PictureGone: there are none.
            StoreReadOnly, StoreUnreachable: they can't be read.
        """
        return await _in_thread(lambda: self._get(name))

    async def delete(self, name: str) -> None:
        """Take bytes away; nothing happens if they are gone.

        Raises:
            StoreReadOnly, StoreUnreachable: they are still there.
        """
        await _in_thread(lambda: self._delete(name))

    async def tidy(self) -> None:
        """Take away what was being written when the program was killed; whatever is a day old is of no other run."""
        if self._local:
            await _in_thread(lambda: _tidy(Path(self._root)))

    def _path(self, name: str) -> str:
        """Two letters make 256 folders, so that none grows too long to be listed."""
        if not _NAME.fullmatch(name):
            raise PictureGone(name)
        return f"{self._root}/{name[:2]}/{name}"

    def _get(self, name: str) -> bytes:
        try:
            return bytes(self._fs.cat_file(self._path(name)))
        except FileNotFoundError as error:
            raise PictureGone(name) from error

    def _delete(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self._fs.rm_file(self._path(name))

    def _put(self, data: bytes, suffix: str) -> str:
        name = hashlib.sha256(data).hexdigest() + suffix
        path = self._path(name)
        if self._fs.exists(path) and self._fs.size(path) == len(data):
            return name
        if self._local:
            _write_at_once(Path(path), data)
        else:
            self._fs.makedirs(self._fs._parent(path), exist_ok=True)
            self._fs.pipe_file(path, data)
        return name


def _write_at_once(path: Path, data: bytes) -> None:
    """Whole or not at all, power cuts included: written aside, flushed to the disk, and renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _tidy(root: Path) -> None:
    for aside in root.glob("*/.*"):
        with suppress(FileNotFoundError):
            if time.time() - aside.stat().st_mtime > DAY:
                aside.unlink()


async def _in_thread(work: Callable[[], T]) -> T:
    with apologised():
        return await asyncio.to_thread(work)
