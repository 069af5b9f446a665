"""The refine command, and the line of what changes."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.query import Query
from bot.refine.command import STANDING, run
from bot.refine.diff import between
from bot.wording_diff import LONGEST, diff
from engine.jobs import Card
from engine.models import loading

BEFORE = Query(
    prompt="a red car on a hill with a tree, fog",
    width=128,
    height=128,
    steps=20,
    guidance_scale=5.0,
    scheduler="DDIM",
    seed=42,
    count=4,
    model="pocket",
)


def line(**changed: object) -> str:
    """The line of what these fields change."""
    return diff(between(BEFORE, replace(BEFORE, **changed)), STANDING, seed_kept=False)  # type: ignore[arg-type]


def test_the_standing_card_is_that_of_the_shipped_model() -> None:
    card: Card = loading.stepper(loading.load("pocket", folder=Path("models")), None).card
    assert replace(card, device="cpu", dtype="float32", one_shape=False) == STANDING


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"prompt": BEFORE.prompt + ", at night"}, "+ at night"),
        ({"prompt": "a red car on a hill, fog", "negative_prompt": "tree"}, "- a tree"),
        ({"prompt": BEFORE.prompt.replace("red", "blue")}, "red -> blue"),
        ({"prompt": BEFORE.prompt.replace("fog", "(fog:1.2)")}, "fog 1 -> 1.2"),
        ({"negative_prompt": "people"}, "- people"),
        ({"width": 176, "height": 96}, "1:1 -> 16:9"),
        ({"width": 256, "height": 256}, "128x128 -> 256x256"),
        ({"start": "k7m2p9xw-2"}, "starts from #2 of k7m2p9xw, strength 0.75"),
        ({"steps": 30, "guidance_scale": 7.5}, "20 -> 30 steps, guidance 5 -> 7.5"),
        ({"tile": True}, "+ seamless"),
        ({"seed": 7}, "nothing but the seed"),
    ],
)
def test_what_changes_is_said_in_one_line(changed: dict[str, object], said: str) -> None:
    assert line(**changed) == said


def test_a_picture_of_the_set_before_needs_no_more_than_its_number() -> None:
    made = between(BEFORE, replace(BEFORE, start="k7m2p9xw-2"))
    assert diff(made, STANDING, seed_kept=False, parent="k7m2p9xw") == "starts from #2, strength 0.75"


@pytest.mark.parametrize(
    ("size", "said"),
    [((144, 96), "1:1 -> 3:2"), ((256, 256), "128x128 -> 256x256"), ((912, 512), "128x128 -> 912x512")],
)
def test_a_shape_is_named_without_the_model_too(size: tuple[int, int], said: str) -> None:
    made = between(BEFORE, replace(BEFORE, width=size[0], height=size[1]))
    assert diff(made, None, seed_kept=False) == said


def test_a_long_line_ends_at_a_whole_change() -> None:
    many = ", ".join(f"number {n} of the many things" for n in range(40))
    shown = line(prompt=f"{BEFORE.prompt}, {many}", negative_prompt=many, steps=9, count=2, tile=True)
    assert len(shown) <= LONGEST
    assert shown.endswith("more")


def test_the_command_prints_what_its_contract_names() -> None:
    printed = run("a red car on a hill", ["darker, no people, 16:9, keep the seed"])
    assert set(printed) == {"action", "edits", "parent", "version", "query", "diff", "question"}
    assert printed["action"] == "draw"
    assert printed["diff"] == "+ dark, - people, 1:1 -> 16:9, seed kept"
    assert printed["query"]["seed"] == 42
    assert printed["query"]["weights"] == {}
    assert run("a red car on a hill", ["darker, no people, 16:9, keep the seed"]) == printed


def test_a_sentence_with_a_wrong_flag_asks_with_the_words_of_imagine() -> None:
    printed = run("a red car", ["500 steps"])
    assert printed["action"] == "ask"
    assert "150" in printed["question"]["text"]


def test_undo_goes_back_step_by_step_and_a_version_stays() -> None:
    says = ["add a tree", "add a dog", "undo", "undo"]
    assert run("a red car", says)["query"]["prompt"] == "a red car"
    again = run("a red car", ["add a tree", "add a dog", "back to version 2"])
    assert (again["action"], again["version"], again["query"]["prompt"]) == ("goto", 2, "a red car, a tree")
