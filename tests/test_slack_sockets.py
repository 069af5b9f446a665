"""Two sockets, a watchdog over both, an alarm when Slack switches them off, and an end that waits."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError

from adapters.slack import doctor
from adapters.slack.opening import Keys
from adapters.slack.sockets import SILENCE, Sockets
from bot.events import AnyEvent
from bot.replies import Whisper
from tests.peers.slack import Kind
from tests.peers.slack.running import bolt_app, web_client
from tests.slack_scene import Scene, scene


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


async def test_what_comes_while_one_socket_is_renewed_comes_by_the_other(at: Scene) -> None:
    async with at.running():
        await at.peer.sockets(at.app)[0].disconnect("refresh_requested")
        for _ in range(4):
            await (await at.ann.command(at.general, "/sextant", "queue")).acknowledged()
        await at.peer.connected(at.app, 2)


async def test_a_socket_that_is_silent_is_opened_again(at: Scene) -> None:
    now = [1000.0]
    sockets = Sockets(bolt_app(at.peer, at.bot), at.app.app_token, web_client(at.peer, at.bot), now=lambda: now[0])
    await sockets.open()
    try:
        first, second = await at.peer.connected(at.app, 2)
        await asyncio.gather(sockets.look(), sockets.look())
        assert at.peer.sockets(at.app) == [first, second], "nothing is wrong yet"
        now[0] = 10e9  # far beyond the last pong
        await sockets.look()
        await at.peer.wait_for(lambda: not {first, second} & set(at.peer.sockets(at.app)))
        assert sockets.health()["sockets"] == 2
    finally:
        await sockets.close()
    assert SILENCE > 20


async def test_a_socket_that_does_not_open_is_tried_again_and_the_other_works(at: Scene) -> None:
    now = [1000.0]
    sockets = Sockets(bolt_app(at.peer, at.bot), at.app.app_token, web_client(at.peer, at.bot), now=lambda: now[0])
    at.peer.faults.add(Kind.ERROR_500, "apps.connections.open")
    await sockets.open()
    try:
        await at.peer.connected(at.app, 2)
        at.peer.faults.add(Kind.ERROR, "apps.connections.open", times=50, error="internal_error")
        before = at.peer.sockets(at.app)
        now[0] = 10e9
        looking = asyncio.create_task(sockets.look())
        await at.peer.wait_for(lambda: len(at.peer.faults.happened) >= 2)
        assert at.peer.sockets(at.app) == before, "the old one goes on"
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    finally:
        at.peer.faults.clear()
        await sockets.close()


async def test_when_socket_mode_is_switched_off_somebody_hears_of_it(
    at: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async with at.running() as opened:
        health = opened.health()
        assert (health["sockets"], health["link_disabled"], health["seconds_since_told"]) == (2, False, None)
        at.peer.disable_link(at.app)
        await at.peer.wait_for(lambda: "Socket Mode is switched off" in caplog.text)
        assert opened.health()["link_disabled"]
        at.peer.disable_link(at.app, False)


async def test_a_wrong_app_token_is_said_at_once(at: Scene) -> None:
    with pytest.raises(SlackApiError):
        async with at.running(keys=replace(at.keys, app_token="xapp-wrong")):
            pass


async def test_the_end_waits_for_acknowledgements_that_are_on_their_way(at: Scene) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def refusal(event: AnyEvent) -> Whisper | None:
        asked.set()
        await answer.wait()
        return Whisper("no")

    at.scripted.refusal = refusal  # type: ignore[method-assign]
    running = at.running()
    await running.__aenter__()
    await (await at.ann.shortcut("new_image")).acknowledged()
    await at.peer.wait_for(lambda: at.ann.views)
    view = at.ann.views[-1]
    label = str(view.blocks[0]["label"]["text"])
    did = await at.ann.submit(view, {label: "a red car", "Where to show it": at.general.id})
    await asked.wait()
    ending = asyncio.create_task(running.__aexit__(None, None, None))
    await asyncio.sleep(0)
    answer.set()
    await ending
    await did.acknowledged()
    assert view.errors == {"text 0": "no"}


# The doctor


async def findings(keys: Keys) -> dict[str, tuple[bool, str]]:
    return {one.subject: (one.good, one.words) for one in await doctor.examine(keys)}


async def test_the_doctor_finds_nothing_wrong_where_nothing_is(at: Scene) -> None:
    found = await findings(at.keys)
    assert all(good for good, _ in found.values())
    assert set(found) == {"slack token", "slack scopes", "slack sockets", "slack events"}


async def test_the_doctor_names_the_cure(at: Scene) -> None:
    bare = at.ws.install(at.app, scopes=("chat:write", "commands"))
    found = await findings(Keys(bot_token=bare.token, app_token="xapp-wrong", api_url=at.peer.api_url))
    assert "files:write" in found["slack scopes"][1]
    assert "install the app again" in found["slack scopes"][1]
    assert not found["slack sockets"][0]
    assert "connections:write" in found["slack sockets"][1]
    at.peer.disable_link(at.app)
    found = await findings(Keys(bot_token="xoxb-wrong", app_token=at.app.app_token, api_url=at.peer.api_url))
    assert "SLACK_BOT_TOKEN" in found["slack token"][1]
    assert "switched off" in found["slack sockets"][1]
    nothing = await findings(Keys(api_url=at.peer.api_url))
    assert "SLACK_CLIENT_ID" in nothing["slack token"][1]
    assert "SLACK_APP_TOKEN" in nothing["slack way in"][1]
    http = await findings(replace(at.keys, app_token="", signing_secret=at.app.signing_secret))
    assert "401" in http["slack signing secret"][1]


async def test_the_doctor_blames_no_token_when_slack_is_silent_or_busy(at: Scene) -> None:
    for url in ("http://127.0.0.1:9/api/", at.peer.api_url.replace("/api/", "/nothing/")):
        away = await findings(replace(at.keys, api_url=url))
        for subject in ("slack token", "slack sockets"):
            assert not away[subject][0]
            assert f"{url} does not answer" in away[subject][1]
    at.peer.faults.add(Kind.RATELIMITED, "apps.connections.open", seconds=7)
    assert "left alone for 7 s" in (await findings(at.keys))["slack sockets"][1]


async def test_the_doctor_sees_tokens_that_do_not_belong_together(at: Scene) -> None:
    other = at.peer.add_app(commands={"/imagine": True})
    found = await findings(replace(at.keys, app_token=other.app_token))
    assert not found["slack sockets"][0]
    assert other.id in found["slack sockets"][1]
    assert at.app.id in found["slack sockets"][1]
    at.bot.bot_id = ""
    assert "not_a_bot_token" in (await findings(at.keys))["slack token"][1], "a person's token"


async def test_the_doctor_asks_whether_slack_knows_the_client(at: Scene) -> None:
    keys = Keys(
        client_id=at.app.client_id,
        client_secret=at.app.client_secret,
        signing_secret=at.app.signing_secret,
        api_url=at.peer.api_url,
    )
    good, words = (await findings(keys))["slack installing"]
    assert good
    assert "/slack/install" in words
    assert "SLACK_BOT_TOKEN is not used" in (await findings(replace(keys, bot_token="xoxb-1")))["slack installing"][1]
    for wrong in (replace(keys, client_id="1.2"), replace(keys, client_secret="no")):
        good, words = (await findings(wrong))["slack installing"]
        assert not good
        assert "App Credentials" in words
    away = await findings(replace(keys, api_url="http://127.0.0.1:9/api/"))
    assert "does not answer" in away["slack installing"][1]
