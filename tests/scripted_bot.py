"""A bot that answers by a script and draws when it is told to: what the console's tests talk to instead of a model."""

import asyncio
import io
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from bot import events
from bot.buttons import (
    Again,
    Choose,
    Decide,
    Delete,
    Edit,
    Fork,
    Pick,
    Star,
    Stop,
    Undo,
    Unset,
    Upscale,
    Vary,
    from_token,
)
from bot.events import AnyEvent, Describe, Help, Imagine, Invite, Message, Press, Queue, Settings, Submit, Tree
from bot.place import Place
from bot.replies import Button, Chart, Form, Link, Picture, Preview, Progress, Reply, Shown, Whisper

STEPS = 4


def pixels(seed: int, size: int) -> np.ndarray:
    """A disc before a sky, each seed in its own colours."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size] / size
    sky = rng.integers(60, 255, 3) * (1 - 0.6 * y[..., None]) + rng.integers(0, 90, 3) * y[..., None]
    cx, cy, r = rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.6), rng.uniform(0.12, 0.28)
    disc = ((x - cx) ** 2 + (y - cy) ** 2 < r * r)[..., None]
    hill = (y > 0.72 + 0.08 * np.sin(6 * x + seed))[..., None]
    picture = np.where(disc, rng.integers(120, 255, 3), sky)
    return np.clip(np.where(hill, rng.integers(10, 110, 3), picture), 0, 255).astype(np.uint8)


def encode(preview: Preview) -> bytes:
    """A preview as PNG."""
    return png(preview.pixels)


def png(picture: np.ndarray) -> bytes:
    """Pixels as PNG."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


@dataclass
class Turn:
    """A set that was asked for."""

    id: str
    place: Place
    person: str
    name: str
    prompt: str
    diff: str = ""
    """What it changes, in one line."""
    settings: tuple[str, ...] = ()
    """Those that can be taken away."""
    undone: str = ""
    """Who took it back."""
    done: bool = False
    stopped: asyncio.Event = field(default_factory=asyncio.Event)


