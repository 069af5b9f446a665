"""The small rules that Block Kit is made of: each complains in Slack's words, with a pointer to the place."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Json = dict[str, Any]
Look = Callable[[Json], str | None]
"""Given a slack_file object: what is wrong with it, or None."""


class Complaints:
    """What is wrong with a payload, in order."""

    def __init__(self, look: Look, root: str = "/blocks") -> None:
        self.look, self.root = look, root
        self.found: list[str] = []
        self.block_ids: set[str] = set()
        self.letters = 0
        """Characters of all texts so far."""

    def say(self, words: str, at: str) -> None:
        self.found.append(f"[ERROR] {words} [json-pointer:{at}]")

    def fields(self, it: Any, at: str, required: Iterable[str], allowed: Iterable[str]) -> bool:
        """Whether it is an object with what it needs; says so for what it needs and for what nobody knows."""
        if not isinstance(it, Mapping):
            self.say("must be an object", at)
            return False
        missing = [name for name in required if it.get(name) is None]
        for name in missing:
            self.say(f"missing required field: {name}", at)
        for name in it:
            if name not in {"type", *required, *allowed}:
                self.say(f"invalid additional property: {name}", at)
        return not missing

    def string(self, value: Any, at: str, limit: int, least: int = 0) -> None:
        """A string within its limits; None is none of its business."""
        if value is None:
            return
        if not isinstance(value, str):
            self.say("must be a string", at)
        elif len(value) > limit:
            self.say(f"must be less than {limit + 1} characters", at)
        elif len(value) < least:
            self.say(f"must be more than {least - 1} characters", at)

    def text(self, value: Any, at: str, limit: int, kinds: tuple[str, ...] = ("plain_text",)) -> None:
        """A text object; None is none of its business."""
        if value is None:
            return
        if not self.fields(value, at, ("text",), ("emoji", "verbatim")):
            return
        if value.get("type") not in kinds:
            self.say(f"must be one of: {', '.join(kinds)}", f"{at}/type")
        self.string(value["text"], f"{at}/text", limit, 1)
        if value.get("type") == "mrkdwn" and "emoji" in value:
            self.say("invalid additional property: emoji", at)
        self.letters += len(str(value["text"]))

    def count(self, items: Any, at: str, most: int, least: int = 1) -> list[Any]:
        """A list within its limits."""
        if not isinstance(items, list):
            self.say("must be an array", at)
            return []
        if len(items) < least:
            self.say(f"no fewer than {least} items required", at)
        if len(items) > most:
            self.say(f"no more than {most} items allowed", at)
        return items

    def choice(self, value: Any, at: str, among: tuple[Any, ...]) -> None:
        if value is not None and value not in among:
            self.say(f"must be one of: {', '.join(map(str, among))}", at)

    def picture(self, it: Json, at: str) -> None:
        """Exactly one of image_url and slack_file, and alt text."""
        self.string(it.get("alt_text"), f"{at}/alt_text", 2000, 1)
        if (it.get("image_url") is None) == (it.get("slack_file") is None):
            self.say("exactly one of image_url and slack_file is required", at)
        elif (url := it.get("image_url")) is not None:
            self.string(url, f"{at}/image_url", 3000, 1)
            if not str(url).startswith(("https://", "http://")):
                self.say("invalid image url", f"{at}/image_url")
        elif not isinstance(it["slack_file"], Mapping):
            self.say("must be an object", f"{at}/slack_file")
        elif words := self.look(dict(it["slack_file"])):
            self.say(words, f"{at}/slack_file")
