"""Finding things in blocks, and copying JSON."""

import json
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]


def elements(blocks: Iterable[Json]) -> list[tuple[Json, Json]]:
    """(block, element) of all that people can use, in order."""
    found = []
    for block in blocks:
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        found += [(block, it) for it in inside if isinstance(it, dict) and "action_id" in it]
    return found


def slack_files(part: Any) -> Iterable[Json]:
    """All slack_file objects, in order."""
    if isinstance(part, dict):
        if isinstance(part.get("slack_file"), dict):
            yield part["slack_file"]
        for value in part.values():
            yield from slack_files(value)
    elif isinstance(part, list):
        for value in part:
            yield from slack_files(value)


def copied(value: Any) -> Any:
    """As JSON would carry it: nobody holds on to the world's own dictionaries."""
    return json.loads(json.dumps(value))
