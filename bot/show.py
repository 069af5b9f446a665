"""/show: a set or a picture comes back by its id, its address or a link."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

from bot import address, cards, resolve
from bot import wording_people as wording
from bot.cards import Story
from bot.draw import Drawer
from bot.events import Show
from bot.finder import Finder, Found
from bot.replies import Shown, Whisper
from bot.visible import covered, elsewhere
from engine.jobs import Card


class Showing:
    """Brings back what the asker may see, with what it takes to get it again."""

    def __init__(self, finder: Finder, drawer: Drawer) -> None:
        self._finder, self._drawer = finder, drawer

    async def handle(self, event: Show) -> AsyncGenerator[Shown, None]:
        """The answer to /show without --again."""
        found = await self._finder.find(event)
        code = await asyncio.to_thread(address.to_code, found.query)
        if found.turn is None:
            yield _undrawn(found, await self._drawer.card(found.query.model), code)
            return
        yield _drawn(event, found, await self._drawer.story(found.turn), code)


def _drawn(event: Show, found: Found, story: Story, code: str) -> Shown:
    picked = found.pictures[0].id if found.query.count == 1 else ""
    reply = cards.ended(replace(story, pictures=found.pictures, picked=picked))
    typed = resolve.to_text(found.query, story.card) if story.card else ""
    text = wording.brought_back(reply.text, typed, code, found.query.start)
    seen = tuple(covered(shown, one, event) for shown, one in zip(reply.pictures, found.pictures, strict=False))
    reply = replace(reply, pictures=seen)
    if elsewhere(story.turn, event):
        return Whisper(text, reply.pictures, reply.buttons, key=event.event_id)
    return cards.answering(replace(reply, text=text), event.event_id)


def _undrawn(found: Found, card: Card | None, code: str) -> Whisper:
    settings = [value for _, value in resolve.differences(found.query, card)] if card else []
    return Whisper(wording.stands_for(found.query.prompt, settings, code))
