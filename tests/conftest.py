"""What all tests share."""

import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# The same checkout gives the same answer everywhere; `pytest --hypothesis-profile=search` looks for new examples.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=500, print_blob=True)
settings.load_profile("same")

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def _own_log_level() -> Iterator[None]:
    """The program sets the level of all logs; no test inherits that of another."""
    root = logging.getLogger()
    before = root.level
    yield
    root.setLevel(before)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches beyond this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise PermissionError(f"tests stay on loopback, not {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
