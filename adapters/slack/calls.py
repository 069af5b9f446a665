"""Calls of the Web API with patience: Retry-After is honoured, harmless calls are repeated, errors have their kinds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.failures import Limited, SlackFailed, Unsure, failure

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]
Attempt = Callable[[], Awaitable[AsyncSlackResponse]]

TRIES = 5
LONGEST_WAIT = 120.0
"""Seconds; Slack asks for more only from who has misbehaved for long."""


class Calls:
    """Does calls. The client itself must not repeat any: it does not know which of them are harmless."""

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep

    async def pause(self, seconds: float) -> None:
        """Leave Slack alone for a while."""
        await self._sleep(seconds)

    async def do(self, attempt: Attempt, *, repeat: bool = True, patient: bool = True) -> Any:
        """The answer of one call.

        Args:
            repeat: doing it twice is the same as once, so it is tried again when no answer came.
            patient: wait when Slack asks to.

        Raises:
            SlackFailed: see failures.py.
        """
        for number in range(TRIES):
            try:
                return (await attempt()).data
            except SlackApiError as error:
                failed = failure(error)
            except (aiohttp.ClientError, TimeoutError, SlackClientError, ConnectionError) as error:
                failed = Unsure(type(error).__name__)
            if number + 1 == TRIES or not await self._again(failed, number, repeat, patient):
                raise failed
        raise AssertionError("the last try returns or raises")

    async def _again(self, failed: SlackFailed, number: int, repeat: bool, patient: bool) -> bool:
        match failed:
            case Limited(seconds=seconds) if patient and seconds <= LONGEST_WAIT:
                log.info("Slack asks to wait %g s", seconds)
                await self._sleep(seconds)
                return True
            case Unsure() if repeat:
                await self._sleep(2.0**number)
                return True
        return False


class Pace:
    """How often a channel is told of progress: an edit in a few seconds, and none while Slack asks to wait."""

    def __init__(self, clock: Callable[[], float], gap: float = 3.0) -> None:
        self._clock, self._gap = clock, gap
        self._next: dict[str, float] = {}

    def may(self, channel: str) -> bool:
        """Whether a channel may be told now; counts as told if so."""
        now = self._clock()
        if now < self._next.get(channel, now):
            return False
        self._next = {name: at for name, at in self._next.items() if at > now}
        self._next[channel] = now + self._gap
        return True

    def hold(self, channel: str, seconds: float) -> None:
        """Slack asks to wait."""
        self._next[channel] = self._clock() + max(seconds, self._gap)
