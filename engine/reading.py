"""What vectors of text and pictures say about one another. Pure arithmetic: no model."""

import numpy as np
from numpy.typing import NDArray

from engine.jobs import Vectors


def closeness(texts: Vectors, pictures: Vectors) -> NDArray[np.float32]:
    """The cosine of each text with each picture: n x d and m x d to n x m, each from -1 to 1."""
    cosines: NDArray[np.float32] = np.clip(texts @ pictures.T, -1.0, 1.0)
    return cosines


def rank(text: Vectors, pictures: Vectors) -> list[int]:
    """The indices of the pictures (m x d), those closest to the text (1 x d) first; equals keep their order."""
    (scores,) = closeness(text, pictures)
    return [int(index) for index in np.argsort(-scores, kind="stable")]


def zero_shot(pictures: Vectors, labels: Vectors, scale: float) -> NDArray[np.float32]:
    """How probable each label is for each picture: m x d and n x d to m x n, rows of sum 1.

    A softmax over the labels of cosine times `scale`, as CLIP was trained (Radford et al. 2021, arXiv:2103.00020).
    """
    logits = scale * closeness(pictures, labels)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = exponentials / exponentials.sum(axis=1, keepdims=True)
    return shares.astype(np.float32)
