"""The words that the pocket model is measured on."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from PIL import Image

from pocket.data import Artwork, Composer
from pocket.vocabulary import NOUNS, Description, Noun, Thing, article, plural

STANDING = (
    "a car",
    "a bicycle",
    "a motorcycle",
    "a cat",
    "a dog",
    "a tree",
    "a house",
    "a pizza",
    "a rocket",
    "a red car on a blue background",
    "a cat next to a tree",
    "a green car",
    "a blue bird",
    "an airplane",
    "a fish",
    "a flower",
    "a bus",
    "a heart",
    "two cats",
    "a dog in the snow",
    "a castle at night",
    "a purple elephant on a yellow background",
    "a horse",
    "a strawberry",
)
"""What a newcomer asks for."""

AGAINST = (
    "a truck",
    "a train",
    "a scooter",
    "a tractor in a field",
    "a carriage",
    "a blue bicycle next to a red car",
    "a green motorcycle and a yellow bus",
    "a horse and a tractor at sunset",
    "three blue cars",
    "two red hearts on a black background",
    "three strawberries on the grass",
    "a white rabbit on a green background",
    "a black cat on a white background",
    "a brown dog next to a pink pig",
    "a gray mouse and a piece of cheese",
    "a small fish on a blue background",
    "an orange octopus on a purple background",
    "a snail on the beach",
    "a car in cartoon style",
    "a spider in the rain",
    "a rose and a guitar",
    "four apples",
    "a man on a bicycle",
    "a red bicycle without wheels in front of a mountain",
)
"""Chosen to fail: thin and look-alike vehicles, whose colour is whose, counts, colours that things do not have, and at
the end what is beyond the vocabulary."""

AXIS = ("car", "bicycle", "horse")
"""Said as "an automobile", "a bicycle", "a horse"."""
SAID = {"car": "automobile"}

BLUE_CAR: Final = "a blue car"
RED_CAR: Final = "a red car"
STRENGTHS = (0.3, 0.5, 0.7, 0.9)

TAKEN_AWAY = (
    ("cat", "tree"),
    ("dog", "house"),
    ("car", "tree"),
    ("horse", "rocket"),
    ("rabbit", "flower"),
    ("fish", "heart"),
    ("castle", "star"),
    ("elephant", "apple"),
)
"""Two things, of which the second is then asked away."""

COUNTED = ("cat", "car", "heart", "strawberry", "fish", "star", "elephant", "apple")
"""Things in one piece."""

_HELD_OUT = -10_001
"""Pictures are trained on by numbers from 0; those from -1 down to here are what training reports on."""
_BLANK = Image.new("RGBA", (8, 8))


@dataclass(frozen=True)
class Held:
    """A held-out prompt and what it stands for."""

    caption: str
    description: Description


def noun(name: str) -> Noun:
    """The noun of that name. Raises KeyError."""
    return {each.name: each for each in NOUNS}[name]


def speechless() -> Artwork:
    """Drawings that show nothing, for whoever needs captions alone."""
    drawings: Mapping[tuple[str, str], Image.Image] = {(each.set, each.icon): _BLANK for each in NOUNS}
    return drawings


def held_out(number: int) -> list[Held]:
    """Distinct captions that no model was trained on, of every kind that is taught; the same ones everywhere."""
    composer, found = Composer(speechless()), dict[str, Held]()
    place = _HELD_OUT
    while len(found) < number:
        rng = random.Random(f"0:{place}")
        description = composer.describe(rng)
        caption = description.caption(rng)
        found.setdefault(caption, Held(caption, description))
        place -= 1
    return list(found.values())


def pair_choices(held: Held, rng: random.Random) -> list[str]:
    """Captions of a pair that a picture may fit: the true one, each thing alone, and with another in its place.

    Colours, background, scene and style are said in all of them alike, so that nothing but the things decides.
    """
    left, right = held.description.things
    others = [each for each in NOUNS if each not in (left.noun, right.noun)]
    shown = [(left, right), (left,), (right,)]
    shown += [(left, replace(right, noun=each)) for each in rng.sample(others, 4)]
    shown += [(replace(left, noun=each), right) for each in rng.sample(others, 4)]
    return [_plainly(replace(held.description, things=things)) for things in shown]


def _plainly(description: Description) -> str:
    """The caption by the names of the vocabulary, always worded alike."""
    things = tuple(replace(thing, noun=replace(thing.noun, synonyms=())) for thing in description.things)
    return replace(description, things=things).caption(_Unmoved())


class _Unmoved(random.Random):
    """Chance that always comes out the same, with nothing unusual."""

    def random(self) -> float:
        """One half."""
        return 0.5


def beside(left: str, right: str) -> str:
    """Two things in words."""
    return f"{article(left)} next to {article(right)}"


def counts(sample: int) -> list[tuple[str, Description]]:
    """One, two and three of some things, in words and as descriptions."""
    found = []
    for name in COUNTED[:sample]:
        thing = Thing(noun(name))
        for number, said in ((1, article(name)), (2, f"two {plural(name)}"), (3, f"three {plural(name)}")):
            found.append((said, Description((thing,) * number)))
    return found
