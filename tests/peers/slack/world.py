"""What the peer keeps: workspaces, people, channels, messages, files, apps. Data, and the finding of it."""

import asyncio
import hashlib
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.peers.slack.clock import PeerClock
from tests.peers.slack.finding import Json, copied, elements, slack_files
from tests.peers.slack.mrkdwn import Reading, read_message

if TYPE_CHECKING:
    from tests.peers.slack.courier import Courier
    from tests.peers.slack.oauth import Grant
    from tests.peers.slack.tickets import Tickets
    from tests.peers.slack.views import View

__all__ = ["Json", "copied", "elements"]


class NotPossible(Exception):
    """A person tried what Slack's own client does not let people do; says what the client says."""


@dataclass(eq=False)
class Enterprise:
    """An Enterprise Grid organisation."""

    id: str
    name: str


@dataclass(eq=False)
class Team:
    """A workspace."""

    id: str
    name: str
    world: "World" = field(repr=False)
    enterprise: Enterprise | None = None

    @property
    def enterprise_id(self) -> str | None:
        return self.enterprise.id if self.enterprise else None


@dataclass(eq=False)
class Member:
    """A person or a bot of a workspace."""

    id: str
    name: str
    team: Team = field(repr=False)
    is_bot: bool = False
    admin: bool = False
    locale: str = "en-US"
    deactivated: bool = False
    away: bool = False

    @property
    def world(self) -> "World":
        return self.team.world


@dataclass(eq=False)
class Channel:
    """A conversation: `kind` is channel (public), group (private), im or mpim."""

    id: str
    name: str
    team: Team = field(repr=False)
    kind: str = "channel"
    members: dict[str, Member] = field(default_factory=dict, repr=False)
    archived: bool = False
    deleted: bool = False
    shared_with: dict[str, Team] = field(default_factory=dict, repr=False)
    messages: dict[str, "Message"] = field(default_factory=dict, repr=False)

    def teams(self) -> list[Team]:
        return [self.team, *self.shared_with.values()]


