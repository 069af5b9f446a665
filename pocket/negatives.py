"""Teaching negative prompts: pictures with something, the same ones without it, and the word for what is gone.

Guidance draws `negative + scale * (prompt - negative)`. A denoiser that has seen captions alone answers a negative
prompt as if it were a caption, and what the prompt insists on stays. Here the answer to the bare word is taught, at the
usual scale, so that the sum is the picture without what the word names.

A bare word is a caption, too. In pure noise nothing tells which of both it is: taught there for things, a bare "cat"
drew two of them. So the lessons on things begin where two things can be seen in the noise. A scene's word is no caption
of its own, and is taught from pure noise on.
"""

import random
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import CLIPTokenizer

from pocket.data import Composer, Pixels
from pocket.latents import PatchComponents, to_tensor
from pocket.text import tokenize
from pocket.vocabulary import SCENES, Description, Noun, Thing, article, plural

VISIBLE = 0.7
"""Share of the schedule below which it is plain what stands where; a quarter of the amplitude is signal there."""


class Removal(NamedTuple):
    """One lesson."""

    before: Pixels
    """(128, 128, 3), what `caption` says."""
    after: Pixels
    """(128, 128, 3), the same without what `negative` names."""
    caption: str
    negative: str
    latest: float = 1.0
    """Share of the schedule up to which it is taught."""


class Removals:
    """Lessons by number."""

    def __init__(
        self, composer: Composer, components: PatchComponents, tokenizer: CLIPTokenizer, seed: int = 0
    ) -> None:
        self._composer, self._components, self._tokenizer, self._seed = composer, components, tokenizer, seed

    def removal(self, number: int) -> Removal:
        """The lesson of that number: one of two things goes, or a scene, or nothing where the word is of another."""
        rng = random.Random(f"negative:{self._seed}:{number}")
        described = self._composer.describe(rng)
        without: int | str | None = None
        match rng.choices(("thing", "scene", "other thing", "other scene"), (60, 20, 12, 8))[0]:
            case "thing":
                description = self._pair(described, rng)
                without = rng.choice((0, 1))
                negative = _word(description.things[without].noun, rng)
            case "scene":
                without = negative = rng.choice(list(SCENES))
                description = Description(described.things[:1], scene=without)
            case "other thing":
                description, negative = described, _word(self._another(rng, described), rng)
            case _:
                description, negative = replace(described, scene=None), rng.choice(list(SCENES))
        before = self._composer.draw(description)
        after = self._composer.draw(description, without=without)
        return Removal(before, after, description.caption(rng), negative, 1.0 if negative in SCENES else VISIBLE)

    def batch(self, start: int, count: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Latents before and after (count, 48, 8, 8), tokens of captions and of negatives (count, 32), latest (count,).

        The last is the share of the schedule up to which each is taught.
        """
        lessons = [self.removal(number) for number in range(start, start + count)]
        before, after = (
            self._components.encode(to_tensor(pixels))
            for pixels in ([lesson.before for lesson in lessons], [lesson.after for lesson in lessons])
        )
        captions, negatives = (
            torch.stack([tokenize(self._tokenizer, text) for text in texts])
            for texts in ([lesson.caption for lesson in lessons], [lesson.negative for lesson in lessons])
        )
        return before, after, captions, negatives, torch.tensor([lesson.latest for lesson in lessons])

    def _pair(self, described: Description, rng: random.Random) -> Description:
        """Two things side by side, in the surroundings of what was described."""
        first = described.things[0]
        things = (first, Thing(self._another(rng, described)))
        return Description(
            things if rng.random() < 0.5 else things[::-1], scene=described.scene, background=described.background
        )

    def _another(self, rng: random.Random, described: Description) -> Noun:
        shown = {thing.noun for thing in described.things}
        return rng.choice([noun for noun in self._composer.nouns if noun not in shown])


def _word(noun: Noun, rng: random.Random) -> str:
    name = rng.choice((noun.name, noun.name, noun.name, *noun.synonyms))
    return rng.choice((name, name, article(name), plural(name)))
