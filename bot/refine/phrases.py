"""What a prompt is about: its phrases, the things in them, and what `it` may be. Prompts are noun phrases with
prepositions, so lists of small words are enough, and where they are not, the grammar asks."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from bot.refine import colours
from bot.refine.nouns import same
from bot.refine.prompt import Word, words
from bot.refine.vocabulary import leading, phrases, table, trailing
from bot.refine.vocabulary import words as listed

Kind = Literal["start", "equal", "place", "act", "of", "without"]

_ENDINGS = ("y", "ful", "ous", "ish", "less", "ive", "ern", "ed", "al", "ic", "esque", "like")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase: `with a snowy mountain behind` has a lead, words and a tail."""

    lead: tuple[Word, ...]
    words: tuple[Word, ...]
    """Articles, adjectives and nouns."""
    tail: tuple[Word, ...]
    kind: Kind
    broken: bool
    """It stands after a comma, so it is a phrase of its own in the prompt."""

    @property
    def start(self) -> int:
        """Of the whole phrase in the text."""
        return (self.lead or self.words or self.tail)[0].start

    @property
    def end(self) -> int:
        """Behind the last sign of the whole phrase."""
        return (self.tail or self.words or self.lead)[-1].end

    @property
    def bare(self) -> tuple[Word, ...]:
        """Without articles and numbers."""
        skip = next((n for n, word in enumerate(self.words) if word.low not in _determiners()), len(self.words))
        return self.words[skip:]

    @property
    def nouns(self) -> tuple[Word, ...]:
        """What it is, without how it is: `race car`. Empty if it is a quality alone: `dark`."""
        return self.bare[adjectives(tuple(word.low for word in self.bare)) :]

    @property
    def head(self) -> str:
        """The one word that says what it is; empty if there is none."""
        return self.nouns[-1].low if self.nouns else ""

    @property
    def name(self) -> str:
        """Without its article: `red car`."""
        return " ".join(word.text for word in self.bare)

    @property
    def the(self) -> bool:
        """It speaks of something known: `the car`."""
        return bool(self.words) and self.words[0].low == "the"

    @property
    def thing(self) -> bool:
        """It is something that can have a colour and a size."""
        if not self.nouns or self.kind == "without" or any(word.lettering for word in self.words):
            return False
        return self.head not in listed("nouns", "intangible") and not is_style(self.name)


@lru_cache(maxsize=1)
def _determiners() -> frozenset[str]:
    return listed("nouns", "determiners")


@lru_cache(maxsize=1)
def _adjectives() -> frozenset[str]:
    qualities = {str(entry["base"]) for entry in table("qualities")["quality"]}
    opposites = {word for entry in table("qualities")["quality"] for word in entry["opposites"]}
    return frozenset(qualities | opposites | listed("nouns", "adjectives"))


def is_adjective(word: str, alone: bool = False) -> bool:
    """A word that says how something is. By its ending only where a noun follows."""
    if word in _adjectives() or word in colours.PLAIN:
        return True
    if alone or word in listed("nouns", "not_adjectives") or word in listed("nouns", "intangible"):
        return False
    return len(word) > 4 and word.endswith(_ENDINGS)


def adjectives(said: tuple[str, ...]) -> int:
    """How many words at the front say how the rest is; all of them if nothing else does."""
    at = 0
    while at < len(said):
        last = at == len(said) - 1
        if found := colours.at(said[at:]):
            if at + found == len(said) and said[at] in colours.THINGS_TOO | {"orange", "gold", "silver", "rainbow"}:
                return at
            at += found
        elif (said[at] == "and" and 0 < at < len(said) - 1) or is_adjective(said[at], alone=last):
            at += 1
        else:
            break
    return at


def unpaintable(said: tuple[str, ...]) -> bool:
    """Talk rather than the name of something: it speaks of you and me, or ends in what no picture shows."""
    plain = [word for word in said if not word.startswith('"')]
    if listed("nouns", "personal") & set(plain) or listed("nouns", "abstract") & set(plain):
        return True
    return any(_setting(before, word) for before, word in pairwise(("", *plain, "")))


def _setting(before: str, word: str) -> bool:
    """A setting in the middle of words: `16:9`, `30 steps`, `the same seed`."""
    ratio = word.replace(":", "", 1)
    return (
        (ratio != word and ratio.isdecimal())
        or (before.isdecimal() and word in ("steps", "pictures", "images"))
        or (before == "seed" and word.isdecimal())
        or (before in ("same", "the") and word == "seed")
    )


def is_style(text: str) -> bool:
    """The words are the name of a style and nothing else."""
    from bot.refine.styling import known

    return known(text) is not None


