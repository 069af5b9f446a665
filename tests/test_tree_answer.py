"""/tree as a whole: real memory and files, pictures of the fake model."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image

from bot.events import Tree
from bot.memory.tables import Turn
from bot.place import Person, Place
from bot.query import Query
from bot.replies import Reply, Shown
from bot.tree_answer import Trees
from bot.visible import may_see
from tests.kit import ANN, BOB, CHANNEL, Kit, final, kit, token, whisper
from tests.test_memory import START

THREAD = CHANNEL.in_thread("t1")


def label(parent: Turn, child: Turn) -> str:
    before, after = (Query.from_canonical(turn.query).prompt for turn in (parent, child))
    return "" if before == after else after


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[tuple[Kit, Trees]]:
    async with kit(folder) as bot:
        yield bot, Trees(bot.memory, bot.memory.conversations, bot.memory.votes, bot.files, label)


def asked(event_id: str = "tree", person: Person = ANN, place: Place = THREAD) -> Tree:
    return Tree(event_id=event_id, place=place, person=person)


async def answer(trees: Trees, event: Tree) -> list[Shown]:
    return [shown async for shown in trees.handle(event)]


def stored(folder: Path) -> int:
    return sum(1 for path in (folder / "pictures").rglob("*") if path.is_file())


async def test_outside_a_thread_and_before_anything_is_drawn_it_says_where_it_works(tmp_path: Path) -> None:
    async with bench(tmp_path) as (_, trees):
        assert "/imagine" in whisper(await answer(trees, asked(place=CHANNEL)))
        assert "Nothing has been drawn" in whisper(await answer(trees, asked()))


async def test_the_answer_is_a_chart_and_its_twin(tmp_path: Path) -> None:
    async with bench(tmp_path) as (bot, trees):
        first = final(await bot.imagine("a red car"))
        again = final(await bot.press(token(first, "Again"), BOB))
        await bot.press(token(again, "3"))
        reply = final(await answer(trees, asked()))
        assert reply.key == "tree"
        assert reply.text == (
            "1 a red car (Ann) · 4 pictures\n2 from 1: the same words (Bob) · 4 pictures ← here\nThe way here: 1 → 2"
        )
        (chart,) = reply.charts
        image = Image.open(io.BytesIO(await bot.files.get(chart.file)))
        assert image.size == (chart.width, chart.height)
        assert chart.alt.startswith("A tree of pictures: 2 turns by Ann, Bob.")


async def test_stars_are_counted(tmp_path: Path) -> None:
    async with bench(tmp_path) as (bot, trees):
        first = final(await bot.imagine("a red car"))
        for person in ("bob", "cy"):
            await bot.memory.votes.toggle("test", person, first.pictures[0].id, person, START)
        assert "· 2 stars" in final(await answer(trees, asked())).text


async def test_private_turns_show_nothing_even_to_their_owner_since_everybody_reads_the_answer(tmp_path: Path) -> None:
    async with bench(tmp_path) as (bot, trees):
        await bot.imagine("a red car")
        secret = final(await bot.imagine("my secret --private"))
        for person in (ANN, BOB):
            reply = final(await answer(trees, asked(person.id, person)))
            assert reply.text.splitlines()[:2] == ["1 a red car (Ann) · 4 pictures ← here", "2 · private"]
            assert "secret" not in reply.text + reply.charts[0].alt
        turn = await bot.memory.turn(secret.key)
        assert turn
        assert may_see(turn, asked())


async def test_asking_twice_shows_the_same_and_the_drawing_of_before_makes_room(tmp_path: Path) -> None:
    async with bench(tmp_path) as (bot, trees):
        first = final(await bot.imagine("a red car"))
        before = stored(tmp_path)
        assert final(await answer(trees, asked())) == final(await answer(trees, asked()))
        assert stored(tmp_path) == before + 1
        await bot.press(token(first, "2"))
        final(await answer(trees, asked("another")))
        assert stored(tmp_path) == before + 1


async def test_of_a_deleted_picture_nothing_is_in_a_new_drawing(tmp_path: Path) -> None:
    async with bench(tmp_path) as (bot, trees):
        first = final(await bot.imagine("a red car"))
        await bot.press(token(first, "Delete"))
        reply = final(await answer(trees, asked()))
        assert "deleted" in reply.text
        assert "pictures" not in reply.text
        assert stored(tmp_path) == 1


async def test_a_picture_whose_file_is_gone_does_not_keep_the_tree_from_being_drawn(tmp_path: Path) -> None:
    async with bench(tmp_path) as (bot, trees):
        first = final(await bot.imagine("a red car"))
        whole = final(await answer(trees, asked())).charts[0].file
        await bot.files.delete(first.pictures[0].file)
        reply = final(await answer(trees, asked("later")))
        assert isinstance(reply, Reply)
        assert reply.charts[0].file != whole


async def test_threads_have_trees_of_their_own(tmp_path: Path) -> None:
    async with bench(tmp_path) as (bot, trees):
        await bot.imagine("a red car")
        await bot.imagine("a blue cat", BOB, thread="t2")
        reply = final(await answer(trees, asked(place=CHANNEL.in_thread("t2"))))
        assert "cat" in reply.text
        assert "car" not in reply.text
