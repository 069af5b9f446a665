"""Bodies of requests: JSON, or a form with files; and files as attachments."""

import json
import mimetypes
import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from aiohttp import BodyPartReader, web
from PIL import Image, UnidentifiedImageError

from tests.peers.discord.errors import FILE_TOO_LARGE, NOT_JSON, TOO_LARGE, Refusal, require
from tests.peers.discord.things import Attachment, Channel
from tests.peers.discord.world import World

Json = dict[str, Any]


@dataclass
class Body:
    """What a request carries."""

    payload: Json
    files: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    """By the number in ``files[n]``: name and content."""

    def inner(self, key: str) -> "Body":
        """The same files with a part of the payload."""
        part = self.payload.get(key) or {}
        require(isinstance(part, dict), key, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return Body(part, self.files)


async def read(request: web.Request, world: World, file_limit: int) -> Body:
    """Reads a body; the whole of it, so that a refusal reaches the client.

    Raises:
        Refusal: 40005 for the whole, 50045 for one file, 50109.
    """
    limit = max(world.rules.request_bytes, file_limit)
    if not request.content_type.startswith("multipart/"):
        raw = await request.read()
        _check(len(raw), limit)
        return Body(_json(raw))
    files: dict[int, tuple[str, bytes]] = {}
    payload: Json = {}
    size = 0
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        assert isinstance(part, BodyPartReader)
        data = bytes(await part.read())
        size += len(data)
        if part.name == "payload_json":
            payload = _json(data)
        elif number := re.fullmatch(r"files\[(\d+)\]", part.name or ""):
            files[int(number[1])] = (part.filename or "file", data)
    _check(size, limit)
    if any(len(data) > file_limit for _, data in files.values()):
        raise Refusal(FILE_TOO_LARGE)
    return Body(payload, files)


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise Refusal(TOO_LARGE)


def _json(raw: bytes) -> Json:
    if not raw:
        return {}
    try:
        return json.loads(raw)
    except ValueError:
        raise Refusal(NOT_JSON) from None


def attachment(
    world: World, channel: Channel, file: tuple[str, bytes], about: Json, *, ephemeral: bool = False
) -> Attachment:
    """A file as Discord keeps it: its type from its name, its size read from the picture."""
    name = re.sub(r"[^\w.\-]", "_", about.get("filename") or file[0]).strip("_") or "file"
    kind = mimetypes.guess_type(name)[0]
    folder = world.bot.id if ephemeral else channel.id
    size = picture_size(file[1]) if (kind or "").startswith("image/") else None
    made = Attachment(world.ids.next(), name, file[1], kind, size, about.get("description"), ephemeral, folder)
    world.files[made.id] = made
    return made


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height; None when it is no picture."""
    try:
        with Image.open(BytesIO(data)) as image:
            return image.size
    except (UnidentifiedImageError, OSError, ValueError):
        return None
