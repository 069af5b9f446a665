"""Routes of interactions: the callback, and the messages that its token may write."""

import time
from typing import Any

from aiohttp import web

from tests.peers.discord import components, posting, uploads
from tests.peers.discord.commands import check_choices
from tests.peers.discord.errors import (
    ACKNOWLEDGED,
    BAD_TOKEN,
    FOLLOWUPS,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    Refusal,
    require,
)
from tests.peers.discord.replying import answer, nothing, world_of
from tests.peers.discord.things import EPHEMERAL, Message
from tests.peers.discord.tokens import AUTOCOMPLETE, COMMAND, COMPONENT, NAMES, SUBMIT, Ack, Interaction
from tests.peers.discord.uploads import Body
from tests.peers.discord.world import World

Json = dict[str, Any]

ALLOWED = {COMMAND: {4, 5, 9, 12}, COMPONENT: {4, 5, 6, 7, 9, 12}, AUTOCOMPLETE: {8}, SUBMIT: {4, 5, 6, 7, 12}}


def limit_of(world: World, it: Interaction) -> int:
    """Bytes that a file in an answer may have: the guild's, whatever a Nitro user's interaction reports."""
    return world.file_limit(it.channel)


async def callback(request: web.Request) -> web.Response:
    """POST /interactions/{i}/{t}/callback: once, within 3 s."""
    world = world_of(request)
    number = request.match_info["interaction"]
    it = world.interactions.get(int(number) if number.isdecimal() else 0)
    if it is None or it.token != request.match_info["token"]:
        raise Refusal(UNKNOWN_INTERACTION)
    body = await uploads.read(request, world, limit_of(world, it))
    try:
        after = world.now() - it.created
        if it.acked is not None:
            raise Refusal(ACKNOWLEDGED)
        if after > world.rules.ack_seconds:
            raise Refusal(UNKNOWN_INTERACTION)
        kind = body.payload.get("type")
        require(kind in ALLOWED[it.kind], "type", "BASE_TYPE_CHOICES", f"Value must be one of {ALLOWED[it.kind]}.")
        assert isinstance(kind, int)
        if it.kind == SUBMIT and kind in (6, 7):
            require(it.message, "type", "INTERACTION_NO_MESSAGE", "The modal was not opened from a message")
        _apply(world, it, kind, body.inner("data"))
    except Refusal as refusal:
        it.refused.append(refusal.kind.code)
        raise
    it.acked = Ack(kind, NAMES.get(kind, str(kind)), world.now(), after, time.perf_counter() - it.created_real)
    world.transcript.add("ack", interaction=it, type=kind, name=it.acked.name, after=after, seconds=it.acked.seconds)
    if request.query.get("with_response") in ("true", "True", "1"):
        return answer(_response(world, it, kind))
    return nothing()


def _apply(world: World, it: Interaction, kind: int, body: Body) -> None:
    flags = int(body.payload.get("flags") or 0)
    match kind:
        case 4:
            hidden = bool(flags & EPHEMERAL)
            it.original = posting.answer(world, it, body, followup=False, ephemeral=hidden)
        case 5:
            require(not flags & ~EPHEMERAL, "data.flags", "MESSAGE_FLAGS_INVALID", "Only EPHEMERAL can be set")
            it.original = posting.loading(world, it, bool(flags & EPHEMERAL))
        case 6:
            it.original = it.message
        case 7:
            assert it.message is not None
            it.original = posting.edit(world, it.message, body)
        case 8:
            choices = body.payload.get("choices")
            require(isinstance(choices, list), "data.choices", "BASE_TYPE_REQUIRED", "This field is required")
            assert isinstance(choices, list)
            check_choices(choices, _focused(it.data["options"])["type"], "data.choices")
            it.choices = choices
        case 9:
            components.check_modal(body.payload)
            it.modal = body.payload


def _focused(options: list[Json]) -> Json:
    for option in options:
        if option.get("focused"):
            return option
        if option.get("options"):
            return _focused(option["options"])
    raise AssertionError("an autocomplete has a focused option")


def _response(world: World, it: Interaction, kind: int) -> Json:
    told: Json = {"id": str(it.id), "type": it.kind}
    body: Json = {"interaction": told}
    if kind in (4, 5, 7) and it.original is not None:
        told["response_message_id"] = str(it.original.id)
        told["response_message_loading"] = it.original.loading
        told["response_message_ephemeral"] = it.original.ephemeral
        body["resource"] = {"type": kind, "message": world.show(it.original, whole=True)}
    return body


def _token(request: web.Request) -> Interaction:
    """The interaction whose token the path carries, while it is good."""
    world = world_of(request)
    if request.match_info["webhook"] != str(world.bot.id):
        raise Refusal(UNKNOWN_WEBHOOK)
    token = request.match_info["token"]
    it = next((each for each in world.interactions.values() if each.token == token), None)
    if it is None:
        raise Refusal(UNKNOWN_WEBHOOK)
    if world.now() - it.created > world.rules.token_seconds:
        raise Refusal(BAD_TOKEN)
    if it.acked is None or it.kind == AUTOCOMPLETE:
        raise Refusal(UNKNOWN_WEBHOOK)
    return it


def _message(request: web.Request, it: Interaction) -> Message:
    number = request.match_info["message"]
    if number == "@original":
        message = it.original
    else:
        message = it.channel.messages.get(int(number) if number.isdecimal() else 0)
        if message is not None and message is not it.original and message.interaction is not it:
            message = None
    if message is None or message.deleted:
        raise Refusal(UNKNOWN_MESSAGE)
    return message


async def followup(request: web.Request) -> web.Response:
    """POST /webhooks/{a}/{t}: a further message; the first after a defer fills the waiting one."""
    world, it = world_of(request), _token(request)
    for strange in ("thread_id", "username", "avatar_url"):
        require(strange not in request.query, strange, "WEBHOOK_FIELD_NOT_ALLOWED")
    body = await uploads.read(request, world, limit_of(world, it))
    require(not body.payload.get("username"), "username", "WEBHOOK_FIELD_NOT_ALLOWED")
    if it.original is not None and it.original.loading:
        return answer(world.show(posting.edit(world, it.original, body), whole=True))
    if it.by_user_install_only:
        if it.followups >= world.rules.followups:
            raise Refusal(FOLLOWUPS)
        it.followups += 1
    hidden = bool(int(body.payload.get("flags") or 0) & EPHEMERAL)
    message = posting.answer(world, it, body, followup=True, ephemeral=hidden)
    return answer(world.show(message, whole=True))


async def read(request: web.Request) -> web.Response:
    """GET /webhooks/{a}/{t}/messages/{m}."""
    return answer(world_of(request).show(_message(request, _token(request)), whole=True))


async def edit(request: web.Request) -> web.Response:
    """PATCH /webhooks/{a}/{t}/messages/{m}."""
    world, it = world_of(request), _token(request)
    body = await uploads.read(request, world, limit_of(world, it))
    return answer(world.show(posting.edit(world, _message(request, it), body), whole=True))


async def delete(request: web.Request) -> web.Response:
    """DELETE /webhooks/{a}/{t}/messages/{m}."""
    posting.delete(world_of(request), _message(request, _token(request)))
    return nothing()


ONE = "/webhooks/{webhook}/{token}/messages/{message}"
ROUTES = [
    web.post("/interactions/{interaction}/{token}/callback", callback),
    web.post("/webhooks/{webhook}/{token}", followup),
    web.get(ONE, read),
    web.patch(ONE, edit),
    web.delete(ONE, delete),
]
