from collections.abc import AsyncIterator

import pytest

from bot.memory.memory import Memory
from bot.place import Place

THREAD = Place("discord", "1", "2", "3")


@pytest.fixture
async def memory() -> AsyncIterator[Memory]:
    memory = await Memory.open("sqlite://")
    yield memory
    await memory.close()


async def test_a_reply_is_found_by_its_key_and_by_its_message(memory: Memory) -> None:
    assert await memory.posts.posted(THREAD, "k") is None
    await memory.posts.remember(THREAD, "k", "77")
    await memory.posts.remember(THREAD.in_thread("4"), "k", "78")
    posted = await memory.posts.posted(THREAD, "k")
    assert posted is not None
    assert (posted.message, posted.final) == ("77", False)
    shown = await memory.posts.shown_by("discord", "77")
    assert shown is not None
    assert (Place.parse(shown.place), shown.key) == (THREAD, "k")
    assert await memory.posts.shown_by("slack", "77") is None, "ids of platforms may be equal"


@pytest.mark.parametrize("one", ["77", "780", "79"])
async def test_each_message_of_a_reply_leads_to_it_and_no_part_of_an_id_does(memory: Memory, one: str) -> None:
    await memory.posts.remember(THREAD, "k", "77 780 79")
    shown = await memory.posts.shown_by("discord", one)
    assert shown is not None
    assert shown.key == "k"
    assert not any([await memory.posts.shown_by("discord", part) for part in ("7", "78", "80", "9", "%")])


async def test_what_is_final_stays_final_and_what_is_gone_is_forgotten(memory: Memory) -> None:
    await memory.posts.remember(THREAD, "k", "77", final=True)
    await memory.posts.remember(THREAD, "k", "79")
    posted = await memory.posts.posted(THREAD, "k")
    assert posted is not None
    assert (posted.message, posted.final) == ("79", True)
    await memory.posts.forget(THREAD, "k")
    await memory.posts.forget(THREAD, "k")
    assert await memory.posts.posted(THREAD, "k") is None


async def test_notes_are_each_platforms_own(memory: Memory) -> None:
    await memory.posts.write_note("discord", "commands", "a")
    await memory.posts.write_note("discord", "commands", "b")
    assert await memory.posts.note("discord", "commands") == "b"
    assert await memory.posts.note("slack", "commands") is None


async def test_what_is_good_once_is_used_once_and_is_not_remembered_for_ever(memory: Memory) -> None:
    assert await memory.posts.use("slack", "state", "a", until=10, now=0)
    assert not await memory.posts.use("slack", "state", "a", until=10, now=5)
    assert await memory.posts.use("discord", "state", "a", until=10, now=5)
    assert await memory.posts.use("slack", "state", "b", until=2_000_000_000.5, now=11)
    assert await memory.posts.note("slack", "state a") is None
    assert await memory.posts.note("discord", "state a") is not None
    assert await memory.posts.note("slack", "state b") is not None
