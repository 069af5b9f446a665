"""The whole story while calls are refused, limited, dropped and answered 500."""

from pathlib import Path

import pytest

from tests.kit import kit
from tests.narrators.slack import on_slack
from tests.peers.slack import Kind
from tests.platform_story import Transcript, fixed, tell


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
