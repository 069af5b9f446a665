"""Previews without a decoder: a linear map from latents to colours, fitted once to the model's own autoencoder.

The idea is that of the published factors for Stable Diffusion
(https://discuss.huggingface.co/t/decoding-latents-to-rgb-without-upscaling/23204); fitting makes it fit any.
"""

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from engine.jobs import Pixels
from engine.models import autoencoder

SAMPLES = 4
SIDE = 16
"""Of a sample, in latent pixels."""
RIDGE = 1e-3
"""Keeps directions that no sample shows from being given wild colours."""


class LinearPreview:
    """Latents to pictures of the latents' own size."""

    def __init__(self, pipeline: Any) -> None:
        """Encode some colours and see, by least squares, where they have gone."""
        colours = _samples()
        images = functional.interpolate(colours, scale_factor=pipeline.vae_scale_factor, mode="bicubic").clamp(-1, 1)
        with torch.no_grad():
            latents = autoencoder.encode(pipeline, images).float().cpu()
        seen = functional.adaptive_avg_pool2d(images, latents.shape[-2:])
        inputs = _with_one(latents).movedim(1, -1).flatten(0, -2)
        targets = seen.movedim(1, -1).flatten(0, -2)
        ridge = RIDGE * len(inputs) * torch.eye(inputs.shape[1])
        self._map = torch.linalg.solve(inputs.T @ inputs + ridge, inputs.T @ targets)

    def __call__(self, latents: torch.Tensor) -> Pixels:
        """Latents, channels x height x width, to a picture, height x width x 3."""
        rows = _with_one(latents.detach().float().cpu()[None])[0].movedim(0, -1)
        colours = (rows @ self._map * 0.5 + 0.5).nan_to_num(0.5).clamp(0, 1)
        pixels: Pixels = (colours * 255).round().numpy().astype(np.uint8)
        return pixels


def _with_one(latents: torch.Tensor) -> torch.Tensor:
    return torch.cat([latents, torch.ones_like(latents[:, :1])], dim=1)


def _samples() -> torch.Tensor:
    """Pictures of soft and of sharp colours, n x 3 x side x side, from -1 to 1."""
    generator = torch.Generator().manual_seed(0)
    sides = [2 ** (1 + k % 4) for k in range(SAMPLES)]
    coarse = [torch.rand(1, 3, side, side, generator=generator) * 2 - 1 for side in sides]
    modes = ["bilinear" if k < SAMPLES // 2 else "nearest" for k in range(SAMPLES)]
    return torch.cat([functional.interpolate(c, size=(SIDE, SIDE), mode=m) for c, m in zip(coarse, modes, strict=True)])
