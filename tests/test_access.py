from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pytest

from bot import wording_people
from bot.access import Access
from bot.errors import MayNotRefine
from bot.events import Info, Invite, Settings
from bot.memory.memory import Memory
from bot.memory.people import People
from bot.memory.tables import Party
from bot.place import Person, Place
from bot.replies import Reply, Shown, Whisper
from tests.kit import ANN, BOB, CHANNEL, MODERATOR
from tests.test_memory import turn

THREAD = CHANNEL.in_thread("1")
EVE = Person("eve", "Eve")

_event = count()


class Door:
    """Access over a real memory, with short ways to speak to it."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.access = Access(People(memory._database))

    async def said(self, event: Settings | Invite) -> list[Shown]:
        return [shown async for shown in self.access.handle(event)]

    async def set(
        self, refine: str = "", person: Person = ANN, place: Place = THREAD, event_id: str = ""
    ) -> list[Shown]:
        where: dict[str, Any] = {"event_id": event_id or str(next(_event)), "place": place, "person": person}
        return await self.said(Settings(**where, refine=refine))

    async def invite(self, who: Person, person: Person = ANN, away: bool = False, place: Place = THREAD) -> list[Shown]:
        return await self.said(Invite(event_id=str(next(_event)), place=place, person=person, who=who, away=away))

    async def may(self, person: Person, place: Place = THREAD) -> bool:
        try:
            await self.access.check(Info(event_id="e", place=place, person=person), place)
        except MayNotRefine:
            return False
        return True


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    memory = await Memory.open(f"sqlite:///{tmp_path}/a.sqlite")
    await memory.begin(CHANNEL.platform, "first", [turn(THREAD, "ann")])
    await memory.begin(CHANNEL.platform, "second", [turn(THREAD, "bob")])
    yield Door(memory)
    await memory.close()


def text(shown: list[Shown], kind: type[Reply] | type[Whisper]) -> str:
    [one] = shown
    assert isinstance(one, kind)
    return one.text


async def test_everyone_may_refine_until_somebody_says_otherwise(door: Door) -> None:
    assert [await door.may(each) for each in (ANN, BOB, EVE, MODERATOR)] == [True] * 4
    assert "Everyone" in text(await door.set(), Whisper)


@pytest.mark.parametrize(("mode", "bob"), [("everyone", True), ("invited", True), ("owner", False)])
async def test_who_may_refine(door: Door, mode: str, bob: bool) -> None:
    await door.invite(BOB)
    assert "Ann" in text(await door.set(mode), Reply)
    assert [await door.may(each) for each in (ANN, BOB, EVE, MODERATOR)] == [True, bob, mode == "everyone", True]
    assert await door.may(EVE, CHANNEL), "in the channel around it, everybody"
    assert await door.may(EVE, CHANNEL.in_thread("2")), "in another thread, everybody"


async def test_an_invitation_can_be_taken_back(door: Door) -> None:
    await door.set("invited")
    assert not await door.may(BOB)
    [reply] = await door.invite(BOB)
    assert isinstance(reply, Reply)
    assert (reply.mention, "Bob" in reply.text) == ("bob", True)
    assert "1 person" in text(await door.set(), Whisper)
    assert await door.may(BOB)
    assert "Bob" in text(await door.invite(BOB, away=True), Reply)
    assert not await door.may(BOB)


async def test_an_invitation_says_when_it_counts(door: Door) -> None:
    assert "/settings invited" in text(await door.invite(BOB), Reply)
    await door.set("invited")
    assert "/settings" not in text(await door.invite(EVE), Reply)


async def test_only_the_owner_and_moderators_change_it(door: Door) -> None:
    assert "Ann" in text(await door.set("owner", BOB), Whisper)
    assert "Ann" in text(await door.invite(EVE, BOB), Whisper)
    assert await door.may(EVE)
    assert text(await door.set("owner", MODERATOR), Reply)
    assert not await door.may(BOB)
    assert "Ann" in text(await door.set("", BOB), Whisper), "everybody may ask how it stands"


async def test_a_change_that_is_delivered_again_changes_nothing(door: Door) -> None:
    await door.set("owner", event_id="e1")
    await door.set("everyone", event_id="e2")
    assert await door.set("owner", event_id="e1") == []
    assert await door.may(BOB)


async def test_in_a_channel_it_says_where_it_works(door: Door) -> None:
    assert "thread" in text(await door.set("owner", place=CHANNEL), Whisper)
    assert "thread" in text(await door.invite(BOB, place=CHANNEL), Whisper)


async def test_the_owner_needs_no_invitation(door: Door) -> None:
    assert "Ann" in text(await door.invite(ANN, MODERATOR), Whisper)


async def test_a_place_where_nothing_began_has_no_owner(door: Door) -> None:
    nowhere = CHANNEL.in_thread("nowhere")
    assert text(await door.set("owner", ANN, nowhere), Whisper)
    assert await door.may(EVE, nowhere)
    assert text(await door.set("owner", MODERATOR, nowhere), Reply)
    assert not await door.may(EVE, nowhere)


async def test_who_opened_a_party_owns_its_thread(door: Door) -> None:
    place, now = CHANNEL.in_thread("party"), datetime(2025, 1, 1, tzinfo=UTC)
    party = Party(
        id="p1", event_id="p", platform=place.platform, place=str(place), workspace=place.workspace, person_id="eve",
        person_name="Eve", theme="red", words="[]", created_at=now, ends_at=now + timedelta(hours=1),
    )  # fmt: skip
    await door.memory.add_upload(party)  # type: ignore[arg-type]  # any row
    await door.memory.begin(place.platform, "third", [turn(place, "bob")])
    assert text(await door.set("owner", EVE, place), Reply)
    assert [await door.may(each, place) for each in (EVE, BOB)] == [True, False]


@pytest.mark.parametrize("access", ["invited", "owner"])
def test_who_may_not_is_told_what_to_do_instead(access: Literal["invited", "owner"]) -> None:
    for owner in ("Ann", ""):
        words = wording_people.apology(MayNotRefine(access, owner))
        assert "new thread" in words
        assert owner in words
