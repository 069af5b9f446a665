"""Models without weights: they step when they are told, and obey the same contract as the real ones."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engine.errors import BadJob, Cancelled, LoraNotFound, OutOfMemory
from engine.jobs import Asker, Card, Draw, Note, Part, Pixels, Span, Vectors
from engine.stepper import Row

CARD = Card(
    name="fake",
    family="FakePipeline",
    width=64,
    height=64,
    multiple=8,
    steps=4,
    guidance_scale=5.0,
    scheduler="DDIM",
    schedulers=("DDIM", "Euler a"),
    batched=True,
    window=8,
    dtype="uint64",
    device="nowhere",
)


def draw(id: str = "job", person: str = "ann", workspace: str = "home", words: str = "a fox", **settings: Any) -> Draw:
    """A job with ordinary settings; any of them may be said."""
    ordinary: dict[str, Any] = {
        "width": 64,
        "height": 64,
        "steps": 4,
        "guidance_scale": 1.0,
        "scheduler": "DDIM",
        "seeds": (1,),
        "model": "fake",
    }
    return Draw(id=id, asker=Asker(workspace, person), prompt=(Part((Span(words),)),), **(ordinary | settings))


class Gate:
    """Holds a thread until the test lets it go on, and tells the test that it is there."""

    def __init__(self, opened: bool = True) -> None:
        self._change = threading.Condition()
        self._allowed = 0
        self._arrived = 0
        self._opened = opened

    def open(self) -> None:
        """Let everybody through from now on."""
        with self._change:
            self._opened = True
            self._change.notify_all()

    def close(self) -> None:
        """Hold everybody who comes from now on."""
        with self._change:
            self._opened = False

    def allow(self, times: int = 1) -> None:
        """Let so many through."""
        with self._change:
            self._allowed += times
            self._change.notify_all()

    def pass_through(self) -> None:
        """Called by the fake: wait for leave."""
        with self._change:
            self._arrived += 1
            self._change.notify_all()
            assert self._change.wait_for(lambda: self._opened or self._allowed, 60), "nobody opened the gate"
            if not self._opened:
                self._allowed -= 1

    def wait_for(self, arrivals: int) -> None:
        """Called by the test, off the event loop: wait until somebody has come so many times in all."""
        with self._change:
            assert self._change.wait_for(lambda: self._arrived >= arrivals, 60), "nobody came to the gate"


@dataclass
class Clock:
    """Time that passes when it is told to, in seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def _key(job: Draw) -> tuple[Any, ...]:
    return (job.loras, job.height, job.width, job.tile)


def _rows(job: Draw, card: Card) -> list[Row]:
    if job.scheduler not in card.schedulers:
        raise BadJob("scheduler", f"one of {', '.join(card.schedulers)}")
    for setting, size in (("width", job.width), ("height", job.height)):
        if size % card.multiple:
            raise BadJob(setting, f"a multiple of {card.multiple}")
    for lora in job.loras:
        raise LoraNotFound(lora.name, ())
    share = job.stop / 100 * (1.0 if job.start is None else job.strength)
    steps = max(1, round(job.steps * share))
    slots = 2 if job.guidance_scale > 1 else 1
    words = sum(ord(letter) for part in job.prompt for letter in part.text)
    return [
        Row(job, index, _key(job), steps, slots, state=np.uint64(words * 1_000_003 + seed))
        for index, seed in enumerate(job.seeds)
    ]


def _advance(row: Row) -> None:
    with np.errstate(over="ignore"):
        row.state = row.state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
    row.done += 1


def _paint(row: Row, height: int, width: int) -> Pixels:
    return np.random.default_rng(int(row.state)).integers(0, 256, (height, width, 3), np.uint8)


