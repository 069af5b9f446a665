"""From what is said to what comes of it: clauses are read one by one, each by the first family that knows it."""

from collections.abc import Sequence

from bot import plain_text, wording_refine
from bot.command_text import LIMIT, check_length
from bot.errors import TooLong
from bot.query import Query
from bot.refine import (
    answer,
    chatter,
    clauses,
    corrections,
    say_history,
    say_looks,
    say_pictures,
    say_settings,
    say_words,
    styling,
    typed_flags,
)
from bot.refine.apply import Part, carry_out
from bot.refine.clauses import Clause
from bot.refine.context import Context, Found
from bot.refine.edits import Add, Edit, Reading, Remove, Rewrite, Weigh
from bot.refine.outcome import Ignore, Outcome, Question, Situation
from bot.refine.phrases import adjectives, without_article
from bot.refine.qualities import base_of
from bot.refine.steps import Option, Unsure
from bot.refine.vocabulary import leading, phrases

MOST_PARTS, MOST_WORDS = 16, 160
"""Of one message. Nobody says more at once, and whoever pastes more means a prompt."""


def understand(text: str, situation: Situation) -> Outcome:
    """What a message in a thread comes to.

    Raises:
        BadInput: its flags are wrong, or it is too long: what /imagine would say too.
    """
    if clauses.to_a_person(text) and not situation.addressed:
        return Ignore()
    said, flags = typed_flags.apart(clauses.tidy(text))
    if len(said) > 4 * LIMIT:
        raise TooLong(len(said), LIMIT)
    check_length(said)
    if situation.asked and not flags:
        found = answer.find(said, situation.asked)
        if found is not None:
            return carry_out(found.edits, situation)
    parts = clauses.split(said)
    settled = corrections.settled(parts)
    if not isinstance(settled, Clause):
        parts = settled
    elif _any_known([part for part in parts if not corrections.begins(part)], situation):
        return Question(wording_refine.taken_back(settled.text))
    if len(parts) > MOST_PARTS or len(said.split()) > MOST_WORDS:
        if not situation.addressed and _overheard(parts[:MOST_PARTS], situation):
            return Ignore()
        return Question(wording_refine.AT_ONCE, (Reading(wording_refine.NEW_PROMPT, (Rewrite(said),)),))
    settings = typed_flags.edits(flags)
    useful = tuple(part for part in parts if not chatter.idle(part) or _edit_in(part))
    if not useful:
        if settings:
            return carry_out(settings, situation)
        return _open(situation) or Ignore()
    if set("{}") & set(plain_text.veil(said)):
        return Question(wording_refine.BRACES)
    outcome = carry_out((_reader(useful, situation, parts), *settings), situation)
    if isinstance(outcome, Question) and outcome.unread and situation.asked:
        return _open(situation) or outcome
    unread = isinstance(outcome, Question) and outcome.unread
    if unread and not situation.addressed and not settings and _overheard(useful, situation):
        return Ignore()
    return outcome


def _overheard(useful: Sequence[Clause], situation: Situation) -> bool:
    """People talking: none of it is for the bot."""
    if len(useful) > 1 and _any_known(useful, situation):
        return False
    talking = chatter.talk(clauses.joined(tuple(map(clauses.polite, useful)))) or any(part.asks for part in useful)
    return talking and not any(chatter.command(said) for part in useful for said in (part, clauses.polite(part)))


def _open(situation: Situation) -> Question | None:
    """The question that is still open, once more."""
    if not situation.asked:
        return None
    return Question(wording_refine.ASKED_AGAIN, situation.asked)


def _edit_in(part: Clause) -> bool:
    """Words of thanks that are an edit too: `again`."""
    return any(say_history.read(said) not in (None, []) for said in (part, clauses.polite(part)))


def _any_known(parts: Sequence[Clause], situation: Situation) -> bool:
    context = Context(situation.query, situation)
    return any(_read(part, context) is not None for part in parts)


