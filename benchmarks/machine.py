"""The machine that is measured: the shipped model on one thread of one core, and a clock that counts its work."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import torch

from benchmarks.trace import Clock
from engine.jobs import Asker, Card, Draw, Note, Part, Pixels, Span
from engine.models import loading
from engine.stepper import Row, Stepper

WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16)


def one_core() -> None:
    """Pin the process to one core and torch to one thread: less noise, and CPU time is what was spent."""
    torch.set_num_threads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def pocket() -> loading.Loaded:
    """The shipped model, on the CPU."""
    return loading.load("pocket", folder=Path("models"), device="cpu", dtype="float32")


def job(card: Card, size: int, guidance_scale: float) -> Draw:
    """A request for one square picture."""
    return Draw(
        id="",
        asker=Asker("home", ""),
        prompt=(Part((Span("a red car on a blue background"),)),),
        width=size,
        height=size,
        steps=card.steps,
        guidance_scale=guidance_scale,
        scheduler=card.scheduler,
        seeds=(0,),
        model=card.name,
    )


@dataclass
class Timed:
    """A stepper whose calls move a virtual clock by the CPU time that they took: other programs do not count."""

    model: Stepper
    clock: Clock
    card: Card

    def open(self, job: Draw) -> list[Row]:
        """See Stepper."""
        began = time.thread_time()
        rows = self.model.open(job)
        self.clock.now += time.thread_time() - began
        return rows

    def step(self, rows: Sequence[Row]) -> None:
        """See Stepper."""
        began = time.thread_time()
        self.model.step(rows)
        self.clock.now += time.thread_time() - began

    def preview(self, row: Row) -> Pixels:
        """See Stepper."""
        began = time.thread_time()
        pixels = self.model.preview(row)
        self.clock.now += time.thread_time() - began
        return pixels

    def decode(self, rows: Sequence[Row]) -> list[Pixels]:
        """See Stepper."""
        began = time.thread_time()
        pictures = self.model.decode(rows)
        self.clock.now += time.thread_time() - began
        return pictures

    def notes(self, job: Draw) -> list[Note]:
        """See Stepper."""
        return self.model.notes(job)


@dataclass
class Replayed:
    """A stepper that draws nothing and moves the clock by what a measured curve says: to try many settings cheaply."""

    clock: Clock
    curve: dict[int, float]
    """Seconds of a call, by rows."""
    card: Card

    def open(self, job: Draw) -> list[Row]:
        """See Stepper; one slot a row."""
        return [Row(job, index, (job.width, job.height), job.steps, 1) for index in range(len(job.seeds))]

    def step(self, rows: Sequence[Row]) -> None:
        """See Stepper."""
        self.clock.now += _between(self.curve, len(rows))
        for row in rows:
            row.done += 1

    def preview(self, row: Row) -> Pixels:  # noqa: ARG002 - the protocol's
        """See Stepper."""
        return EMPTY

    def decode(self, rows: Sequence[Row]) -> list[Pixels]:
        """See Stepper; takes no time, as decoding is the same for every way of serving."""
        return [EMPTY for _ in rows]

    def notes(self, job: Draw) -> list[Note]:  # noqa: ARG002 - the protocol's
        """See Stepper."""
        return []


EMPTY: Pixels = torch.zeros((1, 1, 3), dtype=torch.uint8).numpy()


def measure_curve(model: Stepper, like: Draw, calls: int = 5) -> dict[int, float]:
    """CPU seconds of a denoiser call by rows: the median of `calls`, after one to warm up."""
    curve: dict[int, float] = {}
    for width in WIDTHS:
        rows = [model.open(like)[0] for _ in range(width)]
        times = []
        for _ in range(calls + 1):
            began = time.thread_time()
            model.step(rows)
            times.append(time.thread_time() - began)
        curve[width] = median(times[1:])
    return curve


def _between(curve: dict[int, float], rows: int) -> float:
    if rows in curve:
        return curve[rows]
    low, high = max(width for width in curve if width < rows), min(width for width in curve if width > rows)
    return curve[low] + (curve[high] - curve[low]) * (rows - low) / (high - low)
