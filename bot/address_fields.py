"""The fields of a query as choices, each with its own idea of what is usual; one way to write, and one to read."""

import re
import struct
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

from bot import address_text
from bot.address_number import Slice, Unpacking
from bot.ids import ALPHABET, LENGTH


class Field(Protocol):
    """Writes values of one kind and reads them."""

    def write(self, value: Any) -> list[Slice]:
        """The choices that a value is."""

    def read(self, number: Unpacking) -> Any:
        """The value of the next choices."""


class Text:
    """Words."""

    def write(self, value: str) -> list[Slice]:
        """The slices of a value."""
        return address_text.write(value)

    def read(self, number: Unpacking) -> str:
        """The value of its slices."""
        return address_text.read(number)


class Whole:
    """Any whole number: 0, -1, 1, -2, 2 ..."""

    def write(self, value: int) -> list[Slice]:
        """The slices of a value."""
        return address_text.write_number(2 * value if value >= 0 else -2 * value - 1)

    def read(self, number: Unpacking) -> int:
        """The value of its slices."""
        value = address_text.read_number(number)
        return -(value + 1) // 2 if value % 2 else value // 2


@dataclass(frozen=True)
class Within:
    """Whole numbers of a range, ends included, `step` apart, all alike; any other at the price of one more choice."""

    low: int
    high: int
    step: int = 1

    @property
    def _total(self) -> int:
        return (self.high - self.low) // self.step + 2

    def write(self, value: int) -> list[Slice]:
        """The slices of a value."""
        at, rest = divmod(value - self.low, self.step)
        if rest or not self.low <= value <= self.high:
            return [Slice(self._total - 1, 1, self._total), *Whole().write(value)]
        return [Slice(at, 1, self._total)]

    def read(self, number: Unpacking) -> int:
        """The value of its slices."""
        at = number.number(self._total)
        return Whole().read(number) if at == self._total - 1 else self.low + self.step * at


@dataclass(frozen=True)
class Real:
    """Hundredths of a range, ends included; any other number bit by bit (IEEE 754)."""

    low: int
    high: int

    def write(self, value: float) -> list[Slice]:
        """The slices of a value."""
        value = float(value) + 0.0  # of the two zeros the plain one
        if value != value:
            raise ValueError("what is no number has no address")
        total = self.high - self.low + 2
        at = round(value * 100) - self.low if isfinite(value * 100) else -1
        if 0 <= at < total - 1 and (at + self.low) / 100 == value:
            return [Slice(at, 1, total)]
        return [Slice(total - 1, 1, total), Slice(int.from_bytes(struct.pack(">d", value), "big"), 1, 2**64)]

    def read(self, number: Unpacking) -> float:
        """The value of its slices."""
        total = self.high - self.low + 2
        at = number.number(total)
        if at < total - 1:
            return (at + self.low) / 100
        return float(struct.unpack(">d", number.number(2**64).to_bytes(8, "big"))[0])


@dataclass(frozen=True)
class Often:
    """A few usual values, the first of them the likeliest, or else any."""

    usual: tuple[Any, ...]
    otherwise: Field
    first: int = 1
    """How many times likelier the first is than each of the others."""

    @property
    def _total(self) -> int:
        return self.first + len(self.usual)

    def write(self, value: Any) -> list[Slice]:
        """The slices of a value."""
        if value not in self.usual:
            return [Slice(self._total - 1, 1, self._total), *self.otherwise.write(value)]
        at = self.usual.index(value)
        return [Slice(self.first + at - 1, 1, self._total) if at else Slice(0, self.first, self._total)]

    def read(self, number: Unpacking) -> Any:
        """The value of its slices."""
        at = number.look(self._total)
        if at < self.first:
            number.take(Slice(0, self.first, self._total))
            return self.usual[0]
        number.take(Slice(at, 1, self._total))
        return self.otherwise.read(number) if at == self._total - 1 else self.usual[at - self.first + 1]


class PictureId:
    """The short id of a picture made here, or any other text."""

    _SHORT = re.compile(rf"([{ALPHABET}]{{{LENGTH}}})-([1-9][0-9]{{0,3}})")

    def write(self, value: str) -> list[Slice]:
        """The slices of a value."""
        found = self._SHORT.fullmatch(value)
        if not found:
            return [Slice(0, 1, 16), *Text().write(value)]
        signs = [Slice(ALPHABET.index(sign), 1, len(ALPHABET)) for sign in found[1]]
        return [Slice(1, 15, 16), *signs, *Within(1, 4).write(int(found[2]))]

    def read(self, number: Unpacking) -> str:
        """The value of its slices."""
        if number.look(16) < 1:
            number.take(Slice(0, 1, 16))
            return Text().read(number)
        number.take(Slice(1, 15, 16))
        turn = "".join(ALPHABET[number.number(len(ALPHABET))] for _ in range(LENGTH))
        return f"{turn}-{Within(1, 4).read(number)}"


class Adapters:
    """Names with weights."""

    _weight = Real(-200, 200)

    def write(self, value: tuple[tuple[str, float], ...]) -> list[Slice]:
        """The slices of a value."""
        written = address_text.write_number(len(value))
        for name, weight in value:
            written += [*Text().write(name), *self._weight.write(weight)]
        return written

    def read(self, number: Unpacking) -> tuple[tuple[str, float], ...]:
        """The value of its slices."""
        count = address_text.read_number(number)
        if count > address_text.MOST:
            raise ValueError("more adapters than anything holds")
        return tuple((Text().read(number), self._weight.read(number)) for _ in range(count))
