from collections.abc import Iterator

import pytest

from bot import wording
from bot.errors import (
    AgeRestricted,
    AlreadyAnswered,
    BadAddress,
    BadInput,
    Blocked,
    BotError,
    LineFull,
    LinkRefused,
    MayNotRefine,
    NotFound,
    NothingToDescribe,
    NotYours,
    PartyWords,
    PictureGone,
    Refused,
    StoreFull,
    StoreReadOnly,
    StoreTooNew,
    StoreUnreachable,
    TooManyAtOnce,
    TooManyLinks,
)
from engine.errors import (
    BadJob,
    BrokenWeights,
    Cancelled,
    EngineError,
    LoraNotFound,
    ModelNotFound,
    OutOfMemory,
    QueueFull,
)
from tests.flag_inputs import REFUSED

OTHERS: list[BotError | EngineError] = [
    NotFound("k7"),
    NotYours("k7"),
    AlreadyAnswered(),
    Refused("That can't be done. Say it otherwise."),
    BadAddress("sxabc"),
    MayNotRefine("owner", "Ann"),
    MayNotRefine("invited", "Ann"),
    PartyWords("red things", ("red",)),
    Blocked(("gore",)),
    AgeRestricted(("wine",)),
    TooManyAtOnce(20),
    LineFull(200, 90.0),
    NothingToDescribe(),
    TooManyLinks(3),
    StoreFull(),
    StoreReadOnly(),
    StoreUnreachable("the file is locked"),
    StoreTooNew("0009"),
    PictureGone("ab/cd.png"),
    *(LinkRefused("http://a.b", reason) for reason in ("scheme", "private", "unreachable", "redirects")),
    *(LinkRefused("http://a.b", reason) for reason in ("missing", "no_picture", "too_large")),
    QueueFull(9, 30.0, mine=False),
    Cancelled(),
    ModelNotFound("big", ("pocket",)),
    BrokenWeights("big", "unet is cut off"),
    LoraNotFound("ink", ()),
    BadJob("width", "a multiple of 8"),
    OutOfMemory(),
]
TYPED = [error for _, error in REFUSED]


def below(kind: type[BotError]) -> Iterator[type[BotError]]:
    for each in kind.__subclasses__():
        yield from below(each)
        if not each.__subclasses__() and each.__module__ == "bot.errors":
            yield each


def test_every_error_is_tried_here() -> None:
    assert set(below(BotError)) == {type(error) for error in (*TYPED, *OTHERS) if isinstance(error, BotError)}


@pytest.mark.parametrize("error", [*TYPED, *OTHERS], ids=repr)
def test_every_error_has_words_of_its_own(error: BotError | EngineError) -> None:
    text = wording.apology(error)
    assert text
    assert text != wording.LOST_MODEL
    assert len(text) < 400
    assert type(error).__name__ not in text


@pytest.mark.parametrize(
    "error", [error for error in TYPED if {"flag", "written", "first"} & vars(error).keys()], ids=repr
)
def test_the_words_quote_what_was_typed(error: BadInput) -> None:
    facts = vars(error)
    assert str(facts.get("flag") or facts.get("written") or facts.get("first")) in wording.apology(error)


def test_the_words_say_what_to_do_next() -> None:
    said = {text: wording.apology(error) for text, error in REFUSED}
    assert said["a fox --sed 4"] == "There is no flag --sed. Did you mean --seed? /help lists them all."
    assert said["a fox --ar 5:1"] == "--ar goes from 1:4 to 4:1, and 5:1 is beyond that."
    assert said["a ((red)) fox"] == ("“((red))” means different things in different tools. Write (red:1.21) or red.")
    assert said["{a, b, c}" * 2].startswith("Those braces stand for 9 prompts, and 8 at once is the most.")


def test_long_words_are_quoted_in_part() -> None:
    assert len(wording.apology(NotFound("x" * 5000))) < 200


def test_what_a_model_did_not_read_is_quoted_by_its_beginning_and_its_end() -> None:
    assert wording.cut("a cat").endswith("“a cat”")
    long = wording.cut(f"first {'very ' * 400}last")
    assert len(long) < 300
    assert "“first very" in long
    assert "very last”" in long
