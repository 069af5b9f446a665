"""From an event to the turns it asks for: /imagine, words in a thread, the edit form, Again and Vary.

Planning looks and never writes, so the front door may plan once to refuse early and once more to begin.
"""

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot import command_text, resolve, wording
from bot.buttons import Again, Edit, Vary, from_token
from bot.command_text import Ask
from bot.errors import NotFound
from bot.events import AnyEvent, Imagine, Message, Press, Submit, Upload
from bot.ids import new_turn_id, picture_id
from bot.links import Links
from bot.memory.files import Files
from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.query import Query
from bot.refine import in_thread
from bot.visible import may_see
from engine.engine import Engine
from engine.errors import ModelNotFound
from engine.jobs import Card, Pixels
from engine.pixels import decode, encode_png

VARY_STRENGTH = {"subtle": 0.35, "strong": 0.7}


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A turn that could be begun."""

    query: Query
    kind: str
    text: str
    remarks: tuple[str, ...] = ()
    private: bool = False
    parent_turn: str | None = None
    parent_picture: str | None = None
    start: Pixels | None = None
    """A start picture that is not stored yet."""


class Planner:
    """Reads events into plans, and writes plans down as turns."""

    def __init__(self, engine: Engine, memory: Memory, files: Files, links: Links, model: str) -> None:
        self._engine, self._memory, self._files, self._links = engine, memory, files, links
        self._model = model

    async def plan(self, event: AnyEvent) -> list[Plan]:
        """What the event asks to be drawn; nothing if it asks for no drawing.

        Raises:
            BotError: with what is wrong with it.
            EngineError: the model cannot be opened.
        """
        match event:
            case Imagine(prompt=text, picture=picture):
                asks = command_text.parse(text, allow_empty=picture is not None)
                return await self._new(asks, "imagine", text, picture)
            case Message(text=text, picture=picture) if event.place.thread:
                return await self._message(event, text, picture)
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
                        query = replace(Query.from_canonical(turn.query), seed=_seed())
                        return [Plan(query, "again", turn.text, private=turn.private, parent_turn=id)]
                    case Vary(picture=id, how=how):
                        return [await self._vary(event, id, how)]
        return []

    async def begin(self, event: AnyEvent, plans: Sequence[Plan], limits: tuple[int, int]) -> list[Turn]:
        """Write the plans down as turns, all or none; an empty list if the event was handled before.

        Raises:
            TooManyAtOnce, LineFull: `limits`, of one person's turns and of everybody's, are reached by now.
        """
        turns, kept = [], dict[int, str]()
        for plan in plans:
            query = plan.query
            if plan.start is not None:
                if id(plan.start) not in kept:
                    kept[id(plan.start)] = await self._keep_upload(event, plan)
                query = replace(query, start=kept[id(plan.start)])
            turns.append(
                Turn(
                    id=new_turn_id(),
                    event_id=event.event_id,
                    platform=event.place.platform,
                    place=str(event.place),
                    channel=str(event.place.in_thread("")),
                    workspace=event.place.workspace,
                    person_id=event.person.id,
                    person_name=event.person.name,
                    text=plan.text,
                    kind=plan.kind,
                    query=query.canonical(),
                    parent_turn=plan.parent_turn,
                    parent_picture=plan.parent_picture or query.start or None,
                    remarks=json.dumps(plan.remarks, ensure_ascii=False),
                    private=plan.private,
                    created_at=datetime.now(UTC),
                )
            )
        begun = await self._memory.begin(event.place.platform, event.event_id, turns, limits)
        return turns if begun else []

    async def _message(self, event: Message, text: str, picture: Upload | None) -> list[Plan]:
        turn = await self._memory.latest_turn(event.place)
        if turn is None or not may_see(turn, event):
            return []
        current = await self._memory.current(event.place)
        asks = in_thread(text, Query.from_canonical(turn.query))
        start = current.id if current and not picture and may_see(current, event) else ""
        return await self._new(asks, "message", text, picture, turn, start)

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
                brought[ask.links] = await self._brought(ask, upload)
            pixels = brought[ask.links]
            if pixels is not None and ask.aspect is None:
                ask = replace(ask, aspect=_shape(pixels))
            query, remarks = resolve.to_query(
                ask, card, random_seed=_seed(), start="upload" if pixels is not None else start
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
        """The model that was asked for, else that of the turn before, else the default.

        Who types in a room chooses among the models that whoever runs the bot has put there, and opens no other path.
        """
        if asked and asked != self._model:
            known = await asyncio.to_thread(self._engine.known)
            if asked not in known:
                raise ModelNotFound(asked, tuple(dict.fromkeys((self._model, *known))))
        before = Query.from_canonical(parent.query).model if parent else self._model
        return await self._engine.card(asked or before)

    async def _same_shape(self, query: Query, card: Card) -> Query:
        """A picture that goes on from another keeps its shape, unless another is asked for."""
        picture = await self._memory.picture(query.start)
        if picture is None or picture.uploaded or picture.width % card.multiple or picture.height % card.multiple:
            return query
        return replace(query, width=picture.width, height=picture.height)

    async def _brought(self, ask: Ask, upload: Upload | None) -> Pixels | None:
        data = upload.data if upload else await self._links.fetch(ask.links) if ask.links else None
        return None if data is None else await asyncio.to_thread(decode, data)

    async def _vary(self, event: AnyEvent, id: str, how: str) -> Plan:
        picture = await self._memory.picture(id)
        if picture is None or picture.deleted or not picture.turn_id or not may_see(picture, event):
            raise NotFound(id)
        turn = await self._turn(event, picture.turn_id)
        query = replace(Query.from_canonical(turn.query), seed=_seed(), start=picture.id, strength=VARY_STRENGTH[how])
        remark = wording.varied(picture.index, how)
        return Plan(query, "vary", turn.text, (remark,), turn.private, parent_turn=turn.id, parent_picture=id)

    async def _turn(self, event: AnyEvent, id: str) -> Turn:
        turn = await self._memory.turn(id)
        if turn is None or turn.state == "deleted" or not may_see(turn, event):
            raise NotFound(id)
        return turn

    async def _keep_upload(self, event: AnyEvent, plan: Plan) -> str:
        assert plan.start is not None
        id = picture_id(new_turn_id(), 1)
        file = await self._files.put(await asyncio.to_thread(encode_png, plan.start))
        height, width = plan.start.shape[:2]
        await self._memory.add_upload(
            Picture(
                id=id,
                turn_id=None,
                index=1,
                file=file,
                seed=0,
                width=width,
                height=height,
                alt=wording.alt_upload(event.person.name),
                workspace=event.place.workspace,
                owner_id=event.person.id,
                private=plan.private,
                uploaded=True,
                created_at=datetime.now(UTC),
            )
        )
        return id


def _shape(pixels: Pixels) -> tuple[int, int]:
    """The shape of a picture that was brought, within 1:4 to 4:1, as width to height."""
    height, width = pixels.shape[:2]
    return min(width, 4 * height), min(height, 4 * width)


def _seed() -> int:
    return secrets.randbelow(2**32)
