"""People who look at pictures together, for tests: real memory on SQLite, a clock that the test turns."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.buttons import Decide, Star, to_token
from bot.draw import Drawer
from bot.events import Party, Press, Top
from bot.ids import picture_id
from bot.memory.database import open_database
from bot.memory.files import Files
from bot.memory.memory import Memory
from bot.memory.parties import Parties
from bot.memory.tables import Picture, Turn
from bot.memory.votes import Votes
from bot.party import Rounds
from bot.place import Person, Place
from bot.query import Query
from bot.replies import Reply, Shown, Whisper
from bot.top import TopList
from bot.turns import Turns
from bot.votes import Stars
from engine.engine import Engine
from engine.limits import Limits
from tests.fakes import CARD, FakeClip, FakeStepper

CHANNEL = Place("test", "local", "general")
THREAD = CHANNEL.in_thread("t1")
ANN, BOB, CAT = Person("ann", "Ann"), Person("bob", "Bob"), Person("cat", "Cat")
MODERATOR = Person("mod", "Mod", moderator=True)
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass
class House:
    """The parts, and short ways to use them. Each turn is asked for and finished one second after the one before."""

    memory: Memory
    votes: Votes
    parties: Parties
    drawer: Drawer
    time: datetime = START
    number: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.stars = Stars(self.memory, self.votes, self.drawer, self.now)
        self.rounds = Rounds(self.parties, self.now)
        self.top_list = TopList(self.votes)

    def now(self) -> datetime:
        return self.time

    def later(self, **time: float) -> None:
        self.time += timedelta(**time)

    def _event(self) -> str:
        return f"event {next(self.number)}"

    async def drawn(
        self, id: str, person: Person = ANN, place: Place = THREAD, pictures: int = 1, private: bool = False
    ) -> None:
        """A finished turn. Its pictures have the ids `id-1`, `id-2` ..."""
        self.later(seconds=1)
        query = Query(
            prompt=f"a {id}",
            width=64,
            height=64,
            steps=4,
            guidance_scale=5.0,
            scheduler="DDIM",
            seed=1,
            count=pictures,
            model=CARD.name,
        )
        turn = Turn(
            id=id,
            event_id=id,
            platform=place.platform,
            place=str(place),
            channel=str(place.in_thread("")),
            workspace=place.workspace,
            person_id=person.id,
            person_name=person.name,
            text=query.prompt,
            kind="imagine",
            query=query.canonical(),
            private=private,
            created_at=self.time,
        )
        rows = [self._picture(turn, number) for number in range(1, pictures + 1)]
        assert await self.memory.begin(place.platform, f"asked {id}", [turn])
        assert await self.memory.finish(id, rows, seconds=1.0, remarks="[]")

    def _picture(self, turn: Turn, number: int) -> Picture:
        id = picture_id(turn.id, number)
        return Picture(
            id=id,
            turn_id=turn.id,
            index=number,
            file=f"{id}.png",
            seed=number,
            width=64,
            height=64,
            alt=f"AI image: {turn.text}",
            workspace=turn.workspace,
            owner_id=turn.person_id,
            private=turn.private,
            created_at=self.time,
        )

    async def star(self, picture: str, person: Person = BOB, event: str = "", place: Place = THREAD) -> list[Shown]:
        action = Star(picture)
        press = Press(event_id=event or self._event(), place=place, person=person, token=to_token(action))
        return [shown async for shown in self.stars.press(press, action)]

    async def decide(self, turn: str, person: Person = BOB, event: str = "") -> list[Shown]:
        action = Decide(turn)
        press = Press(event_id=event or self._event(), place=THREAD, person=person, token=to_token(action))
        return [shown async for shown in self.stars.press(press, action)]

    async def top(self, where: str = "", place: Place = THREAD, person: Person = ANN, **more: Any) -> list[Shown]:
        event = Top(event_id=self._event(), place=place, person=person, where=where, **more)
        return [shown async for shown in self.top_list.handle(event)]

    async def party(
        self, theme: str, person: Person = ANN, place: Place = THREAD, event: str = "", **more: Any
    ) -> list[Shown]:
        asked = Party(event_id=event or self._event(), place=place, person=person, theme=theme, **more)
        return [shown async for shown in self.rounds.handle(asked)]

    async def results(self) -> list[tuple[Place, Reply]]:
        """Everything that is announced now, and out."""
        told = []
        for place, replies in await self.rounds.results("test", self.time):
            told += [(place, reply) async for reply in replies if isinstance(reply, Reply)]
        return told


@asynccontextmanager
async def house(folder: Path, url: str = "") -> AsyncIterator[House]:
    """Opened anew on what an earlier one left in the same folder."""
    database = await open_database(url or f"sqlite:///{folder / 'memory.sqlite'}")
    memory = Memory(database)
    engine = Engine(lambda name: FakeStepper(), FakeClip, lambda: (CARD.name,), Limits())
    drawer = Drawer(engine, memory, Files(str(folder / "pictures")), Turns())
    try:
        yield House(memory, Votes(database), Parties(database), drawer)
    finally:
        await engine.close()
        await memory.close()


def only_whisper(shown: list[Shown]) -> str:
    assert len(shown) == 1, shown
    assert isinstance(shown[0], Whisper), shown
    return shown[0].text


def only_reply(shown: list[Shown]) -> Reply:
    assert len(shown) == 1, shown
    assert isinstance(shown[0], Reply), shown
    return shown[0]


async def first(replies: AsyncGenerator[Shown, None]) -> Shown:
    """What is shown first; then the reader goes away, as in a crash."""
    shown = await anext(replies)
    await replies.aclose()
    return shown
