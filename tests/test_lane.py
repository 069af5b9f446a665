"""A lane with its real thread, and a model that waits at a gate for the test."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from engine.errors import BrokenWeights, Cancelled, DrawFailed, EngineClosed, ModelNotFound
from engine.lane import Lane
from engine.limits import Limits
from engine.seats import Seats
from engine.stepper import Stepper, Whole
from engine.ticket import Drawing, Failed, Finished, News, Ticket, Waiting
from tests.fakes import CARD, Clock, FakeStepper, FakeWhole, Gate, draw

Open = Callable[[str], Stepper | Whole]


@asynccontextmanager
async def lane(open_model: Open, seats: Seats | None = None, clock: Clock | None = None) -> AsyncIterator[Lane]:
    clock = clock or Clock()
    one = Lane("fake", open_model, seats or Seats(2, 60.0, clock), Limits(), clock)
    try:
        yield one
    finally:
        one.close()
        assert await asyncio.to_thread(one.join, 60.0)


async def last(ticket: Ticket) -> News:
    return [news async for news in ticket.news()][-1]


def ask(of: Lane, **settings: object) -> Ticket:
    ticket = Ticket(draw(**settings), of.stop)  # type: ignore[arg-type]
    of.draw(ticket)
    return ticket


async def test_a_job_goes_from_the_line_to_its_pictures() -> None:
    async with lane(lambda _: FakeStepper()) as one:
        news = await last(ask(one, seeds=(1, 2)))
        assert isinstance(news, Finished)
        assert len(news.pictures) == 2


async def test_the_event_loop_runs_on_while_the_model_is_stuck() -> None:
    model = FakeStepper(gate=Gate(opened=False))
    async with lane(lambda _: model) as one:
        ticket = ask(one, steps=1)
        await asyncio.to_thread(model.gate.wait_for, 1)
        other = ask(one, id="other")
        other.cancel()
        assert isinstance((await last(other)), Failed)
        assert not ticket.ended
        model.gate.open()
        assert isinstance(await last(ticket), Finished)


async def test_stopping_under_way_ends_at_once_and_frees_the_slot_at_the_next_step() -> None:
    model = FakeStepper(gate=Gate(opened=False))
    async with lane(lambda _: model) as one:
        stopped = ask(one, steps=50)
        await asyncio.to_thread(model.gate.wait_for, 1)
        after = ask(one, id="after", person="bob", steps=60)
        stopped.cancel()
        news = await last(stopped)
        assert isinstance(news, Failed)
        assert isinstance(news.error, Cancelled)
        model.gate.open()
        assert isinstance(await last(after), Finished)
        assert [row.job.id for call in model.calls for row in call].count("job") == 1


async def test_stopping_a_whole_model_takes_one_step() -> None:
    model = FakeWhole(gate=Gate(opened=False))
    async with lane(lambda _: model) as one:
        stopped = ask(one, steps=50)
        await asyncio.to_thread(model.gate.wait_for, 1)
        stopped.cancel()
        after = ask(one, id="after", steps=2)
        model.gate.allow(1)
        await asyncio.to_thread(model.gate.wait_for, 2)
        assert len(model.runs) == 2
        model.gate.open()
        assert isinstance(await last(after), Finished)


async def test_a_whole_model_tells_those_who_wait_where_they_stand() -> None:
    model = FakeWhole(gate=Gate(opened=False))
    async with lane(lambda _: model) as one:
        first = ask(one, steps=3)
        await asyncio.to_thread(model.gate.wait_for, 1)
        second = ask(one, id="second", person="bob", steps=3, words="a cat")
        model.gate.allow(1)
        await asyncio.to_thread(model.gate.wait_for, 2)
        assert isinstance(first.latest, Drawing)
        assert first.latest.done == 1
        assert isinstance(second.latest, Waiting)
        assert second.latest.place == 1
        model.gate.open()
        assert isinstance(await last(second), Finished)


async def test_a_model_that_cannot_be_loaded_fails_its_jobs_and_is_tried_again() -> None:
    tries: list[str] = []

    def open_model(name: str) -> FakeStepper:
        tries.append(name)
        if len(tries) == 1:
            raise ModelNotFound(name)
        if len(tries) == 2:
            raise OSError("no such disk")
        return FakeStepper()

    async with lane(open_model) as one:
        news = await last(ask(one))
        assert isinstance(news, Failed)
        assert isinstance(news.error, ModelNotFound)
        with pytest.raises(BrokenWeights, match="no such disk"):
            await asyncio.wrap_future(one.ask_card())
        assert await asyncio.wrap_future(one.ask_card()) == CARD
        assert isinstance(await last(ask(one)), Finished)


async def test_a_fault_of_the_lanes_own_is_told_and_the_lane_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    async with lane(lambda _: FakeStepper()) as one:
        await asyncio.wrap_future(one.ask_card())
        with monkeypatch.context() as patch:
            patch.setattr("engine.batcher.Batcher.tick", lambda *_, **__: 1 / 0)
            news = await last(ask(one))
        assert isinstance(news, Failed)
        assert isinstance(news.error, DrawFailed)
        assert isinstance(await last(ask(one)), Finished)


async def test_closing_ends_all_jobs_with_a_reason_of_its_own() -> None:
    model = FakeStepper(gate=Gate(opened=False))
    async with lane(lambda _: model) as one:
        under_way, waiting = ask(one, steps=50), ask(one, id="waiting")
        await asyncio.to_thread(model.gate.wait_for, 1)
        one.close()
        model.gate.open()
        for ticket in (under_way, waiting):
            news = await last(ticket)
            assert isinstance(news, Failed)
            assert isinstance(news.error, EngineClosed)


async def test_an_idle_model_gives_its_seat_to_one_that_is_wanted() -> None:
    clock, opened = Clock(), list[str]()
    seats = Seats(1, 60.0, clock)

    def open_model(name: str) -> FakeStepper:
        opened.append(name)
        return FakeStepper(card=replace(CARD, name=name))

    async with lane(open_model, seats, clock) as first, lane(open_model, seats, clock) as second:
        for one in (first, second, first):
            assert isinstance(await last(ask(one)), Finished)
    assert len(opened) == 3


async def test_a_busy_model_keeps_its_seat_for_its_tenure_and_then_finishes_what_it_has_begun() -> None:
    clock, models = Clock(), list[FakeStepper]()
    seats = Seats(1, 60.0, clock)

    def open_model(_: str) -> FakeStepper:
        models.append(FakeStepper(gate=Gate(opened=False)))
        return models[-1]

    async with lane(open_model, seats, clock) as first, lane(open_model, seats, clock) as second:
        begun, behind = ask(first, steps=4), ask(first, id="behind", person="bob", steps=9, exact=True)
        await asyncio.to_thread(wait_until, lambda: bool(models))
        await asyncio.to_thread(models[0].gate.wait_for, 1)
        wanted = ask(second, id="wanted", steps=1)
        await asyncio.to_thread(wait_until, lambda: bool(seats._waiting))
        models[0].gate.allow(1)
        await asyncio.to_thread(models[0].gate.wait_for, 2)
        assert len(models) == 1
        clock.now += 61.0
        models[0].gate.open()
        assert isinstance(await last(begun), Finished)
        await asyncio.to_thread(wait_until, lambda: len(models) == 2)
        assert isinstance(behind.latest, Waiting)
        models[1].gate.open()
        assert isinstance(await last(wanted), Finished)
        await asyncio.to_thread(wait_until, lambda: len(models) == 3)
        models[2].gate.open()
        assert isinstance(await last(behind), Finished)


def wait_until(done: Callable[[], bool]) -> None:
    """Yield the processor until another thread has done something that tells nobody."""
    pause = threading.Event()
    for _ in range(60_000):
        if done():
            return
        pause.wait(0.001)
    raise AssertionError("it never happened")
