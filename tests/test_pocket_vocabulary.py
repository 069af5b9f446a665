"""The words that the pocket models learn."""

import random

import pytest

from pocket.names import origins
from pocket.vocabulary import NOUNS, Description, Noun, Thing, article, plural

CAR, CAT, MOUSE = (next(noun for noun in NOUNS if noun.name == name) for name in ("car", "cat", "mouse"))


def said(description: Description) -> set[str]:
    """Every way in which it may be put."""
    return {description.caption(random.Random(seed)) for seed in range(200)}


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("car", "cars"),
        ("box of fries", "boxes of fries"),
        ("mouse", "mice"),
        ("bunch of grapes", "bunches of grapes"),
        ("strawberry", "strawberries"),
        ("key", "keys"),
    ],
)
def test_plural(one: str, many: str) -> None:
    assert plural(one) == many


@pytest.mark.parametrize("phrase", ["an airplane", "a ufo", "a unicorn", "an umbrella", "a car"])
def test_article(phrase: str) -> None:
    assert article(phrase.split(" ", 1)[1]) == phrase


def test_caption_binds_colours_to_their_things() -> None:
    captions = said(Description((Thing(CAR, "red"), Thing(MOUSE, "gray"))))
    assert {"a red car next to a gray mouse", "a red car and a grey mouse"} <= captions
    assert not any("red mouse" in caption for caption in captions)


def test_caption_says_background_scene_style_and_count() -> None:
    captions = said(Description((Thing(CAR),) * 3, background="light blue", style="flat"))
    assert "three cars on a light blue background, flat style" in captions
    assert "a small cat in the snow" in said(Description((Thing(CAT),), scene="snow", small=True))


def test_caption_keeps_an_unsaid_colour_to_itself() -> None:
    assert not any("green" in caption for caption in said(Description((Thing(CAR, "green", said=False),))))


def test_names_are_unique() -> None:
    names = [name for noun in NOUNS for name in (noun.name, *noun.synonyms)]
    assert len(names) == len(set(names))


def test_words_are_told_apart_by_where_they_come_from() -> None:
    noun = Noun("truck", "delivery-truck", synonyms=("lorry", "delivery truck"))
    emoji: list[dict[str, object]] = [{"label": "Delivery truck", "tags": ["truck", "van"]}, {"label": "star"}]
    [origin, star] = origins(emoji, (noun, Noun("star", "star")))
    assert origin == (noun, "Delivery truck", ("truck", "delivery truck"), ("lorry",))
    assert star.own == ()
    with pytest.raises(KeyError):
        list(origins(emoji, (Noun("car", "automobile"),)))
