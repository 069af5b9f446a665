"""A picture that is taken into a thread of its own, with the credit and the link kept on both sides."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot import wording_tree
from bot.buttons import Fork as ForkAction
from bot.buttons import from_token
from bot.draw import Drawer
from bot.errors import BadValue, NotFound
from bot.events import Fork, Press
from bot.ids import new_turn_id, picture_id, read_id
from bot.memory.conversations import Conversations
from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.query import Query
from bot.replies import Link, Reply, Shown
from bot.visible import may_see, shelter


class Forks:
    """The platform opens the new thread between `check` and `handle` or `press`."""

    def __init__(
        self,
        memory: Memory,
        conversations: Conversations,
        drawer: Drawer,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._memory, self._conversations, self._drawer, self._now = memory, conversations, drawer, now

    async def check(self, event: Fork | Press, id: str) -> None:
        """Whether there is something to fork, before a thread is opened for it.

        Raises:
            NotFound: there is no such picture that the person may see.
            BadValue: it is a set of several, and the picture of it must be named.
        """
        await self._original(event, id)

    async def refusal(self, event: Fork | Press) -> None:
        """`check`, for the command or the button. Raises as it does."""
        if isinstance(event, Fork):
            await self.check(event, event.id)
        elif isinstance(action := from_token(event.token), ForkAction):
            await self.check(event, action.picture)

    async def handle(self, event: Fork) -> AsyncGenerator[Shown, None]:
        """Fork the picture, or the only picture of a set, that the event names, into the event's place."""
        async for shown in self._fork(event, event.id):
            yield shown

    async def press(self, event: Press, action: ForkAction) -> AsyncGenerator[Shown, None]:
        """Fork the button's picture into the event's place."""
        async for shown in self._fork(event, action.picture):
            yield shown

    async def _fork(self, event: Fork | Press, id: str) -> AsyncGenerator[Shown, None]:
        parent, picture = await self._original(event, id)
        turn = self._turn(event, parent, picture)
        turn = await self._conversations.fork(turn, _copy(picture, turn))
        reply = await self._drawer.reply(turn)
        yield reply if turn.where == event.place else replace(reply, place=turn.where)
        if not turn.private:
            yield Reply(
                key=f"{turn.id}-from",
                place=parent.where,
                text=wording_tree.went_on(turn.person_name, picture.index),
                links=(Link(wording_tree.NEW_THREAD, turn.where),),
            )
        await self._memory.posted(turn.id)

    async def _original(self, event: Fork | Press, id: str) -> tuple[Turn, Picture]:
        turn_id, number = read_id(id)
        turn = await self._memory.turn(turn_id)
        if turn is None or not may_see(turn, event):
            raise NotFound(id)
        every = await self._memory.pictures(turn.id)
        pictures = [picture for picture in every if number in (None, picture.index) and may_see(picture, event)]
        if not pictures:
            raise NotFound(id)
        if len(pictures) > 1:
            raise BadValue("/fork", id, f"/fork {picture_id(turn.id, 2)}")
        return turn, pictures[0]

    def _turn(self, event: Fork | Press, parent: Turn, picture: Picture) -> Turn:
        original = Query.from_canonical(parent.query)
        # The picture's own, and a set as large as the one that it is of, for what is drawn next.
        query = replace(original.picture(picture.index - 1), count=original.count)
        now = self._now()
        return Turn(
            id=new_turn_id(),
            event_id=event.event_id,
            platform=event.place.platform,
            place=str(event.place),
            channel=str(event.place.in_thread("")),
            workspace=event.place.workspace,
            person_id=event.person.id,
            person_name=event.person.name,
            text=parent.text,
            kind="fork",
            query=query.canonical(),
            parent_turn=parent.id,
            parent_picture=picture.id,
            state="done",
            private=parent.private or picture.private,
            sheltered=shelter(event),
            mature=event.mature,
            created_at=now,
            finished_at=now,
        )


def _copy(picture: Picture, turn: Turn) -> Picture:
    """The same bytes and what was read in them, as the picture of the fork; it stays its maker's."""
    return Picture(
        id=picture_id(turn.id, 1),
        turn_id=turn.id,
        index=1,
        file=picture.file,
        seed=picture.seed,
        width=picture.width,
        height=picture.height,
        closeness=picture.closeness,
        alt=picture.alt,
        embedding=picture.embedding,
        embedding_model=picture.embedding_model,
        workspace=picture.workspace,
        owner_id=picture.owner_id,
        private=turn.private,
        sheltered=turn.sheltered,
        mature=picture.mature,
        created_at=turn.created_at,
    )
