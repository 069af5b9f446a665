"""What every route shares: the world behind a request, and answers as Discord writes them."""

import json
from typing import Any

from aiohttp import web

from tests.peers.discord.things import Channel, Message
from tests.peers.discord.world import World

WORLD: web.AppKey[World] = web.AppKey("world", World)


def world_of(request: web.Request) -> World:
    """The world behind a request."""
    return request.app[WORLD]


def channel_of(request: web.Request) -> Channel:
    """The channel that the path names, if the bot sees it."""
    return world_of(request).channel(request.match_info["channel"])


def message_of(request: web.Request) -> Message:
    """The message that the path names."""
    return world_of(request).message(channel_of(request), request.match_info["message"])


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON, of exactly the content type that the client library compares with."""
    data = json.dumps(body).encode()
    return web.Response(body=data, status=status, content_type="application/json", headers=headers)


def nothing() -> web.Response:
    """204."""
    return web.Response(status=204)
