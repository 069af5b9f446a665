"""What the platforms remember: what they showed, and what has arrived and is not handled yet."""

from sqlmodel import Session, col, delete, or_, select

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
        """What a message shows, alone or with others: the way from a reply or a link back to the key."""
        here = select(Posted).where(col(Posted.place).startswith(f"{platform}/"))
        if alone := session.exec(here.where(Posted.message == message)).first():
            return alone  # by the index, and nearly all are
        ids = col(Posted.message)
        first, last = ids.startswith(f"{message} ", autoescape=True), ids.endswith(f" {message}", autoescape=True)
        between = ids.contains(f" {message} ", autoescape=True)
        return session.exec(here.where(or_(first, between, last))).first()

    @reads
    def note(self, session: Session, platform: str, name: str) -> str | None:
        """A small thing that was written down."""
        found = session.get(Note, (platform, name))
        return found.value if found else None

    @writes
    def write_note(self, session: Session, platform: str, name: str, value: str) -> None:
        """Write a small thing down, over the one before."""
        session.merge(Note(platform=platform, name=name, value=value))

    @writes
    def use(self, session: Session, platform: str, kind: str, name: str, until: float, now: float) -> bool:
        """Use what is good once. False if it was used before; that is remembered until it is good no more.

        Args:
            kind: what the names are names of.
            until: when it would be good no more anyway, in seconds since the epoch, as `now`.
        """
        of_kind = col(Note.name).startswith(f"{kind} ", autoescape=True)
        over = col(Note.value) < f"{now:020.3f}"
        session.exec(delete(Note).where(col(Note.platform) == platform, of_kind, over))
        if session.get(Note, (platform, f"{kind} {name}")):
            return False
        session.add(Note(platform=platform, name=f"{kind} {name}", value=f"{until:020.3f}"))
        return True
