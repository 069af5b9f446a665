"""Seconds and memory of drawing.

The two pairs take turns in one run, so that whatever else the machine does falls on both; what counts is the ratio.
Peak memory is that of a process of its own, since a process never gives its peak back:

    python -m pocket.evaluation.speed FOLDER --batch 8
"""

import asyncio
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from engine.engine import Engine
from pocket.evaluation.drawing import Painter, Request
from pocket.evaluation.figures import Figure

SECTION = "Seconds and memory"
BATCHES = (1, 8)


async def seconds(painters: list[Painter], rounds: int) -> list[list[Figure]]:
    """Of one picture at the card's steps, for each painter; the ratio is of the pairs of turns."""
    found: list[list[Figure]] = [[] for _ in painters]
    for batch in BATCHES:
        turns: list[list[float]] = [[] for _ in painters]
        for number in range(rounds + 1):  # the first warms up
            for painter, taken in zip(painters, turns, strict=True):
                begun = time.perf_counter()
                request = Request(prompt="a red car", seeds=tuple(range(batch)))
                await painter.draw([request], f"batch {batch}, round {number}")
                if number:
                    taken.append((time.perf_counter() - begun) / batch)
        for figures, taken in zip(found, turns, strict=True):
            spread = f"from {min(taken):.3f} to {max(taken):.3f} in {rounds} rounds"
            measure = f"seconds for a picture at batch {batch}"
            figures.append(Figure(SECTION, measure, statistics.median(taken), "s", note=spread))
        if len(painters) > 1:
            ratios = [mine / first for mine, first in zip(turns[0], turns[1], strict=True)]
            spread = f"from {min(ratios):.2f} to {max(ratios):.2f}"
            measure = f"time relative to the first pair at batch {batch}"
            found[0].append(Figure(SECTION, measure, statistics.median(ratios), "n", note=spread))
            found[1].append(Figure(SECTION, measure, 1.0, "n"))
    return found


def peak(folder: Path, batch: int = 8) -> Figure:
    """Megabytes that a process takes which draws with the model in `folder`, libraries and all.

    Raises CalledProcessError where it fails.
    """
    command = [sys.executable, "-m", "pocket.evaluation.speed", str(folder), "--batch", str(batch)]
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    return Figure(SECTION, f"peak memory at batch {batch}", float(done.stdout.split()[-1]), "MB")


def main(
    folder: Annotated[Path, typer.Argument(help="A model.")],
    batch: Annotated[int, typer.Option(help="Pictures drawn together.")] = 8,
) -> None:
    """Draw once, and print the megabytes that it took."""

    def open_model(name: str) -> Any:
        from engine.models import loading

        return loading.stepper(loading.load(name, folder=folder.parent), None)

    def open_clip() -> Any:
        raise AssertionError("nothing is read here")

    async def draw() -> None:
        engine = Engine(open_model, open_clip, tuple)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            request = Request(prompt="a red car", seeds=tuple(range(batch)))
            await Painter(engine, str(folder.resolve()), progress).draw([request], "memory")
        await engine.close()

    asyncio.run(draw())
    typer.echo(f"{_peak():.1f}")


def _peak() -> float:
    """Megabytes at the most so far."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux hands the peak of getrusage on from the process that started this one
        return float(status.read_text().partition("VmHWM:")[2].split()[0]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    typer.run(main)
