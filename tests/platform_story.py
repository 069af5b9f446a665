"""One story, told by a narrator to whichever platform it has, and what was to be read and seen of it afterwards.

Nothing in the story knows the platform: a narrator turns its deeds into commands, messages and presses, and gives back
what everybody in a thread sees, without what only the platform adds to it.
"""

import itertools
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import pytest

from tests.fakes import Gate

DONE_IN = re.compile(r"\b\d+(?:\.\d+)? (?:ms|s|min)\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\b\d\d:\d\d\b")


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the bot's as people see it."""

    text: str
    buttons: tuple[str, ...]
    pictures: tuple[str, ...] = ()
    """Alt text and digest of the pixels, a line each."""
    stars: tuple[str, ...] = ()
    """Of pictures that have some: `#2: 1`."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that is to be seen when the story is over."""

    roots: list[str]
    threads: list[list[Seen]]
    whispers: dict[str, list[str]]


ROOTS = ("a cat and a dog --seed 7 --n 2", "", "red things")
"""What stands in the roots of the story's threads, whatever else a platform says there."""


class Narrator(Protocol):
    """People on one platform. `thread` is a number: threads in the order of their beginning."""

    async def command(self, who: str, name: str, text: str, thread: int | None = None) -> None:
        """A command in the channel, or the same said in a thread in the way that the platform has."""

    async def say(self, who: str, text: str, thread: int) -> None:
        """Plain words in a thread."""

    async def press(self, who: str, thread: int, message: int, label: str) -> None:
        """The first button whose label begins so, of a thread's message."""

    async def until(self, ready: Callable[[], object]) -> None:
        """Wait until something holds of what is seen."""

    def root(self, thread: int) -> str:
        """The words that a thread hangs on, or nothing where there is no such thread yet."""

    def thread(self, thread: int) -> list[Seen]:
        """What the bot shows in a thread now, in order, without calls."""

    def whispered(self, who: str) -> list[str]:
        """What one person alone was told."""


def alike(text: str) -> str:
    """Words without what differs between any two tellings: times of day and how long it took."""
    return MOMENT.sub("<time>", DONE_IN.sub("<seconds>", text))


class Numbered:
    """In the place of the module `secrets`: ids and seeds that come in the same order in each telling."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._signs: Iterator[str] = iter(())

    def randbelow(self, most: int) -> int:
        """A seed."""
        return (next(self._numbers) * 7919) % most

    def choice(self, alphabet: str) -> str:
        """A sign of an id; eight make one."""
        sign = next(self._signs, "")
        if not sign:
            number = next(self._numbers)
            self._signs = iter([alphabet[number // 31 % 31], alphabet[number % 31], *"zzzzzz"])
            sign = next(self._signs)
        return sign

    def __getattr__(self, name: str) -> object:
        return getattr(secrets, name)


def fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the ids and seeds are those of every telling."""
    monkeypatch.setattr("bot.ids.secrets", Numbered())
    monkeypatch.setattr("bot.imagine.secrets", Numbered())


async def finished(on: Narrator, thread: int, message: int, says: str = "") -> Seen:
    """Wait for a message of a thread with its final pictures."""

    def there() -> Seen | None:
        seen = on.thread(thread)
        if len(seen) <= message:
            return None
        one = seen[message]
        whole = one.pictures and "Stop" not in one.buttons and "Again" in one.buttons
        return one if whole and says in one.text else None

    await on.until(there)
    found = there()
    assert found is not None
    return found


async def shown(on: Narrator, thread: int, says: str) -> Seen:
    """Wait for a message of a thread that says something, in words or in what its pictures are called."""

    def there() -> Seen | None:
        return next((one for one in on.thread(thread) if says in one.text or says in "".join(one.pictures)), None)

    await on.until(there)
    found = there()
    assert found is not None
    return found


async def tell(on: Narrator) -> Transcript:
    """The story. Returns all that is to be seen at its end."""
    await on.command("Ann", "imagine", "a cat and a dog --seed 7 --n 2")
    await finished(on, 0, 0)

    await on.say("Ben", "at night", 0)
    await finished(on, 0, 1)

    await on.press("Ann", 0, 1, "2")
    await on.until(lambda: "going on from #2" in on.thread(0)[1].text)
    await on.press("Ann", 0, 1, "Vary 2 (subtle)")
    await finished(on, 0, 2)

    await on.press("Ann", 0, 2, "Undo")
    await shown(on, 0, "Back at version 2")

    await on.say("Ben", "make it blue", 0)
    await shown(on, 0, "Which one do you mean")
    question = next(at for at, one in enumerate(on.thread(0)) if "Which one" in one.text)
    label = next(each for each in on.thread(0)[question].buttons if "dog" in each)
    await on.press("Ann", 0, question, label)
    await finished(on, 0, question + 1, "a blue dog")

    await on.press("Ben", 0, 0, "Star 2")
    await on.until(lambda: "Star 2 (1)" in on.thread(0)[0].buttons)
    await on.press("Ben", 0, 0, "Let the votes decide")
    await on.until(lambda: "going on from #2" in on.thread(0)[0].text)

    await on.press("Ben", 0, 0, "Continue 2")
    await on.until(lambda: on.root(1) and on.thread(1))

    await on.command("Ann", "tree", "", 0)
    await shown(on, 0, "A tree of pictures")

    await on.command("Ann", "party", "red things --minutes 5")
    await on.until(lambda: on.root(2) and on.thread(2))
    await on.command("Ben", "imagine", "a red hat --n 1 --seed 3", 2)
    await on.until(lambda: any(one.pictures and "Again" in one.buttons for one in on.thread(2)))
    hat = next(at for at, one in enumerate(on.thread(2)) if one.pictures)
    await on.press("Ann", 2, hat, "Star")
    await on.until(lambda: "Star 1 (1)" in on.thread(2)[hat].buttons)
    await on.command("Ann", "party", "end", 2)
    await on.until(lambda: any("is over" in one.text and one.pictures for one in on.thread(2)))
    return Transcript(
        roots=[on.root(number) for number in range(3)],
        threads=[on.thread(number) for number in range(3)],
        whispers={who: on.whispered(who) for who in ("Ann", "Ben")},
    )


async def told_of_the_line(on: Narrator, gate: Gate, stopped: str) -> None:
    """Ann, who may have two in line, waits, asks for too much and stops; Ben looks. Nothing is drawn until the end."""
    try:
        await on.command("Ann", "imagine", "a car --n 1")
        await on.until(lambda: on.thread(0))
        await on.command("Ann", "imagine", "a cat --n 1")
        await on.until(lambda: on.thread(1) and "2nd in line" in on.thread(1)[0].text)
        await on.command("Ann", "imagine", "a dog")
        await on.until(lambda: on.whispered("Ann"))
        assert "You have 2" in on.whispered("Ann")[-1]
        await on.command("Ben", "queue", "")
        await on.until(lambda: on.whispered("Ben"))
        assert on.whispered("Ben")[-1].startswith("2 from other people"), on.whispered("Ben")
        await on.press("Ann", 1, 0, "Stop")
        await on.until(lambda: any(stopped in it.text for it in on.thread(1)))
    finally:
        gate.open()
    await on.until(lambda: any(it.pictures for it in on.thread(0)))
