"""Measures of drawn pictures: do they show what the words say?"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from engine.jobs import Pixels, Vectors
from pocket.data import COLOURS, Composer
from pocket.evaluation import pixels as px
from pocket.evaluation.drawing import Painter, Request
from pocket.evaluation.figures import Figure, with_drawn
from pocket.evaluation.prompts import BLUE_CAR, RED_CAR, STRENGTHS, TAKEN_AWAY, Held, beside, counts, noun, pair_choices
from pocket.evaluation.ranks import ranks, recall
from pocket.vocabulary import BACKGROUNDS, SCENES, Description, Thing, article

STEPS = (4, 8, 20)
WORDS, EDIT, LESS, COUNTS = "Words", "Image to image", "Negative prompts", "Counts"


class Judge(Protocol):
    """A CLIP that did not train the generator."""

    def embed_texts(self, texts: list[str]) -> Vectors:
        """n texts to n x d, rows of unit length."""

    def embed_pictures(self, pictures: list[Pixels]) -> Vectors:
        """n pictures to n x d, rows of unit length."""


async def words(
    painter: Painter,
    held: Sequence[Held],
    seeds: tuple[int, ...],
    judge: Judge | None,
    composer: Composer | None,
    all_steps: Sequence[int] = STEPS,
) -> list[Figure]:
    """Rank by the judge, colour and background by pixels, pairs by the judge; at several numbers of steps."""
    drawn: list[Figure] = []
    if composer is not None:
        drawn = judged(held, [[composer.draw(each.description)] for each in held], judge, "")
    figures = []
    for steps in all_steps:
        requests = [Request(prompt=each.caption, seeds=seeds, steps=steps) for each in held]
        pictures = await painter.draw(requests, f"{len(held)} prompts, {steps} steps")
        figures += judged(held, pictures, judge, f", {steps} steps")
    return with_drawn(figures, drawn)


def judged(held: Sequence[Held], pictures: Sequence[Sequence[Pixels]], judge: Judge | None, when: str) -> list[Figure]:
    """The figures of pictures of held-out prompts, several of each."""
    figures = []
    if judge is not None:
        said = judge.embed_texts([each.caption for each in held])
        truth = [place for place, some in enumerate(pictures) for _ in some]
        found = ranks(judge.embed_pictures([one for some in pictures for one in some]), said, truth)
        number = len(held)
        spread = f"mean {found.mean():.1f}; of {len(found)} pictures"
        measure = f"rank of the true prompt among {number}{when}"
        figures.append(Figure(WORDS, measure, float(np.median(found)), "rank", (number + 1) / 2, note=spread))
        for at in (1, 5, 10):
            measure = f"true prompt in first {at} of {number}{when}"
            figures.append(Figure(WORDS, measure, recall(found, at), "%", min(1.0, at / number)))
    colours = [
        px.main_colour(one) == each.description.things[0].colour
        for each, some in zip(held, pictures, strict=True)
        for one in some
        if _one_colour_on_plain(each)
    ]
    figures += _share(WORDS, f"colour by measured hue{when}", colours, 1 / len(COLOURS))
    grounds = [
        px.background_name(one) == each.description.background
        for each, some in zip(held, pictures, strict=True)
        for one in some
        if each.description.background is not None
    ]
    figures += _share(WORDS, f"background by measured pixels{when}", grounds, 1 / len(BACKGROUNDS))
    return figures + (_pairs(held, pictures, judge, when) if judge is not None else [])


async def image_to_image(painter: Painter, seeds: tuple[int, ...]) -> list[Figure]:
    """A blue car from the model's own red cars: is it blue, and where it was?"""
    (starts,) = await painter.draw([Request(prompt=RED_CAR, seeds=seeds)], "red cars")
    before = [px.silhouette(start) for start in starts]
    red = [px.main_colour(start) == "red" for start in starts]
    figures = _share(EDIT, "the start is red", red, 1 / len(COLOURS))
    for strength in STRENGTHS:
        requests = [
            Request(prompt=BLUE_CAR, seeds=(seed,), start=start, strength=strength)
            for seed, start in zip(seeds, starts, strict=True)
        ]
        after = [one for (one,) in await painter.draw(requests, f"{BLUE_CAR}, strength {strength}")]
        blue = [px.main_colour(one) == "blue" for one in after]
        share = np.mean([px.colour_shares(one, px.silhouette(one)).get("blue", 0.0) for one in after])
        kept = [px.overlap(px.silhouette(one), mask) for one, mask in zip(after, before, strict=True)]
        figures += _share(EDIT, f"blue at strength {strength}", blue, 1 / len(COLOURS), f"{share:.0%} of its pixels")
        spread = f"from {min(kept):.2f} to {max(kept):.2f}"
        measure = f"silhouette kept at strength {strength}"
        figures.append(Figure(EDIT, measure, float(np.mean(kept)), "IoU", note=spread))
    return figures


