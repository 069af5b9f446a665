"""What the steps of the recipe share: their inputs, learning rate, yardstick and progress bar."""

import math
from pathlib import Path

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from torch import Tensor
from torch.nn import functional
from transformers import CLIPTokenizer

from pocket.data import Composer, fetch, load_artwork
from pocket.latents import PatchComponents
from pocket.text import train_tokenizer

_WARMUP = 200
_COOLDOWN = 0.25


def prepare(work: Path, seed: int) -> tuple[Composer, CLIPTokenizer, PatchComponents]:
    """The composer, and the tokenizer and the components fitted to what it makes, which are kept in `work`."""
    fetch(work / "artwork")
    composer = Composer(load_artwork(work / "artwork"), seed)
    if not (work / "tokenizer").exists():
        train_tokenizer(picture.caption for picture in composer.pictures(0, 20_000)).save_pretrained(work / "tokenizer")
    tokenizer = CLIPTokenizer.from_pretrained(work / "tokenizer")
    if not (work / "components.safetensors").exists():
        pixels = (picture.pixels for picture in composer.pictures(0, 6_000))
        PatchComponents.fit(pixels).save(work / "components.safetensors")
    return composer, tokenizer, PatchComponents.load(work / "components.safetensors")


def learning_rate(step: int, steps: int) -> float:
    """Relative rate: rising over 200 steps, level, then in the last quarter falling as a cosine to a fiftieth."""
    fall = min(1.0, max(0.0, step / steps - (1 - _COOLDOWN)) / _COOLDOWN)
    return min(1.0, (step + 1) / _WARMUP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * fall)))


def decibels(images: Tensor, truth: Tensor) -> float:
    """Peak signal-to-noise ratio of images in -1..1."""
    return 10 * math.log10(4 / functional.mse_loss(images, truth).item())


def columns() -> tuple[ProgressColumn, ...]:
    """A bar with the steps done, the time taken and the time expected."""
    return (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
