"""The conversation as a tree: its turns in order, what led to a turn, and what was taken into other threads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, not_, select

from bot.errors import NotFound
from bot.memory.ranking import take
from bot.memory.store import Store, reads, writes
from bot.memory.tables import Current, Picture, Turn
from bot.place import Place


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a turn comes from whose parent stands in another place."""

    turn: Turn
    """Its parent there."""
    picture: Picture | None
    """The picture of it that was taken along."""
    maker: str
    """The name of who asked for that picture in the first place, however many forks lie between."""


@dataclass(frozen=True, slots=True)
class Past:
    """Everything of one place that its tree is made of."""

    turns: Sequence[Turn]
    """By their versions."""
    pictures: Mapping[str, Sequence[Picture]]
    """Of each turn, in their order, without deleted ones; turns without any are left out."""
    origins: Mapping[str, Origin]
    """By the id of the turn that comes from there."""


class Conversations(Store):
    """Who said what after what."""

    @reads
    def turns(self, session: Session, place: Place) -> list[Turn]:
        """The turns of a place, by their versions."""
        return _turns(session, place)

    @reads
    def path(self, session: Session, turn_id: str) -> list[Turn]:
        """What led to a turn within its place, the first one first, the turn itself last; empty if there is none."""
        turn = session.get(Turn, turn_id)
        if turn is None:
            return []
        by_id = {each.id: each for each in _turns(session, turn.where)}
        path = [turn]
        while parent := by_id.get(path[-1].parent_turn or ""):
            path.append(parent)
        return path[::-1]

    @reads
    def children(self, session: Session, turn_id: str) -> list[Turn]:
        """What follows a turn directly, wherever it is said, oldest first."""
        following = select(Turn).where(Turn.parent_turn == turn_id)
        return list(session.exec(following.order_by(col(Turn.created_at), col(Turn.id))))

    @reads
    def forks_of(self, session: Session, turn_ids: Sequence[str]) -> list[Turn]:
        """The forks of these turns' pictures, oldest first."""
        forks = select(Turn).where(col(Turn.parent_turn).in_(turn_ids), Turn.kind == "fork")
        return list(session.exec(forks.order_by(col(Turn.created_at), col(Turn.id))))

    @reads
    def past(self, session: Session, place: Place) -> Past:
        """A place as its tree needs it, all of one moment."""
        turns = _turns(session, place)
        here = {turn.id for turn in turns}
        of_here = select(Picture).join(Turn, col(Turn.id) == col(Picture.turn_id)).where(Turn.place == str(place))
        pictures: dict[str, list[Picture]] = {}
        for picture in session.exec(of_here.where(not_(Picture.deleted)).order_by(col(Picture.index))):
            assert picture.turn_id is not None  # it was joined by it
            pictures.setdefault(picture.turn_id, []).append(picture)
        origins = {turn.id: _origin(session, turn) for turn in turns if turn.parent_turn not in here}
        return Past(turns, pictures, {id: origin for id, origin in origins.items() if origin})

    @reads
    def origin(self, session: Session, turn_id: str) -> Origin | None:
        """Where a turn comes from, if that is another place."""
        turn = session.get(Turn, turn_id)
        return _origin(session, turn) if turn else None

    @writes
    def fork(self, session: Session, turn: Turn, picture: Picture) -> Turn:
        """Take the event that asks for a fork, and write down its turn and its picture, which shares its file.

        An event that comes again gives the turn that it led to.

        Raises:
            NotFound: the original was deleted, or the event led to something else.
        """
        assert turn.parent_picture is not None
        # Whoever deletes the original at this moment comes before or after: its file is freed if nothing uses it.
        locked = select(Picture).where(Picture.id == turn.parent_picture).with_for_update()
        original = (session.exec(locked)).first()
        if not take(session, turn.platform, turn.event_id, turn.created_at):
            same = select(Turn).where(Turn.platform == turn.platform, Turn.event_id == turn.event_id)
            before = (session.exec(same.where(Turn.kind == "fork"))).first()
            if before is None:
                raise NotFound(turn.parent_picture)
            return before
        if original is None or original.deleted:
            raise NotFound(turn.parent_picture)
        # The platform has just opened the place for this turn, so nobody else counts there.
        count = select(func.count()).select_from(Turn).where(Turn.place == turn.place)
        turn.version = 1 + (session.exec(count)).one()
        session.add(turn)
        session.flush()
        session.add(picture)
        session.flush()
        # What is said next is about this picture, and starts from it.
        session.merge(Current(place=turn.place, turn_id=turn.id, picture_id=picture.id, updated_at=turn.created_at))
        return turn


def _turns(session: Session, place: Place) -> list[Turn]:
    here = select(Turn).where(Turn.place == str(place))
    return list(session.exec(here.order_by(col(Turn.version), col(Turn.created_at), col(Turn.id))))


def _origin(session: Session, turn: Turn) -> Origin | None:
    parent = session.get(Turn, turn.parent_turn) if turn.parent_turn else None
    if parent is None or parent.place == turn.place:
        return None
    picture = session.get(Picture, turn.parent_picture) if turn.parent_picture else None
    made = parent
    while made.kind == "fork" and made.parent_turn:
        made = session.get_one(Turn, made.parent_turn)
    return Origin(parent, picture if picture and picture.turn_id == parent.id else None, made.person_name)
