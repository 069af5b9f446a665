"""The rules of components: action rows and buttons, components V2, and modals."""

from collections.abc import Collection
from typing import Any

from tests.peers.discord.errors import length, require
from tests.peers.discord.things import walk

Json = dict[str, Any]

ROW, BUTTON, SELECT, INPUT, SECTION, DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = (
    1,
    2,
    3,
    4,
    9,
    10,
    11,
    12,
    13,
    14,
    17,
    18,
)
SELECTS = (3, 5, 6, 7, 8)
UPLOAD, RADIOS, CHECKBOXES, CHECKBOX = 19, 21, 22, 23
TOP_V2 = (ROW, SECTION, DISPLAY, GALLERY, FILE, SEPARATOR, CONTAINER)
IN_CONTAINER = (ROW, SECTION, DISPLAY, GALLERY, FILE, SEPARATOR)
IN_LABEL = (INPUT, *SELECTS, UPLOAD, RADIOS, CHECKBOXES, CHECKBOX)


def check(components: list[Json], v2: bool, filenames: Collection[str]) -> None:
    """Refuses the components of a message that break a rule.

    Args:
        v2: the message has the flag 32768.
        filenames: the attachments that the message will have.

    Raises:
        Refusal: 50035 with the path of what is wrong.
    """
    require(isinstance(components, list), "components", "LIST_TYPE_CONVERT")
    if v2:
        require(len(components) >= 1, "components", "BASE_TYPE_REQUIRED", "This field is required")
        total = len(list(walk(components)))
        require(total <= 40, "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"{total} of at most 40")
        text = "".join(part.get("content") or "" for part in walk(components) if part.get("type") == DISPLAY)
        require(len(text) <= 4000, "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "At most 4000")
    else:
        require(len(components) <= 5, "components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    top = TOP_V2 if v2 else (ROW,)
    for number, part in enumerate(components):
        _part(part, top, f"components.{number}", filenames)
    _unique([part["custom_id"] for part in walk(components) if part.get("custom_id") is not None])


def _unique(custom_ids: list[str]) -> None:
    require(len(custom_ids) == len(set(custom_ids)), "components", "COMPONENT_CUSTOM_ID_DUPLICATED")


def _part(part: Json, allowed: Collection[int], path: str, filenames: Collection[str]) -> None:
    kind = part.get("type")
    require(kind in allowed, f"{path}.type", "UNION_TYPE_CHOICES", f"Value of field must be one of {tuple(allowed)}.")
    match kind:
        case 1:
            _row(part, path)
        case 9:
            inner = part.get("components", [])
            require(1 <= len(inner) <= 3, f"{path}.components", "BASE_TYPE_BAD_LENGTH", "Between 1 and 3.")
            for number, each in enumerate(inner):
                _part(each, (DISPLAY,), f"{path}.components.{number}", filenames)
            require(part.get("accessory"), f"{path}.accessory", "BASE_TYPE_REQUIRED")
            _part(part["accessory"], (BUTTON, THUMBNAIL), f"{path}.accessory", filenames)
        case 2:
            _button(part, path)
        case 10:
            length(part.get("content"), f"{path}.content", 1, 4000)
        case 11:
            _media(part, path, filenames)
        case 12:
            items = part.get("items", [])
            require(1 <= len(items) <= 10, f"{path}.items", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10.")
            for number, item in enumerate(items):
                _media(item, f"{path}.items.{number}", filenames)
        case 13:
            url = (part.get("file") or {}).get("url", "")
            require(url.startswith("attachment://"), f"{path}.file.url", "URL_TYPE_INVALID_SCHEME")
            _exists(url, f"{path}.file.url", filenames)
        case 17:
            inner = part.get("components", [])
            require(inner, f"{path}.components", "BASE_TYPE_REQUIRED")
            for number, each in enumerate(inner):
                _part(each, IN_CONTAINER, f"{path}.components.{number}", filenames)


def _media(item: Json, path: str, filenames: Collection[str]) -> None:
    url = (item.get("media") or {}).get("url", "")
    scheme = url.startswith(("attachment://", "http://", "https://"))
    require(scheme, f"{path}.media.url", "URL_TYPE_INVALID_SCHEME", "Scheme must be attachment, http or https.")
    _exists(url, f"{path}.media.url", filenames)
    if item.get("description") is not None:
        length(item["description"], f"{path}.description", 1, 1024)


def _exists(url: str, path: str, filenames: Collection[str]) -> None:
    name = url.removeprefix("attachment://")
    found = name == url or name in filenames
    require(found, path, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", f"{name} is not attached")


def _row(row: Json, path: str) -> None:
    inner = row.get("components", [])
    selects = [part for part in inner if part.get("type") in SELECTS]
    most = 1 if selects else 5
    require(1 <= len(inner) <= most, f"{path}.components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most}.")
    for number, part in enumerate(inner):
        here = f"{path}.components.{number}"
        require(part.get("type") in (BUTTON, *SELECTS), f"{here}.type", "UNION_TYPE_CHOICES")
        if part["type"] == BUTTON:
            _button(part, here)
        else:
            _select(part, here)


def _button(part: Json, path: str) -> None:
    style = part.get("style")
    require(style in (1, 2, 3, 4, 5), f"{path}.style", "BASE_TYPE_CHOICES")
    if style == 5:
        require(part.get("url") and not part.get("custom_id"), f"{path}.url", "BUTTON_COMPONENT_LINK_INVALID")
        require(part["url"].startswith(("http://", "https://", "discord://")), f"{path}.url", "URL_TYPE_INVALID_SCHEME")
        length(part["url"], f"{path}.url", 1, 512)
    else:
        require(not part.get("url"), f"{path}.url", "BUTTON_COMPONENT_URL_NOT_ALLOWED")
        length(part.get("custom_id"), f"{path}.custom_id", 1, 100)
    require(part.get("label") or part.get("emoji"), f"{path}.label", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED")
    if part.get("label") is not None:
        length(part["label"], f"{path}.label", 1, 80)


def _select(part: Json, path: str) -> None:
    length(part.get("custom_id"), f"{path}.custom_id", 1, 100)
    if part.get("placeholder") is not None:
        length(part["placeholder"], f"{path}.placeholder", 0, 150)
    low, high = part.get("min_values", 1), part.get("max_values", 1)
    require(0 <= low <= 25 and 1 <= high <= 25 and low <= high, f"{path}.max_values", "NUMBER_TYPE_MAX")
    if part["type"] != SELECT:
        return
    options = part.get("options", [])
    require(1 <= len(options) <= 25, f"{path}.options", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length.")
    _options(options, path)
    require(high <= len(options), f"{path}.max_values", "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE")


def _options(options: list[Json], path: str) -> None:
    for number, option in enumerate(options):
        length(option.get("label"), f"{path}.options.{number}.label", 1, 100)
        length(option.get("value"), f"{path}.options.{number}.value", 1, 100)
        if option.get("description") is not None:
            length(option["description"], f"{path}.options.{number}.description", 0, 100)
    values = [option["value"] for option in options]
    require(len(values) == len(set(values)), f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED")


def check_modal(modal: Json) -> None:
    """Refuses a modal that breaks a rule.

    Raises:
        Refusal: 50035.
    """
    length(modal.get("title"), "data.title", 1, 45)
    length(modal.get("custom_id"), "data.custom_id", 1, 100)
    parts = modal.get("components", [])
    require(1 <= len(parts) <= 5, "data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    for number, part in enumerate(parts):
        path = f"data.components.{number}"
        require(part.get("type") in (ROW, LABEL, DISPLAY), f"{path}.type", "UNION_TYPE_CHOICES")
        if part["type"] == ROW:
            inner = part.get("components", [])
            require(len(inner) == 1 and inner[0].get("type") == INPUT, f"{path}.components", "UNION_TYPE_CHOICES")
            length(inner[0].get("label"), f"{path}.components.0.label", 1, 45)
            _input(inner[0], f"{path}.components.0")
        elif part["type"] == LABEL:
            length(part.get("label"), f"{path}.label", 1, 45)
            if part.get("description") is not None:
                length(part["description"], f"{path}.description", 1, 100)
            inner = part.get("component") or {}
            require(inner.get("type") in IN_LABEL, f"{path}.component.type", "UNION_TYPE_CHOICES")
            _field(inner, f"{path}.component")
        else:
            length(part.get("content"), f"{path}.content", 1, 4000)
    _unique([part["custom_id"] for part in walk(parts) if part.get("custom_id") is not None])


def _field(part: Json, path: str) -> None:
    if part["type"] == INPUT:
        _input(part, path)
    elif part["type"] in SELECTS:
        _select(part, path)
    else:
        length(part.get("custom_id"), f"{path}.custom_id", 1, 100)
        if part["type"] in (RADIOS, CHECKBOXES):
            low = 2 if part["type"] == RADIOS else 1
            require(low <= len(part.get("options", [])) <= 10, f"{path}.options", "BASE_TYPE_BAD_LENGTH")
            _options(part["options"], path)


def _input(part: Json, path: str) -> None:
    length(part.get("custom_id"), f"{path}.custom_id", 1, 100)
    require(part.get("style") in (1, 2), f"{path}.style", "BASE_TYPE_CHOICES")
    low, high = part.get("min_length") or 0, part.get("max_length") or 4000
    require(0 <= low <= 4000 and 1 <= high <= 4000 and low <= high, f"{path}.max_length", "NUMBER_TYPE_MAX")
    if part.get("value") is not None:
        length(part["value"], f"{path}.value", 0, high)
    if part.get("placeholder") is not None:
        length(part["placeholder"], f"{path}.placeholder", 0, 100)
