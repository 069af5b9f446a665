"""Puts the bot together from its settings: the one place that chooses implementations."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from bot import doctor as doctors
from bot.compose import House, compose
from bot.doctor import Finding
from bot.front_door import FrontDoor
from bot.guard import Rules
from bot.links import Links
from bot.memory.files import Files
from bot.memory.memory import Memory
from bot.refine import warm
from bot.replies import Preview
from engine.engine import Engine
from engine.errors import EngineError
from engine.limits import Limits
from engine.pixels import encode_preview
from engine.writer import LocalWriter, RemoteWriter, Writer
from settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """The bot, put together."""

    bot: FrontDoor
    engine: Engine
    memory: Memory
    files: Files


def encode(preview: Preview) -> bytes:
    """A preview as a small file for a platform."""
    return encode_preview(preview.pixels, preview.width, preview.height)


def make_engine(settings: Settings) -> Engine:
    """The engine for these settings. Nothing is loaded yet: torch comes with the first model."""

    def open_model(name: str) -> Any:
        from engine.models import loading

        loaded = loading.load(name, folder=settings.models_dir, device=settings.device, dtype=settings.dtype)
        return loading.stepper(loaded, settings.loras_dir)

    def open_clip() -> Any:
        from engine.models import clip

        path = clip.find(settings.clip, settings.models_dir)
        return clip.Clip(path, name=settings.clip, device=settings.device, dtype=settings.dtype)

    def known() -> tuple[str, ...]:
        from engine.models import loading

        return loading.known(settings.models_dir)

    limits = Limits(
        queue=settings.line,
        per_person=settings.per_person,
        slots=settings.max_batch,
        models=settings.resident_models,
    )
    return Engine(open_model, open_clip, known, limits)


def make_writer(settings: Settings) -> Writer | None:
    """The language model for what the grammar does not understand, if one is set. Nothing is loaded yet."""
    name = settings.language_model
    if settings.language_url:
        return RemoteWriter(name, settings.language_url, settings.language_key.get_secret_value())

    def open_text() -> Any:
        from engine.models import hub, text

        path = hub.find(name, settings.models_dir)
        return text.Text(path, name=name, device=settings.device, dtype=settings.dtype)

    return LocalWriter(name, open_text) if name else None


@asynccontextmanager
async def make_bot(settings: Settings, rules: Rules | None = None) -> AsyncIterator[Parts]:
    """The whole bot, from its settings."""
    rules = rules or Rules(settings.per_person, settings.line, settings.blocked_words, settings.mature_words)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    memory = await Memory.open(settings.database, durable=settings.database_durable)
    engine, writer = make_engine(settings), make_writer(settings)
    try:
        files = Files(settings.pictures)
        await files.tidy()
        bot = compose(House(engine, memory, files, Links(), settings.model, rules, writer))
        yield Parts(bot, engine, memory, files)
    finally:
        if writer:
            await writer.close()
        await engine.close()
        await memory.close()


async def warm_up(engine: Engine, model: str) -> None:
    """Load what every picture needs, so that nobody waits for it, and no import holds up others' acknowledgements."""
    await asyncio.gather(engine.card(model), asyncio.to_thread(warm))
    with suppress(EngineError):  # pictures are drawn without a reader too; the doctor says what is wrong with it
        await engine.clip_name()


async def examine(settings: Settings) -> list[Finding]:
    """Look whether everything is there that the bot needs."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings)
    try:
        return [
            await doctors.examine_disk(settings.data_dir),
            await doctors.examine_memory(settings.database),
            await doctors.examine_files(Files(settings.pictures)),
            *[finding async for finding in doctors.examine_models(engine, settings.model)],
            doctors.examine_port(settings.console_host, settings.console_port),
        ]
    finally:
        await engine.close()
