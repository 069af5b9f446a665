"""Pictures by link: fetched only after the address has been checked, in bounded time and memory."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.errors import LinkRefused, TooManyLinks

MAX_BYTES = 25 * 2**20
MAX_REDIRECTS = 3
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, so that a link can't reach into the network the bot runs in.

    The connection is made to the very address that was checked: a name that changes its answer gains nothing.
    """

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of a host.

        Raises:
            LinkRefused: it has none.
        """
        found = [result for result in await self._inner.resolve(host, port, family) if is_public(result["host"])]
        if not found:
            raise LinkRefused(host, "private")
        return found

    async def close(self) -> None:
        """Close the resolver underneath."""
        await self._inner.close()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, seen through the ways of writing IPv4 inside IPv6."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner:
            return ip.is_global and inner.is_global if not ip.ipv4_mapped else inner.is_global
    return ip.is_global and not ip.is_multicast


class Links:
    """Fetches start pictures."""

    def __init__(self, resolver: Callable[[], AbstractResolver] = PublicResolver) -> None:
        self._resolver = resolver

    async def fetch(self, links: Sequence[str]) -> bytes:
        """The bytes behind the one link.

        Raises:
            TooManyLinks: a query starts from one picture.
            LinkRefused: not a public http(s) address, too large, no picture, or no answer; `reason` says which.
        """
        if len(links) != 1:
            raise TooManyLinks(len(links))
        try:
            url = URL(links[0])
        except ValueError as error:
            raise LinkRefused(links[0], "scheme") from error
        connector = aiohttp.TCPConnector(resolver=self._resolver(), use_dns_cache=False)
        try:
            async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT, trust_env=False) as session:
                for _ in range(MAX_REDIRECTS + 1):
                    _check(url)
                    async with session.get(url, allow_redirects=False) as response:
                        if response.status in (301, 302, 303, 307, 308):
                            url = url.join(URL(response.headers.get("Location", "")))
                            continue
                        return await _body(url, response)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise LinkRefused(str(url), "unreachable") from error
        raise LinkRefused(str(url), "redirects")


def _check(url: URL) -> None:
    if url.scheme not in ("http", "https") or not url.host:
        raise LinkRefused(str(url), "scheme")
    try:
        literal = is_public(url.host)
    except ValueError:
        return  # a name: the resolver checks what it stands for
    if not literal:
        raise LinkRefused(str(url), "private")


async def _body(url: URL, response: Any) -> bytes:
    if response.status != 200:
        raise LinkRefused(str(url), "missing")
    if not response.content_type.startswith("image/"):
        raise LinkRefused(str(url), "no_picture")
    data = bytearray()
    async for chunk in response.content.iter_chunked(2**16):
        data += chunk
        if len(data) > MAX_BYTES:
            raise LinkRefused(str(url), "too_large")
    return bytes(data)
