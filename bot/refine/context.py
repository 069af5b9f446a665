"""What reading a clause may look at, and what it may find."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.query import Query
from bot.refine.edits import Edit
from bot.refine.outcome import Situation
from bot.refine.steps import Unsure

Found = Sequence[Edit] | Unsure | None
"""The edits of a clause; doubt; or None if it is not of this family."""


@dataclass(frozen=True, slots=True)
class Context:
    """The query as the clauses before have left it, and the turn that is answered."""

    query: Query
    situation: Situation
