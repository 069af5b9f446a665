"""The bot is killed with SIGKILL at every commit of a story, before it and after it, and started again."""

from pathlib import Path

import pytest

from tests.crash.story import STORY, Teller, count


async def test_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(tmp_path, deaths=True)
    told = await teller.tell(STORY)
    outcome = count(tmp_path, STORY, told)
    with capsys.disabled():
        counted = f"{teller.kills} kills, {len(outcome.lost)} lost, {len(outcome.doubled)} doubled"
        print(f"\na story of {len(STORY)} turns: {counted}")
    assert outcome.lost == []
    assert outcome.doubled == []
    assert teller.kills > 5 * len(STORY)
