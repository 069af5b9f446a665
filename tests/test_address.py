import hashlib
import random
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import address
from bot.address_sample import TEXT
from bot.errors import BadAddress
from bot.query import Query

PLAIN = Query(
    prompt="a red fox in the snow",
    width=128,
    height=128,
    steps=20,
    guidance_scale=5.0,
    scheduler="DDIM",
    seed=3141592653,
    count=4,
    model="pocket",
)
ODD = replace(
    PLAIN,
    prompt="🦊 و قطة\u200d 在雪中\x00\n\t",
    negative_prompt="fog",
    width=1000,
    height=333,
    guidance_scale=7.25,
    scheduler="Some new one",
    model="hub/model-9",
    loras=(("inkwash", 0.8), ("", -1e-300)),
    start="k7m2p9xw-12",
    strength=0.123456789,
    chaos=33,
    stop=80,
    tile=True,
    exact=True,
    relax=True,
)

text = st.text(st.characters(codec="utf-8"), max_size=60)
real = st.floats(allow_nan=False)
whole = st.integers() | st.integers(0, 2000)
queries = st.builds(
    Query,
    prompt=text,
    negative_prompt=st.just("") | text,
    width=whole,
    height=whole,
    steps=whole,
    guidance_scale=real | st.integers(0, 30),
    scheduler=st.sampled_from(("DDIM", "Euler a")) | text,
    seed=st.integers(0, 2**32 - 1) | st.integers(),
    count=whole,
    model=st.just("pocket") | text,
    loras=st.lists(st.tuples(text, real), max_size=3).map(tuple),
    start=st.just("") | st.from_regex(r"[2-9a-z]{8}-[1-9]", fullmatch=True) | text,
    strength=real,
    chaos=whole,
    stop=whole,
    tile=st.booleans(),
    exact=st.booleans(),
    relax=st.booleans(),
)


def some_query(chance: random.Random) -> Query:
    """Any query, ordinary values and wild ones side by side."""
    signs = [
        "a red car ",
        "über den Hügel ",
        "🦊🏽\u200d",
        "كلب ",
        "\u202e",
        "\x00\n",
        "\U0010ffff",
        "(fog:1.3) ",
        "雪",
    ]

    def words() -> str:
        return "".join(chance.choice(signs) for _ in range(chance.randrange(6)))

    def number(*usual: float) -> Any:
        return chance.choice([*usual, chance.randrange(200), chance.randrange(-(2**70), 2**70)])

    def fraction(*usual: float) -> float:
        wild = [chance.uniform(-1e9, 1e9), 5e-324, sys.float_info.max, -0.0, float("inf"), chance.randrange(3000) / 100]
        return chance.choice([*usual, *wild])

    return Query(
        prompt=words(),
        negative_prompt=chance.choice(["", words()]),
        width=number(512, 1024),
        height=number(512, 1024),
        steps=number(20, 30),
        guidance_scale=fraction(5.0, 7),
        scheduler=chance.choice(["DDIM", "Euler a", words()]),
        seed=chance.choice([chance.randrange(2**32), 2**32 - 1, number()]),
        count=number(1, 4),
        model=chance.choice(["pocket", words()]),
        loras=tuple((words(), fraction(0.8)) for _ in range(chance.choice([0, 0, 1, 3]))),
        start=chance.choice(["", "k7m2p9xw-2", "K7M2P9XW-2", words()]),
        strength=fraction(0.75),
        chaos=number(0),
        stop=number(100),
        tile=chance.random() < 0.3,
        exact=chance.random() < 0.3,
        relax=chance.random() < 0.3,
    )


def test_ten_thousand_random_queries_come_back_from_their_addresses() -> None:
    chance = random.Random(7)
    seen: dict[int, Query] = {}
    for _ in range(10_000):
        query = some_query(chance)
        integer = address.to_integer(query)
        assert integer >= 0
        assert address.from_integer(integer) == query
        assert seen.setdefault(integer, query) == query, "different queries, one address"
        seen[integer] = query


@given(queries)
@settings(max_examples=300, deadline=None)
def test_any_query_comes_back_from_its_number_and_its_code(query: Query) -> None:
    assert address.from_integer(address.to_integer(query)) == query
    assert address.from_code(address.to_code(query)) == query
    assert address.read(f" {address.to_code(query)}\n") == query


@given(queries, queries)
@settings(max_examples=100, deadline=None)
def test_equal_queries_have_equal_addresses_and_others_have_others(one: Query, other: Query) -> None:
    assert (address.to_integer(one) == address.to_integer(other)) == (one == other)


@given(st.integers(min_value=0))
@settings(max_examples=300, deadline=None)
def test_a_number_is_the_address_of_one_query_or_of_none(number: int) -> None:
    for integer in (number, number * address.CHECK):
        try:
            query = address.from_integer(integer)
        except BadAddress:
            continue
        assert address.to_integer(query) == integer


@pytest.mark.parametrize(
    ("one", "same"),
    [(7, 7.0), (0.0, -0.0), (30, 30.0), (10**6, 1e6)],
)
def test_a_number_has_one_address_however_it_is_written(one: float, same: float) -> None:
    a, b = (address.to_integer(replace(PLAIN, guidance_scale=value)) for value in (one, same))
    assert a == b
    c, d = (address.to_integer(replace(PLAIN, loras=(("x", value),))) for value in (one, same))
    assert c == d


