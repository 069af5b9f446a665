"""The command line."""

import asyncio
import getpass
import json
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

import platforms
from adapters.console.opening import Address, AlreadyOpen, RoomUnreadable, opened
from adapters.console.server import NotMyAddress, PortInUse
from adapters.relay import relay
from adapters.terminal.stage import TerminalStage
from bootstrap import encode, examine, make_bot, make_engine, warm_up
from bot import wording
from bot.doctor import Finding
from bot.errors import BotError, StoreFailed
from bot.events import AnyEvent, Describe, Imagine, Upload
from bot.guard import Rules
from bot.place import Person, Place
from engine.errors import EngineError
from settings import Settings, WrongSetting, read_settings

WORKSPACE = "local"

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Sextant finds pictures in latent space, in a chat.")
pocket_app = typer.Typer(no_args_is_help=True, help="The small model that ships with the bot.")
app.add_typer(pocket_app, name="pocket")
out, err = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")]


@app.command()
def run(
    host: Annotated[
        str | None, typer.Option(help="Address of the console; beyond loopback it needs a password.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the console.")] = None,
    as_json: Json = False,
) -> None:
    """Start the bot with its console, and on Discord and Slack if their tokens are set."""
    settings = _settings(console_host=host, console_port=port)
    asyncio.run(_run(settings, as_json))


async def _run(settings: Settings, as_json: bool) -> None:
    async with make_bot(settings) as parts:
        await warm_up(parts.engine, settings.model)
        address = Address(settings.console_host, settings.console_port, settings.console_password.get_secret_value())
        async with platforms.opened(settings, parts) as others:

            def health() -> dict[str, object]:
                return {"line": len(parts.engine.line())} | {name: ask() for name, ask in others.health.items()}

            console = opened(
                parts.bot,
                parts.files.get,
                encode,
                folder=settings.data_dir,
                address=address,
                health=health,
                routes=others.routes,
            )
            async with console as url:
                names = list(others.health)
                typer.echo(json.dumps({"url": url, "platforms": names}) if as_json else wording.running(url, names))
                await _stopped()


async def _stopped() -> None:
    """Wait for Ctrl+C or the service manager."""
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    await stopped.wait()


@app.command()
def imagine(
    prompt: Annotated[str, typer.Argument(help="What to draw, with flags at the end.")],
    folder: Annotated[Path, typer.Option("--out", help="Where the pictures go.")] = Path("pictures"),
    start: Annotated[Path | None, typer.Option("--start", help="A picture to start from.", exists=True)] = None,
    as_json: Json = False,
) -> None:
    """Draw pictures from words."""
    upload = Upload(start.name, start.read_bytes()) if start else None
    stage = asyncio.run(_one(lambda where: Imagine(**where, prompt=prompt, picture=upload), folder))
    pictures = [
        {
            "path": str(stage.path(picture)),
            "id": picture.id,
            "seed": picture.seed,
            "closeness": picture.closeness,
            "alt": picture.alt,
        }
        for reply in stage.final.values()
        for picture in reply.pictures
    ]
    _print(stage, as_json, pictures=pictures)
    if not pictures:
        raise typer.Exit(1)


@app.command()
def describe(
    file: Annotated[Path, typer.Argument(help="The picture.", exists=True, dir_okay=False)], as_json: Json = False
) -> None:
    """Put a picture into words."""
    upload = Upload(file.name, file.read_bytes())
    stage = asyncio.run(_one(lambda where: Describe(**where, picture=upload), None))
    _print(stage, as_json)
    if not stage.final:
        raise typer.Exit(1)


