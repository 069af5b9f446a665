"""The room and its log: numbered, kept, told to all, caught up with."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.console.log import NewerLog
from adapters.console.render import Json
from adapters.console.room import MOST_PENDING, WINDOW, Listener, NameTaken, Room
from bot.place import Person, Place

CHANNEL = Place("console", "local", "general")
THREAD = CHANNEL.in_thread("root")


def said(key: str, text: str = "words") -> Json:
    return {
        "kind": "said",
        "key": key,
        "person": {"id": "ann", "name": "Ann"},
        "text": text,
        "picture": "",
        "opens": True,
    }


def reply(key: str, text: str, final: bool = True, **more: Any) -> Json:
    return {"kind": "reply", "key": key, "text": text, "final": final, "previews": [], "progress": None} | more


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'room.db'}"


@pytest.fixture
async def room(url: str) -> AsyncIterator[Room]:
    room = await Room.open(url)
    yield room
    await room.close()


async def heard(room: Room, listener: Listener) -> list[Json]:
    """Everything that a listener has been told so far."""
    listener.tell({"type": "mark"})
    frames = []
    while (frame := await listener.next()) and frame["type"] != "mark":
        frames.append(frame)
    return frames


async def caught_up(room: Room, since: int) -> Json:
    """The log that a page gets that comes in."""
    listener = await room.join("late", since)
    log = (await heard(room, listener))[0]
    room.leave(listener)
    assert log["type"] == "log"
    return log


def texts(log: Json) -> list[str]:
    return [entry["text"] for entry in log["entries"]]


async def test_everybody_hears_the_same(room: Room) -> None:
    ann, bob = await room.join("ann", 0), await room.join("bob", 0)
    await room.say(CHANNEL, said("a"))
    await room.post(THREAD, reply("t", "done"))
    entries = [[one for one in await heard(room, who) if one["type"] == "entry"] for who in (ann, bob)]
    assert entries[0] == entries[1]
    assert [(one["text"], one["seq"], one["thread"]) for one in entries[0]] == [("words", 1, ""), ("done", 2, "root")]


async def test_what_is_said_twice_stands_once(room: Room) -> None:
    await room.say(CHANNEL, said("a", "first"))
    await room.say(CHANNEL, said("a", "again"))
    assert texts(await caught_up(room, 0)) == ["first"]


async def test_the_log_outlives_the_program(room: Room, url: str) -> None:
    await room.rename("ann", "Ann")
    await room.say(CHANNEL, said("a"))
    await room.post(THREAD, reply("t", "in line", final=False))
    await room.post(THREAD, reply("t", "half", final=False, previews=["p"], progress=0.5))
    await room.close()
    again = await Room.open(url)
    log = await caught_up(again, 0)
    assert texts(log) == ["words", "in line"], "what is under way keeps its position, and nothing else of it"
    assert dict(again.names) == {"ann": "Ann"}
    await again.post(THREAD, reply("t", "done"))
    log = await caught_up(again, log["seq"])
    assert [(one["text"], one["position"], one["seq"]) for one in log["entries"]] == [("done", 2, 3)]
    await again.close()


async def test_who_comes_back_gets_all_that_is_newer(room: Room) -> None:
    await room.say(CHANNEL, said("a", "old"))
    await room.post(THREAD, reply("t", "first"))
    seen = (await caught_up(room, 0))["seq"]
    await room.say(CHANNEL, said("b", "new"))
    await room.post(THREAD, reply("t", "replaced"))
    await room.post(THREAD, reply("live", "drawing", final=False, previews=["p"]))
    log = await caught_up(room, seen)
    assert not log["fresh"]
    assert texts(log) == ["new", "replaced", "drawing", "drawing"]
    assert log["entries"][-1]["previews"] == ["p"], "what is under way comes as it is now"
    assert texts(await caught_up(room, log["seq"])) == ["drawing"]


async def test_a_page_of_another_log_starts_afresh(room: Room) -> None:
    await room.say(CHANNEL, said("a"))
    log = await caught_up(room, 99)
    assert log["fresh"]
    assert texts(log) == ["words"]


async def test_showing_a_final_reply_again_changes_nothing(room: Room) -> None:
    await room.post(THREAD, reply("t", "done"))
    before = (await caught_up(room, 0))["seq"]
    listener = await room.join("ann", before)
    await heard(room, listener)
    await room.post(THREAD, reply("t", "done"))
    assert await heard(room, listener) == []
    assert (await caught_up(room, before))["seq"] == before


async def test_a_reply_stays_where_it_was_shown_first(room: Room) -> None:
    await room.post(THREAD, reply("t", "done"))
    await room.post(CHANNEL, reply("t", "deleted"))
    [entry] = (await caught_up(room, 0))["entries"]
    assert (entry["text"], entry["thread"]) == ("deleted", "root")


async def test_a_slow_page_gets_only_the_newest_of_what_changes(room: Room) -> None:
    listener = await room.join("ann", 0)
    await heard(room, listener)
    for step in range(100):
        await room.post(THREAD, reply("t", f"step {step}", final=False))
    await room.say(CHANNEL, said("a"))
    assert [one["text"] for one in await heard(room, listener)] == ["step 99", "words"]


async def test_a_page_that_never_reads_is_let_go(room: Room) -> None:
    listener = await room.join("ann", 0)
    for number in range(MOST_PENDING + 1):
        listener.tell({"type": "whisper", "text": str(number)})
    assert await listener.next() is None


async def test_a_long_log_comes_in_parts_with_whole_threads(room: Room) -> None:
    await room.say(CHANNEL, said("root", "the root"))
    for number in range(WINDOW):
        await room.say(CHANNEL, said(f"k{number}", f"{number}"))
    await room.post(THREAD, reply("t", "late in the thread"))
    newest = await caught_up(room, 0)
    assert texts(newest)[0] == "the root", "a thread comes with its root, however old"
    assert texts(newest)[1:] == [str(number) for number in range(1, WINDOW)] + ["late in the thread"]
    earlier = await room.earlier(newest["floor"])
    assert texts(earlier) == ["the root", "0"]
    assert earlier["floor"] == 0


async def test_who_is_here(room: Room) -> None:
    ann = await room.join("ann", 0)
    await room.rename("ann", "Ann")
    second_page = await room.join("ann", 0)
    bob = await room.join("bob", 0)
    assert room.people() == [{"id": "ann", "name": "Ann"}]
    await room.rename("bob", "Bob")
    assert [one["name"] for one in room.people()] == ["Ann", "Bob"]
    room.leave(ann)
    assert len(room.people()) == 2, "Ann has another page open"
    room.leave(second_page)
    assert [frame for frame in await heard(room, bob) if frame["type"] == "people"][-1]["people"] == [
        {"id": "bob", "name": "Bob"}
    ]


async def test_nobody_takes_the_name_of_somebody_here(room: Room) -> None:
    ann = await room.join("ann", 0)
    await room.rename("ann", "Ann")
    with pytest.raises(NameTaken):
        await room.rename("bob", "ANN")
    await room.rename("ann", "ann")
    room.leave(ann)
    await room.rename("bob", "Ann")


async def test_somebody_is_found_by_name_or_id(room: Room) -> None:
    first = await room.join("bob1", 0)
    await room.rename("bob1", "Bob")
    assert room.find("BOB") == room.find("bob1") == Person("bob1", "Bob")
    assert room.find("Eve") is None
    room.leave(first)
    await room.join("bob2", 0)
    await room.rename("bob2", "Bob")
    assert room.find("Bob") == Person("bob2", "Bob"), "the one who is here is meant"
    room.leave(await room.join("bob3", 0))
    assert room.find("bob1") == Person("bob1", "Bob")


async def test_an_old_thread_is_looked_up_whole(room: Room) -> None:
    await room.say(CHANNEL, said("root", "the root"))
    await room.say(CHANNEL, said("other"))
    await room.post(THREAD, reply("t", "done"))
    await room.post(THREAD, reply("live", "drawing", final=False, previews=["p"]))
    log = await room.look("general", "root")
    assert texts(log) == ["the root", "done", "drawing", "drawing"]
    assert log["entries"][-1]["previews"] == ["p"]
    assert "floor" not in log
    assert texts(await room.look("general", "none")) == []


async def test_words_for_one_reach_one(room: Room) -> None:
    ann, bob = await room.join("ann", 0), await room.join("bob", 0)
    room.tell({"type": "whisper", "text": "psst"}, "ann")
    assert "whisper" in [frame["type"] for frame in await heard(room, ann)]
    assert "whisper" not in [frame["type"] for frame in await heard(room, bob)]


async def test_a_log_of_a_newer_version_is_left_alone(url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "room.db") as file:
        file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(NewerLog):
        await Room.open(url)
