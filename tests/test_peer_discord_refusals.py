"""Each thing that the peer refuses, refused, with Discord's code."""

from typing import Any

import discord
import pytest
from discord.http import Route

from tests.peers.discord import DiscordPeer
from tests.peers.discord.bare import Bare, point
from tests.peers.discord.components import check
from tests.peers.discord.errors import Refusal
from tests.peers.discord.things import V2, Channel

Json = dict[str, Any]


async def refused(peer: DiscordPeer, method: str, path: str, **more: Any) -> int:
    """The code with which a request is refused; 0 when it is not."""
    point(peer)
    client = Bare()
    try:
        await client.login(peer.token)
        await client.http.request(Route(method, path), **more)
    except discord.HTTPException as error:
        return error.code
    finally:
        await client.close()
    return 0


async def posting(peer: DiscordPeer, channel: Channel, **body: Any) -> int:
    return await refused(peer, "POST", f"/channels/{channel.id}/messages", json=body)


def button(**more: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go"} | more


def row(*buttons: Json) -> Json:
    return {"type": 1, "components": list(buttons)}


def text(content: str = "hello") -> Json:
    return {"type": 10, "content": content}


TOO_MUCH: list[Json] = [
    {"content": "x" * 2001},
    {"embeds": [{"title": "x"}] * 11},
    {"embeds": [{"description": "x" * 4097}]},
    {"embeds": [{"description": "x" * 3001}] * 2},
    {"content": "a", "nonce": "x" * 26},
    {"content": "a", "components": [row(button())] * 6},
    {"content": "a", "components": [row(*(button(custom_id=str(n)) for n in range(6)))]},
    {"content": "a", "components": [row(button(), button())]},
    {"content": "a", "components": [row(button(label="x" * 81))]},
    {"content": "a", "components": [row(button(custom_id="x" * 101))]},
    {"content": "a", "components": [text()]},
    {"content": "a", "flags": V2, "components": [text()]},
    {"embeds": [{"title": "a"}], "flags": V2, "components": [text()]},
    {"flags": V2, "components": [text("x")] * 41},
    {"flags": V2, "components": [{"type": 17, "components": [text("x")] * 40}]},
    {"flags": V2, "components": [text("x" * 2001)] * 2},
    {"flags": V2, "components": [{"type": 12, "items": []}]},
    {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "https://a.test/a.png"}}] * 11}]},
    {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://none.png"}}]}]},
    {
        "flags": V2,
        "components": [{"type": 12, "items": [{"media": {"url": "https://a.test"}, "description": "x" * 1025}]}],
    },
    {"content": "a", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
]


@pytest.mark.parametrize("body", TOO_MUCH, ids=lambda body: str(body)[:50])
async def test_a_message_against_the_rules_is_refused(body: Json) -> None:
    async with DiscordPeer() as peer:
        channel = peer.add_guild().add_channel()
        assert await posting(peer, channel, **body) == 50035
        assert not peer.messages(channel)


async def test_an_empty_message_is_refused() -> None:
    async with DiscordPeer() as peer:
        assert await posting(peer, peer.add_guild().add_channel(), content=" ") == 50006


async def test_a_wrong_token_is_refused() -> None:
    async with DiscordPeer() as peer:
        point(peer)
        client = Bare()
        with pytest.raises(discord.LoginFailure):
            await client.login("another")
        await client.close()


@pytest.mark.parametrize(
    ("permission", "code"), [("SEND_MESSAGES", 50013), ("VIEW_CHANNEL", 50001), ("EMBED_LINKS", 50013)]
)
async def test_a_missing_permission_is_refused(permission: str, code: int) -> None:
    async with DiscordPeer() as peer:
        channel = peer.add_guild().add_channel()
        peer.deny(channel, peer.bot, permission)
        assert await posting(peer, channel, embeds=[{"title": "a"}]) == code


async def test_a_channel_that_is_gone_is_unknown() -> None:
    async with DiscordPeer() as peer:
        channel = peer.add_guild().add_channel()
        peer.delete(channel)
        assert await posting(peer, channel, content="a") == 10003


async def test_a_server_that_the_bot_left_is_closed_to_it() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel = guild.add_channel()
        guild.kick_bot()
        assert await posting(peer, channel, content="a") == 50001


async def test_threads_begin_once_from_a_message_and_not_without_end() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel, ann = guild.add_channel(), guild.add_member("Ann")
        one, two = await ann.say(channel, "one"), await ann.say(channel, "two")
        start = f"/channels/{channel.id}/messages/{one.id}/threads"
        assert await refused(peer, "POST", start, json={"name": "x" * 101}) == 50035
        assert await refused(peer, "POST", start, json={"name": "x"}) == 0
        assert one.thread is not None
        assert one.thread.id == one.id
        assert await refused(peer, "POST", start, json={"name": "x"}) == 160004
        peer.rules.active_threads = 1
        again = f"/channels/{channel.id}/messages/{two.id}/threads"
        assert await refused(peer, "POST", again, json={"name": "x"}) == 160006
        peer.deny(channel, peer.bot, "CREATE_PUBLIC_THREADS")
        assert await refused(peer, "POST", again, json={"name": "x"}) == 50013


async def test_archived_threads_take_no_edits_and_wake_when_written_to_and_locked_ones_do_not() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel, ann = guild.add_channel(), guild.add_member("Ann")
        thread = await ann.start_thread(channel, "t")
        assert await posting(peer, thread, content="a") == 0
        message = peer.messages(thread)[0]
        peer.archive(thread)
        path = f"/channels/{thread.id}/messages/{message.id}"
        assert await refused(peer, "PATCH", path, json={"content": "b"}) == 50083
        assert await posting(peer, thread, content="b") == 0
        assert thread.thread is not None
        assert not thread.thread.archived
        peer.archive(thread, locked=True)
        assert await posting(peer, thread, content="c") == 160005
        guild.grant_bot("MANAGE_THREADS")
        assert await posting(peer, thread, content="c") == 0
        peer.deny(channel, peer.bot, "SEND_MESSAGES_IN_THREADS")
        assert await posting(peer, thread, content="d") == 50013


async def test_files_too_large_are_refused() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel = guild.add_channel()
        peer.rules.file_bytes, peer.rules.request_bytes = 1000, 3000

        async def send(size: int) -> int:
            data = {"name": "files[0]", "value": b"x" * size, "filename": "a.png"}
            return await refused(peer, "POST", f"/channels/{channel.id}/messages", form=[data])

        assert await send(900) == 0
        assert await send(1001) == 50045
        assert await send(3001) == 40005
        peer.deny(channel, peer.bot, "ATTACH_FILES")
        assert await send(900) == 50013


async def test_the_same_nonce_posts_once() -> None:
    async with DiscordPeer() as peer:
        channel = peer.add_guild().add_channel()
        for _ in range(2):
            assert await posting(peer, channel, content="a", nonce="n", enforce_nonce=True) == 0
        assert len(peer.messages(channel)) == 1
        peer.clock.advance(301)
        assert await posting(peer, channel, content="a", nonce="n", enforce_nonce=True) == 0
        assert len(peer.messages(channel)) == 2


async def test_the_flag_of_components_is_never_taken_away() -> None:
    async with DiscordPeer() as peer:
        channel = peer.add_guild().add_channel()
        assert await posting(peer, channel, flags=V2, components=[text()]) == 0
        path = f"/channels/{channel.id}/messages/{peer.messages(channel)[0].id}"
        assert await refused(peer, "PATCH", path, json={"flags": 0, "content": "a", "components": []}) == 50035
        assert await refused(peer, "PATCH", path, json={"content": "a"}) == 50035
        assert await refused(peer, "PATCH", path, json={"components": [text("b")]}) == 0


async def test_messages_of_others_are_not_the_bots_to_change() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel, ann = guild.add_channel(), guild.add_member("Ann")
        path = f"/channels/{channel.id}/messages/{(await ann.say(channel, 'a')).id}"
        assert await refused(peer, "PATCH", path, json={"content": "b"}) == 50005
        assert await refused(peer, "DELETE", path) == 50013


async def test_old_messages_take_few_edits() -> None:
    async with DiscordPeer() as peer:
        channel = peer.add_guild().add_channel()
        peer.rules.old_edits = 1
        await posting(peer, channel, content="a")
        peer.clock.advance(3601)
        path = f"/channels/{channel.id}/messages/{peer.messages(channel)[0].id}"
        assert await refused(peer, "PATCH", path, json={"content": "b"}) == 0
        assert await refused(peer, "PATCH", path, json={"content": "c"}) == 30046


@pytest.mark.parametrize(
    "command",
    [
        {"name": "Upper", "description": "d"},
        {"name": "a", "description": ""},
        {"name": "a", "description": "x" * 101},
        {
            "name": "a",
            "description": "d",
            "options": [{"name": f"o{n}", "description": "d", "type": 3} for n in range(26)],
        },
        {"name": "a", "description": "d", "options": [{"name": "o", "description": "d", "type": 3, "min_value": 1}]},
        {"name": "A menu", "type": 3, "description": "d"},
        {
            "name": "a",
            "description": "d",
            "options": [
                {"name": "o", "description": "d", "type": 3},
                {"name": "p", "description": "d", "type": 3, "required": True},
            ],
        },
    ],
    ids=lambda command: str(command)[:40],
)
async def test_a_command_against_the_rules_is_refused(command: Json) -> None:
    async with DiscordPeer() as peer:
        assert await refused(peer, "PUT", f"/applications/{peer.bot.id}/commands", json=[command]) == 50035


async def test_commands_are_not_created_without_end() -> None:
    async with DiscordPeer() as peer:
        peer.rules.command_creates = 1
        path = f"/applications/{peer.bot.id}/commands"
        commands = [{"name": name, "description": "d"} for name in "ab"]
        assert await refused(peer, "PUT", path, json=commands[:1]) == 0
        assert await refused(peer, "PUT", path, json=commands[:1]) == 0
        assert await refused(peer, "PUT", path, json=commands) == 30034


def test_a_gallery_shows_what_is_attached() -> None:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}
    check([gallery], True, {"a.png"})
    with pytest.raises(Refusal):
        check([gallery], True, {"b.png"})
