"""The first pair of models, to stand beside: out of the project's own history, where that is there.

    python main.py pocket evaluate --json > result.json
    python -m pocket.evaluation.beside result.json

keeps its figures for where the history is not there.
"""

import io
import json
import subprocess
import tarfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pocket.evaluation.figures import Figure

COMMIT = "4201faf"
"""The first pair shipped with it."""
RECORD = Path(__file__).with_name("first_pair.json")
"""What was measured of it, for where the history is not at hand."""
_ROOT = Path(__file__).parents[2]


def unearth(folder: Path, root: Path = _ROOT) -> Path | None:
    """Lay the first pair into `folder`; None where the history is not there, as in a shallow clone or an archive."""
    command = ["git", "archive", COMMIT, "pocket/weights"]
    try:
        packed = subprocess.run(command, cwd=root, capture_output=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "pocket" / "weights"


def record(figures: list[Figure]) -> None:
    """Keep what was measured of the first pair."""
    RECORD.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", "utf-8")


def recorded() -> list[Figure]:
    """What was once measured of the first pair; nothing if that is not kept."""
    return [Figure(**figure) for figure in json.loads(RECORD.read_text("utf-8"))] if RECORD.exists() else []


def main(result: Annotated[Path, typer.Argument(help="What an evaluation printed with --json.")]) -> None:
    """Keep the first pair's figures of an evaluation."""
    rows = json.loads(result.read_text("utf-8"))["rows"]
    record(
        [
            Figure(**(row["shipped"] | {"value": row["first"], "note": row["first_note"]}))
            for row in rows
            if row["first"] is not None
        ]
    )


if __name__ == "__main__":
    typer.run(main)
