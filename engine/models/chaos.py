"""Spread inside a set: shake the words while the picture is still noise, and less and less as it takes shape.

Condition-annealed sampling, CADS: Sadat et al. 2023, https://arxiv.org/abs/2310.17347, equations 5 to 8 with
mixing factor 1. Their recommended setting is chaos 57 here.
"""

import torch

STRENGTH = 0.25
"""Of the noise, in standard deviations of the embeddings."""
FADE = 0.3
"""The share of the time steps over which the noise goes from everything to nothing."""
EARLIEST = 0.3
"""Where, from 1 (noise) to 0 (picture), the words are whole again at full chaos."""


def shaken(words: torch.Tensor, chaos: int, time: float, generator: torch.Generator) -> torch.Tensor:
    """Embeddings of any shape with noise from `generator`, which is not used where there is none to add.

    Args:
        chaos: 0-100.
        time: of the denoiser call, from 1 (noise) to 0 (picture).
    """
    whole_at = 1 - (1 - EARLIEST) * chaos / 100
    kept = min(1.0, max(0.0, (whole_at + FADE - time) / FADE))
    if kept == 1:
        return words
    std, mean = torch.std_mean(words.float())
    noise = torch.randn(words.shape, generator=generator).to(words.device)
    mixed = kept**0.5 * words.float() + STRENGTH * (1 - kept) ** 0.5 * std * noise
    new_std, new_mean = torch.std_mean(mixed)
    return ((mixed - new_mean) / new_std.clamp_min(1e-12) * std + mean).to(words.dtype)
