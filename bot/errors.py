"""What the bot can apologise for. An error carries the facts; wording.py makes the sentence.

BotError
├── BadInput                 what was typed cannot be read
│   ├── EmptyPrompt             no words, and no picture to start from
│   ├── TooLong                 more characters than are taken
│   ├── UnknownFlag             no flag of that name
│   ├── MissingValue            a flag without its value
│   ├── BadValue                a value of the wrong kind
│   ├── OutOfRange              a number beyond its range
│   ├── UnknownChoice           not one of the names that a flag takes
│   ├── Contradiction           two flags that cannot both be meant
│   ├── MisplacedWords          words of the prompt after a flag
│   ├── MisplacedLink           a link that does not stand first
│   ├── TooManyPermutations     braces that stand for too many texts
│   ├── Unbalanced              a bracket without its partner
│   ├── Ambiguous               signs that mean different things in different tools
│   ├── WeightOutOfRange        an emphasis or a weight that is too large or too small
│   ├── WeightWithoutWords      a `::` with nothing before it
│   └── WeightsCancel           weights that leave nothing to draw
├── LinkRefused              a link that is not followed
├── TooManyLinks             more start pictures than one
├── NothingToDescribe        /describe without a picture
├── NotFound                 no set or picture of that id that the asker may see
├── Refused                  what can't be done, already in words
├── BadAddress               an address with a slip in it
├── NotYours                 only the owner or a moderator may
├── AlreadyAnswered          a question that is closed
├── MayNotRefine             this thread is open to some people only
├── PartyWords               a round asks for words that the prompt does not have
├── Blocked                  words that this place does not draw
├── AgeRestricted            words that age-restricted places alone draw
├── TooManyAtOnce            the person's share of the line is used up
├── LineFull                 everybody together has asked for as much as is taken
└── StoreFailed              what the bot keeps cannot be read or written
    ├── StoreFull               there is no room left
    ├── StoreReadOnly           nothing may be written there
    ├── StoreUnreachable        it does not open: locked, damaged, or its server is away
    ├── StoreTooNew             a newer version of this program has written it
    └── PictureGone             the bytes of a picture are not there any more
"""

from dataclasses import dataclass
from typing import Literal


class BotError(Exception):
    """Something to apologise for."""

    def __str__(self) -> str:
        return repr(self)


class BadInput(BotError):
    """What was typed cannot be read. Nothing was begun."""


@dataclass(eq=False)
class EmptyPrompt(BadInput):
    """No words, and no picture to start from."""


@dataclass(eq=False)
class TooLong(BadInput):
    """More characters than are taken."""

    length: int
    limit: int


@dataclass(eq=False)
class UnknownFlag(BadInput):
    """No flag of that name."""

    written: str
    nearest: str | None
    """With its dashes, e.g. --seed."""


@dataclass(eq=False)
class MissingValue(BadInput):
    """A flag without its value."""

    flag: str
    example: str
    """How it is written, e.g. --ar 16:9."""


@dataclass(eq=False)
class BadValue(BadInput):
    """A value of the wrong kind."""

    flag: str
    value: str
    example: str


@dataclass(eq=False)
class OutOfRange(BadInput):
    """A number (or a shape) beyond its range, ends included."""

    flag: str
    value: str
    low: str
    high: str


@dataclass(eq=False)
class UnknownChoice(BadInput):
    """Not one of the names that a flag takes."""

    flag: str
    value: str
    nearest: str | None
    known: tuple[str, ...]


@dataclass(eq=False)
class Contradiction(BadInput):
    """Two flags, as they were written, that cannot both be meant."""

    first: str
    second: str


@dataclass(eq=False)
class MisplacedWords(BadInput):
    """Words of the prompt after a flag, where nothing tells them from its value."""

    flag: str
    words: str


@dataclass(eq=False)
class MisplacedLink(BadInput):
    """A link that does not stand first."""

    link: str


@dataclass(eq=False)
class TooManyPermutations(BadInput):
    """Braces that stand for too many texts."""

    count: int
    limit: int


@dataclass(eq=False)
class Unbalanced(BadInput):
    """A bracket without its partner."""

    sign: Literal["{", "}", "("]


@dataclass(eq=False)
class Ambiguous(BadInput):
    """Signs that mean different things in different tools, and how to write each of the two readings here."""

    written: str
    readings: tuple[str, str]


@dataclass(eq=False)
class WeightOutOfRange(BadInput):
    """An emphasis or a weight beyond its range, ends included."""

    written: str
    low: float
    high: float


@dataclass(eq=False)
class WeightWithoutWords(BadInput):
    """A `::` with nothing before it."""

    written: str


@dataclass(eq=False)
class WeightsCancel(BadInput):
    """Weights that leave nothing to draw: their sum is not above zero."""

    total: float


@dataclass(eq=False)
class LinkRefused(BotError):
    """A link that is not followed."""

    link: str
    reason: Literal["scheme", "private", "unreachable", "redirects", "missing", "no_picture", "too_large"]


@dataclass(eq=False)
class TooManyLinks(BotError):
    """More start pictures than one."""

    count: int


class NothingToDescribe(BotError):
    """/describe without a picture."""


@dataclass(eq=False)
class NotFound(BotError):
    """No set or picture of that id that the asker may see."""

    id: str


@dataclass(eq=False)
class NotYours(BotError):
    """Only the owner or a moderator may."""

    id: str


@dataclass(eq=False)
class Refused(BotError):
    """What can't be done, already in words by those who know why."""

    words: str


@dataclass(eq=False)
class BadAddress(BotError):
    """An address with a slip in it: its check signs do not fit."""

    written: str


class AlreadyAnswered(BotError):
    """A question that is closed: it was answered, or something else was said since."""


@dataclass(eq=False)
class MayNotRefine(BotError):
    """This thread is open to some people only."""

    access: Literal["invited", "owner"]
    owner: str
    """The name of who began it."""


@dataclass(eq=False)
class PartyWords(BotError):
    """A round asks for words that the prompt does not have."""

    theme: str
    missing: tuple[str, ...]


@dataclass(eq=False)
class Blocked(BotError):
    """Words that this place does not draw."""

    words: tuple[str, ...]


@dataclass(eq=False)
class AgeRestricted(BotError):
    """Words that age-restricted places alone draw."""

    words: tuple[str, ...]


@dataclass(eq=False)
class TooManyAtOnce(BotError):
    """The person's share of the line is used up."""

    limit: int


@dataclass(eq=False)
class LineFull(BotError):
    """Everybody together has asked for as much as is taken. `seconds` is when there may be room, if that is known."""

    length: int
    seconds: float | None


class StoreFailed(BotError):
    """What the bot keeps cannot be read or written. Nothing was changed by halves."""


class StoreFull(StoreFailed):
    """There is no room left."""


class StoreReadOnly(StoreFailed):
    """Nothing may be written there."""


@dataclass(eq=False)
class StoreUnreachable(StoreFailed):
    """It does not open: locked by another program, damaged, or its server is away. `reason` is its own words."""

    reason: str


@dataclass(eq=False)
class StoreTooNew(StoreFailed):
    """A newer version of this program has written it."""

    version: str
    """Of the tables, as it is written there."""


@dataclass(eq=False)
class PictureGone(StoreFailed, FileNotFoundError):
    """The bytes of a picture are not there any more. A FileNotFoundError too, for readers that know no bot."""

    file: str
