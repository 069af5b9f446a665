import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel

from engine.errors import BadJob, LoraNotFound, OutOfMemory
from engine.jobs import Draw, Lora, Note, Part, Pixels, Span
from engine.models.diffusion import Diffusion
from engine.models.loading import Loaded, load
from engine.models.lora import Loras
from engine.models.quiet import HARMLESS_WARNINGS
from engine.stepper import Row
from tests import tiny
from tests.stepping import NINE, alone, draw, finish, start_picture, stock, words
from tests.test_models_lora import save_lora

torch.set_num_threads(1)
# diffusers hands tensors to numpy in a way that numpy is giving up.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", *(f"ignore:{message}" for message in HARMLESS_WARNINGS)
)

LONG = ", ".join(["a red car in the fog"] * 8)
UNALIKE = [
    draw(scheduler=name, steps=3 + k % 4, guidance_scale=(1.0, 5.0, 3.0)[k % 3], seeds=(40 + k,), prompt=words(prompt))
    for k, (name, prompt) in enumerate(zip(NINE, ["a red car", "a blue tree", "a cat", "fog", ""] * 2, strict=False))
]
"""Nine schedulers, different steps, guidance on and off."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Loaded]:
    folder = tmp_path_factory.mktemp("models")
    tiny.sd15(folder / "sd15")
    tiny.sdxl(folder / "sdxl")
    return {name: load(name, folder=folder, device="cpu") for name in ("pocket", "sd15", "sdxl")}


@pytest.fixture(scope="module")
def models(loaded: dict[str, Loaded]) -> dict[str, Diffusion]:
    return {name: Diffusion(one, None) for name, one in loaded.items()}


@pytest.fixture
def model(models: dict[str, Diffusion], request: pytest.FixtureRequest) -> Diffusion:
    return models[getattr(request, "param", "sd15")]


every = pytest.mark.parametrize("model", ["pocket", "sd15", "sdxl"], indirect=True)
start_at = pytest.mark.parametrize("start", [None, start_picture()], ids=["from words", "from a picture"])


def through_one_batch(model: Diffusion, jobs: Sequence[Draw]) -> list[Pixels]:
    """Every tick one more joins, and who is done leaves."""
    waiting = [row for job in jobs for row in model.open(job)]
    order, pictures = list(waiting), dict[int, Pixels]()
    batch: list[Row] = []
    while waiting or batch:
        batch += [waiting.pop(0)] if waiting else []
        model.step(batch)
        done = [row for row in batch if not row.left]
        pictures.update(zip((id(row) for row in done), model.decode(done) if done else [], strict=True))
        batch = [row for row in batch if row.left]
    return [pictures[id(row)] for row in order]


@every
@start_at
@pytest.mark.parametrize("scheduler", NINE)
def test_alone_a_picture_is_bit_for_bit_the_stock_pipelines(
    model: Diffusion, loaded: dict[str, Loaded], scheduler: str, start: Pixels | None
) -> None:
    job = draw(scheduler=scheduler, start=start, strength=0.7, negative_prompt=words("fog"), exact=True)
    assert np.array_equal(alone(model, job)[0], stock(loaded[model.card.name].pipeline, job))


@every
@start_at
def test_so_it_is_without_guidance_and_in_another_shape(
    model: Diffusion, loaded: dict[str, Loaded], start: Pixels | None
) -> None:
    wide = None if start is None else start_picture(64, 32)
    job = draw(guidance_scale=1.0, scheduler="Euler a", start=wide, strength=1.0, width=64, height=32, exact=True)
    (picture,) = alone(model, job)
    assert picture.shape == (32, 64, 3)
    assert np.array_equal(picture, stock(loaded[model.card.name].pipeline, job))


@start_at
@pytest.mark.parametrize("family", [tiny.sd15, tiny.sdxl])
def test_so_it_is_in_half_precision(family: Any, tmp_path: Path, start: Pixels | None) -> None:
    family(tmp_path / "m")
    half = load("m", folder=tmp_path, device="cpu", dtype="bfloat16")
    job = draw(scheduler="DPM++ SDE", start=start, exact=True)
    assert np.array_equal(alone(Diffusion(half, None), job)[0], stock(half.pipeline, job))


@every
@start_at
def test_nine_schedulers_in_one_batch_draw_what_each_draws_alone(
    model: Diffusion, start: Pixels | None, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = UNALIKE if start is None else [draw_from(job, start) for job in UNALIKE]
    together = through_one_batch(model, jobs)
    apart = [np.abs(a.astype(int) - alone(model, job)[0]).max() for a, job in zip(together, jobs, strict=True)]
    with capsys.disabled():
        told = ", ".join(f"{job.scheduler} {far}" for job, far in zip(jobs, apart, strict=True))
        sys.stdout.write(
            f"\n{model.card.name}, batched against alone, largest difference of 255: {max(apart)} ({told})"
        )
    assert max(apart) <= 1


def draw_from(job: Draw, start: Pixels) -> Draw:
    return draw(start=start, strength=0.8, scheduler=job.scheduler, steps=job.steps, seeds=job.seeds)


@every
def test_words_and_pictures_start_in_one_batch(model: Diffusion) -> None:
    jobs = [draw(), draw(start=start_picture(), steps=6), draw(guidance_scale=1.0, stop=50, steps=8)]
    rows = [row for job in jobs for row in model.open(job)]
    assert len({row.key for row in rows}) == 1
    for job, picture in zip(jobs, through_one_batch(model, jobs), strict=True):
        assert np.abs(picture.astype(int) - alone(model, job)[0]).max() <= 1


def test_picture_k_of_a_set_is_what_its_seed_gives_alone(model: Diffusion) -> None:
    job = draw(seeds=(1, 2, 3), scheduler="Euler a", chaos=60)
    pictures = alone(model, job)
    assert not np.array_equal(pictures[0], pictures[1])
    for seed, picture in zip(job.seeds, pictures, strict=True):
        assert np.array_equal(alone(model, draw(seeds=(seed,), scheduler="Euler a", chaos=60))[0], picture)


@every
def test_the_start_picture_is_resized(model: Diffusion) -> None:
    (picture,) = alone(model, draw(start=start_picture(100, 37), width=32, height=64))
    assert picture.shape == (64, 32, 3)


@pytest.mark.parametrize(("scheduler", "calls"), [("DDIM", 5), ("Heun", 9), ("PNDM", 6), ("DPM2", 9), ("DPM++ SDE", 5)])
def test_steps_are_denoiser_calls(model: Diffusion, scheduler: str, calls: int) -> None:
    (row,) = model.open(draw(scheduler=scheduler, steps=5))
    assert (row.steps, row.done, row.left) == (calls, 0, calls)
    model.step([row])
    assert (row.done, row.left) == (1, calls - 1)


def test_guidance_costs_a_second_slot(model: Diffusion) -> None:
    assert [model.open(draw(guidance_scale=scale))[0].slots for scale in (0.0, 1.0, 1.5)] == [1, 1, 2]


def test_a_model_that_embeds_its_guidance_needs_no_second_slot(tmp_path: Path) -> None:
    tiny.sd15(tmp_path / "m")
    opened = load("m", folder=tmp_path, device="cpu")
    torch.manual_seed(0)
    opened.pipeline.unet = UNet2DConditionModel.from_config(opened.pipeline.unet.config, time_cond_proj_dim=16).eval()
    model = Diffusion(opened, None)
    jobs = [draw(scheduler="LCM", guidance_scale=scale) for scale in (1.5, 8.0)]
    assert [model.open(job)[0].slots for job in jobs] == [1, 1]
    expected = [alone(model, job)[0] for job in jobs]
    assert not np.array_equal(expected[0], expected[1])
    for job, picture, together in zip(jobs, expected, through_one_batch(model, jobs), strict=True):
        assert np.array_equal(picture, stock(opened.pipeline, job))
        assert np.abs(together.astype(int) - picture).max() <= 1


def test_unlike_rows_are_told_apart(model: Diffusion) -> None:
    jobs = [draw(), draw(width=32), draw(tile=True), draw(prompt=words(LONG))]
    assert len({model.open(job)[0].key for job in jobs}) == len(jobs)
    assert model.open(draw(seeds=(1, 2), guidance_scale=1.0, scheduler="LCM"))[1].key == model.open(draw())[0].key


def test_a_long_prompt_draws(model: Diffusion) -> None:
    assert not np.array_equal(
        alone(model, draw(prompt=words(LONG)))[0], alone(model, draw(prompt=words("a red car in the fog")))[0]
    )


def starve(monkeypatch: pytest.MonkeyPatch, model: Diffusion, error: Exception | None, room: int) -> None:
    """Let the denoiser fail beyond `room` slots: with `error`, or by asking the real allocator for too much."""
    unet = model._pipeline.unet
    forward = unet.forward

    def limited(samples: torch.Tensor, *rest: Any, **options: Any) -> Any:
        if len(samples) > room:
            if error is None:
                torch.empty(2**50, dtype=torch.uint8)
            raise error or AssertionError
        return forward(samples, *rest, **options)

    monkeypatch.setattr(unet, "forward", limited)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), None], ids=["CUDA", "CPU"])
def test_out_of_memory_advances_nobody(
    model: Diffusion, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    jobs = [draw(scheduler="Euler a", chaos=80, seeds=(k,)) for k in range(3)]
    expected = [alone(model, job)[0] for job in jobs]
    rows = [row for job in jobs for row in model.open(job)]
    model.step(rows[:2])
    before = [(row.state.latents.clone(), row.state.generator.get_state()) for row in rows]
    starve(monkeypatch, model, error, room=2)
    with pytest.raises(OutOfMemory):
        model.step(rows)
    assert [row.done for row in rows] == [1, 1, 0]
    for row, (latents, state) in zip(rows, before, strict=True):
        assert torch.equal(row.state.latents, latents)
        assert torch.equal(row.state.generator.get_state(), state)
    for row, picture in zip(rows, expected, strict=True):
        assert np.abs(finish(model, row).astype(int) - picture).max() <= 1


def test_another_failure_is_passed_on_and_harms_nobody(model: Diffusion, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,), expected = model.open(draw()), alone(model, draw())[0]
    with monkeypatch.context() as patch:
        starve(patch, model, ValueError("broken"), room=0)
        with pytest.raises(ValueError, match="broken"):
            model.step([row])
    assert np.array_equal(finish(model, row), expected)


@every
def test_stopping_early_shows_what_was_foreseen(model: Diffusion) -> None:
    whole = alone(model, draw(steps=10, scheduler="Euler"))[0]
    far = []
    for stop in (10, 50, 90):
        (row,) = model.open(draw(steps=10, scheduler="Euler", stop=stop))
        assert row.steps == stop // 10
        far.append(np.abs(finish(model, row).astype(int) - whole).mean())
    assert far == sorted(far, reverse=True)
    assert far[-1] > 0
    assert model.open(draw(steps=1, stop=10))[0].steps == 1


def test_tiling_is_switched_by_the_row_and_back(model: Diffusion) -> None:
    plain, tiled = alone(model, draw())[0], alone(model, draw(tile=True))[0]
    assert not np.array_equal(plain, tiled)
    (one,), (other,) = model.open(draw()), model.open(draw(tile=True))
    while one.left:
        model.step([one])
        model.step([other])
    assert np.array_equal(model.decode([one])[0], plain)
    assert np.array_equal(model.decode([other])[0], tiled)


def test_adapters_are_switched_by_the_row(tmp_path: Path) -> None:
    tiny.sd15(tmp_path / "sd15")
    opened = load("sd15", folder=tmp_path, device="cpu")
    (tmp_path / "loras").mkdir()
    save_lora(load("sd15", folder=tmp_path, device="cpu").pipeline, tmp_path / "loras" / "ink.safetensors", seed=1)
    model = Diffusion(opened, Loras(tmp_path / "loras"))
    plain, inked = draw(), draw(loras=(Lora("ink", 0.8),))
    expected = [alone(model, job)[0] for job in (plain, inked)]
    assert not np.array_equal(expected[0], expected[1])
    (one,), (other,) = model.open(plain), model.open(inked)
    assert one.key != other.key
    while one.left:
        model.step([one])
        model.step([other])
    assert np.array_equal(model.decode([one])[0], expected[0])
    assert np.array_equal(model.decode([other])[0], expected[1])
    with pytest.raises(LoraNotFound):
        model.open(draw(loras=(Lora("nowhere"),)))
    assert np.array_equal(alone(model, plain)[0], expected[0])


def test_what_is_cut_is_said(model: Diffusion) -> None:
    assert model.notes(draw(prompt=words(LONG), negative_prompt=words(LONG))) == []
    (note,) = model.notes(draw(prompt=words("car " * 2000 + "cat")))
    assert isinstance(note, Note)
    assert note.kind == "cut"
    assert note.detail.endswith("car cat")


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"width": 63}, "width"),
        ({"height": 0}, "height"),
        ({"height": -8}, "height"),
        ({"width": 4096}, "width"),
        ({"scheduler": "Eller"}, "scheduler"),
        ({"steps": 0}, "steps"),
        ({"steps": 2000}, "steps"),
        ({"steps": 60, "scheduler": "LCM"}, "steps"),
        ({"start": start_picture(), "strength": 0.1}, "strength"),
        ({"start": start_picture(), "strength": 1.5}, "strength"),
        ({"chaos": 101}, "chaos"),
        ({"stop": 5}, "stop"),
        ({"loras": (Lora("ink"),)}, "loras"),
        ({"prompt": (Part((Span("cat"),), -1.0),)}, "prompt"),
    ],
)
def test_what_the_model_cannot_do_is_refused_by_name(model: Diffusion, changes: dict[str, Any], setting: str) -> None:
    with pytest.raises(BadJob) as caught:
        model.open(draw(**changes))
    assert caught.value.setting == setting
    assert np.array_equal(alone(model, draw())[0], alone(model, draw())[0])


def test_too_many_steps_are_told_how_many_there_may_be(model: Diffusion) -> None:
    for scheduler, most in (("DDIM", 1000), ("LCM", 50)):
        with pytest.raises(BadJob, match=f"at most {most} with {scheduler}"):
            model.open(draw(steps=most + 1, scheduler=scheduler))


@every
def test_a_preview_is_small_and_sharpens(model: Diffusion) -> None:
    (row,) = model.open(draw(width=64, height=32, scheduler="DPM++ 2M"))
    shown = [model.preview(row)]
    while row.left:
        model.step([row])
        shown.append(model.preview(row))
    factor = model._pipeline.vae_scale_factor
    assert {preview.shape for preview in shown} == {(32 // factor, 64 // factor, 3)}
    assert all(preview.dtype == np.uint8 for preview in shown)
    far = [np.abs(preview.astype(int) - shown[-1]).mean() for preview in shown]
    assert far[0] > far[-2] > 0
