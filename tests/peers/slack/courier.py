"""Deliveries to apps, over Socket Mode or signed HTTP: acknowledgements, their deadline, and Slack's retries."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.peers.slack.sockets import Sockets
from tests.peers.slack.world import App, Json, World, copied

DEADLINE = 3.0
"""Seconds that an app has for its acknowledgement."""
RETRIES = (0.0, 60.0, 300.0)
"""Seconds after a failed delivery of an event until the next."""


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature of a request."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()


class Refused(Exception):
    """An acknowledgement whose content Slack does not take: the person sees that something went wrong."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver."""

    number: int
    at: float
    reason: str
    """Why it is tried again; empty for the first."""
    via: int | None
    """Number of the socket; None for HTTP, and when there was no socket."""


@dataclass(eq=False)
class Delivery:
    """Something that an app is told. `outcome` is pending, acknowledged, or what the person is shown:
    operation_timeout, dispatch_failed; given_up for an event after its last retry."""

    world: World = field(repr=False)
    app: App = field(repr=False)
    kind: str
    """events_api, slash_commands or interactive."""
    payload: Json
    done: Callable[[Json], None] | None = field(default=None, repr=False)
    attempts: list[Attempt] = field(default_factory=list)
    outcome: str = "pending"
    acked_at: float | None = None
    """Peer clock."""
    took: float | None = None
    """Real seconds from the first try to the acknowledgement."""
    response: Json = field(default_factory=dict)
    """What came with the acknowledgement."""
    late: int = 0
    """Acknowledgements that came after the deadline, and second ones."""
    began: float = field(default_factory=time.perf_counter)
    settled: set[int] = field(default_factory=set, repr=False)

    @property
    def acked(self) -> bool:
        return self.outcome == "acknowledged"

    @property
    def text(self) -> str:
        """The text that came with the acknowledgement."""
        return str(self.response.get("text", ""))

    async def acknowledged(self, patience: float = 10.0) -> "Delivery":
        """Wait until the app has acknowledged; AssertionError when the person was shown an error instead."""
        await self.world.wait_for(lambda: self.outcome != "pending", patience)
        assert self.acked, f"not acknowledged: {self.outcome}"
        return self

    async def settle(self, patience: float = 10.0) -> "Delivery":
        """Wait until there is an outcome, good or bad."""
        await self.world.wait_for(lambda: self.outcome != "pending", patience)
        return self

    async def again(self, reason: str = "timeout") -> None:
        """Deliver once more what was delivered already, as Slack does when an acknowledgement is lost on the way."""
        await self.world.courier.attempt(self, len(self.attempts), reason)


