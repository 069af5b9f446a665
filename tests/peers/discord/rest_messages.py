"""Routes of messages in channels, by the bot's own token."""

from typing import Any

from aiohttp import web

from tests.peers.discord import posting, uploads
from tests.peers.discord.errors import (
    CANNOT_DM,
    MISSING_PERMISSIONS,
    NOT_TEXT,
    OTHERS_MESSAGE,
    REPLY_NEEDS_HISTORY,
    THREAD_ARCHIVED,
    THREAD_LOCKED,
    Refusal,
    invalid,
)
from tests.peers.discord.permissions import P, may_send, of
from tests.peers.discord.replying import answer, channel_of, message_of, nothing, world_of
from tests.peers.discord.things import FORUM, Channel, Message
from tests.peers.discord.uploads import Body
from tests.peers.discord.world import World

Json = dict[str, Any]


async def create(request: web.Request) -> web.Response:
    """POST /channels/{c}/messages."""
    world, channel = world_of(request), channel_of(request)
    body = await uploads.read(request, world, world.file_limit(channel))
    check_may_post(world, channel, body)
    if found := posting.earlier(world, channel, body.payload):
        return answer(world.show(found))
    reply_to = _reply(world, channel, body.payload.get("message_reference"))
    message = posting.create(world, channel, world.bot, body, reply_to=reply_to, kind=19 if reply_to else 0)
    return answer(world.show(message))


def check_may_post(world: World, channel: Channel, body: Body) -> None:
    """Refuses what the bot may not post there.

    Raises:
        Refusal: 50007, 50008, 50013, 160005.
    """
    if channel.kind == FORUM:
        raise Refusal(NOT_TEXT)
    if channel.guild is None and any(user.blocks_dms for user in channel.recipients):
        raise Refusal(CANNOT_DM)
    if not may_send(world.bot, channel):
        raise Refusal(MISSING_PERMISSIONS)
    check_may_show(world, channel, body)
    locked = channel.thread is not None and channel.thread.locked
    if locked and not of(world.bot, channel) & P.MANAGE_THREADS:
        raise Refusal(THREAD_LOCKED)


def check_may_show(world: World, channel: Channel, body: Body) -> None:
    """Refuses files and embeds where the bot may not send them.

    Raises:
        Refusal: 50013.
    """
    if body.files:
        world.need(channel, P.ATTACH_FILES)
    if body.payload.get("embeds"):
        world.need(channel, P.EMBED_LINKS)


def _reply(world: World, channel: Channel, reference: Json | None) -> Message | None:
    if not reference:
        return None
    if channel.guild is not None and not of(world.bot, channel) & P.READ_MESSAGE_HISTORY:
        raise Refusal(REPLY_NEEDS_HISTORY)
    message = channel.messages.get(int(reference["message_id"]))
    if message is None or message.deleted or message.ephemeral_to:
        if reference.get("fail_if_not_exists", True):
            raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None
    return message


async def listing(request: web.Request) -> web.Response:
    """GET /channels/{c}/messages, newest first."""
    world, channel = world_of(request), channel_of(request)
    if not of(world.bot, channel) & P.READ_MESSAGE_HISTORY:
        return answer([])
    found = [each for each in channel.messages.values() if not each.deleted and each.ephemeral_to is None]
    limit = int(request.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    if "after" in request.query:
        found = [each for each in found if each.id > int(request.query["after"])][:limit]
    if "before" in request.query:
        found = [each for each in found if each.id < int(request.query["before"])]
    return answer([world.show(each) for each in reversed(found[-limit:])])


async def read(request: web.Request) -> web.Response:
    """GET /channels/{c}/messages/{m}."""
    world = world_of(request)
    world.need(channel_of(request), P.READ_MESSAGE_HISTORY)
    return answer(world.show(message_of(request)))


async def edit(request: web.Request) -> web.Response:
    """PATCH /channels/{c}/messages/{m}."""
    world, channel = world_of(request), channel_of(request)
    body = await uploads.read(request, world, world.file_limit(channel))
    message = message_of(request)
    if message.author is not world.bot:
        raise Refusal(OTHERS_MESSAGE)
    check_may_show(world, channel, body)
    return answer(world.show(posting.edit(world, message, body)))


async def delete(request: web.Request) -> web.Response:
    """DELETE /channels/{c}/messages/{m}."""
    world, channel = world_of(request), channel_of(request)
    message = message_of(request)
    if channel.thread is not None and channel.thread.archived:
        raise Refusal(THREAD_ARCHIVED)
    if message.author is not world.bot:
        world.need(channel, P.MANAGE_MESSAGES)
    posting.delete(world, message)
    return nothing()


async def typing(request: web.Request) -> web.Response:
    """POST /channels/{c}/typing."""
    world, channel = world_of(request), channel_of(request)
    if not may_send(world.bot, channel):
        raise Refusal(MISSING_PERMISSIONS)
    return nothing()


async def react(request: web.Request) -> web.Response:
    """PUT /channels/{c}/messages/{m}/reactions/{emoji}/@me."""
    world, channel = world_of(request), channel_of(request)
    message = message_of(request)
    if channel.thread is not None and channel.thread.archived:
        raise Refusal(THREAD_ARCHIVED)
    world.need(channel, P.ADD_REACTIONS | P.READ_MESSAGE_HISTORY)
    message.reactions.setdefault(request.match_info["emoji"], set()).add(world.bot.id)
    world.transcript.add("reaction", emoji=request.match_info["emoji"], message=message, channel=str(channel.id))
    return nothing()


async def unreact(request: web.Request) -> web.Response:
    """DELETE /channels/{c}/messages/{m}/reactions/{emoji}/@me."""
    message_of(request).reactions.get(request.match_info["emoji"], set()).discard(world_of(request).bot.id)
    return nothing()


MESSAGE = "/channels/{channel}/messages/{message}"
ROUTES = [
    web.post("/channels/{channel}/messages", create),
    web.get("/channels/{channel}/messages", listing),
    web.get(MESSAGE, read),
    web.patch(MESSAGE, edit),
    web.delete(MESSAGE, delete),
    web.post("/channels/{channel}/typing", typing),
    web.put(MESSAGE + "/reactions/{emoji}/@me", react),
    web.delete(MESSAGE + "/reactions/{emoji}/@me", unreact),
]