async def negatives(
    painter: Painter, seeds: tuple[int, ...], judge: Judge | None, composer: Composer | None, sample: int
) -> list[Figure]:
    """Two things, and the second asked away: is one left, and is it the right one? And scenes, asked away as well."""
    cases = TAKEN_AWAY[:sample]
    figures = []
    for when, asked in (("without the negative prompt", False), ("with it", True)):
        requests = [
            Request(prompt=beside(stays, goes), negative=goes if asked else "", seeds=seeds) for stays, goes in cases
        ]
        drawn = await painter.draw(requests, f"negative prompts, {when}")
        single = _share(
            LESS, f"one thing is shown, {when}", [px.count(one) == 1 for some in drawn for one in some], None
        )
        if composer is not None:
            pairs = [Description((Thing(noun(stays)), Thing(noun(goes)))) for stays, goes in cases]
            real = [px.count(composer.draw(pair, without=1 if asked else None)) == 1 for pair in pairs]
            single = [replace(figure, drawn=sum(real) / len(real)) for figure in single]
        figures += single
        requests = [
            Request(prompt=f"a dog {said[0]}", negative=scene if asked else "", seeds=seeds)
            for scene, said in list(SCENES.items())[:sample]
        ]
        drawn_scenes = await painter.draw(requests, f"scenes, {when}")
        plain = [px.background_name(one) == "white" for some in drawn_scenes for one in some]
        figures += _share(LESS, f"a scene is a plain background, {when}", plain, 1 / len(BACKGROUNDS))
        if judge is None:
            continue
        gone = []
        for (stays, goes), some in zip(cases, drawn, strict=True):
            said = judge.embed_texts([article(stays), article(goes), beside(stays, goes)])
            gone += [int(place) == 0 for place in (judge.embed_pictures(some) @ said.T).argmax(1)]
        figures += _share(LESS, f"nearest to the first thing alone, {when}", gone, 1 / 3)
    return figures


async def counted(painter: Painter, seeds: tuple[int, ...], composer: Composer | None, sample: int) -> list[Figure]:
    """One, two, three: by the number of connected pieces."""
    cases = counts(sample)
    drawn = await painter.draw([Request(prompt=said, seeds=seeds) for said, _ in cases], "counts")
    figures = []
    for number in (1, 2, 3):
        chosen = [place for place, (_, description) in enumerate(cases) if len(description.things) == number]
        right = [px.count(one) == number for place in chosen for one in drawn[place]]
        figure = _share(COUNTS, f"{number} when {number} are asked for", right, None)
        if composer is not None:
            real = [px.count(composer.draw(cases[place][1])) == number for place in chosen]
            figure = with_drawn(figure, _share(COUNTS, f"{number} when {number} are asked for", real, None))
        figures += figure
    return figures


def _pairs(held: Sequence[Held], pictures: Sequence[Sequence[Pixels]], judge: Judge, when: str) -> list[Figure]:
    right, choices = [], 1
    for place, (each, some) in enumerate(zip(held, pictures, strict=True)):
        things = each.description.things
        if len(things) != 2 or things[0].noun == things[1].noun:
            continue
        said = judge.embed_texts(pair_choices(each, random.Random(place)))
        choices = len(said)
        right += [int(best) == 0 for best in (judge.embed_pictures(list(some)) @ said.T).argmax(1)]
    return _share(WORDS, f"two things by the judge{when}", right, 1 / choices, f"among {choices} captions")


def _one_colour_on_plain(held: Held) -> bool:
    """Whether one thing, or several alike, in a colour that is said stand before a plain background."""
    things = held.description.things
    return (
        held.description.scene is None
        and things[0].said
        and things[0].colour is not None
        and all(thing == things[0] for thing in things)
    )


def _share(section: str, measure: str, right: Sequence[bool], chance: float | None, note: str = "") -> list[Figure]:
    """The share of what is right; nothing where nothing was asked."""
    if not right:
        return []
    notes = "; ".join(part for part in (f"of {len(right)}", note) if part)
    return [Figure(section, measure, sum(right) / len(right), "%", chance, note=notes)]
