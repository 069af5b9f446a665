"""Uploads in three steps, processing, private downloads, pictures in blocks, response_urls and faults."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.peers.slack import App, Channel, Installation, Kind, Person, RunningClock, SlackPeer, Workspace
from tests.peers.slack.running import no_proxies, web_client

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
WEBP = b"RIFF\0\0\0\0WEBPVP8 "


@dataclass
class Scene:
    peer: SlackPeer
    ws: Workspace
    ann: Person
    app: App
    bot: Installation
    channel: Channel
    client: AsyncWebClient


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    no_proxies(monkeypatch)
    async with SlackPeer() as peer:
        ws = peer.add_workspace("acme")
        ann, app = ws.add_user("Ann"), peer.add_app()
        bot = ws.install(app)
        channel = ws.add_channel("general", ann, bot)
        yield Scene(peer, ws, ann, app, bot, channel, web_client(peer, bot))


def picture(file_id: str) -> list[dict[str, Any]]:
    return [{"type": "image", "slack_file": {"id": file_id}, "alt_text": "a car"}]


async def refused(call: Any, error: str) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == error
    return caught.value.response


async def get(url: str, token: str | None) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, response.content_type, await response.read()


async def test_a_picture_is_uploaded_processed_and_shown(scene: Scene) -> None:
    client = scene.client
    at: dict[str, Any] = {"channel": scene.channel.id, "text": "a car"}
    done = await client.files_upload_v2(filename="a.png", content=PNG, alt_txt="a car", title="A car")
    file_id = done["file"]["id"]
    wrong = await refused(client.chat_postMessage(**at, blocks=picture(file_id)), "invalid_blocks")
    assert "invalid slack file [json-pointer:/blocks/0/slack_file]" in wrong["errors"][0]
    assert (await client.files_info(file=file_id))["file"]["mimetype"] == ""
    assert (await client.files_info(file=file_id))["file"]["mimetype"] == "image/png"
    await client.chat_postMessage(**at, blocks=picture(file_id))
    [message] = scene.peer.messages(scene.channel)
    assert [it.content for it in message.pictures] == [PNG]
    assert message.alt_texts == ["a car"]


async def test_processing_can_be_held_and_let_go(scene: Scene) -> None:
    scene.peer.processing(None)
    file_id = (await scene.client.files_upload_v2(filename="a.png", content=PNG))["file"]["id"]
    for _ in range(3):
        assert (await scene.client.files_info(file=file_id))["file"]["mimetype"] == ""
    scene.peer.process(scene.peer.files[0])
    assert (await scene.client.files_info(file=file_id))["file"]["mimetype"] == "image/png"


async def test_only_its_own_png_jpg_and_gif_can_be_shown(scene: Scene) -> None:
    scene.peer.processing(0)
    at: dict[str, Any] = {"channel": scene.channel.id, "text": "x"}
    webp = (await scene.client.files_upload_v2(filename="a.webp", content=WEBP))["file"]["id"]
    await refused(scene.client.chat_postMessage(**at, blocks=picture(webp)), "invalid_blocks")
    await refused(scene.client.chat_postMessage(**at, blocks=picture("F0NOWHERE0")), "invalid_blocks")
    other = scene.peer.add_workspace("other")
    theirs = web_client(scene.peer, other.install(scene.app))
    foreign = (await theirs.files_upload_v2(filename="a.png", content=PNG))["file"]["id"]
    await refused(scene.client.chat_postMessage(**at, blocks=picture(foreign)), "invalid_blocks")
    await refused(scene.client.files_info(file=foreign), "file_not_found")


async def test_the_steps_of_an_upload_are_checked(scene: Scene) -> None:
    client = scene.client
    await refused(client.files_getUploadURLExternal(filename="a", length=0), "invalid_arguments")
    too_long = client.files_getUploadURLExternal(filename="a", length=1, alt_txt="a" * 1001)
    await refused(too_long, "alt_txt_too_large")
    huge = client.files_getUploadURLExternal(filename="a", length=1_000_000_001)
    await refused(huge, "file_upload_size_restricted")
    asked = await client.files_getUploadURLExternal(filename="a", length=3)
    complete = [{"id": asked["file_id"], "title": "a"}]
    await refused(client.files_completeUploadExternal(files=complete), "file_not_found")
    async with aiohttp.ClientSession() as session:
        async with session.post(asked["upload_url"], data=b"four") as response:
            assert response.status == 400
        async with session.post(asked["upload_url"], data=b"abc") as response:
            assert (response.status, response.content_type) == (200, "text/plain")
    await client.files_completeUploadExternal(files=complete)
    await refused(client.files_completeUploadExternal(files=complete), "file_not_found")
    await client.files_delete(file=asked["file_id"])
    await refused(client.files_info(file=asked["file_id"]), "file_deleted")


async def test_a_file_shared_by_its_upload_appears_once_it_is_processed(scene: Scene) -> None:
    await scene.client.files_upload_v2(filename="a.png", content=PNG, channel=scene.channel.id, initial_comment="look")
    assert scene.peer.messages(scene.channel) == []
    scene.peer.process(scene.peer.files[0])
    [message] = scene.peer.messages(scene.channel)
    assert (message.text, message.raw["subtype"], message.files[0].content) == ("look", "file_share", PNG)


async def test_private_files_need_the_token_of_somebody_who_sees_them(scene: Scene) -> None:
    said = await scene.ann.say(scene.channel, files=[PNG])
    url = said.message.raw["files"][0]["url_private"]
    assert await get(url, scene.bot.token) == (200, "image/png", PNG)
    status, kind, body = await get(url, None)
    assert (status, kind, b"Sign in" in body) == (200, "text/html", True)
    other = scene.peer.add_workspace("other").install(scene.app)
    assert (await get(url, other.token))[1] == "text/html"


async def test_files_of_shared_channels_must_be_looked_up(scene: Scene) -> None:
    other = scene.peer.add_workspace("other")
    bea = other.add_user("Bea")
    shared = scene.ws.add_channel("shared", bea, scene.ann, scene.bot, shared_with=[other])
    said = await bea.say(shared, "look", files=[PNG])
    event = said.deliveries[0].payload["event"]
    assert said.deliveries[0].payload["is_ext_shared_channel"] is True
    assert (event["user_team"], event["files"][0]["file_access"]) == (other.id, "check_file_info")
    assert "url_private" not in event["files"][0]
    whole = (await scene.client.files_info(file=event["files"][0]["id"]))["file"]
    assert await get(whole["url_private"], scene.bot.token) == (200, "image/png", PNG)


async def press_url(scene: Scene) -> tuple[str, Any]:
    """A response_url of a press, and the message."""
    block = {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Go"}}]}
    await scene.client.chat_postMessage(channel=scene.channel.id, text="x", blocks=[block])
    message = scene.peer.messages(scene.channel)[-1]
    did = await scene.ann.press(message, "Go")
    return did.payload["response_url"], message


async def test_a_response_url_is_good_for_five_answers(scene: Scene) -> None:
    url, _ = await press_url(scene)
    hook = AsyncWebhookClient(url)
    assert (await hook.send(text="psst")).body == "ok"
    assert [it.text for it in scene.ann.whispers] == ["psst"]
    await hook.send(text="all", response_type="in_channel")
    assert scene.peer.messages(scene.channel)[-1].text == "all"
    wrong = await hook.send(text="x", blocks=[{"type": "carousel"}])
    assert (wrong.status_code, "invalid_blocks" in wrong.body) == (400, True)
    for number in range(3):
        assert (await hook.send(text=str(number))).status_code == 200
    used = await hook.send(text="x")
    assert (used.status_code, used.body) == (404, "used_url")


async def test_a_response_url_replaces_and_deletes_what_it_came_from(scene: Scene) -> None:
    url, message = await press_url(scene)
    await AsyncWebhookClient(url).send(text="new", replace_original=True)
    assert message.text == "new"
    await AsyncWebhookClient(url).send(delete_original=True)
    assert scene.peer.messages(scene.channel) == []


async def test_a_response_url_ends_after_half_an_hour(scene: Scene) -> None:
    url, _ = await press_url(scene)
    await scene.peer.advance(1801)
    assert (await AsyncWebhookClient(url).send(text="x")).body == "expired_url"
    assert (await AsyncWebhookClient(url + "x").send(text="x")).status_code == 404


async def test_faults_happen_before_and_after_the_effect(scene: Scene) -> None:
    post = scene.client.chat_postMessage
    at: dict[str, Any] = {"channel": scene.channel.id}
    scene.client.retry_handlers.clear()
    scene.peer.faults.add(Kind.ERROR_500, "chat.postMessage")
    with pytest.raises(SlackApiError):
        await post(**at, text="500")
    scene.peer.faults.add(Kind.RATELIMITED, "chat.postMessage", seconds=7)
    assert (await refused(post(**at, text="429"), "ratelimited")).headers["Retry-After"] == "7"
    scene.peer.faults.add(Kind.REFUSED, "chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await post(**at, text="refused")
    scene.peer.faults.add(Kind.ERROR, error="restricted_action")
    await refused(post(**at, text="error"), "restricted_action")
    assert scene.peer.messages(scene.channel) == []
    scene.peer.faults.add(Kind.DROPPED, "chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await post(**at, text="dropped")
    assert [it.text for it in scene.peer.messages(scene.channel)] == ["dropped"]
    scene.peer.faults.add(Kind.ERROR_500, "upload")
    with pytest.raises((SlackApiError, SlackRequestError)):
        await scene.client.files_upload_v2(filename="a.png", content=PNG)


async def test_a_delay_lasts_on_the_clock_and_a_gate_until_it_is_opened(scene: Scene) -> None:
    post = scene.client.chat_postMessage
    at: dict[str, Any] = {"channel": scene.channel.id}
    scene.peer.faults.add(Kind.DELAYED, "chat.postMessage", seconds=5)
    sending = asyncio.ensure_future(post(**at, text="late"))
    await scene.peer.wait_for(lambda: scene.peer.faults.happened)
    assert scene.peer.messages(scene.channel) == []
    await scene.peer.advance(5)
    await sending
    gate = scene.peer.faults.hold("chat.postMessage", after=True)
    sending = asyncio.ensure_future(post(**at, text="held"))
    await gate.arrived.wait()
    assert [it.text for it in scene.peer.messages(scene.channel)] == ["late", "held"]
    assert not sending.done()
    gate.open()
    await sending


async def test_faults_at_random_are_the_same_for_a_seed() -> None:
    async def happened(seed: int) -> list[Any]:
        async with SlackPeer() as peer:
            peer.faults.at_random(seed, 0.5)
            return [peer.faults.next("x") and 1 for _ in range(20)]

    assert await happened(1) == await happened(1) != await happened(2)


async def test_the_sdk_honours_retry_after_on_a_running_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    no_proxies(monkeypatch)
    async with SlackPeer(RunningClock(speed=50)) as peer:
        ws = peer.add_workspace("acme")
        bot = ws.install(peer.add_app())
        channel = ws.add_channel("general", bot)
        client = web_client(peer, bot)
        client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
        peer.limits.channel_burst = 1
        peer.faults.add(Kind.RATELIMITED, "chat.postMessage", seconds=0)
        await client.chat_postMessage(channel=channel.id, text="x")
        assert peer.calls["chat.postMessage"] == 2
