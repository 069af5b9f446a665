"""Measures of a CLIP and of an autoencoder on pictures that they were not trained on. They need the artwork."""

import random
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from engine.models import autoencoder, loading
from engine.models.clip import Clip
from pocket.data import Composer
from pocket.evaluation.figures import Figure
from pocket.evaluation.prompts import AXIS, SAID, held_out, noun
from pocket.evaluation.ranks import decibels, on_own_axis, ranks, recall
from pocket.latents import to_tensor
from pocket.renderings import kept_back
from pocket.vocabulary import Description, Thing, article

COMPOSED, NOUNS, PICTURES = 512, 100, 128
_BATCH = 16


class Sizes(NamedTuple):
    """How many of each are looked at."""

    composed: int = COMPOSED
    nouns: int = NOUNS
    pictures: int = PICTURES


def measure_clip(folder: Path, composer: Composer, sizes: Sizes) -> list[Figure]:
    """Recall among composed pictures, naming things from drawings kept back, and the axes of three vehicles."""
    clip = Clip(folder, name=str(folder))
    held = held_out(sizes.composed)
    pictures = clip.embed_pictures([composer.draw(each.description) for each in held])
    words = clip.embed_texts([each.caption for each in held])
    figures = []
    for name, found in (
        ("text to image", ranks(words, pictures, range(len(held)))),
        ("image to text", ranks(pictures, words, range(len(held)))),
    ):
        for at in (1, 10):
            measure = f"{name}, recall@{at} among {len(held)} held-out pictures"
            figures.append(Figure("CLIP", measure, recall(found, at), "%", min(1.0, at / len(held))))
    figures += [_named(clip, composer, sizes.nouns, kept=kept) for kept in (True, False)]
    said = clip.embed_texts([article(SAID.get(name, name)) for name in AXIS])
    for where, kept in (("drawings kept back", True), ("own drawings", False)):
        shown = [noun(name) for name in AXIS]
        sets = [kept_back(each, composer.artwork) if kept else None for each in shown]
        drawn = [composer.draw(Description((Thing(n, set=s),))) for n, s in zip(shown, sets, strict=True)]
        score = on_own_axis(clip.embed_pictures(drawn), said) / len(AXIS)
        figures.append(Figure("CLIP", f"automobile, bicycle, horse highest on own axis, {where}", score, "%", 1 / 3))
    return figures


def measure_autoencoder(folder: Path, composer: Composer, sizes: Sizes) -> list[Figure]:
    """Decibels of pictures that went into latents and back, as the engine takes them there."""
    pipeline = loading.load(str(folder), folder=folder.parent).pipeline
    truth = np.stack([composer.draw(each.description) for each in held_out(sizes.pictures)])
    back: list[NDArray[np.uint8]] = []
    for start in range(0, len(truth), _BATCH):
        with torch.inference_mode():
            latents = autoencoder.encode(pipeline, to_tensor(list(truth[start : start + _BATCH])))
            back += autoencoder.decode(pipeline, list(latents.split(1)))
    each = decibels(np.stack(back), truth)
    spread = f"from {each.min():.1f} to {each.max():.1f} dB"
    return [Figure("Autoencoder", f"PSNR on {len(truth)} held-out pictures", float(each.mean()), "dB", note=spread)]


def _named(clip: Clip, composer: Composer, number: int, *, kept: bool) -> Figure:
    known = [(each, name) for each in composer.nouns if (name := kept_back(each, composer.artwork)) is not None]
    chosen = random.Random(0).sample(known, min(number, len(known)))
    drawn = [composer.draw(Description((Thing(each, set=name if kept else None),))) for each, name in chosen]
    words = clip.embed_texts([article(each.name) for each, _ in chosen])
    found = ranks(clip.embed_pictures(drawn), words, range(len(chosen)))
    where = "drawings kept back" if kept else "own drawings"
    measure = f"zero-shot over {len(chosen)} nouns, {where}"
    return Figure("CLIP", measure, recall(found, 1), "%", 1 / len(chosen), note=f"in first 5: {recall(found, 5):.0%}")
