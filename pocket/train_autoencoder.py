"""Fit a stock `AutoencoderTiny` to the latent space: its encoder to give the components, its decoder to undo them.

    python -m pocket.train_autoencoder WORK

The decoder learns from noised latents, so that it draws clean shapes from what the denoiser leaves slightly wrong.
Stopped at any moment, the same command goes on from the last checkpoint.
"""

from pathlib import Path
from typing import Annotated

import torch
import typer
from diffusers import AutoencoderTiny
from rich.console import Console
from rich.progress import Progress
from torch import Tensor
from torch.nn import functional

from pocket.data import Composer
from pocket.descent import Descent, Slope
from pocket.latents import CHANNELS, PATCH, PatchComponents, to_tensor
from pocket.run import columns, decibels, prepare, settle

SCALING = 4.0
"""Latents are divided by it before they are decoded: the decoder squashes what goes beyond 3."""
STEPS = 4000
LEARNING_RATE = 1e-3
NOISE = 0.35
"""Largest deviation of the noise on latents, whose own deviation is 1."""
_CROP = 4
"""Side of what is trained on at a time, in patches."""
_HELD_OUT = 64
_REPORT_EVERY = 200


def autoencoder() -> AutoencoderTiny:
    """Five levels of 48 channels, sixteen times smaller latents."""
    return AutoencoderTiny(
        latent_channels=CHANNELS,
        encoder_block_out_channels=(48,) * 5,
        decoder_block_out_channels=(48,) * 5,
        num_encoder_blocks=(0, 1, 1, 1, 1),
        num_decoder_blocks=(3, 3, 2, 1, 1),
        scaling_factor=SCALING,
    )


def decoder_loss(drawn: Tensor, images: Tensor) -> Tensor:
    """Distance of pixels and of their differences across and down, which keeps edges sharp; all (batch, 3, h, w)."""
    loss = functional.l1_loss(drawn, images) + functional.mse_loss(drawn, images)
    for axis in (2, 3):
        loss = loss + 0.5 * functional.l1_loss(drawn.diff(dim=axis), images.diff(dim=axis))
    return loss


def crops(
    composer: Composer, components: PatchComponents, step: int, batch: int, seed: int
) -> tuple[Tensor, Tensor, torch.Generator]:
    """A batch of image crops, their latents, and the generator of that step's chances."""
    generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
    images = to_tensor([picture.pixels for picture in composer.pictures(step * batch, (step + 1) * batch)])
    top, left = torch.randint(0, images.shape[-1] // PATCH - _CROP + 1, (2,), generator=generator) * PATCH
    images = images[..., top : top + _CROP * PATCH, left : left + _CROP * PATCH]
    return images, components.encode(images), generator


class Trainer:
    """One run of the fit, from its last checkpoint on."""

    def __init__(self, work: Path, steps: int, batch: int, seed: int) -> None:
        self.accelerator = settle(seed)
        self.steps, self.batch, self.seed = steps, batch, seed
        self.composer, _, self.components = prepare(work, seed)
        self.model = autoencoder().to(self.accelerator.device)
        slope = Slope(steps, LEARNING_RATE, average=0.998)
        self.descent = Descent(self.accelerator, self.model, work / "autoencoder.pt", slope)

    def run(self, progress: Progress) -> None:
        """Train to the end, saving every five minutes."""
        for step in self.descent.steps(progress, "autoencoder"):
            self.descent.down(self._loss(*crops(self.composer, self.components, step, self.batch, self.seed)))
            if (step + 1) % _REPORT_EVERY == 0 or step + 1 == self.steps:
                decoded, encoded = self.measure()
                progress.console.log(f"step {step + 1}, decoder {decoded:.2f} dB, encoder {encoded:.2f} dB")

    def _loss(self, images: Tensor, latents: Tensor, generator: torch.Generator) -> Tensor:
        strength = NOISE * torch.rand((len(latents), 1, 1, 1), generator=generator)
        noised = latents + strength * torch.randn(latents.shape, generator=generator)
        device = self.accelerator.device
        images, latents, noised = images.to(device), latents.to(device), noised.to(device)
        with self.accelerator.autocast():
            drawn = self.model.decoder(noised / SCALING).float()
            encoded = self.model.encoder(images).float() * SCALING
        return decoder_loss(drawn, images) + functional.mse_loss(encoded, latents)

    def measure(self) -> tuple[float, float]:
        """PSNR on held-out pictures by the averaged weights: decoded from exact latents, encoded and then decoded."""
        images = to_tensor([self.composer.picture(-1 - number).pixels for number in range(_HELD_OUT)])
        device = self.accelerator.device
        with self.descent.averaged(), self.accelerator.autocast():
            decoded = self.model.decoder(self.components.encode(images).to(device) / SCALING).float().cpu()
            there_and_back = self.model.decoder(self.model.encoder(images.to(device))).float().cpu()
        return decibels(decoded, images), decibels(there_and_back, images)


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    steps: int = STEPS,
    batch: int = 16,
    seed: int = 0,
) -> None:
    """Train the autoencoder from its last checkpoint on."""
    trainer = Trainer(work, steps, batch, seed)
    with Progress(*columns(), console=Console(log_path=False)) as progress:
        trainer.run(progress)


if __name__ == "__main__":
    typer.run(main)
