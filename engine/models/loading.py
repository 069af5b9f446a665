"""Opening a picture model by its name. Shipped and production models go one and the same way."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import AutoPipelineForText2Image
from diffusers.loaders.single_file_utils import fetch_diffusers_config, load_single_file_checkpoint

from engine.errors import BadJob, BrokenWeights, EngineError
from engine.jobs import Card
from engine.models import files
from engine.models.card import card, defaults
from engine.models.memory import within_memory
from engine.models.quiet import no_bars
from engine.stepper import Stepper, Whole

log = logging.getLogger(__name__)

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
SHORT = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """An open model: diffusers' pipeline on its device, and its card."""

    pipeline: Any
    card: Card


known = files.known


def load(name: str, *, folder: Path, device: str = "auto", dtype: str = "auto", cache: Path | None = None) -> Loaded:
    """Open a text-to-image model. Slow: reads all weights.

    Args:
        name: "pocket", a name in `folder`, a path, or a hub's "owner/name".
        folder: where models lie, each a diffusers folder or one .safetensors file.
        device: auto, cpu, cuda, cuda:1, mps, ...
        dtype: auto, float32, float16 or bfloat16 (fp32, fp16, bf16).
        cache: where downloads go; None is the hub client's own place.

    Raises:
        ModelNotFound: no such model here, nor at the hub.
        BrokenWeights: files are missing, damaged, pickled, or no text-to-image model.
        BadJob: no such device or dtype.
        OutOfMemory: the model does not fit on the device.
    """
    path = files.find(name, folder, cache)
    files.check(path, name)
    place, kind = choose(device, dtype)
    with no_bars(), reported(path, name), within_memory():
        pipeline = _open_file(path, name, kind, cache) if path.is_file() else _open_folder(path, kind)
        pipeline.to(place)
    pipeline.set_progress_bar_config(disable=True)
    settings = defaults(path.with_suffix(".sextant.json") if path.is_file() else path / "sextant.json", name)
    made = card(pipeline, name, settings, str(kind).removeprefix("torch."), str(place))
    log.info("model %s: %s on %s in %s", made.name, made.family, made.device, made.dtype)
    return Loaded(pipeline, made)


def stepper(loaded: Loaded, lora_folder: Path | None) -> Stepper | Whole:
    """The model as a lane runs it: by steps where its family allows that, whole otherwise."""
    from engine.models.diffusion import Diffusion
    from engine.models.lora import Loras
    from engine.models.whole import WholePipeline

    loras = None if lora_folder is None else Loras(lora_folder)
    return Diffusion(loaded, loras) if loaded.card.batched else WholePipeline(loaded, loras)


def choose(device: str, dtype: str) -> tuple[torch.device, torch.dtype]:
    """The device and the number format: as asked, or the fastest device there is and what it computes well.

    Raises:
        BadJob: there is no such device or format here.
    """
    if device == "auto":
        accelerator = torch.accelerator.current_accelerator(check_available=True)
        device = "cpu" if accelerator is None else accelerator.type
    try:
        place = torch.device(device)
        torch.empty(1, device=place)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise BadJob("device", f"{device} is not there: {str(error).partition(chr(10))[0]}") from error
    if dtype == "auto":
        if place.type == "cpu":
            return place, torch.float32
        has_bfloat = place.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        return place, torch.bfloat16 if has_bfloat else torch.float16
    try:
        return place, DTYPES[SHORT.get(dtype, dtype)]
    except KeyError:
        raise BadJob("dtype", f"auto, {', '.join(DTYPES)}") from None


@contextmanager
def reported(path: Path, name: str) -> Iterator[None]:
    """Whatever a model library finds wrong while it opens files, as one sentence without this machine's paths.

    Raises:
        BrokenWeights: something was wrong, or tensors were missing, which the libraries replace by random ones.
    """
    missing = _Missing()
    loggers = [logging.getLogger(library) for library in ("diffusers", "transformers")]
    for logger in loggers:
        logger.addHandler(missing)
    failure: Exception | None = None
    try:
        yield
    except (EngineError, MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:
        failure = error
    finally:
        for logger in loggers:
            logger.removeHandler(missing)
    if missing.tensors:
        raise BrokenWeights(name, f"tensors are missing: {', '.join(missing.tensors)}") from failure
    if failure is not None:
        first = str(failure).strip().partition("\n")[0].replace(str(path), name)
        raise BrokenWeights(name, f"{type(failure).__name__}: {first}") from failure


class _Missing(logging.Handler):
    """Listens for the names of tensors that a checkpoint should have held."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.tensors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note the tensors that a message says were made up."""
        message = record.getMessage()
        if "newly initialized" in message:
            found = re.findall(r"^(\S+)\s+\| .*MISSING", message, re.MULTILINE) or re.findall(r"'([^']+)'", message)
            self.tensors += found or ["unnamed"]


def _open_folder(path: Path, dtype: torch.dtype) -> Any:
    options = {"dtype": dtype, "use_safetensors": True, "variant": files.variant(path)}
    return AutoPipelineForText2Image.from_pretrained(path, **options, **_unused(path))


def _open_file(path: Path, name: str, dtype: torch.dtype, cache: Path | None) -> Any:
    repository = fetch_diffusers_config(load_single_file_checkpoint(str(path)))["pretrained_model_name_or_path"]
    config = files.config_of(repository, name, cache)
    family = AutoPipelineForText2Image.load_config(config)["_class_name"]
    return getattr(diffusers, family).from_single_file(str(path), config=str(config), dtype=dtype, **_unused(config))


def _unused(path: Path) -> dict[str, None]:
    index = AutoPipelineForText2Image.load_config(path)
    return {part: None for part in files.UNUSED if part in index}
