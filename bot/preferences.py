"""A typed prompt with its owner's preferences: named sets for their flags, a suffix, defaults. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot import permutations, prompt_weights
from bot import wording_people as wording
from bot.errors import UnknownFlag
from bot.flag_kinds import Adapters, Words
from bot.flags import BY_NAME, FLAGS, Flag
from bot.memory.people import Preferred
from bot.plain_text import DASHES, clean, veil

NAME = re.compile(r"(?=.*[^\W\d_])[^\W_](?:[^\W_]|-){0,18}[^\W_]")
"""Of a set: 2 to 20 letters, figures and hyphens."""
TOO_NEAR = 0.85
"""From this likeness on a name could be a slip in a flag's."""

_NAMES = {name: flag for flag in FLAGS for name in (*flag.elsewhere, *flag.names)}
_FLAG = re.compile(rf"[{{,]*([{DASHES}]+)([^\W_][\w-]*)(.*)")
_LINK = re.compile(r"<?https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Expanded:
    """The text to be read in place of what was typed, and what was added to it, in words."""

    text: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A flag as it was typed, with its value; or whatever else looks like one."""

    name: str
    text: str

    @property
    def flag(self) -> Flag | None:
        """The flag of that name; None if there is none."""
        return BY_NAME.get(self.name)


def hidden_flag(name: str) -> str | None:
    """The flag that a set of this name would hide, or be taken for; None if there is none."""
    near = get_close_matches(name, _NAMES, n=1, cutoff=TOO_NEAR)
    return _NAMES[near[0]].spelled if near else None


def expand(text: str, mine: Preferred) -> Expanded:
    """The text with the person's preferences. What is typed goes before sets, and sets before defaults.

    A text that they change nothing of comes back as it was.

    Raises:
        UnknownFlag: a flag that is nearest to one of their sets.
    """
    prompt, pieces = _cut(clean(text), mine.sets)
    used = tuple(dict.fromkeys(f"--{piece.name}" for piece in pieces if _is_set(piece, mine)))
    said = [piece for piece in pieces if not _is_set(piece, mine)]
    written = []
    for piece in pieces:
        if not _is_set(piece, mine):
            _check_name(piece, mine)
            written.append(piece.text)
            continue
        inside = [one for one in _cut(mine.sets[piece.name], ())[1] if _adds(one) or not _against(one, said)]
        written.append(_in_place(piece.text, " ".join(one.text for one in inside)))
    there = _cut(" ".join(written), ())[1]
    defaults = [one.text for one in _cut(mine.defaults, ())[1] if not _against(one, there)]
    suffix = mine.suffix if _wants(prompt, mine.suffix) else ""
    if not used and not defaults and not suffix:
        return Expanded(text)
    with_suffix = _append(prompt, suffix) if suffix else prompt
    remark = wording.with_your_preferences(used, suffix, defaults)
    return Expanded(" ".join(part for part in (with_suffix, *written, *defaults) if part), (remark,))


def _cut(text: str, sets: Sequence[str] | dict[str, str]) -> tuple[str, list[_Piece]]:
    """The prompt, and the flags behind it. Braces that hold a flag belong to the flags."""
    starts: list[tuple[int, str]] = []
    veiled = veil(text)
    depth, opened, seen = 0, 0, 0
    for word in re.finditer(r"\S+", veiled):
        for at in range(seen, word.start()):
            opened, depth = _braces(veiled[at], at, opened, depth)
        seen = word.start()
        name = _name(text[word.start() : word.end()], sets)
        if name:
            starts.append((opened if depth and not starts else word.start(), name))
    ends = [*(start for start, _ in starts), len(text)][1:]
    pieces = [_Piece(name, text[start:end].strip()) for (start, name), end in zip(starts, ends, strict=True)]
    return text[: starts[0][0] if starts else len(text)].rstrip(), pieces


def _braces(sign: str, at: int, opened: int, depth: int) -> tuple[int, int]:
    """Where the outermost open brace is, and how deep, after this sign."""
    if sign == "{":
        return (opened if depth else at), depth + 1
    return opened, max(0, depth - 1) if sign == "}" else depth


def _name(word: str, sets: Sequence[str] | dict[str, str]) -> str:
    """The name of the flag or the set that a word is, in small letters; nothing if it is none.

    As in command_text: two dashes of any kind are a flag, one long dash is before a known name.
    """
    found = _FLAG.fullmatch(word)
    if not found:
        return ""
    name = found[2].rstrip("-_").lower()
    if len(found[1]) > 1:
        return name
    return name if found[1] != "-" and (name in BY_NAME or name in sets) else ""


def _is_set(piece: _Piece, mine: Preferred) -> bool:
    return piece.flag is None and piece.name in mine.sets


def _in_place(written: str, flags: str) -> str:
    """What was typed with the flags in place of the name of their set; signs of braces around it stay."""
    found = _FLAG.match(written)
    assert found
    braced = found.start(1) > 0 or any(sign in "}," for sign in veil(found[3]))
    return f"{written[: found.start(1)]}{_escape(flags) if braced else flags}{written[found.end(2) :]}".strip()


def _check_name(piece: _Piece, mine: Preferred) -> None:
    if piece.flag is None:
        near = get_close_matches(piece.name, [*_NAMES, *mine.sets], n=1)
        if near and near[0] in mine.sets:
            raise UnknownFlag(f"--{piece.name}", f"--{near[0]}")


def _adds(piece: _Piece) -> bool:
    """Whether the flag may be given again, and adds up."""
    return piece.flag is not None and isinstance(piece.flag.kind, Adapters | Words) and piece.flag.kind != Words()


def _against(piece: _Piece, said: Sequence[_Piece]) -> bool:
    """Whether something that was said takes the place of this flag."""
    flag = piece.flag
    others = [other.flag for other in said if other.flag]
    return flag is not None and any(
        other.field == flag.field or other.field in flag.against or flag.field in other.against for other in others
    )


def _wants(prompt: str, suffix: str) -> bool:
    """Whether the suffix joins: there are words, and they don't have it yet."""
    words = [word for word in prompt.split() if not _LINK.match(word)]
    return bool(suffix and words) and suffix.casefold() not in prompt.casefold()


def _append(prompt: str, suffix: str) -> str:
    """The prompt with the suffix at the end of every wanted part. Weights inside braces are told apart first."""
    veiled = veil(prompt)
    if "{" not in veiled or "::" not in veiled:
        return prompt_weights.append(prompt, suffix)
    texts = [prompt_weights.append(one, suffix) for one in permutations.expand(prompt)]
    return f"{{{', '.join(_escape(one) for one in texts)}}}" if len(texts) > 1 else _escape(texts[0])


def _escape(text: str) -> str:
    """The text as one choice inside braces."""
    signs = zip(text, veil(text), strict=True)
    return "".join(f"\\{sign}" if veiled in "{}," else sign for sign, veiled in signs)
