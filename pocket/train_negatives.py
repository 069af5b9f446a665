"""Teach the denoiser negative prompts, and leave everything else as it is.

    python -m pocket.train_negatives WORK

The denoiser as it was is the teacher: its answers to captions are what the pupil has to keep, and what guidance has to
be made up to. So nothing is learnt but the answers to words that are to go, and half an hour is enough.
Stopped at any moment, the same command goes on from the last checkpoint.
"""

from pathlib import Path
from statistics import fmean
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.progress import Progress
from torch import Tensor

from pocket.descent import Descent, Slope, with_averaged_weights
from pocket.latents import to_tensor
from pocket.negatives import Removals
from pocket.run import START, begin, columns, prepare, settle
from pocket.text import tokenize
from pocket.train_diffusion import GUIDANCE, Asking, Rows, denoiser, draw_timesteps, noise_schedule

STEPS = 900
LEARNING_RATE = 5e-4
_UNCONDITIONAL = 0.1
"""Share of captions left out."""
_WEIGHT = 4.0
"""Of an error in the answer to a negative prompt, which guidance multiplies, against one in that to a caption."""
_EARLIEST = 0.2
"""Share of the schedule below which nothing is taught: by then it is gone, or stays."""
_MOST = 1.6
"""How much of what is to go the noisy latents show, at most."""
_HELD_OUT = 96
_LOG_EVERY = 20
_MEASURE_EVERY = 100


def taking_away(prompted: Tensor, alone: Tensor, wanted: Tensor, goes: Tensor) -> Tensor:
    """The answer by which guidance comes to what is wanted where something goes, and to the usual everywhere else.

    All (rows, 48, 8, 8): the answers to the prompt and to no words, and what guidance shall make; `goes` may have a
    single channel. Away from what goes, a negative prompt is answered as if there were none.
    """
    return torch.where(goes, (GUIDANCE * prompted - wanted) / (GUIDANCE - 1), alone)


