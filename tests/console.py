"""A running console on loopback, for tests: the real one, with the bot that is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

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
async def console(folder: Path, bot: ScriptedBot, password: str = "", port: int = 0) -> AsyncIterator[Running]:
    """Started on a free port, or on the one it had before; on the way out it is stopped as at the program's end."""
    address = Address("127.0.0.1", port, password)
    async with opened(bot, bot.read, encode, folder=folder, address=address, health=lambda: {"console": "open"}) as url:
        yield Running(url)
