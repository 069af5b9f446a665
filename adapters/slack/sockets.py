"""Socket Mode with two sockets, so that one is there while the other is renewed; and a watchdog over both."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import Limited, Unsure, failure
from bot import wording_slack as wording

log = logging.getLogger(__name__)

COUNT = 2
PING = 10.0
"""Seconds between the pings of one socket."""
ACKNOWLEDGED = 3.0
"""Seconds that the end waits for acknowledgements that are on their way."""
SILENCE = 60.0
"""Seconds without a pong, a hello or an envelope after which a socket is opened again, whatever it says of itself."""
CONNECTED = 20.0
"""Seconds that a socket has for opening."""
TROUBLES = (SlackApiError, aiohttp.ClientError, OSError, TimeoutError)


class Handler(AsyncSocketModeHandler):
    """Bolt's, which also says when everything that came has its acknowledgement."""

    def __init__(self, app: AsyncApp, app_token: str, web: AsyncWebClient, ping: float) -> None:
        super().__init__(app, app_token, web_client=web, ping_interval=ping)
        self.idle = asyncio.Event()
        self.idle.set()
        self._under_way = 0

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """One envelope, from its coming to its acknowledgement."""
        self._under_way += 1
        self.idle.clear()
        try:
            await super().handle(client, req)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self.idle.set()


class Sockets:
    """Opens the sockets, and keeps them open."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        web: AsyncWebClient,
        *,
        ping: float = PING,
        silence: float = SILENCE,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._app, self._token, self._web = app, app_token, web
        self._ping, self._silence, self._now = ping, silence, now
        self._handlers: dict[int, Handler] = {}
        self._heard: dict[int, float] = {}
        self._watchdog: asyncio.Task[None] | None = None
        self.link_disabled = False
        """Slack says that Socket Mode is switched off for the app."""

    async def open(self) -> None:
        """Open all sockets. One that does not open is the watchdog's.

        Raises:
            SlackApiError: Slack does not take the token.
        """
        try:
            await self._web.apps_connections_open(app_token=self._token)  # the client would try a bad one for ever
        except SlackApiError as error:
            if not isinstance(failure(error), Limited | Unsure):
                raise
        except TROUBLES as error:
            log.warning("Slack can't be reached: %s", type(error).__name__)
        try:
            await asyncio.gather(*(self._renew(index) for index in range(COUNT)))
        except BaseException:
            await self.close()
            raise
        self._watchdog = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Hear of nothing new; what was acknowledged goes on."""
        if self._watchdog:
            self._watchdog.cancel()
            with suppress(asyncio.CancelledError):
                await self._watchdog
        with suppress(TimeoutError):  # Slack waits no longer for an acknowledgement
            async with asyncio.timeout(ACKNOWLEDGED):
                await asyncio.gather(*(handler.idle.wait() for handler in self._handlers.values()))
        for handler in self._handlers.values():
            await _close(handler)
        self._handlers = {}

    def health(self) -> dict[str, Any]:
        """For /health: how many sockets are up, and how long ago each was heard of."""
        now = self._now()
        up = sum(_open(handler.client) for handler in self._handlers.values())
        heard = [round(now - self._last(index), 1) for index in range(COUNT)]
        return {"sockets": up, "seconds_since_heard": heard, "link_disabled": self.link_disabled}

    async def look(self) -> None:
        """Open every socket again that has been silent for too long. The watchdog's one step."""
        for index in range(COUNT):
            silent = self._now() - self._last(index)
            if silent < self._silence:
                continue
            log.error(wording.SOCKETS_SILENT.format(seconds=silent))
            await self._renew(index)

    async def _renew(self, index: int) -> None:
        """Open a socket in the place of the one before, which goes on until then."""
        self._heard[index] = self._now()  # a try that fails gets as long as a socket before the next
        try:
            fresh = await self._new(index)
        except TROUBLES as error:
            log.warning("a socket did not open: %s", type(error).__name__)
            return
        before, self._handlers[index] = self._handlers.get(index), fresh
        if before:
            await _close(before)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._ping)
            try:
                await self.look()
            except Exception:
                log.exception("the watchdog stumbled")

    async def _new(self, index: int) -> Handler:
        handler = Handler(self._app, self._token, self._web, self._ping)

        async def heard(frame: WSMessage) -> None:
            self._heard[index] = self._now()
            message = json.loads(frame.data) if frame.data.startswith("{") else {}
            if message.get("type") == "disconnect" and message.get("reason") == "link_disabled":
                self.link_disabled = True
                log.critical(wording.LINK_DISABLED)
            elif message.get("type") == "hello":
                self.link_disabled = False

        handler.client.on_message_listeners.append(heard)  # the other listeners are not told of goodbyes
        self._heard[index] = self._now()
        try:
            async with asyncio.timeout(CONNECTED):  # the client itself goes on for ever, with an address that got old
                await handler.connect_async()  # type: ignore[no-untyped-call]
        except BaseException:
            await _close(handler)
            raise
        return handler

    def _last(self, index: int) -> float:
        """When a socket was last heard of: a message, or a pong."""
        handler = self._handlers.get(index)
        pong = handler.client.last_ping_pong_time if handler else None
        return max(self._heard.get(index, 0.0), pong or 0.0)


async def _close(handler: Handler) -> None:
    await handler.close_async()  # type: ignore[no-untyped-call]


def _open(client: SocketModeClient) -> bool:
    session = client.current_session
    return session is not None and not session.closed and not client.closed
