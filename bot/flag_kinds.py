"""What may stand after a flag."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switch:
    """Takes no value; sets its field to `value`."""

    value: str | bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, ends included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number, ends included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few numbers."""

    numbers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Width to height in whole numbers, neither more than `most` times the other."""

    most: int


@dataclass(frozen=True, slots=True)
class Named:
    """One of a list of names of a word or more."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or several in quotes."""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything up to the next flag. Where it `adds`, the flag may be given again."""

    adds: bool = False


@dataclass(frozen=True, slots=True)
class Adapters:
    """Names with weights, `name:0.8`, separated by commas; given again, they add up."""

    low: float
    high: float


Kind = Switch | Whole | Number | OneOf | Ratio | Named | Word | Words | Adapters