@dataclass(eq=False)
class Message:
    """A message as it stands. `raw` is what Slack returns for it."""

    channel: Channel = field(repr=False)
    raw: Json
    author: Member = field(repr=False)
    app: "App | None" = field(default=None, repr=False)
    metadata: Json | None = None
    seen_by: Member | None = field(default=None, repr=False)
    """The one who sees it, when it is ephemeral."""
    edits: int = 0

    @property
    def ts(self) -> str:
        return str(self.raw["ts"])

    @property
    def thread_ts(self) -> str | None:
        """The root's ts, for a reply and for a root with replies."""
        return self.raw.get("thread_ts")

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in (None, self.ts)

    @property
    def text(self) -> str:
        return str(self.raw.get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        return self.raw.get("blocks") or []

    @property
    def reading(self) -> Reading:
        """What it would mention, link and format, and the words people see."""
        return read_message(self.raw)

    @property
    def elements(self) -> list[tuple[Json, Json]]:
        """Interactive elements with the block each is in."""
        return elements(self.blocks)

    @property
    def labels(self) -> list[str]:
        """Texts of its buttons, in order."""
        return [element["text"]["text"] for _, element in self.elements if element["type"] == "button"]

    @property
    def files(self) -> list["File"]:
        """Files attached to it."""
        return [self.channel.team.world.files[file["id"]] for file in self.raw.get("files", [])]

    @property
    def pictures(self) -> list["File"]:
        """Files that its image blocks show, in order."""
        return [self.channel.team.world.files[at["id"]] for at in slack_files(self.blocks) if "id" in at]

    @property
    def alt_texts(self) -> list[str]:
        return [block["alt_text"] for block in self.blocks if block["type"] == "image"]


@dataclass(eq=False)
class File:
    """A file in a workspace. Without bytes: not uploaded yet. `polls`: files.info calls until it is processed."""

    id: str
    name: str
    team: Team = field(repr=False)
    owner: Member = field(repr=False)
    length: int = 0
    content: bytes | None = field(default=None, repr=False)
    title: str = ""
    alt_text: str = ""
    complete: bool = False
    polls: int | None = 0
    mimetype: str = ""
    deleted: bool = False
    channels: set[str] = field(default_factory=set)
    when_ready: list[Callable[[], None]] = field(default_factory=list, repr=False)

    @property
    def ready(self) -> bool:
        return self.complete and self.polls == 0 and not self.deleted


@dataclass(eq=False)
class App:
    """An app as it is configured at api.slack.com."""

    id: str
    world: "World" = field(repr=False)
    app_token: str
    signing_secret: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    commands: dict[str, bool]
    """Name with its slash -> should_escape."""
    shortcuts: dict[str, str]
    """callback_id -> message or global."""
    events: set[str]
    socket_mode: bool = True
    request_url: str = ""
    home_tab: bool = True
    messages_tab: bool = True
    installations: list["Installation"] = field(default_factory=list, repr=False)

    def installation(self, team: Team) -> "Installation | None":
        """The live one in a workspace."""
        return next((it for it in self.installations if it.gone is None and it.covers(team)), None)


@dataclass(eq=False)
class Installation:
    """An app in a workspace, or in a whole organisation: `bot` is its user, `token` the bot token."""

    app: App = field(repr=False)
    team: Team = field(repr=False)
    token: str
    bot: Member
    bot_id: str
    scopes: tuple[str, ...]
    enterprise: Enterprise | None = None
    """Set for an installation on the whole organisation."""
    gone: str | None = None
    """What its token answers when it is no longer good: token_revoked, account_inactive."""

    def covers(self, team: Team) -> bool:
        return team is self.team or (self.enterprise is not None and team.enterprise is self.enterprise)

    def sees(self, channel: Channel) -> bool:
        return any(self.covers(team) for team in channel.teams())


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the transcript: what came to be seen, by whom, and who was notified."""

    kind: str
    """said, posted, updated, deleted, ephemeral, view, home, reaction, file, status."""
    at: float
    where: str
    """Channel name, or the person's name for views and home tabs."""
    who: str
    text: str
    labels: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    """sha256 of the bytes, in order."""
    thread_ts: str | None = None
    ts: str | None = None
    mentions: tuple[str, ...] = ()
    pinged: tuple[str, ...] = ()
    """Names of the people whose device would ring."""


class World:
    """Everything, and the one signal that something changed."""

    courier: "Courier"
    """Carries what happens to the apps; the peer sets it, and the tickets."""
    tickets: "Tickets"

    def __init__(self, clock: PeerClock) -> None:
        self.clock = clock
        self.base_url = ""
        self.teams: dict[str, Team] = {}
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.apps: dict[str, App] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[tuple[str, str], View] = {}
        """(person, app) -> home tab."""
        self.ephemerals: list[Message] = []
        self.transcript: list[Entry] = []
        self.grants: dict[str, Grant] = {}
        self.processing_polls: int | None = 1
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def new_id(self, prefix: str) -> str:
        """An id in Slack's shape: nine or more capitals and digits."""
        number, digits = 987_654_321_000 + next(self._numbers) * 7919, ""
        while number:
            number, digit = divmod(number, 36)
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
        return f"{prefix}0{digits}"

    def new_secret(self, kind: str) -> str:
        """Repeatable within a peer, and unlike any other."""
        return hashlib.sha256(f"{kind} {next(self._numbers)}".encode()).hexdigest()

    def new_ts(self) -> str:
        """Unique and rising, of the peer's clock."""
        self._last_ts = max(int(self.clock() * 1e6), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def changed(self) -> None:
        """Wake everybody who waits for something."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait_for(self, predicate: Callable[[], Any], patience: float = 10.0) -> Any:
        """Until the predicate holds; asked again after every change in the world. Real seconds."""
        async with asyncio.timeout(patience):
            while not (result := predicate()):
                waiter = asyncio.get_running_loop().create_future()
                self._waiters.add(waiter)
                await waiter
        return result

    def record(self, kind: str, message: Message, pinged: Iterable[Member] = ()) -> None:
        """Write a message into the transcript."""
        pictures = (*message.files, *message.pictures)
        self.transcript.append(
            Entry(
                kind,
                self.clock(),
                message.channel.name,
                message.author.name,
                message.text,
                tuple(message.labels),
                tuple(hashlib.sha256(file.content or b"").hexdigest() for file in pictures),
                message.thread_ts,
                message.ts,
                message.reading.mentions,
                tuple(member.name for member in pinged),
            )
        )
        self.changed()

    def im(self, bot: Member, person: Member) -> Channel:
        """The direct conversation of a bot and a person; opened when there is none."""
        wanted = {bot.id, person.id}
        for channel in self.channels.values():
            if channel.kind == "im" and set(channel.members) == wanted:
                return channel
        channel = Channel(self.new_id("D"), person.id, person.team, "im", {bot.id: bot, person.id: person})
        self.channels[channel.id] = channel
        return channel
