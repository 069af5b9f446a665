"""How messages come to be, change and go, whoever asks for it: the Web API, a response_url, a person."""

from typing import Any

from tests.peers.slack.blocks import completed
from tests.peers.slack.events import changed_event, deleted_event, message_event, pinged, publish
from tests.peers.slack.world import Channel, Installation, Json, Member, Message, World, copied


def compose(
    world: World, channel: Channel, author: Member, fields: Json, installation: Installation | None = None
) -> Message:
    """A message that nobody sees yet. `fields`: text, blocks, thread_ts, files and so on."""
    raw: Json = {"type": "message", "user": author.id, "ts": world.new_ts(), "text": "", "team": author.team.id}
    raw |= {name: value for name, value in copied(fields).items() if value not in (None, [], "")}
    if raw.get("blocks"):
        completed(raw["blocks"], world.new_id)
    if installation:
        raw |= {
            "bot_id": installation.bot_id,
            "app_id": installation.app.id,
            "bot_profile": {
                "id": installation.bot_id,
                "app_id": installation.app.id,
                "name": installation.bot.name,
                "team_id": installation.team.id,
                "deleted": False,
            },
        }
    return Message(channel, raw, author, installation.app if installation else None)


def place(world: World, message: Message, kind: str) -> None:
    """Show it in its channel and thread."""
    channel, raw = message.channel, message.raw
    channel.messages[message.ts] = message
    root = channel.messages.get(str(message.thread_ts))
    if root and root is not message:
        root.raw["thread_ts"] = root.ts
        root.raw["reply_count"] = root.raw.get("reply_count", 0) + 1
        root.raw["latest_reply"] = message.ts
        raw["parent_user_id"] = root.raw.get("user")
        if raw.get("subtype") == "thread_broadcast":
            raw["root"] = copied(root.raw)
    for file in [*message.files, *message.pictures]:
        file.channels.add(channel.id)
    world.record(kind, message, pinged(message))


def post(
    world: World,
    channel: Channel,
    installation: Installation,
    fields: Json,
    metadata: Json | None = None,
    kind: str = "posted",
) -> Message:
    """A bot's message: shown, and told to the apps that are there."""
    message = compose(world, channel, installation.bot, fields, installation)
    message.metadata = metadata
    place(world, message, kind)
    world.courier.spawn(publish(world, message_event(message), channel))
    return message


def edit(world: World, message: Message, fields: Json, metadata: Json | None = None) -> None:
    """Text without blocks takes the blocks away; blocks alone keep the text; neither shows as edited with blocks."""
    before = copied(message.raw)
    if fields.get("blocks") is not None:
        message.raw["blocks"] = completed(copied(fields["blocks"]), world.new_id)
    elif fields.get("text") is not None:
        message.raw.pop("blocks", None)
    if fields.get("text") is not None:
        message.raw["text"] = fields["text"]
    if not message.raw.get("blocks"):
        message.raw["edited"] = {"user": message.author.id, "ts": world.new_ts()}
    if metadata is not None:
        message.metadata = metadata
    message.edits += 1
    for file in message.pictures:
        file.channels.add(message.channel.id)
    world.record("updated", message)
    world.courier.spawn(publish(world, changed_event(world, message, before), message.channel))


def delete(world: World, message: Message) -> None:
    """Gone; a root with replies leaves a tombstone."""
    channel = message.channel
    replies = [it for it in channel.messages.values() if it.is_reply and it.thread_ts == message.ts]
    world.record("deleted", message)
    world.courier.spawn(publish(world, deleted_event(world, message), channel))
    if replies:
        message.raw = {
            "type": "message",
            "subtype": "tombstone",
            "text": "This message was deleted.",
            "user": "USLACKBOT",
            "hidden": True,
            "ts": message.ts,
            "thread_ts": message.ts,
        }
        message.metadata = None
    else:
        del channel.messages[message.ts]
    world.changed()


def whisper(world: World, channel: Channel, person: Member, installation: Installation, fields: Json) -> Message:
    """An ephemeral message: one person sees it, nobody can look it up."""
    message = compose(world, channel, installation.bot, fields, installation)
    message.seen_by = person
    world.ephemerals.append(message)
    world.record("ephemeral", message)
    return message


def replies(channel: Channel, ts: str) -> list[Message]:
    """Replies of a thread, oldest first."""
    return [it for it in channel.messages.values() if it.is_reply and it.thread_ts == ts]


def subset(args: Json, *names: str) -> dict[str, Any]:
    """The arguments of these names that were given."""
    return {name: args[name] for name in names if args.get(name) is not None}