class ScriptedBot:
    """It keeps its turns when the console is started again, as the real one does in its database."""

    def __init__(self) -> None:
        self.ends: list[tuple[Place, AsyncGenerator[Shown, None]]] = []
        self.turns: dict[str, Turn] = {}
        self.events: list[AnyEvent] = []
        self.files: dict[str, bytes] = {}
        self.steps = asyncio.Semaphore(0)
        """Released once for every step that may be drawn."""
        self.broken = False
        self.stars: dict[str, set[str]] = {}
        """Who voted for a picture, by its id."""

    def draw(self, steps: int = STEPS) -> None:
        """Let some steps happen."""
        for _ in range(steps):
            self.steps.release()

    async def read(self, file: str) -> bytes:
        """A picture's bytes."""
        try:
            return self.files[file]
        except KeyError:
            raise FileNotFoundError(file) from None

    async def refusal(self, event: AnyEvent) -> Whisper | None:
        """Everything may be drawn but the forbidden."""
        if isinstance(event, Imagine) and "forbidden" in event.prompt:
            return Whisper("This place does not draw “forbidden”.")
        return None

    async def handle(self, event: AnyEvent) -> AsyncGenerator[Shown, None]:
        """Answer as the real bot does: a set that was asked for before is not begun again."""
        self.events.append(event)
        if self.broken:
            raise RuntimeError("broken")
        match event:
            case Message(text="make it blue"):
                answers = (Button("the car", Choose(event.event_id, 0)), Button("the sky", Choose(event.event_id, 1)))
                yield Reply(key=f"question {event.event_id}", text="Which should be blue?", buttons=answers)
            case Tree() | Settings() | events.Fork():
                async for shown in self._answered(event):
                    yield shown
            case Imagine(prompt=prompt) | Message(text=prompt) if event.place.thread:
                if event.event_id not in {turn.id for turn in self.turns.values()}:
                    turn = Turn(event.event_id, event.place, event.person.id, event.person.name, prompt)
                    self.turns[turn.id] = turn
                    if ", 16:9, seed kept" in prompt:
                        turn.diff, turn.settings = "+ at night, 1:1 -> 16:9, seed kept", ("16:9", "seed 42")
                    async for reply in self._drawn(turn):
                        yield reply
            case Help():
                yield Whisper("Write /imagine and what you want to see.")
            case Invite(who=who):
                yield Whisper(f"{who.name} may refine here.")
            case Queue():
                yield Whisper("Nothing is in line.")
            case Describe():
                yield Reply(key=f"answer {event.event_id}", text="It looks like: a disc before a sky")
            case Press(token=token):
                async for shown in self._pressed(event, token):
                    yield shown
            case Submit(text=text):
                turn = Turn(event.event_id, event.place, event.person.id, event.person.name, text)
                self.turns[turn.id] = turn
                async for reply in self._drawn(turn):
                    yield reply

    async def resume(self, platform: str) -> list[tuple[Place, AsyncGenerator[Shown, None]]]:
        """The sets that are not done."""
        return [(turn.place, self._drawn(turn)) for turn in self.turns.values() if not turn.done]

    async def due(self, platform: str) -> AsyncGenerator[tuple[Place, AsyncGenerator[Shown, None]], None]:
        for place, replies in self.ends:
            yield place, replies

    async def _pressed(self, event: Press, token: str) -> AsyncGenerator[Shown, None]:
        match from_token(token):
            case Pick(picture=id):
                turn = self.turns[id.rpartition("-")[0]]
                yield self._final(turn, picked=int(id[-1]))
                yield Whisper(f"You chose #{id[-1]}: what is written next starts from it.")
            case Edit(turn=id):
                yield Form(title="Edit the prompt", label="Prompt", text=self.turns[id].prompt, action=Edit(id))
            case Stop(turn=id):
                self.turns[id].stopped.set()
            case Vary(picture=id):
                async for reply in self._next(event, self.turns[id.rpartition("-")[0]].prompt):
                    yield reply
            case Choose(question=question, reading=reading):
                chosen = ("the car", "the sky")[reading]
                yield Reply(key=f"question {question}", text=f"Which should be blue? {event.person.name}: {chosen}")
                async for reply in self._next(event, f"blue, {chosen}"):
                    yield reply
            case Unset(turn=id, setting=setting):
                before = self.turns[id]
                left = tuple(each for each in before.settings if each.partition(" ")[0] != setting)
                async for reply in self._next(event, before.prompt, f"without {setting}", left):
                    yield reply
            case Undo(turn=id):
                self.turns[id].undone = event.person.name
                yield self._final(self.turns[id])
            case Star(picture=id):
                turn = self.turns[id.rpartition("-")[0]]
                if turn.person == event.person.id:
                    yield Whisper("One star a person, and none for oneself.")
                    return
                self.stars[id] = self.stars.get(id, set()) ^ {event.person.id}
                yield self._final(turn)
            case Fork(picture=id):
                async for reply in self._forked(event, id):
                    yield reply

    async def _next(
        self, event: AnyEvent, prompt: str, diff: str = "", settings: tuple[str, ...] = ()
    ) -> AsyncGenerator[Shown, None]:
        """One more set, begun by a press."""
        turn = Turn(event.event_id, event.place, event.person.id, event.person.name, prompt, diff, settings)
        self.turns[turn.id] = turn
        async for reply in self._drawn(turn):
            yield reply

    async def _answered(self, event: AnyEvent) -> AsyncGenerator[Shown, None]:
        """What is answered without drawing a set."""
        match event:
            case Tree():
                self.files["tree.png"] = png(pixels(5, 320))
                chart = Chart("tree.png", "Chart: a tree of 2 sets, going on from #2", 320, 320)
                twin = "2 sets in this conversation\n1  a red car\n   2  + at night   (going on from here)"
                yield Reply(key=f"tree {event.event_id}", text=twin, charts=(chart,))
            case Settings(refine=refine):
                words = f"{refine} may refine here now" if refine else "everyone may refine here"
                yield Reply(key=f"settings {event.event_id}", text=words)
            case events.Fork(id=id):
                async for reply in self._forked(event, id):
                    yield reply

    async def _forked(self, event: AnyEvent, id: str) -> AsyncGenerator[Shown, None]:
        """The thread has been opened; it and the one where the picture is from know of each other."""
        origin = self.turns[id.rpartition("-")[0]]
        turn = Turn(event.event_id, event.place, event.person.id, event.person.name, origin.prompt, done=True)
        self.turns[turn.id] = turn
        link = Link(f"picture {id[-1]} of {origin.name}'s thread", origin.place)
        yield replace(self._final(turn), title=f"{event.person.name}'s own way", links=(link,))
        there = Link(f"{event.person.name}'s new thread", event.place)
        words = f"{event.person.name} goes on from picture {id[-1]} in a new thread"
        yield Reply(key=f"fork {event.event_id}", text=words, links=(there,), place=origin.place)

    async def _drawn(self, turn: Turn) -> AsyncGenerator[Shown, None]:
        head = _head(turn)
        undo = (Button("Undo", Undo(turn.id)),) if turn.diff else ()
        stop = (*undo, Button("Stop", Stop(turn.id), danger=True))
        base = Reply(key=turn.id, title=turn.prompt, text="", buttons=stop, chips=_chips(turn), final=False)
        yield replace(base, text=f"{head}\n3rd in line · about 40 s")
        for step in range(1, STEPS + 1):
            release = asyncio.create_task(self.steps.acquire())
            stopped = asyncio.create_task(turn.stopped.wait())
            try:
                await asyncio.wait((release, stopped), return_when=asyncio.FIRST_COMPLETED)
            finally:
                release.cancel()
                stopped.cancel()
            if turn.stopped.is_set():
                turn.done = True
                yield Reply(key=turn.id, title=turn.prompt, text=f"{head}\nStopped.", buttons=(_again(turn),))
                return
            size = 4 * 2**step
            previews = tuple(
                Preview(pixels(each, size), f"unfinished: {turn.prompt}, {each + 1}", 128, 128) for each in range(4)
            )
            left = f"Drawing, step {step} of {STEPS} · about {10 * (STEPS - step)} s left"
            yield replace(base, text=f"{head}\n{left}", previews=previews, progress=Progress(step / STEPS))
        turn.done = True
        yield self._final(turn, mention=turn.person)

    def _final(self, turn: Turn, picked: int = 0, mention: str = "") -> Reply:
        pictures = []
        for index in range(1, 5):
            file = f"{turn.id.replace('.', '-')}-{index}.png"
            self.files[file] = png(pixels(index - 1 + len(turn.prompt), 256))
            alt = f"AI image: {turn.prompt} (picture {index} of 4)"
            stars = len(self.stars.get(f"{turn.id}-{index}", ()))
            pictures.append(Picture(f"{turn.id}-{index}", file, alt, 256, 256, seed=41 + index, stars=stars))
        if turn.undone:
            words = f"{_head(turn)}\nTaken back by {turn.undone}."
            return Reply(
                key=turn.id, title=turn.prompt, text=words, buttons=(_again(turn), Button("Edit", Edit(turn.id)))
            )
        going_on = f" · going on from #{picked}" if picked else ""
        vary = picked or 1
        return Reply(
            key=turn.id,
            title=turn.prompt,
            text=f"{_head(turn)}\n{turn.id[-6:]} · took 12 s{going_on}",
            pictures=tuple(pictures),
            chips=_chips(turn),
            buttons=(
                *(Button(str(index), Pick(f"{turn.id}-{index}")) for index in range(1, 5)),
                Button(f"Vary {vary} (subtle)", Vary(f"{turn.id}-{vary}", "subtle")),
                Button(f"Vary {vary} (strong)", Vary(f"{turn.id}-{vary}", "strong")),
                _again(turn),
                Button("Edit", Edit(turn.id)),
                Button("Delete", Delete(turn.id), danger=True),
                Button(f"Upscale {vary}", Upscale(f"{turn.id}-{vary}")),
                Button("Undo", Undo(turn.id)),
                *(Button("Star", Star(f"{turn.id}-{index}")) for index in range(1, 5)),
                Button("Continue in a new thread", Fork(f"{turn.id}-{vary}")),
                Button("Let the votes decide", Decide(turn.id)),
            ),
            mention=mention,
        )


def _again(turn: Turn) -> Button:
    return Button("Again", Again(turn.id))


def _head(turn: Turn) -> str:
    return "\n".join(line for line in (f"{turn.prompt} for {turn.name}", turn.diff) if line)


def _chips(turn: Turn) -> tuple[Button, ...]:
    return tuple(Button(each, Unset(turn.id, each.partition(" ")[0])) for each in turn.settings)
