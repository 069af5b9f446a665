"""Clauses about how things look: more and less, darker and bigger, colours, styles."""

from collections.abc import Callable

from bot import wording_refine
from bot.refine import colours, styling
from bot.refine.clauses import Clause
from bot.refine.context import Context, Found
from bot.refine.edits import Add, Describe, Edit, Recolour, Remove, Replace, Style, Weigh
from bot.refine.find import hits, is_pronoun, label, subjects
from bot.refine.phrases import adjectives, is_adjective, unpaintable, without_article
from bot.refine.qualities import QUALITIES, base_of
from bot.refine.steps import Option, Unsure
from bot.refine.vocabulary import leading, phrases, trailing, words

STEP = {"much": 0.4, "plain": 0.2, "bit": 0.1}
START = {"much": 1.4, "plain": 1.0, "bit": 0.8}
"""The weight of a quality that is new: much darker, darker, a bit darker."""

_IS = phrases("speech", "pronouns", "picture") | phrases("speech", "pronouns", "it")


def amount(low: tuple[str, ...]) -> tuple[str, int]:
    """How much: much, bit or plain, and the words that say it."""
    for name in ("bit", "much", "plain"):
        if length := leading(low, phrases("speech", "amount", name)):
            return name, length
    return "plain", 0


def read(clause: Clause, context: Context) -> Found:
    """Weigh, Describe, Recolour or Style, if the clause is about how things look."""
    if name := styling.said(clause.low):
        return [Style(name)]
    found = _degree(clause, context)
    if found is None:
        found = _made(clause, context)
    if found is None:
        found = _bare(clause, context)
    return found


def _degree(clause: Clause, context: Context, thing: str = "") -> Found:
    """`way less fog`, `a bit darker`, `not so dark`, `a bigger hat`."""
    low = clause.low
    rest, start = clause, 0
    if low[:1] in (("a",), ("an",), ("the",), ("with",), ("make",), ("add",)) and len(low) > 1:
        how, size = amount(low[1:])
        if (low[0] in ("a", "an") and leading(low, phrases("speech", "amount", "bit"))) or (
            low[0] == "a" and leading(low, phrases("speech", "amount", "much"))
        ):
            pass
        elif base_of(low[1]) or low[0] in ("with", "make", "add"):
            rest, start = clause.part(1), 1
    how, size = amount(rest.low)
    more = rest.part(size)
    if not more.raw:
        return None
    if more.low[0] == "too" and len(more.low) > 1 and more.low[1] not in ("much", "many"):
        return _less(more.part(1), thing, how, context)
    for negated in (("not", "so"), ("not", "as"), ("not", "that"), ("not", "too"), ("not", "quite", "so")):
        behind = more.low[len(negated) :]
        if more.low[: len(negated)] == negated and behind and behind[0] not in ("much", "many"):
            return _less(more.part(len(negated)), thing, how, context)
    if base := base_of(more.low[0]):
        return _quality(base, how, more.part(1), thing, context)
    if length := leading(more.low, phrases("speech", "verbs", "less")):
        return _less(more.part(length), thing, how, context)
    if length := leading(more.low, phrases("speech", "verbs", "more")):
        if start and low[0] in ("a", "the"):
            return None
        return _more(more.part(length), how, thing, context)
    return None


def _object(clause: Clause) -> Clause:
    """Without `of the`, and without what is said of the strength behind it."""
    while clause.low[:1] in (("of",), ("the",), ("any",), ("some",)) and len(clause.raw) > 1:
        clause = clause.part(1)
    return clause


def _more(clause: Clause, how: str, thing: str, context: Context) -> Found:
    after = _object(clause)
    if not after.raw:
        return None
    quality = after.low[0] if len(after.raw) == 1 else ""
    if quality in QUALITIES:
        return [Describe(_scope(thing, quality), quality, START[how])]
    if after.low[0] in QUALITIES and len(after.raw) > 1 and not hits(after.text, context.query.prompt):
        return _quality(after.low[0], how, after.part(1), thing, context)
    if thing and not is_pronoun(thing, "picture") and not is_pronoun(thing, "it"):
        return [Describe(thing, after.text, START[how])] if is_adjective(quality) else None
    if not _nouns(after):
        return None
    return [Weigh(after.text, STEP[how])]


