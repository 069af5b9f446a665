"""What is seldom on Discord: buttons of another time, servers that were left, words that look like mentions, an intent
that is off; and an acknowledgement that waits for nothing."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import wording_discord as wording
from bot.memory.inbox import Arrival
from bot.replies import Reply
from tests.discord_kit import Scene, build, house
from tests.kit import kit
from tests.narrators.discord import on_discord
from tests.peers.discord import posting
from tests.peers.discord.things import V2
from tests.peers.discord.uploads import Body
from tests.platform_story import finished


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            yield scene
        assert there.peer.limits.broken == []


async def test_the_acknowledgement_waits_for_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, peer = scene.house.memory.posts.inbox, scene.house.peer
    real, waited = inbox.write, []

    async def slow(arrival: Arrival) -> None:
        await peer.wait_for(lambda: handle.acked)
        waited.append(arrival)
        await real(arrival)

    monkeypatch.setattr(inbox, "write", slow)
    before = len(peer.transcript.of("request"))
    scene.house.bot.draw()
    handle = await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    await scene.set_done(await scene.thread())
    assert peer.transcript.of("request")[before]["template"].endswith("/callback")
    assert len(waited) == 1


async def test_a_server_that_is_left_is_left_alone(scene: Scene) -> None:
    thread, _ = await scene.imagine()
    peer, place = scene.house.peer, scene.house.bot.events[0].place
    await peer.wait_for(lambda: peer.pings(scene.ann))
    thread.guild.kick_bot()  # type: ignore[union-attr]
    before = len(peer.transcript.of("request"))
    stage = scene.house.client.stage_for(place.in_thread(str(thread.id)))
    for number in range(5):
        await stage.show(Reply(key="new", text=f"{number}", final=False))
    await stage.show(Reply(key="new", text="done", mention=str(scene.ann.id)))
    after = [each for each in peer.transcript.of("request")[before:] if f"/{thread.id}/" in each["path"]]
    assert len(after) == 2, "one for what is under way, one for its end"
    assert len(peer.messages(peer.dm(scene.ann))) == 1


async def test_words_that_look_like_mentions_call_nobody(scene: Scene) -> None:
    guild = scene.channel.guild
    assert guild
    guild.grant_bot("MENTION_EVERYONE")  # type: ignore[attr-defined]
    role = guild.add_role("artists")  # type: ignore[attr-defined]
    prompt = f"@everyone @here <@{scene.bob.id}> <@&{role.id}>"
    _, done = await scene.imagine(prompt)
    await scene.house.peer.wait_for(lambda: scene.house.peer.pings(scene.ann))
    assert "everyone" in done.text
    assert [each["who"] for each in scene.house.peer.transcript.of("ping")] == ["Ann"]


async def test_an_intent_that_is_off_is_said_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with house(tmp_path) as there:
        build(there)
        async with there.running(content="on") as running:
            assert not running.health()["message_content"]
    assert wording.CONTENT_MISSING in caplog.text


async def test_a_button_of_what_was_deleted_is_answered(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot, on_discord(bot) as on:
        await on.command("Ann", "imagine", "a red car --n 1 --seed 1")
        await finished(on, 0, 0)
        thread = on.scene.channel.threads[0]
        (done,) = on.scene.house.ours(thread)
        rows = [part for part in done.components if part["type"] == 1]
        await on.press("Ann", 0, 0, "Delete")
        await on.until(lambda: not done.gallery)
        body = Body({"components": rows, "flags": V2}, {})
        stale = posting.edit(on.scene.house.peer.world, done, body)
        await on.scene.bob.press(stale, "Vary 1 (subtle)")
        assert "nothing with the id" in await on.scene.words(on.scene.bob, thread)


async def test_a_button_that_nobody_knows_is_answered(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot, on_discord(bot) as on:
        scene = on.scene
        button = {"type": 2, "style": 2, "label": "Go", "custom_id": "of another time"}
        body = Body({"content": "old", "components": [{"type": 1, "components": [button]}]}, {})
        old = posting.create(scene.house.peer.world, scene.channel, scene.house.peer.bot, body)
        handle = await scene.ann.press(old, "Go")
        assert "from another time" in await scene.words(scene.ann, scene.channel)
        assert handle.refused == []
