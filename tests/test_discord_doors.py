"""Places that close while a set is drawn, places that are made once, and a Discord that lets nobody in."""

import asyncio
from pathlib import Path

import pytest

from adapters.discord import opening
from adapters.discord.desk import Known
from adapters.discord.opening import Access, opened
from bot.place import Place
from bot.replies import Reply
from tests.discord_kit import Scene, _recent, _sets, build, house
from tests.peers.discord.things import Channel
from tests.scripted_bot import encode


def place_of(thread: Channel) -> Place:
    """Where a thread is."""
    assert thread.guild
    assert thread.parent
    return Place("discord", str(thread.guild.id), str(thread.parent.id), str(thread.id))


async def test_what_had_begun_in_a_thread_that_is_locked_goes_on_in_its_channel(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            thread = await scene.bob.start_thread(scene.channel, "Bob's")
            await scene.ann.command(thread, "imagine", prompt="a red car")
            await there.peer.wait_for(lambda: there.ours(thread))
            stage, key = there.client.stage_for(place_of(thread)), next(iter(there.bot.turns))
            async with asyncio.timeout(20):
                while not await there.memory.posts.posted(place_of(thread), key):
                    """It is noted a moment after it is seen."""
            there.peer.archive(thread, locked=True)
            for number in range(3):
                await stage.show(Reply(key=key, text=f"step {number}", final=False))
                assert [each.text for each in there.ours(scene.channel)][:1] == [f"step {number}"], "in its place"
            there.bot.draw()
            await there.peer.wait_for(lambda: there.peer.pings(scene.ann))
            done, pointer = there.ours(scene.channel)
            assert len(done.images) == 4
            assert str(thread.id) in pointer.text
            found = await there.memory.posts.posted(place_of(thread).in_thread(""), key)
            assert found
            assert found.message.split() == [str(done.id), str(pointer.id)]


async def test_somebody_is_called_from_outside_of_a_thread_that_takes_edits_alone(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            await scene.ann.command(scene.channel, "imagine", prompt="a red car")
            thread = await scene.thread()
            await there.peer.wait_for(lambda: there.ours(thread))
            there.peer.archive(thread, locked=True)
            there.bot.draw()
            (call,) = await there.peer.wait_for(lambda: there.peer.pings(scene.ann))
            assert call.channel is scene.channel
            assert str(thread.id) in call.text
            assert len(there.ours(thread)[0].images) == 4
            assert there.peer.messages(there.peer.dm(scene.ann)) == []


async def test_a_private_thread_that_was_archived_is_private_all_the_same(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        private = await scene.secret()
        async with there.running():
            there.bot.draw()
            await scene.ann.command(private, "imagine", prompt="a red car")
            done = await scene.set_done(private)
        there.peer.archive(private)
        async with there.running():
            await scene.ann.press(done, "Continue in a new thread")
            await there.peer.wait_for(lambda: len(scene.channel.threads) == 2)
            await there.peer.wait_for(lambda: len(there.ours(scene.channel.threads[1])) == 2)
        assert there.ours(scene.channel) == []
        assert all(each.thread and each.thread.private for each in scene.channel.threads)


@pytest.mark.parametrize("lost", ["502", "dropped", "refused"])
@pytest.mark.parametrize("kind", ["forum", "private"])
async def test_a_post_and_a_private_thread_are_made_once(tmp_path: Path, lost: str, kind: str) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            parent, begun = await _begun(scene, kind)
            there.bot.draw()
            await scene.ann.command(begun, "imagine", prompt="a red car")
            done = await scene.set_done(begun)
            match lost:
                case "502":
                    there.peer.faults.next("POST", f"/channels/{parent.id}/threads", 502, after=True)
                case "dropped":
                    there.peer.faults.drop("POST", f"/channels/{parent.id}/threads")
                case _:
                    there.peer.faults.next("POST", f"/channels/{parent.id}/threads", 500)
            await scene.ann.press(done, "Continue in a new thread")
            await there.peer.wait_for(
                lambda: len(open_in(parent)) == 2 and len(there.ours(open_in(parent)[1])) == 2, 30
            )


def open_in(parent: Channel) -> list[Channel]:
    """The threads that are not archived."""
    return [each for each in parent.threads if each.thread and not each.thread.archived]


async def _begun(scene: Scene, kind: str) -> tuple[Channel, Channel]:
    if kind == "private":
        begun = await scene.secret()
        return scene.channel, begun
    assert scene.channel.guild
    forum: Channel = scene.channel.guild.add_channel("ideas", kind="forum")  # type: ignore[attr-defined]
    return forum, await scene.bob.start_thread(forum, "cars")


async def test_a_set_that_discord_takes_no_picture_of_ends_in_words(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.peer.rules.file_bytes = 60
        scene = build(there)
        async with there.running():
            thread, done = await scene.imagine()
            assert "/show" in done.text
            assert there.ours(thread) == [done]


async def test_what_is_ready_after_a_restart_where_the_bot_is_not_comes_directly(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        guild = there.peer.add_guild("Elsewhere", bot=False)
        cat = there.peer.add_user("Cat", installed=True)
        guild.add_member(cat)
        async with there.running():
            handle = await cat.command(guild.add_channel(), "imagine", prompt="a red car")
            await there.peer.wait_for(lambda: handle.original and "in line" in handle.original.text)
        there.bot.draw()
        async with there.running():
            (told,) = await there.peer.wait_for(lambda: there.peer.messages(there.peer.dm(cat)))
        assert len(told.images) == 4
        assert "/show" in told.text


async def test_the_program_goes_on_while_the_gateway_of_the_settings_takes_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(opening, "PATIENCE", 0.2)
    async with house(tmp_path) as there:
        access = Access(there.peer.token, api_base=there.peer.api_base, gateway_url="ws://127.0.0.1:9/gateway")
        known = Known(lambda: (), _sets, _recent)
        posts = there.memory.posts
        async with opened(
            there.bot, there.bot.read, encode, posts=posts, known=known, access=access, make=there.make
        ) as running:
            assert running.health() == {"ready": False}
            assert "goes on trying" in caplog.text
        assert not there.peer.transcript.of("identify")


async def test_health_says_when_the_gateway_is_gone(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running() as running:
            assert running.health()["ready"]
            await there.peer.stop()
            await scene.house.client.wait_for("shard_disconnect", timeout=20)
            assert not running.health()["ready"]
            await there.peer.start()
