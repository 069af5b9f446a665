"""Where everything of a tree stands on its drawing. Pure; the layout itself is bigtree's, after Walker and others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bigtree import BaseNode
from bigtree.utils.plot import reingold_tilford

from bot import tree_letters, tree_text
from bot.tree import Branch, More, Node, flat, fold

MOST_NODES = 60
MOST_SIDE = 2400
"""Pixels."""
_FEWER = (MOST_NODES, 52, 45, 38, 32, 27, 23, 20, 17, 15, 13, 11, 9, 7, 5, 3, 2, 1)
"""How many nodes are tried, until the drawing and the text are small enough."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of a drawing, in pixels."""

    thumb: int
    """The height of what a node's pictures stand in."""
    room: int
    """What a node and the words above it may take across."""
    gap: int
    """Between two nodes, and between a node and the words of what follows it."""
    letters: int
    lines: int
    """Of words above a node."""

    @property
    def leading(self) -> int:
        """From one line to the next."""
        return self.letters + 5

    @property
    def card(self) -> int:
        """A node's height: its heading and its pictures."""
        return self.leading + 6 + self.thumb

    @property
    def across(self) -> int:
        """From one node to its neighbour."""
        return self.room + self.gap

    @property
    def down(self) -> int:
        """From one level to the next."""
        return self.lines * self.leading + self.card + 2 * self.gap


ROOMY = Scale(thumb=160, room=184, gap=22, letters=16, lines=3)
TIGHT = Scale(thumb=64, room=144, gap=11, letters=15, lines=2)


@dataclass(frozen=True, slots=True)
class Spot:
    """A branch, and where it is: the middle of its node's top, in pixels."""

    branch: Branch
    x: int
    y: int
    parent: int
    """The index of the spot that it follows; -1 for a root."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing that fits, and the text that tells the same."""

    scale: Scale
    spots: tuple[Spot, ...]
    """Each parent before its children."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    text: str


def arrange(nodes: Sequence[Node]) -> Layout:
    """The largest drawing of at most MOST_SIDE pixels on a side that shows the most nodes; at least one node."""
    whole = fold(nodes, len(nodes), len(nodes)) if len(nodes) <= MOST_NODES else ()
    if whole and (layout := _fitting(nodes, whole, ROOMY)):
        return layout
    deep = (MOST_SIDE - 2 * TIGHT.gap) // TIGHT.down - 1  # a level is left for what is folded
    for most in _FEWER:
        if layout := _fitting(nodes, fold(nodes, most, deep), TIGHT):
            return layout
    raise AssertionError("one node always fits")


def _fitting(nodes: Sequence[Node], branches: Sequence[Branch], scale: Scale) -> Layout | None:
    spots = _spots(branches, scale)
    width = max(spot.x for spot in spots) + scale.across // 2
    height = max(spot.y for spot in spots) + scale.card + scale.gap
    if max(width, height) > MOST_SIDE:
        return None
    text = tree_text.text(nodes, branches)
    return None if text is None else Layout(scale, tuple(spots), width, height, text)


def _spots(branches: Sequence[Branch], scale: Scale) -> list[Spot]:
    every = flat(branches)
    index = {id(branch): number for number, branch in enumerate(every)}
    parents = {index[id(child)]: index[id(branch)] for branch in every for child in branch.children}
    ground = BaseNode()  # what the roots stand on; it is not drawn
    placed: list[BaseNode] = []
    for number in range(len(every)):
        placed.append(BaseNode(parent=placed[parents[number]] if number in parents else ground))
    reingold_tilford(ground, reverse=True)
    across = _apart([float(node.get_attr("x")) for node in placed], [node.depth for node in placed], parents)
    # Above the first cards there is as much room as their own words take; everywhere else as much as there may be.
    above = max(1, *(len(words(each.item, scale)) for each in branches))
    left, top = min(across), scale.gap + above * scale.leading
    return [
        Spot(
            branch,
            round((across[number] - left) * scale.across) + scale.across // 2,
            (placed[number].depth - 2) * scale.down + top,
            parents.get(number, -1),
        )
        for number, branch in enumerate(every)
    ]


def words(item: Node | More, scale: Scale) -> list[str]:
    """The lines above a node: where it comes from, and what changed. What is folded has none."""
    if isinstance(item, More):
        return []
    above = tree_letters.lines(tree_letters.honest(item.origin), scale.letters, scale.room - 10, 1)
    said = tree_letters.honest(item.words)
    return [*above, *tree_letters.lines(said, scale.letters, scale.room - 10, scale.lines - len(above))]


def _apart(across: Sequence[float], levels: Sequence[int], parents: Mapping[int, int]) -> list[float]:
    """The same places, at least 1 apart on each level: bigtree looks only at some of the nodes of deep subtrees.

    Nodes are in preorder, so that what stands right of a subtree comes after its beginning, and moves along with it.
    """
    apart, last = list(across), dict[int, int]()
    for number, level in enumerate(levels):
        before = last.get(level)
        if before is not None and (missing := 1 - (apart[number] - apart[before])) > 1e-9:
            first = number
            while parents.get(first, -1) > before:
                first = parents[first]
            apart[first:] = [place + missing for place in apart[first:]]
        last[level] = number
    return apart
