"""kill -9 after every statement, before every commit and after it: what was promised is there, and nothing by halves.

A child process tells a story of several transactions, and writes down each promise that it was given. For every point
at which it can die, a fork of it dies there. What it leaves must be the state after its last promise, or the one after
the step that it was in the middle of; and the story goes on from there to the same end.
"""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.place import Place

THREAD = Place("console", "home", "general", "1")
Step = Callable[[Memory], Awaitable[object]]


def turn(id: str) -> Turn:
    names = ("event_id", "workspace", "person_id", "person_name", "text", "kind", "query")
    ordinary: dict[str, Any] = {name: name for name in names}
    places: dict[str, Any] = {"platform": "console", "place": str(THREAD), "channel": str(THREAD.in_thread(""))}
    return Turn(id=id, created_at=datetime.now(UTC), **ordinary, **places)


def pictures(turn_id: str) -> list[Picture]:
    size: dict[str, Any] = {"seed": 1, "width": 8, "height": 8, "alt": "", "workspace": "home", "owner_id": "ann"}
    ids = [(f"{turn_id}-{index}", index) for index in (1, 2, 3, 4)]
    now = datetime.now(UTC)
    return [Picture(id=id, turn_id=turn_id, index=index, file=id, created_at=now, **size) for id, index in ids]


STORY: list[Step] = [
    lambda memory: memory.begin("console", "e1", [turn("one"), turn("two"), turn("three")]),
    lambda memory: memory.finish("one", pictures("one"), seconds=1, remarks="[]"),
    lambda memory: memory.posted("one"),
    lambda memory: memory.set_current(THREAD, "one-2"),
    lambda memory: memory.fail("two", "it broke"),
    lambda memory: memory.cancel("three", "stopped"),
    lambda memory: memory.delete_turn("one", "deleted"),
]


def state(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for the times of day."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = {}
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if not row[1].endswith("_at")]
            listed = ", ".join(f'"{column}"' for column in columns)
            rows[table] = sorted(database.execute(f"SELECT {listed} FROM {table}").fetchall())
        return rows


async def tell(path: Path, steps: list[Step], promised: Callable[[], object] = lambda: None) -> None:
    memory = await Memory.open(f"sqlite:///{path}")
    try:
        for step in steps:
            await step(memory)
            promised()
    finally:
        await memory.close()


# The child


def die_at(point: int) -> None:
    """Count statements, commits begun and commits done; at the given one, be gone."""
    points = count()
    commit = DefaultDialect.do_commit

    def passed(*_: object) -> None:
        if next(points) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(self: DefaultDialect, connection: Any) -> None:
        passed()
        commit(self, connection)
        passed()

    DefaultDialect.do_commit = watched  # type: ignore[method-assign]
    event.listen(Engine, "after_cursor_execute", passed)


def child(folder: Path, template: str) -> None:
    """Fork, and die, at each point in turn, until a fork comes to the end of the story alive."""
    for point in count():
        database, promises = folder / f"{point}.sqlite", folder / f"{point}.promises"
        if template:
            shutil.copy(template, database)
        promises.touch()
        if not (pid := os.fork()):
            die_at(point)
            with promises.open("ab", buffering=0) as file:
                asyncio.run(tell(database, STORY if template else STORY[:1], lambda: file.write(b".")))
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0:
            return


# The test


@pytest.mark.parametrize("new", [False, True], ids=["story", "first start"])
def test_a_crash_anywhere_loses_nothing_and_halves_nothing(tmp_path: Path, new: bool) -> None:
    template, story = tmp_path / "template.sqlite", STORY[:1] if new else STORY
    asyncio.run(tell(template, []))
    states = [state(template)]
    whole = tmp_path / "whole.sqlite"
    shutil.copy(template, whole)
    asyncio.run(tell(whole, story, lambda: states.append(state(whole))))
    assert all(before != after for before, after in pairwise(states)), "each step leaves a mark"

    crashes = tmp_path / "crashes"
    crashes.mkdir()
    command = [sys.executable, "-m", __name__, str(crashes), "" if new else str(template)]
    subprocess.run(command, check=True, cwd=Path(__file__).parent.parent)

    points = len(list(crashes.glob("*.promises"))) - 1
    assert points > 3 * len(story), "there were many places to die at"
    for point in range(points):
        database, promised = crashes / f"{point}.sqlite", len((crashes / f"{point}.promises").read_bytes())
        allowed = states[promised : promised + 2] + ([{}] if new and not promised else [])
        assert state(database) in allowed, f"killed at {point}, after {promised} promises"
        asyncio.run(tell(database, story[promised:]))
        assert state(database) == states[-1], f"killed at {point}, and gone on with after {promised} promises"


if __name__ == "__main__":
    child(Path(sys.argv[1]), sys.argv[2])
