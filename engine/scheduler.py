"""Who is next, and how many at once. Pure: no thread, no clock of its own, no model.

The order of the line is weighted fair queueing by job (Demers, Keshav and Shenker, 1989) with sizes known beforehand,
which is the fair sojourn protocol (Friedman and Henderson, 2003): jobs run in the order in which they would end if
everybody were served an equal share all the time. Short jobs come first, and yet nobody ends later than with equal
shares, because the share that passes while a job waits is never asked of it again: that is the ageing.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.jobs import Draw
from engine.shares import Shares
from engine.stepper import Row
from engine.steptimes import StepTimes

AGEING = 0.2
"""Inside a person's own jobs: how much shorter a job counts for each second that it came earlier, in seconds."""
PATIENCE = 300.0
"""Seconds after which a relaxed job stops giving way."""
FUTURE = 3.0
"""Jobs still to come that a shorter line serves, for each job in it: found on the mixed trace of the benchmarks."""
PROBE = 32
"""Every so many calls one may be wider than seems worthwhile, because what was measured grows old."""


@dataclass(slots=True, eq=False)
class Work:
    """A job in the scheduler's eyes. Until it is opened its rows are expectations."""

    job: Draw
    key: Hashable
    """Jobs with equal keys may share a denoiser call."""
    shape: Hashable
    """What the time and memory of a call depend on, besides its slots. Equal keys have equal shapes."""
    arrived: float
    """Seconds, of the same clock as every `now`."""
    rows: Sequence[Row] = ()
    opened: bool = False
    undecoded: int = 0
    slots_left: int = field(init=False)
    """Slots times calls still to come: what is left to pay."""

    def __post_init__(self) -> None:
        self.rows = self.rows or expected(self.job, self.key)
        self.undecoded = len(self.rows)
        self.count()

    def open(self, rows: Sequence[Row]) -> None:
        """Put the real rows in the place of the expected ones."""
        self.rows, self.opened, self.undecoded = rows, True, len(rows)
        self.count()

    def count(self) -> None:
        """See what is left of the rows."""
        self.slots_left = sum(row.left * row.slots for row in self.rows)

    @property
    def megapixels(self) -> float:
        """Of one picture."""
        return self.job.width * self.job.height / 1e6


Batch = dict[Work, list[Row]]
"""The rows of one denoiser call, by job, the first in line first."""


def expected(job: Draw, key: Hashable) -> list[Row]:
    """What opening a job will probably give: enough to place it in the line."""
    share = job.stop / 100 * (1.0 if job.start is None else job.strength)
    steps, slots = max(1, round(job.steps * share)), 2 if job.guidance_scale > 1 else 1
    return [Row(job, index, key, steps, slots) for index in range(len(job.seeds))]


