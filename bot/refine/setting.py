"""Settings, written as flags, carried out on a query: by the same reading and the same ranges as /imagine."""

from dataclasses import fields, replace

from bot import command_text, resolve
from bot.command_text import Ask
from bot.errors import MisplacedWords, MissingValue, UnknownChoice, UnknownFlag
from bot.flags import BY_NAME, nearest
from bot.query import Query
from bot.refine.outcome import AlreadySo
from bot.remarks import Remark
from engine.jobs import Card

_TO_QUERY: dict[str, tuple[str, ...]] = {
    "aspect": ("width", "height"),
    "seed": ("seed",),
    "steps": ("steps",),
    "quality": ("steps",),
    "guidance": ("guidance_scale",),
    "stylize": ("guidance_scale",),
    "sampler": ("scheduler",),
    "count": ("count",),
    "chaos": ("chaos",),
    "stop": ("stop",),
    "iw": ("strength",),
    "strength": ("strength",),
    "tile": ("tile",),
    "exact": ("exact",),
    "loras": ("loras",),
    "model": ("model", "steps", "guidance_scale", "scheduler", "width", "height"),
}
"""Which fields of a query a field of an ask decides."""


def asked(flags: tuple[str, ...]) -> Ask:
    """What flags say together, each written as people could have typed it.

    Raises:
        BadInput: they are wrong, or more than flags.
    """
    (ask, *more) = command_text.parse(" ".join(flags), allow_empty=True)
    if ask.prompt or ask.links or more:
        raise MisplacedWords(" ".join(flags), ask.prompt or " ".join(ask.links) or " ".join(flags))
    return ask


def said_fields(ask: Ask) -> tuple[str, ...]:
    """The fields that were said at all."""
    empty = Ask(prompt=ask.prompt)
    return tuple(f.name for f in fields(Ask) if getattr(ask, f.name) != getattr(empty, f.name))


def put(query: Query, flags: tuple[str, ...], card: Card) -> tuple[Query, tuple[Remark | AlreadySo, ...]]:
    """The query with these flags, and what the asker should know about them.

    Raises:
        BadInput: they are wrong.
    """
    ask = asked(flags)
    if ask.model not in (None, card.name):
        raise UnknownChoice("--model", ask.model or "", None, (card.name,))
    said = said_fields(ask)
    told, remarks = resolve.to_query(
        replace(ask, prompt="x", style=None), card, random_seed=query.seed, start=query.start
    )
    changed = {field: getattr(told, field) for name in said for field in _TO_QUERY.get(name, ())}
    if ask.speed == "draft":
        changed["steps"] = told.steps
    if ask.speed is not None:
        changed["relax"] = told.relax
    if ask.quality is not None and ask.steps is None:
        changed["steps"] = told.steps
    return replace(query, **changed), remarks


def unset(query: Query, flag: str, card: Card) -> Query:
    """One setting back to the model's own.

    Raises:
        UnknownFlag: there is none of that name.
        MissingValue: it is no setting that has a value of its own.
    """
    known = BY_NAME.get(flag.lstrip("-").lower())
    if known is None:
        raise UnknownFlag(flag, nearest(flag.lstrip("-")))
    if known.field == "negative_prompt":
        return replace(query, negative_prompt="")
    default, _ = resolve.to_query(Ask(prompt="x"), card, random_seed=query.seed, start=query.start)
    if known.field == "speed":
        return replace(query, relax=False, steps=default.steps if known.names[0] == "draft" else query.steps)
    names = _TO_QUERY.get(known.field, ())
    if not names or known.field in ("seed", "model"):
        raise MissingValue(known.spelled, known.usage)
    return replace(query, **{name: getattr(default, name) for name in names})
