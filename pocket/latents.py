"""The latent space of the pocket model: the principal components of picture patches.

Nothing has to be trained before the denoiser starts, and the autoencoder that ships is fitted to a space that is known
to be smooth. A patch of 16 x 16 pixels keeps 48 numbers of its 768.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from pocket.data import Pixels

PATCH = 16
"""Side of a patch in pixels: how much smaller latents are than pictures."""
CHANNELS = 48


def to_tensor(pixels: Sequence[Pixels]) -> Tensor:
    """Pictures (height, width, 3) of bytes to (batch, 3, height, width) in -1..1."""
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1


class PatchComponents:
    """A linear map between pictures and latents, orthogonal but for the scale of each channel."""

    def __init__(self, kernel: Tensor, bias: Tensor, scale: Tensor) -> None:
        """`kernel` (channels, 3, patch, patch) orthonormal; `bias` and `scale` (channels,)."""
        self.kernel, self.bias, self.scale = kernel, bias, scale

    @classmethod
    def fit(cls, pictures: Iterable[Pixels], channels: int = CHANNELS, patch: int = PATCH) -> Self:
        """Components of the largest variance, scaled by the square root of their deviation, to deviate by 1 overall.

        The root keeps the order of importance, so that noise hides the details of a patch before its colour, without
        leaving the details to the last few steps.
        """
        folded = functional.unfold(to_tensor(list(pictures)), patch, stride=patch)
        patches = folded.permute(0, 2, 1).reshape(-1, folded.shape[1])
        mean = patches.mean(0)
        variance, basis = torch.linalg.eigh(torch.cov((patches - mean).T))
        variance, basis = variance.flip(0)[:channels], basis.flip(1)[:, :channels]
        root = variance.sqrt()
        scale = root.sqrt() * root.mean().sqrt()
        kernel = basis.T.reshape(channels, 3, patch, patch)
        return cls(kernel.contiguous(), basis.T @ mean, scale)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises FileNotFoundError."""
        return cls(**load_file(path))

    def save(self, path: Path) -> None:
        """As safetensors."""
        save_file({"kernel": self.kernel, "bias": self.bias, "scale": self.scale}, path)

    def encode(self, images: Tensor) -> Tensor:
        """Images (batch, 3, height, width) in -1..1 to latents (batch, channels, height / patch, width / patch)."""
        projected = functional.conv2d(images, self.kernel, -self.bias, stride=self.kernel.shape[-1])
        return projected / self.scale[:, None, None]

    def decode(self, latents: Tensor) -> Tensor:
        """The nearest images that the components can express; not clipped."""
        projected = latents * self.scale[:, None, None] + self.bias[:, None, None]
        return functional.conv_transpose2d(projected, self.kernel, stride=self.kernel.shape[-1])
