"""What people say in a thread and what must come of it: rows of data, written before the grammar.

What a row does not mention must stand as in its `from`: a silent side effect is a miss too. A list instead of one
value means that any of them is right; `open` names the fields of which the row says nothing.
"""

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bot import command_text, resolve, shapes
from bot.query import Query
from engine.jobs import Card

FOLDER = Path(__file__).parent
ACTIONS = ("draw", "undo", "goto", "upscale", "vary", "again", "ask", "ignore")
CHANGING = frozenset(ACTIONS) - {"ask", "ignore"}
SEED = 42
"""Of a `from` that names none."""
OPEN = frozenset({"prompt", "negative", "weights", "aspect", "steps", "guidance", "count", "seed", "parent"})
POCKET = json.loads((FOLDER.parent.parent / "pocket/weights/diffusion/sextant.json").read_text())
CARD = Card(
    name="pocket",
    family="StableDiffusionPipeline",
    multiple=16,
    **POCKET | {"one_shape": False},
    schedulers=("DDIM",),
    batched=True,
    window=32,
    dtype="float32",
    device="cpu",
)
"""Of the pocket model, as far as a query depends on it; but that it takes every shape that is said."""
EMPHASIS = re.compile(r"\(([^():]+):(\d+(?:\.\d+)?)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One conversation; what is expected is expected of its last sentence."""

    id: str
    """File and number, from 1: colour-7."""
    start: str
    """Prompt with flags; `from` in the file."""
    say: tuple[str, ...]
    action: tuple[str, ...]
    """Any of these. More than one only where none of them changes anything."""
    prompt: tuple[str, ...] = ()
    """Any of these; empty: as in `start`. So for the next five."""
    negative: tuple[str, ...] = ()
    aspect: str = ""
    steps: int | None = None
    guidance: float | None = None
    count: int | None = None
    weights: dict[str, float] | None = None
    """None: those that are written in the prompt."""
    seed: str | int | None = None
    """`kept`, `fresh` or a number. None: fresh where something is drawn, else kept, as far as that can be known."""
    parent: int | None = None
    version: int | None = None
    choices: tuple[str, ...] | None = None
    """Of the question, in any order."""
    choices_any: int = 0
    """At least so many choices, whatever they are called."""
    same_as: int | None = None
    """The version that is gone back to; 0 is `start`."""
    open: tuple[str, ...] = ()
    """Fields of which the row says nothing."""


def rows() -> list[Row]:
    """The whole table, file by file.

    Raises:
        ValueError: a row has an unknown key, or a value that means nothing.
    """
    return [
        _row(f"{path.stem}-{number}", dict(values))
        for path in sorted(FOLDER.glob("*.toml"))
        for number, values in enumerate(_values(path), 1)
    ]


def judge(row: Row, result: dict[str, Any], versions: Sequence[dict[str, Any]] = ()) -> list[str]:
    """What differs between a row and what the command printed, as sentences; empty if it is right.

    `versions` are the queries of the conversation so far, if the caller has them: with them, `same_as` is checked to
    the byte.
    """
    action, query = result.get("action"), result.get("query") or {}
    if action not in row.action:
        return [f"{row.id}: action is {action!r}, expected {' or '.join(row.action)}"]
    found = [
        f"{row.id}: {name} is {query.get(key)!r}, expected {' or '.join(repr(value) for value in allowed)}"
        for name, key, allowed in _expected(row)
        if name not in row.open and not any(_same(query.get(key), value) for value in allowed)
    ]
    found += _weights(row, query) + _seed(row, str(action), query) + _target(row, str(action), result)
    if action == "ask":
        found += _question(row, result.get("question"))
    if row.same_as is not None and row.same_as < len(versions) and query != versions[row.same_as]:
        found.append(f"{row.id}: the query is not that of version {row.same_as + 1}")
    return found


def silent_wrong(row: Row, result: dict[str, Any], versions: Sequence[dict[str, Any]] = ()) -> bool:
    """Whether something was changed, and not what the row expects: the unforgivable miss."""
    return result.get("action") in CHANGING and bool(judge(row, result, versions))


def base(row: Row) -> Query:
    """The query of the row's `start`."""
    asks = command_text.parse(row.start)
    if len(asks) != 1:
        raise ValueError(f"{row.id}: {row.start!r} is {len(asks)} prompts")
    return resolve.to_query(asks[0], CARD, random_seed=SEED)[0]


def _values(path: Path) -> list[dict[str, Any]]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(table) != {"row"}:
        raise ValueError(f"{path.name}: expected [[row]] alone, found {', '.join(table)}")
    found: list[dict[str, Any]] = table["row"]
    return found


def _row(name: str, values: dict[str, Any]) -> Row:
    keys = ({field.name for field in fields(Row)} | {"from"}) - {"id", "start"}
    if unknown := set(values) - keys:
        raise ValueError(f"{name}: unknown key {', '.join(sorted(unknown))}")
    if missing := {"from", "say", "action"} - set(values):
        raise ValueError(f"{name}: {', '.join(sorted(missing))} is missing")
    values["start"] = values.pop("from")
    for key in ("say", "action", "prompt", "negative", "choices", "open"):
        if key in values:
            values[key] = _texts(name, key, values[key])
    row = Row(id=name, **values)
    _check(row)
    return row


def _texts(name: str, key: str, value: object) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{name}: {key} is {value!r}, expected text or a list of texts")
    if not texts and key != "choices":
        raise ValueError(f"{name}: {key} is empty")
    return tuple(texts)


def _check(row: Row) -> None:
    """Let a row pass whose values mean something.

    Raises:
        ValueError: it is not one.
    """
    actions = set(row.action)
    wrong = {
        "action": not actions <= set(ACTIONS) or (len(actions) > 1 and bool(actions & CHANGING)),
        "open": not set(row.open) <= OPEN,
        "seed": not (row.seed is None or type(row.seed) is int or row.seed in ("kept", "fresh")),
        "aspect": bool(row.aspect) and not re.fullmatch(r"\d+:\d+", row.aspect),
        "version": (row.version is None) == ("goto" in actions),
        "same_as": row.same_as is not None and not actions & {"undo", "goto"},
        "choices": (row.choices is not None or row.choices_any > 0) and "ask" not in actions,
        "weights": row.weights is not None and not all(isinstance(value, float) for value in row.weights.values()),
        "say": not all(sentence.strip() for sentence in row.say),
    }
    wrong |= {key: type(getattr(row, key)) not in (int, type(None)) for key in ("steps", "count", "parent")}
    if bad := [key for key, is_bad in wrong.items() if is_bad]:
        raise ValueError(f"{row.id}: {', '.join(bad)} means nothing here")
    base(row)


def _expected(row: Row) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Name, key in the printed query and the values that are right, of what can be compared one to one."""
    query = base(row)
    width, height = query.width, query.height
    if row.aspect:
        across, down = row.aspect.split(":")
        width, height = shapes.size((int(across), int(down)), CARD)
    return [
        ("prompt", "prompt", row.prompt or (query.prompt,)),
        ("negative", "negative_prompt", row.negative or (query.negative_prompt,)),
        ("aspect", "width", (width,)),
        ("aspect", "height", (height,)),
        ("steps", "steps", (query.steps if row.steps is None else row.steps,)),
        ("guidance", "guidance_scale", (query.guidance_scale if row.guidance is None else row.guidance,)),
        ("count", "count", (query.count if row.count is None else row.count,)),
    ]


def _same(found: object, expected: object) -> bool:
    if isinstance(expected, float) and isinstance(found, int | float):
        return abs(found - expected) < 1e-6
    return found == expected


def _weights(row: Row, query: dict[str, Any]) -> list[str]:
    if "weights" in row.open:
        return []
    found = query.get("weights", {})
    written = {words: float(number) for words, number in EMPHASIS.findall(str(query.get("prompt", "")))}
    expected = written if row.weights is None else row.weights
    if set(found) == set(expected) and all(_same(found[words], value) for words, value in expected.items()):
        return []
    return [f"{row.id}: weights are {found!r}, expected {expected!r}"]


def _seed(row: Row, action: str, query: dict[str, Any]) -> list[str]:
    seed, before, expected = query.get("seed"), base(row).seed, row.seed
    if expected is None:
        # After several sentences the seed before the last one is by chance, unless it is that of the first version.
        still = (action in ("ask", "ignore") and len(row.say) == 1) or row.same_as == 0
        expected = "fresh" if action in ("draw", "vary", "again") else "kept" if still else None
    if expected is None or "seed" in row.open:
        return []
    right = seed == before if expected == "kept" else seed != before if expected == "fresh" else seed == expected
    return [] if right else [f"{row.id}: seed is {seed!r}, expected {expected!r} (it was {before})"]


def _target(row: Row, action: str, result: dict[str, Any]) -> list[str]:
    found = []
    if action in ("draw", "vary", "again", "upscale") and "parent" not in row.open:
        found += [] if result.get("parent") == row.parent else ["parent"]
    if row.version is not None and result.get("version") != row.version:
        found.append("version")
    return [f"{row.id}: {key} is {result.get(key)!r}, expected {getattr(row, key)!r}" for key in found]


def _question(row: Row, question: dict[str, Any] | None) -> list[str]:
    if not question or not str(question.get("text", "")).strip():
        return [f"{row.id}: it asks without a question"]
    choices = [str(choice) for choice in question.get("choices", [])]
    if row.choices is not None and sorted(map(str.casefold, choices)) != sorted(map(str.casefold, row.choices)):
        return [f"{row.id}: choices are {choices!r}, expected {list(row.choices)!r}"]
    if len(choices) < row.choices_any:
        return [f"{row.id}: choices are {choices!r}, expected at least {row.choices_any}"]
    return []
