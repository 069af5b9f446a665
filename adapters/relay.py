"""The seam between the platforms and the bot: one event in, replies out."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Protocol

from bot.errors import BotError
from bot.events import AnyEvent
from bot.memory.inbox import Arrival, Inbox
from bot.place import Place
from bot.replies import Shown, Whisper

log = logging.getLogger(__name__)


class Bot(Protocol):
    """What a platform talks to: bot.front_door.FrontDoor, or a scripted one in tests."""

    async def refusal(self, event: AnyEvent) -> Whisper | None:
        """Why the event can't be taken; None if it can."""
        ...

    def handle(self, event: AnyEvent) -> AsyncGenerator[Shown, None]:
        """The replies to an event."""
        ...

    async def resume(self, platform: str) -> list[tuple[Place, AsyncGenerator[Shown, None]]]:
        """What is left over from before the start."""
        ...

    def due(self, platform: str) -> AsyncGenerator[tuple[Place, AsyncGenerator[Shown, None]], None]:
        """What has to be shown without being asked for, such as the end of a round, as it falls due; for ever."""
        ...


class Stage(Protocol):
    """The whole outgoing interface of a platform, for one event or one stored place."""

    async def open(self) -> Place:
        """Make sure that the place of the conversation is there (a thread, if the event opens one), and say where."""
        ...

    async def show(self, shown: Shown) -> None:
        """Show a reply, over the one that had the same key. Showing it again changes nothing. Returns when it is out.

        Forms and whispers go to the person of the event alone; a stage made from a stored place has no such person
        and leaves them out.
        """
        ...


async def relay(bot: Bot, event: AnyEvent, stage: Stage) -> None:
    """Carry one event to the bot and its replies back to the platform."""
    if refusal := await bot.refusal(event):
        await stage.show(refusal)
        return
    await carry(bot.handle(replace(event, place=await stage.open())), stage)


async def carry(replies: AsyncGenerator[Shown, None], stage: Stage) -> None:
    """Show replies as they come; a slow platform skips, since it reads less often. Leaving early stops the drawing."""
    async with aclosing(replies):
        async for shown in replies:
            await stage.show(shown)


async def acknowledged(acknowledge: Awaitable[bool], inbox: Inbox, *arrivals: Arrival) -> bool:
    """Acknowledge what has arrived, and write it down in the same moment. False if nothing may come of it.

    The acknowledgement is begun first and does not wait for the disk. A memory that can't be written is no reason to
    turn anybody away: the event is handled, and only a crash would lose it.
    """
    done, *_ = await asyncio.gather(acknowledge, *(written(inbox, each) for each in arrivals))
    if not done:
        for each in arrivals:
            await _dropped(inbox, each.event)
    return bool(done)


@asynccontextmanager
async def kept(inbox: Inbox, event: AnyEvent) -> AsyncIterator[None]:
    """While an event is handled: at the end it is forgotten, also at a bad one. If it is cut off, the next start
    handles it again."""
    try:
        yield
    except Exception:
        await _dropped(inbox, event)
        raise
    except BaseException:
        inbox.let_go(event.place.platform, event.event_id)
        raise
    await _dropped(inbox, event)


async def catch_up(inbox: Inbox, platform: str, handle: Callable[[Arrival], Awaitable[None]]) -> None:
    """Handle what an earlier run has been cut off from. `handle` completes the event and relays it, within `kept`."""

    async def one(arrival: Arrival) -> None:
        try:
            await handle(arrival)
        except Exception:
            log.exception("could not catch up with %s", arrival.event.event_id)

    async with asyncio.TaskGroup() as group:
        for arrival in await inbox.left(platform):
            group.create_task(one(arrival))


async def written(inbox: Inbox, arrival: Arrival) -> None:
    """Write down what nobody waits for; see `acknowledged`."""
    try:
        await inbox.write(arrival)
    except BotError:
        log.exception("%s could not be written down", arrival.event.event_id)


async def _dropped(inbox: Inbox, event: AnyEvent) -> None:
    try:
        await inbox.drop(event.place.platform, event.event_id)
    except BotError:
        log.exception("%s stays written down", event.event_id)  # what is handled already is not handled again


async def resume(bot: Bot, platform: str, stage_for: Callable[[Place], Stage]) -> None:
    """Carry on with everything that a platform has left over, each on a stage made from its stored place."""

    async def one(place: Place, replies: AsyncGenerator[Shown, None]) -> None:
        try:
            await carry(replies, stage_for(place))
        except Exception:
            log.exception("could not resume in %s", place)  # the others go on; the next start tries again

    async with asyncio.TaskGroup() as group:
        for place, replies in await bot.resume(platform):
            group.create_task(one(place, replies))


async def attend(bot: Bot, platform: str, stage_for: Callable[[Place], Stage]) -> None:
    """Show what falls due on a platform, for as long as it runs."""
    async with aclosing(bot.due(platform)) as due:
        async for place, replies in due:
            try:
                await carry(replies, stage_for(place))
            except Exception:
                log.exception("could not show what is due in %s", place)  # the next start tries again
