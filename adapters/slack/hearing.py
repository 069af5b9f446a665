"""Whether Slack tells anything, for whoever runs the bot."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse

from bot import wording_slack as wording

log = logging.getLogger(__name__)


class Hearing:
    """When Slack last told something, and in how many minutes it held events back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._at: float | None = None
        self._held_back: set[int] = set()
        """Minutes since the epoch, as Slack names them."""

    async def note(self, body: dict[str, Any], next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        """Bolt's middleware. That events are held back comes in the place of an event, and no listener hears of it."""
        self._at = self._now()
        if body.get("type") != "app_rate_limited":
            return await next()
        self._held_back.add(int(body.get("minute_rate_limited") or 0))
        log.warning(wording.EVENTS_HELD_BACK, body.get("team_id"))
        return BoltResponse(status=200, body="")

    def health(self) -> dict[str, Any]:
        """For /health."""
        heard = None if self._at is None else round(self._now() - self._at, 1)
        return {"seconds_since_told": heard, "minutes_held_back": len(self._held_back)}
