"""What the world is made of: people, guilds, channels, threads, messages, files. Data, and views of it for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.peers.discord.tokens import Interaction

Json = dict[str, Any]

TEXT, DM, GROUP, ANNOUNCEMENT, ANNOUNCEMENT_THREAD, PUBLIC, PRIVATE, FORUM = 0, 1, 3, 5, 10, 11, 12, 15
CROSSPOSTED, EPHEMERAL, LOADING, SILENT, HAS_THREAD, V2 = 1, 1 << 6, 1 << 7, 1 << 12, 1 << 5, 1 << 15


@dataclass(eq=False)
class User:
    """A person, or the bot."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    installed: bool = False
    """Has the app with them (user install)."""
    upload_limit: int | None = None
    """Bytes that their interactions report; None: what the guild gives. Nitro users have more than the bot may send."""
    blocks_dms: bool = False

    @property
    def mention(self) -> str:
        """As written in a message."""
        return f"<@{self.id}>"

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(eq=False)
class Role:
    """A role of a guild."""

    id: int
    name: str
    permissions: int
    managed: bool = False


@dataclass(eq=False)
class Membership:
    """A user in a guild."""

    user: User
    roles: list[Role]
    joined: float


@dataclass(eq=False)
class Guild:
    """A server."""

    id: int
    name: str
    everyone: Role
    locale: str = "en-US"
    tier: int = 0
    owner: User | None = None
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Membership] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    """Channels and threads."""


@dataclass(eq=False)
class Thread:
    """What a thread has more than a channel."""

    owner: User
    created: float
    private: bool = False
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive: int = 1440
    changed: float = 0.0
    sent: int = 0
    members: set[int] = field(default_factory=set)


@dataclass(eq=False)
class Channel:
    """A channel of a guild, a thread of one, or a private conversation."""

    id: int
    kind: int
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    nsfw: bool = False
    recipients: list[User] = field(default_factory=list)
    thread: Thread | None = None
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Allowed and denied bits, by role or user."""
    messages: dict[int, Message] = field(default_factory=dict)
    """All that were ever posted, in order, deleted ones too."""
    deleted: bool = False
    tags: dict[str, int] = field(default_factory=dict)
    """A forum's tags."""

    @property
    def threads(self) -> list[Channel]:
        """Its threads, those of them that are not deleted."""
        found = self.guild.channels.values() if self.guild else []
        return [channel for channel in found if channel.parent is self and channel.thread]

    def __repr__(self) -> str:
        return f"<#{self.name or self.id}>"


@dataclass(eq=False)
class Attachment:
    """A file in a message."""

    id: int
    filename: str
    data: bytes
    content_type: str | None
    size: tuple[int, int] | None
    """Width and height of a picture."""
    description: str | None = None
    ephemeral: bool = False
    folder: int = 0
    """The channel or application under which the CDN keeps it."""

    @property
    def spoiler(self) -> bool:
        """Hidden until pressed."""
        return self.filename.startswith("SPOILER_")


@dataclass(frozen=True)
class Button:
    """A button as a person sees it."""

    label: str
    custom_id: str | None
    url: str | None
    style: int
    disabled: bool


@dataclass(frozen=True)
class Picture:
    """An item of a media gallery, with its file when it was uploaded."""

    url: str
    description: str | None
    spoiler: bool
    attachment: Attachment | None


@dataclass(eq=False)
class Message:
    """A message as it is now."""

    id: int
    channel: Channel
    author: User
    created: float
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    kind: int = 0
    edited: float | None = None
    edits: int = 0
    nonce: str | None = None
    reply_to: Message | None = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    pings: list[str] = field(default_factory=list)
    """Who was really notified: names, ``@role`` and ``everyone``."""
    ephemeral_to: User | None = None
    interaction: Interaction | None = None
    thread: Channel | None = None
    deleted: bool = False
    reactions: dict[str, set[int]] = field(default_factory=dict)
    old_edits: int = 0

    @property
    def v2(self) -> bool:
        """Made of components."""
        return bool(self.flags & V2)

    @property
    def loading(self) -> bool:
        """The "is thinking" of a deferred answer."""
        return bool(self.flags & LOADING)

    @property
    def ephemeral(self) -> bool:
        """Seen by one person."""
        return bool(self.flags & EPHEMERAL)

    @property
    def text(self) -> str:
        """All that can be read: the content, and the text of components from top to bottom."""
        shown = [part["content"] for part in walk(self.components) if part["type"] == 10]
        return "\n".join([*([self.content] if self.content else []), *shown])

    @property
    def buttons(self) -> list[Button]:
        """The buttons, from top to bottom."""
        return [
            Button(
                part.get("label") or (part.get("emoji") or {}).get("name") or "",
                part.get("custom_id"),
                part.get("url"),
                part["style"],
                bool(part.get("disabled")),
            )
            for part in walk(self.components)
            if part["type"] == 2
        ]

    @property
    def gallery(self) -> list[Picture]:
        """The pictures of the media galleries, from top to bottom."""
        return [
            Picture(
                item["media"]["url"],
                item.get("description"),
                bool(item.get("spoiler")),
                self._file(item["media"]["url"]),
            )
            for part in walk(self.components)
            if part["type"] == 12
            for item in part["items"]
        ]

    @property
    def images(self) -> list[Attachment]:
        """The pictures that a person sees: attachments of a plain message, referenced ones of one of components."""
        if self.v2:
            return [picture.attachment for picture in self.gallery if picture.attachment]
        return [each for each in self.attachments if (each.content_type or "").startswith("image/")]

    def _file(self, url: str) -> Attachment | None:
        name = url.removeprefix("attachment://")
        return next((each for each in self.attachments if each.filename == name), None)

    def __repr__(self) -> str:
        state = "deleted " * self.deleted + "loading " * self.loading + "ephemeral " * self.ephemeral
        return f"<{state}message {self.id} of {self.author.name} in {self.channel!r}: {self.text[:60]!r}>"


def walk(components: list[Json]) -> Iterator[Json]:
    """Each component, and those within it, from top to bottom."""
    for part in components:
        yield part
        yield from walk(part.get("components", []))
        yield from walk([part[key] for key in ("accessory", "component") if part.get(key)])
