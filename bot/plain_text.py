"""Typed text made plain, and the two things that hide a sign from the grammar: lettering in quotes, and backslashes."""

import re
import unicodedata

_STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'"})
_JOINER = "[\u200c\u200d]"
_STRAY_JOINER = re.compile(rf"(?<![^\x00-\x7f\s\u200c\u200d]){_JOINER}|{_JOINER}(?![^\x00-\x7f\s\u200c\u200d])")

DASHES = "‐‑‒–—―−-"

# A backslash keeps its sign out of the grammar, and so does a pair of quotes that hug their words; after a digit a
# quote means inches. The groups are atomic: a quote without its partner hides nothing, and costs one look ahead.
_ESCAPE = rf'\\[\\{{}}(),;\[\]:"|{DASHES}]'
HIDDEN = re.compile(rf'{_ESCAPE}|(?<![0-9])"(?=\S)(?>{_ESCAPE}|[^"])*+(?<=\S)"')


def clean(text: str) -> str:
    """Typed text in one line, NFC, with straight quotes, single spaces and nothing that cannot be seen.

    Zero-width joiners stay where scripts and emoji need them: between two characters beyond ASCII.
    """
    text = unicodedata.normalize("NFC", text.translate(_STRAIGHT))
    text = _STRAY_JOINER.sub("", "".join(_visible(char) for char in text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    unseen = unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in "\u200c\u200d"
    return "" if unseen else char


def veil(text: str) -> str:
    """The text with everything hidden from the grammar blotted out, character by character, so that positions agree."""
    return HIDDEN.sub(lambda found: "\0" * len(found[0]), text)


def words(text: str) -> list[str]:
    """The text cut at its spaces; lettering stays in one piece."""
    return [text[found.start() : found.end()] for found in re.finditer(r"\S+", veil(text))]


def unescape(text: str) -> str:
    """The text without the backslashes that keep signs out of the grammar."""
    return re.sub(_ESCAPE, lambda found: found[0][1:], text)
