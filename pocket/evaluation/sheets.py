"""Grids of pictures, to be looked at."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from engine.jobs import Pixels

COLUMNS = 8
_GAP, _LINE = 4, 16


def grid(pictures: Sequence[Pixels], labels: Sequence[str], path: Path, columns: int = COLUMNS) -> Path:
    """Write the pictures in rows, each under its label."""
    side = max(max(one.shape[:2]) for one in pictures)
    lines = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (side + _GAP), lines * (side + _GAP + _LINE)), "white")
    pen = ImageDraw.Draw(sheet)
    for index, (pixels, label) in enumerate(zip(pictures, labels, strict=True)):
        x, y = index % columns * (side + _GAP), index // columns * (side + _GAP + _LINE)
        pen.text((x + 2, y + 1), label[: side // 6], fill="black")
        sheet.paste(Image.fromarray(pixels), (x, y + _LINE))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
    return path


def riddle(pictures: Sequence[Pixels], prompts: Sequence[str], folder: Path, seed: int = 0) -> tuple[Path, Path]:
    """Write the pictures shuffled under numbers, for somebody who is not shown the words, and apart from it the key."""
    order = random.Random(seed).sample(range(len(pictures)), len(pictures))
    numbers = [str(place + 1) for place in range(len(order))]
    sheet = grid([pictures[place] for place in order], numbers, folder / "sheet.png", columns=6)
    key = folder / "sheet-key.json"
    key.write_text(json.dumps(dict(zip(numbers, (prompts[place] for place in order), strict=True)), indent=1), "utf-8")
    return sheet, key
