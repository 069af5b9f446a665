"""What people do in Slack: only what Slack's own client lets them do."""

from dataclasses import dataclass
from typing import Any

from tests.peers.slack import payloads
from tests.peers.slack.calls import ApiError, Call
from tests.peers.slack.courier import Delivery, Refused
from tests.peers.slack.events import KINDS, file_payload, mention_event, message_event, publish
from tests.peers.slack.filling import chosen, filled, found_element
from tests.peers.slack.limits import RateLimits
from tests.peers.slack.methods_files import process
from tests.peers.slack.methods_views import answered
from tests.peers.slack.mrkdwn import typed
from tests.peers.slack.posting import compose, place, post, whisper
from tests.peers.slack.views import View, open_views
from tests.peers.slack.world import App, Channel, File, Installation, Json, Member, Message, NotPossible

ORDERS = ("message, mention", "mention, message", "message", "mention")


@dataclass(frozen=True, slots=True)
class Said:
    """A message that a person sent, and what the apps were told of it."""

    message: Message
    deliveries: list[Delivery]

    @property
    def ts(self) -> str:
        return self.message.ts

    async def acknowledged(self) -> None:
        """Wait until every delivery is."""
        for delivery in self.deliveries:
            await delivery.acknowledged()


@dataclass(eq=False)
class Person(Member):
    """Somebody at a keyboard."""

    async def say(
        self,
        channel: Channel,
        text: str = "",
        *,
        thread: str | None = None,
        mention_bot: bool = False,
        files: "list[bytes] | None" = None,
        broadcast: bool = False,
        order: str = "message, mention",
        app: App | None = None,
    ) -> Said:
        """Type a message. `order`: how message and app_mention arrive, or which of them alone; see ORDERS."""
        self._here(channel)
        installation = self._bot(app) if mention_bot else None
        words = typed(text, {it.name: it.id for it in channel.members.values()}, self._channels())
        if installation:
            words = f"<@{installation.bot.id}> {words}".rstrip()
        if thread is not None and (thread not in channel.messages or channel.messages[thread].is_reply):
            raise NotPossible("there is no such thread")
        shared = [self._file(channel, content) for content in files or []]
        fields: Json = {
            "text": words,
            "thread_ts": thread,
            "blocks": payloads.rich_text(self.world, text),
            "files": [file_payload(file) for file in shared],
            "client_msg_id": self.world.new_secret("message")[:32],
        }
        if shared:
            fields |= {"subtype": "file_share", "upload": False, "display_as_bot": False}
        elif broadcast and thread:
            fields["subtype"] = "thread_broadcast"
        message = compose(self.world, channel, self, fields)
        place(self.world, message, "said")
        deliveries: list[Delivery] = []
        for part in order.split(", "):
            if part == "message":
                deliveries += await publish(self.world, message_event(message), channel)
            elif installation:
                deliveries += await publish(self.world, mention_event(message), channel, [installation])
        return Said(message, deliveries)

    async def command(
        self, channel: Channel, name: str, text: str = "", *, thread: str | None = None, app: App | None = None
    ) -> Delivery:
        """Type a slash command."""
        self._here(channel)
        if thread is not None:
            raise NotPossible(f"{name} is not supported in threads. Sorry!")
        installation = self._bot(app)
        escape = installation.app.commands.get(name)
        if escape is None:
            raise NotPossible(f"{name} is not a valid command.")
        people = {it.name: it.id for it in self.world.members.values() if it.team is self.team}
        known = (people, self._channels()) if escape else ({}, {})
        said = typed(text.strip(), *known, labels=True)
        payload = payloads.command(self.world, installation, self, channel, name, said)

        def done(answer: Json) -> None:
            self._answered(installation, channel, answer)

        return await self.world.courier.send(installation.app, "slash_commands", payload, done)

    async def press(self, where: Message | View, label: str, value: Any = None) -> Delivery:
        """Press a button by its label or action_id, or choose `value` in a menu. It must stand there now."""
        return await self._use(where, label, value)

    async def suggest(self, view: View, label: str, text: str = "") -> Delivery:
        """Type into a menu whose options the app gives: they are `delivery.response["options"]` once acknowledged."""
        block, it = found_element(view.blocks, label)
        if it["type"] != "external_select" or len(text) < it.get("min_query_length", 3):
            raise NotPossible(f"nothing is looked up for {text!r} in {label}")
        return await self.world.courier.send(view.app, "interactive", payloads.suggestion(view, block, it, text))

    async def submit(self, view: View, values: Json | None = None) -> Delivery:
        """Fill in a modal (by label, block_id or action_id) and press its submit button."""
        self._on_top(view)
        if view.raw.get("submit") is None:
            raise NotPossible("this modal has no submit button")
        filled(view, values or {})
        payload = payloads.submission(self.world, view)
        return await self.world.courier.send(
            view.app, "interactive", payload, lambda answer: answered(self.world, view, answer, view.installation)
        )

    async def close(self, view: View) -> Delivery | None:
        """Close a modal; the app hears of it if it asked for that."""
        self._on_top(view)
        cleared = bool(view.raw.get("clear_on_close"))
        for it in open_views(self.world, self) if cleared else [view]:
            it.closed = True
        self.world.changed()
        if not view.raw.get("notify_on_close"):
            return None
        return await self.world.courier.send(view.app, "interactive", payloads.closed(view, cleared))

    async def shortcut(self, callback_id: str, message: Message | None = None, *, app: App | None = None) -> Delivery:
        """Use a message shortcut on a message, or a global one."""
        installation = self._bot(app)
        kind = installation.app.shortcuts.get(callback_id)
        if kind != ("message" if message else "global"):
            raise NotPossible(f"there is no such {'message' if message else 'global'} shortcut: {callback_id}")
        if message is None:
            payload = payloads.global_shortcut(self.world, installation, self, callback_id)
        else:
            self._sees(message)
            payload = payloads.message_shortcut(self.world, installation, self, callback_id, message)
        return await self.world.courier.send(installation.app, "interactive", payload)

    async def open_home(self, tab: str = "home", *, app: App | None = None) -> list[Delivery]:
        """Click on the app."""
        installation = self._bot(app)
        event = payloads.home_opened(self.world, installation, self, tab)
        return await publish(self.world, event, None, [installation])

    def dm(self, app: App | None = None) -> Channel:
        """The direct conversation with the bot."""
        return self.world.im(self._bot(app).bot, self)

    def home(self, app: App | None = None) -> View | None:
        """The home tab that the bot published for this person."""
        return self.world.homes.get((self.id, self._bot(app).app.id))

    @property
    def views(self) -> list[View]:
        """Modals that are open, the one on top last."""
        return open_views(self.world, self)

    @property
    def whispers(self) -> list[Message]:
        """Ephemeral messages that this person sees, as they stand."""
        return [it for it in self.world.ephemerals if it.seen_by is self]

    async def _use(self, where: Message | View, label: str, value: Any) -> Delivery:
        block, it = found_element(where.blocks, label)
        installation = self._bot(where.app)
        if isinstance(where, Message):
            self._sees(where)
        elif where.kind == "modal":
            self._on_top(where)
        did: Json = {}
        if it["type"] not in ("button", "overflow"):
            did = chosen(it, value)
            if isinstance(where, View):
                where.state.setdefault(block["block_id"], {})[it["action_id"]] = did
        action = payloads.action(block, it, did, self.world.new_ts())
        if isinstance(where, View):
            payload = payloads.press_view(self.world, where, action)
        else:
            payload = payloads.press_message(self.world, installation, self, where, action)
        return await self.world.courier.send(installation.app, "interactive", payload)

    def _answered(self, bot: Installation, channel: Channel, answer: Json) -> None:
        """The acknowledgement of a command may say something."""
        if not answer.get("text") and not answer.get("blocks"):
            return
        call = Call(self.world, RateLimits(self.world.clock), {}, bot.app, bot)
        try:
            fields = {"text": answer.get("text"), "blocks": call.blocks(answer.get("blocks"))}
        except ApiError as error:
            raise Refused(str(error)) from error
        if answer.get("response_type") == "in_channel":
            post(self.world, channel, bot, fields)
        else:
            whisper(self.world, channel, self, bot, fields)

    def _file(self, channel: Channel, content: bytes) -> File:
        file = File(self.world.new_id("F"), "picture.png", self.team, self, len(content), content, complete=True)
        file.channels.add(channel.id)
        self.world.files[file.id] = file
        process(self.world, file)
        file.name = f"picture.{file.mimetype.rpartition('/')[2]}"
        return file

    def _bot(self, app: App | None) -> Installation:
        found = payloads.app_of(self.world, self.team, app).installation(self.team)
        if not found:
            raise NotPossible("the app is not installed here")
        return found

    def _channels(self) -> dict[str, str]:
        return {it.name: it.id for it in self.world.channels.values() if it.kind in KINDS and self.id in it.members}

    def _here(self, channel: Channel) -> None:
        if self.deactivated or channel.archived or channel.deleted or self.id not in channel.members:
            raise NotPossible(f"{self.name} cannot write in {channel.name}")

    def _sees(self, message: Message) -> None:
        gone = message not in message.channel.messages.values() and message not in self.world.ephemerals
        if gone or message.seen_by not in (None, self) or self.id not in message.channel.members:
            raise NotPossible(f"{self.name} does not see this message")

    def _on_top(self, view: View) -> None:
        if view not in self.views[-1:]:
            raise NotPossible("this modal is not on top")
