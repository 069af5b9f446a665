"""What pictures are measured by, on pictures whose answer is known."""

import colorsys
import itertools
import random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pocket.data import COLOURS
from pocket.evaluation import pixels as px
from pocket.evaluation.prompts import AGAINST, STANDING, Held, held_out, noun, pair_choices
from pocket.evaluation.ranks import decibels, on_own_axis, ranks, recall
from pocket.vocabulary import BACKGROUNDS, Description, Thing

SQUARE = (24, 24, 103, 103)


def picture(
    *boxes: tuple[int, int, int, int], fill: tuple[int, ...] = (220, 30, 30), ground: str = "white"
) -> px.Pixels:
    image = Image.new("RGB", (128, 128), BACKGROUNDS[ground])
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=fill)
    return np.asarray(image)


@pytest.mark.parametrize("colour", COLOURS)
def test_the_colour_of_a_thing_is_measured(colour: str) -> None:
    hue, saturation, value = COLOURS[colour]
    fill = tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue / 360, saturation, value))
    for ground in ("light blue", "yellow" if colour != "yellow" else "blue"):
        assert px.main_colour(picture(SQUARE, fill=fill, ground=ground)) == colour


def test_tyres_and_outlines_do_not_make_a_red_car_black() -> None:
    pixels = picture(SQUARE).copy()
    pixels[60:100, 28:100] = (20, 20, 20)
    assert px.colour_shares(pixels, px.silhouette(pixels))["black"] > 0.4
    assert px.main_colour(pixels) == "red"


def test_where_nothing_is_shown_there_is_no_colour() -> None:
    assert px.main_colour(picture()) is None


@pytest.mark.parametrize("ground", BACKGROUNDS)
def test_the_background_is_measured_with_some_noise(ground: str) -> None:
    noise = np.random.default_rng(0).integers(-20, 21, (128, 128, 3))
    pixels = (picture(SQUARE, fill=(0, 90, 0), ground=ground) + noise).clip(0, 255).astype(np.uint8)
    assert px.background_name(pixels) == ground


@pytest.mark.parametrize(("number"), range(4))
def test_things_are_counted_without_specks(number: int) -> None:
    boxes = [(10, 10, 50, 50), (70, 10, 110, 50), (10, 70, 50, 110)][:number]
    assert px.count(picture(*boxes, (120, 120, 122, 122))) == number


def test_a_hollow_thing_has_a_full_silhouette() -> None:
    pixels = picture(SQUARE).copy()
    pixels[50:80, 50:80] = 255
    assert px.silhouette(pixels)[64, 64]
    assert px.silhouette(pixels).sum() == pytest.approx(80 * 80, rel=0.02)


def test_silhouettes_overlap_by_what_they_share() -> None:
    left, right = np.zeros((2, 8, 8), bool)
    left[:, :4] = True
    right[:, 2:6] = True
    assert px.overlap(left, right) == pytest.approx(2 / 6)
    assert px.overlap(left, left) == 1.0
    assert px.overlap(np.zeros((8, 8), bool), np.zeros((8, 8), bool)) == 1.0


def test_ranks_count_what_is_nearer_and_equals_against_the_truth() -> None:
    words = np.eye(4, dtype=np.float32)
    tilted = np.array([[0.8, 0.6, 0, 0], [0.8, 0.6, 0, 0], [0, 0, 0.6, 0.8], [0.5, 0.5, 0.5, 0.5]], np.float32)
    found = ranks(tilted, words, range(4))
    assert found.tolist() == [1, 2, 2, 4]
    assert recall(found, 1) == 0.25
    assert recall(found, 2) == 0.75


def test_an_axis_is_its_own_when_no_other_picture_is_nearer() -> None:
    words = np.eye(3, dtype=np.float32)
    assert on_own_axis(words, words) == 3
    assert on_own_axis(words[[1, 0, 2]], words) == 1


def test_decibels_of_a_known_error() -> None:
    truth = np.full((1, 4, 4, 3), 100, np.uint8)
    assert decibels(truth + 1, truth)[0] == pytest.approx(48.13, abs=0.01)
    assert np.isinf(decibels(truth, truth)[0])


def test_held_out_prompts_are_distinct_and_always_the_same() -> None:
    first = [held.caption for held in held_out(60)]
    assert len(set(first)) == 60
    assert first == [held.caption for held in held_out(60)]
    assert first[:20] == [held.caption for held in held_out(20)]


def test_captions_of_a_pair_differ_in_their_things_alone() -> None:
    things = (Thing(noun("cat"), "blue"), Thing(noun("tree")))
    held = Held("", Description(things, background="yellow"))
    true, *others = pair_choices(held, random.Random(0))
    assert true == "a blue cat next to a tree on a yellow background"
    assert others[:2] == ["a blue cat on a yellow background", "a tree on a yellow background"]
    assert len({true, *others}) == 11
    for caption in others[2:]:
        assert caption.startswith("a blue ")
        assert caption.endswith(" on a yellow background")
        assert ("cat" in caption) != ("tree" in caption)


def test_twenty_four_prompts_are_for_it_and_as_many_against() -> None:
    assert len(set(STANDING)) == len(set(AGAINST)) == 24
    assert not set(itertools.chain(STANDING)) & set(AGAINST)