@dataclass
class FakeStepper:
    """Steps when its gate lets it. A prompt with "broken" fails in `step`, one with "undecodable" in `decode`."""

    card: Card = CARD
    gate: Gate = field(default_factory=Gate)
    clock: Clock | None = None
    cost: Callable[[int], float] = lambda slots: 10.0 + 0.1 * slots
    """Milliseconds of a call with that many slots: the clock is moved by them."""
    room: int = 1000
    """Slots that fit into its memory."""
    decode_room: int = 1000
    calls: list[list[Row]] = field(default_factory=list)
    previews: int = 0

    def open(self, job: Draw) -> list[Row]:
        return _rows(job, self.card)

    def step(self, rows: Sequence[Row]) -> None:
        assert len({row.key for row in rows}) == 1, "keys must be equal"
        assert len(rows) == 1 or not any(row.job.exact for row in rows), "exact rows come alone"
        self.calls.append(list(rows))
        self.gate.pass_through()
        slots = sum(row.slots for row in rows)
        if self.clock:
            self.clock.now += self.cost(slots) / 1000
        if slots > self.room:
            raise OutOfMemory
        if any("broken" in part.text for row in rows for part in row.job.prompt):
            raise ValueError("broken")
        for row in rows:
            _advance(row)

    def preview(self, row: Row) -> Pixels:
        self.previews += 1
        return _paint(row, row.job.height // 8, row.job.width // 8)

    def decode(self, rows: Sequence[Row]) -> list[Pixels]:
        if len(rows) > self.decode_room:
            raise OutOfMemory
        if any("undecodable" in part.text for row in rows for part in row.job.prompt):
            raise ValueError("undecodable")
        return [_paint(row, row.job.height, row.job.width) for row in rows]

    def notes(self, job: Draw) -> list[Note]:
        words = " ".join(part.text for part in job.prompt).split()
        cut = words[self.card.window :]
        return [Note("cut", " ".join(cut))] if cut else []


@dataclass
class FakeWhole:
    """Draws jobs from start to end; its gate is asked at every step."""

    card: Card = field(default_factory=lambda: _whole(CARD))
    gate: Gate = field(default_factory=Gate)
    clock: Clock | None = None
    room: int = 1000
    runs: list[list[Row]] = field(default_factory=list)

    def open(self, job: Draw) -> list[Row]:
        return _rows(job, self.card)

    def run(self, rows: Sequence[Row], after_step: Callable[[Callable[[int], Pixels] | None], bool]) -> list[Pixels]:
        assert len({(row.job.prompt, row.job.steps, row.job.guidance_scale, row.key) for row in rows}) == 1
        self.runs.append(list(rows))
        if sum(row.slots for row in rows) > self.room:
            raise OutOfMemory
        for _ in range(rows[0].steps):
            self.gate.pass_through()
            if self.clock:
                self.clock.now += 0.010 + 0.001 * len(rows)
            if any("broken" in part.text for part in rows[0].job.prompt):
                raise ValueError("broken")
            for row in rows:
                _advance(row)
            if not after_step(lambda at: _paint(rows[at], 8, 8)):
                raise Cancelled
        return [_paint(row, row.job.height, row.job.width) for row in rows]

    def notes(self, job: Draw) -> list[Note]:
        return []


def _whole(card: Card) -> Card:
    return replace(card, batched=False)


@dataclass
class FakeClip:
    """Words and pictures to directions that depend on nothing but their bytes."""

    name: str = "fake"
    scale: float = 100.0
    gate: Gate = field(default_factory=Gate)
    calls: list[int] = field(default_factory=list)

    def embed_texts(self, texts: list[str]) -> Vectors:
        if "broken" in texts:
            raise ValueError("broken")
        return self._embed([text.encode() for text in texts])

    def embed_pictures(self, pictures: list[Pixels]) -> Vectors:
        return self._embed([picture.tobytes() for picture in pictures])

    def _embed(self, items: list[bytes]) -> Vectors:
        self.gate.pass_through()
        self.calls.append(len(items))
        vectors = np.array(
            [np.random.default_rng(list(item) or [0]).standard_normal(16) for item in items], np.float32
        ).reshape(-1, 16)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit
