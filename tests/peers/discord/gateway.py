"""The gateway: sessions that keep what was missed, sockets that carry them."""

import asyncio
import json
import time
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import zstandard
from aiohttp import WSMsgType, web

from tests.peers.discord import payloads
from tests.peers.discord.permissions import sees
from tests.peers.discord.world import News, World

Json = dict[str, Any]

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)
ALL_INTENTS = (1 << 26) - 1


@dataclass(eq=False)
class Session:
    """What IDENTIFY began; it outlives its sockets."""

    id: str
    intents: int
    shard: tuple[int, int]
    sequence: int = 0
    missed: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=10_000))
    socket: "Socket | None" = None

    def send(self, event: str, body: Json) -> None:
        """Numbers an event, keeps it for a RESUME, and sends it when there is a socket."""
        self.sequence += 1
        text = json.dumps({"op": DISPATCH, "t": event, "s": self.sequence, "d": body})
        self.missed.append((self.sequence, text))
        if self.socket is not None:
            self.socket.put(text)


class Socket:
    """One connection; what it is told goes out in order by a writer of its own."""

    def __init__(self, ws: web.WebSocketResponse, transport: Any, compress: str) -> None:
        self.ws = ws
        self.session: Session | None = None
        self.frozen = False
        self.sent: deque[float] = deque()
        self._transport = transport
        self._queue: asyncio.Queue[str | tuple[int, str]] = asyncio.Queue()
        self._zlib = zlib.compressobj() if compress == "zlib-stream" else None
        self._zstd = zstandard.ZstdCompressor().compressobj() if compress == "zstd-stream" else None

    def put(self, text: str) -> None:
        """To be sent after everything before it."""
        self._queue.put_nowait(text)

    def close(self, code: int, words: str = "") -> None:
        """To be closed after everything before it."""
        self._queue.put_nowait((code, words))

    def abort(self) -> None:
        """Gone, without a word."""
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        """Runs until the socket ends."""
        while True:
            item = await self._queue.get()
            if self.frozen:
                continue
            try:
                if isinstance(item, tuple):
                    await self.ws.close(code=item[0], message=item[1].encode())
                    return
                await self._send(item)
            except (ConnectionError, RuntimeError):
                return

    async def _send(self, text: str) -> None:
        data = text.encode()
        if self._zlib is not None:
            await self.ws.send_bytes(self._zlib.compress(data) + self._zlib.flush(zlib.Z_SYNC_FLUSH))
        elif self._zstd is not None:
            start = self._zstd.compress(data)
            await self.ws.send_bytes(start + self._zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
        else:
            await self.ws.send_str(text)


class Gateway:
    """All sessions and sockets, and the troubles that a test makes for them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.url = ""
        self.heartbeat_ms = 41_250
        self.sessions: dict[str, Session] = {}
        self.sockets: list[Socket] = []
        world.listener = self.publish

    # -- troubles ------------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """Every socket is gone without a close frame; the sessions can be resumed."""
        for socket in list(self.sockets):
            socket.abort()

    def close(self, code: int) -> None:
        """Every socket is closed with a code: 4000 resumes, 4004 or 4014 end the client."""
        for socket in self.sockets:
            socket.close(code)

    def reconnect(self) -> None:
        """Opcode 7 to every socket."""
        self._all({"op": RECONNECT, "d": None})

    def invalidate(self, resumable: bool = False) -> None:
        """Opcode 9 to every socket; not resumable: the sessions are forgotten."""
        self._all({"op": INVALID, "d": resumable})
        if not resumable:
            for socket in self.sockets:
                socket.session = None
            self.sessions.clear()

    def repeat(self, event: str) -> None:
        """The last event of this name once more, under a new number, as after a failure on Discord's side."""
        for session in list(self.sessions.values()):
            told = [json.loads(text) for _, text in session.missed]
            if last := next((each for each in reversed(told) if each["t"] == event), None):
                session.send(event, last["d"])

    def freeze(self) -> None:
        """The sockets that are open fall silent for good: no events, no heartbeat acknowledged. New ones work."""
        for socket in self.sockets:
            socket.frozen = True

    def _all(self, message: Json) -> None:
        for socket in self.sockets:
            socket.put(json.dumps(message))

    # -- events --------------------------------------------------------------------------------------------------

    def publish(self, news: News) -> None:
        """Sends an event to the sessions that are for it."""
        for session in self.sessions.values():
            index, count = session.shard
            mine = (news.guild.id >> 22) % count == index if news.guild else index == 0
            if mine and (not news.intent or session.intents & news.intent):
                session.send(news.event, news.build(bool(session.intents & (1 << 15))))

    # -- a connection --------------------------------------------------------------------------------------------

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """The route of the gateway."""
        ws = web.WebSocketResponse(autoping=True, compress=False)
        await ws.prepare(request)
        socket = Socket(ws, request.transport, request.query.get("compress", ""))
        if request.query.get("encoding", "json") != "json" or request.query.get("v") not in ("9", "10"):
            await ws.close(code=4012)
            return ws
        self.sockets.append(socket)
        self._world.transcript.add("socket", what="open", compress=request.query.get("compress"), path=request.path)
        writer = asyncio.create_task(socket.write())
        socket.put(json.dumps({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}}))
        try:
            while (message := await ws.receive(timeout=self.heartbeat_ms / 1000 * 2 + 5)).type == WSMsgType.TEXT:
                if not socket.frozen:
                    self._receive(socket, message.data)
        except TimeoutError:
            await ws.close(code=4009)
        finally:
            writer.cancel()
            self.sockets.remove(socket)
            if socket.session is not None and socket.session.socket is socket:
                socket.session.socket = None
            self._world.transcript.add("socket", what="closed", code=ws.close_code)
        return ws

    def _receive(self, socket: Socket, text: str) -> None:
        now = time.monotonic()
        socket.sent.append(now)
        while socket.sent and socket.sent[0] < now - 60:
            socket.sent.popleft()
        if len(socket.sent) > 120:
            return socket.close(4008, "You are being rate limited.")
        if len(text.encode()) > 4096:
            return socket.close(4002, "Payload too large.")
        try:
            message = json.loads(text)
            operation, data = message["op"], message.get("d")
        except (ValueError, KeyError, TypeError):
            return socket.close(4002, "Error while decoding payload.")
        if operation == HEARTBEAT:
            return socket.put(json.dumps({"op": ACK}))
        if operation == IDENTIFY:
            return self._identify(socket, data)
        if operation == RESUME:
            return self._resume(socket, data)
        if socket.session is None:
            return socket.close(4003, "Not authenticated.")
        if operation == 8:
            return self._members(socket.session, data)
        if operation not in (3, 4):
            return socket.close(4001, "Unknown opcode.")
        return None

    def _identify(self, socket: Socket, data: Json) -> None:
        app = self._world.app
        if socket.session is not None:
            return socket.close(4005, "Already authenticated.")
        if data.get("token") != app.token:
            return socket.close(4004, "Authentication failed.")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~ALL_INTENTS:
            return socket.close(4013, "Invalid intent(s).")
        self._world.transcript.add("identify", intents=intents, shard=data.get("shard"))
        if intents & PRIVILEGED & ~app.privileged:
            return socket.close(4014, "Disallowed intent(s).")
        index, count = data.get("shard") or (0, 1)
        if not 0 <= index < count:
            return socket.close(4010, "Invalid shard.")
        session = Session(uuid4().hex, intents, (index, count), socket=socket)
        socket.session = self.sessions[session.id] = session
        world = self._world
        guilds = [each for each in world.guilds.values() if world.bot.id in each.members]
        guilds = [each for each in guilds if (each.id >> 22) % count == index]
        ready: Json = {
            "v": 10,
            "user": payloads.user(world.bot) | {"verified": True, "mfa_enabled": False, "email": None, "flags": 0},
            "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url.replace("/gateway", "/resume"),
            "private_channels": [],
            "application": {"id": str(world.bot.id), "flags": app.flags},
            "shard": [index, count],
        }
        session.send("READY", ready)
        if intents & 1:
            for guild in guilds:
                threads = [each for each in world.active_threads(guild) if sees(world.bot, each)]
                session.send("GUILD_CREATE", payloads.guild(guild, world.bot, threads))
        return None

    def _resume(self, socket: Socket, data: Json) -> None:
        session = self.sessions.get(data.get("session_id") or "")
        self._world.transcript.add("resume", known=session is not None, sequence=data.get("seq"))
        if data.get("token") != self._world.app.token:
            return socket.close(4004, "Authentication failed.")
        if session is None:
            return socket.put(json.dumps({"op": INVALID, "d": False}))
        if not isinstance(data.get("seq"), int) or data["seq"] > session.sequence:
            return socket.close(4007, "Invalid seq.")
        if session.socket is not None:
            session.socket.abort()
        socket.session, session.socket = session, socket
        for number, text in session.missed:
            if number > data["seq"]:
                socket.put(text)
        session.send("RESUMED", {})
        return None

    def _members(self, session: Session, data: Json) -> None:
        guild = self._world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        wanted = [str(each) for each in data.get("user_ids") or []]
        found = [each for each in guild.members.values() if not wanted or str(each.user.id) in wanted]
        body: Json = {"guild_id": str(guild.id), "members": [payloads.member(each) for each in found]}
        body |= {"chunk_index": 0, "chunk_count": 1, "nonce": data.get("nonce"), "not_found": []}
        session.send("GUILD_MEMBERS_CHUNK", body)
