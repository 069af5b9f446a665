"""Forks: a picture goes on in a thread of its own, with credit and links on both sides."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.buttons import Fork as ForkAction
from bot.buttons import to_token
from bot.draw import Drawer
from bot.errors import BadValue, NotFound
from bot.events import Fork, Press
from bot.fork import Forks
from bot.memory.conversations import Conversations
from bot.memory.tables import Picture
from bot.place import Person, Place
from bot.query import Query
from bot.replies import Link, Reply, Shown
from bot.turns import Turns
from bot.wording import apology
from tests.kit import ANN, BOB, CHANNEL, Kit, final, kit

NEW = CHANNEL.in_thread("new")


@dataclass
class Bench:
    """The bot, and forks beside it."""

    bot: Kit
    conversations: Conversations
    drawer: Drawer
    forks: Forks

    def event(self, id: str, person: Person = BOB, place: Place = NEW, event_id: str = "") -> Fork:
        return Fork(event_id=event_id or uuid4().hex, place=place, person=person, id=id)

    async def fork(self, id: str, *args: Any, **more: Any) -> list[Reply]:
        return replies([shown async for shown in self.forks.handle(self.event(id, *args, **more))])

    async def picture(self, id: str) -> Picture:
        picture = await self.bot.memory.picture(id)
        assert picture
        return picture


def replies(shown: list[Shown]) -> list[Reply]:
    assert all(isinstance(each, Reply) for each in shown)
    return [each for each in shown if isinstance(each, Reply)]


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with kit(folder) as bot:
        drawer = Drawer(bot.engine, bot.memory, bot.files, Turns())
        conversations = bot.memory.conversations
        yield Bench(bot, conversations, drawer, Forks(bot.memory, conversations, drawer))


async def test_a_fork_is_a_turn_with_the_same_picture_and_its_makers_name(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car --seed 7"))
        reply, _ = await here.fork(first.pictures[1].id)
        turn = await here.bot.memory.turn(reply.key)
        original = await here.bot.memory.turn(first.key)
        assert turn
        assert original
        assert (turn.kind, turn.state, turn.version, turn.person_id, turn.where) == ("fork", "done", 1, BOB.id, NEW)
        assert (turn.parent_turn, turn.parent_picture) == (first.key, first.pictures[1].id)
        assert Query.from_canonical(turn.query).picture(0) == Query.from_canonical(original.query).picture(1)
        copy, source = await here.picture(reply.pictures[0].id), await here.picture(first.pictures[1].id)
        same = ("file", "seed", "width", "height", "closeness", "alt", "embedding", "embedding_model", "workspace")
        assert all(getattr(copy, name) == getattr(source, name) for name in same)
        assert copy.owner_id == ANN.id
        assert await here.bot.files.get(copy.file)


async def test_both_sides_tell_of_each_other_and_link(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car"))
        reply, note = await here.fork(first.pictures[1].id)
        assert reply.text.splitlines().count(f"from Ann's picture #2 of {first.key}") == 1
        assert reply.links == (Link("where it came from", CHANNEL.in_thread("t1")),)
        assert reply.place == NEW
        assert (note.key, note.place) == (f"{reply.key}-from", CHANNEL.in_thread("t1"))
        assert note.text == "Bob went on from #2 in a new thread"
        assert note.links == (Link("the new thread", NEW),)


async def test_the_button_does_as_the_command_does(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car"))
        action = ForkAction(first.pictures[2].id)
        event = Press(event_id="press", place=NEW, person=BOB, token=to_token(action))
        await here.forks.check(event, action.picture)
        reply, note = replies([shown async for shown in here.forks.press(event, action)])
        assert f"picture #3 of {first.key}" in reply.text
        assert "#3" in note.text


async def test_an_event_that_comes_twice_forks_once_and_shows_the_same(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car"))
        once = await here.fork(first.pictures[0].id, event_id="same")
        again = await here.fork(first.pictures[0].id, event_id="same")
        assert once == again
        elsewhere = await here.fork(first.pictures[0].id, place=CHANNEL.in_thread("other"), event_id="same")
        assert (elsewhere[0].key, elsewhere[0].place) == (once[0].key, NEW)
        assert len(await here.conversations.forks_of([first.key])) == 1


async def test_a_fork_that_is_out_is_posted_and_one_that_was_not_shown_is_resumed(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car"))
        shown = here.forks.handle(here.event(first.pictures[0].id))
        reply = await anext(shown)
        await shown.aclose()
        assert [turn.id for turn in await here.bot.memory.unposted("test")] == [getattr(reply, "key", "")]
        await here.fork(first.pictures[1].id)
        assert len(await here.bot.memory.unposted("test")) == 1


async def test_the_thread_goes_on_from_the_fork(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car"))
        reply, _ = await here.fork(first.pictures[0].id)
        head = await here.bot.memory.head(NEW, BOB.id)
        assert head
        assert head.turn.id == reply.key


async def test_a_set_of_one_needs_no_number_and_a_larger_one_does(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        several = final(await here.bot.imagine("a red car"))
        single = final(await here.bot.imagine("a red car --n 1"))
        with pytest.raises(BadValue) as refused:
            await here.forks.check(here.event(several.key), several.key)
        assert f"{several.key}-2" in apology(refused.value)
        await here.forks.check(here.event(single.key), single.key)
        reply, _ = await here.fork(f" #{single.key.upper()} ")
        assert reply.pictures[0].file == single.pictures[0].file


@pytest.mark.parametrize("id", ["", "nothing", "nothing-2", "{}-9", "{}-0"])
async def test_what_is_not_there_is_not_found(tmp_path: Path, id: str) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car"))
        with pytest.raises(NotFound):
            await here.forks.check(here.event(id), id.format(first.key))


async def test_what_is_deleted_or_of_another_workspace_is_not_found(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car"))
        id = first.pictures[0].id
        with pytest.raises(NotFound):
            await here.forks.check(here.event(id, place=Place("test", "elsewhere", "general")), id)
        await here.drawer.delete(first.key, "gone")
        with pytest.raises(NotFound):
            await here.fork(id)


async def test_private_pictures_are_forked_by_their_owner_alone_and_stay_private(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car --private"))
        id = first.pictures[0].id
        with pytest.raises(NotFound):
            await here.fork(id)
        shown = await here.fork(id, ANN)
        assert len(shown) == 1, "nothing is said about it where others read"
        turn = await here.bot.memory.turn(shown[0].key)
        assert turn
        assert turn.private
        assert (await here.picture(shown[0].pictures[0].id)).private


async def test_deleting_the_original_keeps_the_fork(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        first = final(await here.bot.imagine("a red car"))
        reply, _ = await here.fork(first.pictures[0].id)
        await here.drawer.delete(first.key, "gone")
        assert await here.bot.files.get(reply.pictures[0].file)
        origin = await here.conversations.origin(reply.key)
        assert origin
        assert origin.maker == "Ann"
