"""Block Kit elements: which fields each has, and what it refuses."""

from collections.abc import Callable
from typing import Any

from tests.peers.slack.checks import Complaints, Json

Check = Callable[[Complaints, Json, str], None]
_COMMON = ("action_id", "confirm", "focus_on_load")
_MENU = (*_COMMON, "placeholder")


def _option(checks: Complaints, it: Any, at: str, kinds: tuple[str, ...] = ("plain_text",)) -> None:
    if checks.fields(it, at, ("text", "value"), ("description", "url")):
        checks.text(it["text"], f"{at}/text", 75, kinds)
        checks.string(it["value"], f"{at}/value", 150)
        checks.text(it.get("description"), f"{at}/description", 75, kinds)


def _options(checks: Complaints, it: Json, at: str, most: int, kinds: tuple[str, ...] = ("plain_text",)) -> None:
    groups = it.get("option_groups")
    if groups is not None:
        for index, group in enumerate(checks.count(groups, f"{at}/option_groups", 100)):
            if checks.fields(group, f"{at}/option_groups/{index}", ("label", "options"), ()):
                _options(checks, group, f"{at}/option_groups/{index}", most)
        return
    values = []
    for index, one in enumerate(checks.count(it.get("options"), f"{at}/options", most)):
        _option(checks, one, f"{at}/options/{index}", kinds)
        values.append(one.get("value") if isinstance(one, dict) else None)
    if len(set(map(str, values))) < len(values):
        checks.say("option values must be unique", f"{at}/options")
    initial = it.get("initial_options") or ([it["initial_option"]] if it.get("initial_option") else [])
    if any(one not in it.get("options", []) for one in initial):
        checks.say("initial options must match the options exactly", at)


def _button(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("text",), (*_COMMON[:2], "url", "value", "style", "accessibility_label")):
        checks.text(it["text"], f"{at}/text", 75)
        checks.string(it.get("value"), f"{at}/value", 2000)
        checks.string(it.get("url"), f"{at}/url", 3000)
        checks.string(it.get("accessibility_label"), f"{at}/accessibility_label", 75)
        checks.choice(it.get("style"), f"{at}/style", ("primary", "danger"))


def _menu(*extra: str, options: int = 0) -> Check:
    def check(checks: Complaints, it: Json, at: str) -> None:
        if checks.fields(it, at, (), (*_MENU, *extra)):
            checks.text(it.get("placeholder"), f"{at}/placeholder", 150)
            if options:
                _options(checks, it, at, options)

    return check


def _overflow(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("options",), _COMMON[:2]):
        _options(checks, it, at, 5)


def _ticks(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("options",), (*_COMMON, "initial_options", "initial_option")):
        _options(checks, it, at, 10, ("plain_text", "mrkdwn"))


def _text_input(checks: Complaints, it: Json, at: str) -> None:
    extra = ("initial_value", "multiline", "min_length", "max_length", "dispatch_action_config")
    if checks.fields(it, at, (), (*_MENU, *extra)):
        checks.text(it.get("placeholder"), f"{at}/placeholder", 150)
        most = it.get("max_length", 3000)
        if not isinstance(most, int) or not 1 <= most <= 3000:
            checks.say("must be between 1 and 3000", f"{at}/max_length")
        else:
            checks.string(it.get("initial_value"), f"{at}/initial_value", most)
        if not 0 <= it.get("min_length", 0) <= 3000:
            checks.say("must be between 0 and 3000", f"{at}/min_length")


def _number_input(checks: Complaints, it: Json, at: str) -> None:
    extra = ("initial_value", "min_value", "max_value", "dispatch_action_config")
    if checks.fields(it, at, ("is_decimal_allowed",), (*_MENU, *extra)):
        for name in ("initial_value", "min_value", "max_value"):
            if it.get(name) is not None and not isinstance(it[name], str):
                checks.say("must be a string", f"{at}/{name}")
        checks.text(it.get("placeholder"), f"{at}/placeholder", 150)


def _file_input(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, (), ("action_id", "filetypes", "max_files")) and not 1 <= it.get("max_files", 10) <= 10:
        checks.say("must be between 1 and 10", f"{at}/max_files")


def _image(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("alt_text",), ("image_url", "slack_file")):
        checks.picture(it, at)


ELEMENTS: dict[str, Check] = {
    "button": _button,
    "static_select": _menu("options", "option_groups", "initial_option", options=100),
    "multi_static_select": _menu("options", "option_groups", "initial_options", "max_selected_items", options=100),
    "external_select": _menu("initial_option", "min_query_length"),
    "users_select": _menu("initial_user"),
    "multi_users_select": _menu("initial_users", "max_selected_items"),
    "conversations_select": _menu(
        "initial_conversation", "default_to_current_conversation", "response_url_enabled", "filter"
    ),
    "channels_select": _menu("initial_channel", "response_url_enabled"),
    "overflow": _overflow,
    "checkboxes": _ticks,
    "radio_buttons": _ticks,
    "datepicker": _menu("initial_date"),
    "plain_text_input": _text_input,
    "number_input": _number_input,
    "url_text_input": _menu("initial_value", "dispatch_action_config"),
    "email_text_input": _menu("initial_value", "dispatch_action_config"),
    "file_input": _file_input,
    "image": _image,
}
_TYPED = {"plain_text_input", "number_input", "url_text_input", "email_text_input", "file_input"}
ACTIONS = tuple(kind for kind in ELEMENTS if kind not in _TYPED | {"image"})
ACCESSORIES = (*ACTIONS, "image")
INPUTS = tuple(kind for kind in ELEMENTS if kind not in ("button", "overflow", "image"))


def check_element(checks: Complaints, it: Any, at: str, kinds: tuple[str, ...], seen: set[str]) -> None:
    """One element that may stand here; `seen` are the action_ids of its block so far."""
    if not isinstance(it, dict) or it.get("type") not in kinds:
        checks.say(f"unsupported type: {it.get('type') if isinstance(it, dict) else it}", f"{at}/type")
        return
    ELEMENTS[it["type"]](checks, it, at)
    if "confirm" in it and checks.fields(
        it["confirm"], f"{at}/confirm", ("title", "text", "confirm", "deny"), ("style",)
    ):
        for name, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            checks.text(it["confirm"][name], f"{at}/confirm/{name}", limit, ("plain_text", "mrkdwn"))
    action_id = it.get("action_id")
    checks.string(action_id, f"{at}/action_id", 255)
    if action_id is not None and action_id in seen:
        checks.say(f"`action_id` must be unique: {action_id}", f"{at}/action_id")
    seen.add(str(action_id))
