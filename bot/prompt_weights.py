"""Weights in a prompt: `cat::2 dog::-.5` are weighted parts, `(fog:1.3)` is emphasis, which nests and multiplies.

Lettering in quotes is kept whole, and a backslash keeps any sign: `\\(`, `\\:`. Plain `(brackets)` are words.
What other tools read in different ways is refused. The two notations are those of Midjourney's multi prompts
(docs.midjourney.com) and of AUTOMATIC1111's attention (stable-diffusion-webui, `parse_prompt_attention`).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from math import prod

from bot.errors import Ambiguous, Unbalanced, WeightOutOfRange, WeightsCancel, WeightWithoutWords
from bot.plain_text import DASHES, unescape, veil
from engine.jobs import Part, Span, Words

EMPHASIS = (0.0, 5.0)
WEIGHT = (-100.0, 100.0)

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_EMPHASIS = re.compile(rf":\s*({_NUMBER})\s*$")
_RATIO = re.compile(r"\s*\d+\s*:\s*\d+\s*")
_WEIGHT = re.compile(rf"::({_NUMBER}(?=[\s,;]|$))?")
_SQUARE = re.compile(r"\[([^\[\]]+)\]")
_UNCLOSED = re.compile(rf"\(([^()]*):\s*{_NUMBER}")


@dataclass(frozen=True, slots=True)
class _Group:
    """A pair of round brackets. Without an emphasis of its own it is words like any other."""

    start: int
    end: int
    """Of the closing bracket."""
    words_end: int
    """Where `:1.3)` begins, or the closing bracket."""
    emphasis: float | None


def read(prompt: str) -> Words:
    """The weighted parts of a prompt; of none if it is empty.

    Raises:
        Ambiguous: `[x]`, `((x))`, or `::` inside brackets.
        Unbalanced: an emphasis that is not closed.
        WeightOutOfRange: an emphasis beyond EMPHASIS (what nests is multiplied first), a weight beyond WEIGHT.
        WeightWithoutWords: a weight with nothing before it.
        WeightsCancel: the weights add up to nothing, or less.
    """
    veiled = veil(prompt)
    groups = _groups(veiled)
    _refuse_what_is_ambiguous(prompt, veiled, groups)
    opens = {group.start: group for group in groups if group.emphasis is not None}
    closes = {group.words_end: group for group in opens.values()}
    parts: list[Part] = []
    spans: list[Span] = []
    emphasis = [1.0]
    at = start = part_start = 0

    def end_span() -> None:
        if text := unescape(prompt[start:at]):
            spans.append(Span(text, emphasis[-1]))

    while at < len(prompt):
        if at in opens:
            end_span()
            emphasis.append(_emphasis(prompt, opens[at], emphasis[-1]))
            at = start = at + 1
        elif at in closes:
            end_span()
            emphasis.pop()
            at = start = closes[at].end + 1
        elif found := _WEIGHT.match(veiled, at):
            end_span()
            written = prompt[part_start : found.end()].strip()
            parts.append(_part(spans, _weight(written, found[1]), written))
            spans = []
            at = start = part_start = found.end()
            while at < len(prompt) and prompt[at] in " ,;":
                at = start = at + 1
        else:
            at += 1
    end_span()
    if rest := _trimmed(spans):
        parts.append(Part(rest))
    total = sum(part.weight for part in parts)
    if parts and total <= 0:
        raise WeightsCancel(round(total, 6))
    return tuple(parts)


def write(words: Words) -> str:
    """The prompt that `read` makes these words of, if they are what it could have made."""
    texts = ["".join(_written(span) for span in part.spans) for part in words]
    if len(words) == 1 and words[0].weight == 1:
        return texts[0]
    return " ".join(f"{text}::{plain(part.weight)}" for text, part in zip(texts, words, strict=True))


def wanted(prompt: str) -> str:
    """The words of a prompt that the picture shall show, without their weights: what it is read against."""
    return ", ".join(part.text for part in read(prompt) if part.weight > 0)


def append(prompt: str, words: str) -> str:
    """The prompt, as it was typed, with more words at the end of every part that is wanted."""
    text, last = "", 0
    for found in _WEIGHT.finditer(veil(prompt)):
        part = prompt[last : found.start()].rstrip()
        text += (f"{part}, {words}" if float(found[1] or 1) > 0 else part) + found[0]
        last = found.end()
    rest = prompt[last:].rstrip(" ,;")
    return f"{text}{rest}, {words}" if rest else text or words


def plain(number: float) -> str:
    """A number as people write it, which reads as exactly this number again: 7.5, 9, 0.00001."""
    text = format(Decimal(repr(number)), "f")
    return text.removesuffix(".0")


def _groups(veiled: str) -> list[_Group]:
    """All pairs of brackets, inner before outer."""
    groups: list[_Group] = []
    opened: list[int] = []
    for at, sign in enumerate(veiled):
        if sign == "(":
            opened.append(at)
        elif sign == ")" and opened:
            start = opened.pop()
            inside = veiled[start + 1 : at]
            found = _EMPHASIS.search(inside)
            if found and inside[: found.start()].strip() and not _RATIO.fullmatch(inside):
                groups.append(_Group(start, at, start + 1 + found.start(), float(found[1])))
            else:
                groups.append(_Group(start, at, at, None))
    for start in opened:
        found = _UNCLOSED.match(veiled, start)
        if found and not found[1].strip().isdigit():
            raise Unbalanced("(")
    return groups


def _refuse_what_is_ambiguous(prompt: str, veiled: str, groups: list[_Group]) -> None:
    for found in _SQUARE.finditer(veiled):
        if inside := prompt[found.start(1) : found.end(1)].strip():
            raise Ambiguous(prompt[found.start() : found.end()], (f"({inside}:0.9)", f"--no {inside}"))
    by_start = {group.start: group for group in groups}
    for outer in reversed(groups):
        written = prompt[outer.start : outer.end + 1]
        if "::" in veiled[outer.start : outer.words_end + 1]:
            inside = written[1:-1].strip()
            raise Ambiguous(written, (inside, f"({inside.replace('::', ':')})"))
        nest = [outer]
        while inner := _only_content(nest[-1], veiled, by_start):
            nest.append(inner)
        if len(nest) > 1 and any(group.emphasis is None for group in nest):
            words = prompt[nest[-1].start + 1 : nest[-1].words_end].strip()
            said = prod(group.emphasis or 1 for group in nest)
            raised = prod(group.emphasis or 1.1 for group in nest)
            raise Ambiguous(written, (f"({words}:{raised:.3g})", words if said == 1 else f"({words}:{said:.3g})"))


def _only_content(outer: _Group, veiled: str, by_start: dict[int, _Group]) -> _Group | None:
    at = outer.start + 1
    while veiled[at] == " ":
        at += 1
    inner = by_start.get(at)
    return inner if inner and not veiled[inner.end + 1 : outer.words_end].strip() else None


def _emphasis(prompt: str, group: _Group, around: float) -> float:
    value = round((group.emphasis or 0) * around, 6)
    if not EMPHASIS[0] <= value <= EMPHASIS[1]:
        raise WeightOutOfRange(prompt[group.start : group.end + 1], *EMPHASIS)
    return value


def _weight(written: str, number: str | None) -> float:
    weight = 1.0 if number is None else float(number)
    if not WEIGHT[0] <= weight <= WEIGHT[1]:
        raise WeightOutOfRange(written, *WEIGHT)
    return weight


def _part(spans: list[Span], weight: float, written: str) -> Part:
    kept = _trimmed(spans)
    if not kept:
        raise WeightWithoutWords(written)
    return Part(kept, weight)


def _trimmed(spans: list[Span]) -> tuple[Span, ...]:
    """Neighbours of one emphasis joined, and no space at either end."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].emphasis == span.emphasis:
            joined[-1] = Span(joined[-1].text + span.text, span.emphasis)
        else:
            joined.append(span)
    while joined and (text := joined[0].text.lstrip()) != joined[0].text:
        joined[:1] = [Span(text, joined[0].emphasis)] if text else []
    while joined and (text := joined[-1].text.rstrip()) != joined[-1].text:
        joined[-1:] = [Span(text, joined[-1].emphasis)] if text else []
    return tuple(joined)


_SIGN = re.compile(rf'(?<![0-9])"(?=\S)[^"\\]*(?<=\S)"|[\\()\[\]"]|^[,;]|:(?=:|$)|(?<=:):|(?<!\S)[{DASHES}](?=\S)')


def _written(span: Span) -> str:
    text = _SIGN.sub(lambda found: found[0] if len(found[0]) > 1 else f"\\{found[0]}", span.text)
    if span.emphasis == 1:
        return text
    number = plain(span.emphasis)
    return f"({text}:{number if '.' in number else f'{number}.0'})"
