"""Where a transformers model is: in a folder, or on the hub."""

from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, snapshot_download

from engine.errors import ModelNotFound
from engine.models import files


def find(name: str, folder: Path, known: tuple[str, ...] = ()) -> Path:
    """The folder of a model: a name in `folder`, a path, or a hub's "owner/name", whose cache is asked first.

    Raises:
        ModelNotFound: there is none, with the names that are `known`; its cause says why the hub had none.
    """
    for path in (folder / name, Path(name)):
        if path.is_dir():
            return path
    if name.count("/") != 1 or not all(name.split("/")) or name[0] in "./~":
        raise ModelNotFound(name, known)
    wanted: dict[str, Any] = {"allow_patterns": ["*.json", "*.txt", "*.model", "*.jinja", "*.safetensors"]}
    try:
        return Path(snapshot_download(name, local_files_only=True, **wanted))
    except (OSError, ValueError):
        pass  # not in the cache yet
    try:
        HfApi().model_info(name, timeout=files.HUB_SECONDS)
        return Path(snapshot_download(name, **wanted))
    except (OSError, ValueError) as error:
        raise ModelNotFound(name, known) from error
