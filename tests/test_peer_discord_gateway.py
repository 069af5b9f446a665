"""The gateway under the bare client library: compression, resuming, silence, intents; and faults of REST."""

import asyncio
import json
import subprocess
import sys

import aiohttp
import discord
import pytest
from discord.http import Route

from tests.peers.discord import DiscordPeer
from tests.peers.discord.bare import Bare, connected
from tests.peers.discord.people import Person
from tests.peers.discord.things import Channel


def room(peer: DiscordPeer) -> tuple[Channel, Person]:
    guild = peer.add_guild()
    return guild.add_channel(), guild.add_member("Ann")


async def hears(peer: DiscordPeer, client: Bare, channel: Channel, ann: Person, text: str) -> discord.Message:
    """Says it, and gives what the client heard."""
    await ann.say(channel, text, mention_bot=True)
    return await heard(client, text)


async def heard(client: Bare, text: str) -> discord.Message:
    for message in client.heard:
        if text in message.content:
            return message
    return await client.wait_for("message", check=lambda message: text in message.content, timeout=20)


async def test_content_is_hidden_without_the_intent_unless_the_bot_is_meant() -> None:
    async with DiscordPeer() as peer:
        channel, ann = room(peer)
        async with connected(peer, Bare()) as client:
            asked = await ann.say(channel, "hidden")
            await ann.say(peer.dm(ann), "in private")
            await ann.say(channel, "meant", mention_bot=True)
            mine = await client.http.send_message(
                channel.id, params=discord.http.handle_message_parameters(content="mine")
            )
            await ann.say(channel, "answered", reply_to=channel.messages[int(mine["id"])])
            await ann.say(channel, "quietly", reply_to=channel.messages[int(mine["id"])], ping=False)
            await hears(peer, client, channel, ann, "last")
            told = [message.content for message in client.heard]
            assert told == ["", "in private", f"{peer.bot.mention} meant", "answered", "", f"{peer.bot.mention} last"]
            assert asked.content == "hidden"


async def test_an_intent_that_is_off_ends_the_client() -> None:
    async with DiscordPeer() as peer:
        intents = discord.Intents.default()
        intents.message_content = True
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with connected(peer, Bare(intents)):
                pass


async def test_an_intent_that_is_on_shows_everything() -> None:
    async with DiscordPeer(message_content=True) as peer:
        channel, ann = room(peer)
        intents = discord.Intents.default()
        intents.message_content = True
        async with connected(peer, Bare(intents)) as client:
            await ann.say(channel, "plain")
            assert (await heard(client, "plain")).content == "plain"


@pytest.mark.parametrize("trouble", ["kill", "reconnect", "close"])
async def test_what_is_missed_is_told_once_after_a_resume(trouble: str) -> None:
    async with DiscordPeer() as peer:
        channel, ann = room(peer)
        async with connected(peer, Bare()) as client:
            await hears(peer, client, channel, ann, "before")
            match trouble:
                case "kill":
                    peer.gateway.kill()
                case "reconnect":
                    peer.gateway.reconnect()
                case _:
                    peer.gateway.close(4000)
            await ann.say(channel, "during", mention_bot=True)
            await peer.wait_for(lambda: peer.transcript.of("resume", known=True))
            await hears(peer, client, channel, ann, "after")
            told = [message.content.split()[-1] for message in client.heard]
            assert told == ["before", "during", "after"]
            assert len(peer.transcript.of("identify")) == 1


async def test_a_forgotten_session_begins_again() -> None:
    async with DiscordPeer() as peer:
        channel, ann = room(peer)
        async with connected(peer, Bare()) as client:
            peer.gateway.invalidate()
            await peer.wait_for(lambda: len(peer.transcript.of("identify")) == 2)
            await hears(peer, client, channel, ann, "again")


async def test_a_silent_socket_is_left_and_resumed() -> None:
    async with DiscordPeer() as peer:
        peer.gateway.heartbeat_ms = 200
        channel, ann = room(peer)
        async with connected(peer, Bare(heartbeat_timeout=0.6)) as client:
            peer.gateway.freeze()
            await ann.say(channel, "into silence", mention_bot=True)
            assert await heard(client, "silence")
            assert peer.transcript.of("resume", known=True)


