"""Routes of channels and threads."""

from typing import Any

from aiohttp import web

from tests.peers.discord import payloads, posting, threads, uploads
from tests.peers.discord.errors import (
    BAD_CHANNEL_TYPE,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    THREAD_ARCHIVED,
    THREAD_EXISTS,
    UNKNOWN_USER,
    Refusal,
    require,
)
from tests.peers.discord.permissions import P, of, sees
from tests.peers.discord.replying import answer, channel_of, message_of, nothing, world_of
from tests.peers.discord.rest_messages import check_may_show
from tests.peers.discord.things import ANNOUNCEMENT, FORUM, TEXT, Channel, User
from tests.peers.discord.world import World

Json = dict[str, Any]


async def read(request: web.Request) -> web.Response:
    """GET /channels/{c}."""
    return answer(payloads.channel(channel_of(request), world_of(request).bot))


async def change(request: web.Request) -> web.Response:
    """PATCH /channels/{c}: a thread's archive, lock and name; a channel's needs permissions that the bot lacks."""
    world, channel = world_of(request), channel_of(request)
    payload = (await uploads.read(request, world, 0)).payload
    if channel.thread is None:
        world.need(channel, P.MANAGE_CHANNELS)
        channel.name = payload.get("name", channel.name)
        world.tell_channel("CHANNEL_UPDATE", channel, payloads.channel(channel))
        return answer(payloads.channel(channel, world.bot))
    inner = channel.thread
    manages = bool(of(world.bot, channel) & P.MANAGE_THREADS)
    owns = inner.owner is world.bot
    changes: Json = {key: payload[key] for key in ("name", "archived", "locked", "invitable") if key in payload}
    threads.check_name(changes.get("name", channel.name), payload.get("auto_archive_duration"))
    if "auto_archive_duration" in payload:
        changes["auto_archive"] = payload["auto_archive_duration"]
    unarchives = changes.get("archived") is False
    if inner.archived and not unarchives:
        raise Refusal(THREAD_ARCHIVED)
    only_unarchives = unarchives and set(changes) <= {"archived"}
    member = world.bot.id in inner.members
    allowed = manages or owns or (only_unarchives and member and not inner.locked)
    if not allowed or (changes.get("locked") is not None and not manages):
        raise Refusal(MISSING_PERMISSIONS)
    threads.update(world, channel, **changes)
    return answer(payloads.channel(channel, world.bot))


async def delete(request: web.Request) -> web.Response:
    """DELETE /channels/{c}."""
    world, channel = world_of(request), channel_of(request)
    body = payloads.channel(channel, world.bot)
    if channel.guild is not None:
        world.need(channel, P.MANAGE_THREADS if channel.thread is not None else P.MANAGE_CHANNELS)
        threads.remove(world, channel)
    return answer(body)


async def from_message(request: web.Request) -> web.Response:
    """POST /channels/{c}/messages/{m}/threads."""
    world, channel = world_of(request), channel_of(request)
    payload = (await uploads.read(request, world, 0)).payload
    message = message_of(request)
    if channel.kind not in (TEXT, ANNOUNCEMENT):
        raise Refusal(BAD_CHANNEL_TYPE)
    world.need(channel, P.CREATE_PUBLIC_THREADS)
    threads.check_name(payload.get("name"), payload.get("auto_archive_duration"))
    if message.thread is not None:
        raise Refusal(THREAD_EXISTS)
    minutes = payload.get("auto_archive_duration")
    thread = threads.start(world, channel, world.bot, payload["name"], message=message, minutes=minutes)
    return answer(payloads.channel(thread, world.bot), 201)


