"""Train the denoiser on composed pictures, steered by the text tower: the longest part of the recipe.

On two CPU cores, as two processes that average their gradients:

    torchrun --standalone --nproc-per-node 2 -m pocket.train_diffusion WORK

On a GPU or one core, `python -m pocket.train_diffusion WORK`. Stopped at any moment, the same command goes on from the
last checkpoint: pictures, noise and learning rate are functions of the number of the step.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import torch
import typer
from accelerate import Accelerator
from accelerate.utils import InitProcessGroupKwargs
from diffusers import DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from transformers import CLIPTextModel, CLIPTokenizer

from pocket.data import SIZE, Composer
from pocket.descent import Descent, Slope
from pocket.latents import CHANNELS, PATCH, PatchComponents, to_tensor
from pocket.run import START, begin, columns, decibels, prepare, settle
from pocket.text import WIDTH, tokenize

SAMPLES = 640_000
LEARNING_RATE = 1e-3
GUIDANCE = 5.0
"""The guidance scale that pictures are meant to be drawn at."""
_UNCONDITIONAL = 0.1
"""Share of captions left out, for classifier-free guidance."""
_HELD_OUT = 128
_LOG_EVERY = 50
_MEASURE_EVERY = 500


def denoiser() -> UNet2DConditionModel:
    """Two levels of 8 x 8 and 4 x 4 positions; words are heard at the lower, where things find their places."""
    return UNet2DConditionModel(
        sample_size=SIZE // PATCH,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        block_out_channels=(192, 256),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        attention_head_dim=4,
        cross_attention_dim=WIDTH,
        norm_num_groups=16,
        use_linear_projection=True,
    )


def noise_schedule() -> DDIMScheduler:
    """Velocity prediction down to pure noise, so that few steps suffice: Lin et al., arXiv:2305.08891."""
    return DDIMScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        steps_offset=1,
        clip_sample=False,
    )


class Captioned(Dataset[tuple[Tensor, Tensor]]):
    """Pictures by number, as latents and tokens."""

    def __init__(self, composer: Composer, components: PatchComponents, tokenizer: CLIPTokenizer) -> None:
        self._composer, self._components, self._tokenizer = composer, components, tokenizer

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        """Latents (48, 8, 8) and tokens (32,)."""
        picture = self._composer.picture(number)
        latents = self._components.encode(to_tensor([picture.pixels]))[0]
        return latents, tokenize(self._tokenizer, picture.caption)


def draw_timesteps(batch: int, generator: torch.Generator) -> Tensor:
    """Timesteps (batch,) spread evenly over the schedule, the upper three quarters, where shapes are made, denser."""
    even = (torch.rand(1, generator=generator) + torch.arange(batch) / batch) % 1
    upper = torch.rand(batch, generator=generator) < 0.4
    return (1000 * torch.where(upper, 0.25 + 0.75 * even, even)).long().clamp(0, 999)


class Rows(NamedTuple):
    """What a denoiser is asked."""

    noisy: Tensor
    """(rows, 48, 8, 8)."""
    timesteps: Tensor
    """(rows,)."""
    tokens: Tensor
    """(rows, 32)."""


class Asking:
    """Denoisers and the frozen text tower on the device of a run."""

    def __init__(self, accelerator: Accelerator, work: Path) -> None:
        """Raises OSError where the words have not been trained."""
        self._accelerator, self._device = accelerator, accelerator.device
        self._words = CLIPTextModel.from_pretrained(work / "text_encoder").float()
        self._words.requires_grad_(False).to(self._device)
        if self._device.type == "cpu":
            self._words.set_attn_implementation("eager")

    def place(self, model: UNet2DConditionModel) -> None:
        """Put a denoiser where it is quick."""
        model.to(self._device, memory_format=torch.channels_last)
        if self._device.type == "cpu":
            # Over so few positions the fused attention's backward pass takes longer than plain products: 30% in all.
            model.set_attn_processor(AttnProcessor())

    def velocity(self, model: nn.Module, rows: Rows) -> Tensor:
        """What a denoiser answers; (rows, 48, 8, 8) on the device."""
        with self._accelerator.autocast():
            words = self._words(input_ids=rows.tokens.to(self._device)).last_hidden_state
            noisy = rows.noisy.to(self._device, memory_format=torch.channels_last)
            answer: Tensor = model(noisy, rows.timesteps.to(self._device), words).sample.float()
        return answer


class Trainer:
    """One run of the training, from its last checkpoint on."""

    def __init__(self, work: Path, samples: int, batch: int, seed: int, rate: float) -> None:
        # Processes may be paused for hours; none of them gives the others up.
        self.accelerator = settle(seed, InitProcessGroupKwargs(timeout=timedelta(days=2)))
        self.batch, self.share, self.seed = batch, batch // self.accelerator.num_processes, seed
        with self.accelerator.main_process_first():
            composer, self.tokenizer, self.components = prepare(work, seed)
        self.dataset = Captioned(composer, self.components, self.tokenizer)
        self.schedule = noise_schedule()
        self.model = denoiser()
        begin(self.model, work / START / "unet")
        self.asking = Asking(self.accelerator, work)
        self.asking.place(self.model)
        slope = Slope(samples // batch, rate, average=0.9995, betas=(0.9, 0.99))
        self.descent = Descent(self.accelerator, self.model, work / "diffusion.pt", slope)
        self.last = slope.steps
        self.empty = tokenize(self.tokenizer, "")
        self.held_out = [
            torch.stack(part) for part in zip(*(self.dataset[-1 - n] for n in range(_HELD_OUT)), strict=True)
        ]

    def run(self, progress: Progress) -> None:
        """Train to the end; on the way save every five minutes, and say how it goes."""
        model = self.accelerator.prepare(self.model)
        average, began, first = 0.0, time.monotonic(), self.descent.done
        batches = self._batches()
        for step in self.descent.steps(progress, "denoiser"):
            loss = self._loss(model, step, *next(batches))
            self.descent.down(loss)
            average = loss.item() if step == first else 0.99 * average + 0.01 * loss.item()
            if not self.accelerator.is_main_process:
                continue
            done = step + 1
            if done % _LOG_EVERY == 0:
                rate = (done - first) * self.batch / (time.monotonic() - began)
                seen = done * self.batch
                progress.console.log(f"step {done}, {seen} pictures, loss {average:.4f}, {rate:.1f} pictures/s")
            if done % _MEASURE_EVERY == 0:
                progress.console.log(f"decibels from noise, held out, by timestep: {self.measure()}")

    def _batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        offset = self.accelerator.process_index * self.share
        firsts = (step * self.batch + offset for step in range(self.descent.done, self.last))
        numbers = [range(first, first + self.share) for first in firsts]
        workers = 4 if self.accelerator.device.type == "cuda" else 0
        return iter(DataLoader(self.dataset, batch_sampler=numbers, num_workers=workers))

    def _loss(self, model: nn.Module, step: int, latents: Tensor, tokens: Tensor) -> Tensor:
        place = step * self.accelerator.num_processes + self.accelerator.process_index
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + place)
        tokens[torch.rand(self.share, generator=generator) < _UNCONDITIONAL] = self.empty
        noise = torch.randn(latents.shape, generator=generator)
        timesteps = draw_timesteps(self.share, generator)
        noisy = self.schedule.add_noise(latents, noise, timesteps)
        velocity = self.schedule.get_velocity(latents, noise, timesteps)
        predicted = self.asking.velocity(model, Rows(noisy, timesteps, tokens))
        return functional.mse_loss(predicted, velocity.to(predicted.device))

    def measure(self) -> dict[int, float]:
        """PSNR in decibels of the held-out pictures as the averaged weights guess them in one step from a timestep.

        At 999 there is nothing but noise and the caption to guess from.
        """
        latents, tokens = self.held_out
        noise = torch.randn(latents.shape, generator=torch.Generator().manual_seed(1))
        found = {}
        with self.descent.averaged():
            for timestep in (999, 800, 600, 300):
                timesteps = torch.full((len(latents),), timestep)
                noisy = self.schedule.add_noise(latents, noise, timesteps)
                velocity = self.asking.velocity(self.model, Rows(noisy, timesteps, tokens)).cpu()
                kept = self.schedule.alphas_cumprod[timestep]
                clean = kept.sqrt() * noisy - (1 - kept).sqrt() * velocity
                found[timestep] = round(decibels(*map(self.components.decode, (clean, latents))), 2)
        return found


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    samples: Annotated[int, typer.Option(help="Pictures to train on in all.")] = SAMPLES,
    batch: Annotated[int, typer.Option(help="Pictures in a step, shared among processes.")] = 64,
    seed: int = 0,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = LEARNING_RATE,
) -> None:
    """Train the denoiser from its last checkpoint on."""
    trainer = Trainer(work, samples, batch, seed, rate)
    console = Console(log_path=False)
    quiet = not trainer.accelerator.is_main_process
    with Progress(*columns(), console=console, disable=quiet) as progress:
        trainer.run(progress)


if __name__ == "__main__":
    typer.run(main)
