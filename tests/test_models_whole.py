import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoPipelineForImage2Image
from PIL import Image

from engine.errors import BadJob, Cancelled, LoraNotFound, OutOfMemory
from engine.jobs import Asker, Draw, Lora, Note, Part, Pixels, Span, Words
from engine.models.loading import Loaded, load
from engine.models.lora import Loras
from engine.models.preview import LinearPreview
from engine.models.whole import WholePipeline
from tests import tiny
from tests.contracts.stepper import WholeContract

torch.set_num_threads(1)

FAMILIES = {"sd3": tiny.sd3, "flux": tiny.flux, "schnell": lambda folder: tiny.flux(folder, guidance_embeds=False)}


def words(text: str) -> Words:
    return (Part((Span(text),)),)


def job(whole: WholePipeline, **changes: Any) -> Draw:
    plain = Draw(
        id="a",
        asker=Asker("w", "p"),
        prompt=words("a red car"),
        width=32,
        height=48,
        steps=3,
        guidance_scale=3.0,
        scheduler=whole.card.scheduler,
        seeds=(5,),
        model=whole.card.name,
    )
    return replace(plain, **changes)


def on(_: Callable[[int], Pixels] | None) -> bool:
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
    for name, build in FAMILIES.items():
        build(models / name)
    return models


@pytest.fixture(scope="module")
def loaded(folder: Path) -> dict[str, Loaded]:
    return {name: load(name, folder=folder, device="cpu") for name in FAMILIES}


@pytest.fixture
def whole(loaded: dict[str, Loaded], request: pytest.FixtureRequest) -> WholePipeline:
    return WholePipeline(loaded[getattr(request, "param", "sd3")], None)


class TestWholeContract(WholeContract):
    @pytest.fixture
    def model(self, loaded: dict[str, Loaded], tmp_path: Path) -> WholePipeline:
        return WholePipeline(loaded["sd3"], Loras(tmp_path))


every = pytest.mark.parametrize("whole", FAMILIES, indirect=True)


def stock(pipeline: Any, draw: Draw, seed: int) -> Pixels:
    """What the stock pipeline, asked plainly, makes of a job."""
    options: dict[str, Any] = {"guidance_scale": draw.guidance_scale}
    if type(pipeline).__name__.startswith("Flux") and not pipeline.transformer.config.guidance_embeds:
        options = {"true_cfg_scale": draw.guidance_scale, "negative_prompt": draw.negative_prompt[0].text}
    elif draw.negative_prompt:
        options["negative_prompt"] = draw.negative_prompt[0].text
    if draw.start is not None:
        options |= {"image": Image.fromarray(draw.start), "strength": draw.strength}
    image = pipeline(
        draw.prompt[0].text,
        width=draw.width,
        height=draw.height,
        num_inference_steps=draw.steps,
        generator=torch.Generator().manual_seed(seed),
        **options,
    ).images[0]
    return np.array(image)


@every
def test_a_picture_is_bit_for_bit_the_stock_pipelines(whole: WholePipeline, loaded: dict[str, Loaded]) -> None:
    negative = () if whole.card.family == "FluxPipeline" and whole.card.guidance_scale else words("fog")
    draw = job(whole, negative_prompt=negative)
    (picture,) = whole.run(whole.open(draw), on)
    assert picture.shape == (48, 32, 3)
    assert np.array_equal(picture, stock(loaded[whole.card.name].pipeline, draw, 5))


@every
def test_starting_from_a_picture_is_the_stock_image_to_image(whole: WholePipeline, loaded: dict[str, Loaded]) -> None:
    start = np.random.default_rng(0).integers(0, 255, (48, 32, 3), np.uint8)
    draw = job(
        whole, start=start, strength=0.6, steps=5, negative_prompt=() if whole.card.name == "flux" else words("")
    )
    rows = whole.open(draw)
    (picture,) = whole.run(rows, on)
    pipeline = AutoPipelineForImage2Image.from_pipe(loaded[whole.card.name].pipeline)
    assert np.array_equal(picture, stock(pipeline, draw, 5))
    assert (rows[0].done, rows[0].steps) == (3, 3)
    (other,) = whole.run(whole.open(replace(draw, start=255 - start)), on)
    assert not np.array_equal(picture, other)


