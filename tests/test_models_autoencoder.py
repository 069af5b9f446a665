from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

from engine.models import autoencoder
from engine.models.files import POCKET
from tests import tiny
from tests.stepping import start_picture

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("models")
    return {
        "pocket": StableDiffusionPipeline.from_pretrained(POCKET, dtype=torch.float32),
        "sd15": StableDiffusionPipeline.from_pretrained(tiny.sd15(folder / "sd15")),
        "sdxl": StableDiffusionXLPipeline.from_pretrained(tiny.sdxl(folder / "sdxl")),
    }


@pytest.fixture(params=["pocket", "sd15", "sdxl"])
def pipeline(pipelines: dict[str, Any], request: pytest.FixtureRequest) -> Any:
    return pipelines[request.param]


@pytest.fixture(autouse=True)
def _no_grad() -> Any:
    with torch.no_grad():
        yield


def latents(pipeline: Any, count: int) -> list[torch.Tensor]:
    channels = pipeline.unet.config.in_channels
    return [torch.randn(1, channels, 4, 6, generator=torch.Generator().manual_seed(k)) for k in range(count)]


def test_slices_make_no_difference(pipeline: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = autoencoder.decode(pipeline, latents(pipeline, 5))
    sizes: list[int] = []
    decode = pipeline.vae.decode

    def counted(rows: torch.Tensor, **options: Any) -> Any:
        sizes.append(len(rows))
        return decode(rows, **options)

    monkeypatch.setattr(pipeline.vae, "decode", counted)
    height, width, _ = whole[0].shape
    monkeypatch.setattr(autoencoder, "SLICE", 2 * height * width)
    sliced = autoencoder.decode(pipeline, latents(pipeline, 5))
    assert sizes == [2, 2, 1]
    assert all(np.abs(one.astype(int) - other).max() <= 1 for one, other in zip(whole, sliced, strict=True))
    monkeypatch.setattr(autoencoder, "SLICE", 1)
    assert len(autoencoder.decode(pipeline, latents(pipeline, 2))) == 2


def test_a_picture_survives_the_way_there_and_back(pipelines: dict[str, Any]) -> None:
    picture = start_picture(64, 64)
    images = torch.from_numpy(picture).permute(2, 0, 1)[None] / 127.5 - 1
    (again,) = autoencoder.decode(pipelines["pocket"], [autoencoder.encode(pipelines["pocket"], images)])
    # A gradient is nothing like the drawings that the shipped autoencoder has seen; its colours and places stay.
    assert np.abs(again.astype(int) - picture).mean() < 18


def test_latents_of_an_autoencoder_with_statistics_are_normalised(
    pipelines: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = pipelines["sdxl"]
    images = torch.from_numpy(start_picture(64, 64)).permute(2, 0, 1)[None] / 127.5 - 1
    plain = autoencoder.encode(pipeline, images)
    expected = autoencoder.decode(pipeline, [plain])[0]
    config = {**pipeline.vae.config, "latents_mean": [0.1, -0.2, 0.3, 0.0], "latents_std": [2.0, 1.0, 0.5, 3.0]}
    monkeypatch.setattr(pipeline.vae, "_internal_dict", type(pipeline.vae.config)(config))
    normal = autoencoder.encode(pipeline, images)
    assert not torch.allclose(normal, plain)
    assert np.abs(autoencoder.decode(pipeline, [normal])[0].astype(int) - expected).max() <= 1


def test_sdxl_decodes_in_float32_and_goes_back(pipelines: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = pipelines["sdxl"]
    seen: list[torch.dtype] = []
    decode = pipeline.vae.decode

    def watched(rows: torch.Tensor, **options: Any) -> Any:
        seen.append(rows.dtype)
        if len(seen) == 2:
            raise ValueError("broken")
        return decode(rows, **options)

    monkeypatch.setattr(pipeline.vae, "decode", watched)
    pipeline.vae.half()
    try:
        autoencoder.decode(pipeline, [latents(pipeline, 1)[0].half()])
        assert pipeline.vae.dtype == torch.float16
        with pytest.raises(ValueError, match="broken"):
            autoencoder.decode(pipeline, [latents(pipeline, 1)[0].half()])
        assert pipeline.vae.dtype == torch.float16
        assert seen == [torch.float32] * 2
    finally:
        pipeline.vae.float()


def test_an_overflow_is_an_error_and_no_black_picture(pipeline: Any) -> None:
    (broken,) = latents(pipeline, 1)
    with pytest.raises(ArithmeticError, match="overflows"):
        autoencoder.decode(pipeline, [broken * torch.nan])
