"""The peer itself: a server on loopback with a world behind it."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

from aiohttp import web

from tests.peers.slack.clock import ManualClock, PeerClock
from tests.peers.slack.courier import Courier, Delivery
from tests.peers.slack.events import SCOPES
from tests.peers.slack.faults import Faults
from tests.peers.slack.limits import RateLimits
from tests.peers.slack.methods_files import process
from tests.peers.slack.pages import Pages
from tests.peers.slack.posting import replies
from tests.peers.slack.sockets import Socket
from tests.peers.slack.tickets import Tickets
from tests.peers.slack.web_api import WebApi
from tests.peers.slack.workspace import Workspace
from tests.peers.slack.world import App, Channel, Enterprise, Entry, File, Message, World

ALL_SCOPES = (
    *("commands", "chat:write", "chat:write.public", "files:read", "files:write", "app_mentions:read"),
    *("channels:history", "groups:history", "im:history", "mpim:history"),
    *("channels:read", "groups:read", "im:read", "mpim:read"),
    *("channels:join", "im:write", "mpim:write", "users:read", "reactions:write", "reactions:read"),
)
ALL_EVENTS = (
    *("message.channels", "message.groups", "message.im", "message.mpim"),
    *("app_home_opened", "app_uninstalled", "tokens_revoked", *SCOPES),
)


class SlackPeer:
    """`async with SlackPeer() as peer`. See the package for what it can do."""

    def __init__(self, clock: PeerClock | None = None, port: int = 0) -> None:
        self.clock = clock or ManualClock()
        self.world = World(self.clock)
        self.limits = RateLimits(self.clock)
        self.faults = Faults()
        self.world.courier = Courier(self.world)
        self.world.tickets = Tickets(self.world)
        self._web_api = WebApi(self.world, self.limits, self.faults)
        self.pages = Pages(self.world, self.faults)
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.faults.clear()
        await self.stop()
        await self.world.courier.close()

    async def start(self) -> None:
        """Listen; on the same port as before, if there was one."""
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/api/{method}", self._web_api.serve)
        app.router.add_get("/link/", self.world.courier.sockets.serve)
        app.router.add_routes(self.pages.routes())
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        assert site._server
        self._port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        self.world.base_url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        """Cut all connections and listen no more. The world stays."""
        await self.world.courier.sockets.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def restart(self) -> None:
        """As if Slack had been away for a moment."""
        await self.stop()
        await self.start()

    @property
    def api_url(self) -> str:
        """What `base_url` and SLACK_API_URL take."""
        return f"{self.world.base_url}/api/"

    @property
    def authorize_url(self) -> str:
        """The install page, for OAuthSettings(authorization_url=...)."""
        return f"{self.world.base_url}/oauth/v2/authorize"

    def add_enterprise(self, name: str) -> Enterprise:
        """An Enterprise Grid organisation."""
        return Enterprise(self.world.new_id("E"), name)

    def add_workspace(self, name: str, enterprise: Enterprise | None = None) -> Workspace:
        """A workspace, perhaps of an organisation."""
        team = Workspace(self.world.new_id("T"), name, self.world, enterprise)
        self.world.teams[team.id] = team
        return team

    def add_app(
        self,
        *,
        scopes: Iterable[str] = ALL_SCOPES,
        commands: Mapping[str, bool] | Iterable[str] = ("/imagine",),
        shortcuts: Mapping[str, str] | None = None,
        events: Iterable[str] = ALL_EVENTS,
        request_url: str = "",
    ) -> App:
        """An app as configured at api.slack.com. `commands`: names, or name -> should_escape (True by default).
        `shortcuts`: callback_id -> "message" or "global". With a `request_url` it is told by HTTP, not sockets."""
        world = self.world
        names = dict(commands) if isinstance(commands, Mapping) else dict.fromkeys(commands, True)
        app = App(
            id=world.new_id("A"),
            world=world,
            app_token=f"xapp-1-{world.new_secret('app')[:40]}",
            signing_secret=world.new_secret("signing")[:32],
            client_id=f"{world.new_id('1')}.{world.new_id('2')}",
            client_secret=world.new_secret("client")[:32],
            scopes=tuple(scopes),
            commands=names,
            shortcuts=dict(shortcuts or {}),
            events=set(events),
            socket_mode=not request_url,
            request_url=request_url,
        )
        world.apps[app.id] = app
        return app

    async def verify_url(self, app: App, url: str) -> None:
        """Enter the request URL in the app's settings: url_verification; AssertionError when it isn't answered."""
        app.request_url, app.socket_mode = url, False
        challenge = self.world.new_secret("challenge")
        asked = {"type": "url_verification", "token": "deprecated-verification-token", "challenge": challenge}
        status, body, _ = await self.world.courier.post(app, asked)
        answer = json.loads(body)["challenge"] if body.startswith("{") else body
        assert (status, answer) == (200, challenge), f"your URL didn't respond with the challenge: {status} {body}"

    def messages(self, channel: Channel, thread: str | None = None) -> list[Message]:
        """As they stand, oldest first: roots and what was sent to the channel as well; or the replies of a thread."""
        if thread is not None:
            return replies(channel, thread)
        found = channel.messages.values()
        return [it for it in found if not it.is_reply or it.raw.get("subtype") == "thread_broadcast"]

    @property
    def transcript(self) -> list[Entry]:
        """All that came to be seen, in order."""
        return self.world.transcript

    @property
    def pinged(self) -> list[str]:
        """Names of all who were notified so far, in order."""
        return [name for entry in self.transcript for name in entry.pinged]

    @property
    def files(self) -> list[File]:
        """All files that are not deleted, oldest first."""
        return [it for it in self.world.files.values() if not it.deleted]

    @property
    def deliveries(self) -> list[Delivery]:
        """All that apps were told, oldest first."""
        return self.world.courier.deliveries

    @property
    def calls(self) -> Mapping[str, int]:
        """How often each method was called, refusals included."""
        return self._web_api.calls

    def sockets(self, app: App) -> list[Socket]:
        """Open sockets of an app, oldest first."""
        return self.world.courier.sockets.of(app)

    async def connected(self, app: App, count: int = 1) -> list[Socket]:
        """Wait until the app has at least so many sockets."""
        await self.wait_for(lambda: len(self.sockets(app)) >= count)
        return self.sockets(app)

    def disable_link(self, app: App, disabled: bool = True) -> None:
        """Switch Socket Mode off in the settings: sockets get link_disabled, new ones too."""
        names = self.world.courier.sockets.link_disabled
        (names.add if disabled else names.discard)(app.id)
        if disabled:
            for socket in self.sockets(app):
                self.world.courier.spawn(socket.disconnect("link_disabled"))

    async def wait_for(self, predicate: Callable[[], Any], patience: float = 10.0) -> Any:
        """Until it holds, asked again after each change of the world; `patience` in real seconds."""
        return await self.world.wait_for(predicate, patience)

    async def advance(self, seconds: float) -> None:
        """Let time pass, and what falls due be sent. Manual clocks only."""
        assert isinstance(self.clock, ManualClock), "a running clock runs by itself"
        self.clock.advance(seconds)
        await asyncio.sleep(0)

    def processing(self, polls: int | None) -> None:
        """How often files.info says "not yet" of an uploaded file: 0 never, None until `process`."""
        self.world.processing_polls = polls

    def process(self, file: File) -> None:
        """Finish the processing of a file now."""
        process(self.world, file)
