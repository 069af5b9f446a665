"""What was acknowledged is not lost, whenever the bot ends."""

import asyncio
from pathlib import Path
from typing import Any

from bot.events import AnyEvent
from bot.replies import Whisper
from tests.discord_kit import build, house
from tests.scripted_bot import ScriptedBot, pixels, png


class Slow(ScriptedBot):
    """It never comes to its first turn."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def refusal(self, event: AnyEvent) -> Whisper | None:
        """For ever."""
        self.asked.set()
        await asyncio.Event().wait()
        return None


async def test_what_was_cut_off_before_its_first_turn_is_drawn_after_the_start_once(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene, slow = build(there), Slow()
        async with there.running(slow):
            handle = await scene.ann.command(scene.channel, "imagine", prompt="a red car", count=2)
            await slow.asked.wait()
        assert handle.acked
        assert scene.channel.threads == []
        there.bot.draw()
        async with there.running():
            thread = await scene.thread()
            done = await scene.set_done(thread)
            await there.peer.wait_for(lambda: there.peer.pings(scene.ann))
        async with there.running():
            pass
        assert there.ours(thread) == [done]
        assert len(scene.channel.threads) == len(there.peer.pings(scene.ann)) == 1
        assert {getattr(event, "prompt", "") for event in there.bot.events} == {"a red car --n 2"}


async def test_words_and_pictures_that_were_cut_off_are_read_after_the_start(tmp_path: Path) -> None:
    picture = png(pixels(1, 16))
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            thread, done = await scene.imagine()
        slow = Slow()
        async with there.running(slow):
            await scene.bob.say(thread, "at night", reply_to=done)
            await slow.asked.wait()
            slow.asked.clear()
            await scene.ann.command(scene.channel, "imagine", prompt="the same", picture=picture)
            await slow.asked.wait()
        there.bot.draw(8)
        async with there.running():
            await scene.set_done(await scene.thread(1))
            await there.peer.wait_for(lambda: sum("took 12 s" in each.text for each in there.ours(thread)) == 2)
        said: dict[str, Any] = {type(each).__name__: each for each in there.bot.events[1:]}
        assert said["Message"].reply_to == there.bot.events[0].event_id
        assert said["Imagine"].picture.data == picture


async def test_who_is_refused_after_the_start_hears_of_it(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene, slow = build(there), Slow()
        async with there.running(slow):
            await scene.ann.command(scene.channel, "imagine", prompt="forbidden")
            await slow.asked.wait()
        async with there.running():
            told = await there.peer.wait_for(lambda: there.peer.messages(there.peer.dm(scene.ann)))
            assert "does not draw" in told[0].text
        async with there.running():
            pass
        assert len(there.peer.messages(there.peer.dm(scene.ann))) == 1


async def test_what_came_to_nothing_is_not_tried_again(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        there.bot.broken = True
        async with there.running():
            await scene.ann.command(scene.channel, "queue")
            assert "went wrong" in await scene.words(scene.ann, scene.channel)
        there.bot.broken = False
        async with there.running():
            assert await there.memory.posts.inbox.waiting("discord") == 0
        assert len(there.bot.events) == 1
