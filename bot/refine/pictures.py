"""Starting from one of the pictures: pick, vary and upscale."""

from dataclasses import replace
from math import ceil

from bot import wording_refine
from bot.query import Query
from bot.refine.edits import Edit, Pick, Upscale, Vary
from bot.refine.outcome import Situation
from bot.refine.steps import Option, Unsure
from bot.resolve import STRENGTH
from engine.jobs import Card

VARY_STRENGTH = {"subtle": 0.35, "strong": 0.7}
"""How far relatives go from their picture."""
UPSCALE_STRENGTH = 0.3
LARGEST = 2
"""Times the card's own area: what is larger already is not doubled again."""


def missing(edit: Pick | Vary | Upscale, situation: Situation) -> Unsure | None:
    """Why the picture cannot be had, if it cannot."""
    count = len(situation.pictures)
    if edit.number is None:
        if isinstance(edit, Upscale) and count != 1:
            return _ask_which(situation, wording_refine.which_picture(count), edit) if count else _not_yet()
        return None
    if not count:
        return _not_yet()
    if not 1 <= edit.number <= count:
        return _ask_which(situation, wording_refine.no_such_picture(edit.number, count), edit)
    return None


def _not_yet() -> Unsure:
    return Unsure(wording_refine.NOT_DRAWN_YET)


def _ask_which(situation: Situation, text: str, edit: Pick | Vary | Upscale) -> Unsure:
    numbers = range(1, len(situation.pictures) + 1)
    return Unsure(text, tuple(Option(wording_refine.number(n), (_with(edit, n),)) for n in numbers))


def _with(edit: Pick | Vary | Upscale, number: int) -> Edit:
    match edit:
        case Pick():
            return Pick(number)
        case Vary():
            return Vary(number, edit.how)
        case Upscale():
            return Upscale(number)


def start(query: Query, number: int | None, situation: Situation, strength: float) -> tuple[Query, int | None]:
    """The query from that picture on; from the only one, or the one that it started from, if no number was said."""
    if number is None and len(situation.pictures) == 1:
        number = 1
    if number is None:
        return (replace(query, strength=strength) if query.start else query), None
    return replace(query, start=situation.pictures[number - 1], strength=strength), number


def larger(query: Query, card: Card) -> Query | None:
    """Twice as wide and high, of one picture; None if it is large already."""
    if query.width * query.height > LARGEST * card.width * card.height:
        return None
    unit = card.multiple
    width, height = (max(unit, round(2 * side / unit) * unit) for side in (query.width, query.height))
    # A model that has learnt one size begins to draw the thing anew within itself: it has one step to smooth with.
    strength = ceil(100 / query.steps) / 100 if card.one_shape else UPSCALE_STRENGTH
    return replace(query, width=width, height=height, count=1, strength=strength)


__all__ = ["STRENGTH", "VARY_STRENGTH", "larger", "missing", "start"]
