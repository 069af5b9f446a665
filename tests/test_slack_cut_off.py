"""The program ends in the middle, at each point of a set's way to Slack: after the next start the set is there once.

What is acknowledged and not yet the bot's is lost with the program: Slack waits three seconds for the acknowledgement,
and the bot's own beginning (opening a model, say) may take longer. Slack's people see no thread then, and ask again.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.events import AnyEvent, Imagine
from bot.replies import Shown
from tests.peers.slack import Kind
from tests.scripted_bot import ScriptedBot
from tests.slack_scene import Scene, scene, words


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


class Gated(ScriptedBot):
    """Closes the way to Slack once it has the event: the root is out, nothing else is."""

    def __init__(self, at: Scene, method: str, after: bool) -> None:
        super().__init__()
        self._at, self._method, self._after = at, method, after

    async def handle(self, event: AnyEvent) -> AsyncGenerator[Shown, None]:
        if isinstance(event, Imagine):
            self.gate = self._at.peer.faults.hold(self._method, self._after)
        async for shown in super().handle(event):
            yield shown


POINTS = [
    (method, after)
    for method in (
        "chat.postMessage",
        "chat.update",
        "files.getUploadURLExternal",
        "upload",
        "files.completeUploadExternal",
        "files.info",
    )
    for after in (False, True)
]


@pytest.mark.parametrize(("method", "after"), POINTS)
async def test_cut_off_anywhere_each_set_is_there_once(at: Scene, method: str, after: bool) -> None:
    bot = at.scripted = Gated(at, method, after)
    async with AsyncExitStack() as life:
        await life.enter_async_context(at.running())
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        root = (await at.root()).ts
        bot.draw()
        await at.peer.wait_for(lambda: hasattr(bot, "gate") and bot.gate.arrived.is_set())
    bot.gate.open()
    for turn in bot.turns.values():
        turn.done = False  # what was not shown to its end is carried on, as the real one's memory says
    bot.draw()
    async with at.running():
        await at.peer.wait_for(lambda: any("it is done" in it.text for it in at.replies(root)))
        assert len(at.peer.messages(at.general)) == 1
        sets = [it for it in at.replies(root) if "a red car" in words(it)]
        assert [len(it.pictures) for it in sets] == [4]
        assert at.peer.pinged == ["Ann"]


async def test_a_second_run_shows_a_finished_set_again_without_posting(at: Scene) -> None:
    async with at.running():
        at.scripted.draw()
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        root = (await at.root()).ts
        await at.peer.wait_for(lambda: any("it is done" in it.text for it in at.replies(root)))
        posted = at.peer.calls["chat.postMessage"]
        uploaded = at.peer.calls["files.getUploadURLExternal"]
    for turn in at.scripted.turns.values():
        turn.done = False
    at.scripted.draw()
    async with at.running():
        await at.until(lambda: all(turn.done for turn in at.scripted.turns.values()))
    assert at.peer.calls["chat.postMessage"] == posted
    assert at.peer.calls["files.getUploadURLExternal"] == uploaded


@pytest.mark.parametrize("kind", [Kind.DROPPED, Kind.REFUSED, Kind.ERROR_500])
async def test_a_post_without_an_answer_is_looked_for_before_it_is_repeated(at: Scene, kind: Kind) -> None:
    async with at.running():
        at.peer.faults.add(kind, "chat.postMessage", times=1)
        at.scripted.draw()
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        root = (await at.root()).ts
        await at.reply(root, "Again")
        assert len(at.peer.messages(at.general)) == 1
        assert at.peer.calls["conversations.history"] == 1
