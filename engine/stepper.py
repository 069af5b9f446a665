"""What a lane asks of a picture model. The real ones are in `engine/models/`, the gated fake in `tests/`.

Both pass one contract test. All methods run on the lane's own thread and may block. None of them may keep state
about a job outside its rows.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.jobs import Card, Draw, Note, Pixels


@dataclass(slots=True, eq=False)
class Row:
    """One picture on its way: a slot or two in the denoiser's batch."""

    job: Draw
    index: int
    """Which picture of the set, from 0: its seed is job.seeds[index]."""
    key: Hashable
    """Rows with equal keys may share a denoiser call: model, adapters, latent shape, tiling."""
    steps: int
    """How many denoiser calls this picture takes in all (a second-order scheduler takes more than its steps)."""
    slots: int
    """What one call costs: 2 with guidance, else 1."""
    done: int = 0
    """How many calls are behind it. Counted by the model."""
    state: Any = field(default=None, repr=False)
    """The model's own: latents, scheduler, generator, embeddings."""

    @property
    def left(self) -> int:
        """Denoiser calls still to come."""
        return self.steps - self.done


class Stepper(Protocol):
    """A model whose requests can join and leave a batch between two steps."""

    card: Card

    def open(self, job: Draw) -> list[Row]:
        """Encode the words, make the first latents: one row a picture.

        Raises:
            BadJob: a setting that this model cannot do.
            LoraNotFound: an adapter that is not there or does not fit.
        """
        ...

    def step(self, rows: Sequence[Row]) -> None:
        """Advance each row by one denoiser call. The rows' keys are equal; `exact` rows come alone.

        Raises:
            OutOfMemory: the batch did not fit. No row has advanced, so a smaller batch may be tried.
        """
        ...

    def preview(self, row: Row) -> Pixels:
        """A small, cheap guess at what the row will be (latent height x latent width x 3)."""
        ...

    def decode(self, rows: Sequence[Row]) -> list[Pixels]:
        """Finished rows to pictures. `exact` rows come alone.

        Raises:
            OutOfMemory: try fewer at once.
        """
        ...

    def notes(self, job: Draw) -> list[Note]:
        """What the asker should know of this job before it runs, e.g. words beyond the model's window."""
        ...


class Whole(Protocol):
    """A model that runs a job from start to end through its stock pipeline."""

    card: Card

    def open(self, job: Draw) -> list[Row]:
        """As Stepper.open."""
        ...

    def run(self, rows: Sequence[Row], after_step: Callable[[Callable[[int], Pixels] | None], bool]) -> list[Pixels]:
        """Draw all rows in one call of the pipeline. Rows differ in seed alone.

        After each step the rows' `done` is counted up and `after_step(preview)` is asked: False means stop.
        `preview(k)` guesses what rows[k] will be; None where the latents are no picture.

        Raises:
            Cancelled: after_step said stop.
            OutOfMemory: the batch did not fit.
        """
        ...

    def notes(self, job: Draw) -> list[Note]:
        """As Stepper.notes."""
        ...
