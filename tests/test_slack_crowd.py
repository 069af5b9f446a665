"""Many people at once while nothing is drawn: everybody is answered first, and each set comes once."""

import asyncio
from pathlib import Path

import pytest

from bot.guard import Rules
from tests.fakes import FakeStepper, Gate
from tests.kit import kit
from tests.narrators.slack import on_slack
from tests.peers.slack import Message

PEOPLE, CHANNELS = 60, 6


async def test_sixty_people_are_answered_before_anything_is_drawn_and_each_set_comes_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gate = Gate(opened=False)
    rules = Rules(line=PEOPLE)
    async with (
        kit(tmp_path, lambda _: FakeStepper(gate=gate), rules=rules) as house,
        on_slack(monkeypatch, tmp_path, house) as on,
    ):
        peer, ws = on.at.peer, on.at.ws
        people = [ws.add_user(f"P{number}") for number in range(PEOPLE)]
        channels = [ws.add_channel(f"c{number}", *people, on.at.bot) for number in range(CHANNELS)]

        def sets() -> dict[str, list[Message]]:
            """By the root of the thread."""
            roots = [(channel, root) for channel in channels for root in peer.messages(channel)]
            found = {root.ts: peer.messages(channel, thread=root.ts) for channel, root in roots}
            return {root: [it for it in messages if it.pictures] for root, messages in found.items()}

        try:
            told = await asyncio.gather(
                *(
                    person.command(channels[number % CHANNELS], "/imagine", f"a car --n 1 --seed {number}")
                    for number, person in enumerate(people)
                )
            )
            await asyncio.gather(*(each.acknowledged() for each in told))
            assert not any(sets().values())
        finally:
            gate.open()
        await peer.wait_for(lambda: sum(map(len, sets().values())) >= PEOPLE, 120)
        await peer.wait_for(lambda: len(peer.pinged) >= PEOPLE, 120)
        assert [len(messages) for messages in sets().values()] == [1] * PEOPLE
        assert sorted(peer.pinged) == sorted(f"P{number}" for number in range(PEOPLE))
