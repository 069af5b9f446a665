"""What is asked of the past, and what is written into it. Each method is one transaction: all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Update, case, true
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, exists, func, not_, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from bot.errors import LineFull, TooManyAtOnce
from bot.memory import questions
from bot.memory.conversations import Conversations
from bot.memory.database import Database, open_database
from bot.memory.finding import Finding
from bot.memory.parties import Parties
from bot.memory.people import People
from bot.memory.posts import Posts
from bot.memory.questions import Questions
from bot.memory.store import Store, reads, writes
from bot.memory.tables import Current, Handled, Picture, Turn
from bot.memory.votes import Votes
from bot.place import Place


@dataclass(frozen=True, slots=True)
class Standing:
    """What the guard goes by."""

    handled: bool
    """The event was taken already."""
    mine: int
    """Turns of the person's that are under way."""
    everybodys: int


@dataclass(frozen=True, slots=True)
class Head:
    """What a conversation goes on from."""

    turn: Turn
    picture: Picture | None
    """The one of the turn's that was picked, if any."""
    since: datetime
    """UTC."""


class Memory(Store):
    """Turns, pictures, handled events; and the other parts of what is remembered."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.questions = Questions(database)
        self.posts = Posts(database)
        self.votes = Votes(database)
        self.parties = Parties(database)
        self.people = People(database)
        self.finding = Finding(database)
        self.conversations = Conversations(database)

    @classmethod
    async def open(cls, url: str, *, durable: bool = False) -> Self:
        """Connect, and bring the tables to this version; see open_database.

        Raises:
            StoreFailed: it can't be opened, or is newer than this program.
        """
        return cls(await open_database(url, durable=durable))

    async def close(self) -> None:
        """Let go of the database."""
        await self._database.close()

    # From an event to its end

    async def handle_once(self, platform: str, event_id: str) -> bool:
        """Take an event. False if it was taken before."""
        return await self.begin(platform, event_id, ())

    @writes
    def begin(
        self,
        session: Session,
        platform: str,
        event_id: str,
        turns: Sequence[Turn],
        limits: tuple[int, int] | None = None,
        answers: str = "",
    ) -> bool:
        """Take an event, and write its turns down. False, and nothing is written, if it was taken before.

        Args:
            answers: the id of the question that it answers, which is closed with it.

        Raises:
            AlreadyAnswered: the question was closed before.
            TooManyAtOnce, LineFull: with them more would be under way than `limits` allow one person and everybody.
        """
        if turns and limits:
            mine, everybodys = _under_way(session, platform, turns[0].person_id)
            if mine + len(turns) > limits[0]:
                raise TooManyAtOnce(limits[0])
            if everybodys + len(turns) > limits[1]:
                raise LineFull(everybodys, None)
        session.add(Handled(platform=platform, event_id=event_id, created_at=_now()))
        try:
            session.flush()
        except IntegrityError:
            session.rollback()
            return False
        if answers:
            questions.close(session, answers)
        for turn in turns:
            turn.version = _next_version(session, turn.place)
            session.add(turn)
            session.flush()
        return True

    @reads
    def handled(self, session: Session, platform: str, event_id: str) -> bool:
        """Whether an event was taken before."""
        return session.get(Handled, (platform, event_id)) is not None

    @reads
    def standing(self, session: Session, platform: str, event_id: str, person_id: str) -> Standing:
        """Where an event and its person stand before anything is begun for it."""
        mine, everybodys = _under_way(session, platform, person_id)
        return Standing(session.get(Handled, (platform, event_id)) is not None, mine, everybodys)

    @writes
    def finish(
        self, session: Session, turn_id: str, pictures: Sequence[Picture], *, seconds: float, remarks: str
    ) -> bool:
        """A turn is done, with its pictures, and has to be posted. False, and nothing is written, if it had ended."""
        done = _end(session, turn_id, state="done", seconds=seconds, remarks=remarks)
        if done:
            session.add_all(pictures)
        return done

    @writes
    def fail(self, session: Session, turn_id: str, reason: str) -> bool:
        """A turn failed, and that has to be posted. False if it had ended."""
        return _end(session, turn_id, state="failed", reason=reason)

    @writes
    def cancel(self, session: Session, turn_id: str, reason: str) -> bool:
        """A turn was stopped, and that has to be posted. False if it had ended."""
        return _end(session, turn_id, state="cancelled", reason=reason)

    @writes
    def posted(self, session: Session, turn_id: str) -> None:
        """A turn's end, as it is now, is out on its platform."""
        session.exec(update(Turn).where(col(Turn.id) == turn_id, col(Turn.state) != "begun").values(posted=True))

    @writes
    def delete_turn(self, session: Session, turn_id: str, reason: str) -> list[str]:
        """Take a turn's pictures away, and the one it started from if somebody brought it and no other turn uses it.

        Returns the files that no picture uses now: their bytes are the caller's to delete. The turn has to be posted
        once more. For one that is deleted already the files come back again, since a crash may have kept them.
        """
        ended = func.coalesce(Turn.finished_at, _now())
        session.exec(
            update(Turn)
            .where(col(Turn.id) == turn_id, col(Turn.state) != "deleted")
            .values(state="deleted", reason=reason, posted=False, finished_at=ended)
        )
        brought = select(Turn.parent_picture).where(Turn.id == turn_id).scalar_subquery()
        in_use = exists().where(
            col(Turn.parent_picture) == col(Picture.id), col(Turn.id) != turn_id, col(Turn.state) != "deleted"
        )
        gone = or_(
            col(Picture.turn_id) == turn_id,
            (col(Picture.id) == brought) & col(Picture.uploaded) & not_(in_use),
        )
        session.exec(update(Picture).where(gone).values(deleted=True, embedding=None))
        session.exec(delete(Current).where(col(Current.turn_id) == turn_id))
        return _unused(session, (session.exec(select(Picture.file).where(gone))).all())

    # What is left over

    async def unfinished(self, platform: str) -> list[Turn]:
        """Turns that were begun and have not ended, oldest first."""
        return await self._turns(col(Turn.platform) == platform, col(Turn.state) == "begun")

    async def unposted(self, platform: str) -> list[Turn]:
        """Turns whose end is not out on their platform, oldest first."""
        ended = col(Turn.state).in_(("done", "failed", "cancelled", "deleted"))
        return await self._turns(col(Turn.platform) == platform, ended, not_(Turn.posted))

    async def begun_of(self, person_id: str, place: Place) -> list[Turn]:
        """A person's turns under way in a thread, or in a channel and all of its threads; oldest first."""
        here = col(Turn.place) == str(place) if place.thread else col(Turn.channel) == str(place)
        mine = col(Turn.person_id) == person_id
        return await self._turns(col(Turn.platform) == place.platform, col(Turn.state) == "begun", here, mine)

    async def conversation(self, place: Place) -> list[Turn]:
        """The turns of a place, by their versions."""
        return sorted(await self._turns(col(Turn.place) == str(place)), key=lambda turn: turn.version)

    @reads
    def count_begun(self, session: Session, platform: str, person_id: str | None = None) -> int:
        """How many turns are under way, for everybody or for one person."""
        count = select(func.count()).select_from(Turn).where(Turn.platform == platform, Turn.state == "begun")
        if person_id is not None:
            count = count.where(Turn.person_id == person_id)
        return (session.exec(count)).one()

    # Turns and pictures

    @reads
    def turn(self, session: Session, id: str) -> Turn | None:
        """A turn by its id."""
        turn: Turn | None = session.get(Turn, id)
        return turn

    @reads
    def latest_turn(self, session: Session, place: Place) -> Turn | None:
        """The turn of a place that was asked for last, however it ended, unless it was deleted."""
        newest = _newest(place).where(Turn.state != "deleted")
        return (session.exec(newest)).first()

    @reads
    def picture(self, session: Session, id: str) -> Picture | None:
        """A picture by its id, deleted or not."""
        return session.get(Picture, id)

    @reads
    def pictures(self, session: Session, turn_id: str) -> list[Picture]:
        """A turn's pictures in their order, without deleted ones."""
        these = select(Picture).where(Picture.turn_id == turn_id, not_(Picture.deleted))
        return list(session.exec(these.order_by(col(Picture.index))))

    @reads
    def closest(self, session: Session, turn_id: str) -> Picture | None:
        """A turn's picture that is closest to its words; the first one if they were not read."""
        these = select(Picture).where(Picture.turn_id == turn_id, not_(Picture.deleted))
        order = (col(Picture.closeness).desc().nulls_last(), col(Picture.index))
        return (session.exec(these.order_by(*order))).first()

    @writes
    def add_upload(self, session: Session, picture: Picture) -> None:
        """A picture that somebody brought. Its bytes are in the store already."""
        session.add(picture)

    @reads
    def unused(self, session: Session, files: Sequence[str]) -> list[str]:
        """Those of the files that no picture uses."""
        return _unused(session, files)

    # What a conversation goes on from

    @writes
    def set_current(self, session: Session, place: Place, picture_id: str) -> None:
        """Somebody picked a picture of a set, for the place to go on from. Nothing happens if it was deleted since."""
        picture = session.get_one(Picture, picture_id)
        if picture.turn_id and not picture.deleted:
            picked = Current(place=str(place), turn_id=picture.turn_id, picture_id=picture_id, updated_at=_now())
            session.merge(picked)

    @writes
    def go_back(self, session: Session, place: Place, turn_id: str) -> None:
        """Somebody went back to a turn, for the place to go on from its words."""
        session.merge(Current(place=str(place), turn_id=turn_id, picture_id=None, updated_at=_now()))

    @reads
    def current(self, session: Session, place: Place) -> Picture | None:
        """The picture that was picked, until a set that was asked for later is done, or somebody went back."""
        head = _head(session, place, true())
        return None if head is None else head.picture

    @reads
    def head(self, session: Session, place: Place, person_id: str) -> Head | None:
        """What a place goes on from, as one person sees it: what was chosen, or the newest set that is done since.

        Their own set that is under way comes first, so that they can say one thing after the other; while nothing is
        done at all, the newest that is not deleted.
        """
        seen = or_(not_(Turn.private), col(Turn.person_id) == person_id)
        head = _head(session, place, seen)
        mine = (session.exec(_newest(place).where(Turn.state == "begun", Turn.person_id == person_id))).first()
        if mine and (head is None or mine.created_at > head.since):
            return Head(mine, None, mine.created_at)
        if head:
            return head
        newest = (session.exec(_newest(place).where(Turn.state != "deleted", seen))).first()
        return Head(newest, None, newest.created_at) if newest else None

    @reads
    def _turns(self, session: Session, *where: Any) -> list[Turn]:
        return list(session.exec(select(Turn).where(*where).order_by(col(Turn.created_at), col(Turn.id))))