async def test_the_world_is_the_same_after_a_restart_on_the_same_port() -> None:
    async with DiscordPeer() as peer:
        channel, ann = room(peer)
        before = peer.api_base
        async with connected(peer, Bare()) as client:
            await hears(peer, client, channel, ann, "before")
            await peer.restart()
            await ann.say(channel, "during", mention_bot=True)
            assert await heard(client, "during")
        assert peer.api_base == before


ZLIB = """
import asyncio, sys
sys.modules["zstandard"] = None
import discord, yarl
discord.http.Route.BASE, gateway, token = sys.argv[1], sys.argv[2], sys.argv[3]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
class Client(discord.Client):
    async def on_ready(self):
        print([guild.name for guild in self.guilds])
        await self.close()
asyncio.run(Client(intents=discord.Intents.default(), guild_ready_timeout=0.01).start(token))
"""


async def test_both_compressions_are_spoken() -> None:
    async with DiscordPeer() as peer:
        room(peer)
        async with connected(peer, Bare()):
            pass
        arguments = [sys.executable, "-c", ZLIB, peer.api_base, peer.gateway_url, peer.token]
        done = await asyncio.to_thread(subprocess.run, arguments, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "['Studio']"
        opened = [entry["compress"] for entry in peer.transcript.of("socket", what="open")]
        assert opened == ["zstd-stream", "zlib-stream"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"op": 2, "d": {"token": "x", "intents": 1}}, 4004),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 2, "d": {"token": "MTA.peer.token", "intents": 1 << 40}}, 4013),
        ({"op": 2, "d": {"token": "MTA.peer.token", "intents": 1, "shard": [1, 1]}}, 4010),
        ({"op": 1, "d": "x" * 5000}, 4002),
    ],
)
async def test_the_gateway_closes_with_the_code_for_the_reason(sent: object, code: int) -> None:
    async with (
        DiscordPeer() as peer,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{peer.gateway_url}?v=10&encoding=json") as ws,
    ):
        assert (await ws.receive_json())["op"] == 10
        await ws.send_str(json.dumps(sent))
        await ws.receive()
        assert ws.close_code == code


async def test_a_reply_is_lost_after_the_effect_and_the_nonce_finds_it() -> None:
    async with DiscordPeer() as peer:
        channel, _ = room(peer)
        async with connected(peer, Bare()) as client:
            route = Route("POST", f"/channels/{channel.id}/messages")
            body = {"content": "once", "nonce": "1", "enforce_nonce": True}
            peer.faults.drop("POST", "/messages$")
            with pytest.raises(aiohttp.ClientError):
                await client.http.request(route, json=body)
            found = await client.http.request(route, json=body)
            assert [str(each.id) for each in peer.messages(channel)] == [found["id"]]


async def test_limits_are_told_and_kept_by_the_library() -> None:
    async with DiscordPeer() as peer:
        channel, _ = room(peer)
        async with connected(peer, Bare()) as client:
            route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)
            for number in range(12):
                await client.http.request(route, json={"content": str(number)})
            assert not peer.limits.broken
            peer.faults.next("POST", "/messages$", 429, everywhere=True)
            await client.http.request(route, json={"content": "after a global one"})
            assert peer.faults.count == 1
            peer.faults.next("POST", "/messages$", 429, via=False)
            with pytest.raises(discord.HTTPException):
                await client.http.request(route, json={"content": "banned"})
        assert len(peer.messages(channel)) == 13


async def test_over_the_limit_is_refused() -> None:
    async with DiscordPeer(scale=1.0) as peer, aiohttp.ClientSession() as session:
        channel, _ = room(peer)
        headers = {"Authorization": f"Bot {peer.token}"}
        for number in range(6):
            url = f"{peer.api_base}/channels/{channel.id}/messages"
            async with session.post(url, json={"content": "a"}, headers=headers) as response:
                assert response.status == (200 if number < 5 else 429)
                assert number < 5 or response.headers["Via"]
        assert len(peer.limits.broken) == 1


async def test_the_cdn_gives_what_was_posted_until_the_address_expires() -> None:
    async with DiscordPeer() as peer, aiohttp.ClientSession() as session:
        channel, ann = room(peer)
        message = await ann.say(channel, attachments=[("a.png", b"data")])
        url = peer.world.show(message, whole=True)["attachments"][0]["url"]
        async with session.get(url) as response:
            assert (response.content_type, await response.read()) == ("image/png", b"data")
        peer.clock.advance(90_000)
        async with session.get(url) as response:
            assert response.status == 404
