"""Row 4: from a command to its acknowledgement, for 1,000 people while the engine is busy, beside a bare echo.

Both are asyncio servers of lines over TCP, in processes of their own, asked by the same clients in turn. The bot's is
the whole one: plan, guard, commit, first reply. What is not in it is any platform's own protocol.
"""

import asyncio
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from adapters.relay import relay
from benchmarks.table import Result
from bot.events import Imagine
from bot.guard import Rules
from bot.place import Person, Place
from bot.replies import Shown

PEOPLE = 1_000
SECONDS = 20.0
"""In which all of them ask once, at random moments."""
GOAL_MS = 100.0


class _Line:
    """A platform that is nothing but a line of text: the first thing shown is the acknowledgement."""

    def __init__(self, place: Place, writer: asyncio.StreamWriter) -> None:
        self._place, self._writer = place, writer
        self._told = False

    async def open(self) -> Place:
        """The place is always there."""
        return self._place

    async def show(self, shown: Shown) -> None:  # noqa: ARG002 - the protocol's
        """Answer once."""
        if not self._told:
            self._told = True
            self._writer.write(b"ok\n")


def _echo(tell: Connection) -> None:
    async def serve() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.readline():
                writer.write(b"ok\n")

        await _listen(answer, tell)

    asyncio.run(serve())


def _bot(tell: Connection) -> None:
    from bootstrap import make_bot, warm_up
    from settings import read_settings

    async def serve() -> None:
        with tempfile.TemporaryDirectory() as folder:
            settings = read_settings(data_dir=Path(folder), database_url="", pictures_url="", line=100_000)
            async with make_bot(settings, Rules(per_person=100, line=100_000)) as parts:
                await warm_up(parts.engine, settings.model)
                tasks: set[asyncio.Task[None]] = set()
                count = 0

                async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                    nonlocal count
                    while line := await reader.readline():
                        count += 1
                        place = Place("line", "local", "general", f"thread-{count}")
                        person = Person(f"person-{count}", "Somebody")
                        event = Imagine(event_id=f"event-{count}", place=place, person=person, prompt=line.decode())
                        task = asyncio.create_task(relay(parts.bot, event, _Line(place, writer)))
                        tasks.add(task)
                        task.add_done_callback(tasks.discard)

                await _listen(answer, tell)

    asyncio.run(serve())


async def _listen(answer: "asyncio.streams._ClientConnectedCallback", tell: Connection) -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=PEOPLE)
    tell.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def run(seeds: Sequence[int], console: Console) -> list[Result]:
    """Ask both servers, A B B A, with the same moments in each pair."""
    rounds = [name for at, _ in enumerate(seeds) for name in (("bot", "echo") if at % 2 == 0 else ("echo", "bot"))]
    times: dict[str, list[np.ndarray]] = {"bot": [], "echo": []}
    for at, name in enumerate(track(rounds, "row 4", console=console, transient=True)):
        with _server(_bot if name == "bot" else _echo) as port:
            times[name].append(asyncio.run(_ask(port, seeds[at // 2])))
    p99 = {name: [float(np.percentile(each, 99)) for each in values] for name, values in times.items()}
    p50 = {name: [float(np.percentile(each, 50)) for each in values] for name, values in times.items()}
    lost = sum(PEOPLE - len(each) for each in times["bot"])
    return [
        Result(
            4,
            f"{GOAL_MS:g} ms ÷ p99 to the acknowledgement",
            "bare asyncio echo",
            [GOAL_MS / value for value in p99["bot"]],
            "-",
            1.0,
            f"bot p50 {_spread(p50['bot'])}, p99 {_spread(p99['bot'])} ms; echo p50 {_spread(p50['echo'])}, "
            f"p99 {_spread(p99['echo'])} ms; {PEOPLE} people in {SECONDS:g} s, {lost} not answered",
        )
    ]


def _spread(values: Sequence[float]) -> str:
    return f"{np.median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


@contextmanager
def _server(target: object) -> Iterator[int]:
    """A server in a process of its own, on all cores, with nothing of this one's."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_free, args=(target, sender), daemon=True)
    process.start()
    try:
        yield receiver.recv()
    finally:
        process.kill()
        process.join()


def _free(target: object, tell: Connection) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    assert callable(target)
    target(tell)


async def _ask(port: int, seed: int) -> np.ndarray:
    """Milliseconds from each person's command to its answer."""
    chance = random.Random(seed)
    moments = sorted(chance.uniform(0, SECONDS) for _ in range(PEOPLE))
    with ExitStack() as open_ones:
        lines = []
        for _ in range(PEOPLE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            open_ones.callback(writer.close)
            lines.append((reader, writer))
        began = time.perf_counter()

        async def one(at: int) -> float:
            reader, writer = lines[at]
            await asyncio.sleep(max(0.0, began + moments[at] - time.perf_counter()))
            asked = time.perf_counter()
            writer.write(f"a red car number {at} --n 4\n".encode())
            await reader.readline()
            return (time.perf_counter() - asked) * 1000

        answers = await asyncio.gather(
            *(asyncio.wait_for(one(at), 120) for at in range(PEOPLE)), return_exceptions=True
        )
    return np.array([each for each in answers if isinstance(each, float)])
