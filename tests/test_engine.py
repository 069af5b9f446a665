import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from engine.engine import Engine
from engine.errors import Cancelled, EngineClosed, ModelNotFound, QueueFull
from engine.limits import Limits
from engine.ticket import Failed, Finished, InLine, News, Ticket, Waiting
from tests.fakes import CARD, FakeClip, FakeStepper, Gate, draw

LIMITS = Limits(queue=6, per_person=3, models=1)


class House:
    """An engine over gated fakes, one model a name."""

    def __init__(self) -> None:
        self.gate = Gate(opened=False)
        self.opened: list[str] = []
        self.engine = Engine(self._open, FakeClip, lambda: ("fake", "other"), LIMITS)

    def _open(self, name: str) -> FakeStepper:
        if name not in ("fake", "other"):
            raise ModelNotFound(name, ("fake", "other"))
        self.opened.append(name)
        return FakeStepper(card=replace(CARD, name=name), gate=self.gate)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    one = House()
    yield one
    one.gate.open()
    await one.engine.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith(("lane", "reader"))]


async def last(ticket: Ticket) -> News:
    return [news async for news in ticket.news()][-1]


async def test_a_card_is_read_once_and_a_name_that_is_not_there_keeps_no_thread(house: House) -> None:
    assert (await house.engine.card("other")).name == "other"
    assert (await house.engine.card("fake")).name == "fake"
    assert (await house.engine.card("other")).name == "other"
    assert house.opened == ["other", "fake"]
    for name in ("nowhere", "neither"):
        with pytest.raises(ModelNotFound):
            await house.engine.card(name)
    news = await last(house.engine.draw(draw(model="nobody")))
    assert isinstance(news, Failed)
    assert isinstance(news.error, ModelNotFound)
    await asyncio.to_thread(_threads_end, {"lane nowhere", "lane neither", "lane nobody"})
    assert house.engine.known() == ("fake", "other")


def _threads_end(names: set[str]) -> None:
    for thread in threading.enumerate():
        if thread.name in names:
            thread.join(60.0)
            assert not thread.is_alive()


async def test_the_line_is_bounded_for_a_person_and_for_all(house: House) -> None:
    tickets = [house.engine.draw(draw(f"ann {index}")) for index in range(3)]
    with pytest.raises(QueueFull) as mine:
        house.engine.draw(draw("ann 3"))
    assert (mine.value.mine, mine.value.length) == (True, 3)
    assert mine.value.seconds > 0
    tickets += [house.engine.draw(draw(f"bob {index}", "bob")) for index in range(3)]
    with pytest.raises(QueueFull) as ours:
        house.engine.draw(draw("eve", "eve"))
    assert (ours.value.mine, ours.value.length) == (False, 6)
    tickets[0].cancel()
    assert isinstance(await last(tickets[0]), Failed)
    tickets[0] = house.engine.draw(draw("ann again"))
    house.gate.open()
    assert all([isinstance(await last(ticket), Finished) for ticket in tickets])


async def test_the_line_shows_what_runs_and_what_waits(house: House) -> None:
    first = house.engine.draw(draw("first", steps=2))
    assert house.engine.line() == [InLine("first", first.job.asker, 1, None, 0, 2)]
    assert first.latest == Waiting(1, None)
    await asyncio.to_thread(house.gate.wait_for, 1)
    second = house.engine.draw(draw("second", "bob", steps=30))
    assert second.latest == Waiting(2, None)
    house.gate.allow(1)
    await asyncio.to_thread(house.gate.wait_for, 2)
    running, *_ = house.engine.line()
    assert (running.job, running.place, running.done, running.steps) == ("first", 0, 1, 2)
    assert running.seconds is not None
    house.gate.open()
    await asyncio.gather(last(first), last(second))
    assert house.engine.line() == []


async def test_a_finished_ticket_is_let_go(house: House) -> None:
    house.gate.open()
    ticket = house.engine.draw(draw())
    assert isinstance(await last(ticket), Finished)
    await asyncio.wait_for(house.engine._empty.wait(), 60.0)
    assert not house.engine._tickets


async def test_models_take_turns_on_one_seat(house: House) -> None:
    house.gate.open()
    for model in ("fake", "other", "fake"):
        assert isinstance(await last(house.engine.draw(draw(model=model))), Finished)
    assert house.opened == ["fake", "other", "fake"]


async def test_clip_answers_while_the_picture_model_is_stuck(house: House) -> None:
    ticket = house.engine.draw(draw())
    await asyncio.to_thread(house.gate.wait_for, 1)
    assert (await house.engine.embed_texts(["a", "b"])).shape == (2, 16)
    assert (await house.engine.embed_pictures([])).shape == (0, 16)
    assert await house.engine.clip_scale() == 100.0
    assert not ticket.ended


async def test_closing_at_once_ends_jobs_so_that_they_can_be_asked_for_again(house: House) -> None:
    under_way = house.engine.draw(draw(steps=50))
    await asyncio.to_thread(house.gate.wait_for, 1)
    waiting_for_a_seat = house.engine.draw(draw("other", model="other"))
    closing = asyncio.ensure_future(house.engine.close())
    await asyncio.sleep(0)
    house.gate.open()
    await closing
    for ticket in (under_way, waiting_for_a_seat):
        news = await last(ticket)
        assert isinstance(news, Failed)
        assert isinstance(news.error, EngineClosed)
    with pytest.raises(EngineClosed):
        house.engine.draw(draw())
    with pytest.raises(EngineClosed):
        await house.engine.card("fake")
    with pytest.raises(EngineClosed):
        await house.engine.embed_texts(["a"])


async def test_closing_with_grace_lets_jobs_end(house: House) -> None:
    ticket = house.engine.draw(draw())
    await asyncio.to_thread(house.gate.wait_for, 1)
    closing = asyncio.ensure_future(house.engine.close(grace=60.0))
    await asyncio.sleep(0)
    with pytest.raises(EngineClosed):
        house.engine.draw(draw("late"))
    house.gate.open()
    assert isinstance(await last(ticket), Finished)
    await closing


async def test_a_job_stopped_while_its_model_loads_is_never_begun(house: House) -> None:
    first = house.engine.draw(draw("first"))
    await asyncio.to_thread(house.gate.wait_for, 1)
    stopped = house.engine.draw(draw("stopped", model="other"))
    stopped.cancel()
    news = await last(stopped)
    assert isinstance(news, Failed)
    assert isinstance(news.error, Cancelled)
    house.gate.open()
    assert isinstance(await last(first), Finished)
