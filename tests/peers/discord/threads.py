"""Threads begin, fill, are archived and go: the effects, once everything is checked."""

from typing import Any

from tests.peers.discord import payloads
from tests.peers.discord.errors import TOO_MANY_THREADS, Refusal, length, require
from tests.peers.discord.permissions import sees
from tests.peers.discord.things import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    HAS_THREAD,
    PRIVATE,
    PUBLIC,
    Channel,
    Message,
    Thread,
    User,
)
from tests.peers.discord.world import World

Json = dict[str, Any]

ARCHIVES = (60, 1440, 4320, 10080)


def check_name(name: object, minutes: object) -> None:
    """Refuses a thread's name or time of archiving.

    Raises:
        Refusal: 50035.
    """
    length(name, "name", 1, 100)
    require(minutes in (None, *ARCHIVES), "auto_archive_duration", "BASE_TYPE_CHOICES", f"One of {ARCHIVES}")


def start(
    world: World,
    parent: Channel,
    owner: User,
    name: str,
    *,
    message: Message | None = None,
    private: bool = False,
    minutes: int | None = None,
) -> Channel:
    """A new thread; from a message it has the message's id.

    Raises:
        Refusal: 160006.
    """
    guild = parent.guild
    assert guild is not None
    if len(world.active_threads(guild)) >= world.rules.active_threads:
        raise Refusal(TOO_MANY_THREADS)
    kind = PRIVATE if private else ANNOUNCEMENT_THREAD if parent.kind == ANNOUNCEMENT else PUBLIC
    inner = Thread(owner, world.now(), private, auto_archive=minutes or 1440, members={owner.id})
    thread = Channel(message.id if message else world.ids.next(), kind, name, guild, parent, thread=inner)
    guild.channels[thread.id] = world.channels[thread.id] = thread
    world.transcript.add("thread", what="create", channel=str(thread.id), parent=str(parent.id), name=name)
    world.tell_channel("THREAD_CREATE", thread, payloads.channel(thread, world.bot) | {"newly_created": True})
    if message is not None:
        message.thread = thread
        message.flags |= HAS_THREAD
        world.tell_message("MESSAGE_UPDATE", message)
    return thread


def written(world: World, thread: Channel, author: User) -> None:
    """A message was sent: the thread comes back from the archive, and its author becomes a member."""
    assert thread.thread is not None
    inner = thread.thread
    inner.sent += 1
    if inner.archived:
        update(world, thread, archived=False)
    join(world, thread, author)


def join(world: World, thread: Channel, user: User) -> None:
    """A user becomes a member, if they are not."""
    inner = thread.thread
    assert inner is not None
    if user.id in inner.members:
        return
    before = sees(world.bot, thread)
    inner.members.add(user.id)
    if user is world.bot and not before:
        world.tell_channel("THREAD_CREATE", thread, payloads.channel(thread, world.bot))
    _members(world, thread, added=[user.id])


def leave(world: World, thread: Channel, user: User) -> None:
    """A user leaves, or is taken out."""
    assert thread.thread is not None
    if user.id in thread.thread.members:
        _members(world, thread, removed=[user.id])
        thread.thread.members.discard(user.id)


def _members(world: World, thread: Channel, added: list[int] | None = None, removed: list[int] | None = None) -> None:
    assert thread.thread is not None
    assert thread.guild is not None
    body: Json = {
        "id": str(thread.id),
        "guild_id": str(thread.guild.id),
        "member_count": len(thread.thread.members),
        "added_members": [payloads.thread_member(thread, each) for each in added or []],
        "removed_member_ids": [str(each) for each in removed or []],
    }
    world.tell_channel("THREAD_MEMBERS_UPDATE", thread, body)


def update(world: World, thread: Channel, **changes: Any) -> None:
    """Changes what a thread is: name, archived, locked, invitable, auto_archive."""
    inner = thread.thread
    assert inner is not None
    assert thread.guild is not None
    woken = inner.archived and changes.get("archived") is False
    for key, value in changes.items():
        setattr(thread if key == "name" else inner, key, value)
    inner.changed = world.now()
    world.transcript.add("thread", what="update", channel=str(thread.id), **changes)
    world.tell_channel("THREAD_UPDATE", thread, payloads.channel(thread, world.bot))
    if woken and world.bot.id in inner.members:
        body = payloads.thread_member(thread, world.bot.id) | {"guild_id": str(thread.guild.id)}
        world.tell_channel("THREAD_MEMBER_UPDATE", thread, body)


def remove(world: World, channel: Channel) -> None:
    """Deletes a channel with its threads, or a thread."""
    guild = channel.guild
    assert guild is not None
    for thread in channel.threads:
        remove(world, thread)
    if channel.thread is not None:
        body = {"id": str(channel.id), "guild_id": str(guild.id), "type": channel.kind}
        world.tell_channel("THREAD_DELETE", channel, body | {"parent_id": str(channel.parent and channel.parent.id)})
        world.transcript.add("thread", what="delete", channel=str(channel.id))
    else:
        world.tell_channel("CHANNEL_DELETE", channel, payloads.channel(channel))
    channel.deleted = True
    del guild.channels[channel.id]
