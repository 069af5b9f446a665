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

_BRIEF = {
    "train_text": ("--steps", "4", "--batch", "8"),
    "train_diffusion": ("--samples", "64", "--batch", "16"),
    "train_negatives": ("--steps", "2", "--batch", "8"),
    "train_autoencoder": ("--steps", "2", "--batch", "8"),
    "train_clip": ("--steps", "2", "--batch", "16"),
}
"""Enough of each step to see that it runs."""


def commands(work: Path, target: Path, *, brief: bool = False) -> list[list[str]]:
    """One command for each step, in order."""
    found = []
    for name, *flags in (
        ("train_text",),
        ("train_diffusion",),
        ("train_negatives",),
        ("train_autoencoder",),
        ("train_clip",),
        ("train_clip", "--judge"),
    ):
        # Two processes of one thread each are steadier than one of two when anything else runs.
        spread = name == "train_diffusion" and not torch.cuda.is_available() and (os.cpu_count() or 1) > 1
        start = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"] if spread else []
        found.append(
            [sys.executable, *start, "-m", f"pocket.{name}", str(work), *flags, *(_BRIEF[name] if brief else ())]
        )
    return [*found, [sys.executable, "-m", "pocket.export", str(work), str(target)]]


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    target: Annotated[
        Path | None, typer.Argument(help="Folder to export into: `weights` in the first if left out.")
    ] = None,
    brief: Annotated[bool, typer.Option(help="A few pictures for each step, to see that all of it runs.")] = False,
) -> None:
    """Make the pocket models."""
    console = Console()
    settings = dict(os.environ)
    if not torch.cuda.is_available():
        settings["OMP_NUM_THREADS"] = "1"
    for command in commands(work, target or work / "weights", brief=brief):
        console.rule(" ".join(command[command.index("-m") :]))
        finished = subprocess.run(command, env=settings, check=False)  # noqa: S603
        if finished.returncode:
            console.print("Stopped. The same command goes on from here.")
            raise typer.Exit(finished.returncode)


if __name__ == "__main__":
    typer.run(main)
