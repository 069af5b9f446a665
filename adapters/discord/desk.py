"""The desk: takes interactions and messages, acknowledges, makes events of them and hands them to the bot."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord import calls, inbound, permissions, render
from adapters.discord.answers import Answer, InteractionAnswer, MessageAnswer, is_away
from adapters.discord.fetching import Refused, pictures_of, upload
from adapters.discord.posting import CALL, Posting
from adapters.discord.stage import Asked, DiscordStage, lacking
from adapters.relay import Bot, relay
from bot import wording_discord as wording
from bot.buttons import Edit, UnknownToken, from_token
from bot.events import (
    AnyEvent,
    Command,
    Describe,
    Fork,
    Imagine,
    Party,
    Press,
    Show,
    Submit,
    Top,
    Tree,
    Upload,
    opens_thread,
)
from bot.place import Person, Place
from bot.styles import STYLES

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]

FORM_BY = 2.0
"""Seconds within which a form has to be there; later the press is acknowledged without it."""
MOST_FORMS = 1_000
REFINE, START = "d1~refine~", "d1~start~"
"""Beginnings of the custom_ids of our own forms."""
ASPECTS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9")


@dataclass(frozen=True, slots=True)
class Known:
    """What options are completed with. All of it answers from memory, since there are three seconds and no defer."""

    models: Callable[[], Sequence[str]]
    sets: Callable[[Place, Person], Awaitable[Sequence[str]]]
    """The person's own sets of options."""
    recent: Callable[[Place, Person], Awaitable[Sequence[str]]]
    """Ids that the person may want to name, newest first."""


