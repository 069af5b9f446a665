"""Faults in front of and behind the routes: errors, storms, replies that are dropped after the effect."""

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from tests.peers.discord.limits import too_many
from tests.peers.discord.replying import answer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Fault:
    """What is to go wrong with some requests."""

    method: str
    """``*`` for all."""
    path: re.Pattern[str]
    status: int
    """500, 502, 503, 429; 0: the connection is closed instead of an answer."""
    after: bool
    """The request takes effect first, and only its reply is lost."""
    left: int
    retry_after: float = 0.01
    everywhere: bool = False
    via: bool = True

    def fits(self, request: web.Request) -> bool:
        """Whether this request is one of them."""
        return self.left > 0 and self.method in ("*", request.method) and bool(self.path.search(request.path))


class Faults:
    """The faults that are to come."""

    def __init__(self) -> None:
        self._once: list[Fault] = []
        self._storm: tuple[random.Random, dict[str, float], re.Pattern[str]] | None = None
        self.count = 0
        """How many have struck."""

    def next(
        self,
        method: str,
        path: str,
        status: int = 500,
        *,
        after: bool = False,
        times: int = 1,
        retry_after: float = 0.01,
        everywhere: bool = False,
        via: bool = True,
    ) -> None:
        """The next requests that fit fail.

        Args:
            method: ``POST`` and so on, ``*`` for any.
            path: a regular expression, searched in the path.
            status: the answer; 429 takes ``retry_after``, ``everywhere`` (global) and ``via`` (False: as Cloudflare).
            after: the effect happens, then the answer is this.
        """
        fault = Fault(method, re.compile(path), status, after, times, retry_after, everywhere, via)
        self._once.append(fault)

    def drop(self, method: str, path: str, *, after: bool = True, times: int = 1) -> None:
        """The connection closes in place of the reply; ``after`` the effect, or before it."""
        self.next(method, path, 0, after=after, times=times)

    def storm(self, seed: int, *, path: str = "", **shares: float) -> None:
        """At random from now on: ``s500=0.1, s429=0.2, dropped=0.05, lost=0.05`` of the requests that fit.

        ``dropped`` closes before the effect, ``lost`` after it.
        """
        self._storm = (random.Random(seed), shares, re.compile(path))

    def clear(self) -> None:
        """No more."""
        self._once, self._storm = [], None

    def _pick(self, request: web.Request) -> Fault | None:
        for fault in self._once:
            if fault.fits(request):
                fault.left -= 1
                return fault
        if self._storm is None or not self._storm[2].search(request.path):
            return None
        chance, shares, path = self._storm
        drawn = chance.random()
        for name, share in shares.items():
            if drawn < share:
                status = 0 if name in ("dropped", "lost") else int(name[1:])
                return Fault("*", path, status, name == "lost", 1)
            drawn -= share
        return None

    async def around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Runs a route, or makes it fail."""
        fault = self._pick(request)
        if fault is None:
            return await handler(request)
        self.count += 1
        if fault.after:
            await handler(request)
        else:
            await request.read()
        if fault.status == 0:
            assert request.transport is not None
            request.transport.close()
            return web.Response(status=500)
        if fault.status == 429:
            return too_many(fault.retry_after, everywhere=fault.everywhere, via=fault.via)
        return answer({"message": f"{fault.status}: injected", "code": 0}, fault.status)