class Courier:
    """Carries deliveries."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sockets = Sockets(world, self._socket_ack)
        self.deliveries: list[Delivery] = []
        self._envelopes: dict[str, Delivery] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._errors: list[BaseException] = []
        self._session: aiohttp.ClientSession | None = None

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do it beside; an exception in it is raised at the end."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._errors.append(error)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()
            self._session = None
        if self._errors:
            raise self._errors[0]

    async def idle(self) -> None:
        """Until nothing is being carried."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def send(self, app: App, kind: str, payload: Json, done: Callable[[Json], None] | None = None) -> Delivery:
        """Deliver for the first time; back when it is on its way. `done` gets the answer, if that is in time."""
        delivery = Delivery(self._world, app, kind, copied(payload), done)
        self.deliveries.append(delivery)
        await self.attempt(delivery, 0, "")
        return delivery

    async def attempt(self, delivery: Delivery, number: int, reason: str) -> None:
        """One try."""
        app, clock = delivery.app, self._world.clock
        socket = self.sockets.pick(app) if app.socket_mode else None
        delivery.attempts.append(Attempt(number, clock(), reason, socket.number if socket else None))
        clock.call_at(clock() + DEADLINE, lambda: self._failed(delivery, number, "timeout", "operation_timeout"))
        if not app.socket_mode:
            self.spawn(self._post(delivery, number, reason))
        elif socket is None:
            self._failed(delivery, number, "no_socket", "dispatch_failed", later=1.0)
        else:
            envelope = {
                "envelope_id": str(uuid.uuid4()),
                "type": delivery.kind,
                "payload": delivery.payload,
                "accepts_response_payload": delivery.kind != "events_api",
            }
            if delivery.kind == "events_api":
                envelope |= {"retry_attempt": number, "retry_reason": reason}
            self._envelopes[str(envelope["envelope_id"])] = delivery
            await socket.send(envelope)
        self._world.changed()

    def _socket_ack(self, answer: Json) -> None:
        delivery = self._envelopes.get(answer.get("envelope_id", ""))
        if delivery:
            self._acked(delivery, answer.get("payload") or {})

    def _acked(self, delivery: Delivery, response: Json) -> None:
        if delivery.outcome != "pending":
            delivery.late += 1
        else:
            delivery.outcome, delivery.acked_at = "acknowledged", self._world.clock()
            delivery.took = time.perf_counter() - delivery.began
            delivery.response = response
            try:
                if delivery.done:
                    delivery.done(response)
            except Refused as refusal:
                delivery.outcome = f"refused: {refusal}"
        self._world.changed()

    def _failed(self, delivery: Delivery, number: int, reason: str, shown: str, later: float = 0.0) -> None:
        if delivery.outcome != "pending" or number in delivery.settled:
            return
        delivery.settled.add(number)
        if delivery.kind != "events_api":
            delivery.outcome = shown
        elif number >= len(RETRIES):
            delivery.outcome = "given_up"
        else:
            when = self._world.clock() + max(later, RETRIES[number])
            retry = number + 1
            self._world.clock.call_at(when, lambda: self._retry(delivery, retry, reason))
        self._world.changed()

    def _retry(self, delivery: Delivery, number: int, reason: str) -> None:
        if delivery.outcome == "pending":
            self.spawn(self.attempt(delivery, number, reason))

    async def _post(self, delivery: Delivery, number: int, reason: str) -> None:
        headers = {}
        if delivery.kind == "events_api" and number:
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_" + reason}
        try:
            status, answer, response_headers = await self.post(delivery.app, delivery.payload, delivery.kind, headers)
        except aiohttp.ClientError:
            self._failed(delivery, number, "error", "dispatch_failed")
            return
        if 200 <= status < 300:
            self._acked(delivery, _parsed(answer))
        elif response_headers.get("X-Slack-No-Retry") == "1" and delivery.outcome == "pending":
            delivery.outcome = "given_up"
            self._world.changed()
        else:
            self._failed(delivery, number, "error", "dispatch_failed")

    async def post(
        self,
        app: App,
        payload: Json,
        kind: str = "events_api",
        headers: Json | None = None,
        age: float = 0.0,
        secret: str | None = None,
    ) -> tuple[int, str, Any]:
        """A signed request as it goes over the wire: (status, body, headers) of the answer.

        `age` seconds old (of real time, which is what signatures are checked against), signed with another `secret`
        if one is given.
        """
        body, content_type = json.dumps(payload), "application/json"
        if kind != "events_api":
            fields = payload if kind == "slash_commands" else {"payload": body}
            body, content_type = urlencode(fields), "application/x-www-form-urlencoded"
        timestamp = str(int(time.time() - age))
        signed = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(secret or app.signing_secret, timestamp, body),
            **(headers or {}),
        }
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        async with self._session.post(app.request_url, data=body.encode(), headers=signed) as response:
            return response.status, await response.text(), response.headers


def _parsed(answer: str) -> Json:
    try:
        parsed = json.loads(answer) if answer else {}
    except json.JSONDecodeError:
        return {"text": answer}
    return parsed if isinstance(parsed, dict) else {"text": answer}
