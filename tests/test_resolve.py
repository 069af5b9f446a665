from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.command_text import LIMIT, Ask, parse
from bot.errors import BadInput, TooLong, UnknownChoice
from bot.flag_kinds import Adapters, Named, Number, OneOf, Ratio, Switch, Whole
from bot.flags import FLAGS, Flag
from bot.query import Query
from bot.remarks import Mapped, NearestShape, Remark, WithoutEffect
from bot.resolve import differences, to_query, to_text
from engine.jobs import Card
from tests.fakes import CARD
from tests.flag_inputs import READ

SD = replace(
    CARD,
    name="sd",
    width=512,
    height=512,
    steps=20,
    guidance_scale=7.5,
    scheduler="DDIM",
    schedulers=("DDIM", "Euler", "Euler a", "DPM++ 2M", "DPM++ 2M Karras", "LCM", "UniPC"),
)
TURBO = replace(SD, name="turbo", steps=4, guidance_scale=0.0)
POCKET = replace(SD, name="pocket", width=128, height=128, multiple=32, guidance_scale=5.0)


def asked(text: str, card: Card = SD, start: str = "") -> tuple[Query, tuple[Remark, ...]]:
    return to_query(parse(text, allow_empty=True)[0], card, random_seed=77, start=start)


def test_everything_is_filled_in() -> None:
    assert asked("a fox") == (
        Query(
            prompt="a fox",
            width=512,
            height=512,
            steps=20,
            guidance_scale=7.5,
            scheduler="DDIM",
            seed=77,
            count=4,
            model="sd",
        ),
        (),
    )


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("a fox --ar 16:9", {"width": 680, "height": 384}),
        ("a fox --seed 0", {"seed": 0}),
        ("a fox --cfg 0", {"guidance_scale": 0.0}),
        (
            "a fox --n 1 --chaos 5 --stop 60 --tile --exact",
            {"count": 1, "chaos": 5, "stop": 60, "tile": True, "exact": True},
        ),
        ("a fox --relax", {"relax": True}),
        ("a fox --fast --private", {}),
        ("a fox --no fog --lora ink:.5", {"negative_prompt": "fog", "loras": (("ink", 0.5),)}),
        ("a fox --style flat", {"prompt": "a fox, flat style"}),
        ("a fox --model sd --strength 0.75 --q 1 --s 100", {}),
    ],
)
def test_what_is_said_takes_the_place_of_the_default(text: str, changed: dict[str, Any]) -> None:
    assert asked(text)[0] == replace(asked("a fox")[0], **changed)


@pytest.mark.parametrize(
    ("text", "card", "start", "changed", "remarks"),
    [
        ("a fox --s 400", SD, "", {"guidance_scale": 11.25}, (Mapped("--stylize 400", "guidance", 11.25),)),
        ("a fox --s 0", SD, "", {"guidance_scale": 3.75}, (Mapped("--stylize 0", "guidance", 3.75),)),
        ("a fox --s 400", TURBO, "", {}, (WithoutEffect("--stylize 400", "no_guidance"),)),
        ("a fox --q .25", SD, "", {"steps": 5}, (Mapped("--quality 0.25", "steps", 5),)),
        ("a fox --q 2 --steps 100", SD, "", {"steps": 150}, (Mapped("--quality 2", "steps", 150),)),
        ("a fox --q .25 --steps 1", SD, "", {"steps": 1}, (Mapped("--quality 0.25", "steps", 1),)),
        ("a fox --draft", SD, "", {"steps": 6}, (Mapped("--draft", "steps", 6),)),
        ("a fox --draft", TURBO, "", {"steps": 4}, (Mapped("--draft", "steps", 4),)),
        ("a fox --iw 1", SD, "p1", {"strength": 0.75}, (Mapped("--iw 1", "strength", 0.75),)),
        ("a fox --iw 3", SD, "p1", {"strength": 0.25}, (Mapped("--iw 3", "strength", 0.25),)),
        ("a fox --strength 0", SD, "p1", {"strength": 0.0}, ()),
        ("a fox --strength .3", SD, "", {}, (WithoutEffect("--strength 0.3", "no_start"),)),
        ("a fox --iw 3", SD, "", {}, (WithoutEffect("--iw 3", "no_start"),)),
        ("a fox --ar 16:9", POCKET, "", {"width": 160, "height": 96}, (NearestShape((16, 9), 160, 96),)),
    ],
)
def test_what_is_carried_out_otherwise_is_said(
    text: str, card: Card, start: str, changed: dict[str, Any], remarks: tuple[Remark, ...]
) -> None:
    assert asked(text, card, start) == (replace(asked("a fox", card, start)[0], **changed), remarks)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("euler a", "Euler a"),
        ("Euler_A", "Euler a"),
        ("EulerAncestralDiscreteScheduler", "Euler a"),
        ("euler", "Euler"),
        ("dpm++2m karras", "DPM++ 2M Karras"),
        ("dpmpp_2m", "DPM++ 2M"),
        ("DPMSolverMultistepScheduler", "DPM++ 2M"),
        ("unipc", "UniPC"),
    ],
)
def test_samplers_are_read_forgivingly(typed: str, name: str) -> None:
    assert asked(f"a fox --sampler {typed}")[0].scheduler == name