def test_addresses_are_the_same_for_ever() -> None:
    """Whoever must change these numbers breaks every address that was ever given: make a new version instead."""
    assert (
        hashlib.sha256(TEXT.encode()).hexdigest() == "50539174f5254bb05adbb2260ec0f46f2d3e2dddd1f6b94e7ba257875e871f56"
    )
    assert address.to_code(PLAIN) == "sx3XveHDM4FBbCtBeRm"
    assert address.to_integer(PLAIN) == 41544662324820858887911998192
    assert address.to_code(ODD) == (
        "sx3ZuGNwiKkauT8dASvZjGky4gUJnR6DJzYm96rRdCfaxcdrw1ZVP2QrvefP89ZMuiLiW8DdZp9KJQZs"
        "oRmJUdw2cUXQ1HEa25XseuZuRE43wBmELfuQHG5AnMHYDKe8XyoD3PPDREJuS1XpGRkkw"
    )


def test_another_process_with_another_hash_seed_gives_the_same(tmp_path: Path) -> None:
    program = f"from bot import address\nfrom bot.query import Query\nprint(address.to_code({ODD!r}))"
    codes = {
        run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(address.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert codes == {address.to_code(ODD)}


@pytest.mark.parametrize("query", [PLAIN, ODD])
def test_a_slip_in_a_code_is_never_another_query(query: Query) -> None:
    code = address.to_code(query)
    body = code[len(address.PREFIX) :]
    for at, sign in enumerate(body):
        for other in address.ALPHABET + "0OIl":
            if other != sign:
                with pytest.raises(BadAddress):
                    address.from_code(f"sx{body[:at]}{other}{body[at + 1 :]}")
        for slip in (body[:at] + body[at + 1 :], body[:at] + sign + body[at:]):
            if slip != body:
                with pytest.raises(BadAddress):
                    address.from_code(f"sx{slip}")
        swapped = body[:at] + body[at : at + 2][::-1] + body[at + 2 :]
        if swapped != body:
            with pytest.raises(BadAddress):
                address.from_code(f"sx{swapped}")


def test_a_slip_in_a_number_is_never_another_query() -> None:
    written = str(address.to_integer(PLAIN))
    for at, figure in enumerate(written):
        for other in "0123456789":
            if other != figure:
                with pytest.raises(BadAddress):
                    address.read(f"{written[:at]}{other}{written[at + 1 :]}")
        swapped = written[:at] + written[at : at + 2][::-1] + written[at + 2 :]
        if swapped != written:
            with pytest.raises(BadAddress):
                address.read(swapped)


def test_a_number_of_another_version_is_no_address_yet() -> None:
    integer = address.to_integer(PLAIN) // address.CHECK
    for version in range(1, address.VERSIONS):
        with pytest.raises(BadAddress):
            address.from_integer((integer + version) * address.CHECK)


@pytest.mark.parametrize("typed", ["", "a red car", "k7m2p9xw-2", "sxk7m2p9", "#3", "-5", "1.5", "sx", "٣٤٥٦٧٨٩٠١٢٣٤"])
def test_what_is_no_address_is_left_to_others(typed: str) -> None:
    assert address.read(typed) is None


@pytest.mark.parametrize("typed", ["12345", "0123", "9" * 5000, "9" * 200_000, "sx" + "z" * 40, "SX1111111112"])
def test_what_only_looks_like_an_address_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress):
        address.read(typed)


def test_a_negative_number_is_no_address() -> None:
    with pytest.raises(BadAddress):
        address.from_integer(-address.to_integer(PLAIN))


@pytest.mark.parametrize("query", [replace(PLAIN, prompt="\ud800"), replace(PLAIN, strength=float("nan"))])
def test_what_is_no_text_and_no_number_has_no_address(query: Query) -> None:
    with pytest.raises(ValueError, match="no address"):
        address.to_integer(query)


def test_the_longest_prompts_have_addresses_too() -> None:
    for words in ("a red fox, " * 400, "красная лиса " * 330, "x\ny" * 1400):
        query = replace(PLAIN, prompt=words)
        assert address.read(address.to_code(query)) == query
        chunks, integer = [], address.to_integer(query)
        while integer:
            integer, chunk = divmod(integer, 10**1000)
            chunks.append(f"{chunk:01000}")
        assert address.read("".join(reversed(chunks)).lstrip("0")) == query


def test_what_is_longer_than_the_model_reads_is_written_plainly() -> None:
    query = replace(PLAIN, prompt="z" * 70_000)
    assert address.from_integer(address.to_integer(query)) == query


def test_codes_of_ordinary_queries_are_short() -> None:
    """Prompts that the sample does not have. In UTF-8 alone they would take 70 to 110 signs."""
    prompts = (
        "a lighthouse keeper feeding gulls at dawn",
        "two otters playing chess on a frozen pond, cinematic",
        "an old violin maker in his workshop, rembrandt lighting",
        "gleaming chrome motorbike parked outside a diner",
    )
    lengths = [len(address.to_code(replace(PLAIN, prompt=prompt))) for prompt in prompts]
    assert max(lengths) <= 45, lengths
