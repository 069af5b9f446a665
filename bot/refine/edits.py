"""What can be asked for in plain words: a closed union of typed changes to a query, and their JSON."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked

_STRICT = ConfigDict(extra="forbid")


@checked(frozen=True, slots=True, config=_STRICT)
class Add:
    """Words join the prompt as a phrase of their own."""

    words: str
    edit: Literal["add"] = "add"


@checked(frozen=True, slots=True, config=_STRICT)
class Remove:
    """Words leave the prompt, and are kept away by the negative prompt."""

    words: str
    edit: Literal["remove"] = "remove"


@checked(frozen=True, slots=True, config=_STRICT)
class Restore:
    """What was taken away comes back."""

    words: str
    edit: Literal["restore"] = "restore"


@checked(frozen=True, slots=True, config=_STRICT)
class Replace:
    """Words of the prompt give their place to others."""

    old: str
    new: str
    edit: Literal["replace"] = "replace"


@checked(frozen=True, slots=True, config=_STRICT)
class Recolour:
    """One thing of the prompt, or its background, takes a colour and loses the one it had."""

    thing: str
    colour: str
    edit: Literal["recolour"] = "recolour"


@checked(frozen=True, slots=True, config=_STRICT)
class Describe:
    """A quality of one thing (`bigger`), or of the whole picture when `thing` is empty (`darker`)."""

    thing: str
    quality: str
    """In its base form: dark, big."""
    weight: float = 1.0
    edit: Literal["describe"] = "describe"


@checked(frozen=True, slots=True, config=_STRICT)
class Weigh:
    """Words of the prompt count more (above 0) or less (below)."""

    words: str
    change: float
    edit: Literal["weigh"] = "weigh"


@checked(frozen=True, slots=True, config=_STRICT)
class Style:
    """The style of the whole picture, in place of the one before."""

    style: str
    edit: Literal["style"] = "style"


@checked(frozen=True, slots=True, config=_STRICT)
class Set:
    """A setting, written as the flag that people could have typed: `--ar 16:9`, `--seed 42`."""

    flag: str
    edit: Literal["set"] = "set"


@checked(frozen=True, slots=True, config=_STRICT)
class Unset:
    """A setting goes back to the model's own, named by its flag: `--tile`, `--ar`."""

    flag: str
    edit: Literal["unset"] = "unset"


@checked(frozen=True, slots=True, config=_STRICT)
class KeepSeed:
    """The next pictures have the seeds of these."""

    edit: Literal["keep_seed"] = "keep_seed"


@checked(frozen=True, slots=True, config=_STRICT)
class Rewrite:
    """A new prompt in place of the whole old one; the settings stay."""

    prompt: str
    edit: Literal["rewrite"] = "rewrite"


@checked(frozen=True, slots=True, config=_STRICT)
class Pick:
    """The picture to start from, counted from 1."""

    number: int
    edit: Literal["pick"] = "pick"


@checked(frozen=True, slots=True, config=_STRICT)
class Vary:
    """Relatives of a picture; of the current one when `number` is None."""

    number: int | None
    how: Literal["subtle", "strong"]
    edit: Literal["vary"] = "vary"


@checked(frozen=True, slots=True, config=_STRICT)
class Upscale:
    """One picture, larger; the current one when `number` is None."""

    number: int | None
    edit: Literal["upscale"] = "upscale"


@checked(frozen=True, slots=True, config=_STRICT)
class Again:
    """The same query with fresh seeds."""

    edit: Literal["again"] = "again"


@checked(frozen=True, slots=True, config=_STRICT)
class Undo:
    """Back to the version that this one came from."""

    edit: Literal["undo"] = "undo"


@checked(frozen=True, slots=True, config=_STRICT)
class GoTo:
    """Back to a version by its number in the thread, counted from 1."""

    version: int
    edit: Literal["goto"] = "goto"


Edit = (
    Add
    | Remove
    | Restore
    | Replace
    | Recolour
    | Describe
    | Weigh
    | Style
    | Set
    | Unset
    | KeepSeed
    | Rewrite
    | Pick
    | Vary
    | Upscale
    | Again
    | Undo
    | GoTo
)

_edits: TypeAdapter[tuple[Edit, ...]] = TypeAdapter(tuple[Annotated[Edit, Field(discriminator="edit")], ...])


def to_json(edits: tuple[Edit, ...]) -> str:
    """Edits as one JSON array."""
    return _edits.dump_json(edits).decode()


def to_data(edits: tuple[Edit, ...]) -> list[dict[str, object]]:
    """Edits as plain data, for a larger JSON text."""
    return [dict(each) for each in _edits.dump_python(edits, mode="json")]


def from_json(text: str) -> tuple[Edit, ...]:
    """The edits that `to_json` wrote, or that a language model did.

    Raises:
        ValueError: it is not an array of edits (pydantic.ValidationError says where).
    """
    return _edits.validate_json(text)


def readings_to_json(readings: tuple["Reading", ...]) -> str:
    """Readings as one JSON array."""
    return _readings.dump_json(readings).decode()


def readings_from_json(text: str) -> tuple["Reading", ...]:
    """The readings that `readings_to_json` wrote.

    Raises:
        ValueError: it is not an array of readings.
    """
    return _readings.validate_json(text)


def schema() -> dict[str, object]:
    """The JSON schema of an array of edits, for a language model."""
    return _edits.json_schema()


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a sentence."""

    label: str
    """A few words for a button, and for an answer in words: `the cat`."""
    edits: tuple[Annotated[Edit, Field(discriminator="edit")], ...]
    """All edits of the sentence under this reading; none: leave it as it is."""


_readings: TypeAdapter[tuple[Reading, ...]] = TypeAdapter(tuple[Reading, ...])
