"""Changes of a prompt's text at one place: the rest of it stays as it was typed."""

from itertools import pairwise

from bot import prompt_weights
from bot.refine import colours
from bot.refine.find import Hit, background
from bot.refine.nouns import article, many
from bot.refine.phrases import Phrase, adjectives, read
from bot.refine.prompt import Group, Word, cut, groups, words

LIGHTEST, HEAVIEST = 0.1, 2.0


def append(prompt: str, phrase: str) -> str:
    """A phrase of its own at the end."""
    return prompt_weights.append(prompt, phrase) if prompt else phrase


def without(prompt: str, hit: Hit) -> str | None:
    """The prompt without the smallest phrase around the words; None if nothing would be left, or what hangs on it."""
    phrase = hit.phrase
    if not hit.whole and hit.quality and phrase.nouns:
        return _fit(cut(prompt, hit.start, hit.end), hit.start)
    parts = read(prompt)
    if phrase not in parts:
        left = cut(prompt, hit.start, hit.end)
        return left or None
    at = parts.index(phrase)
    after = parts[at + 1] if at + 1 < len(parts) else None
    joined = after is not None and not after.broken and after.kind == "equal" and after.lead[:1] != ()
    next_and = joined and after is not None and after.lead[0].low in ("and", "&", "or", "plus")
    if at == 0 or (phrase.broken and not phrase.lead) or _media_lead(phrase):
        return _first(prompt, parts, at, next_and)
    if next_and and after is not None and phrase.lead and phrase.lead[0].low not in ("and", "&", "or", "plus"):
        return cut(prompt, phrase.words[0].start, after.words[0].start) if after.words else None
    return cut(prompt, phrase.start, phrase.end)


def without_words(prompt: str, gone: tuple[Word, ...]) -> str:
    """The prompt without some words before a noun; the article fits what is left."""
    return _fit(cut(prompt, gone[0].start, gone[-1].end), gone[0].start)


def _media_lead(phrase: Phrase) -> bool:
    return len(phrase.lead) > 1 and phrase.lead[-1].low == "of"


def _first(prompt: str, parts: tuple[Phrase, ...], at: int, next_and: bool) -> str | None:
    """Without the first thing between two commas: what hangs on it goes too, unless it begins the whole prompt."""
    phrase = parts[at]
    if next_and:
        after = parts[at + 1]
        return cut(prompt, phrase.words[0].start, after.words[0].start) if after.words else None
    last = at
    while last + 1 < len(parts) and not parts[last + 1].broken:
        last += 1
    if at == 0 and (last > 0 or _media_lead(phrase)):
        return None
    if any(each.kind == "equal" and not each.broken for each in parts[at + 1 : last + 1]):
        return None
    return cut(prompt, phrase.start, parts[last].end) or None


def exchange(prompt: str, hit: Hit, new: str) -> str:
    """The words give their place to others; articles are fitted."""
    phrase, start = hit.phrase, hit.start
    said = new.split()
    low = tuple(word.lower() for word in said)
    own = low[0] in _ARTICLES or low[0].isdecimal() or low[0] in _NUMBERS
    before = [word for word in phrase.words if word.end <= hit.start]
    whole = not hit.quality and (own or many(low[-1]) or colours.at(low) > 0 or adjectives(low) > 0)
    if whole and before and (own or len(before) == 1 or adjectives(low) > 0):
        bare = phrase.bare
        first = before[0] if adjectives(low[1:] if own else low) or not bare or hit.start == bare[0].start else None
        if own and first is None:
            # The adjectives of the old one stay: a brown horse, a cow -> a brown cow.
            lead, rest = said[0], " ".join(said[1:])
            kept = prompt[bare[0].start : hit.start]
            return _fit(prompt[: before[0].start] + f"{lead} {kept}{rest}" + prompt[hit.end :], before[0].start)
        if own or (many(low[-1]) and before[0].low in ("a", "an")):
            start = before[0].start
        elif adjectives(low) > 0 and bare:
            start = bare[0].start
    return _fit(prompt[:start] + new + prompt[hit.end :], start)


_ARTICLES = frozenset({"a", "an", "the", "some", "many", "several", "my", "your", "his", "her"})
_NUMBERS = frozenset({"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"})


def named_by_colour(phrase: Phrase) -> bool:
    """A colour in front may belong to a word in the middle: `green tea ice cream cone`."""
    low = [word.low for word in phrase.bare]
    limit = len(low) - len(phrase.nouns)
    for at in range(limit):
        if length := colours.run(low[at:]):
            return colours.compound(low, at + length - 1) or (at + length == limit and len(phrase.nouns) > 2)
    return False


def recolour(prompt: str, phrase: Phrase, colour: str) -> str:
    """The thing in another colour: the one it had goes, everything else stays."""
    bare = phrase.bare
    low = [word.low for word in bare]
    limit = len(bare) - len(phrase.nouns)
    at = 0
    while at < limit:
        if length := colours.run(low[at:]):
            start, end = bare[at].start, bare[min(at + length, limit) - 1].end
            return _fit(prompt[:start] + colour + prompt[end:], start)
        at += 1
    start = phrase.nouns[0].start
    for group in groups(prompt):
        if group.start + 1 == start:
            return _fit(prompt[: group.start] + f"{colour} " + prompt[group.start :], group.start)
    return _fit(f"{prompt[:start]}{colour} {prompt[start:]}", start)


def recolour_background(prompt: str, colour: str) -> str:
    """The background in another colour; one that nobody has named is added."""
    if phrase := background(prompt):
        return recolour(prompt, phrase, colour)
    return append(prompt, f"on {article(colour)} {colour} background")


def describe(prompt: str, phrase: Phrase, quality: str) -> str:
    """The thing with one more adjective, in front of those that it has."""
    first = phrase.bare[0]
    return _fit(f"{prompt[: first.start]}{quality} {prompt[first.start :]}", first.start)


def around(prompt: str, start: int, end: int) -> Group | None:
    """The emphasis that stands around just these words."""
    for group in groups(prompt):
        inside = [w for w in words(prompt) if group.holds(w.start, w.end)]
        if inside and inside[0].start == start and inside[-1].end == end:
            return group
    return None


def weight(prompt: str, hit: Hit, change: float) -> str | None:
    """The words with more emphasis or less, 0.1 to 2; None if it would go no further."""
    group = around(prompt, hit.start, hit.end)
    before = group.weight if group else 1.0
    after = round(min(HEAVIEST, max(LIGHTEST, before + change)), 4)
    if (after - before) * change <= 0:
        return None
    inner = prompt[hit.start : hit.end]
    start, end = (group.start, group.end) if group else (hit.start, hit.end)
    return prompt[:start] + emphasised(inner, after) + prompt[end:]


def emphasised(words: str, weight: float) -> str:
    """Words with their emphasis; without, if it is 1."""
    return words if weight == 1 else f"({words}:{float(weight)!r})"


def _fit(prompt: str, at: int) -> str:
    """The article before a place, as the word there takes it."""
    said = words(prompt)
    for before, after in pairwise(said):
        touches = before.start <= at <= after.end
        if touches and before.low in ("a", "an") and not after.broken:
            right = article(after.text)
            if many(after.low) and after.end == _end_of_phrase(prompt, after.start):
                return _fit(prompt[: before.start] + prompt[after.start :], before.start)
            if right != before.low:
                right = right.capitalize() if before.text[0].isupper() else right
                return prompt[: before.start] + right + prompt[before.end :]
    return prompt


def _end_of_phrase(prompt: str, start: int) -> int:
    return next((p.words[-1].end for p in read(prompt) if p.words and p.start <= start < p.end), -1)
