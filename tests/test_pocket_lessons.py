"""What is taught beside plain captions: negative prompts, and drawings that some models see and others do not."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from transformers import CLIPTokenizer

from pocket.data import PACKAGES, Composer
from pocket.latents import PatchComponents
from pocket.negatives import Removals
from pocket.renderings import for_clip, kept_back, renderings
from pocket.text import train_tokenizer
from pocket.train_diffusion import GUIDANCE
from pocket.train_negatives import taking_away
from pocket.vocabulary import FLAT, NOUNS, RETRO, SCENES, SHADE, SIMPLE, SOLID, Description, Thing


@pytest.fixture(scope="module")
def composer() -> Composer:
    """Has every noun in every set but the simple one, each set in a shape of its own."""
    artwork = {}
    for place, noun in enumerate(NOUNS):
        for number, name in enumerate(PACKAGES):
            if name == SIMPLE:
                continue
            drawing = Image.new("RGBA", (64, 64))
            ImageDraw.Draw(drawing).rectangle((0, 0, 20 + 10 * number, 60), fill=(200, 40 + place, 30, 255))
            artwork[name, noun.icon] = drawing
    return Composer(artwork)


@pytest.fixture(scope="module")
def removals(composer: Composer) -> Removals:
    pictures = list(composer.pictures(0, 60))
    components = PatchComponents.fit(picture.pixels for picture in pictures)
    tokenizer: CLIPTokenizer = train_tokenizer(picture.caption for picture in pictures)
    return Removals(composer, components, tokenizer)


def test_a_negative_prompt_takes_away_what_it_names_and_nothing_else(removals: Removals) -> None:
    kinds = set()
    for number in range(40):
        lesson = removals.removal(number)
        changed = (lesson.before != lesson.after).any(-1)
        kinds.add((lesson.negative in SCENES, changed.any()))
        if lesson.negative in SCENES:
            assert any(words in lesson.caption for words in SCENES[lesson.negative]) == changed.any()
            assert not changed.any() or changed[:8].mean() > 0.9
            assert lesson.latest == 1
        else:
            assert lesson.latest < 1
            assert changed[:, :64].any() != changed[:, 64:].any() or not changed.any()
    assert len(kinds) == 4


def test_guidance_comes_to_what_is_wanted_where_something_goes_and_to_the_usual_elsewhere() -> None:
    prompted, alone, wanted = torch.randn(3, 2, 4, 2, 2)
    goes = torch.tensor([[True, False], [False, False]]).expand(2, 1, 2, 2)
    negative = taking_away(prompted, alone, wanted, goes)
    guided, usual = (answer + GUIDANCE * (prompted - answer) for answer in (negative, alone))
    assert torch.allclose(guided[..., 0, 0], wanted[..., 0, 0], atol=1e-5)
    assert torch.allclose(guided[..., 1, :], usual[..., 1, :])


def test_lessons_are_determined_by_their_number(removals: Removals) -> None:
    one, again, other = removals.batch(4, 2), removals.batch(4, 2), removals.batch(6, 2)
    assert [part.shape[0] for part in one] == [2] * 5
    assert all(torch.equal(a, b) for a, b in zip(one, again, strict=True))
    assert not torch.equal(one[0], other[0])


def test_the_clip_has_drawings_that_it_does_not_see(composer: Composer) -> None:
    for noun in composer.nouns:
        kept = kept_back(noun, composer.artwork)
        assert kept is not None
        assert kept != noun.set
        assert noun.set in for_clip(noun, composer.artwork)
        assert kept not in for_clip(noun, composer.artwork)
        if kept == FLAT:
            # The same shapes in another finish would give the drawing away.
            assert SOLID not in for_clip(noun, composer.artwork)


def test_nothing_is_kept_back_that_the_clip_could_not_do_without() -> None:
    noun = next(noun for noun in NOUNS if noun.set == FLAT)
    artwork = {(name, noun.icon): Image.new("RGBA", (8, 8)) for name in (FLAT, SOLID, RETRO)}
    assert renderings(noun, artwork) == (FLAT, RETRO, SOLID)
    assert kept_back(noun, artwork) is None
    assert for_clip(noun, artwork) == (FLAT, RETRO, SOLID)


def test_a_thing_is_drawn_from_the_set_that_it_names(composer: Composer) -> None:
    noun = next(noun for noun in composer.nouns if noun.set == FLAT)
    own, other, lacking = (composer.draw(Description((Thing(noun, set=name),))) for name in (None, RETRO, SIMPLE))
    assert (own != other).any()
    assert np.array_equal(own, lacking)


def test_white_things_are_seen_on_a_plain_background(composer: Composer) -> None:
    white = Description((Thing(composer.nouns[0], "white"),))
    assert tuple(composer.draw(white)[2, 2]) == SHADE