def _less(clause: Clause, thing: str, how: str, context: Context) -> Found:
    after = _object(clause)
    known = phrases("speech", "amount", "bit") | phrases("speech", "amount", "much")
    if (length := trailing(after.low, known)) and length < len(after.raw):
        how, after = amount(after.low[-length:])[0], after.part(0, -length)
    if not after.raw or not _nouns(after):
        return None
    specific = thing and not is_pronoun(thing, "picture") and _of(after.low[0]) == "thing"
    if specific and after.low[0] in QUALITIES and not hits(after.text, context.query.prompt):
        opposites = QUALITIES[after.low[0]].opposites[:1]
        options = tuple(Option(wording_refine.make(thing, each), (Describe(thing, each),)) for each in opposites)
        return Unsure(wording_refine.not_so(after.low[0]), options)
    if base := base_of(after.low[0]):
        return [Weigh(base, -STEP[how])] if len(after.raw) == 1 else None
    return [Weigh(after.text, -STEP[how])]


def _nouns(clause: Clause) -> bool:
    """Plain words: no verbs of ours, no small words, no sign."""
    strange = (
        phrases("nouns", "prepositions", "place")
        | phrases("speech", "pronouns", "it")
        | {("like",), ("->",), ("than",)}
    )
    return len(clause.raw) < 7 and not any((word,) in strange for word in clause.low) and not unpaintable(clause.low)


def _scope(thing: str, quality: str) -> str:
    """The thing that a quality is said of: light and mood are of the whole picture, size and age of a thing."""
    if is_pronoun(thing, "picture") or (is_pronoun(thing, "it") and _of(quality) == "picture"):
        return ""
    return thing


def _of(quality: str) -> str:
    return QUALITIES[quality].of if quality in QUALITIES else "thing"


def _quality(base: str, how: str, rest: Clause, thing: str, context: Context) -> Found:
    tail = rest.low
    if tail and (length := trailing(tail, phrases("speech", "amount", "bit") | phrases("speech", "amount", "much"))):
        how, rest = amount(tail[-length:])[0], rest.part(0, -length)
    if not rest.raw:
        return [Describe(_scope(thing, base), base, START[how])]
    if thing:
        return None
    if tail[:1] == ("than",):
        return None
    named = rest.low
    if is_pronoun(rest.text, "picture") or named in (("picture",), ("image",), ("one",), ("version",)):
        return [Describe("", base, START[how])]
    if not _nouns(rest):
        return None
    if hits(rest.text, context.query.prompt):
        return [Describe(without_article(rest.text), base, START[how])]
    new = f"{base} {without_article(rest.text)}"
    options = (Option(wording_refine.add(new), (Add(new),)), Option(wording_refine.LEAVE_IT, ()))
    return Unsure(wording_refine.not_there(without_article(rest.text)), options)


def _made(clause: Clause, context: Context) -> Found:
    """`make the car green`, `the hat should be bigger`, `change the background to yellow`."""
    if clause.low[0] == "it's":
        clause = Clause(("it", "is", *clause.raw[1:]), clause.joint, clause.asks)
    low = clause.low
    verb = leading(low, phrases("speech", "verbs", "make"))
    rest = clause.part(verb)
    said = rest.low
    if not said:
        return None
    for copula in (
        ("should", "be"),
        ("must", "be"),
        ("needs", "to", "be"),
        ("could", "be"),
        ("shall", "be"),
        ("to", "be"),
        ("be",),
        ("is",),
        ("are",),
        ("should", "look"),
        ("look",),
        ("looks",),
        ("'s",),
    ):
        for at in range(1, len(said) - len(copula)):
            if said[at : at + len(copula)] == copula and (
                verb
                or copula not in (("is",), ("are",), ("be",), ("look",), ("looks",))
                or said[at + len(copula)] in ("too", "not")
            ):
                return _predicate(rest.part(0, at), rest.part(at + len(copula)), context, verb > 0)
    if verb and low[0] in ("change", "set", "turn") and "to" in said[1:-1]:
        at = said.index("to", 1)
        return _predicate(_subject(rest.part(0, at)), rest.part(at + 1), context, True)
    article = said[0] in ("the", "it", "this", "that", "them", "these", "everything", "his", "her", "its", "my", "both")
    if not verb and not article:
        return None
    for at in range(1, len(said)):
        thing = rest.part(0, at)
        if verb or article:
            found = _predicate(_subject(thing), rest.part(at), context, verb > 0)
            if found is not None:
                return found
    return None


def _subject(thing: Clause) -> Clause:
    """`the car` of `the colour of the car` and of `the car's colour`."""
    low = thing.low
    low = low[1:] if low[:1] == ("the",) else low
    if low[:2] in (("color", "of"), ("colour", "of")):
        return thing.part(len(thing.raw) - len(low) + 2)
    if len(low) > 1 and low[-1] in ("color", "colour"):
        raw = list(thing.raw[:-1])
        raw[-1] = raw[-1].removesuffix("'s").removesuffix("'")
        return Clause(tuple(raw), thing.joint)
    return thing


