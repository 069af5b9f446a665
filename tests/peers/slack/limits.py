"""Slack's rate limits: a number of calls a minute for each method and workspace, and a pace for each channel."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class RateLimits:
    """Real numbers, each of which a test may change. Seconds of the peer's clock."""

    clock: Callable[[], float]
    on: bool = True
    tiers: dict[int, int] = field(default_factory=lambda: {1: 10, 2: 20, 3: 50, 4: 100})
    """Calls a minute. Tier 1 says "1+": ten, so that an app may open its ten sockets."""
    history_per_minute: int = 50
    """conversations.history and replies. Internal apps: tier 3; apps sold elsewhere than in the marketplace: 1."""
    history_page: int = 1000
    """Most messages in an answer of these two; 15 for apps with the limit of 1."""
    channel_burst: int = 5
    """Posts that a channel takes at once; one more every second."""
    posts_per_minute: int = 300
    """chat.postMessage in a whole workspace."""
    refused: int = 0
    """Calls that were answered 429 so far."""
    _calls: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _channels: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait(self, method: str, workspace: str, tier: int) -> int:
        """Whole seconds until the next call of that kind is allowed; 0 counts this one."""
        match method:
            case "conversations.history" | "conversations.replies":
                return self._window(method, workspace, self.history_per_minute)
            case "chat.postMessage":
                return self._window(method, workspace, self.posts_per_minute)
        return self._window(method, workspace, self.tiers[tier]) if tier else 0

    def wait_in_channel(self, channel: str) -> int:
        """The same for posts in a channel."""
        if not self.on:
            return 0
        left, at = self._channels.get(channel, (float(self.channel_burst), self.clock()))
        left = min(self.channel_burst, left + self.clock() - at)
        if left < 1:
            self.refused += 1
            return max(1, math.ceil(1 - left))
        self._channels[channel] = (left - 1, self.clock())
        return 0

    def _window(self, method: str, workspace: str, most: int) -> int:
        if not self.on:
            return 0
        calls = self._calls[method, workspace]
        while calls and calls[0] <= self.clock() - 60:
            calls.popleft()
        if len(calls) >= most:
            self.refused += 1
            return max(1, math.ceil(calls[0] + 60 - self.clock()))
        calls.append(self.clock())
        return 0
