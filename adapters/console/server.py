"""The console's web server: the page, its WebSocket, pictures in and out, the door, and the health of it all."""

import errno
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import WSCloseCode, web

from adapters.console import render
from adapters.console.access import ENTRANCE, PERSON, Access, TooManyGuesses
from adapters.console.connection import converse
from adapters.console.desk import Desk
from adapters.console.inbound import LONGEST_TEXT
from adapters.console.pictures import LARGEST_UPLOAD, Pictures
from adapters.console.render import Json
from adapters.console.room import Room
from bot import wording_console as wording
from bot.errors import BotError
from bot.wording import apology

log = logging.getLogger(__name__)

PAGE = Path(__file__).parent / "page"

Health = Callable[[], Json]
"""What /health answers: plain JSON values."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_OPEN = ("/login", "/words.json", "/health")
"""What is there before the password, beside the files of the page; nothing of it is anybody's."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FOR_EVER = "private, max-age=31536000, immutable"
_YEAR = 365 * 24 * 3600


class PortInUse(Exception):
    """Somebody else listens there."""

    def __init__(self, port: int) -> None:
        super().__init__(str(port))
        self.port = port


class NotMyAddress(Exception):
    """The address can't be listened on, for another reason."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"{host}:{port}: {reason}")
        self.host, self.port, self.reason = host, port, reason


class Console:
    """The routes."""

    def __init__(self, desk: Desk, room: Room, pictures: Pictures, access: Access, health: Health) -> None:
        self._desk, self._room, self._pictures, self._access, self._health = desk, room, pictures, access, health
        self._sockets: set[web.WebSocketResponse] = set()
        self._elsewhere: frozenset[object] = frozenset()

    def app(self, routes: Sequence[web.RouteDef] = ()) -> web.Application:
        """The application, to be served once.

        Args:
            routes: those of a platform, which comes from elsewhere and signs what it sends: it checks for itself whom
                it lets in.
        """
        self._elsewhere = frozenset(route.handler for route in routes)
        app = web.Application(middlewares=[self._door], client_max_size=LARGEST_UPLOAD)
        app.on_response_prepare.append(_harden)
        app.on_shutdown.append(self._let_go)
        app.router.add_get("/", self._page)
        app.router.add_get("/login", self._login_page)
        app.router.add_post("/login", self._login)
        app.router.add_get("/words.json", self._words)
        app.router.add_get("/health", self._healthy)
        app.router.add_get("/socket", self._socket)
        app.router.add_post("/upload", self._upload)
        app.router.add_get("/pictures/{name}", self._made)
        app.router.add_get("/uploads/{name}", self._brought)
        app.router.add_static("/page/", PAGE)
        app.add_routes(routes)
        return app

    @web.middleware
    async def _door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let in who belongs here: the right host, our own pages or programs, and those who know the password."""
        if request.match_info.handler in self._elsewhere:
            return await handler(request)
        if not self._access.right_host(request.host):
            raise web.HTTPMisdirectedRequest(text=wording.CONSOLE["wrong_host"])
        changes = request.method not in ("GET", "HEAD") or request.path == "/socket"
        if changes and not self._access.same_origin(request.headers.get("Origin"), request.host):
            raise web.HTTPForbidden(text=wording.CONSOLE["wrong_origin"])
        entered = self._access.may_enter(request.cookies.get(ENTRANCE, ""))
        if not entered and request.path not in _OPEN and not request.path.startswith("/page/"):
            raise web.HTTPSeeOther("/login") if request.path == "/" else web.HTTPUnauthorized()
        return await handler(request)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        response = web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})
        self._person(request, response)
        return response

    async def _login_page(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "login.html", headers={"Cache-Control": "no-cache"})

    async def _login(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json()
            password = body["password"]
            right = isinstance(password, str) and self._access.guess(request.remote or "", password)
        except (ValueError, KeyError, TypeError):
            return _error(400, wording.malformed('{"password": "..."}'))
        except TooManyGuesses as many:
            wait = {"Retry-After": str(round(many.seconds) + 1)}
            return _error(429, wording.too_many_guesses(many.seconds), wait)
        if not right:
            return _error(403, wording.CONSOLE["wrong_password"])
        response = web.Response(status=204)
        _set_cookie(request, response, ENTRANCE, self._access.entrance_cookie())
        return response

    async def _words(self, _: web.Request) -> web.StreamResponse:
        return web.json_response(wording.CONSOLE, headers={"Cache-Control": "no-cache"})

    async def _healthy(self, _: web.Request) -> web.StreamResponse:
        return web.json_response(self._health(), headers={"Cache-Control": "no-store"})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        try:
            since = int(request.query.get("since", "0"))
        except ValueError:
            return _error(400, wording.malformed("since"))
        page = web.WebSocketResponse(heartbeat=20.0, max_msg_size=4 * 2**20)
        person = self._person(request, page)
        await page.prepare(request)
        self._sockets.add(page)
        try:
            await page.send_json(self._hello(person))
            await converse(page, person, since, self._desk, self._room)
        except ConnectionError:
            pass  # the page went while it was greeted
        finally:
            self._sockets.discard(page)
        return page

    def _hello(self, person: str) -> Json:
        return {
            "type": "hello",
            "you": {"id": person, "name": self._room.names.get(person, "")},
            "channels": list(self._room.channels),
            "commands": render.commands(),
            "flags": render.flags(),
            "longest_text": LONGEST_TEXT,
            "largest_upload": LARGEST_UPLOAD,
        }

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        try:
            data = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _error(413, wording.too_large(LARGEST_UPLOAD))
        if render.media_type(data) == render.UNKNOWN_MEDIA:
            return _error(415, wording.CONSOLE["not_a_picture"])
        try:
            return web.json_response({"picture": await self._pictures.keep(data)})
        except OSError:
            log.exception("could not keep an upload")
            return _error(507, wording.CONSOLE["not_kept"])

    async def _made(self, request: web.Request) -> web.StreamResponse:
        return await _picture(self._pictures.made, request)

    async def _brought(self, request: web.Request) -> web.StreamResponse:
        return await _picture(self._pictures.brought, request)

    def _person(self, request: web.Request, response: web.StreamResponse) -> str:
        """Who sent the request; whoever comes for the first time gets an id and the cookie for it."""
        person = self._access.person_of(request.cookies.get(PERSON, ""))
        if person is None:
            person = self._access.new_person()
            _set_cookie(request, response, PERSON, self._access.person_cookie(person))
        return person

    async def _let_go(self, _: web.Application) -> None:
        for page in list(self._sockets):
            await page.close(code=WSCloseCode.GOING_AWAY)
        await self._desk.close()


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen. Port 0 chooses one; `runner.addresses` says which. `await runner.cleanup()` ends it.

    Raises:
        PortInUse: another program has the port.
        NotMyAddress: it is not one of this machine's, or needs more rights.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port) from error
        raise NotMyAddress(host, port, error.strerror or str(error)) from error
    return runner


async def _picture(read: Callable[[str], Awaitable[bytes]], request: web.Request) -> web.StreamResponse:
    try:
        data = await read(request.match_info["name"])
    except FileNotFoundError:
        raise web.HTTPNotFound from None
    except BotError as error:
        raise web.HTTPServiceUnavailable(text=apology(error)) from error
    return web.Response(body=data, content_type=render.media_type(data), headers={"Cache-Control": _FOR_EVER})


async def _harden(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _set_cookie(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="Strict", secure=request.secure)


def _error(status: int, words: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": words}, status=status, headers=headers)
