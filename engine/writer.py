"""Text to text: a language model on this machine, or any server that speaks the OpenAI chat protocol."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import aiohttp

from engine.errors import EngineClosed, EngineError, WriteFailed

LONGEST = 512
"""Tokens of an answer."""
TIMEOUT = aiohttp.ClientTimeout(total=60, connect=10)
MOST_BYTES = 2**20


class TextModel(Protocol):
    """What the local writer asks of a language model. Called on a thread of its own; may block."""

    def write(self, instructions: str, text: str, longest: int) -> str:
        """The model's answer to a text under instructions, of at most `longest` tokens."""
        ...


class Writer(Protocol):
    """A language model, wherever it runs."""

    @property
    def name(self) -> str:
        """What it is called by."""
        ...

    async def write(self, instructions: str, text: str) -> str:
        """The model's answer to a text under instructions.

        Raises:
            EngineError: it can't be reached or opened, or it failed.
        """
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...


class LocalWriter:
    """A model on this machine, on one thread: those who ask at the same time wait for each other."""

    def __init__(self, name: str, open_text: Callable[[], TextModel]) -> None:
        self.name = name
        self._open = open_text
        self._model: TextModel | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._closed = False

    async def write(self, instructions: str, text: str) -> str:
        """As Writer. The model is opened at the first request; a failure is tried again at the next.

        Raises:
            ModelNotFound, BrokenWeights: there is no such model.
            WriteFailed: it raised.
        """
        if self._closed:
            raise EngineClosed
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._write, instructions, text)

    async def close(self) -> None:
        """Take no more, and end the thread after the answer that it is in."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _write(self, instructions: str, text: str) -> str:
        try:
            if self._model is None:
                self._model = self._open()
            return self._model.write(instructions, text, LONGEST)
        except EngineError:
            raise
        except Exception as error:
            raise WriteFailed(str(error)) from error


class RemoteWriter:
    """A server that speaks the OpenAI chat completions protocol: llama.cpp, vLLM, Ollama, or a hosted one."""

    def __init__(self, name: str, address: str, key: str = "") -> None:
        self.name = name
        self._address, self._key = address.rstrip("/"), key

    async def write(self, instructions: str, text: str) -> str:
        """As Writer.

        Raises:
            WriteFailed: it can't be reached, says no, or answers something else.
        """
        asked = {
            "model": self.name,
            "temperature": 0,
            "max_tokens": LONGEST,
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": text}],
        }
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as session,
                session.post(f"{self._address}/chat/completions", json=asked, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise WriteFailed(f"{response.status} {response.reason}")
                return _content(json.loads(await _bounded(response)))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise WriteFailed(str(error) or type(error).__name__) from error

    async def close(self) -> None:
        """Nothing is held between two answers."""


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    data = b""
    async for piece in response.content.iter_chunked(2**16):
        data += piece
        if len(data) > MOST_BYTES:
            raise WriteFailed("its answer does not end")
    return data


def _content(answer: Any) -> str:
    try:
        return str(answer["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError) as error:
        raise WriteFailed("its answer is not one of the chat protocol") from error
