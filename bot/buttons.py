"""What a button does, as a typed action, and as a short token that survives a restart.

A token holds everything that the action needs, so nothing is kept in memory for it. It is at most 100 characters
long (Discord's custom_id) and is not a secret: whoever presses is checked when the action is carried out.
"""

from dataclasses import dataclass, fields
from typing import Literal, get_args

VERSION = "s1"


@dataclass(frozen=True, slots=True)
class Pick:
    """Make this picture the one the conversation goes on from."""

    picture: str


@dataclass(frozen=True, slots=True)
class Vary:
    """Draw relatives of this picture."""

    picture: str
    how: Literal["subtle", "strong"]


@dataclass(frozen=True, slots=True)
class Again:
    """The same words with fresh seeds."""

    turn: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Open the prompt in a form."""

    turn: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop drawing this turn."""

    turn: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Take the turn's pictures away for good."""

    turn: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Go back to what this turn came from, and stop it if it is under way."""

    turn: str


@dataclass(frozen=True, slots=True)
class Upscale:
    """Draw this picture larger."""

    picture: str


@dataclass(frozen=True, slots=True)
class Star:
    """Vote for this picture, or take the vote back."""

    picture: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Let the votes of this turn's thread choose the picture to go on from."""

    turn: str


@dataclass(frozen=True, slots=True)
class Fork:
    """Go on from this picture in a new thread."""

    picture: str


@dataclass(frozen=True, slots=True)
class Unset:
    """A chip: this turn's query with one setting back at its default."""

    turn: str
    setting: str
    """A field of Query; `width` stands for the shape."""


@dataclass(frozen=True, slots=True)
class Choose:
    """One of the readings of a question."""

    question: str
    reading: int
    """From 0."""


Action = Pick | Vary | Again | Edit | Stop | Delete | Undo | Upscale | Star | Decide | Fork | Unset | Choose


class UnknownToken(ValueError):
    """A token of another time or another program."""


def to_token(action: Action) -> str:
    """The short text of an action."""
    values = [str(getattr(action, f.name)) for f in fields(action)]
    token = "~".join([VERSION, type(action).__name__.lower(), *values])
    if len(token) > 100:
        raise ValueError(f"a token has at most 100 characters: {token}")
    return token


def from_token(token: str) -> Action:
    """The action that `to_token` wrote.

    Raises:
        UnknownToken: it is not one of ours, or of a version that is gone.
    """
    version, _, rest = token.partition("~")
    name, *values = rest.split("~")
    for kind in get_args(Action):
        if version == VERSION and name == kind.__name__.lower() and len(values) == len(fields(kind)):
            if kind is Choose:
                if not values[1].isdecimal() or not values[1].isascii():
                    break
                return Choose(values[0], int(values[1]))
            action: Action = kind(*values)
            if isinstance(action, Vary) and action.how not in ("subtle", "strong"):
                break
            return action
    raise UnknownToken(token)
