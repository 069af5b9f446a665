"""What goes wrong on the way: faults for the next calls of a method, or at random with a seed."""

import asyncio
import random
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What happens to a call."""

    ERROR_500 = "answered 500, nothing done"
    RATELIMITED = "answered 429, nothing done"
    REFUSED = "connection closed, nothing done"
    DROPPED = "done, and the connection closed before the answer"
    DELAYED = "done after a while of the peer's clock"
    ERROR = "answered ok: false with an error of the test's choice"


@dataclass
class Fault:
    """One fault, for the next `times` calls of `method` ("*" is any; "upload", "download", "response_url" as well)."""

    kind: Kind
    method: str = "*"
    times: int = 1
    seconds: int = 1
    """Retry-After of a 429, or how long a delay lasts."""
    error: str = "internal_error"


@dataclass
class Gate:
    """Holds calls of a method before their effect; the test lets them go on."""

    method: str
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    after: bool = False
    """Hold the answer, after the effect."""

    def open(self) -> None:
        self.opened.set()


class Faults:
    """The faults that are set up."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._gates: list[Gate] = []
        self._random: random.Random | None = None
        self._rate = 0.0
        self._kinds: tuple[Kind, ...] = ()
        self.happened: list[tuple[str, Kind]] = []

    def add(self, kind: Kind, method: str = "*", times: int = 1, seconds: int = 1, error: str = "") -> Fault:
        fault = Fault(kind, method, times, seconds, error or "internal_error")
        self._planned.append(fault)
        return fault

    def at_random(self, seed: int, rate: float, kinds: tuple[Kind, ...] = ()) -> None:
        """Each call fails with that probability. No kinds: 500, 429, refused and dropped. Rate 0 ends it."""
        self._random = random.Random(seed)
        self._rate = rate
        self._kinds = kinds or (Kind.ERROR_500, Kind.RATELIMITED, Kind.REFUSED, Kind.DROPPED)

    def hold(self, method: str, after: bool = False) -> Gate:
        """Hold every call of a method until the gate is opened."""
        gate = Gate(method, after=after)
        self._gates.append(gate)
        return gate

    def clear(self) -> None:
        """No more faults; whoever is held goes on."""
        self._planned, self._rate = [], 0.0
        for gate in self._gates:
            gate.open()

    def next(self, method: str) -> Fault | None:
        """The fault for this call."""
        for fault in self._planned:
            if fault.times > 0 and fault.method in ("*", method):
                fault.times -= 1
                self.happened.append((method, fault.kind))
                return fault
        if self._random and self._random.random() < self._rate:
            fault = Fault(self._random.choice(self._kinds), method)
            self.happened.append((method, fault.kind))
            return fault
        return None

    async def pass_gate(self, method: str, after: bool) -> None:
        for gate in self._gates:
            if gate.method == method and gate.after is after and not gate.opened.is_set():
                gate.arrived.set()
                await gate.opened.wait()
