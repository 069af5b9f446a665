"""Where the bot is not and a person brought it along: everything goes out as an answer to their interactions."""

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from bot import wording_discord as wording
from bot.events import AnyEvent
from bot.replies import Reply, Shown
from tests.discord_kit import Scene, build, house
from tests.peers.discord.people import Person
from tests.peers.discord.things import Channel


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            yield scene
        assert not there.peer.limits.broken


def brought(scene: Scene) -> tuple[Person, Channel]:
    """Cat, who has the bot for herself, in a server that has it not."""
    guild = scene.house.peer.add_guild("Elsewhere", bot=False)
    cat = scene.house.peer.add_user("Cat", installed=True)
    guild.add_member(cat)
    return cat, guild.add_channel()


async def test_everything_goes_through_the_interaction_and_pictures_are_sent_once(scene: Scene) -> None:
    cat, channel = brought(scene)
    scene.house.bot.draw()
    handle = await cat.command(channel, "imagine", prompt="a red car")
    await scene.house.peer.wait_for(lambda: handle.original and "took 12 s" in handle.original.text)
    assert handle.original
    before = [each.id for each in handle.original.attachments]
    assert len(before) == 4
    await cat.press(handle.original, "1")
    await scene.house.peer.wait_for(lambda: handle.original and "going on from #1" in handle.original.text)
    assert "You chose #1" in await scene.words(cat, channel)
    assert [each.id for each in handle.original.attachments] == before


async def test_what_is_done_too_late_for_an_answer_comes_directly(scene: Scene) -> None:
    cat, channel = brought(scene)
    handle = await cat.command(channel, "imagine", prompt="a red car")
    await scene.house.peer.wait_for(lambda: handle.original and "in line" in handle.original.text)
    scene.house.peer.clock.advance(901)
    scene.house.bot.draw()
    direct = scene.house.peer.dm(cat)
    (told,) = await scene.house.peer.wait_for(lambda: scene.house.peer.messages(direct))
    assert "took 12 s" in told.text
    assert len(told.attachments) == 4
    await cat.press(told, "2")
    await scene.house.peer.wait_for(lambda: "going on from #2" in told.text)


async def test_answers_beyond_the_fifth_come_directly(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    cat, channel = brought(scene)

    async def many(event: AnyEvent) -> AsyncGenerator[Shown, None]:
        for number in range(8):
            yield Reply(key=f"{event.event_id} {number}", text=f"answer {number}")

    monkeypatch.setattr(scene.house.bot, "handle", many)
    await cat.command(channel, "imagine", prompt="a red car")
    direct = scene.house.peer.dm(cat)
    await scene.house.peer.wait_for(lambda: "answer 7" in [each.text for each in scene.house.peer.messages(direct)])
    here = [each.text for each in scene.house.peer.messages(channel) if not each.deleted]
    assert [*here, *(each.text for each in scene.house.peer.messages(direct))] == [f"answer {n}" for n in range(8)]
    assert wording.FAILED not in here
