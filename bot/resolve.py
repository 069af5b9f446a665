"""From what was asked to a complete query, and back: every default is filled in here, and here alone."""

import re
from dataclasses import fields, replace
from difflib import get_close_matches
from math import sqrt

from bot import permutations, prompt_weights, shapes, wording
from bot.command_text import Ask, check_length
from bot.errors import UnknownChoice
from bot.prompt_weights import plain
from bot.query import Query
from bot.remarks import Mapped, NearestShape, Remark, WithoutEffect
from bot.styles import STYLES
from engine.jobs import Card

FIELDS = frozenset(field.name for field in fields(Query))
COUNT = 4
STRENGTH = 0.75
MOST_STEPS = 150
MOST_GUIDANCE = 30.0
DRAFT = 0.3
"""Of the model's own steps, for a first look."""
WRONG_SHAPE = 0.03
"""A shape that is off by more is worth a word."""


def to_query(ask: Ask, card: Card, *, random_seed: int, start: str = "") -> tuple[Query, tuple[Remark, ...]]:
    """The complete query of an ask for a model, and what the asker should know about it.

    `start` is the id of the start picture. Without one, strength stays at its default, so that equal pictures have
    equal queries.

    Raises:
        UnknownChoice: the model has no such sampler.
        TooLong: the prompt is, together with the words of the style.
    """
    width, height = shapes.size(ask.aspect, card) if ask.aspect else (card.width, card.height)
    steps, about_steps = _steps(ask, card)
    guidance, about_guidance = _guidance(ask, card)
    strength, about_strength = _strength(ask, start)
    prompt = prompt_weights.append(ask.prompt, STYLES[ask.style]) if ask.style else ask.prompt
    check_length(prompt)
    query = Query(
        prompt=prompt,
        negative_prompt=ask.negative_prompt or "",
        width=width,
        height=height,
        steps=steps,
        guidance_scale=guidance,
        scheduler=_scheduler(ask.sampler, card) if ask.sampler else card.scheduler,
        seed=random_seed if ask.seed is None else ask.seed,
        count=ask.count or COUNT,
        model=card.name,
        loras=ask.loras,
        start=start,
        strength=strength,
        chaos=ask.chaos or 0,
        stop=ask.stop or 100,
        tile=ask.tile,
        exact=ask.exact,
        relax=ask.speed == "relax",
    )
    about_shape: tuple[Remark, ...] = ()
    if ask.aspect and shapes.off(ask.aspect, width, height) > WRONG_SHAPE:
        about_shape = (NearestShape(ask.aspect, width, height),)
    return query, (*about_shape, *about_steps, *about_guidance, *about_strength)


def to_text(query: Query, card: Card, *, seed: bool = True) -> str:
    """What to type to get this query again (its start picture must be given anew), shortest first.

    Read and resolved for the same model, it gives the same query. `seed=False` leaves the seed to chance.
    """
    default = _default(query, card)
    flags: list[tuple[str, bool, str]] = [
        ("no", query.negative_prompt != "", permutations.escape(query.negative_prompt)),
        ("ar", _differs(query, default, "width", "height"), shapes.name(query.width, query.height, card)),
        ("steps", _differs(query, default, "steps"), str(query.steps)),
        ("cfg", _differs(query, default, "guidance_scale"), plain(query.guidance_scale)),
        ("sampler", _differs(query, default, "scheduler"), query.scheduler),
        ("n", _differs(query, default, "count"), str(query.count)),
        ("chaos", _differs(query, default, "chaos"), str(query.chaos)),
        ("stop", _differs(query, default, "stop"), str(query.stop)),
        ("strength", _differs(query, default, "strength"), plain(query.strength)),
        ("tile", query.tile, ""),
        ("model", _differs(query, default, "model"), _quoted(query.model)),
        *(("lora", True, f"{_quoted(name)}:{plain(weight)}") for name, weight in query.loras),
        ("relax", query.relax, ""),
        ("exact", query.exact, ""),
        ("seed", seed, str(query.seed)),
    ]
    written = [f"--{name} {value}".strip() for name, differs, value in flags if differs]
    return " ".join(part for part in (permutations.escape(query.prompt), *written) if part)


