"""What keeps the console from opening, and what it says."""

from pathlib import Path

import pytest

from adapters.console.opening import Address, AlreadyOpen, RoomUnreadable, opened
from adapters.console.server import NotMyAddress, PortInUse
from tests.scripted_bot import ScriptedBot, encode


def console(folder: Path, host: str = "127.0.0.1", port: int = 0):  # type: ignore[no-untyped-def]
    bot = ScriptedBot()
    return opened(bot, bot.read, encode, folder=folder, address=Address(host, port, "password"), health=dict)


async def test_two_runs_never_share_a_folder(tmp_path: Path) -> None:
    async with console(tmp_path):
        with pytest.raises(AlreadyOpen):
            async with console(tmp_path):
                pass
    async with console(tmp_path) as url:
        assert url.startswith("http://127.0.0.1:")


async def test_a_port_in_use_and_a_foreign_address_have_names(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    async with console(tmp_path / "a") as url:
        with pytest.raises(PortInUse):
            async with console(tmp_path / "b", port=int(url.rsplit(":", 1)[1])):
                pass
    with pytest.raises(NotMyAddress):
        async with console(tmp_path / "b", host="192.0.2.1"):
            pass


async def test_a_damaged_log_is_named_and_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "console.sqlite"
    log.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(RoomUnreadable) as damaged:
        async with console(tmp_path):
            pass
    assert damaged.value.path == log
    assert log.read_bytes().startswith(b"this is no database")
