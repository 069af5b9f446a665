"""The questions that the bot asked, until they are answered."""

from datetime import UTC, datetime

from sqlalchemy import Update
from sqlmodel import Session, col, not_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from bot.errors import AlreadyAnswered
from bot.memory.store import Store, reads, writes
from bot.memory.tables import Handled, Question
from bot.place import Place


class Questions(Store):
    """Questions by place and person."""

    @writes
    def ask(self, session: Session, platform: str, question: Question) -> Question:
        """Take the event that led to a question, and write it down; their other questions there are closed.

        If the event was taken before, the question that it led to then is returned.
        """
        if session.get(Handled, (platform, question.event_id)):
            before = select(Question).where(Question.event_id == question.event_id, Question.place == question.place)
            return (session.exec(before)).first() or question
        _close(session, question.place, question.person_id)
        session.add(Handled(platform=platform, event_id=question.event_id, created_at=datetime.now(UTC)))
        session.add(question)
        return question

    @writes
    def close(self, session: Session, place: Place, person_id: str) -> list[Question]:
        """A person has said something else, or answered: their open questions are closed. Returns those."""
        return _close(session, str(place), person_id)

    @writes
    def close_one(self, session: Session, id: str) -> None:
        """A question was answered with what draws nothing.

        Raises:
            AlreadyAnswered: it was closed before.
        """
        close(session, id)

    @reads
    def question(self, session: Session, id: str) -> Question | None:
        """A question by its id."""
        return session.get(Question, id)

    @reads
    def open_one(self, session: Session, place: Place, person_id: str) -> Question | None:
        """What a person was asked last in a place, if it is open."""
        return (session.exec(_open(str(place), person_id))).first()


def close(session: Session, id: str) -> None:
    """Close a question as a part of what answers it.

    Raises:
        AlreadyAnswered: it was closed before.
    """
    closing: Update = update(Question).where(col(Question.id) == id, not_(Question.closed)).values(closed=True)
    if not (session.exec(closing)).rowcount:
        raise AlreadyAnswered


def _close(session: Session, place: str, person_id: str) -> list[Question]:
    closed = list(session.exec(_open(place, person_id)))
    for question in closed:
        question.closed = True
        session.add(question)
    session.flush()
    return closed


def _open(place: str, person_id: str) -> SelectOfScalar[Question]:
    these = select(Question).where(Question.place == place, Question.person_id == person_id, not_(Question.closed))
    return these.order_by(col(Question.created_at).desc())
