"""The judge: a CLIP with another seed and other pictures than the denoiser and the shipped CLIP. It is not shipped."""

import shutil
import subprocess
import sys
from pathlib import Path


def find(work: Path) -> Path | None:
    """The judge in the work folder, if there is one."""
    return work / "judge" if (work / "judge" / "config.json").is_file() else None


def train(work: Path, weights: Path) -> Path:
    """Make the judge by the recipe, with the shipped words to begin with: 15 to 45 minutes on one core.

    Goes on from its checkpoint.
    Needs npm for the artwork, unless that is there. Raises CalledProcessError where it fails.
    """
    work.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer", "text_encoder"):
        if not (work / name).exists():
            partial = work / f"{name}.partial"
            shutil.copytree(weights / "diffusion" / name, partial, dirs_exist_ok=True)
            partial.rename(work / name)
    command = [sys.executable, "-m", "pocket.train_clip", str(work.resolve()), "--judge"]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2], stdout=sys.stderr)  # noqa: S603
    return work / "judge"
