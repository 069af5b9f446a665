"""Threads, posts, direct messages, and places where the bot is not; before and after a restart."""

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import wording_discord as wording
from bot import wording_refine
from bot.buttons import Vary, from_token
from bot.place import Place
from bot.replies import Reply, Shown
from tests.discord_kit import Scene, build, house
from tests.kit import kit
from tests.narrators.discord import on_discord
from tests.peers.discord.things import Channel, Message
from tests.platform_story import finished


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            yield scene
        assert not there.peer.limits.broken


async def test_buttons_live_through_a_restart_and_stale_ones_are_answered(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            thread, done = await scene.imagine()
        async with there.running():
            await scene.bob.press(done, "3")
            assert "You chose #3" in await scene.words(scene.bob, thread)
            there.bot.turns.clear()
            await scene.ann.press(done, "Edit")
            assert wording.FAILED in await scene.words(scene.ann, thread)


async def test_what_was_under_way_is_finished_after_a_restart_in_the_same_message(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            await scene.ann.command(scene.channel, "imagine", prompt="a red car")
            thread = await scene.thread()
            first = await there.peer.wait_for(lambda: there.ours(thread))
        there.bot.draw()
        async with there.running():
            done = await scene.set_done(thread)
            await there.peer.wait_for(lambda: there.peer.pings(scene.ann))
        assert done is first[0]
        assert there.ours(thread) == [done]
        assert len(there.peer.pings(scene.ann)) == 1


async def test_a_direct_message_is_one_long_conversation(scene: Scene) -> None:
    dm = scene.house.peer.dm(scene.ann)
    scene.house.bot.draw()
    await scene.ann.command(dm, "imagine", prompt="a red car")
    await scene.set_done(dm)
    scene.house.bot.draw()
    await scene.ann.say(dm, "at night")
    await scene.house.peer.wait_for(lambda: sum("took 12 s" in each.text for each in scene.house.ours(dm)) == 2)
    place = scene.house.bot.events[-1].place
    assert (place.workspace, place.channel, place.thread) == (f"dm-{scene.ann.id}", str(dm.id), str(dm.id))


async def test_an_archived_thread_is_woken_for_an_edit(scene: Scene) -> None:
    thread, done = await scene.imagine()
    scene.house.peer.archive(thread)
    await scene.bob.press(done, "2")
    await scene.house.peer.wait_for(lambda: "going on from #2" in done.text)
    assert thread.thread
    assert not thread.thread.archived


async def test_too_many_threads_make_the_channel_the_conversation(scene: Scene) -> None:
    scene.house.peer.rules.active_threads = 0
    scene.house.bot.draw()
    await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    done = await scene.set_done(scene.channel)
    await scene.bob.press(done, "2")
    await scene.house.peer.wait_for(lambda: "going on from #2" in done.text)
    scene.house.bot.draw()
    await scene.bob.say(scene.channel, "at night", reply_to=done)
    await scene.house.peer.wait_for(
        lambda: "at night" in [getattr(each, "text", "") for each in scene.house.bot.events] or None
    )


async def test_the_menu_refines_a_set_that_was_brought_back_or_whose_conversation_is_the_channel(
    tmp_path: Path,
) -> None:
    async with kit(tmp_path) as bot, on_discord(bot) as on:
        scene, peer = on.scene, on.scene.house.peer

        async def refine(done: Message, where: Channel) -> None:
            await (await scene.bob.submit(await refine_form(scene, done), {"text": "at night"})).wait_acked()
            await peer.wait_for(lambda: [each for each in scene.house.ours(where) if "at night" in each.text])

        await on.command("Ann", "imagine", "a red car --n 1 --seed 1")
        await finished(on, 0, 0)
        thread = scene.channel.threads[0]
        await scene.ann.command(scene.channel, "show", id=_picture(scene.house.ours(thread)[0]))
        await refine(await first_set(scene), thread)
        assert await scene.words(scene.bob, scene.channel) == wording_refine.AT_HOME

        peer.rules.active_threads = 0
        board = scene.channel.guild.add_channel("board")  # type: ignore[union-attr]
        await scene.ann.command(board, "imagine", prompt="a red car --n 1 --seed 1")
        await refine(await first_set(scene, board), board)


async def refine_form(scene: Scene, done: Message) -> Any:
    """Bob's form of the menu entry Refine."""
    return await (await scene.bob.context_menu("Refine", done)).wait_modal()


async def first_set(scene: Scene, where: Channel | None = None) -> Message:
    """The first message with pictures in a channel."""
    found = await scene.house.peer.wait_for(
        lambda: [each for each in scene.house.ours(where or scene.channel) if each.images and each.buttons]
    )
    return found[0]


def _picture(done: Message) -> str:
    tokens = [from_token(each.custom_id or "") for each in done.buttons]
    return next(each.picture for each in tokens if isinstance(each, Vary))


async def test_a_deleted_thread_ends_it_and_the_person_is_told_once(scene: Scene) -> None:
    await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    thread = await scene.thread()
    await scene.house.peer.wait_for(lambda: scene.house.ours(thread))
    scene.house.peer.delete(thread)
    scene.house.bot.draw()
    dm = scene.house.peer.dm(scene.ann)
    told = await scene.house.peer.wait_for(lambda: scene.house.peer.messages(dm))
    assert "/show" in told[0].text
    requests = [each for each in scene.house.peer.transcript.of("request", code=10003) if each["method"] != "GET"]
    assert len(requests) <= 6


async def test_a_forum_post_is_a_thread(scene: Scene) -> None:
    assert scene.channel.guild
    forum = scene.channel.guild.add_channel("ideas", kind="forum")  # type: ignore[attr-defined]
    post = await scene.bob.start_thread(forum, "cars")
    scene.house.bot.draw()
    await scene.ann.command(post, "imagine", prompt="a red car")
    done = await scene.set_done(post)
    assert scene.house.bot.events[0].place.channel == str(forum.id)
    await scene.bob.press(done, "Continue in a new thread")
    await scene.house.peer.wait_for(lambda: len(forum.threads) == 2)


async def test_what_begins_in_a_private_thread_stays_private(scene: Scene) -> None:
    assert scene.channel.guild
    private = await scene.secret()
    scene.house.bot.draw()
    await scene.ann.command(private, "imagine", prompt="a red car")
    done = await scene.set_done(private)
    await scene.ann.press(done, "Continue in a new thread")
    await scene.house.peer.wait_for(lambda: len(scene.channel.threads) == 2)
    fork = scene.channel.threads[1]
    await scene.set_done(fork)
    assert fork.thread
    assert fork.thread.private
    assert scene.ann.id in fork.thread.members
    assert scene.house.peer.messages(scene.channel) == []


async def test_a_thread_that_was_archived_before_the_start_is_found_and_woken(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            thread, done = await scene.imagine()
        there.peer.archive(thread)
        async with there.running():
            assert there.client.get_channel(thread.id) is None
            place = there.bot.events[0].place
            await there.client.stage_for(place).show(Reply(key=next(iter(there.bot.turns)), text="seen again"))
        assert done.text == "seen again"
        assert thread.thread
        assert not thread.thread.archived


async def test_what_falls_due_is_shown_by_itself(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        assert scene.channel.guild
        place = Place("discord", str(scene.channel.guild.id), str(scene.channel.id))

        async def end() -> AsyncGenerator[Shown, None]:
            yield Reply(key="end", text="The round is over.", mention=str(scene.bob.id))

        there.bot.ends.append((place, end()))
        async with there.running():
            await there.peer.wait_for(lambda: there.peer.pings(scene.bob))
        assert [each.text for each in there.ours(scene.channel)] == ["The round is over."]


async def test_the_bot_knows_what_is_private_and_what_is_age_restricted(scene: Scene) -> None:
    peer, guild = scene.house.peer, scene.channel.guild
    assert guild
    adult = guild.add_channel("bar", nsfw=True)  # type: ignore[attr-defined]
    board = guild.add_channel("board")  # type: ignore[attr-defined]
    peer.deny(board, guild.everyone, "view_channel")
    for who in (peer.bot, scene.ann):
        peer.allow(board, who, "view_channel")
    private = await scene.secret()
    places = (scene.channel, adult, board, private, peer.dm(scene.ann))
    for where in places:
        await scene.ann.command(where, "queue")
    scene.house.bot.draw()
    await scene.ann.command(adult, "imagine", prompt="a bar")
    await peer.wait_for(lambda: adult.threads)
    await scene.set_done(adult.threads[0])
    await scene.ann.command(adult.threads[0], "queue")
    await peer.wait_for(lambda: len(scene.house.bot.events) == 7)
    seen = [(each.sheltered, each.mature) for each in scene.house.bot.events]
    assert seen[:5] == [("", False), ("", True), ("channel", False), ("thread", False), ("channel", False)]
    assert seen[5:] == [("", True), ("", True)]


async def test_an_edit_sends_no_picture_that_the_message_has(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            _, done = await scene.imagine()
            ids = [each.id for each in done.attachments]
            await scene.bob.press(done, "2")
            await there.peer.wait_for(lambda: "going on from #2" in done.text)
            assert [each.id for each in done.attachments] == ids
        async with there.running():
            await scene.bob.press(done, "3")
            await there.peer.wait_for(lambda: "going on from #3" in done.text)
            assert [each.id for each in done.attachments] == ids
        assert len(done.images) == 4
        assert all(each.description for each in done.gallery)
