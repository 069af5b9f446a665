"""A picture put into words by CLIP: of words that everybody knows, the ones that lie closest to it."""

import asyncio
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot import cards, recipe, wording
from bot.errors import NotFound, NothingToDescribe
from bot.events import Describe
from bot.ids import read_id
from bot.memory.files import Files
from bot.memory.memory import Memory
from bot.replies import Picture, Reply, Whisper
from bot.visible import covered, elsewhere, may_see
from engine.engine import Engine
from engine.jobs import Vectors
from engine.pixels import decode
from engine.reading import zero_shot

LABELS = Path(__file__).with_name("labels.toml")


@dataclass(frozen=True, slots=True)
class Axis:
    """Words to choose one from, and the sentence in which the text encoder reads them."""

    name: str
    words: tuple[str, ...]
    sentences: tuple[str, ...]


@cache
def axes() -> tuple[Axis, ...]:
    """Thing, background and style, from labels.toml."""
    with LABELS.open("rb") as file:
        return tuple(
            Axis(name, tuple(axis["words"]), tuple(axis["sentence"].format(word) for word in axis["words"]))
            for name, axis in tomllib.load(file).items()
        )


class Describer:
    """Zero-shot classification on a few axes. The label embeddings are made once."""

    def __init__(self, engine: Engine, memory: Memory, files: Files) -> None:
        self._engine, self._memory, self._files = engine, memory, files
        self._vectors: dict[str, Vectors] = {}

    async def describe(self, event: Describe) -> Reply | Whisper:
        """What the picture looks like, with how sure each word is.

        Raises:
            NothingToDescribe: neither a picture nor an id.
            NotFound: no such picture, or not one that the asker may see.
            BadPicture: the file is no picture.
        """
        data, shown, private = await self._picture(event)
        pixels = await asyncio.to_thread(decode, data)
        picture = await self._engine.embed_pictures([pixels])
        best: dict[str, str] = {}
        scores: list[tuple[str, float]] = []
        for axis in axes():
            vectors = await self._labels(axis)
            shares = zero_shot(picture, vectors, await self._engine.clip_scale())[0]
            ranked = sorted(zip(axis.words, shares, strict=True), key=lambda pair: -pair[1])
            best[axis.name] = ranked[0][0]
            scores += [(word, float(share)) for word, share in ranked[: 3 if axis.name == "thing" else 1]]
        lines = [wording.described(wording.guess(best["thing"], best["background"], best["style"]), scores)]
        if query := await asyncio.to_thread(recipe.read, data):
            lines.append(wording.made_here(query.prompt))
        text = "\n".join(lines)
        if private:
            return Whisper(text, shown, key=event.event_id)
        return Reply(key=event.event_id, text=text, pictures=shown)

    async def _picture(self, event: Describe) -> tuple[bytes, tuple[Picture, ...], bool]:
        if event.picture:
            return event.picture.data, (), False
        if not event.id:
            raise NothingToDescribe
        turn, index = read_id(event.id)
        pictures = [one for one in await self._memory.pictures(turn) if one.index == (index or 1)]
        if not pictures or not may_see(pictures[0], event):
            raise NotFound(event.id)
        shown = covered(cards.shown(pictures[0]), pictures[0], event)
        return await self._files.get(pictures[0].file), (shown,), elsewhere(pictures[0], event)

    async def _labels(self, axis: Axis) -> Vectors:
        if axis.name not in self._vectors:
            self._vectors[axis.name] = await self._engine.embed_texts(axis.sentences)
        return self._vectors[axis.name]
