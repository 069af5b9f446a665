import asyncio
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import wording_together as wording
from bot.errors import NotFound
from bot.place import Person, Place
from bot.replies import Reply, Whisper
from tests import postgres
from tests.together import ANN, BOB, CAT, THREAD, House, house, only_whisper

PEOPLE = [Person(str(number), f"Person {number}") for number in range(6)]
PICTURES = ["aa-1", "aa-2", "bb-1", "cc-1"]

PRESSES = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PICTURES)), max_size=25)


async def three_sets(at: House) -> None:
    await at.drawn("aa", PEOPLE[0], pictures=2)
    await at.drawn("bb", PEOPLE[1])
    await at.drawn("cc", ANN)


def expected(presses: list[tuple[Person, str]]) -> dict[str, int]:
    """The stars, counted in the simplest way."""
    owner = {"aa-1": "0", "aa-2": "0", "bb-1": "1", "cc-1": "ann"}
    given = {
        (person.id, picture)
        for person, picture in presses
        if owner[picture] != person.id and presses.count((person, picture)) % 2
    }
    return {picture: sum(1 for _, one in given if one == picture) for picture in PICTURES}


async def test_a_star_is_given_and_taken_back(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN)
        reply, whisper = await at.star("aa-1", BOB)
        assert isinstance(reply, Reply)
        assert reply.key == "aa"
        assert whisper == Whisper(wording.starred("aa-1", 1))
        await at.star("aa-1", CAT)
        assert await at.votes.counts(["aa-1", "aa-2"]) == {"aa-1": 2, "aa-2": 0}
        _, whisper = await at.star("aa-1", BOB)
        assert whisper == Whisper(wording.star_taken_back("aa-1", 1))


async def test_nobody_votes_for_their_own_picture(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN)
        assert only_whisper(await at.star("aa-1", ANN)) == wording.own_picture()
        assert await at.votes.counts(["aa-1"]) == {"aa-1": 0}


async def test_a_press_that_comes_again_changes_nothing_and_says_how_it_is(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN)
        assert await at.star("aa-1", BOB, event="x") == await at.star("aa-1", BOB, event="x")
        assert await at.votes.counts(["aa-1"]) == {"aa-1": 1}


async def test_what_the_presser_may_not_see_is_not_found(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN, private=True)
        await at.drawn("bb", ANN)
        await at.drawn("cc", ANN)
        await at.memory.delete_turn("cc", "Deleted.")
        other = Place("test", "elsewhere", "general", "t1")
        for picture, place in (("aa-1", THREAD), ("bb-1", other), ("cc-1", THREAD), ("zz-1", THREAD)):
            with pytest.raises(NotFound):
                await at.star(picture, BOB, place=place)
        for turn in ("aa", "cc", "zz"):
            with pytest.raises(NotFound):
                await at.decide(turn, BOB)


async def test_a_picture_that_is_deleted_meanwhile_takes_no_star(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN)
        await at.memory.delete_turn("aa", "Deleted.")
        with pytest.raises(NotFound):
            await at.votes.toggle("test", "x", "aa-1", "bob", at.time)
        assert await at.memory.handle_once("test", "x"), "the event was not taken"


async def test_the_votes_decide_on_the_picture_with_the_most_stars(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN, pictures=2)
        await at.drawn("bb", ANN)
        await at.star("aa-2", BOB)
        await at.star("aa-2", CAT)
        await at.star("bb-1", BOB)
        turn, reply = await at.decide("bb", event="x")
        assert isinstance(turn, Reply)
        assert turn.key == "aa"
        assert reply == Reply(key="x", text=wording.decided("aa-2", 2, tied=False))
        current = await at.memory.current(THREAD)
        assert current
        assert current.id == "aa-2"


async def test_a_tie_goes_to_what_was_finished_first_and_the_words_say_so(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("zz", ANN, pictures=10)
        await at.drawn("bb", ANN)
        for picture in ("bb-1", "zz-10", "zz-2"):
            await at.star(picture, BOB)
        _, reply = await at.decide("bb", event="x")
        assert reply == Reply(key="x", text=wording.decided("zz-2", 1, tied=True))


async def test_without_stars_the_votes_decide_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN)
        assert only_whisper(await at.decide("aa")) == wording.nothing_to_decide()


async def test_a_decision_that_comes_again_leaves_what_was_picked_since(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN, pictures=2)
        await at.star("aa-1", BOB)
        await at.decide("aa", event="x")
        await at.memory.set_current(THREAD, "aa-2")
        assert await at.decide("aa", event="x") == []
        current = await at.memory.current(THREAD)
        assert current
        assert current.id == "aa-2"


async def test_private_and_deleted_pictures_and_other_threads_do_not_lead(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN)
        await at.drawn("bb", ANN)
        await at.drawn("cc", ANN, place=THREAD.in_thread("t2"))
        for picture in ("aa-1", "bb-1", "cc-1"):
            await at.votes.toggle("test", picture, picture, "bob", at.time)
        await at.memory.delete_turn("bb", "Deleted.")
        assert [each.picture.id for each in await at.votes.best(THREAD, "thread", 10)] == ["aa-1"]


@given(presses=PRESSES, data=st.data())
@settings(max_examples=12, deadline=None)
def test_a_replayed_stream_of_votes_gives_the_same_counts_and_winner_after_a_restart(
    presses: list[tuple[Person, str]], data: st.DataObject
) -> None:
    stream = [(person, picture, f"press {number}") for number, (person, picture) in enumerate(presses)]
    again = data.draw(st.permutations(stream))

    async def replay() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with house(Path(folder)) as at:
                await three_sets(at)
                for number, (person, picture, event) in enumerate(stream):
                    await at.star(picture, person, event)
                    if number % 3 == 0:
                        await at.star(*(stream[number // 2][1], stream[number // 2][0], stream[number // 2][2]))
                before = [(each.picture.id, each.stars) for each in await at.votes.best(THREAD, "thread", 10)]
            async with house(Path(folder)) as at:
                for person, picture, event in again:
                    await at.star(picture, person, event)
                assert await at.votes.counts(PICTURES) == expected(presses)
                after = [(each.picture.id, each.stars) for each in await at.votes.best(THREAD, "thread", 10)]
                assert after == before
                counts = expected(presses)
                ahead = sorted((one for one in PICTURES if counts[one]), key=lambda one: (-counts[one], one))
                assert [picture for picture, _ in after] == ahead

    asyncio.run(replay())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    programs = postgres.programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine (initdb was not found)")
    with postgres.server(programs) as server:
        yield server.format("postgres")


async def test_many_people_press_at_the_same_time_and_nobody_counts_twice(tmp_path: Path, url: str) -> None:
    chance = random.Random(7)
    presses = [(chance.choice(PEOPLE), chance.choice(PICTURES)) for _ in range(60)]
    stream = [(picture, person, f"press {number}") for number, (person, picture) in enumerate(presses)]
    redelivered = stream * 2
    chance.shuffle(redelivered)
    async with house(tmp_path, url) as at:
        await three_sets(at)
        await asyncio.gather(*(at.star(*press) for press in redelivered))
        assert await at.votes.counts(PICTURES) == expected(presses)
