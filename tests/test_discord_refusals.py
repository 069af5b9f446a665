"""What Discord refuses, and what becomes of it."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import opening
from adapters.discord.client import Client
from bot import wording_discord as wording
from bot.buttons import Vary, from_token
from bot.place import Place
from bot.replies import Button, Reply
from tests.discord_kit import Clock, Scene, build, house


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            yield scene


async def test_what_a_filter_takes_is_said_and_not_tried_again(scene: Scene) -> None:
    peer = scene.house.peer
    posts = rf"/channels/{scene.channel.id}/messages$"

    def tried() -> int:
        return len(peer.transcript.of("request", method="POST", path=posts.removesuffix("$")))

    peer.faults.next("POST", posts, 400, code=200000, times=10)
    await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    assert await scene.words(scene.ann, scene.channel) == wording.FILTERED_WORDS
    assert tried() == 1
    assert scene.house.bot.events == []
    place = Place("discord", str(scene.channel.guild.id), str(scene.channel.id))  # type: ignore[union-attr]
    stage = scene.house.client.stage_for(place)
    for number in range(3):
        await stage.show(Reply(key="t", text=f"a red car {number}", final=False))
    assert tried() == 2
    await stage.show(Reply(key="t", text="a red car", mention=str(scene.ann.id)))
    (told,) = await peer.wait_for(lambda: peer.messages(peer.dm(scene.ann)))
    assert told.text == wording.filtered("t")
    assert tried() == 3


async def test_a_message_older_than_an_hour_is_edited_seldom(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        there.clock = Clock()
        async with there.running():
            place = Place("discord", str(scene.channel.guild.id), str(scene.channel.id))  # type: ignore[union-attr]
            stage = there.client.stage_for(place)
            for number in range(420):
                await stage.show(Reply(key="t", text=f"about {number}", final=False))
                there.clock.now += 10
            await stage.show(Reply(key="t", text="done"))
            (message,) = there.ours(scene.channel)
            edits = there.peer.transcript.of("request", method="PATCH")
            assert message.text == "done"
            assert len(edits) <= 334


async def test_too_many_edits_of_an_old_message_make_a_new_one(scene: Scene) -> None:
    place = Place("discord", str(scene.channel.guild.id), str(scene.channel.id))  # type: ignore[union-attr]
    stage = scene.house.client.stage_for(place)
    await stage.show(Reply(key="t", text="first", final=False))
    scene.house.peer.rules.old_edits = 0
    scene.house.peer.clock.advance(4000)
    await stage.show(Reply(key="t", text="done"))
    assert [each.text for each in scene.house.ours(scene.channel)][-1] == "done"


async def test_room_for_a_thread_is_made_by_archiving_the_quietest_of_our_own(scene: Scene) -> None:
    old, _ = await scene.imagine()
    others = await scene.bob.start_thread(scene.channel, "Bob's")
    await scene.house.peer.wait_for(lambda: scene.house.peer.pings(scene.ann))
    scene.house.peer.clock.advance(7200)
    scene.house.peer.rules.active_threads = 2
    await scene.imagine("a blue boat")
    assert len(scene.channel.threads) == 3
    assert old.thread
    assert others.thread
    assert old.thread.archived
    assert not others.thread.archived


async def test_a_button_of_a_set_that_was_brought_back_begins_a_thread(scene: Scene) -> None:
    thread, done = await scene.imagine()
    await scene.house.client.stage_for(scene.house.bot.events[0].place.in_thread("")).show(
        Reply(key="brought", text="back again", buttons=(Button("Again", Vary(_picture(done), "subtle")),))
    )
    (back,) = [each for each in scene.house.ours(scene.channel) if each.text == "back again"]
    scene.house.bot.draw()
    await scene.bob.press(back, "Again")
    second = await scene.thread(1)
    await scene.set_done(second)
    assert second is not thread
    assert second.name == "Bob's own way"


def _picture(done: Any) -> str:
    tokens = [from_token(each.custom_id) for each in done.buttons]
    return next(each.picture for each in tokens if isinstance(each, Vary))


async def test_tokens_are_in_no_log_however_much_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            there.peer.faults.storm(3, s429=0.2, path="/channels/")
            there.peer.faults.next("POST", "/callback", 500)
            _, done = await scene.imagine()
            await scene.bob.press(done, "2")
            await scene.words(scene.bob, done.channel)
        interactions = there.peer.world.interactions.values()
        secrets = {there.peer.token, *(each.token for each in interactions)}
        assert any(each.name.startswith("discord") for each in caplog.records)
        leaks = [each.getMessage()[:200] for each in caplog.records if any(one in each.getMessage() for one in secrets)]
        assert leaks == []


async def test_what_breaks_the_connection_is_outlived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "FIRST_PAUSE", 0.01)
    real, tried = Client.connect, []

    async def connect(self: Client, *, reconnect: bool = True) -> None:
        tried.append(self)
        if len(tried) == 1:
            raise UnicodeError("an address that nobody can read")
        await real(self, reconnect=reconnect)

    monkeypatch.setattr(Client, "connect", connect)
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running(content="off") as running:
            await there.peer.wait_for(lambda: there.peer.transcript.of("identify"))
            await there.client.open.wait()
            assert not running.ended.done()
            await scene.ann.command(scene.channel, "queue")
            assert await scene.words(scene.ann, scene.channel) == "Nothing is in line."
    assert len(there.clients) == len(tried) == 2
