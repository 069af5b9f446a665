"""What every Stage promises (adapters/relay.py). A platform's tests give a theatre and inherit these."""

from dataclasses import dataclass, replace
from typing import Protocol

import pytest

from adapters.relay import Stage
from bot.buttons import Edit, Star, Unset, to_token
from bot.buttons import Fork as ForkAction
from bot.events import AnyEvent, Describe, Fork, Help, Imagine, Message, Party, Press, Tree
from bot.place import Person, Place
from bot.replies import Button, Chart, Form, Link, Picture, Reply, Whisper
from tests.scripted_bot import pixels, png

ANN, BOB = Person("ann", "Ann"), Person("bob", "Bob")


@dataclass(frozen=True)
class Seen:
    """A message of the bot's, as people see it on the platform."""

    text: str
    final: bool
    chips: tuple[str, ...] = ()
    """Their labels."""
    charts: tuple[str, ...] = ()
    """Their alternative texts."""
    links: tuple[Link, ...] = ()
    stars: tuple[int, ...] = ()
    """Of each picture, as people see them beside it."""


class Theatre(Protocol):
    """One platform, with Ann and Bob in its channel."""

    channel: Place

    def stage(self, event: AnyEvent) -> Stage:
        """The stage for an event."""
        ...

    def stage_for(self, place: Place) -> Stage:
        """The stage of a stored place."""
        ...

    async def keep(self, file: str, data: bytes) -> None:
        """Put a file into the store that the platform takes pictures from."""
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

    async def test_a_party_in_a_channel_opens_one_thread(self, theatre: Theatre) -> None:
        party = Party(event_id="ann.event-0007", place=theatre.channel, person=ANN, theme="red things")
        place = await theatre.stage(party).open()
        assert place.thread
        assert place.in_thread("") == theatre.channel
        assert await theatre.stage(party).open() == place
        inside = replace(party, event_id="ann.event-0008", place=place)
        assert await theatre.stage(inside).open() == place, "in a thread the party is there"

    @pytest.mark.parametrize("pressed", [False, True])
    async def test_a_fork_opens_a_new_thread_even_from_inside_one(
        self, theatre: Theatre, imagine: Imagine, pressed: bool
    ) -> None:
        inside = await theatre.stage(imagine).open()
        opened = set()
        for number, place in enumerate((inside, inside, theatre.channel)):
            event: AnyEvent = Fork(event_id=f"bob.event-001{number}", place=place, person=BOB, id="p1")
            if pressed:
                event = Press(event_id=event.event_id, place=place, person=BOB, token=to_token(ForkAction("p1")))
            stage = theatre.stage(event)
            fork = await stage.open()
            assert fork.thread
            assert fork.in_thread("") == theatre.channel
            assert await stage.open() == fork
            assert await theatre.stage(event).open() == fork, "the same event again opens no second thread"
            await stage.show(Reply(key=f"t{number}", text="from here on"))
            assert await theatre.seen(fork) == [Seen("from here on", final=True)]
            opened.add(fork)
        assert len(opened | {inside}) == 4
        assert await theatre.seen(inside) == []

    async def test_other_buttons_open_nothing(self, theatre: Theatre) -> None:
        for token in (to_token(Star("p1")), "of another time"):
            event = Press(event_id="bob.event-0020", place=theatre.channel, person=BOB, token=token)
            assert await theatre.stage(event).open() == theatre.channel

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

    async def test_a_reply_is_shown_in_another_place(self, theatre: Theatre, imagine: Imagine) -> None:
        first = await theatre.stage(imagine).open()
        stage = theatre.stage(replace(imagine, event_id="ann.event-0030"))
        second = await stage.open()
        await stage.show(Reply(key="t1", text="there", place=first))
        await stage.show(Reply(key="t2", text="here"))
        assert await theatre.seen(first) == [Seen("there", final=True)]
        assert await theatre.seen(second) == [Seen("here", final=True)]
        for _ in range(2):
            await theatre.stage_for(second).show(Reply(key="t1", text="there, again", place=first))
        assert await theatre.seen(first) == [Seen("there, again", final=True)]

    async def test_chips_are_shown_and_go(self, theatre: Theatre, imagine: Imagine) -> None:
        stage = theatre.stage(imagine)
        place = await stage.open()
        chips = (Button("16:9", Unset("t1", "width")), Button("seed 42", Unset("t1", "seed")))
        await stage.show(Reply(key="t1", text="a car", chips=chips, final=False))
        assert await theatre.seen(place) == [Seen("a car", final=False, chips=("16:9", "seed 42"))]
        await stage.show(Reply(key="t1", text="a car", chips=chips[1:]))
        assert await theatre.seen(place) == [Seen("a car", final=True, chips=("seed 42",))]

    async def test_a_chart_has_its_alternative_text(self, theatre: Theatre, imagine: Imagine) -> None:
        place = await theatre.stage(imagine).open()
        await theatre.keep("tree.png", png(pixels(1, 32)))
        stage = theatre.stage(Tree(event_id="bob.event-0040", place=place, person=BOB))
        await stage.open()
        chart = Chart("tree.png", "Chart: a tree of two sets", 32, 32)
        await stage.show(Reply(key="c1", text="1 a car\n2 at night", charts=(chart,)))
        assert await theatre.seen(place) == [
            Seen("1 a car\n2 at night", final=True, charts=("Chart: a tree of two sets",))
        ]

    async def test_links_lead_to_their_places(self, theatre: Theatre, imagine: Imagine) -> None:
        first = await theatre.stage(imagine).open()
        stage = theatre.stage(replace(imagine, event_id="ann.event-0050"))
        second = await stage.open()
        links = (Link("where it came from", first), Link("the channel", theatre.channel))
        await stage.show(Reply(key="t1", text="a car", links=links))
        assert await theatre.seen(second) == [Seen("a car", final=True, links=links)]

    async def test_stars_stand_beside_their_pictures(self, theatre: Theatre, imagine: Imagine) -> None:
        stage = theatre.stage(imagine)
        place = await stage.open()
        pictures = []
        for number in (1, 2):
            await theatre.keep(f"p{number}.png", png(pixels(number, 32)))
            pictures.append(Picture(f"p{number}", f"p{number}.png", f"AI image: {number}", 32, 32, seed=number))
        stars = tuple(Button(f"Star {number}", Star(f"p{number}")) for number in (1, 2))
        await stage.show(Reply(key="t1", text="done", pictures=tuple(pictures), buttons=stars))
        assert await theatre.seen(place) == [Seen("done", final=True, stars=(0, 0))]
        pictures[1] = replace(pictures[1], stars=3)
        await stage.show(Reply(key="t1", text="done", pictures=tuple(pictures), buttons=stars))
        assert await theatre.seen(place) == [Seen("done", final=True, stars=(0, 3))]
