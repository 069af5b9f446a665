"""Add, remove, restore, replace: edits of words, carried out on a query."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import command_text, wording_refine
from bot.permutations import escape
from bot.plain_text import clean
from bot.query import Query
from bot.refine import negative, splice
from bot.refine.edits import Add, Remove, Replace, Restore
from bot.refine.find import Hit, hits, is_pronoun, label, nearest, subjects
from bot.refine.nouns import article
from bot.refine.outcome import AlreadySo, Situation
from bot.refine.phrases import Phrase, read, without_article
from bot.refine.steps import Changed, Option, Step, Unsure
from bot.refine.vocabulary import leading, phrases


def is_plain(words: str) -> bool:
    """Words of a prompt and nothing else: no flag, no choice in braces, no link.

    Raises:
        BadInput: their weights cannot be read.
    """
    asks = command_text.parse(words, allow_empty=True)
    return len(asks) == 1 and asks[0] == command_text.Ask(prompt=clean(words))


def add(edit: Add, query: Query) -> Step:
    """Words at the end, and out of the negative prompt."""
    if not edit.words.strip() or not is_plain(escape(edit.words)):
        return Unsure(wording_refine.not_words(edit.words))
    left = query.negative_prompt
    for item in _items(edit.words):
        left = negative.minus(left, item)
    if left == query.negative_prompt and _there(edit.words, query.prompt):
        return Changed(query, edit, (AlreadySo(edit.words),))
    return Changed(replace(query, prompt=splice.append(query.prompt, edit.words), negative_prompt=left), edit)


def _there(words: str, prompt: str) -> bool:
    """Just that stands in the prompt: the same phrase, or the same thing in any phrase."""
    low = " ".join(words.lower().split())
    if any(" ".join(w.low for w in (*p.lead, *p.words, *p.tail)) == low for p in read(prompt)):
        return True
    bare = without_article(low)
    another = bare == low and low.split()[0] in ("another", "one", "more", "second")
    return not another and any(
        (hit.whole or not hit.phrase.nouns) and " ".join(word.low for word in hit.words) == bare
        for hit in hits(bare, prompt)
    )


def _items(words: str) -> list[str]:
    return [" ".join(word.text for word in phrase.words) for phrase in read(words) if phrase.words]


def remove(edit: Remove, query: Query) -> Step:
    """Out of the prompt, and into the negative prompt."""
    words = without_article(edit.words)
    if _pronoun(edit.words):
        return _which(query, edit.words, lambda name: Remove(name))
    if not words or not is_plain(escape(words)):
        return Unsure(wording_refine.not_words(edit.words))
    kept_away = negative.plus(query.negative_prompt, words)
    found = hits(words, query.prompt)
    if not found:
        if kept_away == query.negative_prompt:
            return Changed(query, edit, (AlreadySo(wording_refine.without(words)),))
        return Changed(replace(query, negative_prompt=kept_away), edit)
    if len(found) > 1 and not all(hit.phrase.broken or hit.quality for hit in found[1:]):
        names = _names(found)
        options = tuple(Option(name, (Remove(name),)) for name in names) if len(names) == len(found) else ()
        return Unsure(wording_refine.which(words), options)
    prompt = query.prompt
    for hit in reversed(found):
        if not (hit.whole or hit.quality or hit.phrase.nouns == ()):
            away = Option(wording_refine.whole(hit.phrase.name), (Remove(hit.phrase.name),))
            return Unsure(wording_refine.only_part(words, hit.phrase.name), (away,))
        left = splice.without(prompt, hit)
        if left is None or not left.strip():
            return Unsure(wording_refine.nothing_left(words), ())
        prompt = left
    return Changed(replace(query, prompt=prompt, negative_prompt=kept_away), edit)


def _names(found: Sequence[Hit]) -> list[str]:
    return list(dict.fromkeys(hit.phrase.name for hit in found))


def restore(edit: Restore, query: Query, situation: Situation) -> Step:
    """Out of the negative prompt, and as an earlier version of the prompt had it."""
    left = negative.minus(query.negative_prompt, edit.words)
    if hits(edit.words, query.prompt):
        if left != query.negative_prompt:
            return Changed(replace(query, negative_prompt=left), edit)
        return Changed(query, edit, (AlreadySo(edit.words),))
    for earlier in (*reversed(situation.before), *reversed(situation.versions)):
        for hit in hits(edit.words, earlier.prompt):
            if splice.without(earlier.prompt, hit) == query.prompt:
                return Changed(replace(query, prompt=earlier.prompt, negative_prompt=left), edit)
            prompt = splice.append(query.prompt, _as_said(hit.phrase, earlier.prompt))
            return Changed(replace(query, prompt=prompt, negative_prompt=left), edit)
    if left != query.negative_prompt:
        return Changed(replace(query, negative_prompt=left), edit)
    return Unsure(
        wording_refine.never_was(edit.words), (Option(wording_refine.ADD_IT, (Add(_with_article(edit.words)),)),)
    )


def _as_said(phrase: Phrase, prompt: str) -> str:
    small = {"and", "&", "or", "plus", ","}
    first = phrase.words[0] if phrase.lead and phrase.lead[0].low in small else (*phrase.lead, *phrase.words)[0]
    return prompt[first.start : phrase.end]


def _with_article(words: str) -> str:
    bare = without_article(words)
    return bare if bare == words and not words.startswith("the ") else f"{article(bare)} {bare}"


def replace_words(edit: Replace, query: Query) -> Step:
    """In place, with the article that the new words take."""
    if _pronoun(edit.old):
        return _which(query, edit.old, lambda name: Replace(name, edit.new))
    if not edit.new.strip() or not is_plain(escape(edit.new)):
        return Unsure(wording_refine.not_words(edit.new))
    found = hits(edit.old, query.prompt)
    if not found:
        close = nearest(edit.old, query.prompt)
        options = tuple(Option(f"{word} -> {edit.new}", (Replace(word, edit.new),)) for word in close)
        new = _without_the(edit.new)
        return Unsure(
            wording_refine.not_there(without_article(edit.old)),
            (*options, Option(wording_refine.add(new), (Add(new),)), Option(wording_refine.LEAVE_IT, ())),
        )
    if len(found) > 1:
        names = list(dict.fromkeys(hit.phrase.name for hit in found))
        if len(names) < len(found):
            return Unsure(wording_refine.which(edit.old))
        if all(hit.quality for hit in found):
            new_names = [_swapped(hit, edit.new) for hit in found]
            options = tuple(Option(n, (Replace(n, new),)) for n, new in zip(names, new_names, strict=True))
        else:
            options = tuple(Option(name, (Replace(name, edit.new),)) for name in names)
        return Unsure(wording_refine.which(edit.old), options)
    prompt = splice.exchange(query.prompt, found[0], _without_the(edit.new, keep=found[0].phrase.the))
    left = negative.minus(query.negative_prompt, edit.new)
    return Changed(replace(query, prompt=prompt, negative_prompt=left), edit)


def _swapped(hit: Hit, new: str) -> str:
    return " ".join(
        new if word in hit.words[:1] else word.text for word in hit.phrase.bare if word not in hit.words[1:]
    )


def _without_the(words: str, keep: bool = False) -> str:
    return words if keep else words.removeprefix("the ")


def written(words: str, query: Query) -> str | None:
    """`next to it` with the name of the thing; None if it is not clear which. Other words stay."""
    said = words.split()
    spots = [n for n, word in enumerate(said) if word.lower() in ("it", "him", "her", "them")]
    if not spots or ('"' in words and not _outside(words)):
        return words
    found = subjects(query.prompt)
    if len(found) != 1:
        return None
    name = " ".join(word.text for word in found[0].nouns)
    return " ".join(f"the {name}" if n in spots else word for n, word in enumerate(said))


def _outside(words: str) -> bool:
    return words.count('"') < 2 or words.rindex('"') < len(words) - 1


def _pronoun(words: str) -> bool:
    return is_pronoun(words, "it") or is_pronoun(words, "them")


def _which(query: Query, said: str, maker: Callable[[str], Remove | Replace]) -> Step:
    # A prompt may hold the word itself ("it"), which names nothing: taken for a name, it would be looked up for ever.
    found = tuple(p for p in subjects(query.prompt) if not _pronoun(p.name))
    if len(found) == 1:
        edit = maker(found[0].name)
        return remove(edit, query) if isinstance(edit, Remove) else replace_words(edit, query)
    options = tuple(Option(wording_refine.the(label(p, query.prompt)), (maker(p.name),)) for p in found)
    return Unsure(wording_refine.which(said), options)


def prepositional(words: str) -> bool:
    """They begin with where, when or with what: `at night`."""
    said = tuple(words.lower().split())
    return any(leading(said, phrases("nouns", "prepositions", kind)) for kind in ("place", "equal"))
