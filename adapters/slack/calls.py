"""Calls of the Web API with patience: Retry-After is honoured, harmless calls are repeated, errors have their kinds."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.failures import Limited, Unsure, failure
from adapters.slack.locks import Locks

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]
Attempt = Callable[[], Awaitable[AsyncSlackResponse]]

TRIES = 5
LONGEST_WAIT = 120.0
"""Seconds; Slack asks for more only from who has misbehaved for long."""


class Calls:
    """Does calls. The client itself must not repeat any: it does not know which of them are harmless.

    Slack counts by method and workspace, and posts by channel: a line is what it counts together. While Slack asks to
    wait, those in a line go one after the other, so that one answer of 429 does not become a storm of them.
    """

    def __init__(self, sleep: Sleep = asyncio.sleep, clock: Callable[[], float] = time.monotonic) -> None:
        self._sleep, self._clock = sleep, clock
        self._until: dict[str, float] = {}
        self._locks = Locks()

    async def pause(self, seconds: float) -> None:
        """Leave Slack alone for a while."""
        await self._sleep(seconds)

    async def do(self, attempt: Attempt, line: str, *, repeat: bool = True, patient: bool = True) -> Any:
        """The answer of one call.

        Args:
            line: what Slack counts together with it.
            repeat: doing it twice is the same as once, so it is tried again when no answer came.
            patient: wait when Slack asks to.

        Raises:
            SlackFailed: see failures.py.
        """
        if not (left := self._left(line)):
            try:
                return await self._answer(attempt, repeat)
            except Limited as limited:
                self._hold(line, limited, patient)
        elif not patient:
            raise Limited(left)
        async with self._locks.hold(line):
            for number in range(TRIES):
                if left := self._left(line):
                    log.info("%s: Slack asks to wait %g s", line, left)
                    await self._sleep(left)
                try:
                    answer = await self._answer(attempt, repeat)
                    self._until.pop(line, None)
                    return answer
                except Limited as limited:
                    self._hold(line, limited, number + 1 < TRIES)
        raise AssertionError("the last try returns or raises")

    async def _answer(self, attempt: Attempt, repeat: bool) -> Any:
        """Tried again while no answer comes, if it may be."""
        for number in range(TRIES):
            try:
                return (await attempt()).data
            except SlackApiError as error:
                failed = failure(error)
            except (aiohttp.ClientError, TimeoutError, SlackClientError, ConnectionError) as error:
                failed = Unsure(type(error).__name__)
            if number + 1 == TRIES or not repeat or not isinstance(failed, Unsure):
                raise failed
            await self._sleep(2.0**number)
        raise AssertionError("the last try returns or raises")

    def _hold(self, line: str, limited: Limited, patient: bool) -> None:
        self._until[line] = self._clock() + limited.seconds
        if not patient or limited.seconds > LONGEST_WAIT:
            raise limited

    def _left(self, line: str) -> float:
        """Whole seconds, as Slack says them."""
        return max(0.0, float(math.ceil(self._until.get(line, 0.0) - self._clock())))


class Pace:
    """How often a channel is told of progress: an edit in a few seconds, and none while Slack asks to wait."""

    def __init__(self, clock: Callable[[], float], gap: float = 3.0) -> None:
        self._clock, self._gap = clock, gap
        self._next: dict[str, float] = {}

    def may(self, channel: str, workspace: str) -> bool:
        """Whether a channel may be told now; counts as told if so. Ends go before news, so all of a workspace's wait
        when one has to."""
        now = self._clock()
        if now < max(self._next.get(channel, now), self._next.get(workspace, now)):
            return False
        self._next = {name: at for name, at in self._next.items() if at > now}
        self._next[channel] = now + self._gap
        return True

    def hold(self, name: str, seconds: float) -> None:
        """Slack asks to wait, in a channel or in a workspace."""
        self._next[name] = self._clock() + max(seconds, self._gap)
