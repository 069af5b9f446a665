"""The board: shows replies to everybody, each in its message, pictures and all."""

import logging

from adapters.slack import render
from adapters.slack.calls import Pace
from adapters.slack.failures import BadBlocks, Limited, MissingScope, OtherFailure, SlackFailed, TooLong, Unsure
from adapters.slack.posting import Posting
from adapters.slack.render import Shown
from adapters.slack.uploads import Uploads
from adapters.slack.workspaces import Workspace
from bot import wording_slack as wording
from bot.events import AnyEvent
from bot.place import Place
from bot.replies import Chart, Picture, Reply

log = logging.getLogger(__name__)

PATIENCE = (5.0, 15.0, 60.0, 120.0, *(300.0,) * 11)
"""Seconds between the tries to show an end, an hour in all; after that the next start tries again."""


class Board:
    """What everybody sees."""

    def __init__(self, posting: Posting, uploads: Uploads, pace: Pace) -> None:
        self.posting = posting
        self._uploads, self._pace = uploads, pace

    async def open(self, workspace: Workspace, event: AnyEvent) -> Place:
        """The thread of an event that opens one; the same event finds the same thread again.

        Raises:
            SlackFailed: the root can't be posted.
        """
        channel = event.place.in_thread("")
        ts = await self.posting.standing(channel, f"root {event.event_id}")
        if not ts:
            ts = await self.posting.put(workspace, channel, f"root {event.event_id}", render.root(event), final=True)
        place = event.place.in_thread(ts)
        await self.posting.begin(place)
        return place

    async def show(self, workspace: Workspace, place: Place, reply: Reply) -> None:
        """Show a reply as its message. News of what is under way may be left out; the end never is.

        Raises:
            SlackFailed: the end could not be shown.
        """
        if reply.final:
            await self._end(workspace, place, reply)
        else:
            await self._news(workspace, place, reply)

    async def _news(self, workspace: Workspace, place: Place, reply: Reply) -> None:
        stands = bool(await self.posting.standing(place, reply.key))
        if stands and not self._pace.may(place.channel, workspace.id):
            return
        try:
            shown = render.reply(reply, {}, workspace.address)
            await self.posting.put(workspace, place, reply.key, shown, patient=not stands)
        except Limited as limited:
            self._pace.hold(place.channel, limited.seconds)
            self._pace.hold(workspace.id, limited.seconds)  # edits are counted for the workspace
        except SlackFailed as failed:
            log.info("news of %s in %s: %s", reply.key, place, failed.error)

    async def _end(self, workspace: Workspace, place: Place, reply: Reply) -> None:
        """The end is not given up while Slack has troubles of its own."""
        for wait in PATIENCE:
            try:
                await self._end_once(workspace, place, reply)
                return
            except (Unsure, Limited) as failed:
                log.warning("%s in %s is not out (%s): again in %g s", reply.key, place, failed.error, wait)
                await workspace.calls.pause(wait)
        await self._end_once(workspace, place, reply)

    async def _end_once(self, workspace: Workspace, place: Place, reply: Reply) -> None:
        shown = render.reply(reply, {}, workspace.address)
        files: tuple[Picture | Chart, ...] = (*reply.pictures, *reply.charts)
        if files:
            if not await self.posting.standing(place, reply.key):
                await self.posting.put(workspace, place, reply.key, render.words(reply.text))
            try:
                ids = await self._uploads.ids(workspace, files)
                await self._put(workspace, place, reply.key, render.reply(reply, ids, workspace.address))
            except BadBlocks:
                await self._uploads.anew(workspace, files)
                await self._once_more(workspace, place, reply)
            except (MissingScope, OtherFailure, TooLong) as failed:
                await self._without_pictures(workspace, place, reply, failed)
        else:
            try:
                await self._put(workspace, place, reply.key, shown)
            except (BadBlocks, TooLong):
                await self._put(workspace, place, reply.key, render.words(reply.text))
        if reply.mention:
            await self._call(workspace, place, reply)

    async def _once_more(self, workspace: Workspace, place: Place, reply: Reply) -> None:
        """Slack did not take a file that it had taken before, or that it said was processed: with fresh ones."""
        try:
            ids = await self._uploads.ids(workspace, (*reply.pictures, *reply.charts))
            await self._put(workspace, place, reply.key, render.reply(reply, ids, workspace.address))
        except (BadBlocks, MissingScope, OtherFailure) as failed:
            await self._without_pictures(workspace, place, reply, failed)

    async def _without_pictures(self, workspace: Workspace, place: Place, reply: Reply, failed: SlackFailed) -> None:
        log.error("Slack did not take the pictures of %s in %s: %s", reply.key, place, failed.error)
        words = wording.missing_scope(failed.needed) if isinstance(failed, MissingScope) else wording.NOT_SHOWN
        await self._put(workspace, place, reply.key, render.words(f"{reply.text}\n{words}"))

    async def _put(self, workspace: Workspace, place: Place, key: str, shown: Shown) -> None:
        await self.posting.put(workspace, place, key, shown, final=True)

    async def _call(self, workspace: Workspace, place: Place, reply: Reply) -> None:
        """An edit rings nobody, so the one who is to be called is called by a message of its own, once."""
        key = f"{reply.key} called"
        if not await self.posting.ended(place, key):
            await self.posting.put(workspace, place, key, render.call(reply.mention), final=True)
