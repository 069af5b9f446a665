"""Routes of the application: who it is, the gateway's address, the commands, people and guilds."""

from typing import Any

from aiohttp import web

from tests.peers.discord import commands, payloads
from tests.peers.discord.errors import (
    CANNOT_DM,
    COMMAND_CREATES,
    MISSING_ACCESS,
    NOT_JSON,
    UNKNOWN_MEMBER,
    UNKNOWN_USER,
    Refusal,
    require,
)
from tests.peers.discord.replying import answer, world_of
from tests.peers.discord.things import Guild, User
from tests.peers.discord.world import World

Json = dict[str, Any]


async def me(request: web.Request) -> web.Response:
    """GET /users/@me."""
    extra = {"mfa_enabled": False, "verified": True, "email": None, "locale": "en-US", "flags": 0}
    return answer(payloads.user(world_of(request).bot) | extra)


async def my_guilds(request: web.Request) -> web.Response:
    """GET /users/@me/guilds: those that the bot is in, in pages by id."""
    world, query = world_of(request), request.query
    most = int(query.get("limit", "200"))
    require(1 <= most <= 200, "limit", "NUMBER_TYPE_MAX")
    mine = sorted((each for each in world.guilds.values() if world.bot.id in each.members), key=lambda each: each.id)
    if "before" in query:
        mine = [each for each in mine if each.id < int(query["before"])][-most:]
    else:
        mine = [each for each in mine if each.id > int(query.get("after", "0"))][:most]
    about: Json = {"owner": False, "icon": None, "banner": None, "features": []}
    return answer(
        [
            about | {"id": str(each.id), "name": each.name, "permissions": str(_role_bits(each, world.bot))}
            for each in mine
        ]
    )


def _role_bits(guild: Guild, who: User) -> int:
    """Permissions by roles alone."""
    bits = guild.everyone.permissions
    for role in guild.members[who.id].roles:
        bits |= role.permissions
    return bits


async def user(request: web.Request) -> web.Response:
    """GET /users/{u}."""
    found = world_of(request).users.get(_number(request, "user"))
    if found is None:
        raise Refusal(UNKNOWN_USER)
    return answer(payloads.user(found))


async def application(request: web.Request) -> web.Response:
    """GET /oauth2/applications/@me and /applications/@me."""
    world = world_of(request)
    owner = {"id": "1", "username": "owner", "discriminator": "0", "global_name": "Owner", "avatar": None}
    return answer(
        {
            "id": str(world.bot.id),
            "name": world.bot.name,
            "icon": None,
            "description": "",
            "summary": "",
            "type": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": world.app.flags,
            "owner": owner,
            "team": None,
            "tags": [],
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "integration_types_config": {"0": {}, "1": {}},
            "approximate_guild_count": len(world.guilds),
            "bot": payloads.user(world.bot),
        }
    )


