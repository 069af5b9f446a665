"""One script, one transcript: the same story on Discord and on Slack gives the same words, pictures and tree."""

from pathlib import Path

import pytest

from tests.kit import kit
from tests.narrators.discord import on_discord
from tests.narrators.slack import on_slack
from tests.platform_story import ROOTS, fixed, tell


async def test_one_story_reads_the_same_on_both_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("discord", "slack"):
        (tmp_path / name).mkdir()
    fixed(monkeypatch)
    async with kit(tmp_path / "discord") as house, on_discord(house) as on:
        discord = await tell(on)
    fixed(monkeypatch)
    async with kit(tmp_path / "slack") as house, on_slack(monkeypatch, tmp_path / "slack", house) as there:
        slack = await tell(there)
    assert slack.threads == discord.threads
    assert slack.whispers == discord.whispers
    for roots in (discord.roots, slack.roots):  # each platform words for itself what a thread hangs on
        assert all(words in root for words, root in zip(ROOTS, roots, strict=True)), roots
