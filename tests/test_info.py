import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.events import Imagine, Info
from bot.info import Account
from bot.memory.people import People, Spent
from bot.query import Query
from bot.replies import Whisper
from tests.fakes import CARD, FakeStepper, Gate
from tests.kit import ANN, BOB, CHANNEL, Kit, kit
from tests.test_memory import picture, turn

NOW = datetime(2026, 5, 20, 15, tzinfo=UTC)
QUERY = Query(
    prompt="a cat", width=64, height=64, steps=4, guidance_scale=5.0, scheduler="DDIM", seed=1, count=1, model=CARD.name
)


async def info(bot: Kit, person: Any = ANN, place: Any = CHANNEL) -> str:
    account = Account(bot.engine, People(bot.memory._database), lambda: NOW)
    [shown] = [each async for each in account.handle(Info(event_id="i", place=place, person=person))]
    assert isinstance(shown, Whisper)
    return shown.text


async def drawn(bot: Kit, when: datetime, pictures: int, seconds: float, **values: Any) -> str:
    row = turn(CHANNEL.in_thread("1"), created_at=when, query=QUERY.canonical(), **values)
    id = row.id
    await bot.memory.begin(CHANNEL.platform, id, [row])
    await bot.memory.finish(id, [picture(id, at + 1) for at in range(pictures)], seconds=seconds, remarks="[]")
    return id


async def test_what_was_used_today_in_thirty_days_and_in_all(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        await drawn(bot, NOW - timedelta(hours=1), 4, 10)
        await drawn(bot, NOW.replace(hour=0), 1, 0.6)
        await drawn(bot, NOW - timedelta(hours=16), 2, 100)
        deleted = await drawn(bot, NOW - timedelta(days=29), 3, 20)
        await drawn(bot, NOW - timedelta(days=31), 5, 7200)
        await drawn(bot, NOW, 9, 1, person="bob")
        await bot.memory.delete_turn(deleted, "deleted")
        usage = await People(bot.memory._database).usage("test", "local", "ann", NOW)
        assert usage.today == Spent(5, 10.6)
        assert usage.month == Spent(10, 130.6)
        assert usage.ever == Spent(15, 7330.6)
        words = await info(bot)
        assert "today (UTC): 5 pictures, 11 s" in words
        assert "in the last 30 days: 10 pictures, 2 min" in words
        assert "in all: 15 pictures, 2.0 h" in words
        assert "0 pictures" in await info(bot, ANN, CHANNEL.__class__("test", "elsewhere", "general"))


async def test_what_runs_and_waits_is_shown_to_its_owner_alone(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate)) as bot:
        assert "Nothing" in await info(bot)
        drawing = asyncio.create_task(bot.imagine("a {red, blue} car"))
        await asyncio.to_thread(gate.wait_for, 1)
        other = bot.bot.handle(Imagine(event_id="b", place=CHANNEL.in_thread("t2"), person=BOB, prompt="a dog"))
        await anext(other)
        lines = (await info(bot)).splitlines()
        assert "a red car" in lines[0]
        assert "a blue car" in lines[1]
        assert "a dog" not in "".join(lines)
        assert "a dog" in await info(bot, BOB)
        gate.open()
        await drawing
        await other.aclose()
        assert "Nothing" in await info(bot)
