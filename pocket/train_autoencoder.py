"""Fit a stock `AutoencoderTiny` to the latent space: its encoder to give the components, its decoder to undo them.

    python -m pocket.train_autoencoder WORK

The decoder learns from noised latents, so that it draws clean shapes from what the denoiser leaves slightly wrong.
Stopped at any moment, the same command goes on from the last checkpoint.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import torch
import typer
from accelerate import Accelerator
from diffusers import AutoencoderTiny
from diffusers.training_utils import EMAModel
from rich.console import Console
from rich.progress import Progress
from torch import Tensor
from torch.nn import functional

from pocket.data import Composer
from pocket.latents import CHANNELS, PatchComponents, to_tensor
from pocket.run import Checkpoint, averaged, columns, decibels, learning_rate, prepare

SCALING = 4.0
"""Latents are divided by it before they are decoded: the decoder squashes what goes beyond 3."""
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
    composer: Composer, components: PatchComponents, start: int, stop: int, batch: int, seed: int
) -> Iterator[tuple[Tensor, Tensor, torch.Generator]]:
    """For each step a batch of image crops, their latents, and the generator of that step's chances."""
    side = components.kernel.shape[-1]
    for step in range(start, stop):
        generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
        images = to_tensor([p.pixels for p in composer.pictures(step * batch, (step + 1) * batch)])
        top, left = torch.randint(0, images.shape[-1] // side - _CROP + 1, (2,), generator=generator) * side
        images = images[..., top : top + _CROP * side, left : left + _CROP * side]
        yield images, components.encode(images), generator


class Trainer:
    """One run of the fit, from its last checkpoint on."""

    def __init__(self, work: Path, steps: int, batch: int, seed: int) -> None:
        self.accelerator = Accelerator(cpu=not torch.cuda.is_available(), mixed_precision="bf16")
        torch.manual_seed(seed)
        torch.set_flush_denormal(True)
        self.steps, self.batch, self.seed = steps, batch, seed
        self.composer, _, self.components = prepare(work, seed)
        self.model = autoencoder().to(self.accelerator.device)
        self.ema = EMAModel(self.model.parameters(), decay=0.998, use_ema_warmup=True, power=0.75, foreach=True)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), fused=True)
        self.checkpoint = Checkpoint(work / "autoencoder.pt", model=self.model, ema=self.ema, optimizer=self.optimizer)
        self.step = self.checkpoint.load()
        self.ema.to(self.accelerator.device)

    def run(self, progress: Progress) -> None:
        """Train to the end, saving every five minutes."""
        bar = progress.add_task("autoencoder", total=self.steps, completed=self.step)
        batches = crops(self.composer, self.components, self.step, self.steps, self.batch, self.seed)
        for images, latents, generator in batches:
            self._update(images, latents, generator)
            self.step += 1
            progress.update(bar, completed=self.step)
            if self.step % _REPORT_EVERY == 0 or self.step == self.steps:
                decoded, encoded = self.measure()
                progress.console.log(f"step {self.step}, decoder {decoded:.2f} dB, encoder {encoded:.2f} dB")
            if self.checkpoint.due or self.step == self.steps:
                self.checkpoint.save(self.step)

    def _update(self, images: Tensor, latents: Tensor, generator: torch.Generator) -> None:
        strength = NOISE * torch.rand((len(latents), 1, 1, 1), generator=generator)
        noised = latents + strength * torch.randn(latents.shape, generator=generator)
        device = self.accelerator.device
        images, latents, noised = images.to(device), latents.to(device), noised.to(device)
        with self.accelerator.autocast():
            drawn = self.model.decoder(noised / SCALING).float()
            encoded = self.model.encoder(images).float() * SCALING
        loss = decoder_loss(drawn, images) + functional.mse_loss(encoded, latents)
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = LEARNING_RATE * learning_rate(self.step, self.steps)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.ema.step(self.model.parameters())

    def measure(self) -> tuple[float, float]:
        """PSNR on held-out pictures by the averaged weights: decoded from exact latents, encoded and then decoded."""
        images = to_tensor([self.composer.picture(-1 - number).pixels for number in range(_HELD_OUT)])
        device = self.accelerator.device
        with averaged(self.model, self.ema), self.accelerator.autocast():
            decoded = self.model.decoder(self.components.encode(images).to(device) / SCALING).float().cpu()
            there_and_back = self.model.decoder(self.model.encoder(images.to(device))).float().cpu()
        return decibels(decoded, images), decibels(there_and_back, images)


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    steps: int = 4000,
    batch: int = 16,
    seed: int = 0,
) -> None:
    """Train the autoencoder from its last checkpoint on."""
    trainer = Trainer(work, steps, batch, seed)
    with Progress(*columns(), console=Console(log_path=False)) as progress:
        trainer.run(progress)


if __name__ == "__main__":
    typer.run(main)
