"""The tree as it is remembered, by real SQLite (and PostgreSQL where there is one)."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.errors import NotFound
from bot.ids import new_turn_id, picture_id
from bot.memory.conversations import Conversations
from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.place import Place
from bot.tree import Node, flat, fold, grow
from bot.tree_layout import arrange
from tests import postgres
from tests.test_memory import CHANNEL, THREAD, begun, done, opened, picture, run_sql, turn
from tests.test_tree import versions
from tests.trees import query

PEOPLE = ("ann", "bob", "cy", "dee", "eve")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    programs = postgres.programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine (initdb was not found)")
    with postgres.server(programs) as url:
        yield url


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    async with opened(f"sqlite:///{tmp_path}/memory.sqlite") as memory:
        yield memory


@pytest.fixture
def conversations(memory: Memory) -> Conversations:
    return memory.conversations


def fork(of: Picture, place: str = "2", person: str = "bob", **values: Any) -> tuple[Turn, Picture]:
    """A fork of a picture into a thread, with a picture of its own."""
    id = new_turn_id()
    ordinary = {"id": id, "event_id": f"event {id}", "kind": "fork", "state": "done"}
    follows = {"parent_turn": of.turn_id, "parent_picture": of.id}
    new = turn(CHANNEL.in_thread(place), person, **(ordinary | follows | values))
    return new, picture(new.id, file=of.file, owner_id=of.owner_id)


async def forked(conversations: Conversations, of: Picture, *args: Any, **values: Any) -> Turn:
    return await conversations.fork(*fork(of, *args, **values))


async def test_turns_come_in_the_order_of_their_versions(memory: Memory, conversations: Conversations) -> None:
    ids = [await begun(memory) for _ in range(5)]
    turns = await conversations.turns(THREAD)
    assert [(each.id, each.version) for each in turns] == list(zip(ids, range(1, 6), strict=True))
    assert await conversations.turns(CHANNEL.in_thread("empty")) == []


async def test_the_path_begins_at_the_root_and_stays_in_its_place(memory: Memory, conversations: Conversations) -> None:
    a = await done(memory, 0.1)
    b = await done(memory, parent_turn=a)
    await done(memory, parent_turn=a)
    c = await done(memory, parent_turn=b)
    assert [each.id for each in await conversations.path(c)] == [a, b, c]
    new = await forked(conversations, (await memory.pictures(a))[0])
    assert [each.id for each in await conversations.path(new.id)] == [new.id]
    assert await conversations.path("nothing") == []


async def test_children_and_forks_are_found_wherever_they_are(memory: Memory, conversations: Conversations) -> None:
    a = await done(memory, 0.1, 0.2)
    b = await begun(memory, parent_turn=a)
    new = await forked(conversations, (await memory.pictures(a))[1])
    assert {each.id for each in await conversations.children(a)} == {b, new.id}
    assert [each.id for each in await conversations.forks_of([a, b])] == [new.id]
    assert await conversations.forks_of([b]) == []


async def test_a_fork_is_the_first_version_of_its_place_and_is_still_to_be_posted(
    memory: Memory, conversations: Conversations
) -> None:
    a = await done(memory, 0.1, 0.2)
    new = await forked(conversations, (await memory.pictures(a))[1])
    assert (new.version, new.state) == (1, "done")
    assert new.id in {each.id for each in await memory.unposted(new.platform)}
    (copy,) = await memory.pictures(new.id)
    assert copy.id == picture_id(new.id, 1)
    assert await begun(memory, place=new.where)
    assert [each.version for each in await conversations.turns(new.where)] == [1, 2]


async def test_a_fork_event_that_comes_again_gives_the_same_fork(memory: Memory, conversations: Conversations) -> None:
    original = (await memory.pictures(await done(memory, 0.1)))[0]
    both = await asyncio.gather(*(forked(conversations, original, event_id="same") for _ in range(4)))
    assert len({each.id for each in both}) == 1
    assert len(await conversations.forks_of([original.turn_id or ""])) == 1


async def test_a_deleted_picture_is_not_forked(memory: Memory, conversations: Conversations) -> None:
    a = await done(memory, 0.1)
    original = (await memory.pictures(a))[0]
    await memory.delete_turn(a, "gone")
    with pytest.raises(NotFound):
        await forked(conversations, original)
    assert await conversations.forks_of([a]) == []


async def test_deleting_frees_a_shared_file_only_when_nobody_uses_it(
    memory: Memory, conversations: Conversations
) -> None:
    a = await done(memory, 0.1)
    original = (await memory.pictures(a))[0]
    new = await forked(conversations, original)
    assert await memory.delete_turn(a, "gone") == []
    assert [each.file for each in await memory.pictures(new.id)] == [original.file]
    assert await memory.delete_turn(new.id, "gone") == [original.file]


async def test_an_origin_credits_the_maker_however_many_forks_lie_between(
    memory: Memory, conversations: Conversations
) -> None:
    a = await done(memory, 0.1, 0.2)
    first = await forked(conversations, (await memory.pictures(a))[1], "2", "bob")
    second = await forked(conversations, (await memory.pictures(first.id))[0], "3", "cy")
    origin = await conversations.origin(second.id)
    assert origin
    assert (origin.turn.id, origin.maker) == (first.id, "Ann")
    assert origin.picture
    assert origin.picture.id == picture_id(first.id, 1)
    assert await conversations.origin(a) is None


async def test_the_past_of_a_place_leaves_deleted_pictures_and_other_places_out(
    memory: Memory, conversations: Conversations
) -> None:
    a = await done(memory, 0.1, 0.2)
    b = await done(memory, 0.1, parent_turn=a)
    await memory.delete_turn(b, "gone")
    new = await forked(conversations, (await memory.pictures(a))[0])
    past = await conversations.past(THREAD)
    assert [each.id for each in past.turns] == [a, b]
    assert {id: [each.index for each in every] for id, every in past.pictures.items()} == {a: [1, 2]}
    assert past.origins == {}
    there = await conversations.past(new.where)
    assert {id: origin.turn.id for id, origin in there.origins.items()} == {new.id: a}


async def grow_at_random(memory: Memory, conversations: Conversations, steps: int) -> dict[str, str | None]:
    """Several people refine and fork at once. Returns what each turn follows, as it was asked for."""
    follows: dict[str, str | None] = {}
    finished: list[Picture] = []
    placed: dict[str, Place] = {}
    threads = [CHANNEL.in_thread(str(number)) for number in range(4)]

    async def one(step: int, chance: random.Random) -> None:
        person, parent = chance.choice(PEOPLE), chance.choice(finished) if finished else None
        if parent and chance.random() < 0.2:
            new, copy = fork(parent, f"fork {step}", person, query=query("a cat", 1).canonical())
            await conversations.fork(new, copy)
            placed[copy.id] = new.where
            finished.append(copy)
            threads.append(new.where)
        else:
            place = chance.choice(threads)
            here = [each for each in finished if placed[each.id] == place]
            parent = chance.choice(here) if here else None
            new = turn(
                place,
                person,
                query=query(f"step {step}").canonical(),
                parent_turn=parent.turn_id if parent else None,
                parent_picture=parent.id if parent else None,
            )
            assert await memory.begin(new.platform, f"event {new.id}", [new])
            copy = picture(new.id)
            if chance.random() < 0.9:
                await memory.finish(new.id, [copy], seconds=1.0, remarks="[]")
                placed[copy.id] = new.where
                finished.append(copy)
            else:
                await memory.fail(new.id, "no")
        follows[new.id] = new.parent_turn

    chance = random.Random(5)
    for start in range(0, steps, len(PEOPLE)):
        await asyncio.gather(*(one(start + k, random.Random(chance.random())) for k in range(len(PEOPLE))))
    return follows


async def check(memory: Memory, conversations: Conversations, follows: dict[str, str | None]) -> None:
    """The trees of all places together are what was asked for, and text and drawing show the same of each."""
    places = {turn.where for id in follows if (turn := await memory.turn(id))}
    seen: list[str] = []
    for place in places:
        turns = await conversations.turns(place)
        seen += [each.id for each in turns]
        assert [each.version for each in turns] == list(range(1, len(turns) + 1))
        assert all(each.parent_turn == follows[each.id] for each in turns)
        here = {each.id for each in turns}
        deepest = turns[-1]
        path = await conversations.path(deepest.id)
        assert path[-1].id == deepest.id
        assert path[0].parent_turn not in here
        assert all(b.parent_turn == a.id for a, b in pairwise(path))
        past = await conversations.past(place)
        grown = grow(past, await memory.head(place, ""), {}, lambda parent, child: f"{parent.version} {child.version}")
        for node, each in zip(grown, turns, strict=True):
            assert node.parent == (follows[each.id] if follows[each.id] in here else "")
            assert bool(node.origin) == bool(follows[each.id] and not node.parent)
        whole = flat(fold(grown, len(grown), len(grown)))
        assert sorted(b.item.version for b in whole if isinstance(b.item, Node)) == [n.version for n in grown]
        layout = arrange(grown)
        drawn = [spot.branch.item for spot in layout.spots]
        assert versions(layout.text) == [item.version for item in drawn if isinstance(item, Node)]
        assert sum(1 if isinstance(item, Node) else item.count for item in drawn) == len(turns)
    assert sorted(seen) == sorted(follows)


async def test_the_tree_is_right_after_a_thousand_random_forks_and_refinements(
    memory: Memory, conversations: Conversations
) -> None:
    await check(memory, conversations, await grow_at_random(memory, conversations, 1000))


async def test_it_is_right_on_postgresql_too(postgres_server: str) -> None:
    url = postgres_server.format("postgres")
    await run_sql(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    async with opened(url) as memory:
        conversations = memory.conversations
        follows = await grow_at_random(memory, conversations, 100)
        await check(memory, conversations, follows)
        id = next(iter(follows))
        original = picture(id, 9, created_at=datetime.now(UTC))
        await memory.add_upload(original)
        both = await asyncio.gather(*(forked(conversations, original, event_id="same") for _ in range(4)))
        assert len({each.id for each in both}) == 1
