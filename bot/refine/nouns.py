"""Words against words: one and many, near misses, articles, numbers. The libraries know; they are slow to open."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inflect import engine

MOST = 150
"""Numbers up to this are understood in words."""


@cache
def _english() -> "engine":
    import inflect

    return inflect.engine()


def warm() -> None:
    """Open the library, which takes seconds the first time: in a thread, before anybody waits for an answer."""
    same("tree", "trees")
    number("two")


@lru_cache(maxsize=4096)
def same(one: str, other: str) -> bool:
    """Equal, or one and many of the same: tree, trees; person, people."""
    if one == other:
        return True
    if one[:1] != other[:1] or not one.isalpha() or not other.isalpha() or abs(len(one) - len(other)) > 4:
        return False
    return _english().plural_noun(one) == other or _english().plural_noun(other) == one


@lru_cache(maxsize=4096)
def many(word: str) -> bool:
    """It looks like more than one: trees, people."""
    if not word.isalpha() or word.endswith(("ss", "us")):
        return False
    one = _english().singular_noun(word)
    return isinstance(one, str) and _english().plural_noun(one) == word


def article(word: str) -> str:
    """`a` or `an`, as the word takes it."""
    written = word.strip('"(')
    return str(_english().a(written)).split(" ", 1)[0] if written and written[0].isalnum() else "a"


@lru_cache(maxsize=1024)
def near(one: str, other: str) -> bool:
    """So alike that one may be a slip of the other, and not the same."""
    from rapidfuzz.distance import OSA

    shorter, longer = sorted((len(one), len(other)))
    if one == other or longer < 3 or shorter < 2:
        return False
    if shorter < 4 and not (longer == 4 or sorted(one) == sorted(other)):
        return False
    return OSA.distance(one, other, score_cutoff=2) <= (1 if shorter < 6 else 2)


@cache
def _numbers() -> dict[str, int]:
    english = _english()
    return {str(english.number_to_words(str(n))).replace("-", " "): n for n in range(MOST + 1)}


def number(text: str) -> int | None:
    """A whole number in digits or in words: 30, thirty, twenty-five."""
    text = text.lower().strip()
    if text.isdecimal() and text.isascii() and len(text) < 12:
        return int(text)
    if not text or not text[0].isalpha() or len(text) > 40 or text[0] not in "zotfsen":
        return None
    return _numbers().get(text.replace("-", " "))