def _predicate(thing: Clause, said: Clause, context: Context, verb: bool) -> Found:
    """What is said of a thing: a colour, a comparative, an adjective."""
    if not thing.raw or not said.raw:
        return None
    for skip in ("in", "to", "into", "all", "completely", "be", "look", "a", "an"):
        if said.low[0] == skip and len(said.raw) > 1 and colours.is_colour(" ".join(said.low[1:])):
            said = said.part(1)
    name = thing.text
    known = is_pronoun(name, "it") or is_pronoun(name, "them") or is_pronoun(name, "background")
    if colours.is_colour(said.text):
        if is_pronoun(name, "picture"):
            return None
        if not known and colours.is_colour(without_article(name)):
            coloured = hits(name, context.query.prompt)
            if coloured and all(hit.quality for hit in coloured):
                return [Replace(without_article(name), said.text)]
        if not known and not _is_thing(thing):
            return None
        return _each(thing, lambda one: Recolour(one, said.text.lower()))
    if not known and not is_pronoun(name, "picture") and not (_is_thing(thing) and hits(name, context.query.prompt)):
        return None
    if is_pronoun(name, "background"):
        return None
    found = _degree(said, context, name)
    if found is not None:
        return found
    low = said.low
    if low[:1] == ("not",) and len(low) == 2 and is_adjective(low[1], alone=True):
        return [Remove(low[1])]
    if len(low) == 1 and (low[0] in QUALITIES or (verb and _quality_word(low[0]))):
        return [Describe(_scope(name, low[0]), low[0])]
    return None


def _quality_word(word: str) -> bool:
    return is_adjective(word, alone=True) or word in words("materials", "words")


def _is_thing(thing: Clause) -> bool:
    bare = without_article(thing.text).lower().split()
    if bare[:1] in (["the"], ["a"], ["an"]) or unpaintable(tuple(bare)):
        return False
    strange = phrases("nouns", "prepositions", "place") | {("to",), ("into",), ("with",), ("->",), ("instead",)}
    return bool(bare) and not any((word,) in strange for word in bare) and adjectives(tuple(bare)) < len(bare)


def _each(thing: Clause, maker: Callable[[str], Edit]) -> list[Edit]:
    names = [part.strip() for part in f" {thing.text} ".replace(" & ", " and ").replace(", ", " and ").split(" and ")]
    return [maker(name if is_pronoun(name, "background") else without_article(name)) for name in names if name]


def _bare(clause: Clause, context: Context) -> Found:
    """`yellow background`, `a green car`, `blue`, `dark`, `not dark`."""
    low = clause.low
    rest = low
    for skip in (("on",), ("with",), ("against",), ("in", "front", "of"), ("before",)):
        if low[: len(skip)] == skip:
            rest = low[len(skip) :]
    placed = len(rest) < len(low)
    rest = rest[1:] if rest[:1] in (("a",), ("an",), ("the",)) else rest
    if len(rest) > 1 and rest[-1] in ("background", "backdrop") and colours.is_colour(" ".join(rest[:-1])):
        return [Recolour("background", " ".join(rest[:-1]))]
    if low[:1] == ("in",) and colours.is_colour(" ".join(low[1:])):
        return [Recolour("it", " ".join(low[1:]))]
    length = colours.at(rest)
    if not placed and 0 < length < len(rest):
        noun = " ".join(rest[length:])
        if len([hit for hit in hits(noun, context.query.prompt) if hit.whole]) == 1:
            return [Recolour(noun, " ".join(rest[:length]))]
        return None
    colour = " ".join(low[:-1] if low[-1] == "instead" else low)
    if colours.is_colour(colour):
        options = [
            Option(wording_refine.the(label(phrase, context.query.prompt)), (Recolour(phrase.name, colour),))
            for phrase in subjects(context.query.prompt)
        ]
        options.append(Option(wording_refine.THE_BACKGROUND, (Recolour("background", colour),)))
        return Unsure(wording_refine.what_colour(colour), tuple(options))
    if len(low) == 1 and low[0] in QUALITIES and QUALITIES[low[0]].of == "picture":
        return [Describe("", low[0])]
    if len(low) == 2 and low[0] == "not" and is_adjective(low[1], alone=True):
        return [Remove(low[1])]
    if len(low) == 3 and low[0] == "not" and low[2] == "enough" and low[1] in QUALITIES:
        return [Describe("", low[1])]
    return None
