"""Rounds on a theme: opened in a thread, with words that prompts must have, won by the most stars."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from bot import required_words, wording
from bot import wording_together as together
from bot.errors import NotYours, PartyWords, TooLong
from bot.events import Party
from bot.ids import new_turn_id
from bot.memory.parties import Outcome, Parties, utc
from bot.memory.tables import Party as Round
from bot.place import Place
from bot.plain_text import clean
from bot.query import Query
from bot.replies import Reply, Shown, Whisper
from bot.top import starred

LONGEST = 200
"""Characters of a theme, and of the required words together."""

END = "end"
"""The theme that ends the open round."""


class Rounds:
    """Answers /party, looks for the required words, and announces the winners."""

    def __init__(self, parties: Parties, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._parties, self._now = parties, now
        self._opened: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._one_at_a_time = asyncio.Lock()
        self._announcing: set[str] = set()

    def opened(self, platform: str) -> asyncio.Event:
        """Set when a round of the platform opens; for the one who waits for the next end, who clears it."""
        return self._opened[platform]

    async def required(self, place: Place, prompt: str) -> None:
        """Let a new prompt pass.

        Raises:
            PartyWords: a round is open in the place, and the prompt does not have all of its words.
        """
        party = await self._parties.at(place, self._now())
        if party is None:
            return
        if missing := await asyncio.to_thread(required_words.missing, json.loads(party.words), prompt):
            raise PartyWords(party.theme, missing)

    async def refusal(self, event: Party) -> Whisper | None:
        """Why the event can't be taken, before a thread is opened for it; None if it can. Writes nothing.

        Raises:
            TooLong: the theme or the words are.
            NotYours: only who opened a round, or a moderator, ends it.
        """
        theme, words = clean(event.theme), clean(event.words)
        if not theme:
            return Whisper(together.no_theme())
        for text in (theme, words):
            if len(text) > LONGEST:
                raise TooLong(len(text), LONGEST)
        now = self._now()
        party = await self._parties.at(event.place, now)
        if theme.casefold() == END:
            if party is None:
                return Whisper(together.no_party_here())
            if event.person.id != party.person_id and not event.person.moderator:
                raise NotYours(party.id)
        elif party and party.event_id != event.event_id:
            return _open_already(party, now)
        return None

    async def handle(self, event: Party) -> AsyncGenerator[Shown, None]:
        """Open a round, or end the open one."""
        if refusal := await self.refusal(event):
            yield refusal
            return
        replies = self._end(event) if clean(event.theme).casefold() == END else self._open(event)
        async with aclosing(replies):
            async for shown in replies:
                yield shown

    async def results(self, platform: str, now: datetime) -> list[tuple[Place, AsyncGenerator[Shown, None]]]:
        """The announcements of the rounds that are over, each with its place.

        When the reader comes back for more after an announcement, it is out, and the round is marked as posted.
        """
        over = await self._parties.end_due(platform, now)
        return [(Place.parse(party.place), self._announced(party.id)) for party in over]

    async def _open(self, event: Party) -> AsyncGenerator[Shown, None]:
        now = self._now()
        asked = Round(
            id=new_turn_id(),
            event_id=event.event_id,
            platform=event.place.platform,
            place=str(event.place),
            workspace=event.place.workspace,
            person_id=event.person.id,
            person_name=event.person.name,
            theme=clean(event.theme),
            words=json.dumps(required_words.split(event.words), ensure_ascii=False),
            created_at=now,
            ends_at=now + timedelta(minutes=event.minutes),
        )
        async with self._one_at_a_time:
            party = await self._parties.open(asked)
        if party.event_id != event.event_id:
            yield _open_already(party, now)
            return
        if party.ended:
            return  # delivered again, after its round
        self._opened[party.platform].set()
        yield _opening(party)

    async def _end(self, event: Party) -> AsyncGenerator[Shown, None]:
        party = await self._parties.at(event.place, self._now())
        if party is None or not await self._parties.end_now(event.event_id, party.id, self._now()):
            return  # it ended by itself in this moment, and is announced, or was ended by this very event before
        async with aclosing(self._announced(party.id)) as replies:
            async for shown in replies:
                yield shown

    async def _announced(self, id: str) -> AsyncGenerator[Shown, None]:
        outcome = await self._parties.outcome(id)
        if outcome.party.posted or id in self._announcing:
            return
        self._announcing.add(id)
        try:
            yield _announcement(outcome)
            await self._parties.posted(id)
        finally:
            self._announcing.discard(id)


def _opening(party: Round) -> Reply:
    left = (party.ends_at - party.created_at).total_seconds()
    words = json.loads(party.words)
    return Reply(
        key=party.event_id,
        title=together.party_title(party.theme),
        text=together.party_opened(party.person_name, party.theme, words, party.ends_at, left),
    )


def _open_already(party: Round, now: datetime) -> Whisper:
    end = utc(party.ends_at)
    return Whisper(together.party_open_already(party.theme, end, (end - now).total_seconds()))


def _announcement(outcome: Outcome) -> Reply:
    party, winner = outcome.party, outcome.winner
    key, title = f"{party.id}-end", together.party_title(party.theme)
    if winner is None:
        return Reply(key=key, title=title, text=together.party_without_winner(party.theme))
    name, id = winner.turn.person_name, winner.picture.id
    if winner.picture.deleted or winner.picture.private:
        text = together.party_won_by_what_is_gone(party.theme, name, id)
        return Reply(key=key, title=title, text=text, mention=winner.picture.owner_id)
    prompt = wording.title(Query.from_canonical(winner.turn.query).prompt)
    return Reply(
        key=key,
        title=title,
        text=together.party_won(party.theme, name, id, winner.stars, prompt, outcome.tied),
        pictures=(starred(winner),),
        mention=winner.picture.owner_id,
    )
