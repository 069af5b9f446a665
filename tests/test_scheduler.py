"""The scheduler on a machine of arithmetic: a call costs what a curve says, and nothing else takes time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.jobs import Draw
from engine.scheduler import PATIENCE, Batch, Scheduler, Work
from engine.steptimes import TRUST, StepTimes
from tests.fakes import draw

Curve = Callable[[int], float]


def flat(slots: int) -> float:
    """A machine that does many at once for nearly the price of one."""
    return 10.0 + 0.5 * slots


def linear(slots: int) -> float:
    """A machine that is full with one slot."""
    return 10.0 * slots


@dataclass
class Machine:
    """Runs what a scheduler chooses, on a virtual clock in seconds."""

    curve: Curve = linear
    slots: int = 16
    open_rows: int = 64
    now: float = 0.0
    served: dict[str, float] = field(default_factory=dict)
    """By person, in ms."""
    ends: dict[str, float] = field(default_factory=dict)
    batches: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        times = StepTimes()
        for job in (draw(), draw(width=128)):
            for slots in range(1, self.slots + 1):
                for _ in range(TRUST):
                    times.record(key(job), slots, job.width * job.height / 1e6, self.curve(slots))
        self.scheduler = Scheduler(times, self.slots, self.open_rows)
        self.works: list[Work] = []

    def add(self, *jobs: Draw) -> None:
        for job in jobs:
            work = Work(job, key(job), key(job), self.now)
            self.works.append(work)
            self.scheduler.add(work)

    def choose(self) -> Batch:
        return self.scheduler.choose(self.scheduler.order(self.now))

    def step(self) -> Batch:
        batch = self.choose()
        if not batch:
            return batch
        for work in batch:
            work.opened = True
        rows = [row for mine in batch.values() for row in mine]
        ms = self.curve(sum(row.slots for row in rows))
        self.now += ms / 1000
        for row in rows:
            row.done += 1
            person = row.job.asker.person
            share = ms * row.slots / sum(row.slots for row in rows)
            self.served[person] = self.served.get(person, 0.0) + share
        self.batches.append([row.job.id for row in rows])
        self.scheduler.charge(batch, ms)
        for work in batch:
            if not work.slots_left:
                self.ends[work.job.id] = self.now
                self.scheduler.remove(work)
                self.works.remove(work)
        return batch

    def run(self) -> None:
        while self.step():
            pass


def key(job: Draw) -> tuple[int, int]:
    return (job.width, job.height)


jobs = st.builds(
    draw,
    person=st.sampled_from(["ann", "bob", "eve"]),
    workspace=st.sampled_from(["home", "work"]),
    steps=st.integers(1, 12),
    seeds=st.lists(st.integers(0, 9), min_size=1, max_size=5).map(tuple),
    guidance_scale=st.sampled_from([1.0, 5.0]),
    width=st.sampled_from([64, 128]),
    exact=st.booleans(),
    relax=st.booleans(),
)


def named(of: Sequence[Draw]) -> list[Draw]:
    return [replace(job, id=str(index)) for index, job in enumerate(of)]


@settings(max_examples=60, deadline=None)
@given(st.lists(jobs, max_size=12), st.sampled_from([flat, linear]), st.integers(1, 16), st.integers(1, 8))
def test_work_is_conserved_and_everything_ends(of: list[Draw], curve: Curve, slots: int, open_rows: int) -> None:
    machine = Machine(curve, slots, open_rows)
    of = named(of)
    machine.add(*of)
    while machine.works:
        batch = machine.step()
        assert batch, "somebody waits, and nothing runs"
    assert set(machine.ends) == {job.id for job in of}
    assert machine.step() == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(jobs, max_size=12), st.sampled_from([flat, linear]), st.integers(1, 16))
def test_a_batch_fits_together_and_into_the_limit(of: list[Draw], curve: Curve, slots: int) -> None:
    machine = Machine(curve, slots)
    machine.add(*named(of))
    while batch := machine.step():
        rows = [row for mine in batch.values() for row in mine]
        assert len({row.key for row in rows}) == 1
        assert len({id(row) for row in rows}) == len(rows)
        assert len(rows) == 1 or sum(row.slots for row in rows) <= slots
        assert len(rows) == 1 or not any(row.job.exact for row in rows)


@settings(max_examples=30, deadline=None)
@given(st.lists(jobs, max_size=10), st.sampled_from([flat, linear]))
def test_the_same_history_gives_the_same_choices(of: list[Draw], curve: Curve) -> None:
    first, second = Machine(curve), Machine(curve)
    for machine in (first, second):
        machine.add(*named(of))
        machine.run()
    assert first.batches == second.batches


@settings(max_examples=40, deadline=None)
@given(st.lists(jobs, min_size=1, max_size=12), st.integers(1, 20))
def test_no_more_rows_are_open_than_allowed(of: list[Draw], open_rows: int) -> None:
    machine = Machine(flat, open_rows=open_rows)
    machine.add(*named(of))
    while machine.step():
        opened = [len(work.rows) for work in machine.works if work.opened]
        assert sum(opened) <= open_rows or len(opened) == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.lists(st.integers(1, 20), min_size=1, max_size=6))
def test_two_who_always_have_work_get_the_same_within_their_largest_jobs(ann: list[int], bob: list[int]) -> None:
    """Whatever sizes each of them asks for, and however often: the difference stays below two largest jobs."""
    machine = Machine(linear)
    sizes = {"ann": ann, "bob": bob}
    turn = {"ann": 0, "bob": 0}
    bound = 10.0 * (max(ann) + max(bob))
    for _ in range(400):
        for person, of in sizes.items():
            while sum(work.job.asker.person == person for work in machine.works) < 2:
                turn[person] += 1
                machine.add(draw(f"{person}{turn[person]}", person, steps=of[turn[person] % len(of)]))
        machine.step()
        assert abs(machine.served.get("ann", 0.0) - machine.served.get("bob", 0.0)) <= bound


def test_workspaces_share_equally_however_many_people_are_in_them() -> None:
    machine = Machine(linear)
    crowd = [f"person {index}" for index in range(8)]
    number = 0
    for _ in range(1600):
        for person, space in [("alone", "small"), *((each, "large") for each in crowd)]:
            if not any(work.job.asker.person == person for work in machine.works):
                number += 1
                machine.add(draw(str(number), person, space, steps=5))
        machine.step()
    crowds = [machine.served[person] for person in crowd]
    assert machine.served["alone"] == pytest.approx(sum(crowds), abs=2 * 8 * 50)
    assert max(crowds) - min(crowds) <= 2 * 50


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=20),
    st.integers(1, 30),
    st.integers(0, 40),
)
def test_a_heavy_user_delays_a_light_one_by_no_more_than_an_equal_share(
    heavy: list[int], light: int, head_start: int
) -> None:
    """The light user's wait is at most twice the job alone, and the step that was running."""
    machine = Machine(linear)
    machine.add(*(draw(f"heavy {index}", "heavy", steps=steps) for index, steps in enumerate(heavy)))
    for _ in range(head_start):
        machine.step()
    asked = machine.now
    machine.add(draw("light", "light", steps=light))
    while "light" not in machine.ends:
        machine.step()
    assert machine.ends["light"] - asked <= 0.010 * (2 * light + 1) + 1e-9


