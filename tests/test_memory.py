import asyncio
import random
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Session

from bot.errors import StoreFull, StoreReadOnly, StoreTooNew, StoreUnreachable
from bot.ids import new_turn_id, picture_id
from bot.memory import sqlite
from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.place import Place
from tests import postgres

CHANNEL = Place("console", "home", "general")
THREAD = CHANNEL.in_thread("1")
START = datetime(2026, 1, 1, tzinfo=UTC)

_number = count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    programs = postgres.programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine (initdb was not found)")
    with postgres.server(programs) as url:
        yield url


@pytest.fixture(params=["file", "memory", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "file":
        return f"sqlite:///{tmp_path}/new/sextant.sqlite"
    if request.param == "memory":
        return "sqlite://"
    url = str(request.getfixturevalue("postgres_server")).format("postgres")
    await run_sql(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")  # much faster than another database
    return url


@asynccontextmanager
async def opened(url: str, *, durable: bool = False) -> AsyncIterator[Memory]:
    memory = await Memory.open(url, durable=durable)
    try:
        yield memory
    finally:
        await memory.close()


@pytest.fixture
async def memory(url: str) -> AsyncIterator[Memory]:
    async with opened(url) as memory:
        yield memory


async def run_sql(url: str, *statements: str) -> None:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


def pragma(words: str) -> Callable[[Session], Any]:
    def ask(session: Session) -> Any:
        result = session.connection().exec_driver_sql(f"PRAGMA {words}")
        return result.scalar() if result.returns_rows else None

    return ask


def turn(place: Place = THREAD, person: str = "ann", **values: Any) -> Turn:
    ordinary: dict[str, Any] = {
        "id": new_turn_id(),
        "event_id": "e1",
        "platform": place.platform,
        "place": str(place),
        "channel": str(place.in_thread("")),
        "workspace": place.workspace,
        "person_id": person,
        "person_name": person.title(),
        "text": "a fox --ar 16:9",
        "kind": "imagine",
        "query": "{}",
        "created_at": START + timedelta(seconds=next(_number)),
    }
    return Turn(**(ordinary | values))


def picture(turn_id: str | None, number: int = 1, closeness: float | None = None, **values: Any) -> Picture:
    id = picture_id(turn_id or new_turn_id(), number)
    ordinary: dict[str, Any] = {
        "id": id,
        "turn_id": turn_id,
        "index": number,
        "file": f"{id}.png",
        "seed": 2**32 - 1,
        "width": 128,
        "height": 96,
        "closeness": closeness,
        "alt": "AI image: 狐 🦊",
        "embedding": b"\0\1\2\xff",
        "embedding_model": "pocket",
        "workspace": "home",
        "owner_id": "ann",
        "created_at": datetime.now(UTC),
    }
    return Picture(**(ordinary | values))


async def begun(memory: Memory, *args: Any, **values: Any) -> str:
    new = turn(*args, **values)
    assert await memory.begin(new.platform, f"event {new.id}", [new])
    return new.id


async def done(memory: Memory, *closeness: float | None, **values: Any) -> str:
    id = await begun(memory, **values)
    pictures = [picture(id, number, close) for number, close in enumerate(closeness, 1)]
    assert await memory.finish(id, pictures, seconds=1.5, remarks='["slow"]')
    return id


# Opening


async def test_the_migrations_make_what_the_tables_say(memory: Memory) -> None:
    def differences(session: Session) -> object:
        return compare_metadata(MigrationContext.configure(session.connection()), Turn.metadata)

    assert await memory._database.read(differences) == []


async def test_what_was_kept_is_there_after_a_restart(url: str) -> None:
    if url == "sqlite://":
        pytest.skip("a database in memory ends with its process")
    async with opened(url) as memory:
        id = await done(memory, 0.3)
    async with opened(url, durable=True) as memory:
        assert [each.id for each in await memory.pictures(id)] == [f"{id}-1"]


async def test_several_open_a_new_database_at_once(url: str) -> None:
    async def one() -> int:
        async with opened(url) as memory:
            return await memory.count_begun("console")

    assert await asyncio.gather(*(one() for _ in range(4))) == [0] * 4


async def test_several_programs_open_a_new_database_at_once(url: str) -> None:
    if url == "sqlite://":
        pytest.skip("a database in memory is one program's")
    code = (
        "import asyncio, sys\n"
        "from bot.memory.memory import Memory\n"
        "async def main(): await (await Memory.open(sys.argv[1])).close()\n"
        "asyncio.run(main())\n"
    )
    children = [await asyncio.create_subprocess_exec(sys.executable, "-c", code, url) for _ in range(2)]
    assert [await child.wait() for child in children] == [0, 0]


async def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    if url == "sqlite://":
        pytest.skip("a database in memory is always new")
    async with opened(url) as memory:
        newer = text("UPDATE alembic_version SET version_num = '9999'")
        await memory._database.write(lambda session: session.connection().execute(newer).rowcount)
    with pytest.raises(StoreTooNew) as caught:
        await Memory.open(url)
    assert caught.value.version == "9999"


@pytest.mark.parametrize(("durable", "level"), [(False, 1), (True, 2)])
async def test_sqlite_is_set_up(tmp_path: Path, durable: bool, level: int) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    async with opened(f"sqlite:///{tmp_path}/a.sqlite", durable=durable) as memory:
        for way in (memory._database.read, memory._database.write):
            asked = [await way(pragma(name)) for name in names]
            assert asked == ["wal", level, 1, sqlite.PATIENCE * 1000]


# From an event to its end


async def test_an_event_is_taken_once(memory: Memory) -> None:
    new = turn()
    assert await memory.begin("console", "e1", [new])
    assert not await memory.begin("console", "e1", [turn()])
    assert not await memory.handle_once("console", "e1")
    assert await memory.handle_once("slack", "e1"), "another platform's event"
    assert not await memory.begin("slack", "e1", [turn(Place("slack", "home", "general"))])
    assert [each.id for each in await memory.unfinished("console")] == [new.id]
    assert await memory.unfinished("slack") == []


async def test_an_event_that_comes_many_times_at_once_is_taken_once(memory: Memory) -> None:
    answers = await asyncio.gather(*(memory.begin("console", "e1", [turn(), turn()]) for _ in range(12)))
    assert sorted(answers) == [False] * 11 + [True]
    assert await memory.count_begun("console") == 2


async def test_a_turn_that_cannot_be_written_leaves_its_event_untaken(memory: Memory) -> None:
    taken = await begun(memory)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await memory.begin("console", "e2", [turn(), turn(id=taken)])
    assert await memory.count_begun("console") == 1
    assert await memory.begin("console", "e2", [turn()])


async def test_everything_about_a_turn_comes_back(memory: Memory) -> None:
    parent = await begun(memory)
    values: dict[str, Any] = {
        "text": "“Füchse” 狐 🦊\nsecond line",
        "kind": "vary",
        "query": '{"prompt":"狐"}',
        "parent_turn": parent,
        "parent_picture": "k7m2p9xw-2",
        "remarks": '["--s became guidance 7"]',
        "private": True,
        "created_at": datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC),
    }
    id = await begun(memory, Place("console", "home", "a/b c", "1.5"), **values)
    row = await memory.turn(id)
    assert row is not None
    assert {name: getattr(row, name) for name in values} == values
    assert row.where == Place("console", "home", "a/b c", "1.5")
    assert (row.state, row.posted, row.finished_at) == ("begun", False, None)
    assert await memory.turn("nothing") is None
    assert await memory.picture("nothing-1") is None


async def test_a_finished_turn_has_its_pictures_in_order(memory: Memory) -> None:
    id = await begun(memory)
    pictures = [picture(id, number, 0.1 * number) for number in (3, 1, 2)]
    before = datetime.now(UTC)
    assert await memory.finish(id, pictures, seconds=2.5, remarks='["cut"]')
    row = await memory.turn(id)
    assert row is not None
    assert (row.state, row.seconds, row.remarks, row.posted) == ("done", 2.5, '["cut"]', False)
    assert row.finished_at is not None
    assert before <= row.finished_at <= datetime.now(UTC)
    kept = await memory.pictures(id)
    assert [each.index for each in kept] == [1, 2, 3]
    assert (kept[0].seed, kept[0].embedding, kept[0].alt) == (2**32 - 1, b"\0\1\2\xff", "AI image: 狐 🦊")
    assert kept[0].closeness == pytest.approx(0.1)


@pytest.mark.parametrize("first", ["finish", "fail", "cancel", "delete"])
async def test_a_turn_ends_once(memory: Memory, first: str) -> None:
    id = await begun(memory)
    ends = {
        "finish": lambda: memory.finish(id, [picture(id)], seconds=1, remarks="[]"),
        "fail": lambda: memory.fail(id, "it broke"),
        "cancel": lambda: memory.cancel(id, "stopped"),
    }
    if first == "delete":
        assert await memory.delete_turn(id, "deleted") == []
    else:
        assert await ends.pop(first)()
    row = await memory.turn(id)
    for end in ends.values():
        assert not await end()
    assert await memory.turn(id) == row
    assert len(await memory.pictures(id)) == (first == "finish")
    assert not await memory.fail("nothing", "")


async def test_of_many_ends_at_once_one_counts(memory: Memory) -> None:
    id = await begun(memory)
    ends = [memory.finish(id, [picture(id)], seconds=1, remarks="[]") for _ in range(4)]
    ends += [memory.cancel(id, "stopped") for _ in range(4)] + [memory.fail(id, "broke") for _ in range(4)]
    random.Random(0).shuffle(ends)
    assert sorted(await asyncio.gather(*ends)) == [False] * 11 + [True]
    row = await memory.turn(id)
    assert row is not None
    assert len(await memory.pictures(id)) == (row.state == "done")


async def test_pictures_that_cannot_be_written_leave_the_turn_begun(memory: Memory) -> None:
    first = await done(memory, 0.5)
    second = await begun(memory)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await memory.finish(second, [picture(second), picture(first)], seconds=1, remarks="[]")
    row = await memory.turn(second)
    assert row is not None
    assert row.state == "begun"
    assert await memory.pictures(second) == []


async def test_rows_belong_to_whoever_asked(memory: Memory) -> None:
    id = await begun(memory)
    row = await memory.turn(id)
    assert row is not None
    row.state = "done"
    again = await memory.turn(id)
    assert again is not None
    assert again.state == "begun"


# What is left over


async def test_what_is_left_over_after_a_crash(memory: Memory) -> None:
    late, early = await begun(memory, created_at=START + timedelta(days=1)), await begun(memory)
    ended = [await done(memory, 0.1), await begun(memory), await begun(memory), await done(memory, 0.2)]
    await memory.fail(ended[1], "it broke")
    await memory.cancel(ended[2], "stopped")
    await memory.delete_turn(ended[3], "deleted")
    out = await done(memory, 0.1)
    await memory.posted(out)
    await begun(memory, Place("slack", "home", "general", "1"))
    assert [each.id for each in await memory.unfinished("console")] == [early, late]
    assert [each.id for each in await memory.unposted("console")] == ended
    for id in ended:
        await memory.posted(id)
    assert await memory.unposted("console") == []


async def test_what_changes_after_it_was_posted_is_posted_again(memory: Memory) -> None:
    id = await begun(memory)
    await memory.posted(id)
    assert await memory.unposted("console") == [], "nothing has ended"
    await memory.finish(id, [picture(id)], seconds=1, remarks="[]")
    assert [each.id for each in await memory.unposted("console")] == [id]
    await memory.posted(id)
    await memory.delete_turn(id, "deleted")
    assert [each.state for each in await memory.unposted("console")] == ["deleted"]


async def test_who_has_what_under_way(memory: Memory) -> None:
    here = [await begun(memory), await begun(memory)]
    await begun(memory, person="bob")
    beside = await begun(memory, CHANNEL.in_thread("2"))
    await begun(memory, Place("console", "home", "other", "1"))
    await begun(memory, Place("slack", "home", "general", "1"))
    await done(memory, 0.1)
    assert [each.id for each in await memory.begun_of("ann", THREAD)] == here
    assert [each.id for each in await memory.begun_of("ann", CHANNEL)] == [*here, beside]
    assert await memory.begun_of("eve", CHANNEL) == []
    assert await memory.count_begun("console") == 5
    assert await memory.count_begun("console", "ann") == 4
    assert await memory.count_begun("console", "eve") == 0


# What a conversation goes on from


async def head(memory: Memory, person: str = "ann") -> tuple[str, str | None]:
    """The turn and the picture that a person's next words are about."""
    found = await memory.head(THREAD, person)
    assert found is not None
    return found.turn.id, found.picture.id if found.picture else None


async def test_a_conversation_goes_on_from_its_newest_set_and_from_no_picture_of_it(memory: Memory) -> None:
    assert await memory.head(THREAD, "ann") is None
    await done(memory, 0.9, 0.1)
    newer = await done(memory, 0.2, 0.4, None, 0.3)
    await done(memory, 0.9, place=CHANNEL.in_thread("2"))
    assert await head(memory) == (newer, None)
    assert await memory.current(THREAD) is None


async def test_the_closest_picture_of_a_turn_is_the_first_where_nothing_was_read(memory: Memory) -> None:
    for close, number in (((0.2, 0.4, None, 0.3), 2), ((None, None), 1)):
        id = await done(memory, *close)
        closest = await memory.closest(id)
        assert closest is not None
        assert closest.id == f"{id}-{number}"


async def test_people_go_on_from_their_own_set_under_way_and_others_from_what_is_done(memory: Memory) -> None:
    first = await begun(memory)
    assert await head(memory) == await head(memory, "bob") == (first, None), "nothing else is there"
    await memory.finish(first, [picture(first)], seconds=1, remarks="[]")
    second = await begun(memory, created_at=datetime.now(UTC) + timedelta(seconds=1))
    assert await head(memory) == (second, None)
    assert await head(memory, "bob") == (first, None)
    await memory.fail(second, "it broke")
    assert await head(memory) == (first, None)


async def test_a_private_set_leads_on_only_its_owner(memory: Memory) -> None:
    first = await done(memory, 0.5)
    hidden = await done(memory, 0.5, private=True, created_at=datetime.now(UTC) + timedelta(seconds=1))
    assert await head(memory) == (hidden, None)
    assert await head(memory, "bob") == (first, None)


async def test_a_pick_holds_until_a_set_asked_for_later_is_done(memory: Memory) -> None:
    first = await done(memory, 0.1, 0.9)
    waiting = await begun(memory, person="bob")
    await memory.set_current(THREAD, f"{first}-1")
    assert await head(memory) == (first, f"{first}-1")
    await memory.set_current(THREAD, f"{first}-1")
    await memory.finish(waiting, [picture(waiting)], seconds=1, remarks="[]")
    assert await head(memory) == (first, f"{first}-1"), "asked for before the pick"
    later = await begun(memory, created_at=datetime.now(UTC) + timedelta(seconds=1))
    await memory.fail(later, "it broke")
    assert await head(memory) == (first, f"{first}-1")
    last = await done(memory, 0.5, created_at=datetime.now(UTC) + timedelta(seconds=1))
    assert await head(memory) == (last, None)
    assert await memory.current(CHANNEL.in_thread("2")) is None


async def test_who_goes_back_goes_on_from_there_without_a_picture(memory: Memory) -> None:
    first, second = await done(memory, 0.3), await done(memory, 0.1)
    await memory.set_current(THREAD, f"{second}-1")
    await memory.go_back(THREAD, first)
    assert await head(memory) == (first, None)
    assert await memory.current(THREAD) is None


async def test_a_conversation_forgets_what_is_deleted(memory: Memory) -> None:
    first, second = await done(memory, 0.3), await done(memory, 0.1)
    await memory.set_current(THREAD, f"{second}-1")
    await memory.delete_turn(second, "deleted")
    await memory.set_current(THREAD, f"{second}-1")
    assert await head(memory) == (first, None)
    await memory.delete_turn(first, "deleted")
    assert await memory.head(THREAD, "ann") is None


async def test_the_turns_of_a_place_are_versions_without_gaps(memory: Memory) -> None:
    ids = [await begun(memory) for _ in range(3)]
    beside = CHANNEL.in_thread("2")
    other = await begun(memory, beside)
    await asyncio.gather(*(begun(memory) for _ in range(20)))
    turns = await memory.conversation(THREAD)
    assert [turn.version for turn in turns] == list(range(1, 24))
    assert [turn.id for turn in turns[:3]] == ids
    assert [(turn.id, turn.version) for turn in await memory.conversation(beside)] == [(other, 1)]


# Deleting


async def test_deleting_takes_the_pictures_and_names_their_files(memory: Memory) -> None:
    id = await done(memory, 0.1, 0.2)
    assert sorted(await memory.delete_turn(id, "Deleted by Ann.")) == [f"{id}-1.png", f"{id}-2.png"]
    row, gone = await memory.turn(id), await memory.picture(f"{id}-1")
    assert row is not None
    assert (row.state, row.reason) == ("deleted", "Deleted by Ann.")
    assert gone is not None
    assert gone.deleted
    assert gone.embedding is None
    assert await memory.pictures(id) == []
    assert len(await memory.delete_turn(id, "again")) == 2, "a crash may have kept the bytes"
    assert await memory.delete_turn("nothing", "") == []
    again = await memory.turn(id)
    assert again is not None
    assert again.reason == "Deleted by Ann."


async def test_files_that_others_use_stay(memory: Memory) -> None:
    first, second = await begun(memory), await begun(memory)
    for id in (first, second):
        rows = [picture(id, 1, file="same.png"), picture(id, 2)]
        await memory.finish(id, rows, seconds=1, remarks="[]")
    assert await memory.delete_turn(first, "deleted") == [f"{first}-2.png"]
    assert await memory.unused(["same.png", "strange.png", f"{first}-2.png"]) == ["strange.png", f"{first}-2.png"]
    assert set(await memory.delete_turn(second, "deleted")) == {f"{second}-2.png", "same.png"}
    assert await memory.unused([]) == []


async def test_a_picture_that_somebody_brought_goes_with_the_last_turn_that_starts_from_it(memory: Memory) -> None:
    brought = picture(None, uploaded=True, file="brought.png")
    await memory.add_upload(brought)
    first, second = [await done(memory, 0.1, parent_picture=brought.id) for _ in range(2)]
    varied = await done(memory, 0.1, parent_picture=f"{first}-1")
    assert await memory.delete_turn(first, "deleted") == [f"{first}-1.png"]
    assert await memory.delete_turn(varied, "deleted") == [f"{varied}-1.png"]
    kept = await memory.picture(brought.id)
    assert kept is not None
    assert not kept.deleted
    assert sorted(await memory.delete_turn(second, "deleted")) == sorted(["brought.png", f"{second}-1.png"])


# When the database can't


async def test_a_full_disk(tmp_path: Path) -> None:
    """SQLite's own limit on pages stands for the disk's: the same error from the same place."""
    async with opened(f"sqlite:///{tmp_path}/a.sqlite") as memory:
        kept = await begun(memory)
        pages = await memory._database.write(pragma("page_count"))
        await memory._database.write(pragma(f"max_page_count={pages}"))
        with pytest.raises(StoreFull):
            await memory.begin("console", "big", [turn(text="x" * 100_000)])
        assert [each.id for each in await memory.unfinished("console")] == [kept]
        assert await memory.handle_once("console", "big"), "nothing of it was kept"


async def test_a_database_that_may_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    async with opened(f"sqlite:///{path}") as memory:
        await memory._database.write(pragma("query_only=ON"))
        with pytest.raises(StoreReadOnly):
            await memory.handle_once("console", "e1")
        assert await memory.count_begun("console") == 0
    with pytest.raises(StoreReadOnly):
        await Memory.open(f"sqlite:///file:{path}?mode=ro&uri=true")


async def test_a_database_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0)
    async with opened(f"sqlite:///{tmp_path}/a.sqlite") as memory:
        with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnreachable, match="locked"):
                await memory.handle_once("console", "e1")
            assert await memory.count_begun("console") == 0, "reading goes on"
            other.execute("COMMIT")
        assert await memory.handle_once("console", "e1")


