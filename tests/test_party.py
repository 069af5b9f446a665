import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import required_words
from bot import wording_together as wording
from bot.errors import NotYours, PartyWords, TooLong
from bot.place import Person
from bot.replies import Reply
from tests.together import ANN, BOB, CAT, CHANNEL, MODERATOR, START, THREAD, House, first, house, only_reply
from tests.together import only_whisper as whispered


async def starred_round(at: House) -> None:
    """An open round with two pictures of Ann and Cat; Cat's is ahead by two to one."""
    await at.party("castles", words="castle")
    await at.drawn("aa", ANN)
    await at.drawn("cc", CAT)
    await at.star("aa-1", BOB)
    await at.star("cc-1", BOB)
    await at.star("cc-1", ANN)


async def test_the_opening_says_all_that_people_need(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        reply = only_reply(await at.party("castles", words="castle, fog", event="x"))
        assert (reply.key, reply.title) == ("x", "Round: castles")
        for part in ("“castles”", "castle, fog", "in 15 min, at 12:15 UTC", wording.TIE, "/party end"):
            assert part in reply.text
        assert at.rounds.opened("test").is_set()
        assert await at.parties.next_end("test") == START.replace(minute=15)
        assert await at.parties.next_end("other") is None


async def test_a_second_round_in_the_same_place_is_refused_with_the_end_of_the_first(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.party("castles")
        at.later(minutes=5)
        text = whispered(await at.party("boats", BOB))
        assert text == wording.party_open_already("castles", START.replace(minute=15), 600)
        assert only_reply(await at.party("boats", BOB, THREAD.in_thread("t2")))


async def test_of_rounds_that_are_opened_at_the_same_time_one_is(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        shown = await asyncio.gather(*(at.party(f"theme {number}") for number in range(8)))
        assert sorted(type(each[0]).__name__ for each in shown) == ["Reply", *["Whisper"] * 7]


async def test_an_opening_that_comes_again_is_shown_again_and_opens_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        assert await at.party("castles", event="x") == await at.party("castles", event="x")
        at.later(minutes=15)
        assert len(await at.results()) == 1
        assert await at.party("castles", event="x") == []
        assert await at.parties.at(THREAD, at.time) is None


async def test_what_cannot_be_a_round_is_refused_before_a_thread_opens(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        assert whispered(await at.party(" \x00 ")) == wording.no_theme()
        assert whispered(await at.party("end", place=CHANNEL)) == wording.no_party_here()
        for theme, words in (("x" * 201, ""), ("x", "x" * 201)):
            with pytest.raises(TooLong):
                await at.party(theme, words=words)


async def test_the_winner_has_the_most_stars_and_is_called_once(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await starred_round(at)
        assert await at.results() == []
        at.later(minutes=15)
        ((place, reply),) = await at.results()
        assert place == THREAD
        assert reply.mention == CAT.id
        assert [(picture.id, picture.stars) for picture in reply.pictures] == [("cc-1", 2)]
        assert reply.text == wording.party_won("castles", "Cat", "cc-1", 2, "a cc", tied=False)
        assert await at.results() == []
        assert await at.parties.next_end("test") is None


async def test_a_tie_is_broken_by_the_rule_and_said(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.party("castles")
        await at.drawn("zz", ANN)
        await at.drawn("aa", ANN)
        await at.star("aa-1", BOB)
        await at.star("zz-1", BOB)
        at.later(minutes=15)
        ((_, reply),) = await at.results()
        assert reply.text == wording.party_won("castles", "Ann", "zz-1", 1, "a zz", tied=True)


async def test_only_pictures_and_stars_from_within_the_round_count(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("before", ANN)
        at.later(seconds=1)
        await at.party("castles")
        await at.drawn("elsewhere", ANN, THREAD.in_thread("t2"))
        await at.drawn("gone", ANN)
        await at.drawn("kept", ANN)
        for picture in ("before-1", "elsewhere-1", "gone-1"):
            await at.star(picture, BOB)
            await at.star(picture, CAT)
        await at.star("kept-1", BOB)
        await at.memory.delete_turn("gone", "Deleted.")
        at.later(minutes=15)
        await at.drawn("after", ANN)
        await at.star("after-1", BOB)
        await at.star("after-1", CAT)
        ((_, reply),) = await at.results()
        assert [picture.id for picture in reply.pictures] == ["kept-1"]


async def test_stars_that_are_given_or_taken_back_after_the_end_change_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await starred_round(at)
        at.later(minutes=15)
        for person in (CAT, MODERATOR):
            await at.star("aa-1", person)
        await at.star("cc-1", BOB)
        await at.star("cc-1", ANN)
        ((_, reply),) = await at.results()
        assert [picture.id for picture in reply.pictures] == ["cc-1"]


async def test_without_stars_nobody_wins(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.party("castles")
        await at.drawn("aa", ANN)
        at.later(minutes=15)
        ((_, reply),) = await at.results()
        assert reply.text == wording.party_without_winner("castles")
        assert (reply.pictures, reply.mention) == ((), "")


async def test_a_winner_that_is_deleted_before_the_announcement_is_named_without_its_picture(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await starred_round(at)
        at.later(minutes=15)
        await at.parties.end_due("test", at.time)
        await at.memory.delete_turn("cc", "Deleted.")
        ((_, reply),) = await at.results()
        assert reply.text == wording.party_won_by_what_is_gone("castles", "Cat", "cc-1")
        assert reply.pictures == ()


async def test_a_crash_between_the_end_and_the_announcement_announces_it_once_more(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await starred_round(at)
        at.later(minutes=15)
        ((_, replies),) = await at.rounds.results("test", at.time)
        shown = await first(replies)
    async with house(tmp_path) as at:
        end = await at.parties.next_end("test")
        assert end == START.replace(minute=15)
        at.time = end
        assert await at.results() == [(THREAD, shown)]
        assert await at.results() == []


async def test_one_announcement_at_a_time_is_under_way(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await starred_round(at)
        at.later(minutes=15)
        ((_, replies),) = await at.rounds.results("test", at.time)
        await anext(replies)
        assert await at.results() == []
        assert [shown async for shown in replies] == []
        assert await at.parties.next_end("test") is None


async def test_the_opener_or_a_moderator_ends_a_round_sooner(tmp_path: Path) -> None:
    for person in (ANN, MODERATOR):
        async with house(tmp_path / person.id) as at:
            await starred_round(at)
            with pytest.raises(NotYours):
                await at.party("end", BOB)
            at.later(minutes=1)
            reply = only_reply(await at.party("End", person, event="x"))
            assert [picture.id for picture in reply.pictures] == ["cc-1"]
            assert await at.results() == []
            await at.party("boats")
            await at.party("end", person, event="x")
            open_now = await at.parties.at(THREAD, at.time)
            assert open_now, "the end that came again ended another round"
            assert open_now.theme == "boats"


async def test_a_new_round_follows_one_that_is_over_and_both_are_announced(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await starred_round(at)
        at.later(minutes=15)
        assert isinstance(only_reply(await at.party("boats")), Reply)
        assert [reply.mention for _, reply in await at.results()] == [CAT.id]
        at.later(minutes=15)
        assert [reply.title for _, reply in await at.results()] == ["Round: boats"]


async def test_prompts_must_have_the_words_while_the_round_is_open(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.rounds.required(THREAD, "a dog")
        await at.party("castles", words="castle, red flag")
        await at.rounds.required(THREAD, "two CASTLES (with red flags:1.3)")
        await at.rounds.required(THREAD.in_thread("t2"), "a dog")
        with pytest.raises(PartyWords) as refused:
            await at.rounds.required(THREAD, "a flag, red, on a castle")
        assert (refused.value.theme, refused.value.missing) == ("castles", ("red flag",))
        at.later(minutes=15)
        await at.rounds.required(THREAD, "a dog")


@pytest.mark.parametrize(
    ("required", "prompt", "missing"),
    [
        ("fog", "fog", ()),
        ("fog", "foggy frogs", ("fog",)),
        ("Wolves, mouse", "a wolf and mice", ()),
        ("cat, Cat, CAT", "no dogs", ("cat",)),
        ("x-ray", "an X Ray of a hand", ()),
        ("fox's den", "a fox’s den", ()),
        ("狐, 🦊, café", "狐 and 🦊 in a cafe\u0301", ()),
        ("cat", "cat::-1 dog::2", ("cat",)),
        (" , !!, ,", "anything", ()),
        ("number 7", "Number 7.", ()),
        ("7", "77", ("7",)),
    ],
)
def test_whole_words_count_in_any_case_and_number(required: str, prompt: str, missing: tuple[str, ...]) -> None:
    assert required_words.missing(required_words.split(required), prompt) == missing


@given(words=st.lists(st.text(max_size=8), max_size=5), around=st.text(alphabet="ab ,.🦊é'", max_size=20))
def test_a_prompt_that_has_the_words_as_they_were_typed_lacks_none(words: list[str], around: str) -> None:
    plain = ["".join(char for char in word if char.isalnum()) for word in words]
    assert required_words.missing(required_words.split(",".join(plain)), f"{around} . {' . '.join(plain)}") == ()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "in 1 min"), (900, "in 15 min"), (7500, "in 2 h 5 min"), (10_800, "in 3 h"), (604_800, "in 7 days")],
)
def test_an_end_is_as_far_away_as_people_say_it(seconds: float, text: str) -> None:
    assert wording.within(seconds) == text


def test_missing_words_are_named_with_what_to_do_next() -> None:
    text = wording.party_words("castles", ("fog", "red flag"))
    assert "“castles”" in text
    assert "“fog”, “red flag”" in text
    assert "another thread" in text


@given(
    stream=st.lists(
        st.tuples(st.sampled_from([ANN, BOB, CAT, MODERATOR]), st.sampled_from(["aa-1", "aa-2", "bb-1"])), max_size=20
    ),
    late=st.integers(0, 20),
)
@settings(max_examples=12, deadline=None)
def test_a_round_has_the_same_winner_after_a_restart_whatever_is_pressed_later(
    stream: list[tuple[Person, str]], late: int
) -> None:
    async def play(folder: Path, restart: bool) -> str | None:
        async with house(folder) as at:
            await at.party("castles")
            await at.drawn("aa", ANN, pictures=2)
            await at.drawn("bb", BOB)
            for number, (person, picture) in enumerate(stream[late:]):
                await at.star(picture, person, f"press {number}")
            at.later(minutes=15)
            if not restart:
                (party,) = await at.parties.end_due("test", at.time)
                return party.winner
            end = at.time
        async with house(folder) as at:
            at.time = end
            for number, (person, picture) in enumerate(stream):
                await at.star(picture, person, f"late {number}")
            for _ in range(2):
                (party,) = await at.parties.end_due("test", at.time)
            return party.winner

    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        assert asyncio.run(play(Path(one), restart=False)) == asyncio.run(play(Path(other), restart=True))
