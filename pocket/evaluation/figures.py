"""What an evaluation found: figures beside chance, beside real drawings and beside the first pair."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Literal

import typer
from rich.console import Console
from rich.table import Table

Unit = Literal["%", "rank", "dB", "s", "MB", "IoU", "n"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one pair of models."""

    section: str
    measure: str
    value: float
    unit: Unit
    chance: float | None = None
    drawn: float | None = None
    """The same measure on the artwork's own compositions: what a perfect generator would reach."""
    note: str = ""
    """Spread, or of how many."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of the shipped pair with that of the first pair."""

    shipped: Figure
    first: float | None
    first_note: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was measured, and what was not, in words."""

    model: str
    beside: str
    """Where the first pair's figures are from."""
    rows: tuple[Row, ...]
    skipped: tuple[str, ...]
    files: tuple[str, ...]

    def tables(self) -> list[Table]:
        """The figures for people, a table for each section."""
        tables = []
        for section in dict.fromkeys(row.shipped.section for row in self.rows):
            table = Table(title=section, title_justify="left")
            for name in ("measure", "shipped", "first pair", "chance", "real drawings", ""):
                table.add_column(name, justify="left" if name in ("measure", "") else "right")
            for row in (row for row in self.rows if row.shipped.section == section):
                one = row.shipped
                table.add_row(
                    one.measure,
                    *(said(value, one.unit) for value in (one.value, row.first, one.chance, one.drawn)),
                    one.note,
                )
            tables.append(table)
        return tables

    def tell(self, console: Console, *, as_json: bool) -> None:
        """Print the tables, what was left out, and what was written; or all of it as one JSON object."""
        if as_json:
            typer.echo(json.dumps(asdict(self), ensure_ascii=False))
            return
        words = [*self.skipped, f"Beside: {self.beside}", *self.files]
        console.print(*self.tables(), *words, sep="\n", markup=False)


def said(value: float | None, unit: Unit) -> str:
    """A figure for people; empty if there is none."""
    if value is None:
        return ""
    match unit:
        case "%":
            return f"{value:.0%}"
        case "rank":
            return f"{value:.1f}"
        case "IoU" | "n":
            return f"{value:.2f}"
        case "s":
            return f"{value:.3f} s"
        case _:
            return f"{value:.1f} {unit}"


def beside(shipped: list[Figure], first: list[Figure]) -> tuple[Row, ...]:
    """Each figure of the shipped pair with the first pair's of the same section and measure."""
    known = {(figure.section, figure.measure): figure for figure in first}
    rows = []
    for figure in shipped:
        other = known.get((figure.section, figure.measure))
        rows.append(Row(figure, other.value if other else None, other.note if other else ""))
    return tuple(rows)


def with_drawn(figures: list[Figure], drawn: list[Figure]) -> list[Figure]:
    """The figures with those of the artwork's own compositions, which are the same at any number of steps."""
    known = {figure.measure.partition(",")[0]: figure.value for figure in drawn}
    return [replace(figure, drawn=known.get(figure.measure.partition(",")[0])) for figure in figures]
