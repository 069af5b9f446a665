"""What one edit comes to: a changed query, or doubt."""

from dataclasses import dataclass

from bot.query import Query
from bot.refine.edits import Edit
from bot.refine.outcome import AlreadySo
from bot.remarks import Remark


@dataclass(frozen=True, slots=True)
class Changed:
    """The next query, and the edit as it was understood: `it` has become a name."""

    query: Query
    edit: Edit
    remarks: tuple[Remark | AlreadySo, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One reading of the part that is in doubt."""

    label: str
    edits: tuple[Edit, ...]
    """In place of the one that was in doubt; none: leave it out."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A part of the sentence could mean several things, or nothing here."""

    text: str
    options: tuple[Option, ...] = ()
    unread: bool = False


Step = Changed | Unsure
