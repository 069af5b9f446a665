"""From an event to the turns it asks for: /imagine, the edit form, and the buttons that draw.

Planning looks and never writes, so the front door may plan once to refuse early and once more to begin.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import command_text, plan, resolve, wording, wording_refine
from bot.brought import Brought, shape
from bot.buttons import Again, Edit, Unset, Upscale, Vary, from_token
from bot.command_text import Ask
from bot.errors import NotFound, Refused
from bot.events import AnyEvent, Imagine, Press, Show, Submit, Upload
from bot.finder import Finder
from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.models import Models
from bot.plan import Plan
from bot.prefer import Preferences
from bot.query import Query
from bot.refine import apply, edits
from bot.refine.outcome import Draw, Question, Situation
from bot.visible import may_see
from engine.jobs import Card, Pixels


class Planner:
    """Reads events into plans, and writes plans down as turns."""

    def __init__(
        self, models: Models, memory: Memory, brought: Brought, preferences: Preferences, finder: Finder
    ) -> None:
        self._models, self._memory, self._brought = models, memory, brought
        self._preferences, self._finder = preferences, finder

    async def plan(self, event: AnyEvent) -> list[Plan]:
        """What the event asks to be drawn; nothing if it asks for no drawing.

        Raises:
            BotError: with what is wrong with it.
            EngineError: the model cannot be opened.
        """
        match event:
            case Imagine(prompt=text, picture=picture):
                preferred = await self._preferences.expand(event, text)
                asks = command_text.parse(preferred.text, allow_empty=picture is not None)
                plans = await self._new(asks, "imagine", text, picture)
                return [replace(each, remarks=(*preferred.remarks, *each.remarks)) for each in plans]
            case Show(again=True):
                return [await self._found(event)]
            case Submit(token=token, text=text):
                action = from_token(token)
                if isinstance(action, Edit):
                    turn = await self._turn(event, action.turn)
                    parent = Query.from_canonical(turn.query)
                    asks = command_text.parse(text, allow_empty=bool(parent.start))
                    return await self._new(asks, "edit", text, None, turn, parent.start)
            case Press(token=token):
                match from_token(token):
                    case Again(turn=id):
                        turn = await self._turn(event, id)
                        query = replace(Query.from_canonical(turn.query), seed=fresh_seed())
                        return [Plan(query, "again", turn.text, private=turn.private, parent_turn=id)]
                    case Vary(picture=id, how=how):
                        return [await self._from_picture(event, id, lambda number: edits.Vary(number, how))]
                    case Upscale(picture=id):
                        return [await self._from_picture(event, id, edits.Upscale)]
                    case Unset(turn=id, setting=setting):
                        return [await self._unset(event, id, setting)]
        return []

    async def begin(self, event: AnyEvent, plans: Sequence[Plan], limits: tuple[int, int]) -> list[Turn]:
        """Write the plans down as turns, all or none; an empty list if the event was handled before.

        Raises:
            AlreadyAnswered: they answer a question that is closed.
            TooManyAtOnce, LineFull: `limits`, of one person's turns and of everybody's, are reached by now.
        """
        turns, kept = [], dict[int, str]()
        for each in plans:
            query = each.query
            if each.start is not None:
                if id(each.start) not in kept:
                    kept[id(each.start)] = await self._brought.keep(event, each.start, each.private)
                query = replace(query, start=kept[id(each.start)])
            turns.append(plan.turn(event, each, query))
        answers = plans[0].answers if plans else ""
        begun = await self._memory.begin(event.place.platform, event.event_id, turns, limits, answers)
        return turns if begun else []

    async def _new(
        self,
        asks: Sequence[Ask],
        kind: str,
        text: str,
        upload: Upload | None,
        parent: Turn | None = None,
        start: str = "",
    ) -> list[Plan]:
        plans, brought = [], dict[tuple[str, ...], Pixels | None]()
        for ask in asks:
            card = await self._card(ask.model, parent)
            if ask.links not in brought:
                brought[ask.links] = await self._brought.look(upload, ask.links)
            pixels = brought[ask.links]
            if pixels is not None and ask.aspect is None:
                ask = replace(ask, aspect=shape(pixels))
            query, remarks = resolve.to_query(
                ask, card, random_seed=fresh_seed(), start="upload" if pixels is not None else start
            )
            if query.start and pixels is None and ask.aspect is None:
                query = await self._same_shape(query, card)
            plans.append(
                Plan(
                    query,
                    kind,
                    text,
                    tuple(wording.remark(remark) for remark in remarks),
                    private=(parent is not None and parent.private) if ask.private is None else ask.private,
                    parent_turn=parent.id if parent else None,
                    start=pixels,
                )
            )
        return plans

    async def _card(self, asked: str | None, parent: Turn | None) -> Card:
        """The model that was asked for, else that of the turn before, else the default."""
        if asked:
            return await self._models.asked(asked)
        return await self._models.card(Query.from_canonical(parent.query).model if parent else self._models.default)

    async def _found(self, event: Show) -> Plan:
        """A query is drawn again from its address alone; what was kept of it is only compared with."""
        found = await self._finder.find(event)
        kept = found.pictures[0].id if found.pictures else None
        private = found.turn.private if found.turn else False
        return Plan(found.query, "found", event.id, private=private, parent_picture=kept)

    async def _same_shape(self, query: Query, card: Card) -> Query:
        """A picture that goes on from another keeps its shape, unless another is asked for."""
        picture = await self._memory.picture(query.start)
        if picture is None or picture.uploaded or picture.width % card.multiple or picture.height % card.multiple:
            return query
        return replace(query, width=picture.width, height=picture.height)

    async def _from_picture(self, event: AnyEvent, id: str, edit: Callable[[int], edits.Edit]) -> Plan:
        """What a button on a picture asks for: the same as the words for it."""
        picture = await self._memory.picture(id)
        if picture is None or picture.deleted or not picture.turn_id or not may_see(picture, event):
            raise NotFound(id)
        turn = await self._turn(event, picture.turn_id)
        query = Query.from_canonical(turn.query)
        situation = Situation(
            query=query,
            card=await self._models.card(query.model),
            pictures=tuple(each.id for each in await self._memory.pictures(turn.id)),
            random_seed=fresh_seed(),
        )
        match apply((edit(picture.index),), situation):
            case Draw() as draw:
                return drawn(draw, turn, turn.text, picture)
            case Question(text=words):
                raise Refused(words)
        raise NotFound(id)

    async def _unset(self, event: AnyEvent, id: str, setting: str) -> Plan:
        """A chip was taken away: the same words with one setting at its default."""
        turn = await self._turn(event, id)
        before = Query.from_canonical(turn.query)
        query = resolve.without(before, setting, await self._models.card(before.model))
        query = replace(query, seed=fresh_seed())
        return Plan(query, "edit", turn.text, private=turn.private, parent_turn=id)

    async def _turn(self, event: AnyEvent, id: str) -> Turn:
        turn = await self._memory.turn(id)
        if turn is None or turn.state == "deleted" or not may_see(turn, event):
            raise NotFound(id)
        return turn


def drawn(draw: Draw, turn: Turn, text: str, picture: Picture | None) -> Plan:
    """The plan of a refinement of a turn; `picture` is the one that it goes on from, if any."""
    return Plan(
        draw.query,
        "message" if draw.kind == "draw" else draw.kind,
        text,
        tuple(wording_refine.remark(remark) for remark in draw.remarks),
        private=_private(draw, turn),
        parent_turn=turn.id,
        parent_picture=picture.id if picture else None,
        edits=draw.edits,
    )


def _private(draw: Draw, turn: Turn) -> bool:
    """Who may find it is as it was with the turn before, unless something else was said."""
    said = [edit.flag for edit in draw.edits if isinstance(edit, edits.Set)]
    return "--private" in said or (turn.private and "--public" not in said)


def fresh_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(2**32)