def differences(query: Query, card: Card, *, seed: bool = True) -> tuple[tuple[str, str], ...]:
    """The settings that differ from the model's own: each field's name, and the words to show for it.

    Strength is left out: it is shown with the start picture, and means nothing without.
    """
    default = _default(query, card)
    shape = shapes.name(query.width, query.height, card)
    if shape == shapes.name(default.width, default.height, card):
        shape = f"{query.width}x{query.height}"  # the same shape, and another size
    shown: dict[str, object] = {
        "negative_prompt": query.negative_prompt,
        "width": shape,
        "steps": query.steps,
        "guidance_scale": plain(query.guidance_scale),
        "scheduler": query.scheduler,
        "count": query.count,
        "model": query.model,
        "loras": ", ".join(f"{name}:{plain(weight)}" for name, weight in query.loras),
        "chaos": query.chaos,
        "stop": query.stop,
        "tile": query.tile,
        "exact": query.exact,
        "relax": query.relax,
    }
    differing = [
        (field, wording.setting(field, value))
        for field, value in shown.items()
        if _differs(query, default, *(("width", "height") if field == "width" else (field,)))
    ]
    return (*differing, *([("seed", wording.setting("seed", query.seed))] if seed else ()))


def without(query: Query, field: str, card: Card) -> Query:
    """The query with one of its `differences`, or its start picture, taken away; as it is for an unknown field."""
    default = _default(query, card)
    match field:
        case "width":
            return replace(query, width=default.width, height=default.height)
        case "start":
            return replace(query, start="", strength=STRENGTH)
        case "model" | "prompt" | "seed":
            return query
    return replace(query, **{field: getattr(default, field)}) if field in FIELDS else query


def _default(query: Query, card: Card) -> Query:
    """The same words with nothing else said."""
    return to_query(Ask(prompt=query.prompt), card, random_seed=query.seed, start=query.start)[0]


def _differs(query: Query, default: Query, *fields: str) -> bool:
    return any(getattr(query, field) != getattr(default, field) for field in fields)


def _quoted(name: str) -> str:
    return f'"{name}"' if re.search(r"[^\w./:+-]|^-", name) else name


def _steps(ask: Ask, card: Card) -> tuple[int, tuple[Remark, ...]]:
    steps = ask.steps or card.steps
    if ask.speed == "draft":
        steps = min(card.steps, max(4, round(card.steps * DRAFT)))
        return steps, (Mapped("--draft", "steps", steps),)
    if ask.quality is None or ask.quality == 1:
        return steps, ()
    steps = min(MOST_STEPS, max(1, round(steps * ask.quality)))
    return steps, (Mapped(f"--quality {ask.quality:g}", "steps", steps),)


def _guidance(ask: Ask, card: Card) -> tuple[float, tuple[Remark, ...]]:
    """--stylize on guidance: 100 is the model's own, 0 half of it, 1000 about twice."""
    if ask.guidance is not None:
        return ask.guidance, ()
    if ask.stylize is None or ask.stylize == 100:
        return card.guidance_scale, ()
    flag = f"--stylize {ask.stylize}"
    if card.guidance_scale <= 1:
        return card.guidance_scale, (WithoutEffect(flag, "no_guidance"),)
    guidance = round(min(MOST_GUIDANCE, card.guidance_scale * (0.5 + 0.5 * sqrt(ask.stylize / 100))), 2)
    return guidance, (Mapped(flag, "guidance", guidance),)


def _strength(ask: Ask, start: str) -> tuple[float, tuple[Remark, ...]]:
    """--iw on strength: 1 is the default, 0 leaves nothing of the start picture, 3 a quarter to change."""
    if not start:
        unused = [f"--iw {ask.iw:g}"] if ask.iw is not None else []
        unused += [f"--strength {ask.strength:g}"] if ask.strength is not None else []
        return STRENGTH, tuple(WithoutEffect(flag, "no_start") for flag in unused)
    if ask.iw is not None:
        strength = round(1 - ask.iw / 4, 4)
        return strength, (Mapped(f"--iw {ask.iw:g}", "strength", strength),)
    return (STRENGTH if ask.strength is None else ask.strength), ()


_SAME_SAMPLER = (
    ("++", "pp"),
    ("scheduler", ""),
    ("discrete", ""),
    ("ancestral", "a"),
    ("dpmsolvermultistep", "dpmpp2m"),
)


def _sampler_key(name: str) -> str:
    key = re.sub(r"[^a-z0-9+]", "", name.lower())
    for written, same in _SAME_SAMPLER:
        key = key.replace(written, same)
    return key


def _scheduler(sampler: str, card: Card) -> str:
    by_key = {_sampler_key(name): name for name in card.schedulers}
    if name := by_key.get(_sampler_key(sampler)):
        return name
    close = get_close_matches(_sampler_key(sampler), by_key, n=1)
    raise UnknownChoice("--sampler", sampler, by_key[close[0]] if close else None, card.schedulers)
