"""Clauses that point at a picture: pick it, vary it, make it larger."""

from collections.abc import Callable

from bot import wording_refine
from bot.refine.clauses import Clause
from bot.refine.context import Context, Found
from bot.refine.edits import Edit, Pick, Upscale, Vary
from bot.refine.nouns import number
from bot.refine.steps import Option, Unsure
from bot.refine.vocabulary import leading, phrases, table

Rest = Callable[[Clause], Found]
"""Reads what is said of the picture."""


def reference(low: tuple[str, ...], count: int, bare: bool = True) -> tuple[int, int]:
    """The picture that the words at the front point at, and how many words do; 0 words if none does.

    `bare`: a number alone counts.
    """
    at = 1 if low[:1] == ("the",) and len(low) > 1 else 0
    rest = low[at:]
    if not rest:
        return 0, 0
    if rest[0].startswith("#") and rest[0][1:].isdecimal() and len(rest[0]) < 8:
        return int(rest[0][1:]), at + 1
    if rest[0] == "#" and len(rest) > 1 and rest[1].isdecimal():
        return int(rest[1]), at + 2
    if length := leading(rest, phrases("pick", "words", "number")):
        said = rest[length : length + 1]
        if said and (value := number(said[0].removeprefix("#"))) is not None:
            return value, at + length + 1
    for name in ("ordinals", "grid", "pair"):
        places = table("pick")[name]
        length = leading(rest, frozenset(tuple(key.split()) for key in places))
        if not length or (name == "grid" and count != 4) or (name == "pair" and count != 2):
            continue
        value = places[" ".join(rest[:length])]
        noun = rest[length : length + 1]
        named = bool(noun) and (noun in phrases("pick", "words", "nouns"))
        if name == "pair" and not (named or length == len(rest)):
            continue
        return (value if value > 0 else count + 1 + value), at + length + named
    if bare and rest[0].isdecimal() and len(rest[0]) < 7 and not at:
        return int(rest[0]), 1
    return 0, 0


def read(clause: Clause, context: Context, rest_of: Rest) -> Found:
    """Pick, Vary or Upscale, with what else is said of the picture."""
    return _special(clause, context) or _pick(clause, context, rest_of) or _inside(clause, context, rest_of)


def _special(clause: Clause, context: Context) -> Found:
    count = len(context.situation.pictures)
    low = clause.low
    if len(low) == 1 and len(low[0]) == 2 and low[0][0] in "uv" and low[0][1].isdecimal():
        return [Upscale(int(low[0][1]))] if low[0][0] == "u" else [Vary(int(low[0][1]), "subtle")]
    if length := leading(low, phrases("commands", "upscale")):
        target = _target(low[length:], count)
        return None if target is False else [Upscale(target)]
    for how, known in (("strong", phrases("commands", "strong")), ("subtle", phrases("commands", "subtle"))):
        for at in range(len(low)):
            if size := leading(low[at:], known):
                left = low[:at] + low[at + size :]
                left = left[1:] if left[:1] in (("a",), ("an",), ("some",)) else left
                found = _vary(left, count, "strong" if how == "strong" else "subtle")
                if found:
                    return found
    return _vary(low, count, "subtle")


def _vary(low: tuple[str, ...], count: int, how: str) -> Found:
    length = leading(low, phrases("commands", "vary"))
    if not length or low[:1] == ("v",):
        return None
    target = _target(low[length:], count)
    if target is False:
        return None
    return [Vary(target, "strong" if how == "strong" else "subtle")]


def _target(low: tuple[str, ...], count: int) -> int | bool | None:
    """The picture that is named; None for the current one; False if the words are something else."""
    low = low[1:] if low[:1] in (("of",), ("on",)) else low
    if not low or low in phrases("speech", "pronouns", "it") or low in phrases("speech", "pronouns", "picture"):
        return None
    value, length = reference(low, count)
    return value if length == len(low) else False


def _pick(clause: Clause, context: Context, rest_of: Rest) -> Found:
    count = len(context.situation.pictures)
    low = clause.low
    liked = leading(low, phrases("pick", "words", "like"))
    for skip in dict.fromkeys((liked, 0)):
        value, length = reference(low[skip:], count)
        if not length:
            continue
        pick: Edit = Pick(value)
        rest = clause.part(skip + length)
        praise = leading(rest.low, phrases("pick", "words", "good"))
        rest = rest.part(praise)
        if not rest.raw:
            return [pick]
        bare = low[skip].isdecimal()
        joined = leading(rest.low, phrases("pick", "words", "but"))
        if bare and not joined:
            return None
        more = rest_of(rest)
        if more is None and rest.low[0] in ("but", "and", "only", "just"):
            rest = rest.part(1)
            more = rest_of(rest)
        return _with(pick, more, rest)
    return None


def _with(pick: Edit, more: Found, rest: Clause) -> Found:
    if more is None:
        return Unsure(
            wording_refine.not_understood(rest.text, rest=True),
            (Option(wording_refine.ONLY_THE_REST, (pick,)),),
            unread=True,
        )
    if isinstance(more, Unsure):
        return Unsure(more.text, tuple(Option(o.label, (pick, *o.edits)) for o in more.options), more.unread)
    return [pick, *more]


_TO = frozenset({"to", "in", "on", "of", "for", "from", "with"})


def _inside(clause: Clause, context: Context, rest_of: Rest) -> Found:
    """`make #2 blue`, `add a hat to #2`, `darker, like the third one`."""
    count = len(context.situation.pictures)
    low = clause.low
    for at in range(1, len(low)):
        value, length = reference(low[at:], count, bare=False)
        sharp = low[at].startswith("#") or low[at] in ("picture", "image", "number")
        end = at + length == len(low)
        if not length or not (sharp or (end and low[at - 1] in _TO | {"like"})):
            continue
        before, after = clause.part(0, at), clause.part(at + length)
        drop = 1 if before.low[-1] in _TO | {"like"} else 0
        middle = () if drop or not after.raw else ("it",)
        whole = Clause((*before.raw[: len(before.raw) - drop], *middle, *after.raw), clause.joint)
        more = rest_of(whole)
        return None if more is None else _with(Pick(value), more, whole)
    return None
