"""Which channels count as private."""

import pytest

from adapters.slack.channels import Channels, kind_in
from adapters.slack.inbound import Json
from adapters.slack.people import is_guest
from bot.memory.memory import Memory


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"channel": "C1", "channel_type": "channel"}, ("C1", "public")),
        ({"channel": "C1", "channel_type": "group"}, ("C1", "private")),
        ({"channel": "C1", "channel_type": "mpim"}, ("C1", "private")),
        ({"channel": "C1", "channel_type": "channel", "is_ext_shared_channel": True}, ("C1", "connected")),
        ({"channel": "C1", "type": "app_mention"}, ("", "")),
        ({"channel_id": "C1", "channel_name": "general"}, ("C1", "public")),
        ({"channel_id": "C1", "channel_name": "privategroup"}, ("C1", "private")),
        ({"channel": {"id": "C1", "name": "mpdm-ann--ben-1"}}, ("C1", "private")),
        ({"channel": {"id": "C1", "name": "general"}}, ("C1", "public")),
        ({"view": {}}, ("", "")),
    ],
)
def test_payloads_say_what_kind_of_channel_they_are_from(payload: Json, found: tuple[str, str]) -> None:
    assert kind_in(payload) == found


async def test_a_channel_is_private_until_slack_says_otherwise_and_of_its_own_workspace() -> None:
    memory = await Memory.open("sqlite://")
    try:
        channels = Channels(memory.posts)
        assert await channels.sheltered("T1", "C1") == "channel"
        await channels.learn("T1", {"channel": "C1", "channel_type": "channel"})
        assert await channels.sheltered("T1", "C1") == ""
        assert await channels.sheltered("T2", "C1") == "channel"
        assert await channels.sheltered("T1", "D1") == "channel"
        later = Channels(memory.posts)
        assert await later.sheltered("T1", "C1") == ""
        await later.learn("T1", {"channel": {"id": "C1", "name": "privategroup"}})
        assert await later.sheltered("T1", "C1") == "channel"
        assert await Channels(memory.posts).sheltered("T1", "C1") == "channel"
        await later.learn("T1", {"channel": "C2", "channel_type": "channel", "is_ext_shared_channel": True})
        await later.learn("T1", {"channel_id": "C2", "channel_name": "general"})  # a command does not know better
        assert await later.sheltered("T1", "C2") == "channel"
        await later.learn("T1", {"channel": "C2", "channel_type": "channel"})
        assert await later.sheltered("T1", "C2") == ""
    finally:
        await memory.close()


@pytest.mark.parametrize(
    ("user", "guest"),
    [
        ({"team_id": "T1"}, False),
        ({"team_id": "T2"}, True),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, False),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, True),
        ({"team_id": "T1", "is_stranger": True}, True),
        ({}, False),
    ],
)
def test_who_is_of_neither_the_workspace_nor_its_organisation_is_a_guest(user: Json, guest: bool) -> None:
    assert is_guest(user, "T1", "E1") is guest
