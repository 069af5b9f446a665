"""Pictures that people bring: fetched with the bot's token, sniffed and measured before anybody reads them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.slack.failures import SlackFailed
from adapters.slack.inbound import Json, Refused
from adapters.slack.workspaces import Workspace
from bot import wording_slack as wording
from bot.events import Upload

LARGEST = 20 * 2**20
"""Bytes."""
_CHUNK = 64 * 2**10

_SLACK = ("slack.com", "slack-gov.com")
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")


class Pictures:
    """Fetches what people shared."""

    def __init__(self, http: aiohttp.ClientSession, largest: int = LARGEST) -> None:
        self._http, self._largest = http, largest

    async def one(self, workspace: Workspace, files: Sequence[Json]) -> Upload | None:
        """The one picture among these files; None if there is none.

        Raises:
            Refused: there are several, or it can't be had.
        """
        if len(files) > 1:
            raise Refused(wording.TOO_MANY_PICTURES)
        return await self._fetch(workspace, files[0]) if files else None

    async def _fetch(self, workspace: Workspace, file: Json) -> Upload:
        """Of connected workspaces' files the event says nothing but the id, so Slack is asked for them."""
        if not file.get("url_private") or file.get("file_access") == "check_file_info":
            try:
                line = f"files.info {workspace.id}"
                answer = await workspace.calls.do(lambda: workspace.client.files_info(file=file["id"]), line)
            except SlackFailed as failed:
                raise Refused(wording.file_unreachable(failed.error)) from failed
            file = answer["file"]
        if int(file.get("size") or 0) > self._largest:
            raise Refused(wording.file_too_large(self._largest))
        data = await self._read(workspace, file)
        if not _is_picture(data):
            raise Refused(wording.NO_PICTURE_HERE)
        return Upload(str(file.get("name") or file["id"]), data)

    async def _read(self, workspace: Workspace, file: Mapping[str, Any]) -> bytes:
        """The bytes. The token goes to Slack's own hosts alone, whatever the address says, and follows no redirect:
        without a good token Slack leads to a page to log in."""
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if not _trusted(url, workspace.client.base_url):
            raise Refused(wording.file_unreachable("not at Slack"))
        headers = {"Authorization": f"Bearer {workspace.client.token}"}
        data = bytearray()
        try:
            async with self._http.get(url, headers=headers, allow_redirects=False) as response:
                if response.status != 200:
                    raise Refused(wording.file_unreachable(f"HTTP {response.status}"))
                async for chunk in response.content.iter_chunked(_CHUNK):
                    data += chunk
                    if len(data) > self._largest:
                        raise Refused(wording.file_too_large(self._largest))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Refused(wording.file_unreachable(type(error).__name__)) from error
        return bytes(data)


def _trusted(url: str, api: str) -> bool:
    """Slack's own hosts, and the one where the API is."""
    to, home = urlsplit(url), urlsplit(api)
    host = to.hostname or ""
    slack = any(host == domain or host.endswith(f".{domain}") for domain in _SLACK)
    return (slack and to.scheme == "https") or (to.scheme, to.netloc) == (home.scheme, home.netloc)


def _is_picture(data: bytes) -> bool:
    return data.startswith(_MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
