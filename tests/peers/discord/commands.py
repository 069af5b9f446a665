"""The rules of application commands: what may be registered, and what a person's client then lets through."""

import re
from collections import Counter
from typing import Any

from tests.peers.discord.errors import Misuse, length, require

Json = dict[str, Any]

CHAT, USER, MESSAGE = 1, 2, 3
NAME = re.compile(r"^[-_'\w]{1,32}$")
MOST = {CHAT: 100, USER: 15, MESSAGE: 15}
STRING, INTEGER, BOOLEAN, PERSON, ATTACHMENT, NUMBER = 3, 4, 5, 6, 11, 10
LOCALES = frozenset(
    "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi "  # noqa: SIM905
    "tr cs el bg ru uk hi th zh-CN ja zh-TW ko".split()
)


def check_all(commands: list[Json]) -> None:
    """Refuses a set of commands that breaks a rule.

    Raises:
        Refusal: 50035.
    """
    counts = Counter(command.get("type", CHAT) for command in commands)
    for kind, count in counts.items():
        require(count <= MOST.get(kind, 0), "_errors", "APPLICATION_COMMANDS_MAX", f"{count} of type {kind}")
    names = [(command.get("type", CHAT), command.get("name")) for command in commands]
    require(len(names) == len(set(names)), "_errors", "APPLICATION_COMMANDS_DUPLICATE_NAME")
    for number, command in enumerate(commands):
        _command(command, str(number))


def _command(command: Json, path: str) -> None:
    if command.get("type", CHAT) == CHAT:
        _name(command, path)
        _described(command, path)
        _options(command.get("options") or [], path)
    else:
        length(command.get("name"), f"{path}.name", 1, 32)
        code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED"
        require(not command.get("description"), f"{path}.description", code)
        require(not command.get("options"), f"{path}.options", "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_NOT_ALLOWED")
        for locale, text in (command.get("name_localizations") or {}).items():
            require(locale in LOCALES, f"{path}.name_localizations", "ENUM_TYPE_COERCE", locale)
            length(text, f"{path}.name_localizations.{locale}", 1, 32)
    require(_characters(command) <= 8000, path, "APPLICATION_COMMAND_TOO_LARGE", "More than 8000 characters")
    contexts, installs = command.get("contexts"), command.get("integration_types")
    require(contexts is None or set(contexts) <= {0, 1, 2}, f"{path}.contexts", "BASE_TYPE_CHOICES")
    require(installs is None or set(installs) <= {0, 1}, f"{path}.integration_types", "BASE_TYPE_CHOICES")


