"""From Slack's payloads to the bot's events. Pure.

A workspace is the id of the installation: a team's, or an organisation's where the app is installed there. A thread is
the `ts` of its root. A direct conversation is one thread, named like its channel; a fork opens a real one inside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from adapters.slack import markup
from bot import command_line
from bot import wording_slack as wording
from bot.command_line import BadLine
from bot.events import (
    COMMANDS,
    AnyEvent,
    Command,
    Describe,
    Help,
    Imagine,
    Message,
    Press,
    Submit,
    Upload,
    command_name,
    options,
)
from bot.place import Person, Place
from bot.wording_console import bad_line

Json = dict[str, Any]

PLATFORM = "slack"
LONGEST_TEXT = 20_000
"""Characters of one message. What a model reads of it is the bot's business."""

_SUBTYPES = (None, "", "file_share", "thread_broadcast")
"""What people send. Everything else is a bot's, an edit, a deletion or Slack's own."""

_KINDS = {command_name(kind): kind for kind in COMMANDS}


@dataclass(frozen=True, slots=True)
class Names:
    """What the commands are called in this workspace; another app may hold a name."""

    imagine: str = "/imagine"
    umbrella: str = "/sextant"


class Refused(ValueError):
    """What arrived can't be taken; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message for the bot, before its people and pictures are looked up."""

    event_id: str
    place: Place
    """Where it belongs. Words at the root of a channel belong to the thread that hangs on them."""
    person: str
    """Id of who said it."""
    text: str
    """In Slack's markup, without the mention of the bot."""
    addressed: bool
    files: tuple[Json, ...] = ()
    people: tuple[str, ...] = ()
    """Ids of all who are mentioned in it."""
    in_im_thread: str = ""
    """Root of the thread within a direct conversation: a fork's, or just somebody's answer."""


def place_of(workspace: str, channel: str, thread: str = "") -> Place:
    """The place of a channel and a thread; a direct conversation is one thread."""
    return Place(PLATFORM, workspace, channel, channel if is_direct(channel) and not thread else thread)


def is_direct(channel: str) -> bool:
    """Whether a channel is the direct conversation of one person with the bot."""
    return channel.startswith("D")


def root_of(place: Place) -> str:
    """What `thread_ts` is for a place; empty in channels and direct conversations."""
    return "" if place.thread == place.channel else place.thread


def said(event: Mapping[str, Any], workspace: str, bot: str) -> Said | None:
    """A `message` or an `app_mention`; both of one message give the same. None if it is not for the bot.

    Args:
        bot: the id of the bot's own user.
    """
    person = str(event.get("user") or "")
    if event.get("subtype") not in _SUBTYPES or event.get("bot_id") or not person or person == bot:
        return None
    channel, ts = str(event["channel"]), str(event["ts"])
    thread = str(event.get("thread_ts") or "")
    text, named = markup.without(str(event.get("text") or ""), bot)
    direct = is_direct(channel)
    if not (thread or named or direct):
        return None
    files = tuple(file for file in event.get("files") or () if isinstance(file, dict))
    return Said(
        event_id=f"{workspace}.{channel}.{ts}",
        place=place_of(workspace, channel) if direct else place_of(workspace, channel, thread or ts),
        person=person,
        text=text,
        addressed=named or direct,
        files=files,
        people=tuple(markup.people_in(text)),
        in_im_thread=thread if direct else "",
    )


def words_event(
    heard: Said, place: Place, person: Person, names: Mapping[str, str], picture: Upload | None, begun: bool
) -> AnyEvent:
    """The event of a message. `begun`: the bot has a conversation in this place; where it has none, words to it begin
    one.

    Raises:
        Refused: a command that can't be read, too many words.
    """
    about: Json = {"event_id": heard.event_id, "place": place, "person": person}
    text = markup.plain(heard.text, names)
    if len(text) > LONGEST_TEXT:
        raise Refused(wording.too_long(len(text), LONGEST_TEXT))
    if heard.addressed and (kind := _named(text)):
        line = heard.text.partition(text.split()[0])[2]
        return typed(kind, line, about, _finder(names), picture, names)
    if begun or not heard.addressed:
        return Message(**about, text=text, picture=picture, addressed=heard.addressed)
    if not text and picture is None:
        return Help(**about)
    return Imagine(**about, prompt=text, picture=picture)


def _named(text: str) -> type[Command] | None:
    """The command that is said to the bot by name: `/tree`. Slack has no commands in threads; `help` needs no slash."""
    if text.strip().lower() == command_name(Help):
        return Help
    name = text.split()[0] if text.split() else ""
    return _KINDS.get(name[1:].lower()) if name.startswith("/") else None


