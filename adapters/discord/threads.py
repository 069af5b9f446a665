"""Threads: opened from a root message, found again after a restart, taken out of the archive."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import discord
from discord.utils import snowflake_time

from adapters.discord import render
from adapters.discord.calls import THREAD_EXISTS, TOO_MANY_THREADS, WRONG_CHANNEL, Lost, nonce, persist
from adapters.discord.inbound import PLATFORM
from adapters.discord.pace import Pace
from adapters.discord.render import Page
from bot import wording, wording_discord
from bot.events import AnyEvent, Imagine, Party, Press, Submit
from bot.memory.posts import Posts
from bot.place import Place

LONGEST_NAME = 100
QUIET = timedelta(hours=1)
"""A thread in which nobody wrote for so long may be archived to make room."""
MOST_ARCHIVED = 5
"""At a time."""


class Threads:
    """Opens one thread for an event, however often it is asked to."""

    def __init__(self, client: discord.Client, posts: Posts, pace: Pace) -> None:
        self._client, self._posts, self.pace = client, posts, pace

    async def open(self, event: AnyEvent) -> Place:
        """The thread of an event: its root is an ordinary message in the channel, whose id is the thread's.

        Where no thread can be had (there are too many, or the channel has none), the channel itself is the
        conversation.

        Raises:
            discord.HTTPException: the channel is gone, or something is not allowed there.
        """
        channel = event.place.in_thread("")
        noted = f"thread {event.event_id}"
        if known := await self._posts.note(PLATFORM, noted):
            return channel.in_thread(known)
        page, name = _root(event), _name(event)
        where = self._client.get_channel(int(channel.channel))
        if isinstance(where, discord.TextChannel) and await self._inside_private(event):
            thread = await self._private(where, event, page, name)
        elif isinstance(where, discord.ForumChannel):
            forum = where

            async def post() -> int:
                made = await forum.create_thread(name=name, view=page.view(), allowed_mentions=render.NO_MENTIONS)
                return made.thread.id

            thread = await self._once(forum, event, name, post)
        else:
            thread = await self._from_root(channel, event.event_id, page, name)
        await self._posts.write_note(PLATFORM, _opened(thread), event.event_id)
        await self._posts.write_note(PLATFORM, noted, str(thread))
        return channel.in_thread(str(thread))

    async def wake(self, thread: int) -> None:
        """Take a thread out of the archive.

        Raises:
            discord.HTTPException: it is gone, or locked.
        """
        found = await self._client.fetch_channel(thread)  # archived threads are in no cache
        if isinstance(found, discord.Thread):
            if not found.me:
                with suppress(discord.HTTPException):
                    await found.join()
            await found.edit(archived=False)

    async def _inside_private(self, event: AnyEvent) -> bool:
        """Whether an event comes from a private thread; one in the archive is in no cache."""
        if event.sheltered == "thread":
            return True
        inside = self._client.get_channel(int(event.place.thread)) if event.place.thread else None
        return isinstance(inside, discord.Thread) and inside.is_private()

    async def _private(self, where: discord.TextChannel, event: AnyEvent, page: Page, name: str) -> int:
        """What begins in a private thread goes on in one, with the person who asked."""

        async def make() -> int:
            return (await where.create_thread(name=name, type=discord.ChannelType.private_thread)).id

        id = await self._once(where, event, name, make)
        opened = self._client.get_partial_messageable(id, guild_id=where.guild.id)
        root = nonce(str(id), "root", event.event_id)
        await persist(lambda: opened.send(view=page.view(), nonce=root, allowed_mentions=render.NO_MENTIONS), self.pace)
        await persist(lambda: self._client.http.add_user_to_thread(id, int(event.person.id)), self.pace)
        return id

    async def _once(
        self,
        where: discord.TextChannel | discord.ForumChannel,
        event: AnyEvent,
        name: str,
        make: Callable[[], Awaitable[int]],
    ) -> int:
        """Open a thread that has no root, and so no nonce: before each try, look whether an earlier one opened it."""

        async def attempt() -> int:
            found = await self._orphans(where, event, name)
            return found[0].id if found else await make()

        opened = await persist(attempt, self.pace)
        with suppress(discord.HTTPException, *Lost):
            for spare in await self._orphans(where, event, name):
                if spare.id != opened:
                    await spare.edit(archived=True)  # the library itself tries some errors again
        return opened

    async def _orphans(
        self, where: discord.TextChannel | discord.ForumChannel, event: AnyEvent, name: str
    ) -> list[discord.Thread]:
        """Threads of the bot's, newer than the event, that were not written down."""
        me = self._client.user
        found = []
        for each in await where.guild.active_threads():
            mine = me and each.owner_id == me.id and each.parent_id == where.id and each.name == name
            newer = event.event_id.isdecimal() and each.id > int(event.event_id)
            if mine and newer and not await self._posts.note(PLATFORM, _opened(each.id)):
                found.append(each)
        return found

    async def _from_root(self, channel: Place, event_id: str, page: Page, name: str) -> int:
        where = self._client.get_partial_messageable(int(channel.channel), guild_id=int(channel.workspace))
        root = await persist(
            lambda: where.send(
                view=page.view(), nonce=nonce(channel, "root", event_id), allowed_mentions=render.NO_MENTIONS
            ),
            self.pace,
        )
        partial = where.get_partial_message(root.id)
        for roomier in (True, False):
            try:
                await persist(lambda: partial.create_thread(name=name), self.pace)
            except discord.HTTPException as error:
                if error.code == TOO_MANY_THREADS and roomier and await self._made_room(int(channel.workspace), root):
                    continue
                if error.code in (TOO_MANY_THREADS, WRONG_CHANNEL):
                    return int(channel.channel)
                if error.code != THREAD_EXISTS:
                    raise
            return root.id
        return int(channel.channel)

    async def _made_room(self, guild: int, now: discord.Message) -> bool:
        """Archive the bot's own threads that have been quiet for longest. Whoever writes in one opens it again."""
        known, me = self._client.get_guild(guild), self._client.user
        mine = [each for each in (known.threads if known else ()) if me and each.owner_id == me.id]
        quiet = [each for each in mine if now.created_at - _last(each) > QUIET and not each.archived]
        made = False
        for thread in sorted(quiet, key=_last)[:MOST_ARCHIVED]:
            with suppress(discord.HTTPException):
                await thread.edit(archived=True)
                made = True
        return made


def _opened(thread: int) -> str:
    """Under which name it is noted for which event a thread was opened."""
    return f"opened {thread}"


def _last(thread: discord.Thread) -> datetime:
    """When something was last written in it."""
    return snowflake_time(thread.last_message_id or thread.id)


def _root(event: AnyEvent) -> Page:
    who = f"<@{event.person.id}>"
    match event:
        case Imagine(prompt=prompt):
            return render.words(wording_discord.asked(who, render.escape(prompt)))
        case Submit(text=text):
            return render.words(wording_discord.asked(who, render.escape(text)))
        case Press():
            return render.words(wording_discord.more(who))
        case Party(theme=theme):
            return render.words(wording_discord.party(who, render.escape(theme)))
    return render.words(wording_discord.fork(who))


def _name(event: AnyEvent) -> str:
    match event:
        case Imagine(prompt=words) | Party(theme=words) | Submit(text=words):
            name = wording.title(" ".join(words.split()))
        case _:
            name = wording_discord.fork_title(event.person.name)
    return render.cut(name or wording_discord.fork_title(event.person.name), LONGEST_NAME)
