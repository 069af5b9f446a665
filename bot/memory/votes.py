"""Stars: who voted for which picture, and what is ahead by them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, func, select

from bot.errors import NotFound
from bot.memory.parties import decide_due
from bot.memory.ranking import Starred, ranked, take
from bot.memory.store import Store, reads, writes
from bot.memory.tables import Party, Picture, Turn, Vote
from bot.place import Place
from bot.visible import within

Where = Literal["thread", "channel", "workspace"]


class Votes(Store):
    """One star a person a picture. Whether somebody may vote is for the caller to know."""

    @writes
    def toggle(
        self, session: Session, platform: str, event_id: str, picture_id: str, person_id: str, now: datetime
    ) -> bool:
        """Give a person's star to a picture, or take it back. Returns whether the picture has it then.

        An event that comes again changes nothing. A round that is over by `now` is decided first, so that it is by
        the votes that there were at its end.

        Raises:
            NotFound: the picture was deleted.
        """
        # One at a time for a picture, also where a database lets several write.
        picture = session.exec(select(Picture).where(Picture.id == picture_id).with_for_update()).first()
        if picture is None or picture.deleted:
            raise NotFound(picture_id)
        vote = session.get(Vote, (picture_id, person_id))
        if not take(session, platform, event_id, now):
            return vote is not None
        place = select(Turn.place).where(Turn.id == picture.turn_id).scalar_subquery()
        decide_due(session, now, col(Party.place) == place)
        if vote:
            session.delete(vote)
        else:
            session.add(Vote(picture_id=picture_id, person_id=person_id, created_at=now))
        return vote is None

    @reads
    def counts(self, session: Session, picture_ids: Sequence[str]) -> dict[str, int]:
        """How many stars each of the pictures has; 0 for those without."""
        stars = select(Vote.picture_id, func.count()).where(col(Vote.picture_id).in_(picture_ids))
        return dict.fromkeys(picture_ids, 0) | dict(session.exec(stars.group_by(Vote.picture_id)).all())

    @reads
    def best(self, session: Session, place: Place, where: Where, limit: int) -> list[Starred]:
        """The pictures with the most stars that everybody may see: of the place, its channel or its workspace."""
        match where:
            case "thread":
                here = col(Turn.place) == str(place)
            case "channel":
                here = col(Turn.channel) == str(place.in_thread(""))
            case "workspace":
                here = col(Turn.workspace) == place.workspace
        seen = col(Picture.sheltered).in_(within(place))
        return ranked(session, col(Turn.platform) == place.platform, here, seen, limit=limit)
