"""Who may see what: a person sees what their workspace shares, and of the private things their own."""

from bot.events import Event
from bot.memory.tables import Picture, Turn


def may_see(thing: Turn | Picture, event: Event) -> bool:
    """Whether the person of the event may see a turn or a picture. Nothing crosses workspaces."""
    owner = thing.person_id if isinstance(thing, Turn) else thing.owner_id
    return thing.workspace == event.place.workspace and (not thing.private or owner == event.person.id)


def may_change(turn: Turn, event: Event) -> bool:
    """Whether the person of the event may stop or delete a turn: its owner, or a moderator of the workspace."""
    return turn.workspace == event.place.workspace and (turn.person_id == event.person.id or event.person.moderator)
