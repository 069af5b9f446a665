"""Rate limits: a bucket for each route and channel, 50 a second for all but interactions, the ban of a bad client."""

import hashlib
import time
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from tests.peers.discord.replying import answer

BUCKETS: dict[tuple[str, str], tuple[int, float]] = {
    ("POST", "/channels/{channel}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel}/messages/{message}"): (5, 5.0),
    ("DELETE", "/channels/{channel}/messages/{message}"): (5, 1.0),
    ("GET", "/channels/{channel}/messages/{message}"): (5, 5.0),
    ("GET", "/channels/{channel}/messages"): (5, 5.0),
    ("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me"): (1, 0.25),
    ("POST", "/channels/{channel}/typing"): (5, 5.0),
    ("POST", "/channels/{channel}/messages/{message}/threads"): (50, 300.0),
    ("POST", "/channels/{channel}/threads"): (50, 300.0),
    ("PATCH", "/channels/{channel}"): (5, 15.0),
    ("POST", "/users/@me/channels"): (10, 60.0),
}
TOKENS = (5, 2.0)  # of one interaction's token, apart from the callback


@dataclass
class Window:
    """What is left until when."""

    left: int
    until: float


@dataclass
class Limits:
    """The buckets, on the machine's clock, because the client waits on it too."""

    scale: float = 0.02
    """All windows are this much shorter than Discord's; 1.0 for load tests."""
    ban_after: int = 10_000
    """Answers 401, 403 and 429 within ten minutes, and Cloudflare bans the address."""
    broken: list[str] = field(default_factory=list)
    """The requests that were over a limit: none, for a well-behaved client."""
    _windows: dict[str, Window] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)
    _invalid: deque[float] = field(default_factory=deque)

    def take(self, request: web.Request, template: str) -> tuple[dict[str, str], web.Response | None]:
        """Counts a request: the headers for its answer, and the answer itself when it is over a limit."""
        now = time.monotonic()
        if template.startswith("/interactions/"):
            return {}, None
        hook = template.startswith("/webhooks/")
        while self._invalid and self._invalid[0] < now - 600:
            self._invalid.popleft()
        if len(self._invalid) >= self.ban_after:
            return {}, web.Response(status=429, text="error code: 1015", headers={"Retry-After": "3600"})
        if not hook:
            while self._recent and self._recent[0] <= now - self.scale:
                self._recent.popleft()
            if len(self._recent) >= 50:
                wait = self._recent[0] + self.scale - now
                self.broken.append(f"global {request.method} {request.path}")
                return {}, too_many(wait, everywhere=True)
            self._recent.append(now)
        rule = TOKENS if hook else BUCKETS.get((request.method, template))
        if rule is None:
            return {}, None
        most, seconds = rule
        name = "webhook" if hook else f"{request.method} {template}"
        major = request.match_info.get("token") or request.match_info.get("channel") or ""
        window = self._windows.get(f"{name} {major}")
        if window is None or window.until <= now:
            window = self._windows[f"{name} {major}"] = Window(most, now + seconds * self.scale)
        wait = window.until - now
        headers = {
            "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(0, window.left - 1)),
            "X-RateLimit-Reset": f"{time.time() + wait:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
        }
        if window.left <= 0:
            self.broken.append(f"bucket {request.method} {request.path}")
            return headers, too_many(wait, headers=headers)
        window.left -= 1
        return headers, None

    def note(self, status: int) -> None:
        """Counts an answer that was a refusal of the kind that leads to a ban."""
        if status in (401, 403, 429):
            self._invalid.append(time.monotonic())


def too_many(
    wait: float, *, everywhere: bool = False, via: bool = True, headers: dict[str, str] | None = None
) -> web.Response:
    """429 as Discord's; without Via as Cloudflare's."""
    extra = dict(headers or {}) | {"Retry-After": str(int(wait) + 1)}
    extra["X-RateLimit-Scope"] = "global" if everywhere else "user"
    if everywhere:
        extra["X-RateLimit-Global"] = "true"
    if via:
        extra["Via"] = "1.1 google"
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everywhere}
    return answer(body, 429, extra)
