"""Latents to pictures and back, as the stock pipelines do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionXLPipeline

from engine.jobs import Pixels

SLICE = 4 * 1024 * 1024
"""Pixels that are decoded in one call, or one picture if it is larger: a decoder takes far more memory than a step."""


def decode(pipeline: Any, latents: list[torch.Tensor]) -> list[Pixels]:
    """Final latents, each 1 x channels x height x width, to pictures.

    Raises:
        ArithmeticError: the decoder overflowed; otherwise that would be a black picture.
    """
    height, width = latents[0].shape[-2:]
    each = max(1, SLICE // (height * width * pipeline.vae_scale_factor**2))
    pictures: list[Pixels] = []
    for start in range(0, len(latents), each):
        images = _decode(pipeline, torch.cat(latents[start : start + each]))
        if not images.isfinite().all():
            raise ArithmeticError(f"the decoder overflows in {images.dtype}: try another dtype")
        watermark = getattr(pipeline, "watermark", None)
        images = images if watermark is None else watermark.apply_watermark(images)
        pictures += [np.array(image) for image in pipeline.image_processor.postprocess(images, output_type="pil")]
    return pictures


def encode(pipeline: Any, images: torch.Tensor) -> torch.Tensor:
    """Pictures, n x 3 x height x width from -1 to 1, to the means of their latents, in the scale that is denoised."""
    vae = pipeline.vae
    with _upcast(pipeline):
        encoded = vae.encode(images.to(vae.device, vae.dtype))
        latents = encoded.latent_dist.mode() if hasattr(encoded, "latent_dist") else encoded.latents
    mean, std = _statistics(vae, latents)
    return (latents - mean) / std * vae.config.scaling_factor


def _decode(pipeline: Any, latents: torch.Tensor) -> torch.Tensor:
    vae = pipeline.vae
    with _upcast(pipeline):
        latents = latents.to(vae.dtype)
        mean, std = _statistics(vae, latents)
        return vae.decode(latents * std / vae.config.scaling_factor + mean, return_dict=False)[0]


def _statistics(vae: Any, latents: torch.Tensor) -> tuple[Any, Any]:
    """Mean and standard deviation of each channel; most autoencoders have none of their own."""
    if vae.config.get("latents_mean") is None or vae.config.get("latents_std") is None:
        return 0.0, 1.0
    mean, std = (torch.tensor(vae.config[f"latents_{which}"]).view(1, -1, 1, 1) for which in ("mean", "std"))
    return mean.to(latents), std.to(latents)


@contextmanager
def _upcast(pipeline: Any) -> Iterator[None]:
    """SDXL's autoencoder overflows in float16. The one of Stable Diffusion 1 is marked in the same way and does not."""
    vae = pipeline.vae
    is_xl = isinstance(pipeline, StableDiffusionXLPipeline)
    if not (is_xl and vae.dtype == torch.float16 and vae.config.get("force_upcast")):
        yield
        return
    vae.to(dtype=torch.float32)
    try:
        yield
    finally:
        vae.to(dtype=torch.float16)
