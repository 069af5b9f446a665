"""The whole story while calls fail, deliveries come again and sockets freeze: all is seen as in calm weather."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.slack.opening import Times
from adapters.slack.sockets import SILENCE
from tests.kit import Kit, kit
from tests.narrators.slack import Deed, SlackNarrator, on_slack, working
from tests.peers.slack import Delivery, Kind, Socket
from tests.peers.slack.courier import DEADLINE, RETRIES
from tests.platform_story import Transcript, fixed, tell
from tests.slack_scene import Scene, at_once, scene

CALLED = Counter({"Ann": 3, "Ben": 3})
"""For each set the person who asked for it, and the winner of the round."""


@dataclass
class Repeated(SlackNarrator):
    """Everything that the app is told comes a second time, as when Slack has lost the acknowledgement."""

    told: int = 0
    """How much of it."""

    async def do(self, deed: Deed) -> None:
        """And again, with what the app was told since the last deed."""
        await super().do(deed)
        fresh = self.at.peer.deliveries[self.told :]
        self.told += len(fresh)
        await again(self.at, fresh)


async def again(at: Scene, deliveries: Iterable[Delivery]) -> None:
    """Deliver once more what was acknowledged, and wait until it is so a second time."""
    before = {each: (await each.acknowledged()).late for each in deliveries}
    for each in before:
        await each.again()
    await at.peer.wait_for(lambda: all(each.late > late for each, late in before.items()))


@dataclass
class Frozen(SlackNarrator):
    """During each deed a socket is frozen, the other or both, and neither side is told. The watchdog opens others in
    their place. What went into the ice comes again: an event from Slack, a command from who was shown an error."""

    ahead: float = 0.0
    """Seconds that the adapter's clock has been put forward."""
    weather: "itertools.cycle[tuple[int, ...]]" = field(default_factory=lambda: itertools.cycle([(0,), (1,), (0, 1)]))
    lost: Counter[str] = field(default_factory=Counter)
    """What went into the ice."""

    def clock(self) -> float:
        """The adapter's."""
        return time.time() + self.ahead

    async def do(self, deed: Deed) -> None:
        """On thin ice."""
        peer = self.at.peer
        sockets = await peer.connected(self.at.app, 2)
        frozen = [sockets[number] for number in next(self.weather)]
        for socket in frozen:
            socket.half_open = True
        sent = await deed()
        await peer.wait_for(lambda: all(not _pending(each) or _within(each, frozen) for each in sent))
        if lost := [each for each in sent if _pending(each)]:
            self.lost.update(each.kind for each in lost)
            await peer.advance(DEADLINE)
            await peer.wait_for(lambda: all(not _pending(each) or len(each.attempts) > 1 for each in lost))
            await peer.wait_for(lambda: all(not _pending(each) or _within(each, frozen) for each in lost))
        self.ahead += SILENCE + 1
        await peer.wait_for(lambda: not any(socket.open for socket in frozen))
        await peer.connected(self.at.app, 2)
        if any(_pending(each) for each in lost):
            await peer.advance(DEADLINE + RETRIES[1])
        for each in lost:
            if (await each.settle()).outcome == "operation_timeout":
                await super().do(deed)


def _pending(delivery: Delivery) -> bool:
    return delivery.outcome == "pending"


def _within(delivery: Delivery, frozen: Iterable[Socket]) -> bool:
    return delivery.attempts[-1].via in [socket.number for socket in frozen]


async def told(on: SlackNarrator) -> Transcript:
    """The story; everybody is called once for each set."""
    transcript = await tell(on)
    await on.until(lambda: len(on.at.peer.pinged) >= CALLED.total())
    assert Counter(on.at.peer.pinged) == CALLED
    return transcript


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Transcript:
    """The story when nothing goes wrong."""

    async def calmly(folder: Path) -> Transcript:
        with pytest.MonkeyPatch.context() as patch:
            fixed(patch)
            async with kit(folder) as house, on_slack(patch, folder, house) as on:
                return await told(on)

    return asyncio.run(calmly(tmp_path_factory.mktemp("calm")))


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kit]:
    fixed(monkeypatch)
    async with kit(tmp_path) as house:
        yield house


@pytest.fixture
async def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


@pytest.mark.parametrize("seed", [1, 2])
async def test_calls_are_refused_limited_dropped_and_answered_500(
    calm: Transcript, at: Scene, house: Kit, seed: int
) -> None:
    async with working(at, house):
        at.peer.faults.at_random(seed, 0.1, (Kind.ERROR_500, Kind.RATELIMITED, Kind.DROPPED))
        storm = await told(SlackNarrator(at))
        assert len(at.peer.faults.happened) > 5, "the storm was there"
    assert storm.threads == calm.threads
    assert len(storm.roots) == len(calm.roots)


async def test_everything_comes_twice_and_events_once_more_after_a_restart(
    calm: Transcript, at: Scene, house: Kit
) -> None:
    on = Repeated(at)
    async with working(at, house):
        assert await told(on) == calm
        files = len(at.peer.files)
    async with working(at, house):
        await again(at, [each for each in at.peer.deliveries if each.kind == "events_api"])
        await on.command("Ann", "queue", "")
        await on.until(lambda: len(on.whispered("Ann")) > len(calm.whispers["Ann"]))
        assert [on.thread(number) for number in range(3)] == calm.threads
        assert Counter(at.peer.pinged) == CALLED
        assert len(at.peer.files) == files


async def test_sockets_freeze(calm: Transcript, at: Scene, house: Kit, caplog: pytest.LogCaptureFixture) -> None:
    on = Frozen(at)
    times = Times(clock=on.clock, sleep=at_once, gap=0.0, ping=0.05)
    async with working(at, house, times):
        assert await told(on) == calm
    assert on.lost["slash_commands"]
    assert on.lost["interactive"]
    assert on.lost["events_api"]
    assert "not been heard of" in caplog.text, "the watchdog saw it"
