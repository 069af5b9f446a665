"""Bare Bolt apps against the peer, for its own tests: nothing of the bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slack.peer import SlackPeer
from tests.peers.slack.world import App, Installation

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk reads these and ignores NO_PROXY."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


def web_client(peer: SlackPeer, bot: Installation | None = None, token: str | None = None) -> AsyncWebClient:
    """The bare client with a bot's token."""
    return AsyncWebClient(token or (bot.token if bot else None), base_url=peer.api_url)


def bolt_app(peer: SlackPeer, bot: Installation) -> AsyncApp:
    """A Bolt app for one workspace."""
    return AsyncApp(client=web_client(peer, bot), signing_secret=bot.app.signing_secret)


@asynccontextmanager
async def on_sockets(peer: SlackPeer, bolt: AsyncApp, app: App, count: int = 1) -> AsyncIterator[None]:
    """The Bolt app, connected by so many sockets that notice quickly when they are dead."""
    handlers = [AsyncSocketModeHandler(bolt, app.app_token, ping_interval=0.2) for _ in range(count)]
    try:
        for handler in handlers:
            await handler.connect_async()
        await peer.connected(app, count)
        yield
    finally:
        for handler in handlers:
            await handler.close_async()
