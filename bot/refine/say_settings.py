"""Clauses about settings, in plain words: `16:9`, `30 steps`, `wider`, `just one`."""

import re

from bot import shapes, wording_refine
from bot.flag_kinds import Number, Whole
from bot.flags import BY_NAME
from bot.prompt_weights import plain
from bot.refine.clauses import Clause
from bot.refine.context import Context, Found
from bot.refine.edits import Add, Set, Unset
from bot.refine.nouns import number
from bot.refine.prompt import words
from bot.refine.steps import Option, Unsure
from bot.refine.vocabulary import leading, phrases, table, trailing

_RATIO = re.compile(r"(\d{1,5})\s*(?:[:/x×]|by|to)\s*(\d{1,5})")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def read(clause: Clause, context: Context) -> Found:
    """Set or Unset, if the whole clause is about a setting."""
    for rest in _bare(clause):
        found = _exact(rest, clause, context) or _named(rest) or _count(rest, clause)
        if found is not None:
            return found
    return None


def _bare(clause: Clause) -> list[tuple[str, ...]]:
    """The clause, and what is left of it behind `set the`, `in a`, `make it`."""
    made = [clause.low]
    while length := leading(made[-1], phrases("speech", "verbs", "set")):
        made.append(made[-1][length:])
        if not made[-1]:
            return made[:-1]
        if made[-1][0] in ("the", "it") and len(made[-1]) > 1:
            made.append(made[-1][1:])
    return made


def _exact(low: tuple[str, ...], clause: Clause, context: Context) -> Found:
    data = table("settings")
    text = " ".join(low)
    if text in data["switch"]:
        return [Set(f"--{data['switch'][text]}")]
    if text in data["unset"]:
        return [Unset(f"--{data['unset'][text]}")]
    if low in phrases("settings", "shape", "wider"):
        return _ladder(context, 1)
    if low in phrases("settings", "shape", "taller"):
        return _ladder(context, -1)
    for name, factor in (("closer", 1.25), ("freer", 0.8)):
        if low in phrases("settings", "guidance", name):
            guidance = round(context.query.guidance_scale * factor * 2) / 2
            return [Set(f"--cfg {plain(min(30.0, guidance))}")]
    for name, factor in (("more", 1.5), ("fewer", 2 / 3)):
        if low in phrases("settings", "steps", name):
            return [Set(f"--steps {max(1, min(150, round(context.query.steps * factor)))}")]
    if ratio := _RATIO.fullmatch(_trimmed(text)):
        return [Set(f"--ar {ratio[1]}:{ratio[2]}")]
    return _shape(low, clause, context)


def _trimmed(text: str) -> str:
    for word in ("aspect ratio", "aspect", "ratio", "format", "shape", "picture", "image", "please"):
        text = text.removesuffix(f" {word}")
    return text


def _shape(low: tuple[str, ...], clause: Clause, context: Context) -> Found:
    data = table("settings")["shape"]
    around = trailing(low, phrases("settings", "shape", "words"))
    name = " ".join(low[:-around] if around else low)
    if name not in data or name in ("words", "wider", "taller"):
        return None
    flag = Set(f"--ar {data[name]}")
    said = {word.low for word in words(context.query.prompt)}
    bare = not around and (len(clause.raw) == 1 or clause.low[0] in ("a", "the", "as"))
    if (name == "portrait" and bare and "portrait" in said) or (not around and clause.low[0] in ("a", "the", "as")):
        word = Option(wording_refine.THE_WORD, (Add(clause.text),))
        return Unsure(wording_refine.shape_or_word(name), (Option(wording_refine.THE_SHAPE, (flag,)), word))
    return [flag]


def _ladder(context: Context, direction: int) -> Found:
    """The next shape of the ladder, in the one direction or the other."""
    query, card = context.query, context.situation.card
    name = shapes.name(query.width, query.height, card)
    across, down = (int(side) for side in name.split(":"))
    ladder = [tuple(int(side) for side in step.split(":")) for step in table("settings")["ladder"]]
    beyond = [step for step in ladder if (step[0] * down - across * step[1]) * direction > 0]
    if not beyond:
        return Unsure(wording_refine.WIDEST if direction > 0 else wording_refine.TALLEST)
    wide, high = beyond[0] if direction > 0 else beyond[-1]
    return [Set(f"--ar {wide}:{high}")]


def _named(low: tuple[str, ...]) -> Found:
    """A setting by its name with a value before or behind it."""
    names = table("settings")["named"]
    for length in range(min(3, len(low)), 0, -1):
        before, behind = " ".join(low[:length]), " ".join(low[-length:])
        for name, value in ((before, low[length:]), (behind, low[:-length])):
            if name in names and value:
                flag = BY_NAME[names[name]]
                value = (
                    value[1:]
                    if value[0] in ("to", "of", "at", "=", ":", "is", "down", "up", "by") and len(value) > 1
                    else value
                )
                value = value[1:] if value[0] == "to" and len(value) > 1 else value
                text = " ".join(value)
                if flag.names[0] == "sampler" and name == before:
                    return [Set(f"--sampler {text}")]
                if flag.names[0] == "ar" and (ratio := _RATIO.fullmatch(text)):
                    return [Set(f"--ar {ratio[1]}:{ratio[2]}")]
                if flag.names[0] == "model" and name == before and len(value) == 1 and low[0] == "model":
                    return [Set(f"--model {text}")]
                if isinstance(flag.kind, Whole | Number) or flag.names[0] == "quality":
                    said = number(text)
                    if said is not None:
                        return [Set(f"{flag.spelled} {said}")]
                    if _NUMBER.fullmatch(text):
                        return [Set(f"{flag.spelled} {text.replace(',', '.')}")]
    return None


def _count(low: tuple[str, ...], clause: Clause) -> Found:
    """`two of them`, `just one`, `6 pictures`."""
    nouns = phrases("settings", "count", "nouns")
    length = trailing(low, nouns)
    rest = low[:-length] if length else low
    only = leading(clause.low, phrases("settings", "count", "only"))
    while rest and (skip := leading(rest, phrases("settings", "count", "only"))):
        rest = rest[skip:]
    value = number(" ".join(rest)) if rest else None
    if value is None or not (length or only) or (not length and clause.low[:1] not in (("just",), ("only",))):
        return None
    if length and low[-1] == "each" and not only:
        return None
    return [Set(f"--n {value}")]
