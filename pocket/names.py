"""Where the words of the vocabulary come from: emojibase-data, which names every drawing, or our own choice.

    python -m pocket.names WORK

Drawings are found by what emojibase calls their label. Its keywords were the stock that synonyms were chosen from; most
are too loose to be taught ("shopping" for a shoe), and some everyday words are missing ("lorry"), so the choice is kept
in `vocabulary` and this shows it beside its source.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.table import Table

from pocket.data import fetch_names
from pocket.vocabulary import NOUNS, Noun


class Origin(NamedTuple):
    """One noun beside its source."""

    noun: Noun
    label: str
    taken: tuple[str, ...]
    """Its name and synonyms that are label or keywords there."""
    own: tuple[str, ...]
    """Its others."""


def origins(emoji: Sequence[Mapping[str, object]], nouns: Sequence[Noun] = NOUNS) -> Iterator[Origin]:
    """Each noun beside the entry of emojibase-data whose label is its drawing's name.

    Raises KeyError for a drawing that emojibase does not name.
    """
    entries = {re.sub(r"[^a-z0-9]+", "-", str(entry["label"]).lower()).strip("-"): entry for entry in emoji}
    for noun in nouns:
        entry = entries[noun.icon]
        label, tags = str(entry["label"]), entry.get("tags", ())
        known = {label.lower(), *(str(tag).lower() for tag in (tags if isinstance(tags, Sequence) else ()))}
        words = (noun.name, *noun.synonyms)
        yield Origin(
            noun,
            label,
            tuple(word for word in words if word in known),
            tuple(word for word in words if word not in known),
        )


def main(work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")]) -> None:
    """Show every noun, its drawing's label, and which of its words are from emojibase-data."""
    emoji = json.loads((fetch_names(work / "artwork") / "en" / "data.json").read_text("utf-8"))
    table = Table("noun", "label", "words from emojibase-data", "our own")
    found = list(origins(emoji))
    for origin in found:
        table.add_row(origin.noun.name, origin.label, ", ".join(origin.taken), ", ".join(origin.own))
    taken, own = (sum(len(words) for words in some) for some in zip(*(each[2:] for each in found), strict=True))
    console = Console()
    console.print(table)
    console.print(f"{len(found)} things, {taken} words from emojibase-data, {own} our own.")


if __name__ == "__main__":
    typer.run(main)
