"""How long a denoiser call takes: a table learnt from measured times, by shape and slots."""

from bisect import bisect
from collections import deque
from collections.abc import Hashable
from math import inf
from statistics import median

KEEP = 5
"""Measurements kept for a width. Their median forgives a warm-up or a hiccup."""
TRUST = 3
"""Measurements before a width is believed to be slow: the first call of a new shape often is, once."""
SMOOTHING = 0.1
PACE = 0.5
"""How fast the pace follows: a device shared with others slows down for all widths alike."""


class StepTimes:
    """Milliseconds of a denoiser call with a number of slots, and of decoding a picture. No clock of its own."""

    def __init__(self) -> None:
        self._table: dict[Hashable, dict[int, deque[float]]] = {}
        """At pace 1, so that widths measured at different times can be compared."""
        self._pace: dict[Hashable, float] = {}
        self._per_slot: dict[Hashable, float] = {}
        self._per_megapixel: float | None = None
        self._decode: float | None = None

    @property
    def measured(self) -> bool:
        """Whether anything has been measured yet."""
        return self._per_megapixel is not None

    def record(self, shape: Hashable, slots: int, megapixels: float, ms: float) -> None:
        """A call with `slots` slots of `megapixels` each took `ms`."""
        ms = max(ms, 1e-3)
        times = self._table.setdefault(shape, {}).setdefault(slots, deque(maxlen=KEEP))
        pace = self._pace.get(shape, 1.0)
        if len(times) >= TRUST:
            pace += PACE * (ms / median(times) - pace)
            self._pace[shape] = pace
        times.append(ms / pace)
        self._per_slot[shape] = _smooth(self._per_slot.get(shape), ms / slots)
        self._per_megapixel = _smooth(self._per_megapixel, ms / slots / megapixels)

    def record_decode(self, megapixels: float, ms: float) -> None:
        """Decoding pictures of `megapixels` together took `ms`."""
        self._decode = _smooth(self._decode, ms / megapixels)

    def per_slot(self, shape: Hashable, megapixels: float) -> float:
        """What a slot costs at the widths in use, in ms; for a shape not seen yet, by its area.

        While nothing has been measured at all, the unit is arbitrary: good for comparing, not for telling people.
        """
        known = self._per_slot.get(shape)
        return known if known is not None else (self._per_megapixel or 1000.0) * megapixels

    def decode(self, megapixels: float) -> float:
        """What decoding a picture costs, in ms; 0 while it is not known."""
        return (self._decode or 0.0) * megapixels

    def widest(self, shape: Hashable) -> int:
        """The most slots measured so far; 0 for a shape not seen yet."""
        return max(self._table.get(shape, ()), default=0)

    def call(self, shape: Hashable, slots: int) -> float:
        """What a call costs, in ms at pace 1: measured, or along the line through its measured neighbours.

        Where only one width is known, a further slot is hoped to cost half of an average one: worth a try.
        """
        table = self._table.get(shape)
        if not table:
            return 1.0 + slots / 2
        times = table.get(slots, ())
        if len(times) >= TRUST:
            return median(times)
        known = sorted(width for width in table if len(table[width]) >= TRUST) or [min(table)]
        if len(known) == 1:
            base = known[0]
            slope = median(table[base]) / base / 2
        else:
            at = min(max(bisect(known, slots), 1), len(known) - 1)
            low, base = known[at - 1], known[at]
            slope = (median(table[base]) - median(table[low])) / (base - low)
        # No width is twice as good as one that is known.
        floor = slots / 2 * min(median(table[width]) / width for width in known)
        return min(max(median(table[base]) + slope * (slots - base), floor), *times, inf)


def _smooth(old: float | None, new: float) -> float:
    return new if old is None else old + SMOOTHING * (new - old)
