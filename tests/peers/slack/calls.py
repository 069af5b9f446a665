"""A call of the Web API: who calls, with which arguments, what it may see; and the table of methods."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.peers.slack.blocks import MOST_LETTERS, check_blocks
from tests.peers.slack.events import KINDS
from tests.peers.slack.limits import RateLimits
from tests.peers.slack.world import App, Channel, Installation, Json, Member, World


class ApiError(Exception):
    """ok: false, with its fields."""

    def __init__(self, error: str, **fields: Any) -> None:
        super().__init__(error)
        self.payload: Json = {"ok": False, "error": error, **fields}


class Limited(Exception):
    """429; `args[0]` are the seconds of Retry-After."""


def look_at_files(world: World, installation: Installation) -> Callable[[Json], str | None]:
    """What is wrong with a slack_file: unknown, of somebody else, not processed yet, or no such picture."""

    def look(at: Json) -> str | None:
        if set(at) not in ({"id"}, {"url"}):
            return "exactly one of id and url is required"
        found = str(at.get("id", ""))
        if "url" in at:
            found = str(at["url"]).partition("/files-pri/")[2].partition("/")[0].partition("-")[2]
        file = world.files.get(found)
        if not file or file.deleted or not installation.covers(file.team):
            return "invalid slack file"
        seen = [world.channels[it] for it in file.channels]
        if file.owner is not installation.bot and not any(installation.bot.id in it.members for it in seen):
            return "invalid slack file"
        if not file.ready or file.mimetype not in ("image/png", "image/jpeg", "image/gif"):
            return "invalid slack file"
        return None

    return look


@dataclass
class Call:
    """One call. `installation` is None for calls with an app's token or none."""

    world: World
    limits: RateLimits
    args: Json
    app: App | None
    bot: Installation | None

    @property
    def installation(self) -> Installation:
        assert self.bot
        return self.bot

    def need(self, name: str) -> Any:
        """An argument that must be there."""
        if self.args.get(name) in (None, ""):
            raise ApiError(
                "invalid_arguments",
                response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
            )
        return self.args[name]

    def flag(self, name: str) -> bool:
        return self.args.get(name) in (True, 1, "1", "true", "True")

    def json(self, name: str, wrong: str = "invalid_arguments") -> Any:
        """An argument that is an object, or a string of JSON."""
        value = self.args.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value)
            except json.JSONDecodeError as error:
                raise ApiError(wrong) from error
        return value

    def scopes(self, *needed: str) -> None:
        """missing_scope unless all of them are held."""
        missing = [scope for scope in needed if scope not in self.installation.scopes]
        if missing:
            raise ApiError("missing_scope", needed=",".join(missing), provided=",".join(self.installation.scopes))

    def channel(self, history: bool = False, reading: bool = False) -> Channel:
        """The channel of the call, if the bot may know of it; for its `history` or its description with the scope."""
        found = self.world.channels.get(str(self.need("channel")))
        if not found or found.deleted or not self.installation.sees(found):
            raise ApiError("channel_not_found")
        if history or reading:
            self.scopes(f"{KINDS[found.kind]}:{'history' if history else 'read'}")
        if found.kind != "channel" and self.installation.bot.id not in found.members:
            raise ApiError("channel_not_found")
        return found

    def writable(self, channel: Channel) -> Channel:
        """The same if it takes messages of the bot."""
        if channel.archived:
            raise ApiError("is_archived")
        if self.installation.bot.id not in channel.members and (
            channel.kind != "channel" or "chat:write.public" not in self.installation.scopes
        ):
            raise ApiError("not_in_channel")
        if channel.kind == "im" and not self.installation.app.messages_tab:
            raise ApiError("messages_tab_disabled")
        return channel

    def person(self, name: str = "user", wrong: str = "user_not_found") -> Member:
        """Somebody whom the workspace knows; people of connected workspaces included."""
        member = self.world.members.get(str(self.need(name)))
        if not member or not (self.installation.covers(member.team) or self._met(member)):
            raise ApiError(wrong)
        return member

    def _met(self, member: Member) -> bool:
        return any(member.id in it.members and self.installation.sees(it) for it in self.world.channels.values())

    def blocks(self, value: Any = None) -> list[Json] | None:
        """The blocks of a message, checked."""
        blocks = self.json("blocks", "invalid_blocks_format") if value is None else value
        if blocks is None:
            return None
        if not isinstance(blocks, list):
            raise ApiError("invalid_blocks_format")
        checks = check_blocks(blocks, "message", look_at_files(self.world, self.installation))
        if checks.found:
            raise ApiError("invalid_blocks", errors=checks.found, response_metadata={"messages": checks.found})
        if checks.letters > MOST_LETTERS:
            raise ApiError("msg_blocks_too_long")
        return blocks

    def metadata(self) -> Json | None:
        """event_type and event_payload, no more than 8 KB."""
        metadata = self.json("metadata", "invalid_metadata_format")
        if metadata is None:
            return None
        if (
            not isinstance(metadata, dict)
            or not isinstance(metadata.get("event_type"), str)
            or not isinstance(metadata.get("event_payload"), dict)
        ):
            raise ApiError("invalid_metadata_format")
        if len(json.dumps(metadata["event_payload"])) > 8000:
            raise ApiError("metadata_too_large")
        return metadata


Handler = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API. `token` is bot, app or none; tier 0 has no limit of its own."""

    handler: Handler
    scopes: tuple[str, ...]
    tier: int
    token: str


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, tier: int = 0, token: str = "bot") -> Callable[[Handler], Handler]:
    """Add a handler to the table."""

    def add(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, scopes, tier, token)
        return handler

    return add
