"""What a sentence comes to, given the turn that it answers."""

from dataclasses import dataclass, field
from typing import Literal

from bot.query import Query
from bot.refine.edits import Edit, Reading
from bot.remarks import Remark
from engine.jobs import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that understanding may look at. The versions of the thread are counted from 1."""

    query: Query
    """Of the turn that is answered."""
    card: Card
    """Of the model that draws it."""
    pictures: tuple[str, ...]
    """The ids of its pictures, in order; empty while it is being drawn."""
    before: tuple[Query, ...] = ()
    """The queries on the way to it, the first one first; the last one is what Undo goes back to."""
    versions: tuple[Query, ...] = ()
    """Every version of the thread by its number, this one and other branches included."""
    asked: tuple[Reading, ...] = ()
    """The readings that are open: a question was asked, and this may be the answer."""
    addressed: bool = False
    """It was said to the bot by name or as a reply: words that are understood in no way get a question, not silence."""
    random_seed: int


@dataclass(frozen=True, slots=True)
class AlreadySo:
    """A part of the sentence changes nothing, because it is so already."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A next query, to be drawn."""

    kind: Literal["draw", "vary", "upscale", "again"]
    query: Query
    edits: tuple[Edit, ...]
    parent: int | None = None
    """The number of the picture that was named; `query.start` is its id then."""
    remarks: tuple[Remark | AlreadySo, ...] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """To an earlier version, nothing is drawn: its number, or None for the one before (Undo)."""

    version: int | None
    query: Query


@dataclass(frozen=True, slots=True)
class Question:
    """It is not sure what was meant. Without readings it only says what is missing."""

    text: str
    readings: tuple[Reading, ...] = field(default=())
    unread: bool = False
    """Some of the words are not understood at all: a language model may know better."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Not for the bot."""


Outcome = Draw | Back | Question | Ignore
