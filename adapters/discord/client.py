"""The client: discord.py's, with our commands; everything that arrives goes to the desk."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.app_commands import CommandTree
from discord.http import Route

from adapters.discord import commands, inbound
from adapters.discord.desk import Desk, Known
from adapters.discord.locales import Locales
from adapters.discord.media import Media
from adapters.discord.pace import Pace
from adapters.discord.posting import Posting
from adapters.discord.stage import DiscordStage
from adapters.discord.threads import Threads
from adapters.relay import Bot
from bot import wording_discord as wording
from bot.memory.posts import Posts
from bot.place import Place

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a client is made of, however often one is made."""

    bot: Bot
    posts: Posts
    media: Media
    known: Known
    guilds: tuple[int, ...] = ()
    """Servers that are told the commands at once, for development; none: all are told."""
    gateway: yarl.URL | None = None
    """A gateway in the place of Discord's."""


class Client(discord.AutoShardedClient):
    """Sextant on Discord. `content` asks for the message content intent."""

    def __init__(self, parts: Parts, *, content: bool, pace: Pace | None = None, **options: Any) -> None:
        pace = pace or Pace()
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = intents.dm_messages = True
        intents.message_content = content
        trace = pace.last.trace(Route.BASE)
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none(), http_trace=trace, **options)
        self.posting = Posting(self, parts.posts, parts.media, Threads(self, parts.posts, pace))
        self.desk = Desk(parts.bot, self.posting, parts.known, content=content)
        self.tree = Tree(self)
        self.heard_at = time.monotonic()
        """When the gateway last said something."""
        self.open = asyncio.Event()
        """Set when everything that is there has been heard of."""
        self._parts = parts
        self._up: set[int] = set()
        """The shards whose connection is there."""

    @property
    def connected(self) -> bool:
        """Whether every shard hears what happens."""
        return self.open.is_set() and len(self._up) == (self.shard_count or 1)

    def stage_for(self, place: Place) -> DiscordStage:
        """The stage of a stored place."""
        return DiscordStage(self.posting, place)

    async def setup_hook(self) -> None:
        """Tell Discord the commands, if it does not have them."""
        for each in commands.build(self.desk.command, self.desk.menu, self.desk.complete):
            self.tree.add_command(each)
        await self.tree.set_translator(Locales())
        await tell(self.tree, self._parts.posts, self.application_id or 0, self._parts.guilds)

    async def on_ready(self) -> None:
        """It has begun, or begun anew."""
        self.open.set()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect where the settings say, if they do, and not where Discord's REST says."""
        await super().launch_shard(self._parts.gateway or gateway, shard_id, initial=initial)

    async def on_shard_ready(self, shard_id: int) -> None:
        """Its session has begun. Through a proxy it is resumed as well."""
        self._up.add(shard_id)
        if self._parts.gateway and (shard := self.get_shard(shard_id)):
            shard._parent.ws.gateway = self._parts.gateway

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Its session goes on."""
        self._up.add(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Nothing is heard of it."""
        self._up.discard(shard_id)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Buttons and forms. They come here and not to views: none is kept, so each is alive after every start."""
        if interaction.type is discord.InteractionType.component:
            await self.desk.press(interaction)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self.desk.submit(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Words."""
        await self.desk.message(message)

    async def on_socket_event_type(self, event_type: str) -> None:
        """Anything at all."""
        del event_type
        self.heard_at = time.monotonic()

    async def close(self) -> None:
        """Leave everything as it is."""
        await self.desk.close()
        await super().close()


class Tree(CommandTree[Client]):
    """Our commands; those of another time are answered too."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """A command that there is not, or not in this form."""
        if not isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            log.error("a command failed", exc_info=error)
        try:
            if interaction.type is discord.InteractionType.autocomplete:
                await interaction.response.autocomplete([])
            elif not interaction.response.is_done():
                await interaction.response.send_message(wording.UNKNOWN_COMMAND, ephemeral=True)
        except discord.HTTPException as late:
            log.warning("an unknown command could not be answered: %s", late)


async def tell(tree: CommandTree[Any], posts: Posts, application: int, guilds: Sequence[int]) -> None:
    """Register the commands where Discord has other ones. What it was told is remembered by its hash."""
    wanted = commands.digest(tree, tree.get_commands())
    names = {each.name for each in tree.get_commands()}
    scopes = f"scopes {application}"
    before = (await posts.note(inbound.PLATFORM, scopes) or "").split()
    for gone in (int(each) for each in before if int(each) not in (guilds or (0,))):
        await _untell(tree, posts, application, gone)
    await posts.write_note(inbound.PLATFORM, scopes, " ".join(map(str, guilds or (0,))))
    for guild in guilds or (0,):
        noted = note(application, guild)
        where = discord.Object(guild) if guild else None
        try:
            has = {each.name for each in await tree.fetch_commands(guild=where)}
            if has == names and await posts.note(inbound.PLATFORM, noted) == wanted:
                continue
            if where:
                tree.copy_global_to(guild=where)
            await tree.sync(guild=where)
        except discord.HTTPException as error:
            log.error("Discord was not told the commands: %s", error)  # the ones that it has go on working
        else:
            await posts.write_note(inbound.PLATFORM, noted, wanted)


async def _untell(tree: CommandTree[Any], posts: Posts, application: int, guild: int) -> None:
    """Take the commands away where they were told and are not wanted any more: else each is there twice."""
    http = tree.client.http
    try:
        if guild:
            await http.bulk_upsert_guild_commands(application, guild, [])
        else:
            await http.bulk_upsert_global_commands(application, [])
    except discord.HTTPException as error:
        log.error("the commands of %s could not be taken away: %s", guild or "all servers", error)
    await posts.write_note(inbound.PLATFORM, note(application, guild), "")


def note(application: int, guild: int) -> str:
    """Under which name the hash of the commands is remembered."""
    return f"commands {application} {guild or 'global'}"
