"""Commands that answer and draw nothing: queue, cancel, help, describe."""

from collections.abc import AsyncGenerator

from bot import flags, wording
from bot.describe import Describer
from bot.draw import Drawer
from bot.errors import NotFound, NotYours
from bot.events import COMMANDS, Cancel, Describe, Help, Queue, command_name
from bot.ids import read_id
from bot.memory.memory import Memory
from bot.press import stop
from bot.query import Query
from bot.replies import Shown, Whisper
from bot.turns import Turns
from bot.visible import may_change, may_see
from engine.engine import Engine


class Answers:
    """Answers from memory and from the engine's line."""

    def __init__(self, engine: Engine, memory: Memory, turns: Turns, drawer: Drawer, describer: Describer) -> None:
        self._engine, self._memory, self._turns = engine, memory, turns
        self._drawer, self._describer = drawer, describer

    async def handle(self, event: Describe | Queue | Cancel | Help) -> AsyncGenerator[Shown, None]:
        """The answer to one command."""
        match event:
            case Describe():
                yield await self._describer.describe(event)
            case Queue():
                yield await self._queue(event)
            case Cancel(id=id):
                async for shown in self._cancel(event, id):
                    yield shown
            case Help():
                commands = [(command_name(command), command.__doc__ or "") for command in COMMANDS]
                yield Whisper(wording.help_text(commands, flags.help_lines()))

    async def _queue(self, event: Queue) -> Whisper:
        running, mine, others = [], [], 0
        for each in self._engine.line():
            if each.asker.workspace != event.place.workspace or each.asker.person != event.person.id:
                others += 1
                continue
            turn = await self._memory.turn(each.job)
            if turn is None:
                continue
            prompt = Query.from_canonical(turn.query).prompt
            if each.place:
                mine.append(wording.queue_line(each.job, prompt, wording.waiting(each.place, each.seconds)))
            else:
                state = wording.drawing(each.done, each.steps, each.seconds)
                running.append(wording.queue_line(each.job, prompt, state))
        seen = {each.job for each in self._engine.line()}
        for turn in await self._memory.begun_of(event.person.id, event.place.in_thread("")):
            if turn.id not in seen:
                prompt = Query.from_canonical(turn.query).prompt
                mine.append(wording.queue_line(turn.id, prompt, wording.after_the_one_before()))
        return Whisper(wording.queue(running, mine, others))

    async def _cancel(self, event: Cancel, id: str) -> AsyncGenerator[Shown, None]:
        if id:
            turn = await self._memory.turn(read_id(id)[0])
            if turn is None or not (may_see(turn, event) or may_change(turn, event)):
                raise NotFound(id)
            if not may_change(turn, event):
                raise NotYours(id)
            turns = [turn]
        else:
            turns = await self._memory.begun_of(event.person.id, event.place)
        stopped = await stop(self._memory, self._turns, turns, event)
        for turn in stopped:
            ended = await self._memory.turn(turn.id)
            assert ended is not None
            yield await self._drawer.reply(ended)
            await self._memory.posted(turn.id)
        yield Whisper(wording.cancelled(len(stopped)))
