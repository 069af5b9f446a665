"""Wording, continued: refining a picture in words. Questions and their buttons, and the line of what changes."""

from collections.abc import Sequence

from bot import wording
from bot.refine.edits import Edit, GoTo, Pick, Undo, Upscale, Vary
from bot.refine.outcome import AlreadySo
from bot.remarks import Remark

# A set that was brought back where it does not live

AT_HOME = "That set has a thread of its own, and what comes of your words is shown there."
NOTHING_THERE = "There is no set in that message. Choose one with pictures, or say it in the thread of the set."
IN_PRIVATE = (
    "That set lives in a thread that others read, and here is a private place. "
    "Say there what should change, or begin anew here with Use as start."
)

# Buttons of a question

ADD_IT = "Add it"
NEW_PROMPT = "Draw it as a new prompt"
LEAVE_IT = "Leave it as it is"
ONLY_THE_REST = "Only the rest"
THE_SHAPE = "The shape"
THE_WORD = "The word, in the prompt"
THE_BACKGROUND = "the background"


def the(words: str) -> str:
    """A thing on a button."""
    return words if words.split()[:1] == ["the"] else f"the {words}"


def add(words: str) -> str:
    """Something that could be added."""
    return f"Add “{_cut(words)}”"


def whole(words: str) -> str:
    """A whole phrase that could go."""
    return f"Remove “{_cut(words)}”"


def without(words: str) -> str:
    """Something that is kept away."""
    return f"no {words}"


def number(value: int) -> str:
    """One of the pictures."""
    return f"#{value}"


def edit(chosen: Edit) -> str:
    """A few words for an edit that stands alone on a button."""
    match chosen:
        case Undo():
            return "Undo"
        case GoTo(version):
            return f"Back to version {version}"
        case Upscale(number):
            return f"Upscale {number or ''}".strip()
        case Vary(number, how):
            return f"Vary {number or ''} ({how})".replace("  ", " ")
        case Pick(number):
            return f"#{number}"
    return chosen.edit


# Questions

NOT_DRAWN_YET = "The pictures are still being drawn. Say it again when they are there."
ONE_PICTURE = "One picture at a time: which one?"
BACK_ALONE = "Going back is a change of its own. Which do you mean?"
UPSCALE_ALONE = "Upscaling keeps the picture as it is. Which do you mean?"
FIRST_VERSION = "This is the first version: there is nothing before it to go back to."
LARGE_ALREADY = "That is as large as I can draw it well. Upscale one of its smaller versions instead."
BRACES = "Choices in braces work with /imagine only. Say one change at a time here."
ASKED_AGAIN = "Which one is it? Say one of these, or what else shall change."
SHALL_I = "Shall I do that?"
YES = "Yes"
AT_ONCE = "That is more than I take in at once. Say it in smaller pieces, or draw it as a new prompt?"
ONE_AT_A_TIME = "Several parts of that are unclear. Say them one at a time."
WIDEST = "That is the widest step. For more, say a shape, for example: --ar 3:1"
TALLEST = "That is the tallest step. For more, say a shape, for example: --ar 1:3"


def which(words: str) -> str:
    """Several things could be meant."""
    return f"Which one do you mean by “{_cut(words)}”?"


def only_part(part: str, phrase: str) -> str:
    """The words are a part of something else."""
    return f"“{_cut(part)}” is only a part of “{_cut(phrase)}”. Shall all of that go?"


def not_there(words: str) -> str:
    """Nothing of that name stands in the prompt."""
    return f"There is no “{_cut(words)}” in the prompt. What did you mean?"


def slip(words: str) -> str:
    """A typo with a near match."""
    return f"Remove the {_cut(words)}?"


def removal(words: str) -> str:
    """The button for it."""
    return f"Remove the {_cut(words)}"


def nothing_left(words: str) -> str:
    """The picture is about that."""
    return f"The prompt is about “{_cut(words)}”: nothing would be left of it. Say what to draw instead."


def make(thing: str, quality: str) -> str:
    """A thing that could become otherwise."""
    return f"Make {_cut(thing)} {quality}"


def not_so(quality: str) -> str:
    """Less of what nobody has said."""
    return f"Nothing in the prompt says “{_cut(quality)}”. What shall I do?"


def never_was(words: str) -> str:
    """It cannot come back."""
    return f"There was no “{_cut(words)}” before. Shall I add it?"


def no_colour(words: str) -> str:
    """Not a colour that is known."""
    return f"I know no colour “{_cut(words)}”. Say it in other words, for example: light blue"


def name_or_colour(words: str) -> str:
    """A colour that is part of a thing's name."""
    return f"The colour in “{_cut(words)}” may be part of its name. What did you mean?"


def shape_or_word(name: str) -> str:
    """The name of a shape that could be a word of the prompt."""
    return f"“{name}” as the shape of the picture, or as a word of the prompt?"


def not_words(words: str) -> str:
    """Not words for a prompt."""
    return f"I can't put “{_cut(words)}” into the prompt. Say it in plain words, and flags at the end."


def which_picture(count: int) -> str:
    """No number was said."""
    return f"Which of the {count} pictures?"


def no_such_picture(number: int, count: int) -> str:
    """Beyond the set."""
    there = "there is only one" if count == 1 else f"there are {count}"
    return f"There is no picture {number}: {there}. Which one do you mean?"


def no_such_version(version: int, count: int) -> str:
    """Beyond the thread."""
    there = "is only version 1" if count == 1 else f"are versions 1 to {count}"
    return f"There is no version {version}: so far there {there}."


def already(words: Sequence[str]) -> str:
    """Nothing would change."""
    return f"Nothing changes: {_list(words)} is so already. Say again to draw it once more."


def what_colour(colour: str) -> str:
    """A colour, and nothing that it is of."""
    return f"What shall be {_cut(colour)}?"


def make_it(words: str) -> str:
    """One noun in the place of another, or beside it."""
    return f"Shall “{_cut(words)}” come in the place of something, or be added?"


def instead_of(old: str, new: str) -> str:
    """One thing for another, on a button."""
    return f"{_cut(old)} -> {_cut(new)}"


def new_or_more(words: str) -> str:
    """It reads like a prompt of its own."""
    return f"Shall I add “{_cut(words)}”, or draw it as a new prompt?"


def not_understood(part: str, rest: bool) -> str:
    """Some words, or all, are in no way understood."""
    if rest:
        return f"I understood the rest, but not “{_cut(part)}”. Shall I leave that out?"
    return f"I did not understand “{_cut(part)}”. For example: add a tree, no people, darker, make it blue, #2, undo"


def taken_back(part: str) -> str:
    """A correction of which it is not plain what it corrects."""
    return f"You took something back with “{_cut(part)}”. Say once more, in one sentence, what shall change."


def add_or_remove(words: str, before: str) -> str:
    """A list that goes on in doubt."""
    return f"After “{_cut(before)}”: shall “{_cut(words)}” come in or go out?"


def remark(fact: Remark | AlreadySo) -> str:
    """What the asker should know about how the words became a query."""
    return f"“{_cut(fact.words)}” is so already" if isinstance(fact, AlreadySo) else wording.remark(fact)


def _list(words: Sequence[str]) -> str:
    return ", ".join(f"“{_cut(each)}”" for each in words)


def _cut(words: str) -> str:
    return words if len(words) <= 60 else words[:59].rstrip() + "…"
