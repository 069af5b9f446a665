"""The whole story while calls are refused, limited, dropped and answered 500; and while sockets die under it."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.slack.opening import Times
from tests.kit import kit
from tests.narrators.slack import SlackNarrator, on_slack
from tests.peers.slack import Kind
from tests.platform_story import Transcript, fixed, tell
from tests.slack_scene import at_once


@dataclass
class OnBadSockets(SlackNarrator):
    """Whoever says something says it into a socket that died unseen; and Slack tells every event twice."""

    died: int = 0
    retried: int = 0
    again: int = 0

    async def say(self, who: str, text: str, thread: int) -> None:
        """Slack waits 3 s for the acknowledgement, and tells it once more by the other socket."""
        peer, app = self.at.peer, self.at.app
        for dying in peer.sockets(app)[: 1 + self.died % 2]:
            dying.half_open = True
        self.died += 1
        said = await self._person(who).say(self.at.general, text, thread=self._roots()[thread].ts)
        for seconds in (3.0, 0.0, 60.0, 3.0, 300.0, 3.0):
            if all(each.acked for each in said.deliveries):
                break
            await peer.advance(seconds)
            await peer.wait_for(lambda: sum(not each.half_open for each in peer.sockets(app)) == 2)
        await said.acknowledged()
        for each in said.deliveries:
            self.retried += len(each.attempts) > 1
            await each.again()
            self.again += 1


async def told(monkeypatch: pytest.MonkeyPatch, folder: Path, seed: int) -> Transcript:
    """The story; without a storm for seed 0."""
    fixed(monkeypatch)
    async with kit(folder) as house, on_slack(monkeypatch, folder, house) as on:
        if seed:
            on.at.peer.faults.at_random(seed, 0.1, (Kind.ERROR_500, Kind.RATELIMITED, Kind.DROPPED))
        transcript = await tell(on)
        if seed:
            assert len(on.at.peer.faults.happened) > 5, "the storm was there"
        return transcript


async def test_a_story_in_a_storm_is_the_story_in_calm_weather(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("calm", "1", "2"):
        (tmp_path / name).mkdir()
    calm = await told(monkeypatch, tmp_path / "calm", 0)
    for seed in (1, 2):
        storm = await told(monkeypatch, tmp_path / str(seed), seed)
        assert storm.threads == calm.threads
        assert len(storm.roots) == len(calm.roots)


async def test_a_story_on_sockets_that_die_is_the_story(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("calm", "bad"):
        (tmp_path / name).mkdir()
    calm = await told(monkeypatch, tmp_path / "calm", 0)
    fixed(monkeypatch)
    times = Times(clock=time.time, sleep=at_once, gap=0.0, ping=0.05)  # a silent socket is found by pings, not by us
    async with kit(tmp_path / "bad") as house, on_slack(monkeypatch, tmp_path / "bad", house, times) as on:
        bad = OnBadSockets(on.at)
        transcript = await tell(bad)
    assert (bad.died, bad.again) == (2, 2)
    assert bad.retried, "nothing went into a dead socket"
    assert transcript.threads == calm.threads
    assert len(transcript.roots) == len(calm.roots)
