"""Discord's commands, made from the event dataclasses: names, descriptions, options with ranges and choices."""

import hashlib
import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import MISSING, Field
from typing import Any, Literal, Optional

import discord
from discord import app_commands
from discord.app_commands import AppCommandContext, AppInstallationType, Choice, Range

from bot import wording_discord as wording
from bot import wording_locales
from bot.events import COMMANDS, Command, Imagine, command_name, options
from bot.flag_kinds import Whole
from bot.flags import FLAGS
from bot.place import Person

Interaction = discord.Interaction[Any]
Run = Callable[[Interaction, type[Command], dict[str, Any]], Awaitable[None]]
"""Carries out a command with the options that were given."""
RunMenu = Callable[[Interaction, discord.Message, str], Awaitable[None]]
"""Carries out an entry of a message's menu, by its name."""
Complete = Callable[[Interaction, type[Command], str, str], Awaitable[list[str]]]
"""What may stand in an option, given what was typed: (interaction, command, option, typed)."""

CONTEXTS = AppCommandContext(guild=True, dm_channel=True, private_channel=True)
INSTALLS = AppInstallationType(guild=True, user=True)

SHORTCUTS: dict[str, str] = {
    "model": "model",
    "style": "style",
    "aspect": "aspect",
    "seed": "seed",
    "count": "count",
    "no": "negative_prompt",
}
"""Options of /imagine that stand for flags: by their name, the flag's field."""

SET = "set"
"""The option of /imagine that names one of the person's own sets of options."""

COMPLETED = frozenset((Imagine, name) for name in ("model", "style", "aspect", SET))
"""Options that are completed; so are all that are called `id`."""

MENUS = (wording.MENU_DESCRIBE, wording.MENU_REFINE, wording.MENU_START)
LONGEST_DESCRIPTION, LONGEST_CHOICE, MOST_CHOICES = 100, 100, 25
LARGEST = 2**53


def build(
    run: Run, run_menu: RunMenu, complete: Complete
) -> list[app_commands.Command[Any, ..., None] | app_commands.ContextMenu]:
    """All commands and menu entries."""
    return [*(_command(kind, run, complete) for kind in COMMANDS), *(_menu(name, run_menu) for name in MENUS)]


def digest(tree: app_commands.CommandTree[Any], commands: list[Any]) -> str:
    """The same for the same set of commands, in every process."""
    told = sorted(json.dumps(each.to_dict(tree), sort_keys=True) for each in commands)
    told.append(json.dumps([wording_locales.NAMES, wording_locales.DESCRIPTIONS], sort_keys=True))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def choices(found: list[str], typed: str) -> list[Choice[str]]:
    """What is offered: those that have what was typed in them, those that begin with it first; 25 at the most."""
    wanted = typed.casefold()
    fitting = [each for each in dict.fromkeys(found) if wanted in each.casefold() and 0 < len(each) <= LONGEST_CHOICE]
    fitting.sort(key=lambda each: not each.casefold().startswith(wanted))
    return [Choice(name=each, value=each) for each in fitting[:MOST_CHOICES]]


def _command(kind: type[Command], run: Run, complete: Complete) -> app_commands.Command[Any, ..., None]:
    async def callback(interaction: Interaction, **given: Any) -> None:
        await run(interaction, kind, given)

    extra = _shortcuts() if kind is Imagine else []
    parameters = [_parameter(each) for each in options(kind)] + [parameter for parameter, _ in extra]
    first = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)
    callback.__signature__ = inspect.Signature([first, *parameters])  # type: ignore[attr-defined]
    described = {each.name: _short(each.metadata["description"]) for each in options(kind)}
    described |= {parameter.name: about for parameter, about in extra}
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=command_name(kind),
        description=_short(inspect.getdoc(kind) or command_name(kind)),
        callback=app_commands.describe(**described)(callback),
        allowed_contexts=CONTEXTS,
        allowed_installs=INSTALLS,
    )
    for name in described:
        if (kind, name) in COMPLETED or name == "id":
            _complete(command, kind, name, complete)
    return command


def _complete(
    command: app_commands.Command[Any, ..., None], kind: type[Command], option: str, complete: Complete
) -> None:
    async def offered(interaction: Interaction, current: str) -> list[Choice[str]]:
        return choices(await complete(interaction, kind, option, current), current)

    command.autocomplete(option)(offered)


def _parameter(field: Field[Any]) -> inspect.Parameter:
    about = field.metadata
    kind: Any = field.type
    if about["choices"]:
        kind = Literal[about["choices"]]
    elif kind is int:
        kind = Range[int, about["low"] if about["low"] is not None else -LARGEST, about["high"] or LARGEST]
    elif kind is Person:
        kind = discord.User
    elif kind not in (str, bool):
        kind = discord.Attachment
    return _keyword(field.name, kind, required=field.default is MISSING)


def _shortcuts() -> list[tuple[inspect.Parameter, str]]:
    """The options of /imagine that are written behind the prompt, with their descriptions."""
    flags = {flag.field: flag for flag in FLAGS}
    found = []
    for name, field in SHORTCUTS.items():
        kind = flags[field].kind
        annotation: Any = Range[int, kind.low, kind.high] if isinstance(kind, Whole) else str
        found.append((_keyword(name, annotation, required=False), wording.option(name)))
    return [*found, (_keyword(SET, str, required=False), wording.option(SET))]


def _keyword(name: str, annotation: Any, *, required: bool) -> inspect.Parameter:
    default = inspect.Parameter.empty if required else None
    shown = annotation if required else Optional[annotation]  # noqa: UP045 - a value, not an annotation
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=shown)


def _menu(name: str, run: RunMenu) -> app_commands.ContextMenu:
    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        await run(interaction, message, name)

    return app_commands.ContextMenu(name=name, callback=callback, allowed_contexts=CONTEXTS, allowed_installs=INSTALLS)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_DESCRIPTION else text[: LONGEST_DESCRIPTION - 1] + "…"
