"""The whole recipe in order: fetch, words, denoiser, negative prompts, autoencoder, CLIP, judge, export.

    python -m pocket WORK

Every step goes on from its last checkpoint, so the same command, after a stop at any moment, ends at the same weights.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console

from pocket import train_autoencoder, train_clip, train_diffusion, train_negatives, train_text

_STEPS = (
    ("train_text", (), "--steps", train_text.STEPS),
    ("train_diffusion", (), "--samples", train_diffusion.SAMPLES),
    ("train_negatives", (), "--steps", train_negatives.STEPS),
    ("train_autoencoder", (), "--steps", train_autoencoder.STEPS),
    ("train_clip", (), "--steps", train_clip.SHIPPED.steps),
    ("train_clip", ("--judge",), "--steps", train_clip.JUDGE.steps),
)


def commands(work: Path, target: Path, share: float = 1.0) -> list[list[str]]:
    """One command for each step, in order, each for that share of what the recipe takes."""
    found = []
    for name, flags, amount, whole in _STEPS:
        # Two processes of one thread each are steadier than one of two when anything else runs.
        spread = name == "train_diffusion" and not torch.cuda.is_available() and (os.cpu_count() or 1) > 1
        start = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"] if spread else []
        taken = str(max(1, round(share * whole)))
        found.append([sys.executable, *start, "-m", f"pocket.{name}", str(work), *flags, amount, taken])
    return [*found, [sys.executable, "-m", "pocket.export", str(work), str(target)]]


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    target: Annotated[
        Path | None, typer.Argument(help="Folder to export into: `weights` in the first if left out.")
    ] = None,
    share: Annotated[
        float,
        typer.Option(min=0.0005, max=1.0, help="How much of each step to take: 0.001 to see that all of it runs."),
    ] = 1.0,
) -> None:
    """Make the pocket models."""
    console = Console()
    settings = dict(os.environ)
    if not torch.cuda.is_available():
        settings["OMP_NUM_THREADS"] = "1"
    for command in commands(work, target or work / "weights", share):
        console.rule(" ".join(command[command.index("-m") :]))
        finished = subprocess.run(command, env=settings, check=False)  # noqa: S603
        if finished.returncode:
            console.print("Stopped. The same command goes on from here.")
            raise typer.Exit(finished.returncode)


if __name__ == "__main__":
    typer.run(main)
