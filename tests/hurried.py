"""An event loop whose time runs faster: what sleeps whole seconds in a library passes in hundredths of them."""

import asyncio
import selectors
from collections.abc import Coroutine
from selectors import SelectorKey
from typing import Any, TypeVar

T = TypeVar("T")

TIMES = 25.0
"""How much faster."""


class _Selector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        return super().select(timeout if timeout is None else timeout / TIMES)


class HurriedLoop(asyncio.SelectorEventLoop):
    """Sleeps and timeouts are TIMES shorter; nothing else differs."""

    def __init__(self) -> None:
        super().__init__(_Selector())

    def time(self) -> float:
        """Seconds of its own."""
        return super().time() * TIMES


def hurried(work: Coroutine[Any, Any, T]) -> T:
    """Run something from a test that has no loop of its own."""
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        return runner.run(work)
