"""Talk that asks for nothing, and words that may be a prompt of their own."""

from itertools import pairwise

from bot.refine.clauses import Clause
from bot.refine.vocabulary import leading, phrases, words


def idle(clause: Clause) -> bool:
    """Greetings, thanks, praise and laughter alone."""
    low = tuple(word for word in clause.low if any(sign.isalnum() for sign in word))
    known = phrases("chatter", "phrases") | phrases("speech", "polite", "before") | phrases("speech", "polite", "after")
    if not low:
        return True
    while low:
        length = leading(low, known)
        if not length and not _laughter(low[0]):
            return False
        low = low[length or 1 :]
    return True


def _laughter(word: str) -> bool:
    """hahahaha, looool, hmmm, wooow."""
    plain = "".join(sign for n, sign in enumerate(word) if n == 0 or sign != word[n - 1])
    return plain in ("lol", "hm", "wow", "o", "a", "so", "ye", "yes", "no", "aw", "ok", "yay", "ha", "he") or (
        len(word) > 3 and set(word) in ({"h", "a"}, {"h", "e"}, {"h", "i"}, {"l", "o"})
    )


def remark(low: tuple[str, ...]) -> bool:
    """A sentence about something, rather than its name: it has a verb or speaks of it by a pronoun."""
    places = phrases("nouns", "prepositions", "place") | phrases("nouns", "prepositions", "equal")
    pronouns = phrases("speech", "pronouns", "it") | phrases("speech", "pronouns", "them")
    for at, word in enumerate(low):
        if word in words("chatter", "talk") | words("chatter", "verbs"):
            return True
        if (word,) in pronouns and at == len(low) - 1 and not any(low[n:at] in places for n in range(at)):
            return True
    return False


def talk(clause: Clause) -> bool:
    """Somebody talking, rather than a description of a picture."""
    return bool(set(clause.low) & words("chatter", "talk")) or not any(
        sign.isalnum() for word in clause.raw for sign in word
    )


def command(clause: Clause) -> bool:
    """It begins with a verb of the grammar, so it was meant for the bot."""
    names = ("add", "remove", "without", "restore", "replace", "turn", "make", "write", "more", "less", "other")
    low = clause.low
    if low[:1] in (("do",), ("have",), ("get",), ("not",), ("make",)) and low[1:2] in (
        ("you",),
        ("we",),
        ("sure",),
        ("sense",),
    ):
        return False
    if any(pair in (("should", "be"), ("should", "have"), ("needs", "to")) for pair in pairwise(low)) and low[
        0
    ] not in (words("chatter", "talk")):
        return True
    negated = {"don't", "dont"} & set(low[:2]) or low[:2] == ("do", "not")
    rest = low[2:] if low[:2] == ("do", "not") else low[1:]
    if negated and any(leading(rest, phrases("speech", "verbs", name)) for name in names):
        return True
    return any(leading(low, phrases("speech", "verbs", name)) for name in names) or bool(
        leading(low, phrases("commands", "upscale")) or leading(low, phrases("commands", "vary"))
    )
