"""The refine command: sentences on a turn that nobody draws, and what the last of them comes to."""

import hashlib
from collections.abc import Sequence
from typing import Any

from bot import resolve, wording, wording_diff
from bot.command_text import parse
from bot.errors import BadInput
from bot.query import Query
from bot.refine import diff
from bot.refine.edits import Reading, Set, to_data
from bot.refine.outcome import Back, Draw, Ignore, Outcome, Question, Situation
from bot.refine.prompt import groups
from bot.refine.reading import understand
from engine.jobs import Card

SEED = 42
"""Of a start that names none."""

_SCHEDULERS = """Euler, Euler Karras, Euler exponential, Euler a, DPM++ 2M, DPM++ 2M Karras, DPM++ 2M exponential,
DPM++ 2M SDE, DPM++ 2M SDE Karras, DPM++ 2M SDE exponential, DPM++ 3M SDE, DPM++ 3M SDE Karras,
DPM++ 3M SDE exponential, DPM++ SDE, DPM++ SDE Karras, DPM++ SDE exponential, DPM++ 2S,
DPM++ 2S Karras, DPM++ 2S exponential, UniPC, UniPC Karras, UniPC exponential, Heun, Heun Karras,
Heun exponential, DPM2, DPM2 Karras, DPM2 exponential, DPM2 a, DPM2 a Karras, DPM2 a exponential,
LMS, LMS Karras, LMS exponential, DDIM, DDPM, PNDM, DEIS, DEIS Karras, DEIS exponential, SA-Solver,
SA-Solver Karras, SA-Solver exponential, LCM, TCD"""

STANDING = Card(
    name="pocket",
    family="StableDiffusionPipeline",
    width=128,
    height=128,
    multiple=16,
    steps=20,
    guidance_scale=5.0,
    scheduler="DDIM",
    schedulers=tuple(_SCHEDULERS.replace("\n", " ").split(", ")),
    batched=True,
    window=32,
    dtype="float32",
    device="cpu",
)
"""The card of the shipped model, so that nothing has to be opened; but that it takes every shape, so that words about
shapes can be tried."""


def run(start: str, says: Sequence[str]) -> dict[str, Any]:
    """What the last of several sentences comes to, each said of what came of those before.

    Args:
        start: prompt with flags. Four pictures (or as many as it says) stand for its turn.

    Raises:
        BadInput: the start cannot be read. A sentence that cannot is a question.
    """
    (ask, *_) = parse(start)
    query, _ = resolve.to_query(ask, STANDING, random_seed=SEED)
    versions, way = [query], [query]
    asked: tuple[Reading, ...] = ()
    shown: dict[str, Any] = {}
    outcome: Outcome
    for number, said in enumerate(says):
        before = way[-1]
        situation = Situation(
            query=before,
            card=STANDING,
            pictures=tuple(f"version{len(versions)}-{n + 1}" for n in range(before.count)),
            before=tuple(way[:-1]),
            versions=tuple(versions),
            asked=asked,
            random_seed=_seed((start, *says[: number + 1]), before.seed),
        )
        try:
            outcome = understand(said, situation)
        except BadInput as error:
            outcome = Question(wording.apology(error))
        match outcome:
            case Draw(query=after):
                way.append(after)
                versions.append(after)
            case Back(version=None):
                way.pop()
            case Back(version=version):
                way = [*versions[:version]]
        asked = outcome.readings if isinstance(outcome, Question) else ()
        shown = _shown(outcome, before, way[-1])
    return shown


def _seed(texts: Sequence[str], before: int) -> int:
    """A seed that looks fresh and is the same for the same words."""
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).digest()
    seed = int.from_bytes(digest[:4], "big")
    return seed if seed != before else seed ^ 1


def _shown(outcome: Outcome, before: Query, after: Query) -> dict[str, Any]:
    edits = outcome.edits if isinstance(outcome, Draw) else ()
    kept = after.seed == before.seed
    said = next((after.seed for edit in edits if isinstance(edit, Set) and edit.flag.startswith("--seed")), None)
    changed = isinstance(outcome, Draw | Back)
    line = wording_diff.diff(diff.between(before, after), STANDING, seed_kept=kept, seed_said=said) if changed else ""
    return {
        "action": _action(outcome),
        "edits": to_data(edits),
        "parent": outcome.parent if isinstance(outcome, Draw) else None,
        "version": outcome.version if isinstance(outcome, Back) else None,
        "query": {
            "prompt": after.prompt,
            "negative_prompt": after.negative_prompt,
            "width": after.width,
            "height": after.height,
            "steps": after.steps,
            "guidance_scale": after.guidance_scale,
            "seed": after.seed,
            "count": after.count,
            "weights": {after.prompt[g.start + 1 : g.inner_end]: g.weight for g in groups(after.prompt)},
        },
        "diff": line,
        "question": {"text": outcome.text, "choices": [reading.label for reading in outcome.readings]}
        if isinstance(outcome, Question)
        else None,
    }


def _action(outcome: Outcome) -> str:
    match outcome:
        case Draw(kind=kind):
            return kind
        case Back(version=version):
            return "undo" if version is None else "goto"
        case Question():
            return "ask"
        case Ignore():
            return "ignore"
