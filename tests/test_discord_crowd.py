"""Many people at once while nothing is drawn: everybody is answered first, and each set comes once.

Here Discord's seconds pass fifty times as fast, too fast for the client to keep limits of rates: that it keeps them is
shown by `benchmarks/discord_load.py` in real time. What it was refused comes all the same, and once.
"""

import asyncio
from collections import Counter
from pathlib import Path

from bot.guard import Rules
from tests.fakes import FakeStepper, Gate
from tests.kit import kit
from tests.narrators.discord import on_discord
from tests.peers.discord.things import Message

PEOPLE, CHANNELS = 60, 6


async def test_sixty_people_are_answered_before_anything_is_drawn_and_each_set_comes_once(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    rules = Rules(line=PEOPLE)
    async with kit(tmp_path, lambda _: FakeStepper(gate=gate), rules=rules) as house, on_discord(house) as on:
        peer = on.scene.house.peer
        guild = peer.add_guild("Crowded")
        channels = [guild.add_channel(f"c{number}") for number in range(CHANNELS)]
        people = [guild.add_member(f"P{number}") for number in range(PEOPLE)]

        def sets() -> list[Message]:
            threads = [thread for channel in channels for thread in channel.threads]
            return [it for thread in threads for it in on.scene.house.ours(thread) if it.images]

        try:
            handles = await asyncio.gather(
                *(
                    person.command(channels[number % CHANNELS], "imagine", prompt=f"a car --n 1 --seed {number}")
                    for number, person in enumerate(people)
                )
            )
            await peer.wait_for(lambda: all(each.acked for each in handles), 60)
            assert not sets()
        finally:
            gate.open()
        await peer.wait_for(lambda: len(peer.pings()) >= PEOPLE, 120)
    assert Counter(it.channel.id for it in sets()).most_common(1)[0][1] == 1
    assert len(sets()) == PEOPLE
    assert Counter(entry["who"] for entry in peer.transcript.of("ping")) == {person.name: 1 for person in people}
