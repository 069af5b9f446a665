"""The address of a query: one whole number, and a short code for it; the same on every machine, for ever.

The number is a multiple of a prime, so that one wrong figure or two neighbours that changed places never make another
address, in the number as in the code; of other slips one in a million passes, and is refused unless what it stands for
has this very address. Nothing of it depends on a library, a model or a setting.
"""

import re

from bot.address_fields import Adapters, Field, Often, PictureId, Real, Text, Whole, Within
from bot.address_number import Slice, Unpacking, pack
from bot.errors import BadAddress
from bot.query import Query

VERSION = 0
"""Of the fields and of what is usual in them. A query keeps the address of its version."""
VERSIONS = 16
CHECK = 2**20 - 3
"""The largest prime below 2**20."""

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Base 58, as Bitcoin has it: without 0, O, I and l."""
PREFIX = "sx"
SHORTEST = 10
"""Signs after the prefix, so that no short id looks like a code."""
LONGEST = 100_000
"""Signs or figures that are read."""

_CODE = re.compile(rf"[sS][xX]([A-Za-z0-9]{{{SHORTEST},}})")
_FIGURES = re.compile(r"[0-9]+")
_CHUNK = 1_000
_SHOWN = 100
"""Signs of a slip that an error carries."""

_SIDE = Often((512, 1024, 768, 256, 128), Within(8, 4096, 8))
_SAMPLERS = (
    *("DDIM", "Euler", "Euler a", "DPM++ 2M Karras", "DPM++ 2M", "DPM++ 2M SDE", "DPM++ SDE", "UniPC", "LCM", "PNDM"),
    *("Heun", "DPM2", "DPM2 a", "LMS", "DDPM", "DEIS", "DPM++ 2M SDE Karras", "DPM++ SDE Karras", "TCD"),
)
_SWITCH = Often((False, True), Whole(), first=14)

_FIELDS: tuple[tuple[str, Field], ...] = (
    ("seed", Within(0, 2**32 - 1)),
    ("prompt", Text()),
    ("negative_prompt", Often(("",), Text(), first=3)),
    ("width", _SIDE),
    ("height", _SIDE),
    ("steps", Often((20, 50, 25, 30, 4, 8, 10, 15, 28, 40, 100), Within(1, 150))),
    ("guidance_scale", Often((5.0, 7.5, 7.0, 1.0, 0.0, 3.5, 4.0, 4.5, 6.0, 8.0, 9.0), Real(0, 3000))),
    ("scheduler", Often(_SAMPLERS, Text(), first=8)),
    ("count", Often((4, 1), Within(1, 10), first=2)),
    ("model", Often(("pocket",), Text())),
    ("loras", Often(((),), Adapters(), first=15)),
    ("start", Often(("",), PictureId(), first=3)),
    ("strength", Often((0.75, 0.35, 0.7), Real(0, 100), first=12)),
    ("chaos", Often((0,), Within(1, 100), first=15)),
    ("stop", Often((100,), Within(10, 99), first=15)),
    ("tile", _SWITCH),
    ("exact", _SWITCH),
    ("relax", _SWITCH),
)
"""In the order in which they are read."""


def to_integer(query: Query) -> int:
    """The address of a query: equal queries have equal addresses, different ones different.

    Raises:
        ValueError: it holds what is no text (half a surrogate pair) or no number.
    """
    slices = [Slice(VERSION, 1, VERSIONS)]
    for name, field in _FIELDS:
        slices += field.write(getattr(query, name))
    return pack(slices) * CHECK


def from_integer(integer: int) -> Query:
    """The query of an address.

    Raises:
        BadAddress: it is the address of none.
    """
    if integer < 0 or integer % CHECK:
        raise BadAddress(_code(max(0, integer))[:_SHOWN])
    number = Unpacking(integer // CHECK)
    try:
        if number.number(VERSIONS) != VERSION:
            raise ValueError("of another version")
        query = Query(**{name: field.read(number) for name, field in _FIELDS})
        if to_integer(query) != integer:
            raise ValueError("written in another way than ours")
    except ValueError as error:  # no UTF-8 counts as that too
        raise BadAddress(_code(integer)[:_SHOWN]) from error
    return query


def to_code(query: Query) -> str:
    """The address in letters and figures."""
    return _code(to_integer(query))


def from_code(text: str) -> Query:
    """The query of a code.

    Raises:
        BadAddress: there is a slip in it.
    """
    found = _CODE.fullmatch(text.strip())
    if not found or len(text) > LONGEST or not set(found[1]) <= set(ALPHABET):
        raise BadAddress(text[:_SHOWN])
    integer = 0
    for sign in found[1]:
        integer = integer * len(ALPHABET) + ALPHABET.index(sign)
    try:
        query = from_integer(integer)
    except BadAddress as error:
        raise BadAddress(text[:_SHOWN]) from error
    if _code(integer) != f"{PREFIX}{found[1]}":
        raise BadAddress(text[:_SHOWN])
    return query


def read(text: str) -> Query | None:
    """The query of an address as somebody typed it, in figures or as a code; None if it looks like neither.

    Raises:
        BadAddress: it looks like one, and there is a slip in it.
    """
    text = text.strip()
    if _CODE.fullmatch(text):
        return from_code(text)
    if not _FIGURES.fullmatch(text):
        return None
    if len(text) > LONGEST or (text.startswith("0") and text != "0"):
        raise BadAddress(text[:_SHOWN])
    integer = 0
    for start in range(0, len(text), _CHUNK):  # Python reads no number of many thousand figures at once
        chunk = text[start : start + _CHUNK]
        integer = integer * 10 ** len(chunk) + int(chunk)
    try:
        return from_integer(integer)
    except BadAddress as error:
        raise BadAddress(text[:_SHOWN]) from error


def _code(integer: int) -> str:
    signs = []
    while integer:
        integer, at = divmod(integer, len(ALPHABET))
        signs.append(ALPHABET[at])
    return PREFIX + "".join(reversed(signs)).rjust(SHORTEST, ALPHABET[0])
