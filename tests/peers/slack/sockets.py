"""Socket Mode: the sockets of each app, what they are told, and the ways in which they fail."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.peers.slack.world import App, Json, World

MOST = 10
"""Sockets of an app at a time."""
TICKET = 30.0
"""Seconds that an address from apps.connections.open is good for, once."""


@dataclass(eq=False)
class Socket:
    """One connection of an app."""

    number: int
    app: App = field(repr=False)
    ws: web.WebSocketResponse = field(repr=False)
    request: web.Request = field(repr=False)
    half_open: bool = False
    """The network between is gone and neither side has noticed: nothing passes, not even pongs."""
    leaving: bool = False
    sent: int = 0
    acks: int = 0
    pings: int = 0
    """Pings from the app that were answered."""
    pongs: int = 0
    """Answers to the peer's own pings."""

    @property
    def open(self) -> bool:
        return not self.ws.closed and not self.leaving

    async def send(self, message: Json) -> None:
        self.sent += 1
        if not self.half_open and not self.ws.closed:
            try:
                await self.ws.send_str(json.dumps(message))
            except ConnectionError:
                self.leaving = True

    async def ping(self) -> None:
        """Ask whether the app is there; `pongs` counts the answers."""
        if not self.half_open:
            await self.ws.ping(b"Ping from applink-peer")

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Say goodbye as Slack does. After a `warning` the socket lives on for ten seconds of the clock."""
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": f"applink-{self.number}"}})
        clock = self.app.world.clock
        if reason == "warning":
            clock.call_at(clock() + 10, lambda: self.app.world.courier.spawn(self.close()))
        else:
            self.leaving = True
            if reason != "refresh_requested":
                await self.close()

    async def close(self) -> None:
        """An orderly end."""
        self.leaving = True
        await self.ws.close()

    def cut(self) -> None:
        """An abrupt end: the connection is reset."""
        self.leaving = True
        if self.request.transport:
            self.request.transport.abort()


class Sockets:
    """All sockets of all apps."""

    def __init__(self, world: World, acked: Callable[[Json], None]) -> None:
        self._world, self._acked = world, acked
        self._all: list[Socket] = []
        self._tickets: dict[str, tuple[App, float]] = {}
        self._turn = 0
        self.link_disabled: set[str] = set()
        """Apps whose Socket Mode is switched off: every new socket is told so at once."""

    def address(self, app: App) -> str:
        """A new single-use address for apps.connections.open."""
        ticket = self._world.new_secret("ticket")
        self._tickets[ticket] = (app, self._world.clock() + TICKET)
        return f"{self._world.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={app.id}"

    def of(self, app: App) -> list[Socket]:
        """Open sockets of an app, oldest first; half-open ones too, since Slack doesn't know."""
        return [socket for socket in self._all if socket.app is app and socket.open]

    def pick(self, app: App) -> Socket | None:
        """The next in turn."""
        sockets = self.of(app)
        self._turn += 1
        return sockets[self._turn % len(sockets)] if sockets else None

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The endpoint."""
        app, until = self._tickets.pop(request.query.get("ticket", ""), (None, 0.0))
        if app is None or until < self._world.clock():
            return web.Response(status=404)
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        socket = Socket(len(self._all), app, ws, request)
        crowded = len(self.of(app)) >= MOST
        if crowded or app.id in self.link_disabled:
            socket.leaving = True
            self._all.append(socket)
            await socket.disconnect("too_many_websockets" if crowded else "link_disabled")
            return ws
        self._all.append(socket)
        await socket.send(
            {
                "type": "hello",
                "num_connections": len(self.of(app)),
                "debug_info": {
                    "host": f"applink-{socket.number}",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
                "connection_info": {"app_id": app.id},
            }
        )
        self._world.changed()
        try:
            await self._listen(socket)
        finally:
            socket.leaving = True
            self._world.changed()
        return ws

    async def _listen(self, socket: Socket) -> None:
        while True:
            message = await socket.ws.receive()
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            if socket.half_open:
                continue
            match message.type:
                case WSMsgType.PING:
                    socket.pings += 1
                    await socket.ws.pong(message.data)
                case WSMsgType.PONG:
                    socket.pongs += 1
                case WSMsgType.TEXT:
                    socket.acks += 1
                    self._acked(json.loads(message.data))
            self._world.changed()

    async def close(self) -> None:
        """End all, abruptly."""
        for socket in self._all:
            socket.cut()
        await asyncio.sleep(0)
