"""chat.* and reactions.* of the Web API."""

import re

from tests.peers.slack.calls import ApiError, Call, Limited, method
from tests.peers.slack.posting import delete, edit, post, subset, whisper
from tests.peers.slack.world import Channel, Entry, Json, Message

MOST_TEXT = 40_000
"""Longer texts are cut."""
MOST_EDITED = 4_000
"""Longer texts of an edit are refused."""
TS = re.compile(r"^\d{10}\.\d{6}$")


def _target(call: Call) -> Channel:
    """A channel by id or #name, or a person by id: their direct conversation."""
    world, wanted = call.world, str(call.need("channel"))
    person = world.members.get(wanted)
    if person and call.installation.covers(person.team) and not person.is_bot:
        return call.writable(world.im(call.installation.bot, person))
    for channel in world.channels.values():
        if wanted.startswith("#") and channel.name == wanted[1:] and call.installation.sees(channel):
            call.args["channel"] = channel.id
    return call.writable(call.channel())


def _thread(call: Call, channel: Channel) -> None:
    ts = call.args.get("thread_ts")
    if ts is None:
        return
    root = channel.messages.get(str(ts))
    if not TS.match(str(ts)):
        raise ApiError("invalid_thread_ts")
    if root is None:
        raise ApiError("thread_not_found")
    if root.is_reply:
        raise ApiError("cannot_reply_to_message")


def _content(call: Call) -> Json:
    fields = subset(call.args, "text", "thread_ts", "mrkdwn", "username", "icon_url", "icon_emoji")
    if call.json("attachments"):
        raise ApiError("invalid_attachments")
    blocks = call.blocks()
    if not fields.get("text") and not blocks:
        raise ApiError("no_text")
    if {"username", "icon_url", "icon_emoji"} & set(fields):
        call.scopes("chat:write.customize")
    fields["text"] = str(fields.get("text", ""))[:MOST_TEXT]
    return {**fields, "blocks": blocks}


def _message(call: Call, name: str = "ts") -> Message:
    channel = call.channel()
    found = channel.messages.get(str(call.need(name)))
    if not found:
        raise ApiError("message_not_found")
    return found


@method("chat.postMessage", "chat:write")
async def post_message(call: Call) -> Json:
    channel = _target(call)
    fields, metadata = _content(call), call.metadata()
    _thread(call, channel)
    if wait := call.limits.wait_in_channel(channel.id):
        raise Limited(wait)
    if call.flag("reply_broadcast") and fields.get("thread_ts"):
        fields["subtype"] = "thread_broadcast"
    message = post(call.world, channel, call.installation, fields, metadata)
    return {"channel": channel.id, "ts": message.ts, "message": message.raw}


@method("chat.update", "chat:write", tier=3)
async def update(call: Call) -> Json:
    message = _message(call)
    if message.app is not call.installation.app or message.raw.get("subtype") == "tombstone":
        raise ApiError("cant_update_message")
    if message.channel.archived:
        raise ApiError("is_archived")
    fields = {**subset(call.args, "text"), "blocks": call.blocks()}
    if fields.get("text") is None and fields["blocks"] is None:
        raise ApiError("no_text")
    if len(fields.get("text") or "") > MOST_EDITED:
        raise ApiError("msg_too_long")
    edit(call.world, message, fields, call.metadata())
    return {"channel": message.channel.id, "ts": message.ts, "text": message.text, "message": message.raw}


@method("chat.delete", "chat:write", tier=3)
async def delete_message(call: Call) -> Json:
    message = _message(call)
    if message.app is not call.installation.app:
        raise ApiError("cant_delete_message")
    delete(call.world, message)
    return {"channel": message.channel.id, "ts": message.ts}


@method("chat.postEphemeral", "chat:write", tier=4)
async def post_ephemeral(call: Call) -> Json:
    channel = call.writable(call.channel())
    person = call.person()
    if person.id not in channel.members:
        raise ApiError("user_not_in_channel")
    fields = _content(call)
    _thread(call, channel)
    message = whisper(call.world, channel, person, call.installation, fields)
    return {"message_ts": message.ts}


@method("chat.getPermalink")
async def permalink(call: Call) -> Json:
    message = _message(call, "message_ts")
    address = f"{call.world.base_url}/archives/{message.channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": message.channel.id, "permalink": address}


def _reaction(call: Call) -> tuple[Message, str, Json | None]:
    call.args["ts"] = call.need("timestamp")
    message, name = _message(call), str(call.need("name"))
    if not re.fullmatch(r"[a-z0-9_+'-]+", name):
        raise ApiError("invalid_name")
    if call.installation.bot.id not in message.channel.members:
        raise ApiError("not_in_channel")
    return message, name, next((it for it in message.raw.get("reactions", []) if it["name"] == name), None)


@method("reactions.add", "reactions:write", tier=3)
async def react(call: Call) -> Json:
    message, name, found = _reaction(call)
    if message.channel.archived:
        raise ApiError("is_archived")
    mine = call.installation.bot.id
    if found and mine in found["users"]:
        raise ApiError("already_reacted")
    if not found:
        found = {"name": name, "users": [], "count": 0}
        message.raw.setdefault("reactions", []).append(found)
    found["users"].append(mine)
    found["count"] += 1
    call.world.record("reaction", message)
    return {}


@method("reactions.remove", "reactions:write", tier=2)
async def unreact(call: Call) -> Json:
    message, _, found = _reaction(call)
    mine = call.installation.bot.id
    if not found or mine not in found["users"]:
        raise ApiError("no_reaction")
    found["users"].remove(mine)
    found["count"] -= 1
    message.raw["reactions"] = [it for it in message.raw["reactions"] if it["users"]]
    call.world.changed()
    return {}


@method("assistant.threads.setStatus", "chat:write")
async def set_status(call: Call) -> Json:
    call.args["channel"] = call.need("channel_id")
    channel, world = call.writable(call.channel()), call.world
    ts, bot = str(call.need("thread_ts")), call.installation.bot
    world.transcript.append(
        Entry("status", world.clock(), channel.name, bot.name, str(call.args.get("status", "")), thread_ts=ts)
    )
    world.changed()
    return {}
