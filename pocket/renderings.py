"""Whose drawings each model learns from, so that what is measured was not learnt by heart.

The denoiser sees the noun's own drawing, and those of the styles. The CLIP sees several drawings of each thing, but one
is kept back, to measure whether it knows a thing and not a drawing. The judge of the denoiser sees every drawing, the
noun's own too, in pictures of its own: one that had never seen them named 18% of the things, and measured itself.
"""

import random

from pocket.data import PACKAGES, Artwork
from pocket.vocabulary import FLAT, SOLID, Noun

_ALIKE = {SOLID: FLAT}
"""Sets that show the same shapes as another."""


def renderings(noun: Noun, artwork: Artwork) -> tuple[str, ...]:
    """The sets that have the noun."""
    return tuple(name for name in PACKAGES if (name, noun.icon) in artwork)


def kept_back(noun: Noun, artwork: Artwork) -> str | None:
    """The set whose drawing of the noun the CLIP does not see; None where it could not do without."""
    others = [name for name in renderings(noun, artwork) if name not in _ALIKE and not _same(name, noun.set)]
    return random.Random(noun.name).choice(others) if len(others) > 1 else None


def for_clip(noun: Noun, artwork: Artwork) -> tuple[str, ...]:
    """The sets from which the CLIP learns the noun."""
    kept = kept_back(noun, artwork)
    return tuple(name for name in renderings(noun, artwork) if kept is None or not _same(name, kept))


def _same(one: str, other: str) -> bool:
    return _ALIKE.get(one, one) == _ALIKE.get(other, other)
