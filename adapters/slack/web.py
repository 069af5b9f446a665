"""HTTP mode: what Slack posts to us, and the pages of an installation, as routes for a server that is there already."""

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installations import Installations, States
from adapters.slack.manifest import SCOPES

EVENTS, INSTALL, CALLBACK = "/slack/events", "/slack/install", "/slack/oauth_redirect"
"""Paths."""
LARGEST = 4 * 2**20
"""Bytes of one request."""


def paths(*, events: bool, installs: bool) -> list[tuple[str, str]]:
    """The method and the path of each of the routes, before there is anybody behind them."""
    return [("POST", EVENTS)] * events + [("GET", INSTALL), ("GET", CALLBACK)] * installs


def routes(app: AsyncApp | None, flow: AsyncOAuthFlow | None) -> list[web.RouteDef]:
    """The routes: signed requests to the app, if it has HTTP; the install page and its way back, if it has OAuth.

    A wrong signature and one that is older than five minutes are answered with 401 by Bolt.
    """
    found: list[web.RouteDef] = []
    if app:

        async def events(request: web.Request) -> web.StreamResponse:
            if (request.content_length or 0) > LARGEST:
                raise web.HTTPRequestEntityTooLarge(LARGEST, request.content_length or 0)
            return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

        found.append(web.post(EVENTS, events))
    if flow:

        async def install(request: web.Request) -> web.StreamResponse:
            return await to_aiohttp_response(await flow.handle_installation(await to_bolt_request(request)))

        async def callback(request: web.Request) -> web.StreamResponse:
            return await to_aiohttp_response(await flow.handle_callback(await to_bolt_request(request)))

        found += [web.get(INSTALL, install), web.get(CALLBACK, callback)]
    return found


def oauth(
    client: AsyncWebClient, credentials: tuple[str, str], installations: Installations, states: States, authorize: str
) -> AsyncOAuthFlow:
    """The installation by OAuth.

    Args:
        credentials: the app's client id and secret.
        authorize: the address of Slack's own page; empty for slack.com's.
    """
    id, secret = credentials
    settings = AsyncOAuthSettings(
        client_id=id,
        client_secret=secret,
        scopes=list(SCOPES),
        user_scopes=[],
        install_path=INSTALL,
        redirect_uri_path=CALLBACK,
        authorization_url=authorize or None,
        installation_store=installations,
        state_store=states,
    )
    return AsyncOAuthFlow(client=client, settings=settings)
