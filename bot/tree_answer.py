"""/tree: the conversation of a thread, drawn and in words."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from bot import tree, tree_drawing, tree_layout, tree_text, wording_tree
from bot.errors import PictureGone
from bot.events import Tree
from bot.memory.conversations import Conversations
from bot.memory.files import Files
from bot.memory.memory import Memory
from bot.memory.votes import Votes
from bot.place import Place
from bot.replies import Chart, Reply, Shown, Whisper
from bot.tree_layout import Layout
from engine.errors import BadPicture
from engine.jobs import Pixels
from engine.pixels import decode

MOST_CHARTS = 10_000
"""Places whose last drawing is remembered, so that the next one takes its room on the disk."""


class Trees:
    """Draws what everybody in a thread may see, whoever asks: the answer is everybody's."""

    def __init__(
        self, memory: Memory, conversations: Conversations, votes: Votes, files: Files, label: tree.Label
    ) -> None:
        self._memory, self._conversations, self._votes = memory, conversations, votes
        self._files, self._label = files, label
        self._charts: dict[Place, str] = {}

    async def handle(self, event: Tree) -> AsyncGenerator[Shown, None]:
        """The tree of the event's thread, or where there can be one."""
        if not event.place.thread:
            yield Whisper(wording_tree.NEEDS_THREAD)
            return
        nodes = await self._nodes(event.place)
        if not nodes:
            yield Whisper(wording_tree.NOTHING_YET)
            return
        layout = await asyncio.to_thread(tree_layout.arrange, nodes)
        file = await self._files.put(await self._drawn(layout))
        chart = Chart(file, tree_text.alt(nodes), layout.width, layout.height)
        yield Reply(key=event.event_id, text=layout.text, charts=(chart,))
        await self._keep_last(event.place, file)

    async def _nodes(self, place: Place) -> tuple[tree.Node, ...]:
        past = await self._conversations.past(place)
        head = await self._memory.head(place, "")  # nobody's: private things lead nobody else
        stars = await self._votes.counts([picture.id for every in past.pictures.values() for picture in every])
        return await asyncio.to_thread(tree.grow, past, head, stars, self._label)

    async def _drawn(self, layout: Layout) -> bytes:
        shots = [
            shot.file
            for spot in layout.spots
            if isinstance(spot.branch.item, tree.Node)
            for shot in spot.branch.item.shots
        ]
        thumbs = await self._thumbs(list(dict.fromkeys(shots)), layout.scale.room)
        return await asyncio.to_thread(tree_drawing.draw, layout, thumbs)

    async def _thumbs(self, files: Sequence[str], side: int) -> dict[str, Pixels]:
        """The pictures, small; those that are gone or damaged are left out, and the drawing says so."""
        thumbs = {}
        for file in files:
            try:
                data = await self._files.get(file)
                thumbs[file] = await asyncio.to_thread(decode, data, max_side=side)
            except (PictureGone, BadPicture):
                continue
        return thumbs

    async def _keep_last(self, place: Place, file: str) -> None:
        """The drawing before this one goes: it shows what may be deleted by now."""
        before = self._charts.pop(place, file)
        self._charts[place] = file
        if before not in self._charts.values():
            for unused in await self._memory.unused([before]):
                await self._files.delete(unused)
        while len(self._charts) > MOST_CHARTS:
            self._charts.pop(next(iter(self._charts)))