def command(
    payload: Mapping[str, Any], workspace: str, person: Person, names: Names, called: Mapping[str, str]
) -> Command:
    """A slash command: the one for pictures, or the umbrella with the name of a command after it.

    Args:
        called: people's names by their ids.

    Raises:
        Refused: an unknown command, a command that can't be read, too many words.
    """
    text = str(payload.get("text") or "").strip()
    about: Json = {
        "event_id": f"command.{payload['trigger_id']}",
        "place": place_of(workspace, str(payload["channel_id"])),
        "person": person,
    }
    if len(text) > LONGEST_TEXT:
        raise Refused(wording.too_long(len(text), LONGEST_TEXT))
    if payload.get("command") == names.imagine:
        return typed(Imagine, text, about, _finder(called), None, called)
    name, _, rest = text.partition(" ")
    if not name:
        return Help(**about)
    kind = _KINDS.get(name.lower().removeprefix("/"))
    if kind is None:
        near = get_close_matches(name.lower(), _KINDS, n=1, cutoff=0.0)
        raise Refused(wording.unknown_command(names.umbrella, markup.plain(name, called), near[0]))
    return typed(kind, rest, about, _finder(called), None, called)


FindPerson = Callable[[str], Person | None]


def typed(
    kind: type[Command],
    rest: str,
    about: Json,
    find: FindPerson,
    picture: Upload | None,
    called: Mapping[str, str],
) -> Command:
    """A command from the rest of its line, in Slack's markup; bot/command_line.py has the grammar.

    Raises:
        Refused: it can't be read.
    """
    takes_person = any(option.type is Person for option in options(kind))
    line = markup.unescape(rest) if takes_person else markup.plain(rest, called)
    try:
        values = command_line.values(kind, line.strip(), find, picture=picture is not None)
    except BadLine as error:
        raise Refused(bad_line(error)) from None
    if picture and any(option.name == "picture" for option in options(kind)):
        values["picture"] = picture
    return kind(**about | values)


def _finder(called: Mapping[str, str]) -> FindPerson:
    """Finds whom a mention means: Slack puts the id into it."""

    def find(word: str) -> Person | None:
        found = markup.mentioned(word)
        return Person(found[0], called.get(found[0]) or found[1] or found[0]) if found else None

    return find


def press(body: Mapping[str, Any], token: str, place: Place, person: Person) -> Press:
    """One of our buttons."""
    return Press(event_id=f"press.{body['trigger_id']}", place=place, person=person, token=token)


def pressed_place(body: Mapping[str, Any], workspace: str) -> Place:
    """Where a pressed message stands, by the payload alone."""
    container = body["container"]
    return place_of(workspace, str(container["channel_id"]), str(container.get("thread_ts") or ""))


def submit(view: Mapping[str, Any], token: str, text: str, place: Place, person: Person) -> Submit:
    """A form that was sent in. A view is taken once."""
    return Submit(event_id=f"view.{view['id']}", place=place, person=person, token=token, text=text)


def describe(body: Mapping[str, Any], workspace: str, person: Person, picture: Upload) -> Describe:
    """The message shortcut that puts a picture into words: the answer hangs on the message."""
    return Describe(
        event_id=f"shortcut.{body['trigger_id']}",
        place=message_place(body, workspace),
        person=person,
        picture=picture,
    )


def message_place(body: Mapping[str, Any], workspace: str) -> Place:
    """The thread of the message that a shortcut was used on; the one that hangs on it if it is in none."""
    message = body["message"]
    channel = str(body["channel"]["id"])
    if is_direct(channel):
        return place_of(workspace, channel)
    return place_of(workspace, channel, str(message.get("thread_ts") or body["message_ts"]))


def pictures_in(message: Mapping[str, Any]) -> Sequence[Json]:
    """The pictures of a message: files that people shared, or those that our own blocks show; with an id at least."""
    files = [file for file in message.get("files") or () if _may_be_a_picture(file)]
    shown = [block["slack_file"] for block in message.get("blocks") or () if "slack_file" in block]
    return [*files, *({"id": str(one["id"])} for one in shown if one.get("id"))]


def _may_be_a_picture(file: Mapping[str, Any]) -> bool:
    """A file of a connected workspace says nothing of its kind before it is asked for."""
    return str(file.get("mimetype") or "image/").startswith("image/") and file.get("mode") != "tombstone"
