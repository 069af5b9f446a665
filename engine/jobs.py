"""What can be asked of the engine, and what comes back. Plain values: no torch, no chat."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""One picture: height x width x 3, sRGB, 0-255."""

Vectors = NDArray[np.float32]
"""Rows of unit length: n x d."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose time is being spent: fairness is between workspaces, and between people inside one."""

    workspace: str
    person: str


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words and its emphasis: `(fog:1.3)` is Span("fog", 1.3)."""

    text: str
    emphasis: float = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a weighted prompt: `cat::2` is Part((Span("cat"),), 2.0). Parts are encoded apart and mixed."""

    spans: tuple[Span, ...]
    weight: float = 1.0

    @property
    def text(self) -> str:
        """The words alone, without their weights."""
        return "".join(span.text for span in self.spans)


Words = tuple[Part, ...]
"""A prompt whose weights have been read. An empty tuple is the empty prompt."""


@dataclass(frozen=True, slots=True)
class Lora:
    """A low-rank adapter by its name or folder, and how strongly it counts."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A set of pictures to draw. Everything is said: the engine adds no default of its own."""

    id: str
    asker: Asker
    prompt: Words
    negative_prompt: Words = ()
    width: int
    """In pixels; a multiple of the model card's `multiple`."""
    height: int
    steps: int
    """Of the whole schedule; image to image runs about `strength` of them."""
    guidance_scale: float
    """1 or less: no guidance, half the price."""
    scheduler: str
    """A name from the model card's `schedulers`."""
    seeds: tuple[int, ...]
    """One a picture. Picture k is the picture that seed k gives alone."""
    model: str
    loras: tuple[Lora, ...] = ()
    start: Pixels | None = None
    """The start picture of image to image; resized by the engine to width x height."""
    strength: float = 0.75
    chaos: int = 0
    """0-100: how far the words are shaken for each picture, so that a set spreads wider."""
    stop: int = 100
    """10-100: the share of the steps after which drawing ends."""
    tile: bool = False
    exact: bool = False
    """Run alone, bit-identical to the stock pipeline."""
    relax: bool = False
    """Gives way to jobs that are in a hurry."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One finished picture."""

    seed: int
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is and what it does when nobody says otherwise."""

    name: str
    family: str
    """The pipeline's class, e.g. StableDiffusionPipeline."""
    width: int
    height: int
    multiple: int
    """Width and height must be multiples of this."""
    steps: int
    guidance_scale: float
    scheduler: str
    schedulers: tuple[str, ...]
    """Names that this model accepts."""
    batched: bool
    """True: stepped together with other requests. False: runs whole through its stock pipeline."""
    window: int
    """Tokens that the text encoder reads at once."""
    dtype: str
    device: str
    one_shape: bool = False
    """It has learnt the shape of width and height alone: others come out as heaps."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the asker should know. The bot words it; `detail` is the fact."""

    kind: Literal["cut", "halved"]
    """cut: words beyond the model's window (detail: those words). halved: out of memory (detail: pictures at once)."""
    detail: str
