"""Whole conversations on the shipped model at few steps."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import torch

from bot.buttons import Choose, Decide, Fork, Pick, Star, Undo, Unset, to_token
from bot.events import Fork as ForkCommand
from bot.events import Party, Top, Tree
from bot.query import Query
from bot.replies import Reply, Shown, Whisper
from engine.models import clip, loading
from engine.reader import ClipModel
from engine.stepper import Stepper, Whole
from tests.kit import ANN, BOB, CHANNEL, MODERATOR, Kit, final, kit


def open_model(name: str) -> Stepper | Whole:
    torch.set_num_threads(1)
    return loading.stepper(loading.load(name, folder=Path("models")), None)


def open_clip() -> ClipModel:
    return clip.Clip(clip.POCKET, name="pocket")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Kit]:
    async with kit(tmp_path, open_model, open_clip, model="pocket") as room:
        yield room


async def query(room: Kit, reply: Reply) -> Query:
    turn = await room.memory.turn(reply.key)
    assert turn is not None
    return Query.from_canonical(turn.query)


def lines(shown: list[Shown]) -> str:
    return "\n".join(each.text for each in shown if isinstance(each, Reply | Whisper))


async def test_two_people_find_a_picture(room: Kit) -> None:
    first = final(await room.imagine("a red car on a hill --steps 3 --seed 7"))
    assert len(first.pictures) == 4

    # "make it blue": the car is what it is about, and its colour gives way.
    shown = await room.say("make it blue", BOB)
    blue = final(shown)
    asked = await query(room, blue)
    assert asked.prompt == "a blue car on a hill"
    assert asked.steps == 3
    assert asked.seed != 7
    assert isinstance(shown[0], Reply)
    assert "red" in shown[0].text, "the change stands there before anything is drawn"
    assert "Bob" in shown[0].text
    assert {"Undo", "Edit", "Stop"} <= {button.label for button in shown[0].buttons}

    # "#2 at night": the second picture is where the next ones start.
    night = final(await room.say("#2 at night", ANN))
    asked = await query(room, night)
    assert asked.start == blue.pictures[1].id
    assert asked.strength == 0.75
    assert asked.prompt == "a blue car on a hill, at night"
    assert any("0.75" in chip.label for chip in night.chips)

    # Undo, and the words are those of before, byte by byte.
    [back] = await room.say("undo", ANN)
    assert isinstance(back, Reply)
    assert back.pictures == blue.pictures
    again = final(await room.say("again", ANN))
    assert (await query(room, again)).canonical() == (await query(room, blue)).canonical().replace(
        f'"seed":{(await query(room, blue)).seed}', f'"seed":{(await query(room, again)).seed}'
    )

    # A chip that is taken away is a turn of its own.
    chip = next(chip for chip in again.chips if isinstance(chip.action, Unset) and chip.action.setting == "steps")
    assert (await query(room, final(await room.press(to_token(chip.action), BOB)))).steps != 3

    tree = final(await room.replies(Tree(**room.where(CHANNEL.in_thread("t1"), ANN))))
    assert tree.charts[0].alt.startswith("A tree of pictures")
    assert "at night" in tree.text
    assert (await room.files.get(tree.charts[0].file)).startswith(b"\x89PNG")


async def test_a_question_is_asked_and_answered_by_button_and_in_words(room: Kit) -> None:
    await room.imagine("a cat and a dog --steps 2")
    for answer_by_word in (True, False):
        [question] = await room.say("make it blue", ANN)
        assert isinstance(question, Reply)
        labels = [button.label for button in question.buttons]
        assert len(labels) >= 2
        assert {type(button.action) for button in question.buttons} == {Choose}
        dog = next(button for button in question.buttons if "dog" in button.label)
        shown = await (room.say(dog.label, ANN) if answer_by_word else room.press(to_token(dog.action), BOB))
        closed = next(each for each in shown if isinstance(each, Reply) and each.key == question.key)
        assert closed.buttons == ()
        drawn = [each for each in shown if isinstance(each, Reply) and each.final and each.pictures]
        assert (await query(room, drawn[0])).prompt == "a cat and a blue dog"
        assert "closed" in lines(await room.press(to_token(dog.action), BOB))
        await room.say("undo", ANN)


async def test_a_fork_keeps_the_credit_and_the_link_on_both_sides(room: Kit) -> None:
    first = final(await room.imagine("a house --steps 2 --n 2"))
    event = ForkCommand(**room.where(CHANNEL.in_thread("t9"), BOB), id=first.pictures[1].id)
    shown = [each for each in await room.replies(event) if isinstance(each, Reply)]
    new = next(each for each in shown if each.pictures)
    there = next(each for each in shown if each is not new)
    assert "Ann" in new.text
    assert [link.place for link in new.links] == [CHANNEL.in_thread("t1")]
    assert there.place == CHANNEL.in_thread("t1")
    assert [link.place for link in there.links] == [CHANNEL.in_thread("t9")]
    assert "Bob" in there.text
    next_one = final(await room.say("at night", BOB, "t9"))
    assert (await query(room, next_one)).prompt == "a house, at night"
    assert (await query(room, final(await room.say("add a tree next to it", ANN, "t1")))).prompt.startswith("a house")


async def test_votes_decide_and_a_party_has_a_winner(room: Kit, tmp_path: Path) -> None:
    place = CHANNEL.in_thread("p1")
    opening = await room.replies(Party(**room.where(place, ANN), theme="red things", minutes=10, words="red"))
    assert "red" in lines(opening)
    assert "red" in lines(await room.imagine("a blue car --steps 2", ANN, "p1"))
    mine = final(await room.imagine("a red car --steps 2", ANN, "p1"))
    theirs = final(await room.imagine("a red house --steps 2", BOB, "p1"))
    assert "yours" in lines(await room.press(to_token(Star(mine.pictures[0].id)), ANN, "p1"))
    await room.press(to_token(Star(theirs.pictures[2].id)), ANN, "p1")
    starred = await room.press(to_token(Star(theirs.pictures[2].id)), MODERATOR, "p1")
    shown = next(each for each in starred if isinstance(each, Reply))
    assert [picture.stars for picture in shown.pictures] == [0, 0, 2, 0]
    top = final(await room.replies(Top(**room.where(place, BOB))))
    assert [picture.id for picture in top.pictures] == [theirs.pictures[2].id]
    await room.press(to_token(Decide(mine.key)), BOB, "p1")
    darker = final(await room.say("darker", BOB, "p1"))
    assert (await query(room, darker)).start == theirs.pictures[2].id
    [(where, replies)] = await room.parties_due(datetime.now(UTC) + timedelta(minutes=11))
    [end] = [each async for each in replies]
    assert where == place
    assert isinstance(end, Reply)
    assert end.pictures[0].id == theirs.pictures[2].id
    assert end.mention == "bob"
    assert await room.parties_due(datetime.now(UTC) + timedelta(minutes=12)) == []


async def test_two_refine_at_the_same_moment_and_make_two_branches(room: Kit) -> None:
    first = final(await room.imagine("a tree --steps 2 --n 1"))
    drawn = await asyncio.gather(room.say("at night", ANN), room.say("add a house next to it", BOB))
    turns = [await room.memory.turn(final(each).key) for each in drawn]
    assert [turn and turn.parent_turn for turn in turns] == [first.key, first.key]
    assert sorted(turn.version for turn in turns if turn) == [2, 3]


async def test_a_press_of_undo_on_a_turn_goes_back_to_what_it_came_from(room: Kit) -> None:
    first = final(await room.imagine("a heart --steps 2 --n 2"))
    picked = await room.press(to_token(Pick(first.pictures[0].id)), BOB)
    assert isinstance(picked[-1], Whisper)
    second = final(await room.say("bigger", BOB))
    assert (await query(room, second)).start == first.pictures[0].id
    shown = await room.press(to_token(Undo(second.key)), ANN)
    assert isinstance(shown[-1], Reply)
    assert shown[-1].pictures == first.pictures
    head = await room.memory.head(CHANNEL.in_thread("t1"), "bob")
    assert head is not None
    assert (head.turn.id, head.picture) == (first.key, None)
    assert any(isinstance(button.action, Fork) for button in first.buttons)