def without_article(text: str) -> str:
    """`hill` of `a hill`; the words themselves if they are articles alone."""
    parts = text.split()
    skip = next((n for n, word in enumerate(parts) if word.lower() not in _articles()), 0)
    return " ".join(parts[skip:])


def _articles() -> frozenset[str]:
    return frozenset({"a", "an", "the", "any", "some", "that", "this", "those", "these", "all", "its", "more", "of"})


@lru_cache(maxsize=256)
def read(text: str) -> tuple[Phrase, ...]:
    """The phrases of a prompt, from left to right."""
    found: list[Phrase] = []
    rest = list(words(text))
    while rest:
        length = next((n for n, word in enumerate(rest) if n and word.broken), len(rest))
        found += _segment(tuple(rest[:length]))
        del rest[:length]
    return tuple(_media(found))


def _segment(said: tuple[Word, ...]) -> list[Phrase]:
    """The phrases between two commas."""
    made: list[Phrase] = []
    lead: tuple[Word, ...] = ()
    body: list[Word] = []
    kind: Kind = "start" if not said[0].broken else "equal"
    broken = said[0].broken
    low = tuple(word.low for word in said)

    def end() -> None:
        nonlocal lead, broken
        if body or lead:
            made.append(Phrase(lead, tuple(body), (), kind, broken))
        lead, broken = (), False
        body.clear()

    at = 0
    while at < len(said):
        length, new = _boundary(low, at, bool(body))
        if not length:
            body.append(said[at])
            at += 1
        elif at + length == len(said) and body and trailing(low, phrases("nouns", "prepositions", "after")):
            made.append(Phrase(lead, tuple(body), said[at:], "place" if lead and kind != "act" else kind, broken))
            return made
        else:
            if body:
                end()
                kind = new
            elif not lead or new == "place":
                kind = new
            lead += said[at : at + length]
            at += length
    end()
    return made


def _boundary(low: tuple[str, ...], at: int, inside: bool) -> tuple[int, Kind]:
    """How many words here begin a new phrase, and of what kind; 0: none does."""
    rest = low[at:]
    tail = trailing(low, phrases("nouns", "prepositions", "after"))
    if tail and at == len(low) - tail and inside:
        return tail, "place"
    if low[at] in ("and", "&") and inside and _both_qualities(low, at):
        return 0, "equal"
    for kind in ("place", "equal", "without"):
        if length := leading(rest, phrases("nouns", "prepositions", kind)):
            if kind == "without" and low[at] == "no" and inside:
                continue
            return length, kind
    if rest[0] == "of" and inside:
        return (0, "of") if _held(low, at) else (1, "of")
    if inside and rest[0] in listed("nouns", "acts", "words") and not is_first_noun(low[:at]):
        return 1, "act"
    if inside and _participle(low, at) and not is_first_noun(low[:at]):
        return 1, "act"
    return 0, "start"


def _participle(low: tuple[str, ...], at: int) -> bool:
    """What a thing does: `a wolf howling`, `a man mending a net`. A noun in -ing that is the last word stays one."""
    word = low[at]
    if len(word) < 6 or not word.endswith("ing") or any(word in listed("nouns", name) for name in _THINGS):
        return False
    return at + 1 == len(low) or low[at + 1] in _determiners()


_THINGS = ("not_adjectives", "intangible", "media")


def is_first_noun(before: tuple[str, ...]) -> bool:
    """Nothing but articles and adjectives has been said yet, so the noun is still to come."""
    bare = [word for word in before if word not in _determiners()]
    return not bare or all(is_adjective(word, alone=True) for word in bare[-1:])


def _both_qualities(low: tuple[str, ...], at: int) -> bool:
    """`red and white`, and a noun after."""
    if at + 1 >= len(low):
        return False
    left, right = low[at - 1], low[at + 1]
    return (left in colours.PLAIN and right in colours.PLAIN) or (
        is_adjective(left, alone=True) and is_adjective(right, alone=True)
    )


def _held(low: tuple[str, ...], at: int) -> bool:
    """`a bowl of apples` stays whole."""
    return any(same(low[at - 1], container) for container in listed("nouns", "containers"))


def _media(found: list[Phrase]) -> list[Phrase]:
    """`a photo of` leads in what it shows."""
    made: list[Phrase] = []
    for phrase in found:
        before = made[-1] if made else None
        if phrase.kind == "of" and before and before.words and before.words[-1].low in listed("nouns", "media"):
            lead = (*before.lead, *before.words, *phrase.lead)
            made[-1] = Phrase(lead, phrase.words, phrase.tail, before.kind, before.broken)
        else:
            made.append(phrase)
    return made
