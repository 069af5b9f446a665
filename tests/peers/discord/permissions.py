"""Permissions: the bits, and how roles and overwrites add up (the documented algorithm)."""

from enum import IntFlag

from tests.peers.discord.things import Channel, Guild, User


class P(IntFlag):
    """The permissions that the peer knows; the names are Discord's."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50


ALL = P(sum(P))
MODERATOR = P.MANAGE_MESSAGES | P.MANAGE_THREADS | P.MENTION_EVERYONE
EVERYONE = ALL & ~(P.ADMINISTRATOR | P.MANAGE_CHANNELS | MODERATOR)
IN_PRIVATE = EVERYONE & ~(P.CREATE_PUBLIC_THREADS | P.CREATE_PRIVATE_THREADS | P.SEND_MESSAGES_IN_THREADS)
AS_GUEST = P.EMBED_LINKS | P.ATTACH_FILES | P.USE_EXTERNAL_EMOJIS | P.MENTION_EVERYONE


def named(names: tuple[str, ...]) -> P:
    """The bits of names."""
    bits = P(0)
    for name in names:
        bits |= P[name.upper()]
    return bits


def base(guild: Guild, user: User) -> P:
    """What the roles give, before a channel changes it."""
    if guild.owner is user:
        return ALL
    bits = P(guild.everyone.permissions)
    for role in guild.members[user.id].roles:
        bits |= P(role.permissions)
    return ALL if bits & P.ADMINISTRATOR else bits


def of(user: User, channel: Channel) -> P:
    """What a user may do in a channel; a thread takes its parent's. Nothing when they are not in the guild."""
    if channel.guild is None:
        return IN_PRIVATE if user in channel.recipients else P(0)
    guild = channel.guild
    if user.id not in guild.members:
        return P(0)
    bits = base(guild, user)
    if bits & P.ADMINISTRATOR or bits == ALL:
        return ALL
    overwrites = (channel.parent if channel.thread and channel.parent else channel).overwrites
    member = guild.members[user.id]
    allow, deny = overwrites.get(guild.id, (0, 0))
    bits = (bits & ~P(deny)) | P(allow)
    allow = deny = 0
    for role in member.roles:
        allow |= overwrites.get(role.id, (0, 0))[0]
        deny |= overwrites.get(role.id, (0, 0))[1]
    bits = (bits & ~P(deny)) | P(allow)
    allow, deny = overwrites.get(user.id, (0, 0))
    bits = (bits & ~P(deny)) | P(allow)
    if not bits & P.VIEW_CHANNEL:
        return P(0)
    return bits


def sees(user: User, channel: Channel) -> bool:
    """Whether a channel exists for a user; a private thread does for its members and for those who manage threads."""
    bits = of(user, channel)
    if not bits & P.VIEW_CHANNEL:
        return False
    if channel.thread is not None and channel.thread.private:
        return user.id in channel.thread.members or bool(bits & P.MANAGE_THREADS)
    return True


def may_send(user: User, channel: Channel) -> bool:
    """Whether they may write there: another permission in threads than in channels."""
    needed = P.SEND_MESSAGES_IN_THREADS if channel.thread is not None else P.SEND_MESSAGES
    return bool(of(user, channel) & needed)
