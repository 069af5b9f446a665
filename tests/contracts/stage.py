"""What every Stage promises (adapters/relay.py). A platform's tests give a theatre and inherit these."""

from dataclasses import dataclass, replace
from typing import Protocol

import pytest

from adapters.relay import Stage
from bot.buttons import Edit
from bot.events import AnyEvent, Describe, Help, Imagine, Message, Press
from bot.place import Person, Place
from bot.replies import Form, Reply, Whisper

ANN, BOB = Person("ann", "Ann"), Person("bob", "Bob")


@dataclass(frozen=True)
class Seen:
    """A message of the bot's, as people see it on the platform."""

    text: str
    final: bool


class Theatre(Protocol):
    """One platform, with Ann and Bob in its channel."""

    channel: Place

    def stage(self, event: AnyEvent) -> Stage:
        """The stage for an event."""
        ...

    def stage_for(self, place: Place) -> Stage:
        """The stage of a stored place."""
        ...

    async def seen(self, place: Place) -> list[Seen]:
        """The bot's messages that everybody sees in a place, in their order."""
        ...

    async def whispers(self, person: Person) -> list[str]:
        """The texts that only this person sees."""
        ...

    async def forms(self, person: Person) -> list[str]:
        """The titles of the forms that this person was shown."""
        ...


class StageContract:
    """Inherit, and give a fixture `theatre`."""

    @pytest.fixture
    def imagine(self, theatre: Theatre) -> Imagine:
        return Imagine(event_id="ann.event-0001", place=theatre.channel, person=ANN, prompt="a red car")

    async def test_an_imagine_in_a_channel_opens_one_thread(self, theatre: Theatre, imagine: Imagine) -> None:
        stage = theatre.stage(imagine)
        place = await stage.open()
        assert place.thread
        assert place.in_thread("") == theatre.channel
        assert await stage.open() == place
        assert await theatre.stage(imagine).open() == place, "the same event again opens no second thread"

    async def test_in_a_thread_the_conversation_stays(self, theatre: Theatre, imagine: Imagine) -> None:
        place = await theatre.stage(imagine).open()
        inside = replace(imagine, event_id="ann.event-0002", place=place)
        assert await theatre.stage(inside).open() == place
        words = Message(event_id="bob.event-0003", place=place, person=BOB, text="darker")
        assert await theatre.stage(words).open() == place

    async def test_other_commands_open_nothing(self, theatre: Theatre) -> None:
        event = Describe(event_id="ann.event-0004", place=theatre.channel, person=ANN)
        assert await theatre.stage(event).open() == theatre.channel

    async def test_the_newest_reply_replaces_and_the_final_one_stays(self, theatre: Theatre, imagine: Imagine) -> None:
        stage = theatre.stage(imagine)
        place = await stage.open()
        await stage.show(Reply(key="t1", text="in line", final=False))
        await stage.show(Reply(key="t1", text="drawing", final=False))
        assert await theatre.seen(place) == [Seen("drawing", final=False)]
        await stage.show(Reply(key="t1", text="done"))
        await stage.show(Reply(key="t2", text="another", final=False))
        assert await theatre.seen(place) == [Seen("done", final=True), Seen("another", final=False)]

    async def test_what_was_under_way_comes_too_late_after_the_end(self, theatre: Theatre, imagine: Imagine) -> None:
        stage = theatre.stage(imagine)
        place = await stage.open()
        await stage.show(Reply(key="t1", text="stopped"))
        await stage.show(Reply(key="t1", text="drawing", final=False))
        assert await theatre.seen(place) == [Seen("stopped", final=True)]

    async def test_showing_again_changes_nothing(self, theatre: Theatre, imagine: Imagine) -> None:
        stage = theatre.stage(imagine)
        place = await stage.open()
        for _ in range(2):
            await stage.show(Reply(key="t1", text="done", mention=ANN.id))
        assert await theatre.seen(place) == [Seen("done", final=True)]

    async def test_a_late_reply_keeps_its_position(self, theatre: Theatre, imagine: Imagine) -> None:
        stage = theatre.stage(imagine)
        place = await stage.open()
        await stage.show(Reply(key="t1", text="first", final=False))
        await stage.show(Reply(key="t2", text="second"))
        await stage.show(Reply(key="t1", text="first, done"))
        assert [seen.text for seen in await theatre.seen(place)] == ["first, done", "second"]

    async def test_a_stored_place_goes_on_where_the_event_was(self, theatre: Theatre, imagine: Imagine) -> None:
        stage = theatre.stage(imagine)
        place = await stage.open()
        await stage.show(Reply(key="t1", text="in line", final=False))
        again = theatre.stage_for(Place.parse(str(place)))
        assert await again.open() == place
        await again.show(Reply(key="t1", text="done"))
        assert await theatre.seen(place) == [Seen("done", final=True)]

    async def test_whispers_and_forms_are_for_the_person_alone(self, theatre: Theatre) -> None:
        stage = theatre.stage(Help(event_id="ann.event-0005", place=theatre.channel, person=ANN))
        place = await stage.open()
        await stage.show(Whisper("for Ann"))
        pressed = theatre.stage(Press(event_id="bob.event-0006", place=theatre.channel, person=BOB, token="s1~edit~t1"))
        await pressed.show(Form(title="Edit the prompt", label="Prompt", text="a car", action=Edit("t1")))
        assert await theatre.whispers(ANN) == ["for Ann"]
        assert await theatre.whispers(BOB) == []
        assert await theatre.forms(BOB) == ["Edit the prompt"]
        assert await theatre.forms(ANN) == []
        assert await theatre.seen(place) == []

    async def test_a_stored_place_leaves_whispers_and_forms_out(self, theatre: Theatre, imagine: Imagine) -> None:
        place = await theatre.stage(imagine).open()
        stage = theatre.stage_for(place)
        await stage.show(Whisper("to nobody"))
        await stage.show(Form(title="nobody's", label="", text="", action=Edit("t1")))
        for person in (ANN, BOB):
            assert await theatre.whispers(person) == []
            assert await theatre.forms(person) == []
        assert await theatre.seen(place) == []
