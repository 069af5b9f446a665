"""The console's stage: shows the replies to one event, or those of a stored place, in the room."""

import asyncio
from dataclasses import dataclass

from adapters.console import render
from adapters.console.render import Encode
from adapters.console.room import Room
from bot.events import AnyEvent, Imagine, Message, Press, Submit
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
        """Say what was typed, where words and /imagine belong: to the room. An /imagine in a channel opens a thread."""
        if self._asked and isinstance(self._asked.event, Imagine | Message):
            await self._say(self._asked)
            if isinstance(self._asked.event, Imagine) and not self._place.thread:
                self._place = self._place.in_thread(self._asked.event.event_id)
        return self._place

    async def show(self, shown: Shown) -> None:
        """Show a reply to the room, and forms and whispers to the person of the event alone."""
        match shown:
            case Reply():
                if self._asked and not isinstance(self._asked.event, Press | Submit):
                    await self._say(self._asked)  # a command that is answered in public is seen by all
                previews = await asyncio.to_thread(self._urls, shown.previews) if shown.previews else []
                await self._room.post(self._place, render.reply(shown, previews, self._room.names))
            case Whisper() if self._asked:
                frame = render.whisper(shown, self._asked.event)
                self._room.tell(frame, self._asked.event.person.id)
            case Form() if self._asked:
                self._room.tell(render.form(shown, self._asked.event), self._asked.event.person.id)
        self.taken.set()

    async def _say(self, asked: Asked) -> None:
        await self._room.say(asked.event.place, render.said(asked.event, asked.text, asked.picture_url))

    def _urls(self, previews: tuple[Preview, ...]) -> list[str]:
        return [render.data_url(self._encode(preview)) for preview in previews]
