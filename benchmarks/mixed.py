"""Row 2: a mixed trace. Mean, p95 and short requests' time to a picture, against other ways of serving them."""

from collections.abc import Callable, Sequence
from itertools import product
from statistics import median

from rich.console import Console

from benchmarks.machine import Replayed, Timed, job, measure_curve
from benchmarks.table import Result
from benchmarks.trace import (
    Arrival,
    Clock,
    Score,
    Serve,
    continuous_batching,
    dynamic_batching,
    mixed_trace,
    run_to_completion,
    score,
    step_level,
)
from engine.stepper import Stepper

LOAD = 1.2
SHAPES = ((64, 60, "batching pays"), (256, 24, "near compute-bound"))
"""Size in pixels, requests in a trace, and what kind of shape that is on a CPU."""
SIZES = (2, 4, 8, 16)
WAITS = (0.0, 1.0, 4.0)
"""Of the dynamic batcher, in solo steps."""


def run(model: Stepper, seeds: Sequence[int], console: Console) -> list[Result]:
    """Each seed is a trace; on it all four ways are run one after another, forwards and then backwards."""
    results: list[Result] = []
    for size, jobs, kind in SHAPES:
        like = job(model.card, size, guidance_scale=1.0)
        curve = measure_curve(model, like)
        told = ", ".join(f"{rows}: {1000 * seconds:.0f}" for rows, seconds in curve.items())
        console.print(f"{size} px ({kind}), ms of a call by rows: {told}")
        traces = [mixed_trace(like, jobs, LOAD, curve[1], seed) for seed in seeds]

        def replay(serve: Serve, traces: list[list[Arrival]] = traces, curve: dict[int, float] = curve) -> float:
            return sum(_score(serve, lambda clock: Replayed(clock, curve, model.card), trace).mean for trace in traces)

        waits = [wait * curve[1] for wait in WAITS]
        dynamic = min(product(SIZES, waits), key=lambda each: replay(dynamic_batching(*each)))
        continuous = min(SIZES, key=lambda each: replay(continuous_batching(each)))
        ways: dict[str, Serve] = {
            "one at a time": run_to_completion,
            f"dynamic batches of {dynamic[0]}, waiting {1000 * dynamic[1]:.0f} ms": dynamic_batching(*dynamic),
            f"continuous batches of {continuous}, first come first served": continuous_batching(continuous),
            "ours": step_level,
        }
        scores: dict[str, list[Score]] = {way: [] for way in ways}
        for number, trace in enumerate(traces):
            # Forwards, then backwards: a machine that grows slower or faster favours nobody.
            for way in list(ways) if number % 2 == 0 else reversed(ways):
                scores[way].append(_score(ways[way], lambda clock: Timed(model, clock, model.card), trace))
            console.print(f"  trace {number + 1} of {len(traces)}")
        results += _compare(f"{size} px, {kind}", scores, traces, curve[1])
    return results


def _score(serve: Serve, machine: Callable[[Clock], Stepper], trace: Sequence[Arrival]) -> Score:
    clock = Clock()
    return score(trace, serve(machine(clock), clock, trace))


def _compare(
    shape: str, scores: dict[str, list[Score]], traces: Sequence[Sequence[Arrival]], solo_step: float
) -> list[Result]:
    """Each figure of a peer, divided by ours."""
    limits = [score(trace, {one.job.id: one.at + one.job.steps * solo_step for one in trace}) for trace in traces]
    figures: tuple[tuple[str, Callable[[Score], float], float], ...] = (
        ("mean", lambda each: each.mean, 2.0),
        ("p95", lambda each: each.p95, 1.0),
        ("short requests", lambda each: each.short, 5.0),
    )
    results = []
    ours = scores["ours"]
    for peer in (way for way in scores if way != "ours"):
        for figure, of, goal in figures:
            theirs = [of(each) for each in scores[peer]]
            best = median(their / of(limit) for their, limit in zip(theirs, limits, strict=True))
            results.append(
                Result(
                    row=2,
                    what=f"{figure}, {shape}",
                    peer=peer,
                    values=[their / of(our) for their, our in zip(theirs, ours, strict=True)],
                    limit=f"{best:.1f} if nobody ever waited",
                    goal=goal if peer.startswith("dynamic") else 1.0,
                    details=f"{median(theirs):.2f} s, ours {median(of(our) for our in ours):.2f} s",
                )
            )
    return results
