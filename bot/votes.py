"""The presses of people who look at pictures together: a star, and letting the stars decide."""

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime

from bot import wording_together as wording
from bot.buttons import Decide, Star
from bot.draw import Drawer
from bot.errors import NotFound
from bot.events import Press
from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.memory.votes import Votes
from bot.replies import Reply, Shown, Whisper
from bot.visible import may_see


class Stars:
    """Carries out Star and Decide."""

    def __init__(
        self, memory: Memory, votes: Votes, drawer: Drawer, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._memory, self._votes, self._drawer, self._now = memory, votes, drawer, now

    async def press(self, event: Press, action: Star | Decide) -> AsyncGenerator[Shown, None]:
        """The replies of one press.

        Raises:
            NotFound: there is nothing that the presser may see and vote for.
        """
        replies = self._star(event, action.picture) if isinstance(action, Star) else self._decide(event, action.turn)
        async for shown in replies:
            yield shown

    async def _star(self, event: Press, id: str) -> AsyncGenerator[Shown, None]:
        picture, turn = await self._picture(event, id)
        if turn.kind == "fork":
            yield Whisper(wording.star_the_original(turn.parent_picture or id))
            return
        if picture.owner_id == event.person.id:
            yield Whisper(wording.own_picture())
            return
        there = await self._votes.toggle(event.place.platform, event.event_id, id, event.person.id, self._now())
        yield await self._drawer.reply(turn)
        count = (await self._votes.counts([id]))[id]
        yield Whisper(wording.starred(id, count) if there else wording.star_taken_back(id, count))

    async def _decide(self, event: Press, turn_id: str) -> AsyncGenerator[Shown, None]:
        place = (await self._turn(event, turn_id)).where
        ahead = await self._votes.best(place, "thread", 2)
        if not ahead:
            yield Whisper(wording.nothing_to_decide())
            return
        if not await self._memory.handle_once(event.place.platform, event.event_id):
            return  # by now somebody may have picked another
        leader = ahead[0]
        tied = len(ahead) > 1 and ahead[1].stars == leader.stars
        await self._memory.set_current(place, leader.picture.id)
        yield await self._drawer.reply(leader.turn)
        yield Reply(key=event.event_id, text=wording.decided(leader.picture.id, leader.stars, tied))

    async def _picture(self, event: Press, id: str) -> tuple[Picture, Turn]:
        picture = await self._memory.picture(id)
        if picture is None or picture.deleted or not picture.turn_id or not may_see(picture, event):
            raise NotFound(id)
        return picture, await self._turn(event, picture.turn_id)

    async def _turn(self, event: Press, id: str) -> Turn:
        turn = await self._memory.turn(id)
        if turn is None or turn.state != "done" or not may_see(turn, event):
            raise NotFound(id)
        return turn
