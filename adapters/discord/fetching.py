"""Pictures that people bring: which of a message's files they are, and their bytes."""

import aiohttp
import discord

from adapters.discord import inbound
from bot import wording_discord as wording
from bot.events import Upload

MOST_BYTES = 25 * 2**20
MOST_PICTURES = 5
"""Of one message; an interaction takes no more answers where the app is with its user alone."""


class Refused(ValueError):
    """What was asked for can't be taken; the message is for the person."""


def pictures_of(message: discord.Message) -> list[discord.Attachment]:
    """The files of a message that are pictures."""
    return [each for each in message.attachments if inbound.is_picture(each)][:MOST_PICTURES]


async def upload(attachment: discord.Attachment) -> Upload:
    """A picture with its bytes.

    Raises:
        Refused: it is none, it is too large, or Discord does not give it.
    """
    if not inbound.is_picture(attachment):
        raise Refused(wording.not_a_picture(attachment.filename))
    if attachment.size > MOST_BYTES:
        raise Refused(wording.too_large(attachment.filename, MOST_BYTES))
    try:
        return Upload(attachment.filename, await attachment.read())
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise Refused(wording.STILL_THERE) from error
