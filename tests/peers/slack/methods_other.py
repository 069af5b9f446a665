"""conversations.*, users.*, auth.*, apps.* and oauth.* of the Web API."""

from tests.peers.slack.calls import ApiError, Call, method
from tests.peers.slack.oauth import exchange, revoke
from tests.peers.slack.world import Channel, Json, Message


def channel_payload(channel: Channel, bot_id: str) -> Json:
    """A conversation as conversations.info gives it."""
    person = next((it.id for it in channel.members.values() if it.id != bot_id), None)
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_archived": channel.archived,
        "is_member": bot_id in channel.members,
        "is_shared": bool(channel.shared_with),
        "is_ext_shared": bool(channel.shared_with),
        "context_team_id": channel.team.id,
        "num_members": len(channel.members),
        **({"user": person} if channel.kind == "im" else {}),
    }


@method("conversations.info", tier=3)
async def info(call: Call) -> Json:
    return {"channel": channel_payload(call.channel(reading=True), call.installation.bot.id)}


@method("conversations.open", tier=3)
async def open_conversation(call: Call) -> Json:
    world, bot = call.world, call.installation.bot
    wanted = [it for it in str(call.args.get("users") or "").split(",") if it]
    if not wanted:
        return {"channel": {"id": call.channel().id}, "no_op": True, "already_open": True}
    people = []
    for one in wanted:
        call.args["user"] = one
        people.append(call.person())
    call.scopes("im:write" if len(people) == 1 else "mpim:write")
    if len(people) == 1:
        return {"channel": {"id": world.im(bot, people[0]).id}}
    channel = Channel(world.new_id("C"), "mpdm", call.installation.team, "mpim", {it.id: it for it in [bot, *people]})
    world.channels[channel.id] = channel
    return {"channel": {"id": channel.id}}


@method("conversations.join", "channels:join", tier=3)
async def join(call: Call) -> Json:
    channel, bot = call.channel(), call.installation.bot
    if channel.kind != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    if channel.archived:
        raise ApiError("is_archived")
    channel.members[bot.id] = bot
    call.world.changed()
    return {"channel": channel_payload(channel, bot.id)}


@method("conversations.members", tier=4)
async def members(call: Call) -> Json:
    return {"members": list(call.channel(reading=True).members), "response_metadata": {"next_cursor": ""}}


def _page(call: Call, found: list[Message]) -> Json:
    """A page of messages; the cursor is the place in the list."""
    start = int(call.args.get("cursor") or 0)
    count = min(int(call.args.get("limit") or 100), call.limits.history_page)
    page, metadata = found[start : start + count], call.flag("include_all_metadata")
    more = start + count < len(found)
    return {
        "messages": [{**it.raw, **({"metadata": it.metadata} if metadata and it.metadata else {})} for it in page],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + count) if more else ""},
    }


def _between(call: Call, found: list[Message]) -> list[Message]:
    oldest, latest = str(call.args.get("oldest") or "0"), str(call.args.get("latest") or "9")
    inclusive = call.flag("inclusive")
    return [it for it in found if oldest < it.ts < latest or (inclusive and it.ts in (oldest, latest))]


@method("conversations.history", tier=3)
async def history(call: Call) -> Json:
    channel = call.channel(history=True)
    if call.installation.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    shown = [it for it in channel.messages.values() if not it.is_reply or it.raw.get("subtype") == "thread_broadcast"]
    return _page(call, _between(call, shown)[::-1])


@method("conversations.replies", tier=3)
async def thread(call: Call) -> Json:
    channel = call.channel(history=True)
    if call.installation.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    asked = channel.messages.get(str(call.need("ts")))
    if not asked:
        raise ApiError("thread_not_found")
    root = asked.thread_ts or asked.ts
    found = [it for it in channel.messages.values() if root in (it.ts, it.thread_ts)]
    return _page(call, _between(call, found))


@method("users.info", "users:read", tier=4)
async def user_info(call: Call) -> Json:
    person = call.person()
    user = {
        "id": person.id,
        "team_id": person.team.id,
        "name": person.name.lower(),
        "real_name": person.name,
        "deleted": person.deactivated,
        "is_admin": person.admin,
        "is_owner": False,
        "is_bot": person.is_bot,
        "is_stranger": not call.installation.covers(person.team),
        "tz": "Europe/Berlin",
        "profile": {"real_name": person.name, "display_name": person.name},
    }
    if person.team.enterprise:
        user["enterprise_user"] = {
            "id": person.id,
            "enterprise_id": person.team.enterprise.id,
            "teams": [person.team.id],
        }
    if call.flag("include_locale"):
        user["locale"] = person.locale
    return {"user": user}


@method("auth.test")
async def auth_test(call: Call) -> Json:
    bot = call.installation
    enterprise = bot.enterprise or bot.team.enterprise
    return {
        "url": f"https://{bot.team.name}.slack.com/",
        "team": enterprise.name if bot.enterprise and enterprise else bot.team.name,
        "team_id": enterprise.id if bot.enterprise and enterprise else bot.team.id,
        "user": bot.bot.name,
        "user_id": bot.bot.id,
        "bot_id": bot.bot_id,
        "app_id": bot.app.id,
        "enterprise_id": enterprise.id if enterprise else None,
        "is_enterprise_install": bot.enterprise is not None,
    }


@method("auth.revoke", tier=3)
async def auth_revoke(call: Call) -> Json:
    if not call.flag("test"):
        await revoke(call.world, call.installation)
    return {"revoked": not call.flag("test")}


@method("apps.connections.open", tier=1, token="app")
async def connections_open(call: Call) -> Json:
    assert call.app
    return {"url": call.world.courier.sockets.address(call.app)}


@method("oauth.v2.access", tier=4, token="none")
async def oauth_access(call: Call) -> Json:
    return exchange(call.world, call.args)
