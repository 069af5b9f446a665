from dataclasses import fields
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.command_text import LIMIT, Ask, parse
from bot.errors import BadInput, EmptyPrompt
from tests.flag_inputs import READ, REFUSED


def said(ask: Ask) -> dict[str, Any]:
    """The prompt, and the fields that are not at their default."""
    return {f.name: getattr(ask, f.name) for f in fields(ask) if getattr(ask, f.name) != f.default}


@pytest.mark.parametrize(("text", "asks"), READ, ids=[text for text, _ in READ])
def test_reads(text: str, asks: list[dict[str, Any]]) -> None:
    assert [said(ask) for ask in parse(text)] == asks


@pytest.mark.parametrize(("text", "error"), REFUSED, ids=[text[:40] for text, _ in REFUSED])
def test_refuses(text: str, error: BadInput) -> None:
    with pytest.raises(BadInput) as raised:
        parse(text)
    assert (type(raised.value), vars(raised.value)) == (type(error), vars(error))


def test_the_prompt_may_be_missing_where_there_is_a_picture() -> None:
    assert said(parse("--ar 16:9", allow_empty=True)[0]) == {"prompt": "", "aspect": (16, 9)}
    with pytest.raises(EmptyPrompt):
        parse("--ar 16:9")


def test_a_prompt_of_full_length_is_taken_with_every_flag() -> None:
    prompt = "x" * LIMIT
    assert parse(f"{prompt} --no {prompt} --ar 16:9 --seed 4")[0].prompt == prompt


@given(st.text(max_size=200))
@example("(" * 3000)
@example("((x:1.1):1.1)" * 200)
@example("{a," * 1000 + "}" * 1000)
@example('"\\"' * 1000)
@example("[" * 3000 + "a")
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        asks = parse(text)
    except BadInput:
        return
    assert asks
    assert all(ask.prompt == " ".join(ask.prompt.split()) for ask in asks)


WORD = st.text("abcdefgh", min_size=1, max_size=8)


@given(prompt=st.lists(WORD, min_size=1).map(" ".join), seed=st.integers(0, 2**32 - 1), steps=st.integers(1, 150))
def test_the_order_of_flags_and_the_kind_of_dash_change_nothing(prompt: str, seed: int, steps: int) -> None:
    one = parse(f"{prompt} --seed {seed} --steps {steps} --tile")
    other = parse(f"{prompt} —tile –steps={steps} —seed {seed}")
    assert one == other == [Ask(prompt=prompt, seed=seed, steps=steps, tile=True)]


@given(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=12))
def test_two_hyphens_never_become_part_of_the_prompt(name: str) -> None:
    try:
        asks = parse(f"a fox --{name} 1")
    except BadInput:
        return
    assert asks[0].prompt == "a fox"
