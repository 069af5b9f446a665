"""Pictures as files that Discord takes: re-encoded, and in the end drawn smaller, until they are under its limits."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

DEFAULT_FILE = 10 * 2**20
"""Bytes of one file where nothing else is said."""
REQUEST = 24 * 2**20
"""Bytes of all files of one message; Discord takes 25 MiB with everything around them."""
MOST_FILES = 10

_QUALITIES = (95, 85, 75)
_SMALLER = 0.75
_SMALLEST = 64

_SUFFIXES = ((b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"))


@dataclass(frozen=True, slots=True)
class File:
    """A picture that is ready to be sent."""

    name: str
    data: bytes = field(repr=False)
    alt: str = ""
    spoiler: bool = False
    lasting: bool = False
    """What has this name always has this content."""


def suffix(data: bytes) -> str:
    """The ending of a file's name by its first bytes; empty if it is no picture."""
    for magic, name in _SUFFIXES:
        if data.startswith(magic):
            return name
    return ".webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def fit(data: bytes, limit: int) -> bytes:
    """A picture in at most `limit` bytes: as it is, else as WebP, else smaller. Slow: keep it off the event loop."""
    if len(data) <= limit:
        return data
    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    while True:
        for quality in _QUALITIES:
            encoded = _webp(picture, quality)
            if len(encoded) <= limit:
                return encoded
        width, height = (max(1, round(side * _SMALLER)) for side in picture.size)
        if max(width, height) < _SMALLEST:
            return encoded
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)


async def fit_all(pictures: Sequence[bytes], limit: int) -> list[bytes]:
    """Pictures of one message, each in at most `limit` bytes and together within one request."""
    if sum(map(len, pictures)) > REQUEST:
        limit = min(limit, REQUEST // len(pictures))
    return [await asyncio.to_thread(fit, data, limit) if len(data) > limit else data for data in pictures]


def _webp(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality)
    return out.getvalue()
