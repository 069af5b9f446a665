"""Calls and their patience: what is repeated, what waits for what, and what does not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters.slack.calls import Calls, Pace
from adapters.slack.failures import Limited, Unsure
from tests.peers.slack import Kind
from tests.slack_scene import Scene, at_once, scene


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


def test_progress_is_told_once_in_a_while_in_each_channel() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0], gap=3.0)
    assert [pace.may("C1", "T1"), pace.may("C1", "T1"), pace.may("C2", "T1")] == [True, False, True]
    now[0] = 3.0
    assert pace.may("C1", "T1")
    pace.hold("C1", 20.0)
    now[0] = 22.9
    assert not pace.may("C1", "T1")
    now[0] = 23.0
    assert pace.may("C1", "T1")
    pace.hold("T1", 10.0)
    now[0] = 30.0
    assert [pace.may("C2", "T1"), pace.may("C3", "T2")] == [False, True]


async def test_patience_ends_and_doubt_is_not_repeated() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    calls = Calls(sleep)

    def failing(error: Exception) -> Callable[[], object]:
        async def attempt() -> object:
            raise error

        return attempt

    with pytest.raises(Unsure):
        await calls.do(failing(ConnectionError()), "a", repeat=False)  # type: ignore[arg-type]
    assert waited == []
    with pytest.raises(Unsure):
        await calls.do(failing(TimeoutError()), "a")  # type: ignore[arg-type]
    assert waited == [1.0, 2.0, 4.0, 8.0]


async def test_those_in_a_line_wait_one_after_the_other_and_others_do_not_wait(at: Scene) -> None:
    from slack_sdk.web.async_client import AsyncWebClient

    client = AsyncWebClient(at.bot.token, base_url=at.peer.api_url, retry_handlers=[])
    waited: list[float] = []
    asked, wake = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        asked.set()
        await wake.wait()

    calls = Calls(sleep)
    at.peer.faults.add(Kind.RATELIMITED, "auth.test", seconds=13)
    first = asyncio.create_task(calls.do(client.auth_test, "one"))
    await asked.wait()
    others = [asyncio.create_task(calls.do(client.auth_test, "one")) for _ in range(9)]
    before = at.peer.calls["auth.test"]
    with pytest.raises(Limited) as limited:
        await calls.do(client.auth_test, "one", patient=False)
    assert limited.value.seconds <= 13
    await calls.do(client.auth_test, "two")
    assert at.peer.calls["auth.test"] == before + 1, "nobody of the line has asked again"
    wake.set()
    await asyncio.gather(first, *others)
    assert waited == [13.0]


async def test_impatient_calls_say_how_long_to_wait(at: Scene) -> None:
    from slack_sdk.web.async_client import AsyncWebClient

    client = AsyncWebClient(at.bot.token, base_url=at.peer.api_url, retry_handlers=[])
    at.peer.faults.add(Kind.RATELIMITED, "auth.test", seconds=13)
    with pytest.raises(Limited) as limited:
        await Calls(at_once).do(client.auth_test, "auth.test", patient=False)
    assert limited.value.seconds == 13
