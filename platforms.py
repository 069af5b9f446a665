"""Starts the platforms whose keys are set, and looks whether they let the bot in."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web
from filelock import FileLock, Timeout

from adapters.console.opening import AlreadyOpen
from bootstrap import Parts, encode
from bot import replies, wording_slack
from bot.cards import shown
from bot.doctor import Finding
from bot.memory.memory import Memory
from bot.place import Person, Place
from settings import Settings

if TYPE_CHECKING:  # a chat library is loaded when its platform is started
    from adapters.discord.opening import Access
    from adapters.slack.opening import Keys, Opened

log = logging.getLogger(__name__)

RECENT = 25
"""Pictures of somebody's that are offered to be named; Discord takes no more."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds between two tries to reach a platform that does not answer."""
FIRST_TRY = 20.0
"""Seconds that the start waits to hear that a platform refuses the keys."""

Health = Callable[[], dict[str, Any]]


class PlatformRefused(Exception):
    """A platform does not let the bot in, and no new try will help. The text says what to do."""


@dataclass(slots=True)
class Open:
    """The platforms at work."""

    health: dict[str, Health] = field(default_factory=dict)
    """By the platform's name."""
    routes: list[web.RouteDef] = field(default_factory=list)
    """What platforms send by HTTP, for the server that is there already."""


