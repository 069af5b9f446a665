"""Shows replies in a terminal: progress by rich, pictures into a folder."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from bot.place import Place
from bot.replies import Chart, Form, Picture, Reply, Shown, Whisper


class TerminalStage:
    """The Stage of one command. After the relay, `final` and `words` hold what the command line prints."""

    def __init__(self, place: Place, out: Path | None, read_picture: Callable[[str], Awaitable[bytes]]) -> None:
        self._place, self._out, self._read = place, out, read_picture
        self.final: dict[str, Reply] = {}
        """The last final reply of each key, in order."""
        self.words: list[str] = []
        """What was whispered: errors and answers."""
        self._bar = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(), console=Console(stderr=True), transient=True
        )
        self._tasks: dict[str, TaskID] = {}

    async def open(self) -> Place:
        """A terminal has one place, and it is always there."""
        return self._place

    async def show(self, shown: Shown) -> None:
        """Move the bar, or keep the final reply and write its pictures."""
        match shown:
            case Whisper(text=text):
                self.words.append(text)
            case Reply(final=False):
                self._progress(shown)
            case Reply():
                await self._keep(shown)
            case Form():
                return  # nobody presses a button in a terminal

    def path(self, shown: Picture | Chart) -> Path:
        """Where a picture or a chart is written."""
        assert self._out is not None
        return self._out / (f"{shown.id}.png" if isinstance(shown, Picture) else shown.file)

    def close(self) -> None:
        """Take the bars away."""
        self._bar.stop()

    def _progress(self, reply: Reply) -> None:
        self._bar.start()
        if reply.key not in self._tasks:
            self._tasks[reply.key] = self._bar.add_task("", total=1.0)
        share = reply.progress.share if reply.progress else 0.0
        status = reply.text.splitlines()[-1]
        self._bar.update(self._tasks[reply.key], completed=share, description=f"{reply.title}: {status}")

    async def _keep(self, reply: Reply) -> None:
        if reply.key in self._tasks:
            self._bar.remove_task(self._tasks.pop(reply.key))
        self.final[reply.key] = reply
        if self._out is None:
            return
        everything: tuple[Picture | Chart, ...] = (*reply.pictures, *reply.charts)
        for shown in everything:
            data = await self._read(shown.file)
            await asyncio.to_thread(self._write, self.path(shown), data)

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
