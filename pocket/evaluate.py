"""Measure the shipped pair of models beside chance, beside real drawings and beside the first pair.

The whole takes about 20 minutes on two cores once the judge is there, and needs the artwork (npm); a small sample takes
seconds and leaves out what the artwork or the judge would be needed for.
"""

import asyncio
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from engine.engine import Engine
from engine.jobs import Pixels
from engine.models.clip import Clip
from pocket.data import PACKAGES, Composer, fetch, load_artwork
from pocket.evaluation import beside as first_pair
from pocket.evaluation import judge as judges
from pocket.evaluation import speed, studies
from pocket.evaluation.drawing import Painter, Request
from pocket.evaluation.figures import Evaluation, Figure, beside
from pocket.evaluation.prompts import AGAINST, STANDING, held_out
from pocket.evaluation.reading import Sizes, measure_autoencoder, measure_clip
from pocket.evaluation.sheets import grid, riddle
from pocket.run import columns

WEIGHTS = Path(__file__).parent / "weights"
_SEED = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, and with what."""

    folder: Path
    """Where grids go."""
    work: Path
    """Where the artwork and the judge are, or are put."""
    weights: Path | None = None
    """Holds `clip` and `diffusion`; None for what is shipped."""
    beside: Path | None = None
    """The first pair, in the same shape; None for that of the project's history."""
    sample: int | None = None
    """Prompts in a small sample; None for everything."""
    pictures: int = 4
    """Of each held-out prompt, in a full run."""

    @property
    def prompts(self) -> int:
        """Held-out prompts."""
        return self.sample or 100

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of each prompt."""
        return tuple(range(1, 1 + (1 if self.sample else self.pictures)))

    @property
    def steps(self) -> int | None:
        """Of whatever is not measured at several numbers of them; None for what the card says."""
        return studies.STEPS[0] if self.sample else None

    @property
    def sizes(self) -> Sizes:
        """Of what is read."""
        return Sizes(8 * self.sample, 2 * self.sample, self.sample) if self.sample else Sizes()


@dataclass(frozen=True, slots=True)
class _Helpers:
    """What not everybody has."""

    composer: Composer | None
    judge: Clip | None


async def evaluate(engine: Engine, plan: Plan, *, console: Console) -> Evaluation:
    """Draw, measure, and write grids into the folder of the plan; closes the engine.

    Raises:
        EngineError: a model cannot be opened or fails.
    """
    skipped: list[str] = []
    weights = plan.weights or WEIGHTS
    try:
        with tempfile.TemporaryDirectory() as temporary:
            helpers = await _helpers(plan, skipped, console)
            first = plan.beside or await asyncio.to_thread(first_pair.unearth, Path(temporary))
            pairs = [weights, *([first] if first else [])]
            with Progress(*columns(), console=console, transient=True) as progress:
                painters = [
                    Painter(engine, str((pair / "diffusion").resolve()), progress, plan.steps) for pair in pairs
                ]
                files = await _grids(painters[0], plan)
                found = await speed.seconds(painters, 1 if plan.sample else 5)
                for pair, painter, figures in zip(pairs, painters, found, strict=True):
                    if plan.sample is None:
                        figures.append(await asyncio.to_thread(speed.peak, pair / "diffusion"))
                    figures[:0] = [*await _read(pair, helpers, plan), *await _draw(painter, helpers, plan)]
    finally:
        await engine.close()
    if plan.sample is not None:
        skipped.append("Peak memory, 8 and 20 steps are for the full run, without --sample.")
    where = str(plan.beside) if plan.beside else f"drawn now, with the weights of commit {first_pair.COMMIT}"
    if first is None:
        found.append(first_pair.recorded())
        where = "recorded when this was measured in full; its weights are in the project's history"
    return Evaluation(str(weights), where, beside(found[0], found[1]), tuple(skipped), tuple(map(str, files)))


async def _helpers(plan: Plan, skipped: list[str], console: Console) -> _Helpers:
    """The artwork and the judge: got and made for a full run, taken as they are for a sample."""
    composer = await asyncio.to_thread(_composer, plan, skipped, console)
    path = judges.find(plan.work)
    if path is None and plan.sample is None and composer is not None:
        console.print(f"There is no judge in {plan.work}: training one by the recipe.")
        path = await asyncio.to_thread(judges.train, plan.work, plan.weights or WEIGHTS)
    if path is None:
        skipped.append(
            f"Ranks, pairs and what negative prompts leave are not judged: there is no judge in {plan.work / 'judge'}. "
            "A full run (without --sample) trains one, as does python -m pocket.train_clip WORK --judge."
        )
    judge = await asyncio.to_thread(Clip, path, name="judge") if path else None
    return _Helpers(composer, judge)


def _composer(plan: Plan, skipped: list[str], console: Console) -> Composer | None:
    artwork = plan.work / "artwork"
    why = f"it is not in {artwork}; a full run (without --sample) gets it with npm"
    try:
        if plan.sample is None:
            console.print(f"Artwork in {artwork}.")
            fetch(artwork)
        if all((artwork / name).is_dir() for name in PACKAGES):
            return Composer(load_artwork(artwork, every_set=True))
    except (FileNotFoundError, subprocess.CalledProcessError):
        why = "npm is not there or could not get it; install npm, and see that it reaches a registry"
    except ModuleNotFoundError:
        why = "resvg-py, which renders it, is not installed; pip install -e '.[pocket]'"
    skipped.append(f"CLIP, autoencoder and real drawings are not measured for want of the artwork: {why}.")
    return None


async def _read(pair: Path, helpers: _Helpers, plan: Plan) -> list[Figure]:
    if helpers.composer is None:
        return []
    clip = await asyncio.to_thread(measure_clip, pair / "clip", helpers.composer, plan.sizes)
    return [*clip, *await asyncio.to_thread(measure_autoencoder, pair / "diffusion", helpers.composer, plan.sizes)]


async def _draw(painter: Painter, helpers: _Helpers, plan: Plan) -> list[Figure]:
    held = held_out(plan.prompts)
    at = studies.STEPS[:1] if plan.sample else studies.STEPS
    return [
        *await studies.words(painter, held, plan.seeds, helpers.judge, helpers.composer, at),
        *await studies.image_to_image(painter, plan.seeds),
        *await studies.negatives(painter, plan.seeds, helpers.judge, helpers.composer, plan.prompts),
        *await studies.counted(painter, plan.seeds, helpers.composer, plan.prompts),
    ]


async def _grids(painter: Painter, plan: Plan) -> list[Path]:
    """The standing prompts, those against the model, and the former shuffled for a reader who does not know them."""
    written: list[Path] = []
    for name, prompts in (("grid", STANDING), ("against", AGAINST)):
        chosen = prompts[: plan.sample]
        requests = [Request(prompt=prompt, seeds=(_SEED + place,)) for place, prompt in enumerate(chosen)]
        pictures: list[Pixels] = [one for (one,) in await painter.draw(requests, name)]
        written.append(await asyncio.to_thread(grid, pictures, chosen, plan.folder / f"{name}.png"))
        if prompts is STANDING:
            written += await asyncio.to_thread(riddle, pictures, chosen, plan.folder)
    return written
