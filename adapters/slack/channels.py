"""Which channels everybody of a workspace may read: learned from what Slack says beside what people do."""

from collections.abc import Mapping
from typing import Any, Literal

from adapters.slack.inbound import PLATFORM, is_direct
from bot.memory.posts import Posts

PUBLIC, PRIVATE, CONNECTED = "public", "private", "connected"
"""A connected one has people of other workspaces in it: it counts as private, so that nothing goes from one to the
other."""
_PRIVATE_NAMES = ("privategroup", "directmessage")
"""What Slack calls channels whose names it does not tell."""
_GROUP = "mpdm-"
"""Before the names of those in a conversation of several people."""


class Channels:
    """Known once heard of. A channel of which nothing was heard counts as private, since what it shows can't be taken
    back."""

    def __init__(self, posts: Posts) -> None:
        self._posts = posts
        self._known: dict[tuple[str, str], str] = {}

    async def learn(self, workspace: str, payload: Mapping[str, Any]) -> None:
        """Keep what a payload says of its channel, if it says anything."""
        channel, kind = kind_in(payload)
        if not (channel and kind):
            return
        before = await self._kind(workspace, channel)
        said_of_connections = "channel_type" in payload
        if before != kind and not (before == CONNECTED and not said_of_connections):
            self._known[workspace, channel] = kind
            await self._posts.write_note(PLATFORM, _note(workspace, channel), kind)

    async def sheltered(self, workspace: str, channel: str) -> Literal["", "channel"]:
        """For an event's `sheltered`."""
        if is_direct(channel):
            return "channel"
        return "" if await self._kind(workspace, channel) == PUBLIC else "channel"

    async def _kind(self, workspace: str, channel: str) -> str:
        known = self._known.get((workspace, channel))
        if known is None:
            known = await self._posts.note(PLATFORM, _note(workspace, channel)) or ""
            self._known[workspace, channel] = known
        return known


def kind_in(payload: Mapping[str, Any]) -> tuple[str, str]:
    """The channel of a payload, and its kind; empty if it does not say."""
    if kind := payload.get("channel_type"):  # of messages
        if payload.get("is_ext_shared_channel"):
            return str(payload["channel"]), CONNECTED
        return str(payload["channel"]), PUBLIC if kind == "channel" else PRIVATE
    within = payload.get("channel")  # of buttons and shortcuts; commands have it flat
    about: Mapping[str, Any] = within if isinstance(within, Mapping) else {}
    channel = str(about.get("id") or payload.get("channel_id") or "")
    name = str(about.get("name") or payload.get("channel_name") or "")
    if not name:
        return channel, ""
    return channel, PRIVATE if name in _PRIVATE_NAMES or name.startswith(_GROUP) else PUBLIC


def _note(workspace: str, channel: str) -> str:
    return f"channel {workspace} {channel}"
