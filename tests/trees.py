"""Trees for tests: any shape, from the parent of each node."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bot.query import Query
from bot.tree import Node, Shot
from engine.jobs import Pixels
from tests.fakes import CARD

WORDS = ("+ at night", "- people, 1:1 → 16:9, seed kept", "+ שועל בלילה", "+ лиса 🦊🌙", "+ 狐", "darker " * 40)


def nodes(parents: Sequence[int], here: int = 0, shots: int = 4, **values: Any) -> tuple[Node, ...]:
    """Node k, from 1, follows node parents[k - 1]; 0 makes a root. `here` is where people are; 0 is nowhere."""
    way, last = set(), here
    while last:
        way.add(last)
        last = parents[last - 1]
    made = []
    for number, parent in enumerate(parents, 1):
        ordinary: dict[str, Any] = {
            "id": f"n{number}",
            "version": number,
            "parent": f"n{parent}" if parent else "",
            "number": number % (shots + 1) if parent else 0,
            "who": ("Ann", "Bob", "Zoë", "מיכל")[number % 4],
            "words": WORDS[number % len(WORDS)] if parent else "a red car",
            "shots": tuple(Shot(f"{number}-{k}", k, picked=False) for k in range(1, shots + 1)),
            "on_way": number in way,
            "here": number == here,
        }
        made.append(Node(**(ordinary | values)))
    return tuple(made)


def chain(count: int) -> list[int]:
    return list(range(count))


def star(count: int) -> list[int]:
    return [0] + [1] * (count - 1)


@st.composite
def shapes(draw: st.DrawFn, most: int = 90) -> tuple[list[int], int]:
    """The parents of any forest, and where people are."""
    count = draw(st.integers(1, most))
    reach = draw(st.sampled_from((1, 3, most)))
    parents = [draw(st.integers(max(0, number - reach), number)) for number in range(count)]
    return parents, draw(st.integers(0, count))


def thumbs(nodes: Sequence[Node]) -> dict[str, Pixels]:
    """Noise for every picture: the hardest that a PNG can hold."""
    noise = np.random.default_rng(0)
    return {shot.file: noise.integers(0, 256, (160, 160, 3), np.uint8) for node in nodes for shot in node.shots}


def query(prompt: str, count: int = 4, seed: int = 7) -> Query:
    """An ordinary query for the fake model."""
    return Query(
        prompt=prompt,
        width=CARD.width,
        height=CARD.height,
        steps=CARD.steps,
        guidance_scale=CARD.guidance_scale,
        scheduler=CARD.scheduler,
        seed=seed,
        count=count,
        model=CARD.name,
    )
