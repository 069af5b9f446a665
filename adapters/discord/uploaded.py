"""Files that a message has already, so that an edit does not send them again."""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import discord

from adapters.discord import calls
from adapters.discord.render import Page

MOST = 2_000
"""Messages whose files are known without a question to Discord."""


class Uploaded:
    """Which files hang on the bot's messages."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, tuple[discord.Attachment, ...]] = OrderedDict()

    def note(self, message: discord.Message) -> None:
        """This is how Discord has it now."""
        self._known[message.id] = tuple(message.attachments)
        self._known.move_to_end(message.id)
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    async def kept(self, message: discord.PartialMessage, page: Page) -> dict[str, discord.Attachment]:
        """Those files of a page that the message has, by what they are called there."""
        if not any(file.lasting for file in page.files):
            return {}
        if message.id not in self._known:
            with suppress(discord.HTTPException, *calls.Lost):
                self.note(await message.fetch())
        return self.has(message.id, page)

    def has(self, message: int, page: Page) -> dict[str, discord.Attachment]:
        """The same of what is known already, for messages that can't be read."""
        there = {(each.filename, each.size): each for each in self._known.get(message, ())}
        found = {file.name: there.get((file.name, len(file.data))) for file in page.files if file.lasting}
        return {name: each for name, each in found.items() if each}


def attachments(page: Page, kept: dict[str, discord.Attachment], new: Sequence[discord.File]) -> dict[str, Any]:
    """The argument of an edit: what stays, and what comes; everything else goes."""
    made = {file.filename: file for file in new}
    return {"attachments": [kept.get(file.name) or made[file.name] for file in page.files]}
