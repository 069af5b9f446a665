"""Teaching negative prompts: pictures of a thing in a scene, the same without it, and the word for what is gone.

Guidance draws `negative + scale * (prompt - negative)`. A denoiser that has seen captions alone answers a negative
prompt as if it were a caption, and what the prompt insists on stays. Here the answer to the bare word is taught, at the
usual scale, so that the sum is the picture without what the word names. Scenes alone: taught for things as well, a bare
"cat", which many people ask for, drew two of them, and things stayed all the same.
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
from pocket.vocabulary import SCENES, Description


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
        """The lesson of that number: a thing in a scene and without it, or a word for a scene that is not there."""
        rng = random.Random(f"negative:{self._seed}:{number}")
        described = self._composer.describe(rng)
        scene = rng.choice(list(SCENES))
        if rng.random() < 0.7:
            description, without = Description(described.things[:1], scene=scene), scene
        else:
            description, without = replace(described, scene=None), None
        before = self._composer.draw(description)
        after = self._composer.draw(description, without=without)
        return Removal(before, after, description.caption(rng), scene)

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
