"""Each reply is one message of Slack's: a placeholder first, written down, and edited from then on.

Slack takes a post and gives back its `ts`; whoever is cut off between the two can't know whether it is there. So the
intent is written down before, our key goes along in the message's metadata, and before a post is repeated the thread is
searched for that key. What remains: a post that Slack shows later than the search that did not find it, or a thread
that the bot may not read (or, with apps sold outside Slack's marketplace, may read 15 messages of): then there may be
two messages, of which the newer one goes on.
"""

import logging
from collections import OrderedDict
from functools import partial
from typing import Any

from adapters.slack.channels import Channels
from adapters.slack.failures import (
    Limited,
    MessageGone,
    MissingScope,
    NotMember,
    Unchangeable,
    Unsure,
)
from adapters.slack.inbound import PLATFORM, Json, place_of, root_of
from adapters.slack.locks import Locks
from adapters.slack.render import Shown
from adapters.slack.workspaces import Workspace
from bot.memory.posts import Posts
from bot.place import Place

log = logging.getLogger(__name__)

EVENT = "sextant_reply"
"""The metadata's type."""
TRIES = 4
PAGE, PAGES = 200, 5
KEPT = 2_000
"""Messages whose last content is known, so that showing it again costs nothing."""


class Posting:
    """The messages by their keys. Knows nothing of what is in them."""

    def __init__(self, posts: Posts) -> None:
        self._posts, self.inbox, self.channels = posts, posts.inbox, Channels(posts)
        self._locks = Locks()
        self._last: OrderedDict[tuple[str, str], Shown] = OrderedDict()
        self._begun: set[str] = set()

    async def ended(self, place: Place, key: str) -> bool:
        """Whether the final content of a key is out."""
        posted = await self._posts.posted(place, key)
        return bool(posted and posted.final)

    async def standing(self, place: Place, key: str) -> str:
        """The `ts` of the message of a key; empty if there is none."""
        posted = await self._posts.posted(place, key)
        return _ts(posted.message) if posted else ""

    async def put(
        self,
        workspace: Workspace,
        place: Place,
        key: str,
        shown: Shown,
        *,
        final: bool = False,
        patient: bool = True,
        broadcast: bool = False,
    ) -> str:
        """Show something as the message of a key, and return its `ts`. After the final content nothing else is shown.

        Args:
            patient: wait when Slack asks to.
            broadcast: a reply in a thread is shown in the channel as well. Counts for the first post alone.

        Raises:
            SlackFailed: see failures.py. What is shown last is then what was shown before.
        """
        async with self._locks.hold((str(place), key)):
            posted = await self._posts.posted(place, key)
            if posted and posted.final and not final:
                return _ts(posted.message)
            if posted and posted.message:
                ts = await self._edit(workspace, place, key, _ts(posted.message), shown, final, patient)
            else:
                ts = await self._first(workspace, place, key, shown, bool(posted), broadcast)
            if posted is None or _ts(posted.message) != ts or (final and not posted.final):
                await self._posts.remember(place, key, f"{place.channel}/{ts}", final)
            return ts

    async def begun(self, place: Place) -> bool:
        """Whether anything of the bot's was ever shown in a place."""
        if str(place) in self._begun:
            return True
        return bool(await self._posts.note(PLATFORM, f"begun {place}"))

    async def begin(self, place: Place) -> None:
        """Remember that a conversation is in a place."""
        if str(place) not in self._begun:
            await self._posts.write_note(PLATFORM, f"begun {place}", "1")
            self._begun.add(str(place))

    async def shown_at(self, workspace: str, channel: str, ts: str) -> tuple[Place, str] | None:
        """The place and the key of what a message shows; None if it is none of ours, or of another workspace."""
        posted = await self._posts.shown_by(PLATFORM, f"{channel}/{ts}")
        place = Place.parse(posted.place) if posted else None
        return (place, posted.key) if posted and place and place.workspace == workspace else None

    async def is_fork(self, workspace: str, channel: str, root: str) -> bool:
        """Whether a thread inside a direct conversation is one that the bot opened."""
        return await self.begun(place_of(workspace, channel, root))

    async def _first(
        self, workspace: Workspace, place: Place, key: str, shown: Shown, begun: bool, broadcast: bool
    ) -> str:
        if begun and (ts := await self._search(workspace, place, key)):
            return await self._edit(workspace, place, key, ts, shown, False, True)
        if not begun:
            await self._posts.remember(place, key, "")
        ts = await self._post(workspace, place, key, shown, broadcast)
        self._keep(place, key, shown)
        await self.begin(place)
        return ts

    async def _post(self, workspace: Workspace, place: Place, key: str, shown: Shown, broadcast: bool) -> str:
        arguments: dict[str, Any] = {
            "channel": place.channel,
            "text": shown.text,
            "blocks": shown.blocks,
            "metadata": _metadata(key),
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if root := root_of(place):
            arguments |= {"thread_ts": root, "reply_broadcast": broadcast}
        for number in range(TRIES):
            try:
                # A post is not harmless to repeat: it is searched for first.
                line = f"chat.postMessage {place.channel}"
                post = partial(workspace.client.chat_postMessage, **arguments)
                answer = await workspace.calls.do(post, line, repeat=False)
                return str(answer["ts"])
            except Unsure as unsure:
                log.info("no answer to a post in %s (%s): looking for it", place.channel, unsure.error)
                if ts := await self._search(workspace, place, key):
                    return ts
                if number + 1 == TRIES:
                    raise
                await workspace.calls.pause(2.0**number)
        raise AssertionError("the last try returns or raises")

    async def _edit(
        self, workspace: Workspace, place: Place, key: str, ts: str, shown: Shown, final: bool, patient: bool
    ) -> str:
        """Returns the `ts` of the message that shows it now: another one where the old is gone."""
        if self._last.get((str(place), key)) == shown:
            return ts
        arguments: dict[str, Any] = {
            "channel": place.channel,
            "ts": ts,
            "text": shown.text,
            "blocks": shown.blocks,
            "metadata": _metadata(key),
        }
        try:
            line = f"chat.update {workspace.id}"
            update = partial(workspace.client.chat_update, **arguments)
            await workspace.calls.do(update, line, repeat=patient, patient=patient)
        except (MessageGone, Unchangeable):
            if not final:
                return ts  # what is only under way is not worth a second message
            await self._posts.forget(place, key)
            ts = await self._first(workspace, place, key, shown, False, False)
        self._keep(place, key, shown)
        return ts

    async def _search(self, workspace: Workspace, place: Place, key: str) -> str:
        """The `ts` of a message of ours that has the key in its metadata; empty if there is none that can be seen."""
        client, calls, root = workspace.client, workspace.calls, root_of(place)
        about: dict[str, Any] = {"channel": place.channel, "include_all_metadata": True, "limit": PAGE}
        if root:
            about["ts"] = root
        read = client.conversations_replies if root else client.conversations_history
        try:
            for _ in range(PAGES):
                answer = await calls.do(partial(read, **about), f"{read.__name__} {workspace.id}")
                for message in answer.get("messages", ()):
                    if message.get("user") == workspace.bot_user and _key(message) == key:
                        return str(message["ts"])
                about["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor") or ""
                if not about["cursor"]:
                    break
        except (MissingScope, NotMember, Limited) as failed:
            log.warning("can't look for a message in %s: %s", place.channel, failed.error)
        return ""

    def _keep(self, place: Place, key: str, shown: Shown) -> None:
        self._last[str(place), key] = shown
        self._last.move_to_end((str(place), key))
        while len(self._last) > KEPT:
            self._last.popitem(last=False)


def _metadata(key: str) -> Json:
    return {"event_type": EVENT, "event_payload": {"key": key}}


def _key(message: Json) -> str:
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", "")) if metadata.get("event_type") == EVENT else ""


def _ts(message: str) -> str:
    return message.rpartition("/")[2]
