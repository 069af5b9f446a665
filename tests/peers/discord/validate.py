"""The rules of messages: lengths, embeds, components V2 with their files, whom they may mention."""

from typing import Any

from tests.peers.discord import components
from tests.peers.discord.errors import EMPTY_MESSAGE, Refusal, length, require
from tests.peers.discord.things import V2, Message, walk

Json = dict[str, Any]

EMBED_TEXTS = {"title": 256, "description": 4096}


def check_message(it: Message, uploaded: set[str]) -> None:
    """Refuses a message that may not be as it would be.

    Args:
        it: the message as it would become.
        uploaded: names of the files that came with this request.

    Raises:
        Refusal: 50035, 50006.
    """
    v2 = bool(it.flags & V2)
    length(it.content, "content", 0, 2000)
    check_embeds(it.embeds)
    require(len(it.attachments) <= 10, "attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for number, file in enumerate(it.attachments):
        if file.description is not None:
            length(file.description, f"attachments.{number}.description", 0, 1024)
    names = {file.filename for file in it.attachments}
    if v2:
        for field in ("content", "embeds"):
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            require(not getattr(it, field), field, code, f"The '{field}' field cannot be used with components V2")
    if v2 or it.components:
        components.check(it.components, v2, names)
    if v2:
        unshown = uploaded - _referenced(it.components)
        require(not unshown, "attachments", "COMPONENTS_V2_UNREFERENCED_ATTACHMENT", f"not shown: {sorted(unshown)}")
    if not (it.content.strip() or it.embeds or it.attachments or it.components):
        raise Refusal(EMPTY_MESSAGE)


def _referenced(parts: list[Json]) -> set[str]:
    urls = [part[key]["url"] for part in walk(parts) for key in ("media", "file") if part.get(key)]
    urls += [item["media"]["url"] for part in walk(parts) for item in part.get("items", [])]
    return {url.removeprefix("attachment://") for url in urls}


def check_embeds(embeds: list[Json]) -> None:
    """Refuses embeds that are too many or too long: 10, and 6000 characters together.

    Raises:
        Refusal: 50035.
    """
    require(len(embeds) <= 10, "embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    total = 0
    for number, embed in enumerate(embeds):
        path = f"embeds.{number}"
        texts = [(f"{path}.{key}", embed.get(key), most) for key, most in EMBED_TEXTS.items()]
        texts.append((f"{path}.footer.text", (embed.get("footer") or {}).get("text"), 2048))
        texts.append((f"{path}.author.name", (embed.get("author") or {}).get("name"), 256))
        fields = embed.get("fields", [])
        require(len(fields) <= 25, f"{path}.fields", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        for place, field in enumerate(fields):
            length(field.get("name"), f"{path}.fields.{place}.name", 1, 256)
            length(field.get("value"), f"{path}.fields.{place}.value", 1, 1024)
            total += len(field["name"]) + len(field["value"])
        for where, text, most in texts:
            if text is not None:
                length(text, where, 0, most)
                total += len(text)
    require(total <= 6000, "embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def check_allowed_mentions(allowed: Json | None) -> None:
    """Refuses contradictory or over-long lists.

    Raises:
        Refusal: 50035.
    """
    if allowed is None:
        return
    parse = allowed.get("parse") or []
    require(set(parse) <= {"users", "roles", "everyone"}, "allowed_mentions.parse", "BASE_TYPE_CHOICES")
    for key in ("users", "roles"):
        listed = allowed.get(key) or []
        require(len(listed) <= 100, f"allowed_mentions.{key}", "BASE_TYPE_MAX_LENGTH")
        code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
        require(not (listed and key in parse), "allowed_mentions", code, f"parse and {key} exclude each other")
