"""Messages come, change and go: the effects, once everything is checked."""

import re
from typing import Any

from tests.peers.discord import threads, uploads
from tests.peers.discord.errors import OLD_EDITS, THREAD_ARCHIVED, Refusal, length, require
from tests.peers.discord.permissions import P, of, sees
from tests.peers.discord.things import EPHEMERAL, LOADING, SILENT, V2, Attachment, Channel, Message, User
from tests.peers.discord.tokens import Interaction
from tests.peers.discord.uploads import Body
from tests.peers.discord.validate import check_allowed_mentions, check_message
from tests.peers.discord.world import World

Json = dict[str, Any]

SETTABLE = V2 | SILENT | EPHEMERAL | (1 << 2)


def create(
    world: World,
    channel: Channel,
    author: User,
    body: Body,
    *,
    interaction: Interaction | None = None,
    reply_to: Message | None = None,
    kind: int = 0,
    ephemeral: bool = False,
) -> Message:
    """Posts a message.

    Raises:
        Refusal: 50006, 50035; the message is not posted.
    """
    payload = body.payload
    check_allowed_mentions(payload.get("allowed_mentions"))
    nonce = payload.get("nonce")
    if nonce is not None:
        length(str(nonce), "nonce", 0, 25)
    flags = int(payload.get("flags") or 0)
    require(not flags & ~SETTABLE, "flags", "MESSAGE_FLAGS_INVALID", "Only some flags can be set")
    flags = (flags & ~EPHEMERAL) | (EPHEMERAL if ephemeral else 0)
    message = Message(world.ids.next(), channel, author, world.now(), flags=flags, kind=kind, reply_to=reply_to)
    message.nonce = str(nonce) if nonce is not None else None
    message.interaction = interaction
    message.ephemeral_to = interaction.user if interaction and ephemeral else None
    uploaded = _fill(world, message, body)
    check_message(message, uploaded)
    _mention(message, payload, pinging=not flags & SILENT)
    publish(world, message)
    if message.nonce is not None and payload.get("enforce_nonce"):
        world.nonces[channel.id, message.nonce] = message
    return message


def loading(world: World, interaction: Interaction, ephemeral: bool) -> Message:
    """Posts the "is thinking" of a deferred answer."""
    message = Message(world.ids.next(), interaction.channel, world.bot, world.now(), kind=_answer_kind(interaction))
    message.flags = LOADING | (EPHEMERAL if ephemeral else 0)
    message.interaction = interaction
    message.ephemeral_to = interaction.user if ephemeral else None
    publish(world, message)
    return message


def _answer_kind(interaction: Interaction) -> int:
    return {1: 20, 3: 23}.get(interaction.data.get("type", 0), 19 if interaction.message else 0)


def answer(world: World, interaction: Interaction, body: Body, *, followup: bool, ephemeral: bool) -> Message:
    """Posts an answer to an interaction."""
    reply_to = interaction.original if followup else interaction.message
    kind = 19 if reply_to else _answer_kind(interaction)
    return create(
        world,
        interaction.channel,
        world.bot,
        body,
        interaction=interaction,
        reply_to=reply_to,
        kind=kind,
        ephemeral=ephemeral,
    )


def earlier(world: World, channel: Channel, payload: Json) -> Message | None:
    """What was posted a short while ago with the same nonce, when that is to be enforced."""
    if payload.get("nonce") is None or not payload.get("enforce_nonce"):
        return None
    message = world.nonces.get((channel.id, str(payload["nonce"])))
    if message is None or message.deleted or world.now() - message.created > world.rules.nonce_seconds:
        return None
    return message


def publish(world: World, message: Message) -> None:
    """Puts a message into its channel and tells of it."""
    channel = message.channel
    if channel.thread is not None:
        threads.written(world, channel, message.author)
    channel.messages[message.id] = message
    fields = {"author": message.author.name, "channel": str(channel.id), "message": message, "text": message.text}
    world.transcript.add("message", ephemeral=message.ephemeral, loading=message.loading, **fields)
    _note_pings(world, message)
    world.tell_message("MESSAGE_CREATE", message, **_member_of(message))


def _member_of(message: Message) -> Json:
    from tests.peers.discord import payloads

    guild = message.channel.guild
    if guild is None or message.author.id not in guild.members:
        return {}
    return {"member": payloads.member(guild.members[message.author.id], with_user=False)}


