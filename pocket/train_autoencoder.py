"""Fit a stock `AutoencoderTiny` to the latent space: its encoder to give the components, its decoder to undo them.

    python -m pocket.train_autoencoder WORK

The decoder has to draw clean shapes from what the denoiser leaves slightly wrong. So it learns from noised latents, and
from some that the denoiser itself has drawn again. It sees whole pictures while they are small, and windows of them
from there on, where most of the work is.
Stopped at any moment, the same command goes on from the last checkpoint.
"""

from pathlib import Path
from typing import Annotated, Self

import torch
import typer
from accelerate import Accelerator
from diffusers import AutoencoderTiny
from diffusers.models.autoencoders.vae import DecoderTiny
from diffusers.training_utils import EMAModel
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from pocket.data import SIZE
from pocket.latents import CHANNELS, PATCH, to_tensor
from pocket.run import Checkpoint, averaged, columns, decibels, learning_rate, prepare, with_averaged_weights
from pocket.text import tokenize
from pocket.train_diffusion import GUIDANCE, denoiser, noise_schedule

SCALING = 4.0
"""Latents are divided by it before they are decoded: the decoder squashes what goes beyond 3."""
LEARNING_RATE = 1e-3
NOISE = 0.35
"""Largest deviation of the noise on latents, whose own deviation is 1."""
_REDRAWN = 4
"""One latent of so many is the denoiser's."""
_CROP = 4
"""Side of what the encoder learns from at a time, in patches."""
_SMALL = 32
"""Side of the decoder's features, in its third level, up to which it works on whole pictures."""
_WINDOW, _MARGIN = 20, 2
"""Side of the windows beyond, and what is not looked at of a window's edge inside the picture, in those features."""
_HELD_OUT = 64
_REPORT_EVERY = 200


def autoencoder() -> AutoencoderTiny:
    """Five levels of 48 and 64 channels, sixteen times smaller latents; most layers where the picture is small."""
    return AutoencoderTiny(
        latent_channels=CHANNELS,
        encoder_block_out_channels=(48,) * 5,
        decoder_block_out_channels=(64,) * 5,
        num_encoder_blocks=(0, 1, 1, 1, 1),
        num_decoder_blocks=(6, 5, 3, 1, 1),
        scaling_factor=SCALING,
    )


def decoder_loss(drawn: Tensor, images: Tensor) -> Tensor:
    """Distance of pixels and of their differences across and down, which keeps edges sharp; all (batch, 3, h, w)."""
    loss = functional.l1_loss(drawn, images) + functional.mse_loss(drawn, images)
    for axis in (2, 3):
        loss = loss + 0.5 * functional.l1_loss(drawn.diff(dim=axis), images.diff(dim=axis))
    return loss


def draw_window(decoder: DecoderTiny, latents: Tensor, top: int, left: int) -> tuple[Tensor, slice, slice]:
    """A part of what the decoder draws, and where in the picture it lies: rows and columns.

    `latents` (batch, 48, 8, 8) as the decoder takes them; `top` and `left` count features of the third level.
    """
    ups = [place for place, layer in enumerate(decoder.layers) if isinstance(layer, nn.Upsample)]
    features = decoder.layers[: ups[2]](3 * torch.tanh(latents / 3))
    drawn = decoder.layers[ups[2] :](features[..., top : top + _WINDOW, left : left + _WINDOW]).mul(2).sub(1)
    zoom = SIZE // _SMALL
    inner, places = [], []
    for start in (top, left):
        low = _MARGIN if start > 0 else 0
        high = _WINDOW - (_MARGIN if start + _WINDOW < _SMALL else 0)
        inner.append(slice(zoom * low, zoom * high))
        places.append(slice(zoom * (start + low), zoom * (start + high)))
    return drawn[..., inner[0], inner[1]], places[0], places[1]


