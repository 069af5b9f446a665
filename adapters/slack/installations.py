"""The installations of many workspaces: kept as notes in the bot's own database, encrypted.

The stores that slack_sdk brings do not fit: they keep tokens in clear, in columns of 200 characters, in which an
encrypted token has no room.
"""

import base64
import hashlib
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.calls import Calls
from adapters.slack.failures import Disconnected, SlackFailed
from adapters.slack.inbound import PLATFORM
from adapters.slack.workspaces import Connect, Workspace, connect
from bot.memory.posts import Posts

log = logging.getLogger(__name__)

STATE = 600
"""Seconds that somebody has for saying yes on Slack's page."""
_MARK = b"sextant installs"
"""Tells a state from a token that the same key has encrypted."""


class TokenKeyWrong(Exception):
    """An installation was encrypted with another key than the one that is there now."""


def load_key(path: Path) -> bytes:
    """The key that tokens are encrypted with, made on the first start, readable by the owner alone.

    Raises:
        OSError: the file can't be read or made.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    # Written whole under another name first: a start that is cut off must not leave half a key.
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(Fernet.generate_key())
    fresh.replace(path)
    return path.read_bytes()


class Installations(AsyncInstallationStore):
    """What Slack gave us for each workspace or organisation, by its id."""

    def __init__(self, posts: Posts, key: bytes) -> None:
        self._posts, self._fernet = posts, Fernet(key)

    async def async_save(self, installation: Installation) -> None:
        """Keep what an installation needs to work; a newer one of the same workspace takes its place."""
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """The same."""
        id = bot.enterprise_id if bot.is_enterprise_install else bot.team_id
        kept = {"token": bot.bot_token, "scopes": list(bot.bot_scopes or ()), "app": bot.app_id}
        written = self._fernet.encrypt(json.dumps(kept).encode()).decode()
        await self._posts.write_note(PLATFORM, f"installation {id}", written)

    async def token(self, id: str) -> str:
        """The bot token of a workspace; empty if there is none.

        Raises:
            TokenKeyWrong: it was encrypted with another key.
        """
        written = await self._posts.note(PLATFORM, f"installation {id}")
        if not written:
            return ""
        try:
            return str(json.loads(self._fernet.decrypt(written.encode()))["token"])
        except InvalidToken:
            raise TokenKeyWrong(id) from None

    async def purge(self, id: str) -> None:
        """Keep nothing of an installation."""
        await self._posts.write_note(PLATFORM, f"installation {id}", "")


class States(AsyncOAuthStateStore):
    """What tells that whoever comes back from Slack's page began here: our own mark and the time, encrypted.

    Only those that were used are written down, so a restart ends nobody's installing, and who opens the page a million
    times fills nothing. Each is good once, also after a restart.
    """

    def __init__(self, posts: Posts, key: bytes, clock: Callable[[], float], seconds: int = STATE) -> None:
        self._posts, self._fernet, self._clock, self._seconds = posts, Fernet(key), clock, seconds

    async def async_issue(self, *_: object, **__: object) -> str:
        """A new one."""
        return self._fernet.encrypt_at_time(_MARK, int(self._clock())).decode().rstrip("=")  # it goes into an address

    async def async_consume(self, state: str) -> bool:
        """Whether it is one of ours, in time, and was not used."""
        now = int(self._clock())
        try:
            token = base64.urlsafe_b64decode(state.rstrip("=") + "=" * (-len(state.rstrip("=")) % 4))
            same = base64.urlsafe_b64encode(token)  # one token can be written in several ways
            ours = self._fernet.decrypt_at_time(same, self._seconds, now) == _MARK
        except (InvalidToken, ValueError):
            return False
        name = hashlib.sha256(token).hexdigest()
        return ours and await self._posts.use(PLATFORM, "state", name, now + self._seconds, now)


class ManyWorkspaces:
    """The workspaces of the installations. Who the bot is in each is asked once, and remembered until it is gone."""

    def __init__(self, installations: Installations, connect_with: Connect, calls: Calls) -> None:
        self._installations, self._connect, self._calls = installations, connect_with, calls
        self._known: dict[str, tuple[str, Workspace]] = {}

    async def get(self, id: str) -> Workspace | None:
        """An installation; None if there is none, or if it does not work any more."""
        try:
            token = await self._installations.token(id) if id else ""
        except TokenKeyWrong:
            log.error("the token of %s was encrypted with another key: install the app there again", id)
            return None
        if not token:
            self._known.pop(id, None)
            return None
        known = self._known.get(id)
        if known and known[0] == token:
            return known[1]
        try:
            workspace = await connect(self._connect(token), self._calls)
        except Disconnected:
            await self.forget(id)
            return None
        except SlackFailed as failed:
            log.warning("workspace %s can't be reached: %s", id, failed.error)
            return None
        self._known[id] = (token, workspace)
        return workspace

    async def ask(self, id: str) -> None:
        """See Workspaces."""
        self._known.pop(id, None)
        await self.get(id)

    async def forget(self, id: str) -> None:
        """The app was uninstalled: its token is purged."""
        self._known.pop(id, None)
        await self._installations.purge(id)

    def health(self) -> dict[str, Any]:
        """See Workspaces."""
        return {}
