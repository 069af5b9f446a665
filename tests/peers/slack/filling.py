"""Filling in forms: finding an element by what a person sees, and the state that it has afterwards."""

from typing import Any

from tests.peers.slack.views import View
from tests.peers.slack.world import Json, NotPossible, elements


def found_element(blocks: list[Json], name: str) -> tuple[Json, Json]:
    """(block, element) with that button text, action_id, block_id or label."""
    among = elements(blocks)
    for block, it in among:
        text = it["text"]["text"] if it["type"] == "button" else None
        label = (block.get("label") or {}).get("text")
        if name in (text, it["action_id"], block["block_id"], label):
            return block, it
    raise NotPossible(f"there is no {name!r} here, but {[it.get('text', it['action_id']) for _, it in among]}")


def _options(it: Json) -> list[Json]:
    return it.get("options") or [one for group in it.get("option_groups", []) for one in group["options"]]


def _option(it: Json, value: Any) -> Json:
    for one in _options(it):
        if value in (one["value"], one["text"]["text"]):
            return one
    raise NotPossible(f"{value!r} is not among {[one['text']['text'] for one in _options(it)]}")


def chosen(it: Json, value: Any) -> Json:
    """The state of an element with a value that a person gave: text, an option's label or value, ids, files."""
    kind = it["type"]
    match kind:
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": None if value is None else _option(it, value)}
        case "checkboxes" | "multi_static_select":
            return {"type": kind, "selected_options": [_option(it, one) for one in value]}
        case "external_select":
            return {"type": kind, "selected_option": value}
        case "users_select":
            return {"type": kind, "selected_user": value}
        case "multi_users_select":
            return {"type": kind, "selected_users": value}
        case "conversations_select":
            return {"type": kind, "selected_conversation": value}
        case "channels_select":
            return {"type": kind, "selected_channel": value}
        case "datepicker":
            return {"type": kind, "selected_date": value}
        case "file_input":
            return {"type": kind, "files": value}
    text = None if value is None else str(value)
    if text is not None and not it.get("min_length", 0) <= len(text) <= it.get("max_length", 3000):
        raise NotPossible(
            f"{it['action_id']} takes {it.get('min_length', 0)} to {it.get('max_length', 3000)} characters"
        )
    if kind == "number_input" and text is not None:
        _number(it, text)
    return {"type": kind, "value": text}


def _number(it: Json, text: str) -> None:
    try:
        number = float(text) if it["is_decimal_allowed"] else int(text)
    except ValueError:
        raise NotPossible(f"{text!r} is no number for {it['action_id']}") from None
    if not float(it.get("min_value", "-inf")) <= number <= float(it.get("max_value", "inf")):
        raise NotPossible(f"{text} is out of range for {it['action_id']}")


def filled(view: View, values: Json) -> None:
    """Type values into a view. What must be filled in and is not, the client refuses."""
    for name, value in values.items():
        block, it = found_element(view.blocks, name)
        view.state.setdefault(block["block_id"], {})[it["action_id"]] = chosen(it, value)
    for block, it in elements(view.blocks):
        if block["type"] == "input" and not block.get("optional"):
            state = view.state.get(block["block_id"], {}).get(it["action_id"], {})
            if not any(value for name, value in state.items() if name != "type"):
                raise NotPossible(f"please complete this required field: {block['label']['text']}")
