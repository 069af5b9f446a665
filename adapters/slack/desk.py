"""The desk: hands what people do to the bot, each thing once, and goes on when Slack has its acknowledgement."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from adapters.relay import Bot, relay
from adapters.slack import render
from adapters.slack.board import Board
from adapters.slack.failures import Disconnected, SlackFailed
from adapters.slack.inbound import Json, root_of
from adapters.slack.stage import Asked, SlackStage
from adapters.slack.whispers import Ticket, Whispers
from adapters.slack.workspaces import Workspace, Workspaces
from bot import wording_slack as wording
from bot.events import AnyEvent
from bot.place import Person, Place

log = logging.getLogger(__name__)

REMEMBERED = 10_000
"""Events that are known to have been taken. The bot's memory knows the others."""


class Desk:
    """Only `close` ends what is under way; the next start resumes it."""

    def __init__(
        self, bot: Bot, workspaces: Workspaces, board: Board, whispers: Whispers, clock: Callable[[], float]
    ) -> None:
        self.bot, self.workspaces, self.board, self.whispers, self.clock = bot, workspaces, board, whispers, clock
        self._taken: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def first(self, event_id: str) -> bool:
        """Whether an event has not come yet. Both events of a mention have one id, and no task comes between the
        question and its being written down."""
        if event_id in self._taken:
            return False
        self._taken[event_id] = None
        while len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        return True

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside, until it is done or `close`."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    async def carry(self, workspace: Workspace, event: AnyEvent, ticket: Ticket) -> None:
        """Carry one event to the bot and its replies back."""
        stage = SlackStage(self.workspaces, self.board, self.whispers, event.place, Asked(event, ticket))
        try:
            await relay(self.bot, event, stage)
        except Disconnected:
            await self.workspaces.forget(workspace.id)
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
        """Leave everything as it is."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("something under way broke", exc_info=error)
