"""The terminal's stage keeps final replies, and writes their pictures and charts."""

from pathlib import Path

from adapters.terminal.stage import TerminalStage
from bot.place import Place
from bot.replies import Chart, Picture, Reply, Whisper

HERE = Place("terminal", "local", "terminal", "t")


async def _read(file: str) -> bytes:
    return file.encode()


async def test_pictures_and_charts_are_written_under_their_names(tmp_path: Path) -> None:
    stage = TerminalStage(HERE, tmp_path, _read)
    picture, chart = Picture("p1", "aa.png", "AI image: a car", 8, 8, seed=1), Chart("tree.png", "Chart: a tree", 8, 8)
    await stage.show(Reply(key="t1", text="done", pictures=(picture,), charts=(chart,)))
    assert stage.path(picture).read_bytes() == b"aa.png"
    assert stage.path(chart).read_bytes() == b"tree.png"
    assert stage.path(chart) == tmp_path / "tree.png"


async def test_what_is_shown_elsewhere_is_kept_too(tmp_path: Path) -> None:
    stage = TerminalStage(HERE, None, _read)
    assert await stage.open() == HERE
    await stage.show(Reply(key="t1", text="there", place=HERE.in_thread("other")))
    await stage.show(Whisper("only here"))
    assert [reply.text for reply in stage.final.values()] == ["there"]
    assert stage.words == ["only here"]
