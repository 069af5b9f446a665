"""One page at its WebSocket: what it sends goes to the desk and the room, what it is told comes from its listener."""

import asyncio
import contextlib
import logging

from aiohttp import WSMsgType, web

from adapters.console import inbound
from adapters.console.desk import Desk
from adapters.console.inbound import Earlier, Look, Refused, Rename, Request
from adapters.console.render import Json
from adapters.console.room import Listener, NameTaken, Room
from bot import wording_console as wording

log = logging.getLogger(__name__)

MOST_AT_ONCE = 32
"""Events of one page that may be on their way to the bot; further ones are read when one of them is there."""


async def converse(socket: web.WebSocketResponse, person: str, since: int, desk: Desk, room: Room) -> None:
    """Serve one page until it goes."""
    listener = await room.join(person, since)
    writer = asyncio.create_task(_write(socket, listener))
    events: set[asyncio.Task[None]] = set()
    try:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                request = inbound.read(message.data)
            except Refused as refused:
                listener.tell(_error(str(refused), refused.id))
                continue
            answer = _answer(request, person, desk, room, listener)
            if isinstance(request, Rename | Earlier | Look):
                await answer  # quick, and what follows may depend on it
                continue
            if len(events) >= MOST_AT_ONCE:
                await asyncio.wait(events, return_when=asyncio.FIRST_COMPLETED)
            task = asyncio.create_task(answer)
            events.add(task)
            task.add_done_callback(events.discard)
    finally:
        room.leave(listener)
        for task in (writer, *events):
            task.cancel()
        await asyncio.gather(writer, *events, return_exceptions=True)


async def _write(socket: web.WebSocketResponse, listener: Listener) -> None:
    with contextlib.suppress(ConnectionError):
        while (frame := await listener.next()) is not None:
            await socket.send_json(frame)
    await socket.close()


async def _answer(request: Request, person: str, desk: Desk, room: Room, listener: Listener) -> None:
    try:
        match request:
            case Rename(name=name):
                await room.rename(person, name)
                listener.tell({"type": "you", "id": person, "name": name})
            case Earlier(before=before):
                listener.tell(await room.earlier(before))
            case Look(channel=channel, thread=thread):
                listener.tell(await room.look(channel, thread))
            case _:
                listener.tell(await desk.take(request, person))
    except NameTaken as taken:
        listener.tell(_error(wording.name_taken(str(taken))))
    except Exception:
        log.exception("could not answer a page")
        # Without the event's id: it stays unacknowledged, and is sent again.
        listener.tell(_error(wording.CONSOLE["failed"]))


def _error(words: str, id: str = "") -> Json:
    return {"type": "error", "id": id, "error": words}
