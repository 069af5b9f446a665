"""The Web API over HTTP: arguments, tokens, scopes, rate limits, faults, and the answer."""

import base64
import json
from collections import Counter
from typing import Any

from aiohttp import web

from tests.peers.slack import methods_chat, methods_files, methods_other, methods_views
from tests.peers.slack.calls import METHODS, ApiError, Call, Limited, Method
from tests.peers.slack.clock import sleep
from tests.peers.slack.faults import Faults, Kind
from tests.peers.slack.limits import RateLimits
from tests.peers.slack.world import App, Installation, Json, World

HANDLERS = (methods_chat, methods_files, methods_other, methods_views)
"""The modules whose methods are in the table."""


async def arguments(request: web.Request) -> Json:
    """From the query, a form or a JSON body: the SDK uses each."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        try:
            sent = json.loads(body) if body else {}
        except json.JSONDecodeError as error:
            raise ApiError("invalid_json") from error
        if not isinstance(sent, dict):
            raise ApiError("json_not_object")
        args |= sent
    elif request.can_read_body:
        args |= dict(await request.post())
    return {name: value for name, value in args.items() if value is not None}


class WebApi:
    """POST and GET /api/METHOD."""

    def __init__(self, world: World, limits: RateLimits, faults: Faults) -> None:
        self._world, self._limits, self._faults = world, limits, faults
        self.calls: Counter[str] = Counter()
        """How often each method was called, refusals included."""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        self.calls[name] += 1
        self._world.changed()

        async def answer() -> web.StreamResponse:
            return await self._answer(name, request)

        return await faulty(self._world, self._faults, name, request, answer)

    async def _answer(self, name: str, request: web.Request) -> web.StreamResponse:
        provided = ""
        try:
            method = METHODS.get(name)
            if method is None:
                raise ApiError("unknown_method")
            args = await arguments(request)
            app, bot = self._caller(method, request, args)
            provided = ",".join(bot.scopes) if bot else "connections:write"
            call = Call(self._world, self._limits, args, app, bot)
            if bot:
                call.scopes(*method.scopes)
            workspace = bot.team.id if bot else app.id if app else "nobody"
            if wait := self._limits.wait(name, workspace, method.tier):
                raise Limited(wait)
            payload = {"ok": True, **await method.handler(call)}
        except ApiError as error:
            payload = error.payload
        except Limited as limited:
            return limited_response(limited.args[0])
        headers = {"X-OAuth-Scopes": provided}
        return web.json_response(payload, headers=headers)

    def _caller(self, method: Method, request: web.Request, args: Json) -> tuple[App | None, Installation | None]:
        header = request.headers.get("Authorization", "")
        if method.token == "none":
            if header.startswith("Basic "):
                client_id, _, secret = base64.b64decode(header[6:]).decode().partition(":")
                args |= {"client_id": client_id, "client_secret": secret}
            return None, None
        token = header.removeprefix("Bearer ") or str(args.pop("token", ""))
        if not token:
            raise ApiError("not_authed")
        for app in self._world.apps.values():
            if token == app.app_token:
                if method.token != "app":
                    raise ApiError("not_allowed_token_type")
                return app, None
        bot = by_token(self._world, token)
        if bot is None:
            raise ApiError("invalid_auth")
        if bot.gone:
            raise ApiError(bot.gone)
        if method.token == "app":
            raise ApiError("not_allowed_token_type")
        return bot.app, bot


def by_token(world: World, token: str) -> Installation | None:
    """Whose bot token this is; of one that is gone as well."""
    return next((it for app in world.apps.values() for it in app.installations if it.token == token), None)


def limited_response(seconds: int) -> web.Response:
    """429."""
    payload = {"ok": False, "error": "ratelimited"}
    return web.json_response(payload, status=429, headers={"Retry-After": str(seconds)})


async def faulty(world: World, faults: Faults, name: str, request: web.Request, answer: Any) -> web.StreamResponse:
    """The answer, unless a fault is planned for it."""
    await faults.pass_gate(name, after=False)
    fault = faults.next(name)
    match fault.kind if fault else None:
        case Kind.ERROR_500:
            return web.Response(status=500, text="Internal Server Error", content_type="text/html")
        case Kind.RATELIMITED:
            return limited_response(fault.seconds if fault else 1)
        case Kind.REFUSED:
            return _hung_up(request)
        case Kind.ERROR:
            return web.json_response({"ok": False, "error": fault.error if fault else ""})
        case Kind.DELAYED:
            await sleep(world.clock, fault.seconds if fault else 1)
    response: web.StreamResponse = await answer()
    await faults.pass_gate(name, after=True)
    if fault and fault.kind is Kind.DROPPED:
        return _hung_up(request)
    return response


def _hung_up(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
