"""Which picture models people may ask for.

Who types in a room chooses among the models that whoever runs the bot has put there, and opens no other path.
"""

import asyncio

from engine.engine import Engine
from engine.errors import ModelNotFound
from engine.jobs import Card


class Models:
    """The models of this bot, and the one that draws unless another is asked for."""

    def __init__(self, engine: Engine, default: str) -> None:
        self._engine, self.default = engine, default

    async def asked(self, name: str) -> Card:
        """The card of a model that somebody asked for.

        Raises:
            ModelNotFound: it is not one of those that are here.
            EngineError: it can't be opened.
        """
        if name != self.default:
            known = await asyncio.to_thread(self._engine.known)
            if name not in known:
                raise ModelNotFound(name, tuple(dict.fromkeys((self.default, *known))))
        return await self._engine.card(name)

    async def card(self, name: str) -> Card:
        """The card of a model that was used before.

        Raises:
            EngineError: it can't be opened.
        """
        return await self._engine.card(name)
