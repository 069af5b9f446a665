"""Words as choices for an address: each byte by what follows the few before it in ordinary prompts.

Prediction by partial matching: the longest run of bytes that the sample knows foretells the next one; what never came
after it escapes to the next shorter run. Source: Cleary and Witten 1984, with the escapes of Howard's method D (1993).
Words that the model makes longer (other scripts, random signs) are written plainly.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from bot.address_number import Slice, Unpacking, pack
from bot.address_sample import TEXT

ORDER = 4
"""Bytes that foretell the next one."""
END = ord("\n")
MOST = 65_535
"""Bytes of a text that is modelled."""

_PLAIN, _MODELLED = Slice(0, 1, 16), Slice(1, 15, 16)

Counts = dict[int, int]


def write(text: str) -> list[Slice]:
    """The choices of a text.

    Raises:
        ValueError: it holds half a surrogate pair, which is no text.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("half a surrogate pair has no address") from error
    plain = [_PLAIN, *write_number(len(data)), Slice(int.from_bytes(data, "big"), 1, 256 ** len(data))]
    if END in data or len(data) > MOST:
        return plain
    modelled = [_MODELLED]
    context = bytes((END,))
    for byte in (*data, END):
        modelled += _choices(context, byte)
        context = context[1 - ORDER :] + bytes((byte,))
    return min(modelled, plain, key=_cost)


def read(number: Unpacking) -> str:
    """The text that `write` wrote.

    Raises:
        ValueError: this is none.
    """
    if number.look(16) < _MODELLED.low:
        number.take(_PLAIN)
        length = read_number(number)
        if length > number.left.bit_length() // 8 + MOST:
            raise ValueError("longer than the number")
        return number.number(256**length).to_bytes(length, "big").decode()
    number.take(_MODELLED)
    data = bytearray()
    context = bytes((END,))
    while (byte := _next(context, number)) != END:
        data.append(byte)
        if len(data) > MOST:
            raise ValueError("no end")
        context = context[1 - ORDER :] + bytes((byte,))
    return data.decode()


def write_number(value: int) -> list[Slice]:
    """Any whole number that is not negative: 4 bits at a time, each with a word on whether there are more."""
    slices = []
    while value >= 16:
        slices.append(Slice(16 + value % 16, 1, 32))
        value //= 16
    return [*slices, Slice(value, 1, 32)]


def read_number(number: Unpacking) -> int:
    """The number that `write_number` wrote."""
    value, unit = 0, 1
    while (group := number.number(32)) >= 16:
        value += (group - 16) * unit
        unit *= 16
    return value + group * unit


@lru_cache(maxsize=8192)  # an address that was read is written again to check it
def _choices(context: bytes, byte: int) -> tuple[Slice, ...]:
    """A byte after what came before: escapes, and then the byte."""
    excluded: Counts = {}
    slices: list[Slice] = []
    for counts in _known(context):
        total, low = _total(counts, excluded), 0
        for each, count in counts.items():
            if each in excluded:
                continue
            if each == byte:
                return (*slices, Slice(low, 2 * count - 1, total))
            low += 2 * count - 1
        if total:
            slices.append(Slice(low, total - low, total))
        excluded = excluded | counts
    return (*slices, Slice(byte, 1, 256))


def _next(context: bytes, number: Unpacking) -> int:
    """The byte that `_choices` wrote."""
    excluded: Counts = {}
    for counts in _known(context):
        total, low = _total(counts, excluded), 0
        if not total:
            continue
        at = number.look(total)
        for each, count in counts.items():
            if each in excluded:
                continue
            if low <= at < low + 2 * count - 1:
                number.take(Slice(low, 2 * count - 1, total))
                return each
            low += 2 * count - 1
        number.take(Slice(low, total - low, total))
        excluded = excluded | counts
    return number.number(256)


def _total(counts: Counts, excluded: Counts) -> int:
    """Each byte weighs twice its count less one; the escape weighs that one for each."""
    return sum(2 * count for each, count in counts.items() if each not in excluded)


def _known(context: bytes) -> Iterator[Counts]:
    """What the sample has after the end of the context, the longest end first."""
    table = _table()
    for start in range(len(context) + 1):
        if counts := table.get(context[start:]):
            yield counts


@lru_cache(maxsize=1)
def _table() -> dict[bytes, Counts]:
    """Run of bytes -> next byte -> how often, in the order in which they first come."""
    table: defaultdict[bytes, Counts] = defaultdict(dict)
    for line in TEXT.encode().splitlines():
        data = bytes((END, *line, END))
        for at in range(1, len(data)):
            for length in range(min(ORDER, at) + 1):
                counts = table[data[at - length : at]]
                counts[data[at]] = counts.get(data[at], 0) + 1
    return dict(table)


def _cost(slices: list[Slice]) -> int:
    """How much longer they make a long number."""
    return pack(slices + [Slice(1, 1, 2)] * 16)
