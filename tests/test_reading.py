import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.jobs import Vectors
from engine.reading import closeness, rank, zero_shot


def rows(*vectors: tuple[float, float]) -> Vectors:
    array = np.array(vectors, np.float32)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def test_closeness_is_the_cosine_of_every_pair() -> None:
    found = closeness(rows((1, 0), (0, 2)), rows((1, 0), (1, 1), (-3, 0)))
    assert found.shape == (2, 3)
    assert found == pytest.approx(np.array([[1, 0.5**0.5, -1], [0, 0.5**0.5, 0]]), abs=1e-6)


def test_rank_puts_the_closest_first_and_keeps_the_order_of_equals() -> None:
    assert rank(rows((1, 0)), rows((0, 1), (1, 0), (1, 1), (2, 0))) == [1, 3, 2, 0]


def test_zero_shot_is_sure_when_the_scale_is_large_and_indifferent_when_it_is_zero() -> None:
    picture, labels = rows((1, 0)), rows((1, 0), (0, 1))
    assert zero_shot(picture, labels, 100.0) == pytest.approx(np.array([[1, 0]]), abs=1e-6)
    assert zero_shot(picture, labels, 0.0) == pytest.approx(np.array([[0.5, 0.5]]))
    assert zero_shot(picture, labels, 1.0)[0, 0] == pytest.approx(np.e / (np.e + 1), rel=1e-5)


@given(arrays(np.float32, (3, 4), elements=st.floats(1, 9, width=32)), st.floats(0, 1000))
def test_probabilities_sum_to_one_for_each_picture(vectors: Vectors, scale: float) -> None:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found = zero_shot(unit, unit[:2], scale)
    assert found.shape == (3, 2)
    assert found.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)
