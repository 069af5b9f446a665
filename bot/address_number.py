"""Many choices in one whole number, as few signs as their chances allow: asymmetric numeral systems.

Every choice is a slice of the whole numbers below a total: the likelier, the wider. The state is one number of any
length, so nothing is rounded and every machine writes the same. Source: Duda, arXiv:1311.2540, uABS without
renormalisation.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Slice(NamedTuple):
    """One choice: `size` of the numbers below `total`, from `low` on."""

    low: int
    size: int
    total: int


def pack(slices: Sequence[Slice]) -> int:
    """The number that gives these choices again, in this order."""
    number = 0
    for low, size, total in reversed(slices):
        number = number // size * total + low + number % size
    return number


class Unpacking:
    """Reads choices off a number, the first first."""

    def __init__(self, number: int) -> None:
        self._number = number

    def look(self, total: int) -> int:
        """Where the next choice lies, among the numbers below `total`; `take` then takes it."""
        return self._number % total

    def take(self, slice: Slice) -> None:
        """Take the choice that `look` fell into."""
        self._number = self._number // slice.total * slice.size + self._number % slice.total - slice.low

    def number(self, total: int) -> int:
        """A choice among `total` equally likely ones."""
        value = self.look(total)
        self.take(Slice(value, 1, total))
        return value

    @property
    def left(self) -> int:
        """What nobody has read; 0 when everything was."""
        return self._number
