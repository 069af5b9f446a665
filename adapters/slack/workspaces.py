"""The workspaces that the bot is installed in, and who it is in each."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import Calls
from adapters.slack.failures import Disconnected, OtherFailure, SlackFailed
from adapters.slack.inbound import root_of
from bot import wording_slack as wording
from bot.place import Place

log = logging.getLogger(__name__)

Connect = Callable[[str], AsyncWebClient]
"""A client with a token; it repeats nothing by itself."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One installation, in a workspace or in a whole organisation."""

    id: str
    """Of the team; of the organisation where the app is installed there."""
    client: AsyncWebClient = field(repr=False)
    calls: Calls = field(repr=False)
    bot_user: str
    bot_name: str
    url: str
    """Of the workspace's own site, with a slash at its end."""
    scopes: tuple[str, ...]
    authorized: AuthorizeResult = field(repr=False)
    app: str = ""
    """Id of the app that it is an installation of, where Slack says so."""

    def address(self, place: Place) -> str:
        """The web address of a channel or a thread."""
        root = root_of(place)
        return f"{self.url}archives/{place.channel}" + (f"/p{root.replace('.', '')}" if root else "")


class Workspaces(Protocol):
    """Finds installations. One, or as many as the store has."""

    async def get(self, id: str) -> Workspace | None:
        """The installation of a workspace; None if there is none any more."""
        ...

    async def ask(self, id: str) -> None:
        """Ask Slack whether a token is still good, and forget it if it is not."""
        ...

    def health(self) -> dict[str, Any]:
        """For /health."""
        ...


async def connect(client: AsyncWebClient, calls: Calls) -> Workspace:
    """Who the token is.

    Raises:
        SlackFailed: Slack does not take it, or does not answer; or it is a person's token and not a bot's.
    """
    headers: dict[str, str] = {}

    async def ask() -> Any:
        response = await client.auth_test()
        headers.update({name.lower(): str(value) for name, value in response.headers.items()})
        return response

    who = await calls.do(ask, "auth.test")
    if not who.get("bot_id"):
        raise OtherFailure("not_a_bot_token")  # the bot would speak as that person
    everywhere = bool(who.get("is_enterprise_install"))
    return Workspace(
        id=str(who["enterprise_id"] if everywhere else who["team_id"]),
        client=client,
        calls=calls,
        bot_user=str(who["user_id"]),
        bot_name=str(who.get("user") or ""),
        url=str(who.get("url") or "https://slack.com/"),
        scopes=tuple(part.strip() for part in headers.get("x-oauth-scopes", "").split(",") if part.strip()),
        authorized=AuthorizeResult(
            enterprise_id=who.get("enterprise_id"),
            team_id=who.get("team_id"),
            team=who.get("team"),
            url=who.get("url"),
            bot_user_id=who.get("user_id"),
            bot_id=who.get("bot_id"),
            bot_token=client.token,
        ),
        app=str(who.get("app_id") or ""),
    )


class OneWorkspace:
    """The workspace of one token."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace: Workspace | None = workspace

    async def get(self, id: str) -> Workspace | None:
        """It, if it is meant. An app that is installed elsewhere too hears of those places and leaves them alone."""
        here = self._workspace
        return here if here and id in (here.id, here.authorized.team_id, here.authorized.enterprise_id) else None

    async def ask(self, id: str) -> None:
        """See Workspaces."""
        here = await self.get(id)
        if here:
            try:
                await connect(here.client, here.calls)
            except Disconnected:
                self._workspace = None
                log.critical(wording.DEAD)
            except SlackFailed as failed:
                log.warning("workspace %s can't be reached: %s", id, failed.error)

    def health(self) -> dict[str, Any]:
        """See Workspaces."""
        return {"connected": self._workspace is not None}
