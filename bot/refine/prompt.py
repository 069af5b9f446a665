"""The words of a prompt with their places in the text, and the emphasis around them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.plain_text import HIDDEN, veil

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_EMPHASIS = re.compile(rf":\s*({_NUMBER})\s*$")
_RATIO = re.compile(r"\s*\d+\s*:\s*\d+\s*")
_WEIGHT = re.compile(rf"::(?:{_NUMBER}(?=[\s,;]|$))?")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a prompt, or lettering with its quotes."""

    text: str
    start: int
    """In the text of the prompt; `end` is behind the last sign."""
    end: int
    broken: bool
    """A comma (or the end of a weighted part) stands before it."""

    @property
    def low(self) -> str:
        """In lower case, to be compared."""
        return self.text.lower()

    @property
    def lettering(self) -> bool:
        """It stands in quotes."""
        return self.text.startswith('"')


@dataclass(frozen=True, slots=True)
class Group:
    """Emphasis: `(fog:1.2)`. Plain brackets are none."""

    start: int
    inner_end: int
    """Where `:1.2)` begins."""
    end: int
    weight: float

    def holds(self, start: int, end: int) -> bool:
        """The span stands inside, without the marks."""
        return self.start < start and end <= self.inner_end


@lru_cache(maxsize=256)
def words(text: str) -> tuple[Word, ...]:
    """The words of a prompt, without commas, brackets and weights."""
    veiled = list(veil(text))
    for found in HIDDEN.finditer(text):
        if found[0][0] == '"':
            veiled[found.start() : found.end()] = "q" * len(found[0])
    for group in groups(text):
        veiled[group.start] = " "
        veiled[group.inner_end : group.end] = " " * (group.end - group.inner_end)
    plain = "".join(veiled)
    plain = _WEIGHT.sub(lambda found: "," * len(found[0]), plain)
    made: list[Word] = []
    broken = False
    for found in re.finditer(r"[,;]|[^\s,;()]+", plain):
        start = found.start()
        if found[0] in ",;":
            broken = bool(made)
            continue
        stop = found[0].rstrip(".!?:")
        if stop:
            made.append(Word(text[start : start + len(stop)], start, start + len(stop), broken))
        broken = bool(made) and (len(stop) < len(found[0]) or (broken and not stop))
    return tuple(made)


@lru_cache(maxsize=256)
def groups(text: str) -> tuple[Group, ...]:
    """Every emphasised span, in the order in which they end: inner before outer."""
    found: list[Group] = []
    opened: list[int] = []
    veiled = veil(text)
    for at, sign in enumerate(veiled):
        if sign == "(":
            opened.append(at)
        elif sign == ")" and opened:
            start = opened.pop()
            inside = veiled[start + 1 : at]
            weight = _EMPHASIS.search(inside)
            if weight and inside[: weight.start()].strip() and not _RATIO.fullmatch(inside):
                found.append(Group(start, start + 1 + weight.start(), at + 1, float(weight[1])))
    return tuple(found)


def cut(text: str, start: int, end: int) -> str:
    """The text without a span, with its commas and spaces in order around the gap."""
    for group in groups(text):
        # What stands alone inside its emphasis goes with it.
        inside = text[group.start + 1 : group.inner_end]
        if group.holds(start, end) and not (inside[: start - group.start - 1] + inside[end - group.start - 1 :]).strip(
            " ,"
        ):
            start, end = group.start, group.end
    before, after = text[:start], text[end:]
    left, right = before.rstrip(" ,;"), after.lstrip(" ,;")
    comma = "," in before[len(left) :] or "," in after[: len(after) - len(right)]
    if not left or not right:
        return left + right
    if left.endswith("(") or right[0] in ":)":
        return left + right
    return f"{left}, {right}" if comma else f"{left} {right}"
