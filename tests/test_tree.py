"""The tree as a structure and in words: nothing is lost or told twice, and what is folded is counted."""

import re
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import tree_text
from bot.memory.conversations import Origin, Past
from bot.memory.memory import Head
from bot.memory.tables import Picture, Turn
from bot.tree import Branch, More, Node, flat, fold, grow, way_here
from tests.test_memory import START, picture, turn
from tests.trees import chain, nodes, query, shapes, star


def shown(branches: tuple[Branch, ...]) -> list[Node]:
    return [branch.item for branch in flat(branches) if isinstance(branch.item, Node)]


def folded(branches: tuple[Branch, ...]) -> int:
    return sum(branch.item.count for branch in flat(branches) if isinstance(branch.item, More))


def depth(branches: tuple[Branch, ...]) -> int:
    return max((1 + depth(branch.children) for branch in branches), default=0)


def label(parent: Turn, child: Turn) -> str:
    return f"{parent.text} became {child.text}"


def said(id: str, text: str, **values: Any) -> Turn:
    return turn(id=id, text=text, **({"query": query(text).canonical(), "state": "done"} | values))


def past(*turns: Turn, pictures: dict[str, list[Picture]] | None = None, **origins: Origin) -> Past:
    return Past([each.model_copy(update={"version": n}) for n, each in enumerate(turns, 1)], pictures or {}, origins)


# Growing


def test_a_child_says_what_changed_and_which_picture_it_starts_from() -> None:
    a, b = said("a", "a cat"), said("b", "a dog", person="bob", parent_turn="a", parent_picture="a-2")
    root, child = grow(past(a, b, pictures={"a": [picture("a", 1), picture("a", 2)]}), None, {"a-2": 3}, label)
    assert (root.words, root.who, root.stars, root.number) == ("a cat", "Ann", 3, 0)
    assert (child.words, child.who, child.parent, child.number) == ("a cat became a dog", "Bob", "a", 2)


def test_the_way_leads_from_the_root_to_where_people_are() -> None:
    turns = [said("a", "1"), said("b", "2", parent_turn="a"), said("c", "3", parent_turn="a")]
    turns.append(said("d", "4", parent_turn="b"))
    pictures = {"d": [picture("d", 1), picture("d", 2)]}
    grown = grow(past(*turns, pictures=pictures), Head(turns[3], pictures["d"][1], START), {}, label)
    assert [node.id for node in way_here(grown)] == ["a", "b", "d"]
    assert [node.id for node in grown if node.here] == ["d"]
    assert [shot.picked for shot in grown[3].shots] == [False, True]


def test_nothing_of_a_private_turn_is_told_not_even_by_what_follows_it() -> None:
    a = said("a", "a secret", private=True)
    b = said("b", "a dog", parent_turn="a", parent_picture="a-1")
    grown = grow(past(a, b, pictures={"a": [picture("a", 1, private=True)]}), Head(a, None, START), {"a-1": 2}, label)
    assert grown[0] == Node(id="a", version=1, state="private", on_way=True, here=True)
    assert (grown[1].words, grown[1].number, grown[1].parent) == ("a dog", 0, "a")
    assert "secret" not in repr(grown)


def test_a_deleted_turn_keeps_its_words_and_shows_no_pictures() -> None:
    grown = grow(past(said("a", "a cat", state="deleted"), pictures={"a": [picture("a")]}), None, {}, label)
    assert (grown[0].words, grown[0].state, grown[0].shots) == ("a cat", "deleted", ())


def test_a_turn_from_another_place_says_where_it_came_from_unless_that_is_private() -> None:
    there = said("k7m2p9xw", "a cat")
    fork = said("f", "a cat", kind="fork", parent_turn="k7m2p9xw", parent_picture="k7m2p9xw-2")
    origin = Origin(there, picture("k7m2p9xw", 2), "Ann")
    assert grow(past(fork, f=origin), None, {}, label)[0].origin == "from Ann's #2 of k7m2p9xw"
    hidden = replace(origin, turn=said("k7m2p9xw", "a cat", private=True))
    assert grow(past(fork, f=hidden), None, {}, label)[0].origin == ""


# Folding