def _under_way(session: Session, platform: str, person_id: str) -> tuple[int, int]:
    """How many turns are under way: a person's, and everybody's."""
    of_person = func.count(case((col(Turn.person_id) == person_id, 1)))
    begun = select(of_person, func.count()).where(Turn.platform == platform, Turn.state == "begun")
    mine, everybodys = session.exec(begun).one()
    return mine, everybodys


def _head(session: Session, place: Place, seen: Any) -> Head | None:
    """The turn that was chosen, with its picture if one was picked, or the newest one that is done since."""
    newest = (session.exec(_newest(place).where(Turn.state == "done", seen))).first()
    chosen = session.get(Current, str(place))
    if chosen and (newest is None or chosen.updated_at >= newest.created_at):
        turn = (session.exec(select(Turn).where(Turn.id == chosen.turn_id, seen))).first()
        if turn:
            picture = session.get(Picture, chosen.picture_id) if chosen.picture_id else None
            return Head(turn, picture, chosen.updated_at)
    return Head(newest, None, newest.created_at) if newest else None


def _next_version(session: Session, place: str) -> int:
    """One more than the place has. Others who write into the place at this moment wait for each other."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(place))))
    count = select(func.count()).select_from(Turn).where(Turn.place == place)
    return (session.exec(count)).one() + 1


def _newest(place: Place) -> SelectOfScalar[Turn]:
    newest_first = (col(Turn.created_at).desc(), col(Turn.id).desc())
    return select(Turn).where(Turn.place == str(place)).order_by(*newest_first).limit(1)


def _end(session: Session, turn_id: str, **values: Any) -> bool:
    """End a turn that is under way, once: who comes second finds it ended."""
    still_begun: Update = update(Turn).where(col(Turn.id) == turn_id, col(Turn.state) == "begun")
    return bool((session.exec(still_begun.values(finished_at=_now(), posted=False, **values))).rowcount)


def _unused(session: Session, files: Sequence[str]) -> list[str]:
    used = set(session.exec(select(Picture.file).where(col(Picture.file).in_(files), not_(Picture.deleted))))
    return [file for file in dict.fromkeys(files) if file not in used]


def _now() -> datetime:
    return datetime.now(UTC)
