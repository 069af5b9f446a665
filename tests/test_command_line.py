"""The rest of the line as the values of a command's options."""

from dataclasses import MISSING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command_line import BadLine, main, values
from bot.events import (
    COMMANDS,
    Cancel,
    Command,
    Describe,
    Fork,
    Help,
    Imagine,
    Info,
    Invite,
    Party,
    Prefer,
    Settings,
    Show,
    Top,
    Tree,
    options,
)
from bot.place import Person
from bot.wording_console import bad_line

BOB, ANN_LEE = Person("bob", "Bob"), Person("ann", "Ann Lee")


def person(written: str) -> Person | None:
    """As a platform with mentions and names understands it."""
    return {"<@bob>": BOB, "Bob": BOB, "Ann Lee": ANN_LEE}.get(written)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Show, "k3f9", {"id": "k3f9"}),
        (Show, "k3f9 --again", {"id": "k3f9", "again": True}),
        (Show, "k3f9 —again", {"id": "k3f9", "again": True}),
        (Show, "--again k3f9", {"id": "k3f9", "again": True}),
        (Show, "--AGAIN --id k3f9", {"id": "k3f9", "again": True}),
        (Show, "https://example.org/--a/p.png", {"id": "https://example.org/--a/p.png"}),
        (Party, "red things", {"theme": "red things"}),
        (Party, "red  things\n", {"theme": "red things"}),
        (
            Party,
            "red things --minutes 30 --words car, hat",
            {"theme": "red things", "minutes": 30, "words": "car, hat"},
        ),
        (Party, "cats --words=hat —minutes=5", {"theme": "cats", "minutes": 5, "words": "hat"}),
        (Party, "cats — not dogs", {"theme": "cats — not dogs"}),
        (Party, "cats —not dogs", {"theme": "cats —not dogs"}),
        (Party, 'the sign "no --minutes here" in red', {"theme": 'the sign "no --minutes here" in red'}),
        (Party, "half-timbered -minutes 3", {"theme": "half-timbered -minutes 3"}),
        (Top, "", {}),
        (Top, "workspace", {"where": "workspace"}),
        (Top, "where Channel", {"where": "channel"}),
        (Top, "--where thread", {"where": "thread"}),
        (Settings, "owner", {"refine": "owner"}),
        (Settings, " refine  invited ", {"refine": "invited"}),
        (Settings, "--refine everyone", {"refine": "everyone"}),
        (Invite, "@Bob", {"who": BOB}),
        (Invite, "Bob --away", {"who": BOB, "away": True}),
        (Invite, "<@bob>", {"who": BOB}),
        (Invite, "@Ann Lee —away", {"who": ANN_LEE, "away": True}),
        (Imagine, "a fox —ar 16:9 --no fog", {"prompt": "a fox —ar 16:9 --no fog"}),
        (Imagine, " two\nlines ", {"prompt": "two\nlines"}),
        (Prefer, "defaults --ar 16:9", {"text": "defaults --ar 16:9"}),
        (Prefer, "", {"text": ""}),
        (Fork, "p1", {"id": "p1"}),
        (Cancel, "", {}),
        (Cancel, "t1", {"id": "t1"}),
        (Describe, "", {}),
        (Help, "me", {}),
        (Tree, "--wide", {}),
        (Info, "", {}),
    ],
)
def test_a_line_becomes_values(kind: type[Command], text: str, expected: dict[str, Any]) -> None:
    assert values(kind, text, person) == expected


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Show, "", "/show needs a word more. The id under the pictures"),
        (Show, "--again", "/show needs a word more"),
        (Imagine, " ", "/imagine needs a word more. What to draw"),
        (Party, "--minutes 5", "What the round is about"),
        (Invite, "", "The person"),
        (Show, "k3f9 --agian", "Did you mean --again?"),
        (Show, "k3f9 --again=yes", "Did you mean --again?"),
        (Fork, "p1 --zoom", "/fork has no --zoom. There is: --id."),
        (Party, "cats --words", "--words needs a value after it. Words that every prompt must have"),
        (Party, "cats --minutes 5 --minutes 6", "--minutes stands there twice"),
        (Show, "a --id b", "--id stands there twice"),
        (Party, "cats --minutes 0", "--minutes takes a whole number from 1 to 10080, and “0” is none"),
        (Party, "cats --minutes 10081", "from 1 to 10080"),
        (Party, "cats --minutes soon", "“soon”"),
        (Party, "cats --minutes 1.5", "“1.5”"),
        (Party, f"cats --minutes {'9' * 5000}", "999…”"),
        (Top, "chanel", "Did you mean channel? There is: thread, channel, workspace."),
        (Settings, "refine nobody at all", "Write one of these: everyone, invited, owner."),
        (Invite, "Eve", "I know nobody called “Eve” here."),
    ],
)
def test_a_bad_line_says_the_next_step(kind: type[Command], text: str, words: str) -> None:
    with pytest.raises(BadLine) as error:
        values(kind, text, person)
    assert words in bad_line(error.value)


def test_a_picture_stands_for_the_words_of_an_imagine_alone() -> None:
    assert values(Imagine, "", person, picture=True) == {"prompt": ""}
    with pytest.raises(BadLine):
        values(Show, "", person, picture=True)


@pytest.mark.parametrize("kind", COMMANDS)
@given(
    text=st.text(max_size=80)
    | st.lists(st.sampled_from(["--again", "—", "--", "a", "5", "owner", '"']), max_size=6).map(" ".join)
)
def test_every_line_is_read_or_refused_in_words(kind: type[Command], text: str) -> None:
    try:
        found = values(kind, text, lambda written: BOB)
    except BadLine as error:
        words = bad_line(error)
    else:
        words = ""
    if words:
        assert words.endswith((".", "?"))
        return
    known = {option.name: option for option in options(kind)}
    assert set(found) <= set(known)
    assert all(type(value) is known[name].type for name, value in found.items())
    needed = main(kind)
    assert needed is None or needed.default is not MISSING or found[needed.name]
