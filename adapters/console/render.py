"""From the bot's replies to the page's JSON. Pure; EVENTS.md describes the JSON."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from typing import Any

from bot.buttons import to_token
from bot.events import COMMANDS, AnyEvent, Imagine, Message, command_name, options
from bot.flags import FLAGS
from bot.replies import Button, Form, Picture, Preview, Reply, Whisper

Json = dict[str, Any]
"""One frame of the WebSocket, or a part of one."""

Encode = Callable[[Preview], bytes]
"""A preview as a small PNG, JPEG or WebP. Slow enough to be kept off the event loop."""

UNKNOWN_MEDIA = "application/octet-stream"

_MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


def media_type(data: bytes) -> str:
    """What a browser may take these bytes for; never anything that could run."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else UNKNOWN_MEDIA


def data_url(data: bytes) -> str:
    """A small picture inside the JSON."""
    return f"data:{media_type(data)};base64,{b64encode(data).decode()}"


def reply(shown: Reply, previews: Sequence[str], names: Mapping[str, str]) -> Json:
    """A message of the bot's. `previews` are its previews as URLs, `names` what people are called by their ids."""
    return {
        "kind": "reply",
        "key": shown.key,
        "title": shown.title,
        "text": shown.text,
        "pictures": [picture(each) for each in shown.pictures],
        "previews": [
            {"url": url, "alt": each.alt, "width": each.width, "height": each.height}
            for url, each in zip(previews, shown.previews, strict=True)
        ],
        "progress": shown.progress.share if shown.progress else None,
        "buttons": [button(each) for each in shown.buttons],
        "mention": {"id": shown.mention, "name": names.get(shown.mention, "")} if shown.mention else None,
        "final": shown.final,
    }


def placeholder(entry: Json) -> Json:
    """A reply that is under way, as it is kept on disk: without what is out of date at once."""
    return entry | {"previews": [], "progress": None}


def said(event: AnyEvent, text: str, picture_url: str) -> Json:
    """A message of a person's."""
    return {
        "kind": "said",
        "key": event.event_id,
        "person": {"id": event.person.id, "name": event.person.name},
        "text": text,
        "picture": picture_url,
        "opens": isinstance(event, Imagine | Message) and not event.place.thread,
    }


def whisper(shown: Whisper, event: AnyEvent) -> Json:
    """Words for one person, beside what they answer."""
    return {
        "type": "whisper",
        "id": event.event_id,
        "key": shown.key or event.event_id,
        "channel": event.place.channel,
        "thread": event.place.thread,
        "text": shown.text,
        "pictures": [picture(each) for each in shown.pictures],
        "buttons": [button(each) for each in shown.buttons],
    }


def form(shown: Form, event: AnyEvent) -> Json:
    """A form for one person."""
    return {
        "type": "form",
        "id": event.event_id,
        "channel": event.place.channel,
        "thread": event.place.thread,
        "title": shown.title,
        "label": shown.label,
        "text": shown.text,
        "token": to_token(shown.action),
    }


def button(shown: Button) -> Json:
    """A button; `action` says of which kind, so that the page can put kinds together."""
    action = type(shown.action).__name__.lower()
    return {"label": shown.label, "token": to_token(shown.action), "action": action, "danger": shown.danger}


def picture(shown: Picture) -> Json:
    """A finished picture."""
    return {
        "id": shown.id,
        "file": shown.file,
        "url": f"/pictures/{shown.file}",
        "alt": shown.alt,
        "width": shown.width,
        "height": shown.height,
        "seed": shown.seed,
        "spoiler": shown.spoiler,
    }


def commands() -> list[Json]:
    """What can be typed after a slash."""
    return [
        {
            "name": command_name(kind),
            "about": kind.__doc__ or "",
            "options": [
                {
                    "name": option.name,
                    "about": option.metadata["description"],
                    "required": option.default is MISSING,
                    "text": option.type is str,
                }
                for option in options(kind)
            ],
        }
        for kind in COMMANDS
    ]


def flags() -> list[Json]:
    """What can be typed after two dashes."""
    return [
        {"names": list(flag.names), "value": flag.value, "about": flag.description, "default": flag.default}
        for flag in FLAGS
    ]
