"""The words that a round asks for: read from what was typed, and looked for in prompts. Pure."""

import unicodedata
from collections.abc import Sequence

import inflect

from bot import prompt_weights
from bot.plain_text import clean

_ENGLISH = inflect.engine()
_UNSEEN = "'\u200c\u200d\ufe0e\ufe0f"
"""Joiners, the signs that choose a look, and apostrophes: they part no words."""


def split(text: str) -> tuple[str, ...]:
    """The words, or groups of words, between commas: each once, none without a letter, a number or a symbol."""
    known: dict[tuple[str, ...], str] = {}
    for part in clean(text).split(","):
        if tokens := _tokens(part):
            known.setdefault(tokens, part.strip())
    return tuple(known.values())


def missing(required: Sequence[str], prompt: str) -> tuple[str, ...]:
    """Those of the required words that a prompt does not want to show.

    Whole words count, in any case, in singular or plural; a group of words counts where they follow each other.

    Raises:
        BadInput: the prompt's weights can't be read.
    """
    said = _tokens(prompt_weights.wanted(prompt))
    return tuple(words for words in required if not _has(said, _tokens(words)))


def _has(said: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    same = [_same_as(word, said) for word in wanted]
    starts = range(len(said) - len(wanted) + 1)
    return any(all(said[at + step] in forms for step, forms in enumerate(same)) for at in starts)


def _same_as(word: str, said: tuple[str, ...]) -> set[str]:
    """Those of the words said that are this one, in singular or plural. Looking costs time, so unlike ones are not."""
    alike = {each for each in said if each[0] == word[0]}
    return {each for each in alike if each == word or (word.isalpha() and each.isalpha() and _is_form(word, each))}


def _is_form(one: str, other: str) -> bool:
    return bool(_ENGLISH.compare_nouns(one, other))


def _tokens(text: str) -> tuple[str, ...]:
    """Words without case or punctuation; every symbol, such as an emoji, is one of its own."""
    spaced = []
    for char in unicodedata.normalize("NFKC", clean(text)).casefold():
        kind = unicodedata.category(char)[0]
        if char in _UNSEEN:
            continue
        spaced.append(char if kind in "LMN" else f" {char} " if kind == "S" else " ")
    return tuple("".join(spaced).split())
