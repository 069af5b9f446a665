"""Filling in a form as Discord's client does: what is required, how long, which options."""

from typing import Any

from tests.peers.discord.errors import Misuse
from tests.peers.discord.handles import ModalHandle

Json = dict[str, Any]


def filled(modal: ModalHandle, values: Json) -> list[Json]:
    """The components of a submitted form.

    Args:
        values: by custom_id or label; texts, or lists of the values of selects; what is left out keeps its default.

    Raises:
        Misuse: the client would not send it.
    """
    names = {field["label"]: custom_id for custom_id, field in modal.fields.items() if field.get("label")}
    given = {names.get(key, key): value for key, value in values.items()}
    if strange := set(given) - set(modal.fields):
        raise Misuse(f"the form has no field {sorted(strange)}; it has {sorted(modal.fields)}")
    parts: list[Json] = []
    for number, part in enumerate(modal.payload["components"], start=1):
        if part["type"] == 10:
            parts.append({"type": 10, "id": number})
        elif part["type"] == 18:
            inner = _field(part["component"], given) | {"id": 100 + number}
            parts.append({"type": 18, "id": number, "component": inner})
        else:
            inner = _field(part["components"][0], given) | {"id": 100 + number}
            parts.append({"type": 1, "id": number, "components": [inner]})
    return parts


def _field(part: Json, given: Json) -> Json:
    custom_id, kind = part["custom_id"], part["type"]
    required = part.get("required", True)
    answer: Json = {"type": kind, "custom_id": custom_id}
    if kind == 4:
        text = given.get(custom_id, part.get("value") or "")
        if required and not text:
            raise Misuse(f"{custom_id} is required")
        if text and not (part.get("min_length") or 0) <= len(text) <= (part.get("max_length") or 4000):
            raise Misuse(f"{custom_id} has {len(text)} characters")
        return answer | {"value": text}
    options = part.get("options") or []
    chosen = given.get(custom_id, [each["value"] for each in options if each.get("default")])
    if kind == 23:
        return answer | {"value": bool(given.get(custom_id, part.get("default", False)))}
    if kind == 21:
        value = chosen[0] if isinstance(chosen, list) and chosen else chosen or None
        if (required and value is None) or (value is not None and value not in [each["value"] for each in options]):
            raise Misuse(f"{custom_id} is one of {options}, not {value!r}")
        return answer | {"value": value}
    if not set(chosen) <= {each["value"] for each in options} or (required and not chosen):
        raise Misuse(f"{custom_id} takes some of {options}, not {chosen}")
    return answer | {"values": chosen}
