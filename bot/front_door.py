"""The bot's one entrance: refuse early, handle once, resume after a crash. Errors become words here."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot import wording
from bot.answers import Answers
from bot.buttons import UnknownToken
from bot.draw import Drawer
from bot.errors import BotError
from bot.events import AnyEvent, Cancel, Describe, Help, Imagine, Message, Press, Queue, Show, Submit
from bot.guard import Guard
from bot.imagine import Plan, Planner
from bot.memory.tables import Turn
from bot.place import Place
from bot.press import Presses
from bot.replies import Shown, Whisper
from engine.errors import EngineError

MOST_PLANS = 1_000

Replies = AsyncGenerator[Shown, None]


class FrontDoor:
    """What a platform talks to."""

    def __init__(self, planner: Planner, guard: Guard, drawer: Drawer, presses: Presses, answers: Answers) -> None:
        self._planner, self._guard, self._drawer = planner, guard, drawer
        self._presses, self._answers = presses, answers
        self._plans: dict[str, list[Plan]] = {}
        """Of events that were not refused and not handled yet, so that nothing is fetched twice."""

    async def refusal(self, event: AnyEvent) -> Whisper | None:
        """Why the event can't be taken, before a thread is opened for it; None if it can. Writes nothing."""
        if not isinstance(event, Imagine):
            return None  # everything else speaks in a place that is there already
        try:
            self._plans[event.event_id] = await self._planned(event)
            while len(self._plans) > MOST_PLANS:
                self._plans.pop(next(iter(self._plans)))
        except (BotError, EngineError) as error:
            return Whisper(wording.apology(error))
        return None

    async def handle(self, event: AnyEvent) -> Replies:
        """The replies to an event. Handling the same event again does nothing a second time."""
        try:
            async with aclosing(self._replies(event)) as replies:
                async for shown in replies:
                    yield shown
        except (BotError, EngineError) as error:
            yield Whisper(wording.apology(error))
        except UnknownToken:
            yield Whisper(wording.stale_button())

    async def resume(self, platform: str) -> list[tuple[Place, Replies]]:
        """What a platform has to carry on with after a start: turns that were begun, and ends that were not posted."""
        return [(turn.where, self._resumed(turn)) for turn in await self._drawer.left_over(platform)]

    async def _resumed(self, turn: Turn) -> Replies:
        replies = self._drawer.draw(turn) if turn.state == "begun" else self._drawer.post(turn.id)
        async with aclosing(replies):
            async for reply in replies:
                yield reply

    async def _replies(self, event: AnyEvent) -> Replies:
        match event:
            case Describe() | Show() | Queue() | Cancel() | Help():
                async for shown in self._answers.handle(event):
                    yield shown
                return
            case Imagine() | Message() | Press() | Submit():
                kept = self._plans.pop(event.event_id, None)
                plans = await self._planned(event) if kept is None else kept
        if isinstance(event, Press) and not plans:
            async for shown in self._presses.handle(event):
                yield shown
        for turn in await self._planner.begin(event, plans, self._guard.limits) if plans else ():
            async with aclosing(self._drawer.draw(turn)) as replies:
                async for reply in replies:
                    yield reply

    async def _planned(self, event: AnyEvent) -> list[Plan]:
        plans = await self._planner.plan(event)
        return plans if plans and await self._guard.check(event, plans) else []
