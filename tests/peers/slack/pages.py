"""Everything that is not the Web API: uploads, private files, response_urls, the install page."""

import json
from urllib.parse import urlencode

from aiohttp import web

from tests.peers.slack.calls import ApiError, Call
from tests.peers.slack.faults import Faults
from tests.peers.slack.limits import RateLimits
from tests.peers.slack.methods_files import may_see
from tests.peers.slack.oauth import grant
from tests.peers.slack.posting import delete, edit, post, subset, whisper
from tests.peers.slack.tickets import RESPONSE_URL, ResponseUrl
from tests.peers.slack.web_api import by_token, faulty
from tests.peers.slack.world import Json, Member, World

LOGIN = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to your workspace</body></html>"


class Pages:
    """The handlers."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world, self._faults = world, faults
        self.installer: Member | None = None
        """Who sits at the browser that visits the install page, and agrees; None: refuses."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/upload/v1/{ticket}", self._faulty("upload", self.upload)),
            web.get("/files-pri/{place}/{rest:.*}", self._faulty("download", self.download)),
            web.get("/login", self.login),
            web.post("/actions/{team}/{ticket}", self._faulty("response_url", self.respond)),
            web.get("/oauth/v2/authorize", self.authorize),
        ]

    def _faulty(self, name: str, handler):  # type: ignore[no-untyped-def]
        async def serve(request: web.Request) -> web.StreamResponse:
            return await faulty(self._world, self._faults, name, request, lambda: handler(request))

        return serve

    async def upload(self, request: web.Request) -> web.Response:
        """Step 2: raw bytes, or a form with one file; as many as were announced, once."""
        file = self._world.files.get(request.match_info["ticket"][24:])
        if file is None or file.complete:
            return web.Response(status=404, text="not found")
        if request.content_type.startswith("multipart/"):
            parts = [it for it in (await request.post()).values() if isinstance(it, web.FileField)]
            content = parts[0].file.read() if parts else b""
        else:
            content = await request.read()
        if len(content) != file.length:
            return web.Response(status=400, text=f"expected {file.length} bytes")
        file.content = content
        self._world.changed()
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """url_private. Without a good token: a redirect to a page of HTML."""
        file = self._world.files.get(request.match_info["place"].partition("-")[2])
        bot = by_token(self._world, request.headers.get("Authorization", "").removeprefix("Bearer "))
        if not file or not bot or bot.gone or "files:read" not in bot.scopes or not may_see(self._world, bot, file):
            raise web.HTTPFound("/login?" + urlencode({"redir": request.path}))
        if file.deleted or file.content is None:
            return web.Response(status=404, text="File not found", content_type="text/html")
        return web.Response(body=file.content, content_type=file.mimetype or "application/octet-stream")

    async def login(self, request: web.Request) -> web.Response:
        return web.Response(text=LOGIN, content_type="text/html")

    async def respond(self, request: web.Request) -> web.Response:
        """response_url: five times in half an hour."""
        ticket = self._world.tickets.urls.get(request.match_info["ticket"])
        if ticket is None or ticket.installation.gone:
            return web.Response(status=404, text="no_service")
        if ticket.at + RESPONSE_URL[1] < self._world.clock():
            return web.Response(status=404, text="expired_url")
        if ticket.uses >= RESPONSE_URL[0]:
            return web.Response(status=404, text="used_url")
        try:
            asked = json.loads(await request.text())
            self._respond(ticket, asked)
        except json.JSONDecodeError:
            return web.Response(status=400, text="invalid_payload")
        except ApiError as error:
            return web.json_response(error.payload, status=400)
        ticket.uses += 1
        return web.Response(text="ok")

    def _respond(self, ticket: ResponseUrl, asked: Json) -> None:
        world, bot = self._world, ticket.installation
        message = ticket.message
        if asked.get("delete_original") is True:
            if message is None:
                raise ApiError("message_not_found")
            self._remove(ticket)
            return
        call = Call(world, RateLimits(world.clock), asked, bot.app, bot)
        fields = {**subset(asked, "text", "thread_ts", "mrkdwn"), "blocks": call.blocks()}
        if not fields.get("text") and not fields["blocks"]:
            raise ApiError("no_text")
        if asked.get("replace_original") is True and message:
            edit(world, message, fields)
        elif asked.get("response_type") == "in_channel":
            post(world, ticket.channel, bot, fields)
        else:
            fields.setdefault("thread_ts", ticket.thread_ts)
            ticket.message = whisper(world, ticket.channel, ticket.person, bot, fields)

    def _remove(self, ticket: ResponseUrl) -> None:
        message, world = ticket.message, self._world
        if message and message.seen_by:
            world.ephemerals.remove(message)
            world.record("deleted", message)
        elif message and message.ts in message.channel.messages:
            delete(world, message)
        ticket.message = None

    async def authorize(self, request: web.Request) -> web.Response:
        """The install page, as if somebody pressed its button."""
        query = request.query
        app = next((it for it in self._world.apps.values() if it.client_id == query.get("client_id")), None)
        if app is None:
            return web.Response(status=400, text="Invalid client_id parameter")
        answer = {"state": query.get("state", "")}
        if self.installer is None:
            answer["error"] = "access_denied"
        else:
            scopes = tuple(it for it in query.get("scope", "").split(",") if it)
            answer["code"] = grant(app, self.installer, scopes, query.get("redirect_uri", ""))
        raise web.HTTPFound(f"{query.get('redirect_uri', '')}?{urlencode(answer)}")
