"""What arrives, as it is written down at once, and how it is completed afterwards: at once, or after a crash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord

from adapters.discord import inbound
from adapters.discord.answers import is_away
from adapters.discord.fetching import Brought, Refused, pictures_of, upload
from adapters.discord.inbound import PLATFORM, Asked
from adapters.discord.posting import CALL, Posting
from bot import wording_discord as wording
from bot.events import AnyEvent, Command, Describe, Imagine, Message
from bot.memory.inbox import Arrival
from bot.place import Place

FILE = "file "
"""Before the option's name: a file that lies at Discord."""
ON, ANSWERS, REFINES = "on", "answers", "refines"
"""The id of the message that has the button, of the one that is answered, of the one that is to be refined."""


@dataclass(frozen=True, slots=True)
class Complete:
    """An event with everything that had to be looked up for it."""

    event: AnyEvent
    key: str = ""
    """Of the reply that has the button which was pressed, if it is in that one message."""


def command(interaction: discord.Interaction[Any], kind: type[Command], given: Mapping[str, Any]) -> Arrival:
    """A slash command."""
    files = {f"{FILE}{name}": str(Brought.of(value)) for name, value in given.items() if _is_file(value)}
    people = {name: inbound.person(value) for name, value in given.items() if isinstance(value, discord.abc.User)}
    said = {name: value for name, value in given.items() if not _is_file(value)}
    return Arrival(inbound.command(kind, asked(interaction), said, {}, people), files)


def describe(interaction: discord.Interaction[Any], pictures: Sequence[Brought]) -> list[Arrival]:
    """Describe, for each picture of a message."""
    who = asked(interaction)
    ids = [f"{who.event_id}-{number}" if number else who.event_id for number in range(len(pictures))]
    return [
        Arrival(Describe(**who.about | {"event_id": id}), {f"{FILE}picture": str(picture)})
        for id, picture in zip(ids, pictures, strict=True)
    ]


def press(interaction: discord.Interaction[Any], token: str) -> Arrival:
    """A button."""
    return Arrival(inbound.press(asked(interaction), token), _on(interaction))


def refine(interaction: discord.Interaction[Any], text: str, message: str, bot: int) -> Arrival:
    """The form of the menu entry Refine."""
    event = inbound.message(asked(interaction), text, bot, addressed=True)
    return Arrival(event, {REFINES: message})


def start(interaction: discord.Interaction[Any], text: str, picture: Brought) -> Arrival:
    """The form of the menu entry Use as start."""
    return Arrival(Imagine(**asked(interaction).about, prompt=text), {f"{FILE}picture": str(picture)})


def submit(interaction: discord.Interaction[Any], token: str, text: str) -> Arrival:
    """A form of the bot's."""
    return Arrival(inbound.submit(asked(interaction), token, text), _on(interaction))


def message(said: discord.Message, bot: int, *, addressed: bool) -> Arrival:
    """Words."""
    facts = {f"{FILE}picture": str(each) for each in pictures_of(said)[:1]}
    if said.reference and said.reference.message_id:
        facts[ANSWERS] = str(said.reference.message_id)
    return Arrival(inbound.message(asked_by_message(said), said.content, bot, addressed=addressed), facts)


async def complete(arrival: Arrival, posting: Posting) -> Complete:
    """Look up and fetch what an event needs.

    Raises:
        Refused: it can't be taken.
    """
    event, facts, key = arrival.event, arrival.facts, ""
    if on := facts.get(ON):
        posted = await posting.posts.shown_by(PLATFORM, on)
        if posted:
            key, where, here = posted.key if posted.message == on else "", Place.parse(posted.place), event.place
            if where.thread == where.channel == here.channel and not here.thread:
                event = replace(event, place=where)  # a channel can be a conversation of its own
    if isinstance(event, Message):
        event = await _message(event, facts, posting)
    files = {name.removeprefix(FILE): file for name, file in facts.items() if name.startswith(FILE)}
    fetched: dict[str, Any] = {name: await upload(posting.client, Brought.parse(file)) for name, file in files.items()}
    if fetched:
        event = replace(event, **fetched)
    return Complete(event, key)


async def _message(event: Message, facts: Mapping[str, str], posting: Posting) -> Message:
    answered = facts.get(REFINES) or facts.get(ANSWERS)
    posted = await posting.posts.shown_by(PLATFORM, answered) if answered else None
    if REFINES in facts and not posted:
        raise Refused(wording.NOT_MINE)
    if not event.place.thread:
        where = Place.parse(posted.place) if posted else event.place
        if where.thread == where.channel == event.place.channel:
            event = replace(event, place=where)  # a channel can be a conversation of its own
        elif REFINES not in facts:  # else the bot knows where that set lives
            raise Refused(wording.CHANNEL_MENTION)
    key = posted.key.removesuffix(CALL) if posted else ""
    return replace(event, reply_to=key, addressed=event.addressed or bool(posted))


def asked(interaction: discord.Interaction[Any]) -> Asked:
    """Who asked, and where."""
    channel = interaction.channel
    where = inbound.place(
        guild=interaction.guild_id,
        channel=interaction.channel_id or 0,
        parent=channel.parent_id if isinstance(channel, discord.Thread) else None,
        person=interaction.user.id,
        private=is_away(interaction),
    )
    who = inbound.person(interaction.user, interaction.permissions)
    sheltered = "channel" if is_away(interaction) else inbound.sheltered(channel)
    return Asked(str(interaction.id), where, who, sheltered, inbound.mature(channel))


def asked_by_message(message: discord.Message) -> Asked:
    """Who wrote, and where."""
    channel, author = message.channel, message.author
    where = inbound.place(
        guild=message.guild.id if message.guild else None,
        channel=channel.id,
        parent=channel.parent_id if isinstance(channel, discord.Thread) else None,
        person=author.id,
    )
    rights = author.guild_permissions if isinstance(author, discord.Member) else None
    who = inbound.person(author, rights)
    return Asked(str(message.id), where, who, inbound.sheltered(channel), inbound.mature(channel))


def _on(interaction: discord.Interaction[Any]) -> dict[str, str]:
    return {ON: str(interaction.message.id)} if interaction.message else {}


def _is_file(value: object) -> bool:
    return isinstance(value, discord.Attachment)
