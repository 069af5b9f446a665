"""The recipe: latents, words, and steps that go on where they were stopped."""

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from diffusers.training_utils import EMAModel
from PIL import Image, ImageDraw
from rich.progress import Progress
from torch import nn
from transformers import CLIPTextModel, CLIPTokenizer

from pocket import descent
from pocket.__main__ import commands
from pocket.data import Composer
from pocket.descent import Checkpoint, Descent, Slope, learning_rate
from pocket.export import finished
from pocket.latents import PatchComponents, to_tensor
from pocket.text import WINDOW, text_config, tokenize, train_tokenizer
from pocket.train_autoencoder import SCALING, autoencoder, crops, decoder_loss
from pocket.train_clip import JUDGE, Pairs, shake
from pocket.train_diffusion import Captioned, denoiser, draw_timesteps, noise_schedule
from pocket.train_text import Facts, Listener
from pocket.vocabulary import NOUNS, Description, Thing

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def composer() -> Composer:
    """Draws every noun as a disc of its own size."""
    artwork = {}
    for place, noun in enumerate(NOUNS):
        drawing = Image.new("RGBA", (64, 64))
        ImageDraw.Draw(drawing).ellipse((0, 0, 20 + place % 40, 60), fill=(200, 40, 30, 255))
        artwork[noun.set, noun.icon] = drawing
    return Composer(artwork)


@pytest.fixture(scope="module")
def components(composer: Composer) -> PatchComponents:
    return PatchComponents.fit(picture.pixels for picture in composer.pictures(0, 60))


@pytest.fixture(scope="module")
def tokenizer(composer: Composer) -> CLIPTokenizer:
    return train_tokenizer(picture.caption for picture in composer.pictures(0, 400))


def test_components_are_near_the_picture_and_of_unit_size(composer: Composer, components: PatchComponents) -> None:
    images = to_tensor([picture.pixels for picture in composer.pictures(100, 120)])
    latents = components.encode(images)
    assert latents.shape == (20, 48, 8, 8)
    assert 0.5 < latents.std() < 2
    error = (components.decode(latents) - images).pow(2).mean()
    assert error < 0.2 * images.var()


def test_components_survive_the_file(components: PatchComponents, tmp_path: Path) -> None:
    components.save(tmp_path / "components.safetensors")
    image = torch.rand(1, 3, 128, 128)
    assert torch.equal(
        PatchComponents.load(tmp_path / "components.safetensors").encode(image), components.encode(image)
    )


def test_words_are_single_tokens_and_nothing_is_unknown(tokenizer: CLIPTokenizer) -> None:
    assert len(tokenizer("a red car on a blue background").input_ids) == 9
    spelled = tokenizer("été xylophone").input_ids
    assert spelled.count(tokenizer.eos_token_id) == 1
    assert tokenize(tokenizer, "a " * 100).shape == (WINDOW,)


