"""One model, one queue, one thread. What other threads want is put into the inbox and done between two steps."""

import gc
import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread

from engine.batcher import Batcher
from engine.errors import BrokenWeights, Cancelled, DrawFailed, EngineClosed, EngineError
from engine.jobs import Card
from engine.limits import Limits
from engine.scheduler import Scheduler
from engine.seats import Seats
from engine.stepper import Stepper, Whole
from engine.steptimes import StepTimes
from engine.ticket import Failed, Ticket

log = logging.getLogger(__name__)


class Lane:
    """A model's thread. It loads the model when somebody wants it, and unloads it when others need the seat."""

    def __init__(
        self,
        name: str,
        open_model: Callable[[str], Stepper | Whole],
        seats: Seats,
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self.card: Card | None = None
        """Known once the model has been loaded."""
        self.idle = True
        self.closed = False
        self.used = clock()
        self._name, self._open_model, self._seats, self._limits, self._clock = name, open_model, seats, limits, clock
        self._times = StepTimes()
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._waiting: list[Ticket] = []
        self._asking: list[Future[Card]] = []
        self._batcher: Batcher | None = None
        self._thread = Thread(target=self._run, name=f"lane {name}", daemon=True)
        self._thread.start()

    # Called from any thread.

    def draw(self, ticket: Ticket) -> None:
        """Put a job in line."""
        self._inbox.put(partial(self._arrive, ticket))

    def stop(self, ticket: Ticket) -> None:
        """End a job now; its place in the batch is free at the next step."""
        ticket.tell(Failed(Cancelled()))
        self._inbox.put(partial(self._drop, ticket))

    def ask_card(self) -> Future[Card]:
        """The model's card; loads it if need be. Fails with what loading raised."""
        future: Future[Card] = Future()
        self._inbox.put(partial(self._asking.append, future))
        return future

    def nudge(self) -> None:
        """Look whether somebody waits for the seat."""
        self._inbox.put(lambda: None)

    def close(self) -> None:
        """End all jobs with EngineClosed and the thread after the step that it is in."""
        self.closed = True
        self._seats.wake()
        self.nudge()

    def join(self, seconds: float) -> bool:
        """Wait for the thread to end. False if it did not, because a load or a step takes longer."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # On the lane's own thread.

    def _run(self) -> None:
        while not self.closed:
            self.idle = not (self._asking or self._tickets())
            if self._batcher and self._seats.wanted(self):
                self._give_way()
            self._read_inbox(wait=self.idle)
            try:
                if not self.closed:
                    self._work()
            except Exception as error:
                # A fault of our own must not silence the lane: everybody is told, and it goes on.
                log.exception("the lane of %s stumbled", self._name)
                failed = DrawFailed(str(error))
                failed.__cause__ = error
                self._fail_all(failed)
        self._read_inbox(wait=False)
        self._fail_all(EngineClosed())

    def _read_inbox(self, wait: bool) -> None:
        try:
            self._inbox.get(block=wait)()
            while True:
                self._inbox.get(block=False)()
        except Empty:
            return

    def _work(self) -> None:
        self._waiting = [ticket for ticket in self._waiting if not ticket.ended]
        self.idle = not (self._asking or self._tickets())
        if self.idle:
            return
        self.used = self._clock()
        if self._batcher is None and not self._load():
            return
        assert self._batcher is not None
        assert self.card is not None
        while self._asking:
            _answer(self._asking.pop(), self.card)
        while self._waiting:
            self._batcher.arrive(self._waiting.pop(0))
        if self._batcher.tickets:
            self._batcher.tick(opening=not self._seats.wanted(self))

    def _load(self) -> bool:
        self._seats.take(self)
        if self.closed:
            return False
        try:
            model = self._open_model(self._name)
        except Exception as error:
            if not isinstance(error, EngineError):
                log.exception("loading %s failed", self._name)
                broken = BrokenWeights(self._name, str(error))
                broken.__cause__ = error
                error = broken
            self.idle = True
            self._fail_all(error)
            return False
        scheduler = Scheduler(self._times, self._limits.slots, self._limits.open_rows)
        self._batcher = Batcher(model, scheduler, self._clock, self._limits.decode, self._between)
        self.card = model.card
        return True

    def _between(self) -> None:
        """Between the steps of a model that runs whole."""
        self._read_inbox(wait=False)
        assert self._batcher is not None
        for ticket in self._waiting:
            self._batcher.arrive(ticket)
        self._waiting.clear()
        if self.closed:
            self._batcher.drop_all(EngineClosed())

    def _give_way(self) -> None:
        """Somebody waits for the seat: jobs under way are finished, the others wait for the next seat."""
        assert self._batcher is not None
        if not self._batcher.under_way:
            self._waiting = [*self._batcher.tickets, *self._waiting]
            self._unload()

    def _unload(self) -> None:
        self._batcher = None
        gc.collect()
        self._seats.leave(self)

    def _tickets(self) -> list[Ticket]:
        return [*(self._batcher.tickets if self._batcher else ()), *self._waiting]

    def _arrive(self, ticket: Ticket) -> None:
        self._waiting.append(ticket)

    def _drop(self, ticket: Ticket) -> None:
        if self._batcher:
            self._batcher.drop(ticket)

    def _fail_all(self, error: EngineError) -> None:
        """Nothing is left afterwards, the model neither: after a fault nobody knows what state it is in."""
        for ticket in self._tickets():
            ticket.tell(Failed(error))
        self._waiting.clear()
        self._unload()
        while self._asking:
            future = self._asking.pop()
            if future.set_running_or_notify_cancel():
                future.set_exception(error)


def _answer(future: Future[Card], card: Card) -> None:
    if future.set_running_or_notify_cancel():
        future.set_result(card)
