"""The drawing: it fits, nothing lies on anything else, and its words are told the truth about."""

import io
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from PIL import Image, ImageChops

from bot import tree_letters
from bot.tree import More, Node
from bot.tree_drawing import MOST_BYTES, draw, tiles
from bot.tree_layout import MOST_NODES, MOST_SIDE, ROOMY, TIGHT, arrange
from tests.test_tree import versions
from tests.trees import chain, nodes, shapes, star, thumbs


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


# The layout's library alone lets two nodes of this one overlap.
@example(([0, 1, 2, 0, 1, 5, 3, 7, 5, 6, 7, 8, 9, 12, 13, 12, 15, 14, 18, 17, 17, 21, 20, 22], 0))
@given(shapes(most=150))
@settings(max_examples=150, deadline=None)
def test_any_tree_fits_and_no_two_nodes_overlap(shape: tuple[list[int], int]) -> None:
    grown = nodes(*shape)
    layout = arrange(grown)
    scale = layout.scale
    assert max(layout.width, layout.height) <= MOST_SIDE
    drawn = [spot.branch.item for spot in layout.spots]
    assert sum(isinstance(item, Node) for item in drawn) <= MOST_NODES
    assert sum(1 if isinstance(item, Node) else item.count for item in drawn) == len(grown)
    for spot in layout.spots:
        assert scale.room // 2 <= spot.x <= layout.width - scale.room // 2
        assert 0 < spot.y <= layout.height - scale.card
        if spot.parent >= 0:
            assert spot.y == layout.spots[spot.parent].y + scale.down
    by_level: dict[int, list[int]] = {}
    for spot in layout.spots:
        by_level.setdefault(spot.y, []).append(spot.x)
    for level in by_level.values():
        ordered = sorted(level)
        assert all(b - a > scale.room for a, b in pairwise(ordered))


@given(shapes(most=150))
@settings(max_examples=100, deadline=None)
def test_the_drawing_and_the_text_hold_the_same_nodes(shape: tuple[list[int], int]) -> None:
    layout = arrange(nodes(*shape))
    drawn = [spot.branch.item for spot in layout.spots]
    assert versions(layout.text) == [item.version for item in drawn if isinstance(item, Node)]
    for item in drawn:
        if isinstance(item, More):
            assert f"+{item.count} more" in layout.text


def test_a_small_tree_is_drawn_large_and_a_large_one_small() -> None:
    assert arrange(nodes([0, 1, 1])).scale == ROOMY
    assert arrange(nodes(chain(30))).scale == TIGHT


@pytest.mark.parametrize(
    "parents", [[0], [0, 1, 1, 2, 0], chain(100), star(100), [0, *(n // 2 for n in range(2, 101))]]
)
def test_even_noise_gives_a_png_of_the_right_size_that_is_not_too_large(parents: list[int]) -> None:
    grown = nodes(parents, here=len(parents))
    layout = arrange(grown)
    data = draw(layout, thumbs(grown))
    assert len(data) <= MOST_BYTES
    assert opened(data).size == (layout.width, layout.height)


def test_above_the_first_card_there_is_room_for_its_words_and_no_more() -> None:
    short, long = (arrange((replace(nodes([0])[0], words=words),)) for words in ("a cat", "a cat and a dog " * 9))
    assert long.spots[0].y - short.spots[0].y == (ROOMY.lines - 1) * ROOMY.leading
    assert short.spots[0].y == ROOMY.gap + ROOMY.leading


def test_what_is_drawn_shows_the_pictures() -> None:
    grown = nodes([0], shots=1)
    layout = arrange(grown)
    assert draw(layout, thumbs(grown)) != draw(layout, {})


def test_the_chosen_path_differs_in_more_than_its_colour() -> None:
    """In grey, and with the colours' difference taken away by a threshold, it still stands out."""
    aside, chosen = (opened(draw(arrange(nodes([0, 1], here=here, shots=0)), {})) for here in (0, 2))
    black = [image.convert("L").point(lambda grey: 255 * (grey > 160)) for image in (aside, chosen)]
    assert ImageChops.difference(*black).getbbox() is not None
    dark = [image.histogram()[0] for image in black]
    assert dark[1] > 2 * dark[0]


@pytest.mark.parametrize("state", ["begun", "failed", "cancelled", "deleted", "private"])
def test_each_state_without_pictures_is_drawn_in_words_of_its_own(state: str) -> None:
    grown = nodes([0], shots=0)
    this, other = (draw(arrange(each), {}) for each in (grown, (replace(grown[0], state=state),)))
    assert this != other


@pytest.mark.parametrize("count", range(1, 11))
@pytest.mark.parametrize("size", [(174, 155), (134, 59)])
def test_pictures_of_a_set_stand_apart_within_their_box(count: int, size: tuple[int, int]) -> None:
    width, height = size
    placed = tiles(count, width, height)
    assert len(placed) == count
    for left, top, side in placed:
        assert side > 10
        assert -width // 2 <= left
        assert left + side <= width / 2 + 1
        assert 0 <= top <= height - side
    assert len({(left // side, top // side) for left, top, side in placed}) == count


# Letters


@pytest.mark.parametrize("text", ["Zoë", "лиса", "αλεπού", "→ ← · − +", "“no people”", "(1:1.5) #2 …"])
def test_what_the_font_has_is_written_as_it_is(text: str) -> None:
    assert tree_letters.honest(text) == text


@pytest.mark.parametrize(
    ("text", "written"), [("a 狐狸 b", "a … b"), ("👩‍👩‍👧🏽", "…"), ("fox 🦊🌙!", "fox …!"), ("❤️", "…"), ("", "")]
)
def test_signs_that_the_font_does_not_have_become_an_ellipsis(text: str, written: str) -> None:
    assert tree_letters.honest(text) == written


@pytest.mark.parametrize("text", ["a red car on a hill", "x" * 500, "שועל בלילה עם עץ גדול", "a " * 300, ""])
@pytest.mark.parametrize("room", [40, 134])
def test_lines_are_no_wider_than_their_room(text: str, room: int) -> None:
    made = tree_letters.lines(text, 15, room, 3)
    assert len(made) <= 3
    assert all(tree_letters.width(line, 15) <= room for line in made)


def test_a_text_that_fits_is_whole_and_one_that_does_not_says_so() -> None:
    assert tree_letters.lines("a red car", 15, 200, 2) == ["a red car"]
    assert " ".join(tree_letters.lines("a red car on a hill", 15, 80, 5)) == "a red car on a hill"
    assert tree_letters.lines("a red car on a hill", 15, 80, 1)[0].endswith("…")
