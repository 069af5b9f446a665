"""Slack's markup: what a person's typing becomes, and what a text would notify, link or format when it is shown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>")
_URL = re.compile(r"https?://[^\s<>|]+")
_TYPED = re.compile(r"([@#])([\w.-]*\w)")
_EDGE = r"(?<![\w{mark}]){escaped}(?=\S)([^\n{mark}]*?\S){escaped}(?![\w{mark}])"
_STYLES = {
    name: re.compile(_EDGE.format(mark="\\" + mark, escaped=re.escape(mark)))
    for name, mark in (("bold", "*"), ("italic", "_"), ("strike", "~"))
}
_CODE = re.compile(r"```.+?```|`[^`\n]+`", re.DOTALL)
BROADCASTS = ("channel", "here", "everyone")


@dataclass(frozen=True, slots=True)
class Reading:
    """What Slack makes of a text."""

    mentions: tuple[str, ...] = ()
    """Ids of people, and `channel`, `here`, `everyone`, `subteam^S..`, in order."""
    links: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    styles: tuple[tuple[str, str], ...] = ()
    """`("bold", words)` and so on; `quote` for a line that begins with `>`."""
    shown: str = ""
    """The words a person sees, marks of formatting left in."""

    def __add__(self, other: "Reading") -> "Reading":
        return Reading(
            self.mentions + other.mentions,
            self.links + other.links,
            self.channels + other.channels,
            self.styles + other.styles,
            "\n".join(part for part in (self.shown, other.shown) if part),
        )


def escape(text: str) -> str:
    """The three characters that Slack's markup is made of."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(text: str, people: Mapping[str, str], channels: Mapping[str, str], labels: bool = False) -> str:
    """What Slack sends for what a person typed: escaped, with names that it knows made into tokens.

    `people` and `channels` map names to ids; with `labels` the name stays in the token, as in commands.
    """

    def token(match: re.Match[str]) -> str:
        mark, name = match.groups()
        if mark == "@" and name in BROADCASTS:
            return f"<!{name}>"
        known = people if mark == "@" else channels
        if name not in known:
            return match.group()
        return f"<{mark}{known[name]}|{name}>" if labels else f"<{mark}{known[name]}>"

    return _TYPED.sub(token, escape(text))


def read(text: str, verbatim: bool = True, parse_names: Mapping[str, str] | None = None) -> Reading:
    """Read one mrkdwn text. Not `verbatim`: bare addresses become links. `parse_names` (name -> id): `parse=full`."""
    mentions: list[str] = []
    links: list[str] = []
    channels: list[str] = []

    def show(match: re.Match[str]) -> str:
        mark, body, label = match.groups()
        match mark:
            case "@":
                mentions.append(body)
                return "@" + (label or body)
            case "#":
                channels.append(body)
                return "#" + (label or body)
            case "!":
                if body.split("^")[0] not in ("date",):
                    mentions.append(body)
                return "@" + (label or body)
        links.append(body)
        return label or body

    plain = _CODE.sub("", text)
    shown = unescape(_TOKEN.sub(show, text))
    if not verbatim:
        links.extend(_URL.findall(_TOKEN.sub(" ", plain)))
    if parse_names is not None:
        names = {**parse_names, **{word: word for word in BROADCASTS}}
        mentions.extend(names[name] for mark, name in _TYPED.findall(plain) if mark == "@" and name in names)
    styles = [(name, found) for name, pattern in _STYLES.items() for found in pattern.findall(plain)]
    styles += [("code", found) for found in _CODE.findall(text)]
    styles += [("quote", line) for line in text.splitlines() if line.startswith(("&gt;", ">"))]
    return Reading(tuple(mentions), tuple(links), tuple(channels), tuple(styles), shown)


def read_message(raw: Mapping[str, Any], parse_names: Mapping[str, str] | None = None) -> Reading:
    """Read a whole message: its text and all its blocks. Plain texts are shown and do nothing."""
    result = Reading()
    if raw.get("text"):
        result = (
            read(raw["text"], verbatim=False, parse_names=parse_names)
            if raw.get("mrkdwn", True)
            else Reading(shown=unescape(raw["text"]))
        )
    for found in texts(raw.get("blocks") or []):
        match found["type"]:
            case "mrkdwn":
                result += read(found["text"], found.get("verbatim", False))
            case "user":
                result += Reading(mentions=(found["user_id"],))
            case "broadcast":
                result += Reading(mentions=(found["range"],))
            case "link":
                result += Reading(links=(found["url"],), shown=found.get("text", found["url"]))
            case _:
                result += Reading(shown=found["text"])
    return result


def texts(blocks: Sequence[Any] | Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All texts within blocks, in order: mrkdwn, plain, and the parts of rich text."""
    if isinstance(blocks, Mapping):
        kind = blocks.get("type")
        if kind in ("mrkdwn", "plain_text", "markdown") or (kind == "text" and "text" in blocks):
            yield {**blocks, "type": "mrkdwn"} if kind == "markdown" else dict(blocks)
        elif kind in ("user", "broadcast", "link"):
            yield dict(blocks)
        else:
            for part in blocks.values():
                if isinstance(part, (list, Mapping)):
                    yield from texts(part)
    else:
        for part in blocks:
            if isinstance(part, (list, Mapping)):
                yield from texts(part)
