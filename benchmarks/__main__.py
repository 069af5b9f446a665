"""`python -m benchmarks`: measure against peers in one run, and print one table."""

import sys
from typing import Annotated, cast

import typer
from rich.console import Console

from benchmarks import acknowledgement, machine, mixed, throughput
from benchmarks.table import Result, show
from engine.models import loading
from engine.stepper import Stepper


def main(
    rows: Annotated[list[int] | None, typer.Argument(help="rows of the table; all by default")] = None,
    seeds: Annotated[int, typer.Option(help="runs of each")] = 5,
) -> None:
    """Run the rows one after another on one core."""
    console = Console(width=None if sys.stdout.isatty() else 240)
    machine.one_core()
    loaded = machine.pocket()
    model = cast(Stepper, loading.stepper(loaded, None))
    wanted, results = rows or [1, 2, 4], list[Result]()
    if 1 in wanted:
        results += throughput.run(model, loaded.pipeline, range(seeds), console)
    if 2 in wanted:
        results += mixed.run(model, range(seeds), console)
    if 4 in wanted:
        results += acknowledgement.run(range(seeds), console)
    show(results, console)


if __name__ == "__main__":
    typer.run(main)
