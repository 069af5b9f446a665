"""/info: what a person has running and in line, and what was drawn for them."""

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime

from bot import wording
from bot import wording_people as mine
from bot.events import Info
from bot.memory.people import People
from bot.memory.tables import Turn
from bot.query import Query
from bot.replies import Shown, Whisper
from engine.engine import Engine


class Account:
    """What is known of the asker, for the asker alone."""

    def __init__(self, engine: Engine, people: People, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._people, self._now = engine, people, now

    async def handle(self, event: Info) -> AsyncGenerator[Shown, None]:
        """The answer to /info."""
        who = event.place.platform, event.place.workspace, event.person.id
        turns = {turn.id: turn for turn in await self._people.under_way(*who)}
        running, waiting = [], []
        for each in self._engine.line():
            if turn := turns.pop(each.job, None):
                if each.place:
                    waiting.append(_line(turn, wording.waiting(each.place, each.seconds)))
                else:
                    running.append(_line(turn, wording.drawing(each.done, each.steps, each.seconds)))
        behind = [_line(turn, wording.after_the_one_before()) for turn in turns.values()]
        usage = await self._people.usage(*who, self._now())
        yield Whisper(mine.account([*running, *waiting, *behind], usage))


def _line(turn: Turn, state: str) -> str:
    return wording.queue_line(turn.id, Query.from_canonical(turn.query).prompt, state)
