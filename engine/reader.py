"""The CLIP lane: one thread that reads text and pictures, and puts requests that come together into one call."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol

import numpy as np

from engine.errors import EngineClosed, EngineError, ReadFailed
from engine.jobs import Pixels, Vectors

log = logging.getLogger(__name__)


class ClipModel(Protocol):
    """What the reader asks of a CLIP. Called on the reader's own thread; may block."""

    @property
    def name(self) -> str:
        """What it is called by."""
        ...

    @property
    def scale(self) -> float:
        """What cosines are multiplied by before a softmax."""
        ...

    def embed_texts(self, texts: list[str]) -> Vectors:
        """n texts to n x d, rows of unit length."""
        ...

    def embed_pictures(self, pictures: list[Pixels]) -> Vectors:
        """n pictures of any sizes to n x d, rows of unit length."""
        ...


@dataclass(slots=True, eq=False)
class Texts:
    """A request to embed texts."""

    items: Sequence[str]
    result: Future[Vectors] = field(default_factory=Future)


@dataclass(slots=True, eq=False)
class Pictures:
    """A request to embed pictures."""

    items: Sequence[Pixels]
    result: Future[Vectors] = field(default_factory=Future)


@dataclass(slots=True, eq=False)
class About:
    """A request for the model's name and scale."""

    result: Future[tuple[str, float]] = field(default_factory=Future)


Request = Texts | Pictures | About


class Reader:
    """The asyncio face of a CLIP model. The model is opened at the first request; a failure is tried again later."""

    def __init__(self, open_clip: Callable[[], ClipModel], at_once: int) -> None:
        self._open_clip = open_clip
        self._at_once = at_once
        self._inbox: SimpleQueue[Request | None] = SimpleQueue()
        self._model: ClipModel | None = None
        self._thread: Thread | None = None
        self._closed = False

    async def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """n texts to n x d, rows of unit length.

        Raises:
            BrokenWeights, ModelNotFound: there is no CLIP to be read with.
            ReadFailed: the model raised.
        """
        request = Texts(tuple(texts))
        self._put(request)
        return await asyncio.wrap_future(request.result)

    async def embed_pictures(self, pictures: Sequence[Pixels]) -> Vectors:
        """n pictures to n x d, rows of unit length. Raises as embed_texts."""
        request = Pictures(tuple(pictures))
        self._put(request)
        return await asyncio.wrap_future(request.result)

    async def about(self) -> tuple[str, float]:
        """The model's name, and what cosines are multiplied by before a softmax. Raises as embed_texts."""
        request = About()
        self._put(request)
        return await asyncio.wrap_future(request.result)

    def close(self) -> None:
        """End the thread after the call that it is in; what waits fails with EngineClosed."""
        self._closed = True
        self._inbox.put(None)

    def join(self, seconds: float) -> bool:
        """Wait for the thread to end; False if it did not."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _put(self, request: Request) -> None:
        if self._closed:
            raise EngineClosed
        if self._thread is None:
            self._thread = Thread(target=self._run, name="reader", daemon=True)
            self._thread.start()
        self._inbox.put(request)

    # On the reader's own thread.

    def _run(self) -> None:
        while not self._closed:
            requests = self._gather()
            self._answer([one for one in requests if one.result.set_running_or_notify_cancel()])
        while (left := self._next(wait=False)) is not None:
            if left.result.set_running_or_notify_cancel():
                left.result.set_exception(EngineClosed())

    def _next(self, wait: bool) -> Request | None:
        try:
            return self._inbox.get(block=wait)
        except Empty:
            return None

    def _gather(self) -> list[Request]:
        """Wait for a request, and take along what is there already, as far as it fits into one call."""
        requests: list[Request] = []
        size = 0
        while size < self._at_once and (request := self._next(wait=not requests)) is not None:
            requests.append(request)
            size += 1 if isinstance(request, About) else len(request.items)
        return requests

    def _answer(self, requests: Sequence[Request]) -> None:
        try:
            if self._model is None and requests:
                self._model = self._open_clip()
        except Exception as error:
            for request in requests:
                request.result.set_exception(_ours(error))
            return
        texts = [request for request in requests if isinstance(request, Texts)]
        pictures = [request for request in requests if isinstance(request, Pictures)]
        model = self._model
        if model is None:
            return
        self._embed(texts, model.embed_texts)
        self._embed(pictures, model.embed_pictures)
        for request in requests:
            if isinstance(request, About):
                try:
                    request.result.set_result((model.name, model.scale))
                except Exception as error:
                    request.result.set_exception(_ours(error))

    def _embed(self, requests: Sequence[Texts | Pictures], embed: Callable[[list[Any]], Vectors]) -> None:
        """Answer requests of one kind together; if that fails, each apart, so that only the broken one fails."""
        if not requests:
            return
        items = [item for request in requests for item in request.items]
        try:
            slices = [embed(items[at : at + self._at_once]) for at in range(0, max(1, len(items)), self._at_once)]
            vectors = np.concatenate(slices)
        except Exception as error:
            if len(requests) == 1:
                if not isinstance(error, EngineError):
                    log.exception("reading failed")
                requests[0].result.set_exception(_ours(error))
                return
            for request in requests:
                self._embed([request], embed)
            return
        for request in requests:
            request.result.set_result(vectors[: len(request.items)])
            vectors = vectors[len(request.items) :]


def _ours(error: Exception) -> EngineError:
    if isinstance(error, EngineError):
        return error
    failed = ReadFailed(str(error))
    failed.__cause__ = error
    return failed
