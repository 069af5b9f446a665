"""Opens Discord's adapter in a process of its own, at the addresses of a peer that lives elsewhere."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.discord.client import Client, Parts
from adapters.discord.desk import Known
from adapters.discord.opening import Access, opened
from bot.place import Person, Place
from tests.discord_kit import Clock, Quick
from tests.kit import Kit
from tests.scripted_bot import encode


def quick(parts: Parts, **options: Any) -> Client:
    """A client that waits for nothing that a clock alone would bring."""
    client = Quick(parts, **options, guild_ready_timeout=0.01)
    client.posting.clock = Clock(step=10.0)
    return client


async def _none(place: Place, person: Person) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class OpensDiscord:
    """With the token and the addresses as they were given."""

    token: str
    api_base: str
    gateway_url: str

    def __call__(self, house: Kit, folder: Path) -> AbstractAsyncContextManager[object]:
        """The adapter."""
        del folder
        access = Access(self.token, api_base=self.api_base, gateway_url=self.gateway_url)
        known = Known(lambda: ("fake",), _none, _none)
        posts = house.memory.posts
        return opened(house.bot, house.files.get, encode, posts=posts, known=known, access=access, make=quick)
