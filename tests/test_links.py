import socket
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.errors import LinkRefused, TooManyLinks
from bot.links import MAX_BYTES, Links, PublicResolver, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "ff02::1",
    ],
)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_outside_are_public(address: str) -> None:
    assert is_public(address)


class Answering(AbstractResolver):
    """Answers every name with the addresses it was given."""

    def __init__(self, port: int, *addresses: str) -> None:
        self.port, self.addresses = port, addresses

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=each, port=self.port, family=socket.AF_INET, proto=0, flags=0)
            for each in self.addresses
        ]

    async def close(self) -> None:
        return


async def serve(handler: Any) -> tuple[web.AppRunner, int]:
    app = web.Application()
    app.router.add_get("/{tail:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, runner.addresses[0][1]


async def fetch(handler: Any, *links: str) -> bytes:
    """Fetch through real sockets; names stand for the loopback server, as if it were a public one."""
    runner, port = await serve(handler)
    try:
        return await Links(lambda: Answering(port, "127.0.0.1")).fetch(links or ("http://pictures.example/a.png",))
    finally:
        await runner.cleanup()


async def refused(handler: Any, *links: str) -> str:
    with pytest.raises(LinkRefused) as refusal:
        await fetch(handler, *links)
    return refusal.value.reason


async def picture(request: web.Request) -> web.Response:
    return web.Response(body=b"bytes", content_type="image/png")


async def test_a_picture_is_fetched() -> None:
    assert await fetch(picture) == b"bytes"


@pytest.mark.parametrize(
    "link",
    ["http://127.0.0.1/a.png", "http://[::1]/a.png", "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/"],
)
async def test_a_literal_address_inside_is_refused(link: str) -> None:
    assert await refused(picture, link) == "private"


async def test_a_name_that_stands_for_an_address_inside_is_refused() -> None:
    links = Links(lambda: PublicResolver(Answering(80, "127.0.0.1", "10.0.0.1")))
    with pytest.raises(LinkRefused) as refusal:
        await links.fetch(["http://pictures.example/a.png"])
    assert refusal.value.reason == "private"


async def test_of_several_addresses_only_the_public_ones_are_used() -> None:
    results = await PublicResolver(Answering(80, "10.0.0.1", "93.184.216.34")).resolve("pictures.example", 80)
    assert [each["host"] for each in results] == ["93.184.216.34"]


async def test_a_redirect_to_an_address_inside_is_refused() -> None:
    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/secret")

    assert await refused(away) == "private"


async def test_a_redirect_is_followed_but_not_for_ever() -> None:
    async def once(request: web.Request) -> web.Response:
        if request.path == "/a.png":
            raise web.HTTPFound("/b.png")
        return await picture(request)

    async def ever(request: web.Request) -> web.Response:
        raise web.HTTPFound("/again")

    assert await fetch(once) == b"bytes"
    assert await refused(ever) == "redirects"


async def test_other_schemes_other_content_and_errors_are_refused() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    async def missing(request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    assert await refused(picture, "file:///etc/passwd") == "scheme"
    assert await refused(page) == "no_picture"
    assert await refused(missing) == "missing"


async def test_an_endless_picture_is_cut_off() -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "image/png"})
        await response.prepare(request)
        while sent < 2 * MAX_BYTES:
            await response.write(b"\0" * 2**20)
            sent += 2**20
        return response

    assert await refused(endless) == "too_large"
    assert sent < 2 * MAX_BYTES


@pytest.mark.parametrize("link", ["http://[x", "http://a:99999999/x.png", "http://a.example:port/x.png"])
async def test_a_link_that_is_none_is_refused(link: str) -> None:
    assert await refused(picture, link) == "scheme"


async def test_one_start_picture_is_enough() -> None:
    with pytest.raises(TooManyLinks):
        await Links().fetch(["http://a.example/1.png", "http://a.example/2.png"])
