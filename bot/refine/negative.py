"""The negative prompt as a list: what is kept away, item by item."""

from bot.refine.nouns import same
from bot.refine.phrases import without_article
from bot.refine.prompt import cut, words


def _spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for word in words(text):
        if word.broken or not spans:
            spans.append((word.start, word.end))
        else:
            spans[-1] = (spans[-1][0], word.end)
    return spans


def _is(item: str, wanted: str) -> bool:
    one, other = item.lower().split(), without_article(wanted).lower().split()
    return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))


def has(text: str, wanted: str) -> bool:
    """It is kept away already, by this name."""
    return any(_is(text[start:end], wanted) for start, end in _spans(text))


def plus(text: str, wanted: str) -> str:
    """One more thing is kept away, without its article."""
    item = without_article(wanted)
    if has(text, item):
        return text
    return f"{text}, {item}" if text else item


def minus(text: str, wanted: str) -> str:
    """It may come back."""
    for start, end in reversed(_spans(text)):
        if _is(text[start:end], wanted):
            text = cut(text, start, end)
    return text
