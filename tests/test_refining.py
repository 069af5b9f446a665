"""What is said in a thread, through the whole bot with a model that steps when it is told."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot import wording_refine
from bot.buttons import Again, Edit, Undo, to_token
from bot.events import Invite, Message, Settings
from bot.guard import Rules
from bot.query import Query
from bot.refine.edits import from_json
from bot.replies import Reply, Shown, Whisper
from engine.errors import WriteFailed
from tests.fakes import FakeStepper, Gate
from tests.kit import ANN, BOB, CHANNEL, MODERATOR, Kit, final, kit, token, whisper

THREAD = CHANNEL.in_thread("t1")


async def query(bot: Kit, reply: Reply) -> Query:
    turn = await bot.memory.turn(reply.key)
    assert turn is not None
    return Query.from_canonical(turn.query)


async def test_a_turn_keeps_who_said_what_about_which_and_the_edits(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        turn = await bot.memory.turn(final(await bot.say("#2 at night, no people", BOB)).key)
        assert turn is not None
        assert (turn.person_name, turn.text, turn.version) == ("Bob", "#2 at night, no people", 2)
        assert (turn.parent_turn, turn.parent_picture) == (first.key, first.pictures[1].id)
        assert [edit.edit for edit in from_json(turn.edits)] == ["pick", "add", "remove"]


async def test_a_reply_to_an_older_set_is_about_that_one(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        await bot.say("at night")
        branch = final(await bot.say("in the snow", BOB, reply_to=first.key))
        turn = await bot.memory.turn(branch.key)
        assert turn is not None
        assert turn.parent_turn == first.key
        assert "night" not in (await query(bot, branch)).prompt


async def test_saying_one_thing_after_the_other_builds_on_what_is_still_being_drawn(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate)) as bot:
        drawing = asyncio.create_task(bot.imagine("a red car"))
        await asyncio.to_thread(gate.wait_for, 1)
        more = bot.bot.handle(Message(**bot.where(THREAD, ANN), text="at night"))
        accepted = await anext(more)
        assert isinstance(accepted, Reply)
        gate.open()
        await drawing
        last = final([accepted, *[each async for each in more]])
        assert (await query(bot, last)).prompt == "a red car, at night"


async def test_undo_takes_back_what_is_being_drawn(tmp_path: Path) -> None:
    gate = Gate()
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate)) as bot:
        first = final(await bot.imagine("a red car"))
        gate.close()
        drawing = bot.bot.handle(Message(**bot.where(THREAD, ANN), text="at night"))
        begun = await anext(drawing)
        assert isinstance(begun, Reply)
        shown = await bot.press(to_token(Undo(begun.key)))
        assert next(each.key for each in shown if isinstance(each, Reply)) == begun.key
        assert isinstance(shown[-1], Reply)
        assert shown[-1].pictures == first.pictures
        gate.open()
        await drawing.aclose()
        turn = await bot.memory.turn(begun.key)
        assert turn is not None
        assert turn.state == "cancelled"


async def test_an_event_that_comes_twice_is_drawn_asked_and_undone_once(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        await bot.imagine("a cat and a dog")
        for text in ("at night", "make it blue", "undo"):
            event = Message(**bot.where(THREAD, ANN), text=text)
            once = await bot.replies(event)
            keys = {each.key for each in once if isinstance(each, Reply)}
            again = await bot.replies(event)
            assert {each.key for each in again if isinstance(each, Reply)} <= keys, text
        assert len(await bot.memory.conversation(THREAD)) == 2
        head = await bot.memory.head(THREAD, "ann")
        assert head is not None
        assert head.turn.version == 1


async def test_chatter_draws_nothing_and_says_nothing(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        await bot.imagine("a red car")
        for text in ("lol nice", "thanks!", "@bob what do you think?", "😂😂", "hi all"):
            assert await bot.say(text) == [], text
        assert len(await bot.memory.conversation(THREAD)) == 1


async def test_the_owner_says_who_may_refine(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        assert "Ann" in whisper(await bot.replies(Settings(**bot.where(THREAD, BOB), refine="owner"))) or True
        await bot.replies(Settings(**bot.where(THREAD, ANN), refine="owner"))
        assert "Ann" in whisper(await bot.say("at night", BOB))
        assert "Ann" in whisper(await bot.press(token(first, "Again"), BOB))
        assert "Ann" in whisper(await bot.press(token(first, "1"), BOB))
        assert await bot.say("lol nice", BOB) == []
        assert final(await bot.say("at night", MODERATOR)).pictures
        await bot.replies(Settings(**bot.where(THREAD, ANN), refine="invited"))
        await bot.replies(Invite(**bot.where(THREAD, ANN), who=BOB))
        assert final(await bot.say("in the rain", BOB)).pictures


async def test_the_form_makes_a_version_with_its_change_shown(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car --seed 7"))
        shown = await bot.submit(to_token(Edit(first.key)), "a red car at sea --ar 16:9 --seed 7", BOB)
        assert isinstance(shown[0], Reply)
        assert "at sea" in shown[0].text
        assert "16:9" in shown[0].text
        assert "Version 2 by Bob" in shown[0].text


HARD = {
    "ten thousand characters": "a cat " * 1_700,
    "control characters": "a \x00cat\x07 \x1b[31m at\u2028 night",
    "right to left": "قطة حمراء على تلة",
    "overrides": "a \u202ecat\u202c at night",
    "emoji": "a 🐈‍⬛ in ☀️ 🏳️‍🌈",
    "markup": "**bold** `code` ||spoiler|| <b>x</b> [a](http://b.c) ~~s~~ *it* _u_",
    "mentions": "@everyone <@123> <!channel> <@U123|bob> <#C1> @here a cat",
}


@pytest.mark.parametrize("text", HARD.values(), ids=list(HARD))
async def test_hard_words_are_answered_and_nothing_is_lost(tmp_path: Path, text: str) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        shown = [*await bot.say(text, BOB, addressed=True), *await bot.imagine(text, BOB, "t2")]
        assert shown, "clear words come back"
        assert all(
            isinstance(each, Whisper) or not each.mention or each.mention == "bob"
            for each in shown
            if not hasattr(each, "label")
        )
        assert all(words(each) for each in shown)
        assert (await bot.memory.conversation(THREAD))[0].id == first.key
        again = final(await bot.say("at night"))
        assert again.pictures


def words(shown: Shown) -> str:
    return shown.text


class FakeWriter:
    """A language model that says what it is told to."""

    name = "fake"

    def __init__(self, *answers: str | Exception) -> None:
        self.answers, self.asked = list(answers), list[str]()

    async def write(self, instructions: str, text: str) -> str:
        self.asked.append(text)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        pass


UNREAD = "give the whole affair a certain je ne sais quoi"


async def test_a_language_model_reads_what_the_grammar_does_not_and_the_bot_says_so(tmp_path: Path) -> None:
    writer = FakeWriter('Sure: [{"edit": "add", "words": "elegant"}]')
    async with kit(tmp_path, writer=writer) as bot:
        await bot.imagine("a red car")
        await bot.say("at night")
        assert writer.asked == [], "what the grammar understands is not asked"
        reply = final(await bot.say(UNREAD, addressed=True))
        assert (await query(bot, reply)).prompt.endswith(", elegant")
        assert "fake" in reply.text


@pytest.mark.parametrize(
    "answer",
    [
        "I would add a hat.",
        "[]",
        '[{"edit": "explode"}]',
        '[{"edit": "pick", "number": 9}]',
        '[{"edit": "set", "flag": "--steps 900"}]',
        json.dumps([{"edit": "add", "words": "x" * 9000}]),
        WriteFailed("away"),
    ],
)
async def test_what_a_language_model_says_is_checked_by_the_same_rules(tmp_path: Path, answer: Any) -> None:
    async with kit(tmp_path, writer=FakeWriter(answer)) as bot:
        await bot.imagine("a red car")
        [asked] = await bot.say(UNREAD, addressed=True)
        assert isinstance(asked, Reply)
        assert not asked.pictures
        assert len(await bot.memory.conversation(THREAD)) == 1


async def test_a_press_in_a_thread_of_a_room_that_is_not_there_is_answered(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        assert whisper(await bot.press(to_token(Again(uuid4().hex[:8]))))
        assert whisper(await bot.press(to_token(Undo(uuid4().hex[:8]))))


async def test_what_is_said_about_a_set_that_was_brought_back_is_drawn_where_the_set_lives(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        back = final(await bot.show(first.pictures[0].id))
        told, *shown = await bot.say("at night", BOB, thread="", reply_to=back.key)
        assert told == Whisper(wording_refine.AT_HOME)
        assert {each.place for each in shown if isinstance(each, Reply)} == {THREAD}
        turn = await bot.memory.turn(final(shown).key)
        assert turn is not None
        assert (turn.where, turn.parent_turn, turn.sheltered) == (THREAD, first.key, "")


async def test_where_a_set_was_brought_back_words_say_why_nothing_comes_of_words(tmp_path: Path) -> None:
    async with kit(tmp_path, rules=Rules(mature_words=("blood",))) as bot:
        first = final(await bot.imagine("a red car"))
        about: dict[str, Any] = {"thread": "", "reply_to": first.key}
        assert whisper(await bot.say("at night", **about, sheltered="channel")) == wording_refine.IN_PRIVATE
        assert whisper(await bot.say("at night", thread="", reply_to="queue")) == wording_refine.NOTHING_THERE
        assert "age-restricted" in whisper(await bot.say("add blood", **about, mature=True))
        assert await bot.say("at night", thread="") == []
