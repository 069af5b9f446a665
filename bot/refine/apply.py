"""Edits carried out on the turn that they answer, one after the other: a next query, a way back, or a question.

Edits of the grammar, of an answer, of a button and of a language model all go this way, by the same rules.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot import prompt_weights, wording_refine
from bot.command_text import check_length
from bot.errors import EmptyPrompt
from bot.plain_text import clean
from bot.query import Query
from bot.refine import looks, pictures, setting, wordy
from bot.refine.edits import (
    Add,
    Again,
    Describe,
    Edit,
    GoTo,
    KeepSeed,
    Pick,
    Reading,
    Recolour,
    Remove,
    Replace,
    Restore,
    Rewrite,
    Set,
    Style,
    Undo,
    Unset,
    Upscale,
    Vary,
    Weigh,
)
from bot.refine.outcome import AlreadySo, Back, Draw, Ignore, Outcome, Question, Situation
from bot.refine.steps import Changed, Step, Unsure
from bot.remarks import Remark

Part = Edit | Callable[[Query], "Sequence[Part] | Unsure"]
"""An edit, or words that are read when those before them have been carried out."""


@dataclass(frozen=True, slots=True)
class _State:
    query: Query
    edits: tuple[Edit, ...] = ()
    remarks: tuple[Remark | AlreadySo, ...] = ()


def apply(edits: Sequence[Edit], situation: Situation) -> Outcome:
    """What edits come to.

    Raises:
        BadInput: a setting or a text that /imagine would not take either.
    """
    return carry_out(tuple(edits), situation)


def carry_out(parts: Sequence[Part], situation: Situation) -> Outcome:
    """What edits, and words that are still to be read, come to.

    Raises:
        BadInput: as above.
    """
    found = _follow(_State(situation.query), tuple(parts), situation)
    return found if isinstance(found, Question) else _conclude(found, situation)


def _follow(state: _State, parts: tuple[Part, ...], situation: Situation, *, asks: bool = True) -> _State | Question:
    """The state behind the parts, or the first doubt; without `asks` a bare one, so that doubts do not multiply."""
    for at, part in enumerate(parts):
        rest = parts[at + 1 :]
        if callable(part):
            read = part(state.query)
            if isinstance(read, Unsure):
                return _question(read, state, rest, situation) if asks else Question(read.text)
            return _follow(state, (*read, *rest), situation, asks=asks)
        step = _step(part, state.query, situation)
        if isinstance(step, Unsure):
            return _question(step, state, rest, situation) if asks else Question(step.text)
        state = _State(step.query, (*state.edits, step.edit), (*state.remarks, *step.remarks))
    return state


def _question(unsure: Unsure, state: _State, rest: tuple[Part, ...], situation: Situation) -> Question:
    """One reading for each option, with everything else that the sentence says."""
    readings = []
    for option in unsure.options:
        if not option.edits and not state.edits and not rest:
            readings.append(Reading(option.label, ()))
            continue
        found = _follow(state, (*option.edits, *rest), situation, asks=False)
        if isinstance(found, _State):
            readings.append(Reading(option.label, found.edits))
            continue
        edits = [part for part in (*option.edits, *rest) if not callable(part)]
        if edits and len(edits) == len(option.edits) + len(rest):
            # It leads to a question of its own, when it is chosen.
            readings.append(Reading(option.label, (*state.edits, *edits)))
    return Question(unsure.text, tuple(readings), unread=unsure.unread)


def _step(edit: Edit, query: Query, situation: Situation) -> Step:
    match edit:
        case Add():
            return wordy.add(edit, query)
        case Remove():
            return wordy.remove(edit, query)
        case Restore():
            return wordy.restore(edit, query, situation)
        case Replace():
            return wordy.replace_words(edit, query)
        case Recolour():
            return looks.recolour(edit, query)
        case Describe():
            return looks.describe(edit, query)
        case Weigh():
            return looks.weigh(edit, query)
        case Style():
            return looks.style(edit, query)
        case Rewrite(prompt):
            if not prompt.strip() or not wordy.is_plain(prompt):
                return Unsure(wording_refine.not_words(prompt))
            return Changed(replace(query, prompt=clean(prompt)), edit)
        case Unset(flag):
            return Changed(setting.unset(query, flag, situation.card), edit)
        case Pick() | Vary() | Upscale():
            return pictures.missing(edit, situation) or Changed(query, edit)
        case Set() | KeepSeed() | Again() | Undo() | GoTo():
            return Changed(query, edit)


def _conclude(state: _State, situation: Situation) -> Outcome:
    kinds = [type(edit) for edit in state.edits]
    if not state.edits:
        return Ignore()
    if Undo in kinds or GoTo in kinds:
        return _back(state, situation)
    if (
        state.query == situation.query
        and all(isinstance(remark, AlreadySo) for remark in state.remarks)
        and _idle(state)
    ):
        return Question(wording_refine.already([r.words for r in state.remarks if isinstance(r, AlreadySo)]))
    chosen = [edit for edit in state.edits if isinstance(edit, Pick | Vary | Upscale)]
    numbers = {edit.number for edit in chosen if edit.number is not None}
    if len(numbers) > 1 or len({type(edit) for edit in chosen} - {Pick}) > 1:
        return Question(wording_refine.ONE_PICTURE, _alone(state, chosen))
    return _draw(state, situation, chosen)


def _idle(state: _State) -> bool:
    return bool(state.remarks) and all(
        isinstance(edit, Add | Remove | Restore | Recolour | Describe | Weigh | Style) for edit in state.edits
    )


def _alone(state: _State, chosen: Sequence[Edit]) -> tuple[Reading, ...]:
    rest = tuple(edit for edit in state.edits if edit not in chosen)
    return tuple(Reading(wording_refine.edit(edit), (edit, *rest)) for edit in chosen)


def _back(state: _State, situation: Situation) -> Outcome:
    first = next(edit for edit in state.edits if isinstance(edit, Undo | GoTo))
    others = tuple(edit for edit in state.edits if edit is not first)
    if others:
        rest = Reading(wording_refine.ONLY_THE_REST, others)
        return Question(wording_refine.BACK_ALONE, (Reading(wording_refine.edit(first), (first,)), rest))
    if isinstance(first, Undo):
        return Back(None, situation.before[-1]) if situation.before else Question(wording_refine.FIRST_VERSION)
    versions = situation.versions or (*situation.before, situation.query)
    if not 1 <= first.version <= len(versions):
        return Question(wording_refine.no_such_version(first.version, len(versions)))
    return Back(first.version, versions[first.version - 1])


def _draw(state: _State, situation: Situation, chosen: Sequence[Pick | Vary | Upscale]) -> Outcome:
    query, parent, kind = state.query, None, "draw"
    number = next((edit.number for edit in chosen if edit.number is not None), None)
    special = next((edit for edit in chosen if not isinstance(edit, Pick)), None)
    if isinstance(special, Upscale):
        large = pictures.larger(query, situation.card)
        if large is None:
            return Question(wording_refine.LARGE_ALREADY)
        if any(not isinstance(edit, Upscale | Pick | KeepSeed) for edit in state.edits):
            rest = tuple(edit for edit in state.edits if edit is not special)
            return Question(
                wording_refine.UPSCALE_ALONE,
                (Reading(wording_refine.edit(special), (special,)), Reading(wording_refine.ONLY_THE_REST, rest)),
            )
        query, parent = pictures.start(large, number, situation, large.strength)
        shift = (parent or 1) - 1
        return Draw(
            kind="upscale", query=replace(query, seed=(query.seed + shift) % 2**32), edits=state.edits, parent=parent
        )
    if isinstance(special, Vary):
        query, parent = pictures.start(query, number, situation, pictures.VARY_STRENGTH[special.how])
        kind = "vary"
    elif number is not None:
        query, parent = pictures.start(query, number, situation, pictures.STRENGTH)
    elif all(isinstance(edit, Again | KeepSeed) for edit in state.edits) and Again in map(type, state.edits):
        kind = "again"
    flags = tuple(edit.flag for edit in state.edits if isinstance(edit, Set))
    query = replace(query, seed=query.seed if KeepSeed in map(type, state.edits) else situation.random_seed)
    query, remarks = setting.put(query, flags, situation.card) if flags else (query, ())
    _check(query)
    assert kind in ("draw", "vary", "again")
    return Draw(
        kind=kind,  # type: ignore[arg-type]
        query=query,
        edits=state.edits,
        parent=parent,
        remarks=(*state.remarks, *remarks),
    )


def _check(query: Query) -> None:
    check_length(query.prompt)
    check_length(query.negative_prompt)
    if not query.prompt and not query.start:
        raise EmptyPrompt()
    prompt_weights.read(query.prompt)
    prompt_weights.read(query.negative_prompt)
