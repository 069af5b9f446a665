"""The words of the grammar: data files beside this one, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).with_name("lexicon")


@cache
def table(name: str) -> dict[str, Any]:
    """A data file as it is written: colours, qualities, nouns, speech, chatter, commands, settings, pick, styles."""
    return tomllib.loads((LEXICON / f"{name}.toml").read_text("utf-8"))


@cache
def phrases(name: str, *keys: str) -> frozenset[tuple[str, ...]]:
    """A list of a data file (or the keys of a table there) as phrases, each a tuple of lower-case words."""
    value: Any = table(name)
    for key in keys:
        value = value[key]
    return frozenset(tuple(each.lower().split()) for each in value)


@cache
def words(name: str, *keys: str) -> frozenset[str]:
    """A list of single words of a data file."""
    return frozenset(" ".join(phrase) for phrase in phrases(name, *keys))


@cache
def longest(found: frozenset[tuple[str, ...]]) -> int:
    """How many words the longest of these phrases has."""
    return max((len(phrase) for phrase in found), default=0)


def leading(said: tuple[str, ...], known: frozenset[tuple[str, ...]]) -> int:
    """How many words at the front are one of the known phrases, the longest; 0 if none is."""
    return next((n for n in range(min(len(said), longest(known)), 0, -1) if said[:n] in known), 0)


def trailing(said: tuple[str, ...], known: frozenset[tuple[str, ...]]) -> int:
    """How many words at the end are one of the known phrases, the longest; 0 if none is."""
    return next((n for n in range(min(len(said), longest(known)), 0, -1) if said[-n:] in known), 0)
