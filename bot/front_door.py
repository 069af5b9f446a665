"""The bot's one entrance: refuse early, handle once, resume after a crash. Errors become words here."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

from bot import wording, wording_refine
from bot.buttons import Action, Again, Choose, Decide, Pick, Undo, UnknownToken, Unset, Upscale, Vary, from_token
from bot.draw import Drawer
from bot.errors import BotError
from bot.events import AnyEvent, Imagine, Message, Party, Press, Show, Submit, opens_thread
from bot.guard import Guard
from bot.imagine import Planner
from bot.memory.tables import Turn
from bot.place import Place
from bot.plan import Plan
from bot.refine.outcome import Back
from bot.refining import Refiner, Said
from bot.replies import Reply, Shown, Whisper
from engine.errors import EngineError

MOST_PLANS = 1_000

Replies = AsyncGenerator[Shown, None]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the bot can do besides drawing, by the type of the event or of the button."""

    commands: Mapping[type[AnyEvent], Callable[[Any], Replies]]
    presses: Mapping[type[Action], Callable[[Any, Any], Replies]]
    due: Callable[[str], AsyncGenerator[tuple[Place, Replies], None]]
    """What has to be shown on a platform without being asked for, as it falls due."""
    checks: Mapping[type[AnyEvent | Action], Callable[[Any], Awaitable[Whisper | None]]]
    """Asked before a thread is opened for an event: why it can't be taken, also as a BotError. Writes nothing."""


class FrontDoor:
    """What a platform talks to."""

    def __init__(
        self, planner: Planner, refiner: Refiner, guard: Guard, drawer: Drawer, capabilities: Capabilities
    ) -> None:
        self._planner, self._refiner, self._guard, self._drawer = planner, refiner, guard, drawer
        self._capabilities = capabilities
        self._plans: dict[str, list[Plan]] = {}
        """Of events that were not refused and not handled yet, so that nothing is fetched twice."""
        self._speaking = WeakValueDictionary[tuple[Place, str], asyncio.Lock]()

    async def refusal(self, event: AnyEvent) -> Whisper | None:
        """Why the event can't be taken, before a thread is opened for it; None if it can. Writes nothing."""
        if not isinstance(event, Imagine) and not opens_thread(event):
            return None  # everything else speaks in a place that is there already
        try:
            if isinstance(event, Imagine | Submit | Press):
                self._plans[event.event_id] = await self._planned(event)
            while len(self._plans) > MOST_PLANS:
                self._plans.pop(next(iter(self._plans)))
            kind = type(from_token(event.token)) if isinstance(event, Press) else type(event)
            if check := self._capabilities.checks.get(kind):
                return await check(event)
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

    async def due(self, platform: str) -> AsyncGenerator[tuple[Place, Replies], None]:
        """The ends of rounds, as they come; for ever."""
        async with aclosing(self._capabilities.due(platform)) as ends:
            async for end in ends:
                yield end

    async def _resumed(self, turn: Turn) -> Replies:
        replies = self._drawer.draw(turn) if turn.state == "begun" else self._drawer.post(turn.id)
        async with aclosing(replies):
            async for reply in replies:
                yield reply

    def _replies(self, event: AnyEvent) -> Replies:
        match event:
            case Imagine() | Submit() | Show(again=True):
                return self._draw(event)
            case Message():
                return self._message(event)
            case Press(token=token):
                return self._press(event, from_token(token))
        return self._command(event)

    async def _command(self, event: AnyEvent) -> Replies:
        if isinstance(event, Party):
            await self._guard.admit(event)  # a round changes what may be said in a thread
        async with aclosing(self._capabilities.commands[type(event)](event)) as replies:
            async for shown in replies:
                yield shown

    async def _message(self, event: Message) -> Replies:
        here = event.place
        if not here.thread:
            if not event.reply_to:
                return
            event = await self._refiner.at_home(event)
        # Who says one thing right after the other means the second to build on the first.
        async with self._speaking.setdefault((event.place, event.person.id), asyncio.Lock()):
            said = await self._refiner.read(event)
            turns = await self._taken(event, said) if said else None
        if said and turns is not None:
            if event.place != here:
                yield Whisper(wording_refine.AT_HOME)
            async with aclosing(self._said(event, said, turns)) as replies:
                async for shown in replies:
                    if isinstance(shown, Reply) and event.place != here:
                        shown = replace(shown, place=shown.place or event.place)
                    yield shown

    async def _press(self, event: Press, action: Action) -> Replies:
        match action:
            case Again() | Vary() | Upscale() | Unset():
                replies = self._draw(event)
            case Choose():
                said = await self._refiner.choose(event, action)
                turns = await self._taken(event, said)
                if turns is None:
                    return
                replies = self._said(event, said, turns)
            case Pick(picture=about) | Decide(turn=about) | Undo(turn=about):
                await self._guard.admit(event, about)
                replies = self._capabilities.presses[type(action)](event, action)
            case _:
                replies = self._capabilities.presses[type(action)](event, action)
        async with aclosing(replies):
            async for shown in replies:
                yield shown

    async def _taken(self, event: Message | Press, said: Said) -> list[Turn] | None:
        """Begin what was understood to be drawn; None if the event was taken before."""
        await self._guard.admit(event)
        if not said.plan:
            return []
        if not await self._guard.check(event, [said.plan]):
            return None
        return await self._planner.begin(event, [said.plan], self._guard.limits) or None

    async def _said(self, event: Message | Press, said: Said, turns: Sequence[Turn]) -> Replies:
        """Show what was understood: the question that it answers is closed, and what was begun is drawn."""
        async with aclosing(self._refiner.show(event, said)) as replies:
            async for shown in replies:
                yield shown
        undo = isinstance(said.outcome, Back) and said.outcome.version is None
        more = self._capabilities.presses[Undo](event, Undo(said.turn.id)) if undo else self._drawn(turns)
        async with aclosing(more) as drawn:
            async for shown in drawn:
                yield shown

    async def _draw(self, event: AnyEvent) -> Replies:
        kept = self._plans.pop(event.event_id, None)
        plans = await self._planned(event) if kept is None else kept
        turns = await self._planner.begin(event, plans, self._guard.limits) if plans else []
        async with aclosing(self._drawn(turns)) as replies:
            async for reply in replies:
                yield reply

    async def _drawn(self, turns: Sequence[Turn]) -> Replies:
        for turn in turns:
            async with aclosing(self._drawer.draw(turn)) as replies:
                async for reply in replies:
                    yield reply

    async def _planned(self, event: AnyEvent) -> list[Plan]:
        plans = await self._planner.plan(event)
        return plans if plans and await self._guard.check(event, plans) else []