class Scheduler:
    """The line of one model."""

    def __init__(self, times: StepTimes, slots: int, open_rows: int) -> None:
        self.times = times
        self._slots = slots
        self._caps: dict[Hashable, int] = {}
        self._open_rows = open_rows
        self._works: list[Work] = []
        self._spaces = Shares()
        self._people: dict[str, Shares] = {}
        self._calls = 0

    def add(self, work: Work) -> None:
        """Somebody joins the line."""
        asker = work.job.asker
        self._works.append(work)
        self._spaces.enter(asker.workspace)
        self._people.setdefault(asker.workspace, Shares()).enter(asker.person)

    def remove(self, work: Work) -> None:
        """Somebody leaves it: done, stopped or failed."""
        asker = work.job.asker
        self._works.remove(work)
        self._people[asker.workspace].leave(asker.person)
        if self._spaces.leave(asker.workspace):
            del self._people[asker.workspace]

    def left(self, work: Work) -> float:
        """What a job still costs, in ms."""
        steps = work.slots_left * self.times.per_slot(work.shape, work.megapixels)
        return steps + work.undecoded * self.times.decode(work.megapixels)

    def order(self, now: float) -> list[Work]:
        """The whole line, first come first. Relaxed jobs stand behind all others until their patience ends."""
        hurried: list[Work] = []
        relaxed: list[Work] = []
        for work in self._works:
            (relaxed if work.job.relax and now - work.arrived < PATIENCE else hurried).append(work)
        return self._fair_order(hurried) + self._fair_order(relaxed)

    def seconds(self, order: Iterable[Work]) -> list[float | None]:
        """When each job of an order will probably be done, in seconds from now; None while nothing is measured."""
        ms, ends = 0.0, list[float | None]()
        for work in order:
            ms += self.left(work)
            ends.append(ms / 1000 if self.times.measured else None)
        return ends

    def choose(self, order: Sequence[Work], opening: bool = True) -> Batch:
        """The rows of the next denoiser call; empty if there are none. With `opening`, unopened jobs may be in it.

        Whoever is owed most decides the key. Of the others with that key come as many as make the line shorter.
        """
        room = self._open_rows - sum(len(work.rows) for work in order if work.opened)
        candidates: list[tuple[int, Work, Row]] = []
        head: Work | None = None
        for place, work in enumerate(order):
            if work.slots_left == 0 or (head and not _fit(head, work)):
                continue
            if not work.opened:
                # A job larger than all the room still has to run, when nothing else is open. One that has to wait
                # for room lets no smaller one in before it.
                if not opening or (len(work.rows) > room and room < self._open_rows):
                    opening = False
                    continue
                room -= len(work.rows)
            head = head or work
            candidates += [(place, work, row) for row in work.rows if row.left]
        if head and head.job.exact:
            return {head: [candidates[0][2]]}
        batch: Batch = {}
        for _, work, row in candidates[: self._width(candidates, len(order))]:
            batch.setdefault(work, []).append(row)
        return batch

    def charge(self, batch: Mapping[Work, Sequence[Row]], ms: float) -> None:
        """The rows of a call pay its time by their slots."""
        slots = sum(row.slots for rows in batch.values() for row in rows)
        for work, rows in batch.items():
            self.charge_work(work, ms * sum(row.slots for row in rows) / slots)
            work.count()

    def charge_work(self, work: Work, ms: float) -> None:
        """A job pays for time that was spent on it alone."""
        asker = work.job.asker
        self._spaces.charge(asker.workspace, ms)
        self._people[asker.workspace].charge(asker.person, ms)

    def halve(self, batch: Mapping[Work, Sequence[Row]]) -> int:
        """That did not fit: from now on at most half as many slots of this shape. Returns how many pictures that is."""
        rows = [row for rows in batch.values() for row in rows]
        slots = max(row.slots for row in rows)
        cap = max(slots, sum(row.slots for row in rows) // 2)
        self._caps[next(iter(batch)).shape] = cap
        return cap // slots

    def _fair_order(self, works: Iterable[Work]) -> list[Work]:
        """By the virtual time at which each would end: workspaces share equally, and so do people inside each."""
        people: dict[str, dict[str, list[Work]]] = {}
        for work in works:
            asker = work.job.asker
            people.setdefault(asker.workspace, {}).setdefault(asker.person, []).append(work)
        left = {work: self.left(work) for persons in people.values() for mine in persons.values() for work in mine}
        line: list[tuple[float, float, Work]] = []
        for space, persons in people.items():
            inner: list[tuple[float, float, Work]] = []
            for person, mine in persons.items():
                mine.sort(key=lambda work: left[work] + AGEING * 1000 * work.arrived)
                end = self._people[space][person]
                for work in mine:
                    end += left[work]
                    inner.append((end, work.arrived, work))
            inner.sort(key=_by_end)
            end = self._spaces[space]
            for _, arrived, work in inner:
                end += left[work]
                line.append((end, arrived, work))
        line.sort(key=_by_end)
        return [work for _, _, work in line]

    def _width(self, candidates: Sequence[tuple[int, Work, Row]], jobs: int) -> int:
        """How many of the candidates to take.

        A further row makes every job wait for the marginal time of the wider call; in return its own job, all behind
        it and those still to come are spared the time that the row would have taken in another call.
        """
        if not candidates:
            return 0
        self._calls += 1
        shape = candidates[0][1].shape
        cap = min(self._caps.get(shape, self._slots), 2 * self.times.widest(shape) or 1)
        slots, best, gain, most = candidates[0][2].slots, 1, 0.0, 0.0
        probe = self._calls % PROBE == 0
        for count, (place, _, row) in enumerate(candidates[1:], 2):
            if slots + row.slots > cap:
                break
            now, wider = self.times.call(shape, slots), self.times.call(shape, slots + row.slots)
            spared, marginal = now * row.slots / slots, wider - now
            gain += (jobs - place) * spared - jobs * marginal + FUTURE * jobs * (spared - marginal)
            slots += row.slots
            if gain > most:
                best, most = count, gain
            elif probe:
                return count
        return best


def _fit(head: Work, work: Work) -> bool:
    """Whether two jobs may share a call. Opened rows know best; `exact` runs alone."""
    if head.job.exact or work.job.exact or head.key != work.key:
        return False
    return not (head.opened and work.opened) or head.rows[0].key == work.rows[0].key


def _by_end(place: tuple[float, float, Work]) -> tuple[float, float]:
    return place[0], place[1]