@pytest.mark.parametrize("average", [0.9, None])
def test_a_run_goes_on_exactly_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, average: float | None
) -> None:
    monkeypatch.setattr(descent, "_SAVE_EVERY", -1.0)  # after each step

    def trained(path: Path, stop: int) -> tuple[nn.Linear, torch.Tensor]:
        torch.manual_seed(0)
        model = nn.Linear(4, 4)
        run = Descent(Accelerator(cpu=True), model, path, Slope(6, 0.1, average))
        with Progress(disable=True) as progress:
            for step in run.steps(progress, "test"):
                if step == stop:
                    break
                run.down(model(torch.randn(8, 4, generator=torch.Generator().manual_seed(step))).pow(2).mean())
        with run.averaged():
            return model, model.weight.clone()

    whole, its_average = trained(tmp_path / "whole.pt", 6)
    trained(tmp_path / "run.pt", 3)
    rest, other_average = trained(tmp_path / "run.pt", 6)
    assert torch.equal(rest.weight, whole.weight)
    assert torch.equal(other_average, its_average)
    assert torch.equal(whole.weight, its_average) == (average is None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.pt", "whole.pt"]
    again, _ = trained(tmp_path / "run.pt", 6)
    assert torch.equal(again.weight, whole.weight)


def test_a_run_without_checkpoint_starts_at_zero(tmp_path: Path) -> None:
    assert Checkpoint(tmp_path / "none.pt", model=nn.Linear(1, 1)).load() == 0


def test_export_takes_the_averaged_weights(tmp_path: Path) -> None:
    model = nn.Linear(2, 2)
    ema = EMAModel(model.parameters())
    average = model.weight.detach().clone()
    with torch.no_grad():
        model.weight.add_(1)
    Checkpoint(tmp_path / "run.pt", model=model, ema=ema).save(1)
    exported = finished(nn.Linear(2, 2), tmp_path / "run.pt")
    assert torch.equal(exported.weight, average.half())


def test_export_needs_the_step_before(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        finished(nn.Linear(2, 2), tmp_path / "run.pt")


def test_a_share_of_the_recipe_is_that_share_of_each_step(tmp_path: Path) -> None:
    whole, tenth = (commands(tmp_path, tmp_path / "weights", share) for share in (1.0, 0.1))
    amounts = [(int(one[-1]), int(other[-1])) for one, other in zip(whole[:-1], tenth[:-1], strict=True)]
    assert len(amounts) == 6
    assert all(part == round(all_of_it / 10) for all_of_it, part in amounts)
    assert whole[-1] == tenth[-1]
    assert all(command[-1] == "1" for command in commands(tmp_path, tmp_path, 1e-6)[:-1])


def test_learning_rate_rises_stays_and_falls() -> None:
    rates = [learning_rate(step, 4000) for step in (0, 100, 200, 2999, 3500, 4000)]
    assert rates[0] < rates[1] < rates[2] == rates[3] == 1.0
    assert rates[5] == pytest.approx(0.02)
    assert rates[5] < rates[4] < 1


def test_timesteps_cover_the_schedule() -> None:
    timesteps = draw_timesteps(1000, torch.Generator().manual_seed(0))
    assert timesteps.min() >= 0
    assert timesteps.max() <= 999
    assert 0.65 < (timesteps >= 250).float().mean() < 0.95
    assert np.histogram(timesteps.numpy(), 4, (0, 1000))[0].min() > 100


def test_the_schedule_ends_in_pure_noise() -> None:
    assert noise_schedule().alphas_cumprod[-1] == 0


def test_captioned_latents_fit_the_denoiser(
    composer: Composer, components: PatchComponents, tokenizer: CLIPTokenizer
) -> None:
    latents, tokens = Captioned(composer, components, tokenizer)[0]
    words = CLIPTextModel(text_config(tokenizer))(input_ids=tokens[None]).last_hidden_state
    model = denoiser()
    velocity = model(latents[None], torch.tensor([999]), words).sample
    assert velocity.shape == latents[None].shape
    velocity.pow(2).mean().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_facts_tell_whose_colour_is_whose(composer: Composer) -> None:
    facts = Facts(composer)
    car, cat = composer.nouns[0], composer.nouns[23]
    pair = Description((Thing(car, "red"), Thing(cat)), background="blue")
    numbers = facts.of(pair)
    assert len(numbers) == len(facts.sizes)
    assert all(0 <= number < size for number, size in zip(numbers, facts.sizes, strict=True))
    assert not torch.equal(numbers, facts.of(Description((Thing(car), Thing(cat, "red")), background="blue")))
    assert torch.equal(facts.of(Description((Thing(car, "red", said=False),))), facts.of(Description((Thing(car),))))
    two = facts.of(Description((Thing(car), Thing(car))))
    assert not torch.equal(two, facts.of(Description((Thing(car),) * 3)))


def test_listener_learns_from_every_weight(composer: Composer, tokenizer: CLIPTokenizer) -> None:
    facts = Facts(composer)
    model = Listener(tokenizer, facts.sizes)
    pictures = list(composer.pictures(0, 4))
    tokens = torch.stack([tokenize(tokenizer, picture.caption) for picture in pictures])
    loss, told = model(tokens, torch.stack([facts.of(picture.description) for picture in pictures]))
    loss.backward()
    assert 0 <= told <= 1
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_the_autoencoder_learns_from_crops_of_pictures_and_latents_alike(
    composer: Composer, components: PatchComponents
) -> None:
    images, latents, generator = crops(composer, components, 3, batch=2, seed=0)
    assert images.shape == (2, 3, 64, 64)
    assert torch.equal(latents, components.encode(images))
    again, _, other = crops(composer, components, 3, batch=2, seed=0)
    assert torch.equal(images, again)
    assert torch.equal(generator.get_state(), other.get_state())
    model = autoencoder()
    drawn = model.decoder(latents / SCALING)
    assert model.encoder(images).shape == latents.shape
    decoder_loss(drawn, images).backward()
    assert all(parameter.grad is not None for parameter in model.decoder.parameters())
    assert decoder_loss(images, images) == 0


def test_pairs_are_determined_by_their_number(composer: Composer, tokenizer: CLIPTokenizer) -> None:
    pairs = Pairs(composer, tokenizer, batch=6, seed=0)
    for number in range(4):
        one, again = pairs.batch(number), pairs.batch(number)
        assert all(torch.equal(a, b) for a, b in zip(one, again, strict=True))
        assert one.images.shape == (6, 3, 96, 96)
        assert one.nouns.shape == one.colours.shape == (6,)


def test_the_judge_is_shown_a_thing_alone_and_beside_others(composer: Composer, tokenizer: CLIPTokenizer) -> None:
    pairs = Pairs(composer, tokenizer, 8, 1, JUDGE._replace(kinds=(0, 0, 0, 0, 1)))
    shown = [{thing.noun for thing in each.things} for each in pairs.described(random.Random(0))]
    (alone,) = (things for things in shown if len(things) == 1)
    assert len({frozenset(things - alone) for things in shown}) == 8
    assert all(alone <= things for things in shown)


def test_shaken_pictures_stay_in_range() -> None:
    images = torch.rand(8, 3, 128, 128) * 2 - 1
    shaken = shake(images, torch.Generator().manual_seed(0))
    assert shaken.shape == (8, 3, 96, 96)
    assert shaken.abs().max() <= 1
