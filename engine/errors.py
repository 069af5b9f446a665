"""What can go wrong in the engine.

EngineError
├── QueueFull           the line is as long as it may be: come back later
├── Cancelled           somebody stopped the job
├── EngineClosed        the engine is shutting down; the job was not at fault and may be asked for again
├── ModelNotFound       no model of that name or folder
├── BrokenWeights       the model's files cannot be read
├── LoraNotFound        no adapter of that name, or it does not fit the model
├── BadJob              a setting that this model cannot do
├── OutOfMemory         not even one picture of this size fits
├── DrawFailed          the model failed while drawing; the cause is attached
├── ReadFailed          CLIP failed while reading; the cause is attached
├── WriteFailed         a language model failed, or could not be reached; the cause is attached
└── BadPicture          bytes that cannot be made into pixels
"""

from typing import Literal


class EngineError(Exception):
    """Something the engine could not do."""


class QueueFull(EngineError):
    """The line is full. `seconds` is a guess at when there will be room; `mine` says whose limit it was."""

    def __init__(self, length: int, seconds: float, mine: bool) -> None:
        super().__init__(f"{length} in line")
        self.length, self.seconds, self.mine = length, seconds, mine


class Cancelled(EngineError):
    """The job was stopped before it was done."""


class EngineClosed(EngineError):
    """The engine is shutting down. The job was not at fault: ask again after the next start."""


class ModelNotFound(EngineError):
    """No model of that name or folder. `known` lists the names there are."""

    def __init__(self, name: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.name, self.known = name, known


class BrokenWeights(EngineError):
    """A model's files are damaged, missing or not safetensors. `reason` says which and how."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason


class LoraNotFound(EngineError):
    """No adapter of that name, or one that does not fit the model."""

    def __init__(self, name: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.name, self.known = name, known


class BadJob(EngineError):
    """A setting that the model cannot do: `setting` names it, `reason` says what it takes."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting, self.reason = setting, reason


class OutOfMemory(EngineError):
    """Not even one picture of this size fits into the device's memory."""


class DrawFailed(EngineError):
    """The model raised while drawing; see __cause__."""


class ReadFailed(EngineError):
    """CLIP raised while reading; see __cause__."""


class WriteFailed(EngineError):
    """A language model raised, or its server did not answer as it should; the text says why."""


class BadPicture(EngineError):
    """Bytes that cannot be made into pixels; `reason` says why."""

    def __init__(self, reason: Literal["not_a_picture", "too_large", "truncated"]) -> None:
        super().__init__(reason)
        self.reason = reason
