import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlmodel import Session

from bot.memory.memory import Memory
from bot.memory.schema import MIGRATIONS
from bot.place import Place

THREAD, BESIDE = (Place("console", "home", "general", name) for name in ("1", "2"))
OLD_TURN = text(
    "INSERT INTO turn (id, event_id, platform, place, channel, workspace, person_id, person_name, text, kind, query, "
    "state, reason, remarks, private, seconds, posted, created_at) VALUES (:id, :id, 'console', :place, 'c', 'home', "
    "'ann', 'Ann', 'a', 'imagine', '{}', 'done', '', '[]', false, 1, true, :at)"
)


def as_of(version: str) -> Callable[[Session], bool]:
    """Takes the tables of an open transaction back to a version."""

    def work(session: Session) -> bool:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = session.connection()
        command.downgrade(config, version)
        return True

    return work


async def test_turns_of_the_first_version_get_their_numbers_and_nothing_is_lost(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/memory.sqlite"
    memory = await Memory.open(url)
    await memory._database.write(as_of("0001"))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    # SQLAlchemy's own text form of times, which the first version wrote.
    rows = [(f"t{n}", THREAD if n % 3 else BESIDE, start + timedelta(minutes=n)) for n in range(12)]

    def fill(session: Session) -> bool:
        for id, place, at in random.Random(1).sample(rows, len(rows)):
            values = {"id": id, "place": str(place), "at": at.strftime("%Y-%m-%d %H:%M:%S.%f")}
            session.connection().execute(OLD_TURN, values)
        session.connection().execute(
            text(
                "INSERT INTO picture VALUES ('t1-1', 't1', 1, 'f', 7, 8, 8, null, 'a', "
                "null, '', 'home', 'ann', false, false, false, '2026-01-01 00:00:00')"
            )
        )
        session.connection().execute(
            text("INSERT INTO current VALUES (:place, 't1', 't1-1', '2026-01-02 00:00:00')"), {"place": str(THREAD)}
        )
        return True

    await memory._database.write(fill)
    await memory.close()
    memory = await Memory.open(url)
    try:
        for place in (THREAD, BESIDE):
            mine = [id for id, where, _ in rows if where == place]
            turns = await memory.conversation(place)
            assert [turn.id for turn in turns] == mine
            assert [turn.version for turn in turns] == list(range(1, len(mine) + 1))
            assert {turn.edits for turn in turns} == {"[]"}
        current = await memory.current(THREAD)
        assert current is not None
        assert current.id == "t1-1"
    finally:
        await memory.close()