@app.command()
def refine(
    say: Annotated[list[str], typer.Argument(help="What is said, one sentence after the other.")],
    start: Annotated[str, typer.Option("--from", help="The prompt that it is said about, with flags at the end.")],
    as_json: Json = False,
) -> None:
    """See what the grammar makes of words, without drawing: for the last sentence."""
    from bot.refine.command import run as refined

    result = refined(start, say)
    typer.echo(json.dumps(result, ensure_ascii=False, indent=None if as_json else 2))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check the settings, the data folder, the models and the port, and say the cure for what is wrong."""
    settings = _settings()
    findings = asyncio.run(_examine(settings))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    for finding in () if as_json else findings:
        mark = "[green]ok[/]" if finding.good else "[red]no[/]"
        out.print(f"{mark}  {escape(finding.subject)}: {escape(finding.words)}")
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


@pocket_app.command()
def evaluate(
    folder: Annotated[Path, typer.Option("--out", help="Where the grids go.")] = Path("pictures"),
    work: Annotated[Path, typer.Option(help="Where the artwork and the judge are, or are put.")] = Path("data/pocket"),
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many prompts: seconds, not minutes.")] = None,
    weights: Annotated[Path | None, typer.Option(help="Holds other weights to measure.", exists=True)] = None,
    beside: Annotated[Path | None, typer.Option(help="Holds the pair to compare with.", exists=True)] = None,
    pictures: Annotated[int, typer.Option(min=1, help="Of each prompt.")] = 4,
    as_json: Json = False,
) -> None:
    """Measure the shipped model beside chance, real drawings and the first pair, and draw its grids."""
    from pocket import evaluate as evaluation

    plan = evaluation.Plan(folder, work, weights, beside, sample, pictures)
    asyncio.run(evaluation.evaluate(make_engine(_settings()), plan, console=err)).tell(out, as_json=as_json)


async def _one(event: Callable[[dict[str, Any]], AnyEvent], folder: Path | None) -> TerminalStage:
    """One event from the command line, through the same door as from any platform."""
    settings = _settings()
    place = Place("terminal", WORKSPACE, "terminal")
    event_id = uuid4().hex
    where = {"event_id": event_id, "place": place, "person": Person("terminal", _user())}
    async with make_bot(settings, Rules(1_000_000, 1_000_000, settings.blocked_words)) as parts:
        stage = TerminalStage(place.in_thread(event_id), folder, parts.files.get)
        try:
            await relay(parts.bot, event(where), stage)
        finally:
            stage.close()
    return stage


async def _examine(settings: Settings) -> list[Finding]:
    return [*await examine(settings), *await platforms.examine(settings)]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return WORKSPACE  # a container without an account for its user


def _print(stage: TerminalStage, as_json: bool, **more: object) -> None:
    words = [reply.text for reply in stage.final.values()] + stage.words
    if as_json:
        typer.echo(json.dumps({"words": words, **more}, ensure_ascii=False))
        return
    for line in words:
        out.print(escape(line))
    for reply in stage.final.values():
        for picture in reply.pictures:
            out.print(escape(wording.file_line(str(stage.path(picture)), picture.seed, picture.closeness)))


def _settings(**overrides: object) -> Settings:
    try:
        settings = read_settings(**overrides)
    except WrongSetting as error:
        err.print(escape(str(error)), style="red")
        raise typer.Exit(2) from None
    handler = RichHandler(console=err, show_path=False, rich_tracebacks=True)
    logging.basicConfig(level=settings.log_level, format="%(message)s", handlers=[handler], force=True)
    for library in ("alembic", "aiosqlite", "httpx", "PIL"):
        logging.getLogger(library).setLevel(logging.WARNING)
    return settings


def main() -> None:
    """The command line; what the bot can apologise for ends in words, not in a traceback."""
    try:
        app()
    except StoreFailed as error:
        words = f"{wording.apology(error)} {wording.WHERE_I_KEEP_THINGS}"
    except (BotError, EngineError) as error:
        words = wording.apology(error)
    except platforms.PlatformRefused as error:
        words = str(error)
    except PortInUse as error:
        words = wording.port_in_use(error.port)
    except NotMyAddress as error:
        words = wording.not_my_address(error.host, error.port, error.reason)
    except AlreadyOpen as error:
        words = wording.already_open(str(error.folder))
    except RoomUnreadable as error:
        words = wording.room_unreadable(str(error.path), error.reason)
    except OSError as error:
        words = wording.not_usable(str(error.filename or ""), error.strerror or str(error))
    else:
        return
    if "--json" in sys.argv:
        typer.echo(json.dumps({"error": words}, ensure_ascii=False))
    else:
        err.print(escape(words), style="red")
    sys.exit(1)


if __name__ == "__main__":
    main()
