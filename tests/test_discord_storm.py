"""The whole story on Discord while requests fail at random, Discord comes and goes, and without the message intent."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.hurried import hurried
from tests.kit import kit
from tests.narrators.discord import DiscordNarrator, on_discord
from tests.peers.discord import DiscordPeer
from tests.platform_story import Transcript, fixed, tell

CALLED = ["Ann", "Ann", "Ann", "Ben", "Ben", "Ben"]
"""For each set the person who asked for it, and the winner of the round."""
MESSAGES = [9, 1, 3]
"""In each thread, without calls."""
WHISPERS = 3
TROUBLES = ("restart", "cut", "op 7", "op 9", "close")
PERSON = re.compile(r"<@\d+>")


@dataclass
class Interrupted(DiscordNarrator):
    """Before each deed the connection breaks in another way, or Discord itself is started anew."""

    troubles: Iterator[str] = field(
        default_factory=lambda: itertools.cycle(("restart", "cut", "op 7", "op 9", "close"))
    )

    async def command(self, who: str, name: str, text: str, thread: int | None = None) -> None:
        """A slash command, after the trouble."""
        await self._trouble()
        await super().command(who, name, text, thread)

    async def say(self, who: str, text: str, thread: int) -> None:
        """Words, after the trouble."""
        await self._trouble()
        await super().say(who, text, thread)

    async def press(self, who: str, thread: int, message: int, label: str) -> None:
        """A button, after the trouble."""
        await self._trouble()
        await super().press(who, thread, message, label)

    async def _trouble(self) -> None:
        peer = self.scene.house.peer

        def back() -> int:
            return len(peer.transcript.of("resume")) + len(peer.transcript.of("identify"))

        before = back()
        match next(self.troubles):
            case "restart":
                await peer.restart(forget_sessions=True)
            case "cut":
                peer.gateway.kill()
            case "op 7":
                peer.gateway.reconnect()
            case "op 9":
                peer.gateway.invalidate()
            case "close":
                peer.gateway.close(4000)
        await peer.wait_for(lambda: back() > before, 30)


async def told(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, content: bool = True, seed: int = 0, interrupted: bool = False
) -> Transcript:
    """The story; everybody is called once for each set."""
    fixed(monkeypatch)
    async with kit(folder) as house, on_discord(house, content=content) as on:
        peer = on.scene.house.peer
        if seed:
            peer.faults.storm(seed, s500=0.06, s503=0.02, s429=0.04, dropped=0.04, lost=0.04)
        transcript = await tell(Interrupted(on.scene, content) if interrupted else on)
        await peer.wait_for(lambda: len(called(peer)) >= len(CALLED), 60)
        await peer.wait_for(lambda: len({*on.whispered("Ann"), *on.whispered("Ben")}) >= WHISPERS, 60)
        await peer.wait_for(lambda: [len(on.thread(number)) for number in range(3)] == MESSAGES, 60)
        assert not seed or peer.faults.count > 5, "the storm was there"
        assert peer.limits.broken == []
        assert sorted(called(peer)) == CALLED
        # What is told of two presses at once comes in either order.
        threads = [sorted(on.thread(number), key=repr) for number in range(3)]
        return replace(transcript, threads=threads, whispers={who: on.whispered(who) for who in ("Ann", "Ben")})


def called(peer: DiscordPeer) -> list[str]:
    """Who was called by the bot, in order."""
    return [each["who"] for each in peer.transcript.of("ping") if each["message"].author is peer.bot]


def roots(transcript: Transcript) -> list[str]:
    """Without the ids of people, which are others in each telling."""
    return [PERSON.sub("<person>", each) for each in transcript.roots]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Transcript:
    """The story when nothing goes wrong."""
    with pytest.MonkeyPatch.context() as patch:
        return hurried(told(patch, tmp_path_factory.mktemp("calm")))


@pytest.mark.parametrize(
    "trouble",
    [
        {"seed": 1},
        {"seed": 2},
        {"content": False},
        {"content": False, "seed": 3},
        {"interrupted": True},
        {"interrupted": True, "seed": 4},
    ],
    ids=str,
)
def test_the_story_is_the_same(
    calm: Transcript, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trouble: dict[str, Any]
) -> None:
    found = hurried(told(monkeypatch, tmp_path, **trouble))
    for at, (mine, theirs) in enumerate(zip(found.threads, calm.threads, strict=True)):
        assert mine == theirs, at
    for who, words in found.whispers.items():  # an answer has no nonce: if the reply to it is lost, it is said again
        assert list(dict.fromkeys(words)) == calm.whispers[who]
    assert roots(found) == roots(calm)
