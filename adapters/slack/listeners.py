"""What Slack tells the app: acknowledged first, and then handed to the desk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from adapters.slack import inbound, markup, modals, render
from adapters.slack.desk import Desk
from adapters.slack.home import Home
from adapters.slack.inbound import Json, Names, Refused, Said
from adapters.slack.people import People
from adapters.slack.pictures import Pictures
from adapters.slack.whispers import Ticket
from adapters.slack.workspaces import Workspace
from bot import wording_slack as wording
from bot.events import COMMANDS, AnyEvent, Help, Imagine, Message, command_name
from bot.flags import help_lines
from bot.place import Person, Place

log = logging.getLogger(__name__)

Ack = Callable[..., Awaitable[Any]]

REFUSAL = 1.5
"""Seconds that a form waits for the bot to say what is wrong with it; Slack waits three for the acknowledgement."""


class Listeners:
    """One method for each kind of thing. Their first await is the acknowledgement; Bolt does the same for events."""

    def __init__(self, desk: Desk, people: People, pictures: Pictures, home: Home, names: Names) -> None:
        self._desk, self._people, self._pictures, self._home, self._names = desk, people, pictures, home, names

    async def command(self, ack: Ack, body: Json, context: Mapping[str, Any]) -> None:
        """/imagine, and the umbrella with its subcommands."""
        await ack()
        workspace: Workspace = context["workspace"]
        if self._desk.first(f"command.{body['trigger_id']}"):
            self._desk.start(self._typed(workspace, body))

    async def message(self, event: Json, context: Mapping[str, Any]) -> None:
        """A message or a mention: one turn, whichever of the two comes first."""
        workspace: Workspace = context["workspace"]
        heard = inbound.said(event, workspace.id, workspace.bot_user)
        if heard and self._desk.first(heard.event_id):
            self._desk.start(self._words(workspace, heard))

    async def press(self, ack: Ack, body: Json, action: Json, context: Mapping[str, Any]) -> None:
        """A button of the bot's, or one of the adapter's own."""
        await ack()
        workspace: Workspace = context["workspace"]
        if self._desk.first(f"press.{body['trigger_id']}"):
            self._desk.start(self._pressed(workspace, body, action))

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
        await ack()
        if self._desk.first(f"view.{view['id']}"):
            self._desk.start(self._sent(workspace, view, filled, str(body["user"]["id"])))

    async def shortcut(self, ack: Ack, body: Json, context: Mapping[str, Any]) -> None:
        """A message shortcut, or the one of the lightning menu."""
        await ack()
        workspace: Workspace = context["workspace"]
        if self._desk.first(f"shortcut.{body['trigger_id']}"):
            self._desk.start(self._shortcut(workspace, body))

    async def home(self, event: Json, context: Mapping[str, Any]) -> None:
        """Somebody looks at the app's home."""
        if event.get("tab") == "home":
            workspace: Workspace = context["workspace"]
            self._desk.start(self._home.publish(workspace, str(event["user"])))

    async def gone(self, event: Json, context: Mapping[str, Any]) -> None:
        """The app was uninstalled, or its token revoked: nothing of the workspace's installation is kept."""
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        for id in (context.get("team_id"), context.get("enterprise_id")):
            if id:
                await self._desk.workspaces.forget(str(id))

    async def unknown(self, ack: Ack, body: Json, context: Mapping[str, Any]) -> None:
        """Something of another version of this app."""
        await ack()
        workspace: Workspace = context["workspace"]
        if "container" in body and body["container"].get("channel_id"):
            person = await self._people.person(workspace, str(body["user"]["id"]))
            words = wording.STALE.format(show=f"{self._names.umbrella} show")
            place = inbound.pressed_place(body, workspace.id)
            await self._desk.tell(workspace, place, person, self._ticket(body), words)

    # What is done beside, once Slack has its acknowledgement

    async def _typed(self, workspace: Workspace, body: Json) -> None:
        person = await self._people.person(workspace, str(body["user_id"]), str(body.get("user_name") or ""))
        called = await self._people.names(workspace, markup.people_in(str(body.get("text") or "")))
        try:
            event = inbound.command(body, workspace.id, person, self._names, called)
        except Refused as refused:
            place = inbound.place_of(workspace.id, str(body["channel_id"]))
            await self._refuse(workspace, place, person, self._ticket(body), refused)
            return
        await self._carry(workspace, event, self._ticket(body))

    async def _words(self, workspace: Workspace, heard: Said) -> None:
        place, posting = heard.place, self._desk.board.posting
        if heard.in_im_thread and await posting.is_fork(workspace.id, place.channel, heard.in_im_thread):
            place = place.in_thread(heard.in_im_thread)
        begun = await posting.begun(place)
        if not (begun or heard.addressed):
            return
        person = await self._people.person(workspace, heard.person)
        names = await self._people.names(workspace, heard.people)
        try:
            picture = await self._pictures.one(workspace, inbound.pictures_in({"files": heard.files}))
            event = inbound.words_event(heard, place, person, names, picture, begun)
        except Refused as refused:
            await self._refuse(workspace, place, person, Ticket(), refused)
            return
        await self._carry(workspace, event, Ticket())

    async def _pressed(self, workspace: Workspace, body: Json, action: Json) -> None:
        kind, value = str(action["action_id"]).partition(" ")[0], str(action.get("value") or "")
        person_id = str(body["user"]["id"])
        ticket = self._ticket(body)
        if body["container"]["type"] == "view":
            await self._home.pressed(workspace, kind, person_id, ticket)
            return
        channel, ts = str(body["container"]["channel_id"]), str(body["container"].get("message_ts") or "")
        shown = await self._desk.board.posting.shown_at(workspace.id, channel, ts)
        place = shown[0] if shown else inbound.pressed_place(body, workspace.id)
        person = await self._people.person(workspace, person_id)
        match kind:
            case render.SHARE:
                if not await self._desk.share(workspace, place, ts, body["message"]["blocks"]):
                    await self._desk.tell(workspace, place, person, ticket, wording.SHARED_ALREADY)
            case render.REVEAL:
                await self._desk.whispers.tell(workspace, place, person, ticket, render.hidden(value))
            case _:
                await self._carry(workspace, inbound.press(body, value, place, person), ticket)

    async def _sent(self, workspace: Workspace, view: Json, filled: modals.Filled, person_id: str) -> None:
        person = await self._people.person(workspace, person_id)
        match view["callback_id"]:
            case modals.PREFER:
                await self._home.prefer(workspace, person, str(view["id"]), filled.text)
            case modals.NEW:
                await self._carry(workspace, _new(workspace, view, filled, person), Ticket())
            case modals.REFINE if filled.place:
                await self._refined(workspace, view, filled, filled.place, person)
            case modals.FORM if filled.place:
                event = inbound.submit(view, filled.token, filled.text, filled.place, person)
                await self._carry(workspace, event, Ticket())

    async def _refined(
        self, workspace: Workspace, view: Json, filled: modals.Filled, place: Place, person: Person
    ) -> None:
        about: Json = {"event_id": f"view.{view['id']}", "place": place, "person": person}
        if not filled.file:
            event: AnyEvent = Message(**about, text=filled.text, reply_to=filled.key, addressed=True)
        else:
            try:
                picture = await self._pictures.one(workspace, [filled.file])
            except Refused as refused:
                await self._refuse(workspace, place, person, Ticket(), refused)
                return
            event = Imagine(**about, prompt=filled.text, picture=picture)
        await self._carry(workspace, event, Ticket())

    async def _shortcut(self, workspace: Workspace, body: Json) -> None:
        ticket, person_id = self._ticket(body), str(body["user"]["id"])
        if body["callback_id"] == modals.NEW:
            await self._home.pressed(workspace, modals.NEW, person_id, ticket)
            return
        place = inbound.message_place(body, workspace.id)
        channel, ts = str(body["channel"]["id"]), str(body["message_ts"])
        shown = await self._desk.board.posting.shown_at(workspace.id, channel, ts)
        pictures = inbound.pictures_in(body["message"])
        person = await self._people.person(workspace, person_id)
        if body["callback_id"] == modals.REFINE and (shown or len(pictures) == 1):
            view = modals.refine(*shown, None) if shown else modals.refine(place, "", pictures[0])
            await self._desk.whispers.modal(workspace, place, person, ticket, view)
            return
        try:
            picture = await self._pictures.one(workspace, pictures)
            if picture is None:
                raise Refused(wording.NO_PICTURE_HERE)
        except Refused as refused:
            await self._refuse(workspace, place, person, ticket, refused)
            return
        await self._carry(workspace, inbound.describe(body, workspace.id, person, picture), ticket)

    async def _wrong(self, workspace: Workspace, view: Json, filled: modals.Filled, person: Person) -> str:
        """What is wrong with the words for a new picture, if the bot can say so in time."""
        if not filled.channel:
            return wording.NO_CHANNEL
        if not filled.text:
            return wording.NO_WORDS
        try:
            async with asyncio.timeout(REFUSAL):
                refusal = await self._desk.bot.refusal(_new(workspace, view, filled, person))
        except TimeoutError:
            return ""
        return render.commands_named(refusal.text, self._names) if refusal else ""

    async def _carry(self, workspace: Workspace, event: AnyEvent, ticket: Ticket) -> None:
        if isinstance(event, Help):  # the same words as everywhere, in Slack's own formatting
            commands = [(command_name(kind), kind.__doc__ or "") for kind in COMMANDS]
            parts = wording.help_text(self._names.imagine, self._names.umbrella, commands, help_lines())
            await self._desk.whispers.tell(workspace, event.place, event.person, ticket, render.marked(parts))
        else:
            await self._desk.carry(workspace, event, ticket)

    async def _refuse(
        self, workspace: Workspace, place: Place, person: Person, ticket: Ticket, refused: Refused
    ) -> None:
        await self._desk.tell(workspace, place, person, ticket, render.commands_named(str(refused), self._names))

    def _ticket(self, body: Json) -> Ticket:
        return Ticket(str(body.get("trigger_id") or ""), str(body.get("response_url") or ""), self._desk.clock())


def _new(workspace: Workspace, view: Json, filled: modals.Filled, person: Person) -> Imagine:
    place = inbound.place_of(workspace.id, filled.channel)
    return Imagine(event_id=f"view.{view['id']}", place=place, person=person, prompt=filled.text)
