"""300 people send /imagine within a second on the loopback Discord, while the engine is busy with the pocket model.

`python -m benchmarks.discord_load`: prints how long the acknowledgements took, which limits of Discord's were broken,
and whether each set came once. Discord allows 3 s. The program runs in a process of its own, as it is started by
people; Discord and the people are this process. Rate limits are Discord's: 50 calls a second, 5 messages in 5 s.
"""

import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from rich.console import Console

from tests.peers.discord import DiscordPeer, RealClock
from tests.peers.discord.handles import InteractionHandle
from tests.peers.discord.things import Channel, Message
from tests.program import running

PEOPLE, CHANNELS, SERVERS = 300, 30, 3
"""Who asks, once each; where."""
BUSY = 4
"""People who ask for something long before that."""
PATIENCE = 1_200.0
"""Seconds for all sets to be there."""
ASKED = "a red car --n 1 --steps 2"
LONG = "a house on a hill --n 4 --steps 50"


async def run(console: Console, seed: int = 1) -> None:
    """Ask, wait, count."""
    chance = random.Random(seed)
    async with DiscordPeer(RealClock(), message_content=True, scale=1.0) as peer:
        servers = [peer.add_guild(f"Studio {number}") for number in range(SERVERS)]
        channels = [servers[number % SERVERS].add_channel(f"c{number}") for number in range(CHANNELS)]
        people = [servers[number % SERVERS].add_member(f"P{number}") for number in range(PEOPLE + BUSY)]
        keys = {
            "DISCORD_TOKEN": peer.token,
            "DISCORD_API_BASE": peer.api_base,
            "DISCORD_GATEWAY_URL": peer.gateway_url,
            "SEXTANT_LINE": "1000",
        }
        with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+b") as log:
            async with running(Path(folder), keys, log.fileno()) as (process, _):
                for number, person in enumerate(people[PEOPLE:]):
                    where = channels[(PEOPLE + number) % CHANNELS]
                    await (await person.command(where, "imagine", prompt=LONG)).wait_acked()
                await peer.wait_for(lambda: sum(len(each.threads) for each in channels) == BUSY, 60)

                async def one(number: int) -> InteractionHandle:
                    await asyncio.sleep(chance.random())
                    return await people[number].command(channels[number % CHANNELS], "imagine", prompt=ASKED)

                began = time.perf_counter()
                handles = await asyncio.gather(*(one(number) for number in range(PEOPLE)))
                console.print(f"{PEOPLE} commands in {time.perf_counter() - began:.2f} s; load {_load()}")
                await _until(lambda: all(it.acked or it.failed for it in handles), 30)
                _tell_acknowledgements(console, handles)
                await _until(lambda: len(_sets(channels)) >= PEOPLE + BUSY and len(peer.pings()) >= PEOPLE + BUSY)
                _tell_results(console, peer, channels, time.perf_counter() - began)
            log.seek(0)
            lines = log.read().decode().splitlines()
            told = Counter(word for line in lines for word in ("rate limited", "WARNING", "ERROR") if word in line)
            console.print(f"the log: {dict(told)}; load {_load()}")
            del process


def _load() -> str:
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


async def _until(predicate, seconds: float = PATIENCE) -> None:  # type: ignore[no-untyped-def]
    end = time.perf_counter() + seconds
    while not predicate() and time.perf_counter() < end:  # noqa: ASYNC110 - looked at seldom, so as not to be in the way
        await asyncio.sleep(0.5)


def _sets(channels: list[Channel]) -> list[Message]:
    """The messages that show a finished set."""
    places = [thread for channel in channels for thread in channel.threads]
    found = [it for place in places for it in place.messages.values() if not it.deleted]
    return [it for it in found if it.images and any(each.label == "Again" for each in it.buttons)]


def _tell_acknowledgements(console: Console, handles: list[InteractionHandle]) -> None:
    took = np.array([it.acked.seconds if it.acked else np.inf for it in handles])
    console.print(
        f"acknowledged after p50 {np.percentile(took, 50) * 1000:.0f} ms, p99 {np.percentile(took, 99) * 1000:.0f} ms, "
        f"most {took.max() * 1000:.0f} ms; {int((took > 3).sum())} later than 3 s or never"
    )


def _tell_results(console: Console, peer: DiscordPeer, channels: list[Channel], seconds: float) -> None:
    places = Counter(it.channel.id for it in _sets(channels))
    called = Counter(entry["who"] for entry in peer.transcript.of("ping"))
    broken = Counter(each.split(" ")[0] + " " + each.split(" ")[1] for each in peer.limits.broken)
    console.print(
        f"{len(places)} of {PEOPLE + BUSY} sets shown after {seconds:.0f} s, "
        f"{sum(count > 1 for count in places.values())} of them more than once; "
        f"{len(called)} people called, {sum(count > 1 for count in called.values())} more than once; "
        f"{sum(broken.values())} calls over a limit {dict(broken)}"
    )
    calls = Counter((entry["method"], entry["template"], entry["status"]) for entry in peer.transcript.of("request"))
    for (method, template, status), count in calls.most_common(20):
        console.print(f"  {count:6} {method} {template} {status}")


if __name__ == "__main__":
    asyncio.run(run(Console()))
