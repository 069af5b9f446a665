"""What people say in a thread, and what it comes to: a turn to draw, a way back, a question, or nothing.

The grammar (refine/) is pure; here its situation is looked up, and what it found is written down and shown.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from bot import cards, shapes, wording_refine
from bot import wording_conversation as wording
from bot.brought import Brought, shape
from bot.buttons import Choose
from bot.command_text import leading_links
from bot.draw import Drawer
from bot.errors import AlreadyAnswered, NotFound, Refused, UnknownChoice
from bot.events import AnyEvent, Message, Press
from bot.ids import new_turn_id
from bot.imagine import drawn, fresh_seed
from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.memory.tables import Question as Asked
from bot.models import Models
from bot.place import Place
from bot.plain_text import words
from bot.plan import Plan
from bot.query import Query
from bot.refine import answer, apply, understand
from bot.refine.edits import Reading, Vary, readings_from_json, readings_to_json
from bot.refine.language import Language
from bot.refine.outcome import Back, Draw, Ignore, Outcome, Question, Situation
from bot.refine.pictures import VARY_STRENGTH
from bot.replies import Button, Reply, Shown
from bot.resolve import STRENGTH
from bot.visible import may_see, within
from engine.errors import EngineError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said about a turn, understood."""

    outcome: Outcome
    text: str
    turn: Turn
    """That it was said about."""
    plan: Plan | None = None
    """For a Draw."""
    answers: str = ""
    """The id of the question that it answers."""


