"""What goes wrong on Discord, and that nothing is lost and nothing shown twice."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest

from adapters.discord import render
from adapters.discord.answers import InteractionAnswer
from adapters.discord.doctor import examine
from adapters.discord.opening import Access, TokenRefused
from bot import wording_discord as wording
from bot.place import Place
from bot.replies import Progress, Reply, Shown
from tests.discord_kit import Clock, Scene, build, house
from tests.scripted_bot import ScriptedBot, Turn


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            yield scene


async def finished_once(scene: Scene, root_texts: int = 1) -> None:
    """One thread, one set in it, one call."""
    thread = await scene.thread()
    await scene.set_done(thread)
    await scene.house.peer.wait_for(lambda: scene.house.peer.pings(scene.ann))
    assert len(scene.channel.threads) == root_texts
    assert len(scene.house.ours(thread)) == 1
    assert len(scene.house.peer.pings(scene.ann)) == 1


async def test_an_acknowledgement_whose_answer_was_lost_counts(scene: Scene) -> None:
    scene.house.peer.faults.next("POST", "/callback", 502, after=True)
    scene.house.bot.draw()
    handle = await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    await finished_once(scene)
    assert handle.refused == [40060]


async def test_an_acknowledgement_whose_connection_broke_counts(scene: Scene) -> None:
    scene.house.peer.faults.drop("POST", "/callback")
    scene.house.bot.draw()
    await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    await finished_once(scene)


async def test_what_comes_too_late_begins_nothing(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.house.peer.gateway.freeze()
    handle = await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    scene.house.peer.clock.advance(4)
    scene.house.peer.gateway.kill()  # what was missed is told again, after the three seconds
    await scene.house.peer.wait_for(lambda: handle.refused)
    assert handle.refused == [10062]
    await scene.ann.command(scene.channel, "queue")
    assert await scene.words(scene.ann, scene.channel) == "Nothing is in line."
    assert [type(each).__name__ for each in scene.house.bot.events] == ["Queue"]
    assert "came to nothing" in caplog.text


@pytest.mark.parametrize("path", ["/messages$", "/threads$", r"/messages/\d+$"])
async def test_answers_that_are_lost_post_nothing_twice(scene: Scene, path: str) -> None:
    scene.house.peer.faults.drop("*", f"/channels/.*{path}", times=2)
    scene.house.bot.draw()
    await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    await finished_once(scene)


async def test_errors_of_discord_are_outlived(scene: Scene) -> None:
    scene.house.peer.faults.next("*", "/channels/", 503, times=1)
    scene.house.peer.faults.next("POST", "/channels/.*/messages", 429, everywhere=True, times=2)
    scene.house.bot.draw()
    await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    await finished_once(scene)


async def test_a_whisper_after_the_token_is_over_becomes_a_direct_message(scene: Scene) -> None:
    thread, done = await scene.imagine()

    async def press(interaction: Any) -> None:
        answer = InteractionAnswer(interaction, scene.house.client.posting)
        await answer.acknowledge()
        scene.house.peer.clock.advance(901)
        await answer.whisper([render.words("late words")])

    scene.house.client.desk.press = press  # type: ignore[method-assign]
    await scene.bob.press(done, "2")
    dm = scene.house.peer.dm(scene.bob)
    (told,) = await scene.house.peer.wait_for(lambda: scene.house.peer.messages(dm))
    assert told.text == "late words"
    assert thread.thread


async def test_a_set_that_takes_an_hour_is_finished_in_its_message(scene: Scene) -> None:
    await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    thread = await scene.thread()
    await scene.house.peer.wait_for(lambda: scene.house.ours(thread))
    scene.house.peer.clock.advance(3500)
    scene.house.bot.draw()
    await finished_once(scene)


async def test_a_channel_that_is_gone_is_not_tried_again(scene: Scene) -> None:
    place = Place("discord", str(scene.channel.guild.id), "123456")  # type: ignore[union-attr]
    await scene.house.client.stage_for(place).show(Reply(key="t", text="done", mention=str(scene.ann.id)))
    tried = [each for each in scene.house.peer.transcript.of("request") if "/123456/" in each["path"]]
    assert len(tried) == 1
    dm = scene.house.peer.dm(scene.ann)
    assert len(scene.house.peer.messages(dm)) == 1


async def test_a_locked_thread_is_answered_in_its_channel(scene: Scene) -> None:
    thread, _ = await scene.imagine()
    scene.house.peer.archive(thread, locked=True)
    place = Place("discord", str(thread.guild.id), str(scene.channel.id), str(thread.id))  # type: ignore[union-attr]
    for _ in range(2):
        await scene.house.client.stage_for(place).show(Reply(key="new", text="still here"))
    (shown,) = [each for each in scene.house.ours(scene.channel) if each.text == "still here"]
    assert shown.channel is scene.channel


async def test_progress_is_shown_no_oftener_than_every_two_and_a_half_seconds(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        there.clock = Clock()
        async with there.running():
            place = Place("discord", str(scene.channel.guild.id), str(scene.channel.id))  # type: ignore[union-attr]
            stage = there.client.stage_for(place)

            async def show(text: str, *, final: bool = False) -> str:
                await stage.show(Reply(key="t", text=text, progress=Progress(0.1), final=final))
                (message,) = there.ours(scene.channel)
                return message.text

            assert await show("one") == "one"
            there.clock.now += 2.4
            assert await show("two") == "one"
            there.clock.now += 0.1
            assert await show("three") == "three"
            assert await show("done", final=True) == "done"
            there.clock.now += 10
            assert await show("late") == "done"


async def test_commands_are_told_once(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        build(there)
        for _ in range(2):
            async with there.running():
                pass
        told = [each for each in there.peer.transcript.of("request", method="PUT") if "/commands" in each["path"]]
        assert len(told) == 1


async def test_commands_and_buttons_of_another_time_are_answered(scene: Scene) -> None:
    scene.house.peer.world.app.commands[0].append(scene.house.peer.world.app.commands[0][0] | {"name": "old"})
    await scene.ann.command(scene.channel, "old", prompt="x")
    assert await scene.words(scene.ann, scene.channel) == wording.UNKNOWN_COMMAND


async def test_a_wrong_token_is_said(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.peer.token = "wrong"
        with pytest.raises(TokenRefused):
            async with there.running():
                pass


async def test_tokens_are_in_no_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    scene.house.peer.faults.storm(3, s429=0.2, path="/channels/")
    scene.house.peer.faults.next("POST", "/callback", 500)
    await scene.imagine()
    secrets = [scene.house.peer.token, *(each.token for each in scene.house.peer.world.interactions.values())]
    assert not [secret for secret in secrets if secret in caplog.text]
    assert scene.house.peer.token not in repr(Access(scene.house.peer.token))


async def test_the_end_of_the_program_waits_for_acknowledgements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, real = asyncio.Event(), InteractionAnswer.acknowledge

    async def acknowledge(self: InteractionAnswer) -> bool:
        arrived.set()
        return await real(self)

    monkeypatch.setattr(InteractionAnswer, "acknowledge", acknowledge)
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            handle = await scene.ann.command(scene.channel, "imagine", prompt="a red car")
            await arrived.wait()
        assert handle.acked


async def test_the_doctor_says_what_is_wrong_and_its_cure(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        wrong = Access("wrong", api_base=there.peer.api_base, gateway_url=there.peer.gateway_url)
        (finding,) = await examine(wrong, there.memory.posts)
        assert not finding.good
        assert "Reset Token" in finding.words


class Careful(ScriptedBot):
    """Like the real bot, it takes a set for shown when its reader comes back for more, and not before."""

    async def _drawn(self, turn: Turn) -> AsyncGenerator[Shown, None]:
        async for shown in super()._drawn(turn):
            turn.done = False
            yield shown
        turn.done = True


@pytest.mark.parametrize("content", ["auto", "on", "off"])
async def test_the_doctor_looks_into_every_server(tmp_path: Path, content: Literal["auto", "on", "off"]) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        guild = scene.channel.guild
        assert guild
        access = Access(there.peer.token, content, there.peer.api_base, there.peer.gateway_url)

        async def look() -> dict[str, tuple[bool, str]]:
            return {each.subject: (each.good, each.words) for each in await examine(access, there.memory.posts)}

        found = await look()
        assert found["discord token"][0]
        assert found["discord intents"][0] == (content != "on")
        assert found["discord permissions"][0]
        assert "10 MiB" in found["discord uploads"][1]
        assert found["discord commands"] == (True, wording.COMMANDS_UNTOLD)
        async with there.running():
            pass
        assert (await look())["discord commands"] == (True, wording.commands_good(17))
        there.peer.world.app.commands[0].pop()
        assert not (await look())["discord commands"][0]
        guild.everyone.permissions = 0
        good, words = (await look())["discord permissions"]
        assert not good
        assert "Attach Files" in words
        assert "scope=bot+applications.commands" in words


async def test_while_developing_one_server_alone_is_told_the_commands(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        assert scene.channel.guild
        async with there.running(guilds=(scene.channel.guild.id,)):
            assert list(there.peer.world.app.commands) == [scene.channel.guild.id]
            await scene.ann.command(scene.channel, "queue")
            assert await scene.words(scene.ann, scene.channel) == "Nothing is in line."


@pytest.mark.parametrize("point", range(1, 13))
async def test_cut_off_anywhere_and_started_again_shows_once_and_calls_once(tmp_path: Path, point: int) -> None:
    async with house(tmp_path) as there:
        there.bot = Careful()
        scene = build(there)

        def calls() -> int:
            return sum(each["method"] != "GET" for each in there.peer.transcript.of("request"))

        async with there.running():
            before = calls()
            there.bot.draw()
            await scene.ann.command(scene.channel, "imagine", prompt="a red car")
            await there.peer.wait_for(lambda: calls() >= before + point or there.peer.pings(scene.ann))
        there.bot.draw()
        async with there.running():
            if there.bot.turns:
                await there.peer.wait_for(lambda: there.peer.pings(scene.ann))
                await finished_once(scene)
        assert len(there.peer.messages(scene.channel)) <= 1
        assert len(scene.channel.threads) <= 1