def edit(world: World, message: Message, body: Body) -> Message:
    """Changes a message; what the request leaves out stays.

    Raises:
        Refusal: 50083, 30046, 50006, 50035; the message stays as it is.
    """
    payload = body.payload
    if message.channel.thread is not None and message.channel.thread.archived:
        raise Refusal(THREAD_ARCHIVED)
    check_allowed_mentions(payload.get("allowed_mentions"))
    old = world.now() - message.created > 3600
    if old and message.old_edits >= world.rules.old_edits:
        raise Refusal(OLD_EDITS)
    flags = message.flags
    if payload.get("flags") is not None:
        wanted = int(payload["flags"])
        require(wanted & V2 or not message.v2, "flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG")
        flags = (flags & ~(V2 | 4)) | (wanted & (V2 | 4))
    after = Message(message.id, message.channel, message.author, message.created, flags=flags)
    after.content, after.embeds, after.components = message.content, message.embeds, message.components
    after.attachments = list(message.attachments)
    uploaded = _fill(world, after, body)
    check_message(after, uploaded)
    message.content, message.embeds, message.components = after.content, after.embeds, after.components
    message.attachments = after.attachments
    message.flags = flags & ~LOADING
    message.edited, message.edits = world.now(), message.edits + 1
    message.old_edits += old
    _mention(message, payload, pinging=False)
    world.transcript.add("edit", channel=str(message.channel.id), message=message, text=message.text)
    world.tell_message("MESSAGE_UPDATE", message)
    return message


def delete(world: World, message: Message) -> None:
    """Takes a message away."""
    message.deleted = True
    world.transcript.add("delete", channel=str(message.channel.id), message=message)
    if message.ephemeral_to is None and sees(world.bot, message.channel):
        guild = message.channel.guild
        body = {"id": str(message.id), "channel_id": str(message.channel.id)}
        body |= {"guild_id": str(guild.id)} if guild else {}
        from tests.peers.discord.world import DIRECT_MESSAGES, GUILD_MESSAGES

        world.tell("MESSAGE_DELETE", body, guild, GUILD_MESSAGES if guild else DIRECT_MESSAGES)


def _fill(world: World, message: Message, body: Body) -> set[str]:
    """Takes content, embeds, components and files from a request; gives the names of the new files."""
    payload = body.payload
    if "content" in payload:
        content = payload["content"] or ""
        require(isinstance(content, str), "content", "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
        message.content = content
    for key in ("embeds", "components"):
        if key in payload:
            require(payload[key] is None or isinstance(payload[key], list), key, "LIST_TYPE_CONVERT")
            setattr(message, key, payload[key] or [])
    before = {file.id: file for file in message.attachments}
    listed = payload.get("attachments")
    if listed is None:
        listed = [{"id": number} for number in (*before, *body.files)]
    numbers = {int(about["id"]) for about in listed}
    unlisted = set(body.files) - numbers
    require(not unlisted, "attachments", "ATTACHMENT_NOT_LISTED", f"files without an entry: {sorted(unlisted)}")
    message.attachments, new = [], set()
    for place, about in enumerate(listed):
        number = int(about["id"])
        if number in before:
            message.attachments.append(before[number])
            continue
        found = number in body.files
        require(found, f"attachments.{place}.id", "ATTACHMENT_NOT_FOUND", f"no file or attachment {number}")
        file = _attach(world, message, body.files[number], about)
        message.attachments.append(file)
        new.add(file.filename)
    return new


def _attach(world: World, message: Message, file: tuple[str, bytes], about: Json) -> Attachment:
    return uploads.attachment(world, message.channel, file, about, ephemeral=message.ephemeral)


def _mention(message: Message, payload: Json, pinging: bool) -> None:
    """Whom a message mentions, and whom it really notifies; edits notify nobody."""
    guild = message.channel.guild
    allowed = payload.get("allowed_mentions")
    parse = set(allowed.get("parse") or []) if allowed is not None else {"users", "roles", "everyone"}
    listed = {str(each) for key in ("users", "roles") for each in ((allowed or {}).get(key) or [])}
    around = [member.user for member in guild.members.values()] if guild else message.channel.recipients
    by_id = {str(user.id): user for user in around}
    text = message.text
    users = [by_id[each] for each in re.findall(r"<@!?(\d+)>", text) if each in by_id]
    users = [user for user in dict.fromkeys(users) if "users" in parse or str(user.id) in listed]
    roles = [each for each in re.findall(r"<@&(\d+)>", text) if "roles" in parse or each in listed]
    may_all = bool(of(message.author, message.channel) & P.MENTION_EVERYONE)
    message.mention_everyone = bool(re.search(r"@(everyone|here)", text)) and "everyone" in parse and may_all
    if message.reply_to is not None and message.interaction is None:
        replied = allowed.get("replied_user", False) if allowed is not None else True
        if replied and message.reply_to.author not in users:
            users.append(message.reply_to.author)
    message.mentions = users
    message.mention_roles = [int(each) for each in roles]
    if pinging:
        names = {str(role.id): role.name for role in guild.roles.values()} if guild else {}
        message.pings = [user.name for user in users if user is not message.author]
        message.pings += [f"@{names[each]}" for each in roles if each in names]
        message.pings += ["everyone"] if message.mention_everyone else []


def _note_pings(world: World, message: Message) -> None:
    for who in message.pings:
        world.transcript.add("ping", who=who, channel=str(message.channel.id), message=message)
