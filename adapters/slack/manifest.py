"""The app's manifest for api.slack.com, generated from the bot's commands. Run as a program, it writes deploy/."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from adapters.slack.inbound import Names
from bot.events import COMMANDS, Describe, Imagine, command_name

Json = dict[str, Any]
Mode = Literal["socket", "http"]

SCOPES: tuple[str, ...] = (
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "mpim:history",
    "users:read",
)
"""Bot scopes; each is used: see deploy/slack.md."""

EVENTS: tuple[str, ...] = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)
"""What the app is told of."""

ADDRESS = "https://YOUR-ADDRESS"
FILES: dict[Mode, str] = {"socket": "slack-manifest.yaml", "http": "slack-manifest-http.yaml"}
LONGEST_HINT = 100


def manifest(mode: Mode, names: Names = Names(), address: str = ADDRESS) -> Json:  # noqa: B008  # frozen
    """The manifest of one mode; `address` is where HTTP mode is reached from outside."""
    url = {} if mode == "socket" else {"url": f"{address}/slack/events"}
    request = {} if mode == "socket" else {"request_url": f"{address}/slack/events"}
    made: Json = {
        "display_information": {
            "name": "Sextant",
            "description": "Finds pictures in latent space, together with the people in the room.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "sextant", "always_online": True},
            "shortcuts": [
                {
                    "name": "New picture",
                    "type": "global",
                    "callback_id": "new_image",
                    "description": Imagine.__doc__,
                },
                {
                    "name": "Describe this picture",
                    "type": "message",
                    "callback_id": "describe_image",
                    "description": Describe.__doc__,
                },
                {
                    "name": "Refine this picture",
                    "type": "message",
                    "callback_id": "refine_image",
                    "description": "Say what should change in it",
                },
            ],
            "slash_commands": [
                {
                    "command": names.imagine,
                    "description": Imagine.__doc__,
                    "usage_hint": "a red car on a hill --ar 16:9",
                    "should_escape": True,
                    **url,
                },
                {
                    "command": names.umbrella,
                    "description": "Everything else: help, show, queue, cancel ...",
                    "usage_hint": _hint(),
                    "should_escape": True,
                    **url,
                },
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": True,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": False,
        },
    }
    if mode == "http":
        made["oauth_config"]["redirect_urls"] = [f"{address}/slack/oauth_redirect"]
    return made


def _hint() -> str:
    """The subcommands, as many as fit."""
    hint = ""
    for name in (command_name(kind) for kind in COMMANDS if kind is not Imagine):
        longer = f"{hint} | {name}" if hint else name
        if len(longer) > LONGEST_HINT:
            break
        hint = longer
    return hint


def as_yaml(made: Json) -> str:
    """As it stands in the file."""
    import yaml  # type: ignore[import-untyped]  # the running bot needs none

    return str(yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=100))


def write(folder: Path, modes: Sequence[Mode] = ("socket", "http")) -> None:
    """Write the manifests of these modes."""
    for mode in modes:
        (folder / FILES[mode]).write_text(as_yaml(manifest(mode)), encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parents[2] / "deploy")
