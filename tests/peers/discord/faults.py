"""Faults in front of and behind the routes: errors, storms, replies that are dropped after the effect."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

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
    code: int = 0
    """Of Discord's own list of errors, in the body."""

    def fits(self, request: web.Request) -> bool:
        """Whether this request is one of them."""
        return self.left > 0 and self.method in ("*", request.method) and bool(self.path.search(request.path))


@dataclass
class Gate:
    """Holds one request: before its body is read, or with its effect behind it and its reply before it."""

    method: str
    path: re.Pattern[str]
    after: bool
    skip: int
    """So many that fit go through first."""
    uploads: bool
    """Only a request that brings files."""
    holds: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """A request is there."""
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> None:
        """Let it go on."""
        self.opened.set()

    def takes(self, request: web.Request) -> bool:
        """Whether it holds this request; it holds no other afterwards."""
        if self.holds or request.method != self.method or not self.path.search(request.path):
            return False
        if self.uploads and not request.content_type.startswith("multipart/"):
            return False
        self.skip -= 1
        self.holds = self.skip < 0
        return self.holds


class Faults:
    """The faults that are to come."""

    def __init__(self) -> None:
        self._once: list[Fault] = []
        self._gates: list[Gate] = []
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
        code: int = 0,
    ) -> None:
        """The next requests that fit fail.

        Args:
            method: ``POST`` and so on, ``*`` for any.
            path: a regular expression, searched in the path.
            status: the answer; 429 takes ``retry_after``, ``everywhere`` (global) and ``via`` (False: as Cloudflare).
            after: the effect happens, then the answer is this.
            code: of Discord's list of errors: 200000 with 400 is what its filters say.
        """
        fault = Fault(method, re.compile(path), status, after, times, retry_after, everywhere, via, code)
        self._once.append(fault)

    def drop(self, method: str, path: str, *, after: bool = True, times: int = 1) -> None:
        """The connection closes in place of the reply; ``after`` the effect, or before it."""
        self.next(method, path, 0, after=after, times=times)

    def hold(self, method: str, path: str, *, after: bool = False, skip: int = 0, uploads: bool = False) -> Gate:
        """The next request that fits, after ``skip`` others, waits until the gate is opened.

        Args:
            after: the effect happens, and its answer waits; otherwise it waits with its body not yet read.
            uploads: only a request that brings files.
        """
        gate = Gate(method, re.compile(path), after, skip, uploads)
        self._gates.append(gate)
        return gate

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
        """Runs a route, holds it, or makes it fail."""
        if gate := next((each for each in self._gates if each.takes(request)), None):
            response = await handler(request) if gate.after else None
            gate.arrived.set()
            await gate.opened.wait()
            return response or await handler(request)
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
        return answer({"message": f"{fault.status}: injected", "code": fault.code}, fault.status)
