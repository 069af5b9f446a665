import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from huggingface_hub import constants
from safetensors.torch import load_file, save_file

from engine.errors import BadJob, BrokenWeights, ModelNotFound
from engine.models.diffusion import Diffusion
from engine.models.files import POCKET
from engine.models.loading import choose, known, load, stepper
from engine.models.whole import WholePipeline
from tests import tiny

torch.set_num_threads(1)

UNET = Path("unet/diffusion_pytorch_model.safetensors")
TEXT = Path("text_encoder/model.safetensors")


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub at a closed port of this machine: whoever asks it learns at once that it is not there."""
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny.sd15(folder / "small")
    tiny.sdxl(folder / "large")
    tiny.sd3(folder / "three")
    tiny.flux(folder / "flux")
    (folder / "notes").mkdir()
    return folder


@pytest.fixture
def copy(models: Path, tmp_path: Path) -> Path:
    """A model of one's own to damage."""
    return Path(shutil.copytree(models / "small", tmp_path / "models" / "hurt"))


def cached(cache: Path, repository: str, source: Path) -> None:
    """Lay a model down as the hub's client would have after a download."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    place = cache / f"models--{repository.replace('/', '--')}"
    shutil.copytree(source, place / "snapshots" / commit)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(commit)


def draw(pipeline: StableDiffusionPipeline) -> np.ndarray:
    generator = torch.Generator().manual_seed(1)
    options = {"width": 64, "height": 64, "num_inference_steps": 2, "output_type": "np"}
    return np.array(pipeline("a red car", generator=generator, **options).images)


def test_known_names_start_with_the_shipped_one(models: Path, tmp_path: Path) -> None:
    assert known(models) == ("pocket", "flux", "large", "small", "three")
    assert known(tmp_path / "nowhere") == ("pocket",)


def test_the_shipped_model_is_opened_and_says_what_it_can(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        card = load("pocket", folder=tmp_path, device="cpu").card
    assert (card.name, card.family, card.batched) == ("pocket", "StableDiffusionPipeline", True)
    assert (card.width, card.height, card.multiple, card.window) == (128, 128, 16, 32)
    assert (card.steps, card.guidance_scale, card.scheduler) == (20, 5.0, "DDIM")
    assert (card.dtype, card.device) == ("float32", "cpu")
    assert [record.getMessage() for record in caplog.records] == [
        "model pocket: StableDiffusionPipeline on cpu in float32"
    ]


def test_the_libraries_remarks_on_a_sound_model_are_not_shown() -> None:
    code = "from pathlib import Path; from engine.models.loading import load; load('pocket', folder=Path('models'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=POCKET.parents[2], capture_output=True, text=True, check=True
    )
    assert done.stderr + done.stdout == ""


@pytest.mark.parametrize("size", [(32, 32), (144, 80), (48, 208)])
def test_every_multiple_of_the_card_is_a_size_that_the_model_draws(size: tuple[int, int], tmp_path: Path) -> None:
    pipeline = load("pocket", folder=tmp_path, device="cpu").pipeline
    image = pipeline("a red car", width=size[0], height=size[1], num_inference_steps=1).images[0]
    assert image.size == size


@pytest.mark.parametrize(
    ("name", "family", "size", "multiple", "window", "guidance", "batched"),
    [
        ("small", "StableDiffusionPipeline", 64, 2, 32, 7.5, True),
        ("large", "StableDiffusionXLPipeline", 64, 2, 32, 5.0, True),
        ("three", "StableDiffusion3Pipeline", 64, 2, 256, 7.0, False),
        ("flux", "FluxPipeline", 256, 4, 512, 3.5, False),
    ],
)
def test_a_card_is_read_from_the_models_configuration(
    models: Path, name: str, family: str, size: int, multiple: int, window: int, guidance: float, batched: bool
) -> None:
    card = load(name, folder=models, device="cpu").card
    assert (card.name, card.family, card.batched) == (name, family, batched)
    assert (card.width, card.height, card.multiple, card.window) == (size, size, multiple, window)
    assert card.guidance_scale == guidance
    assert card.steps in (28, 30)
    assert card.scheduler in card.schedulers
    assert (len(card.schedulers) > 8) is batched


@pytest.mark.parametrize(
    ("build", "effort"),
    [
        (lambda folder: tiny.flux(folder, guidance_embeds=False), (4, 0.0)),
        (lambda folder: tiny.sdxl(folder, timestep_spacing="trailing"), (4, 0.0)),
        (lambda folder: tiny.sdxl(folder, timestep_spacing="trailing", prediction_type="v_prediction"), (30, 5.0)),
    ],
    ids=["schnell", "turbo", "zero terminal SNR"],
)
def test_distilled_models_take_few_steps(
    build: Callable[[Path], Path], effort: tuple[int, float], tmp_path: Path
) -> None:
    build(tmp_path / "fast")
    card = load("fast", folder=tmp_path, device="cpu").card
    assert (card.steps, card.guidance_scale) == effort


def test_settings_beside_the_model_overrule_its_configuration(copy: Path) -> None:
    settings = {"width": 32, "height": 48, "steps": 7, "guidance_scale": 2, "scheduler": "Euler", "one_shape": True}
    (copy / "sextant.json").write_text(json.dumps(settings))
    card = load("hurt", folder=copy.parent, device="cpu").card
    assert (card.width, card.height, card.steps, card.guidance_scale, card.scheduler) == (32, 48, 7, 2.0, "Euler")
    assert card.one_shape


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "cannot be read"),
        ("[]", "no JSON object"),
        ('{"cfg": 5}', "unknown key 'cfg'"),
        ('{"steps": "many"}', "steps cannot be 'many'"),
        ('{"steps": true}', "steps cannot be True"),
        ('{"width": -8}', "width cannot be -8"),
        ('{"width": 33}', "multiples of 2"),
        ('{"scheduler": "Magic"}', "scheduler must be one of"),
        ('{"one_shape": 1}', "one_shape cannot be 1"),
    ],
)
def test_wrong_settings_beside_the_model_are_refused_by_name(copy: Path, text: str, reason: str) -> None:
    (copy / "sextant.json").write_text(text)
    with pytest.raises(BrokenWeights, match=rf"^hurt: sextant\.json.*{reason}"):
        load("hurt", folder=copy.parent, device="cpu")


def test_a_path_is_a_name_too(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absolute = load(str(models / "small"), folder=tmp_path, device="cpu")
    monkeypatch.chdir(models)
    relative = load("./small", folder=tmp_path, device="cpu")
    assert np.array_equal(draw(absolute.pipeline), draw(relative.pipeline))


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "",
        "a\0b",
        "../nothing",
        "/no/where",
        "a/b/c",
        "owner/",
        "~nobody/x",
        "x" * 300,
        "owner/a b",
        "\ud800",
    ],
    ids=ascii,
)
def test_a_model_that_is_not_there_is_answered_with_those_that_are(models: Path, name: str) -> None:
    with pytest.raises(ModelNotFound) as caught:
        load(name, folder=models)
    assert (caught.value.name, caught.value.known) == (name, known(models))


def test_a_hub_out_of_reach_is_no_traceback_but_a_cause(models: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound) as caught:
        load("owner/model", folder=models, cache=tmp_path)
    assert caught.value.__cause__ is not None


def test_what_the_hub_has_sent_once_needs_no_network(models: Path, tmp_path: Path) -> None:
    cached(tmp_path, "owner/model", models / "small")
    loaded = load("owner/model", folder=models, cache=tmp_path, device="cpu")
    assert loaded.card.name == "owner/model"
    assert np.array_equal(draw(loaded.pipeline), draw(load("small", folder=models, device="cpu").pipeline))


def test_half_a_download_is_told_from_none(copy: Path, tmp_path: Path) -> None:
    (copy / UNET).unlink()
    cached(tmp_path / "cache", "owner/model", copy)
    with pytest.raises(BrokenWeights, match="unet has no"):
        load("owner/model", folder=copy.parent, cache=tmp_path / "cache")


def test_a_single_file_is_the_same_model(models: Path, tmp_path: Path) -> None:
    tiny.single_file(models / "small", tmp_path / "shared.safetensors")
    with pytest.raises(BrokenWeights, match=r"shared: .*stable-diffusion-v1-5/stable-diffusion-v1-5"):
        load("shared", folder=tmp_path, cache=tmp_path / "cache", device="cpu")
    cached(tmp_path / "cache", "stable-diffusion-v1-5/stable-diffusion-v1-5", models / "small")
    for weights in (tmp_path / "cache").rglob("*.safetensors"):
        weights.unlink()
    assert known(tmp_path) == ("pocket", "shared")
    (tmp_path / "shared.sextant.json").write_text('{"steps": 9}')
    loaded = load("shared", folder=tmp_path, cache=tmp_path / "cache", device="cpu")
    assert (loaded.card.steps, loaded.card.guidance_scale) == (9, 7.5)
    assert np.array_equal(draw(loaded.pipeline), draw(load("small", folder=models, device="cpu").pipeline))


def cut(folder: Path) -> None:
    (folder / UNET).write_bytes((folder / UNET).read_bytes()[:-1000])


def pickled(folder: Path) -> None:
    (folder / UNET).unlink()
    torch.save({}, folder / "unet" / "diffusion_pytorch_model.bin")


def sharded(folder: Path) -> None:
    index = {"weight_map": {"a": "diffusion_pytorch_model-00001-of-00002.safetensors"}}
    (folder / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))


def another_shape(folder: Path) -> None:
    config = json.loads((folder / "unet" / "config.json").read_text())
    (folder / "unet" / "config.json").write_text(json.dumps({**config, "cross_attention_dim": 24}))


def without(file: Path, tensor: str) -> None:
    weights = load_file(file)
    del weights[tensor]
    save_file(weights, file, metadata={"format": "pt"})


def another_task(folder: Path) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps({**index, "_class_name": "AudioLDMPipeline"}))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (cut, r"unet/diffusion_pytorch_model\.safetensors is damaged or cut short"),
        (lambda folder: (folder / UNET).write_bytes(b""), r"safetensors is damaged or cut short"),
        (lambda folder: (folder / UNET).unlink(), r"unet has no \.safetensors file"),
        (pickled, r"diffusion_pytorch_model\.bin holds pickled weights"),
        (sharded, r"00001-of-00002\.safetensors is missing"),
        (lambda folder: (folder / "unet" / "config.json").write_text("{"), r"unet/config\.json cannot be read"),
        (lambda folder: (folder / "model_index.json").write_bytes(b"\xff\xfe"), r"model_index\.json cannot be read"),
        (lambda folder: (folder / "model_index.json").write_text("[]"), r"no JSON object"),
        (lambda folder: (folder / "model_index.json").unlink(), r"model_index\.json is missing"),
        (lambda folder: shutil.rmtree(folder / "vae"), r"the folder vae is missing"),
        (another_shape, r"attn2\.to_k\.weight expected shape"),
        (lambda folder: without(folder / UNET, "conv_out.bias"), r"tensors are missing: conv_out\.bias"),
        (lambda folder: without(folder / TEXT, "final_layer_norm.bias"), r"missing: final_layer_norm\.bias"),
        (another_task, "AudioLDMPipeline"),
    ],
)
def test_damaged_files_are_named_and_no_path_is_shown(copy: Path, damage: Callable[[Path], None], reason: str) -> None:
    damage(copy)
    with pytest.raises(BrokenWeights, match=reason) as caught:
        load("hurt", folder=copy.parent, device="cpu")
    assert caught.value.name == "hurt"
    assert str(copy.parent) not in str(caught.value)


def test_a_pickled_single_file_is_refused(tmp_path: Path) -> None:
    torch.save({}, tmp_path / "old.ckpt")
    with pytest.raises(BrokenWeights, match="pickled"):
        load("old.ckpt", folder=tmp_path)


def test_half_precision_files_alone_are_enough(copy: Path, models: Path) -> None:
    StableDiffusionPipeline.from_pretrained(models / "small", dtype=torch.float16).save_pretrained(copy, variant="fp16")
    for weights in copy.rglob("*.safetensors"):
        if ".fp16." not in weights.name:
            weights.unlink()
    assert load("hurt", folder=copy.parent, device="cpu").pipeline.unet.dtype == torch.float32


@pytest.mark.parametrize(("asked", "said"), [("bf16", "bfloat16"), ("float16", "float16"), ("auto", "float32")])
def test_dtype_is_as_asked_and_said(models: Path, asked: str, said: str) -> None:
    loaded = load("small", folder=models, device="cpu", dtype=asked)
    assert loaded.card.dtype == said
    assert str(loaded.pipeline.unet.dtype) == f"torch.{said}"


@pytest.mark.parametrize(
    ("device", "dtype", "setting"),
    [("toaster", "auto", "device"), ("cuda:99", "auto", "device"), ("cpu", "int3", "dtype")],
)
def test_a_device_or_dtype_that_is_not_there_is_refused_by_name(device: str, dtype: str, setting: str) -> None:
    with pytest.raises(BadJob) as caught:
        choose(device, dtype)
    assert caught.value.setting == setting


def test_each_family_runs_as_it_can(models: Path, tmp_path: Path) -> None:
    assert isinstance(stepper(load("small", folder=models, device="cpu"), tmp_path), Diffusion)
    assert isinstance(stepper(load("large", folder=models, device="cpu"), None), Diffusion)
    assert isinstance(stepper(load("three", folder=models, device="cpu"), tmp_path), WholePipeline)


def test_the_shipped_weights_are_where_they_are_looked_for() -> None:
    assert (POCKET / "model_index.json").is_file()
