"""Clauses about what was before: undo, versions, once more, the seed."""

from bot.refine.clauses import Clause
from bot.refine.context import Found
from bot.refine.edits import Again, GoTo, KeepSeed, Undo
from bot.refine.nouns import number
from bot.refine.vocabulary import leading, phrases, table

_SPANS = {"two": 2, "three": 3}


def read(clause: Clause) -> Found:
    """Undo, GoTo, Again or KeepSeed, if the whole clause is one."""
    low = clause.low
    low = low[1:] if low[0] in ("no", "nah", "nope") and low[1:] in phrases("commands", "undo") else low
    if low in phrases("commands", "undo"):
        return [Undo()]
    if low in phrases("commands", "first"):
        return [GoTo(1)]
    if low in phrases("commands", "again"):
        return [Again()]
    if low in phrases("commands", "keep_seed"):
        return [KeepSeed()]
    if low in phrases("commands", "same"):
        return []
    if (at := leading(low, phrases("commands", "version"))) and (version := _whole(low[at:], low[:at])) is not None:
        return [GoTo(version)]
    return _ordinal(low)


def _whole(rest: tuple[str, ...], before: tuple[str, ...]) -> int | None:
    rest = rest[:-2] if rest[-2:] in (("was", "better"), ("is", "better")) else rest
    if before[-1] == "v" and len(before) == 1:
        return None
    return number(" ".join(rest).removeprefix("#"))


def _ordinal(low: tuple[str, ...]) -> Found:
    """`back to the second version`."""
    if len(low) < 3 or low[-1] != "version" or not {"back", "return", "revert"} & set(low[:2]):
        return None
    value = table("pick")["ordinals"].get(low[-2], 0)
    return [GoTo(value)] if value > 0 else None
