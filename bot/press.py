"""What the buttons do that draw nothing: pick, stop, delete, and the edit form."""

from collections.abc import AsyncGenerator, Sequence

from bot import resolve, wording
from bot.buttons import Delete, Edit, Pick, Stop, UnknownToken, from_token
from bot.draw import Drawer
from bot.errors import NotFound, NotYours
from bot.events import Event, Press
from bot.memory.memory import Memory
from bot.memory.tables import Turn
from bot.query import Query
from bot.replies import Form, Shown, Whisper
from bot.turns import Turns
from bot.visible import may_change, may_see
from engine.engine import Engine


class Presses:
    """Carries out a press. Presses that draw (Again, Vary) are planned like everything that draws."""

    def __init__(self, engine: Engine, memory: Memory, turns: Turns, drawer: Drawer) -> None:
        self._engine, self._memory, self._turns, self._drawer = engine, memory, turns, drawer

    async def handle(self, event: Press) -> AsyncGenerator[Shown, None]:
        """The replies of one press."""
        try:
            action = from_token(event.token)
        except UnknownToken:
            yield Whisper(wording.stale_button())
            return
        match action:
            case Pick(picture=id):
                picture = await self._memory.picture(id)
                if picture is None or picture.deleted or not picture.turn_id or not may_see(picture, event):
                    raise NotFound(id)
                turn = await self._seen(event, picture.turn_id)
                await self._memory.set_current(turn.where, id)
                yield await self._drawer.reply(turn)
                yield Whisper(wording.picked(picture.index))
            case Edit(turn=id):
                turn = await self._seen(event, id)
                query = Query.from_canonical(turn.query)
                card = await self._engine.card(query.model)
                yield Form(
                    title=wording.EDIT_TITLE,
                    label=wording.EDIT_LABEL,
                    text=resolve.to_text(query, card),
                    action=action,
                )
            case Stop(turn=id):
                turn = await self._mine(event, id)
                if not await stop(self._memory, self._turns, [turn], event):
                    yield Whisper(wording.already_over())
                    return
                yield await self._drawer.reply(await self._seen(event, id))
                await self._memory.posted(id)
            case Delete(turn=id):
                turn = await self._mine(event, id)
                self._turns.stop(id)
                reason = wording.deleted_by(event.person.name)
                await self._drawer.delete(id, reason)
                yield await self._drawer.reply(await self._seen(event, id))
                await self._memory.posted(id)

    async def _seen(self, event: Event, id: str) -> Turn:
        turn = await self._memory.turn(id)
        if turn is None or not may_see(turn, event):
            raise NotFound(id)
        return turn

    async def _mine(self, event: Event, id: str) -> Turn:
        turn = await self._seen(event, id)
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
