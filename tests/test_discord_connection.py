"""The connection breaks while a set is drawn: nothing is lost, and nothing begun or shown twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord_kit import Scene, build, house
from tests.kit import kit
from tests.narrators.discord import on_discord
from tests.platform_story import finished

RESUMED = ("cut", "op 7", "close 4000", "op 9, resumable")
ANEW = ("op 9", "restart")
"""After these the library begins a new session, and what was said meanwhile is never told."""


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            yield scene
        assert there.peer.limits.broken == []


async def break_it(scene: Scene, trouble: str) -> None:
    """Make a trouble, and wait until the client is back."""
    peer = scene.house.peer

    def back() -> int:
        return len(peer.transcript.of("resume")) + len(peer.transcript.of("identify"))

    before = back()
    match trouble:
        case "cut":
            peer.gateway.kill()
        case "op 7":
            peer.gateway.reconnect()
        case "close 4000":
            peer.gateway.close(4000)
        case "op 9, resumable":
            peer.gateway.invalidate(resumable=True)
        case "op 9":
            peer.gateway.invalidate()
        case "restart":
            await peer.restart()
    if trouble in RESUMED:
        await scene.bob.command(scene.channel, "imagine", prompt="said meanwhile")
    await peer.wait_for(lambda: back() > before)


@pytest.mark.parametrize("trouble", RESUMED + ANEW)
async def test_what_breaks_a_connection_begins_nothing_twice(scene: Scene, trouble: str) -> None:
    peer, bot = scene.house.peer, scene.house.bot
    await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    thread = await scene.thread()
    await peer.wait_for(lambda: scene.house.ours(thread))
    await break_it(scene, trouble)
    bot.draw(8)
    await peer.wait_for(lambda: peer.pings(scene.ann))
    if trouble in RESUMED:
        await peer.wait_for(lambda: peer.pings(scene.bob))
    await scene.ann.command(scene.channel, "queue")
    assert await scene.words(scene.ann, scene.channel) == "Nothing is in line."
    sets = 1 + (trouble in RESUMED)
    assert len(bot.turns) == len(scene.channel.threads) == len(peer.pings()) == sets
    assert [len(scene.house.ours(each)) for each in scene.channel.threads] == [1] * sets


async def test_a_socket_that_fell_silent_is_left_and_nothing_is_lost(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.options = {"heartbeat_timeout": 0.6}
        there.peer.gateway.heartbeat_ms = 200
        scene = build(there)
        async with there.running() as running:
            there.peer.gateway.freeze()
            thread, _ = await scene.imagine()
            assert there.peer.transcript.of("resume", known=True)
            assert len(there.ours(thread)) == len(there.bot.turns) == 1
            assert running.health()["ready"]


async def test_what_is_told_twice_is_done_once(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot, on_discord(bot) as on:
        peer = on.scene.house.peer
        await on.command("Ann", "imagine", "a red car --n 1 --seed 1")
        peer.gateway.repeat("INTERACTION_CREATE")
        await finished(on, 0, 0)
        await on.say("Ben", "at night", 0)
        peer.gateway.repeat("MESSAGE_CREATE")
        await finished(on, 0, 1)
        await on.say("Ben", "at dawn", 0)
        await finished(on, 0, 2)
        await peer.wait_for(lambda: len(peer.pings(on.scene.bob)) == 2)
        assert len(on.thread(0)) == 3
        assert on.root(1) == ""
        assert len(peer.pings(on.scene.ann)) == 1