async def gateway_bot(request: web.Request) -> web.Response:
    """GET /gateway/bot."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
    return answer({"url": request.app[GATEWAY_URL], "shards": 1, "session_start_limit": limit})


async def gateway(request: web.Request) -> web.Response:
    """GET /gateway."""
    return answer({"url": request.app[GATEWAY_URL]})


GATEWAY_URL: web.AppKey[str] = web.AppKey("gateway_url", str)


def _number(request: web.Request, key: str) -> int:
    text = request.match_info[key]
    return int(text) if text.isdecimal() else 0


def _scope(request: web.Request) -> tuple[World, int]:
    world = world_of(request)
    if _number(request, "application") != world.bot.id:
        raise Refusal(MISSING_ACCESS)
    guild = _number(request, "guild") if "guild" in request.match_info else 0
    if guild and (guild not in world.guilds or world.bot.id not in world.guilds[guild].members):
        raise Refusal(MISSING_ACCESS)
    return world, guild


async def put_commands(request: web.Request) -> web.Response:
    """PUT /applications/{a}[/guilds/{g}]/commands: all at once; what keeps its name keeps its id."""
    world, guild = _scope(request)
    try:
        wanted = await request.json()
    except ValueError:
        raise Refusal(NOT_JSON) from None
    require(isinstance(wanted, list), "_errors", "LIST_TYPE_CONVERT")
    commands.check_all(wanted)
    before = {(each["type"], each["name"]): each for each in world.app.commands.get(guild, [])}
    new = [each for each in wanted if (each.get("type", 1), each["name"]) not in before]
    spent = world.app.created_commands.get(guild, 0) + len(new)
    if spent > world.rules.command_creates:
        raise Refusal(COMMAND_CREATES)
    world.app.created_commands[guild] = spent
    kept = []
    for command in wanted:
        old = before.get((command.get("type", 1), command["name"]))
        kept.append(_command(world, guild, command, old))
    world.app.commands[guild] = kept
    world.transcript.add("commands", guild=guild, names=[each["name"] for each in kept], new=len(new))
    return answer(kept)


def _command(world: World, guild: int, command: Json, old: Json | None) -> Json:
    defaults: Json = {
        "type": 1,
        "description": "",
        "options": [],
        "nsfw": False,
        "default_member_permissions": None,
        "name_localizations": None,
        "description_localizations": None,
        "contexts": None,
        "integration_types": [0],
    }
    body = defaults | {key: value for key, value in command.items() if value is not None}
    same = old is not None and all(old.get(key) == value for key, value in body.items())
    body["id"] = old["id"] if old else str(world.ids.next())
    body["version"] = old["version"] if old and same else str(world.ids.next())
    body |= {"application_id": str(world.bot.id), "dm_permission": body["contexts"] is None or 1 in body["contexts"]}
    return body | ({"guild_id": str(guild)} if guild else {})


async def get_commands(request: web.Request) -> web.Response:
    """GET /applications/{a}[/guilds/{g}]/commands; translations only when asked for."""
    world, guild = _scope(request)
    found = world.app.commands.get(guild, [])
    if request.query.get("with_localizations") not in ("1", "true"):
        hidden = ("name_localizations", "description_localizations")
        found = [{key: value for key, value in each.items() if key not in hidden} for each in found]
    return answer(found)


async def open_dm(request: web.Request) -> web.Response:
    """POST /users/@me/channels."""
    world = world_of(request)
    payload = await request.json()
    person = world.users.get(int(payload.get("recipient_id") or 0))
    if person is None:
        raise Refusal(UNKNOWN_USER)
    if person is world.bot:
        raise Refusal(CANNOT_DM)
    return answer(payloads.channel(world.dm(person), world.bot))


async def guild(request: web.Request) -> web.Response:
    """GET /guilds/{g}."""
    world = world_of(request)
    found = world.guild(request.match_info["guild"])
    body = payloads.guild(found, world.bot, [])
    gone = ("members", "channels", "threads", "voice_states", "presences", "joined_at", "large", "unavailable")
    return answer({key: value for key, value in body.items() if key not in gone})


async def member(request: web.Request) -> web.Response:
    """GET /guilds/{g}/members/{u}."""
    world = world_of(request)
    found = world.guild(request.match_info["guild"]).members.get(_number(request, "user"))
    if found is None:
        raise Refusal(UNKNOWN_MEMBER)
    return answer(payloads.member(found))


async def guild_channels(request: web.Request) -> web.Response:
    """GET /guilds/{g}/channels."""
    world = world_of(request)
    found = world.guild(request.match_info["guild"])
    return answer([payloads.channel(each, world.bot) for each in found.channels.values() if each.thread is None])


COMMANDS = "/applications/{application}/commands"
GUILD_COMMANDS = "/applications/{application}/guilds/{guild}/commands"
ROUTES = [
    web.get("/users/@me", me),
    web.get("/users/@me/guilds", my_guilds),
    web.get("/users/{user}", user),
    web.post("/users/@me/channels", open_dm),
    web.get("/oauth2/applications/@me", application),
    web.get("/applications/@me", application),
    web.get("/gateway/bot", gateway_bot),
    web.get("/gateway", gateway),
    web.put(COMMANDS, put_commands),
    web.get(COMMANDS, get_commands),
    web.put(GUILD_COMMANDS, put_commands),
    web.get(GUILD_COMMANDS, get_commands),
    web.get("/guilds/{guild}", guild),
    web.get("/guilds/{guild}/members/{user}", member),
    web.get("/guilds/{guild}/channels", guild_channels),
]
