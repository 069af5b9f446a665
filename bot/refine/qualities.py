"""Qualities and their comparatives: `darker` is dark, `more colourful` is colourful."""

from dataclasses import dataclass
from functools import cache

from bot.refine.vocabulary import table


@dataclass(frozen=True, slots=True)
class Quality:
    """An adjective that can be asked for more of."""

    base: str
    of: str
    """What it is said of when nobody names a thing: picture or thing."""
    opposites: tuple[str, ...]


QUALITIES: dict[str, Quality] = {
    entry["base"]: Quality(entry["base"], entry["of"], tuple(entry["opposites"]))
    for entry in table("qualities")["quality"]
    if entry["of"] != "nobody"
}


@cache
def comparatives() -> dict[str, str]:
    """Every comparative with its base form."""
    made: dict[str, str] = {}
    for base in QUALITIES:
        for written in _written(base):
            made.setdefault(written, base)
    made |= table("qualities")["irregular"]
    return made


def _written(base: str) -> tuple[str, ...]:
    if base.endswith("y"):
        return (f"{base[:-1]}ier",)
    if base.endswith("e"):
        return (f"{base}r",)
    if len(base) < 5 and base[-1] in "bdgmnpt" and base[-2] in "aeiou" and base[-3:-2] not in tuple("aeiou"):
        return (f"{base}{base[-1]}er",)
    return (f"{base}er",)


def base_of(word: str) -> str | None:
    """The base form of a comparative; None if it is none."""
    return comparatives().get(word) or None
