"""Which words are a colour: those of CSS (webcolors) and those that people use besides, with a shade before them."""

from collections.abc import Sequence

import webcolors

from bot.refine.vocabulary import words

THINGS_TOO: frozenset[str] = words("colours", "things_too")
"""Colours only where nothing else can be meant."""
NOUNS: frozenset[str] = THINGS_TOO | {"orange", "violet", "gold", "silver", "lilac", "mustard", "copper", "bronze"}
"""Colours that are the name of a thing as well."""
SHADES: frozenset[str] = words("colours", "shades")
_CSS: frozenset[str] = frozenset(webcolors.names("css3"))
PLAIN: frozenset[str] = (words("colours", "plain") | _CSS) - THINGS_TOO


def at(said: Sequence[str]) -> int:
    """How many words at the front are one colour before a noun: 2 of `light blue car`; 0 if none."""
    return _colour(said, PLAIN)


def named(said: Sequence[str]) -> int:
    """How many words at the front are a colour, where a colour is expected: 1 of `salmon`; 0 if none."""
    return _colour(said, PLAIN | THINGS_TOO)


def is_colour(text: str) -> bool:
    """The whole text is one colour, or two joined: `light blue`, `red and white`."""
    said = text.lower().split()
    if not said:
        return False
    length = named(said)
    if length and length < len(said) - 1 and said[length] in ("and", "&"):
        return is_colour(" ".join(said[length + 1 :]))
    return length > 0 and length == len(said)


def compound(said: Sequence[str], at: int) -> bool:
    """The colour there is part of a name: `green` of a green tea ice cream cone."""
    return " ".join(said[at : at + 2]) in words("colours", "names")


def run(said: Sequence[str]) -> int:
    """How many words at the front are colours, joined ones included: 3 of `red and white shirt`; 0 if none."""
    length = at(said)
    while length and length < len(said) - 1 and said[length] in ("and", "&") and (more := at(said[length + 1 :])):
        length += 1 + more
    return length


def _colour(said: Sequence[str], known: frozenset[str]) -> int:
    for length in range(min(4, len(said)), 0, -1):
        *before, last = (word.replace("-", "") for word in said[:length])
        if last not in known and "-" not in said[length - 1]:
            continue
        if "".join([*before, last]) in _CSS:
            return length
        if (last in known or said[length - 1] in known) and all(word in SHADES for word in before):
            return length
        hyphened = said[length - 1].split("-")
        if (
            length == 1
            and len(hyphened) > 1
            and hyphened[-1] in known
            and all(w in SHADES | known for w in hyphened[:-1])
        ):
            return length
    return 0
