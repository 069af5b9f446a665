"""The whole bot for tests: real memory, files and engine; the picture model and CLIP as the test wants them."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.compose import House, compose
from bot.events import AnyEvent, Cancel, Describe, Imagine, Message, Press, Show, Submit
from bot.front_door import FrontDoor
from bot.guard import Rules
from bot.links import Links
from bot.memory.files import Files
from bot.memory.memory import Memory
from bot.party import Rounds
from bot.place import Person, Place
from bot.replies import Form, Reply, Shown, Whisper
from engine.engine import Engine
from engine.limits import Limits
from engine.reader import ClipModel
from engine.stepper import Stepper, Whole
from engine.writer import Writer
from tests.fakes import CARD, FakeClip, FakeStepper

CHANNEL = Place("test", "local", "general")
ANN, BOB = Person("ann", "Ann"), Person("bob", "Bob")
MODERATOR = Person("mod", "Mod", moderator=True)


@dataclass
class Kit:
    """The parts, and short ways to talk to them."""

    bot: FrontDoor
    engine: Engine
    memory: Memory
    files: Files

    async def replies(self, event: AnyEvent) -> list[Shown]:
        """Everything that an event leads to."""
        if refusal := await self.bot.refusal(event):
            return [refusal]
        return [shown async for shown in self.bot.handle(event)]

    def where(self, place: Place, person: Person) -> dict[str, Any]:
        return {"event_id": uuid4().hex, "place": place, "person": person}

    async def imagine(self, prompt: str, person: Person = ANN, thread: str = "t1", **more: Any) -> list[Shown]:
        return await self.replies(Imagine(**self.where(CHANNEL.in_thread(thread), person), prompt=prompt, **more))

    async def say(self, text: str, person: Person = ANN, thread: str = "t1", **more: Any) -> list[Shown]:
        return await self.replies(Message(**self.where(CHANNEL.in_thread(thread), person), text=text, **more))

    async def press(self, token: str, person: Person = ANN, thread: str = "t1") -> list[Shown]:
        return await self.replies(Press(**self.where(CHANNEL.in_thread(thread), person), token=token))

    async def submit(self, token: str, text: str, person: Person = ANN, thread: str = "t1") -> list[Shown]:
        return await self.replies(Submit(**self.where(CHANNEL.in_thread(thread), person), token=token, text=text))

    async def show(self, id: str, person: Person = ANN, place: Place = CHANNEL) -> list[Shown]:
        return await self.replies(Show(**self.where(place, person), id=id))

    async def cancel(self, id: str = "", person: Person = ANN, thread: str = "t1") -> list[Shown]:
        return await self.replies(Cancel(**self.where(CHANNEL.in_thread(thread), person), id=id))

    async def parties_due(self, at: datetime) -> list[tuple[Place, AsyncGenerator[Shown, None]]]:
        """The rounds that are over at a moment, and not announced."""
        return await Rounds(self.memory.parties).results("test", at)

    async def describe(self, person: Person = ANN, **more: Any) -> list[Shown]:
        return await self.replies(Describe(**self.where(CHANNEL, person), **more))


@asynccontextmanager
async def kit(
    folder: Path,
    open_model: Callable[[str], Stepper | Whole] | None = None,
    open_clip: Callable[[], ClipModel] = FakeClip,
    rules: Rules | None = None,
    links: Links | None = None,
    model: str = CARD.name,
    writer: Writer | None = None,
) -> AsyncIterator[Kit]:
    """The bot with its data in `folder`; the fake model and CLIP unless others are given."""
    memory = await Memory.open(f"sqlite:///{folder / 'memory.sqlite'}")
    engine = Engine(open_model or (lambda name: FakeStepper()), open_clip, lambda: (model,), Limits())
    files = Files(str(folder / "pictures"))
    bot = compose(House(engine, memory, files, links or Links(), model, rules or Rules(), writer))
    try:
        yield Kit(bot, engine, memory, files)
    finally:
        await engine.close()
        await memory.close()


def final(shown: list[Shown]) -> Reply:
    """The one final reply."""
    replies = [each for each in shown if isinstance(each, Reply) and each.final]
    assert len(replies) == 1, shown
    return replies[0]


def whisper(shown: list[Shown]) -> str:
    """The one whisper, when there is nothing else."""
    assert len(shown) == 1, shown
    assert isinstance(shown[0], Whisper), shown
    return shown[0].text


def form(shown: list[Shown]) -> Form:
    """The one form."""
    assert len(shown) == 1, shown
    assert isinstance(shown[0], Form), shown
    return shown[0]


def token(reply: Reply, label: str) -> str:
    """The token of a button, by the beginning of its label."""
    from bot.buttons import to_token

    return next(to_token(button.action) for button in reply.buttons if button.label.startswith(label))
