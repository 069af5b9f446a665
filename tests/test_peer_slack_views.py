"""Views by the bare client: triggers, stacks, hashes; and OAuth, revocation and Enterprise Grid."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slack import App, Channel, Installation, NotPossible, Person, SlackPeer, Workspace, grant
from tests.peers.slack.running import no_proxies, web_client


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
        ann, app = ws.add_user("Ann"), peer.add_app(shortcuts={"new": "global"})
        bot = ws.install(app)
        channel = ws.add_channel("general", ann, bot)
        yield Scene(peer, ws, ann, app, bot, channel, web_client(peer, bot))


async def refused(call: Any, error: str) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == error
    return caught.value.response


def modal(title: str = "Form", **more: Any) -> dict[str, Any]:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "elements": [button]}]
    return {"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": blocks} | more


async def trigger(scene: Scene) -> str:
    return str((await scene.ann.shortcut("new")).payload["trigger_id"])


async def test_a_trigger_is_good_once_and_for_three_seconds(scene: Scene) -> None:
    used, old = await trigger(scene), await trigger(scene)
    await scene.client.views_open(trigger_id=used, view=modal())
    await refused(scene.client.views_open(trigger_id=used, view=modal()), "exchanged_trigger_id")
    await refused(scene.client.views_open(trigger_id="1.2.x", view=modal()), "invalid_trigger_id")
    await scene.peer.advance(3.1)
    await refused(scene.client.views_open(trigger_id=old, view=modal()), "expired_trigger_id")


async def test_a_wrong_view_is_refused_with_a_pointer(scene: Scene) -> None:
    answer = await refused(
        scene.client.views_open(trigger_id=await trigger(scene), view=modal("a" * 25)), "invalid_arguments"
    )
    assert "[json-pointer:/view/title/text]" in answer["response_metadata"]["messages"][0]
    long: dict[str, Any] = {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "a" * 3000}}] * 90}
    await refused(scene.client.views_open(trigger_id=await trigger(scene), view=modal(**long)), "view_too_large")


async def test_three_views_stack_and_no_more(scene: Scene) -> None:
    await scene.client.views_open(trigger_id=await trigger(scene), view=modal())
    await refused(scene.client.views_push(trigger_id=await trigger(scene), view=modal()), "not_found")
    for number in (2, 3):
        did = await scene.ann.press(scene.ann.views[-1], "Go")
        await scene.client.views_push(trigger_id=did.payload["trigger_id"], view=modal(str(number)))
    assert [it.title for it in scene.ann.views] == ["Form", "2", "3"]
    did = await scene.ann.press(scene.ann.views[-1], "Go")
    await refused(scene.client.views_push(trigger_id=did.payload["trigger_id"], view=modal()), "push_limit_reached")
    with pytest.raises(NotPossible):
        await scene.ann.press(scene.ann.views[0], "Go")
    assert await scene.ann.close(scene.ann.views[-1]) is None
    assert [it.title for it in scene.ann.views] == ["Form", "2"]


async def test_a_view_is_updated_against_its_hash(scene: Scene) -> None:
    opened = await scene.client.views_open(trigger_id=await trigger(scene), view=modal(external_id="one"))
    view = opened["view"]
    await refused(
        scene.client.views_open(trigger_id=await trigger(scene), view=modal(external_id="one")),
        "duplicate_external_id",
    )
    await scene.client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Second"))
    await refused(
        scene.client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Third")), "hash_conflict"
    )
    assert scene.ann.views[-1].title == "Second"
    await refused(scene.client.views_update(view_id="V0NOWHERE", view=modal()), "not_found")


async def test_closing_is_told_when_asked_for(scene: Scene) -> None:
    await scene.client.views_open(trigger_id=await trigger(scene), view=modal(notify_on_close=True))
    did = await scene.ann.close(scene.ann.views[-1])
    assert did is not None
    assert did.payload["type"] == "view_closed"
    assert scene.ann.views == []


async def test_the_home_tab_is_published_to_people_of_the_workspace(scene: Scene) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await scene.client.views_publish(user_id=scene.ann.id, view=home)
    stranger = scene.peer.add_workspace("other").add_user("Bea")
    await refused(scene.client.views_publish(user_id=stranger.id, view=home), "user_not_found")
    await refused(scene.client.views_publish(user_id=scene.ann.id, view=modal()), "invalid_arguments")
    scene.app.home_tab = False
    await refused(scene.client.views_publish(user_id=scene.ann.id, view=home), "not_enabled")


async def test_a_message_whose_blocks_are_too_long_together_is_refused(scene: Scene) -> None:
    part = {"type": "section", "text": {"type": "mrkdwn", "text": "a" * 2640}}
    await scene.client.chat_postMessage(channel=scene.channel.id, text="x", blocks=[part] * 5)
    more = [*[part] * 5, {"type": "header", "text": {"type": "plain_text", "text": "a"}}]
    await refused(scene.client.chat_postMessage(channel=scene.channel.id, text="x", blocks=more), "msg_blocks_too_long")
    await refused(scene.client.chat_postMessage(channel=scene.channel.id, blocks="{"), "invalid_blocks_format")


async def test_a_code_is_exchanged_once_by_the_right_app(scene: Scene) -> None:
    other, uri = scene.peer.add_app(), "https://bot.example/done"
    code = grant(scene.app, scene.ann, ("commands", "chat:write"), uri)
    client = AsyncWebClient(base_url=scene.peer.api_url)

    def access(**change: str) -> Any:
        right = {"client_id": scene.app.client_id, "client_secret": scene.app.client_secret, "code": code}
        return client.oauth_v2_access(**{"redirect_uri": uri, **right, **change})

    await refused(access(client_id="1.2"), "invalid_client_id")
    await refused(access(client_secret="x"), "bad_client_secret")
    await refused(access(code="x"), "invalid_code")
    await refused(access(client_id=other.client_id, client_secret=other.client_secret), "invalid_code")
    await refused(access(redirect_uri="https://evil.example"), "bad_redirect_uri")
    answer = await access()
    assert (answer["team"]["id"], answer["scope"]) == (scene.ws.id, "commands,chat:write")
    assert answer["is_enterprise_install"] is False
    who = await web_client(scene.peer, token=answer["access_token"]).auth_test()
    assert who["user_id"] == answer["bot_user_id"] == scene.bot.bot.id
    await refused(access(), "code_already_used")
    late = grant(scene.app, scene.ann, ("commands",), uri)
    await scene.peer.advance(601)
    await refused(access(code=late), "code_expired")


async def test_the_install_page_sends_the_browser_back(scene: Scene) -> None:
    asked = {"client_id": scene.app.client_id, "scope": "commands", "state": "s", "redirect_uri": "http://b.example/"}

    async def visit() -> dict[str, list[str]]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(scene.peer.authorize_url, params=asked, allow_redirects=False) as response,
        ):
            return parse_qs(urlsplit(response.headers["Location"]).query)

    assert await visit() == {"state": ["s"], "error": ["access_denied"]}
    scene.peer.pages.installer = scene.ann
    back = await visit()
    assert back["state"] == ["s"]
    assert scene.peer.world.grants[back["code"][0]].person is scene.ann


async def test_an_organisation_has_one_token_for_its_workspaces(scene: Scene) -> None:
    big = scene.peer.add_enterprise("Big")
    one, two = (scene.peer.add_workspace(name, enterprise=big) for name in ("one", "two"))
    bea, bot = two.add_user("Bea"), one.install(scene.app, org=big)
    channel = two.add_channel("general", bea, bot)
    await web_client(scene.peer, bot).chat_postMessage(channel=channel.id, text="x")
    who = await web_client(scene.peer, bot).auth_test()
    assert (who["is_enterprise_install"], who["enterprise_id"]) == (True, big.id)
    said = await bea.say(channel, "hello")
    payload = said.deliveries[0].payload
    assert payload["authorizations"][0]["is_enterprise_install"] is True
    assert (payload["team_id"], payload["enterprise_id"]) == (two.id, big.id)
    did = await bea.command(channel, "/imagine", "x")
    assert (did.payload["is_enterprise_install"], did.payload["enterprise_id"]) == ("true", big.id)
    code = grant(scene.app, bea, ("commands",), "", big)
    answer = await AsyncWebClient(base_url=scene.peer.api_url).oauth_v2_access(
        client_id=scene.app.client_id, client_secret=scene.app.client_secret, code=code
    )
    assert (answer["is_enterprise_install"], answer["team"], answer["enterprise"]["id"]) == (True, None, big.id)
