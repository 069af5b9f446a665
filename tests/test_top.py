from pathlib import Path

from bot import wording_together as wording
from bot.place import Place
from bot.replies import Whisper
from tests.together import ANN, BOB, CAT, CHANNEL, House, house, only_reply, only_whisper


async def stars(at: House, *pictures: str) -> None:
    for picture in pictures:
        await at.star(picture, BOB)


async def test_the_best_of_the_thread_come_first_with_stars_words_and_ids(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN, pictures=2)
        await at.drawn("bb", CAT)
        await stars(at, "aa-2", "bb-1")
        await at.star("bb-1", ANN)
        reply = only_reply(await at.top())
        assert [(picture.id, picture.stars) for picture in reply.pictures] == [("bb-1", 2), ("aa-2", 1)]
        assert reply.text.splitlines() == [
            "The best of this thread:",
            "1. 2 stars · a bb · for Cat · bb-1",
            "2. 1 star · a aa · for Ann · aa-2",
            wording.RULE,
        ]


async def test_thread_channel_and_workspace_reach_as_far_as_they_say(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        other = Place("test", "elsewhere", "general", "t1")
        await at.drawn("aa")
        await at.drawn("bb", place=CHANNEL.in_thread("t2"))
        await at.drawn("cc", place=Place("test", "local", "art", "t3"))
        await at.drawn("dd", place=other)
        await stars(at, "aa-1", "bb-1", "cc-1")
        await at.star("dd-1", BOB, place=other)
        seen = {
            said: [picture.id for picture in only_reply(await at.top(said)).pictures]
            for said in ("", "thread", "channel", "workspace")
        }
        assert seen == {
            "": ["aa-1"],
            "thread": ["aa-1"],
            "channel": ["aa-1", "bb-1"],
            "workspace": ["aa-1", "bb-1", "cc-1"],
        }
        in_channel = only_reply(await at.top(place=CHANNEL))
        assert [picture.id for picture in in_channel.pictures] == ["aa-1", "bb-1"]


async def test_private_pictures_are_not_shown_even_to_their_owner(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", ANN, private=True)
        await at.votes.toggle("test", "x", "aa-1", "bob", at.time)
        assert only_whisper(await at.top("workspace", person=ANN)) == wording.nothing_starred("workspace")


async def test_deleted_pictures_are_not_shown(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa")
        await at.drawn("bb")
        await stars(at, "aa-1", "bb-1")
        await at.memory.delete_turn("aa", "Deleted.")
        assert [picture.id for picture in only_reply(await at.top()).pictures] == ["bb-1"]


async def test_ten_are_the_most(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa", pictures=10)
        await at.drawn("bb", pictures=2)
        await stars(at, *(f"aa-{number}" for number in range(1, 11)), "bb-1", "bb-2")
        reply = only_reply(await at.top())
        assert [picture.id for picture in reply.pictures] == [f"aa-{number}" for number in range(1, 11)]


async def test_nothing_starred_and_no_thread_are_said_with_what_to_do(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        assert only_whisper(await at.top()) == wording.nothing_starred("thread")
        assert only_whisper(await at.top(place=CHANNEL)) == wording.nothing_starred("channel")
        assert only_whisper(await at.top("thread", place=CHANNEL)) == wording.no_thread_here()


async def test_where_people_from_elsewhere_may_be_the_workspaces_best_are_for_the_asker_alone(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.drawn("aa")
        await stars(at, "aa-1")
        (shown,) = await at.top("workspace", sheltered="channel")
        assert isinstance(shown, Whisper)
        assert [picture.id for picture in shown.pictures] == ["aa-1"]
        assert [picture.id for picture in only_reply(await at.top("thread", sheltered="channel")).pictures] == ["aa-1"]
