"""300 commands within a second on the loopback Slack, while the engine is busy with the pocket model.

`python -m benchmarks.slack_load`: prints how long the acknowledgements took, and whether each set came once and within
Slack's limits. Slack allows 3 s. The program runs in a process of its own, as it is started by people; Slack and the
people are this process.
"""

import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from rich.console import Console

from tests.peers.slack import RunningClock, SlackPeer
from tests.peers.slack.world import Message
from tests.program import running

COMMANDS, PEOPLE, CHANNELS = 300, 60, 30
"""Commands in all; who asks; where."""
DRAWN = 60
"""Of these, so many ask for a picture; the others ask for the line, so that the run ends in minutes."""
PATIENCE = 420.0
"""Seconds for all sets to be there."""
ASKED = "a red car --n 1 --steps 4"
LONG = "a house on a hill --n 4 --steps 50"


async def run(console: Console, seed: int = 1) -> None:
    """Ask, wait, count."""
    chance = random.Random(seed)
    async with SlackPeer(RunningClock()) as peer:
        team = peer.add_workspace("acme")
        people = [team.add_user(f"P{number}") for number in range(PEOPLE)]
        app = peer.add_app(commands={"/imagine": True, "/sextant": True})
        bot = team.install(app)
        channels = [team.add_channel(f"c{number}", *people, bot) for number in range(CHANNELS)]
        keys = {
            "SLACK_BOT_TOKEN": bot.token,
            "SLACK_APP_TOKEN": app.app_token,
            "SLACK_API_URL": peer.api_url,
            "SEXTANT_LINE": "1000",
        }

        def sets() -> list[Message]:
            return [
                it
                for channel in channels
                for root in peer.messages(channel)
                for it in peer.messages(channel, thread=root.ts)
                if it.pictures and "Again" in it.labels
            ]

        async def one(number: int, draws: bool) -> float:
            await asyncio.sleep(chance.random())
            who, where = people[number % PEOPLE], channels[number % CHANNELS]
            told = await who.command(where, *(("/imagine", ASKED) if draws else ("/sextant", "queue")))
            await told.settle(30)
            return told.took if told.acked and told.took is not None else float("inf")

        with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+b") as log:
            async with running(Path(folder), keys, log.fileno()):
                await peer.connected(app, 2)
                busy = await people[0].command(channels[0], "/imagine", LONG)
                await busy.acknowledged()
                await peer.wait_for(lambda: peer.messages(channels[0]), patience=30)
                kinds = [True] * DRAWN + [False] * (COMMANDS - DRAWN)
                chance.shuffle(kinds)
                began = time.perf_counter()
                took = np.array(await asyncio.gather(*(one(*each) for each in enumerate(kinds))))
                console.print(
                    f"{COMMANDS} commands in 1 s ({DRAWN} of them draw), engine busy: acknowledged after "
                    f"p50 {np.percentile(took, 50) * 1000:.0f} ms, p99 {np.percentile(took, 99) * 1000:.0f} ms, "
                    f"most {took.max() * 1000:.0f} ms; {int((took > 3).sum())} later than 3 s or never"
                )
                try:
                    await peer.wait_for(lambda: len(sets()) >= DRAWN + 1, patience=PATIENCE)
                except (AssertionError, TimeoutError):
                    console.print(f"after {PATIENCE:g} s not all sets were there")
                roots = Counter(it.thread_ts for it in sets())
                console.print(
                    f"{len(roots)} of {DRAWN + 1} sets shown after {time.perf_counter() - began:.0f} s, "
                    f"{sum(count > 1 for count in roots.values())} of them more than once; "
                    f"{peer.limits.refused} calls were refused by a limit"
                )


if __name__ == "__main__":
    asyncio.run(run(Console()))