def _reader(
    parts: Sequence[Clause],
    situation: Situation,
    all_parts: Sequence[Clause],
    former: Edit | None = None,
) -> Part:
    """What reads the next clause, and leaves the ones behind it for later."""

    def read(query: Query) -> Sequence[Part] | Unsure:
        context = Context(query, situation)
        if former is not None and parts[0].weak:
            going_on = _continued(parts, former, context)
            if isinstance(going_on, Unsure):
                return going_on
            if going_on is not None:
                edits, used = going_on
                return _then(edits, parts[used:], situation, all_parts)
        found, used = _longer(parts, context)
        if found is None:
            return _unread(parts, situation, all_parts)
        if not isinstance(found, Unsure) and _wondering(parts[used - 1]):
            found = Unsure(wording_refine.SHALL_I, (Option(wording_refine.YES, tuple(found)),))
        if isinstance(found, Unsure):
            rest = parts[used:]
            if not rest:
                return found
            # What follows is read after the doubt is settled; it must be plain by itself.
            return _doubt_first(found, rest, context)
        return _then(found, parts[used:], situation, all_parts)

    return read


def _wondering(clause: Clause) -> bool:
    """A question that is no polite order: `16:9?`, and not `could you make it 16:9?`."""
    return clause.asks and clauses.polite(clause).raw == clause.raw


def _then(
    edits: Sequence[Edit],
    rest: Sequence[Clause],
    situation: Situation,
    all_parts: Sequence[Clause],
) -> Sequence[Part]:
    if not rest:
        return edits
    former = edits[-1] if edits and isinstance(edits[-1], Add | Remove | Weigh) else None
    return (*edits, _reader(rest, situation, all_parts, former))


def _doubt_first(found: Unsure, rest: Sequence[Clause], context: Context) -> Unsure:
    more: list[Edit] = []
    at = 0
    while at < len(rest):
        read, used = _shortest(rest[at:], context)
        if read is None or isinstance(read, Unsure):
            return Unsure(wording_refine.ONE_AT_A_TIME, unread=read is None)
        more += read
        at += used
    return Unsure(found.text, tuple(Option(o.label, (*o.edits, *more)) for o in found.options), found.unread)


def _shortest(parts: Sequence[Clause], context: Context) -> tuple[Found, int]:
    """The fewest clauses from the front that mean something together, and how many they are."""
    for used in range(1, len(parts) + 1):
        if used > 1 and not parts[used - 1].weak:
            break
        if used < len(parts) and _clings(parts[used - 1], parts[used]):
            continue
        merged = clauses.joined(tuple(parts[:used]))
        found = _read(merged, context)
        if found is not None:
            return found, used
    return None, 0


def _longer(parts: Sequence[Clause], context: Context) -> tuple[Found, int]:
    """The same, with all of `add a hat and a scarf`: what is added together is one phrase."""
    found, used = _shortest(parts, context)
    while used < len(parts) and found and not isinstance(found, Unsure) and isinstance(found[-1], Add):
        if parts[used].joint not in ("and", "&", "or") or _continued(parts[used:], found[-1], context) is None:
            break
        more = _read(clauses.joined(tuple(parts[: used + 1])), context)
        if more is None or isinstance(more, Unsure):
            break
        found, used = more, used + 1
    return found, used


def _clings(before: Clause, after: Clause) -> bool:
    """`a red and blue ball`: a colour or a quality that is joined to the next."""
    if after.joint not in ("and", "&", "or") or len(before.raw) < 2:
        return False
    last, low = before.low[-1:], after.low
    return adjectives((*last, "thing")) == 1 and 0 < adjectives(low) <= len(low) and not _comparing(low)


def _comparing(low: tuple[str, ...]) -> bool:
    return low[0] in ("more", "less") or base_of(low[0]) is not None or say_looks.amount(low)[1] > 0


def _read(clause: Clause, context: Context) -> Found:
    """By the first family that knows it; whole sentences as they were said, and then without politeness."""
    bare = clauses.polite(clause)
    for said in dict.fromkeys((clause, bare)):
        found = say_history.read(said)
        if found is None:
            found = say_settings.read(said, context)
        if found is not None:
            return found
    found = say_pictures.read(bare, context, lambda rest: _read(rest, context))
    if found is not None:
        return found
    found = _with_setting(bare, context)
    for read in (say_looks.read, say_words.read):
        if found is None:
            found = read(bare, context)
    return found


