"""The pictures of a reply as files: fetched from the store, previews drawn, all under Discord's limits."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from adapters.discord import render
from adapters.discord.sizes import File, fit_all, suffix
from bot.replies import Chart, Picture, Preview, Reply, Whisper

Read = Callable[[str], Awaitable[bytes]]
"""The bytes of a file of the store, by its name."""
Encode = Callable[[Preview], bytes]
"""A preview as a small PNG, JPEG or WebP. Slow enough to be kept off the event loop."""


class Media:
    """Fetches and fits."""

    def __init__(self, read: Read, encode: Encode) -> None:
        self._read, self._encode = read, encode

    async def of(self, shown: Reply | Whisper, limit: int) -> list[File]:
        """The files of a reply, in the order in which it shows them: each in at most `limit` bytes.

        Raises:
            BotError: the store has lost one.
        """
        previews = shown.previews if isinstance(shown, Reply) else ()
        charts = shown.charts if isinstance(shown, Reply) else ()
        kept = await asyncio.gather(
            *(self._read(file) for file in [*(each.file for each in shown.pictures), *(each.file for each in charts)])
        )
        drawn = [await asyncio.to_thread(self._encode, each) for each in previews]
        at = len(shown.pictures)
        fitted = await fit_all([*kept[:at], *drawn, *kept[at:]], limit)
        return _named(shown.pictures, previews, charts, fitted)


def _named(
    pictures: Sequence[Picture], previews: Sequence[Preview], charts: Sequence[Chart], data: Sequence[bytes]
) -> list[File]:
    shown: list[Picture | Preview | Chart] = [*pictures, *previews, *charts]
    files = []
    for number, (each, encoded) in enumerate(zip(shown, data, strict=True), 1):
        ending = suffix(encoded) or ".png"
        if isinstance(each, Picture):
            files.append(File(render.file_name(each, ending), encoded, each.alt, each.spoiler, lasting=True))
        else:
            files.append(File(f"{number}{ending}", encoded, each.alt))
    return files
