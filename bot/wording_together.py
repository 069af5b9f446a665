"""Wording, continued: stars, the best, and rounds on a theme."""

from collections.abc import Sequence
from datetime import datetime

from bot.wording_conversation import picture_said

TIE = "the one that was finished first is ahead, and of one set the one with the smaller number"
RULE = f"Most stars first; of pictures with as many stars, {TIE}."
"""The one rule of every ranking."""

HOW_TO_STAR = "Press Star under a picture that you like; your own don't count."


def stars(count: int) -> str:
    """A number of votes."""
    return f"{count} star" if count == 1 else f"{count} stars"


# Stars


def star_the_original(id: str) -> str:
    """A fork is another's picture, shown once more."""
    return f"That is {id}, shown once more: /show {id} brings the original, which takes the stars."


def own_picture() -> str:
    """Nobody votes for themselves."""
    return "That picture is yours, and a star comes from somebody else. Star one of another person's."


def starred(picture: str, count: int) -> str:
    """The vote is there."""
    return (
        f"Your star is on {picture_said(picture)}, which has {stars(count)} now. Press Star again to take yours back."
    )


def star_taken_back(picture: str, count: int) -> str:
    """The vote is gone."""
    return (
        f"You have no star on {picture_said(picture)}, which has {stars(count)} now. Press Star again to give it one."
    )


def decided(picture: str, count: int, tied: bool) -> str:
    """The picture that the thread goes on from, by its votes."""
    why = f"it has {stars(count)}, and so has another; then {TIE}" if tied else f"it has the most stars: {count}"
    return f"The votes decided on {picture_said(picture)}: {why}. What is written next in this thread starts from it."


def nothing_to_decide() -> str:
    """No votes in the thread."""
    return f"No picture of this thread has a star yet, so the votes can't decide. {HOW_TO_STAR}"


# The best

_HERE = {"thread": "this thread", "channel": "this channel", "workspace": "this workspace"}


def top_title(where: str) -> str:
    """The name of the list."""
    return f"The best of {_HERE[where]}"


def top(where: str, lines: Sequence[str]) -> str:
    """The list, and how it is ordered."""
    return "\n".join((f"{top_title(where)}:", *lines, RULE))


def top_line(rank: int, count: int, person: str, prompt: str, picture: str) -> str:
    """One picture of the list."""
    return f"{rank}. {stars(count)} · {prompt} · for {person} · {picture}"


def nothing_starred(where: str) -> str:
    """An empty list."""
    return f"No picture of {_HERE[where]} that everybody may see has a star yet. {HOW_TO_STAR}"


def no_thread_here() -> str:
    """The best of a thread, asked for outside of one."""
    return "This is no thread. Ask in one, or say /top channel or /top workspace."


# Rounds on a theme


def moment(time: datetime, seconds: float) -> str:
    """A time of UTC that is so far away: with its day only where that could be another one."""
    return f"at {time:%H:%M} UTC" if seconds < 12 * 3600 else f"on {time.day} {time:%B} at {time:%H:%M} UTC"


def within(seconds: float) -> str:
    """How far away an end is."""
    minutes = max(1, round(seconds / 60))
    if minutes < 120:
        return f"in {minutes} min"
    if minutes < 48 * 60:
        return f"in {minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    hours = round(minutes / 60)
    return f"in {hours // 24} days" + (f" {hours % 24} h" if hours % 24 else "")


def party_title(theme: str) -> str:
    """The name of a round's thread."""
    return f"Round: {theme}"


def party_opened(person: str, theme: str, words: Sequence[str], end: datetime, left: float) -> str:
    """What everybody has to know of a round."""
    lines = (
        f"{person} opened a round: “{theme}”. Draw for it in this thread.",
        f"Every prompt must have: {', '.join(words)}." if words else "",
        f"It ends {within(left)}, {moment(end, left)}.",
        "The picture with the most stars wins: one star a person a picture, none for one's own, "
        f"and only pictures and stars from before the end count. Of pictures with as many stars, {TIE}.",
        f"{person} or a moderator ends it sooner with /party end",
    )
    return "\n".join(line for line in lines if line)


def party_open_already(theme: str, end: datetime, left: float) -> str:
    """A second round in the same place."""
    return (
        f"A round is open here already: “{theme}”. It ends {within(left)}, {moment(end, left)}. "
        "Draw for it, or open yours in the channel: it gets a thread of its own."
    )


def no_theme() -> str:
    """A round without a theme."""
    return "A round needs a theme, for example: /party castles"


def no_party_here() -> str:
    """Nothing to end."""
    return "No round is open here. Say /party end in the thread of the round; /party with a theme opens one."


def party_won(theme: str, person: str, picture: str, count: int, prompt: str, tied: bool) -> str:
    """A round with a winner."""
    rule = f"Another has as many stars; then {TIE}.\n" if tied else ""
    winner = f"{person} with {picture_said(picture)}, {stars(count)}!"
    return f"The round “{theme}” is over. The winner is {winner}\n{rule}{prompt}"


def party_won_by_what_is_gone(theme: str, person: str, picture: str) -> str:
    """The winning picture can't be shown any more."""
    return f"The round “{theme}” is over. The winner is {person} with {picture_said(picture)}, which is gone by now."


def party_without_winner(theme: str) -> str:
    """A round in which nobody got a star."""
    return (
        f"The round “{theme}” is over, and nobody won: no picture of it had a star before the end. "
        "/party opens another one."
    )


def party_words(theme: str, missing: Sequence[str]) -> str:
    """A prompt without the words that a round asks for."""
    quoted = ", ".join(f"“{word}”" for word in missing)
    return (
        f"A round is open here, “{theme}”, and its prompts must have {quoted}. "
        "Say it with that, or draw in another thread."
    )
