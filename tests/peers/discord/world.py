"""The world of the peer: everything that is there, and news of it to whoever listens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.peers.discord.clock import Ids, ManualClock
from tests.peers.discord.errors import (
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    UNKNOWN_CHANNEL,
    UNKNOWN_GUILD,
    UNKNOWN_MESSAGE,
    Refusal,
)
from tests.peers.discord.messages import Writer
from tests.peers.discord.permissions import P, of, sees
from tests.peers.discord.things import Attachment, Channel, Guild, Message, User
from tests.peers.discord.tokens import Interaction
from tests.peers.discord.transcript import Transcript

Json = dict[str, Any]
MIB = 1024 * 1024

GUILDS, MEMBERS, GUILD_MESSAGES, REACTIONS, DIRECT_MESSAGES, MESSAGE_CONTENT = (
    1 << 0,
    1 << 1,
    1 << 9,
    1 << 10,
    1 << 12,
    1 << 15,
)
PRESENCES = 1 << 8


@dataclass
class Rules:
    """Numbers that a test may lower, so that it can reach them; the defaults are Discord's."""

    file_bytes: int = 10 * MIB
    """One file, in a guild without boosts."""
    request_bytes: int = 25 * MIB
    active_threads: int = 1000
    ack_seconds: float = 3.0
    token_seconds: float = 900.0
    nonce_seconds: float = 300.0
    old_edits: int = 5
    """Edits that a message older than an hour takes in an hour; the real number is not published."""
    command_creates: int = 200
    """New commands in a day and scope."""
    followups: int = 5
    """To one interaction, when the app is only with the person."""


@dataclass(frozen=True)
class News:
    """An event for the gateway."""

    event: str
    build: Callable[[bool], Json]
    """The payload; the argument says whether the session may read the content of everything."""
    guild: Guild | None = None
    intent: int = 0


@dataclass
class Application:
    """The bot's registration in the developer portal."""

    bot: User
    token: str
    privileged: int
    """The privileged intents that are switched on, as bits."""
    commands: dict[int, list[Json]] = field(default_factory=dict)
    """By guild, 0 for the global ones."""
    created_commands: dict[int, int] = field(default_factory=dict)

    @property
    def flags(self) -> int:
        """As the application shows its intents, of an app in under 100 guilds."""
        limited = {PRESENCES: 1 << 13, MEMBERS: 1 << 15, MESSAGE_CONTENT: 1 << 19}
        return sum(flag for intent, flag in limited.items() if self.privileged & intent)


class World:
    """All state. It survives restarts of the server."""

    def __init__(self, clock: ManualClock, app_privileged: int, token: str) -> None:
        self.clock = clock
        self.ids = Ids(clock)
        self.transcript = Transcript(clock.now)
        self.rules = Rules()
        bot = User(self.ids.guild(), "Sextant", bot=True)
        self.app = Application(bot, token, app_privileged)
        self.users: dict[int, User] = {bot.id: bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[int, Interaction] = {}
        self.files: dict[int, Attachment] = {}
        """What the CDN keeps; files outlive their messages."""
        self.nonces: dict[tuple[int, str], Message] = {}
        self.writer = Writer(bot)
        self.listener: Callable[[News], None] = lambda news: None

    @property
    def bot(self) -> User:
        """The bot's user."""
        return self.app.bot

    def now(self) -> float:
        """The peer's time."""
        return self.clock.now()

    # -- looking things up, as a route does ---------------------------------------------------------------------

    def channel(self, number: str) -> Channel:
        """A channel that the bot sees.

        Raises:
            Refusal: 10003, 50001.
        """
        channel = self.channels.get(_snowflake(number))
        if channel is None or channel.deleted:
            raise Refusal(UNKNOWN_CHANNEL)
        if not sees(self.bot, channel):
            raise Refusal(MISSING_ACCESS)
        return channel

    def message(self, channel: Channel, number: str) -> Message:
        """A message that the bot sees.

        Raises:
            Refusal: 10008.
        """
        message = channel.messages.get(_snowflake(number))
        if message is None or message.deleted or message.ephemeral_to is not None:
            raise Refusal(UNKNOWN_MESSAGE)
        return message

    def guild(self, number: str) -> Guild:
        """A guild that the bot is in.

        Raises:
            Refusal: 10004.
        """
        guild = self.guilds.get(_snowflake(number))
        if guild is None or self.bot.id not in guild.members:
            raise Refusal(UNKNOWN_GUILD)
        return guild

    def need(self, channel: Channel, bits: P) -> None:
        """Raises 50013 unless the bot has all of these there."""
        if bits & ~of(self.bot, channel):
            raise Refusal(MISSING_PERMISSIONS)

    def file_limit(self, channel: Channel) -> int:
        """Bytes of one file there."""
        tier = channel.guild.tier if channel.guild else 0
        return {2: 50 * MIB, 3: 100 * MIB}.get(tier, self.rules.file_bytes)

    def active_threads(self, guild: Guild) -> list[Channel]:
        """Those that count."""
        return [each for each in guild.channels.values() if each.thread and not each.thread.archived]

    def whole(self) -> bool:
        """Whether REST shows the bot the content of everything."""
        return bool(self.app.privileged & MESSAGE_CONTENT)

    def dm(self, user: User) -> Channel:
        """The conversation of the bot with a person; made when first asked for."""
        for channel in self.channels.values():
            if channel.kind == 1 and user in channel.recipients and self.bot in channel.recipients:
                return channel
        return self.add_private(1, [user, self.bot])

    def add_private(self, kind: int, recipients: list[User]) -> Channel:
        """A private conversation."""
        channel = Channel(self.ids.next(), kind, recipients=recipients)
        self.channels[channel.id] = channel
        return channel

    def show(self, message: Message, whole: bool | None = None) -> Json:
        """A message as JSON; by default as REST shows it."""
        return self.writer.message(message, self.now(), self.whole() if whole is None else whole)

    # -- telling -------------------------------------------------------------------------------------------------

    def tell(self, event: str, body: Json, guild: Guild | None, intent: int = GUILDS) -> None:
        """An event about a guild, when the bot is in it."""
        if guild is None or self.bot.id in guild.members:
            self.listener(News(event, lambda whole: body, guild, intent))

    def tell_channel(self, event: str, channel: Channel, body: Json) -> None:
        """An event about a channel or thread, when the bot sees it."""
        if sees(self.bot, channel):
            self.tell(event, body, channel.guild)

    def tell_message(self, event: str, message: Message, **more: Any) -> None:
        """An event about a message; ephemeral ones are told to nobody."""
        if message.ephemeral_to is not None or not sees(self.bot, message.channel):
            return
        guild = message.channel.guild

        def build(whole: bool) -> Json:
            body = self.show(message, whole) | more
            return body | ({"guild_id": str(guild.id)} if guild else {})

        self.listener(News(event, build, guild, GUILD_MESSAGES if guild else DIRECT_MESSAGES))


def _snowflake(text: str) -> int:
    return int(text) if text.isdecimal() else 0
