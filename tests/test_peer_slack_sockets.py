"""Socket Mode and signed HTTP: acknowledgements, retries, and every way in which a connection ends."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from tests.peers.slack import App, Channel, Installation, Person, SlackPeer, Workspace
from tests.peers.slack.running import bolt_app, no_proxies, on_sockets, web_client


@dataclass
class Scene:
    peer: SlackPeer
    ws: Workspace
    ann: Person
    app: App
    bot: Installation
    channel: Channel
    bolt: AsyncApp


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    no_proxies(monkeypatch)
    async with SlackPeer() as peer:
        ws = peer.add_workspace("acme")
        ann, app = ws.add_user("Ann"), peer.add_app()
        bot = ws.install(app)
        channel = ws.add_channel("general", ann, bot)
        yield Scene(peer, ws, ann, app, bot, channel, bolt_app(peer, bot))


async def raw_socket(scene: Scene, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """A socket without Bolt, past its hello."""
    opened = await web_client(scene.peer).apps_connections_open(app_token=scene.app.app_token)
    ws = await session.ws_connect(opened["url"], autoping=False)
    assert (await ws.receive_json())["type"] == "hello"
    return ws


def hear(scene: Scene) -> list[dict[str, Any]]:
    """What arrives as messages: event and retry number."""
    seen: list[dict[str, Any]] = []

    @scene.bolt.event("message")
    async def message(event: dict[str, Any], request: Any) -> None:
        seen.append({"text": event["text"], "retry": request.headers.get("x-slack-retry-num", [None])[0]})

    return seen


async def test_an_event_that_nobody_acknowledges_is_retried_three_times(scene: Scene) -> None:
    async with aiohttp.ClientSession() as session:
        ws = await raw_socket(scene, session)
        said = await scene.ann.say(scene.channel, "hello")
        [delivery] = said.deliveries
        envelopes = [await ws.receive_json()]
        for seconds in (3, 3 + 60, 3 + 300):
            await scene.peer.advance(seconds)
            envelopes.append(await ws.receive_json())
        assert [it["retry_attempt"] for it in envelopes] == [0, 1, 2, 3]
        assert [it["retry_reason"] for it in envelopes] == ["", "timeout", "timeout", "timeout"]
        assert len({it["payload"]["event_id"] for it in envelopes}) == 1
        assert len({it["envelope_id"] for it in envelopes}) == 4
        assert delivery.outcome == "pending"
        await scene.peer.advance(3)
        assert delivery.outcome == "given_up"
        await ws.send_json({"envelope_id": envelopes[0]["envelope_id"]})
        await scene.peer.wait_for(lambda: delivery.late == 1)


async def test_a_command_that_nobody_acknowledges_times_out_and_is_not_repeated(scene: Scene) -> None:
    async with aiohttp.ClientSession() as session:
        ws = await raw_socket(scene, session)
        did = await scene.ann.command(scene.channel, "/imagine", "x")
        await scene.peer.advance(2.9)
        assert did.outcome == "pending"
        await scene.peer.advance(0.2)
        assert did.outcome == "operation_timeout"
        await scene.peer.advance(400)
        assert len(did.attempts) == 1
        envelope = await ws.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        assert "retry_attempt" not in envelope


async def test_without_a_socket_commands_fail_and_events_wait(scene: Scene) -> None:
    did = await scene.ann.command(scene.channel, "/imagine", "x")
    assert did.outcome == "dispatch_failed"
    seen = hear(scene)
    said = await scene.ann.say(scene.channel, "hello")
    async with on_sockets(scene.peer, scene.bolt, scene.app):
        await scene.peer.advance(1)
        await said.acknowledged()
    assert seen == [{"text": "hello", "retry": "1"}]


async def test_each_envelope_goes_to_one_of_the_sockets(scene: Scene) -> None:
    seen = hear(scene)
    async with on_sockets(scene.peer, scene.bolt, scene.app, 3):
        for number in range(6):
            await (await scene.ann.say(scene.channel, str(number))).acknowledged()
        assert [it["text"] for it in seen] == [str(number) for number in range(6)]
        assert sorted(it.attempts[0].via or 0 for it in scene.peer.deliveries) == [0, 0, 1, 1, 2, 2]


async def test_a_delivery_can_come_again_although_it_was_acknowledged(scene: Scene) -> None:
    seen = hear(scene)
    async with on_sockets(scene.peer, scene.bolt, scene.app):
        said = await scene.ann.say(scene.channel, "hello")
        await said.acknowledged()
        await said.deliveries[0].again()
        await scene.peer.wait_for(lambda: said.deliveries[0].late == 1)
    assert [it["retry"] for it in seen] == ["0", "1"]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_after_a_goodbye_the_app_comes_back(scene: Scene, reason: str) -> None:
    seen = hear(scene)
    async with on_sockets(scene.peer, scene.bolt, scene.app):
        [old] = scene.peer.sockets(scene.app)
        await old.disconnect(reason)
        await scene.peer.wait_for(lambda: old.ws.closed and scene.peer.sockets(scene.app))
        await (await scene.ann.say(scene.channel, "hello")).acknowledged()
        assert old not in scene.peer.sockets(scene.app)
    assert [it["text"] for it in seen] == ["hello"]


async def test_after_a_warning_the_socket_closes_in_ten_seconds(scene: Scene) -> None:
    async with aiohttp.ClientSession() as session:
        ws = await raw_socket(scene, session)
        [socket] = scene.peer.sockets(scene.app)
        await socket.disconnect("warning")
        assert (await ws.receive_json())["reason"] == "warning"
        await scene.peer.advance(9)
        assert scene.peer.sockets(scene.app) == [socket]
        await scene.peer.advance(1)
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_the_app_notices_a_reset_connection(scene: Scene) -> None:
    async with on_sockets(scene.peer, scene.bolt, scene.app):
        [old] = scene.peer.sockets(scene.app)
        old.cut()
        await scene.peer.wait_for(lambda: [it for it in scene.peer.sockets(scene.app) if it is not old])


async def test_a_half_open_socket_loses_what_is_sent_until_the_app_notices(scene: Scene) -> None:
    seen = hear(scene)
    async with on_sockets(scene.peer, scene.bolt, scene.app):
        [old] = scene.peer.sockets(scene.app)
        await scene.peer.wait_for(lambda: old.pings)
        await old.ping()
        await scene.peer.wait_for(lambda: old.pongs)
        old.half_open = True
        said = await scene.ann.say(scene.channel, "hello")
        await scene.peer.wait_for(lambda: [it for it in scene.peer.sockets(scene.app) if it is not old])
        assert seen == []
        await scene.peer.wait_for(lambda: old not in scene.peer.sockets(scene.app))
        await scene.peer.advance(3)
        await said.acknowledged()
    assert seen == [{"text": "hello", "retry": "1"}]


async def test_the_eleventh_socket_is_one_too_many(scene: Scene) -> None:
    scene.peer.limits.on = False
    async with aiohttp.ClientSession() as session:
        kept = [await raw_socket(scene, session) for _ in range(10)]
        opened = await web_client(scene.peer).apps_connections_open(app_token=scene.app.app_token)
        ws = await session.ws_connect(opened["url"])
        assert (await ws.receive_json())["reason"] == "too_many_websockets"
        async with session.get(opened["url"].replace("ws:", "http:")) as again:
            assert again.status == 404
        assert len(kept) == len(scene.peer.sockets(scene.app)) == 10


async def test_switched_off_sockets_are_told_so_at_once(scene: Scene) -> None:
    async with aiohttp.ClientSession() as session:
        ws = await raw_socket(scene, session)
        scene.peer.disable_link(scene.app)
        assert (await ws.receive_json())["reason"] == "link_disabled"
        opened = await web_client(scene.peer).apps_connections_open(app_token=scene.app.app_token)
        again = await session.ws_connect(opened["url"])
        assert (await again.receive_json())["reason"] == "link_disabled"


async def test_connections_are_opened_ten_times_a_minute(scene: Scene) -> None:
    client = web_client(scene.peer)
    for _ in range(10):
        await client.apps_connections_open(app_token=scene.app.app_token)
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.apps_connections_open(app_token=scene.app.app_token)


async def test_the_peer_comes_back_on_its_port_with_its_world(scene: Scene) -> None:
    seen = hear(scene)
    url = scene.peer.api_url
    async with on_sockets(scene.peer, scene.bolt, scene.app):
        [old] = scene.peer.sockets(scene.app)
        await scene.bolt.client.chat_postMessage(channel=scene.channel.id, text="before")
        await scene.peer.restart()
        assert scene.peer.api_url == url
        await scene.peer.wait_for(lambda: [it for it in scene.peer.sockets(scene.app) if it is not old])
        await (await scene.ann.say(scene.channel, "after")).acknowledged()
        await scene.peer.wait_for(lambda: "after" in [it["text"] for it in seen])
    assert [it.text for it in scene.peer.messages(scene.channel)] == ["before", "after"]


@pytest.fixture
async def http(scene: Scene) -> AsyncIterator[Scene]:
    """The Bolt app behind a URL that Slack has verified."""
    runner = web.AppRunner(scene.bolt.server(path="/slack/events").web_app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    await scene.peer.verify_url(scene.app, f"http://127.0.0.1:{port}/slack/events")
    yield scene
    await runner.cleanup()


async def test_commands_events_and_presses_come_by_signed_http(http: Scene) -> None:
    seen = hear(http)

    @http.bolt.command("/imagine")
    async def imagine(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"drawing {command['text']}")

    @http.bolt.shortcut("describe_image")
    async def shortcut(ack: Any) -> None:
        await ack()

    http.app.shortcuts["describe_image"] = "message"
    did = await (await http.ann.command(http.channel, "/imagine", "a & b")).acknowledged()
    assert did.text == "drawing a &amp; b"
    said = await http.ann.say(http.channel, "hello")
    await said.acknowledged()
    await (await http.ann.shortcut("describe_image", said.message)).acknowledged()
    assert seen == [{"text": "hello", "retry": None}]


async def test_bad_signatures_and_old_requests_are_turned_away(http: Scene) -> None:
    payload = {"type": "url_verification", "challenge": "x"}
    post = http.peer.world.courier.post
    assert (await post(http.app, payload))[0] == 200
    assert (await post(http.app, payload, secret="wrong"))[0] == 401
    assert (await post(http.app, payload, age=301))[0] == 401


async def test_an_event_that_http_refuses_is_retried_with_its_headers(http: Scene) -> None:
    seen: list[tuple[str | None, str | None]] = []

    @http.bolt.middleware
    async def flaky(request: Any, next: Any) -> Any:
        number, reason = (request.headers.get(f"x-slack-retry-{it}", [None])[0] for it in ("num", "reason"))
        seen.append((number, reason))
        if len(seen) == 1:
            raise RuntimeError("not today")
        await next()

    hear(http)
    said = await http.ann.say(http.channel, "hello")
    await said.acknowledged()
    assert seen == [(None, None), ("1", "http_error")]


async def test_a_url_that_does_not_answer_the_challenge_is_not_taken(scene: Scene) -> None:
    with pytest.raises(AssertionError, match="didn't respond"):
        await scene.peer.verify_url(scene.app, f"{scene.peer.world.base_url}/login")