@every
def test_jobs_that_differ_in_seed_alone_share_one_call(whole: WholePipeline) -> None:
    mine, yours = job(whole, seeds=(1, 2)), job(whole, id="b", asker=Asker("x", "y"), seeds=(3,))
    rows = [*whole.open(mine), *whole.open(yours)]
    assert len({row.key for row in rows}) == 1
    together = whole.run(rows, on)
    for row, picture in zip(rows, together, strict=True):
        (alone,) = whole.run([row], on)
        assert np.abs(picture.astype(int) - alone).max() <= 1
    assert not np.array_equal(together[0], together[1])


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": words("a blue car")},
        {"steps": 4},
        {"guidance_scale": 2.0},
        {"width": 64},
        {"start": np.zeros((8, 8, 3), np.uint8)},
        {"exact": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_jobs_that_differ_otherwise_do_not(whole: WholePipeline, change: dict[str, Any]) -> None:
    (plain,), (changed,) = whole.open(job(whole)), whole.open(job(whole, **change))
    assert plain.key != changed.key


def test_different_start_pictures_do_not_share_a_call(whole: WholePipeline) -> None:
    starts = [np.full(shape, shade, np.uint8) for shape, shade in [((8, 4, 3), 0), ((4, 8, 3), 0), ((8, 4, 3), 1)]]
    assert len({whole.open(job(whole, start=start))[0].key for start in starts}) == 3


@every
def test_progress_is_told_after_each_step_with_a_preview(whole: WholePipeline) -> None:
    rows = whole.open(job(whole, seeds=(1, 2)))
    told: list[list[tuple[int, int]]] = []
    previews: list[Pixels] = []

    def after(preview: Callable[[int], Pixels] | None) -> bool:
        assert preview is not None
        previews.append(preview(0))
        told.append([(row.done, row.left) for row in rows])
        return True

    whole.run(rows, after)
    assert told == [[(1, 2)] * 2, [(2, 1)] * 2, [(3, 0)] * 2]
    assert {preview.shape for preview in previews} == {(48 // 2, 32 // 2, 3)}
    assert not np.array_equal(previews[0], previews[-1])


@every
def test_the_last_preview_is_that_of_the_pictures_own_latents(
    whole: WholePipeline, loaded: dict[str, Loaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The autoencoder is asked what it was given to decode: the map's guess must be of the same latents."""
    pipeline = loaded[whole.card.name].pipeline
    decoded: list[torch.Tensor] = []
    decode = pipeline.vae.decode

    def watched(latents: torch.Tensor, **options: Any) -> Any:
        decoded.append(latents)
        return decode(latents, **options)

    monkeypatch.setattr(pipeline.vae, "decode", watched)
    previews: list[Pixels] = []

    def after(preview: Callable[[int], Pixels] | None) -> bool:
        assert preview is not None
        previews.append(preview(0))
        return True

    whole.run(whole.open(job(whole)), after)
    expected = LinearPreview(pipeline)(decoded[0][0] * pipeline.vae.config.scaling_factor)
    assert np.abs(previews[-1].astype(int) - expected).max() <= 1


def test_each_row_of_a_run_has_a_preview_of_its_own(whole: WholePipeline) -> None:
    shown: list[list[Pixels]] = []

    def after(preview: Callable[[int], Pixels] | None) -> bool:
        assert preview is not None
        shown.append([preview(0), preview(1)])
        return True

    whole.run([*whole.open(job(whole, seeds=(1,))), *whole.open(job(whole, id="b", seeds=(2,)))], after)
    together = shown.pop()
    for seed, preview in zip((1, 2), together, strict=True):
        shown.clear()
        whole.run(whole.open(job(whole, seeds=(seed, seed))), after)
        assert np.abs(shown[-1][0].astype(int) - preview).max() <= 1


@every
def test_stopping_ends_the_call_before_another_step_and_spoils_nothing(whole: WholePipeline) -> None:
    rows = whole.open(job(whole))
    (before,) = whole.run(rows, on)
    asked: list[int] = []

    def after(_: Callable[[int], Pixels] | None) -> bool:
        asked.append(rows[0].done)
        return len(asked) < 2

    with pytest.raises(Cancelled):
        whole.run(rows, after)
    assert asked == [1, 2]
    assert np.array_equal(whole.run(rows, on)[0], before)


def test_out_of_memory_is_said_and_no_row_has_advanced(whole: WholePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = whole.open(job(whole))

    def full(_: Callable[[int], Pixels] | None) -> bool:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")

    with pytest.raises(OutOfMemory, match="20 GiB"):
        whole.run(rows, full)
    assert rows[0].done == 0
    assert len(whole.run(rows, on)) == 1


@pytest.mark.parametrize(
    ("whole", "setting", "change"),
    [
        ("sd3", "prompt", {"prompt": (Part((Span("a cat"),), 2.0),)}),
        ("sd3", "prompt", {"negative_prompt": (Part((Span("fog", 1.3),)),)}),
        ("sd3", "stop", {"stop": 60}),
        ("sd3", "tile", {"tile": True}),
        ("sd3", "chaos", {"chaos": 10}),
        ("sd3", "width", {"width": 33}),
        ("flux", "height", {"height": 0}),
        ("sd3", "height", {"height": 66 * 4}),
        ("sd3", "steps", {"steps": 0}),
        ("sd3", "strength", {"start": np.zeros((8, 8, 3), np.uint8), "strength": 1.5}),
        ("sd3", "scheduler", {"scheduler": "Euler a"}),
        ("flux", "negative_prompt", {"negative_prompt": words("fog")}),
        ("sd3", "loras", {"loras": (Lora("ink"),)}),
        ("sd3", "strength", {"start": np.zeros((8, 8, 3), np.uint8), "strength": 0.1}),
    ],
    indirect=["whole"],
)
def test_what_the_family_cannot_do_is_refused_by_name(
    whole: WholePipeline, setting: str, change: dict[str, Any]
) -> None:
    with pytest.raises(BadJob) as caught:
        whole.open(job(whole, **change))
    assert caught.value.setting == setting


def test_a_family_without_image_to_image_says_so(whole: WholePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any) -> Any:
        raise ValueError("AutoPipeline can't find a pipeline linked to SanaPipeline")

    monkeypatch.setattr(AutoPipelineForImage2Image, "from_pipe", none)
    with pytest.raises(BadJob) as caught:
        whole.open(job(whole, start=np.zeros((8, 8, 3), np.uint8)))
    assert caught.value.setting == "start"


def test_adapters_are_looked_for(loaded: dict[str, Loaded], tmp_path: Path) -> None:
    whole = WholePipeline(loaded["sd3"], Loras(tmp_path))
    with pytest.raises(LoraNotFound):
        whole.open(job(whole, loras=(Lora("ink"),)))


def test_words_beyond_the_widest_window_are_told(whole: WholePipeline) -> None:
    assert whole.notes(job(whole, prompt=words("red " * 255))) == []
    assert whole.notes(job(whole, prompt=words("red " * 255 + "fog, cat"))) == [Note("cut", "fog, cat")]
    assert whole.notes(job(whole, negative_prompt=words("red " * 255 + "tree"))) == [Note("cut", "tree")]


@every
def test_guidance_costs_a_second_slot_only_where_it_is_a_second_call(whole: WholePipeline) -> None:
    slots = [whole.open(job(whole, guidance_scale=scale))[0].slots for scale in (1.0, 3.0)]
    assert slots == ([1, 1] if whole.card.name == "flux" else [1, 2])


@every
def test_every_argument_reaches_the_stock_pipeline(whole: WholePipeline, loaded: dict[str, Loaded]) -> None:
    takes = inspect.signature(loaded[whole.card.name].pipeline.__call__).parameters
    assert set(whole._arguments(job(whole), [1])) <= set(takes)
