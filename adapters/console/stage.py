"""The console's stage: shows the replies to one event, or those of a stored place, in the room."""

import asyncio
from dataclasses import dataclass

from adapters.console import render
from adapters.console.render import Encode
from adapters.console.room import Room
from bot.events import AnyEvent, Imagine, Message, Press, Submit, opens_thread
from bot.place import Place
from bot.replies import Form, Preview, Reply, Shown, Whisper


@dataclass(frozen=True, slots=True)
class Asked:
    """An event, and how it reads in the room: the words that were typed, and the address of its picture."""

    event: AnyEvent
    text: str = ""
    picture_url: str = ""


class ConsoleStage:
    """A Stage (adapters/relay.py) of a place, for one event or, without `asked`, for what is carried on there."""

    def __init__(self, room: Room, encode: Encode, place: Place, asked: Asked | None = None) -> None:
        self._room, self._encode, self._place, self._asked = room, encode, place, asked
        self.taken = asyncio.Event()
        """Set when the first thing is out: the bot has the event."""

    @classmethod
    def for_place(cls, room: Room, encode: Encode, place: Place) -> "ConsoleStage":
        """The stage of a stored place."""
        return cls(room, encode, place)

    async def open(self) -> Place:
        """Say what was typed, where words and /imagine belong: to the room. What opens a thread is said in the channel,
        and its words are what the thread hangs on."""
        if self._asked:
            event = self._asked.event
            if opens_thread(event):
                await self._say(self._asked)
                self._place = event.place.in_thread(event.event_id)
            elif isinstance(event, Imagine | Message):
                await self._say(self._asked)
        return self._place

    async def show(self, shown: Shown) -> None:
        """Show a reply to the room, and forms and whispers to the person of the event alone."""
        match shown:
            case Reply():
                if self._asked and not isinstance(self._asked.event, Press | Submit):
                    await self._say(self._asked)  # a command that is answered in public is seen by all
                previews = await asyncio.to_thread(self._urls, shown.previews) if shown.previews else []
                await self._room.post(shown.place or self._place, render.reply(shown, previews, self._room.names))
            case Whisper() if self._asked:
                frame = render.whisper(shown, self._asked.event)
                self._room.tell(frame, self._asked.event.person.id)
            case Form() if self._asked:
                self._room.tell(render.form(shown, self._asked.event), self._asked.event.person.id)
        self.taken.set()

    async def _say(self, asked: Asked) -> None:
        event = asked.event
        place = event.place.in_thread("") if opens_thread(event) else event.place
        await self._room.say(place, render.said(event, asked.text, asked.picture_url))

    def _urls(self, previews: tuple[Preview, ...]) -> list[str]:
        return [render.data_url(self._encode(preview)) for preview in previews]
