"""Wording, continued: what changes from one query to the next, in one line."""

import re
from collections.abc import Iterator
from math import gcd

from bot import shapes, wording_conversation
from bot.prompt_weights import plain
from bot.refine.diff import Change, Diff
from bot.refine.prompt import groups
from engine.jobs import Card

LONGEST = 300
"""Characters of the line."""

_NAMES = {
    "steps": "{} -> {} steps",
    "guidance_scale": "guidance {} -> {}",
    "count": "{} -> {} pictures",
    "scheduler": "{} -> {}",
    "model": "model {} -> {}",
    "chaos": "chaos {} -> {}",
    "stop": "stop {}% -> {}%",
}
_SWITCHES = {"tile": "seamless", "exact": "exact", "relax": "relaxed"}


def diff(made: Diff, card: Card | None, seed_kept: bool, seed_said: int | None = None, parent: str = "") -> str:
    """`+ at night, - people, 1:1 -> 16:9, seed kept`; never longer than LONGEST.

    Args:
        seed_said: a seed that somebody asked for; a fresh one is not worth a word.
        parent: the id of the set that it came from, whose pictures need no more than their numbers.
    """
    parts = list(dict.fromkeys([*_words(made), *_settings(made, card, parent)]))
    if seed_kept:
        parts.append("seed kept")
    elif seed_said is not None:
        parts.append(f"seed {seed_said}")
    return _fitting(parts or ["nothing but the seed"])


def _fitting(parts: list[str]) -> str:
    parts = [part if len(part) <= LONGEST // 3 else part[: LONGEST // 3 - 1].rstrip() + "…" for part in parts]
    for kept in range(len(parts), 0, -1):
        left = len(parts) - kept
        line = ", ".join(parts[:kept]) + (f", … and {left} more" if left else "")
        if len(line) <= LONGEST:
            return line
    return parts[0]


def _words(made: Diff) -> Iterator[str]:
    gone = []
    added = " ".join(change.new.lower() for change in made.prompt)
    for change in made.prompt:
        for part in _change(change):
            if part.startswith("- "):
                gone.append(part[2:].lower())
            yield part
    for change in made.negative_prompt:
        if (new := _bare(change.new)) and new != _bare(change.old):
            for item in new.split(", "):
                if not any(item.lower() in words.split() or item.lower() in words for words in gone):
                    yield f"- {item}"
        if old := _bare(change.old):
            for item in old.split(", "):
                if item.lower() not in added and item not in _bare(change.new).split(", "):
                    yield f"{item} may come back"


def _change(change: Change) -> Iterator[str]:
    before, after = _weighed(change.old), _weighed(change.new)
    old, new = _bare(change.old), _bare(change.new)
    if before and after and before[0].lower() == after[0].lower() and before[1] != after[1]:
        yield f"{after[0]} {plain(before[1])} -> {plain(after[1])}"
    elif old and new and old != new:
        yield f"{old} -> {new}"
    elif new and not old:
        yield f"+ {new}"
    elif old and not new:
        yield f"- {old}"


def _bare(text: str) -> str:
    return re.sub(r"^(?:and|with)\s+", "", " ".join(text.split()).strip(" ,;"))


def _weighed(text: str) -> tuple[str, float] | None:
    """The words and their weight; 1 if they have none. None for nothing, and for more than one emphasis."""
    said = _bare(text)
    found = groups(said)
    if not said or len(found) > 1:
        return None
    if not found:
        return said, 1.0
    group = found[0]
    whole = said[: group.start] + said[group.start + 1 : group.inner_end] + said[group.end :]
    return whole, group.weight


def _settings(made: Diff, card: Card | None, parent: str) -> Iterator[str]:
    across, down = made.setting("width"), made.setting("height")
    if across or down:
        yield _size(made, card)
    for setting in made.settings:
        if setting.field in _NAMES:
            before, after = (
                plain(float(value)) if isinstance(value, float) else value for value in (setting.before, setting.after)
            )
            yield _NAMES[setting.field].format(before, after)
        elif setting.field in _SWITCHES:
            yield f"{'+' if setting.after else '-'} {_SWITCHES[setting.field]}"
        elif setting.field == "loras":
            names = ", ".join(f"{name}:{plain(weight)}" for name, weight in setting.after)
            yield f"with {names}" if names else "without its adapters"
    start, strength = made.setting("start"), made.setting("strength")
    if start:
        shown = f", strength {plain(float(strength.after))}" if strength else ""
        said = wording_conversation.picture_said(start.after, parent)
        yield f"starts from {said}{shown}" if start.after else "from words alone"
    elif strength:
        yield f"strength {plain(float(strength.before))} -> {plain(float(strength.after))}"


def _size(made: Diff, card: Card | None) -> str:
    across, down = made.setting("width"), made.setting("height")
    if not across or not down:
        one = across or down
        assert one
        return f"{'width' if across else 'height'} {one.before} -> {one.after}"
    if card:
        before = shapes.name(across.before, down.before, card)
        after = shapes.name(across.after, down.after, card)
        if before != after:
            return f"{before} -> {after}"
    exact = [_shape(*size) for size in ((across.before, down.before), (across.after, down.after))]
    if all(exact) and exact[0] != exact[1]:
        return " -> ".join(exact)
    return f"{across.before}x{down.before} -> {across.after}x{down.after}"


def _shape(width: int, height: int) -> str:
    """A shape whose numbers are small enough to be read; else nothing."""
    unit = gcd(width, height)
    return f"{width // unit}:{height // unit}" if max(width, height) // unit <= 21 else ""
