"""Messages as JSON: to whom the content is shown, where the files are."""

import hashlib
from typing import Any

from tests.peers.discord import payloads
from tests.peers.discord.clock import iso
from tests.peers.discord.things import Attachment, Message, User

Json = dict[str, Any]

KEPT = 86_400.0  # seconds that an address of the CDN is good for


class Writer:
    """Writes messages for the bot of a world.

    Args:
        bot: its own messages, and those that mention it, are always whole.
    """

    def __init__(self, bot: User) -> None:
        self._bot = bot
        self.base = ""
        """The CDN's address."""

    def message(self, it: Message, now: float, whole: bool, nested: bool = False) -> Json:
        """A message.

        Args:
            whole: content, embeds, attachments and components are shown whoever wrote it.
            nested: inside another: no further replies within.
        """
        shown = whole or self.is_open(it)
        body: Json = {
            "id": str(it.id),
            "channel_id": str(it.channel.id),
            "author": payloads.user(it.author),
            "content": it.content if shown else "",
            "embeds": it.embeds if shown else [],
            "components": self._resolved(it, now) if shown else [],
            "attachments": [self.attachment(each, now) for each in it.attachments] if shown else [],
            "timestamp": iso(it.created),
            "edited_timestamp": iso(it.edited) if it.edited is not None else None,
            "tts": False,
            "mention_everyone": it.mention_everyone,
            "mentions": [payloads.user(each) for each in it.mentions],
            "mention_roles": [str(each) for each in it.mention_roles],
            "pinned": False,
            "type": it.kind,
            "flags": it.flags,
            "reactions": [
                {
                    "emoji": {"id": None, "name": name},
                    "count": len(who),
                    "count_details": {"burst": 0, "normal": len(who)},
                    "me": self._bot.id in who,
                    "me_burst": False,
                    "burst_colors": [],
                }
                for name, who in it.reactions.items()
                if who
            ],
        }
        if it.nonce is not None:
            body["nonce"] = it.nonce
        if it.author.bot:
            body["application_id"] = str(self._bot.id)
        if it.interaction is not None:
            body["webhook_id"] = str(self._bot.id)
            body["interaction_metadata"] = it.interaction.metadata()
        if it.reply_to is not None:
            body["message_reference"] = {
                "type": 0,
                "channel_id": str(it.channel.id),
                "message_id": str(it.reply_to.id),
            }
            if it.channel.guild:
                body["message_reference"]["guild_id"] = str(it.channel.guild.id)
            if not nested:
                gone = it.reply_to.deleted
                body["referenced_message"] = None if gone else self.message(it.reply_to, now, whole, nested=True)
        if it.thread is not None and not it.thread.deleted:
            body["thread"] = payloads.channel(it.thread, self._bot)
        return body

    def is_open(self, it: Message) -> bool:
        """Whether its content is shown without the privileged intent."""
        return it.channel.guild is None or it.author is self._bot or self._bot in it.mentions

    def attachment(self, it: Attachment, now: float) -> Json:
        """A file, with a signed address that expires."""
        url = self.url(it, now)
        body: Json = {
            "id": str(it.id),
            "filename": it.filename,
            "size": len(it.data),
            "url": url,
            "proxy_url": url,
            "ephemeral": it.ephemeral,
        }
        if it.content_type:
            body["content_type"] = it.content_type
        if it.description is not None:
            body["description"] = it.description
        if it.size:
            body["width"], body["height"] = it.size
        return body

    def url(self, it: Attachment, now: float) -> str:
        """Where a file is, until it expires."""
        kind = "ephemeral-attachments" if it.ephemeral else "attachments"
        expires = format(int(now + KEPT), "x")
        path = f"/{kind}/{it.folder}/{it.id}/{it.filename}"
        return f"{self.base}{path}?ex={expires}&is={format(int(now), 'x')}&hm={signed(path, expires)}"

    def _resolved(self, it: Message, now: float) -> list[Json]:
        """The components, attachment:// made an address and each given its number."""
        files = {f"attachment://{each.filename}": each for each in it.attachments}
        numbers = iter(range(1, 1000))

        def media(value: Json) -> Json:
            file = files.get(value["url"])
            if file is None:
                return value
            url = self.url(file, now)
            size: Json = {"width": file.size[0], "height": file.size[1]} if file.size else {}
            return {
                "url": url,
                "proxy_url": url,
                "content_type": file.content_type,
                "attachment_id": str(file.id),
                **size,
            }

        def part(value: Json) -> Json:
            value = {"id": next(numbers), **value}
            for key in ("media", "file"):
                if isinstance(value.get(key), dict):
                    value[key] = media(value[key])
            if "items" in value:
                value["items"] = [each | {"media": media(each["media"])} for each in value["items"]]
            if "components" in value:
                value["components"] = [part(each) for each in value["components"]]
            if value.get("accessory"):
                value["accessory"] = part(value["accessory"])
            return value

        return [part(each) for each in it.components]


def signed(path: str, expires: str) -> str:
    """The signature of an address: it is good for one path and one time."""
    return hashlib.sha256(f"{path} {expires}".encode()).hexdigest()
