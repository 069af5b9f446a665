"""The pictures with the most stars."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import get_args

from bot import cards, wording
from bot import wording_together as together
from bot.events import Top
from bot.memory.ranking import Starred
from bot.memory.votes import Votes, Where
from bot.query import Query
from bot.replies import Picture, Reply, Shown, Whisper
from bot.visible import covered

MOST = 10
"""As many pictures as every platform shows in one message."""


class TopList:
    """Answers /top. Everybody reads the answer, so nothing private is in it, not even the asker's own."""

    def __init__(self, votes: Votes) -> None:
        self._votes = votes

    async def handle(self, event: Top) -> AsyncGenerator[Shown, None]:
        """The best of where the asker is, or of where they said."""
        where: Where = "thread" if event.place.thread else "channel"
        if not (event.person.guest and event.where == "workspace"):  # guests see what is where they are
            where = next((each for each in get_args(Where) if each == event.where), where)
        if where == "thread" and not event.place.thread:
            yield Whisper(together.no_thread_here())
            return
        best = await self._votes.best(event.place, where, MOST)
        if not best:
            yield Whisper(together.nothing_starred(where))
            return
        text = together.top(where, [_line(rank, each) for rank, each in enumerate(best, 1)])
        pictures = tuple(covered(starred(each), each.picture, event) for each in best)
        if where == "workspace" and event.sheltered:
            yield Whisper(text, pictures)  # people from elsewhere may be in the room
        else:
            yield Reply(key=event.event_id, title=together.top_title(where), text=text, pictures=pictures)


def starred(one: Starred) -> Picture:
    """A picture that was voted for, as the platforms see it."""
    return replace(cards.shown(one.picture), stars=one.stars)


def _line(rank: int, one: Starred) -> str:
    prompt = wording.title(Query.from_canonical(one.turn.query).prompt)
    return together.top_line(rank, one.stars, one.turn.person_name, prompt, one.picture.id)
