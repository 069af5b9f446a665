"""The manifests in deploy/ are those that the commands make, and Slack would take them."""

from pathlib import Path

import pytest

from adapters.slack import manifest, modals
from adapters.slack.inbound import Names
from adapters.slack.listeners import DESCRIBE
from adapters.slack.manifest import FILES, Mode, as_yaml

DEPLOY = Path(__file__).parents[1] / "deploy"
MODES: tuple[Mode, ...] = ("socket", "http")


@pytest.mark.parametrize("mode", MODES)
def test_the_file_is_the_one_that_is_generated(mode: Mode) -> None:
    made = as_yaml(manifest.manifest(mode))
    assert (DEPLOY / FILES[mode]).read_text(encoding="utf-8") == made, "write it: python -m adapters.slack.manifest"


@pytest.mark.parametrize("mode", MODES)
def test_names_and_hints_are_within_slacks_limits(mode: Mode) -> None:
    made = manifest.manifest(mode)
    for command in made["features"]["slash_commands"]:
        assert 1 <= len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
        assert command["should_escape"]
    for shortcut in made["features"]["shortcuts"]:
        assert 1 <= len(shortcut["name"]) <= 24
        assert 1 <= len(shortcut["description"]) <= 150
    assert len(made["display_information"]["description"]) <= 140


def test_the_shortcuts_are_those_that_are_listened_to() -> None:
    names = {one["callback_id"] for one in manifest.manifest("socket")["features"]["shortcuts"]}
    assert names == {DESCRIBE, modals.NEW, modals.REFINE}


def test_commands_have_the_names_of_the_settings() -> None:
    made = manifest.manifest("socket", Names("/draw", "/sx"))
    assert [one["command"] for one in made["features"]["slash_commands"]] == ["/draw", "/sx"]


def test_the_modes_differ_in_how_slack_reaches_the_app() -> None:
    socket, http = (manifest.manifest(mode) for mode in MODES)
    assert socket["settings"]["socket_mode_enabled"]
    assert "request_url" not in str(socket)
    assert not http["settings"]["socket_mode_enabled"]
    assert http["settings"]["event_subscriptions"]["request_url"].endswith("/slack/events")
    assert all(one["url"].endswith("/slack/events") for one in http["features"]["slash_commands"])
