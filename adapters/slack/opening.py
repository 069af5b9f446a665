"""Opens Slack: puts its parts together, connects, and carries on with what an earlier run has left over."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.web.async_client import AsyncWebClient

from adapters.relay import Bot, attend, catch_up, resume
from adapters.slack.app import build
from adapters.slack.board import Board
from adapters.slack.calls import Calls, Pace, Sleep
from adapters.slack.desk import Desk
from adapters.slack.handling import Handling
from adapters.slack.hearing import Hearing
from adapters.slack.home import Home, Look, Recent
from adapters.slack.inbound import PLATFORM, Json, Names
from adapters.slack.installations import Installations, ManyWorkspaces, States, load_key
from adapters.slack.listeners import Listeners
from adapters.slack.manifest import SCOPES
from adapters.slack.people import People
from adapters.slack.pictures import Pictures
from adapters.slack.posting import Posting
from adapters.slack.sockets import PING, Sockets
from adapters.slack.uploads import Read, Uploads
from adapters.slack.web import oauth, routes
from adapters.slack.whispers import Whispers
from adapters.slack.workspaces import OneWorkspace, Workspaces, connect
from bot.memory.posts import Posts
from bot.replies import Picture

SLACK = "https://slack.com/api/"
GOV = "slack-gov.com"
TIMEOUT = 30.0
"""Seconds for one call."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What Slack gave to whoever runs the bot. Empty is: not given."""

    bot_token: str = field(default="", repr=False)
    """One workspace: xoxb-..."""
    app_token: str = field(default="", repr=False)
    """Socket Mode: xapp-..."""
    signing_secret: str = field(default="", repr=False)
    """HTTP mode."""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    """With client_id: many workspaces."""
    api_url: str = SLACK
    authorize_url: str = ""
    """Slack's page where people say yes; empty for slack.com's."""

    @property
    def many(self) -> bool:
        """Whether the app is installed by OAuth."""
        return bool(self.client_id and self.client_secret)

    @property
    def authorize_page(self) -> str:
        """`authorize_url`; that of GovSlack where the API is there."""
        gov = (urlsplit(self.api_url).hostname or "").endswith(GOV)
        return self.authorize_url or (f"https://{GOV}/oauth/v2/authorize" if gov else "")


@dataclass(frozen=True, slots=True)
class Times:
    """Clocks and waiting, so that tests need not wait."""

    clock: Callable[[], float] = time.time
    """Seconds since the epoch."""
    sleep: Sleep = asyncio.sleep
    gap: float = 3.0
    """Seconds between two pieces of news in a channel."""
    ping: float = PING


@dataclass(frozen=True, slots=True)
class Opened:
    """Slack at work."""

    routes: Sequence[web.RouteDef]
    """For the server that is there already: HTTP mode and OAuth. Empty with Socket Mode and one workspace."""
    health: Callable[[], Json]
    """For /health."""


async def no_recent(_: str, __: str) -> Sequence[Picture]:
    """For a bot that keeps no list of somebody's pictures."""
    return ()


@asynccontextmanager
async def opened(
    bot: Bot,
    read: Read,
    posts: Posts,
    *,
    keys: Keys,
    folder: Path,
    names: Names = Names(),  # noqa: B008  # frozen
    recent: Recent = no_recent,
    times: Times = Times(),  # frozen
) -> AsyncIterator[Opened]:
    """Slack at work. `folder` holds the key that the tokens of many workspaces are encrypted with.

    Raises:
        SlackFailed: Slack does not take the bot token, or can't be reached.
        SlackApiError: Slack does not take the app token.
        OSError: the folder can't be written.
    """
    quiet_libraries()
    async with AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout, trust_env=True))
        client = partial(web_client, keys.api_url, http)
        workspaces, flow = await _workspaces(keys, folder, posts, client, times)
        uploads = Uploads(read, posts, http, times.sleep)
        whispers = Whispers(uploads, http, names, times.clock)
        board = Board(Posting(posts), uploads, Pace(times.clock, times.gap))
        people = People(times.clock)
        desk = Desk(bot, workspaces, board, whispers, times.clock)
        stack.push_async_callback(desk.close)
        home = Home(bot, people, uploads, whispers, Look(names, SCOPES, recent))
        handling = Handling(desk, people, Pictures(http), home, names)
        listeners = Listeners(desk, handling, home, names)
        hearing = Hearing(times.clock)
        app = build(listeners, workspaces, names, client(""), keys.signing_secret, hearing)
        sockets = Sockets(app, keys.app_token, client(""), ping=times.ping, now=times.clock) if keys.app_token else None
        if sockets:
            await sockets.open()
            stack.push_async_callback(sockets.close)
        desk.start(catch_up(posts.inbox, PLATFORM, handling.again))
        desk.start(resume(bot, PLATFORM, desk.stage_for))
        desk.start(attend(bot, PLATFORM, desk.stage_for))
        yield Opened(
            routes(app if keys.signing_secret and not sockets else None, flow),
            lambda: workspaces.health() | hearing.health() | (sockets.health() if sockets else {}),
        )


async def _workspaces(
    keys: Keys, folder: Path, posts: Posts, client: Callable[[str], AsyncWebClient], times: Times
) -> tuple[Workspaces, AsyncOAuthFlow | None]:
    """The workspaces, and how more of them come."""
    calls = Calls(times.sleep)
    if not keys.many:
        return OneWorkspace(await connect(client(keys.bot_token), calls)), None
    key = await asyncio.to_thread(load_key, folder / "slack.key")
    installations = Installations(posts, key)
    states = States(posts, key, times.clock)
    flow = oauth(client(""), (keys.client_id, keys.client_secret), installations, states, keys.authorize_page)
    return ManyWorkspaces(installations, client, calls), flow


def web_client(api_url: str, http: aiohttp.ClientSession, token: str) -> AsyncWebClient:
    """A client that repeats nothing by itself: a post that was repeated is there twice."""
    url = api_url if api_url.endswith("/") else f"{api_url}/"
    return AsyncWebClient(token or None, base_url=url, session=http, retry_handlers=[], timeout=int(TIMEOUT))


def quiet_libraries() -> None:
    """At their most talkative they would write down addresses that hold rights."""
    for library in ("slack_sdk", "slack_bolt"):
        logger = logging.getLogger(library)
        logger.setLevel(max(logging.INFO, logger.getEffectiveLevel()))
