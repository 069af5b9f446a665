"""Discord's stage: shows the replies to one event, or those of a stored place."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import discord

from adapters.discord import calls, permissions, render
from adapters.discord.answers import Answer
from adapters.discord.posting import PAUSE, Posting
from adapters.discord.sizes import DEFAULT_FILE
from bot import wording_discord as wording
from bot.events import AnyEvent, Help, opens_thread
from bot.place import Place
from bot.replies import Form, Reply, Shown, Whisper

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds between two tries to show an end, while Discord is out of order."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An event, and the way back to its person."""

    event: AnyEvent
    answer: Answer
    limit: int | None = None
    """Bytes of one file that Discord takes there, as the interaction says."""
    help: str = ""
    """What /help says of this server besides."""


class DiscordStage:
    """A Stage (adapters/relay.py) of a place, for one event or, without `asked`, for what is carried on there."""

    def __init__(self, posting: Posting, place: Place, asked: Asked | None = None) -> None:
        self._posting, self._place, self._asked = posting, place, asked
        self._posted_at = float("-inf")
        self._closed: set[str] = set()
        """Keys whose place takes nothing any more."""

    async def open(self) -> Place:
        """Open the thread of an event that has one of its own. Direct messages have none, nor has a place where the bot
        is not: there the channel is the conversation.

        Raises:
            discord.HTTPException: the channel is gone, or something is not allowed there.
        """
        asked = self._asked
        if asked and opens_thread(asked.event) and asked.event.place.workspace.isdecimal() and not asked.answer.away:
            self._place = await self._posting.threads.open(asked.event)
        return self._place

    async def show(self, shown: Shown) -> None:
        """Show a reply in its place, and forms and whispers to the person of the event alone."""
        asked = self._asked
        match shown:
            case Reply():
                await self._reply(shown)
            case Whisper() if asked:
                if isinstance(asked.event, Help) and asked.help:
                    shown = replace(shown, text=f"{shown.text}\n{asked.help}")
                files = await self._posting.media.of(shown, self._limit())
                await asked.answer.whisper(render.whisper(shown, files))
            case Form() if asked:
                await asked.answer.form(render.form(shown))

    async def _reply(self, shown: Reply) -> None:
        asked = self._asked
        if asked and asked.answer.away:
            answer = asked.answer

            async def out() -> None:
                await self._post(answer, shown)

        else:

            async def out() -> None:
                await self._posting.show(shown.place or self._place, shown, self._limit())
                if asked:
                    await asked.answer.settle()

        await self._until_out(out, shown)

    async def _post(self, answer: Answer, shown: Reply) -> None:
        """Show a reply through the interaction, and no oftener than otherwise."""
        if not shown.final and self._posting.clock() - self._posted_at < PAUSE:
            return
        self._posted_at = self._posting.clock()
        pages = render.reply(shown, await self._posting.media.of(shown, self._limit()))
        if ids := await answer.post(shown.key, pages, final=shown.final):
            await self._posting.posts.remember(self._place, shown.key, " ".join(ids), shown.final)

    async def _until_out(self, out: Callable[[], Awaitable[None]], shown: Reply) -> None:
        """An end is shown however long it takes; what is under way is left out when Discord is."""
        if shown.key in self._closed and not shown.final:
            return
        pause = FIRST_PAUSE
        while True:
            try:
                await out()
            except (discord.HTTPException, *calls.Lost) as error:
                if isinstance(error, discord.HTTPException) and not calls.passes(error):
                    await self._lost(shown, error)
                    return
                log.warning("%s is not out yet: %s", shown.key, error)
                if not shown.final:
                    return
            else:
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _lost(self, shown: Reply, error: discord.HTTPException) -> None:
        """The place takes nothing any more: the person is told, once, and it is not tried again."""
        place = shown.place or self._place
        log.warning("%s can't be shown in %s: %s", shown.key, place, error)
        if error.code in calls.GONE | calls.FILTERED or error.status == 403:
            self._closed.add(shown.key)
        if not shown.final:
            return
        if self._asked and error.code in calls.FILTERED:
            await self._asked.answer.whisper([render.words(wording.filtered(shown.key))])
            return
        if self._asked and error.code == calls.NOT_ALLOWED:
            await self._asked.answer.whisper([render.words(self.lacking(place))])
            return
        person = shown.mention or (self._asked.event.person.id if self._asked else "")
        if person.isdecimal():
            if error.code in calls.FILTERED:
                await self._posting.direct(person, render.words(wording.filtered(shown.key)), f"lost {shown.key}")
                return
            told = replace(shown, text=f"{wording.unreachable(shown.key)}\n{shown.text}")
            pages = render.reply(told, await self._posting.media.of(told, DEFAULT_FILE))
            await self._posting.bring(person, shown.key, pages)

    def lacking(self, place: Place) -> str:
        """Which permission is lacking in a place, in words."""
        return lacking(self._posting.client, place)

    def _limit(self) -> int:
        limit = self._posting.limit(self._place)
        return min(limit, self._asked.limit) if self._asked and self._asked.limit else limit


def lacking(client: discord.Client, place: Place) -> str:
    """Which permission the bot lacks in a place, in words, as far as it knows the place."""
    where = f"<#{place.thread or place.channel}>"
    channel = client.get_channel(int(place.channel))
    if not isinstance(channel, discord.abc.GuildChannel):
        return wording.missing(permissions.names(discord.Permissions.none()), where)
    names = permissions.missing(
        channel.permissions_for(channel.guild.me), thread=bool(place.thread), opens="" if place.thread else "root"
    )
    return wording.missing(names or permissions.names(discord.Permissions.none()), where)
