"""Clauses that bring words in and take them out: add, remove, replace, bring back, write."""

from bot import plain_text, wording_refine
from bot.refine import colours, negative, say_looks
from bot.refine.clauses import Clause
from bot.refine.context import Context, Found
from bot.refine.edits import Add, Edit, Recolour, Remove, Replace, Restore
from bot.refine.find import hits, is_pronoun, nearest, subjects
from bot.refine.nouns import number
from bot.refine.phrases import adjectives, is_adjective, unpaintable, without_article
from bot.refine.steps import Option, Unsure
from bot.refine.vocabulary import leading, phrases
from bot.refine.vocabulary import words as vocabulary
from bot.refine.wordy import prepositional, written


def read(clause: Clause, context: Context) -> Found:
    """Add, Remove, Replace or Restore, if the clause begins or ends like one."""
    found = _replace(clause, context)
    if found is None:
        found = _restore(clause)
    for family in (_remove, _write, _add):
        if found is None:
            found = family(clause, context)
    return found


def _after(clause: Clause, *verbs: str) -> Clause | None:
    """What stands behind a verb of a list; None if none of them is at the front, or nothing is behind."""
    for name in verbs:
        length = leading(clause.low, phrases("speech", "verbs", name))
        if length and length < len(clause.raw):
            return clause.part(length)
    return None


# Replace


def _replace(clause: Clause, context: Context) -> Found:
    low = clause.low
    for sign, turned in (("->", False), ("instead of", True), ("rather than", True), ("in place of", True)):
        at = _find(low, tuple(sign.split()))
        if at > 0 and at + len(sign.split()) < len(low):
            left, right = clause.part(0, at), clause.part(at + len(sign.split()))
            if turned:
                left, right = right, _after(left, "add", "make", "set") or left
            return _exchange(left, right, context, thing=turned)
    if rest := _after(clause, "replace"):
        for word in ("with", "by", "for", "to"):
            at = _find(rest.low, (word,))
            if 0 < at < len(rest.raw) - 1:
                return _exchange(rest.part(0, at), rest.part(at + 1), context, thing=True)
        return None
    if rest := _after(clause, "turn"):
        for word in ("into", "to"):
            at = _find(rest.low, (word,))
            if 0 < at < len(rest.raw) - 1 and (word == "into" or low[0] in ("change", "turn", "convert", "switch")):
                return _exchange(rest.part(0, at), rest.part(at + 1), context)
        return _become(rest, context) if low[0] == "make" else None
    at = _find(low, ("into",))
    if low[0] == "the" and 1 < at < len(low) - 1 and hits(clause.part(0, at).text, context.query.prompt):
        return _exchange(clause.part(0, at), clause.part(at + 1), context)
    return None


def _find(low: tuple[str, ...], wanted: tuple[str, ...]) -> int:
    return next((at for at in range(len(low)) if low[at : at + len(wanted)] == wanted), -1)


def _exchange(old: Clause, new: Clause, context: Context, thing: bool = False) -> Found:
    """`thing`: what may be a colour or a thing is a thing, as the old one is."""
    name = without_article(old.text)
    if is_pronoun(old.text, "picture"):
        return None
    background = is_pronoun(old.text, "background") and not colours.is_colour(new.text)
    if background and not hits("background", context.query.prompt):
        return None
    a_noun = len(new.raw) == 2 and new.low[0] in ("a", "an")  # An orange is no colour.
    a_noun = a_noun or (thing and not background and without_article(new.text).lower() in colours.NOUNS)
    if colours.is_colour(without_article(new.text)) and not a_noun and not colours.is_colour(name):
        said = old.text if is_pronoun(old.text, "background") or is_pronoun(old.text, "it") else name
        return [Recolour(said, without_article(new.text).lower())]
    return [Replace(old.text if is_pronoun(old.text, "it") else name, new.text)]


def _become(rest: Clause, context: Context) -> Found:
    """`make the horse a unicorn`, `make it a cow`."""
    low = rest.low
    at = next((n for n in range(1, len(low) - 1) if low[n] in ("a", "an")), 0)
    if not at:
        return None
    thing, new = rest.part(0, at), rest.part(at)
    if is_pronoun(thing.text, "it"):
        options = [
            Option(wording_refine.instead_of(phrase.name, new.text), (Replace(phrase.name, new.text),))
            for phrase in subjects(context.query.prompt)
        ]
        options.append(Option(wording_refine.add(new.text), (Add(new.text),)))
        return Unsure(wording_refine.make_it(new.text), tuple(options))
    if hits(thing.text, context.query.prompt):
        return [Replace(without_article(thing.text), new.text)]
    return None


