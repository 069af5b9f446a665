"""The web application: every request passes the faults, the token, the limits, its route, and the transcript."""

import traceback

from aiohttp import web

from tests.peers.discord import cdn, rest_app, rest_channels, rest_interactions, rest_messages
from tests.peers.discord.errors import METHOD_NOT_ALLOWED, NOT_FOUND, OLD_EDITS, UNAUTHORIZED, Refusal
from tests.peers.discord.faults import Faults, Handler
from tests.peers.discord.gateway import Gateway
from tests.peers.discord.limits import Limits
from tests.peers.discord.replying import WORLD, answer
from tests.peers.discord.world import World

API = "/api/v10"
ROUTES = [*rest_app.ROUTES, *rest_channels.ROUTES, *rest_messages.ROUTES, *rest_interactions.ROUTES]


def build(world: World, gateway: Gateway, limits: Limits, faults: Faults, crashes: list[str]) -> web.Application:
    """The application.

    Args:
        crashes: takes the traceback of each error of the peer's own; a test fails on them.
    """

    async def route(request: web.Request, handler: Handler) -> web.StreamResponse:
        template = _template(request)
        open_to_all = template.startswith(("/interactions/", "/webhooks/"))
        if not open_to_all and request.headers.get("Authorization") != f"Bot {world.app.token}":
            await request.read()
            return _refusal(Refusal(UNAUTHORIZED))
        headers, over = limits.take(request, template)
        if over is not None:
            await request.read()
            return over
        try:
            response = await handler(request)
        except Refusal as refusal:
            response = _refusal(refusal)
        except web.HTTPNotFound:
            response = _refusal(Refusal(NOT_FOUND))
        except web.HTTPMethodNotAllowed:
            response = _refusal(Refusal(METHOD_NOT_ALLOWED))
        response.headers.update(headers)
        return response

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith("/api/"):
            return await handler(request)

        async def inner(request: web.Request) -> web.StreamResponse:
            return await route(request, handler)

        try:
            response = await faults.around(request, inner)
        except ConnectionResetError:  # who asked is gone before the whole request was here
            return web.Response(status=499)
        except Exception:
            crashes.append(f"{request.method} {request.path}\n{traceback.format_exc()}")
            raise
        limits.note(response.status)
        code = response.headers.get("X-Peer-Code")
        path = request.path.removeprefix(API)
        fields = {"method": request.method, "path": path, "template": _template(request)}
        world.transcript.add("request", **fields, status=response.status, code=int(code) if code else 0)
        return response

    app = web.Application(middlewares=[middleware], client_max_size=512 * 1024 * 1024)
    app[WORLD] = world
    app[rest_app.GATEWAY_URL] = gateway.url
    app.router.add_routes(cdn.ROUTES)
    app.router.add_routes([web.get("/gateway", gateway.connect), web.get("/resume", gateway.connect)])
    app.router.add_routes([web.route(each.method, API + each.path, each.handler) for each in ROUTES])
    return app


def _template(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical.removeprefix(API) if resource is not None else ""


def _refusal(refusal: Refusal) -> web.Response:
    headers = {"X-Peer-Code": str(refusal.kind.code)}
    body = refusal.body()
    if refusal.kind is OLD_EDITS:
        headers |= {"Via": "1.1 google"}
        body |= {"retry_after": 0.03, "global": False}
    return answer(body, refusal.kind.status, headers)
