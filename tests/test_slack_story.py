"""A story told through Slack to the whole bot: the real conversation and memory, a fake model, real sockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.opening import Times, opened
from tests.kit import Kit, kit
from tests.peers.slack import Message
from tests.slack_scene import Scene, at_once, rising, scene, words


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Kit]:
    async with kit(tmp_path) as house:
        yield house


@pytest.fixture
async def slack(at: Scene, house: Kit) -> AsyncIterator[None]:
    times = Times(clock=rising(), sleep=at_once, gap=0.0)
    async with opened(house.bot, house.files.get, house.memory.posts, keys=at.keys, folder=at.folder, times=times):
        await at.peer.connected(at.app, 2)
        yield


async def sets(at: Scene, root: str, count: int) -> list[Message]:
    """Wait until so many sets with pictures stand in a thread."""

    def there() -> list[Message]:
        found = [it for it in at.replies(root) if it.pictures and "Again" in it.labels]
        return found if len(found) == count else []

    found: list[Message] = await at.peer.wait_for(there)
    return found


@pytest.mark.usefixtures("slack")
async def test_people_look_for_a_picture_together(at: Scene) -> None:
    await (await at.ann.command(at.general, "/imagine", "a red car --n 2")).acknowledged()
    root = (await at.root()).ts
    [first] = await sets(at, root, 1)
    assert len(first.pictures) == 2
    assert words(first).startswith("a red car · for Ann")
    assert all(text.startswith("AI image: a red car") for text in first.alt_texts)

    await (await at.ann.press(first, "2")).acknowledged()
    await at.peer.wait_for(lambda: "going on from #2" in words(first))
    await (await at.ben.say(at.general, "at night", thread=root)).acknowledged()
    _, second = await sets(at, root, 2)
    assert "night" in words(second)

    star = next(label for label in first.labels if label.startswith("Star"))
    await (await at.ben.press(first, star)).acknowledged()
    await at.peer.wait_for(lambda: "★ 1 star" in str(first.blocks))

    fork = next(label for label in first.labels if label.startswith("Continue"))
    await (await at.ben.press(first, fork)).acknowledged()
    await at.peer.wait_for(lambda: len(at.peer.messages(at.general)) == 2)
    new = at.peer.messages(at.general)[1].ts
    await at.peer.wait_for(lambda: any(it.reading.links for it in at.replies(new)))
    assert any(root.replace(".", "") in link for it in at.replies(new) for link in it.reading.links)

    await (await at.ann.say(at.general, "/tree", thread=root, mention_bot=True)).acknowledged()
    await at.peer.wait_for(
        lambda: any(text.startswith("A tree of pictures") for it in at.replies(root) for text in it.alt_texts)
    )
    await at.ann.open_home()
    await at.peer.wait_for(lambda: at.ann.home())
    assert "Your settings" in str(at.ann.home().blocks)  # type: ignore[union-attr]


@pytest.mark.usefixtures("slack")
async def test_what_cannot_be_read_is_said_to_the_asker_alone_and_opens_nothing(at: Scene) -> None:
    await (await at.ann.command(at.general, "/imagine", "a car --raio 2:1")).acknowledged()
    await at.peer.wait_for(lambda: at.ann.whispers)
    assert "--ar" in words(at.ann.whispers[0])
    assert at.peer.messages(at.general) == []


@pytest.mark.usefixtures("slack")
async def test_a_round_on_a_theme(at: Scene) -> None:
    await (await at.ann.command(at.general, "/sextant", "party red things --minutes 5")).acknowledged()
    root = (await at.root()).ts
    assert "red things" in words(await at.root())
    await at.peer.wait_for(lambda: at.replies(root))
    await (await at.ben.say(at.general, "/imagine a red hat --n 1", thread=root, mention_bot=True)).acknowledged()
    await sets(at, root, 1)


@pytest.mark.usefixtures("slack")
async def test_three_hundred_commands_at_once_are_all_acknowledged_in_time(at: Scene) -> None:
    asked = await asyncio.gather(*(at.ann.command(at.general, "/sextant", "queue") for _ in range(300)))
    for one in asked:
        await one.acknowledged()
    took = sorted(one.took or 0.0 for one in asked)
    print(f"300 acknowledgements: p50 {took[150] * 1000:.0f} ms, p99 {took[297] * 1000:.0f} ms")
    await at.peer.wait_for(lambda: len(at.ann.whispers) == 300, patience=60)