# Restore


def _restore(clause: Clause) -> Found:
    low = clause.low
    if low[0] in ("bring", "put", "get", "take", "give") and low[-1] == "back" and len(low) > 2:
        inner = clause.part(1, -1)
    elif found := _after(clause, "restore"):
        inner = found
    else:
        return None
    if is_pronoun(inner.text, "it") or is_pronoun(inner.text, "them") or inner.low[0] in ("me", "us"):
        return None
    return [Restore(without_article(name)) for name in _list(inner)]


# Remove


_GONE = (
    ("away",),
    ("out",),
    ("off",),
    ("disappear",),
    ("go", "away"),
    ("vanish",),
    ("gone",),
    ("go",),
    ("altogether",),
)
_AFTER = (("at", "all"), ("any", "more"), ("anymore",), ("anywhere",), ("whatsoever",), ("completely",), ("entirely",))


def _remove(clause: Clause, context: Context) -> Found:
    for tail in _AFTER:
        if clause.low[-len(tail) :] == tail and len(clause.raw) > len(tail) + 1:
            clause = clause.part(0, -len(tail))
    low = clause.low
    sure = _after(clause, "without")
    if sure is None and (length := leading(low, phrases("speech", "polite", "unwish"))) and length < len(low):
        sure = clause.part(length)
    if sure is not None:
        if low[0] == "not" and low[1:2] not in (("any",),):
            return None
        return _removals(sure, context, near=False)
    for tail in _GONE:
        if (
            low[0] in ("take", "cut", "make", "leave", "throw", "have")
            and low[-len(tail) :] == tail
            and len(low) > len(tail) + 1
        ):
            return _removals(clause.part(1, -len(tail)), context, near=True)
    rest = _after(clause, "remove")
    return None if rest is None else _removals(rest, context, near=True)


def _removals(rest: Clause, context: Context, near: bool) -> Found:
    """One Remove for each name of a list. `near`: the words should be there, so look for slips."""
    edits: list[Edit] = []
    query = context.query
    items = _list(rest)
    lows = [tuple(without_article(name).lower().split()) for name in items]
    if {True, False} <= {adjectives(low) == len(low) for low in lows if adjectives(low)}:
        return None  # Of `red or blue cars` it is not sure what shall go.
    for name in items:
        words = name if is_pronoun(name, "it") or is_pronoun(name, "them") else without_article(name)
        low = tuple(words.lower().split())
        if not low or low[0] in ("to", "so", "that") or {"->", "but", "if", "because", "it's", "you", "i"} & set(low):
            return None
        if _strange(low, near) or unpaintable(low):
            return None
        there = bool(hits(words, query.prompt)) or negative.has(query.negative_prompt, words)
        if not there and low[0] in vocabulary("speech", "slips", "articles") and len(low) > 1:
            words = words.split(maxsplit=1)[1]
            there = bool(hits(words, query.prompt))
        if near and not there and (close := nearest(words, query.prompt)):
            options = tuple(Option(wording_refine.removal(word), (*edits, Remove(word))) for word in close)
            return Unsure(wording_refine.slip(close[0]) if len(close) == 1 else wording_refine.which(words), options)
        if not there and (parts := _held(words, query.prompt)):
            away = tuple(Option(wording_refine.removal(part), (*edits, Remove(part))) for part in parts)
            return Unsure(wording_refine.not_there(words), (*away, Option(wording_refine.LEAVE_IT, ())))
        edits.append(Remove(words))
    return edits


def _held(words: str, prompt: str) -> tuple[str, ...]:
    """The things of the prompt that words name or nearly name, among others: `hat` of `hat a bit`."""
    found: dict[str, None] = {}
    for word in words.split():
        if word.startswith('"') or is_adjective(word.lower(), alone=True):
            continue
        if any(hit.whole for hit in hits(word, prompt)):
            found[word] = None
        else:
            found |= dict.fromkeys(nearest(word, prompt) if len(word) > 3 else ())
    return tuple(found)


