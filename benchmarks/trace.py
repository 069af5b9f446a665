"""A day in the life of a model: who asks when, and how different ways of serving them do.

Every way drives the same model on the same virtual clock, which the model moves by what its calls cost.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.batcher import Batcher
from engine.jobs import Draw
from engine.limits import Limits
from engine.scheduler import Scheduler
from engine.stepper import Row, Stepper
from engine.steptimes import StepTimes
from engine.ticket import Failed, Finished, Ticket

STEPS = (4, 20, 40)
SHARES = (0.6, 0.3, 0.1)
SHORT = STEPS[0]


@dataclass(slots=True)
class Clock:
    """Virtual time, in seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody asks at a moment, in seconds."""

    at: float
    job: Draw


@dataclass(frozen=True, slots=True)
class Score:
    """How long people waited from asking to the picture, in seconds."""

    mean: float
    p95: float
    short: float
    """Mean of the shortest kind."""


Serve = Callable[[Stepper, Clock, Sequence[Arrival]], dict[str, float]]
"""A way of serving: from model, clock and arrivals to the moment at which each job was done."""


def mixed_trace(like: Draw, jobs: int, load: float, solo_step: float, seed: int, people: int = 20) -> list[Arrival]:
    """Poisson arrivals: 60% of 4 steps, 30% of 20, 10% of 40.

    `load` 1 is what the model can just do if it runs one request at a time, `solo_step` seconds a step.
    """
    random = np.random.default_rng(seed)
    between = float(np.dot(STEPS, SHARES)) * solo_step / load
    moments = np.cumsum(random.exponential(between, jobs))
    kinds = random.choice(STEPS, jobs, p=SHARES)
    persons = random.integers(people, size=jobs)
    return [
        Arrival(
            float(at),
            replace(
                like,
                id=str(index),
                steps=int(steps),
                seeds=(index,),
                asker=replace(like.asker, person=str(person)),
            ),
        )
        for index, (at, steps, person) in enumerate(zip(moments, kinds, persons, strict=True))
    ]


def score(arrivals: Sequence[Arrival], ends: dict[str, float]) -> Score:
    """Compare the ends with the arrivals."""
    waits = np.array([ends[one.job.id] - one.at for one in arrivals])
    short = np.array([one.job.steps == SHORT for one in arrivals])
    return Score(float(waits.mean()), float(np.quantile(waits, 0.95)), float(waits[short].mean()))


def run_to_completion(model: Stepper, clock: Clock, arrivals: Sequence[Arrival]) -> dict[str, float]:
    """First come first served, one at a time: a stock pipeline behind a queue."""
    return dynamic_batching(1, 0.0)(model, clock, arrivals)


def dynamic_batching(size: int, wait: float) -> Serve:
    """Requests with equal settings run together from start to end: up to `size`, waiting up to `wait` seconds for more.

    What Triton's dynamic batcher and TorchServe do with a stock pipeline, whose requests must agree in their steps.
    """

    def serve(model: Stepper, clock: Clock, arrivals: Sequence[Arrival]) -> dict[str, float]:
        todo, line, ends = deque(arrivals), list[Arrival](), dict[str, float]()
        while todo or line:
            _arrive(todo, line, clock)
            if not line:
                clock.now = todo[0].at
                continue
            batch = [one for one in line if one.job.steps == line[0].job.steps][:size]
            deadline = line[0].at + wait
            if len(batch) < size and clock.now < deadline and todo:
                clock.now = min(deadline, todo[0].at)
                continue
            line = [one for one in line if one not in batch]
            rows = [row for one in batch for row in model.open(one.job)]
            while rows[0].left:
                model.step(rows)
            model.decode(rows)
            ends |= {one.job.id: clock.now for one in batch}
        return ends

    return serve


def continuous_batching(size: int) -> Serve:
    """Step-level batching without a scheduler: free slots go to whoever came first, and every row steps every time.

    Our own loop on the virtual clock, in the manner of continuous batching servers; none of them was run beside it.
    """

    def serve(model: Stepper, clock: Clock, arrivals: Sequence[Arrival]) -> dict[str, float]:
        todo, line, ends = deque(arrivals), list[Arrival](), dict[str, float]()
        active: list[Row] = []
        while todo or line or active:
            _arrive(todo, line, clock)
            while line and len(active) < size:
                active += model.open(line.pop(0).job)
            if not active:
                clock.now = todo[0].at
                continue
            model.step(active)
            if done := [row for row in active if not row.left]:
                model.decode(done)
                ends |= {row.job.id: clock.now for row in done}
            active = [row for row in active if row.left]
        return ends

    return serve


def step_level(model: Stepper, clock: Clock, arrivals: Sequence[Arrival]) -> dict[str, float]:
    """The engine's own batcher and scheduler, as its lane runs them, without the thread."""
    return asyncio.run(_step_level(model, clock, arrivals))


async def _step_level(model: Stepper, clock: Clock, arrivals: Sequence[Arrival]) -> dict[str, float]:
    limits = Limits()
    scheduler = Scheduler(StepTimes(), limits.slots, limits.open_rows)
    batcher = Batcher(model, scheduler, clock, limits.decode, lambda: None)
    todo, ends, tickets = deque(arrivals), dict[str, float](), list[Ticket]()
    while todo or tickets:
        while todo and todo[0].at <= clock.now:
            tickets.append(Ticket(todo.popleft().job, lambda _: None))
            batcher.arrive(tickets[-1])
        if not tickets:
            clock.now = todo[0].at
            continue
        batcher.tick()
        for ticket in tickets:
            if isinstance(ticket.latest, Failed):
                raise ticket.latest.error
            if isinstance(ticket.latest, Finished):
                ends[ticket.job.id] = clock.now
        tickets = [ticket for ticket in tickets if not ticket.ended]
    return ends


def _arrive(todo: deque[Arrival], line: list[Arrival], clock: Clock) -> None:
    while todo and todo[0].at <= clock.now:
        line.append(todo.popleft())
