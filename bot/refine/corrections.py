"""What is taken back in the same breath: `remove the hat. sorry, i meant the shoes`."""

from dataclasses import replace

from bot.refine import chatter, colours
from bot.refine.clauses import Clause, polite
from bot.refine.phrases import adjectives, is_adjective, without_article
from bot.refine.vocabulary import leading, phrases

_ARTICLES = frozenset({"a", "an", "the", "some"})


def settled(parts: tuple[Clause, ...]) -> tuple[Clause, ...] | Clause:
    """The clauses with what was corrected put right; the correction itself, if it is not plain what it corrects."""
    made: list[Clause] = []
    at = 0
    while at < len(parts):
        used, new = _correction(parts[at:]) if made else (0, None)
        if not used:
            made.append(parts[at])
            at += 1
            continue
        if new is None:
            return replace(parts[at], raw=sum((part.raw for part in parts[at : at + used]), ()))
        former = _with(made[-1], new)
        if former is None:
            return new
        made[-1] = former
        at += used
    return tuple(made)


def begins(part: Clause) -> bool:
    """It starts with words that take something back."""
    return any(leading(part.low, phrases("speech", "corrections", kind)) for kind in ("always", "maybe"))


def _correction(parts: tuple[Clause, ...]) -> tuple[int, Clause | None]:
    """How many clauses from the front are a correction (0: it is none), and what it says instead."""
    sure, perhaps = False, False
    for used, part in enumerate(parts, 1):
        rest = part
        while rest.raw:
            if length := leading(rest.low, phrases("speech", "corrections", "always")):
                sure = True
            elif length := leading(rest.low, phrases("speech", "corrections", "maybe")):
                perhaps = True
            else:
                break
            rest = rest.part(length)
        if rest.raw:
            if not sure and not (perhaps and (rest.low[0] in _ARTICLES or colours.is_colour(rest.text))):
                return 0, None
            return used, polite(rest)
        if not (sure or perhaps):
            break
    return (len(parts), None) if sure else (0, None)


def _with(former: Clause, new: Clause) -> Clause | None:
    """The former clause, which says the new name or colour in place of its own; None if that is not sure."""
    low = without_article(new.text).lower().split()
    plain = 0 < len(low) < 4 and not chatter.remark(tuple(low)) and not chatter.command(new)
    if not plain:
        return None
    before = polite(former)
    if colours.is_colour(new.text):
        length = next((n for n in (3, 2, 1) if n < len(before.raw) and colours.is_colour(" ".join(before.low[-n:]))), 0)
        return replace(before, raw=(*before.raw[:-length], *new.raw)) if length else None
    if adjectives(tuple(low)) == len(low) or is_adjective(low[-1], alone=True):
        return None
    for verb in ("add", "remove", "without"):
        length = leading(before.low, phrases("speech", "verbs", verb))
        if length and len(before.raw) - length < 4:
            return replace(before, raw=(*before.raw[:length], *new.raw))
    return None
