"""kill -9 of the whole process at ten points of a story, and a new start: each picture is there once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.crash.platform_life import Lives
from tests.crash.slack_life import OpensSlack
from tests.peers.slack import Message
from tests.slack_scene import Scene, scene, words


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


POINTS = [
    *[("chat.postMessage", after, turn) for after in (False, True) for turn in (1, 2)],
    *[("files.completeUploadExternal", after, 1) for after in (False, True)],
    *[("chat.update", after, turn) for after in (False, True) for turn in (1, 2)],
]
"""A method of Slack's, before or after it did its work, and in which turn of the story."""


def sets(at: Scene, root: str) -> list[Message]:
    """What stands in the thread with its pictures."""
    return [it for it in at.replies(root) if it.pictures]


async def whole(at: Scene, root: str, called: int) -> None:
    """Wait until every asker has been called, which is the last thing of a set."""
    await at.peer.wait_for(lambda: len(at.peer.pinged) >= called, patience=30)


@pytest.mark.parametrize(("method", "after", "turn"), POINTS)
async def test_killed_anywhere_each_set_is_there_once(
    at: Scene, tmp_path: Path, method: str, after: bool, turn: int
) -> None:
    opens = OpensSlack(at.bot.token, at.app.app_token, at.peer.api_url)
    async with Lives(opens, tmp_path) as lives:
        await at.peer.connected(at.app, 2)
        gate = at.peer.faults.hold(method, after) if turn == 1 else None
        await (await at.ann.command(at.general, "/imagine", "a red car --n 2 --seed 1")).acknowledged()
        if gate:
            await gate.arrived.wait()
            await lives.kill()
            gate.open()
            await lives.begin()
            await at.peer.connected(at.app, 2)
        root = (await at.root()).ts
        await whole(at, root, 1)
        gate = at.peer.faults.hold(method, after) if turn == 2 else None
        await (await at.ben.say(at.general, "at night", thread=root)).acknowledged()
        if gate:
            await gate.arrived.wait()
            await lives.kill()
            gate.open()
            await lives.begin()
        await whole(at, root, 2)
        assert lives.count == 2
        assert len(at.peer.messages(at.general)) == 1
        assert [len(it.pictures) for it in sets(at, root)] == [2, 2]
        assert ["night" in words(it) for it in sets(at, root)] == [False, True]
        assert sorted(at.peer.pinged) == ["Ann", "Ben"]
