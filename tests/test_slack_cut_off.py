"""The program ends in the middle, at each point of a set's way to Slack: after the next start the set is there once.
What is acknowledged and not yet the bot's is not lost with it either."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.events import AnyEvent, Imagine
from bot.memory.inbox import Arrival
from bot.replies import Shown, Whisper
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
        if isinstance(event, Imagine) and not hasattr(self, "gate"):
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


class Slow(ScriptedBot):
    """It never comes to its first turn."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def refusal(self, event: AnyEvent) -> Whisper | None:
        """For ever."""
        self.asked.set()
        await asyncio.Event().wait()
        return None


async def begun(at: Scene, ask: bool = True) -> str:
    """A set that is there, and nothing left to do."""
    async with at.running():
        at.scripted.draw()
        if ask:
            await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        root = (await at.root()).ts
        await at.peer.wait_for(lambda: any("it is done" in it.text for it in at.replies(root)))
        await settled(at)
    return root


async def settled(at: Scene) -> None:
    """Wait until nothing that arrived is left."""
    async with asyncio.timeout(10):
        while await at.memory.posts.inbox.waiting("slack"):  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(0)


async def test_a_command_that_was_cut_off_before_its_first_turn_is_drawn_after_the_start_once(at: Scene) -> None:
    slow = Slow()
    async with at.running(slow):
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        await slow.asked.wait()
    assert at.peer.messages(at.general) == []
    root = await begun(at, ask=False)
    async with at.running():
        pass
    assert [it.thread_ts for it in at.replies(root) if it.pictures] == [root]
    assert len(at.peer.messages(at.general)) == 1
    assert at.peer.pinged == ["Ann"]
    assert [getattr(event, "prompt", "") for event in at.scripted.events] == ["a red car"]


async def test_words_buttons_and_mentions_that_were_cut_off_are_carried_on_with(at: Scene) -> None:
    root = await begun(at)
    done = await at.reply(root, "Again")
    slow = Slow()
    async with at.running(slow):
        await at.ann.say(at.general, "at night", thread=root)
        await slow.asked.wait()
        slow.asked.clear()
        await at.ann.press(done, "2")
        await slow.asked.wait()
        slow.asked.clear()
        await at.ben.say(at.general, "a blue boat", mention_bot=True)
        await slow.asked.wait()
    at.scripted.draw(8)
    async with at.running():
        await at.until(lambda: len(at.scripted.events) == 4)
        await at.peer.wait_for(lambda: sorted(at.peer.pinged) == ["Ann", "Ann", "Ben"])
        await settled(at)
    assert sorted(type(event).__name__ for event in at.scripted.events) == ["Imagine", "Imagine", "Message", "Press"]


async def test_what_is_written_down_holds_no_right_of_slacks(at: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    write = at.memory.posts.inbox.write

    async def listening(arrival: Arrival) -> None:
        seen.append(json.dumps(dict(arrival.facts)))
        await write(arrival)

    monkeypatch.setattr(at.memory.posts.inbox, "write", listening)
    root = await begun(at)
    async with at.running():
        await (await at.ann.press(await at.reply(root, "Again"), "2")).acknowledged()
    assert len(seen) == 2
    for right in ("response_url", "hooks", '"token"', at.bot.token):
        assert not any(right in each for each in seen)
