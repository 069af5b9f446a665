"""Words on a drawing: measured, broken into lines, and never a box for a sign that the font does not have."""

import unicodedata
from functools import lru_cache
from io import BytesIO

from PIL import ImageFont, features
from pymupdf_fonts import fontbuffers

FONT = "figo"
"""FiraGO (SIL OFL 1.1): Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Georgian and Devanagari."""
MISSING = "…"
"""Stands for signs that the font does not have; the text beside the drawing has them."""

_NO_SIGN = "\U0010fffe"
_SHAPES = features.check("raqm")
"""Without it Pillow writes every script from left to right, and its letters apart."""


@lru_cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font in a size, in pixels."""
    return ImageFont.truetype(BytesIO(_data()), size)


def honest(text: str) -> str:
    """The text as it can be written; one MISSING for signs in a row that can't."""
    written: list[str] = []
    for sign in text:
        left_out = written[-1:] == [MISSING]
        if left_out and unicodedata.category(sign) in ("Cf", "Mn", "Me"):
            continue  # it joins or changes what is left out
        if _has(sign):
            written.append(sign)
        elif not left_out:
            written.append(MISSING)
    return "".join(written)


def width(text: str, size: int) -> int:
    """Pixels that the text takes."""
    return round(font(size).getlength(text))


def lines(text: str, size: int, room: int, most: int) -> list[str]:
    """The text in at most so many lines of at most `room` pixels; what is left over becomes an ellipsis."""
    made: list[str] = []
    words = text.split()
    while words and len(made) < most:
        line = _fitting(" ".join(words), size, room) if len(made) == most - 1 else _first(words, size, room)
        made.append(line)
        words = [] if len(made) == most else " ".join(words)[len(line) :].split()
    return made


def _first(words: list[str], size: int, room: int) -> str:
    """As many whole words as there is room for, or a part of the first one."""
    line = words[0]
    for word in words[1:]:
        if width(f"{line} {word}", size) > room:
            break
        line = f"{line} {word}"
    while len(line) > 1 and width(line, size) > room:
        line = line[:-1]
    return line


def _fitting(text: str, size: int, room: int) -> str:
    if width(text, size) <= room:
        return text
    while text and width(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


@lru_cache
def _data() -> bytes:
    data: bytes = fontbuffers[FONT]()
    return data


@lru_cache(maxsize=4096)
def _has(sign: str) -> bool:
    if sign.isspace():
        return True
    if not _SHAPES and unicodedata.bidirectional(sign) in ("R", "AL"):
        return False
    return _seen(sign) != _seen(_NO_SIGN)


def _seen(sign: str) -> tuple[tuple[int, int], bytes]:
    mask = font(24).getmask(sign)
    return mask.size, bytes(mask)
