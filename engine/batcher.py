"""The jobs of one open model: opened, stepped together, decoded and told about. One thread, but none of its own."""

import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import cast

from engine.errors import Cancelled, DrawFailed, EngineError, OutOfMemory
from engine.jobs import Draw, Pixels
from engine.scheduler import Batch, Scheduler, Work
from engine.stepper import Row, Stepper, Whole
from engine.task import Task
from engine.ticket import Ticket

log = logging.getLogger(__name__)


class Batcher:
    """Tick by tick: choose rows, one denoiser call, decode what is finished, tell."""

    def __init__(
        self,
        model: Stepper | Whole,
        scheduler: Scheduler,
        clock: Callable[[], float],
        decode: int,
        between: Callable[[], None],
    ) -> None:
        """`clock` in seconds; at most `decode` pictures are decoded in a tick; `between` lets others in between the
        steps of a model that runs whole: it may call `arrive` and `drop`."""
        self._model = model
        self._scheduler = scheduler
        self._clock = clock
        self._decode_at_once = decode
        self._between = between
        self._tasks: dict[Work, Task] = {}
        self._undecoded: list[tuple[Work, Row]] = []

    @property
    def tickets(self) -> list[Ticket]:
        """Of the jobs that are not done."""
        return [task.ticket for task in self._tasks.values()]

    @property
    def under_way(self) -> bool:
        """Whether a job has been begun."""
        return any(work.opened for work in self._tasks)

    def arrive(self, ticket: Ticket) -> None:
        """A job joins the line, unless it has been stopped on its way here."""
        if ticket.ended:
            return
        job = ticket.job
        shape = (job.width, job.height, job.tile)
        key = (shape, job.loras) if self._model.card.batched else (shape, job.loras, _but_for_the_seeds(job))
        work = Work(job, key, shape, self._clock())
        self._tasks[work] = Task(ticket, work)
        self._scheduler.add(work)

    def drop(self, ticket: Ticket) -> None:
        """A job leaves the line, and its rows are gone; harmless if it is not there."""
        for work in [work for work, task in self._tasks.items() if task.ticket is ticket]:
            self._remove(work)

    def drop_all(self, error: EngineError) -> None:
        """All jobs end with this error."""
        for work in list(self._tasks):
            self._fail(work, error)

    def tick(self, opening: bool = True) -> None:
        """One denoiser call, or one run of a whole model. Without `opening` no further job is begun."""
        order = self._scheduler.order(self._clock())
        batch = self._choose(order, opening)
        if self._model.card.batched:
            if batch:
                self._step(batch)
            self._undecoded += [(work, row) for work, rows in batch.items() for row in rows if not row.left]
            self._decode()
        elif batch:
            self._run(batch)
            order = self._scheduler.order(self._clock())
        self._tell(order, batch)

    def _tell(self, order: Sequence[Work], batch: Batch, preview: Callable[[Row], Pixels] | None = None) -> None:
        """Tell those in the batch how far they are, and those in line where they stand now."""
        order, place = [work for work in order if work in self._tasks], 0
        for work, seconds in zip(order, self._scheduler.seconds(order), strict=True):
            task = self._tasks[work]
            if task.began is None:
                place += 1
                task.tell_waiting(place, seconds)
            elif work in batch:
                try:
                    if not task.ticket.unread:
                        self._preview(task, batch[work], preview)
                except Exception as error:
                    self._fail(work, error)
                task.tell_drawing(seconds)

    def _choose(self, order: Sequence[Work], opening: bool) -> Batch:
        """The rows of the next call. Jobs that it opens may turn out otherwise than expected: then choose again."""
        while True:
            batch = self._scheduler.choose([work for work in order if work in self._tasks], opening)
            fresh = [work for work in batch if not work.opened]
            if not fresh:
                return batch
            for work in fresh:
                task = self._tasks[work]
                began = self._clock()
                try:
                    work.open(self._model.open(work.job))
                    task.notes = tuple(self._model.notes(work.job))
                except Exception as error:
                    self._fail(work, error)
                else:
                    task.began = began
                    self._scheduler.charge_work(work, self._since(began))

    def _step(self, batch: Batch) -> None:
        rows = [row for mine in batch.values() for row in mine]
        before = {id(row): row.done for row in rows}
        began = self._clock()
        try:
            cast(Stepper, self._model).step(rows)
        except OutOfMemory as error:
            self._too_wide(batch, error)
        except Exception as error:
            if len(batch) == 1:
                self._fail(next(iter(batch)), error)
                return
            log.warning("a step of %d jobs failed; trying each apart", len(batch), exc_info=error)
            for work, mine in batch.items():
                if rest := [row for row in mine if row.done == before[id(row)]]:
                    self._step({work: rest})
        else:
            self._pay(batch, self._since(began))

    def _run(self, batch: Batch) -> None:
        """A whole model draws the batch from start to end."""
        rows = [row for mine in batch.values() for row in mine]
        began = self._clock()

        def after_step(preview: Callable[[int], Pixels] | None) -> bool:
            nonlocal began
            self._pay(batch, self._since(began))
            self._between()
            order = self._scheduler.order(self._clock())
            self._tell(order, batch, preview and (lambda row: preview(rows.index(row))))
            began = self._clock()
            return any(work in self._tasks for work in batch)

        try:
            pictures = cast(Whole, self._model).run(rows, after_step)
        except Cancelled:
            _rewind(batch)
        except OutOfMemory as error:
            _rewind(batch)
            self._too_wide(batch, error)
        except Exception as error:
            _rewind(batch)
            if len(batch) == 1:
                self._fail(next(iter(batch)), error)
                return
            log.warning("a run of %d jobs failed; trying each apart", len(batch), exc_info=error)
            for work, mine in batch.items():
                if work in self._tasks:
                    self._run({work: mine})
        else:
            found = iter(pictures)
            drawn = [(work, row, next(found)) for work, mine in batch.items() for row in mine]
            for work, row, pixels in drawn:
                row.done = row.steps
                work.count()
                self._keep(work, row, pixels)

    def _decode(self) -> None:
        """A slice of what is finished, the oldest first, so that a large set does not hold up the others' steps."""
        self._undecoded = [(work, row) for work, row in self._undecoded if work in self._tasks]
        if not self._undecoded:
            return
        first = self._undecoded[0][1]
        alike = [(work, row) for work, row in self._undecoded if row.key == first.key and not row.job.exact]
        self._decode_rows(self._undecoded[:1] if first.job.exact else alike[: self._decode_at_once])

    def _decode_rows(self, rows: list[tuple[Work, Row]]) -> None:
        began = self._clock()
        try:
            pictures = cast(Stepper, self._model).decode([row for _, row in rows])
        except OutOfMemory as error:
            if len(rows) == 1:
                self._fail(rows[0][0], error)
                return
            self._decode_at_once = len(rows) // 2
            for work in {work for work, _ in rows}:
                self._tasks[work].note_halved(self._decode_at_once)
        except Exception as error:
            if len(rows) == 1:
                self._fail(rows[0][0], error)
                return
            for work, row in rows:
                if work in self._tasks:
                    self._decode_rows([(work, row)])
        else:
            each = self._since(began) / len(rows)
            self._undecoded = [one for one in self._undecoded if one not in rows]
            for (work, row), pixels in zip(rows, pictures, strict=True):
                self._scheduler.times.record_decode(work.megapixels, each)
                self._scheduler.charge_work(work, each)
                self._keep(work, row, pixels)

    def _preview(self, task: Task, rows: list[Row], whole: Callable[[Row], Pixels] | None) -> None:
        preview = cast(Stepper, self._model).preview if self._model.card.batched else whole
        if preview is not None:
            for row in rows:
                task.previews[row.index] = preview(row)

    def _keep(self, work: Work, row: Row, pixels: Pixels) -> None:
        if work in self._tasks and self._tasks[work].picture(row.index, pixels, self._clock()):
            self._remove(work)

    def _pay(self, batch: Batch, ms: float) -> None:
        """Learn from a call's time, and let those who are still there pay for it."""
        work, slots = next(iter(batch)), sum(row.slots for rows in batch.values() for row in rows)
        self._scheduler.times.record(work.shape, slots, work.megapixels, ms)
        if here := {work: rows for work, rows in batch.items() if work in self._tasks}:
            self._scheduler.charge(here, ms)

    def _too_wide(self, batch: Batch, error: OutOfMemory) -> None:
        if sum(len(rows) for rows in batch.values()) == 1:
            self._fail(next(iter(batch)), error)
            return
        pictures = self._scheduler.halve(batch)
        log.warning("out of memory: at most %d pictures at once from now on", pictures)
        for work in batch:
            if work in self._tasks:
                self._tasks[work].note_halved(pictures)

    def _fail(self, work: Work, error: Exception) -> None:
        """The job ends here, and with it nothing else."""
        task = self._tasks[work]
        if not isinstance(error, EngineError):
            log.error("job %s failed", work.job.id, exc_info=error)
            failed = DrawFailed(str(error))
            failed.__cause__ = error
            error = failed
        task.fail(error)
        self._remove(work)

    def _remove(self, work: Work) -> None:
        self._scheduler.remove(work)
        del self._tasks[work]

    def _since(self, began: float) -> float:
        """Milliseconds."""
        return (self._clock() - began) * 1000


def _rewind(batch: Mapping[Work, list[Row]]) -> None:
    """A run that broke off has drawn nothing."""
    for work, rows in batch.items():
        for row in rows:
            row.done = 0
        work.count()


def _but_for_the_seeds(job: Draw) -> Hashable:
    """What a whole model's jobs must agree in to be drawn in one run, besides their shape."""
    start = None if job.start is None else (job.start.shape, job.start.tobytes())
    words = (job.prompt, job.negative_prompt, job.guidance_scale, job.chaos)
    return (*words, job.steps, job.stop, job.scheduler, job.strength, start)
