"""The world as JSON, as Discord writes it (API v10)."""

from typing import Any

from tests.peers.discord.clock import iso
from tests.peers.discord.permissions import of
from tests.peers.discord.things import FORUM, Channel, Guild, Membership, Role, Thread, User

Json = dict[str, Any]


def user(it: User) -> Json:
    """A user."""
    return {
        "id": str(it.id),
        "username": it.name.lower(),
        "global_name": it.name,
        "discriminator": "0",
        "avatar": None,
        "bot": it.bot,
        "public_flags": 0,
    }


def member(it: Membership, with_user: bool = True) -> Json:
    """A member of a guild."""
    body: Json = {
        "roles": [str(role.id) for role in it.roles],
        "joined_at": iso(it.joined),
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    return body | ({"user": user(it.user)} if with_user else {})


def role(it: Role) -> Json:
    """A role."""
    return {
        "id": str(it.id),
        "name": it.name,
        "permissions": str(it.permissions),
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0 if it.name == "@everyone" else 1,
        "managed": it.managed,
        "mentionable": False,
        "flags": 0,
        "icon": None,
        "unicode_emoji": None,
    }


def channel(it: Channel, viewer: User | None = None) -> Json:
    """A channel, a thread or a private conversation.

    Args:
        viewer: whose membership a thread shows, and whom a private conversation leaves out.
    """
    last = str(next(reversed(it.messages))) if it.messages else None
    body: Json = {"id": str(it.id), "type": it.kind, "last_message_id": last, "flags": 0}
    if it.guild is None:
        body["recipients"] = [user(each) for each in it.recipients if each is not viewer]
        return body | ({"name": it.name or None, "icon": None, "owner_id": body["recipients"][0]["id"]})
    body |= {"guild_id": str(it.guild.id), "name": it.name, "rate_limit_per_user": 0}
    body["parent_id"] = str(it.parent.id) if it.parent else None
    if it.thread is not None:
        body |= _thread(it.thread)
        if viewer is not None and viewer.id in it.thread.members:
            body["member"] = thread_member(it, viewer.id)
        return body
    body |= {"position": 0, "nsfw": it.nsfw, "topic": None, "permission_overwrites": _overwrites(it)}
    if it.kind == FORUM:
        body["available_tags"] = [
            {"id": str(tag), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
            for name, tag in it.tags.items()
        ]
        body |= {"default_reaction_emoji": None, "default_sort_order": None, "default_forum_layout": 0}
    return body


def _overwrites(it: Channel) -> list[Json]:
    assert it.guild is not None
    roles = {it.guild.id, *it.guild.roles}
    return [
        {"id": str(target), "type": 0 if target in roles else 1, "allow": str(allow), "deny": str(deny)}
        for target, (allow, deny) in it.overwrites.items()
    ]


def _thread(it: Thread) -> Json:
    return {
        "owner_id": str(it.owner.id),
        "message_count": min(it.sent, 50),
        "member_count": len(it.members),
        "total_message_sent": it.sent,
        "applied_tags": [],
        "thread_metadata": {
            "archived": it.archived,
            "locked": it.locked,
            "invitable": it.invitable,
            "auto_archive_duration": it.auto_archive,
            "archive_timestamp": iso(it.changed or it.created),
            "create_timestamp": iso(it.created),
        },
    }


def thread_member(it: Channel, user_id: int) -> Json:
    """A member of a thread."""
    assert it.thread is not None
    return {"id": str(it.id), "user_id": str(user_id), "join_timestamp": iso(it.thread.created), "flags": 1}


def guild(it: Guild, viewer: User, threads: list[Channel]) -> Json:
    """A guild as GUILD_CREATE shows it."""
    here = [each for each in it.channels.values() if each.thread is None]
    return {
        "id": str(it.id),
        "name": it.name,
        "owner_id": str(it.owner.id if it.owner else 1),
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [role(it.everyone), *map(role, it.roles.values())],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": it.tier,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": it.locale,
        "nsfw_level": 0,
        "joined_at": iso(it.members[viewer.id].joined),
        "large": len(it.members) > 250,
        "unavailable": False,
        "member_count": len(it.members),
        "members": [member(each) for each in it.members.values()][:250],
        "channels": [channel(each, viewer) for each in here],
        "threads": [channel(each, viewer) for each in threads],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def channel_of_interaction(it: Channel, asker: User, bot: User) -> Json:
    """The partial channel in an interaction: with the asker's permissions."""
    bits = of(asker, it)
    return channel(it, bot) | {"permissions": str(int(bits))}
