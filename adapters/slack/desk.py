"""The desk: hands what people do to the bot, each thing once, and goes on when Slack has its acknowledgement."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from adapters.relay import Bot, acknowledged, kept, relay, written
from adapters.slack import render
from adapters.slack.board import Board
from adapters.slack.failures import Disconnected, SlackFailed
from adapters.slack.inbound import Json, root_of
from adapters.slack.stage import Asked, SlackStage
from adapters.slack.whispers import Ticket, Whispers
from adapters.slack.workspaces import Workspace, Workspaces
from bot import wording_slack as wording
from bot.events import AnyEvent
from bot.memory.inbox import Arrival
from bot.place import Person, Place

log = logging.getLogger(__name__)

Ack = Callable[..., Awaitable[Any]]
Work = Callable[[], Coroutine[Any, Any, None]]

REMEMBERED = 10_000
"""Events that are known to have been taken. The bot's memory knows the others."""


class Desk:
    """Only `close` ends what is under way; the next start resumes it."""

    def __init__(
        self, bot: Bot, workspaces: Workspaces, board: Board, whispers: Whispers, clock: Callable[[], float]
    ) -> None:
        self.bot, self.workspaces, self.board, self.whispers, self.clock = bot, workspaces, board, whispers, clock
        self.inbox = board.posting.inbox
        self._taken: OrderedDict[str, None] = OrderedDict()
        self._arriving: set[asyncio.Task[bool]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def first(self, event_id: str) -> bool:
        """Whether an event has not come yet. Both events of a mention have one id, and no task comes between the
        question and its being written down."""
        if event_id in self._taken:
            return False
        self._taken[event_id] = None
        while len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        return True

    async def take(self, ack: Ack, arrival: Arrival, work: Work) -> None:
        """Acknowledge before anything else, write down in the same moment, and do the work beside."""
        event = arrival.event
        if not self.first(event.event_id):
            await ack()
            return
        arriving = asyncio.create_task(acknowledged(_done(ack()), self.inbox, arrival))
        self._arriving.add(arriving)
        arriving.add_done_callback(self._arriving.discard)
        await arriving
        self.start(self._kept(event, work))

    async def keep(self, arrival: Arrival, work: Work) -> None:
        """Write down what Slack has its acknowledgement for already, and do the work."""
        await written(self.inbox, arrival)
        await self._kept(arrival.event, work)

    async def _kept(self, event: AnyEvent, work: Work) -> None:
        async with kept(self.inbox, event):
            await work()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside, until it is done or `close`."""
        if self._closed:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    async def carry(self, workspace: Workspace, event: AnyEvent, ticket: Ticket) -> None:
        """Carry one event to the bot and its replies back."""
        stage = SlackStage(self.workspaces, self.board, self.whispers, event.place, Asked(event, ticket))
        try:
            await relay(self.bot, event, stage)
        except Disconnected:
            await self.workspaces.ask(workspace.id)
        except SlackFailed as failed:
            log.warning("event %s: %s %s", event.event_id, type(failed).__name__, failed.error)
            await self.whispers.refuse(workspace, event.place, event.person, ticket, failed)
        except Exception:
            log.exception("could not handle event %s", event.event_id)
            await self.tell(workspace, event.place, event.person, ticket, wording.FAILED)

    async def tell(self, workspace: Workspace, place: Place, person: Person, ticket: Ticket, text: str) -> None:
        """Tell one person something of the adapter's own."""
        await self.whispers.tell(workspace, place, person, ticket, render.words(text))

    async def share(self, workspace: Workspace, place: Place, ts: str, blocks: Sequence[Json]) -> bool:
        """Show the pictures of a message in the channel as well, once. False if they are there already."""
        key = f"share {ts}"
        if not root_of(place) or await self.board.posting.ended(place, key):
            return False
        shown = render.shared(blocks)
        try:
            await self.board.posting.put(workspace, place, key, shown, final=True, broadcast=True)
        except SlackFailed as failed:
            log.warning("could not share a message of %s: %s", place, failed.error)
        return True

    def stage_for(self, place: Place) -> SlackStage:
        """The stage of a stored place."""
        return SlackStage(self.workspaces, self.board, self.whispers, place)

    async def close(self) -> None:
        """Let what is on its way arrive, and leave everything else as it is."""
        await asyncio.gather(*self._arriving, return_exceptions=True)
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("something under way broke", exc_info=error)


async def _done(acknowledgement: Awaitable[Any]) -> bool:
    await acknowledgement
    return True
