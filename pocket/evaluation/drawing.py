"""Drawing as the product draws: through the engine's own door, with the card's scheduler, guidance and number format.

The stock pipelines give the same pictures, and the engine's tests hold it to that; what is measured here is what people
get, in the batches that they get it in.
"""

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from rich.progress import Progress

from engine.engine import Engine
from engine.jobs import Asker, Draw, Part, Pixels, Span, Words
from engine.ticket import Drawing, Failed, Finished, Waiting

BATCH = 8
"""Pictures under way at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Pictures of one prompt, one for each seed."""

    prompt: str
    seeds: tuple[int, ...]
    steps: int | None = None
    """None for the painter's usual number."""
    negative: str = ""
    start: Pixels | None = None
    strength: float = 0.75


class Painter:
    """Draws with one model."""

    def __init__(self, engine: Engine, model: str, progress: Progress, steps: int | None = None) -> None:
        """`steps` of requests that say none; None for what the model's card says."""
        self._engine, self._model, self._progress, self._steps = engine, model, progress, steps
        self._numbers = itertools.count()

    async def draw(self, requests: Sequence[Request], label: str) -> list[list[Pixels]]:
        """The pictures of each request, under a bar of that label.

        Raises:
            EngineError: the model cannot be opened or fails.
        """
        bar = self._progress.add_task(label, total=sum(len(request.seeds) for request in requests))
        most = max((len(request.seeds) for request in requests), default=1)
        room = asyncio.Semaphore(max(1, BATCH // most))

        async def one(request: Request) -> list[Pixels]:
            async with room:
                pictures = await self._draw(request)
            self._progress.advance(bar, len(pictures))
            return pictures

        try:
            return list(await asyncio.gather(*(one(request) for request in requests)))
        finally:
            self._progress.remove_task(bar)

    async def _draw(self, request: Request) -> list[Pixels]:
        card = await self._engine.card(self._model)
        job = Draw(
            id=f"evaluate-{next(self._numbers)}",
            asker=Asker("pocket", "evaluate"),
            prompt=_words(request.prompt),
            negative_prompt=_words(request.negative),
            width=card.width,
            height=card.height,
            steps=request.steps or self._steps or card.steps,
            guidance_scale=card.guidance_scale,
            scheduler=card.scheduler,
            seeds=request.seeds,
            model=self._model,
            start=request.start,
            strength=request.strength,
        )
        async with aclosing(self._engine.draw(job).news()) as all_news:
            async for news in all_news:
                match news:
                    case Finished(pictures=pictures):
                        return [picture.pixels for picture in pictures]
                    case Failed(error=error):
                        raise error
                    case Drawing() | Waiting():
                        continue
        raise AssertionError("the news of a ticket ends with Finished or Failed")


def _words(text: str) -> Words:
    return (Part((Span(text),)),) if text else ()
