"""What can arrive from a platform: one frozen dataclass per command, plus Message, Press and Submit.

A command is declared here once. Its docstring is its description, its fields made with `option` are its options;
platforms derive their commands from them, and so do the help and the manifests.
"""

from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal, get_args

from bot.buttons import Again, UnknownToken, Unset, Upscale, Vary, from_token
from bot.buttons import Fork as ForkAction
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
    sheltered: Literal["", "channel", "thread"] = ""
    """The channel or the thread is private: not everybody of the workspace may read there."""
    mature: bool = False
    """The place is age-restricted."""


def option(
    description: str,
    *,
    choices: tuple[str, ...] = (),
    low: int | None = None,
    high: int | None = None,
    **more: Any,
) -> Any:
    """A field that people fill in. Without a `default` it is required.

    Args:
        choices: the only values of a text; where the default is empty, it stands for nothing said.
        low, high: the ends of a whole number, included.
        more: `default`.
    """
    return field(metadata={"description": description, "choices": choices, "low": low, "high": high}, **more)


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
    """Bring back a picture or a set by its id, its address or a link"""

    id: str = option("The id under the pictures, an address, or a link to a picture")
    again: bool = option("Find it again from its address alone, and say whether it is the same", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree(Event):
    """See this conversation as a tree of pictures"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork(Event):
    """Take a picture into a thread of your own"""

    id: str = option("The id of the picture to go on from")


@dataclass(frozen=True, slots=True, kw_only=True)
class Top(Event):
    """See the pictures with the most stars"""

    where: str = option("Where to look", choices=("thread", "channel", "workspace"), default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(Event):
    """Open a round on a theme; the picture with the most stars wins"""

    theme: str = option("What the round is about")
    minutes: int = option("How long it is open", low=1, high=10_080, default=15)
    words: str = option("Words that every prompt must have, with commas between", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefer(Event):
    """Your own defaults, suffix and named sets of options"""

    text: str = option(
        "defaults --ar 16:9, suffix WORDS, mention off, save NAME --flags, forget NAME; nothing shows yours", default=""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Info(Event):
    """What you have running and in line, and what you used"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Event):
    """Who may refine in this thread"""

    refine: str = option("Who may refine here", choices=("everyone", "invited", "owner"), default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Event):
    """Let somebody refine in this thread"""

    who: Person = option("The person")
    away: bool = option("Take the invitation back", default=False)


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
    addressed: bool = False
    """It names the bot (a mention, taken out of `text`), or answers a message of the bot's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Event):
    """A button was pressed. `token` is the button's own; see buttons.py."""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Event):
    """A form was sent in. `token` is the form's, `text` what the person wrote."""

    token: str
    text: str


Command = (
    Imagine | Describe | Show | Tree | Fork | Top | Party | Prefer | Info | Settings | Invite | Queue | Cancel | Help
)
AnyEvent = Command | Message | Press | Submit

COMMANDS: tuple[type[Command], ...] = get_args(Command)


def opens_thread(event: AnyEvent) -> bool:
    """Whether a thread is opened for an event: for what begins something in a channel, and for a fork wherever it is.

    A set that was brought back in a channel has buttons too; what they draw begins a conversation of its own.
    """
    match event:
        case Imagine() | Party() | Submit():
            return not event.place.thread
        case Fork():
            return True
        case Press(token=token):
            try:
                action = from_token(token)
                draws = isinstance(action, Again | Vary | Upscale | Unset) and not event.place.thread
                return draws or isinstance(action, ForkAction)
            except UnknownToken:
                return False
    return False


def command_name(command: type[Command]) -> str:
    """What people type after the slash."""
    return command.__name__.lower()


def options(command: type[Command]) -> tuple[Field[Any], ...]:
    """The fields of a command that people fill in, in order."""
    return tuple(f for f in fields(command) if "description" in f.metadata)
