"""Messages in channels and threads: posted once, edited in place, and in the next best place if that is closed."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import discord

from adapters.discord import calls, inbound, render
from adapters.discord.calls import nonce, persist
from adapters.discord.media import Media
from adapters.discord.render import Page
from adapters.discord.sizes import DEFAULT_FILE, File
from adapters.discord.threads import Threads
from adapters.discord.uploaded import Uploaded, attachments
from bot import wording_discord as wording
from bot.memory.posts import Posts
from bot.place import Place
from bot.replies import Reply

log = logging.getLogger(__name__)

PAUSE = 2.5
"""Seconds between two edits of a message that is not final."""
OLD, OLD_PAUSE = 3_300.0, 600.0
"""Messages older than an hour take few edits: from this age on, in seconds, progress is shown as seldom as this."""
CALL = " call"
"""End of the key under which the message is remembered that calls a person to a reply."""
SMALLER = 3
"""How often files are made smaller when Discord takes less than it says."""


@dataclass(slots=True)
class _Door:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    people: int = 0
    shown_at: float = float("-inf")
    first_at: float = float("inf")


class Posting:
    """Shows replies by the bot's own token, from an event or from a stored place alone."""

    def __init__(
        self,
        client: discord.Client,
        posts: Posts,
        media: Media,
        threads: Threads,
    ) -> None:
        self.client, self.posts, self.media, self.threads = client, posts, media, threads
        self.pace, self.clock = threads.pace, time.monotonic
        self.uploaded = Uploaded()
        self._doors: dict[tuple[Place, str], _Door] = {}

    def limit(self, place: Place) -> int:
        """Bytes of one file in a place."""
        guild = self.client.get_guild(int(place.workspace)) if place.workspace.isdecimal() else None
        return guild.filesize_limit if guild else DEFAULT_FILE

    async def show(self, place: Place, reply: Reply, limit: int | None = None) -> None:
        """Show a reply over the one that had the same key; progress that is early, or while much waits, is left out.

        Raises:
            discord.HTTPException: the place is gone, or something is not allowed there.
        """
        async with self._alone(place, reply) as door:
            if door is None:
                return
            where, message, final = await self._found(place, reply.key)
            if final and not reply.final:
                return
            now = self.clock()
            door.first_at = min(door.first_at, now)
            pause = OLD_PAUSE if now - door.first_at > OLD else PAUSE
            if not reply.final and message and (now - door.shown_at < pause or self.pace.behind):
                return
            door.shown_at = now
            await self._put(place, where, message, reply, limit or self.limit(place), owed=not final)
        if reply.final and reply.mention:
            where, _, _ = await self._found(place, reply.key)  # it may have had to go elsewhere
            try:
                await self._call(where, where, reply)
            except discord.HTTPException as error:
                if error.code != calls.LOCKED or not where.thread:
                    raise
                await self._call(where.in_thread(""), where, reply)  # a thread that is locked still takes edits

    async def direct(self, person: str, page: Page, about: str) -> discord.Message | None:
        """Words to one person where nothing else is left; nothing if they take none."""
        try:
            user = await self.client.fetch_user(int(person))
            channel = await user.create_dm()
            return await persist(
                lambda: channel.send(view=page.view(), nonce=nonce(person, about), **files_of(page, "files")), self.pace
            )
        except (discord.HTTPException, *calls.Lost):
            log.info("%s can't be told about %s", person, about)
            return None

    async def bring(self, person: str, key: str, pages: Sequence[Page]) -> None:
        """Show a reply to one person, in direct messages, where its buttons go on working."""
        sent = [await self.direct(person, page, f"{key} {at}") for at, page in enumerate(pages)]
        if shown := [each for each in sent if each]:
            place = inbound.place(guild=None, channel=shown[0].channel.id, person=int(person))
            await self.posts.remember(place, key, " ".join(str(each.id) for each in shown), True)

    async def _put(self, place: Place, where: Place, message: str, reply: Reply, limit: int, *, owed: bool) -> None:
        for number in range(SMALLER + 1):
            if number == SMALLER:
                log.error("the pictures of %s are too large for Discord however small", reply.key)
                words = f"{reply.text}\n{wording.taken_nowhere(reply.key)}"
                reply = replace(reply, text=words, pictures=(), previews=(), charts=())
            pages = render.reply(reply, await self.media.of(reply, limit))
            try:
                await self._pages(place, where, message, reply, pages, owed)
            except discord.HTTPException as error:
                if not calls.too_large(error):
                    raise
                limit = min(limit, max((len(file.data) for page in pages for file in page.files), default=limit)) // 2
            else:
                return

    async def _pages(
        self, place: Place, where: Place, message: str, reply: Reply, pages: Sequence[Page], owed: bool
    ) -> None:
        ids = message.split()
        if where != place:
            pages = [*pages, render.words(wording.elsewhere(render.address(place)))]
        try:
            shown = [
                await self._page(where, ids[at] if at < len(ids) else "", page, (reply.key, at), owed)
                for at, page in enumerate(pages)
            ]
        except discord.HTTPException as error:
            if error.code != calls.LOCKED or where != place or not where.thread:
                raise
            log.info("%s is locked; %s is shown in its channel", where, reply.key)
            # From now on it is found there: what stands in the thread can't be changed any more.
            await self.posts.forget(place, reply.key)
            await self._pages(place, place.in_thread(""), "", reply, pages, owed)
            return
        for left in ids[len(pages) :]:
            await self._delete(where, left)
        await self.posts.remember(where, reply.key, " ".join(filter(None, shown)), reply.final)

    async def _page(self, where: Place, id: str, page: Page, key: tuple[Any, ...], owed: bool) -> str:
        """Show one message. Returns its id."""
        if not id:
            return await self._send(where, page, key)
        try:
            await self._edit(where, id, page)
        except discord.HTTPException as error:
            if error.code not in (calls.UNKNOWN_MESSAGE, calls.OLD_EDITS):
                raise
            # Somebody took the message away: what has not been shown to its end is still owed, the rest is not.
            return await self._send(where, page, (*key, id)) if owed else id
        return id

    async def _send(self, where: Place, page: Page, key: tuple[Any, ...]) -> str:
        channel = self._channel(where)
        sent = await persist(
            lambda: channel.send(
                view=page.view(),
                nonce=nonce(where, *key),
                allowed_mentions=render.NO_MENTIONS,
                **files_of(page, "files"),
            ),
            self.pace,
        )
        self.uploaded.note(sent)
        return str(sent.id)

    async def _edit(self, where: Place, id: str, page: Page) -> None:
        message = self._channel(where).get_partial_message(int(id))

        kept = await self.uploaded.kept(message, page)

        async def edit() -> None:
            new = [file_of(each) for each in page.files if each.name not in kept]
            self.uploaded.note(
                await message.edit(
                    view=page.view(), allowed_mentions=render.NO_MENTIONS, **attachments(page, kept, new)
                )
            )

        try:
            await persist(edit, self.pace)
        except discord.HTTPException as error:
            if error.code != calls.ARCHIVED:
                raise
            try:
                await self.threads.wake(int(where.thread))
            except discord.Forbidden as forbidden:
                forbidden.code = calls.LOCKED
                raise
            await persist(edit, self.pace)

    async def _delete(self, where: Place, id: str) -> None:
        try:
            await self._channel(where).get_partial_message(int(id)).delete()
        except discord.HTTPException as error:
            log.info("%s stays in %s: %s", id, where, error)

    async def _call(self, where: Place, result: Place, reply: Reply) -> None:
        """Call the person, once: an edit calls nobody, so this is a message of its own, in answer to the result."""
        key = f"{reply.key}{CALL}"
        if not reply.mention.isdecimal() or await self.posts.posted(where, key):
            return
        who = f"<@{reply.mention}>"
        words = wording.done(who) if where == result else wording.done_there(who, render.address(result))
        channel, page = self._channel(where), render.words(words)
        more: dict[str, Any] = {}
        shown = await self.posts.posted(where, reply.key)
        if shown and shown.message:
            first = int(shown.message.split()[0])
            more = {
                "reference": discord.MessageReference(message_id=first, channel_id=channel.id, fail_if_not_exists=False)
            }
        called = discord.AllowedMentions(users=[discord.Object(int(reply.mention))], roles=False, everyone=False)
        sent = await persist(
            lambda: channel.send(view=page.view(), nonce=nonce(where, key), allowed_mentions=called, **more),
            self.pace,
        )
        await self.posts.remember(where, key, str(sent.id), True)

    async def _found(self, place: Place, key: str) -> tuple[Place, str, bool]:
        """Where a reply is shown, by which message, and whether to its end."""
        for where in (place, place.in_thread("")):
            if posted := await self.posts.posted(where, key):
                return where, posted.message, posted.final
        return place, "", False

    def _channel(self, where: Place) -> discord.PartialMessageable:
        guild = int(where.workspace) if where.workspace.isdecimal() else None
        return self.client.get_partial_messageable(int(where.thread or where.channel), guild_id=guild)

    @asynccontextmanager
    async def _alone(self, place: Place, reply: Reply) -> AsyncIterator[_Door | None]:
        """One showing of a key at a time; a progress that would have to wait is left out."""
        door = self._doors.setdefault((place, reply.key), _Door())
        if not reply.final and door.lock.locked():
            yield None
            return
        door.people += 1
        try:
            async with door.lock:
                yield door
        finally:
            door.people -= 1
            if not door.people and reply.final:
                self._doors.pop((place, reply.key), None)


def files_of(page: Page, name: str, *, empty: bool = False) -> dict[str, Any]:
    """The files of a page as an argument, new ones for each try."""
    made = [file_of(file) for file in page.files]
    return {name: made} if made or empty else {}


def file_of(file: File) -> discord.File:
    """A file as the library sends it; good for one try."""
    return discord.File(BytesIO(file.data), file.name, description=render.cut(file.alt, render.LONGEST_ALT) or None)
