import asyncio
import errno
import hashlib
import os
import resource
import signal
import sys
import threading
from pathlib import Path

import pytest

from bot.errors import PictureGone, StoreFull, StoreReadOnly, StoreUnreachable
from bot.memory.files import Files

DATA = b"not really a picture, but bytes"
NAME = hashlib.sha256(DATA).hexdigest() + ".png"


@pytest.fixture(params=["folder", "url", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    where = {"folder": str(tmp_path / "store"), "url": f"file://{tmp_path}/store", "memory": f"memory://{tmp_path}"}
    return Files(where[request.param])


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_bytes_come_back_under_the_name_of_their_content(files: Files) -> None:
    assert await files.put(DATA) == NAME
    assert await files.get(NAME) == DATA
    assert await files.put(DATA, suffix=".txt") == NAME.replace(".png", ".txt")
    assert await files.put(b"") == hashlib.sha256(b"").hexdigest() + ".png"
    assert await files.get(hashlib.sha256(b"").hexdigest() + ".png") == b""


async def test_what_is_deleted_is_gone(files: Files) -> None:
    await files.put(DATA)
    await files.delete(NAME)
    with pytest.raises(PictureGone) as caught:
        await files.get(NAME)
    assert caught.value.file == NAME
    assert isinstance(caught.value, FileNotFoundError)
    await files.delete(NAME)
    await files.put(DATA)
    assert await files.get(NAME) == DATA


@pytest.mark.parametrize("name", ["", ".png", "../{}", "aa/../../{}", "/{}", "{}\n", "./{}", "{}/."])
async def test_no_name_leads_out_of_the_store(tmp_path: Path, name: str) -> None:
    files = Files(str(tmp_path / "store"))
    await files.put(DATA)
    for folder in (tmp_path, tmp_path / "store"):
        (folder / NAME).write_bytes(b"not for everybody")
    with pytest.raises(PictureGone):
        await files.get(name.format(NAME))
    await files.delete(name.format(NAME))
    assert len(kept(tmp_path)) == 3


async def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    await files.put(DATA)
    (path,) = kept(tmp_path)
    before = path.stat()
    await files.put(DATA)
    assert kept(tmp_path) == [path]
    assert path.stat().st_ino == before.st_ino, "not even written again"


async def test_half_a_file_is_made_whole_by_the_next_put(tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    await files.put(DATA)
    (path,) = kept(tmp_path)
    path.write_bytes(DATA[:5])
    await files.put(DATA)
    assert await files.get(NAME) == DATA


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (errno.ENOSPC, StoreFull),
        (errno.EDQUOT, StoreFull),
        (errno.EROFS, StoreReadOnly),
        (errno.EACCES, StoreReadOnly),
        (errno.EIO, StoreUnreachable),
    ],
)
async def test_a_disk_that_refuses_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, failure: type[Exception]
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    files = Files(str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(failure):
            await files.put(DATA)
    assert kept(tmp_path) == []
    await files.put(DATA)
    assert await files.get(NAME) == DATA


async def test_a_limit_of_the_system_is_a_full_disk(tmp_path: Path) -> None:
    """A real refusal in the middle of writing: the kernel lets no file of this process grow beyond a page."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(StoreFull):
            await Files(str(tmp_path)).put(b"x" * 10_000)
        assert kept(tmp_path) == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


async def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(StoreUnreachable):
        await Files(str(tmp_path / "store")).put(DATA)


KILLED = """
import asyncio, os, signal, sys
from bot.memory.files import Files
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
{patch}
asyncio.run(Files(sys.argv[1]).put(b"x" * 1000))
"""


@pytest.mark.parametrize("patch", ["os.fsync = die", "from pathlib import Path; Path.replace = die"])
async def test_a_crash_in_the_middle_shows_nobody_half_a_file(tmp_path: Path, patch: str) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED.format(patch=patch), str(tmp_path))
    assert await child.wait() == -signal.SIGKILL
    files, name = Files(str(tmp_path)), hashlib.sha256(b"x" * 1000).hexdigest() + ".png"
    with pytest.raises(PictureGone):
        await files.get(name)
    await files.put(b"x" * 1000)
    assert await files.get(name) == b"x" * 1000


async def test_nothing_runs_on_the_event_loop(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    sha256 = hashlib.sha256

    def watched(data: bytes) -> object:
        threads.append(threading.current_thread())
        return sha256(data)

    monkeypatch.setattr(hashlib, "sha256", watched)
    await files.put(DATA)
    assert len(threads) == 1
    assert threading.main_thread() not in threads


async def test_what_a_killed_run_left_half_written_is_taken_away(tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    name = await files.put(b"whole")
    old, new = tmp_path / name[:2] / ".old", tmp_path / name[:2] / ".new"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))
    await files.tidy()
    assert not old.exists()
    assert new.exists()  # perhaps another process is writing it
    assert await files.get(name) == b"whole"
