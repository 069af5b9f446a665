"""kill -9 of the whole process at points of a story, and a new start: each set is there once, one call for each."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.memory.memory import Memory
from tests.crash.discord_life import OpensDiscord
from tests.crash.platform_life import Lives
from tests.discord_kit import House, Scene, build
from tests.peers.discord import DiscordPeer
from tests.peers.discord.faults import Gate
from tests.scripted_bot import ScriptedBot


@dataclass(frozen=True)
class Point:
    """A request of the story, and whether Discord has done its work when the process dies."""

    name: str
    turn: int
    method: str
    path: str
    """With CHANNEL for the id of the channel in which the story begins."""
    after: bool
    skip: int = 0
    uploads: bool = False

    def hold(self, scene: Scene) -> Gate:
        path = self.path.replace("CHANNEL", str(scene.channel.id))
        return scene.house.peer.faults.hold(self.method, path, after=self.after, skip=self.skip, uploads=self.uploads)


IN_THREAD = "/channels/(?!CHANNEL/)[0-9]+/messages"
DEEDS = [
    ("root", 1, "POST", "/channels/CHANNEL/messages$", 0, False),
    ("thread", 1, "POST", "/threads$", 0, False),
    ("progress", 1, "POST", f"{IN_THREAD}$", 0, False),
    ("pictures", 1, "PATCH", f"{IN_THREAD}/[0-9]+$", 0, True),
    ("call", 1, "POST", f"{IN_THREAD}$", 1, False),
    ("second pictures", 2, "PATCH", f"{IN_THREAD}/[0-9]+$", 0, True),
    ("second call", 2, "POST", f"{IN_THREAD}$", 1, False),
]
POINTS = [
    Point(f"{'after' if after else 'before'} {name}", turn, method, path, after, skip, uploads)
    for name, turn, method, path, skip, uploads in DEEDS
    for after in (False, True)
]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    memory = await Memory.open("sqlite://")  # the process has its own
    try:
        async with DiscordPeer(message_content=True) as peer:
            yield build(House(peer, ScriptedBot(), memory))
    finally:
        await memory.close()


async def killed_at(point: Point, turn: int, scene: Scene, lives: Lives, gate: Gate | None) -> None:
    """If the point is in this turn: wait for it, kill, let Discord go on, and start again."""
    if point.turn == turn:
        assert gate
        await gate.arrived.wait()
        await lives.kill()
        gate.open()
        await lives.begin()


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
async def test_killed_anywhere_each_set_is_there_once(scene: Scene, tmp_path: Path, point: Point) -> None:
    peer = scene.house.peer
    async with Lives(OpensDiscord(peer.token, peer.api_base, peer.gateway_url), tmp_path) as lives:
        gate = point.hold(scene) if point.turn == 1 else None
        asked = await scene.ann.command(scene.channel, "imagine", prompt="a red car --n 2 --seed 1")
        await killed_at(point, 1, scene, lives, gate)
        await peer.wait_for(lambda: peer.pings(scene.ann))
        assert asked.acked
        thread = await scene.thread()
        gate = point.hold(scene) if point.turn == 2 else None
        await scene.bob.say(thread, "at night")
        await killed_at(point, 2, scene, lives, gate)
        await peer.wait_for(lambda: peer.pings(scene.bob))
        assert lives.count == 2
        await (await scene.bob.command(scene.channel, "queue")).wait_original()  # all that was under way is over
        assert len(scene.channel.threads) == len(peer.messages(scene.channel)) == 1
        sets = scene.house.ours(thread)
        assert [len(each.gallery) for each in sets] == [len(each.images) for each in sets] == [2, 2]
        assert ["night" in each.text for each in sets] == [False, True]
        assert [who["who"] for who in peer.transcript.of("ping")] == ["Ann", "Bob"]
        assert peer.limits.broken == []
