"""What can arrive from a platform: one frozen dataclass per command, plus Message, Press and Submit.

A command is declared here once. Its docstring is its description, its fields made with `option` are its options;
platforms derive their commands from them, and so do the help and the manifests.
"""

from dataclasses import Field, dataclass, field, fields
from typing import Any

from bot.place import Person, Place


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that came with an event, still encoded."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`event_id` is the platform's own, unique per platform: an event that is delivered twice is handled once."""

    event_id: str
    place: Place
    person: Person


def option(description: str, **more: Any) -> Any:
    """A field that people fill in. Without a `default` it is required."""
    return field(metadata={"description": description}, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imagine(Event):
    """Draw pictures from words"""

    prompt: str = option("What to draw; flags such as --ar 16:9 or --no people stand at the end")
    picture: Upload | None = option("A picture to start from", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe(Event):
    """Put a picture into words"""

    picture: Upload | None = option("The picture to describe", default=None)
    id: str = option("Or the id of a picture made here", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Show(Event):
    """Bring back a picture or a set by its id"""

    id: str = option("The id that stands under every picture")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Event):
    """See what is being drawn, and what is in line"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Event):
    """Stop what is being drawn for you"""

    id: str = option("The id of the set to stop; without it, everything of yours in this place", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Help(Event):
    """How to talk to the bot"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Event):
    """Plain words, said in one of the bot's threads."""

    text: str
    picture: Upload | None = None
    reply_to: str = ""
    """The key of the bot's message that this one answers, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Event):
    """A button was pressed. `token` is the button's own; see buttons.py."""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Event):
    """A form was sent in. `token` is the form's, `text` what the person wrote."""

    token: str
    text: str


Command = Imagine | Describe | Show | Queue | Cancel | Help
AnyEvent = Command | Message | Press | Submit

COMMANDS: tuple[type[Command], ...] = (Imagine, Describe, Show, Queue, Cancel, Help)


def command_name(command: type[Command]) -> str:
    """What people type after the slash."""
    return command.__name__.lower()


def options(command: type[Command]) -> tuple[Field[Any], ...]:
    """The fields of a command that people fill in, in order."""
    return tuple(f for f in fields(command) if "description" in f.metadata)
