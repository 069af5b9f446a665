"""One table for all rows: the ratio, what stands beside it, its limit and goal, and how it spreads."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Result:
    """A ratio that should be high, one value for each run."""

    row: int
    """Its number, which stays when others come."""
    what: str
    peer: str
    values: Sequence[float]
    limit: str
    """What no program could exceed, or "-"."""
    goal: float
    details: str = ""
    """The figures behind the ratio, with their units."""

    @property
    def met(self) -> bool:
        """Whether the middle value reaches the goal."""
        return median(self.values) >= self.goal


def show(results: Sequence[Result], console: Console) -> None:
    """Print the table; a missed goal is said in words."""
    table = Table(title="Benchmarks: each a ratio, in one run beside its peer", title_justify="left")
    for heading in ("row", "ratio", "beside", "middle", "from - to", "limit", "goal", "", "figures"):
        table.add_column(heading, justify="right" if heading in ("row", "middle", "from - to", "goal") else "left")
    for result in results:
        table.add_row(
            str(result.row),
            result.what,
            result.peer,
            f"{median(result.values):.2f}",
            f"{min(result.values):.2f} - {max(result.values):.2f} ({len(result.values)})",
            result.limit,
            f">= {result.goal:g}",
            "met" if result.met else "MISSED",
            result.details,
        )
    console.print(table)
