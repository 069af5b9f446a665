"""Colours, qualities, emphasis and styles: edits of how things look, carried out on a query."""

from collections.abc import Callable
from dataclasses import replace

from bot import wording_refine
from bot.query import Query
from bot.refine import colours, negative, splice, styling
from bot.refine.edits import Add, Describe, Recolour, Replace, Style, Weigh
from bot.refine.find import Hit, hits, is_pronoun, label, named, nearest, subjects
from bot.refine.nouns import article, many
from bot.refine.outcome import AlreadySo
from bot.refine.phrases import Phrase, read, without_article
from bot.refine.prompt import cut
from bot.refine.qualities import QUALITIES
from bot.refine.steps import Changed, Option, Step, Unsure
from bot.refine.vocabulary import leading, phrases
from bot.refine.vocabulary import words as listed
from bot.refine.wordy import is_plain


def recolour(edit: Recolour, query: Query) -> Step:
    """One thing, or the background, in another colour."""
    colour = " ".join(edit.colour.lower().split())
    if not colours.is_colour(colour):
        return Unsure(wording_refine.no_colour(edit.colour))
    left = negative.minus(query.negative_prompt, colour)
    if is_pronoun(edit.thing, "background"):
        prompt = splice.recolour_background(query.prompt, colour)
        return _changed(query, replace(query, prompt=prompt, negative_prompt=left), edit)
    found = subjects(query.prompt) if is_pronoun(edit.thing, "them") else ()
    if len(found) > 1 and not any(many(each.head) for each in found):
        prompt = query.prompt
        for each in found:
            again = next((p for p in read(prompt) if p.head == each.head), None)
            prompt = splice.recolour(prompt, again, colour) if again else prompt
        return _changed(query, replace(query, prompt=prompt, negative_prompt=left), edit)
    phrase = _one(edit.thing, query)
    if phrase is None:
        return _which(
            query, edit.thing, lambda name: Recolour(name, colour), f"a {colour} {without_article(edit.thing)}"
        )
    if splice.named_by_colour(phrase):
        new = f"{colour} {phrase.name}"
        choice = Option(wording_refine.make(wording_refine.the(phrase.name), colour), (Replace(phrase.name, new),))
        return Unsure(wording_refine.name_or_colour(phrase.name), (choice, Option(wording_refine.LEAVE_IT, ())))
    prompt = splice.recolour(query.prompt, phrase, colour)
    return _changed(query, replace(query, prompt=prompt, negative_prompt=left), Recolour(phrase.name, colour))


def _changed(before: Query, after: Query, edit: Recolour | Describe | Style) -> Changed:
    if after == before:
        words = (
            edit.colour if isinstance(edit, Recolour) else edit.quality if isinstance(edit, Describe) else edit.style
        )
        return Changed(before, edit, (AlreadySo(words),))
    return Changed(after, edit)


def _pronoun(said: str) -> bool:
    return not said or is_pronoun(said, "it") or is_pronoun(said, "them")


def _one(said: str, query: Query) -> Phrase | None:
    found = subjects(query.prompt) if _pronoun(said) else named(said, query.prompt)
    return found[0] if len(found) == 1 else None


def _which(query: Query, said: str, maker: Callable[[str], Recolour | Describe], new: str) -> Unsure:
    found = subjects(query.prompt) if _pronoun(said) else named(said, query.prompt)
    names = [phrase.name for phrase in found]
    if found and len(set(names)) == len(names):
        labels = [wording_refine.the(label(phrase, query.prompt)) for phrase in found]
        options = tuple(Option(text, (maker(name),)) for text, name in zip(labels, names, strict=True))
        return Unsure(wording_refine.which(said or "it"), options)
    if found or _pronoun(said):
        return Unsure(wording_refine.which(said or "it"))
    close = tuple(
        Option(wording_refine.the(word), (maker(word),))
        for word in nearest(said, query.prompt)
        if named(word, query.prompt)
    )
    add = (Option(wording_refine.add(new), (Add(new),)),)
    return Unsure(wording_refine.not_there(without_article(said)), (*close, *add, Option(wording_refine.LEAVE_IT, ())))


