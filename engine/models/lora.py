"""Low-rank adapters by name: put onto a pipeline, weighed, and taken off again."""

from pathlib import Path
from typing import Any

from engine.errors import BrokenWeights, LoraNotFound, OutOfMemory
from engine.jobs import Lora
from engine.models import files
from engine.models.memory import within_memory

RESIDENT = 8
"""Adapters kept on the device beside the base model; the longest unused goes first."""


class Loras:
    """The adapters in one folder, each `name.safetensors` or a folder `name/` with one such file; for one pipeline."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._resident: dict[str, None] = {}
        self._current: tuple[Lora, ...] = ()

    def names(self) -> tuple[str, ...]:
        """What there is, in alphabetical order."""
        if not self._folder.is_dir():
            return ()
        names = {path.stem for path in self._folder.glob("*.safetensors")}
        names |= {path.parent.name for path in self._folder.glob("*/*.safetensors")}
        return tuple(sorted(names))

    def apply(self, pipeline: Any, loras: tuple[Lora, ...]) -> None:
        """Make exactly these adapters count, at their weights. Nothing is done when nothing has changed.

        With none, the pipeline computes bit for bit what it computed before it had any.

        Raises:
            LoraNotFound: no adapter of that name, or it does not fit this model, which is as it was without adapters.
            BrokenWeights: the adapter's file is damaged.
            OutOfMemory: there is no room for it on the device.
        """
        if loras == self._current:
            return
        for lora in loras:
            if lora.name not in self._resident:
                self._load(pipeline, lora.name)
            self._resident[lora.name] = self._resident.pop(lora.name, None)
        if loras:
            weights = {adapter_name(lora.name): lora.weight for lora in loras}
            pipeline.enable_lora()
            pipeline.set_adapters(list(weights), list(weights.values()))
        elif self._resident:
            pipeline.disable_lora()
        self._current = loras
        for name in list(self._resident)[: -max(RESIDENT, len(loras))]:
            pipeline.delete_adapters(adapter_name(name))
            del self._resident[name]

    def _load(self, pipeline: Any, name: str) -> None:
        file = self._file(name)
        files.check(file, name)
        adapter = adapter_name(name)
        try:
            with within_memory():
                pipeline.load_lora_weights(str(file.parent), weight_name=file.name, adapter_name=adapter)
            # A file whose keys name no layer of this model loads "successfully", as nothing.
            fits = any(adapter in adapters for adapters in pipeline.get_list_adapters().values())
        except OutOfMemory:
            self._clear(pipeline)
            raise
        except Exception as error:
            self._clear(pipeline)
            raise LoraNotFound(name, self.names()) from error
        if not fits:
            self._clear(pipeline)
            raise LoraNotFound(name, self.names())

    def _clear(self, pipeline: Any) -> None:
        # Half of an adapter may hang in some layers under no complete name: only removing all removes it surely.
        pipeline.unload_lora_weights()
        self._resident.clear()
        self._current = ()

    def _file(self, name: str) -> Path:
        if name not in self.names():
            raise LoraNotFound(name, self.names())
        if (file := self._folder / f"{name}.safetensors").is_file():
            return file
        inside = sorted((self._folder / name).glob("*.safetensors"))
        if len(inside) > 1:
            raise BrokenWeights(name, f"the folder holds {len(inside)} .safetensors files, where one is expected")
        return inside[0]


def adapter_name(name: str) -> str:
    """A name that peft takes as a module's name, different for different adapters."""
    return f"lora_{name.encode().hex()}"
