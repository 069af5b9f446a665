"""What the steps of the recipe share: their inputs, device, yardstick and progress bar."""

import math
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import KwargsHandler
from diffusers import ModelMixin
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
from transformers import CLIPTokenizer, PreTrainedModel

from pocket.data import Composer, fetch, load_artwork
from pocket.latents import PatchComponents
from pocket.text import train_tokenizer

START = "start"
"""Folder of the weights that the steps start from, if it is there: `go_on`."""
COMPONENTS = "components.safetensors"


def settle(seed: int, *handlers: KwargsHandler) -> Accelerator:
    """Where there is one a GPU, else the processor; half precision where it is enough, and chances from the seed."""
    accelerator = Accelerator(
        cpu=not torch.cuda.is_available(), mixed_precision="bf16", kwargs_handlers=list(handlers) or None
    )
    torch.manual_seed(seed)
    torch.set_flush_denormal(True)
    return accelerator


def prepare(work: Path, seed: int) -> tuple[Composer, CLIPTokenizer, PatchComponents]:
    """The composer, and the tokenizer and the components fitted to what it makes, which are kept in `work`."""
    fetch(work / "artwork")
    composer = Composer(load_artwork(work / "artwork"), seed)
    if not (work / "tokenizer").exists():
        partial = work / "tokenizer.partial"
        train_tokenizer(picture.caption for picture in composer.pictures(0, 20_000)).save_pretrained(partial)
        partial.rename(work / "tokenizer")
    tokenizer = CLIPTokenizer.from_pretrained(work / "tokenizer")
    if not (work / COMPONENTS).exists():
        pixels = (picture.pixels for picture in composer.pictures(0, 6_000))
        partial = work / f"{COMPONENTS}.partial"
        PatchComponents.fit(pixels).save(partial)
        partial.rename(work / COMPONENTS)
    return composer, tokenizer, PatchComponents.load(work / COMPONENTS)


def begin(model: ModelMixin | PreTrainedModel, folder: Path) -> None:
    """Give the model the weights in the folder, if there is one."""
    if folder.exists():
        model.load_state_dict(type(model).from_pretrained(folder).state_dict())


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
