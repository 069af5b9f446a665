"""JSON into events."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.console.inbound import LONGEST_TEXT, Refused, Rename, Say, read, to_event
from bot.events import (
    Cancel,
    Describe,
    Event,
    Help,
    Imagine,
    Invite,
    Message,
    Party,
    Press,
    Queue,
    Settings,
    Show,
    Submit,
    Upload,
)
from bot.place import Person, Place

ANN, BOB = Person("ann", "Ann"), Person("bob", "Bob")
PICTURE = Upload("p", b"bytes")


def nobody(_: str) -> None:
    return None


def say(text: str, picture: Upload | None = None, thread: str = "", **more: str) -> Any:
    request = read(
        json.dumps({"type": "say", "id": "event-0001", "channel": "general", "thread": thread, "text": text, **more})
    )
    assert isinstance(request, Say)
    return to_event(request, ANN, picture, {"Bob": BOB}.get)


@pytest.mark.parametrize(
    ("text", "kind", "fields"),
    [
        ("/imagine a red car --ar 16:9", Imagine, {"prompt": "a red car --ar 16:9"}),
        ("  /Imagine   two\nlines ", Imagine, {"prompt": "two\nlines"}),
        ("/show abc", Show, {"id": "abc"}),
        ("/cancel", Cancel, {"id": ""}),
        ("/cancel abc", Cancel, {"id": "abc"}),
        ("/queue", Queue, {}),
        ("/help me", Help, {}),
        ("/describe abc", Describe, {"picture": None}),
        (" darker, please ", Message, {"text": "darker, please", "addressed": False}),
        ("@Sextant, darker", Message, {"text": "darker", "addressed": True}),
        ("@sextant", Message, {"text": "", "addressed": True}),
        ("@Sextants like it", Message, {"text": "@Sextants like it", "addressed": False}),
        ("ask @Sextant", Message, {"text": "ask @Sextant", "addressed": False}),
        ("@Sextant /show abc --again", Show, {"id": "abc", "again": True}),
        ("/party red things --minutes 30", Party, {"theme": "red things", "minutes": 30, "words": ""}),
        ("/invite @Bob", Invite, {"who": BOB, "away": False}),
        ("/settings owner", Settings, {"refine": "owner"}),
    ],
)
def test_what_is_typed_becomes_an_event(text: str, kind: type, fields: dict[str, object]) -> None:
    event = say(text, thread="root")
    assert type(event) is kind
    assert {name: getattr(event, name) for name in fields} == fields
    assert isinstance(event, Event)
    assert event.place == Place("console", "local", "general", "root")
    assert (event.person, event.event_id) == (ANN, "ann.event-0001")


def test_the_id_of_an_event_is_its_persons() -> None:
    assert say("words").event_id == "ann.event-0001"


@pytest.mark.parametrize("text", ["/imagine", "/imagine a car", "/describe", "words"])
def test_a_picture_comes_along(text: str) -> None:
    assert say(text, PICTURE).picture == PICTURE


def test_a_reply_to_the_bots_message_is_addressed_to_it() -> None:
    event = say("darker", thread="root", reply_to="t1")
    assert (event.reply_to, event.addressed) == ("t1", True)


def test_a_press_and_a_form() -> None:
    about = {"id": "event-0001", "channel": "general", "token": "s1~edit~t"}
    press = to_event(read(json.dumps({"type": "press", **about})), ANN, None, nobody)  # type: ignore[arg-type]
    form = to_event(read(json.dumps({"type": "submit", "text": " a car ", **about})), ANN, None, nobody)  # type: ignore[arg-type]
    assert isinstance(press, Press)
    assert press.token == "s1~edit~t"
    assert isinstance(form, Submit)
    assert form.text == " a car "


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/imagin a car", "/imagine"),
        ("/quue", "/queue"),
        ("/", "/help"),
        ("/show", "The id under the pictures"),
        ("/imagine", "What to draw"),
        ("/party cats --minutes 0", "from 1 to 10080"),
        ("/invite Eve", "nobody called “Eve”"),
        ("x" * (LONGEST_TEXT + 1), str(LONGEST_TEXT)),
    ],
)
def test_what_can_not_be_taken_is_refused_with_the_next_step(text: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        say(text)
    assert refused.value.id == "event-0001"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"type": "shout"}',
        '{"type": "say"}',
        '{"type": "say", "id": "a b", "channel": "general", "text": ""}',
        '{"type": "say", "id": "event-0001", "channel": "general", "text": 5}',
        '{"type": "say", "id": "event-0001", "channel": "general", "text": "", "person": "bob"}',
        '{"type": "name", "name": "  "}',
        '{"type": "name", "name": "a\\u0000b"}',
        '{"type": "earlier", "before": -1}',
    ],
)
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read(text)


def test_a_refusal_names_the_event_if_it_can() -> None:
    with pytest.raises(Refused) as refused:
        read('{"type": "say", "id": "event-0001"}')
    assert refused.value.id == "event-0001"


def test_a_name_is_trimmed() -> None:
    assert read('{"type": "name", "name": "  Ann  "}') == Rename(type="name", name="Ann")


@given(st.text() | st.binary().map(lambda data: data.decode("utf-8", "replace")))
def test_nothing_else_is_ever_raised(text: str) -> None:
    with pytest.raises(Refused):
        read(text)


@given(st.text(max_size=200))
def test_any_text_is_an_event_or_refused(text: str) -> None:
    try:
        event = say(text)
    except Refused:
        assert text.lstrip().startswith("/")
    else:
        said = getattr(event, "text", text.strip())
        assert said == text.strip() or event.addressed
