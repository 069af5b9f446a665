"""The pictures that the pocket models learn from."""

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pocket.data import COLOURS, SIZE, Composer, backdrop, recolour, render
from pocket.vocabulary import BACKGROUNDS, NOUNS, SCENES, Description, Thing

ICON = {
    "width": 20,
    "height": 10,
    "icons": {"automobile": {"body": '<rect x="4" y="2" width="8" height="4" fill="#dd1111"/>'}},
}


@pytest.fixture
def composer() -> Composer:
    """Knows every noun as a red square with a blue corner."""
    drawing = Image.new("RGBA", (64, 64), (220, 20, 20, 255))
    ImageDraw.Draw(drawing).rectangle((0, 0, 15, 15), fill=(20, 60, 220, 255))
    return Composer({(noun.set, noun.icon): drawing for noun in NOUNS})


def test_render_crops_to_the_drawing() -> None:
    pytest.importorskip("resvg_py")
    image = render(ICON, "automobile")
    assert abs(image.width / image.height - 2) < 0.1
    assert image.getpixel((image.width // 2, image.height // 2)) == (0xDD, 0x11, 0x11, 255)


def test_render_refuses_what_the_set_lacks() -> None:
    pytest.importorskip("resvg_py")
    with pytest.raises(KeyError):
        render(ICON, "bicycle")


@pytest.mark.parametrize(("colour", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_recolour_changes_the_main_part_and_leaves_the_rest(colour: str, channel: int) -> None:
    image = Image.new("RGBA", (40, 40), (220, 120, 20, 255))
    ImageDraw.Draw(image).rectangle((0, 0, 9, 9), fill=(20, 20, 20, 255))
    painted = np.asarray(recolour(image, colour))
    assert painted[30, 30, :3].argmax() == channel
    assert painted[5, 5, :3].max() < 40
    assert (painted[..., 3] == 255).all()


def test_recolour_paints_gray_things() -> None:
    image = Image.new("RGBA", (40, 40), (150, 150, 150, 255))
    red, green, blue, _ = np.asarray(recolour(image, "red"))[20, 20]
    assert red > 2 * max(green, blue)


def test_pictures_depend_on_seed_and_number_alone(composer: Composer) -> None:
    first, again, other = composer.picture(5), composer.picture(5), composer.picture(6)
    assert first.caption == again.caption
    assert (first.pixels == again.pixels).all()
    assert first.pixels.shape == (SIZE, SIZE, 3)
    assert (first.pixels != other.pixels).any()


def test_background_is_the_one_named(composer: Composer) -> None:
    thing = Thing(composer.nouns[0])
    for name, rgb in BACKGROUNDS.items():
        assert tuple(composer.draw(Description((thing,), background=name))[2, 2]) == rgb


def test_two_things_stand_side_by_side(composer: Composer) -> None:
    red, green = Thing(composer.nouns[0]), Thing(composer.nouns[1], "green")
    pixels = composer.draw(Description((red, green), background="white"))
    assert pixels[72, 36].argmax() == 0
    assert pixels[72, 100].argmax() == 1
    assert (pixels[64, 64] == 255).all()


def test_no_thing_has_the_colour_of_its_background(composer: Composer) -> None:
    rng = random.Random(0)
    for _ in range(500):
        description = composer.describe(rng)
        assert description.background is None or description.background not in {t.colour for t in description.things}


def test_scenes_differ() -> None:
    pictures = [np.asarray(backdrop(scene)).astype(int) for scene in SCENES]
    for place, one in enumerate(pictures):
        assert all(np.abs(one - other).mean() > 10 for other in pictures[:place])


def test_every_colour_can_be_painted() -> None:
    image = Image.new("RGBA", (40, 40), (220, 120, 20, 255))
    painted = {tuple(np.asarray(recolour(image, colour))[20, 20]) for colour in COLOURS}
    assert len(painted) == len(COLOURS)