def _strange(low: tuple[str, ...], near: bool) -> bool:
    """More than the name of something: then it is not sure what shall go."""
    place = any(leading(low[n:], phrases("nouns", "prepositions", "place")) for n in range(1, len(low)))
    if {"than", "no"} & set(low) or number(low[0]) is not None:
        return True
    return (
        len(low) > 6 or (place and near and len(low) > 5) or low[0] in ("more", "less", "longer", "need", "idea", "way")
    )


def _list(rest: Clause) -> list[str]:
    text = f" {rest.text} "
    if '"' not in text:
        for join in (" and ", " or ", " nor ", " & ", ", "):
            text = text.replace(join, " | ")
    return [part.strip() for part in text.split(" | ") if part.strip()]


# Add


def _write(clause: Clause, context: Context) -> Found:
    """`write "open" on it`."""
    rest = _after(clause, "write")
    if rest is None or not rest.raw[0].startswith('"'):
        return None
    lettering, where = rest.raw[0], rest.part(1)
    if not where.raw:
        return [Add(lettering)]
    if not prepositional(where.text):
        return None
    return _added(f"{lettering} written {where.text}", context)


def _add(clause: Clause, context: Context) -> Found:
    low = clause.low
    if low[0] == "give" and (found := _give(clause, context)):
        return found
    rest = _after(clause, "add")
    if rest is None and (length := leading(low, phrases("speech", "polite", "wish"))) and length < len(low):
        rest = clause.part(length)
        if looks := say_looks.read(rest, context):
            return looks
    if rest is not None:
        if is_pronoun(rest.raw[0], "it") or rest.low[0] in ("them", "these", "those", "both"):
            rest = rest.part(1)
            return _added(rest.text, context) if rest.raw and prepositional(rest.text) else None
        return _added(_on(rest, context), context)
    if low[0] in ("make", "set", "move", "place", "put", "have") and len(low) > 2 and is_pronoun(low[1], "it"):
        where = clause.part(2)
        return _added(where.text, context) if prepositional(where.text) else None
    if (
        prepositional(clause.text)
        and len(low) > 1
        and low[0] not in ("and", "or", "plus", "as", "like", "to", "for", "after")
    ):
        return _added(clause.text, context)
    return None


_PARTS = frozenset({"it", "this", "them", "that", "him", "her"})


def _on(rest: Clause, context: Context) -> str:
    """`a hat to the cat` is a hat on the cat; `a tree to the picture` is a tree."""
    low = rest.low
    at = next((n for n in range(1, len(low) - 1) if low[n] == "to" and low[n - 1] not in ("next", "close")), 0)
    if not at:
        return rest.text
    target = rest.part(at + 1).text
    if is_pronoun(target, "picture") or (is_pronoun(target, "it") and len(subjects(context.query.prompt)) != 1):
        return rest.part(0, at).text
    return f"{rest.part(0, at).text} on {target}"


def _give(clause: Clause, context: Context) -> Found:
    """`give the cat a hat`."""
    low = clause.low
    at = next((n for n in range(2, len(low) - 1) if low[n] in ("a", "an", "some", "two", "three")), 0)
    at = at or (2 if low[1] in _PARTS and len(low) > 2 else 0)
    if not at or low[1] in ("me", "us"):
        return None
    thing = clause.part(1, at).text
    if not is_pronoun(thing, "it") and not hits(thing, context.query.prompt):
        return None
    return _added(f"{clause.part(at).text} on {thing}", context)


def _added(words: str, context: Context) -> Found:
    low = plain_text.words(words.lower())
    if (
        not low
        or low[0] in ("that", "which", "to", "for", "be", "as", "like")
        or {"->", "please"} & set(low)
        or _verbs(low)
        or unpaintable(tuple(low))
    ):
        return None
    named = written(words, context.query)
    if named is None:
        options = tuple(
            Option(wording_refine.the(phrase.name), (Add(_named(words, phrase.name)),))
            for phrase in subjects(context.query.prompt)
        )
        return Unsure(wording_refine.which("it"), options)
    if all(is_adjective(word, alone=True) for word in without_article(words).lower().split()):
        return None
    return [Add(named)]


def _verbs(low: list[str]) -> bool:
    """A verb of ours in the middle: two clauses that nobody has joined."""
    return bool(vocabulary("speech", "verbs", "sure") & {word for word in low if not word.startswith('"')})


def _named(words: str, name: str) -> str:
    return " ".join(f"the {name}" if word.lower() in ("it", "him", "her", "them") else word for word in words.split())
