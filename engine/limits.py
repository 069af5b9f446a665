"""How much the engine takes on at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds, so that a busy day ends in a clear refusal and not in a full memory."""

    queue: int = 200
    """Unfinished jobs in all."""
    per_person: int = 20
    """Unfinished jobs of one person."""
    slots: int = 32
    """Slots in one denoiser call; a row with guidance takes two. An out-of-memory lowers it for its key."""
    open_rows: int = 64
    """Pictures whose latents and embeddings are in memory, per model."""
    decode: int = 4
    """Finished pictures decoded between two steps."""
    models: int = 2
    """Picture models in memory at once; the least recently used one goes first."""
    tenure: float = 60.0
    """Seconds that a busy model stays in memory while another one waits for its place."""
    read: int = 32
    """Texts or pictures in one call of CLIP."""
