"""People: what they do in Discord's client, refused as the client refuses it."""

import secrets
import time
from typing import Any

from tests.peers.discord import payloads, posting, threads, uploads
from tests.peers.discord.commands import ATTACHMENT, MESSAGE, PERSON, check_use
from tests.peers.discord.errors import Misuse
from tests.peers.discord.forms import filled
from tests.peers.discord.handles import InteractionHandle, ModalHandle
from tests.peers.discord.permissions import AS_GUEST, IN_PRIVATE, P, may_send, of, sees
from tests.peers.discord.things import Channel, Message, User, walk
from tests.peers.discord.tokens import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Interaction
from tests.peers.discord.uploads import Body
from tests.peers.discord.world import News, World

Json = dict[str, Any]
File = bytes | tuple[str, bytes]


class Person(User):
    """A user whom a test moves."""

    world: World

    async def say(
        self,
        where: Channel,
        text: str = "",
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        mention_bot: bool = False,
        attachments: list[File] | None = None,
    ) -> Message:
        """Writes a message.

        Args:
            ping: a reply notifies whom it answers, as the client's default is.
            mention_bot: begins with a mention of the bot.
            attachments: contents, or (name, content).
        """
        if not sees(self, where) or not may_send(self, where):
            raise Misuse(f"{self.name} may not write in {where!r}")
        if where.thread and where.thread.locked and not of(self, where) & P.MANAGE_THREADS:
            raise Misuse(f"{where!r} is locked")
        if reply_to is not None and (reply_to.channel is not where or reply_to.deleted):
            raise Misuse("a reply is to a message of the same place")
        content = f"{self.world.bot.mention} {text}".strip() if mention_bot else text
        files = dict(enumerate(map(_file, attachments or [])))
        allowed = {"parse": ["users", "roles", "everyone"], "replied_user": ping}
        body = Body({"content": content, "allowed_mentions": allowed}, files)
        kind = 19 if reply_to else 0
        return posting.create(self.world, where, self, body, reply_to=reply_to, kind=kind)

    async def command(self, where: Channel, name: str, **options: Any) -> InteractionHandle:
        """Uses a slash command; files are contents or (name, content), people are users."""
        command = self._command(where, name, 1)
        check_use(command, options)
        resolved: Json = {}
        values = [
            self._value(each, options[each["name"]], resolved) for each in command["options"] if each["name"] in options
        ]
        return self._send(COMMAND, where, self._data(command, options=values, resolved=resolved))

    async def autocomplete(self, where: Channel, name: str, option: str, text: str, **others: Any) -> list[Json]:
        """Types into an option, and gives what is offered."""
        command = self._command(where, name, 1)
        check_use(command, others | {option: text}, typing=option)
        about = next(each for each in command["options"] if each["name"] == option)
        if not about.get("autocomplete"):
            raise Misuse(f"{option} of /{name} is not completed")
        values: list[Json] = [
            self._value(each, others[each["name"]], {}) for each in command["options"] if each["name"] in others
        ]
        values.append({"name": option, "type": about["type"], "value": text, "focused": True})
        handle = self._send(AUTOCOMPLETE, where, self._data(command, options=values))
        await handle.wait_acked()
        return handle.choices or []

    async def context_menu(self, name: str, message: Message) -> InteractionHandle:
        """Uses an entry of a message's menu."""
        self._look(message)
        command = self._command(message.channel, name, MESSAGE)
        shown = self.world.show(message, whole=True)
        data = self._data(command, target_id=str(message.id), resolved={"messages": {str(message.id): shown}})
        return self._send(COMMAND, message.channel, data)

    async def press(self, message: Message, which: str) -> InteractionHandle:
        """Presses a button of a message as it is now, by label or custom_id."""
        self._look(message)
        found = [each for each in message.buttons if which in (each.label, each.custom_id) and each.custom_id]
        if len(found) != 1:
            raise Misuse(f"{len(found)} buttons {which!r} on {message!r}; there are {message.buttons}")
        if found[0].disabled:
            raise Misuse(f"the button {which!r} is disabled")
        data = {"component_type": 2, "custom_id": found[0].custom_id}
        return self._send(COMPONENT, message.channel, data, message=message)

    async def choose(self, message: Message, custom_id: str, values: list[str]) -> InteractionHandle:
        """Chooses in a select of a message."""
        self._look(message)
        parts = [each for each in walk(message.components) if each.get("custom_id") == custom_id and each["type"] != 2]
        if not parts or parts[0].get("disabled"):
            raise Misuse(f"no select {custom_id!r} on {message!r}")
        offered = [each["value"] for each in parts[0].get("options", [])]
        if not set(values) <= set(offered):
            raise Misuse(f"{values} are not among {offered}")
        if not parts[0].get("min_values", 1) <= len(values) <= parts[0].get("max_values", 1):
            raise Misuse(f"not so many: {values}")
        data = {"component_type": parts[0]["type"], "custom_id": custom_id, "values": values}
        return self._send(COMPONENT, message.channel, data, message=message)

    async def submit(self, modal: ModalHandle, values: dict[str, Any] | None = None) -> InteractionHandle:
        """Sends a form; fields by custom_id or label; what is left out keeps what stood there."""
        opened = modal.interaction.interaction
        if opened.user is not self:
            raise Misuse("the form is open before somebody else")
        data = {"custom_id": modal.payload["custom_id"], "components": filled(modal, values or {})}
        return self._send(SUBMIT, opened.channel, data, message=opened.message, parent=opened)

    async def start_thread(
        self, where: Channel, name: str, message: Message | None = None, private: bool = False
    ) -> Channel:
        """Starts a thread, or a post of a forum."""
        return threads.start(self.world, where, self, name, message=message, private=private)

    # -- how it is sent ------------------------------------------------------------------------------------------

    def _look(self, message: Message) -> None:
        gone = message.deleted or message.loading or not (sees(self, message.channel))
        if gone or message.ephemeral_to not in (None, self):
            raise Misuse(f"{self.name} does not see {message!r}")

    def _command(self, where: Channel, name: str, kind: int) -> Json:
        app = self.world.app
        context = self._context(where)
        scopes = [where.guild.id, 0] if where.guild else [0]
        all_of = [each for scope in scopes for each in app.commands.get(scope, [])]
        known = [each for each in all_of if each["name"] == name and each["type"] == kind]
        if not known:
            raise Misuse(f"no command {name!r} is registered; there are {[each['name'] for each in all_of]}")
        command = known[0]
        if command["contexts"] is not None and context not in command["contexts"]:
            raise Misuse(f"{name!r} is not offered in context {context}")
        installs = {0} if self._installed_in(where) else set()
        installs |= {1} if self.installed else set()
        if not installs & set(command["integration_types"]):
            raise Misuse(f"{name!r} is not installed there, nor with {self.name}")
        place = where.parent if where.thread and where.parent else where
        if command["nsfw"] and where.guild and not place.nsfw:
            raise Misuse(f"{name!r} is offered in age-restricted channels alone")
        needed = command["default_member_permissions"]
        if needed is not None and where.guild and int(needed) & ~int(of(self, where)):
            raise Misuse(f"{name!r} needs permissions that {self.name} has not")
        return command

    def _installed_in(self, where: Channel) -> bool:
        bot = self.world.bot
        return bot.id in where.guild.members if where.guild else bot in where.recipients

    def _context(self, where: Channel) -> int:
        if where.guild:
            return 0
        return 1 if self.world.bot in where.recipients else 2

    def _data(self, command: Json, **more: Any) -> Json:
        body = {"id": command["id"], "name": command["name"], "type": command["type"]} | more
        return body | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})

    def _value(self, option: Json, value: Any, resolved: Json) -> Json:
        if option["type"] == ATTACHMENT:
            made = uploads.attachment(self.world, Channel(0, 0), _file(value), {}, ephemeral=True)
            shown = self.world.writer.attachment(made, self.world.now())
            resolved.setdefault("attachments", {})[str(made.id)] = shown
            value = str(made.id)
        elif option["type"] == PERSON:
            resolved.setdefault("users", {})[str(value.id)] = payloads.user(value)
            value = str(value.id)
        return {"name": option["name"], "type": option["type"], "value": value}

    def _send(
        self, kind: int, where: Channel, data: Json, message: Message | None = None, parent: Interaction | None = None
    ) -> InteractionHandle:
        world = self.world
        if not sees(self, where):
            raise Misuse(f"{self.name} does not see {where!r}")
        if where.guild and not of(self, where) & P.USE_APPLICATION_COMMANDS and kind in (COMMAND, AUTOCOMPLETE):
            raise Misuse(f"{self.name} may not use commands in {where!r}")
        if where.thread and where.thread.archived and kind in (COMMAND, AUTOCOMPLETE):
            raise Misuse("commands cannot be used in archived threads")
        context = self._context(where)
        owners: Json = {}
        if self._installed_in(where):
            owners["0"] = str(where.guild.id) if where.guild else "0"
        if self.installed:
            owners["1"] = str(self.id)
        it = Interaction(
            world.ids.next(),
            secrets.token_urlsafe(40),
            kind,
            self,
            where,
            world.now(),
            time.perf_counter(),
            data,
            owners,
            context,
            message=message,
            parent=parent,
        )
        world.interactions[it.id] = it
        told = {"type": kind, "who": self.name, "channel": str(where.id), "interaction": it}
        world.transcript.add("interaction", **told, name=data.get("name") or data.get("custom_id"))
        body = self._payload(it)
        world.listener(News("INTERACTION_CREATE", lambda whole: body, where.guild))
        return InteractionHandle(world, it)

    def _payload(self, it: Interaction) -> Json:
        world, where = self.world, it.channel
        body: Json = {
            "id": str(it.id),
            "application_id": str(world.bot.id),
            "type": it.kind,
            "token": it.token,
            "version": 1,
            "data": it.data,
            "channel_id": str(where.id),
            "channel": payloads.channel_of_interaction(where, self, world.bot),
            "locale": self.locale,
            "entitlements": [],
            "authorizing_integration_owners": it.owners,
            "context": it.context,
            "attachment_size_limit": self.upload_limit or world.file_limit(where),
        }
        if it.message is not None:
            body["message"] = world.show(it.message, whole=True)
        if where.guild is None:
            return body | {"user": payloads.user(self), "app_permissions": str(int(IN_PRIVATE))}
        here = world.bot.id in where.guild.members
        mine = of(world.bot, where) if here else of(self, where) & AS_GUEST
        member = payloads.member(where.guild.members[self.id]) | {"permissions": str(int(of(self, where)))}
        return body | {
            "guild_id": str(where.guild.id),
            "guild": {"id": str(where.guild.id), "locale": where.guild.locale, "features": []},
            "guild_locale": where.guild.locale,
            "member": member,
            "app_permissions": str(int(mine)),
        }


def _file(value: File) -> tuple[str, bytes]:
    return value if isinstance(value, tuple) else ("picture.png", value)
