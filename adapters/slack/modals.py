"""Forms as modals, and what comes back from them. Pure.

Everything that a form has to know again is in its private_metadata, so that it survives a restart of the bot.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.render import cut, plain
from bot import wording_slack as wording
from bot.buttons import to_token
from bot.place import Place
from bot.replies import Form

Json = dict[str, Any]

FORM, NEW, REFINE, PREFER = "form", "new_image", "refine_image", "prefer"
"""callback_ids; the names of the shortcuts as well."""
TITLE, LABEL, INPUT = 24, 2000, 3000
MOST_INPUTS = 7
"""A text that is longer than one input holds goes on in the next."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was sent in."""

    place: Place | None
    """Where the conversation is that it belongs to."""
    token: str
    text: str
    channel: str
    """The channel that was chosen in it."""
    key: str
    """Of the reply that is refined."""
    file: Json
    """The picture that it is about: its id."""


def form(shown: Form, place: Place) -> Json:
    """The bot's form with one text."""
    return _modal(
        FORM,
        shown.title,
        wording.FORM_SEND,
        _inputs(shown.label, shown.text),
        {"place": str(place), "token": to_token(shown.action)},
    )


def new_image() -> Json:
    """A new picture in a channel that is chosen in the form; for those who come from the lightning menu."""
    where = {
        "type": "input",
        "block_id": "where",
        "label": plain(wording.NEW_WHERE, LABEL),
        "element": {
            "type": "conversations_select",
            "action_id": "where",
            "default_to_current_conversation": True,
            "filter": {"include": ["public", "private", "im"], "exclude_bot_users": False},
        },
    }
    return _modal(NEW, wording.NEW_TITLE, wording.NEW_SEND, [*_inputs(wording.NEW_LABEL, ""), where], {})


def refine(place: Place, key: str, file: Mapping[str, Any] | None) -> Json:
    """What should change in a picture.

    Args:
        key: of the reply that is refined, if it is one of the bot's.
        file: the picture to start from, where it is not of the conversation.
    """
    about: Json = {"place": str(place), "key": key} | ({"file": {"id": file["id"]}} if file else {})
    return _modal(REFINE, wording.REFINE_TITLE, wording.FORM_SEND, _inputs(wording.REFINE_LABEL, ""), about)


def prefer() -> Json:
    """One's own settings, from the home tab."""
    return _modal(PREFER, wording.PREFER_TITLE, wording.FORM_SEND, _inputs(wording.PREFER_LABEL, ""), {})


def filled(view: Mapping[str, Any]) -> Filled:
    """What somebody sent in."""
    about = json.loads(view.get("private_metadata") or "{}")
    values: dict[str, dict[str, Json]] = view["state"]["values"]
    texts = [values.get(f"text {number}", {}).get("text", {}).get("value") or "" for number in range(MOST_INPUTS)]
    where = values.get("where", {}).get("where", {})
    return Filled(
        place=Place.parse(about["place"]) if "place" in about else None,
        token=str(about.get("token", "")),
        text="".join(texts).strip(),
        channel=str(where.get("selected_conversation") or ""),
        key=str(about.get("key", "")),
        file=about.get("file") or {},
    )


def complaint(words: str) -> Json:
    """The answer to a form that can't be taken: the words stand beneath its text."""
    return {"response_action": "errors", "errors": {"text 0": words}}


def _inputs(label: str, text: str) -> list[Json]:
    """One input; more where the text is longer than one holds."""
    parts = [text[start : start + INPUT] for start in range(0, len(text), INPUT)] or [""]
    blocks = []
    for number, part in enumerate(parts[:MOST_INPUTS]):
        element: Json = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": INPUT}
        blocks.append(
            {
                "type": "input",
                "block_id": f"text {number}",
                "label": plain(wording.FORM_MORE.format(label=label) if number else label, LABEL),
                "element": element | ({"initial_value": part} if part else {}),
                "optional": number > 0,
            }
        )
    return blocks


def _modal(callback: str, title: str, send: str, blocks: list[Json], about: Json) -> Json:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": {"type": "plain_text", "text": cut(title, TITLE)},
        "submit": {"type": "plain_text", "text": send},
        "close": {"type": "plain_text", "text": wording.FORM_CLOSE},
        "private_metadata": json.dumps(about, separators=(",", ":")),
        "blocks": blocks,
    }
