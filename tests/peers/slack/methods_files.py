"""files.* of the Web API: the upload in three steps, and the processing that comes after."""

from tests.peers.slack.calls import ApiError, Call, method
from tests.peers.slack.events import file_payload, message_event, publish
from tests.peers.slack.posting import compose, place
from tests.peers.slack.world import Channel, File, Installation, Json, World

MOST_BYTES = 1_000_000_000
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF", "application/pdf"),
)


def sniff(content: bytes) -> str:
    """The kind of file by its first bytes."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    known = next((kind for magic, kind in _MAGIC if content.startswith(magic)), "")
    return known or ("application/octet-stream" if b"\0" in content[:1024] else "text/plain")


def process(world: World, file: File) -> None:
    """Slack has looked at the file: it has a type, and whoever waits for it goes on."""
    file.polls = 0
    file.mimetype = sniff(file.content or b"")
    waiting, file.when_ready = file.when_ready, []
    for callback in waiting:
        callback()
    world.changed()


@method("files.getUploadURLExternal", "files:write", tier=4)
async def get_upload_url(call: Call) -> Json:
    world, length = call.world, call.need("length")
    if not str(length).isdigit() or int(length) <= 0:
        raise ApiError("invalid_arguments")
    if int(length) > MOST_BYTES:
        raise ApiError("file_upload_size_restricted")
    if len(str(call.args.get("alt_txt") or "")) > 1000:
        raise ApiError("alt_txt_too_large")
    if call.args.get("snippet_type") and int(length) > 1_000_000:
        raise ApiError("snippet_too_large")
    bot = call.installation
    file = File(world.new_id("F"), str(call.need("filename")), bot.team, bot.bot, int(length))
    file.alt_text = str(call.args.get("alt_txt") or "")
    world.files[file.id] = file
    return {"upload_url": f"{world.base_url}/upload/v1/{world.new_secret('upload')[:24]}{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write", tier=4)
async def complete_upload(call: Call) -> Json:
    world, asked = call.world, call.json("files")
    if not isinstance(asked, list) or not asked:
        raise ApiError("invalid_arguments")
    files = [(_file(call, str(it.get("id"))), it) for it in asked]
    if any(file.content is None or file.complete for file, _ in files):
        raise ApiError("file_not_found")
    channels = [it for it in [call.args.get("channel_id"), *str(call.args.get("channels") or "").split(",")] if it]
    targets = []
    for channel in channels:
        call.args["channel"] = channel
        targets.append(call.writable(call.channel()))
    for file, it in files:
        file.title, file.complete, file.polls = str(it.get("title") or ""), True, world.processing_polls
        if file.polls == 0:
            process(world, file)
    only = [file for file, _ in files]
    for target in targets:
        _share_when_ready(world, call.installation, target, only, call.args)
    world.changed()
    return {"files": [file_payload(file) for file in only]}


def _share_when_ready(world: World, bot: Installation, channel: Channel, files: list[File], args: Json) -> None:
    def share() -> None:
        if all(file.ready for file in files) and not done:
            done.append(True)
            fields = {
                "text": args.get("initial_comment"),
                "thread_ts": args.get("thread_ts"),
                "files": [file_payload(file) for file in files],
                "subtype": "file_share",
                "upload": True,
            }
            message = compose(world, channel, bot.bot, fields, bot)
            place(world, message, "file")
            world.courier.spawn(publish(world, message_event(message), channel))

    done: list[bool] = []
    for file in files:
        file.when_ready.append(share)
    share()


def _file(call: Call, file_id: str) -> File:
    """A file that the bot may see: its own, or in a channel where it is."""
    file, bot = call.world.files.get(file_id), call.installation
    if not file or (not bot.covers(file.team) and not file.channels):
        raise ApiError("file_not_found")
    if file.deleted:
        raise ApiError("file_deleted")
    if not may_see(call.world, bot, file):
        raise ApiError("file_not_found")
    return file


def may_see(world: World, bot: Installation, file: File) -> bool:
    """Whether the bot owns the file or is in a channel with it."""
    return file.owner is bot.bot or any(bot.bot.id in world.channels[it].members for it in file.channels)


@method("files.info", "files:read", tier=4)
async def info(call: Call) -> Json:
    file = _file(call, str(call.need("file")))
    payload = file_payload(file)
    if file.complete and file.polls:
        file.polls -= 1
        if file.polls == 0:
            process(call.world, file)
    return {"file": payload, "comments": []}


@method("files.delete", "files:write", tier=3)
async def delete(call: Call) -> Json:
    file = _file(call, str(call.need("file")))
    if file.owner is not call.installation.bot:
        raise ApiError("cant_delete_file")
    file.deleted = True
    for channel in file.channels:
        for message in call.world.channels[channel].messages.values():
            for shown in message.raw.get("files", []):
                if shown["id"] == file.id:
                    shown["mode"] = "tombstone"
    call.world.changed()
    return {}
