"""Opens Slack's adapter in a process of its own, at the addresses of a peer that lives elsewhere."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from adapters.slack.opening import Keys, Times, opened
from tests.kit import Kit
from tests.slack_scene import at_once, rising


@dataclass(frozen=True)
class OpensSlack:
    """With the keys as they were given."""

    bot_token: str
    app_token: str
    api_url: str

    def __call__(self, house: Kit, folder: Path) -> AbstractAsyncContextManager[object]:
        """The adapter; it waits for nothing that a clock alone would bring."""
        keys = Keys(bot_token=self.bot_token, app_token=self.app_token, api_url=self.api_url)
        times = Times(clock=rising(), sleep=at_once, gap=0.0)
        return opened(house.bot, house.files.get, house.memory.posts, keys=keys, folder=folder, times=times)
