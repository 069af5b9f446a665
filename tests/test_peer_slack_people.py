"""Bare Bolt apps and the people of the peer: commands, presses, forms, shortcuts, messages, home tabs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from tests.peers.slack import App, Channel, Installation, NotPossible, Person, SlackPeer, Workspace
from tests.peers.slack.running import bolt_app, no_proxies, on_sockets

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@dataclass
class Scene:
    peer: SlackPeer
    ws: Workspace
    ann: Person
    ben: Person
    app: App
    bot: Installation
    channel: Channel
    bolt: AsyncApp


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    no_proxies(monkeypatch)
    async with SlackPeer() as peer:
        ws = peer.add_workspace("acme")
        ann, ben = ws.add_user("Ann"), ws.add_user("Ben")
        app = peer.add_app(
            commands={"/imagine": True, "/plain": False},
            shortcuts={"describe_image": "message", "new_image": "global"},
        )
        bot = ws.install(app)
        channel = ws.add_channel("general", ann, ben, bot)
        bolt = bolt_app(peer, bot)
        async with on_sockets(peer, bolt, app):
            yield Scene(peer, ws, ann, ben, app, bot, channel, bolt)


def button(label: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action_id, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "row", "elements": list(elements)}


FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "New picture"},
    "submit": {"type": "plain_text", "text": "Draw"},
    "private_metadata": "job 7",
    "blocks": [
        {
            "type": "input",
            "block_id": "prompt",
            "label": {"type": "plain_text", "text": "Prompt"},
            "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
        },
        {
            "type": "input",
            "block_id": "count",
            "optional": True,
            "label": {"type": "plain_text", "text": "How many"},
            "element": {
                "type": "static_select",
                "action_id": "n",
                "options": [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("one", "two")],
            },
        },
    ],
}


async def test_a_command_is_acknowledged_and_answered_to_one_person(scene: Scene) -> None:
    seen: list[dict[str, Any]] = []

    @scene.bolt.command("/imagine")
    async def imagine(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack("coming")

    did = await (await scene.ann.command(scene.channel, "/imagine", "a <b> & @Ben in #general")).acknowledged()
    assert did.text == "coming"
    assert did.took is not None
    assert did.acked_at == scene.peer.clock()
    assert seen[0]["text"] == f"a &lt;b&gt; &amp; <@{scene.ben.id}|Ben> in <#{scene.channel.id}|general>"
    assert seen[0]["user_id"] == scene.ann.id
    assert [it.text for it in scene.ann.whispers] == ["coming"]
    assert scene.ben.whispers == []
    assert scene.peer.messages(scene.channel) == []


async def test_a_command_without_should_escape_keeps_names_as_typed(scene: Scene) -> None:
    @scene.bolt.command("/plain")
    async def plain(ack: Any, command: dict[str, Any]) -> None:
        await ack(response_type="in_channel", text=f"typed {command['text']}")

    await (await scene.ann.command(scene.channel, "/plain", "@Ben")).acknowledged()
    assert [it.text for it in scene.peer.messages(scene.channel)] == ["typed @Ben"]


async def test_slack_refuses_commands_in_threads_and_unknown_ones(scene: Scene) -> None:
    said = await scene.ann.say(scene.channel, "root")
    with pytest.raises(NotPossible, match="not supported in threads"):
        await scene.ann.command(scene.channel, "/imagine", "a", thread=said.ts)
    with pytest.raises(NotPossible, match="not a valid command"):
        await scene.ann.command(scene.channel, "/other", "a")


async def test_a_press_carries_the_message_and_can_only_be_on_what_stands_there(scene: Scene) -> None:
    seen: list[dict[str, Any]] = []

    @scene.bolt.action("again")
    async def again(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        seen.append(body)
        await client.chat_update(channel=body["channel"]["id"], ts=body["container"]["message_ts"], text="done")

    posted = await scene.bolt.client.chat_postMessage(
        channel=scene.channel.id, text="x", blocks=[actions(button("Again", "again", value="7"))]
    )
    [message] = scene.peer.messages(scene.channel)
    with pytest.raises(NotPossible):
        await scene.ann.press(message, "Other")
    await (await scene.ann.press(message, "Again")).acknowledged()
    await scene.peer.wait_for(lambda: message.text == "done")
    assert message.blocks == []
    [body] = seen
    assert body["actions"][0] | {"action_ts": ""} == {
        "type": "button",
        "action_id": "again",
        "block_id": "row",
        "value": "7",
        "text": {"type": "plain_text", "text": "Again"},
        "action_ts": "",
    }
    assert body["message"]["ts"] == posted["ts"] == body["container"]["message_ts"]
    with pytest.raises(NotPossible):
        await scene.ann.press(message, "Again")


async def test_a_form_is_opened_filled_in_refused_and_closed(scene: Scene) -> None:
    seen: list[Any] = []

    @scene.bolt.shortcut("new_image")
    async def new_image(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @scene.bolt.view("form")
    async def form(ack: Any, view: dict[str, Any]) -> None:
        seen.append((view["state"]["values"], view["private_metadata"]))
        if view["state"]["values"]["prompt"]["text"]["value"] == "bad":
            await ack(response_action="errors", errors={"prompt": "say something else"})
        else:
            await ack()

    await (await scene.ann.shortcut("new_image")).acknowledged()
    [view] = await scene.peer.wait_for(lambda: scene.ann.views)
    with pytest.raises(NotPossible, match="required field: Prompt"):
        await scene.ann.submit(view)
    with pytest.raises(NotPossible, match="0 to 20 characters"):
        await scene.ann.submit(view, {"Prompt": "a" * 21})
    with pytest.raises(NotPossible, match="three"):
        await scene.ann.submit(view, {"How many": "three"})
    await (await scene.ann.submit(view, {"Prompt": "bad"})).acknowledged()
    assert view.errors == {"prompt": "say something else"}
    assert scene.ann.views == [view]
    await (await scene.ann.submit(view, {"prompt": "a cat", "n": "two"})).acknowledged()
    assert scene.ann.views == []
    values, metadata = seen[-1]
    assert values["prompt"]["text"] == {"type": "plain_text_input", "value": "a cat"}
    assert values["count"]["n"]["selected_option"]["value"] == "two"
    assert metadata == "job 7"


async def test_an_acknowledgement_about_no_input_block_is_refused(scene: Scene) -> None:
    @scene.bolt.shortcut("new_image")
    async def new_image(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @scene.bolt.view("form")
    async def form(ack: Any) -> None:
        await ack(response_action="errors", errors={"nowhere": "wrong"})

    await scene.ann.shortcut("new_image")
    [view] = await scene.peer.wait_for(lambda: scene.ann.views)
    did = await (await scene.ann.submit(view, {"prompt": "x"})).settle()
    assert did.outcome.startswith("refused")
    assert scene.ann.views == [view]


@pytest.mark.parametrize("order", ["message, mention", "mention, message", "message", "mention"])
async def test_a_mention_arrives_as_two_events_of_one_ts_in_either_order(scene: Scene, order: str) -> None:
    seen: list[tuple[str, str]] = []

    @scene.bolt.event("message")
    async def message(event: dict[str, Any]) -> None:
        seen.append(("message", event["ts"]))

    @scene.bolt.event("app_mention")
    async def mention(event: dict[str, Any]) -> None:
        seen.append(("mention", event["ts"]))
        assert event["text"] == f"<@{scene.bot.bot.id}> a &lt;cat&gt;"

    said = await scene.ann.say(scene.channel, "a <cat>", mention_bot=True, order=order)
    await said.acknowledged()
    assert seen == [(kind, said.ts) for kind in order.split(", ")]


async def test_messages_with_files_and_broadcasts_have_their_subtypes(scene: Scene) -> None:
    seen: list[dict[str, Any]] = []

    @scene.bolt.event("message")
    async def message(event: dict[str, Any]) -> None:
        seen.append(event)

    root = await scene.ann.say(scene.channel, "root")
    for said in (
        root,
        await scene.ann.say(scene.channel, "like this", files=[PNG]),
        await scene.ann.say(scene.channel, "darker", thread=root.ts),
        await scene.ann.say(scene.channel, "lighter", thread=root.ts, broadcast=True),
    ):
        await said.acknowledged()
    assert [it.get("subtype") for it in seen] == [None, "file_share", None, "thread_broadcast"]
    assert [it.get("thread_ts") for it in seen] == [None, None, root.ts, root.ts]
    assert seen[1]["files"][0]["mimetype"] == "image/png"
    assert [it.text for it in scene.peer.messages(scene.channel)] == ["root", "like this", "lighter"]
    assert [it.text for it in scene.peer.messages(scene.channel, thread=root.ts)] == ["darker", "lighter"]


async def test_the_app_hears_of_its_own_messages_and_edits(scene: Scene) -> None:
    posted = await scene.bolt.client.chat_postMessage(channel=scene.channel.id, text="one")
    await scene.bolt.client.chat_update(channel=scene.channel.id, ts=posted["ts"], text="two")
    await scene.peer.wait_for(lambda: len(scene.peer.deliveries) == 2)
    first, second = (it.payload["event"] for it in scene.peer.deliveries)
    assert first["bot_id"] == scene.bot.bot_id
    assert (second["subtype"], second["message"]["text"]) == ("message_changed", "two")
    assert second["previous_message"]["text"] == "one"


async def test_a_message_shortcut_quotes_the_message(scene: Scene) -> None:
    seen: list[dict[str, Any]] = []

    @scene.bolt.shortcut("describe_image")
    async def describe(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack()

    said = await scene.ben.say(scene.channel, "look", files=[PNG])
    await (await scene.ann.shortcut("describe_image", said.message)).acknowledged()
    assert seen[0]["message"]["files"][0]["name"] == "picture.png"
    assert seen[0]["message_ts"] == said.ts
    with pytest.raises(NotPossible):
        await scene.ann.shortcut("describe_image")


async def test_the_home_tab_is_published_and_its_buttons_work(scene: Scene) -> None:
    seen: list[dict[str, Any]] = []

    @scene.bolt.event("app_home_opened")
    async def opened(event: dict[str, Any], client: Any) -> None:
        view = {"type": "home", "blocks": [actions(button("Settings", "settings"))]}
        await client.views_publish(user_id=event["user"], view=view)

    @scene.bolt.action("settings")
    async def settings(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        seen.append(body)

    await scene.ann.open_home()
    home = await scene.peer.wait_for(scene.ann.home)
    assert home.labels == ["Settings"]
    await (await scene.ann.press(home, "Settings")).acknowledged()
    assert seen[0]["container"] == {"type": "view", "view_id": home.id}


async def test_a_menu_asks_the_app_for_its_options(scene: Scene) -> None:
    home: dict[str, Any] = {
        "type": "home",
        "blocks": [actions({"type": "external_select", "action_id": "model", "min_query_length": 2})],
    }

    @scene.bolt.options("model")
    async def options(ack: Any, payload: dict[str, Any]) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": payload["value"]}, "value": "1"}])

    await scene.bolt.client.views_publish(user_id=scene.ann.id, view=home)
    view = scene.ann.home()
    assert view is not None
    with pytest.raises(NotPossible):
        await scene.ann.suggest(view, "model", "s")
    did = await (await scene.ann.suggest(view, "model", "sd")).acknowledged()
    assert did.response["options"][0]["text"]["text"] == "sd"


async def test_people_write_only_where_they_are(scene: Scene) -> None:
    elsewhere = scene.ws.add_channel("elsewhere", scene.ben)
    with pytest.raises(NotPossible):
        await scene.ann.say(elsewhere, "hello")
    await scene.ws.archive(scene.channel)
    with pytest.raises(NotPossible):
        await scene.ann.command(scene.channel, "/imagine", "x")
