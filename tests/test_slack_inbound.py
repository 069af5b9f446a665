"""Slack's payloads as events."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import inbound, markup
from adapters.slack.inbound import LONGEST_TEXT, Names, Refused, Said, place_of, root_of
from bot.events import Fork, Help, Imagine, Invite, Message, Top, Tree, Upload
from bot.place import Person, Place
from tests.peers.slack.mrkdwn import typed

ANN = Person("U0ANN", "Ann")
BOT = "U0BOT"
NAMES = Names("/imagine", "/sextant")


def event(text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U0ANN", "channel": "C1", "ts": "1.5", "text": text} | more


def command(name: str, text: str, channel: str = "C1") -> dict[str, Any]:
    return {"command": name, "text": text, "channel_id": channel, "trigger_id": "13.7.ab"}


def heard(text: str, **more: Any) -> Said:
    said = inbound.said(event(text, **more), "T1", BOT)
    assert said
    return said


def test_a_message_and_its_mention_are_the_same() -> None:
    message = event(f"<@{BOT}> a car", channel_type="channel", client_msg_id="x")
    mention = event(f"<@{BOT}> a car") | {"type": "app_mention"}
    assert inbound.said(message, "T1", BOT) == inbound.said(mention, "T1", BOT)
    assert heard(f"<@{BOT}> a car").event_id == "T1.C1.1.5"


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "bot_message"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"bot_id": "B1"},
        {"user": BOT},
        {"user": None},
    ],
)
def test_bots_edits_and_deletions_are_nobodys_words(more: dict[str, Any]) -> None:
    assert inbound.said(event(f"<@{BOT}> a car", thread_ts="1.0", **more), "T1", BOT) is None


def test_only_threads_mentions_and_direct_conversations_are_for_the_bot() -> None:
    assert inbound.said(event("lunch?"), "T1", BOT) is None
    assert heard("darker", thread_ts="1.0").place == Place("slack", "T1", "C1", "1.0")
    assert heard(f"<@{BOT}> a car").place == Place("slack", "T1", "C1", "1.5")
    direct = heard("a car", channel="D1")
    assert direct.place == Place("slack", "T1", "D1", "D1")
    assert direct.addressed
    assert heard("x", channel="D1", thread_ts="1.0").in_im_thread == "1.0"
    for subtype in ("file_share", "thread_broadcast"):
        assert heard("x", thread_ts="1.0", subtype=subtype).text == "x"


def test_a_direct_conversation_has_no_thread_at_slack() -> None:
    assert root_of(place_of("T1", "D1")) == ""
    assert root_of(place_of("T1", "D1", "1.0")) == "1.0"
    assert root_of(place_of("T1", "C1")) == ""


def words(text: str, *, begun: bool = True, picture: Upload | None = None, **more: Any) -> Any:
    said = heard(text, **more)
    return inbound.words_event(said, said.place, ANN, {"U0BEN": "Ben"}, picture, begun)


def test_words_go_on_where_a_conversation_is_and_begin_one_where_none_is() -> None:
    assert words("darker", thread_ts="1.0") == Message(
        event_id="T1.C1.1.5", place=Place("slack", "T1", "C1", "1.0"), person=ANN, text="darker"
    )
    begun = words(f"<@{BOT}> a car &amp; <@U0BEN>", begun=False)
    assert isinstance(begun, Imagine)
    assert begun.prompt == "a car & @Ben"
    assert isinstance(words(f"<@{BOT}>", begun=False), Help)
    upload = Upload("a.png", b"png")
    assert words(f"<@{BOT}>", begun=False, picture=upload).picture == upload
    assert words(f"hi <@{BOT}> darker", thread_ts="1.0").addressed


def test_commands_are_said_to_the_bot_in_threads() -> None:
    assert isinstance(words(f"<@{BOT}> /tree", thread_ts="1.0"), Tree)
    assert words(f"<@{BOT}> /top channel", thread_ts="1.0").where == "channel"
    assert isinstance(words(f"<@{BOT}> help", thread_ts="1.0"), Help)
    assert isinstance(words(f"<@{BOT}> tree in the wind", thread_ts="1.0"), Message)
    assert isinstance(words("/tree", thread_ts="1.0"), Message), "not to the bot"
    invited = words(f"<@{BOT}> /invite <@U0BEN>", thread_ts="1.0")
    assert (invited.who.id, invited.who.name) == ("U0BEN", "Ben")


def test_imagine_takes_the_whole_line_with_its_entities_undone() -> None:
    made = inbound.command(command("/imagine", "a &lt;b&gt; &amp; <@U0BEN|ben> --ar 16:9"), "T1", ANN, NAMES, {})
    assert made == Imagine(
        event_id="command.13.7.ab",
        place=Place("slack", "T1", "C1"),
        person=ANN,
        prompt="a <b> & @ben --ar 16:9",
    )
    assert inbound.command(command("/imagine", "a car", "D1"), "T1", ANN, NAMES, {}).place.thread == "D1"


def test_the_umbrella_takes_every_command() -> None:
    def said(line: str) -> Any:
        return inbound.command(command("/sextant", line), "T1", ANN, NAMES, {"U0BEN": "Ben"})

    assert isinstance(said(""), Help)
    assert isinstance(said("Tree"), Tree)
    assert said("/fork p1") == Fork(event_id="command.13.7.ab", place=Place("slack", "T1", "C1"), person=ANN, id="p1")
    assert isinstance(said("top workspace"), Top)
    assert said("imagine a car").prompt == "a car"
    invited = said("invite <@U0BEN|benny>")
    assert isinstance(invited, Invite)
    assert invited.who == Person("U0BEN", "Ben")


@pytest.mark.parametrize("line", ["nothing", "show", "invite Ben", "settings nobody", "x" * (LONGEST_TEXT + 1)])
def test_what_cannot_be_read_is_refused_in_words(line: str) -> None:
    with pytest.raises(Refused, match=r"\w+ \w+"):
        inbound.command(command("/sextant", line), "T1", ANN, NAMES, {})


@given(st.text(max_size=100))
def test_what_people_type_arrives_as_they_typed_it(text: str) -> None:
    escaped = typed(text, {}, {})
    if "<!" not in escaped:
        assert markup.plain(escaped, {}) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<https://a.example/x.png>", "https://a.example/x.png"),
        ("<https://a.example|a.example>", "https://a.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<#C1|general> <!here> <!subteam^S1|@team> <@U0X>", "#general @here @team @U0X"),
    ],
)
def test_slacks_tokens_read_as_people_see_them(text: str, plain: str) -> None:
    assert markup.plain(text, {}) == plain


def test_pictures_are_those_that_were_shared_or_that_blocks_show() -> None:
    files = [
        {"id": "F1", "mimetype": "image/png"},
        {"id": "F2", "mimetype": "application/pdf"},
        {"id": "F3", "file_access": "check_file_info"},
        {"id": "F4", "mimetype": "image/png", "mode": "tombstone"},
    ]
    blocks = [{"type": "image", "slack_file": {"id": "F5"}}, {"type": "section"}]
    found = inbound.pictures_in({"files": files, "blocks": blocks})
    assert [one["id"] for one in found] == ["F1", "F3", "F5"]


def test_a_press_belongs_where_its_message_stands() -> None:
    def place(**container: str) -> Place:
        return inbound.pressed_place({"container": {"channel_id": "C1", "message_ts": "2.0", **container}}, "T1")

    assert place() == Place("slack", "T1", "C1")
    assert place(thread_ts="1.0") == Place("slack", "T1", "C1", "1.0")
    assert place(channel_id="D1") == Place("slack", "T1", "D1", "D1")
