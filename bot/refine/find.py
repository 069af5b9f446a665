"""Where the words that somebody says stand in a prompt."""

from dataclasses import dataclass

from bot.refine.nouns import near, same
from bot.refine.phrases import Phrase, adjectives, read, without_article
from bot.refine.prompt import Word
from bot.refine.vocabulary import phrases as listed


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where they stand."""

    phrase: Phrase
    words: tuple[Word, ...]

    @property
    def start(self) -> int:
        """Of the words in the text."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Behind their last sign."""
        return self.words[-1].end

    @property
    def whole(self) -> bool:
        """They name the thing of the phrase, not how it is."""
        nouns = self.phrase.nouns
        return bool(nouns) and self.words[-1] is nouns[-1]

    @property
    def quality(self) -> bool:
        """They only say how it is: `red` of a red car."""
        bare = self.phrase.bare
        return not self.phrase.nouns or self.words[-1] in bare[: len(bare) - len(self.phrase.nouns)]


def hits(target: str, prompt: str) -> tuple[Hit, ...]:
    """Every place, from left to right. Articles do not count, and one stands for many."""
    wanted = tuple(without_article(target).lower().split())
    found = []
    for phrase in read(prompt):
        if phrase.kind == "without":
            continue
        said = phrase.words
        for at in range(len(said) - len(wanted) + 1):
            part = said[at : at + len(wanted)]
            if wanted and all(_same(word.low, want) for word, want in zip(part, wanted, strict=True)):
                found.append(Hit(phrase, part))
                break
    return tuple(found) or _over_all(wanted, prompt)


def _same(one: str, other: str) -> bool:
    return one == other or same(one, other)


def _over_all(wanted: tuple[str, ...], prompt: str) -> tuple[Hit, ...]:
    """Words that go over a boundary: `house by the sea`, `at night`."""
    found = []
    parts = read(prompt)
    for at, phrase in enumerate(parts):
        line = (*phrase.lead, *phrase.words, *phrase.tail)
        for after in parts[at + 1 :]:
            if after.broken or len(line) >= len(wanted) + 12:
                break
            line = (*line, *after.lead, *after.words, *after.tail)
        own = len(phrase.lead) + len(phrase.words)
        for start in range(min(own, len(line) - len(wanted) + 1)):
            part = line[start : start + len(wanted)]
            if len(wanted) > 1 and all(_same(word.low, want) for word, want in zip(part, wanted, strict=True)):
                whole = Phrase((), part, (), phrase.kind, phrase.broken)
                found.append(Hit(whole, part))
                break
    return tuple(found)


def things(prompt: str) -> tuple[Phrase, ...]:
    """The things of a prompt, each once: `the car` after `a car` is the same one."""
    found: list[Phrase] = []
    for phrase in read(prompt):
        if phrase.thing and not (phrase.the and any(other.head == phrase.head for other in found)):
            found.append(phrase)
    return tuple(found)


def subjects(prompt: str) -> tuple[Phrase, ...]:
    """What `it` may be: one if the rest are only places, several if they are equals."""
    found = things(prompt)
    return tuple(phrase for phrase in found if phrase.kind not in ("place", "of")) or found


def named(target: str, prompt: str) -> tuple[Phrase, ...]:
    """The things that a name means; with its own adjectives it means fewer."""
    known = things(prompt)
    found = [hit.phrase for hit in hits(target, prompt) if hit.whole]
    return tuple(phrase for phrase in found if phrase in known) or tuple(found[:1])


def background(prompt: str) -> Phrase | None:
    """The phrase that says how the background is."""
    return next((p for p in read(prompt) if p.head in ("background", "backdrop")), None)


def nearest(target: str, prompt: str) -> tuple[str, ...]:
    """The words of a prompt that a slip of the pen may have meant, as they stand there."""
    wanted = without_article(target).lower().split()
    if not wanted:
        return ()
    found: dict[str, None] = {}
    for phrase in read(prompt):
        for word in phrase.bare:
            if near(wanted[-1], word.low) and _rest_fits(wanted[:-1], phrase):
                found[" ".join([*wanted[:-1], word.text])] = None
    return tuple(found)


def _rest_fits(before: list[str], phrase: Phrase) -> bool:
    return all(any(word.low == each for word in phrase.words) for each in before)


def label(phrase: Phrase, prompt: str) -> str:
    """The short name of a thing, with its adjectives only where others are called the same."""
    others = [other for other in things(prompt) if other is not phrase and other != phrase]
    short = " ".join(word.text for word in phrase.nouns)
    return phrase.name if any(other.head == phrase.head for other in others) else short


def is_pronoun(text: str, which: str) -> bool:
    """`it` and its like, or `them`; or the whole picture, or the background."""
    return tuple(text.lower().split()) in listed("speech", "pronouns", which)


def is_plain_noun(text: str) -> bool:
    """A noun without adjectives or article in front."""
    said = tuple(text.lower().split())
    return bool(said) and adjectives(said) == 0