def test_a_long_job_is_not_starved_by_short_ones_of_others() -> None:
    """A new person with a short job stands there whenever the bounded line has room, and still the long job ends."""
    machine = Machine(linear)
    machine.add(draw("long", "patient", steps=50))
    number, line = 0, 20
    while "long" not in machine.ends:
        while len(machine.works) < line:
            number += 1
            machine.add(draw(str(number), f"new {number}", steps=2))
        machine.step()
        # Shorter jobs go before it for as long as an equal share would have taken, and no longer.
        assert machine.now <= 0.010 * 50 * (line + 1)


def test_a_long_job_is_not_starved_by_its_own_askers_short_ones() -> None:
    machine = Machine(linear)
    machine.add(draw("long", steps=50))
    number = 0
    while "long" not in machine.ends:
        number += 1
        machine.add(draw(str(number), steps=1))
        machine.step()
        assert number < 2000


def test_inside_a_person_the_shortest_comes_first() -> None:
    machine = Machine(linear)
    machine.add(draw("long", steps=20), draw("short", steps=2), draw("middle", steps=8))
    machine.run()
    assert list(machine.ends) == ["short", "middle", "long"]


def test_relaxed_jobs_wait_for_all_others_but_not_for_ever() -> None:
    machine = Machine(linear)
    machine.add(draw("relaxed", "ann", steps=1, relax=True), draw("hurried", "bob", steps=30))
    machine.run()
    assert list(machine.ends) == ["hurried", "relaxed"]

    machine.add(draw("patient", "ann", steps=1, relax=True))
    machine.now += PATIENCE
    machine.add(draw("newer", "bob", steps=30))
    machine.run()
    assert list(machine.ends)[2:] == ["patient", "newer"]