def describe(edit: Describe, query: Query) -> Step:
    """A quality joins; said again it counts more; its opposite goes."""
    quality = edit.quality.strip()
    if not quality or not is_plain(quality):
        return Unsure(wording_refine.not_words(edit.quality))
    weight = min(splice.HEAVIEST, max(splice.LIGHTEST, edit.weight))
    opposites = QUALITIES[quality].opposites if quality in QUALITIES else ()
    if quality in listed("materials", "words"):
        opposites = tuple(listed("materials", "words") - {quality})
    left = negative.minus(query.negative_prompt, quality)
    if edit.thing or (quality in QUALITIES and QUALITIES[quality].of == "thing"):
        phrase = _one(edit.thing, query)
        if phrase is not None:
            return _describe_thing(query, phrase, quality, weight, opposites, left)
        if edit.thing or subjects(query.prompt):
            thing = without_article(edit.thing)
            return _which(query, edit.thing, lambda name: Describe(name, quality, weight), f"a {quality} {thing}")
    prompt = _less_opposite(query.prompt, opposites)
    for phrase in reversed(read(prompt)):
        if not phrase.nouns and phrase.name.lower() in opposites:
            prompt = cut(prompt, phrase.start, phrase.end)
    there = next((p for p in read(prompt) if not p.nouns and p.name.lower() == quality), None)
    if there:
        heavier = splice.weight(prompt, Hit(there, there.bare), step_of(weight))
        if heavier is None:
            return Changed(query, edit, (AlreadySo(quality),))
        return Changed(replace(query, prompt=heavier, negative_prompt=left), edit)
    word = splice.emphasised(quality, weight)
    return Changed(replace(query, prompt=splice.append(prompt, word), negative_prompt=left), edit)


_OF_THINGS = frozenset({"soft", "sharp", "warm", "cool", "cold", "hot", "light", "simple", "plain", "flat"})
"""Before a noun they say something of the thing and not of the picture: a soft toy, a light jacket."""


def _less_opposite(prompt: str, opposites: tuple[str, ...]) -> str:
    """Without the opposite before the subject: `a dark alley`. Shades and names keep it: dark blue."""
    for phrase in read(prompt)[:1]:
        low = [word.low for word in phrase.bare]
        for at in range(len(low) - len(phrase.nouns)):
            if (
                low[at] in opposites
                and low[at] not in _OF_THINGS
                and not colours.at(low[at:])
                and not colours.compound(low, at)
            ):
                return splice.without(prompt, Hit(phrase, (phrase.bare[at],))) or prompt
    return prompt


def step_of(weight: float) -> float:
    """How much more a quality counts when it is said again: much darker is a larger step than darker."""
    return 0.4 if weight > 1 else 0.1 if weight < 1 else 0.2


def _describe_thing(
    query: Query, phrase: Phrase, quality: str, weight: float, opposites: tuple[str, ...], left: str
) -> Step:
    edit = Describe(phrase.name, quality, weight)
    low = [word.low for word in phrase.bare]
    prompt = query.prompt
    if quality in low[: len(low) - len(phrase.nouns)]:
        there = phrase.bare[low.index(quality)]
        heavier = splice.weight(prompt, Hit(phrase, (there,)), step_of(weight))
        if heavier is None:
            return Changed(query, edit, (AlreadySo(quality),))
        return Changed(replace(query, prompt=heavier, negative_prompt=left), edit)
    limit = len(low) - 1 if quality in listed("materials", "words") else len(low) - len(phrase.nouns)
    opposite = next((word for word in phrase.bare[:limit] if word.low in opposites), None)
    if opposite and opposite in phrase.nouns:
        return Changed(
            replace(query, prompt=splice.exchange(prompt, Hit(phrase, (opposite,)), quality), negative_prompt=left),
            edit,
        )
    if opposite:
        start = opposite.start
        prompt = splice.without(prompt, Hit(phrase, (opposite,))) or prompt
        phrase = next(p for p in read(prompt) if p.words and p.words[-1].end > start)
    word = splice.emphasised(quality, weight)
    return Changed(replace(query, prompt=splice.describe(prompt, phrase, word), negative_prompt=left), edit)


