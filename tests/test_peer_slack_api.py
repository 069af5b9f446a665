"""The peer's Web API against the bare client: each refusal, one by one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slack import ALL_SCOPES, App, Channel, Installation, Person, SlackPeer, Workspace
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
        ann, app = ws.add_user("Ann"), peer.add_app()
        bot = ws.install(app, scopes=tuple(it for it in ALL_SCOPES if it not in ("chat:write.public", "channels:join")))
        channel = ws.add_channel("general", ann, bot)
        yield Scene(peer, ws, ann, app, bot, channel, web_client(peer, bot))


async def refused(call: Any, error: str) -> Any:
    """The answer of a call that must be refused with that error."""
    with pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == error
    return caught.value.response


async def test_a_message_is_posted_edited_and_deleted(scene: Scene) -> None:
    posted = await scene.client.chat_postMessage(channel=scene.channel.id, text="one")
    [message] = scene.peer.messages(scene.channel)
    assert (message.text, message.ts) == ("one", posted["ts"])
    await scene.client.chat_update(channel=scene.channel.id, ts=message.ts, text="two")
    assert (message.text, message.edits) == ("two", 1)
    link = await scene.client.chat_getPermalink(channel=scene.channel.id, message_ts=message.ts)
    assert scene.channel.id in link["permalink"]
    await scene.client.chat_delete(channel=scene.channel.id, ts=message.ts)
    assert scene.peer.messages(scene.channel) == []
    assert [it.kind for it in scene.peer.transcript] == ["posted", "updated", "deleted"]
    await refused(scene.client.chat_update(channel=scene.channel.id, ts=message.ts, text="x"), "message_not_found")
    await refused(scene.client.chat_delete(channel=scene.channel.id, ts=message.ts), "message_not_found")


async def test_the_bot_posts_only_where_it_is(scene: Scene) -> None:
    public = scene.ws.add_channel("public", scene.ann)
    private = scene.ws.add_channel("private", scene.ann, private=True)
    client = scene.client
    await refused(client.chat_postMessage(channel=public.id, text="x"), "not_in_channel")
    await refused(client.chat_postMessage(channel=private.id, text="x"), "channel_not_found")
    await refused(client.chat_postMessage(channel="C0NOWHERE0", text="x"), "channel_not_found")
    await refused(client.conversations_join(channel=public.id), "missing_scope")
    wide = scene.ws.install(scene.app, scopes=ALL_SCOPES)
    await web_client(scene.peer, wide).chat_postMessage(channel=public.id, text="x")
    await web_client(scene.peer, wide).conversations_join(channel=public.id)
    assert wide.bot.id in public.members
    scene.channel.archived = True
    wide_client = web_client(scene.peer, wide)
    await refused(wide_client.chat_postMessage(channel=scene.channel.id, text="x"), "is_archived")
    await refused(wide_client.conversations_join(channel=scene.channel.id), "is_archived")
    await scene.ws.delete(public)
    await refused(wide_client.chat_postMessage(channel=public.id, text="x"), "channel_not_found")


async def test_a_missing_scope_is_named(scene: Scene) -> None:
    narrow = scene.ws.install(scene.app, scopes=("commands", "chat:write"))
    answer = await refused(web_client(scene.peer, narrow).files_info(file="F0123456789"), "missing_scope")
    assert (answer["needed"], answer["provided"]) == ("files:read", "commands,chat:write")
    history = web_client(scene.peer, narrow).conversations_history(channel=scene.channel.id)
    assert (await refused(history, "missing_scope"))["needed"] == "channels:history"


async def test_tokens_are_checked(scene: Scene) -> None:
    await refused(web_client(scene.peer, token="xoxb-wrong").auth_test(), "invalid_auth")
    await refused(web_client(scene.peer).auth_test(), "not_authed")
    await refused(web_client(scene.peer, token=scene.app.app_token).auth_test(), "not_allowed_token_type")
    await refused(scene.client.apps_connections_open(app_token=scene.bot.token), "not_allowed_token_type")
    await refused(scene.client.api_call("chat.shout"), "unknown_method")
    who = await scene.client.auth_test()
    assert (who["team_id"], who["user_id"], who["bot_id"]) == (scene.ws.id, scene.bot.bot.id, scene.bot.bot_id)
    await scene.client.auth_revoke(test=True)
    await scene.client.auth_revoke()
    await refused(scene.client.auth_test(), "token_revoked")
    again = scene.ws.install(scene.app)
    await scene.ws.uninstall(scene.app)
    await refused(web_client(scene.peer, again).auth_test(), "account_inactive")
    assert again.bot.id not in scene.channel.members
    assert [it.payload["event"]["type"] for it in scene.peer.deliveries] == ["tokens_revoked", "app_uninstalled"]


async def test_texts_have_lengths(scene: Scene) -> None:
    client, channel = scene.client, scene.channel.id
    await refused(client.chat_postMessage(channel=channel), "no_text")
    posted = await client.chat_postMessage(channel=channel, text="a" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    await client.chat_update(channel=channel, ts=posted["ts"], text="a" * 4_000)
    await refused(client.chat_update(channel=channel, ts=posted["ts"], text="a" * 4_001), "msg_too_long")


async def test_threads_hang_on_roots(scene: Scene) -> None:
    client, channel = scene.client, scene.channel.id
    root = await client.chat_postMessage(channel=channel, text="root")
    reply = await client.chat_postMessage(channel=channel, text="reply", thread_ts=root["ts"])
    both = await client.chat_postMessage(channel=channel, text="both", thread_ts=root["ts"], reply_broadcast=True)
    for ts, error in (
        (reply["ts"], "cannot_reply_to_message"),
        ("1111111111.000000", "thread_not_found"),
        ("nonsense", "invalid_thread_ts"),
    ):
        await refused(client.chat_postMessage(channel=channel, text="x", thread_ts=ts), error)
    shown = [it.text for it in scene.peer.messages(scene.channel)]
    assert shown == ["root", "both"]
    thread = await client.conversations_replies(channel=channel, ts=root["ts"])
    assert [it["text"] for it in thread["messages"]] == ["root", "reply", "both"]
    assert both["message"]["subtype"] == "thread_broadcast"
    await client.chat_delete(channel=channel, ts=root["ts"])
    assert scene.peer.messages(scene.channel)[0].raw["subtype"] == "tombstone"
    await refused(client.conversations_replies(channel=channel, ts="1111111111.000000"), "thread_not_found")


async def test_only_its_own_messages_can_be_edited(scene: Scene) -> None:
    said = await scene.ann.say(scene.channel, "mine")
    await refused(scene.client.chat_update(channel=scene.channel.id, ts=said.ts, text="x"), "cant_update_message")
    await refused(scene.client.chat_delete(channel=scene.channel.id, ts=said.ts), "cant_delete_message")
    other = scene.ws.install(scene.peer.add_app())
    scene.channel.members[other.bot.id] = other.bot
    theirs = await web_client(scene.peer, other).chat_postMessage(channel=scene.channel.id, text="x")
    await refused(scene.client.chat_update(channel=scene.channel.id, ts=theirs["ts"], text="x"), "cant_update_message")


async def test_ephemeral_messages_are_for_people_who_are_there(scene: Scene) -> None:
    stranger = scene.ws.add_user("Cem")
    made = await scene.client.chat_postEphemeral(channel=scene.channel.id, user=scene.ann.id, text="psst")
    assert [it.ts for it in scene.ann.whispers] == [made["message_ts"]]
    assert scene.peer.messages(scene.channel) == []
    await refused(
        scene.client.chat_postEphemeral(channel=scene.channel.id, user=stranger.id, text="x"), "user_not_in_channel"
    )
    await refused(
        scene.client.chat_update(channel=scene.channel.id, ts=made["message_ts"], text="x"), "message_not_found"
    )


async def test_metadata_is_kept_and_given_back_when_asked_for(scene: Scene) -> None:
    client, channel = scene.client, scene.channel.id
    metadata = {"event_type": "picture", "event_payload": {"id": "7"}}
    root = await client.chat_postMessage(channel=channel, text="x", metadata=metadata)
    await client.chat_update(channel=channel, ts=root["ts"], text="y")
    plain = await client.conversations_history(channel=channel)
    assert "metadata" not in plain["messages"][0]
    whole = await client.conversations_replies(channel=channel, ts=root["ts"], include_all_metadata=True)
    assert whole["messages"][0]["metadata"] == metadata
    wrong = {"event_type": 7, "event_payload": {}}
    await refused(client.chat_postMessage(channel=channel, text="x", metadata=wrong), "invalid_metadata_format")
    huge = {"event_type": "picture", "event_payload": {"id": "a" * 8001}}
    await refused(client.chat_postMessage(channel=channel, text="x", metadata=huge), "metadata_too_large")


async def test_a_channel_takes_a_burst_and_then_one_a_second(scene: Scene) -> None:
    for _ in range(5):
        await scene.client.chat_postMessage(channel=scene.channel.id, text="x")
    answer = await refused(scene.client.chat_postMessage(channel=scene.channel.id, text="x"), "ratelimited")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    other = scene.ws.add_channel("other", scene.bot)
    await scene.client.chat_postMessage(channel=other.id, text="x")
    await scene.peer.advance(1)
    await scene.client.chat_postMessage(channel=scene.channel.id, text="x")
    await refused(scene.client.chat_postMessage(channel=scene.channel.id, text="x"), "ratelimited")


async def test_methods_have_tiers_of_their_own_in_each_workspace(scene: Scene) -> None:
    root = await scene.client.chat_postMessage(channel=scene.channel.id, text="x")
    scene.peer.limits.tiers[3] = 2
    scene.peer.limits.history_per_minute = 1
    for _ in range(2):
        await scene.client.chat_update(channel=scene.channel.id, ts=root["ts"], text="y")
    answer = await refused(scene.client.chat_update(channel=scene.channel.id, ts=root["ts"], text="y"), "ratelimited")
    assert answer.headers["Retry-After"] == "60"
    await scene.client.conversations_history(channel=scene.channel.id)
    await refused(scene.client.conversations_history(channel=scene.channel.id), "ratelimited")
    other = scene.peer.add_workspace("other")
    there = other.install(scene.app)
    channel = other.add_channel("general", there)
    await web_client(scene.peer, there).conversations_history(channel=channel.id)
    await scene.peer.advance(60)
    await scene.client.chat_update(channel=scene.channel.id, ts=root["ts"], text="y")


async def test_workspaces_know_nothing_of_each_other(scene: Scene) -> None:
    other = scene.peer.add_workspace("other")
    bea, there = other.add_user("Bea"), other.install(scene.app)
    channel = other.add_channel("general", bea, there)
    await refused(scene.client.chat_postMessage(channel=channel.id, text="x"), "channel_not_found")
    await refused(scene.client.users_info(user=bea.id), "user_not_found")
    shared = other.add_channel("shared", bea, scene.ann, scene.bot, shared_with=[scene.ws])
    await scene.client.chat_postMessage(channel=shared.id, text="x")
    assert (await scene.client.users_info(user=bea.id))["user"]["is_stranger"] is True


async def test_people_conversations_and_reactions_are_looked_up(scene: Scene) -> None:
    ann = (await scene.client.users_info(user=scene.ann.id, include_locale=True))["user"]
    assert (ann["real_name"], ann["locale"]) == ("Ann", "en-US")
    assert "locale" not in (await scene.client.users_info(user=scene.ann.id))["user"]
    assert (await scene.client.conversations_info(channel=scene.channel.id))["channel"]["is_member"] is True
    opened = (await scene.client.conversations_open(users=scene.ann.id))["channel"]["id"]
    assert opened == scene.ann.dm().id
    direct = await scene.client.chat_postMessage(channel=scene.ann.id, text="hello")
    assert direct["channel"] == opened
    at: dict[str, Any] = {"channel": opened, "timestamp": direct["ts"], "name": "eyes"}
    await scene.client.reactions_add(**at)
    await refused(scene.client.reactions_add(**at), "already_reacted")
    await scene.client.reactions_remove(**at)
    await refused(scene.client.reactions_remove(**at), "no_reaction")
    await refused(scene.client.reactions_add(**at | {"name": "no such name"}), "invalid_name")
    scene.app.messages_tab = False
    await refused(scene.client.chat_postMessage(channel=opened, text="x"), "messages_tab_disabled")


async def test_who_is_pinged_is_written_down(scene: Scene) -> None:
    ben, away = scene.ws.add_user("Ben"), scene.ws.add_user("Cem", away=True)
    for person in (ben, away):
        scene.channel.members[person.id] = person
    stranger = scene.ws.add_user("Dan")
    post = scene.client.chat_postMessage
    at: dict[str, Any] = {"channel": scene.channel.id}
    await post(**at, text="&lt;!channel&gt; nobody", blocks=[{"type": "divider"}])
    await post(**at, text=f"<@{ben.id}> and <@{stranger.id}>")
    await post(**at, text="x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "<!here>"}}])
    await post(**at, text="x", blocks=[{"type": "section", "text": {"type": "plain_text", "text": "<!channel>"}}])
    assert [it.pinged for it in scene.peer.transcript] == [(), ("Ben",), ("Ann", "Ben"), ()]
    [first, *_] = scene.peer.messages(scene.channel)
    assert first.reading.shown == "<!channel> nobody"


async def test_a_body_that_is_no_json_is_refused(scene: Scene) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{scene.peer.api_url}chat.postMessage",
            data="{",
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {scene.bot.token}"},
        ) as response,
    ):
        assert (await response.json())["error"] == "invalid_json"
