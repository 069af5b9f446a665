"""Who may see what: a person sees what their workspace shares, what belongs to where they are, and their own."""

from dataclasses import replace

from bot import replies
from bot.events import Event
from bot.memory.tables import Picture, Turn
from bot.place import Place


def may_see(thing: Turn | Picture, event: Event) -> bool:
    """Whether the person of the event may see a turn or a picture. Nothing crosses workspaces.

    What was asked for in a private channel is for those who are there, and for its owner wherever they are. Guests see
    nothing else: where they come, everything counts as private.
    """
    owner = thing.person_id if isinstance(thing, Turn) else thing.owner_id
    shared = not thing.private and thing.sheltered in within(event.place)
    if event.person.guest and not thing.sheltered:
        shared = False
    return thing.workspace == event.place.workspace and (shared or owner == event.person.id)


def may_change(turn: Turn, event: Event) -> bool:
    """Whether the person of the event may stop or delete a turn: its owner, or a moderator of the workspace."""
    return turn.workspace == event.place.workspace and (turn.person_id == event.person.id or event.person.moderator)


def shelter(event: Event) -> str:
    """Where what is asked for stays: the str(Place) of a private channel or thread; empty if all may find it."""
    match event.sheltered:
        case "thread":
            return str(event.place)
        case "channel":
            return str(event.place.in_thread(""))
    return ""


def within(place: Place) -> tuple[str, ...]:
    """The shelters whose things may be seen in a place: none, its own and its channel's."""
    return ("", str(place.in_thread("")), str(place))


def elsewhere(thing: Turn | Picture, event: Event) -> bool:
    """Whether something that its owner may see must not be shown to all of the place where they are."""
    return thing.private or thing.sheltered not in within(event.place)


def covered(shown: replies.Picture, picture: Picture, event: Event) -> replies.Picture:
    """A picture under a spoiler, if it comes from an age-restricted place and is shown in one that is not."""
    return replace(shown, spoiler=shown.spoiler or (picture.mature and not event.mature))
