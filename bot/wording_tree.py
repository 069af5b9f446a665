"""Wording, continued: the tree of a conversation, and pictures that are taken into other threads."""

from collections.abc import Sequence

from bot.wording_conversation import picture_said

NEEDS_THREAD = "A tree grows in a thread: /imagine opens one, and /tree shows what became of it there."
NOTHING_YET = "Nothing has been drawn in this thread yet. /imagine a red car on a hill begins its tree."

_STATES = {
    "begun": "being drawn",
    "failed": "failed",
    "cancelled": "stopped",
    "deleted": "deleted",
    "private": "private",
}

HERE = "here"
GONE = "file is gone"
NO_PICTURES = "no pictures"


def state(state: str) -> str:
    """How a turn stands that shows no pictures."""
    return _STATES.get(state, NO_PICTURES)


def more(count: int) -> str:
    """Turns that are folded."""
    return f"+{count} more"


def pictures(count: int) -> str:
    """How many pictures a turn has."""
    return f"{count} picture" if count == 1 else f"{count} pictures"


def stars(count: int) -> str:
    """How many people liked them."""
    return f"{count} star" if count == 1 else f"{count} stars"


# A line of the text twin


def root(version: int, words: str, who: str) -> str:
    """The first turn of a tree."""
    return f"{version} {words} ({who})"


def child(version: int, parent: str, words: str, who: str) -> str:
    """A turn that follows another."""
    return f"{version} {parent}: {words or 'the same words'} ({who})"


def private(version: int, parent: str) -> str:
    """A turn of which nothing else is told."""
    return f"{version} {parent}".rstrip()


def follows(version: int, number: int) -> str:
    """What a turn follows."""
    return f"from {version} #{number}" if number else f"from {version}"


def line(said: str, facts: Sequence[str], here: bool) -> str:
    """One turn with what is known of it."""
    return " · ".join((said, *facts)) + (" ← here" if here else "")


def way(versions: Sequence[int], folded: bool) -> str:
    """The chosen path; the middle of a long one is left out."""
    shown = [str(version) for version in versions]
    if folded:
        shown = [*shown[:1], "…", *shown[-8:]]
    return "The way here: " + " → ".join(shown)


def count(turns: int) -> str:
    """How many turns there are."""
    return f"{turns} turn" if turns == 1 else f"{turns} turns"


def alt(turns: int, people: Sequence[str], others: int, way: str, here: str) -> str:
    """The summary of the drawing for those who can't see it."""
    names = ", ".join(people) + (f" and {others} more" if others else "")
    by = f" by {names}" if names else ""
    now = f" Here: {here}." if here else ""
    return f"A tree of pictures: {count(turns)}{by}. {way}.{now} The text says the same in words."


# Forks


def origin(maker: str, picture: str) -> str:
    """Where a turn comes from: whose picture it was, and its id."""
    return f"from {maker}'s {picture_said(picture)}"


def credit(maker: str, picture: str) -> str:
    """Whose picture a fork goes on from."""
    return f"from {maker}'s picture {picture_said(picture)}"


def went_on(person: str, number: int) -> str:
    """Said in the thread that a picture was taken from."""
    return f"{person} went on from #{number} in a new thread"


CAME_FROM = "where it came from"
NEW_THREAD = "the new thread"
