"""A conversation as a tree to be shown: its nodes, the way to where people are now, and what is folded. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot import wording_tree
from bot.memory.conversations import Origin, Past
from bot.memory.memory import Head
from bot.memory.tables import Picture, Turn
from bot.plain_text import clean
from bot.query import Query

Label = Callable[[Turn, Turn], str]
"""What changed from a parent to its child, in few words."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a node."""

    file: str
    number: int
    """In its set, from 1."""
    picked: bool
    """The conversation goes on from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One turn, with what everybody in its place may see of it."""

    id: str
    version: int
    parent: str = ""
    """The id of the node that it follows; empty for a root."""
    number: int = 0
    """Of the parent's picture that it starts from; 0 if none is meant."""
    who: str = ""
    words: str = ""
    """A root's prompt; what changed from its parent for any other."""
    origin: str = ""
    """Where it comes from, if that is another place, in words."""
    state: str = "done"
    """A turn's state, or `private`: then nothing else of it is told."""
    shots: tuple[Shot, ...] = ()
    stars: int = 0
    """Of all of its pictures together."""
    on_way: bool = False
    """The way from the root to where people are goes through it."""
    here: bool = False
    """What is said next goes on from it."""


@dataclass(frozen=True, slots=True)
class More:
    """Nodes that are folded into one."""

    count: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A node, or what is folded in its place, with what follows it."""

    item: Node | More
    children: tuple["Branch", ...] = ()


def grow(past: Past, head: Head | None, stars: Mapping[str, int], label: Label) -> tuple[Node, ...]:
    """The nodes of a place in the order of their versions, each parent before its children.

    Args:
        head: what everybody goes on from, private things left out.
        stars: of pictures, by their ids.
    """
    turns = {turn.id: turn for turn in past.turns}
    way = _way(turns, head.turn.id if head else "")
    return tuple(_node(turn, turns, past, head, stars, label, turn.id in way) for turn in past.turns)


def fold(nodes: Sequence[Node], most: int, deep: int) -> tuple[Branch, ...]:
    """The tree with at most `most` nodes and `deep` levels of them; what is older makes room and is counted.

    The way to where people are stays: if it is too long, its root and its end do. Then the newest stay.
    """
    kept = _kept(nodes, most, deep)
    group: dict[str, str] = {}
    """Of each node that is folded, the topmost folded one above it."""
    under: dict[str, str] = {}
    """What a node that is shown, or a group, hangs on: a node, a group, or nothing."""
    for node in nodes:
        if node.id in kept:
            under[node.id] = group.get(node.parent, node.parent)
        else:
            group[node.id] = group.get(node.parent, node.id)
            under.setdefault(group[node.id], node.parent)
    sizes = Counter(group.values())
    lead_on = {above for id, above in under.items() if id in kept}
    children: dict[str, list[Branch]] = {}
    ends: Counter[str] = Counter()
    for node in reversed(nodes):
        above = under.get(node.id)
        if above is None:
            continue
        if node.id not in kept and node.id not in lead_on:
            ends[above] += sizes[node.id]
            continue
        item = node if node.id in kept else More(sizes[node.id])
        children.setdefault(above, []).append(_branch(item, node.id, children, ends))
    return _branch(More(0), "", children, ends).children


def flat(branches: Sequence[Branch]) -> list[Branch]:
    """Every branch, each before what follows it."""
    found, left = [], list(reversed(branches))
    while left:
        branch = left.pop()
        found.append(branch)
        left.extend(reversed(branch.children))
    return found


def start(item: Node | More, parent: Node | More) -> float:
    """How far across its parent an edge starts: below the number of the picture that is meant, else in the middle."""
    if isinstance(item, Node) and isinstance(parent, Node):
        numbers = [shot.number for shot in parent.shots]
        if item.number in numbers:
            return (numbers.index(item.number) + 0.5) / len(numbers)
    return 0.5


def way_here(nodes: Sequence[Node]) -> list[Node]:
    """The nodes from the root to where people are."""
    return [node for node in nodes if node.on_way]


def _way(turns: Mapping[str, Turn], last: str) -> set[str]:
    way = set[str]()
    while turn := turns.get(last):
        way.add(turn.id)
        last = turn.parent_turn or ""
    return way


def _node(
    turn: Turn,
    turns: Mapping[str, Turn],
    past: Past,
    head: Head | None,
    stars: Mapping[str, int],
    label: Label,
    on_way: bool,
) -> Node:
    parent = turns.get(turn.parent_turn or "")
    here = head is not None and head.turn.id == turn.id
    if turn.private:
        follows = parent.id if parent else ""
        return Node(id=turn.id, version=turn.version, parent=follows, state="private", on_way=on_way, here=here)
    pictures = () if turn.state == "deleted" else past.pictures.get(turn.id, ())
    picked = head.picture.id if here and head and head.picture else ""
    # The difference to something private would tell what that was.
    words = label(parent, turn) if parent and not parent.private else Query.from_canonical(turn.query).prompt
    return Node(
        id=turn.id,
        version=turn.version,
        parent=parent.id if parent else "",
        number=_number(turn, parent, past),
        who=clean(turn.person_name),
        words=clean(words),
        origin=_origin(past.origins.get(turn.id)),
        state=turn.state,
        shots=tuple(Shot(picture.file, picture.index, picture.id == picked) for picture in pictures),
        stars=sum(stars.get(picture.id, 0) for picture in pictures),
        on_way=on_way,
        here=here,
    )


def _number(turn: Turn, parent: Turn | None, past: Past) -> int:
    if parent is None or parent.private:
        return 0
    pictures: Sequence[Picture] = past.pictures.get(parent.id, ())
    return next((picture.index for picture in pictures if picture.id == turn.parent_picture), 0)


def _origin(origin: Origin | None) -> str:
    if origin is None or origin.turn.private:
        return ""
    thing = origin.picture.id if origin.picture else origin.turn.id
    return wording_tree.origin(origin.maker, thing)


def _kept(nodes: Sequence[Node], most: int, deep: int) -> set[str]:
    by_id = {node.id: node for node in nodes}
    way = way_here(nodes)
    longest = max(1, min(most, deep))
    depth = {node.id: level for level, node in enumerate(way, 1)}
    if len(way) > longest:
        # The root, one level for what is folded, and as much of the end as there is room for.
        end = way[-max(1, longest - 2) :]
        depth = {node.id: level for level, node in enumerate(end, 3)}
        if longest > 2:
            depth[way[0].id] = 1
    folded = {node.id for node in way} - depth.keys()
    for node in reversed(nodes):
        chain: list[Node] = []
        above: Node | None = node
        while above and above.id not in depth and above.id not in folded:
            chain.append(above)
            above = by_id.get(above.parent)
        if above and above.id in folded:
            continue
        start = depth[above.id] if above else 0
        if chain and start + len(chain) <= deep and len(depth) + len(chain) <= most:
            depth |= {each.id: start + level for level, each in enumerate(reversed(chain), 1)}
    return set(depth)


def _branch(item: Node | More, id: str, children: Mapping[str, list[Branch]], ends: Mapping[str, int]) -> Branch:
    """With what hangs on it by the pictures that it starts from, so that no edges cross; the oldest first."""
    folded = [Branch(More(ends[id]))] if ends.get(id) else []
    hanging = [*reversed(children.get(id, [])), *folded]
    return Branch(item, tuple(sorted(hanging, key=lambda branch: start(branch.item, item))))