@pytest.mark.parametrize(("typed", "nearest"), [("uler a", "Euler a"), ("unipcc", "UniPC"), ("zzz", None)])
def test_an_unknown_sampler_names_the_nearest(typed: str, nearest: str | None) -> None:
    with pytest.raises(UnknownChoice) as raised:
        asked(f"a fox --sampler {typed}")
    assert vars(raised.value) == {"flag": "--sampler", "value": typed, "nearest": nearest, "known": SD.schedulers}


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("a fox", "a fox, flat style"),
        ('cat::2 a "big" dog::-.5 \\--ar', 'cat, flat style::2 a "big" dog::-.5 \\--ar, flat style'),
        ("cat::2, dog::", "cat, flat style::2, dog, flat style::"),
        ("", "flat style"),
    ],
)
def test_a_style_reaches_every_part_that_is_wanted(text: str, prompt: str) -> None:
    assert asked(f"{text} --style flat", start="p1")[0].prompt == prompt


def test_a_style_cannot_push_a_prompt_over_the_limit() -> None:
    with pytest.raises(TooLong):
        asked(f"{'x' * LIMIT} --style flat")


def test_differences_are_in_words_and_only_what_differs() -> None:
    query = asked("a fox --ar 16:9 --steps 30 --cfg 9 --seed 42 --sampler lcm --no fog --n 2 --lora ink:.5 --tile")[0]
    assert differences(query, SD) == (
        ("negative_prompt", "without fog"),
        ("width", "16:9"),
        ("steps", "30 steps"),
        ("guidance_scale", "guidance 9"),
        ("scheduler", "LCM"),
        ("count", "set of 2"),
        ("loras", "with ink:0.5"),
        ("tile", "seamless"),
        ("seed", "seed 42"),
    )
    assert differences(asked("a fox")[0], SD, seed=False) == ()


def test_a_larger_size_of_the_same_shape_is_told_by_its_pixels() -> None:
    query, _ = asked("a cat --n 1")
    larger = replace(query, width=2 * query.width, height=2 * query.height)
    shown = dict(differences(larger, SD, seed=False))
    assert shown == {"width": f"{larger.width}x{larger.height}", "count": "one picture"}


def test_text_is_short() -> None:
    assert to_text(asked("a fox --ar 16:9 --q 1 --seed 42")[0], SD) == "a fox --ar 16:9 --seed 42"
    assert to_text(asked("a fox --ar 16:9 --fast")[0], SD, seed=False) == "a fox --ar 16:9"


@pytest.mark.parametrize("text", [text for text, _ in READ])
def test_the_text_of_a_query_gives_the_query_again(text: str) -> None:
    for ask in parse(text):
        try:
            query, _ = to_query(ask, SD, random_seed=77, start="p1")
        except UnknownChoice:
            continue
        assert asked(to_text(query, SD), start="p1")[0] == query


PIECES = st.sampled_from(
    (
        *(
            "fox",
            "red",
            ",",
            '"open, {a} --no [x]"',
            "(fog:1.3)",
            "cat::2",
            "dog::-.5",
            r"\{x\}",
            r"\--ar",
            '5"',
            "—",
            "--",
        ),
        *(r"\\", "{red, green}", "(quiet)", "a :)", "é", "C:\\x", "狐", r"a\::b", '"'),
    )
)


def value(flag: Flag) -> st.SearchStrategy[Any]:
    """What may stand after a flag."""
    match flag.kind:
        case Switch():
            return st.just("")
        case Whole(low, high):
            return st.integers(low, high)
        case Number(low, high):
            return st.floats(low, high).map(lambda number: f"{number:.12f}")
        case OneOf(numbers):
            return st.sampled_from(numbers)
        case Ratio(most):
            sides = st.integers(1, 99)
            return st.tuples(sides, sides).filter(lambda r: max(r) <= most * min(r)).map(lambda r: f"{r[0]}:{r[1]}")
        case Named(names):
            return st.sampled_from(names)
        case Adapters():
            return st.sampled_from(["ink:0.5", '"old maps, new:1":-1', "a/b.c", '"{x}":2', '"--no":1'])
    if flag.field == "sampler":
        return st.sampled_from(SD.schedulers)
    if flag.field == "model":
        return st.just("sd")
    return st.lists(PIECES, min_size=1, max_size=4).map(" ".join)


@st.composite
def typed(draw: st.DrawFn) -> str:
    flags = draw(st.lists(st.sampled_from(FLAGS), max_size=6, unique_by=lambda flag: flag.field))
    words = draw(st.lists(PIECES, min_size=1, max_size=8))
    return " ".join([*words, *(f"{flag.spelled} {draw(value(flag))}" for flag in flags)])


@given(typed(), st.sampled_from([SD, TURBO, POCKET]), st.sampled_from(["", "p1"]))
def test_any_query_is_given_again_by_its_text(text: str, card: Card, start: str) -> None:
    try:
        asks = parse(text)
    except BadInput:
        assume(False)
    for ask in asks:
        query, _ = to_query(ask, card, random_seed=77, start=start)
        again = parse(to_text(query, card))
        assert [to_query(each, card, random_seed=1, start=start)[0] for each in again] == [query]


@given(st.builds(Ask, prompt=st.just("a fox"), stylize=st.integers(0, 1000), iw=st.floats(0, 3), seed=st.just(5)))
def test_mapped_settings_stay_in_range(ask: Ask) -> None:
    query, _ = to_query(ask, replace(SD, guidance_scale=20.0), random_seed=1, start="p1")
    assert 0 <= query.guidance_scale <= 30
    assert 0.25 <= query.strength <= 1
