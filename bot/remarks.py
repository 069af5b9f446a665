"""What the asker should know about how the words became a query. Facts; wording.py makes the sentence."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Mapped:
    """A flag that this bot carries out by another setting."""

    flag: str
    """As it can be typed: --stylize 250."""
    setting: Literal["guidance", "steps", "strength"]
    value: float


@dataclass(frozen=True, slots=True)
class WithoutEffect:
    """A flag that changes nothing here."""

    flag: str
    reason: Literal["no_start", "no_guidance"]
    """no_start: there is no picture to start from. no_guidance: the model draws without guidance."""


@dataclass(frozen=True, slots=True)
class NearestShape:
    """The shape is not quite what was asked for: the model takes only some sizes."""

    asked: tuple[int, int]
    width: int
    height: int


Remark = Mapped | WithoutEffect | NearestShape
