"""What differs between two queries, as a value: it can be shown in a line, and carried out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from typing import Any

from bot.plain_text import veil
from bot.query import Query
from bot.refine.prompt import groups

_PIECE = re.compile(r"\0+|\s+|[,;]|[^\s,;\0]+")
_WORDY = ("prompt", "negative_prompt")


@dataclass(frozen=True, slots=True)
class Change:
    """At one place of a text, some of it gives way to other text. Either may be empty."""

    at: int
    """In the text before, in characters."""
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of a query with other values."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Diff:
    """From one query to another: the words, and every other field that differs."""

    prompt: tuple[Change, ...] = ()
    negative_prompt: tuple[Change, ...] = ()
    settings: tuple[Setting, ...] = ()

    def apply(self, before: Query) -> Query:
        """The query after it.

        Raises:
            ValueError: it is of another query.
        """
        for setting in self.settings:
            if getattr(before, setting.field) != setting.before:
                raise ValueError(f"{setting.field} is not {setting.before!r}")
        changed: dict[str, Any] = {setting.field: setting.after for setting in self.settings}
        return replace(
            before,
            prompt=_changed(before.prompt, self.prompt),
            negative_prompt=_changed(before.negative_prompt, self.negative_prompt),
            **changed,
        )

    def setting(self, field: str) -> Setting | None:
        """What became of a field; None if it is as it was."""
        return next((setting for setting in self.settings if setting.field == field), None)


def between(before: Query, after: Query) -> Diff:
    """The diff that makes `after` of `before`. With another start picture it says the strength, whatever it was."""
    rest = [f.name for f in fields(Query) if f.name not in _WORDY]
    return Diff(
        changes(before.prompt, after.prompt),
        changes(before.negative_prompt, after.negative_prompt),
        tuple(
            Setting(name, getattr(before, name), getattr(after, name))
            for name in rest
            if getattr(before, name) != getattr(after, name) or (name == "strength" and before.start != after.start)
        ),
    )


def changes(before: str, after: str) -> tuple[Change, ...]:
    """Where two texts differ, in whole words; emphasis and lettering are one piece each."""
    if before == after:
        return ()
    old, new = pieces(before), pieces(after)
    starts = [0]
    for piece in old:
        starts.append(starts[-1] + len(piece))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        Change(starts[a], "".join(old[a:b]), "".join(new[c:d]))
        for kind, a, b, c, d in _wide(matcher.get_opcodes(), old)
        if kind != "equal"
    )


def _wide(codes: Sequence[tuple[str, int, int, int, int]], old: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Changes with nothing but a space between them are one: `red car` for `blue bus`."""
    made: list[tuple[str, int, int, int, int]] = []
    for kind, a, b, c, d in codes:
        between_two = kind == "equal" and made and made[-1][0] != "equal" and not "".join(old[a:b]).strip()
        if made and (between_two or (kind != "equal" and made[-1][0] != "equal")):
            _, first, _, third, _ = made[-1]
            made[-1] = ("replace", first, b, third, d)
        else:
            made.append((kind, a, b, c, d))
    return made


def pieces(text: str) -> list[str]:
    """The text cut into words, spaces and commas; together they are the text again."""
    marks = list(veil(text))
    for group in groups(text):
        marks[group.start : group.end] = "x" * (group.end - group.start)
    found = [text[m.start() : m.end()] for m in _PIECE.finditer("".join(marks))]
    assert "".join(found) == text
    return found


def _changed(text: str, made: Sequence[Change]) -> str:
    for change in reversed(made):
        end = change.at + len(change.old)
        if text[change.at : end] != change.old:
            raise ValueError(f"“{change.old}” does not stand at {change.at}")
        text = text[: change.at] + change.new + text[end:]
    return text
