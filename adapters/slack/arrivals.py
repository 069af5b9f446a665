"""What arrives, as it is written down at once: what of Slack's payload is needed to handle it, now or after a crash.

Nothing in it is a right: the address to answer at and the tokens are left out. Pure.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack import inbound, render
from adapters.slack.inbound import Json, Said
from bot.events import Message
from bot.memory.inbox import Arrival
from bot.place import Person, Place

COMMAND, WORDS, PRESS, FORM, SHORTCUT = "command", "words", "press", "form", "shortcut"
WHAT, BODY, BEGUN = "what", "body", "begun"
_FILE = ("id", "name", "mimetype", "mode", "size", "file_access", "url_private", "url_private_download")


def command(body: Mapping[str, Any], workspace: str) -> Arrival:
    """A slash command."""
    kept = _of(body, ("trigger_id", "channel_id", "channel_name", "user_id", "user_name", "command", "text"))
    place = inbound.place_of(workspace, str(body["channel_id"]))
    return _arrival(COMMAND, f"command.{body['trigger_id']}", place, str(body["user_id"]), kept)


def words(event: Mapping[str, Any], heard: Said, begun: bool) -> Arrival:
    """A message or a mention. `begun`: there was a conversation before it; handling it may begin one."""
    kept = _of(event, ("type", "subtype", "user", "text", "ts", "thread_ts", "channel", "channel_type"))
    kept |= _files(event) | {BEGUN: begun}
    return _arrival(WORDS, heard.event_id, heard.place, heard.person, kept)


def press(body: Mapping[str, Any], action: Mapping[str, Any], workspace: str) -> Arrival:
    """A button of a message."""
    kept = _of(body, ("trigger_id", "container", "channel")) | _user(body)
    kept["action"] = _of(action, ("action_id", "value"))
    if str(action["action_id"]).startswith(render.SHARE):
        kept["message"] = {"blocks": body["message"]["blocks"]}
    place = inbound.pressed_place(body, workspace)
    return _arrival(PRESS, f"press.{body['trigger_id']}", place, str(body["user"]["id"]), kept)


def form(body: Mapping[str, Any], workspace: str) -> Arrival:
    """A form that was sent in."""
    kept: Json = {"view": _of(body["view"], ("id", "callback_id", "private_metadata", "state"))} | _user(body)
    place = Place(inbound.PLATFORM, workspace, "form")
    return _arrival(FORM, f"view.{body['view']['id']}", place, str(body["user"]["id"]), kept)


def shortcut(body: Mapping[str, Any], workspace: str) -> Arrival:
    """A shortcut of a message."""
    message = body["message"]
    kept = _of(body, ("trigger_id", "callback_id", "channel", "message_ts")) | _user(body)
    blocks = [block for block in message.get("blocks") or () if "slack_file" in block]
    kept["message"] = _of(message, ("ts", "thread_ts")) | _files(message) | {"blocks": blocks}
    place = inbound.message_place(body, workspace)
    return _arrival(SHORTCUT, f"shortcut.{body['trigger_id']}", place, str(body["user"]["id"]), kept)


def read(arrival: Arrival) -> tuple[str, Json]:
    """What it was, and what was kept of its payload."""
    body: Json = json.loads(arrival.facts[BODY])
    return arrival.facts[WHAT], body


def _arrival(what: str, id: str, place: Place, person: str, kept: Json) -> Arrival:
    """The payload says it all; the event beside it only bears the id and the place."""
    event = Message(event_id=id, place=place, person=Person(person, person), text="")
    return Arrival(event, {WHAT: what, BODY: json.dumps(kept, ensure_ascii=False, separators=(",", ":"))})


def _of(payload: Mapping[str, Any], names: Sequence[str]) -> Json:
    return {name: payload[name] for name in names if name in payload}


def _user(body: Mapping[str, Any]) -> Json:
    return {"user": _of(body["user"], ("id", "name"))}


def _files(message: Mapping[str, Any]) -> Json:
    return {"files": [_of(file, _FILE) for file in message.get("files") or () if isinstance(file, dict)]}
