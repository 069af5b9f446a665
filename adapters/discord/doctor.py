"""Looks whether Discord lets the bot do its work, and names the cure for what is not so. Opens no gateway."""

from typing import Any

import aiohttp
import discord
from discord.app_commands import CommandTree

from adapters.discord import client as clients
from adapters.discord import commands, permissions
from adapters.discord.opening import Access, point
from bot import wording_discord as wording
from bot.doctor import Finding
from bot.memory.posts import Posts

MOST_GUILDS = 20
"""Servers that are looked into; the others are most likely like them."""


async def examine(access: Access, posts: Posts) -> list[Finding]:
    """Token, intents, permissions, command sync, upload limit."""
    point(access)
    client = discord.Client(intents=discord.Intents(guilds=True))
    try:
        await client.login(access.token)
        about = await client.application_info()
        guilds = [guild async for guild in client.fetch_guilds(limit=MOST_GUILDS)]
        findings = [_token(client, len(guilds), permissions.invite(about.id)), _intents(access, about)]
        findings.append(await _commands(client, posts, access, about.id))
        for guild in guilds:
            findings += await _guild(client, guild.id, permissions.invite(about.id))
    except discord.LoginFailure:
        return [Finding("discord token", False, wording.token_refused())]
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        return [Finding("discord", False, wording.unreachable_api(str(error) or type(error).__name__))]
    finally:
        await client.close()
    return findings


def _token(client: discord.Client, guilds: int, invite: str) -> Finding:
    assert client.user is not None
    words = wording.signed_in(client.user.name, guilds)
    return Finding("discord token", True, words if guilds else f"{words}; {wording.no_guild(invite)}")


def _intents(access: Access, about: discord.AppInfo) -> Finding:
    flags = about.flags
    has = flags.gateway_message_content or flags.gateway_message_content_limited
    match access.content, has:
        case "off", _:
            return Finding("discord intents", True, wording.CONTENT_NOT_WANTED)
        case _, True:
            return Finding("discord intents", True, wording.CONTENT_ON)
        case "on", _:
            return Finding("discord intents", False, wording.CONTENT_MISSING)
    return Finding("discord intents", True, wording.CONTENT_AUTO_OFF)


async def _commands(client: discord.Client, posts: Posts, access: Access, application: int) -> Finding:
    tree: CommandTree[Any] = CommandTree(client)
    for each in commands.build(_nothing, _nothing, _nothing):
        tree.add_command(each)
    ours = tree.get_commands()
    digest = commands.digest(tree, ours)
    for guild in access.guilds or (0,):
        try:
            registered = await tree.fetch_commands(guild=discord.Object(guild) if guild else None)
        except (discord.Forbidden, discord.NotFound):
            return Finding("discord commands", False, wording.unknown_server(guild))
        if not registered:
            return Finding("discord commands", True, wording.COMMANDS_UNTOLD)
        told = await posts.note("discord", clients.note(application, guild))
        if told != digest or {each.name for each in registered} != {each.name for each in ours}:
            return Finding("discord commands", False, wording.commands_stale(str(guild or "all servers")))
    return Finding("discord commands", True, wording.commands_good(len(ours)))


async def _guild(client: discord.Client, id: int, invite: str) -> list[Finding]:
    assert client.user is not None
    guild = await client.fetch_guild(id)
    member = await guild.fetch_member(client.user.id)
    mine = guild.default_role.permissions | discord.Permissions.none()
    for role in member.roles:
        mine |= role.permissions
    lacking = permissions.names(mine)
    words = wording.lacks(guild.name, lacking, invite) if lacking else f"{guild.name}: {wording.WORKS}"
    return [
        Finding("discord permissions", not lacking, words),
        Finding("discord uploads", True, wording.upload_limit(guild.name, guild.filesize_limit)),
    ]


async def _nothing(*_: Any) -> Any:
    """The commands are only compared here, never run."""
