"""Draws the standing prompts with a model, and measures how close each picture is to its own words beside 100 others.

The measure is CLIP's: the rank of the own prompt among 101, by cosine to the picture's embedding. Chance is 51.
"""

import asyncio
import itertools
import random
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from engine.engine import Engine
from engine.jobs import Asker, Card, Draw, Drawn, Part, Pixels, Span
from engine.ticket import Drawing, Failed, Finished

STANDING = (
    "a car",
    "a bicycle",
    "a motorcycle",
    "a cat",
    "a dog",
    "a tree",
    "a house",
    "a pizza",
    "a rocket",
    "a red car on a blue background",
    "a cat next to a tree",
    "a green car",
    "a blue bird",
    "an airplane",
    "a fish",
    "a flower",
    "a bus",
    "a heart",
    "two cats",
    "a dog in the snow",
    "a castle at night",
    "a purple elephant on a yellow background",
    "a horse",
    "a strawberry",
)
OTHERS = 100
COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One standing prompt. `rank` counts from 1 among the prompt itself and 100 others."""

    prompt: str
    seed: int
    closeness: float
    rank: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured."""

    model: str
    clip: str
    grid: str
    rows: tuple[Row, ...]
    median_rank: float
    top1: float
    top5: float
    top10: float

    def table(self) -> Table:
        """The figures for people."""
        table = Table(title=f"{self.model}, read by {self.clip}; grid: {self.grid}")
        for name in ("prompt", "closeness", f"rank among {OTHERS + 1}"):
            table.add_column(name, justify="left" if name == "prompt" else "right")
        for row in self.rows:
            table.add_row(row.prompt, f"{row.closeness:.3f}", str(row.rank))
        chance = (OTHERS + 2) / 2
        table.add_section()
        table.add_row("median rank", "", f"{self.median_rank:g} (chance {chance:g})")
        for name, value, by_chance in (("first", self.top1, 1), ("in 5", self.top5, 5), ("in 10", self.top10, 10)):
            table.add_row(name, "", f"{value:.0%} (chance {by_chance / (OTHERS + 1):.0%})")
        return table


async def evaluate(engine: Engine, model: str, folder: Path, *, console: Console, seed: int = 1) -> Evaluation:
    """Draw, read, rank; the grid is written to `folder`.

    Raises:
        EngineError: the model cannot be opened or fails.
    """
    try:
        card = await engine.card(model)
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("drawing", total=len(STANDING))
            drawn = []
            for index, prompt in enumerate(STANDING):
                drawn.append(await _draw(engine, card, prompt, seed + index))
                progress.advance(task)
        rows = await _rank(engine, drawn)
        clip = await engine.clip_name()
    finally:
        await engine.close()
    path = folder / "grid.png"
    await asyncio.to_thread(_grid, [one.pixels for one in drawn], path)
    ranks = np.array([row.rank for row in rows])
    return Evaluation(
        model=card.name,
        clip=clip,
        grid=str(path),
        rows=tuple(rows),
        median_rank=float(np.median(ranks)),
        top1=float((ranks <= 1).mean()),
        top5=float((ranks <= 5).mean()),
        top10=float((ranks <= 10).mean()),
    )


def other_prompts(own: str, *, seed: int) -> list[str]:
    """100 prompts of the same kind that are not `own`, the same ones for the same seed."""
    colours = ("red", "blue", "green", "yellow", "purple", "orange", "pink", "brown", "white", "black")
    things = [prompt.split(" ", 1)[1] for prompt in STANDING if len(prompt.split()) == 2]
    composed = [f"a {colour} {thing}" for colour, thing in itertools.product(colours, things)]
    composed += [
        f"a {one} {thing} on a {two} background"
        for one, two, thing in itertools.product(colours, colours, things)
        if one != two
    ]
    pool = [*STANDING, *composed]
    return random.Random(seed).sample([prompt for prompt in pool if prompt != own], OTHERS)


async def _draw(engine: Engine, card: Card, prompt: str, seed: int) -> Drawn:
    job = Draw(
        id=f"evaluate-{seed}",
        asker=Asker("pocket", "evaluate"),
        prompt=(Part((Span(prompt),)),),
        width=card.width,
        height=card.height,
        steps=card.steps,
        guidance_scale=card.guidance_scale,
        scheduler=card.scheduler,
        seeds=(seed,),
        model=card.name,
    )
    async with aclosing(engine.draw(job).news()) as all_news:
        async for news in all_news:
            match news:
                case Finished(pictures=(picture,)):
                    return picture
                case Failed(error=error):
                    raise error
                case Drawing():
                    continue
    raise AssertionError("the news of a ticket ends with Finished or Failed")


async def _rank(engine: Engine, drawn: list[Drawn]) -> list[Row]:
    pictures = await engine.embed_pictures([one.pixels for one in drawn])
    rows = []
    for index, (prompt, one, picture) in enumerate(zip(STANDING, drawn, pictures, strict=True)):
        words = await engine.embed_texts([prompt, *other_prompts(prompt, seed=index)])
        close = words @ picture
        rows.append(Row(prompt, one.seed, float(close[0]), 1 + int((close[1:] > close[0]).sum())))
    return rows


def _grid(pictures: list[Pixels], path: Path) -> None:
    side, gap, line = max(max(one.shape[:2]) for one in pictures), 4, 16
    lines = -(-len(pictures) // COLUMNS)
    grid = Image.new("RGB", (COLUMNS * (side + gap), lines * (side + gap + line)), "white")
    pen = ImageDraw.Draw(grid)
    for index, (pixels, prompt) in enumerate(zip(pictures, STANDING, strict=True)):
        x, y = index % COLUMNS * (side + gap), index // COLUMNS * (side + gap + line)
        pen.text((x + 2, y + 1), prompt[: side // 6], fill="black")
        grid.paste(Image.fromarray(pixels), (x, y + line))
    path.parent.mkdir(parents=True, exist_ok=True)
    grid.save(path)