@pytest.mark.parametrize(
    ("path", "failure"),
    [("words.sqlite", StoreUnreachable), ("words.sqlite/a.sqlite", StoreUnreachable), ("", StoreReadOnly)],
)
async def test_places_that_are_no_database(tmp_path: Path, path: str, failure: type[Exception]) -> None:
    (tmp_path / "words.sqlite").write_text("these are only words, and many of them " * 50)
    with pytest.raises(failure):
        await Memory.open(f"sqlite:///{tmp_path}/{path}")
    with pytest.raises(StoreUnreachable):
        await Memory.open(f"postgresql://nobody@/nowhere?host={tmp_path}")


async def test_a_server_that_has_no_such_database(postgres_server: str) -> None:
    with pytest.raises(StoreUnreachable, match="does not exist"):
        await Memory.open(postgres_server.format("nowhere"))


async def test_a_server_that_hangs_up(postgres_server: str) -> None:
    admin = postgres_server.format("postgres")
    await run_sql(admin, "CREATE DATABASE hangs_up")
    hang_up = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'hangs_up'"

    def hung_up_in_the_middle(session: Session) -> None:
        session.add(turn())
        session.flush()
        session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    async with opened(postgres_server.format("hangs_up")) as memory:
        with pytest.raises(StoreUnreachable):
            await memory._database.write(hung_up_in_the_middle)
        assert await memory.count_begun("console") == 0, "the next one connects anew, and finds nothing of it"
        await run_sql(admin, hang_up)
        assert await memory.handle_once("console", "e1")


