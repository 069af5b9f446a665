"""The tree in words: a list that a screen reader reads well, and a summary for the drawing. Pure."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from bot import wording_tree
from bot.tree import Branch, More, Node, way_here

MOST_TEXT = 3_500
"""Characters."""
MOST_ALT = 900
"""Characters."""
_WORDS = (120, 60, 30, 16)
"""Characters that each turn's words may have, tried in this order until the list is short enough."""
_NAME = 24
"""Characters of a person's name."""
_WAY = 12
"""Numbers of the chosen path that are read out; the middle of a longer one is left out."""
_PEOPLE = 5
"""Names in the summary."""


def text(nodes: Sequence[Node], branches: Sequence[Branch]) -> str | None:
    """The list of the branches, and the way through all of the nodes; None if it can't be short enough.

    Only a fork in the way goes in deeper, so that a long talk stays at the margin; every turn says what it follows.
    """
    for most in _WORDS:
        written = "\n".join((*_lines(nodes, branches, most), *_way(nodes)))
        if len(written) <= MOST_TEXT:
            return written
    return None


def alt(nodes: Sequence[Node]) -> str:
    """What the drawing shows, in at most MOST_ALT characters."""
    said = Counter(node.who for node in nodes if node.who)
    people = [cut(name, _NAME) for name, _ in said.most_common(_PEOPLE)]
    here = next((node for node in nodes if node.here), None)
    now = "" if here is None else _said(here, {node.id: node for node in nodes}, 120)
    way = "".join(_way(nodes))
    return cut(wording_tree.alt(len(nodes), people, len(said) - len(people), way, now), MOST_ALT)


def cut(text: str, most: int) -> str:
    """The text, or its beginning."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _way(nodes: Sequence[Node]) -> list[str]:
    way = [node.version for node in way_here(nodes)]
    return [wording_tree.way(way, folded=len(way) > _WAY)] if way else []


def _lines(nodes: Sequence[Node], branches: Sequence[Branch], most: int) -> Iterator[str]:
    by_id = {node.id: node for node in nodes}
    left = [(branch, "", "") for branch in reversed(branches)]
    while left:
        branch, first, rest = left.pop()
        yield first + _line(branch.item, by_id, most)
        following = branch.children
        for index, child in reversed(list(enumerate(following))):
            if len(following) == 1:
                left.append((child, rest, rest))
            elif index == len(following) - 1:
                left.append((child, f"{rest}└─ ", f"{rest}   "))
            else:
                left.append((child, f"{rest}├─ ", f"{rest}│  "))


def _line(item: Node | More, by_id: dict[str, Node], most: int) -> str:
    if isinstance(item, More):
        return wording_tree.more(item.count)
    facts = [_isolated(item.origin)] if item.origin else []
    if item.shots:
        facts.append(wording_tree.pictures(len(item.shots)))
    if item.state != "done" or not item.shots:
        facts.append(wording_tree.state(item.state))
    if item.stars:
        facts.append(wording_tree.stars(item.stars))
    return wording_tree.line(_said(item, by_id, most), facts, item.here)


def _said(node: Node, by_id: dict[str, Node], most: int) -> str:
    parent = by_id.get(node.parent)
    follows = wording_tree.follows(parent.version, node.number) if parent else ""
    if node.state == "private":
        return wording_tree.private(node.version, follows)
    words, who = _isolated(cut(node.words, most)), _isolated(cut(node.who, _NAME))
    if parent is None:
        return wording_tree.root(node.version, words, who)
    return wording_tree.child(node.version, follows, words, who)


def _isolated(text: str) -> str:
    """Words that are written from right to left, kept from turning around what stands beside them."""
    turned = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)
    return f"\u2068{text}\u2069" if turned else text
