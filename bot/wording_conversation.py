"""Wording, continued: the buttons and lines of a conversation."""

UNDO = "Undo"
DECIDE = "Let the votes decide"


def upscale(number: int) -> str:
    """A button that says what it will enlarge."""
    return f"Upscale {number}"


def star(number: int, stars: int) -> str:
    """A button to vote, with the votes so far."""
    return f"Star {number} ({stars})" if stars else f"Star {number}"


def fork(number: int) -> str:
    """A button that opens a thread for one picture."""
    return f"Continue {number} in a new thread"


def change(version: int, diff: str, person: str) -> str:
    """What a refinement changes, and whose it is."""
    return f"Version {version} by {person}: {diff}"


def picture_said(id: str, here: str = "") -> str:
    """A picture as people call it: by its number, and by the id of its set unless that is the one `here`."""
    turn, _, number = id.rpartition("-")
    if not turn or not number.isdecimal():
        return id
    return f"#{number}" if turn == here else f"#{number} of {turn}"


def chip_start(picture: str, strength: float) -> str:
    """The chip of the start picture."""
    return f"starts from {picture_said(picture)}, strength {strength:g}"


def already_answered() -> str:
    """A button of a question that is closed."""
    return "That question is closed: it was answered, or something else was said since. Say what you want changed."


def answered(question: str, answer: str, person: str) -> str:
    """A question with what was answered."""
    return f"{question} → {answer} ({person})"


def picture_and_question(question: str) -> str:
    """A sentence that is not clear came with a picture."""
    return f"{question} Say it once more with the picture, since I did not keep that."


def two_starts(number: int) -> str:
    """A picture was named and another brought."""
    return f"You named #{number} and brought a picture, and I start from one. Say it with one of the two."


def back_at(version: int, person: str) -> str:
    """Somebody went back."""
    return f"Back at version {version} ({person}). What is written next goes on from here."


def read_by(name: str) -> str:
    """A language model read what the grammar does not understand."""
    return f"Read by the language model {name}: look whether it is what you meant."
