"""Width and height for a shape: about as many pixels as the model draws by itself, in the sizes that it takes."""

from functools import lru_cache
from math import gcd, log

from engine.jobs import Card

COMMON = ((1, 1), (5, 4), (4, 3), (3, 2), (16, 9), (2, 1), (21, 9), (3, 1), (4, 1))
MOST = 4
"""No side is longer than this many times the other."""


@lru_cache(maxsize=256)
def size(aspect: tuple[int, int], card: Card) -> tuple[int, int]:
    """The width and height in pixels that come nearest to a shape, 1:4 to 4:1.

    A wrong shape counts twice as much as a wrong area. What comes out, put in as a shape, comes out again. A model that
    has learnt one shape alone draws that.
    """
    if card.one_shape:
        return card.width, card.height
    unit, ratio, area = card.multiple, aspect[0] / aspect[1], card.width * card.height
    highest = int((area * MOST) ** 0.5 * 1.5) // unit + 1

    def distance(width: int, height: int) -> float:
        return round(off(aspect, width, height) + 0.5 * abs(log(width * height / area)), 9)

    candidates = [
        (distance(width * unit, height * unit), width * unit, height * unit)
        for height in range(1, highest + 1)
        for width in {max(1, int(height * ratio)), int(height * ratio) + 1}
        if width <= MOST * height and height <= MOST * width
    ]
    _, width, height = min(candidates)
    return width, height


def name(width: int, height: int, card: Card) -> str:
    """The shape as people write it, e.g. 16:9: the nearest common one that `size` makes this width and height of.

    A size that this model would not choose (it came with a start picture) has its exact shape as its name.
    """
    both_ways = [shape for common in COMMON for shape in (common, common[::-1])]
    fitting = [shape for shape in both_ways if size(shape, card) == (width, height)]
    unit = gcd(width, height)
    across, down = min(fitting, key=lambda shape: off(shape, width, height), default=(width // unit, height // unit))
    return f"{across}:{down}"


def off(aspect: tuple[int, int], width: int, height: int) -> float:
    """How far a size is from a shape: 0 is exact, 0.1 a side that is about a tenth too long."""
    return abs(log(width / height * aspect[1] / aspect[0]))
