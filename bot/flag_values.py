"""What is written after a flag, as a value. Each kind of flag takes what it needs and says what is left over."""

import re
from difflib import get_close_matches
from math import gcd
from typing import Any

from bot import prompt_weights
from bot.errors import BadValue, MisplacedWords, MissingValue, OutOfRange, UnknownChoice
from bot.flag_kinds import Adapters, Named, Number, OneOf, Ratio, Switch, Whole, Word, Words
from bot.flags import Flag
from bot.plain_text import veil, words

_WHOLE = re.compile(r"[+-]?[0-9]{1,99}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,99}(?:[.,][0-9]{0,99})?|[.,][0-9]{1,99})")
_RATIO = re.compile(r"([0-9]{1,5})[:/xX×]([0-9]{1,5})")


def read(flag: Flag, written: list[str], spelled: str) -> Any:
    """The value of a flag, of the type of its field in Ask.

    `written` holds the words up to the next flag, `spelled` is the flag as it was typed.

    Raises:
        MissingValue, BadValue, OutOfRange, UnknownChoice: it cannot be the value.
        MisplacedWords: there are words beyond the value.
    """
    if isinstance(flag.kind, Switch):
        _nothing_left(spelled, written)
        return flag.kind.value
    if not "".join(written).strip(",; "):
        raise MissingValue(spelled, f"{spelled} {flag.example}")
    if isinstance(flag.kind, Words):
        text = " ".join(written).strip(",; ")
        if not flag.kind.adds:
            return bare(text)
        prompt_weights.read(text)
        return text
    if isinstance(flag.kind, Named):
        return _named(flag.kind.names, written, spelled)
    if isinstance(flag.kind, Adapters):
        return tuple(_adapter(flag, flag.kind, item, spelled) for item in _items(written, spelled))
    _nothing_left(spelled, written[1:])
    value = bare(written[0].rstrip(",;"))
    match flag.kind:
        case Word():
            if not value:
                raise MissingValue(spelled, f"{spelled} {flag.example}")
            return value
        case Whole(low, high):
            if not _WHOLE.fullmatch(value):
                raise BadValue(spelled, value, f"{spelled} {flag.example}")
            _check_range(int(value), low, high, spelled, value)
            return int(value)
        case Number(low, high):
            number = _number(flag, value, spelled)
            _check_range(number, low, high, spelled, value)
            return number
        case OneOf(numbers):
            number = _number(flag, value, spelled)
            if number not in numbers:
                raise UnknownChoice(spelled, value, None, tuple(f"{each:g}" for each in numbers))
            return number
        case Ratio(most):
            return _ratio(flag, most, value, spelled)


def bare(text: str) -> str:
    """Without the quotes that hold several words together."""
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] == '"' else text


def _nothing_left(spelled: str, rest: list[str]) -> None:
    if left := " ".join(rest).strip(",; "):
        raise MisplacedWords(spelled, left)


def _number(flag: Flag, value: str, spelled: str) -> float:
    if not _NUMBER.fullmatch(value):
        raise BadValue(spelled, value, f"{spelled} {flag.example}")
    return float(value.replace(",", "."))


def _check_range(value: float, low: float, high: float, spelled: str, written: str) -> None:
    if not low <= value <= high:
        raise OutOfRange(spelled, written, str(low), str(high))


def _ratio(flag: Flag, most: int, value: str, spelled: str) -> tuple[int, int]:
    found = _RATIO.fullmatch(value)
    if not found:
        raise BadValue(spelled, value, f"{spelled} {flag.example}")
    width, height = int(found[1]), int(found[2])
    if not 0 < width <= most * height or not 0 < height <= most * width:
        raise OutOfRange(spelled, value, f"1:{most}", f"{most}:1")
    common = gcd(width, height)
    return width // common, height // common


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.lower())


def _named(names: tuple[str, ...], written: list[str], spelled: str) -> str:
    by_key = {_key(name): name for name in names}
    for length in range(len(written), 0, -1):
        if name := by_key.get(_key(bare(" ".join(written[:length]).rstrip(",;")))):
            _nothing_left(spelled, written[length:])
            return name
    value = bare(" ".join(written))
    close = get_close_matches(value.lower(), names, n=1, cutoff=0.5)
    raise UnknownChoice(spelled, value, close[0] if close else None, names)


def _items(written: list[str], spelled: str) -> list[str]:
    """What stands between commas, each one word, or several in quotes."""
    text = " ".join(written)
    starts = [0, *(found.end() for found in re.finditer("[,;]", veil(text)))]
    items = [text[start:end].strip(",; ") for start, end in zip(starts, [*starts[1:], None], strict=True)]
    for item in items:
        _nothing_left(spelled, words(item)[1:])
    return [item for item in items if item]


def _adapter(flag: Flag, kind: Adapters, item: str, spelled: str) -> tuple[str, float]:
    name, colon, weight = item.rpartition(":")
    if not colon or not _NUMBER.fullmatch(weight):
        name, weight = item, "1"
    name, value = bare(name), float(weight.replace(",", "."))
    if not name or _NUMBER.fullmatch(name):
        raise BadValue(spelled, item, f"{spelled} {flag.example}")
    _check_range(value, kind.low, kind.high, spelled, weight)
    return name, value
