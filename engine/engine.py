"""The asyncio face of the engine: everything here runs on the event loop, and nothing here blocks it."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence

from engine.errors import EngineClosed, QueueFull
from engine.jobs import Card, Draw, Pixels, Vectors
from engine.lane import Lane
from engine.limits import Limits
from engine.reader import ClipModel, Reader
from engine.seats import Seats
from engine.stepper import Stepper, Whole
from engine.ticket import Drawing, InLine, Ticket, Waiting

log = logging.getLogger(__name__)

UNKNOWN_WAIT = 10.0
"""Seconds after which to come back, while nothing has been measured."""
JOIN = 30.0
"""Seconds to wait for a thread that is in a long step or load; it is a daemon, and dies with the process."""


class Engine:
    """Asks the GPU. Models are opened by name when they are first wanted, each on a thread of its own."""

    def __init__(
        self,
        open_model: Callable[[str], Stepper | Whole],
        open_clip: Callable[[], ClipModel],
        known: Callable[[], tuple[str, ...]],
        limits: Limits | None = None,
    ) -> None:
        self._open_model = open_model
        self._known = known
        self._limits = limits or Limits()
        self._clock = time.monotonic
        self._seats = Seats(self._limits.models, self._limits.tenure, self._clock)
        self._lanes: dict[str, Lane] = {}
        self._retired: list[Lane] = []
        self._tickets: dict[Ticket, None] = {}
        self._users: Counter[str] = Counter()
        self._reader = Reader(open_clip, self._limits.read)
        self._empty = asyncio.Event()
        self._empty.set()
        self._closed = False

    async def card(self, name: str) -> Card:
        """What a model is; loads it if it has not been loaded before.

        Raises:
            ModelNotFound: there is none of that name.
            BrokenWeights: its files cannot be read.
            EngineClosed: the engine is shutting down.
        """
        lane = self._lane(name)
        if lane.card is not None:
            return lane.card
        self._users[name] += 1
        try:
            return await asyncio.wrap_future(lane.ask_card())
        finally:
            self._let_go(name)

    def known(self) -> tuple[str, ...]:
        """The names of the models that are there."""
        return self._known()

    def draw(self, job: Draw) -> Ticket:
        """Put a set of pictures in line.

        Raises:
            QueueFull: of everybody's jobs or of the asker's own; it says when to come back.
            EngineClosed: the engine is shutting down.
        """
        self._refuse_if_full(job)
        lane = self._lane(job.model)
        waiting = sum(t.job.model == job.model and not isinstance(t.latest, Drawing) for t in self._tickets)
        ticket = Ticket(job, lane.stop, self._ended)
        self._tickets[ticket] = None
        self._users[job.model] += 1
        self._empty.clear()
        ticket.tell(Waiting(waiting + 1, None))
        lane.draw(ticket)
        return ticket

    def line(self) -> list[InLine]:
        """What is under way and what waits, the first in line first."""
        return sorted((_in_line(ticket) for ticket in self._tickets), key=lambda job: job.place)

    async def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """n texts to n x d, rows of unit length.

        Raises:
            BrokenWeights, ModelNotFound: there is no CLIP to be read with.
            ReadFailed: the model raised.
            EngineClosed: the engine is shutting down.
        """
        return await self._reader.embed_texts(texts)

    async def embed_pictures(self, pictures: Sequence[Pixels]) -> Vectors:
        """n pictures to n x d, rows of unit length. Raises as embed_texts."""
        return await self._reader.embed_pictures(pictures)

    async def clip_scale(self) -> float:
        """What cosines are multiplied by before a softmax. Raises as embed_texts."""
        return (await self._reader.about())[1]

    async def clip_name(self) -> str:
        """The name of the model that reads. Raises as embed_texts."""
        return (await self._reader.about())[0]

    async def close(self, grace: float = 0.0) -> None:
        """Take no more jobs, give those there are `grace` seconds, end the rest with EngineClosed, join the threads."""
        self._closed = True
        if grace > 0:
            try:
                await asyncio.wait_for(self._empty.wait(), grace)
            except TimeoutError:
                log.info("%d jobs are not done; they can be asked for again", len(self._tickets))
        closing: list[Lane | Reader] = [*self._lanes.values(), *self._retired, self._reader]
        for one in closing:
            one.close()
        joined = await asyncio.gather(*(asyncio.to_thread(one.join, JOIN) for one in closing))
        if not all(joined):
            log.warning("%d threads are still busy and end with the process", joined.count(False))

    def _lane(self, name: str) -> Lane:
        if self._closed:
            raise EngineClosed
        if name not in self._lanes:
            self._lanes[name] = Lane(name, self._open_model, self._seats, self._limits, self._clock)
        return self._lanes[name]

    def _ended(self, ticket: Ticket) -> None:
        del self._tickets[ticket]
        if not self._tickets:
            self._empty.set()
        self._let_go(ticket.job.model)

    def _let_go(self, name: str) -> None:
        """One user of a lane less. A model that could not be loaded keeps no thread."""
        self._users[name] -= 1
        if not self._users[name]:
            del self._users[name]
            lane = self._lanes.get(name)
            if lane is not None and lane.card is None and lane.idle:
                lane.close()
                self._retired = [one for one in self._retired if not one.join(0.0)] + [self._lanes.pop(name)]

    def _refuse_if_full(self, job: Draw) -> None:
        mine = [ticket for ticket in self._tickets if ticket.job.asker == job.asker]
        for tickets, limit, whose in (
            (mine, self._limits.per_person, True),
            ([*self._tickets], self._limits.queue, False),
        ):
            if len(tickets) >= limit:
                seconds = [job.seconds for job in map(_in_line, tickets) if job.seconds is not None]
                raise QueueFull(len(tickets), min(seconds, default=UNKNOWN_WAIT), whose)


def _in_line(ticket: Ticket) -> InLine:
    match ticket.latest:
        case Waiting(place, seconds):
            return InLine(ticket.job.id, ticket.job.asker, place, seconds, 0, ticket.job.steps)
        case Drawing(done, steps, seconds):
            return InLine(ticket.job.id, ticket.job.asker, 0, seconds, done, steps)
        case _:
            return InLine(ticket.job.id, ticket.job.asker, 0, 0.0, ticket.job.steps, ticket.job.steps)
