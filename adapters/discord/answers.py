"""What a person alone sees: the answer to their interaction, while it can be answered, and to their message."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

import discord
from discord import ui

from adapters.discord import calls, render
from adapters.discord.calls import nonce, persist
from adapters.discord.posting import Posting, file_of, files_of
from adapters.discord.render import Page
from adapters.discord.uploaded import attachments
from bot import wording_discord as wording

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]


class Answer(Protocol):
    """The way back to the person of an event."""

    away: bool
    """The bot has no voice of its own there: everything goes out as an answer to the interaction."""

    async def whisper(self, pages: Sequence[Page]) -> None:
        """Words for the person."""
        ...

    async def form(self, modal: ui.Modal) -> None:
        """A form for the person."""
        ...

    async def post(self, key: str, pages: Sequence[Page], *, final: bool) -> list[str]:
        """A reply where the bot is away; over the one of the same key. Gives the ids of its messages."""
        ...

    async def settle(self) -> None:
        """Something is out that all see: there is nothing more to wait for."""
        ...


class InteractionAnswer:
    """The answer to a command, a button or a form."""

    def __init__(self, interaction: Interaction, posting: Posting) -> None:
        self._interaction, self._posting = interaction, posting
        self.away = is_away(interaction)
        self._acknowledged = self._thinking = False
        self._person, self._said = str(interaction.user.id), 0
        self._over = False
        """Discord takes no more answers to it."""
        self._at_once = asyncio.Lock()
        self._posted: dict[str, list[int]] = {}
        """Messages by key, where the bot is away."""
        self._original = interaction.message.id if interaction.message else 0
        """The message of the first answer, once it is known."""

    async def acknowledge(self) -> bool:
        """Say that it has arrived. False if it is too late, and nothing may come of it.

        Nothing is awaited before the call itself: there are three seconds in all.
        """
        interaction = self._interaction
        thinking = interaction.message is None
        try:
            if thinking:
                await persist(lambda: interaction.response.defer(ephemeral=not self.away, thinking=True))
            else:
                await persist(interaction.response.defer)
        except discord.InteractionResponded:
            pass
        except discord.HTTPException as error:
            if error.code != calls.ALREADY_ACKNOWLEDGED:  # Discord has our first try, and only its answer was lost
                log.warning("interaction %s came to nothing: %s", interaction.id, error)
                return False
        except calls.Lost as error:
            log.warning("interaction %s came to nothing: %s", interaction.id, error)
            return False
        self._acknowledged, self._thinking = True, thinking
        return True

    async def in_time(self, seconds: float) -> None:
        """Acknowledge after a while, unless something else has by then."""
        await asyncio.sleep(seconds)
        async with self._at_once:
            if not self._acknowledged:
                await self.acknowledge()

    async def whisper(self, pages: Sequence[Page]) -> None:
        """Words for the person; as a direct message when the interaction can't be answered any more."""
        for page in pages:
            self._said += 1
            try:
                if not self._over:
                    await self._whisper(page)
            except discord.HTTPException as error:
                if not calls.answers_over(error):
                    raise
                self._over = True
            if self._over:
                await self._posting.direct(self._person, page, f"{self._interaction.id} {self._said}")

    async def form(self, modal: ui.Modal) -> None:
        """A form; it can only be the first answer."""
        async with self._at_once:
            late = self._acknowledged
            if not late:
                try:
                    await persist(lambda: self._interaction.response.send_modal(modal))
                except discord.HTTPException as error:
                    if error.code != calls.ALREADY_ACKNOWLEDGED:
                        log.warning("a form came to nothing: %s", error)
                self._acknowledged = True
        if late:
            await self.whisper([render.words(wording.FORM_LATE)])

    async def post(self, key: str, pages: Sequence[Page], *, final: bool) -> list[str]:
        """A reply through the interaction's own webhook; once that is over, an end goes to the person directly."""
        await self._ensure()
        ids = self._posted.setdefault(key, [])
        try:
            for at, page in enumerate(pages if not self._over else ()):
                if at < len(ids):
                    await self._edit(ids[at], page)
                else:
                    ids.append(await self._add(page))
        except discord.HTTPException as error:
            if not calls.answers_over(error):
                raise
            log.info("%s can't be shown where the bot is not", key)
            self._over = True
        if self._over and final:
            await self._posting.bring(self._person, key, pages)
        return [str(id) for id in ids]

    def shows(self, key: str) -> None:
        """The message whose button was pressed shows this reply: the next one of this key goes over it."""
        if message := self._interaction.message:
            self._posted.setdefault(key, [message.id])
            self._posting.uploaded.note(message)

    async def settle(self) -> None:
        """Take the "is thinking" away."""
        await self._ensure()
        if self._thinking and not self.away:
            self._thinking = False
            with suppress(discord.HTTPException, *calls.Lost):
                await persist(self._interaction.delete_original_response)

    async def finish(self) -> None:
        """The end: nothing stays that waits for an answer."""
        await self._ensure()
        if self._thinking:
            self._thinking = False
            with suppress(discord.HTTPException, *calls.Lost):
                await persist(self._interaction.delete_original_response)

    async def _ensure(self) -> None:
        async with self._at_once:
            if not self._acknowledged:
                await self.acknowledge()

    async def _whisper(self, page: Page) -> None:
        await self._ensure()
        if self._thinking and not self.away:
            self._thinking = False
            await self._edit(0, page)
            return
        if self._thinking:
            self._thinking = False  # it would be seen by all: it goes, and the words come after it
            await persist(self._interaction.delete_original_response)
        await persist(
            lambda: self._interaction.followup.send(
                view=page.view(), ephemeral=True, allowed_mentions=render.NO_MENTIONS, **files_of(page, "files")
            )
        )

    async def _add(self, page: Page) -> int:
        if self._thinking:
            self._thinking = False
            return await self._edit(0, page)
        sent = await persist(
            lambda: self._interaction.followup.send(
                view=page.view(), wait=True, allowed_mentions=render.NO_MENTIONS, **files_of(page, "files")
            )
        )
        self._posting.uploaded.note(sent)
        return sent.id

    async def _edit(self, id: int, page: Page) -> int:
        kept = self._posting.uploaded.has(id, page)

        async def edit() -> int:
            more = attachments(page, kept, [file_of(each) for each in page.files if each.name not in kept])
            if id and id != self._original:
                hook = self._interaction.followup
                shown: discord.Message = await hook.edit_message(
                    id, view=page.view(), allowed_mentions=render.NO_MENTIONS, **more
                )
            else:
                shown = await self._interaction.edit_original_response(
                    view=page.view(), allowed_mentions=render.NO_MENTIONS, **more
                )
                self._original = shown.id
            self._posting.uploaded.note(shown)
            return shown.id

        return await persist(edit)