def weigh(edit: Weigh, query: Query) -> Step:
    """Words count more or less. Words that are not there are added, or kept away."""
    words = without_article(edit.words)
    if not words or not is_plain(words):
        return Unsure(wording_refine.not_words(edit.words))
    if is_pronoun(edit.words, "it"):
        return Unsure(wording_refine.which(edit.words))
    found = hits(words, query.prompt)
    if len(found) > 1:
        names = list(dict.fromkeys(hit.phrase.name for hit in found))
        options = tuple(Option(name, (Weigh(name, edit.change),)) for name in names)
        return Unsure(wording_refine.which(words), options if len(names) == len(found) else ())
    if not found:
        if edit.change < 0:
            kept_away = negative.plus(query.negative_prompt, words)
            if kept_away == query.negative_prompt:
                return Changed(query, edit, (AlreadySo(wording_refine.without(words)),))
            return Changed(replace(query, negative_prompt=kept_away), edit)
        prompt, left = splice.append(query.prompt, words), negative.minus(query.negative_prompt, words)
        return Changed(replace(query, prompt=prompt, negative_prompt=left), edit)
    prompt_after = splice.weight(query.prompt, found[0], edit.change)
    if prompt_after is None:
        return Changed(query, edit, (AlreadySo(words),))
    left = negative.minus(query.negative_prompt, words) if edit.change > 0 else query.negative_prompt
    return Changed(replace(query, prompt=prompt_after, negative_prompt=left), edit)


def style(edit: Style, query: Query) -> Step:
    """The style of the whole picture, in place of the one that stands there."""
    words = edit.style
    if not words.strip() or not is_plain(words):
        return Unsure(wording_refine.not_words(edit.style))
    prompt = _without_manner(query.prompt)
    for phrase in read(prompt):
        if len(phrase.lead) > 1 and phrase.lead[-1].low == "of":
            medium = phrase.lead[:-1]
            said = " ".join(word.text for word in medium)
            if styling.known(said):
                return _in_place(query, edit, prompt[medium[0].start : medium[-1].end], words)
    for phrase in reversed(read(prompt)):
        whole = prompt[phrase.start : phrase.end]
        if styling.known(whole) or styling.known(phrase.name):
            if phrase.start == 0:
                return _in_place(query, edit, whole, words)
            prompt = cut(prompt, phrase.start, phrase.end)
    prompt = _without_medium(prompt)
    left = negative.minus(query.negative_prompt, words)
    return _changed(query, replace(query, prompt=splice.append(prompt, words), negative_prompt=left), edit)


def _without_medium(prompt: str) -> str:
    """The prompt without the style before its subject: `a pixel art dragon`."""
    for phrase in read(prompt)[:1]:
        low = tuple(word.low for word in phrase.bare)
        if (length := leading(low, phrases("styles", "media"))) and length < len(low):
            return splice.without_words(prompt, phrase.bare[:length])
    return prompt


def _without_manner(prompt: str) -> str:
    """The prompt without `in the style of somebody`."""
    found = read(prompt)
    for at, phrase in enumerate(found):
        if phrase.broken and phrase.head == "style" and [word.low for word in phrase.lead] == ["in"]:
            last = found[at + 1] if at + 1 < len(found) and found[at + 1].kind == "of" else phrase
            return cut(prompt, phrase.start, last.end)
    return prompt


def _in_place(query: Query, edit: Style, old: str, new: str) -> Changed:
    first = old.split()[0].lower()
    new = f"{article(new)} {new}" if first in ("a", "an") else new
    return _changed(query, replace(query, prompt=query.prompt.replace(old, new, 1)), edit)
