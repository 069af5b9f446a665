"""A running console on loopback, for tests: the real one, with the bot that is given."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from adapters.console.opening import Address, opened
from tests.scripted_bot import ScriptedBot, encode


@dataclass
class Running:
    """Where it is."""

    url: str

    @property
    def port(self) -> int:
        """The port, to start another one there."""
        return int(self.url.rpartition(":")[2])


@asynccontextmanager
async def console(
    folder: Path, bot: ScriptedBot, password: str = "", port: int = 0, routes: Sequence[web.RouteDef] = ()
) -> AsyncIterator[Running]:
    """Started on a free port, or on the one it had before; on the way out it is stopped as at the program's end."""
    address = Address("127.0.0.1", port, password)
    slot = opened(
        bot,
        bot.read,
        encode,
        folder=folder,
        address=address,
        health=lambda: {"console": "open"},
        routes=routes,
    )
    async with slot as url:
        yield Running(url)
