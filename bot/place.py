"""Where a conversation lives, and who speaks in it."""

from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote, unquote


@dataclass(frozen=True, slots=True)
class Place:
    """Platform, workspace, channel, thread. An empty thread is the channel itself.

    A thread is named by its root message, as Discord and Slack do.
    """

    platform: str
    workspace: str
    channel: str
    thread: str = ""

    def __str__(self) -> str:
        """The one text of a place; `parse` reads it back."""
        return "/".join(quote(part, safe="") for part in (self.platform, self.workspace, self.channel, self.thread))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The place that `str` wrote.

        Raises:
            ValueError: it does not have four parts.
        """
        parts = text.split("/")
        if len(parts) != 4:
            raise ValueError(f"not a place: {text!r}")
        return cls(*(unquote(part) for part in parts))

    def in_thread(self, root: str) -> Self:
        """The thread of this channel whose root message is `root`."""
        return replace(self, thread=root)


@dataclass(frozen=True, slots=True)
class Person:
    """Who spoke. `id` is the platform's; `name` is for showing; a moderator may delete and cancel for others.
    A guest is of another workspace, and sees what is kept to the place where they are, and their own."""

    id: str
    name: str
    moderator: bool = False
    guest: bool = False
