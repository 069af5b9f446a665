"""What is remembered of people: what they prefer, where they may refine, what they used."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, cast

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, select

from bot.memory.store import Store, reads, writes
from bot.memory.tables import Handled, Invited, Party, Picture, Preference, Thread, Turn
from bot.place import Person, Place

AccessMode = Literal["everyone", "invited", "owner"]

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Door:
    """Who may refine in a place, and how one person stands there."""

    access: AccessMode
    owner: Person | None
    """Who asked for the first turn, or opened its party; None where nothing has begun."""
    invited: bool
    """The person is."""
    guests: int
    """How many people are invited."""


@dataclass(frozen=True, slots=True)
class Preferred:
    """What one person prefers, as they typed it; empty where they said nothing."""

    defaults: str
    suffix: str
    sets: dict[str, str]
    """Name -> flags, in the order of their names."""
    quiet: bool = False
    """They are not called when their pictures are done."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was drawn for one person in some time."""

    pictures: int
    seconds: float
    """Of drawing."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was drawn for one person: since midnight UTC, in thirty days, ever."""

    today: Spent
    month: Spent
    ever: Spent


class People(Store):
    """People, each in their workspace of their platform."""

    # What they prefer

    @reads
    def preferred(self, session: Session, platform: str, workspace: str, person_id: str) -> Preferred:
        """Everything that a person prefers."""
        theirs = select(Preference).where(
            Preference.platform == platform, Preference.workspace == workspace, Preference.person_id == person_id
        )
        rows = list(session.exec(theirs.order_by(col(Preference.name))))
        said = {row.kind: row.value for row in rows}
        sets = {row.name: row.value for row in rows if row.kind == "set"}
        return Preferred(said.get("defaults", ""), said.get("suffix", ""), sets, said.get("mention") == "off")

    @writes
    def prefer(self, session: Session, event_id: str, preference: Preference) -> bool:
        """Take an event, and remember what its person prefers. False, and nothing changes, if it was taken before."""
        if not _take(session, preference.platform, event_id):
            return False
        session.merge(preference)
        return True

    @writes
    def forget(
        self, session: Session, event_id: str, platform: str, workspace: str, person_id: str, kind: str, name: str = ""
    ) -> bool:
        """Take an event, and forget one thing that its person prefers, or everything: kind `everything`.

        False, and nothing changes, if it was taken before.
        """
        if not _take(session, platform, event_id):
            return False
        theirs = delete(Preference).where(
            col(Preference.platform) == platform,
            col(Preference.workspace) == workspace,
            col(Preference.person_id) == person_id,
        )
        if kind != "everything":
            theirs = theirs.where(col(Preference.kind) == kind, col(Preference.name) == name)
        session.exec(theirs)
        return True

    # Who may refine

    @reads
    def door(self, session: Session, place: Place, person_id: str) -> Door:
        """Who may refine in a place, and whether the person is invited."""
        thread = session.get(Thread, str(place))
        invited = session.get(Invited, (str(place), person_id)) is not None
        guests = session.exec(select(func.count()).select_from(Invited).where(Invited.place == str(place))).one()
        access = cast(AccessMode, thread.access if thread else "everyone")
        return Door(access, _owner(session, place), invited, guests)

    @writes
    def set_access(self, session: Session, event_id: str, place: Place, access: AccessMode) -> bool:
        """Take an event, and say who may refine in a place from now on. False if it was taken before."""
        if not _take(session, place.platform, event_id):
            return False
        session.merge(Thread(place=str(place), access=access))
        return True

    @writes
    def invite(self, session: Session, event_id: str, place: Place, person_id: str, *, away: bool) -> bool:
        """Take an event, and invite a person into a place, or no longer. False if it was taken before."""
        if not _take(session, place.platform, event_id):
            return False
        if away:
            session.exec(delete(Invited).where(col(Invited.place) == str(place), col(Invited.person_id) == person_id))
        else:
            session.merge(Invited(place=str(place), person_id=person_id))
        return True

    # What they have under way, and what they used

    @reads
    def under_way(self, session: Session, platform: str, workspace: str, person_id: str) -> list[Turn]:
        """A person's turns that have not ended, in every place of the workspace, oldest first."""
        mine = select(Turn).where(
            Turn.platform == platform,
            Turn.state == "begun",
            Turn.workspace == workspace,
            Turn.person_id == person_id,
        )
        return list(session.exec(mine.order_by(col(Turn.created_at), col(Turn.id))))

    @reads
    def usage(self, session: Session, platform: str, workspace: str, person_id: str, now: datetime) -> Usage:
        """What was drawn for a person until now; pictures that were deleted since were drawn too."""
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        mine = (
            Turn.platform == platform,
            Turn.workspace == workspace,
            Turn.person_id == person_id,
            Turn.kind != "fork",
        )

        def since(start: datetime) -> Spent:
            when = (*mine, col(Turn.created_at) >= start)
            seconds = session.exec(select(func.coalesce(func.sum(col(Turn.seconds)), 0.0)).where(*when)).one()
            pictures = select(func.count()).select_from(Picture).where(col(Picture.turn_id) == col(Turn.id), *when)
            return Spent(session.exec(pictures).one(), float(seconds))

        return Usage(since(midnight), since(now - MONTH), since(datetime(1970, 1, 1, tzinfo=UTC)))


def _take(session: Session, platform: str, event_id: str) -> bool:
    """Write an event down as handled, in the transaction that carries it out. False if it was."""
    session.add(Handled(platform=platform, event_id=event_id, created_at=datetime.now(UTC)))
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        return False
    return True


def _owner(session: Session, place: Place) -> Person | None:
    """Who began a place: whoever asked for its first turn, or opened a party there before that."""
    oldest = (col(Turn.created_at), col(Turn.id))
    first = session.exec(select(Turn).where(Turn.place == str(place)).order_by(*oldest).limit(1)).first()
    opened = select(Party).where(Party.place == str(place)).order_by(col(Party.created_at), col(Party.id)).limit(1)
    party = session.exec(opened).first()
    began = min((one for one in (first, party) if one), key=lambda one: one.created_at, default=None)
    return Person(began.person_id, began.person_name) if began else None