@asynccontextmanager
async def opened(settings: Settings, parts: Parts) -> AsyncIterator[Open]:
    """Discord and Slack at work, each if its keys are set.

    Raises:
        PlatformRefused: one of them does not let the bot in.
        AlreadyOpen: another run of this program is at work in the data folder.
        OSError: the data folder can't be written.
    """
    open = Open()
    if not (settings.discord.token.get_secret_value() or settings.slack.wanted):
        yield open
        return
    async with AsyncExitStack() as stack:
        # Two runs would both carry on with what an earlier one has left over.
        lock = FileLock(settings.data_dir / "platforms.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise AlreadyOpen(settings.data_dir) from None
        stack.callback(lock.release)
        if access := discord_access(settings):
            open.health["discord"] = await stack.enter_async_context(_discord(access, parts))
        if keys := slack_keys(settings):
            health, routes = await stack.enter_async_context(_slack(keys, settings, parts))
            open.health["slack"] = health
            open.routes += routes
        yield open


async def examine(settings: Settings) -> list[Finding]:
    """Look whether the platforms whose keys are set let the bot do its work."""
    findings: list[Finding] = []
    if access := discord_access(settings):
        from adapters.discord import doctor as discord_doctor

        memory = await Memory.open(settings.database)
        try:
            findings += await discord_doctor.examine(access, memory.posts)
        finally:
            await memory.close()
    if keys := slack_keys(settings):
        from adapters.slack import doctor as slack_doctor

        findings += await slack_doctor.examine(keys)
    return findings


def discord_access(settings: Settings) -> "Access | None":
    """How the bot reaches Discord; None if it is not asked to."""
    if not (token := settings.discord.token.get_secret_value()):
        return None
    from adapters.discord.opening import Access

    given = settings.discord
    return Access(token, given.message_content, given.api_base, given.gateway_url, given.guild_ids)


def slack_keys(settings: Settings) -> "Keys | None":
    """How the bot reaches Slack; None if it is not asked to."""
    if not settings.slack.wanted:
        return None
    from adapters.slack.opening import Keys

    given = settings.slack
    return Keys(
        bot_token=given.bot_token.get_secret_value(),
        app_token=given.app_token.get_secret_value(),
        signing_secret=given.signing_secret.get_secret_value(),
        client_id=given.client_id,
        client_secret=given.client_secret.get_secret_value(),
        api_url=given.api_url,
    )


@asynccontextmanager
async def _discord(access: "Access", parts: Parts) -> AsyncIterator[Health]:
    from adapters.discord.desk import Known
    from adapters.discord.opening import TokenRefused, opened

    async def sets(place: Place, person: Person) -> Sequence[str]:
        preferred = await parts.memory.people.preferred(place.platform, place.workspace, person.id)
        return list(preferred.sets)

    async def recent(place: Place, person: Person) -> Sequence[str]:
        return [picture.id for picture in await parts.memory.finding.recent(place.workspace, person.id, RECENT)]

    models = await asyncio.to_thread(parts.engine.known)
    known = Known(lambda: models, sets, recent)
    try:
        async with opened(
            parts.bot, parts.files.get, encode, posts=parts.memory.posts, known=known, access=access
        ) as running:
            running.ended.add_done_callback(_told)
            yield running.health
    except TokenRefused as refused:
        raise PlatformRefused(str(refused)) from None


def _told(ended: asyncio.Task[None]) -> None:
    """Say in the log why a platform ended while the bot went on."""
    if not ended.cancelled() and (error := ended.exception()):
        log.error("%s", error)


@asynccontextmanager
async def _slack(
    keys: "Keys", settings: Settings, parts: Parts
) -> AsyncIterator[tuple[Health, Sequence[web.RouteDef]]]:
    from adapters.slack.inbound import Names
    from adapters.slack.opening import opened

    async def recent(workspace: str, person: str) -> Sequence[replies.Picture]:
        return [shown(picture) for picture in await parts.memory.finding.recent(workspace, person, RECENT)]

    names = Names(settings.slack.imagine_command, settings.slack.command)
    start = partial(
        opened,
        parts.bot,
        parts.files.get,
        parts.memory.posts,
        keys=keys,
        folder=settings.data_dir,
        names=names,
        recent=recent,
    )
    kept = _Kept(start, keys)
    try:
        await kept.first_try()
        yield kept.health, kept.routes()
    finally:
        await kept.close()


class _Kept:
    """Slack, opened as soon as it can be reached, while everything else goes on."""

    def __init__(self, start: Callable[[], AbstractAsyncContextManager["Opened"]], keys: "Keys") -> None:
        self._start, self._keys = start, keys
        self._opened: Opened | None = None
        self._tried = asyncio.Event()
        self._ended = asyncio.create_task(self._run())

    def routes(self) -> list[web.RouteDef]:
        """For the server, which opens before Slack is there, if it has to: what Slack and people send by HTTP."""
        from adapters.slack.web import paths

        wanted = paths(events=bool(self._keys.signing_secret and not self._keys.app_token), installs=self._keys.many)
        return [web.route(method, path, self._pass) for method, path in wanted]

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        """Slack sends an event again that is answered so."""
        there = {(route.method, route.path): route.handler for route in (self._opened.routes if self._opened else ())}
        if not (handler := there.get((request.method, request.path))):
            raise web.HTTPServiceUnavailable(headers={"Retry-After": str(int(FIRST_PAUSE))})
        return await handler(request)

    def health(self) -> dict[str, Any]:
        """What /health tells."""
        return {"ready": True} | self._opened.health() if self._opened else {"ready": False}

    async def first_try(self) -> None:
        """Return when Slack has answered or not, or is in no hurry to: everything else goes on without it.

        Raises:
            PlatformRefused: Slack does not let the bot in.
        """
        tried = asyncio.create_task(self._tried.wait())
        try:
            await asyncio.wait({tried, self._ended}, return_when=asyncio.FIRST_COMPLETED, timeout=FIRST_TRY)
        finally:
            tried.cancel()
        if self._ended.done():
            self._ended.result()
        self._ended.add_done_callback(_told)

    async def close(self) -> None:
        """Let what was acknowledged be written down, and end."""
        self._ended.cancel()
        await asyncio.gather(self._ended, return_exceptions=True)

    async def _run(self) -> None:
        from slack_sdk.errors import SlackApiError

        from adapters.slack.failures import Limited, SlackFailed, Unsure

        pause = FIRST_PAUSE
        while True:
            try:
                async with self._start() as self._opened:
                    self._tried.set()
                    await asyncio.Event().wait()
            except (Unsure, Limited) as failed:
                log.warning(wording_slack.unreachable(self._keys.api_url, failed.error))
            except SlackFailed as failed:
                raise PlatformRefused(wording_slack.bad_bot_token(failed.error)) from None
            except SlackApiError as error:
                raise PlatformRefused(wording_slack.bad_app_token(str(error.response["error"]))) from None
            self._tried.set()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
