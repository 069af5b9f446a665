"""Looks whether everything is there that the bot needs, and names the cure for what is not."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bot import wording
from bot.errors import BotError
from bot.memory.files import Files
from bot.memory.memory import Memory
from engine.engine import Engine
from engine.errors import EngineError

ROOM = 2 * 2**30
"""Free bytes under which the disk is called short: a few thousand pictures and a log."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    subject: str
    good: bool
    words: str


async def examine_disk(folder: Path) -> Finding:
    """Room for the pictures."""
    free = await asyncio.to_thread(lambda: shutil.disk_usage(folder if folder.exists() else Path()).free)
    return Finding("disk", free > ROOM, wording.disk(free))


async def examine_memory(database: str) -> Finding:
    """The database opens and its tables are of this version."""
    try:
        memory = await Memory.open(database)
        await memory.close()
    except (BotError, OSError) as error:
        return Finding("memory", False, wording.apology(error) if isinstance(error, BotError) else str(error))
    return Finding("memory", True, wording.WORKS)


async def examine_files(files: Files) -> Finding:
    """The picture store takes bytes and gives them back."""
    try:
        name = await files.put(b"doctor", suffix=".txt")
        same = await files.get(name) == b"doctor"
        await files.delete(name)
    except (BotError, OSError) as error:
        return Finding("pictures", False, wording.apology(error) if isinstance(error, BotError) else str(error))
    return Finding("pictures", same, wording.WORKS if same else wording.STORE_LIES)


async def examine_models(engine: Engine, model: str) -> AsyncIterator[Finding]:
    """The picture model and the reader open."""
    try:
        card = await engine.card(model)
        yield Finding("model", True, wording.model(card.name, card.family, card.device, card.dtype))
    except EngineError as error:
        yield Finding("model", False, wording.apology(error))
    try:
        await engine.embed_texts(["a doctor"])
        yield Finding("reader", True, await engine.clip_name())
    except EngineError as error:
        yield Finding("reader", False, wording.apology(error))


def examine_port(host: str, port: int) -> Finding:
    """Nobody else listens where the console wants to."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return Finding("console", False, wording.port_in_use(port))
    return Finding("console", True, f"{host}:{port}")
