"""The Bolt app: which listener hears of what, and whose request it is."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import modals, render
from adapters.slack.hearing import Hearing
from adapters.slack.inbound import Names
from adapters.slack.listeners import DESCRIBE, Listeners
from adapters.slack.workspaces import Workspaces
from bot import wording_slack as wording

_BUTTONS = re.compile(
    rf"^({'|'.join((render.PRESS, render.CHIP, render.SHARE, render.REVEAL, render.NEW, render.PREFER))})( \d+)?$"
)
_FORMS = re.compile(rf"^({'|'.join((modals.FORM, modals.NEW, modals.REFINE, modals.PREFER))})$")
_ANY = re.compile("")


def build(
    listeners: Listeners,
    workspaces: Workspaces,
    names: Names,
    client: AsyncWebClient,
    signing_secret: str,
    hearing: Hearing,
) -> AsyncApp:
    """The app. `client` opens sockets alone: each workspace has its own."""
    app = AsyncApp(
        name="sextant",
        client=client,
        signing_secret=signing_secret,
        authorize=authorizer(workspaces),  # type: ignore[arg-type]  # None is taken for: not installed
        ignoring_self_events_enabled=False,  # the bot's own messages say what kind of channel they are in
        user_facing_authorize_error_message=wording.REINSTALL,
    )
    app.use(hearing.note)
    # Slack asks again for an event until it is acknowledged; Bolt does that before an event's listener begins.
    app.event("app_uninstalled")(listeners.gone)
    app.event("tokens_revoked")(listeners.gone)
    app.event("app_home_opened")(listeners.home)
    app.event("app_mention")(listeners.message)
    app.event({"type": "message", "subtype": None})(listeners.message)
    app.event({"type": "message", "subtype": "file_share"})(listeners.message)
    app.event({"type": "message", "subtype": "thread_broadcast"})(listeners.message)
    app.event("message")(_nothing)
    app.command(names.imagine)(listeners.command)
    app.command(names.umbrella)(listeners.command)
    for name in (modals.NEW, modals.REFINE, DESCRIBE):
        app.shortcut(name)(listeners.shortcut)
    app.view(_FORMS)(listeners.form)
    app.action(_BUTTONS)(listeners.press)
    app.action(_ANY)(listeners.unknown)
    return app


def authorizer(workspaces: Workspaces) -> Callable[..., Awaitable[AuthorizeResult | None]]:
    """Finds whose request it is, from memory: this happens before the acknowledgement."""

    async def authorize(
        context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None
    ) -> AuthorizeResult | None:
        id = enterprise_id if context.is_enterprise_install else team_id
        workspace = await workspaces.get(id or "")
        context["workspace"] = workspace
        return workspace.authorized if workspace else None

    return authorize


async def _nothing(event: dict[str, Any]) -> None:
    """Other bots, edits and deletions."""
