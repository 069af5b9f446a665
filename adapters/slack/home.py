"""The home tab: what the bot says about the asker, asked with the bot's own events, and drawn as a view."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from uuid import uuid4

from adapters.relay import Bot
from adapters.slack import modals, render
from adapters.slack.failures import SlackFailed
from adapters.slack.inbound import PLATFORM, Json, Names
from adapters.slack.people import People
from adapters.slack.uploads import Uploads
from adapters.slack.whispers import Ticket, Whispers
from adapters.slack.workspaces import Workspace
from bot import wording_slack as wording
from bot.events import AnyEvent, Info, Prefer
from bot.place import Person, Place
from bot.replies import Picture, Whisper

log = logging.getLogger(__name__)

Recent = Callable[[str, str], Awaitable[Sequence[Picture]]]
"""The newest pictures of a person, by workspace and person."""

MOST_RECENT = 6


class Home:
    """Publishes home tabs."""

    def __init__(self, bot: Bot, people: People, uploads: Uploads, whispers: Whispers, look: "Look") -> None:
        self._bot, self._people, self._uploads, self._whispers, self._look = bot, people, uploads, whispers, look

    async def publish(self, workspace: Workspace, person_id: str, notice: str = "") -> None:
        """Draw the home tab of one person, with a notice of what was just done."""
        person = await self._people.person(workspace, person_id)
        place = Place(PLATFORM, workspace.id, "home", "home")
        about: Json = {"place": place, "person": person}
        account = await self._ask(Info(event_id=f"home.{uuid4().hex}", **about))
        mine = await self._ask(Prefer(event_id=f"home.{uuid4().hex}", **about))
        pictures = list(await self._look.recent(workspace.id, person_id))[:MOST_RECENT]
        try:
            files = await self._uploads.ids(workspace, pictures)
            blocks = render.home(account, mine, pictures, files, self._look.names, notice)
            if person.moderator:
                missing = [scope for scope in self._look.scopes if scope not in workspace.scopes]
                who = wording.who(workspace.bot_name, workspace.url)
                blocks += render.home_workspace(who, self._look.names, missing)
            view = {"type": "home", "blocks": blocks}
            line = f"views.publish {workspace.id}"
            await workspace.calls.do(lambda: workspace.client.views_publish(user_id=person_id, view=view), line)
        except SlackFailed as failed:
            log.warning("the home tab of %s: %s", person_id, failed.error)

    async def pressed(self, workspace: Workspace, kind: str, person_id: str, ticket: Ticket) -> None:
        """A button of the home tab: it opens a form."""
        person = await self._people.person(workspace, person_id)
        place = Place(PLATFORM, workspace.id, person_id, "")
        view = modals.prefer() if kind == modals.PREFER else modals.new_image()
        await self._whispers.modal(workspace, place, person, ticket, view)

    async def prefer(self, workspace: Workspace, person: Person, view_id: str, text: str) -> None:
        """Change somebody's settings, and show them with what came of it."""
        place = Place(PLATFORM, workspace.id, "home", "home")
        notice = await self._ask(Prefer(event_id=f"view.{view_id}", place=place, person=person, text=text))
        await self.publish(workspace, person.id, notice)

    async def _ask(self, event: AnyEvent) -> str:
        """What the bot whispers in answer to an event."""
        words = []
        async with aclosing(self._bot.handle(event)) as replies:
            async for shown in replies:
                if isinstance(shown, Whisper):
                    words.append(render.commands_named(shown.text, self._look.names))
        return "\n".join(words)


class Look:
    """What the home tab needs to know of its surroundings."""

    def __init__(self, names: Names, scopes: Sequence[str], recent: Recent) -> None:
        self.names, self.scopes, self.recent = names, scopes, recent
