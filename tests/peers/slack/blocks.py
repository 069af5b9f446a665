"""Block Kit blocks: what a message, a modal and a home tab refuse.

Cards, carousels, tables and other blocks that this project has no use for are refused as unknown.
"""

from collections.abc import Callable
from typing import Any

from tests.peers.slack.block_elements import ACCESSORIES, ACTIONS, INPUTS, check_element
from tests.peers.slack.checks import Complaints, Json, Look

MARKUP = ("mrkdwn", "plain_text")
MOST_LETTERS = 13_200
"""Of all texts of a message's blocks together: msg_blocks_too_long above it."""
Check = Callable[[Complaints, Json, str], None]


def _section(checks: Complaints, it: Json, at: str) -> None:
    if not checks.fields(it, at, (), ("block_id", "text", "fields", "accessory", "expand")):
        return
    if it.get("text") is None and it.get("fields") is None:
        checks.say("missing required field: text or fields", at)
    checks.text(it.get("text"), f"{at}/text", 3000, MARKUP)
    if it.get("fields") is not None:
        for index, one in enumerate(checks.count(it["fields"], f"{at}/fields", 10)):
            checks.text(one, f"{at}/fields/{index}", 2000, MARKUP)
    if it.get("accessory") is not None:
        check_element(checks, it["accessory"], f"{at}/accessory", ACCESSORIES, set())


def _divider(checks: Complaints, it: Json, at: str) -> None:
    checks.fields(it, at, (), ("block_id",))


def _header(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("text",), ("block_id", "level")):
        checks.text(it["text"], f"{at}/text", 150)


def _context(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("elements",), ("block_id",)):
        for index, one in enumerate(checks.count(it["elements"], f"{at}/elements", 10)):
            if isinstance(one, dict) and one.get("type") == "image":
                check_element(checks, one, f"{at}/elements/{index}", ("image",), set())
            else:
                checks.text(one, f"{at}/elements/{index}", 3000, MARKUP)


def _actions(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("elements",), ("block_id",)):
        seen: set[str] = set()
        for index, one in enumerate(checks.count(it["elements"], f"{at}/elements", 25)):
            check_element(checks, one, f"{at}/elements/{index}", ACTIONS, seen)


def _image(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("alt_text",), ("block_id", "image_url", "slack_file", "title")):
        checks.picture(it, at)
        checks.text(it.get("title"), f"{at}/title", 2000)


def _input(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("label", "element"), ("block_id", "hint", "optional", "dispatch_action")):
        checks.text(it["label"], f"{at}/label", 2000)
        checks.text(it.get("hint"), f"{at}/hint", 2000)
        check_element(checks, it["element"], f"{at}/element", INPUTS, set())


def _markdown(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("text",), ("block_id",)):
        checks.string(it["text"], f"{at}/text", 12_000, 1)
        checks.letters += len(str(it["text"]))


def _rich_text(checks: Complaints, it: Json, at: str) -> None:
    if checks.fields(it, at, ("elements",), ("block_id",)):
        parts = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
        for index, one in enumerate(checks.count(it["elements"], f"{at}/elements", 100)):
            if not isinstance(one, dict) or one.get("type") not in parts or not isinstance(one.get("elements"), list):
                checks.say("unsupported type in rich_text", f"{at}/elements/{index}")


_EVERYWHERE: dict[str, Check] = {
    "section": _section,
    "divider": _divider,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
}
KINDS: dict[str, dict[str, Check]] = {
    "message": {**_EVERYWHERE, "markdown": _markdown},
    "modal": _EVERYWHERE,
    "home": _EVERYWHERE,
}
"""Surface -> block type -> its rules."""


def check_blocks(blocks: Any, surface: str, look: Look, root: str = "/blocks") -> Complaints:
    """All that is wrong with the blocks of a message, modal or home tab."""
    checks = Complaints(look, root)
    for index, block in enumerate(checks.count(blocks, root, 50 if surface == "message" else 100, 0)):
        at = f"{root}/{index}"
        if not isinstance(block, dict) or block.get("type") not in KINDS[surface]:
            checks.say(f"unsupported type: {block.get('type') if isinstance(block, dict) else block}", f"{at}/type")
            continue
        KINDS[surface][block["type"]](checks, block, at)
        block_id = block.get("block_id")
        checks.string(block_id, f"{at}/block_id", 255)
        if block_id is not None and block_id in checks.block_ids:
            checks.say(f"`block_id` must be unique: {block_id}", f"{at}/block_id")
        checks.block_ids.add(str(block_id))
    return checks


def completed(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """The blocks as Slack keeps them: every block with a block_id, every element with an action_id."""
    for block in blocks:
        block.setdefault("block_id", new_id("b"))
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for it in inside:
            if isinstance(it, dict) and it.get("type") in {*ACTIONS, *INPUTS}:
                it.setdefault("action_id", new_id("a"))
    return blocks
