from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import shapes
from engine.jobs import Card
from tests.fakes import CARD

POCKET = replace(CARD, width=128, height=128, multiple=32)
SD = replace(CARD, width=512, height=512, multiple=8)
XL = replace(CARD, width=1024, height=1024, multiple=8)
WIDE = replace(CARD, width=768, height=512, multiple=64)

CARDS = st.sampled_from((CARD, POCKET, SD, XL, WIDE))
RATIOS = st.tuples(st.integers(1, 2000), st.integers(1, 2000)).filter(lambda r: r[0] <= 4 * r[1] and r[1] <= 4 * r[0])


@pytest.mark.parametrize(
    ("card", "aspect", "expected"),
    [
        (SD, (1, 1), (512, 512)),
        (SD, (16, 9), (680, 384)),
        (SD, (9, 16), (384, 680)),
        (SD, (4, 1), (1024, 256)),
        (XL, (3, 2), (1248, 832)),
        (POCKET, (16, 9), (160, 96)),
        (POCKET, (1, 4), (64, 256)),
        (WIDE, (3, 2), (768, 512)),
    ],
)
def test_sizes(card: Card, aspect: tuple[int, int], expected: tuple[int, int]) -> None:
    assert shapes.size(aspect, card) == expected


@given(CARDS, RATIOS)
def test_a_size_is_one_that_the_model_takes_and_about_as_large(card: Card, aspect: tuple[int, int]) -> None:
    width, height = shapes.size(aspect, card)
    assert width % card.multiple == height % card.multiple == 0
    assert 1 / 4 <= width / height <= 4
    assert 0.5 < width * height / (card.width * card.height) < 2


@given(CARDS, RATIOS)
def test_the_name_of_a_size_gives_the_size_again(card: Card, aspect: tuple[int, int]) -> None:
    size = shapes.size(aspect, card)
    across, down = map(int, shapes.name(*size, card).split(":"))
    assert shapes.size((across, down), card) == size


@pytest.mark.parametrize(("size", "name"), [((680, 384), "16:9"), ((384, 680), "9:16"), ((640, 120), "16:3")])
def test_names(size: tuple[int, int], name: str) -> None:
    assert shapes.name(*size, SD) == name


@pytest.mark.parametrize("aspect", [(16, 9), (1, 4), (1, 1)])
def test_a_model_that_has_learnt_one_shape_draws_that(aspect: tuple[int, int]) -> None:
    card = replace(SD, one_shape=True)
    assert shapes.size(aspect, card) == (card.width, card.height)
    assert shapes.name(card.width, card.height, card) == "1:1"
