"""What is searched for: one immutable value, with one canonical form."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A complete query: nothing in it is left to a default, so it means the same on every day and server.

    `prompt` and `negative_prompt` are kept as people wrote them, weights included.
    """

    prompt: str
    negative_prompt: str = ""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    steps: int
    guidance_scale: float
    scheduler: str
    seed: int
    """Of the first picture; picture k of a set has seed + k, modulo 2**32."""
    count: int
    model: str
    loras: tuple[tuple[str, float], ...] = ()
    start: str = ""
    """The short id of the start picture; empty for text to image."""
    strength: float = 0.75
    chaos: int = 0
    stop: int = 100
    tile: bool = False
    exact: bool = False
    relax: bool = False

    def canonical(self) -> str:
        """The one JSON text of this query: sorted keys, no spaces. Equal queries have equal texts."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """The query that `canonical` wrote.

        Raises:
            ValueError: the text is not one of ours.
        """
        try:
            values = json.loads(text)
            values["loras"] = tuple((str(name), float(weight)) for name, weight in values["loras"])
            return cls(**{f.name: values[f.name] for f in fields(cls)})
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a canonical query: {text[:80]}") from error

    def picture(self, index: int) -> Self:
        """The query of picture `index` (from 0) alone."""
        return replace(self, seed=(self.seed + index) % 2**32, count=1)
