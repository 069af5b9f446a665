"""What the buttons do that draw nothing: pick, undo, stop, delete, and the edit form."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from bot import resolve, wording
from bot.buttons import Delete, Edit, Pick, Stop, Undo
from bot.draw import Drawer
from bot.errors import NotFound, NotYours
from bot.events import Event, Message, Press
from bot.memory.memory import Memory
from bot.memory.tables import Turn
from bot.query import Query
from bot.refining import Refiner
from bot.replies import Form, Shown, Whisper
from bot.turns import Turns
from bot.visible import may_change, may_see
from engine.engine import Engine


class Presses:
    """Carries out a press. Presses that draw (Again, Vary, Upscale) are planned like everything that draws."""

    def __init__(self, engine: Engine, memory: Memory, turns: Turns, drawer: Drawer, refiner: Refiner) -> None:
        self._engine, self._memory, self._turns, self._drawer = engine, memory, turns, drawer
        self._refiner = refiner

    async def pick(self, event: Press, action: Pick) -> AsyncGenerator[Shown, None]:
        """The conversation goes on from a picture."""
        picture = await self._memory.picture(action.picture)
        if picture is None or picture.deleted or not picture.turn_id or not may_see(picture, event):
            raise NotFound(action.picture)
        turn = await self._seen(event, picture.turn_id)
        if await self._memory.handle_once(event.place.platform, event.event_id):
            await self._memory.set_current(turn.where, picture.id)
        yield await self._drawer.reply(turn)
        yield Whisper(wording.picked(picture.index))

    async def edit(self, event: Press, action: Edit) -> AsyncGenerator[Shown, None]:
        """The whole prompt with its settings, in a form."""
        turn = await self._seen(event, action.turn)
        if turn.state == "deleted":
            raise NotFound(turn.id)
        query = Query.from_canonical(turn.query)
        text = resolve.to_text(query, await self._engine.card(query.model))
        yield Form(title=wording.EDIT_TITLE, label=wording.EDIT_LABEL, text=text, action=action)

    async def stop(self, event: Press | Message, action: Stop) -> AsyncGenerator[Shown, None]:
        """Stop drawing a turn."""
        turn = await self._mine(event, action.turn)
        if not await stop(self._memory, self._turns, [turn], event):
            yield Whisper(wording.already_over())
            return
        yield await self._drawer.reply(await self._mine(event, turn.id))
        await self._memory.posted(turn.id)

    async def delete(self, event: Press, action: Delete) -> AsyncGenerator[Shown, None]:
        """Take a turn's pictures away for good."""
        turn = await self._mine(event, action.turn)
        self._turns.stop(turn.id)
        await self._drawer.delete(turn.id, wording.deleted_by(event.person.name))
        yield await self._drawer.reply(await self._mine(event, turn.id))
        await self._memory.posted(turn.id)

    async def undo(self, event: Press | Message, action: Undo) -> AsyncGenerator[Shown, None]:
        """Go back to what a turn came from; it is stopped if it is under way and the presser's to stop."""
        turn = await self._seen(event, action.turn)
        if turn.state == "begun" and may_change(turn, event):
            async with aclosing(self.stop(event, Stop(turn.id))) as stopped:
                async for shown in stopped:
                    yield shown
        async with aclosing(self._refiner.back(event, turn)) as back:
            async for shown in back:
                yield shown

    async def _seen(self, event: Event, id: str) -> Turn:
        turn = await self._memory.turn(id)
        if turn is None or not may_see(turn, event):
            raise NotFound(id)
        return turn

    async def _mine(self, event: Event, id: str) -> Turn:
        turn = await self._memory.turn(id)
        if turn is None or not (may_see(turn, event) or may_change(turn, event)):
            raise NotFound(id)
        if not may_change(turn, event):
            raise NotYours(id)
        return turn


async def stop(memory: Memory, turns: Turns, those: Sequence[Turn], event: Event) -> list[Turn]:
    """Stop turns, whether they wait or draw. Returns those that were not over.

    All are written down first: the end of one must not begin the next.
    """
    reason = wording.stopped_by(event.person.name)
    stopped = [turn for turn in those if await memory.cancel(turn.id, reason)]
    for turn in stopped:
        turns.stop(turn.id)
    return stopped
