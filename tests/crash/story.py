"""A story told through the console while the bot is killed at every commit of it, on both sides, and started again.

The teller is a program at the WebSocket, as EVENTS.md describes: what is not acknowledged is sent again.
"""

import asyncio
import json
import multiprocessing
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import aiohttp

from tests.crash.life import Death, live

Entry = dict[str, Any]

PRELOAD = ["tests.crash.life", "alembic.command", "aiosqlite"]


@dataclass(frozen=True)
class Step:
    """One turn of the story: what is sent, made from the replies of the turns before (one list a turn)."""

    make: Callable[[list[list[Entry]]], dict[str, Any]]
    sets: int = 1
    """How many sets it draws."""


@dataclass
class Outcome:
    """What was counted in the memory, in the store and in the room, when all was over."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def compare(self, what: str, found: int, wanted: int) -> None:
        """Something is there as often as it should be, or it was lost or doubled."""
        if found != wanted:
            (self.lost if found < wanted else self.doubled).append(f"{what}: {found} instead of {wanted}")


def say(text: str, thread_of: int | None = None, sets: int = 1) -> Step:
    """Words or a command, in the channel or in the thread of an earlier turn."""
    return Step(
        lambda told: {"type": "say", "text": text, "thread": "" if thread_of is None else told[thread_of][0]["thread"]},
        sets,
    )


def press(turn: int, label: str) -> Step:
    """A button of an earlier turn's reply that draws."""

    def make(told: list[list[Entry]]) -> dict[str, Any]:
        reply = told[turn][-1]
        token = next(button["token"] for button in reply["buttons"] if label in button["label"])
        return {"type": "press", "token": token, "thread": reply["thread"]}

    return Step(make)


STORY = (
    say("/imagine a red car --seed 1"),
    say("a blue car", 0),
    press(0, "Again"),
    press(1, "subtle"),
    say("/imagine a {cat, dog} --n 2", sets=2),
    say("add a bird --seed 5", 4),
    press(4, "strong"),
    say("--n 1", 0),
    say("/imagine a house --n 1"),
    press(8, "Again"),
    say("add a tree", 8),
    press(10, "subtle"),
    say("/imagine a fish --steps 2"),
    say("add a whale", 12),
    say("at night --n 3", 12),
    press(13, "Again"),
    say("/imagine a heart"),
    press(16, "strong"),
    say("add a star", 16),
    press(18, "Again"),
)