def _with_setting(clause: Clause, context: Context) -> Found:
    """`darker in 16:9`, `no people with the same seed`: a setting behind another clause."""
    for at in range(1, len(clause.raw) - 1):
        if clause.low[at] not in ("in", "at", "with", "using"):
            continue
        behind = clause.part(at + 1)
        settings = say_history.read(behind) or say_settings.read(behind, context)
        sure = "seed" in behind.low or any(sign.isdecimal() for word in behind.low for sign in word)
        if settings and sure and not isinstance(settings, Unsure):
            found = _read(clause.part(0, at), context)
            return found if found is None or isinstance(found, Unsure) else (*found, *settings)
    return None


def _continued(parts: Sequence[Clause], former: Edit, context: Context) -> tuple[Sequence[Edit], int] | Unsure | None:
    """A list that goes on: `no people, cars`, `add a hat, sunglasses`."""
    clause = clauses.polite(parts[0])
    low = clause.low
    if say_history.read(clause) is not None or say_settings.read(clause, context) is not None:
        return None
    if chatter.command(clause) or say_pictures.read(clause, context, lambda _: None) is not None:
        return None
    if chatter.remark(low) or _comparing(low) or (isinstance(former, Add) and low[0] in ("it", "the")):
        return None
    nouns = adjectives(tuple(without_article(clause.text).lower().split())) == 0 and len(low) < 5
    preposition = any(leading(low, phrases("nouns", "prepositions", kind)) for kind in ("place", "equal", "without"))
    match former:
        case Add():
            if preposition or (adjectives(low) == len(low)) or styling.said(low):
                return None
            return [Add(clause.text)], 1
        case Remove():
            if preposition or styling.said(low):
                return None
            if nouns and low[0] not in ("a", "an", "some", "two", "three"):
                return [Remove(without_article(clause.text))], 1
            known = _read(parts[0], context)
            if known is not None and not isinstance(known, Unsure) and not _colour_noun(low):
                return None
            into, out = (Add(clause.text),), (Remove(without_article(clause.text)),)
            rest = tuple(parts[1:])
            if rest:
                return Unsure(wording_refine.add_or_remove(clause.text, wording_refine.without(former.words)))
            return Unsure(
                wording_refine.add_or_remove(clause.text, wording_refine.without(former.words)),
                (
                    Option(wording_refine.add(clause.text), into),
                    Option(wording_refine.whole(without_article(clause.text)), out),
                ),
            )
        case Weigh(change=change):
            if nouns and not preposition:
                return [Weigh(without_article(clause.text), change)], 1
    return None


def _colour_noun(low: tuple[str, ...]) -> bool:
    length = adjectives(low)
    return 0 < length < len(low)


def _unread(parts: Sequence[Clause], situation: Situation, all_parts: Sequence[Clause]) -> Unsure:
    """Words that no family knows: they may be a prompt of their own, and else the bot says so."""
    context = Context(situation.query, situation)
    useful = [part for part in all_parts if not chatter.idle(part)]
    unknown = [part for part in useful if _read(part, context) is None]
    alone = len(unknown) == len(useful)
    words = clauses.polite(clauses.joined(tuple(useful if alone else parts[:1])))
    if alone and not chatter.command(words) and not chatter.talk(words):
        options = (
            Option(wording_refine.ADD_IT, (Add(words.text),)),
            Option(wording_refine.NEW_PROMPT, (Rewrite(words.text),)),
        )
        return Unsure(wording_refine.new_or_more(words.text), options, unread=True)
    unread = Unsure(wording_refine.not_understood(words.text, rest=not alone), unread=True)
    if alone:
        return unread
    without = Unsure(unread.text, (Option(wording_refine.ONLY_THE_REST, ()),), unread=True)
    return _doubt_first(without, parts[1:], context)
