"""What has arrived and is not handled yet, so that a crash between a platform's acknowledgement and the first turn
loses nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, get_args

from sqlmodel import Session, col, delete, exists, select

from bot.events import AnyEvent, Command, Message, Press, Submit, Upload
from bot.memory.database import Database
from bot.memory.store import Store, reads, writes
from bot.memory.tables import Arrived, Handled
from bot.place import Person, Place

MOST_TRIES = 3
"""Starts at which an event is handled again; one that ends the program each time must not do so for ever."""

_KINDS: dict[str, type[AnyEvent]] = {kind.__name__: kind for kind in (*get_args(Command), Message, Press, Submit)}


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event as it was when it arrived, before anything was fetched for it."""

    event: AnyEvent
    """Its uploads are left out: None. A field that must be there is empty."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the platform needs to complete it, such as the addresses of its uploads."""


class Inbox(Store):
    """Events from their arrival to their end.

    A platform writes an event down in the moment in which it acknowledges it, neither before (there are three seconds)
    nor after. What is left is the time in which the acknowledgement is out and the commit is not: some milliseconds,
    or as long as the database keeps others waiting. An event whose acknowledgement never got through is handled after
    the start as well: an answer too many is better than none.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._here: set[tuple[str, str]] = set()
        """Those that this process is at work on."""

    @writes
    def write(self, session: Session, arrival: Arrival) -> None:
        """An event has arrived. Writing it down again changes nothing."""
        event = arrival.event
        key = (event.place.platform, event.event_id)
        self._here.add(key)
        if session.get(Arrived, key) is None:
            text = to_json(arrival)
            session.add(Arrived(platform=key[0], event_id=key[1], event=text, tries=0, created_at=datetime.now(UTC)))

    @writes
    def drop(self, session: Session, platform: str, event_id: str) -> None:
        """It is handled, or nothing may come of it."""
        self._here.discard((platform, event_id))
        session.exec(delete(Arrived).where(col(Arrived.platform) == platform, col(Arrived.event_id) == event_id))

    def let_go(self, platform: str, event_id: str) -> None:
        """This process has been cut off from it: it is among what is left."""
        self._here.discard((platform, event_id))

    @writes
    def left(self, session: Session, platform: str) -> list[Arrival]:
        """What was cut off, oldest first; this process is at work on it from now on.

        What has been begun is not among it: that is resumed as turns.
        """
        mine = col(Arrived.platform) == platform
        begun = exists().where(
            col(Handled.platform) == col(Arrived.platform), col(Handled.event_id) == col(Arrived.event_id)
        )
        session.exec(delete(Arrived).where(mine, begun | (col(Arrived.tries) >= MOST_TRIES)))
        rows = list(session.exec(select(Arrived).where(mine).order_by(col(Arrived.created_at))))
        found = []
        for row in rows:
            if (platform, row.event_id) in self._here:
                continue
            self._here.add((platform, row.event_id))
            row.tries += 1
            session.add(row)
            try:
                found.append(from_json(row.event))
            except (KeyError, TypeError, ValueError):
                session.delete(row)  # of a version that had other events
        return found

    @reads
    def waiting(self, session: Session, platform: str) -> int:
        """How many there are."""
        return len(list(session.exec(select(Arrived.event_id).where(Arrived.platform == platform))))


def to_json(arrival: Arrival) -> str:
    """One text of an arrival; `from_json` reads it back."""
    event = arrival.event
    values: dict[str, Any] = {}
    for each in fields(event):
        value = getattr(event, each.name)
        match value:
            case Upload():
                continue
            case Place():
                values[each.name] = {"place": str(value)}
            case Person():
                about = {"id": value.id, "name": value.name, "moderator": value.moderator, "guest": value.guest}
                values[each.name] = {"person": about}
            case _:
                values[each.name] = value
    kept = {"kind": type(event).__name__, "values": values, "facts": dict(arrival.facts)}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Arrival:
    """What `to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: another version wrote it.
    """
    kept = json.loads(text)
    values = {name: _read(value) for name, value in kept["values"].items()}
    return Arrival(_KINDS[kept["kind"]](**values), kept["facts"])


def _read(value: Any) -> Any:
    match value:
        case {"place": str(place)}:
            return Place.parse(place)
        case {"person": dict(about)}:
            return Person(**about)
    return value
