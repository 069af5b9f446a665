"""Which pictures are ahead, by the one rule: most stars; then who was finished first; then the smaller id."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, not_, select

from bot.memory.tables import Handled, Picture, Turn, Vote


@dataclass(frozen=True, slots=True)
class Starred:
    """A picture that people voted for, with the turn that it is from."""

    picture: Picture
    turn: Turn
    stars: int
    """How many people voted for it."""


def ranked(session: Session, *where: Any, limit: int) -> list[Starred]:
    """The pictures with stars that everybody may see, best first. Private and deleted ones, and forks, never count."""
    stars = func.count(col(Vote.person_id))
    ahead = (
        select(Picture, Turn, stars)
        .join(Turn, col(Turn.id) == col(Picture.turn_id))
        .join(Vote, col(Vote.picture_id) == col(Picture.id))
        .where(
            col(Turn.state) == "done",
            col(Turn.kind) != "fork",
            not_(Turn.private),
            not_(Picture.private),
            not_(Picture.deleted),
            *where,
        )
        .group_by(col(Picture.id), col(Turn.id))
        .order_by(stars.desc(), col(Turn.finished_at), col(Turn.id), col(Picture.index))
        .limit(limit)
    )
    return [Starred(picture, turn, count) for picture, turn, count in session.exec(ahead)]


def take(session: Session, platform: str, event_id: str, now: datetime) -> bool:
    """Take an event, as a part of what it changes. False if it was taken before.

    The caller has locked the row that the event is about, so that two deliveries at once come one after the other.
    """
    if session.get(Handled, (platform, event_id)):
        return False
    session.add(Handled(platform=platform, event_id=event_id, created_at=now))
    return True
