"""The CDN: files of messages at signed addresses that expire."""

from aiohttp import web

from tests.peers.discord.messages import signed
from tests.peers.discord.replying import world_of


async def download(request: web.Request) -> web.Response:
    """GET /attachments/{folder}/{id}/{name}?ex=&is=&hm=; 404 when it expired, is unsigned, or is gone."""
    world = world_of(request)
    expires = request.query.get("ex", "")
    fresh = request.query.get("hm") == signed(request.path, expires) and int(expires, 16) >= world.now()
    file = world.files.get(int(request.match_info["file"])) if request.match_info["file"].isdecimal() else None
    if not fresh or file is None:
        return web.Response(status=404, text="This content is no longer available.")
    return web.Response(body=file.data, content_type=file.content_type or "application/octet-stream")


ROUTES = [
    web.get("/attachments/{folder}/{file}/{name}", download),
    web.get("/ephemeral-attachments/{folder}/{file}/{name}", download),
]
