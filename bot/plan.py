"""A turn that could be begun, and how it is written down."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.events import AnyEvent
from bot.ids import new_turn_id
from bot.memory.tables import Turn
from bot.query import Query
from bot.refine.edits import Edit, to_json
from bot.visible import shelter
from engine.jobs import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A turn that could be begun."""

    query: Query
    kind: str
    text: str
    remarks: tuple[str, ...] = ()
    private: bool = False
    parent_turn: str | None = None
    parent_picture: str | None = None
    edits: tuple[Edit, ...] = ()
    answers: str = ""
    """The id of the question that it answers."""
    start: Pixels | None = None
    """A start picture that is not stored yet."""


def turn(event: AnyEvent, plan: Plan, query: Query) -> Turn:
    """The row of a plan, begun; `query` is its own, with the id of its start picture."""
    return Turn(
        id=new_turn_id(),
        event_id=event.event_id,
        platform=event.place.platform,
        place=str(event.place),
        channel=str(event.place.in_thread("")),
        workspace=event.place.workspace,
        person_id=event.person.id,
        person_name=event.person.name,
        text=plan.text,
        kind=plan.kind,
        query=query.canonical(),
        parent_turn=plan.parent_turn,
        parent_picture=plan.parent_picture or query.start or None,
        edits=to_json(plan.edits),
        remarks=json.dumps(plan.remarks, ensure_ascii=False),
        private=plan.private,
        sheltered=shelter(event),
        mature=event.mature,
        created_at=datetime.now(UTC),
    )
