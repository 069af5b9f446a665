"""Who somebody is: the name that others see, and whether they are an admin. Asked of Slack once in a while."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from adapters.slack.failures import SlackFailed
from adapters.slack.workspaces import Workspace
from bot.place import Person

log = logging.getLogger(__name__)

FRESH = 3600.0
"""Seconds that an answer is good for."""
MOST = 10_000


class People:
    """Of every workspace apart."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, Person]] = {}

    async def person(self, workspace: Workspace, id: str, name: str = "") -> Person:
        """A person. Of whom Slack does not tell, `name` is known: no admin, and maybe of another workspace, so a guest.

        Admins of connected workspaces are guests here, and moderate nothing.
        """
        until, known = self._known.get((workspace.id, id), (0.0, None))
        if known and self._clock() < until:
            return known
        try:
            line = f"users.info {workspace.id}"
            answer = await workspace.calls.do(lambda: workspace.client.users_info(user=id), line, patient=False)
        except SlackFailed as failed:
            log.info("users.info of %s: %s", id, failed.error)
            return known or Person(id, name or id, guest=True)
        person = _read(workspace, answer["user"], name)
        while len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[workspace.id, id] = (self._clock() + FRESH, person)
        return person

    async def names(self, workspace: Workspace, ids: Iterable[str]) -> dict[str, str]:
        """What people are called, by their ids."""
        return {id: (await self.person(workspace, id)).name for id in ids}


def _read(workspace: Workspace, user: dict[str, Any], name: str) -> Person:
    guest = is_guest(user, workspace.authorized.team_id, workspace.authorized.enterprise_id)
    profile = user.get("profile") or {}
    called = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    admin = bool(user.get("is_admin") or user.get("is_owner")) and not guest
    return Person(str(user["id"]), str(called or name or user["id"]), moderator=admin, guest=guest)


def is_guest(user: Mapping[str, Any], team: str | None, enterprise: str | None) -> bool:
    """Whether somebody comes from neither the workspace nor its organisation."""
    theirs = (user.get("enterprise_user") or {}).get("enterprise_id")
    from_here = user.get("team_id") in (None, team, enterprise) or (enterprise and theirs == enterprise)
    return bool(user.get("is_stranger")) or not from_here
