"""What is done with what arrived, beside, once Slack has its acknowledgement; after a crash the same once more."""

from dataclasses import replace
from functools import partial

from adapters.relay import kept
from adapters.slack import arrivals, inbound, markup, modals, render
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
from bot.memory.inbox import Arrival
from bot.place import Person, Place


class Handling:
    """One method for each kind of thing; a payload is as arrivals.py keeps it, or whole."""

    def __init__(self, desk: Desk, people: People, pictures: Pictures, home: Home, names: Names) -> None:
        self._desk, self._people, self._pictures, self._home, self._names = desk, people, pictures, home, names
        self._channels = desk.board.posting.channels

    async def again(self, arrival: Arrival) -> None:
        """What an earlier run was cut off from. Nothing of Slack's that could be answered with is good any more."""
        event = arrival.event
        if not self._desk.first(event.event_id):
            return  # Slack has sent it again, and it is being handled
        async with kept(self._desk.inbox, event):
            workspace = await self._desk.workspaces.get(event.place.workspace)
            if workspace is None:
                return
            what, body = arrivals.read(arrival)
            match what:
                case arrivals.COMMAND:
                    await self.typed(workspace, body, Ticket())
                case arrivals.PRESS:
                    await self.pressed(workspace, body, body["action"], Ticket())
                case arrivals.FORM:
                    await self.sent(workspace, body)
                case arrivals.SHORTCUT:
                    await self.described(workspace, body, Ticket())
                case arrivals.WORDS if heard := inbound.said(body, workspace.id, workspace.bot_user):
                    place = await self._placed(workspace, heard)
                    await self._said(workspace, heard, place, bool(body[arrivals.BEGUN]))

    async def typed(self, workspace: Workspace, body: Json, ticket: Ticket) -> None:
        """A slash command."""
        person = await self._people.person(workspace, str(body["user_id"]), str(body.get("user_name") or ""))
        called = await self._people.names(workspace, markup.people_in(str(body.get("text") or "")))
        try:
            event = inbound.command(body, workspace.id, person, self._names, called)
        except Refused as refused:
            place = inbound.place_of(workspace.id, str(body["channel_id"]))
            await self._refuse(workspace, place, person, ticket, refused)
            return
        await self._carry(workspace, event, ticket)

    async def words(self, workspace: Workspace, event: Json, heard: Said) -> None:
        """A message or a mention. Only what is for the bot is written down."""
        place = await self._placed(workspace, heard)
        begun = await self._desk.board.posting.begun(place)
        if begun or heard.addressed:
            arrival = arrivals.words(event, heard, begun)
            await self._desk.keep(arrival, partial(self._said, workspace, heard, place, begun))

    async def _placed(self, workspace: Workspace, heard: Said) -> Place:
        """A thread within a direct conversation is a place of its own where the bot opened it."""
        root, posting = heard.in_im_thread, self._desk.board.posting
        fork = bool(root) and await posting.is_fork(workspace.id, heard.place.channel, root)
        return heard.place.in_thread(root) if fork else heard.place

    async def _said(self, workspace: Workspace, heard: Said, place: Place, begun: bool) -> None:
        person = await self._people.person(workspace, heard.person)
        names = await self._people.names(workspace, heard.people)
        try:
            picture = await self._pictures.one(workspace, inbound.pictures_in({"files": heard.files}))
            event = inbound.words_event(heard, place, person, names, picture, begun)
        except Refused as refused:
            await self._refuse(workspace, place, person, Ticket(), refused)
            return
        await self._carry(workspace, event, Ticket())

    async def pressed(self, workspace: Workspace, body: Json, action: Json, ticket: Ticket) -> None:
        """A button of a message."""
        kind, value = str(action["action_id"]).partition(" ")[0], str(action.get("value") or "")
        person_id = str(body["user"]["id"])
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

    async def sent(self, workspace: Workspace, body: Json) -> None:
        """A form that was sent in."""
        view = body["view"]
        filled = modals.filled(view)
        person = await self._people.person(workspace, str(body["user"]["id"]))
        match view["callback_id"]:
            case modals.PREFER:
                await self._home.prefer(workspace, person, str(view["id"]), filled.text)
            case modals.NEW:
                await self._carry(workspace, new_picture(workspace, view, filled, person), Ticket())
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

    async def refine(self, workspace: Workspace, body: Json, ticket: Ticket) -> None:
        """The shortcut that opens the form of what should change in a picture."""
        place = inbound.message_place(body, workspace.id)
        channel, ts = str(body["channel"]["id"]), str(body["message_ts"])
        shown = await self._desk.board.posting.shown_at(workspace.id, channel, ts)
        pictures = inbound.pictures_in(body["message"])
        person = await self._people.person(workspace, str(body["user"]["id"]))
        if shown or len(pictures) == 1:
            view = modals.refine(*shown, None) if shown else modals.refine(place, "", pictures[0])
            await self._desk.whispers.modal(workspace, place, person, ticket, view)
        else:
            words = wording.TOO_MANY_PICTURES if pictures else wording.NO_PICTURE_HERE
            await self._desk.tell(workspace, place, person, ticket, words)

    async def described(self, workspace: Workspace, body: Json, ticket: Ticket) -> None:
        """The shortcut that puts a picture into words."""
        place = inbound.message_place(body, workspace.id)
        person = await self._people.person(workspace, str(body["user"]["id"]))
        try:
            picture = await self._pictures.one(workspace, inbound.pictures_in(body["message"]))
            if picture is None:
                raise Refused(wording.NO_PICTURE_HERE)
        except Refused as refused:
            await self._refuse(workspace, place, person, ticket, refused)
            return
        await self._carry(workspace, inbound.describe(body, workspace.id, person, picture), ticket)

    async def _carry(self, workspace: Workspace, event: AnyEvent, ticket: Ticket) -> None:
        if isinstance(event, Help):  # the same words as everywhere, in Slack's own formatting
            commands = [(command_name(kind), kind.__doc__ or "") for kind in COMMANDS]
            parts = wording.help_text(self._names.imagine, self._names.umbrella, commands, help_lines())
            await self._desk.whispers.tell(workspace, event.place, event.person, ticket, render.marked(parts))
        else:
            sheltered = await self._channels.sheltered(workspace.id, event.place.channel)
            await self._desk.carry(workspace, replace(event, sheltered=sheltered), ticket)

    async def _refuse(
        self, workspace: Workspace, place: Place, person: Person, ticket: Ticket, refused: Refused
    ) -> None:
        await self._desk.tell(workspace, place, person, ticket, render.commands_named(str(refused), self._names))


def new_picture(workspace: Workspace, view: Json, filled: modals.Filled, person: Person) -> Imagine:
    """The event of the form for a new picture."""
    place = inbound.place_of(workspace.id, filled.channel)
    return Imagine(event_id=f"view.{view['id']}", place=place, person=person, prompt=filled.text)
