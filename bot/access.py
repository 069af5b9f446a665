"""Who may refine in a thread: everyone, only those invited, or only whoever began it."""

from collections.abc import AsyncGenerator

from bot import wording_people as wording
from bot.errors import MayNotRefine
from bot.events import Event, Invite, Settings
from bot.memory.people import AccessMode, Door, People
from bot.place import Place
from bot.replies import Reply, Shown, Whisper


class Access:
    """The door of each thread. Its owner and the moderators always pass, and they alone change it."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def check(self, event: Event, place: Place) -> None:
        """Let a person refine in a place. Channels are open to everybody.

        Raises:
            MayNotRefine: it is a thread that is not open to them.
        """
        if not place.thread or event.person.moderator:
            return
        door = await self._people.door(place, event.person.id)
        if door.access == "everyone" or _owns(door, event) or (door.access == "invited" and door.invited):
            return
        raise MayNotRefine(door.access, door.owner.name if door.owner else "")

    async def handle(self, event: Settings | Invite) -> AsyncGenerator[Shown, None]:
        """The answer to /settings and /invite: for everybody in the thread where it changes something."""
        if not event.place.thread:
            yield Whisper(wording.only_in_a_thread())
            return
        door = await self._people.door(event.place, event.person.id)
        owner = door.owner.name if door.owner else ""
        if isinstance(event, Settings) and not event.refine:
            yield Whisper(wording.who_may_refine(door.access, owner, door.guests))
        elif not _owns(door, event) and not event.person.moderator:
            yield Whisper(wording.not_your_thread(owner))
        elif isinstance(event, Settings):
            async for shown in self._set(event, event.refine, door):  # type: ignore[arg-type]
                yield shown
        else:
            async for shown in self._invite(event, door):
                yield shown

    async def _set(self, event: Settings, access: AccessMode, door: Door) -> AsyncGenerator[Shown, None]:
        if await self._people.set_access(event.event_id, event.place, access):
            owner = door.owner.name if door.owner else ""
            yield Reply(key=event.event_id, text=wording.access_set(event.person.name, access, owner, door.guests))

    async def _invite(self, event: Invite, door: Door) -> AsyncGenerator[Shown, None]:
        who = event.who
        if door.owner and who.id == door.owner.id:
            yield Whisper(wording.owner_needs_no_invitation(who.name))
        elif await self._people.invite(event.event_id, event.place, who.id, away=event.away):
            if event.away:
                yield Reply(key=event.event_id, text=wording.invitation_taken_back(who.name))
            else:
                text = wording.invited(event.person.name, who.name, door.access)
                yield Reply(key=event.event_id, text=text, mention=who.id)


def _owns(door: Door, event: Event) -> bool:
    return door.owner is not None and door.owner.id == event.person.id
