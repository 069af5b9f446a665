"""One picture on its way: its latents, and the scheduler and generator that belong to it alone."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch

from engine.models.chaos import shaken
from engine.models.words import Embeddings


class Inputs(NamedTuple):
    """What one denoiser call reads of a picture: all tensors have one row without guidance, two with it."""

    sample: torch.Tensor
    time: torch.Tensor
    words: torch.Tensor
    pooled: torch.Tensor | None


@dataclass(slots=True, eq=False, kw_only=True)
class Picture:
    """Latents are 1 x channels x height x width."""

    latents: torch.Tensor
    scheduler: Any
    """With its time steps set. It keeps a history, so it can never be shared."""
    times: torch.Tensor
    """One a denoiser call, from noise to picture."""
    generator: torch.Generator
    options: dict[str, Any]
    """What else the scheduler's step takes: eta, generator."""
    embeddings: Embeddings
    guidance_scale: float
    chaos: int
    done: int = 0
    _read: Embeddings = field(init=False)
    """The words as the next call reads them."""
    _last: tuple[torch.Tensor, torch.Tensor, float] | None = None
    """Of the last call: sample, prediction, time."""

    def __post_init__(self) -> None:
        self._shake()

    @property
    def guided(self) -> bool:
        """Whether the embeddings are [negative, prompt]."""
        return len(self.embeddings.words) == 2

    def inputs(self) -> Inputs:
        """For the next denoiser call. Asking changes nothing, so it may be asked again."""
        time = self.times[self.done]
        rows = len(self.embeddings.words)
        sample = self.scheduler.scale_model_input(torch.cat([self.latents] * rows), time)
        return Inputs(sample, time.float().repeat(rows), self._read.words, self._read.pooled)

    def advance(self, sample: torch.Tensor, predicted: torch.Tensor) -> None:
        """Go on by what the denoiser predicted for `inputs().sample`, a row each."""
        if self.guided:
            negative, prompt = predicted.chunk(2)
            predicted = negative + self.guidance_scale * (prompt - negative)
        time = self.times[self.done]
        step = self.scheduler.step(predicted, time, self.latents, **self.options, return_dict=False)
        # Some schedulers compute, and answer, in more digits than they were given.
        self.latents = step[0].to(self.latents.dtype)
        self._last = sample[:1], predicted, float(time)
        self.done += 1
        self._shake()

    def clean(self) -> torch.Tensor:
        """The latents as they would be if the last prediction were true: x0, whatever the scheduler.

        A scaled sample is alpha * x0 + sigma * noise at every scheduler, because the denoiser was trained on that.
        """
        alphas = getattr(self.scheduler, "alphas_cumprod", None)
        if self.done == len(self.times) or self._last is None or alphas is None:
            return self.latents
        sample, predicted, time = self._last
        alpha2 = float(alphas[min(round(time), len(alphas) - 1)])
        alpha, sigma = alpha2**0.5, (1 - alpha2) ** 0.5
        match self.scheduler.config.prediction_type:
            case "epsilon":
                return (sample - sigma * predicted) / alpha
            case "v_prediction":
                return alpha * sample - sigma * predicted
            case "sample":
                return predicted
            case _:
                return self.latents

    def _shake(self) -> None:
        """Noise the prompt for the next call; the negative prompt stays, as in the paper."""
        self._read = self.embeddings
        if not self.chaos or self.done == len(self.times):
            return
        time = float(self.times[self.done]) / self.scheduler.config.num_train_timesteps

        def shake(rows: torch.Tensor) -> torch.Tensor:
            return torch.cat([rows[:-1], shaken(rows[-1:], self.chaos, time, self.generator)])

        pooled = self.embeddings.pooled
        self._read = Embeddings(shake(self.embeddings.words), None if pooled is None else shake(pooled))
