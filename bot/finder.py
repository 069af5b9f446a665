"""What somebody means by an id, an address, a file or a link: a query, and the pictures of it that they may see."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from bot import address, command_text, resolve
from bot.errors import BadAddress, NotFound, OutOfRange
from bot.events import Show
from bot.ids import read_id
from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.models import Models
from bot.query import Query
from bot.shapes import MOST
from bot.visible import may_see
from engine.jobs import Card

LARGEST = 4
"""So many times the model's own area is the most that is drawn from an address."""
FIGURES = 12
"""Fewer are no address, but a number."""

_FILE = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Found:
    """A query, and what there is of it here."""

    query: Query
    """Of one picture its own, with a count of 1."""
    turn: Turn | None = None
    """None: nobody here has drawn it, or not for the asker to see."""
    pictures: tuple[Picture, ...] = ()


class Finder:
    """Looks for what a /show means."""

    def __init__(self, models: Models, memory: Memory) -> None:
        self._models, self._memory = models, memory

    async def find(self, event: Show) -> Found:
        """What the event means. A query that only an address knows could have been typed here, too.

        Raises:
            NotFound: there is nothing of that id that the asker may see; or the start picture is not theirs to see.
            BadAddress: it looks like an address, and there is a slip in it, or it stands for what nobody can ask for.
            BadInput, ModelNotFound: the address stands for what is not drawn here.
        """
        slip: BadAddress | None = None
        for name in _names(event.id):
            if found := await self._file(event, name) or await self._id(event, name):
                return found
            try:
                query = await asyncio.to_thread(address.read, name)
            except BadAddress as error:
                if not name.isdecimal() or (len(name) >= FIGURES and name == event.id.strip()):
                    slip = error
                continue
            if query:
                return await self._drawn(event, query) or await self._undrawn(event, query)
        raise slip or NotFound(event.id)

    async def _file(self, event: Show, name: str) -> Found | None:
        if not _FILE.fullmatch(name):
            return None
        for picture in await self._memory.finding.by_file(event.place.workspace, name):
            if picture.turn_id and (found := await self._of(event, picture.turn_id, picture.index)):
                return found
        return None

    async def _id(self, event: Show, name: str) -> Found | None:
        turn_id, index = read_id(name)
        return await self._of(event, turn_id, index)

    async def _of(self, event: Show, turn_id: str, index: int | None) -> Found | None:
        """A set, or its picture of that number, if the asker may see it."""
        turn = await self._memory.turn(turn_id)
        if turn is None or turn.state != "done" or not may_see(turn, event):
            return None
        pictures = [one for one in await self._memory.pictures(turn.id) if index in (None, one.index)]
        pictures = [one for one in pictures if may_see(one, event)]
        if not pictures:
            return None
        query = Query.from_canonical(turn.query)
        return Found(query.picture(index - 1) if index else query, turn, tuple(pictures))

    async def _drawn(self, event: Show, query: Query) -> Found | None:
        """The oldest turn of a query, else the oldest set that holds its picture."""
        pairs = await self._memory.finding.by_query(event.place.workspace, query)
        for turn, picture in sorted(pairs, key=lambda pair: pair[1] is not None):
            if found := await self._of(event, turn.id, picture.index if picture else None):
                return replace(found, query=query)
        return None

    async def _undrawn(self, event: Show, query: Query) -> Found:
        """A query from its address alone, if somebody here could have typed it.

        An address can say what no flag lets through, such as a million steps; and it must open no model and no
        picture that words could not.
        """
        card = await self._models.asked(query.model)
        if query.start:
            start = await self._memory.picture(query.start)
            if start is None or start.deleted or not may_see(start, event):
                raise NotFound(query.start)
        _check(query, card, event.id)
        return Found(query)


def _check(query: Query, card: Card, written: str) -> None:
    """Let a query pass that words could have led to; a size may be that of a start picture, or of a larger drawing."""
    width, height = query.width, query.height
    if not (0 < width <= MOST * height and height <= MOST * width):
        raise OutOfRange("--ar", f"{width}:{height}", f"1:{MOST}", f"{MOST}:1")
    if width * height > LARGEST * card.width * card.height:
        raise OutOfRange("the size", f"{width}x{height}", "1x1", f"{LARGEST * card.width * card.height} pixels")
    typed = resolve.to_text(query, card)
    asks = command_text.parse(typed, allow_empty=bool(query.start))
    meant = [resolve.to_query(ask, card, random_seed=query.seed, start=query.start)[0] for ask in asks]
    if [replace(one, width=width, height=height) for one in meant] != [query]:
        raise BadAddress(written)


def _names(written: str) -> Iterator[str]:
    """What the text could be, and, of a link, what its parts could be, the most telling first."""
    text = written.strip().removeprefix("<").removesuffix(">").partition("|")[0].strip()
    if "://" not in text:
        yield text.removeprefix("#").strip()
        return
    try:
        link = urlsplit(text)
    except ValueError:  # brackets that hold no address of a host
        return
    values = [value for _, value in parse_qsl(link.query)]
    for part in (
        *reversed(re.split("[/?&=]", link.fragment)),
        *values,
        link.query,
        link.path.rstrip("/").split("/")[-1],
    ):
        name = unquote(part)
        if name:
            yield name
        if "." in name:  # a picture that a platform keeps under its id
            yield name.rpartition(".")[0]
