"""The Events API: which app hears of what, and in which words."""

from collections.abc import Iterable

from tests.peers.slack.courier import Delivery
from tests.peers.slack.world import Channel, File, Installation, Json, Member, Message, World, copied

KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
"""Kind of a conversation -> the word in scopes and subscriptions."""
SCOPES = {
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "file_shared": "files:read",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "member_left_channel": "channels:read",
    "member_joined_channel": "channels:read",
}


def hears(installation: Installation, name: str, channel: Channel | None) -> bool:
    """Whether the app subscribed to an event, holds its scope and is where it happens."""
    subscription, scope = name, SCOPES.get(name)
    if name == "message" and channel:
        subscription, scope = f"message.{KINDS[channel.kind]}", f"{KINDS[channel.kind]}:history"
    if subscription not in installation.app.events or (scope and scope not in installation.scopes):
        return False
    return channel is None or installation.bot.id in channel.members


def envelope(installation: Installation, event: Json, channel: Channel | None) -> Json:
    """The outer payload of an event."""
    world, team = installation.app.world, installation.team
    shared = bool(channel and channel.shared_with)
    enterprise = installation.enterprise or team.enterprise
    if channel and installation.enterprise:
        team = next(team for team in channel.teams() if installation.covers(team))
    return {
        "token": "deprecated-verification-token",
        "team_id": team.id,
        "enterprise_id": enterprise.id if enterprise else None,
        "context_team_id": team.id,
        "context_enterprise_id": enterprise.id if enterprise else None,
        "api_app_id": installation.app.id,
        "event": copied(event),
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.clock()),
        "authorizations": [
            {
                "enterprise_id": enterprise.id if enterprise else None,
                "team_id": team.id,
                "user_id": installation.bot.id,
                "is_bot": True,
                "is_enterprise_install": installation.enterprise is not None,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": "4-" + world.new_secret("context")[:24],
    }


async def publish(
    world: World, event: Json, channel: Channel | None, only: Iterable[Installation] = ()
) -> list[Delivery]:
    """Tell every app that hears of it, or `only` some that do."""
    among = list(only) or [it for app in world.apps.values() for it in app.installations]
    return [
        await world.courier.send(it.app, "events_api", envelope(it, event, channel))
        for it in among
        if it.gone is None and hears(it, event["type"], channel)
    ]


def message_event(message: Message) -> Json:
    """A new message, as a person's or a bot's own."""
    channel = message.channel
    event = {
        **copied(message.raw),
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": channel.kind,
    }
    if channel.shared_with:
        event |= {"user_team": message.author.team.id, "source_team": message.author.team.id}
        event["files"] = [_stub(world_file(channel, file["id"])) for file in event.get("files", [])]
        if not event["files"]:
            del event["files"]
    for name in ("reply_count", "latest_reply", "reply_users", "reply_users_count", "subscribed", "is_locked"):
        event.pop(name, None)
    if event.get("thread_ts") == message.ts:
        del event["thread_ts"]
    if message.metadata and "metadata" in message.raw:
        event["metadata"] = message.metadata
    return event


def changed_event(world: World, message: Message, before: Json) -> Json:
    """message_changed."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message.raw,
        "previous_message": before,
        "channel": message.channel.id,
        "hidden": True,
        "ts": world.new_ts(),
        "event_ts": world.new_ts(),
        "channel_type": message.channel.kind,
    }


def deleted_event(world: World, message: Message) -> Json:
    """message_deleted."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": message.raw,
        "channel": message.channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": world.new_ts(),
        "event_ts": world.new_ts(),
        "channel_type": message.channel.kind,
    }


def mention_event(message: Message) -> Json:
    """app_mention: the same ts, without channel_type and subtype."""
    event = message_event(message)
    for name in ("subtype", "channel_type", "root"):
        event.pop(name, None)
    return {**event, "type": "app_mention"}


def world_file(channel: Channel, file_id: str) -> File:
    return channel.team.world.files[file_id]


def file_payload(file: File) -> Json:
    """A file as files.info gives it; what processing finds out is empty until then."""
    world = file.team.world
    known = file.mimetype if file.ready else ""
    address = f"{world.base_url}/files-pri/{file.team.id}-{file.id}"
    return {
        "id": file.id,
        "created": int(world.clock()),
        "timestamp": int(world.clock()),
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": known,
        "filetype": known.rpartition("/")[2].replace("jpeg", "jpg"),
        "pretty_type": known.rpartition("/")[2].upper(),
        "user": file.owner.id,
        "user_team": file.team.id,
        "size": len(file.content or b""),
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.channels),
        "alt_txt": file.alt_text,
        "url_private": f"{address}/{file.name}",
        "url_private_download": f"{address}/download/{file.name}",
        "permalink": f"{world.base_url}/files/{file.owner.id}/{file.id}/{file.name}",
        "channels": sorted(file.channels),
        "file_access": "visible",
    }


def _stub(file: File) -> Json:
    """What a shared channel's event says of a file: ask files.info."""
    return {
        "id": file.id,
        "created": int(file.team.world.clock()),
        "timestamp": int(file.team.world.clock()),
        "mode": "file_access",
        "user": file.owner.id,
        "user_team": file.team.id,
        "file_access": "check_file_info",
    }


def pinged(message: Message) -> list[Member]:
    """Who is really notified: those who are there, except the author. Threads ping here and channel as well,
    so that a test which finds nobody is right wherever Slack draws that line."""
    found: dict[str, Member] = {}
    people = [it for it in message.channel.members.values() if not it.is_bot and not it.deactivated]
    for mention in message.reading.mentions:
        for person in people:
            everybody = mention in ("channel", "everyone") or (mention == "here" and not person.away)
            if person is not message.author and (everybody or person.id == mention.partition("|")[0]):
                found[person.id] = person
    return list(found.values())
