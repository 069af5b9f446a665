"""Row 1: pictures a second through the engine, against a bare diffusers loop at its best batch."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any

import torch
from rich.console import Console

from benchmarks.machine import job
from benchmarks.table import Result
from engine.engine import Engine
from engine.jobs import Draw
from engine.reader import ClipModel
from engine.stepper import Stepper
from engine.ticket import Failed, Ticket

PICTURES = 32
STEPS = 10
BATCHES = (1, 2, 4, 8, 16)


def run(model: Stepper, pipeline: Any, seeds: Sequence[int], console: Console) -> list[Result]:
    """Each seed: the loop, the engine, the engine, the loop; CPU time of the whole process."""
    like = replace(job(model.card, model.card.width, model.card.guidance_scale), steps=STEPS)
    speeds = {batch: PICTURES / _bare(pipeline, like, batch, 0) for batch in BATCHES}
    best = max(speeds, key=lambda batch: speeds[batch])
    told = ", ".join(f"{batch}: {speed:.2f}" for batch, speed in speeds.items())
    console.print(f"bare diffusers, pictures a second by batch: {told}")
    ours, theirs = asyncio.run(_interleaved(model, pipeline, like, best, seeds, console))
    return [
        Result(
            row=1,
            what=f"pictures a second, {like.width} px, {STEPS} steps, guidance",
            peer=f"bare diffusers loop, its best batch of {best}",
            values=[their / our for our, their in zip(ours, theirs, strict=True)],
            limit="1.0 at the loop's widths",
            goal=0.95,
            details=f"{PICTURES / median(theirs):.2f} /s, ours {PICTURES / median(ours):.2f} /s",
        )
    ]


async def _interleaved(
    model: Stepper, pipeline: Any, like: Draw, batch: int, seeds: Sequence[int], console: Console
) -> tuple[list[float], list[float]]:
    engine = Engine(lambda _: model, _no_clip, lambda: (model.card.name,))
    await _through(engine, like, 0)  # learns how wide a call should be, as in the first minute of service
    ours, theirs = [], []
    for seed in seeds:
        first = _bare(pipeline, like, batch, seed)
        mine = [await _through(engine, like, seed) for _ in range(2)]
        theirs.append((first + _bare(pipeline, like, batch, seed)) / 2)
        ours.append(sum(mine) / 2)
        console.print(f"  seed {seed}: {theirs[-1]:.2f} s bare, {ours[-1]:.2f} s through the engine")
    await engine.close()
    return ours, theirs


async def _through(engine: Engine, like: Draw, seed: int) -> float:
    """CPU seconds for all pictures, asked for by eight people at once."""
    began = time.process_time()
    tickets = [
        engine.draw(
            replace(
                like,
                id=str(index),
                seeds=(seed * PICTURES + index,),
                asker=replace(like.asker, person=f"person {index % 8}"),
            )
        )
        for index in range(PICTURES)
    ]
    await asyncio.gather(*(_end(ticket) for ticket in tickets))
    return time.process_time() - began


async def _end(ticket: Ticket) -> None:
    async for news in ticket.news():
        if isinstance(news, Failed):
            raise news.error


def _bare(pipeline: Any, like: Draw, batch: int, seed: int) -> float:
    """CPU seconds for all pictures in a plain loop."""
    began = time.process_time()
    for start in range(0, PICTURES, batch):
        pipeline(
            prompt=[like.prompt[0].text] * batch,
            width=like.width,
            height=like.height,
            num_inference_steps=like.steps,
            guidance_scale=like.guidance_scale,
            generator=[torch.Generator().manual_seed(seed * PICTURES + start + index) for index in range(batch)],
        )
    return time.process_time() - began


def _no_clip() -> ClipModel:
    raise AssertionError("nothing is read here")