def _name(part: Json, path: str) -> None:
    names = {"name": part.get("name")} | {
        f"name_localizations.{locale}": text for locale, text in (part.get("name_localizations") or {}).items()
    }
    require(set(part.get("name_localizations") or {}) <= LOCALES, f"{path}.name_localizations", "ENUM_TYPE_COERCE")
    for field, text in names.items():
        good = isinstance(text, str) and NAME.match(text) and text == text.lower()
        require(good, f"{path}.{field}", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _described(part: Json, path: str) -> None:
    length(part.get("description"), f"{path}.description", 1, 100)
    for locale, text in (part.get("description_localizations") or {}).items():
        require(locale in LOCALES, f"{path}.description_localizations", "ENUM_TYPE_COERCE", locale)
        length(text, f"{path}.description_localizations.{locale}", 1, 100)


def _options(options: list[Json], path: str) -> None:
    require(len(options) <= 25, f"{path}.options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    names = [option.get("name") for option in options]
    require(len(names) == len(set(names)), f"{path}.options", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS")
    for locale in LOCALES:
        shown = [(option.get("name_localizations") or {}).get(locale, option.get("name")) for option in options]
        unique = len(shown) == len(set(shown))
        require(unique, f"{path}.options", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", locale)
    optional = False
    for number, option in enumerate(options):
        here = f"{path}.options.{number}"
        _name(option, here)
        _described(option, here)
        require(option.get("type") in range(1, 12), f"{here}.type", "BASE_TYPE_CHOICES")
        if option["type"] in (1, 2):
            _options(option.get("options") or [], here)
            continue
        late = optional and option.get("required")
        require(not late, here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options come first")
        optional = optional or not option.get("required")
        _option(option, here)


def _option(option: Json, path: str) -> None:
    kind, choices = option["type"], option.get("choices") or []
    choosable = kind in (STRING, INTEGER, NUMBER)
    if choices or option.get("autocomplete"):
        require(choosable, f"{path}.choices", "APPLICATION_COMMAND_OPTIONS_TYPE_NO_CHOICES")
    both = choices and option.get("autocomplete")
    require(not both, f"{path}.autocomplete", "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_WITH_CHOICES")
    check_choices(choices, kind, f"{path}.choices")
    low, high = option.get("min_value"), option.get("max_value")
    if low is not None or high is not None:
        require(kind in (INTEGER, NUMBER), f"{path}.min_value", "APPLICATION_COMMAND_OPTIONS_VALUE_RANGE")
        require(low is None or high is None or low <= high, f"{path}.max_value", "NUMBER_TYPE_MIN")
        for bound in (low, high):
            require(bound is None or abs(bound) <= 2**53, f"{path}.max_value", "NUMBER_TYPE_MAX")
    short, long = option.get("min_length"), option.get("max_length")
    if short is not None or long is not None:
        require(kind == STRING, f"{path}.min_length", "APPLICATION_COMMAND_OPTIONS_LENGTH_RANGE")
        require(0 <= (short or 0) <= 6000, f"{path}.min_length", "NUMBER_TYPE_MAX")
        require(long is None or 1 <= long <= 6000, f"{path}.max_length", "NUMBER_TYPE_MAX")


def check_choices(choices: list[Json], kind: int, path: str) -> None:
    """Refuses choices, of an option or as the answer of an autocomplete.

    Raises:
        Refusal: 50035.
    """
    require(len(choices) <= 25, path, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    names = [choice.get("name") for choice in choices]
    require(len(names) == len(set(names)), path, "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS")
    for number, choice in enumerate(choices):
        length(choice.get("name"), f"{path}.{number}.name", 1, 100)
        value = choice.get("value")
        if kind == STRING:
            length(value, f"{path}.{number}.value", 1, 100)
        else:
            number_like = isinstance(value, int | float) and not isinstance(value, bool)
            require(number_like, f"{path}.{number}.value", "NUMBER_TYPE_COERCE")
            require(kind != INTEGER or isinstance(value, int), f"{path}.{number}.value", "NUMBER_TYPE_COERCE")


def _characters(part: Json) -> int:
    """Names, descriptions and values, each as long as its longest translation."""

    def longest(key: str) -> int:
        texts = [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]
        return max(map(len, texts))

    own = longest("name") + longest("description")
    choices = sum(len(each["name"]) + len(str(each["value"])) for each in part.get("choices") or [])
    return own + choices + sum(_characters(each) for each in part.get("options") or [])


def check_use(command: Json, values: Json, typing: str | None = None) -> None:
    """What Discord's client checks before it sends a command.

    Args:
        values: by option.
        typing: the option that is being completed; it and missing ones are not checked then.

    Raises:
        Misuse: with what the client would say.
    """
    options = {option["name"]: option for option in command.get("options") or []}
    if strange := set(values) - set(options):
        raise Misuse(f"/{command['name']} has no option {sorted(strange)}; it has {sorted(options)}")
    missing = [name for name, option in options.items() if option.get("required") and name not in values]
    if missing and typing is None:
        raise Misuse(f"/{command['name']} needs {missing}")
    for name, value in values.items():
        if name != typing:
            _check_value(command["name"], options[name], value)


def _check_value(command: str, option: Json, value: Any) -> None:
    kinds: dict[int, Any] = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: int | float, ATTACHMENT: bytes | tuple}
    where = f"/{command} {option['name']}"
    kind = option["type"]
    right = kind not in kinds or isinstance(value, kinds[kind])
    if not right or (isinstance(value, bool) and kind in (INTEGER, NUMBER)):
        raise Misuse(f"{where} takes {kinds[kind]}, not {value!r}")
    if option.get("choices") and value not in [choice["value"] for choice in option["choices"]]:
        raise Misuse(f"{where} is one of {[choice['value'] for choice in option['choices']]}, not {value!r}")
    if kind in (INTEGER, NUMBER):
        if not option.get("min_value", value) <= value <= option.get("max_value", value):
            raise Misuse(f"{where} is between {option.get('min_value')} and {option.get('max_value')}, not {value}")
        if abs(value) > 2**53:
            raise Misuse(f"{where}: Discord's integers are within 2^53")
    if kind == STRING:
        if not option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000):
            raise Misuse(f"{where} is {len(value)} characters long")
        if not value:
            raise Misuse(f"{where} is empty; the client would leave it out")
