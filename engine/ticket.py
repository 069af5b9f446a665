"""A job's place in the engine and its latest news: one slot, so that a slow reader skips and never piles up."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from engine.errors import EngineError
from engine.jobs import Asker, Draw, Drawn, Note, Pixels


@dataclass(frozen=True, slots=True)
class Waiting:
    """In line. `place` counts from 1; `seconds` until it is done, None while nothing has been measured."""

    place: int
    seconds: float | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """Under way: `done` of `steps` denoiser calls of the average picture; previews in order, None where none is."""

    done: int
    steps: int
    seconds: float | None
    previews: tuple[Pixels | None, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """All pictures, in the order of the job's seeds. `seconds` is the time since the first step."""

    pictures: tuple[Drawn, ...]
    seconds: float
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """It ended without pictures: `Cancelled`, or what went wrong."""

    error: EngineError


News = Waiting | Drawing | Finished | Failed


@dataclass(frozen=True, slots=True)
class InLine:
    """A job for everybody to see: where it stands and how far it is. `place` counts from 1 and is 0 under way."""

    job: str
    asker: Asker
    place: int
    seconds: float | None
    done: int
    steps: int


class Ticket:
    """What the asker holds. Made on the event loop; `tell` may be called from any thread."""

    def __init__(
        self, job: Draw, stop: Callable[["Ticket"], None], ended: Callable[["Ticket"], None] = lambda _: None
    ) -> None:
        self.job = job
        self._stop = stop
        self._when_ended = ended
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._slot: News | None = None
        self._unread = False
        self._fresh = asyncio.Event()

    @property
    def latest(self) -> News | None:
        """The newest news, whether it was read or not; None before the first. From any thread."""
        return self._slot

    @property
    def ended(self) -> bool:
        """Whether the final news has been told. From any thread."""
        return isinstance(self._slot, Finished | Failed)

    @property
    def unread(self) -> bool:
        """Whether news is lying there that nobody has read yet: no need to draw another preview. From any thread."""
        return self._unread

    def cancel(self) -> None:
        """Stop: the news ends with Failed(Cancelled), and the work itself within one step. Harmless after the end."""
        if not self.ended:
            self._stop(self)

    async def news(self) -> AsyncGenerator[News, None]:
        """The newest news, whenever there is some, until the final one. One reader."""
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            with self._lock:
                news, self._unread = self._slot, False
            assert news is not None
            yield news
            if isinstance(news, Finished | Failed):
                return

    def tell(self, news: News) -> None:
        """Put news into the slot, over whatever was there; nothing follows the final news."""
        final = isinstance(news, Finished | Failed)
        with self._lock:
            if self.ended:
                return
            self._slot = news
            # News that nobody has read yet has woken its reader already.
            awake, self._unread = self._unread, True
        if final or not awake:
            try:
                self._loop.call_soon_threadsafe(self._wake, final)
            except RuntimeError:
                # The loop has closed: nobody is left to read.
                return

    def _wake(self, final: bool) -> None:
        self._fresh.set()
        if final:
            self._when_ended(self)
