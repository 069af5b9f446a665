"""An answer in words to a question that is open."""

from collections.abc import Sequence

from bot.refine.edits import Reading
from bot.refine.nouns import number
from bot.refine.phrases import without_article
from bot.refine.vocabulary import table

_YES = frozenset(
    {
        "yes",
        "yeah",
        "yep",
        "yup",
        "ok",
        "okay",
        "sure",
        "right",
        "exactly",
        "do it",
        "yes please",
        "y",
        "please do",
        "please",
        "of course",
        "correct",
    }
)
_NO = frozenset(
    {
        "no",
        "nope",
        "neither",
        "none",
        "n",
        "no thanks",
        "leave it",
        "nothing",
        "none of them",
        "never mind",
        "nevermind",
        "cancel",
        "forget it",
        "no thank you",
    }
)


def find(said: str, asked: Sequence[Reading]) -> Reading | None:
    """The reading that was meant; one without edits for a no; None if it is no answer."""
    text = said.lower().strip(" .!,?\"'")
    for word in (" please", " thanks", " then"):
        text = text.removesuffix(word)
    for word in ("yes, ", "yes ", "i mean ", "i meant ", "take ", "the answer is ", "please "):
        text = text.removeprefix(word) if text != word.strip() else text
    labels = [reading.label.lower() for reading in asked]
    for key in (str, without_article, _inner):
        wanted = key(text).lower()
        fitting = [
            reading for reading, label in zip(asked, labels, strict=True) if wanted and key(label).lower() == wanted
        ]
        if len(fitting) == 1:
            return fitting[0]
    if text in _YES:
        return asked[0] if len([reading for reading in asked if reading.edits]) == 1 else None
    if text in _NO:
        return Reading(said, ())
    return _by_number(text, asked)


def _inner(label: str) -> str:
    """`dog` of `Add “dog”`."""
    text = label.replace("“", '"').replace("”", '"')
    return without_article(text.split('"')[1]) if text.count('"') == 2 else without_article(text).removeprefix("#")


def _by_number(text: str, asked: Sequence[Reading]) -> Reading | None:
    labels = [reading.label for reading in asked]
    bare = text.removeprefix("the ").removesuffix(" one").removeprefix("number ").strip()
    if any(label.startswith("#") for label in labels):
        value = table("pick")["ordinals"].get(bare) or number(bare.removeprefix("#"))
        return next((reading for reading in asked if reading.label == f"#{value}"), None)
    value = table("pick")["ordinals"].get(bare) or number(bare.removeprefix("#"))
    if value is None:
        words = set(without_article(text).split())
        fitting = [
            reading
            for reading in asked
            if words and words <= set(reading.label.lower().replace("“", "").replace("”", "").split())
        ]
        return fitting[0] if len(fitting) == 1 and not words & {"add", "remove"} else None
    at = value - 1 if value > 0 else len(asked) + value
    return asked[at] if 0 <= at < len(asked) else None
