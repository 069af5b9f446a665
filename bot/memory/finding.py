"""Finding pictures again: by the name of their file, and by the query that they stand for."""

from sqlmodel import Session, col, not_, select

from bot.memory.store import Store, reads
from bot.memory.tables import Picture, Turn
from bot.query import Query


class Finding(Store):
    """Pictures by what they are. Deleted ones are not found."""

    @reads
    def by_file(self, session: Session, workspace: str, file: str) -> list[Picture]:
        """A workspace's pictures whose bytes are in this file, the oldest first."""
        these = select(Picture).where(
            Picture.file == file,
            Picture.workspace == workspace,
            not_(Picture.deleted),
            col(Picture.turn_id).is_not(None),
        )
        return list(session.exec(these.order_by(col(Picture.created_at), col(Picture.id))))

    @reads
    def recent(self, session: Session, workspace: str, person_id: str, limit: int) -> list[Picture]:
        """The pictures that were drawn last for a person in a workspace, the newest first."""
        these = select(Picture).where(
            Picture.workspace == workspace,
            Picture.owner_id == person_id,
            not_(Picture.deleted),
            col(Picture.turn_id).is_not(None),
        )
        newest = these.order_by(col(Picture.created_at).desc(), col(Picture.turn_id), col(Picture.index))
        return list(session.exec(newest.limit(limit)))

    @reads
    def by_query(self, session: Session, workspace: str, query: Query) -> list[tuple[Turn, Picture | None]]:
        """A workspace's finished turns of this query, and its single pictures of it; the oldest first.

        With a turn of the whole query comes no picture; with one of a set that holds it, that picture.
        """
        found: list[tuple[Turn, Picture | None]] = []
        drawn = select(Turn, Picture).where(
            Picture.seed == query.seed,
            Picture.workspace == workspace,
            not_(Picture.deleted),
            col(Turn.id) == col(Picture.turn_id),
            Turn.state == "done",
        )
        for turn, picture in session.exec(drawn.order_by(col(Turn.created_at), col(Picture.id))):
            whole = Query.from_canonical(turn.query)
            if picture.index == 1 and whole == query:
                found.append((turn, None))
            elif query.count == 1 and whole.picture(picture.index - 1) == query:
                found.append((turn, picture))
        return found
