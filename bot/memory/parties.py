"""Rounds on a theme: opened, decided once, announced."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, func, not_, select, update

from bot.memory.ranking import Starred, ranked, take
from bot.memory.store import Store, reads, writes
from bot.memory.tables import Party, Picture, Turn, Vote
from bot.place import Place


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a round ended."""

    party: Party
    winner: Starred | None
    """With the stars that counted and were not taken back since. None if nothing had one."""
    tied: bool
    """Another picture had as many stars."""


class Parties(Store):
    """One open round a place. Times of rows are UTC; SQLite gives them back without saying so: see `utc`."""

    @writes
    def open(self, session: Session, party: Party) -> Party:
        """Open a round. Returns the one that its place has then: another, if another is open there already.

        An event that comes again gives the round that it opened, over or not. Callers open one at a time.
        """
        again = select(Party).where(Party.platform == party.platform, Party.event_id == party.event_id)
        if opened := session.exec(again).first():
            return opened
        here = col(Party.place) == party.place
        decide_due(session, party.created_at, here)
        if other := session.exec(select(Party).where(here, not_(Party.ended))).first():
            return other
        session.add(party)
        return party

    @reads
    def at(self, session: Session, place: Place, now: datetime) -> Party | None:
        """The round that is open in a place."""
        here = select(Party).where(Party.place == str(place), not_(Party.ended), col(Party.ends_at) > now)
        return session.exec(here).first()

    @writes
    def end_now(self, session: Session, event_id: str, id: str, now: datetime) -> bool:
        """End an open round before its time. False, and nothing changes, if it was over or the event was taken."""
        party = session.exec(select(Party).where(Party.id == id).with_for_update()).one()
        if not take(session, party.platform, event_id, now) or party.ended or utc(party.ends_at) <= now:
            return False
        party.ends_at = now
        _decide(session, party)
        return True

    @writes
    def end_due(self, session: Session, platform: str, now: datetime) -> list[Party]:
        """Decide the rounds of a platform that are over. Returns all that are over and not announced, oldest first."""
        decide_due(session, now, col(Party.platform) == platform)
        over = select(Party).where(Party.platform == platform, Party.ended, not_(Party.posted))
        return list(session.exec(over.order_by(col(Party.ends_at), col(Party.id))))

    @reads
    def next_end(self, session: Session, platform: str) -> datetime | None:
        """When the next round of a platform has to be announced, in UTC; long ago, if one was left over."""
        ends = select(func.min(Party.ends_at)).where(Party.platform == platform, not_(Party.posted))
        end = session.exec(ends).one()
        return end and utc(end)

    @reads
    def outcome(self, session: Session, id: str) -> Outcome:
        """How a decided round ended."""
        party = session.get_one(Party, id)
        if party.winner is None:
            return Outcome(party, None, tied=False)
        picture = session.get_one(Picture, party.winner)
        turn = session.get_one(Turn, picture.turn_id)
        counted = select(func.count()).where(Vote.picture_id == picture.id, col(Vote.created_at) < party.ends_at)
        stars = session.exec(counted).one()
        others = (each for each in _ahead(session, party) if each.picture.id != picture.id)
        return Outcome(party, Starred(picture, turn, stars), tied=any(each.stars == stars for each in others))

    @writes
    def posted(self, session: Session, id: str) -> None:
        """A round's end is out on its platform."""
        session.exec(update(Party).where(col(Party.id) == id, col(Party.ended)).values(posted=True))


def decide_due(session: Session, now: datetime, *where: Any) -> None:
    """Decide the rounds that are over by `now`, each for good."""
    due = select(Party).where(not_(Party.ended), col(Party.ends_at) <= now, *where)
    for party in session.exec(due.order_by(col(Party.id)).with_for_update()):
        _decide(session, party)


def utc(time: datetime) -> datetime:
    """A time of a row, with its zone."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _decide(session: Session, party: Party) -> None:
    party.winner = next((each.picture.id for each in _ahead(session, party)), None)
    party.ended = True
    session.add(party)


def _ahead(session: Session, party: Party) -> list[Starred]:
    """The first two of a round: of the turns asked for while it was open, by the votes before its end."""
    return ranked(
        session,
        col(Turn.place) == party.place,
        col(Turn.created_at) >= party.created_at,
        col(Turn.created_at) < party.ends_at,
        col(Vote.created_at) < party.ends_at,
        limit=2,
    )