async def start(request: web.Request) -> web.Response:
    """POST /channels/{c}/threads: without a message; in a forum, a post."""
    world, channel = world_of(request), channel_of(request)
    body = await uploads.read(request, world, world.file_limit(channel))
    payload = body.payload
    if channel.kind not in (TEXT, ANNOUNCEMENT, FORUM):
        raise Refusal(BAD_CHANNEL_TYPE)
    threads.check_name(payload.get("name"), payload.get("auto_archive_duration"))
    minutes = payload.get("auto_archive_duration")
    if channel.kind == FORUM:
        world.need(channel, P.SEND_MESSAGES)
        first = body.inner("message")
        require(first.payload, "message", "BASE_TYPE_REQUIRED", "This field is required")
        check_may_show(world, channel, first)
        thread = threads.start(world, channel, world.bot, payload["name"], minutes=minutes)
        try:
            message = posting.create(world, thread, world.bot, first)
        except Refusal:
            threads.remove(world, thread)
            raise
        return answer(payloads.channel(thread, world.bot) | {"message": world.show(message)}, 201)
    private = payload.get("type", 12) == 12
    world.need(channel, P.CREATE_PRIVATE_THREADS if private else P.CREATE_PUBLIC_THREADS)
    thread = threads.start(world, channel, world.bot, payload["name"], private=private, minutes=minutes)
    return answer(payloads.channel(thread, world.bot), 201)


def _thread(request: web.Request) -> Channel:
    channel = channel_of(request)
    if channel.thread is None:
        raise Refusal(BAD_CHANNEL_TYPE)
    return channel


def _user(world: World, text: str) -> User:
    user = world.bot if text == "@me" else world.users.get(int(text) if text.isdecimal() else 0)
    if user is None:
        raise Refusal(UNKNOWN_USER)
    return user


async def add_member(request: web.Request) -> web.Response:
    """PUT /channels/{c}/thread-members/{u}."""
    world, thread = world_of(request), _thread(request)
    user = _user(world, request.match_info["user"])
    assert thread.thread is not None
    if thread.thread.archived:
        raise Refusal(THREAD_ARCHIVED)
    if user is not world.bot:
        world.need(thread, P.SEND_MESSAGES_IN_THREADS)
        if not of(user, thread) & P.VIEW_CHANNEL:
            raise Refusal(MISSING_ACCESS)
    threads.join(world, thread, user)
    return nothing()


async def remove_member(request: web.Request) -> web.Response:
    """DELETE /channels/{c}/thread-members/{u}."""
    world, thread = world_of(request), _thread(request)
    user = _user(world, request.match_info["user"])
    if user is not world.bot:
        world.need(thread, P.MANAGE_THREADS)
    threads.leave(world, thread, user)
    return nothing()


async def members(request: web.Request) -> web.Response:
    """GET /channels/{c}/thread-members."""
    thread = _thread(request)
    assert thread.thread is not None
    return answer([payloads.thread_member(thread, each) for each in thread.thread.members])


async def archived(request: web.Request) -> web.Response:
    """GET /channels/{c}/threads/archived/public."""
    world, channel = world_of(request), channel_of(request)
    world.need(channel, P.READ_MESSAGE_HISTORY)
    found = [each for each in channel.threads if each.thread and each.thread.archived and not each.thread.private]
    return answer(_listed(world, found) | {"has_more": False})


async def active(request: web.Request) -> web.Response:
    """GET /guilds/{g}/threads/active."""
    world = world_of(request)
    guild = world.guild(request.match_info["guild"])
    return answer(_listed(world, [each for each in world.active_threads(guild) if sees(world.bot, each)]))


def _listed(world: World, found: list[Channel]) -> Json:
    mine = [each for each in found if each.thread and world.bot.id in each.thread.members]
    return {
        "threads": [payloads.channel(each, world.bot) for each in found],
        "members": [payloads.thread_member(each, world.bot.id) for each in mine],
    }


CHANNEL = "/channels/{channel}"
ROUTES = [
    web.get(CHANNEL, read),
    web.patch(CHANNEL, change),
    web.delete(CHANNEL, delete),
    web.post(CHANNEL + "/messages/{message}/threads", from_message),
    web.post(CHANNEL + "/threads", start),
    web.get(CHANNEL + "/threads/archived/public", archived),
    web.put(CHANNEL + "/thread-members/{user}", add_member),
    web.delete(CHANNEL + "/thread-members/{user}", remove_member),
    web.get(CHANNEL + "/thread-members", members),
    web.get("/guilds/{guild}/threads/active", active),
]
