"""From the bot's replies to the page's JSON. Pure; EVENTS.md describes the JSON."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from typing import Any
from urllib.parse import quote

from bot import wording_console
from bot.buttons import Action, Pick, Star, Upscale, Vary, from_token, to_token
from bot.buttons import Fork as ForkAction
from bot.command_line import WHOLE, main
from bot.events import COMMANDS, AnyEvent, Fork, Message, Press, Submit, command_name, opens_thread, options
from bot.flags import FLAGS
from bot.place import Person, Place
from bot.replies import Button, Chart, Form, Link, Picture, Preview, Reply, Whisper

Json = dict[str, Any]
"""One frame of the WebSocket, or a part of one."""

Encode = Callable[[Preview], bytes]
"""A preview as a small PNG, JPEG or WebP. Slow enough to be kept off the event loop."""

UNKNOWN_MEDIA = "application/octet-stream"

_KINDS: dict[Any, str] = {str: "text", int: "number", bool: "switch", Person: "person"}

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
        "chips": [button(each) for each in shown.chips],
        "charts": [chart(each) for each in shown.charts],
        "links": [link(each) for each in shown.links],
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
        "text": text or typed(event),
        "picture": picture_url,
        "reply_to": event.reply_to if isinstance(event, Message) else "",
        "opens": opens_thread(event) or (isinstance(event, Message) and not event.place.thread),
    }


def typed(event: AnyEvent) -> str:
    """How an event reads that was pressed and not typed, where it opens a thread: as the command that does the same."""
    if isinstance(event, Submit):
        return event.text
    if isinstance(event, Press) and opens_thread(event):
        action = from_token(event.token)
        fork = f"/{command_name(Fork)} {picture_of(action)}"
        return fork if isinstance(action, ForkAction) else wording_console.MORE_OF_IT
    return ""


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
    """A button; `action` and `picture` say of which kind and for what, so that a client can put kinds together."""
    return {
        "label": shown.label,
        "token": to_token(shown.action),
        "action": type(shown.action).__name__.lower(),
        "picture": picture_of(shown.action),
        "danger": shown.danger,
    }


def picture_of(action: Action) -> str:
    """The id of the picture that an action is about; empty if it is about none."""
    match action:
        case Pick(picture=id) | Vary(picture=id) | Upscale(picture=id) | Star(picture=id) | ForkAction(picture=id):
            return id
    return ""


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
        "stars": shown.stars,
    }


def chart(shown: Chart) -> Json:
    """A drawing that explains."""
    return {
        "file": shown.file,
        "url": f"/pictures/{shown.file}",
        "alt": shown.alt,
        "width": shown.width,
        "height": shown.height,
    }


def link(shown: Link) -> Json:
    """Words that lead to another place; `address` is what the page opens."""
    return {
        "label": shown.label,
        "channel": shown.place.channel,
        "thread": shown.place.thread,
        "address": address(shown.place),
    }


def address(place: Place) -> str:
    """A place as the part of the page's URL behind the #: `#general`, or `#general/THREAD`."""
    return "#" + "/".join(quote(part, safe="") for part in (place.channel, place.thread) if part)


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
                    "kind": _KINDS.get(option.type, "picture"),
                    "choices": list(option.metadata["choices"]),
                    "low": option.metadata["low"],
                    "high": option.metadata["high"],
                    "main": option is main(kind),
                    "whole": kind in WHOLE,
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
