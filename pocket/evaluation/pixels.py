"""What can be measured in a picture without any model: background, colour, silhouette, number of things.

Pictures are bytes, (height, width, 3). What differs from the background is a thing, so these measures are for plain
backgrounds, not for scenes.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from pocket.vocabulary import BACKGROUNDS

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
"""(height, width), true where something is shown."""

RING = 3
"""Width in pixels of the edge that is taken for background."""
APART = 40.0
"""Distance in RGB from the background at which a pixel belongs to a thing."""
SPECK = 0.01
"""Share of the picture below which a piece is no thing but dirt."""

NEUTRAL = ("black", "gray", "white")
_HUES = ((14, "red"), (40, "orange"), (68, "yellow"), (172, "green"), (250, "blue"), (305, "purple"), (344, "pink"))
"""Upper ends in degrees; beyond the last it is red again."""


def backdrop(pixels: Pixels) -> NDArray[np.float64]:
    """The colour of the background, RGB 0..255: the median along the edges."""
    ring = np.ones(pixels.shape[:2], bool)
    ring[RING:-RING, RING:-RING] = False
    colour: NDArray[np.float64] = np.median(pixels[ring], axis=0)
    return colour


def background_name(pixels: Pixels) -> str:
    """Which of the named backgrounds the edges are nearest to, by distance in RGB."""
    colour = backdrop(pixels)
    return min(BACKGROUNDS, key=lambda name: float(np.linalg.norm(colour - np.array(BACKGROUNDS[name]))))


def silhouette(pixels: Pixels) -> Mask:
    """Where the things are: what differs from the background, without specks and with holes filled."""
    apart = np.linalg.norm(pixels.astype(float) - backdrop(pixels), axis=2) > APART
    filled = ndimage.binary_fill_holes(ndimage.binary_opening(apart))
    labels, number = ndimage.label(filled)
    sizes = np.bincount(labels.ravel(), minlength=number + 1)
    keep = sizes >= SPECK * labels.size
    keep[0] = False
    mask: Mask = keep[labels]
    return mask


def count(pixels: Pixels) -> int:
    """The number of connected things; those that touch count as one."""
    return int(ndimage.label(silhouette(pixels))[1])


def overlap(one: Mask, other: Mask) -> float:
    """Intersection over union, 0..1; two empty masks agree."""
    union = (one | other).sum()
    return float((one & other).sum() / union) if union else 1.0


def colour_names(pixels: Pixels) -> NDArray[np.str_]:
    """The colour word of every pixel, (height, width): by hue, with pink, brown and the grays by the rest."""
    hsv = np.asarray(Image.fromarray(pixels).convert("HSV")).astype(float)
    hue, saturation, value = hsv[..., 0] * 360 / 255, hsv[..., 1] / 255, hsv[..., 2] / 255
    names = np.full(hue.shape, "red", dtype="<U6")
    low = 0.0
    for high, name in _HUES:
        names[(hue >= low) & (hue < high)] = name
        low = high
    reddish = (hue < 14) | (hue >= 305)
    names[reddish & (saturation < 0.6) & (value > 0.7)] = "pink"
    names[(hue < 45) & (value < 0.72) & (saturation < 0.8)] = "brown"
    gray = (saturation < 0.18) | (value < 0.22)
    names[gray] = "gray"
    names[gray & (value < 0.32)] = "black"
    names[gray & (value > 0.82)] = "white"
    return names


def colour_shares(pixels: Pixels, mask: Mask) -> dict[str, float]:
    """How much of the masked pixels has each colour word; they add up to 1 unless nothing is masked."""
    names, counts = np.unique(colour_names(pixels)[mask], return_counts=True)
    return {str(name): float(number) / max(1, int(counts.sum())) for name, number in zip(names, counts, strict=True)}


def main_colour(pixels: Pixels, mask: Mask | None = None) -> str | None:
    """The colour word of the thing; None where there is nothing.

    The one of most of its pixels, where outlines, tyres and windows, which are black, gray or white on things of every
    colour, count half.
    """
    shares = colour_shares(pixels, silhouette(pixels) if mask is None else mask)
    weighed = {name: share * (0.5 if name in NEUTRAL else 1.0) for name, share in shares.items()}
    return max(weighed, key=lambda name: weighed[name], default=None)
