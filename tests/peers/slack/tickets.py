"""Things that are good for a while: trigger_ids and response_urls."""

from dataclasses import dataclass, field

from tests.peers.slack.world import App, Channel, Installation, Member, Message, World

TRIGGER = 3.0
"""Seconds that a trigger_id is good for, once."""
RESPONSE_URL = (5, 1800.0)
"""Uses, and seconds."""


@dataclass(eq=False)
class Trigger:
    """What somebody did that may open a modal."""

    app: App
    person: Member
    at: float
    view_id: str | None = None
    """The modal in which it was done."""
    used: bool = False


@dataclass(eq=False)
class ResponseUrl:
    """Where an app answers to one thing that somebody did."""

    installation: Installation
    person: Member
    channel: Channel
    at: float
    message: Message | None = None
    """What its replace_original and delete_original mean."""
    uses: int = 0
    thread_ts: str | None = None


@dataclass
class Tickets:
    """All of them."""

    world: World
    triggers: dict[str, Trigger] = field(default_factory=dict)
    urls: dict[str, ResponseUrl] = field(default_factory=dict)

    def trigger(self, app: App, person: Member, view_id: str | None = None) -> str:
        """A new trigger_id, good from now on."""
        name = f"{len(self.triggers) + 1}.{int(self.world.clock())}.{self.world.new_secret('trigger')[:32]}"
        self.triggers[name] = Trigger(app, person, self.world.clock(), view_id)
        return name

    def response_url(
        self, installation: Installation, person: Member, channel: Channel, message: Message | None = None
    ) -> str:
        """A new address, good from now on."""
        name = self.world.new_secret("response")[:24]
        thread = message.thread_ts if message and message.is_reply else None
        self.urls[name] = ResponseUrl(installation, person, channel, self.world.clock(), message, 0, thread)
        return f"{self.world.base_url}/actions/{installation.team.id}/{name}"
