"""What the platforms remember: what they showed, and what has arrived and is not handled yet."""

from sqlmodel import Session, col, select

from bot.memory.database import Database
from bot.memory.inbox import Inbox
from bot.memory.store import Store, reads, writes
from bot.memory.tables import Note, Posted
from bot.place import Place


class Posts(Store):
    """Messages by the replies that they show, and small notes."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.inbox = Inbox(database)

    @reads
    def posted(self, session: Session, place: Place, key: str) -> Posted | None:
        """The message that shows a reply in a place."""
        return session.get(Posted, (str(place), key))

    @writes
    def remember(self, session: Session, place: Place, key: str, message: str, final: bool = False) -> None:
        """A message shows a reply now; what is final stays final."""
        before = session.get(Posted, (str(place), key))
        session.merge(Posted(place=str(place), key=key, message=message, final=final or bool(before and before.final)))

    @writes
    def forget(self, session: Session, place: Place, key: str) -> None:
        """The message that showed a reply is gone from the platform."""
        if before := session.get(Posted, (str(place), key)):
            session.delete(before)

    @reads
    def shown_by(self, session: Session, platform: str, message: str) -> Posted | None:
        """What a message shows: the way from a reply or a link back to the key."""
        these = select(Posted).where(Posted.message == message, col(Posted.place).startswith(f"{platform}/"))
        return (session.exec(these)).first()

    @reads
    def note(self, session: Session, platform: str, name: str) -> str | None:
        """A small thing that was written down."""
        found = session.get(Note, (platform, name))
        return found.value if found else None

    @writes
    def write_note(self, session: Session, platform: str, name: str, value: str) -> None:
        """Write a small thing down, over the one before."""
        session.merge(Note(platform=platform, name=name, value=value))
