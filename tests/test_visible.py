"""What is asked for in private channels stays there; what comes from age-restricted ones is covered elsewhere."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pytest

from bot import events
from bot.buttons import Pick, Star, to_token
from bot.events import Describe, Imagine, Press, Show, Top
from bot.guard import Rules
from bot.ids import picture_id
from bot.place import Person, Place
from bot.replies import Reply, Shown, Whisper
from tests.kit import ANN, BOB, CHANNEL, Kit, final, kit

BOARD = replace(CHANNEL, channel="board")
"""Not everybody may read there."""


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Kit]:
    async with kit(tmp_path, rules=Rules(mature_words=("wine",))) as made:
        yield made


def where(place: Place, person: Person, **more: Any) -> dict[str, Any]:
    return {"event_id": uuid4().hex, "place": place, "person": person} | more


async def drawn(at: Kit, sheltered: Literal["", "channel", "thread"] = "", *, mature: bool = False) -> str:
    about = where(BOARD.in_thread("t"), ANN, sheltered=sheltered, mature=mature)
    return final(await at.replies(Imagine(**about, prompt="a plan"))).key


def said(shown: list[Shown]) -> str:
    return " ".join(each.text for each in shown if isinstance(each, Reply | Whisper))


async def test_a_private_channels_pictures_are_found_there_alone(at: Kit) -> None:
    id = await drawn(at, "channel")
    assert "nothing with the id" in said(await at.show(id, BOB))
    assert "nothing with the id" in said(await at.show(id, BOB, CHANNEL.in_thread("t")))
    assert isinstance((await at.show(id, BOB, BOARD))[0], Reply)
    assert isinstance((await at.show(id, BOB, BOARD.in_thread("other")))[0], Reply)
    assert "nothing with the id" in said(await at.describe(BOB, id=id))


async def test_its_owner_finds_them_everywhere_and_shows_them_to_nobody_by_chance(at: Kit) -> None:
    id = await drawn(at, "channel")
    (shown,) = await at.show(id, ANN)
    assert isinstance(shown, Whisper)
    assert shown.pictures
    (told,) = await at.replies(Describe(**where(CHANNEL, ANN), id=id))
    assert isinstance(told, Whisper)


async def test_people_of_a_private_channel_press_the_buttons_there(at: Kit) -> None:
    id = await drawn(at, "channel")
    token = to_token(Pick(picture_id(id, 2)))
    inside = await at.replies(Press(**where(BOARD.in_thread("t"), BOB, sheltered="channel"), token=token))
    assert "#2" in said(inside)
    assert "nothing with the id" in said(await at.replies(Press(**where(CHANNEL, BOB), token=token)))


async def test_a_private_threads_pictures_stay_in_the_thread(at: Kit) -> None:
    id = await drawn(at, "thread")
    assert "nothing with the id" in said(await at.show(id, BOB, BOARD))
    assert isinstance((await at.show(id, BOB, BOARD.in_thread("t")))[0], Reply)


async def test_the_best_of_a_workspace_are_not_from_private_channels(at: Kit) -> None:
    hidden, open_to_all = await drawn(at, "channel"), await drawn(at)
    for id in (hidden, open_to_all):
        token = to_token(Star(picture_id(id, 1)))
        await at.replies(Press(**where(BOARD.in_thread("t"), BOB, sheltered="channel"), token=token))
    best = said(await at.replies(Top(**where(CHANNEL, ANN), where="workspace")))
    assert open_to_all in best
    assert hidden not in best
    assert hidden in said(await at.replies(Top(**where(BOARD, ANN), where="workspace")))


async def test_what_an_age_restricted_channel_drew_is_covered_elsewhere(at: Kit) -> None:
    id = await drawn(at, mature=True)
    turn = await at.memory.turn(id)
    assert turn
    (own,) = await at.replies(Show(**where(BOARD, BOB, mature=True), id=id))
    (other,) = await at.replies(Show(**where(CHANNEL, BOB), id=id))
    assert isinstance(own, Reply)
    assert isinstance(other, Reply)
    assert {each.spoiler for each in own.pictures} == {False}
    assert {each.spoiler for each in other.pictures} == {True}
    forked, _ = await at.replies(events.Fork(**where(CHANNEL.in_thread("f"), BOB), id=picture_id(id, 1)))
    assert isinstance(forked, Reply)
    assert [each.spoiler for each in forked.pictures] == [True]


async def test_some_words_are_drawn_in_age_restricted_channels_alone(at: Kit) -> None:
    (refused,) = await at.replies(Imagine(**where(CHANNEL.in_thread("t"), ANN), prompt="a glass of Wine"))
    assert "age-restricted" in said([refused])
    assert "“wine”" in said([refused])
    await at.replies(Imagine(**where(CHANNEL.in_thread("t"), ANN, mature=True), prompt="a glass of Wine"))


async def test_a_guest_sees_what_is_kept_to_the_place_where_they_are_and_their_own(at: Kit) -> None:
    guest = replace(BOB, guest=True)
    everybodys, theirs = await drawn(at), await drawn(at, "channel")
    assert "nothing with the id" in said(await at.show(everybodys, guest, BOARD))
    assert isinstance((await at.show(theirs, guest, BOARD))[0], Reply)
    assert "nothing with the id" in said(await at.show(theirs, guest, CHANNEL))
    own = final(await at.replies(Imagine(**where(CHANNEL.in_thread("t"), guest), prompt="a plan"))).key
    assert "nothing with the id" not in said(await at.show(own, guest, BOARD))
    star = Press(**where(BOARD.in_thread("t"), BOB), token=to_token(Star(picture_id(everybodys, 1))))
    await at.replies(star)
    (best,) = await at.replies(Top(**where(BOARD, BOB), where="workspace"))
    assert picture_id(everybodys, 1) in said([best])
    elsewhere = replace(BOARD, channel="elsewhere")
    assert picture_id(everybodys, 1) not in said(await at.replies(Top(**where(elsewhere, guest), where="workspace")))