class Refiner:
    """Understands messages and answers, and shows what draws nothing."""

    def __init__(
        self, models: Models, memory: Memory, brought: Brought, drawer: Drawer, language: Language | None
    ) -> None:
        self._models, self._memory, self._brought, self._drawer = models, memory, brought, drawer
        self._language = language

    async def read(self, event: Message) -> Said | None:
        """What a message comes to; None if there is nothing in this place to say it about, or it is not for the bot.

        Raises:
            BotError: it is for the bot, and something is wrong with it.
        """
        if await self._memory.handled(event.place.platform, event.event_id):
            return None  # it is delivered again, and by now it would be about something else
        asked = await self._memory.questions.open_one(event.place, event.person.id)
        if asked and (reading := answer.find(event.text, readings_from_json(asked.readings))):
            return await self._chosen(event, asked, reading)
        turn, picked = await self._about(event)
        if turn is None:
            return None
        links, said = leading_links(words(event.text))
        text = " ".join(said) if links else event.text
        brought = event.picture is not None or bool(links)
        situation = await self._situation(event, turn, addressed=event.addressed or event.picture is not None)
        going_on = replace(situation, query=_from(situation.query, picked))
        if brought and not text.strip() and situation.addressed:
            outcome: Outcome = Draw(kind="draw", query=replace(situation.query, seed=situation.random_seed), edits=())
        else:
            outcome, going_on = await self._understood(text, going_on)
        remarks: tuple[str, ...] = ()
        unread = isinstance(outcome, Question) and outcome.unread
        if self._language and unread and (draw := await self._read(self._language, text, going_on)):
            outcome, remarks = draw, (wording.read_by(self._language.name),)
        if isinstance(outcome, Ignore):
            return None
        if isinstance(outcome, Question) and brought:
            outcome = Question(wording.picture_and_question(outcome.text))
        if isinstance(outcome, Draw) and outcome.parent and brought:
            outcome = Question(wording.two_starts(outcome.parent))
        if not isinstance(outcome, Draw):
            return Said(outcome, text, turn)
        plan = await self._plan(outcome, situation, turn, event.text, picked)
        plan = replace(plan, remarks=(*remarks, *plan.remarks))
        if brought and (pixels := await self._brought.look(event.picture, links)) is not None:
            width, height = shapes.size(shape(pixels), going_on.card)
            plan = replace(plan, start=pixels, query=replace(plan.query, width=width, height=height))
        return Said(outcome, text, turn, plan)

    async def _understood(self, text: str, situation: Situation) -> tuple[Outcome, Situation]:
        """What the grammar makes of words; if they name another model, by the card of that one."""
        try:
            return await asyncio.to_thread(understand, text, situation), situation
        except UnknownChoice as error:
            if error.flag != "--model":
                raise
            situation = replace(situation, card=await self._models.asked(error.value))
            return await asyncio.to_thread(understand, text, situation), situation

    async def at_home(self, event: Message) -> Message:
        """What is said about a set where it was brought back, as if it were said where the set lives.

        Raises:
            NotFound: the set is gone, or not the person's to see.
            Refused: it answers no set, or what is said in private would be read by others.
        """
        turn = await self._memory.turn(cards.turn_of(event.reply_to))
        if turn is None:
            raise Refused(wording_refine.NOTHING_THERE)
        if turn.state == "deleted" or not may_see(turn, event):
            raise NotFound(turn.id)
        if event.sheltered and turn.sheltered not in within(event.place)[1:]:
            raise Refused(wording_refine.IN_PRIVATE)
        # It is as private as the place where it is shown, and asks for no more than may be shown there.
        sheltered: Literal["", "channel", "thread"] = "channel" if turn.sheltered else ""
        if turn.sheltered == turn.place:
            sheltered = "thread"
        return replace(event, place=turn.where, sheltered=sheltered, mature=event.mature and turn.mature)

    async def choose(self, event: Press, action: Choose) -> Said:
        """What pressing one of a question's readings comes to.

        Raises:
            NotFound: there is no such question here, or it was answered.
        """
        asked = await self._memory.questions.question(action.question)
        readings = readings_from_json(asked.readings) if asked else ()
        if asked is None or action.reading >= len(readings) or Place.parse(asked.place) != event.place:
            raise NotFound(action.question)
        if asked.closed:
            raise AlreadyAnswered
        return await self._chosen(event, asked, readings[action.reading])

    async def show(self, event: AnyEvent, said: Said) -> AsyncGenerator[Shown, None]:
        """Close the question that was answered, and show what draws nothing: a way to a version, or a question."""
        if said.answers:
            if said.plan is None:  # else it was closed with the turn that was begun
                await self._memory.questions.close_one(said.answers)
            if asked := await self._memory.questions.question(said.answers):
                text = wording.answered(asked.text, said.text, event.person.name)
                yield Reply(key=asked.id, text=text, place=Place.parse(asked.place))
        elif isinstance(event, Message):
            await self._memory.questions.close(event.place, event.person.id)  # they speak of something else now
        match said.outcome:
            case Back(version=int(version)):
                async with aclosing(self.back(event, said.turn, version)) as back:
                    async for shown in back:
                        yield shown
            case Question(text=text, readings=readings):
                yield await self._ask(event, said, text, readings)

    async def back(self, event: AnyEvent, turn: Turn, version: int | None = None) -> AsyncGenerator[Shown, None]:
        """Go back to a version of the thread, or to what the turn came from, and show it again.

        Raises:
            NotFound: there is no such version, or nothing before.
        """
        turns = {each.id: each for each in await self._memory.conversation(turn.where)}
        if version is None:
            target = turns.get(turn.parent_turn or "")
            while target and target.state == "deleted":
                target = turns.get(target.parent_turn or "")  # what is gone is passed by
            if target is None:
                raise Refused(wording_refine.FIRST_VERSION)
        else:
            target = next((each for each in turns.values() if each.version == version), None)
        if target is None or target.state == "deleted" or not may_see(target, event):
            raise NotFound(str(version or turn.parent_turn))
        if await self._memory.handle_once(event.place.platform, event.event_id):
            await self._memory.go_back(turn.where, target.id)
        reply = await self._drawer.reply(target)
        told = f"{wording.back_at(target.version, event.person.name)}\n{reply.text}"
        yield replace(cards.answering(reply, event.event_id), text=told)

    async def _about(self, event: Message) -> tuple[Turn | None, Picture | None]:
        """The turn that a message is about, and the picture that was picked of it."""
        head = await self._memory.head(event.place, event.person.id)
        turn = await self._memory.turn(cards.turn_of(event.reply_to)) if event.reply_to else None
        if turn:
            if turn.state == "deleted" or not may_see(turn, event):
                raise NotFound(turn.id)
            return turn, head.picture if head and head.turn.id == turn.id else None
        return (head.turn, head.picture) if head else (None, None)

    async def _situation(self, event: AnyEvent, turn: Turn, *, addressed: bool = False) -> Situation:
        query = Query.from_canonical(turn.query)
        turns = await self._memory.conversation(turn.where)
        by_id = {each.id: each for each in turns}
        before: list[Query] = []
        above = by_id.get(turn.parent_turn or "")
        while above and may_see(above, event):
            before.insert(0, Query.from_canonical(above.query))
            above = by_id.get(above.parent_turn or "")
        return Situation(
            query=query,
            card=await self._models.card(query.model),
            pictures=tuple(picture.id for picture in await self._memory.pictures(turn.id)),
            before=tuple(before),
            # Of what the person may not see the number alone is known.
            versions=tuple(Query.from_canonical(each.query) if may_see(each, event) else query for each in turns),
            addressed=addressed,
            random_seed=fresh_seed(),
        )

    async def _chosen(self, event: AnyEvent, asked: Asked, reading: Reading) -> Said:
        turn = await self._memory.turn(asked.turn_id)
        if turn is None or turn.state == "deleted" or not may_see(turn, event):
            raise NotFound(asked.turn_id)
        if not reading.edits:
            return Said(Ignore(), reading.label, turn, answers=asked.id)
        situation = await self._situation(event, turn)
        head = await self._memory.head(turn.where, event.person.id)
        picked = head.picture if head and head.turn.id == turn.id else None
        going_on = replace(situation, query=_from(situation.query, picked))
        outcome = await asyncio.to_thread(apply, reading.edits, going_on)
        plan = None
        if isinstance(outcome, Draw):
            plan = replace(await self._plan(outcome, situation, turn, asked.said, picked), answers=asked.id)
        return Said(outcome, reading.label, turn, plan, answers=asked.id)

    async def _read(self, language: Language, text: str, situation: Situation) -> Draw | None:
        """What a language model makes of words; None if it makes nothing of them, or can't be asked."""
        try:
            return await language.read(text, situation)
        except EngineError:
            log.warning("the language model can't be asked", exc_info=True)
            return None

    async def _plan(self, draw: Draw, situation: Situation, turn: Turn, text: str, picked: Picture | None) -> Plan:
        """The plan of a refinement. Without a picture that was named or picked, Vary takes the closest."""
        named = situation.pictures[draw.parent - 1] if draw.parent else ""
        if draw.kind == "again":
            draw = replace(
                draw, query=replace(draw.query, start=situation.query.start, strength=situation.query.strength)
            )
        vary = next((edit for edit in draw.edits if isinstance(edit, Vary)), None)
        if vary and not named and not picked:
            closest = await self._memory.closest(turn.id)
            if closest is None:
                raise NotFound(turn.id)
            named = closest.id
            draw = replace(draw, query=replace(draw.query, start=named, strength=VARY_STRENGTH[vary.how]))
        picture = await self._memory.picture(named) if named else picked if draw.kind != "again" else None
        return drawn(draw, turn, text, picture)

    async def _ask(self, event: AnyEvent, said: Said, text: str, readings: tuple[Reading, ...]) -> Reply:
        if not readings:
            return Reply(key=f"{event.event_id}-unclear", text=text)
        asked = Asked(
            id=new_turn_id(),
            event_id=event.event_id,
            place=str(event.place),
            turn_id=said.turn.id,
            person_id=event.person.id,
            said=said.text,
            text=text,
            readings=readings_to_json(readings),
            created_at=datetime.now(UTC),
        )
        asked = await self._memory.questions.ask(event.place.platform, asked)
        buttons = (Button(reading.label, Choose(asked.id, at)) for at, reading in enumerate(readings))
        return Reply(key=asked.id, text=text, buttons=tuple(buttons))


def _from(query: Query, picked: Picture | None) -> Query:
    """The query, going on from the picture that was picked."""
    return replace(query, start=picked.id, strength=STRENGTH) if picked else query
