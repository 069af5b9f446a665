"""A workspace as tests use it: people, channels, and what its administrators do."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.peers.slack.events import publish
from tests.peers.slack.oauth import install, uninstall
from tests.peers.slack.people import Person
from tests.peers.slack.world import App, Channel, Enterprise, Installation, Member, Team


@dataclass(eq=False)
class Workspace(Team):
    """A workspace."""

    def add_user(self, name: str, *, admin: bool = False, locale: str = "en-US", away: bool = False) -> Person:
        """Somebody who works here; `away` people are not notified by <!here>."""
        person = Person(self.world.new_id("U"), name, self, admin=admin, locale=locale, away=away)
        self.world.members[person.id] = person
        return person

    def add_channel(
        self,
        name: str,
        *members: "Member | Installation",
        private: bool = False,
        shared_with: "Iterable[Team]" = (),
    ) -> Channel:
        """A channel with these members; bots are given by their installation. Nobody is told."""
        kind = "group" if private else "channel"
        channel = Channel(self.world.new_id("C"), name, self, kind)
        channel.shared_with = {team.id: team for team in shared_with}
        for it in members:
            member = it.bot if isinstance(it, Installation) else it
            channel.members[member.id] = member
        self.world.channels[channel.id] = channel
        return channel

    def install(
        self, app: App, scopes: tuple[str, ...] | None = None, token: str | None = None, org: Enterprise | None = None
    ) -> Installation:
        """Put an app into the workspace, or by way of it into its whole organisation."""
        return install(app, self, scopes, token, org)

    async def uninstall(self, app: App) -> None:
        """Take it out: app_uninstalled, and its token answers account_inactive."""
        if found := app.installation(self):
            await uninstall(self.world, found)

    async def archive(self, channel: Channel) -> None:
        channel.archived = True
        await self._tell(channel, "channel_archive")

    async def delete(self, channel: Channel) -> None:
        channel.deleted = True
        await self._tell(channel, "channel_deleted")

    async def remove(self, channel: Channel, who: "Member | Installation") -> None:
        """Take somebody out of a channel; a bot hears of its own leaving."""
        member = who.bot if isinstance(who, Installation) else who
        event = {
            "type": "member_left_channel",
            "user": member.id,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": self.id,
            "event_ts": self.world.new_ts(),
        }
        await publish(self.world, event, channel)
        channel.members.pop(member.id, None)

    async def _tell(self, channel: Channel, kind: str) -> None:
        event = {"type": kind, "channel": channel.id, "event_ts": self.world.new_ts()}
        await publish(self.world, event, channel)
