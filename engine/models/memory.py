"""A device's out-of-memory, whatever its library calls it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from engine.errors import OutOfMemory

SIGNS = ("out of memory", "can't allocate memory", "not enough memory")


@contextmanager
def within_memory() -> Iterator[None]:
    """Turn CUDA's, Metal's and the CPU allocator's refusals into the engine's own.

    Raises:
        OutOfMemory: the work inside did not fit; what it had taken is given back.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not isinstance(error, MemoryError) and not any(sign in str(error).lower() for sign in SIGNS):
            raise
        # The traceback's frames still hold the batch; they go with the exception.
        error.__traceback__ = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        raise OutOfMemory(str(error).partition("\n")[0]) from error
