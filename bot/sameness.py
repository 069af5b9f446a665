"""Whether a picture that was drawn again is the one that was kept."""

import asyncio
from dataclasses import dataclass

import numpy as np

from bot import wording_people as wording
from engine.pixels import decode

LONGEST_SIDE = 65_536
"""Pixels. Pictures are compared as they are, not scaled down."""


@dataclass(frozen=True, slots=True)
class SameBytes:
    """The same file."""


@dataclass(frozen=True, slots=True)
class SamePixels:
    """The same picture in a file of another text."""


@dataclass(frozen=True, slots=True)
class Differs:
    """Another picture of the same size."""

    most: int
    """The largest difference of one channel of one pixel, of 255."""


@dataclass(frozen=True, slots=True)
class OtherSize:
    """Pictures that can't be compared: width and height of each in pixels."""

    kept: tuple[int, int]
    fresh: tuple[int, int]


Sameness = SameBytes | SamePixels | Differs | OtherSize


async def compare(kept: bytes, fresh: bytes) -> Sameness:
    """How like two picture files are, the one that was kept and the one that was drawn again.

    Raises:
        BadPicture: one of them is none.
    """
    return await asyncio.to_thread(_compare, kept, fresh)


def sameness(found: Sameness) -> str:
    """In words."""
    match found:
        case SameBytes():
            return wording.same_bytes()
        case SamePixels():
            return wording.same_pixels()
        case Differs(most):
            return wording.not_the_same(most)
        case OtherSize(kept, fresh):
            return wording.other_size(kept, fresh)


def _compare(kept: bytes, fresh: bytes) -> Sameness:
    if kept == fresh:
        return SameBytes()
    before, after = (decode(data, max_side=LONGEST_SIDE) for data in (kept, fresh))
    if before.shape != after.shape:
        return OtherSize((before.shape[1], before.shape[0]), (after.shape[1], after.shape[0]))
    most = int(np.abs(before.astype(np.int16) - after).max())
    return Differs(most) if most else SamePixels()
