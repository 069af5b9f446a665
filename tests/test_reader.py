import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import numpy as np
import pytest

from engine.errors import BrokenWeights, EngineClosed, ReadFailed
from engine.reader import Reader
from tests.fakes import FakeClip, Gate

Make = Callable[[Callable[[], FakeClip], int], Reader]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Readers that end with the test, however it ends."""
    made: list[Reader] = []

    def reader(open_clip: Callable[[], FakeClip], at_once: int) -> Reader:
        made.append(Reader(open_clip, at_once))
        return made[-1]

    yield reader
    for one in made:
        one.close()
        assert await asyncio.to_thread(one.join, 60.0)


async def test_texts_and_pictures_become_rows_of_unit_length(make: Make) -> None:
    reader = make(FakeClip, 8)
    pictures = [np.full((4, 4, 3), shade, np.uint8) for shade in range(3)]
    texts, seen = await asyncio.gather(reader.embed_texts(["a", "b"]), reader.embed_pictures(pictures))
    assert texts.shape == (2, 16)
    assert seen.shape == (3, 16)
    assert np.linalg.norm(np.concatenate([texts, seen]), axis=1) == pytest.approx(1.0)
    assert await reader.about() == ("fake", 100.0)


async def test_requests_that_come_together_share_a_call_and_get_their_own_rows(make: Make) -> None:
    clip = FakeClip(gate=Gate(opened=False))
    reader = make(lambda: clip, 8)
    first = asyncio.ensure_future(reader.embed_texts(["first"]))
    await asyncio.to_thread(clip.gate.wait_for, 1)
    rest = [asyncio.ensure_future(reader.embed_texts([f"a {index}", f"b {index}"])) for index in range(3)]
    await asyncio.sleep(0)
    clip.gate.open()
    await first
    vectors = await asyncio.gather(*rest)
    assert clip.calls == [1, 6]
    alone = FakeClip()
    for index, mine in enumerate(vectors):
        assert np.array_equal(mine, alone.embed_texts([f"a {index}", f"b {index}"]))


async def test_a_large_request_is_cut_into_calls(make: Make) -> None:
    clip = FakeClip()
    reader = make(lambda: clip, 4)
    vectors = await reader.embed_texts([str(index) for index in range(10)])
    assert vectors.shape == (10, 16)
    assert clip.calls == [4, 4, 2]
    assert (await reader.embed_texts([])).shape == (0, 16)


async def test_a_broken_request_fails_alone(make: Make) -> None:
    clip = FakeClip(gate=Gate(opened=False))
    reader = make(lambda: clip, 8)
    first = asyncio.ensure_future(reader.embed_texts(["first"]))
    await asyncio.to_thread(clip.gate.wait_for, 1)
    broken, good = (
        asyncio.ensure_future(reader.embed_texts(["broken"])),
        asyncio.ensure_future(reader.embed_texts(["a"])),
    )
    await asyncio.sleep(0)
    clip.gate.open()
    assert (await good).shape == (1, 16)
    with pytest.raises(ReadFailed):
        await broken
    await first


async def test_a_request_given_up_is_not_read(make: Make) -> None:
    clip = FakeClip(gate=Gate(opened=False))
    reader = make(lambda: clip, 8)
    first = asyncio.ensure_future(reader.embed_texts(["first"]))
    await asyncio.to_thread(clip.gate.wait_for, 1)
    given_up = asyncio.ensure_future(reader.embed_texts(["a"]))
    await asyncio.sleep(0)
    given_up.cancel()
    with suppress(asyncio.CancelledError):
        await given_up
    clip.gate.open()
    await first
    assert (await reader.embed_texts(["b"])).shape == (1, 16)
    assert clip.calls == [1, 1]


async def test_a_clip_that_cannot_be_opened_is_tried_again(make: Make) -> None:
    tries = 0

    def open_clip() -> FakeClip:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise BrokenWeights("clip", "cut short")
        return FakeClip()

    reader = make(open_clip, 8)
    with pytest.raises(BrokenWeights):
        await reader.about()
    assert await reader.about() == ("fake", 100.0)


async def test_closing_fails_what_waits_and_refuses_what_comes(make: Make) -> None:
    clip = FakeClip(gate=Gate(opened=False))
    reader = make(lambda: clip, 1)
    first = asyncio.ensure_future(reader.embed_texts(["first"]))
    await asyncio.to_thread(clip.gate.wait_for, 1)
    waiting = asyncio.ensure_future(reader.embed_texts(["waiting"]))
    await asyncio.sleep(0)
    reader.close()
    clip.gate.open()
    assert (await first).shape == (1, 16)
    with pytest.raises(EngineClosed):
        await waiting
    with pytest.raises(EngineClosed):
        await reader.embed_texts(["late"])
    assert await asyncio.to_thread(reader.join, 60.0)
    assert await asyncio.to_thread(Reader(lambda: clip, 1).join, 0.0)
