"""What the bot lacks in a place, by the names that Discord's own settings use."""

from typing import Literal

import discord

Opens = Literal["", "root", "private", "post"]
"""What is opened for an answer: nothing, a thread at a message, a private thread, or a post in a forum."""

_NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "create_public_threads": "Create Public Threads",
    "create_private_threads": "Create Private Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}

ALL = discord.Permissions(**dict.fromkeys(_NAMES, True))
"""What the bot asks for when it is invited."""

_ALWAYS = ("view_channel", "attach_files", "read_message_history")
_OPENS: dict[Opens, tuple[str, ...]] = {
    "root": ("send_messages", "create_public_threads", "send_messages_in_threads"),
    "private": ("create_private_threads", "send_messages_in_threads"),
    "post": ("send_messages", "send_messages_in_threads"),
}
_IN_THREAD = ("send_messages_in_threads",)


def missing(mine: discord.Permissions, *, thread: bool, opens: Opens) -> list[str]:
    """The names of what is lacking to answer with pictures.

    Args:
        mine: what the bot may do in the place; in a thread that is what it may do in the channel above.
        thread: the answer is in a thread.
        opens: what is opened for it.
    """
    needed = [*_ALWAYS, *(_OPENS[opens] if opens else _IN_THREAD if thread else ("send_messages",))]
    return names(mine, needed)


def names(mine: discord.Permissions, needed: list[str] | None = None) -> list[str]:
    """The names of those that are lacking; of all that are ever needed, if not said."""
    if mine.administrator:
        return []
    return [_NAMES[each] for each in (needed or _NAMES) if not getattr(mine, each)]


def invite(application: int) -> str:
    """The link with which somebody brings the bot to a server: exactly the scopes and permissions that it needs."""
    return discord.utils.oauth_url(application, permissions=ALL, scopes=("bot", "applications.commands"))
