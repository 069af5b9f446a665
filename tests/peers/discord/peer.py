"""The peer itself: started on a free port of loopback, and the doors through which a test changes its world."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.peers.discord import payloads, threads
from tests.peers.discord.clock import ManualClock
from tests.peers.discord.faults import Faults
from tests.peers.discord.gateway import Gateway
from tests.peers.discord.limits import Limits
from tests.peers.discord.people import Person
from tests.peers.discord.permissions import EVERYONE, named, of
from tests.peers.discord.server import API, build
from tests.peers.discord.things import (
    ANNOUNCEMENT,
    DM,
    FORUM,
    GROUP,
    TEXT,
    Channel,
    Guild,
    Membership,
    Message,
    Role,
    User,
)
from tests.peers.discord.transcript import Transcript
from tests.peers.discord.world import GUILDS, MEMBERS, MESSAGE_CONTENT, PRESENCES, Rules, World

T = TypeVar("T")

TOKEN = "MTA.peer.token"
KINDS = {"text": TEXT, "announcement": ANNOUNCEMENT, "forum": FORUM}


class DiscordPeer:
    """Discord, as far as one bot can tell. ``async with DiscordPeer() as peer``.

    Args:
        clock: the time of interactions, messages and addresses; stands still unless another is given.
        message_content: the privileged intent is on in the developer portal; the others alike.
        scale: of rate-limit windows; 1.0 is Discord's, the default fifty times shorter.
    """

    def __init__(
        self,
        clock: ManualClock | None = None,
        *,
        message_content: bool = False,
        members: bool = False,
        presences: bool = False,
        scale: float = 0.02,
    ) -> None:
        self.clock = clock or ManualClock()
        bits = MESSAGE_CONTENT * message_content | MEMBERS * members | PRESENCES * presences
        self.world = World(self.clock, bits, TOKEN)
        self.gateway = Gateway(self.world)
        self.limits = Limits(scale)
        self.faults = Faults()
        self.token = TOKEN
        self._crashes: list[str] = []
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def bot(self) -> User:
        """The bot's user; its id is the application's as well."""
        return self.world.bot

    @property
    def transcript(self) -> Transcript:
        """What happened, in order."""
        return self.world.transcript

    @property
    def rules(self) -> Rules:
        """The numbers that a test may lower."""
        return self.world.rules

    @property
    def api_base(self) -> str:
        """For ``discord.http.Route.BASE``."""
        return f"http://127.0.0.1:{self._port}{API}"

    @property
    def gateway_url(self) -> str:
        """For ``discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY`` (as a yarl.URL)."""
        return self.gateway.url

    async def start(self) -> None:
        """Listens; again on the port it had before."""
        app_port = self._port
        if not app_port:
            app_port = self._free_port()
        self._port = app_port
        self.gateway.url = f"ws://127.0.0.1:{app_port}/gateway"
        self.world.writer.base = f"http://127.0.0.1:{app_port}"
        app = build(self.world, self.gateway, self.limits, self.faults, self._crashes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", app_port, reuse_address=True).start()

    @staticmethod
    def _free_port() -> int:
        import socket

        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            return int(found.getsockname()[1])

    async def stop(self) -> None:
        """Stops listening and cuts every connection; the world stays."""
        self.gateway.kill()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def restart(self, *, forget_sessions: bool = False) -> None:
        """Off and on again on the same port; sessions can be resumed unless forgotten."""
        await self.stop()
        if forget_sessions:
            self.gateway.sessions.clear()
        await self.start()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        if self._crashes and error is None:
            raise AssertionError("the peer itself failed:\n" + "\n".join(self._crashes))

    async def wait_for(self, predicate: Callable[[], T], seconds: float = 20.0) -> T:
        """Until the predicate gives something true, looked at after each thing that happens; gives that."""
        return await self.transcript.wait_for(predicate, seconds)

    def messages(self, where: Channel, viewer: User | None = None) -> list[Message]:
        """The messages that are to be seen there now, oldest first; ephemeral ones for their viewer alone."""
        return [each for each in where.messages.values() if not each.deleted and each.ephemeral_to in (None, viewer)]

    def pings(self, who: User | None = None) -> list[Message]:
        """The messages that notified a person (or anybody), in order; once for each time."""
        entries = self.transcript.of("ping")
        return [entry["message"] for entry in entries if who is None or entry["who"] == who.name]

    # -- the world -----------------------------------------------------------------------------------------------

    def add_guild(self, name: str = "Studio", *, bot: bool = True, tier: int = 0, locale: str = "en-US") -> "GuildDoor":
        """A new server, with the bot in it or not."""
        number = self.world.ids.guild()
        guild = GuildDoor(number, name, Role(number, "@everyone", int(EVERYONE)), locale, tier)
        guild.peer = self
        self.world.guilds[number] = guild
        if bot:
            guild.add_bot()
        return guild

    def add_user(self, name: str, *, locale: str = "en-US", installed: bool = False) -> Person:
        """A person who is in no server yet; ``installed``: has the app with them."""
        person = Person(self.world.ids.next(), name, locale=locale, installed=installed)
        person.world = self.world
        self.world.users[person.id] = person
        return person

    def dm(self, person: User) -> Channel:
        """The direct messages of a person with the bot."""
        return self.world.dm(person)

    def private(self, *people: User) -> Channel:
        """A private conversation without the bot: of two, or a group."""
        return self.world.add_private(DM if len(people) == 2 else GROUP, list(people))

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """Archives a thread, and locks it."""
        threads.update(self.world, thread, archived=True, locked=locked)

    def delete(self, channel: Channel) -> None:
        """Deletes a channel or thread."""
        threads.remove(self.world, channel)

    def delete_message(self, message: Message) -> None:
        """A moderator takes a message away."""
        from tests.peers.discord import posting

        posting.delete(self.world, message)

    def allow(self, channel: Channel, who: User | Role, *permissions: str) -> None:
        """An overwrite that allows, by names such as ``"ATTACH_FILES"``."""
        allow, deny = channel.overwrites.get(who.id, (0, 0))
        bits = int(named(permissions))
        self._overwrite(channel, who, allow | bits, deny & ~bits)

    def deny(self, channel: Channel, who: User | Role, *permissions: str) -> None:
        """An overwrite that denies."""
        allow, deny = channel.overwrites.get(who.id, (0, 0))
        bits = int(named(permissions))
        self._overwrite(channel, who, allow & ~bits, deny | bits)

    def _overwrite(self, channel: Channel, who: User | Role, allow: int, deny: int) -> None:
        channel.overwrites[who.id] = (allow, deny)
        self.world.tell("CHANNEL_UPDATE", payloads.channel(channel), channel.guild, GUILDS)

    def permissions(self, who: User, channel: Channel) -> int:
        """What somebody may do there, as bits."""
        return int(of(who, channel))


class GuildDoor(Guild):
    """A server that a test changes."""

    peer: DiscordPeer

    def add_bot(self, *permissions: str) -> None:
        """Invites the bot, with the permissions of everyone and these."""
        world = self.peer.world
        role = Role(world.ids.next(), world.bot.name, int(named(permissions)), managed=True)
        self.roles[role.id] = role
        self.members[world.bot.id] = Membership(world.bot, [role], world.now())
        world.tell("GUILD_CREATE", payloads.guild(self, world.bot, []), self)

    def kick_bot(self) -> None:
        """The bot is out of the server."""
        world = self.peer.world
        world.tell("GUILD_DELETE", {"id": str(self.id)}, self)
        del self.members[world.bot.id]

    def grant_bot(self, *permissions: str) -> None:
        """The bot's own role gets more permissions."""
        role = self.members[self.peer.bot.id].roles[0]
        role.permissions |= int(named(permissions))
        self.peer.world.tell("GUILD_ROLE_UPDATE", {"guild_id": str(self.id), "role": payloads.role(role)}, self)

    def add_role(self, name: str, *permissions: str) -> Role:
        """A new role."""
        role = Role(self.peer.world.ids.next(), name, int(named(permissions)))
        self.roles[role.id] = role
        told: dict[str, Any] = {"guild_id": str(self.id), "role": payloads.role(role)}
        self.peer.world.tell("GUILD_ROLE_CREATE", told, self)
        return role

    def add_channel(self, name: str = "general", *, kind: str = "text", nsfw: bool = False) -> Channel:
        """A new channel: text, announcement or forum."""
        world = self.peer.world
        channel = Channel(world.ids.next(), KINDS[kind], name, self, nsfw=nsfw)
        self.channels[channel.id] = world.channels[channel.id] = channel
        world.tell("CHANNEL_CREATE", payloads.channel(channel), self)
        return channel

    def add_member(self, who: "str | Person", *roles: Role, locale: str = "en-US") -> Person:
        """A person comes in: a new one by name, or one who is elsewhere already."""
        world = self.peer.world
        person = self.peer.add_user(who, locale=locale) if isinstance(who, str) else who
        self.members[person.id] = Membership(person, list(roles), world.now())
        told = payloads.member(self.members[person.id]) | {"guild_id": str(self.id)}
        world.tell("GUILD_MEMBER_ADD", told, self, MEMBERS)
        return person
