"""Slack's stage: shows the replies to one event, or those of a stored place."""

import logging
from dataclasses import dataclass, field

from adapters.slack import render
from adapters.slack.board import Board
from adapters.slack.failures import Disconnected, NotMember, PlaceClosed, SlackFailed
from adapters.slack.inbound import place_of
from adapters.slack.whispers import Ticket, Whispers
from adapters.slack.workspaces import Workspace, Workspaces
from bot import wording_slack as wording
from bot.events import AnyEvent, Imagine, opens_thread
from bot.place import Place
from bot.replies import Form, Reply, Shown, Whisper

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """An event, and what can be answered with."""

    event: AnyEvent
    ticket: Ticket = field(default_factory=Ticket)


class SlackStage:
    """A Stage (adapters/relay.py) of a place, for one event or, without `asked`, for what is carried on there."""

    def __init__(
        self, workspaces: Workspaces, board: Board, whispers: Whispers, place: Place, asked: Asked | None = None
    ) -> None:
        self._workspaces, self._board, self._whispers = workspaces, board, whispers
        self._place, self._asked = place, asked

    async def open(self) -> Place:
        """Post the root where the event opens a thread.

        Raises:
            SlackFailed: the bot can't write there; nothing is begun then.
        """
        if self._asked and opens_thread(self._asked.event):
            self._place = await self._board.open(await self._workspace(), self._asked.event)
        elif self._asked and isinstance(self._asked.event, Imagine):
            await self._board.posting.begin(self._place)  # what is said next goes on with it
        return self._place

    async def show(self, shown: Shown) -> None:
        """Show a reply to everybody in the place, forms and whispers to the person of the event alone.

        What has no place left is told to the person once, and counts as shown: trying it again would change nothing.

        Raises:
            SlackFailed: it is not out, and may be tried again.
        """
        try:
            workspace = await self._workspace()
            match shown:
                case Reply():
                    await self._reply(workspace, shown)
                case Whisper() if self._asked:
                    asked = self._asked
                    await self._whispers.tell(workspace, self._place, asked.event.person, asked.ticket, shown)
                case Form() if self._asked:
                    asked = self._asked
                    await self._whispers.open(workspace, self._place, asked.event.person, asked.ticket, shown)
        except Disconnected as gone:
            log.warning("workspace %s does not take the token: %s", self._place.workspace, gone.error)
            await self._workspaces.ask(self._place.workspace)  # a token is not thrown away for one answer

    async def _workspace(self) -> Workspace:
        workspace = await self._workspaces.get(self._place.workspace)
        if workspace is None:
            raise Disconnected("not installed")
        return workspace

    async def _reply(self, workspace: Workspace, reply: Reply) -> None:
        place = reply.place or self._place
        if place.workspace != self._place.workspace:
            log.error("a reply for workspace %s was kept out of %s", place.workspace, self._place.workspace)
            return
        try:
            await self._board.show(workspace, place, reply)
        except (NotMember, PlaceClosed) as closed:
            log.warning("%s can't be written in: %s", place, closed.error)
            await self._lost(workspace, place, reply, closed)

    async def _lost(self, workspace: Workspace, place: Place, reply: Reply, closed: SlackFailed) -> None:
        """Tell the asker: in answer to what they did, else once in their own conversation."""
        if self._asked:
            await self._whispers.refuse(workspace, place, self._asked.event.person, self._asked.ticket, closed)
        elif reply.mention:
            try:
                direct = place_of(workspace.id, await self._whispers.direct(workspace, reply.mention))
                words = render.marked([wording.lost_place(place.channel)])
                await self._board.posting.put(workspace, direct, f"{reply.key} lost", words, final=True)
            except SlackFailed as failed:
                log.warning("%s could not be told that %s is closed: %s", reply.mention, place, failed.error)
