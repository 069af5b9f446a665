"""Pictures that people bring, attached or linked: decoded in bounded memory, and kept when a turn begins with them."""

import asyncio
from datetime import UTC, datetime

from bot import wording
from bot.events import AnyEvent, Upload
from bot.ids import new_turn_id, picture_id
from bot.links import Links
from bot.memory.files import Files
from bot.memory.memory import Memory
from bot.memory.tables import Picture
from bot.visible import shelter
from engine.jobs import Pixels
from engine.pixels import decode, encode_png


class Brought:
    """Looks at what was brought, and keeps it."""

    def __init__(self, memory: Memory, files: Files, links: Links) -> None:
        self._memory, self._files, self._links = memory, files, links

    async def look(self, upload: Upload | None, links: tuple[str, ...]) -> Pixels | None:
        """The picture that was attached, else the one that is linked; None if there is neither.

        Raises:
            BotError, EngineError: it can't be fetched, or it is no picture.
        """
        data = upload.data if upload else await self._links.fetch(links) if links else None
        return None if data is None else await asyncio.to_thread(decode, data)

    async def keep(self, event: AnyEvent, pixels: Pixels, private: bool) -> str:
        """Keep a picture, and return its id."""
        id = picture_id(new_turn_id(), 1)
        file = await self._files.put(await asyncio.to_thread(encode_png, pixels))
        height, width = pixels.shape[:2]
        await self._memory.add_upload(
            Picture(
                id=id,
                turn_id=None,
                index=1,
                file=file,
                seed=0,
                width=width,
                height=height,
                alt=wording.alt_upload(event.person.name),
                workspace=event.place.workspace,
                owner_id=event.person.id,
                private=private,
                sheltered=shelter(event),
                mature=event.mature,
                uploaded=True,
                created_at=datetime.now(UTC),
            )
        )
        return id


def shape(pixels: Pixels) -> tuple[int, int]:
    """The shape of a picture that was brought, within 1:4 to 4:1, as width to height."""
    height, width = pixels.shape[:2]
    return min(width, 4 * height), min(height, 4 * width)
