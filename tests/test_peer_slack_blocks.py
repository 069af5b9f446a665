"""Blocks and views that the peer refuses, each with its words, and those that it takes."""

from typing import Any

import pytest

from tests.peers.slack.blocks import check_blocks
from tests.peers.slack.mrkdwn import escape, read, typed
from tests.peers.slack.views import check_view

PLAIN = {"type": "plain_text", "text": "x"}
BUTTON = {"type": "button", "text": PLAIN, "action_id": "a"}
SELECT: dict[str, Any] = {"type": "static_select", "action_id": "s", "options": [{"text": PLAIN, "value": "v"}]}


def fine(at: dict[str, Any]) -> str | None:
    return None


def plain(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "a" * length}


def section(length: int) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "a" * length}}


def image(**fields: Any) -> dict[str, Any]:
    return {"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": "a car"} | fields


def row(*elements: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)} | fields


def many(count: int) -> list[dict[str, Any]]:
    return [BUTTON | {"action_id": str(index)} for index in range(count)]


@pytest.mark.parametrize(
    "block",
    [
        section(3000),
        {"type": "section", "fields": [plain(2000)] * 10},
        section(1) | {"accessory": BUTTON},
        {"type": "divider"},
        {"type": "header", "text": plain(150)},
        {"type": "context", "elements": [plain(10)] * 10},
        {"type": "context", "elements": [image()]},
        image(alt_text="a" * 2000, title=plain(2000)),
        row(*many(25)),
        row(BUTTON | {"text": plain(75), "value": "v" * 2000, "style": "primary"}),
        row(BUTTON | {"action_id": "a" * 255}, block_id="b" * 255),
        row(SELECT),
        {"type": "markdown", "text": "a" * 12_000},
    ],
)
def test_blocks_at_their_limits_are_taken(block: dict[str, Any]) -> None:
    assert check_blocks([block], "message", fine).found == []


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (section(3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        (section(0), "must be more than 0 characters"),
        ({"type": "section"}, "missing required field"),
        ({"type": "section", "fields": [plain(1)] * 11}, "no more than 10 items allowed"),
        ({"type": "section", "text": "words"}, "must be an object"),
        (section(1) | {"accessory": {"type": "plain_text_input"}}, "unsupported type"),
        ({"type": "header", "text": plain(151)}, "must be less than 151 characters"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "must be one of: plain_text"),
        ({"type": "context", "elements": [plain(1)] * 11}, "no more than 10 items allowed"),
        (row(*many(26)), "no more than 25 items allowed"),
        (row(), "no fewer than 1 items required"),
        (row(BUTTON | {"text": plain(76)}), "must be less than 76 characters"),
        (row(BUTTON | {"value": "v" * 2001}), "must be less than 2001 characters"),
        (row(BUTTON | {"style": "loud"}), "must be one of: primary, danger"),
        (row(BUTTON | {"actionId": "x"}), "invalid additional property: actionId"),
        (row(BUTTON | {"action_id": "a" * 256}), "must be less than 256 characters"),
        (row(BUTTON, BUTTON), "`action_id` must be unique"),
        (row(BUTTON, block_id="b" * 256), "must be less than 256 characters"),
        (row(SELECT | {"options": SELECT["options"] * 2}), "option values must be unique"),
        (row(SELECT | {"options": [{"text": plain(76), "value": "v"}]}), "must be less than 76 characters"),
        (row(SELECT | {"initial_option": {"text": PLAIN, "value": "w"}}), "must match the options exactly"),
        ({"type": "image", "slack_file": {"id": "F0123456789"}}, "missing required field: alt_text"),
        (image(alt_text=""), "must be more than 0 characters"),
        (image(alt_text="a" * 2001), "must be less than 2001 characters"),
        (image(image_url="https://example.com/a.png"), "exactly one of image_url and slack_file"),
        (image(slack_file=None), "exactly one of image_url and slack_file"),
        (image(imageUrl="x"), "invalid additional property"),
        ({"type": "markdown", "text": "a" * 12_001}, "must be less than 12001 characters"),
        ({"type": "carousel"}, "unsupported type: carousel"),
        ("words", "unsupported type: words"),
    ],
)
def test_blocks_beyond_their_limits_are_refused(block: Any, words: str) -> None:
    found = check_blocks([block], "message", fine).found
    assert any(words in complaint for complaint in found), found


def test_messages_have_fifty_blocks_and_views_a_hundred() -> None:
    assert check_blocks([{"type": "divider"}] * 50, "message", fine).found == []
    assert check_blocks([{"type": "divider"}] * 51, "message", fine).found
    assert check_blocks([{"type": "divider"}] * 100, "home", fine).found == []
    assert check_blocks([{"type": "divider"}] * 101, "modal", fine).found


def test_block_ids_are_unique_and_action_ids_within_their_block() -> None:
    assert check_blocks([row(BUTTON, block_id="1"), row(BUTTON, block_id="2")], "message", fine).found == []
    [complaint] = check_blocks([row(BUTTON, block_id="1"), row(BUTTON, block_id="1")], "message", fine).found
    assert "`block_id` must be unique" in complaint


MODAL: dict[str, Any] = {
    "type": "modal",
    "title": plain(24),
    "submit": plain(24),
    "close": plain(24),
    "private_metadata": "p" * 3000,
    "callback_id": "c" * 255,
    "blocks": [{"type": "input", "label": PLAIN, "element": {"type": "plain_text_input", "action_id": "t"}}],
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"title": plain(25)}, "must be less than 25 characters"),
        ({"title": None}, "missing required field: title"),
        ({"submit": plain(25)}, "must be less than 25 characters"),
        ({"submit": None}, "missing required field: submit"),
        ({"close": plain(25)}, "must be less than 25 characters"),
        ({"private_metadata": "p" * 3001}, "must be less than 3001 characters"),
        ({"callback_id": "c" * 256}, "must be less than 256 characters"),
        ({"type": "home"}, "must be of type modal"),
        ({"colour": "red"}, "invalid additional property: colour"),
        ({"blocks": [{"type": "markdown", "text": "x"}]}, "unsupported type: markdown"),
    ],
)
def test_modals_have_limits(change: dict[str, Any], words: str) -> None:
    found = check_view({name: value for name, value in (MODAL | change).items() if value is not None}, fine, home=False)
    assert bool(found) == bool(words)
    assert any(words in complaint for complaint in found) or not words


def test_what_people_type_is_escaped_and_known_names_become_tokens() -> None:
    assert typed("a <b> & @Ben @here #x @nobody", {"Ben": "U1"}, {"x": "C1"}) == (
        "a &lt;b&gt; &amp; <@U1> <!here> <#C1> @nobody"
    )
    assert typed("@Ben", {"Ben": "U1"}, {}, labels=True) == "<@U1|Ben>"


def test_a_text_is_read_as_slack_shows_it() -> None:
    found = read("<@U1> <!channel> <https://a.b|here> *bold* _it_ ~no~ `code *x*`\n> quote", verbatim=True)
    assert found.mentions == ("U1", "channel")
    assert found.links == ("https://a.b",)
    assert [name for name, _ in found.styles] == ["bold", "italic", "strike", "code", "quote"]
    assert read(escape("<@U1> <!channel>")).mentions == ()
    assert read("see https://a.b").links == ()
    assert read("see https://a.b", verbatim=False).links == ("https://a.b",)
    assert read("2 * 3 * 4 snake_case_name").styles == ()