class Trainer:
    """One run of the training, from its last checkpoint on."""

    def __init__(self, work: Path, steps: int, batch: int, seed: int) -> None:
        self.accelerator = settle(seed)
        self.steps, self.batch, self.seed = steps, batch, seed
        self.composer, self.tokenizer, self.components = prepare(work, seed)
        self.removals = Removals(self.composer, self.components, self.tokenizer, seed)
        self.schedule, self.empty = noise_schedule(), tokenize(self.tokenizer, "")
        self.asking = Asking(self.accelerator, work)
        self.teacher, self.model = denoiser(), denoiser()
        if (work / "diffusion.pt").exists():
            with_averaged_weights(self.teacher, work / "diffusion.pt")
        else:
            begin(self.teacher, work / START / "unet")
        self.model.load_state_dict(self.teacher.state_dict())
        self.teacher.requires_grad_(False)
        for model in (self.teacher, self.model):
            self.asking.place(model)
        slope = Slope(steps, LEARNING_RATE, average=0.999, betas=(0.9, 0.99), decay=0.0)
        self.descent = Descent(self.accelerator, self.model, work / "negatives.pt", slope)

    def run(self, progress: Progress) -> None:
        """Train to the end, saving every five minutes."""
        average: list[tuple[float, float]] = []
        for step in self.descent.steps(progress, "negative prompts"):
            loss, *errors = self._losses(step)
            self.descent.down(loss)
            average.append((errors[0].item(), errors[1].item()))
            if (step + 1) % _LOG_EVERY == 0:
                negatives, captions = (fmean(some) for some in zip(*average, strict=True))
                progress.console.log(f"step {step + 1}, error for negatives {negatives:.4f}, captions {captions:.4f}")
                average.clear()
            if (step + 1) % _MEASURE_EVERY == 0 or step + 1 == self.steps:
                progress.console.log(f"left of what is taken away, by timestep: {self.measure()}")

    def _losses(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """What to descend, and the errors in answers to negative prompts and to captions."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        rows, answers, weights = self._lessons(step, generator)
        kept = self._captions(step, generator)
        answers = torch.cat([answers, self.asking.velocity(self.teacher, kept)])
        weights = torch.cat([weights, torch.ones(len(kept.timesteps))]).to(answers.device)
        asked = Rows(*(torch.cat(parts) for parts in zip(rows, kept, strict=True)))
        predicted = self.asking.velocity(self.model, asked)
        errors = (predicted - answers).square().flatten(1).mean(1)
        return (weights * errors).mean(), errors[weights > 1].mean(), errors[weights == 1].mean()

    def _captions(self, step: int, generator: torch.Generator) -> Rows:
        """Pictures as the denoiser learnt from them, whose answers are to stay."""
        pictures = list(self.composer.pictures(step * self.batch, (step + 1) * self.batch))
        latents = self.components.encode(to_tensor([picture.pixels for picture in pictures]))
        tokens = torch.stack([tokenize(self.tokenizer, picture.caption) for picture in pictures])
        tokens[torch.rand(self.batch, generator=generator) < _UNCONDITIONAL] = self.empty
        timesteps = draw_timesteps(self.batch, generator)
        noise = torch.randn(latents.shape, generator=generator)
        return Rows(self.schedule.add_noise(latents, noise, timesteps), timesteps, tokens)

    def _lessons(self, step: int, generator: torch.Generator) -> tuple[Rows, Tensor, Tensor]:
        """The same noisy latents with their caption and with what is to go; the answers, and what errors weigh."""
        before, after, prompts, negatives, latest = self.removals.batch(step * self.batch, self.batch)
        even = (torch.rand(1, generator=generator) + torch.randperm(self.batch, generator=generator) / self.batch) % 1
        timesteps = (1000 * latest * torch.lerp(torch.tensor(_EARLIEST), torch.tensor(1.0), even)).long().clamp(max=999)
        # While a picture is drawn, what is to go may be there in part, and more than that where guidance overdid it.
        left = _MOST * torch.rand((self.batch, 1, 1, 1), generator=generator)
        shown = torch.lerp(after, before, left)
        noisy = self.schedule.add_noise(shown, torch.randn(shown.shape, generator=generator), timesteps)
        kept = self.schedule.alphas_cumprod[timesteps][:, None, None, None]
        prompted = self.asking.velocity(self.teacher, Rows(noisy, timesteps, prompts))
        alone = self.asking.velocity(self.teacher, Rows(noisy, timesteps, self.empty.expand_as(prompts)))
        wanted = ((kept.sqrt() * noisy - after) / (1 - kept).sqrt()).to(prompted.device)
        goes = (before != after).any(1, keepdim=True).to(prompted.device)
        taught = taking_away(prompted, alone, wanted, goes)
        some = self.batch // 2
        answers = torch.cat([prompted[:some], taught])
        weights = torch.cat([torch.ones(some), torch.full((self.batch,), _WEIGHT)])
        asked = Rows(
            torch.cat([noisy[:some], noisy]),
            torch.cat([timesteps[:some], timesteps]),
            torch.cat([prompts[:some], negatives]),
        )
        return asked, answers, weights

    def measure(self) -> dict[int, float]:
        """How much guidance leaves of what a negative prompt names, in one step from a timestep; held out.

        1 where it stays as it was, 0 where it is gone, along the difference of both in latents.
        """
        lessons = self.removals.batch(-_HELD_OUT, _HELD_OUT)
        changed = (lessons[0] != lessons[1]).flatten(1).any(1) & (lessons[4] < 1)
        before, after, prompts, negatives, _ = (part[changed] for part in lessons)
        noise = torch.randn(before.shape, generator=torch.Generator().manual_seed(2))
        difference = (before - after).flatten(1)
        found = {}
        with self.descent.averaged():
            for timestep in (799, 700, 600, 400):
                timesteps = torch.full((len(before),), timestep)
                noisy = self.schedule.add_noise(before, noise, timesteps)
                said, unsaid = (
                    self.asking.velocity(self.model, Rows(noisy, timesteps, tokens)).cpu()
                    for tokens in (prompts, negatives)
                )
                kept = self.schedule.alphas_cumprod[timestep]
                clean = kept.sqrt() * noisy - (1 - kept).sqrt() * (unsaid + GUIDANCE * (said - unsaid))
                left = ((clean - after).flatten(1) * difference).sum(1) / difference.square().sum(1)
                found[timestep] = round(left.mean().item(), 2)
        return found


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    steps: int = STEPS,
    batch: Annotated[int, typer.Option(help="Negative prompts in a step, and as many pictures with captions.")] = 24,
    seed: int = 0,
) -> None:
    """Train from the last checkpoint on."""
    trainer = Trainer(work, steps, batch, seed)
    with Progress(*columns(), console=Console(log_path=False)) as progress:
        trainer.run(progress)


if __name__ == "__main__":
    typer.run(main)
