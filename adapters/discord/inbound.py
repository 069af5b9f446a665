"""From Discord's values to the bot's events. Pure: what has to be fetched was fetched before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

import discord

from adapters.discord.commands import SET, SHORTCUTS
from bot.events import Command, Imagine, Message, Press, Submit, Upload, options
from bot.flags import FLAGS
from bot.place import Person, Place

PLATFORM = "discord"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, where, and by which of Discord's ids."""

    event_id: str
    place: Place
    person: Person
    sheltered: Literal["", "channel", "thread"] = ""
    mature: bool = False

    @property
    def about(self) -> dict[str, Any]:
        """The fields that every event has."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def place(*, guild: int | None, channel: int, parent: int | None = None, person: int, private: bool = False) -> Place:
    """Where something happened.

    Args:
        guild: None outside of servers, where the channel is one long thread.
        channel: a thread's own id, if it is one; then `parent` is its channel.
        private: everything in the channel is one conversation, because no thread can be opened.
    """
    workspace = f"dm-{person}" if guild is None else str(guild)
    if parent is not None:
        return Place(PLATFORM, workspace, str(parent), str(channel))
    thread = str(channel) if guild is None or private else ""
    return Place(PLATFORM, workspace, str(channel), thread)


def sheltered(channel: object) -> Literal["", "channel", "thread"]:
    """Whether not everybody of a server may read in a channel or a thread. What is not known counts as private."""
    if isinstance(channel, discord.Thread):
        if channel.is_private():
            return "thread"
        channel = channel.parent
    if isinstance(channel, discord.abc.GuildChannel):
        everyone = channel.guild.get_role(channel.guild.id)  # None until Discord has told of the server
        return "" if everyone and channel.permissions_for(everyone).view_channel else "channel"
    return "channel"


def mature(channel: object) -> bool:
    """Whether a place is age-restricted. A thread does not say so itself: its channel does."""
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    return (
        isinstance(channel, discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.StageChannel)
        and channel.is_nsfw()
    )


def person(user: discord.abc.User, permissions: discord.Permissions | None = None) -> Person:
    """Who spoke; who may take others' messages away is a moderator."""
    return Person(str(user.id), user.display_name, bool(permissions and permissions.manage_messages))


def command(
    kind: type[Command],
    asked: Asked,
    given: Mapping[str, Any],
    uploads: Mapping[str, Upload],
    people: Mapping[str, Person],
) -> Command:
    """The event of a command. What was not said is left out, so that its default holds.

    Args:
        given: by option, as Discord gave them.
        uploads, people: those options that are pictures or people.
    """
    said = {name: value for name, value in given.items() if value is not None}
    values = {each.name: said[each.name] for each in options(kind) if each.name in said}
    values |= dict(uploads) | dict(people)
    if kind is Imagine:
        values["prompt"] = with_flags(str(values["prompt"]), said)
    return kind(**asked.about | values)


def with_flags(prompt: str, said: Mapping[str, Any]) -> str:
    """A prompt with the options that stand for flags written at its end."""
    names = {flag.field: flag.spelled for flag in FLAGS}
    written = [f"{names[field]} {said[name]}" for name, field in SHORTCUTS.items() if said.get(name) not in (None, "")]
    if said.get(SET):
        written.append(f"--{str(said[SET]).strip().lstrip('-')}")
    return " ".join([prompt, *written])


def press(asked: Asked, token: str) -> Press:
    """The event of a button."""
    return Press(**asked.about, token=token)


def submit(asked: Asked, token: str, text: str) -> Submit:
    """The event of a form. What stands in it is whatever a client sent: the bot reads it as it reads every prompt."""
    return Submit(**asked.about, token=token, text=text)


def message(
    asked: Asked, content: str, bot: int, *, picture: Upload | None = None, reply_to: str = "", addressed: bool = False
) -> Message:
    """The event of words. `reply_to` is the key of the bot's message that they answer, `bot` the bot's user id."""
    return Message(**asked.about, text=said(content, bot), picture=picture, reply_to=reply_to, addressed=addressed)


def said(content: str, bot: int) -> str:
    """The words of a message, without the mention of the bot."""
    return re.sub(rf"\s*<@!?{bot}>[,:]?\s*", " ", content).strip()


def token_of(data: Mapping[str, Any]) -> str:
    """The token of a button that was pressed, or that was chosen in a menu of buttons."""
    values = data.get("values") or []
    return str(values[0] if values else data.get("custom_id", ""))


def text_of(data: Mapping[str, Any]) -> str:
    """What was written in the field of a form."""
    rows = [part.get("component", part) for part in data.get("components", [])]
    fields = [field for row in rows for field in row.get("components", [row])]
    return next((str(field.get("value") or "") for field in fields if field.get("custom_id") == "text"), "")
