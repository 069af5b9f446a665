"""A message as clauses: cleaned of what chats put around words, and cut where one thing ends and another begins."""

import re
import unicodedata
from dataclasses import dataclass

from bot import plain_text
from bot.refine.vocabulary import leading, phrases, trailing

_MENTION = re.compile(r"<[@!#][^>]*>|(?<!\S)@[\w.-]+[:,]?")
_PERSON = re.compile(r"<@[^>#]*>|<!\w+>|(?<!\S)@[\w.-]+")
_CUSTOM_EMOJI = re.compile(r"<a?:\w+:\d+>|(?<!\S):[a-z][\w+-]*:(?!\S)")
_SMILEYS = re.compile(
    r"(?<!\S)(?:[:;=8xX][-^']?[)(DPpOo/|*3]+|<3+|\^_*\^|[xX]D+|:\)+|\\o/|[Tt]_[Tt]|-_+-)(?=\s|$|[.,!?])"
)
_MARKS = re.compile(r"(?<![\w*_~`|])(\*{1,3}|_{1,3}|~{1,2}|`{1,3}|\|\|)(?=\S)(.+?)(?<=\S)\1(?![\w*_~`|])")
_ARROWS = re.compile(r"\s*(?:->|→|=>|⇒|➡|⟶|-->)\s*")
_SIGN = re.compile(r"(?<!\S)([+\-–—−])(?=[A-Za-z])(?![A-Za-z]*\d)")
_ENDS = ",;.!?"


@dataclass(frozen=True, slots=True)
class Clause:
    """Some words of a message, as they were typed."""

    raw: tuple[str, ...]
    joint: str = ""
    """What stands before it: a comma, `and`, `but`; empty at the beginning."""
    asks: bool = False
    """A question mark stands behind it."""

    @property
    def low(self) -> tuple[str, ...]:
        """The words in lower case; lettering stays as it is."""
        return tuple(word if word.startswith('"') else word.lower() for word in self.raw)

    @property
    def text(self) -> str:
        """The words as one text."""
        return " ".join(self.raw)

    def part(self, start: int, end: int | None = None) -> "Clause":
        """Some of its words."""
        return Clause(self.raw[start:end], self.joint, self.asks)

    @property
    def weak(self) -> bool:
        """It may go on with what came before."""
        return (self.joint,) in phrases("speech", "join", "maybe")


def to_a_person(text: str) -> bool:
    """It names somebody: then it is not for the bot."""
    return _PERSON.search(plain_text.veil(plain_text.clean(text))) is not None


def tidy(text: str) -> str:
    """The message in one line, without mentions, emoji and the marks that chats draw by."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("> ", ">>>", "&gt;"))]
    text = " ; ".join(line for line in lines if line.strip())
    text = plain_text.clean(text)
    for sign in (_MENTION, _CUSTOM_EMOJI, _SMILEYS):
        text = _outside(sign, text)
    text = "".join(
        " " if (unicodedata.category(sign) in ("So", "Sk") and sign not in "°©®^`") or sign in "\ufe0f\u20e3" else sign
        for sign in text.replace("➡", "->")
    )
    for _ in range(2):
        text = _MARKS.sub(r"\2", text)
    text = re.sub(r"(?<=\s)[\u200c\u200d]|[\u200c\u200d](?=\s|$)|^[\u200c\u200d]", "", text)
    return " ".join(text.split())


def _outside(sign: re.Pattern[str], text: str) -> str:
    """The text without these signs; lettering keeps them."""
    veiled = plain_text.veil(text)
    for found in reversed(list(sign.finditer(veiled))):
        text = f"{text[: found.start()]} {text[found.end() :]}"
    return text


def split(text: str) -> tuple[Clause, ...]:
    """A tidy message, cut at every sign and word that may join clauses."""
    veiled = plain_text.veil(text)
    text = "".join(_ARROWS.sub(" -> ", text)) if "\0" not in veiled else text
    text = _SIGN.sub(r"\1 ", text)
    made: list[Clause] = []
    words: list[str] = []
    joint = ""

    def end(new: str) -> None:
        nonlocal joint
        if words:
            made.append(Clause(tuple(words), joint, new == "?"))
            joint = new
        elif not joint or (new,) not in phrases("speech", "join", "maybe") or joint == ",":
            joint = new if made else ""
        words.clear()

    said = plain_text.words(text)
    low = tuple(word.lower() for word in said)
    at = 0
    always, maybe = phrases("speech", "join", "always"), phrases("speech", "join", "maybe")
    while at < len(said):
        rest = low[at:]
        if (length := leading(rest, always)) and rest[:length] != (".",):
            end(" ".join(rest[:length]))
            at += length
            continue
        if (length := leading(rest, maybe)) and (words or made) and at + length < len(said):
            end(" ".join(rest[:length]))
            at += length
            continue
        word = said[at]
        bare = word.rstrip(_ENDS)
        if low[at] in ("no.", "nr.", "vs."):
            bare = word
        if bare:
            words.append(bare)
        if len(bare) < len(word):
            end(max(word[len(bare) :], key=".;!?,"[::-1].index))
        at += 1
    end("")
    return tuple(made)


def polite(clause: Clause) -> Clause:
    """The clause without please and thanks, greetings and the like; as it was if nothing else is in it."""
    rest = clause
    while (length := trailing(rest.low, phrases("speech", "polite", "after"))) and length < len(rest.raw):
        rest = rest.part(0, -length)
    while (length := leading(rest.low, phrases("speech", "polite", "before"))) and length < len(rest.raw):
        if rest.low[:length] == ("just",) and len(rest.raw) < 3:
            break
        rest = rest.part(length)
    return rest


def joined(clauses: tuple[Clause, ...]) -> Clause:
    """Several neighbours as one, with what stands between them."""
    words: list[str] = list(clauses[0].raw)
    for clause in clauses[1:]:
        if clause.joint in (",", ";"):
            words[-1] += clause.joint
        else:
            words += clause.joint.split()
        words += clause.raw
    return Clause(tuple(words), clauses[0].joint)
