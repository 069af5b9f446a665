"""Pictures that people bring: which of a message's files they are, and their bytes."""

import json
from dataclasses import astuple, dataclass
from typing import Self

import aiohttp
import discord

from bot import wording_discord as wording
from bot.events import Upload

MOST_BYTES = 25 * 2**20
MOST_PICTURES = 5
"""Of one message; an interaction takes no more answers where the app is with its user alone."""


class Refused(ValueError):
    """What was asked for can't be taken; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that lies at Discord. Its address is good for about a day."""

    name: str
    kind: str
    """As Discord says, such as image/png; empty if it says nothing."""
    size: int
    """Bytes."""
    url: str

    @classmethod
    def of(cls, attachment: discord.Attachment) -> Self:
        """A file of a message or of an option."""
        return cls(attachment.filename, attachment.content_type or "", attachment.size, attachment.url)

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` wrote."""
        return cls(*json.loads(text))

    def __str__(self) -> str:
        """One text."""
        return json.dumps(astuple(self))

    @property
    def is_picture(self) -> bool:
        """Whether it says that it is a picture that can be read."""
        if kind := self.kind.split(";")[0]:
            return kind in ("image/png", "image/jpeg", "image/webp", "image/gif")
        return self.name.lower().endswith((".png", ".jpg", ".jpeg", ".webp", ".gif"))


def pictures_of(message: discord.Message) -> list[Brought]:
    """The files of a message that are pictures."""
    files = [Brought.of(each) for each in message.attachments]
    return [each for each in files if each.is_picture][:MOST_PICTURES]


async def upload(client: discord.Client, brought: Brought) -> Upload:
    """A picture with its bytes.

    Raises:
        Refused: it is none, it is too large, or Discord does not give it.
    """
    if not brought.is_picture:
        raise Refused(wording.not_a_picture(brought.name))
    if brought.size > MOST_BYTES:
        raise Refused(wording.too_large(brought.name, MOST_BYTES))
    try:
        return Upload(brought.name, await client.http.get_from_cdn(brought.url))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise Refused(wording.STILL_THERE) from error