class MessageAnswer:
    """The answer to a message: there are no whispers, so it stands below the message and calls nobody."""

    away = False

    def __init__(self, message: discord.Message) -> None:
        self._message = message
        self._said = 0

    async def whisper(self, pages: Sequence[Page]) -> None:
        """Words in answer to the message."""
        for page in pages:
            self._said += 1
            once = nonce(self._message.id, self._said)
            await persist(
                lambda page=page, once=once: self._message.channel.send(  # type: ignore[misc]
                    view=page.view(),
                    nonce=once,
                    reference=self._message.to_reference(fail_if_not_exists=False),
                    allowed_mentions=render.NO_MENTIONS,
                    **files_of(page, "files"),
                )
            )

    async def form(self, modal: ui.Modal) -> None:
        """Messages are not answered with forms."""

    async def post(self, key: str, pages: Sequence[Page], *, final: bool) -> list[str]:
        """The bot is never away where it reads messages."""
        del key, pages, final
        return []

    async def settle(self) -> None:
        """Nothing waits."""


class LateAnswer:
    """The answer to what arrived before a crash: whispers go out as direct messages, for the interaction's token was
    not kept."""

    away = False

    def __init__(self, posting: Posting, person: str, event_id: str) -> None:
        self._posting, self._person, self._event_id = posting, person, event_id
        self._said = 0

    async def whisper(self, pages: Sequence[Page]) -> None:
        """Words to the person alone."""
        for page in pages:
            self._said += 1
            await self._posting.direct(self._person, page, f"{self._event_id} {self._said}")

    async def form(self, modal: ui.Modal) -> None:
        """It is too late for a form."""

    async def post(self, key: str, pages: Sequence[Page], *, final: bool) -> list[str]:
        """Where the bot is away there is no way back."""
        del key, pages, final
        return []

    async def settle(self) -> None:
        """Nothing waits."""


def is_away(interaction: Interaction) -> bool:
    """Whether the app is there with its user alone, and the bot is not."""
    if interaction.guild_id is not None:
        return not interaction.is_guild_integration()
    return interaction.context.private_channel
