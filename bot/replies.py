"""What can be shown. Plain values that every platform can draw with its own means.

A reply has a key: the newest reply with a key replaces the one before, and the final one stays. Showing the same
reply twice is the same as showing it once, and after a final one nothing that is not final is shown any more; platforms
must keep that promise (see the contract tests of Stage).
"""

from dataclasses import dataclass, field

from bot.buttons import Action
from bot.place import Place
from engine.jobs import Pixels


@dataclass(frozen=True, slots=True)
class Button:
    """A button always has words. `danger` asks the platform for its colour of warning."""

    label: str
    action: Action
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture. `file` names its bytes in the store; platforms fetch them from there."""

    id: str
    file: str
    alt: str
    width: int
    height: int
    seed: int
    closeness: float | None = None
    """Cosine of the picture's and the prompt's embeddings; None if it was not read."""
    spoiler: bool = False
    stars: int = 0
    """How many people voted for it."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing that explains, such as a tree. `file` names its bytes in the store; the reply's text is its twin."""

    file: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to another place of the same platform."""

    label: str
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A picture that is still being drawn; small, and stretched by the platform to width x height."""

    pixels: Pixels = field(repr=False)
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far, from 0 to 1. The words for it are in the reply's text."""

    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message of the bot's."""

    key: str
    text: str
    title: str = ""
    """The name of the thread or the set, where a platform has a place for it."""
    pictures: tuple[Picture, ...] = ()
    previews: tuple[Preview, ...] = ()
    progress: Progress | None = None
    buttons: tuple[Button, ...] = ()
    chips: tuple[Button, ...] = ()
    """The chosen settings; pressing one takes it away. Platforms show them near the words, apart from the buttons."""
    charts: tuple[Chart, ...] = ()
    links: tuple[Link, ...] = ()
    mention: str = ""
    """The id of the person to be called, once, when it is done."""
    place: Place | None = None
    """Where it is shown, if that is not the place of the event."""
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form with one text field, shown to the presser alone; sent in as a Submit with the same token."""

    title: str
    label: str
    text: str
    action: Action


@dataclass(frozen=True, slots=True)
class Whisper:
    """Words for one person only: an error with its next step, or an answer nobody else needs."""

    text: str
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[Button, ...] = ()
    key: str = ""


Shown = Reply | Form | Whisper
