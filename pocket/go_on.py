"""Lay exported weights where the steps begin, to train on from them where no checkpoints are left.

    python -m pocket.go_on WORK pocket/weights

The words and the latent space are then theirs too.
"""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from pocket.run import COMPONENTS, START


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints, without any of the latter.")],
    weights: Annotated[Path, typer.Argument(help="Folder that holds `diffusion`.")],
) -> None:
    """Copy what the steps look for.

    Raises FileExistsError where the folder has weights to start from already.
    """
    source = weights / "diffusion"
    shutil.copytree(source, work / START)
    for name in ("tokenizer", "text_encoder"):
        shutil.copytree(source / name, work / name, dirs_exist_ok=True)
    shutil.copy(source / COMPONENTS, work / COMPONENTS)


if __name__ == "__main__":
    typer.run(main)
