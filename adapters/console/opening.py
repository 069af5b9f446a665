"""Opens the console: puts its parts together, listens, and carries on with what an earlier run has left over."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from filelock import FileLock, Timeout
from sqlalchemy.exc import DatabaseError

from adapters.console.access import Access, load_secret
from adapters.console.desk import Desk
from adapters.console.log import NewerLog
from adapters.console.pictures import Pictures, Read
from adapters.console.render import Encode
from adapters.console.room import Room
from adapters.console.server import Console, Health, serve
from adapters.relay import Bot


@dataclass(frozen=True, slots=True)
class Address:
    """Where the console listens, and what it asks of those who come from other machines."""

    host: str
    port: int
    """0 chooses one."""
    password: str = field(default="", repr=False)


class AlreadyOpen(Exception):
    """Two runs would carry on with the same turns, and number the same log."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder


class RoomUnreadable(Exception):
    """The log of the room can't be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


@asynccontextmanager
async def opened(
    bot: Bot,
    read: Read,
    encode: Encode,
    *,
    folder: Path,
    address: Address,
    health: Health,
    routes: Sequence[web.RouteDef] = (),
) -> AsyncIterator[str]:
    """The console at work; yields its URL. `folder` holds the room's log, the uploads and the secret of the cookies.
    `routes` are those of platforms that come to this server as well.

    Raises:
        PasswordNeeded: other machines reach it, and there is no password.
        PortInUse: another program has the port.
        NotMyAddress: it is not one of this machine's, or needs more rights.
        AlreadyOpen: another run of this program is at work in the folder.
        RoomUnreadable: the room's log is damaged, or of a newer version.
        OSError: the folder can't be written.
    """
    lock = FileLock(folder / "console.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise AlreadyOpen(folder) from None
    access = Access.for_host(address.host, address.password, load_secret(folder / "console.secret"))
    path = folder / "console.sqlite"
    try:
        room = await Room.open(f"sqlite+aiosqlite:///{path}")
    except (DatabaseError, NewerLog) as error:
        lock.release()
        raise RoomUnreadable(path, str(error).partition("\n")[0]) from error
    try:
        pictures = Pictures(folder / "uploads", read)
        desk = Desk(bot, room, pictures, encode)
        app = Console(desk, room, pictures, access, health).app(routes)
        runner = await serve(app, address.host, address.port)
        try:
            desk.resume()
            host = f"[{address.host}]" if ":" in address.host else address.host
            yield f"http://{host}:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
    finally:
        await room.close()
        lock.release()