class Redrawing:
    """The denoiser on its own latents: noised as in the middle of drawing a picture, and drawn to the end."""

    def __init__(self, work: Path, tokenizer: CLIPTokenizer) -> None:
        """Raises FileNotFoundError where the denoiser has not been trained."""
        self._denoiser = with_averaged_weights(denoiser(), work / "diffusion.pt").requires_grad_(False).eval()
        self._words = CLIPTextModel.from_pretrained(work / "text_encoder").float().requires_grad_(False)
        self._tokenizer, self._schedule = tokenizer, noise_schedule()

    def to(self, device: torch.device) -> Self:
        """On that device."""
        self._denoiser.to(device)
        self._words.to(device)
        return self

    def __call__(self, latents: Tensor, captions: list[str], generator: torch.Generator) -> Tensor:
        """Latents (batch, 48, 8, 8) of those captions to others of the same pictures, in two steps."""
        device, batch = self._denoiser.device, len(captions)
        tokens = torch.stack([tokenize(self._tokenizer, text) for text in ("", *captions)]).to(device)
        words = self._words(input_ids=tokens).last_hidden_state
        both = torch.cat([words[:1].expand(batch, -1, -1), words[1:]])
        kept = self._schedule.alphas_cumprod
        time = torch.randint(100, 650, (batch,), generator=generator)
        noise = torch.randn(latents.shape, generator=generator)
        for after in (time // 2, None):
            noisy = self._schedule.add_noise(latents, noise, time)
            without, velocity = self._denoiser(
                noisy.repeat(2, 1, 1, 1).to(device), time.repeat(2).to(device), both
            ).sample.chunk(2)
            velocity = (without + GUIDANCE * (velocity - without)).cpu()
            signal, rest = kept[time].sqrt()[:, None, None, None], (1 - kept[time]).sqrt()[:, None, None, None]
            latents, noise = signal * noisy - rest * velocity, signal * velocity + rest * noisy
            time = after if after is not None else time
        return latents


class Trainer:
    """One run of the fit, from its last checkpoint on."""

    def __init__(self, work: Path, steps: int, batch: int, seed: int) -> None:
        self.accelerator = Accelerator(cpu=not torch.cuda.is_available(), mixed_precision="bf16")
        torch.manual_seed(seed)
        torch.set_flush_denormal(True)
        self.steps, self.batch, self.seed = steps, batch, seed
        self.composer, tokenizer, self.components = prepare(work, seed)
        self.redrawing = Redrawing(work, tokenizer).to(self.accelerator.device)
        self.model = autoencoder().to(self.accelerator.device)
        self.ema = EMAModel(self.model.parameters(), decay=0.998, use_ema_warmup=True, power=0.75, foreach=True)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), fused=True)
        self.checkpoint = Checkpoint(work / "autoencoder.pt", model=self.model, ema=self.ema, optimizer=self.optimizer)
        self.step = self.checkpoint.load()
        self.ema.to(self.accelerator.device)

    def run(self, progress: Progress) -> None:
        """Train to the end, saving every five minutes."""
        bar = progress.add_task("autoencoder", total=self.steps, completed=self.step)
        while self.step < self.steps:
            self._update()
            self.step += 1
            progress.update(bar, completed=self.step)
            if self.step % _REPORT_EVERY == 0 or self.step == self.steps:
                decoded, encoded, redrawn = self.measure()
                progress.console.log(
                    f"step {self.step}, decoder {decoded:.2f} dB, of redrawn {redrawn:.2f} dB, encoder {encoded:.2f} dB"
                )
            if self.checkpoint.due or self.step == self.steps:
                self.checkpoint.save(self.step)

    def _update(self) -> None:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.step)
        pictures = list(self.composer.pictures(self.step * self.batch, (self.step + 1) * self.batch))
        images = to_tensor([picture.pixels for picture in pictures])
        latents = self.components.encode(images)
        device = self.accelerator.device
        with self.accelerator.autocast():
            noised = self._worsened(latents, [picture.caption for picture in pictures], generator).to(device)
            corner = torch.randint(0, (_SMALL - _WINDOW) // 4 + 1, (2,), generator=generator) * 4
            drawn, rows, across = draw_window(self.model.decoder, noised / SCALING, *corner.tolist())
            loss = decoder_loss(drawn.float(), images[..., rows, across].to(device))
            crop, its_latents = self._crop(images, latents, generator)
            encoded = self.model.encoder(crop.to(device)).float() * SCALING
        loss = loss + functional.mse_loss(encoded, its_latents.to(device))
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = LEARNING_RATE * learning_rate(self.step, self.steps)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.ema.step(self.model.parameters())

    def _worsened(self, latents: Tensor, captions: list[str], generator: torch.Generator) -> Tensor:
        """Some drawn again by the denoiser, the others with noise."""
        count = len(latents) // _REDRAWN
        redrawn = self.redrawing(latents[:count], captions[:count], generator)
        strength = NOISE * torch.rand((len(latents) - count, 1, 1, 1), generator=generator)
        rest = latents[count:]
        return torch.cat([redrawn, rest + strength * torch.randn(rest.shape, generator=generator)])

    def _crop(self, images: Tensor, latents: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """The same window of both."""
        top, left = torch.randint(0, latents.shape[-1] - _CROP + 1, (2,), generator=generator).tolist()
        rows, across = (slice(start * PATCH, (start + _CROP) * PATCH) for start in (top, left))
        return images[..., rows, across], latents[..., top : top + _CROP, left : left + _CROP]

    def measure(self) -> tuple[float, float, float]:
        """PSNR on held-out pictures by the averaged weights.

        Decoded from exact latents, encoded and then decoded, and decoded from what the denoiser has drawn again.
        """
        pictures = [self.composer.picture(-1 - number) for number in range(_HELD_OUT)]
        images = to_tensor([picture.pixels for picture in pictures])
        latents, device = self.components.encode(images), self.accelerator.device
        generator = torch.Generator().manual_seed(0)
        with averaged(self.model, self.ema), self.accelerator.autocast():
            redrawn = self.redrawing(latents, [picture.caption for picture in pictures], generator)
            encoded = self.model.encoder(images.to(device))
            found = [
                self.model.decoder(given.to(device)).float().cpu()
                for given in (latents / SCALING, encoded, redrawn / SCALING)
            ]
        return decibels(found[0], images), decibels(found[1], images), decibels(found[2], images)


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
