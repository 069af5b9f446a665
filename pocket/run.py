"""What the steps of the recipe share: their inputs, learning rate, yardstick and progress bar."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from diffusers import ModelMixin
from diffusers.training_utils import EMAModel
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTokenizer, PreTrainedModel

from pocket.data import Composer, fetch, load_artwork
from pocket.latents import PatchComponents
from pocket.text import train_tokenizer

START = "start"
"""Folder of the weights that the steps start from, if it is there: `go_on`."""
COMPONENTS = "components.safetensors"
_WARMUP = 200
_COOLDOWN = 0.25
_SAVE_EVERY = 300.0


def prepare(work: Path, seed: int) -> tuple[Composer, CLIPTokenizer, PatchComponents]:
    """The composer, and the tokenizer and the components fitted to what it makes, which are kept in `work`."""
    fetch(work / "artwork")
    composer = Composer(load_artwork(work / "artwork"), seed)
    if not (work / "tokenizer").exists():
        train_tokenizer(picture.caption for picture in composer.pictures(0, 20_000)).save_pretrained(work / "tokenizer")
    tokenizer = CLIPTokenizer.from_pretrained(work / "tokenizer")
    if not (work / COMPONENTS).exists():
        pixels = (picture.pixels for picture in composer.pictures(0, 6_000))
        PatchComponents.fit(pixels).save(work / COMPONENTS)
    return composer, tokenizer, PatchComponents.load(work / COMPONENTS)


def begin(model: ModelMixin | PreTrainedModel, folder: Path) -> None:
    """Give the model the weights in the folder, if there is one."""
    if folder.exists():
        model.load_state_dict(type(model).from_pretrained(folder).state_dict())


def learning_rate(step: int, steps: int) -> float:
    """Relative rate: rising over 200 steps, level, then in the last quarter falling as a cosine to a fiftieth."""
    fall = min(1.0, max(0.0, step / steps - (1 - _COOLDOWN)) / _COOLDOWN)
    return min(1.0, (step + 1) / _WARMUP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * fall)))


def decibels(images: Tensor, truth: Tensor) -> float:
    """Peak signal-to-noise ratio of images in -1..1."""
    return 10 * math.log10(4 / functional.mse_loss(images, truth).item())


Model = TypeVar("Model", bound=nn.Module)


class Stateful(Protocol):
    """What a checkpoint keeps: a module, an optimizer, an average of weights."""

    def state_dict(self) -> dict[str, Any]:
        """What to keep."""

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any:
        """Put back what was kept."""


class Checkpoint:
    """The state of a run in one file, replaced as a whole, so that a stop at any moment leaves the last one intact."""

    def __init__(self, path: Path, **parts: Stateful) -> None:
        self._path, self._parts = path, parts
        self._saved = time.monotonic()

    def load(self) -> int:
        """Put the parts back as they were saved and return the number of steps done; 0 if nothing was saved."""
        if not self._path.exists():
            return 0
        state = torch.load(self._path, map_location="cpu", weights_only=True)
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        return state["step"]

    def save(self, step: int) -> None:
        """Keep the parts and the number of steps done."""
        partial = self._path.with_suffix(".partial")
        torch.save({"step": step} | {name: part.state_dict() for name, part in self._parts.items()}, partial)
        partial.replace(self._path)
        self._saved = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether five minutes have passed since it was saved."""
        return time.monotonic() - self._saved > _SAVE_EVERY


def with_averaged_weights(model: Model, checkpoint: Path) -> Model:
    """The model with the averaged weights of a checkpoint.

    Raises FileNotFoundError where that step of the recipe has not been run.
    """
    if not checkpoint.exists():
        raise FileNotFoundError(checkpoint)
    ema = EMAModel(model.parameters())
    Checkpoint(checkpoint, model=model, ema=ema).load()
    ema.copy_to(model.parameters())
    return model


@contextmanager
def averaged(model: nn.Module, ema: EMAModel) -> Iterator[None]:
    """The model with its averaged weights, to look at how it does; nothing is learnt meanwhile."""
    with torch.no_grad():
        ema.store(model.parameters())
        ema.copy_to(model.parameters())
        try:
            yield
        finally:
            ema.restore(model.parameters())


def columns() -> tuple[ProgressColumn, ...]:
    """A bar with the steps done, the time taken and the time expected."""
    return (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