async def test_a_server_that_only_reads(postgres_server: str) -> None:
    admin = postgres_server.format("postgres")
    await run_sql(admin, "CREATE DATABASE only_reads")
    async with opened(postgres_server.format("only_reads")):
        await run_sql(admin, "ALTER DATABASE only_reads SET default_transaction_read_only = on")
    with pytest.raises(StoreReadOnly):
        await Memory.open(postgres_server.format("only_reads"))


async def test_being_cancelled_anywhere_tears_nothing(memory: Memory) -> None:
    """A begin is cancelled after each number of turns of the event loop: it is kept whole or not at all."""
    for steps in range(40):
        one, two, instead = turn(), turn(), turn()
        task = asyncio.create_task(memory.begin("console", one.id, [one, two]))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        again = await memory.begin("console", one.id, [instead])
        kept = [await memory.turn(each.id) is not None for each in (one, two, instead)]
        assert kept == ([False, False, True] if again else [True, True, False])
    assert await memory.handle_once("console", "still there")


async def test_closing_waits_for_what_is_under_way(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.sqlite"
    async with opened(url) as memory:
        beginning = [asyncio.create_task(memory.begin("console", str(number), [turn()])) for number in range(20)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*beginning) == [True] * 20
    async with opened(url) as memory:
        assert await memory.count_begun("console") == 20


async def test_many_people_at_once(memory: Memory) -> None:
    async def story(person: int) -> None:
        id = await begun(memory, person=str(person))
        await memory.finish(id, [picture(id, 1, 0.5), picture(id, 2, 0.6)], seconds=1, remarks="[]")
        await memory.current(THREAD)
        await memory.posted(id)

    await asyncio.gather(*(story(person) for person in range(40)))
    assert await memory.unfinished("console") == await memory.unposted("console") == []