class Desk:
    """One for each client. Its events go on until `close`, and the next start resumes them."""

    def __init__(self, bot: Bot, posting: Posting, known: Known, *, content: bool) -> None:
        self._bot, self._posting, self._known, self._content = bot, posting, known, content
        self._arriving: set[asyncio.Task[bool]] = set()
        self._at_work: set[asyncio.Task[Any]] = set()
        self._starts: OrderedDict[str, discord.Attachment] = OrderedDict()
        """Pictures of forms that are open, by the forms' ids."""

    async def command(self, interaction: Interaction, kind: type[Command], given: dict[str, Any]) -> None:
        """A slash command."""
        answer = InteractionAnswer(interaction, self._posting)
        if not await self._acknowledged(answer):
            return
        async with self._care(answer):
            uploads = {
                name: await upload(value) for name, value in given.items() if isinstance(value, discord.Attachment)
            }
            people = {
                name: inbound.person(value) for name, value in given.items() if isinstance(value, discord.abc.User)
            }
            await self._hand(interaction, answer, inbound.command(kind, asked(interaction), given, uploads, people))

    async def menu(self, interaction: Interaction, message: discord.Message, name: str) -> None:
        """An entry of a message's menu."""
        answer = InteractionAnswer(interaction, self._posting)
        if name == wording.MENU_REFINE:
            modal = render.modal(wording.MENU_REFINE, wording.REFINE_LABEL, "", f"{REFINE}{message.id}")
            await answer.form(modal)
            return
        pictures = pictures_of(message)
        if name == wording.MENU_START and pictures:
            token = f"{START}{interaction.id}"
            self._starts[token] = pictures[0]
            while len(self._starts) > MOST_FORMS:
                self._starts.popitem(last=False)
            await answer.form(render.modal(wording.MENU_START, wording.START_LABEL, "", token))
            return
        if not await self._acknowledged(answer):
            return
        async with self._care(answer):
            if not pictures:
                raise Refused(wording.NO_PICTURE)
            who = asked(interaction)
            for number, picture in enumerate(pictures):
                about = who.about | {"event_id": f"{who.event_id}-{number}"} if number else who.about
                await self._hand(interaction, answer, Describe(**about, picture=await upload(picture)))

    async def press(self, interaction: Interaction) -> None:
        """A button, or a choice in a menu of buttons."""
        token = inbound.token_of(interaction.data or {})
        answer = InteractionAnswer(interaction, self._posting)
        late = None
        if _opens_form(token):
            late = asyncio.create_task(answer.in_time(FORM_BY))
        elif not await self._acknowledged(answer):
            return
        try:
            async with self._care(answer):
                who = await self._where_it_stands(interaction, answer)
                await self._hand(interaction, answer, inbound.press(who, token))
        finally:
            if late:
                late.cancel()

    async def submit(self, interaction: Interaction) -> None:
        """A form that was sent in."""
        answer = InteractionAnswer(interaction, self._posting)
        if not await self._acknowledged(answer):
            return
        async with self._care(answer):
            data: dict[str, Any] = dict(interaction.data or {})
            token, text = str(data.get("custom_id", "")), inbound.text_of(data)
            who = await self._where_it_stands(interaction, answer)
            if token.startswith(REFINE):
                key = await self._key(token.removeprefix(REFINE))
                if not key:
                    raise Refused(wording.NOT_MINE)
                event: AnyEvent = inbound.message(who, text, self._me, reply_to=key, addressed=True)
            elif token.startswith(START):
                picture = self._starts.get(token)
                if picture is None:
                    raise Refused(wording.FORM_STALE)
                event = Imagine(**who.about, prompt=text, picture=await upload(picture))
            else:
                event = inbound.submit(who, token, text)
            await self._hand(interaction, answer, event)

    async def message(self, message: discord.Message) -> None:
        """Words in a thread of the bot's, in a direct message, or such that name the bot."""
        if message.author.bot or message.type not in (discord.MessageType.default, discord.MessageType.reply):
            return
        answers = str(message.reference.message_id) if message.reference and message.reference.message_id else ""
        addressed = any(user.id == self._me for user in message.mentions)
        mine = isinstance(message.channel, discord.Thread) and message.channel.owner_id == self._me
        if not (addressed or mine or message.guild is None):
            return
        if not message.content and not message.attachments:
            return  # without the intent, the words of what is not addressed are withheld
        answer = MessageAnswer(message)
        async with self._care(answer):
            who = asked_by_message(message)
            posted = await self._posting.posts.shown_by(inbound.PLATFORM, answers) if answers else None
            if not who.place.thread:
                where = Place.parse(posted.place) if posted else who.place
                if where.thread != where.channel or where.channel != who.place.channel:
                    raise Refused(wording.CHANNEL_MENTION)
                who = inbound.Asked(who.event_id, where, who.person)
            pictures = pictures_of(message)
            picture: Upload | None = await upload(pictures[0]) if pictures else None
            key = posted.key.removesuffix(CALL) if posted else ""
            event = inbound.message(
                who, message.content, self._me, picture=picture, reply_to=key, addressed=addressed or bool(posted)
            )
            channel = message.channel
            mine_there = (
                message.guild and isinstance(channel, discord.Thread) and channel.permissions_for(message.guild.me)
            )
            await self._relay(answer, event, mine_there or None, None)

    async def complete(self, interaction: Interaction, kind: type[Command], option: str, typed: str) -> list[str]:
        """What may stand in an option. Never raises: nothing is offered then."""
        del typed
        try:
            who = asked(interaction)
            match option:
                case "model":
                    return list(self._known.models())
                case "style":
                    return list(STYLES)
                case "aspect":
                    return list(ASPECTS)
                case "set":
                    return list(await self._known.sets(who.place, who.person))
            return list(await self._known.recent(who.place, who.person))
        except Exception:
            log.exception("/%s %s can't be completed", kind.__name__.lower(), option)
            return []

    async def close(self) -> None:
        """Let the acknowledgements that are on their way arrive, and leave everything else as it is."""
        await asyncio.gather(*self._arriving, return_exceptions=True)
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)

    async def _acknowledged(self, answer: InteractionAnswer) -> bool:
        """Acknowledge before anything else; what is on its way is not cut off by the end of the program."""
        arriving = asyncio.create_task(answer.acknowledge())
        self._arriving.add(arriving)
        arriving.add_done_callback(self._arriving.discard)
        return await asyncio.shield(arriving)

    @property
    def _me(self) -> int:
        user = self._posting.client.user
        return user.id if user else 0

    async def _key(self, message: str) -> str:
        posted = await self._posting.posts.shown_by(inbound.PLATFORM, message)
        return posted.key.removesuffix(CALL) if posted else ""

    async def _where_it_stands(self, interaction: Interaction, answer: InteractionAnswer) -> inbound.Asked:
        """Who pressed, and where: a channel can be a conversation of its own, which is known by the message."""
        who = asked(interaction)
        if interaction.message is None:
            return who
        posted = await self._posting.posts.shown_by(inbound.PLATFORM, str(interaction.message.id))
        if posted is None:
            return who
        answer.shows(posted.key)
        where = Place.parse(posted.place)
        stands = where.thread == where.channel == who.place.channel and not who.place.thread
        return inbound.Asked(who.event_id, where, who.person) if stands else who

    async def _hand(self, interaction: Interaction, answer: InteractionAnswer, event: AnyEvent) -> None:
        reported = getattr(interaction, "filesize_limit", None)
        await self._relay(answer, event, None if answer.away else interaction.app_permissions, reported)

    async def _relay(
        self, answer: Answer, event: AnyEvent, mine: discord.Permissions | None, limit: int | None
    ) -> None:
        if mine is not None and event.place.workspace.isdecimal() and isinstance(event, _SHOWS):
            thread, opens = bool(event.place.thread), opens_thread(event)
            if lacks := permissions.missing(mine, thread=thread, opens=opens):
                where = f"<#{event.place.thread or event.place.channel}>"
                await answer.whisper([render.words(wording.missing(lacks, where))])
                return
        told = wording.HELP_WITH_CONTENT if self._content else wording.HELP_WITHOUT_CONTENT
        stage = DiscordStage(self._posting, event.place, Asked(event, answer, limit, told))
        try:
            await relay(self._bot, event, stage)
        except discord.HTTPException as error:
            if error.status != 403 and error.code not in calls.GONE:
                raise
            log.warning("nothing came of %s: %s", event.event_id, error)
            await answer.whisper([render.words(lacking(self._posting.client, event.place.in_thread("")))])

    @asynccontextmanager
    async def _care(self, answer: Answer) -> AsyncIterator[None]:
        """Whatever happens, the person hears of it; only the end of the program is left to the next start."""
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            try:
                yield
            except Refused as refused:
                await answer.whisper([render.words(render.escape(str(refused)))])
            except Exception:
                log.exception("an event came to nothing")
                await answer.whisper([render.words(wording.FAILED)])
            if isinstance(answer, InteractionAnswer):
                await answer.finish()
        except (discord.HTTPException, *calls.Lost) as error:
            log.warning("somebody could not be answered: %s", error)
        finally:
            self._at_work.discard(task)


_SHOWS = Imagine | Party | Fork | Show | Top | Tree | Press | Submit
"""What is answered in public, with pictures."""


def asked(interaction: Interaction) -> inbound.Asked:
    """Who asked, and where."""
    channel = interaction.channel
    where = inbound.place(
        guild=interaction.guild_id,
        channel=interaction.channel_id or 0,
        parent=channel.parent_id if isinstance(channel, discord.Thread) else None,
        person=interaction.user.id,
        private=is_away(interaction),
    )
    return inbound.Asked(str(interaction.id), where, inbound.person(interaction.user, interaction.permissions))


def asked_by_message(message: discord.Message) -> inbound.Asked:
    """Who wrote, and where."""
    channel, author = message.channel, message.author
    where = inbound.place(
        guild=message.guild.id if message.guild else None,
        channel=channel.id,
        parent=channel.parent_id if isinstance(channel, discord.Thread) else None,
        person=author.id,
    )
    rights = author.guild_permissions if isinstance(author, discord.Member) else None
    return inbound.Asked(str(message.id), where, inbound.person(author, rights))


def _opens_form(token: str) -> bool:
    try:
        return isinstance(from_token(token), Edit)
    except UnknownToken:
        return False
