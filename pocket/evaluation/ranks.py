"""What can be measured in vectors of unit length: recall, ranks, and which of several words a picture is nearest to."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""(n, d), rows of unit length."""


def ranks(queries: Vectors, candidates: Vectors, truth: Sequence[int]) -> NDArray[np.int64]:
    """For each query the place, from 1, of its true candidate by cosine; equals count against it. (queries,)."""
    close = queries @ candidates.T
    own = close[np.arange(len(queries)), list(truth)][:, None]
    better: NDArray[np.int64] = (close >= own).sum(1)
    return better


def recall(found: NDArray[np.int64], at: int) -> float:
    """The share of ranks that are among the first `at`."""
    return float((found <= at).mean())


def on_own_axis(pictures: Vectors, words: Vectors) -> int:
    """Of n pictures and their n words, how many words are nearest to their own picture of all the pictures."""
    close = words @ pictures.T
    return int((close.argmax(1) == np.arange(len(words))).sum())


def decibels(pictures: NDArray[np.uint8], truth: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Peak signal-to-noise ratio of each picture, (n, height, width, 3) bytes to (n,); infinite if equal."""
    error = ((pictures.astype(float) - truth.astype(float)) ** 2).mean((1, 2, 3))
    with np.errstate(divide="ignore"):
        ratio: NDArray[np.float64] = 10 * np.log10(255**2 / error)
    return ratio
