"""Interactions: what the peer knows of one, and the rules of its token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.peers.discord import payloads
from tests.peers.discord.things import Channel, Message, User

Json = dict[str, Any]

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
NAMES = {4: "message", 5: "deferred", 6: "deferred update", 7: "update", 8: "choices", 9: "modal"}


@dataclass(frozen=True)
class Ack:
    """The first answer to an interaction."""

    kind: int
    """The callback's type: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 modal."""
    name: str
    at: float
    """The peer's time."""
    after: float
    """Seconds of the peer's clock since the interaction was sent."""
    seconds: float
    """Real seconds since it was sent."""


@dataclass(eq=False)
class Interaction:
    """One of them; the bot knows its id and token."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    created: float
    created_real: float
    data: Json
    owners: Json
    """By which install it came: ``{"0": guild}``, ``{"1": user}``."""
    context: int
    message: Message | None = None
    """The message of the component that was pressed."""
    parent: Interaction | None = None
    """What opened the modal that was submitted."""
    acked: Ack | None = None
    original: Message | None = None
    modal: Json | None = None
    choices: list[Json] | None = None
    followups: int = 0
    refused: list[int] = field(default_factory=list)
    """Codes with which callbacks were refused."""

    @property
    def by_user_install_only(self) -> bool:
        """The app is not in that place, only with that person."""
        return set(self.owners) == {"1"}

    def metadata(self) -> Json:
        """As it is shown on messages that answer it."""
        body: Json = {
            "id": str(self.id),
            "type": self.kind,
            "user": payloads.user(self.user),
            "authorizing_integration_owners": self.owners,
        }
        if self.kind == COMMAND:
            body |= {"name": self.data["name"], "command_type": self.data["type"]}
            if "target_id" in self.data:
                body["target_message_id"] = self.data["target_id"]
        if self.kind == COMPONENT and self.message is not None:
            body["interacted_message_id"] = str(self.message.id)
        if self.kind == SUBMIT and self.parent is not None:
            body["triggering_interaction_metadata"] = self.parent.metadata()
        return body
