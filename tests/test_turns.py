import asyncio

import pytest

from bot.place import Place
from bot.turns import Turns

HERE = Place("test", "w", "c", "t")
THERE = Place("test", "w", "c", "u")


async def test_one_change_at_a_time_in_order_of_arrival() -> None:
    turns, order, gate = Turns(), [], asyncio.Event()

    async def change(number: int) -> None:
        async with turns.at(HERE):
            order.append(f"in {number}")
            await gate.wait()
            order.append(f"out {number}")

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(change(number))
        await asyncio.sleep(0)
        assert order == ["in 0"]
        assert turns.busy(HERE)
        async with turns.at(THERE):
            gate.set()  # another place does not wait
    assert order == ["in 0", "out 0", "in 1", "out 1", "in 2", "out 2"]
    assert not turns.busy(HERE)


async def test_a_place_is_free_after_an_error() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError):
        async with turns.at(HERE):
            raise ZeroDivisionError
    assert not turns.busy(HERE)


async def test_stop_reaches_a_turn_that_is_drawing_and_one_that_still_waits() -> None:
    turns, stopped = Turns(), []
    with turns.stoppable("one"), turns.stoppable("two"):
        turns.on_stop("one", lambda: stopped.append("one"))
        assert turns.stop("one")
        assert turns.stop("two")
        turns.on_stop("two", lambda: stopped.append("two"))  # it reaches its ticket only now
        assert stopped == ["one", "two"]
        assert turns.under_way("one")
    assert not turns.stop("one")
    assert not turns.under_way("one")
