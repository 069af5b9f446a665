from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict

from engine.errors import BrokenWeights, LoraNotFound, OutOfMemory
from engine.jobs import Lora, Pixels
from engine.models import lora as module
from engine.models.lora import Loras
from engine.models.quiet import HARMLESS_WARNINGS
from tests import tiny

torch.set_num_threads(1)

pytestmark = pytest.mark.filterwarnings(*(f"ignore:{message}" for message in HARMLESS_WARNINGS))


def save_lora(pipeline: Any, file: Path, seed: int, rank: int = 4) -> None:
    """A random adapter for the pipeline's UNet, saved as trainers save theirs."""
    torch.manual_seed(seed)
    layers = ["to_q", "to_k", "to_v", "to_out.0"]
    pipeline.unet.add_adapter(LoraConfig(r=rank, lora_alpha=rank, init_lora_weights=False, target_modules=layers))
    weights = get_peft_model_state_dict(pipeline.unet)
    type(pipeline).save_lora_weights(file.parent, unet_lora_layers=weights, weight_name=file.name)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny.sd15(folder / "sd15")
    tiny.sdxl(folder / "sdxl")
    return folder


@pytest.fixture(scope="module")
def loras(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loras")
    (folder / "ink").mkdir()
    save_lora(StableDiffusionPipeline.from_pretrained(models / "sd15"), folder / "fog.v1.safetensors", seed=1)
    save_lora(StableDiffusionPipeline.from_pretrained(models / "sd15"), folder / "ink" / "any.safetensors", 2, rank=8)
    save_lora(StableDiffusionXLPipeline.from_pretrained(models / "sdxl"), folder / "large.safetensors", seed=3)
    return folder


@pytest.fixture
def pipeline(models: Path) -> Any:
    opened = StableDiffusionPipeline.from_pretrained(models / "sd15")
    opened.set_progress_bar_config(disable=True)
    return opened


@pytest.fixture
def draw(pipeline: Any) -> Callable[[], Pixels]:
    def drawn() -> Pixels:
        generator = torch.Generator().manual_seed(3)
        options = {"width": 32, "height": 32, "num_inference_steps": 2, "output_type": "np"}
        return np.array(pipeline("a red car", generator=generator, **options).images[0])

    return drawn


def test_names_are_files_and_folders(loras: Path, tmp_path: Path) -> None:
    assert Loras(loras).names() == ("fog.v1", "ink", "large")
    assert Loras(tmp_path / "nowhere").names() == ()


def test_weight_counts_and_removing_gives_the_same_bits_again(
    pipeline: Any, loras: Path, draw: Callable[[], Pixels]
) -> None:
    base, adapters = draw(), Loras(loras)
    adapters.apply(pipeline, (Lora("fog.v1", 0.0),))
    assert np.array_equal(draw(), base)
    adapters.apply(pipeline, (Lora("fog.v1", 1.0),))
    full = draw()
    assert np.abs(full - base).max() > 0.01
    adapters.apply(pipeline, (Lora("fog.v1", 0.5), Lora("ink", 0.5)))
    assert not np.array_equal(draw(), full)
    adapters.apply(pipeline, ())
    assert np.array_equal(draw(), base)
    adapters.apply(pipeline, (Lora("fog.v1"),))
    assert np.array_equal(draw(), full)


def test_the_same_adapters_again_cost_nothing(pipeline: Any, loras: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counted(name: str, real: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: Any, **options: Any) -> None:
            calls.append(name)
            real(*arguments, **options)

        return call

    for name in ("load_lora_weights", "set_adapters"):
        monkeypatch.setattr(pipeline, name, counted(name, getattr(pipeline, name)))
    adapters = Loras(loras)
    adapters.apply(pipeline, (Lora("ink", 0.5),))
    adapters.apply(pipeline, (Lora("ink", 0.5),))
    adapters.apply(pipeline, (Lora("ink", 0.7),))
    assert calls == ["load_lora_weights", "set_adapters", "set_adapters"]


@pytest.mark.parametrize("name", ["nothing", "../loras/ink", "", "/etc/passwd", "ink/any", "..", "large"])
def test_what_is_not_there_or_does_not_fit_is_refused_and_harms_nothing(
    pipeline: Any, loras: Path, draw: Callable[[], Pixels], name: str
) -> None:
    base, adapters = draw(), Loras(loras)
    adapters.apply(pipeline, (Lora("fog.v1"),))
    full = draw()
    with pytest.raises(LoraNotFound) as caught:
        adapters.apply(pipeline, (Lora("fog.v1"), Lora(name)))
    assert (caught.value.name, caught.value.known) == (name, ("fog.v1", "ink", "large"))
    adapters.apply(pipeline, ())
    assert np.array_equal(draw(), base)
    adapters.apply(pipeline, (Lora("fog.v1"),))
    assert np.array_equal(draw(), full)


def test_damaged_and_ambiguous_files_are_refused_in_words(pipeline: Any, loras: Path, tmp_path: Path) -> None:
    whole = (loras / "fog.v1.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(whole[:-10])
    (tmp_path / "two").mkdir()
    for name in ("a", "b"):
        (tmp_path / "two" / f"{name}.safetensors").write_bytes(whole)
    with pytest.raises(BrokenWeights, match=r"cut\.safetensors is damaged"):
        Loras(tmp_path).apply(pipeline, (Lora("cut"),))
    with pytest.raises(BrokenWeights, match="holds 2"):
        Loras(tmp_path).apply(pipeline, (Lora("two"),))


def test_no_room_for_an_adapter_is_no_misfit(pipeline: Any, loras: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(pipeline, "load_lora_weights", full)
    with pytest.raises(OutOfMemory):
        Loras(loras).apply(pipeline, (Lora("ink"),))


def test_only_so_many_stay_on_the_device(
    pipeline: Any, loras: Path, draw: Callable[[], Pixels], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESIDENT", 1)
    base, adapters = draw(), Loras(loras)
    adapters.apply(pipeline, (Lora("ink"),))
    ink = draw()
    adapters.apply(pipeline, (Lora("fog.v1"),))
    assert [len(names) for names in pipeline.get_list_adapters().values()] == [1]
    adapters.apply(pipeline, (Lora("ink"),))
    assert np.array_equal(draw(), ink)
    adapters.apply(pipeline, ())
    assert np.array_equal(draw(), base)
