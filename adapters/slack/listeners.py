"""What Slack tells the app: acknowledged first, and then handed to the desk."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from adapters.slack import arrivals, inbound, modals, render
from adapters.slack.desk import Ack, Desk, Work
from adapters.slack.handling import Handling, new_picture
from adapters.slack.home import Home
from adapters.slack.inbound import Json, Names
from adapters.slack.whispers import Ticket
from adapters.slack.workspaces import Workspace
from bot import wording_slack as wording
from bot.place import Person

log = logging.getLogger(__name__)

DESCRIBE = "describe_image"
"""The message shortcut that puts a picture into words."""

REFUSAL = 1.5
"""Seconds that a form waits for the bot to say what is wrong with it; Slack waits three for the acknowledgement."""


class Listeners:
    """One method for each kind of thing. Their first await is the acknowledgement; Bolt does the same for events."""

    def __init__(self, desk: Desk, handling: Handling, home: Home, names: Names) -> None:
        self._desk, self._do, self._home, self._names = desk, handling, home, names
        self._channels = desk.board.posting.channels

    async def command(self, ack: Ack, body: Json, context: Mapping[str, Any]) -> None:
        """/imagine, and the umbrella with its subcommands."""
        workspace: Workspace = context["workspace"]
        ticket = self._ticket(body)
        work = partial(self._do.typed, workspace, body, ticket)
        await self._desk.take(ack, arrivals.command(body, workspace.id), self._learning(workspace, body, work))

    async def message(self, event: Json, body: Json, context: Mapping[str, Any]) -> None:
        """A message or a mention: one turn, whichever of the two comes first."""
        workspace: Workspace = context["workspace"]
        # Of the two, one says what kind of channel it is; and so do the bot's own messages, which come here as well.
        connected = {"is_ext_shared_channel": bool(body.get("is_ext_shared_channel"))}
        await self._channels.learn(workspace.id, event | connected)
        heard = inbound.said(event, workspace.id, workspace.bot_user)
        if heard and self._desk.first(heard.event_id):
            self._desk.start(self._do.words(workspace, event, heard))

    async def press(self, ack: Ack, body: Json, action: Json, context: Mapping[str, Any]) -> None:
        """A button of the bot's, or one of the adapter's own."""
        workspace: Workspace = context["workspace"]
        ticket = self._ticket(body)
        if body["container"]["type"] == "view":
            kind = str(action["action_id"]).partition(" ")[0]
            await ack()
            self._desk.start(self._home.pressed(workspace, kind, str(body["user"]["id"]), ticket))
            return
        work = partial(self._do.pressed, workspace, body, action, ticket)
        await self._desk.take(ack, arrivals.press(body, action, workspace.id), self._learning(workspace, body, work))

    async def form(self, ack: Ack, body: Json, context: Mapping[str, Any]) -> None:
        """A form that was sent in. What is wrong with a new picture's words is said in the form itself."""
        workspace: Workspace = context["workspace"]
        view = body["view"]
        filled = modals.filled(view)
        person = Person(str(body["user"]["id"]), str(body["user"].get("name") or body["user"]["id"]))
        if len(filled.text) > inbound.LONGEST_TEXT:
            await ack(**modals.complaint(wording.too_long(len(filled.text), inbound.LONGEST_TEXT)))
            return
        if view["callback_id"] == modals.NEW and (words := await self._wrong(workspace, view, filled, person)):
            await ack(**modals.complaint(words))
            return
        await self._desk.take(ack, arrivals.form(body, workspace.id), partial(self._do.sent, workspace, body))

    async def shortcut(self, ack: Ack, body: Json, context: Mapping[str, Any]) -> None:
        """A message shortcut, or the one of the lightning menu."""
        workspace: Workspace = context["workspace"]
        ticket = self._ticket(body)
        if body["callback_id"] == DESCRIBE:
            work = partial(self._do.described, workspace, body, ticket)
            await self._desk.take(ack, arrivals.shortcut(body, workspace.id), self._learning(workspace, body, work))
            return
        await ack()  # what only opens a form is not worth writing down
        if self._desk.first(f"shortcut.{body['trigger_id']}"):
            if body["callback_id"] == modals.NEW:
                self._desk.start(self._home.pressed(workspace, modals.NEW, str(body["user"]["id"]), ticket))
            else:
                self._desk.start(self._do.refine(workspace, body, ticket))

    async def home(self, event: Json, context: Mapping[str, Any]) -> None:
        """Somebody looks at the app's home."""
        if event.get("tab") == "home":
            workspace: Workspace = context["workspace"]
            self._desk.start(self._home.publish(workspace, str(event["user"])))

    async def gone(self, event: Json, context: Mapping[str, Any]) -> None:
        """The app was uninstalled, or its token revoked: nothing of the installation is kept.

        The token itself says whether it is dead: this may be told late, when the app is installed again; and in an
        organisation one workspace may have let go, and the others not.
        """
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        for id in (context.get("team_id"), context.get("enterprise_id")):
            if id:
                await self._desk.workspaces.ask(str(id))

    async def unknown(self, ack: Ack, body: Json, context: Mapping[str, Any]) -> None:
        """Something of another version of this app."""
        await ack()
        workspace: Workspace = context["workspace"]
        if "container" in body and body["container"].get("channel_id"):
            person = Person(str(body["user"]["id"]), str(body["user"].get("name") or ""))
            words = wording.STALE.format(show=f"{self._names.umbrella} show")
            place = inbound.pressed_place(body, workspace.id)
            await self._desk.tell(workspace, place, person, self._ticket(body), words)

    def _learning(self, workspace: Workspace, body: Json, work: Work) -> Work:
        """The work, and before it what the payload says of its channel."""

        async def learned() -> None:
            await self._channels.learn(workspace.id, body)
            await work()

        return learned

    async def _wrong(self, workspace: Workspace, view: Json, filled: modals.Filled, person: Person) -> str:
        """What is wrong with the words for a new picture, if the bot can say so in time."""
        if not filled.channel:
            return wording.NO_CHANNEL
        if not filled.text:
            return wording.NO_WORDS
        try:
            async with asyncio.timeout(REFUSAL):
                refusal = await self._desk.bot.refusal(new_picture(workspace, view, filled, person))
        except TimeoutError:
            return ""
        return render.commands_named(refusal.text, self._names) if refusal else ""

    def _ticket(self, body: Json) -> Ticket:
        return Ticket(str(body.get("trigger_id") or ""), str(body.get("response_url") or ""), self._desk.clock())
