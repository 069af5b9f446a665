"""Which words are a style of a whole picture."""

from functools import cache

from bot.refine.vocabulary import leading, phrases, trailing, words
from bot.styles import STYLES


@cache
def _names() -> frozenset[str]:
    return frozenset(words("styles", "words") | {name.lower() for name in STYLES})


@cache
def _written() -> frozenset[str]:
    return frozenset(text.lower() for text in STYLES.values())


def known(text: str) -> str | None:
    """The style that words of a prompt are, without its article; None if they are none."""
    said = text.lower().strip()
    for article in ("a ", "an ", "the ", "in "):
        said = said.removeprefix(article)
    if said in _written() or said in _names():
        return said
    bare = said.removesuffix(" style")
    return said if bare != said and bare in _names() else None


def said(clause: tuple[str, ...]) -> str | None:
    """The style that a whole clause asks for: `as a watercolor`, `in watercolor style`, `watercolor`; None if none.

    What may be a thing or a quality by itself (an oil, a photo) needs a word around it that says style.
    """
    if clause[:4] == ("in", "the", "style", "of") and 4 < len(clause) < 9:
        return " ".join(clause)
    rest, marked = clause, False
    while length := leading(rest, phrases("styles", "before")):
        rest, marked = rest[length:], True
        if " ".join(rest) in _names():
            break
    if rest and rest[0] in ("a", "an", "the"):
        rest = rest[1:]
    while length := trailing(rest, phrases("styles", "after")):
        if " ".join(rest) in _names():
            break
        rest, marked = rest[:-length], True
    name = " ".join(rest)
    if name not in _names() or (name in words("styles", "shy") and not marked):
        return None
    return name
