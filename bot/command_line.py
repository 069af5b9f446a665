"""A typed command's "rest of the line" as the values of its options, for every platform where people type commands.

    /show k3f9 --again        /party red things --minutes 30 --words car, hat        /settings owner        /invite @Bob

The main option takes the rest of the line: the required text, else the first text, else the person. The others stand
at the end, with two dashes or the long one that a phone makes of them. Options that have choices are understood
without their name where they are all there is. What /imagine and /prefer take has a grammar of its own, and passes
whole.

BadLine
├── NeedsOption      nothing was said where something is needed
├── UnknownOption    the command has no option of that name
├── NeedsValue       an option without its value
├── SaidTwice        an option that stands there two times
├── NotANumber       no whole number, or one beyond its range
├── NotAChoice       none of the values that there are
└── UnknownPerson    nobody is called that
"""

import re
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass
from difflib import get_close_matches
from typing import Any

from bot.events import Command, Imagine, Prefer, command_name, options
from bot.place import Person
from bot.plain_text import DASHES, words

FindPerson = Callable[[str], Person | None]
"""Who is meant, in the platform's own way: by a mention, an id, a name."""

WHOLE = frozenset({Imagine, Prefer})
"""Commands whose rest of the line passes whole: its flags have a grammar of their own."""


class BadLine(ValueError):
    """What was typed after a command can't be read. The facts are here, the sentence is in the wording."""

    def __str__(self) -> str:
        return repr(self)


@dataclass(eq=False)
class NeedsOption(BadLine):
    """Nothing was said where something is needed."""

    command: str
    about: str
    """What it needs: the description of the option."""


@dataclass(eq=False)
class UnknownOption(BadLine):
    """The command has no option of that name."""

    command: str
    written: str
    nearest: str | None
    """With its dashes."""
    known: tuple[str, ...]


@dataclass(eq=False)
class NeedsValue(BadLine):
    """An option without its value."""

    option: str
    about: str


@dataclass(eq=False)
class SaidTwice(BadLine):
    """An option that stands there two times."""

    option: str


@dataclass(eq=False)
class NotANumber(BadLine):
    """No whole number, or one beyond its range; the ends are included, None where there is none."""

    option: str
    value: str
    low: int | None
    high: int | None


@dataclass(eq=False)
class NotAChoice(BadLine):
    """None of the values that there are."""

    value: str
    nearest: str | None
    choices: tuple[str, ...]


@dataclass(eq=False)
class UnknownPerson(BadLine):
    """Nobody is called that."""

    written: str


def values(kind: type[Command], text: str, person: FindPerson, *, picture: bool = False) -> dict[str, Any]:
    """The options that were said, by name; what was not said is left out, so that its default holds.

    Args:
        picture: a picture came along, which stands for the words of an /imagine.

    Raises:
        BadLine: it cannot be read; which kind says why.
    """
    takes_rest = main(kind)
    if takes_rest is None:
        return {}  # "/help me" is /help
    if kind in WHOLE:
        found: dict[str, Any] = {takes_rest.name: text.strip()}
    elif not (found := _bare(kind, text)):
        typed = {option.name: option for option in options(kind) if option.type in (str, int, bool, Person)}
        rest, said = _split(kind, text, typed)
        if rest and takes_rest.name in said:
            raise SaidTwice(f"--{takes_rest.name}")
        if rest:
            said[takes_rest.name] = rest
        found = {name: _value(typed[name], value, person) for name, value in said.items()}
    if takes_rest.default is MISSING and not found.get(takes_rest.name) and not (kind is Imagine and picture):
        raise NeedsOption(command_name(kind), takes_rest.metadata["description"])
    return found


def main(kind: type[Command]) -> Field[Any] | None:
    """The option that takes the rest of the line; None if the command has none that can be typed."""
    texts = [option for option in options(kind) if option.type is str]
    people = [option for option in options(kind) if option.type is Person]
    required = [option for option in texts if option.default is MISSING]
    return next(iter(required or texts or people), None)


def _bare(kind: type[Command], text: str) -> dict[str, Any]:
    """`owner` or `refine owner`: a choice, with or without its option's name, and nothing else."""
    said = text.lower().split()
    for option in options(kind):
        for choice in option.metadata["choices"]:
            if said in ([choice], [option.name, choice]):
                return {option.name: choice}
    return {}


# Two dashes always mean an option; a single long one does before a name that looks known, and is a dash otherwise.
_DASHED = re.compile(rf"(?P<dashes>[{DASHES}]+)(?P<name>[A-Za-z][\w-]*)(?:=(?P<value>.*))?")


def _split(kind: type[Command], text: str, typed: dict[str, Field[Any]]) -> tuple[str, dict[str, str]]:
    """The rest of the line, and the words of each option by its name."""
    rest: list[str] = []
    said: dict[str, list[str]] = {}
    taking = rest
    for word in words(text):
        name, value = _option(kind, word, typed)
        if not name:
            taking.append(word)
            continue
        if name in said:
            raise SaidTwice(f"--{name}")
        said[name] = [value] if value else []
        # A switch takes no value: what stands behind it goes on with the line.
        taking = rest if typed[name].type is bool else said[name]
    return " ".join(rest), {name: " ".join(value) for name, value in said.items()}


def _option(kind: type[Command], word: str, typed: dict[str, Field[Any]]) -> tuple[str, str]:
    """The option that a word names, and the value that hangs on it with an equals sign. ("", "") for other words."""
    dashed = _DASHED.fullmatch(word)
    if not dashed or dashed["dashes"] == "-":
        return "", ""
    name, value = dashed["name"].lower(), dashed["value"]
    near = get_close_matches(name, typed, n=1, cutoff=0.7)
    if len(dashed["dashes"]) == 1 and not near:
        return "", ""
    if name not in typed or (typed[name].type is bool and value is not None):
        known = tuple(f"--{each}" for each in typed)
        raise UnknownOption(command_name(kind), word, f"--{near[0]}" if near else None, known)
    return name, value or ""


def _value(option: Field[Any], text: str, person: FindPerson) -> Any:
    if option.type is bool:
        return True
    if not text:
        raise NeedsValue(f"--{option.name}", option.metadata["description"])
    if option.type is int:
        return _number(option, text)
    if option.type is Person:
        if found := person(text) or person(text.removeprefix("@").strip()):
            return found
        raise UnknownPerson(text)
    if choices := option.metadata["choices"]:
        if text.lower() in choices:
            return text.lower()
        raise NotAChoice(text, next(iter(get_close_matches(text.lower(), choices, n=1)), None), choices)
    return text


def _number(option: Field[Any], text: str) -> int:
    low, high = option.metadata["low"], option.metadata["high"]
    # Longer ones are beyond every range, and Python refuses to read the longest.
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        number = int(text)
        if (low is None or low <= number) and (high is None or number <= high):
            return number
    raise NotANumber(f"--{option.name}", text, low, high)
