"""Where a model's files are, and whether they can be read: looked at before any library opens them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from diffusers import DiffusionPipeline
from huggingface_hub import HfApi, snapshot_download
from safetensors import SafetensorError, safe_open

from engine.errors import BrokenWeights, ModelNotFound

POCKET = Path(__file__).resolve().parents[2] / "pocket" / "weights" / "diffusion"
INDEX = "model_index.json"
PICKLES = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
HUB_SECONDS = 10.0
UNUSED = ("safety_checker", "feature_extractor", "image_encoder")
"""Parts of a pipeline that are not loaded, so that their files do not matter."""


def known(folder: Path) -> tuple[str, ...]:
    """The names of the models that are there without a network: the shipped one first, then those in `folder`."""
    names: set[str] = set()
    if folder.is_dir():
        names = {path.parent.name for path in folder.glob(f"*/{INDEX}")}
        names |= {path.stem for path in folder.glob("*.safetensors")}
    return "pocket", *sorted(names - {"pocket"})


def find(name: str, folder: Path, cache: Path | None = None) -> Path:
    """The folder or single .safetensors file of a model.

    `name` is "pocket", a name in `folder`, a path, or a hub's "owner/name". The hub is asked last, and only for names
    with exactly one slash; what it has sent once is found in `cache` (None: the hub client's own) without a network.

    Raises:
        ModelNotFound: there is none; its cause says why the hub had none.
        BrokenWeights: a download was begun and cannot be finished now.
    """
    if name == "pocket":
        return POCKET
    places = [folder / name, folder / f"{name}.safetensors"] if name else []
    if "/" in name:
        places.append(Path(name))
    for path in places:
        if _is_model(path):
            return path
    if HUB_NAME.fullmatch(name):
        return _from_hub(name, folder, cache)
    raise ModelNotFound(name, known(folder))


def _is_model(path: Path) -> bool:
    try:
        return path.is_dir() or (path.is_file() and path.suffix in (".safetensors", *PICKLES))
    except OSError:
        return False  # a name longer than the file system takes, a folder that may not be read


def _from_hub(name: str, folder: Path, cache: Path | None) -> Path:
    options = {"cache_dir": cache, "use_safetensors": True, **dict.fromkeys(UNUSED)}
    broken: BrokenWeights | None = None
    try:
        path = Path(DiffusionPipeline.download(name, local_files_only=True, **options))
        check(path, name)
        return path
    except BrokenWeights as error:
        broken = error  # perhaps half a download: the hub may have the rest
    except Exception:  # noqa: S110 - not there yet, for whatever reason the client gives
        pass
    try:
        # Asked first on its own, because the download itself would wait for a silent network for minutes.
        HfApi().model_info(name, timeout=HUB_SECONDS)
        return Path(DiffusionPipeline.download(name, **options))
    except Exception as error:
        raise (broken or ModelNotFound(name, known(folder))) from error


def config_of(repository: str, name: str, cache: Path | None) -> Path:
    """The configuration files (no weights) that belong to a single-file checkpoint, from the hub or its cache.

    Raises:
        BrokenWeights: they are not there, and the hub cannot be reached.
    """
    wanted: dict[str, Any] = {"cache_dir": cache, "allow_patterns": ["*.json", "*.txt", "*.model"]}
    try:
        return Path(snapshot_download(repository, local_files_only=True, **wanted))
    except Exception:
        try:
            HfApi().model_info(repository, timeout=HUB_SECONDS)
            return Path(snapshot_download(repository, **wanted))
        except Exception as error:
            reason = f"a single file needs the configuration of {repository}, and the hub cannot be reached"
            raise BrokenWeights(name, reason) from error


def check(path: Path, name: str) -> None:
    """Look at a pipeline's files without loading them: all there, whole, and safetensors.

    Raises:
        BrokenWeights: names the file and what is wrong with it.
    """
    if path.is_file():
        if path.suffix in PICKLES:
            raise BrokenWeights(
                name, f"{path.name} holds pickled weights, which can run code; only safetensors are read"
            )
        _check_tensors(path, path.parent, name)
        return
    index = read_json(path / INDEX, path, name)
    for part, kind in sorted(index.items()):
        if part.startswith("_") or part in UNUSED or not isinstance(kind, list) or kind[0] is None:
            continue
        if not (path / part).is_dir():
            raise BrokenWeights(name, f"the folder {part} is missing")
        check_part(path / part, name)


def check_part(path: Path, name: str) -> None:
    """As `check`, for one folder in which a model, a tokenizer or a scheduler lies.

    Raises:
        BrokenWeights: names the file and what is wrong with it.
    """
    root = path.parent
    for file in sorted(path.glob("*.json")):
        content = read_json(file, root, name)
        if file.name.endswith(".safetensors.index.json"):
            for shard in sorted(set(content.get("weight_map", {}).values())):
                if not (path / shard).is_file():
                    raise BrokenWeights(name, f"{path.name}/{shard} is missing")
    tensors = sorted(path.glob("*.safetensors"))
    for file in tensors:
        _check_tensors(file, root, name)
    is_model = (path / "config.json").is_file() and not (path / "tokenizer_config.json").is_file()
    if not tensors and (pickled := [f.name for f in _pickles(path)]):
        reason = f"{path.name}/{pickled[0]} holds pickled weights, which can run code; only safetensors are read"
        raise BrokenWeights(name, reason)
    if is_model and not tensors:
        raise BrokenWeights(name, f"{path.name} has no .safetensors file")


def variant(path: Path) -> str | None:
    """ "fp16" when some part of the pipeline is there in half precision alone."""
    for part in path.iterdir():
        tensors = [file.name for file in part.glob("*.safetensors")] if part.is_dir() else []
        if tensors and all(".fp16." in file or ".fp16-" in file for file in tensors):
            return "fp16"
    return None


def _pickles(path: Path) -> Iterator[Path]:
    return (file for file in sorted(path.iterdir()) if file.suffix in PICKLES)


def read_json(file: Path, root: Path, name: str) -> dict[str, Any]:
    """The JSON object in a file, which errors name by its place below `root`.

    Raises:
        BrokenWeights: there is no such file, or no such object in it.
    """
    shown = file.relative_to(root).as_posix()
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise BrokenWeights(name, f"{shown} is missing") from None
    except (OSError, ValueError) as error:
        raise BrokenWeights(name, f"{shown} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise BrokenWeights(name, f"{shown} cannot be read: no JSON object")
    return content


def _check_tensors(file: Path, root: Path, name: str) -> None:
    try:
        with safe_open(file, framework="numpy"):
            pass
    except (SafetensorError, OSError) as error:
        shown = file.relative_to(root).as_posix()
        raise BrokenWeights(name, f"{shown} is damaged or cut short: {error}") from error
