"""One job on its lane: its ticket, its pictures, and what is told of it."""

from dataclasses import dataclass, field

from engine.errors import EngineError
from engine.jobs import Drawn, Note, Pixels
from engine.scheduler import Work
from engine.ticket import Drawing, Failed, Finished, Ticket, Waiting


@dataclass(slots=True, eq=False)
class Task:
    """Joins the asker's ticket to the scheduler's work."""

    ticket: Ticket
    work: Work
    began: float | None = None
    """When its first step was taken, in seconds; None while it waits."""
    notes: tuple[Note, ...] = ()
    previews: list[Pixels | None] = field(init=False)
    pictures: list[Pixels | None] = field(init=False)

    def __post_init__(self) -> None:
        self.previews = [None] * len(self.ticket.job.seeds)
        self.pictures = [None] * len(self.ticket.job.seeds)

    def note_halved(self, pictures: int) -> None:
        """The device had no room for more than so many pictures at once; an earlier such note is out of date."""
        self.notes = (*(note for note in self.notes if note.kind != "halved"), Note("halved", str(pictures)))

    def tell_waiting(self, place: int, seconds: float | None) -> None:
        """Tell the place in line, if it is news: far back, one place more or less is none.

        A long line would otherwise have everybody told at every start, and those who arrive wait for it.
        """
        last = self.ticket.latest
        if (
            isinstance(last, Waiting)
            and last.notes == self.notes
            and abs(place - last.place) < max(1.0, last.place / 10)
            and _close(last.seconds, seconds)
        ):
            return
        self.ticket.tell(Waiting(place, seconds, self.notes))

    def tell_drawing(self, seconds: float | None) -> None:
        """Tell how far the pictures are on average: those of a large set do not all run at once."""
        rows = self.work.rows
        done = sum(row.done for row in rows) // len(rows)
        self.ticket.tell(Drawing(done, rows[0].steps, seconds, tuple(self.previews), self.notes))

    def picture(self, index: int, pixels: Pixels, now: float) -> bool:
        """Keep a finished picture. True, and told, if it was the last."""
        self.pictures[index] = pixels
        self.work.undecoded -= 1
        drawn = tuple(
            Drawn(seed, pixels)
            for seed, pixels in zip(self.ticket.job.seeds, self.pictures, strict=True)
            if pixels is not None
        )
        if len(drawn) < len(self.pictures):
            return False
        self.ticket.tell(Finished(drawn, now - (now if self.began is None else self.began), self.notes))
        return True

    def fail(self, error: EngineError) -> None:
        """Tell that there will be no pictures."""
        self.ticket.tell(Failed(error))


def _close(old: float | None, new: float | None) -> bool:
    """Whether a guess has hardly changed: by less than a second or a tenth."""
    if old is None or new is None:
        return old is new
    return abs(new - old) < max(1.0, old / 10)
