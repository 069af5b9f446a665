"""Replies as blocks: within every limit, and nothing that people typed mentions, links or formats."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from adapters.slack import markup, modals, render
from adapters.slack.inbound import Names
from bot.buttons import Edit, Pick, Star, Stop, Unset, from_token, to_token
from bot.buttons import Fork as ForkAction
from bot.events import Imagine, Party, Press
from bot.place import Person, Place
from bot.replies import Button, Chart, Form, Link, Picture, Progress, Reply, Whisper
from tests.peers.slack.blocks import MOST_LETTERS, check_blocks
from tests.peers.slack.mrkdwn import read_message
from tests.peers.slack.views import check_view

PLACE = Place("slack", "T1", "C1", "1790000000.000001")
ANN = Person("U1", "Ann")
NASTY = (
    "<!channel> <@U0AAAAAAA> @here *bold* _it_ ~no~ `code` > quote https://a.example <https://b.example|b> & :smile:"
)


def address(place: Place) -> str:
    return f"https://acme.slack.com/archives/{place.channel}"


def picture(number: int, **more: Any) -> Picture:
    return Picture(f"p{number}", f"p{number}.png", f"AI image: {number}", 64, 64, seed=number, **more)


def checked(shown: render.Shown) -> list[dict[str, Any]]:
    """The blocks, which Slack takes."""
    checks = check_blocks(shown.blocks, "message", lambda _: None)
    assert checks.found == []
    assert checks.letters <= MOST_LETTERS
    assert shown.blocks
    assert len(shown.text) <= 4000
    return shown.blocks


def does_nothing(shown: render.Shown) -> None:
    reading = read_message({"text": shown.text, "blocks": shown.blocks})
    assert (reading.mentions, reading.links, reading.channels, reading.styles) == ((), (), (), ())


texts = st.text(max_size=200) | st.just(NASTY) | st.just("x" * 14_000) | st.just("line\n" * 900)
actions = st.sampled_from([Pick("p1"), Star("p1"), Stop("t1"), Edit("t1"), Unset("t1", "width")])
buttons = st.builds(Button, st.text(max_size=120) | st.just(NASTY), actions, st.booleans())
pictures = st.builds(
    Picture,
    st.sampled_from(["p1", "p2"]),
    st.sampled_from(["p1.png", "p2.png", "away.png"]),
    texts,
    st.just(64),
    st.just(64),
    seed=st.just(1),
    spoiler=st.booleans(),
    stars=st.integers(0, 99),
)
replies = st.builds(
    Reply,
    key=st.just("t1"),
    text=texts,
    pictures=st.lists(pictures, max_size=12).map(tuple),
    progress=st.none() | st.builds(Progress, st.floats(-1, 2)),
    buttons=st.lists(buttons, max_size=60).map(tuple),
    chips=st.lists(buttons, max_size=40).map(tuple),
    charts=st.lists(st.builds(Chart, st.just("p1.png"), texts, st.just(1), st.just(1)), max_size=3).map(tuple),
    final=st.booleans(),
)


@given(replies)
def test_whatever_a_reply_holds_slack_takes_it_and_it_does_nothing(reply: Reply) -> None:
    shown = render.reply(reply, {"p1.png": "F0AAAAAAAA", "p2.png": "F0BBBBBBBB"}, address)
    checked(shown)
    does_nothing(shown)


@given(texts)
@example("\x1e> a quotation, if lines end by a record separator")
def test_a_whisper_of_whatever_words_does_nothing(text: str) -> None:
    does_nothing(render.whisper(Whisper(text), {}, Names()))


@given(st.text())
def test_what_is_escaped_comes_back(text: str) -> None:
    assert markup.unescape(markup.escape(text)) == text


def test_links_lead_to_their_places_and_nowhere_else() -> None:
    links = (Link(f"from {NASTY}|", PLACE), Link("the channel", PLACE.in_thread("")))
    shown = render.reply(Reply(key="t1", text="a car", links=links), {}, address)
    checked(shown)
    reading = read_message({"text": "", "blocks": shown.blocks})
    assert reading.links == ("https://acme.slack.com/archives/C1",) * 2
    assert (reading.mentions, reading.styles) == ((), ())


def test_what_does_not_fit_is_left_out_and_said() -> None:
    shown = render.reply(Reply(key="t1", text="word " * 4000), {}, address)
    assert "More of this is hidden" in str(checked(shown)[-1])
    many = tuple(Button(f"b{n}", Pick("p1")) for n in range(60))
    assert (
        len(
            [
                it
                for block in checked(render.reply(Reply(key="t", text="a", buttons=many), {}, address))
                if block["type"] == "actions"
                for it in block["elements"]
            ]
        )
        == 60
    )


def test_buttons_carry_their_tokens_and_have_ids_of_their_own() -> None:
    reply = Reply(
        key="t1",
        text="a",
        chips=(Button("16:9", Unset("t1", "width")),),
        buttons=(Button("1", Pick("p1")), Button("Stop", Stop("t1"), danger=True)),
    )
    elements = [
        it
        for block in checked(render.reply(reply, {}, address))
        if block["type"] == "actions"
        for it in block["elements"]
    ]
    assert [from_token(it["value"]) for it in elements] == [Unset("t1", "width"), Pick("p1"), Stop("t1")]
    assert len({it["action_id"] for it in elements}) == 3
    assert elements[2]["style"] == "danger"


def test_stars_that_are_called_the_same_get_their_numbers() -> None:
    stars = tuple(Button("Star", Star(f"p{n}")) for n in (1, 2))
    blocks = checked(
        render.reply(Reply(key="t", text="a", pictures=(picture(1), picture(2)), buttons=stars), {}, address)
    )
    assert [it["text"]["text"] for it in blocks[-1]["elements"]] == ["Star 1", "Star 2"]


def test_pictures_have_alt_texts_numbers_and_stars_and_come_when_they_are_there() -> None:
    reply = Reply(key="t1", text="a", pictures=(picture(1), picture(2, stars=3)))
    blocks = checked(render.reply(reply, {"p2.png": "F0BBBBBBBB"}, address))
    [image] = [block for block in blocks if block["type"] == "image"]
    assert image["alt_text"] == "AI image: 2"
    assert image["title"]["text"] == "#2 · ★ 3 stars"
    assert image["slack_file"] == {"id": "F0BBBBBBBB"}


def test_a_hidden_picture_is_behind_a_button() -> None:
    blocks = checked(
        render.reply(Reply(key="t1", text="a", pictures=(picture(1, spoiler=True),)), {"p1.png": "F0AAAAAAAA"}, address)
    )
    assert [block["type"] for block in blocks] == ["section", "actions"]
    [image] = checked(render.hidden(blocks[1]["elements"][0]["value"]))
    assert (image["alt_text"], image["slack_file"]) == ("AI image: 1", {"id": "F0AAAAAAAA"})


def test_what_is_shared_has_the_pictures_and_no_buttons() -> None:
    reply = Reply(key="t1", text="a car", pictures=(picture(1),), buttons=(Button("1", Pick("p1")),))
    shown = render.shared(render.reply(reply, {"p1.png": "F0AAAAAAAA"}, address).blocks)
    assert [block["type"] for block in checked(shown)] == ["section", "image"]


def test_commands_are_called_what_they_are_called_here() -> None:
    names = Names("/draw", "/sx")
    assert (
        render.commands_named("/show brings it, /imagine begins; a/show b", names)
        == "/sx show brings it, /draw begins; a/show b"
    )


def test_roots_say_what_was_asked_and_by_whom() -> None:
    for event, said in (
        (Imagine(event_id="1", place=PLACE, person=ANN, prompt=NASTY), NASTY),
        (Party(event_id="1", place=PLACE, person=ANN, theme="red"), "A round of 15 min on: red"),
        (Press(event_id="1", place=PLACE, person=ANN, token=to_token(ForkAction("p1"))), "Goes on from p1"),
    ):
        shown = render.root(event)
        assert checked(shown)[0]["text"]["text"] == f"{said} · for Ann"
        does_nothing(shown)


@given(st.text(max_size=9000) | st.just("car " * 1600), st.text(max_size=60))
def test_a_form_is_a_modal_that_slack_takes_and_gives_back_whole(text: str, title: str) -> None:
    view = modals.form(Form(title=title, label="Prompt", text=text, action=Edit("t1")), PLACE)
    assert check_view(view, lambda _: None, home=False) == [] or not title
    values = {block["block_id"]: {"text": {"value": block["element"].get("initial_value")}} for block in view["blocks"]}
    filled = modals.filled({**view, "state": {"values": values}})
    assert filled.text == text.strip()
    assert (filled.place, filled.token) == (PLACE, to_token(Edit("t1")))


def test_the_other_forms_are_taken_too() -> None:
    for view in (modals.new_image(), modals.prefer(), modals.refine(PLACE, "t1", {"id": "F0AAAAAAAA"})):
        assert check_view(view, lambda _: None, home=False) == []
        assert len(json.dumps(view)) < 250_000


def test_the_home_tab_is_taken_however_much_there_is_to_say() -> None:
    many = [picture(n) for n in range(6)]
    files = {one.file: f"F0AAAAAAA{n}" for n, one in enumerate(many)}
    blocks = render.home(NASTY * 300, "", many, files, Names(), "done")
    blocks += render.home_workspace("sextant at https://acme.slack.com/", Names(), ["files:read"])
    assert check_view({"type": "home", "blocks": blocks}, lambda _: None, home=True) == []
    titles = [block["title"]["text"] for block in blocks if block["type"] == "image"]
    assert titles == [f"/sextant show p{number}" for number in range(6)], "so it is brought back"
