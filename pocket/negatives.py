"""Teaching negative prompts: pictures with something, the same ones without it, and the word for what is gone.

Guidance draws `negative + scale * (prompt - negative)`. A denoiser that has seen captions alone answers a negative
prompt as if it were a caption, and what the prompt insists on stays. Here the answer to a bare word is taught, at the
usual scale, so that the sum is the picture without what the word names.
"""

import random
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import CLIPTokenizer

from pocket.data import Composer, Pixels
from pocket.latents import PatchComponents, to_tensor
from pocket.text import tokenize
from pocket.vocabulary import SCENES, Description, Noun, Thing, article, plural


class Removal(NamedTuple):
    """One lesson."""

    before: Pixels
    """(128, 128, 3), what `caption` says."""
    after: Pixels
    """(128, 128, 3), the same without what `negative` names."""
    caption: str
    negative: str


class Removals:
    """Lessons by number."""

    def __init__(
        self, composer: Composer, components: PatchComponents, tokenizer: CLIPTokenizer, seed: int = 0
    ) -> None:
        self._composer, self._components, self._tokenizer, self._seed = composer, components, tokenizer, seed

    def removal(self, number: int) -> Removal:
        """The lesson of that number: one of two things goes, or a scene, or nothing if the word is of another thing."""
        rng = random.Random(f"negative:{self._seed}:{number}")
        kind = rng.choices(("thing", "scene", "nothing"), (60, 25, 15))[0]
        description = self._composer.describe(rng)
        first, other = (
            Thing(description.things[0].noun, description.things[0].colour),
            Thing(self._another(rng, description)),
        )
        without: int | str | None = None
        match kind:
            case "thing":
                description = Description((first, other), scene=description.scene, background=description.background)
                without = rng.choice((0, 1))
                negative = _word(description.things[without].noun, rng)
            case "scene":
                scene = rng.choice(list(SCENES))
                description = Description((first,), scene=scene)
                without = negative = scene
            case _:
                negative = (
                    rng.choice((_word(other.noun, rng), *SCENES))
                    if description.scene is None
                    else _word(other.noun, rng)
                )
        before = self._composer.draw(description)
        after = self._composer.draw(description, without=without)
        return Removal(before, after, description.caption(rng), negative)

    def batch(self, start: int, count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Latents before and after (count, 48, 8, 8), tokens of captions and of negatives (count, 32)."""
        lessons = [self.removal(number) for number in range(start, start + count)]
        before, after = (
            self._components.encode(to_tensor(pixels))
            for pixels in ([lesson.before for lesson in lessons], [lesson.after for lesson in lessons])
        )
        captions, negatives = (
            torch.stack([tokenize(self._tokenizer, text) for text in texts])
            for texts in ([lesson.caption for lesson in lessons], [lesson.negative for lesson in lessons])
        )
        return before, after, captions, negatives

    def _another(self, rng: random.Random, description: Description) -> Noun:
        shown = {thing.noun for thing in description.things}
        return rng.choice([noun for noun in self._composer.nouns if noun not in shown])


def _word(noun: Noun, rng: random.Random) -> str:
    name = rng.choice((noun.name, noun.name, *noun.synonyms))
    return rng.choice((name, name, article(name), plural(name)))
