"""The console's stage keeps the contract of Stage."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.console.render import Json
from adapters.console.room import Listener, Room
from adapters.console.stage import Asked, ConsoleStage
from bot.buttons import Fork, to_token
from bot.events import AnyEvent, Describe, Help, Press
from bot.place import Person, Place
from bot.replies import Link, Preview, Progress, Reply, Whisper
from tests.contracts.stage import ANN, BOB, Seen, StageContract
from tests.scripted_bot import encode, pixels

CHANNEL = Place("console", "local", "general")


class ConsoleTheatre:
    """Ann's page and Bob's, as listeners."""

    channel = CHANNEL

    def __init__(self, room: Room, ann: Listener, bob: Listener) -> None:
        self.room = room
        self._listeners = {ANN: ann, BOB: bob}
        self._heard: dict[Person, list[Json]] = {ANN: [], BOB: []}

    def stage(self, event: AnyEvent) -> ConsoleStage:
        return ConsoleStage(self.room, encode, event.place, Asked(event, "what was typed"))

    def stage_for(self, place: Place) -> ConsoleStage:
        return ConsoleStage.for_place(self.room, encode, place)

    async def heard(self, person: Person) -> list[Json]:
        """All frames that this person's page was sent."""
        self.room.tell({"type": "mark"}, person.id)
        while (frame := await self._listeners[person].next()) and frame["type"] != "mark":
            self._heard[person].append(frame)
        return self._heard[person]

    async def entries(self, place: Place, kind: str) -> list[Json]:
        """What stands in a place, on Bob's page."""
        newest: dict[str, Json] = {}
        for frame in await self.heard(BOB):
            if frame["type"] == "entry" and (frame["channel"], frame["thread"]) == (place.channel, place.thread):
                newest[f"{frame['kind']} {frame['key']}"] = frame
        return sorted((one for one in newest.values() if one["kind"] == kind), key=lambda one: one["position"])

    async def seen(self, place: Place) -> list[Seen]:
        return [self._seen(place, one) for one in await self.entries(place, "reply")]

    @staticmethod
    def _seen(place: Place, entry: Json) -> Seen:
        links = [
            Link(one["label"], replace(place, channel=one["channel"], thread=one["thread"])) for one in entry["links"]
        ]
        return Seen(
            entry["text"],
            entry["final"],
            chips=tuple(one["label"] for one in entry["chips"]),
            charts=tuple(one["alt"] for one in entry["charts"]),
            links=tuple(links),
            stars=tuple(one["stars"] for one in entry["pictures"]),
        )

    async def keep(self, file: str, data: bytes) -> None:
        """The page fetches pictures by their URLs."""

    async def whispers(self, person: Person) -> list[str]:
        return [frame["text"] for frame in await self.heard(person) if frame["type"] == "whisper"]

    async def forms(self, person: Person) -> list[str]:
        return [frame["title"] for frame in await self.heard(person) if frame["type"] == "form"]


@pytest.fixture
async def theatre(tmp_path: Path) -> AsyncIterator[ConsoleTheatre]:
    room = await Room.open(f"sqlite+aiosqlite:///{tmp_path / 'room.db'}")
    ann, bob = [await room.join(person.id, since=0) for person in (ANN, BOB)]
    for person in (ANN, BOB):
        await room.rename(person.id, person.name)
    yield ConsoleTheatre(room, ann, bob)
    await room.close()


class TestConsoleStage(StageContract):
    """All of the contract."""


async def test_the_root_is_what_was_typed(theatre: ConsoleTheatre) -> None:
    event = Describe(event_id="ann.event-0001", place=CHANNEL, person=ANN)
    stage = theatre.stage(event)
    await stage.open()
    assert await theatre.entries(CHANNEL, "said") == [], "a command is seen when it is answered in public"
    await stage.show(Reply(key="a", text="a disc"))
    said = await theatre.entries(CHANNEL, "said")
    assert [(one["text"], one["person"]["name"]) for one in said] == [("what was typed", "Ann")]


async def test_what_is_whispered_leaves_the_room_as_it_is(theatre: ConsoleTheatre) -> None:
    stage = theatre.stage(Help(event_id="ann.event-0001", place=CHANNEL, person=ANN))
    await stage.open()
    assert not stage.taken.is_set()
    await stage.show(Whisper("help"))
    assert stage.taken.is_set()
    assert await theatre.entries(CHANNEL, "said") == []


async def test_previews_are_pictures_in_the_frame(theatre: ConsoleTheatre) -> None:
    preview = Preview(pixels(1, 8), "unfinished", 128, 96)
    stage = theatre.stage_for(CHANNEL.in_thread("t"))
    await stage.show(Reply(key="t1", text="", previews=(preview,), progress=Progress(0.25), final=False))
    [entry] = await theatre.entries(CHANNEL.in_thread("t"), "reply")
    assert entry["progress"] == 0.25
    [shown] = entry["previews"]
    assert shown["url"].startswith("data:image/png;base64,")
    assert (shown["alt"], shown["width"], shown["height"]) == ("unfinished", 128, 96)


async def test_a_pressed_fork_reads_as_the_command_that_does_the_same(theatre: ConsoleTheatre) -> None:
    inside = CHANNEL.in_thread("root")
    press = Press(event_id="bob.event-0001", place=inside, person=BOB, token=to_token(Fork("p2")))
    await ConsoleStage(theatre.room, encode, inside, Asked(press)).open()
    [root] = await theatre.entries(CHANNEL, "said")
    assert (root["text"], root["key"], root["opens"]) == ("/fork p2", "bob.event-0001", True)
