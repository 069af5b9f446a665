"""The desk: takes what people send, hands it to the bot, and says when the bot has it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from adapters.console import inbound
from adapters.console.inbound import ForBot, Refused, Say
from adapters.console.pictures import Pictures
from adapters.console.render import Encode, Json
from adapters.console.room import Room
from adapters.console.stage import Asked, ConsoleStage
from adapters.relay import Bot, attend, relay, resume
from bot import wording_console as wording
from bot.errors import BotError
from bot.place import Person, Place
from bot.replies import Whisper
from bot.wording import apology

log = logging.getLogger(__name__)


class Desk:
    """Events go on when the page that sent them is gone; only `close` ends them, and the next start resumes them."""

    def __init__(self, bot: Bot, room: Room, pictures: Pictures, encode: Encode) -> None:
        self._bot, self._room, self._pictures, self._encode = bot, room, pictures, encode
        self._under_way: dict[str, ConsoleStage] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, request: ForBot, person: str) -> Json:
        """Hand a request to the bot. Returns its acknowledgement, when the bot has it or it has come to nothing.

        The same request again, while the bot is at work on it, waits for the same; afterwards it is handed over
        again, and the bot knows that it has had it.
        """
        name = self._room.names.get(person)
        ack: Json = {"type": "ack", "id": request.id, "said": False, "error": ""}
        if name is None:
            return ack | {"error": wording.CONSOLE["name_first"]}
        who = Person(person, name)
        key = inbound.event_id(who, request)
        try:
            stage = self._under_way.get(key) or await self._begin(request, who)
        except Refused as refused:
            return ack | {"error": str(refused)}
        await stage.taken.wait()
        return ack | {"said": await self._room.has("said", key)}

    def resume(self) -> None:
        """Carry on in the background with what an earlier run has left over."""
        self._start(resume(self._bot, inbound.PLATFORM, self._stage_for))
        self._start(attend(self._bot, inbound.PLATFORM, self._stage_for))

    async def close(self) -> None:
        """Leave everything as it is."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _begin(self, request: ForBot, person: Person) -> ConsoleStage:
        if request.channel not in self._room.channels:
            raise Refused(wording.CONSOLE["no_channel"])
        if request.thread and not await self._room.has("said", request.thread):
            raise Refused(wording.CONSOLE["no_thread"])
        reference = request.picture if isinstance(request, Say) else ""
        try:
            picture = await self._pictures.use(reference) if reference else None
        except FileNotFoundError:
            raise Refused(wording.CONSOLE["no_picture"]) from None
        except BotError as error:
            raise Refused(apology(error)) from error
        event = inbound.to_event(request, person, picture, self._room.find)
        asked = Asked(
            event,
            request.text.strip() if isinstance(request, Say) else "",
            self._pictures.url(reference) if reference else "",
        )
        # Another page may have sent the same request while this one was read.
        if event.event_id not in self._under_way:
            stage = ConsoleStage(self._room, self._encode, event.place, asked)
            self._under_way[event.event_id] = stage
            self._start(self._carry(event.event_id, asked, stage))
        return self._under_way[event.event_id]

    async def _carry(self, key: str, asked: Asked, stage: ConsoleStage) -> None:
        try:
            await relay(self._bot, asked.event, stage)
        except Exception:
            log.exception("could not handle event %s", key)
            await stage.show(Whisper(wording.CONSOLE["failed"]))
        finally:
            del self._under_way[key]
        # Not in `finally`: what is cut off by the end of the program is not taken, and will be sent again.
        stage.taken.set()

    def _stage_for(self, place: Place) -> ConsoleStage:
        return ConsoleStage.for_place(self._room, self._encode, place)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