def test_rows_are_added_only_while_more_pictures_a_second_come_out() -> None:
    wide, narrow = Machine(flat), Machine(linear)
    for machine in (wide, narrow):
        machine.add(*(draw(str(index), str(index)) for index in range(16)))
        machine.step()
    assert len(wide.batches[0]) == 16
    assert len(narrow.batches[0]) == 1


def test_a_machine_that_is_full_at_four_is_filled_to_four() -> None:
    machine = Machine(lambda slots: 10.0 * max(1.0, slots / 4))
    machine.add(*(draw(str(index), str(index)) for index in range(16)))
    machine.step()
    assert len(machine.batches[0]) == 4


def test_widths_are_explored_step_by_step_up_to_the_best() -> None:
    machine = Machine(flat)
    machine.scheduler = Scheduler(StepTimes(), 16, 64)
    machine.add(*(draw(str(index), str(index), steps=40) for index in range(16)))
    widths = [1]
    for _ in range(20):
        batch = machine.choose()
        rows = [row for mine in batch.values() for row in mine]
        widths.append(len(rows))
        machine.scheduler.times.record(key(draw()), len(rows), 0.004096, flat(len(rows)))
        machine.step()
    assert all(wider <= 2 * width for width, wider in pairwise(widths))
    assert widths[-1] == 16


def test_guidance_costs_two_slots() -> None:
    machine = Machine(flat, slots=8)
    machine.add(*(draw(str(index), str(index), guidance_scale=5.0) for index in range(8)))
    machine.step()
    assert len(machine.batches[0]) == 4


def test_an_exact_job_runs_one_picture_at_a_time() -> None:
    machine = Machine(flat)
    machine.add(draw("exact", seeds=(1, 2, 3), exact=True, steps=1), draw("other", "bob", steps=9))
    machine.run()
    assert all(len(batch) == 1 for batch in machine.batches if "exact" in batch)


def test_halving_is_remembered_for_the_key_and_ends_at_one_picture() -> None:
    machine = Machine(flat)
    machine.add(*(draw(str(index), str(index), guidance_scale=5.0) for index in range(8)))
    batch = machine.choose()
    assert sum(len(rows) for rows in batch.values()) == 8
    pictures = []
    while sum(len(rows) for rows in batch.values()) > 1:
        pictures.append(machine.scheduler.halve(batch))
        batch = machine.choose()
    assert pictures == [4, 2, 1]
    other = draw("other", "somebody", width=128)
    machine.add(other, draw("another", "else", width=128))
    assert machine.scheduler._caps.keys() == {key(draw())}


def test_a_key_with_one_small_claim_is_served_among_a_crowd_with_another() -> None:
    machine = Machine(flat)
    machine.add(*(draw(f"crowd {index}", f"person {index}", steps=20) for index in range(30)))
    machine.step()
    machine.add(draw("odd", "odd one", width=128, steps=2))
    machine.run()
    assert list(machine.ends).index("odd") == 0


def test_expected_seconds_grow_along_the_line_and_come_true_on_a_full_machine() -> None:
    machine = Machine(linear)
    machine.add(*(draw(str(index), str(index), steps=3 + index) for index in range(4)))
    order = machine.scheduler.order(machine.now)
    expected = dict(zip((work.job.id for work in order), machine.scheduler.seconds(order), strict=True))
    machine.run()
    for id, end in machine.ends.items():
        assert expected[id] == pytest.approx(end, rel=0.01)


def test_nothing_is_promised_before_anything_is_measured() -> None:
    scheduler = Scheduler(StepTimes(), 16, 64)
    scheduler.add(Work(draw(), "key", "shape", 0.0))
    assert scheduler.seconds(scheduler.order(0.0)) == [None]
