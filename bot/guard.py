"""Who may ask how much, and for what. A refusal names its rule."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.access import Access
from bot.errors import AgeRestricted, Blocked, LineFull, TooManyAtOnce
from bot.events import Event
from bot.ids import read_id
from bot.memory.memory import Memory
from bot.party import Rounds
from bot.plan import Plan
from engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Rules:
    """What whoever runs the bot allows."""

    per_person: int = 20
    """Sets that one person may have under way at the same time."""
    line: int = 200
    """Sets that may be under way for everybody together."""
    blocked_words: tuple[str, ...] = ()
    """Words that are not drawn here, as whole words, in any case."""
    mature_words: tuple[str, ...] = ()
    """Words that are drawn in age-restricted places alone."""


class Guard:
    """Says no before anything has been begun."""

    def __init__(self, engine: Engine, memory: Memory, access: Access, rounds: Rounds, rules: Rules) -> None:
        self._engine, self._memory, self._access, self._rounds, self._rules = engine, memory, access, rounds, rules
        self._blocked, self._mature = _any_of(rules.blocked_words), _any_of(rules.mature_words)

    @property
    def limits(self) -> tuple[int, int]:
        """How many turns may be under way, of one person and of everybody: counted once more where they are begun."""
        return self._rules.per_person, self._rules.line

    def _seconds(self) -> float | None:
        """When there will be room: as soon as the first of those in line is done."""
        return min((each.seconds for each in self._engine.line() if each.seconds is not None), default=None)

    async def admit(self, event: Event, about: str = "") -> None:
        """Let a person take part in the conversation of a place.

        Args:
            about: the id of the turn or picture whose conversation it is, if that may be elsewhere.

        Raises:
            MayNotRefine: it is open to some people only.
        """
        turn = await self._memory.turn(read_id(about)[0]) if about else None
        await self._access.check(event, turn.where if turn else event.place)

    async def check(self, event: Event, plans: Sequence[Plan]) -> bool:
        """Let the plans of an event pass. False if it was handled before: its own turns must not count against it.

        Raises:
            MayNotRefine: the place is open to some people only.
            PartyWords: a round in this place asks for words that a prompt lacks.
            Blocked: a prompt asks for what is not drawn here.
            AgeRestricted: it asks for what age-restricted places alone draw, and this is none.
            TooManyAtOnce: the person's share is used up.
            LineFull: everybody together has asked for as much as is taken.
        """
        await self.admit(event)
        for plan in plans:
            await self._rounds.required(event.place, plan.query.prompt)
        if words := _found(self._blocked, plans):
            raise Blocked(words)
        if not event.mature and (words := _found(self._mature, plans)):
            raise AgeRestricted(words)
        standing = await self._memory.standing(event.place.platform, event.event_id, event.person.id)
        if standing.handled:
            return False
        if standing.mine + len(plans) > self._rules.per_person:
            raise TooManyAtOnce(self._rules.per_person)
        if standing.everybodys + len(plans) > self._rules.line:
            raise LineFull(standing.everybodys, self._seconds())
        return True


def _any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    alternatives = "|".join(re.escape(word) for word in words if word)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE) if alternatives else None


def _found(words: re.Pattern[str] | None, plans: Sequence[Plan]) -> tuple[str, ...]:
    """Those of the words that the prompts have."""
    if words is None:
        return ()
    return tuple(sorted({word.lower() for plan in plans for word in words.findall(plan.query.prompt)}))
