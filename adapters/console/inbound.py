"""From the page's JSON to the bot's events. Pure; EVENTS.md describes the JSON."""

import re
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from bot import command_line
from bot import wording_console as wording
from bot.command_line import BadLine, FindPerson
from bot.events import COMMANDS, AnyEvent, Command, Message, Press, Submit, Upload, command_name, options
from bot.place import Person, Place

PLATFORM = "console"
WORKSPACE = "local"
LONGEST_TEXT = 20_000
"""Characters of one message. What a model reads of it is the bot's business."""

_BOT = re.compile(r"\A\s*@Sextant\b[,:]?\s*", re.IGNORECASE)
"""The bot's name at the beginning of what is said to it."""

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
_Key = Annotated[str, StringConstraints(max_length=200)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Event(_Request):
    """Something for the bot. `id` is made by the client, so that sending it again does nothing a second time."""

    id: _Id
    channel: _Key
    thread: _Key = ""


class Say(_Event):
    """Words, or a command that begins with a slash."""

    type: Literal["say"]
    text: str
    picture: _Key = ""
    """What POST /upload answered, or the file of a picture in the room."""
    reply_to: _Key = ""


class PressButton(_Event):
    """A button."""

    type: Literal["press"]
    token: _Key


class SubmitForm(_Event):
    """A filled-in form."""

    type: Literal["submit"]
    token: _Key
    text: str


class Rename(_Request):
    """What the person wants to be called."""

    type: Literal["name"]
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=r"^[^\x00-\x1f]+$")
    ]


class Earlier(_Request):
    """The part of the log before a position."""

    type: Literal["earlier"]
    before: Annotated[int, Field(ge=0, lt=2**53)]


class Look(_Request):
    """All of one thread, however old."""

    type: Literal["look"]
    channel: _Key
    thread: _Key


ForBot = Say | PressButton | SubmitForm
Request = ForBot | Rename | Earlier | Look

_requests: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="type")])


class Refused(ValueError):
    """What arrived can't be taken; the message is for the person. `id` is the event's, if it has one."""

    def __init__(self, words: str, id: str = "") -> None:
        super().__init__(words)
        self.id = id


def read(text: str) -> Request:
    """One frame of the WebSocket.

    Raises:
        Refused: it is not JSON, or not one of the requests.
    """
    try:
        return _requests.validate_json(text)
    except ValidationError as error:
        what = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in what["loc"])
        raise Refused(wording.malformed(f"{where}: {what['msg']}" if where else what["msg"]), _id_in(text)) from None


def to_event(request: ForBot, person: Person, picture: Upload | None, find: FindPerson) -> AnyEvent:
    """The event of a request. `find` says who is meant by a name.

    Its id begins with the person's, so that nobody can use the id of another's event.

    Raises:
        Refused: an unknown command, a command that can't be read, too many words.
    """
    about: dict[str, Any] = {
        "event_id": event_id(person, request),
        "place": Place(PLATFORM, WORKSPACE, request.channel, request.thread),
        "person": person,
    }
    match request:
        case PressButton(token=token):
            return Press(**about, token=token)
        case SubmitForm(token=token, text=text):
            _not_too_long(text, request.id)
            return Submit(**about, token=token, text=text)
        case Say(text=text):
            _not_too_long(text, request.id)
            words = _BOT.sub("", text).strip()
            if words.startswith("/"):
                return _command(words, about, picture, find, request.id)
            addressed = bool(request.reply_to or _BOT.match(text))
            return Message(**about, text=words, picture=picture, reply_to=request.reply_to, addressed=addressed)


def event_id(person: Person, request: ForBot) -> str:
    """The id of a request for the bot, which is also the id of the thread that an /imagine opens."""
    return f"{person.id}.{request.id}"


def _command(text: str, about: dict[str, Any], picture: Upload | None, find: FindPerson, id: str) -> Command:
    """`/name rest of the line`; bot/command_line.py has the grammar of the rest."""
    name, rest = (*text[1:].split(maxsplit=1), "", "")[:2]
    kinds = {command_name(kind): kind for kind in COMMANDS}
    kind = kinds.get(name.lower())
    if kind is None:
        near = get_close_matches(name.lower(), kinds, n=1, cutoff=0.0)
        raise Refused(wording.unknown_command(name, near[0]), id)
    try:
        values = command_line.values(kind, rest, find, picture=picture is not None)
    except BadLine as error:
        raise Refused(wording.bad_line(error), id) from None
    if picture and any(option.name == "picture" for option in options(kind)):
        values["picture"] = picture
    return kind(**about | values)


def _not_too_long(text: str, id: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise Refused(wording.too_long(len(text), LONGEST_TEXT), id)


def _id_in(text: str) -> str:
    """The id of a request that is wrong otherwise, so that the client can be told which one it was."""
    try:
        value = TypeAdapter(dict[str, Any]).validate_json(text).get("id")
    except ValidationError:
        return ""
    return value if isinstance(value, str) else ""
