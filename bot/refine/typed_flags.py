"""Flags at the end of what is said in a thread, as edits."""

from bot import command_text
from bot.command_text import looks_like_a_flag
from bot.plain_text import words
from bot.refine.edits import Edit, Remove, Set, Style
from bot.refine.prompt import words as prompt_words
from bot.styles import STYLES


def apart(text: str) -> tuple[str, str]:
    """The words, and the flags behind them as they were typed."""
    said = words(text)
    first = next((at for at, word in enumerate(said) if looks_like_a_flag(word)), len(said))
    return " ".join(said[:first]), " ".join(said[first:])


def edits(flags: str) -> tuple[Edit, ...]:
    """What the flags ask for; nothing if there are none.

    Raises:
        BadInput: they are wrong.
    """
    if not flags:
        return ()
    (ask, *_) = command_text.parse(flags, allow_empty=True)
    made: list[Edit] = [Remove(item) for item in _items(ask.negative_prompt or "")]
    if ask.style:
        made.append(Style(STYLES[ask.style]))
    rest = _without(flags)
    return (*made, *(Set(flag) for flag in rest))


def _without(flags: str) -> list[str]:
    """Every flag by itself, but those of words."""
    made: list[list[str]] = []
    for word in words(flags):
        if looks_like_a_flag(word):
            made.append([word])
        else:
            made[-1].append(word)
    return [
        text
        for text in map(" ".join, made)
        if text.lstrip("-–—―‐‑‒−").split("=")[0].split()[0].lower() not in ("no", "style")
    ]


def _items(text: str) -> list[str]:
    spans: list[tuple[int, int]] = []
    for word in prompt_words(text):
        if word.broken or not spans:
            spans.append((word.start, word.end))
        else:
            spans[-1] = (spans[-1][0], word.end)
    return [text[start:end] for start, end in spans]
