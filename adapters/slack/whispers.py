"""What one person alone is told: beside their words, else as an answer, else in a direct conversation."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from adapters.slack import render
from adapters.slack.failures import (
    Disconnected,
    Limited,
    MissingScope,
    NotMember,
    PlaceClosed,
    SlackFailed,
    TooLate,
    Unsure,
)
from adapters.slack.inbound import Json, Names, root_of
from adapters.slack.modals import form as form_view
from adapters.slack.render import Shown
from adapters.slack.uploads import Uploads
from adapters.slack.workspaces import Workspace
from bot import wording_slack as wording
from bot.place import Person, Place
from bot.replies import Form, Whisper

log = logging.getLogger(__name__)

USES, GOOD_FOR = 5, 1800.0
"""How often and for how many seconds Slack takes answers at a response_url."""


@dataclass(slots=True)
class Ticket:
    """What somebody's doing gave us to answer with; each is good for a while, and not often."""

    trigger: str = ""
    """Opens one form, within three seconds."""
    url: str = ""
    """response_url."""
    at: float = 0.0
    """When it came, in seconds of the clock."""
    used: int = 0


class Whispers:
    """Whispers and forms."""

    def __init__(self, uploads: Uploads, http: aiohttp.ClientSession, names: Names, clock: Callable[[], float]) -> None:
        self._uploads, self._http, self._names, self._clock = uploads, http, names, clock

    async def tell(
        self, workspace: Workspace, place: Place, person: Person, ticket: Ticket, shown: Whisper | Shown
    ) -> None:
        """Tell one person. That it can't be told is logged, not raised: nothing else depends on it."""
        try:
            if isinstance(shown, Whisper):
                files = await self._files(workspace, shown)
                shown = render.whisper(shown, files, self._names)
            await self._tell(workspace, place, person, ticket, shown)
        except Disconnected:
            raise
        except SlackFailed as failed:
            log.warning("%s in %s could not be told something: %s", person.id, place, failed.error)

    async def open(self, workspace: Workspace, place: Place, person: Person, ticket: Ticket, shown: Form) -> None:
        """Open a form for one person."""
        await self.modal(workspace, place, person, ticket, form_view(shown, place))

    async def modal(self, workspace: Workspace, place: Place, person: Person, ticket: Ticket, view: Json) -> None:
        """Open a modal; if it is too late, say so."""
        try:
            await workspace.calls.do(
                lambda: workspace.client.views_open(trigger_id=ticket.trigger, view=view),
                f"views.open {workspace.id}",
                repeat=False,
                patient=False,
            )
        except TooLate:
            await self.tell(workspace, place, person, ticket, render.words(wording.TOO_LATE))
        except Disconnected:
            raise
        except SlackFailed as failed:
            log.warning("a form for %s in %s did not open: %s", person.id, place, failed.error)
            await self.tell(workspace, place, person, ticket, render.words(wording.FAILED))

    async def refuse(
        self, workspace: Workspace, place: Place, person: Person, ticket: Ticket, failed: SlackFailed
    ) -> None:
        """Tell somebody why nothing was begun, and the next step."""
        match failed:
            case NotMember():
                words = wording.not_in_channel(workspace.bot_name)
            case MissingScope(needed=needed):
                words = wording.missing_scope(needed)
            case PlaceClosed():
                words = wording.cannot_write()
            case Limited(seconds=seconds):
                words = wording.limited(seconds)
            case Unsure():
                words = wording.SILENT
            case _:
                words = wording.refused(failed.error)
        await self.tell(workspace, place, person, ticket, render.words(words))

    async def direct(self, workspace: Workspace, person: str) -> str:
        """The id of the direct conversation with somebody.

        Raises:
            SlackFailed: there can't be one.
        """
        line = f"conversations.open {workspace.id}"
        answer = await workspace.calls.do(lambda: workspace.client.conversations_open(users=person), line)
        return str(answer["channel"]["id"])

    async def _files(self, workspace: Workspace, shown: Whisper) -> dict[str, str]:
        try:
            return await self._uploads.ids(workspace, shown.pictures)
        except Disconnected:
            raise
        except SlackFailed as failed:
            log.warning("the pictures of a whisper could not be uploaded: %s", failed.error)
            return {}

    async def _tell(self, workspace: Workspace, place: Place, person: Person, ticket: Ticket, shown: Shown) -> None:
        client, calls = workspace.client, workspace.calls
        about: Json = {"text": shown.text, "blocks": shown.blocks}
        about |= {"thread_ts": root_of(place)} if root_of(place) else {}
        try:
            await calls.do(
                lambda: client.chat_postEphemeral(channel=place.channel, user=person.id, **about),
                f"chat.postEphemeral {workspace.id}",
                repeat=False,
            )
        except Disconnected:
            raise
        except SlackFailed as failed:
            log.info("not beside their words in %s: %s", place, failed.error)
            about.pop("thread_ts", None)
            if await self._answer(ticket, about):
                return
            channel = await self.direct(workspace, person.id)
            await calls.do(
                lambda: client.chat_postMessage(channel=channel, mrkdwn=False, **about),
                f"chat.postMessage {channel}",
                repeat=False,
            )

    async def _answer(self, ticket: Ticket, about: Json) -> bool:
        """By the response_url, which works where the bot is no member; False if it did not."""
        if not ticket.url or ticket.used >= USES or self._clock() > ticket.at + GOOD_FOR:
            return False
        ticket.used += 1
        body = {"response_type": "ephemeral", "replace_original": False, **about}
        try:
            async with self._http.post(ticket.url, json=body) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("no answer at a response_url: %s", type(error).__name__)
            return False