class Teller:
    """Tells the story, whatever happens to the bot."""

    def __init__(self, folder: Path, deaths: bool) -> None:
        self._folder, self._deaths = folder, deaths
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOAD)
        self._process: BaseProcess | None = None
        self._url = ""
        self._known: set[str] = set()
        self._jar = aiohttp.CookieJar(unsafe=True)
        self.lives = 0
        self.kills = 0

    async def tell(self, story: tuple[Step, ...]) -> list[list[Entry]]:
        """Every turn's final replies, in order."""
        told: list[list[Entry]] = []
        async with aiohttp.ClientSession(cookie_jar=self._jar) as session:
            for number, step in enumerate(story):
                request = {"id": f"story-{number:04}", "channel": "general", **step.make(told)}
                told.append(await self._turn(session, request, step.sets))
            await self._settle(session)
        self._end()
        return told

    async def _turn(self, session: aiohttp.ClientSession, request: dict[str, Any], sets: int) -> list[Entry]:
        """Send until acknowledged, and wait for the final replies, over as many lives as it takes."""
        acknowledged = False
        finals: dict[str, Entry] = {}
        while True:
            try:
                async with session.ws_connect(await self._alive(session)) as socket:
                    if not acknowledged:
                        await socket.send_json(request)
                    async for message in socket:
                        frame = json.loads(message.data)
                        assert frame["type"] != "error", frame
                        if frame["type"] == "ack":
                            assert not frame["error"], frame
                            acknowledged = True
                        for entry in _entries(frame):
                            if entry["kind"] == "reply" and entry["final"] and entry["key"] not in self._known:
                                finals[entry["key"]] = entry
                        if acknowledged and len(finals) == sets:
                            self._known |= finals.keys()
                            return sorted(finals.values(), key=lambda entry: int(entry["position"]))
            except (aiohttp.ClientError, ConnectionError):
                pass
            await self._bury()

    async def _settle(self, session: aiohttp.ClientSession) -> None:
        """The last commits come after the last reply: live until everything is marked as posted."""
        while self._unposted():
            await self._alive(session)
            assert self._process
            await asyncio.to_thread(self._process.join, 0.5)
            if self._process.exitcode is not None:
                await self._bury()

    def _unposted(self) -> int:
        with sqlite3.connect(self._folder / "memory.sqlite") as database:
            return int(database.execute("select count(*) from turn where not posted").fetchone()[0])

    async def _alive(self, session: aiohttp.ClientSession) -> str:
        """The address of a bot that lives."""
        if self._process is None:
            await asyncio.to_thread(self._born)
            async with session.get(self._url) as page:  # the cookie that says who we are
                await page.read()
            async with session.ws_connect(self._url + "/socket") as socket:
                async for message in socket:
                    frame = json.loads(message.data)
                    if frame["type"] == "hello" and not frame["you"]["name"]:
                        await socket.send_json({"type": "name", "name": "Teller"})
                    elif frame["type"] in ("hello", "you"):
                        break
        return self._url + "/socket"

    def _born(self) -> None:
        death = Death(commit=1, before=self.lives % 2 == 0) if self._deaths else None
        receiver, sender = self._context.Pipe(duplex=False)
        self._process = self._context.Process(target=live, args=(str(self._folder), sender, death), daemon=True)
        self._process.start()
        self.lives += 1
        sender.close()
        try:
            self._url = receiver.recv()
        except EOFError:
            self._process.join()

    async def _bury(self) -> None:
        if self._process is not None:
            await asyncio.to_thread(self._process.join)
            assert self._process.exitcode == -signal.SIGKILL, self._process.exitcode
            self.kills += 1
            self._process = None

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()


def _entries(frame: dict[str, Any]) -> list[Entry]:
    return frame["entries"] if frame["type"] == "log" else [frame] if frame["type"] == "entry" else []


def count(folder: Path, story: tuple[Step, ...], told: list[list[Entry]]) -> Outcome:
    """Whether everything that was asked for is there, once."""
    outcome = Outcome()
    with sqlite3.connect(folder / "memory.sqlite") as memory, sqlite3.connect(folder / "console.sqlite") as room:
        turns = memory.execute("select id, event_id, state, posted, query from turn").fetchall()
        events = Counter(event for _, event, *_ in turns)
        entries = [json.loads(body) for (body,) in room.execute("select body from entries")]
    for number, (step, replies) in enumerate(zip(story, told, strict=True)):
        mine = [count for event, count in events.items() if event.endswith(f".story-{number:04}")]
        outcome.compare(f"turns of step {number}", sum(mine), step.sets)
        outcome.compare(f"replies of step {number}", len(replies), step.sets)
    outcome.compare("turns", len(turns), sum(step.sets for step in story))
    said = sum(entry["kind"] == "said" for entry in entries)
    outcome.compare("things said", said, sum(step.make(told)["type"] == "say" for step in story))
    files = 0
    for id, _, state, posted, query in turns:
        if state != "done" or not posted:
            outcome.lost.append(f"turn {id} is {state}, posted {posted}")
        shown = [entry for entry in entries if entry["kind"] == "reply" and entry["key"] == id]
        outcome.compare(f"messages of turn {id}", len(shown), 1)
        wanted = json.loads(query)["count"]
        outcome.compare(f"pictures of turn {id}", sum(len(entry["pictures"]) for entry in shown), wanted)
        files += wanted
    outcome.compare("files", sum(path.is_file() for path in (folder / "pictures").rglob("*.png")), files)
    return outcome
