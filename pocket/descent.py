"""How every step of the recipe learns: an optimizer, a rate, averaged weights, and a checkpoint to go on from."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import torch
from accelerate import Accelerator
from diffusers.training_utils import EMAModel
from rich.progress import Progress
from torch import Tensor, nn

_WARMUP = 200
_COOLDOWN = 0.25
_SAVE_EVERY = 300.0

Model = TypeVar("Model", bound=nn.Module)


class Slope(NamedTuple):
    """How a model is trained."""

    steps: int
    rate: float
    """Highest learning rate."""
    average: float | None
    """How much of the averaged weights stays at each step; None to do without them."""
    betas: tuple[float, float] = (0.9, 0.98)
    decay: float = 0.01
    """Of weights."""


class Stateful(Protocol):
    """What a checkpoint keeps: a module, an optimizer, an average of weights."""

    def state_dict(self) -> dict[str, Any]:
        """What to keep."""

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any:
        """Put back what was kept."""


class Checkpoint:
    """The state of a run in one file, replaced as a whole, so that a stop at any moment leaves the last one intact."""

    def __init__(self, path: Path, **parts: Stateful) -> None:
        self._path, self._parts = path, parts
        self._saved = time.monotonic()

    def load(self) -> int:
        """Put the parts back as they were saved and return the number of steps done; 0 if nothing was saved."""
        if not self._path.exists():
            return 0
        state = torch.load(self._path, map_location="cpu", weights_only=True)
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        return state["step"]

    def save(self, step: int) -> None:
        """Keep the parts and the number of steps done."""
        partial = self._path.with_suffix(".partial")
        torch.save({"step": step} | {name: part.state_dict() for name, part in self._parts.items()}, partial)
        partial.replace(self._path)
        self._saved = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether five minutes have passed since it was saved."""
        return time.monotonic() - self._saved > _SAVE_EVERY


class Descent:
    """One run of a training, from its last checkpoint on."""

    def __init__(self, accelerator: Accelerator, model: nn.Module, path: Path, slope: Slope) -> None:
        self._accelerator, self._model, self._slope = accelerator, model, slope
        self._optimizer = torch.optim.AdamW(
            model.parameters(), lr=slope.rate, betas=slope.betas, weight_decay=slope.decay, fused=True
        )
        parts: dict[str, Stateful] = {"model": model, "optimizer": self._optimizer}
        self._ema: EMAModel | None = None
        if slope.average is not None:
            self._ema = parts["ema"] = EMAModel(
                model.parameters(), decay=slope.average, use_ema_warmup=True, power=0.75, foreach=True
            )
        self._checkpoint = Checkpoint(path, **parts)
        self.done = self._checkpoint.load()
        if self._ema is not None:
            self._ema.to(accelerator.device)

    def steps(self, progress: Progress, what: str) -> Iterator[int]:
        """The numbers of the steps that are left, saving every five minutes and at the end."""
        bar = progress.add_task(what, total=self._slope.steps, completed=self.done)
        while self.done < self._slope.steps:
            yield self.done
            self.done += 1
            progress.update(bar, completed=self.done)
            if self._accelerator.is_main_process and (self._checkpoint.due or self.done == self._slope.steps):
                self._checkpoint.save(self.done)

    def down(self, loss: Tensor) -> None:
        """One step against the loss."""
        self._accelerator.backward(loss)
        self._accelerator.clip_grad_norm_(self._model.parameters(), 1.0)
        for group in self._optimizer.param_groups:
            group["lr"] = self._slope.rate * learning_rate(self.done, self._slope.steps)
        self._optimizer.step()
        self._optimizer.zero_grad()
        if self._ema is not None:
            self._ema.step(self._model.parameters())

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """The model with its averaged weights, to look at how it does; nothing is learnt meanwhile."""
        with torch.no_grad():
            if self._ema is not None:
                self._ema.store(self._model.parameters())
                self._ema.copy_to(self._model.parameters())
            try:
                yield
            finally:
                if self._ema is not None:
                    self._ema.restore(self._model.parameters())


def learning_rate(step: int, steps: int) -> float:
    """Relative rate: rising over 200 steps, level, then in the last quarter falling as a cosine to a fiftieth."""
    fall = min(1.0, max(0.0, step / steps - (1 - _COOLDOWN)) / _COOLDOWN)
    return min(1.0, (step + 1) / _WARMUP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * fall)))


def with_averaged_weights(model: Model, checkpoint: Path) -> Model:
    """The model with the averaged weights of a checkpoint.

    Raises FileNotFoundError where that step of the recipe has not been run.
    """
    if not checkpoint.exists():
        raise FileNotFoundError(checkpoint)
    ema = EMAModel(model.parameters())
    Checkpoint(checkpoint, model=model, ema=ema).load()
    ema.copy_to(model.parameters())
    return model