@given(shapes(), st.integers(1, 70), st.integers(3, 20))
@settings(max_examples=300, deadline=None)
def test_every_node_is_shown_once_or_counted(shape: tuple[list[int], int], most: int, deep: int) -> None:
    grown = nodes(*shape)
    branches = fold(grown, most, deep)
    there = shown(branches)
    assert len({node.id for node in there}) == len(there) <= most
    assert len(there) + folded(branches) == len(grown)
    assert depth(branches) <= deep + 1  # with what is folded at the end
    assert all(node in there for node in grown if node.here)


@given(shapes())
@settings(max_examples=200, deadline=None)
def test_a_tree_with_room_enough_is_shown_whole_under_its_own_parents(shape: tuple[list[int], int]) -> None:
    grown = nodes(*shape)
    branches = fold(grown, len(grown), len(grown))
    follows = {
        child.item.id: branch.item.id
        for branch in flat(branches)
        for child in branch.children
        if isinstance(branch.item, Node) and isinstance(child.item, Node)
    }
    assert follows == {node.id: node.parent for node in grown if node.parent}
    assert sorted(node.version for node in shown(branches)) == [node.version for node in grown]


def test_of_a_long_way_the_root_and_the_end_stay() -> None:
    branches = fold(nodes(chain(100), here=100), 60, 10)
    assert [node.version for node in shown(branches)] == [1, *range(93, 101)]
    assert isinstance(branches[0].children[0].item, More)
    assert branches[0].children[0].item.count == 91


def test_of_many_branches_the_chosen_and_the_newest_stay() -> None:
    branches = fold(nodes(star(100), here=3, shots=0), 10, 10)
    assert [node.version for node in shown(branches)] == [1, 3, *range(93, 101)]
    assert branches[0].children[-1].item == More(90)


# In words


def test_the_list_says_what_each_turn_follows_and_where_people_are() -> None:
    grown = [
        replace(node, words=words, who=who)
        for node, words, who in zip(
            nodes([0, 1, 1, 3], here=4, shots=2),
            ("a red car", "+ at night", "- people", ""),
            ("Ann", "Bob", "Cy", "Ann"),
            strict=True,
        )
    ]
    grown[1] = replace(grown[1], state="failed", shots=(), number=2)
    grown[2] = replace(grown[2], stars=1, number=1)
    assert tree_text.text(grown, fold(grown, 60, 60)) == (
        "1 a red car (Ann) · 2 pictures\n"
        "├─ 3 from 1 #1: - people (Cy) · 2 pictures · 1 star\n"
        "│  4 from 3 #1: the same words (Ann) · 2 pictures ← here\n"
        "└─ 2 from 1 #2: + at night (Bob) · failed\n"
        "The way here: 1 → 3 → 4"
    )


def test_every_state_has_its_word() -> None:
    for state, word in {
        "begun": "being drawn",
        "failed": "failed",
        "cancelled": "stopped",
        "deleted": "deleted",
        "private": "private",
    }.items():
        grown = nodes([0], shots=0, state=state)
        assert word in (tree_text.text(grown, fold(grown, 1, 1)) or "")


@given(shapes(most=60))
@settings(max_examples=100, deadline=None)
def test_the_list_has_a_line_for_each_node_that_is_drawn_or_is_none(shape: tuple[list[int], int]) -> None:
    grown = nodes(*shape)
    branches = fold(grown, 60, 60)
    written = tree_text.text(grown, branches)
    if written is not None:
        assert len(written) <= tree_text.MOST_TEXT
        assert versions(written) == [node.version for node in shown(branches)]


def test_a_list_that_can_not_be_short_enough_is_none() -> None:
    grown = nodes(chain(400))
    assert tree_text.text(grown, fold(grown, 400, 400)) is None


@given(shapes(), st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_the_summary_is_short_and_says_what_it_is(shape: tuple[list[int], int], words: str) -> None:
    summary = tree_text.alt(nodes(*shape, words=words, who=words))
    assert summary.startswith("A tree of pictures: ")
    assert len(summary) <= tree_text.MOST_ALT


def test_words_from_right_to_left_do_not_turn_around_what_stands_beside_them() -> None:
    grown = nodes([0], words="שועל", who="Ann")
    assert "1 \u2068שועל\u2069 (Ann)" in (tree_text.text(grown, fold(grown, 1, 1)) or "")


def versions(text: str) -> list[int]:
    """The version that each line of the list begins with."""
    return [int(found[1]) for line in text.splitlines() if (found := re.match(r"[│├└─ ]*(\d+) ", line))]
