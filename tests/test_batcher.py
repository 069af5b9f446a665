"""The batcher on the test's own thread and a virtual clock, with a model that steps at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine.batcher import Batcher
from engine.errors import BadJob, Cancelled, DrawFailed, OutOfMemory
from engine.jobs import Draw, Drawn, Note, Pixels
from engine.scheduler import Scheduler
from engine.stepper import Row, Stepper, Whole
from engine.steptimes import StepTimes
from engine.ticket import Drawing, Failed, Finished, Ticket, Waiting
from tests.fakes import Clock, FakeStepper, FakeWhole, draw


class Bench:
    """A batcher, and tickets that can be looked at."""

    def __init__(self, model: Stepper | Whole, slots: int = 16, decode: int = 4) -> None:
        self.clock = Clock()
        if isinstance(model, FakeStepper | FakeWhole):
            model.clock = self.clock
        self.between: list[Ticket] = []
        self.scheduler = Scheduler(StepTimes(), slots, 64)
        self.batcher = Batcher(model, self.scheduler, self.clock, decode, self._between)

    def _between(self) -> None:
        for ticket in self.between:
            self.batcher.drop(ticket)

    def add(self, job: Draw) -> Ticket:
        def stop(ticket: Ticket) -> None:
            ticket.tell(Failed(Cancelled()))
            self.batcher.drop(ticket)

        ticket = Ticket(job, stop)
        self.batcher.arrive(ticket)
        return ticket

    def run(self, ticks: int = 10_000) -> None:
        while ticks and self.batcher.tickets:
            self.batcher.tick()
            ticks -= 1


def finished(ticket: Ticket) -> tuple[Drawn, ...]:
    assert isinstance(ticket.latest, Finished), ticket.latest
    return ticket.latest.pictures


def failure(ticket: Ticket) -> Exception:
    assert isinstance(ticket.latest, Failed), ticket.latest
    return ticket.latest.error


def alone(job: Draw, index: int) -> Pixels:
    bench = Bench(FakeStepper())
    ticket = bench.add(replace(job, seeds=(job.seeds[index],)))
    bench.run()
    return finished(ticket)[0].pixels


async def test_every_picture_of_a_set_is_the_one_its_seed_gives_alone() -> None:
    bench = Bench(FakeStepper(cost=lambda slots: 10 + slots), slots=6)
    jobs = [
        draw("one", seeds=(1, 2, 3), guidance_scale=5.0),
        draw("two", "bob", "a cat", seeds=(4, 5), steps=9),
        draw("three", "eve", seeds=(6,), steps=1, exact=True),
        draw("four", "eve", seeds=(7,), width=128),
    ]
    tickets = [bench.add(job) for job in jobs]
    bench.run()
    for job, ticket in zip(jobs, tickets, strict=True):
        pictures = finished(ticket)
        assert [picture.seed for picture in pictures] == list(job.seeds)
        for index, picture in enumerate(pictures):
            assert np.array_equal(picture.pixels, alone(job, index))
            assert picture.pixels.shape == (job.height, job.width, 3)


async def test_requests_join_and_leave_between_steps() -> None:
    model = FakeStepper()
    bench = Bench(model)
    bench.add(draw("long", "ann", steps=20))
    bench.run(5)
    short = bench.add(draw("short", "bob", steps=2))
    bench.run(3)
    assert short.ended
    assert [{row.job.id for row in call} for call in model.calls] == [{"long"}] * 5 + [{"long", "short"}] * 2 + [
        {"long"}
    ]


async def test_news_tells_place_then_progress_then_pictures() -> None:
    bench = Bench(FakeStepper(cost=lambda slots: 1000.0 * slots))
    bench.add(draw("warm", seeds=(1, 2), steps=10))
    bench.run()
    first, second = bench.add(draw("first", "ann", steps=3)), bench.add(draw("second", "bob", steps=5))
    third = bench.add(draw("third", "eve", steps=9))
    bench.batcher.tick()
    assert isinstance(first.latest, Drawing)
    assert (first.latest.done, first.latest.steps) == (1, 3)
    assert first.latest.seconds == pytest.approx(2.0)
    assert [job.latest for job in (second, third)] == [Waiting(1, 7.0), Waiting(2, 16.0)]
    while not first.ended:
        bench.batcher.tick()
    bench.batcher.tick()
    assert isinstance(second.latest, Drawing)
    assert isinstance(third.latest, Waiting)
    assert third.latest.place == 1
    bench.run()
    assert isinstance(third.latest, Finished)
    assert third.latest.seconds == pytest.approx(9.0)


async def test_previews_are_drawn_only_for_readers_who_took_the_last_news() -> None:
    model = FakeStepper()
    bench = Bench(model)
    ticket = bench.add(draw(seeds=(1, 2), steps=40))
    bench.run(20)
    # Waiting was never read, so no preview is wanted yet, and yet the news is the newest.
    assert model.previews <= 2
    assert isinstance(ticket.latest, Drawing)
    assert ticket.latest.done > 5
    news = ticket.news()
    await anext(news)
    bench.run(1)
    assert isinstance(ticket.latest, Drawing)
    before = model.previews
    assert all(preview is not None and preview.shape == (8, 8, 3) for preview in ticket.latest.previews)
    bench.run(5)
    assert model.previews == before


async def test_notes_of_the_model_are_told() -> None:
    bench = Bench(FakeStepper())
    ticket = bench.add(draw(words="one two three four five six seven eight nine ten"))
    bench.run()
    assert isinstance(ticket.latest, Finished)
    assert ticket.latest.notes == (Note("cut", "nine ten"),)


@pytest.mark.parametrize("moment", range(7))
async def test_a_job_can_be_stopped_at_each_moment(moment: int) -> None:
    """After each number of ticks, from none to all: it ends at once, and the other job is as if it were alone."""
    model = FakeStepper()
    bench = Bench(model)
    stopped, other = bench.add(draw("stopped", seeds=(1, 2), steps=4)), bench.add(draw("other", "bob", steps=30))
    bench.run(moment)
    early = not stopped.ended
    calls = len(model.calls)
    stopped.cancel()
    assert isinstance(stopped.latest, Failed) == early
    bench.run()
    if early:
        assert isinstance(failure(stopped), Cancelled)
        assert not any(row.job.id == "stopped" for call in model.calls[calls:] for row in call)
    assert np.array_equal(finished(other)[0].pixels, alone(other.job, 0))
    assert bench.batcher.tickets == []


async def test_a_broken_job_fails_alone_and_the_cause_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    model = FakeStepper()
    bench = Bench(model)
    good = [bench.add(draw(f"good {index}", f"person {index}", steps=9)) for index in range(3)]
    bench.run(4)
    broken = bench.add(draw("bad", "eve", words="a broken fox", seeds=(1, 2), steps=9))
    bench.run()
    assert isinstance(failure(broken), DrawFailed)
    assert isinstance(failure(broken).__cause__, ValueError)
    for ticket in good:
        assert np.array_equal(finished(ticket)[0].pixels, alone(ticket.job, 0))
    assert any(record.exc_info for record in caplog.records)
    later = bench.add(draw("later"))
    bench.run()
    assert finished(later)


class HalfBroken(FakeStepper):
    """Fails after it has advanced the first row."""

    def step(self, rows: Sequence[Row]) -> None:
        if len(rows) > 1:
            super().step(rows[:1])
            raise ValueError("after the first")
        super().step(rows)


async def test_a_step_that_fails_half_way_advances_no_row_twice() -> None:
    bench = Bench(HalfBroken())
    tickets = [bench.add(draw(f"job {index}", f"person {index}", steps=5)) for index in range(3)]
    bench.run()
    for ticket in tickets:
        assert np.array_equal(finished(ticket)[0].pixels, alone(ticket.job, 0))


async def test_a_job_that_cannot_be_decoded_fails_alone() -> None:
    bench = Bench(FakeStepper())
    broken, good = bench.add(draw("bad", words="undecodable")), bench.add(draw("good", "bob"))
    bench.run()
    assert isinstance(failure(broken), DrawFailed)
    assert finished(good)


async def test_what_the_model_refuses_is_told_as_it_is() -> None:
    bench = Bench(FakeStepper())
    refused, good = bench.add(draw("bad", scheduler="no such")), bench.add(draw("good", "bob"))
    bench.run()
    assert isinstance(failure(refused), BadJob)
    assert finished(good)


async def test_out_of_memory_halves_once_and_says_so() -> None:
    model = FakeStepper(room=5)
    bench = Bench(model)
    tickets = [bench.add(draw(f"job {index}", f"person {index}", steps=30)) for index in range(16)]
    bench.run()
    widths = [len(call) for call in model.calls]
    assert [width for width in widths if width > 5] == [8]
    assert max(widths[widths.index(8) + 1 :]) == 4
    halved = Note("halved", "4")
    told = [ticket for ticket in tickets if isinstance(ticket.latest, Finished) and halved in ticket.latest.notes]
    assert len(told) == 8
    for ticket in tickets:
        assert np.array_equal(finished(ticket)[0].pixels, alone(ticket.job, 0))


async def test_one_picture_that_does_not_fit_fails_and_the_smaller_ones_go_on() -> None:
    bench = Bench(FakeStepper(room=1))
    large, small = bench.add(draw("large", guidance_scale=5.0)), bench.add(draw("small", "bob"))
    bench.run()
    assert isinstance(failure(large), OutOfMemory)
    assert finished(small)


async def test_out_of_memory_while_decoding_tries_fewer_at_once() -> None:
    bench = Bench(FakeStepper(decode_room=1))
    ticket = bench.add(draw(seeds=(1, 2, 3, 4)))
    bench.run()
    assert [picture.seed for picture in finished(ticket)] == [1, 2, 3, 4]
    assert isinstance(ticket.latest, Finished)
    assert ticket.latest.notes[0].kind == "halved"
    hopeless = Bench(FakeStepper(decode_room=0))
    ticket = hopeless.add(draw(seeds=(1, 2)))
    hopeless.run()
    assert isinstance(failure(ticket), OutOfMemory)


async def test_decoding_is_sliced_so_that_others_step_in_between() -> None:
    model = FakeStepper()
    bench = Bench(model, decode=2)
    bench.add(draw("warm", seeds=tuple(range(16)), steps=6))
    bench.run()
    large, other = bench.add(draw("large", seeds=tuple(range(8)), steps=2)), bench.add(draw("other", "bob", steps=40))
    while not large.ended:
        bench.batcher.tick()
    assert isinstance(other.latest, Drawing)
    assert other.latest.done >= 2 + 3


async def test_a_whole_model_tells_progress_and_batches_what_differs_in_seed_alone() -> None:
    model = FakeWhole()
    bench = Bench(model)
    bench.add(draw("warm", steps=9, seeds=(1, 2, 3, 4)))
    bench.run()
    model.runs.clear()
    same = [bench.add(draw(f"same {index}", f"person {index}", seeds=(index,))) for index in range(3)]
    other = bench.add(draw("other", "eve", words="a cat"))
    start = np.zeros((8, 8, 3), np.uint8)
    from_picture = [bench.add(draw(f"from {shade}", "eve", start=start + shade, strength=0.5)) for shade in (0, 9)]
    bench.run()
    for ticket in [*same, other, *from_picture]:
        assert finished(ticket)
    together = [{row.job.id for row in run} for run in model.runs]
    assert max(len(ids) for ids in together) == 3
    assert all(len(ids) == 1 for ids in together if not all(id.startswith("same") for id in ids))


async def test_a_whole_model_stops_between_steps() -> None:
    model = FakeWhole()
    bench = Bench(model)
    ticket = bench.add(draw(steps=50))
    bench.between = [ticket]
    bench.run()
    assert len(model.runs) == 1
    assert model.runs[0][0].done == 0


async def test_a_whole_model_out_of_memory_halves_and_a_broken_job_fails_alone() -> None:
    model = FakeWhole(room=2)
    bench = Bench(model)
    many = bench.add(draw("many", seeds=(1, 2, 3, 4)))
    broken = bench.add(draw("bad", "bob", words="broken"))
    bench.run()
    assert len(finished(many)) == 4
    assert isinstance(failure(broken), DrawFailed)
    assert max(len(run) for run in model.runs[-2:]) <= 2


async def test_a_ticket_stopped_on_its_way_never_joins() -> None:
    bench = Bench(FakeStepper())
    ticket = Ticket(draw(), lambda _: None)
    ticket.tell(Failed(Cancelled()))
    bench.batcher.arrive(ticket)
    assert bench.batcher.tickets == []
