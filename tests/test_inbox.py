"""What has arrived outlives a crash, and is handled once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.relay import acknowledged, catch_up, kept
from bot.errors import StoreFailed
from bot.events import AnyEvent, Describe, Imagine, Invite, Message, Party, Press, Submit, Upload
from bot.memory.inbox import Arrival, from_json, to_json
from bot.memory.memory import Memory
from bot.place import Person, Place

ABOUT: dict[str, Any] = {"place": Place("discord", "1", "2/3", "4"), "person": Person("7", "Änn", moderator=True)}
EVENTS: list[AnyEvent] = [
    Imagine(event_id="1", prompt="a rød car --ar 16:9", **ABOUT),
    Describe(event_id="2", **ABOUT),
    Party(event_id="3", theme="cats", minutes=3, words="fur", **ABOUT),
    Invite(event_id="4", who=Person("8", "Bob"), away=True, **ABOUT),
    Message(event_id="5", text="bluer", reply_to="k", addressed=True, **ABOUT),
    Press(event_id="6", token="s1~x", **ABOUT),
    Submit(event_id="7", token="s1~x", text="a\nb", **ABOUT),
]


@pytest.fixture
async def memory() -> AsyncIterator[Memory]:
    memory = await Memory.open("sqlite://")
    yield memory
    await memory.close()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_is_read_back_as_it_was(event: AnyEvent) -> None:
    arrival = Arrival(event, {"picture": "a.png https://cdn/a.png"})
    assert from_json(to_json(arrival)) == arrival


def test_the_bytes_of_uploads_are_not_written_down() -> None:
    event = Imagine(event_id="1", prompt="x", picture=Upload("a.png", b"1"), **ABOUT)
    assert from_json(to_json(Arrival(event))).event == replace(event, picture=None)


async def _yes() -> bool:
    return True


async def test_what_is_cut_off_is_handled_by_the_next_start_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/memory.sqlite"
    memory = await Memory.open(url)
    for event in EVENTS[:4]:
        assert await acknowledged(_yes(), memory.posts.inbox, Arrival(event, {"n": event.event_id}))
    assert await memory.handle_once("discord", "1")  # begun: it is resumed as a turn
    async with kept(memory.posts.inbox, EVENTS[1]):
        pass
    with pytest.raises(ZeroDivisionError):
        async with kept(memory.posts.inbox, EVENTS[2]):
            raise ZeroDivisionError
    assert await memory.posts.inbox.left("discord") == [], "this process is at work on them"
    await memory.close()

    memory = await Memory.open(url)
    seen: list[Arrival] = []

    async def handle(arrival: Arrival) -> None:
        async with kept(memory.posts.inbox, arrival.event):
            seen.append(arrival)

    await catch_up(memory.posts.inbox, "slack", handle)
    assert seen == []
    await catch_up(memory.posts.inbox, "discord", handle)
    await catch_up(memory.posts.inbox, "discord", handle)
    assert seen == [Arrival(EVENTS[3], {"n": "4"})]
    assert await memory.posts.inbox.waiting("discord") == 0
    await memory.close()


async def test_what_is_cancelled_is_left(memory: Memory) -> None:
    await acknowledged(_yes(), memory.posts.inbox, Arrival(EVENTS[0]))
    begun = asyncio.Event()

    async def work() -> None:
        async with kept(memory.posts.inbox, EVENTS[0]):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert await memory.posts.inbox.left("discord") == [Arrival(EVENTS[0])]


async def test_what_ends_the_program_each_time_is_given_up(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/memory.sqlite"
    memory = await Memory.open(url)
    await memory.posts.inbox.write(Arrival(EVENTS[0]))
    found = []
    for _ in range(5):
        await memory.close()
        memory = await Memory.open(url)
        found.append(len(await memory.posts.inbox.left("discord")))
    await memory.close()
    assert found == [1, 1, 1, 0, 0]


async def test_an_acknowledgement_that_came_too_late_leaves_nothing(memory: Memory) -> None:
    async def late() -> bool:
        return False

    assert not await acknowledged(late(), memory.posts.inbox, Arrival(EVENTS[0]))
    assert await memory.posts.inbox.waiting("discord") == 0


async def test_a_full_disk_turns_nobody_away(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise StoreFailed("the disk is full")

    monkeypatch.setattr(memory.posts.inbox, "write", full)
    assert await acknowledged(_yes(), memory.posts.inbox, Arrival(EVENTS[0]))


async def test_the_acknowledgement_does_not_wait_for_the_disk(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    out = asyncio.Event()

    async def acknowledge() -> bool:
        order.append("acknowledged")
        out.set()
        return True

    async def slow(*_: object) -> None:
        await out.wait()
        order.append("written")

    monkeypatch.setattr(memory.posts.inbox, "write", slow)
    assert await acknowledged(acknowledge(), memory.posts.inbox, Arrival(EVENTS[0]))
    assert order == ["acknowledged", "written"]
