"""Pictures on their way to Slack: an address, the bytes, the completion, and waiting until Slack has looked at them.

A file is uploaded once for each workspace. A crash in the middle may leave a file at Slack that nothing shows; it is
private to the app, and nobody sees it.
"""

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Iterable

import aiohttp
from PIL import Image

from adapters.slack.calls import Sleep
from adapters.slack.failures import OtherFailure, Unsure
from adapters.slack.inbound import PLATFORM
from adapters.slack.locks import Locks
from adapters.slack.workspaces import Workspace
from bot.errors import PictureGone
from bot.memory.posts import Posts
from bot.replies import Chart, Picture

log = logging.getLogger(__name__)

Read = Callable[[str], Awaitable[bytes]]
"""The bytes of a picture by its file name."""

POLLS = (0.2, 0.3, 0.5, 1.0, 1.0, 2.0, 2.0, 3.0, 5.0, 5.0, 10.0)
"""Seconds between the questions whether a file is processed."""
FEW = 6
"""Questions after a completion without an answer; then the upload begins anew."""
LONGEST_ALT = 1000
TRIES = 3


class Uploads:
    """Puts pictures into a workspace."""

    def __init__(self, read: Read, posts: Posts, http: aiohttp.ClientSession, sleep: Sleep = asyncio.sleep) -> None:
        self._read, self._posts, self._http, self._sleep = read, posts, http, sleep
        self._locks = Locks()

    async def ids(self, workspace: Workspace, shown: Iterable[Picture | Chart]) -> dict[str, str]:
        """The ids at Slack by the names of the files; all of them are processed. Pictures that are gone are left out.

        Raises:
            SlackFailed: Slack does not take them.
        """
        wanted = {one.file: one for one in shown}
        found = await asyncio.gather(*(self._once(workspace, one) for one in wanted.values()), return_exceptions=True)
        ids = {}
        for file, id in zip(wanted, found, strict=True):
            if isinstance(id, PictureGone):
                log.warning("%s is not there any more", file)
            elif isinstance(id, BaseException):
                raise id
            else:
                ids[file] = id
        return ids

    async def anew(self, workspace: Workspace, shown: Iterable[Picture | Chart]) -> None:
        """What Slack has of these files is of no use: forget it."""
        for one in shown:
            await self._posts.write_note(PLATFORM, _note(workspace, one.file), "")

    async def _once(self, workspace: Workspace, one: Picture | Chart) -> str:
        note = _note(workspace, one.file)
        async with self._locks.hold(note):
            if known := await self._posts.note(PLATFORM, note):
                return known
            id = await self._upload(workspace, one)
            await self._posts.write_note(PLATFORM, note, id)
            return id

    async def _upload(self, workspace: Workspace, one: Picture | Chart) -> str:
        data, suffix = await asyncio.to_thread(for_slack, await self._read(one.file))
        name = f"{one.file.rpartition('.')[0] or one.file}.{suffix}"
        for number in range(TRIES):
            try:
                return await self._try(workspace, name, data, one.alt)
            except Unsure:
                if number + 1 == TRIES:
                    raise
                await self._sleep(2.0**number)
        raise AssertionError("the last try returns or raises")

    async def _try(self, workspace: Workspace, name: str, data: bytes, alt: str) -> str:
        client, calls = workspace.client, workspace.calls
        place = await calls.do(
            lambda: client.files_getUploadURLExternal(filename=name, length=len(data), alt_txt=alt[:LONGEST_ALT]),
            f"files.getUploadURLExternal {workspace.id}",
        )
        id = str(place["file_id"])
        await self._send(str(place["upload_url"]), data)
        complete = True
        try:
            await calls.do(
                lambda: client.files_completeUploadExternal(files=[{"id": id, "title": name}]),
                f"files.completeUploadExternal {workspace.id}",
                repeat=False,
            )
        except Unsure:
            complete = False  # or true: then it is processed soon
        for wait in POLLS if complete else POLLS[:FEW]:
            about = await calls.do(lambda: client.files_info(file=id), f"files.info {workspace.id}")
            if about["file"].get("mimetype"):
                return id
            await self._sleep(wait)
        raise OtherFailure("file_not_processed") if complete else Unsure("file not completed")

    async def _send(self, url: str, data: bytes) -> None:
        """The bytes themselves; the address holds the right to do so, and no token goes with them."""
        try:
            async with self._http.post(url, data=data) as response:
                if response.status != 200:
                    raise Unsure(f"upload: HTTP {response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unsure(f"upload: {type(error).__name__}") from error


def _note(workspace: Workspace, file: str) -> str:
    return f"file {workspace.id} {file}"


def for_slack(data: bytes) -> tuple[bytes, str]:
    """A picture as PNG or JPEG, which blocks show, and its suffix. Slow enough to be kept off the event loop."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data, "png"
    if data.startswith(b"\xff\xd8\xff"):
        return data, "jpg"
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGBA" if "A" in picture.getbands() else "RGB").save(out, "PNG")
    return out.getvalue(), "png"
