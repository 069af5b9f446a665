from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import command_text
from bot.errors import BadInput, MissingValue, OutOfRange, UnknownFlag
from bot.events import Prefer
from bot.flags import FLAGS
from bot.memory.memory import Memory
from bot.memory.people import People, Preferred
from bot.prefer import MOST_SETS, Preferences
from bot.preferences import NAME, expand, hidden_flag
from bot.replies import Reply, Whisper
from tests.kit import ANN, BOB, CHANNEL, Kit, final, kit, whisper

NOBODY = Preferred("", "", {})
MINE = Preferred("--ar 16:9 --n 2", "soft light", {"wide": "--ar 21:9 --n 1", "calm": "--no people, cars"})

_event = count()


@pytest.fixture
async def preferences(tmp_path: Path) -> AsyncIterator[Preferences]:
    memory = await Memory.open(f"sqlite:///{tmp_path}/a.sqlite")
    yield Preferences(People(memory._database))
    await memory.close()


def said(text: str, person: object = ANN, event_id: str = "") -> Prefer:
    return Prefer(event_id=event_id or str(next(_event)), place=CHANNEL, person=person, text=text)  # type: ignore[arg-type]


async def prefer(preferences: Preferences, text: str, person: object = ANN, event_id: str = "") -> str:
    [answer] = [shown async for shown in preferences.handle(said(text, person, event_id))]
    assert isinstance(answer, Whisper)
    return answer.text


async def typed(preferences: Preferences, text: str, person: object = ANN) -> str:
    return (await preferences.expand(said("", person), text)).text


async def test_defaults_suffix_and_sets_are_kept_shown_used_and_forgotten(preferences: Preferences) -> None:
    assert "no preferences" in await prefer(preferences, "")
    assert "--ar 16:9" in await prefer(preferences, "defaults --ar 16:9 —n 2")
    assert "soft light" in await prefer(preferences, "suffix soft light")
    assert "--wide" in await prefer(preferences, "SAVE Wide --ar 21:9")
    shown = await prefer(preferences, "")
    assert all(words in shown for words in ("--ar 16:9", "soft light", "--wide: --ar 21:9", "/prefer forget"))
    assert await typed(preferences, "a cat") == "a cat, soft light --ar 16:9 —n 2"
    assert await typed(preferences, "a cat --wide") == "a cat, soft light --ar 21:9 —n 2"
    assert "defaults" in await prefer(preferences, "forget defaults")
    assert "--wide" in await prefer(preferences, "forget --wide")
    assert await typed(preferences, "a cat") == "a cat, soft light"
    assert "no preferences" in await prefer(preferences, "forget everything")
    assert await typed(preferences, "a cat") == "a cat"


async def test_everybody_has_their_own(preferences: Preferences) -> None:
    await prefer(preferences, "suffix at night")
    assert await typed(preferences, "a cat", BOB) == "a cat"
    assert "no preferences" in await prefer(preferences, "", BOB)


async def test_a_new_value_takes_the_place_of_the_old_one(preferences: Preferences) -> None:
    await prefer(preferences, "save wide --ar 21:9")
    await prefer(preferences, "save wide --ar 3:1")
    assert await typed(preferences, "a cat --wide") == "a cat --ar 3:1"


async def test_an_event_that_comes_again_brings_nothing_back(preferences: Preferences) -> None:
    await prefer(preferences, "suffix at night", event_id="e1")
    await prefer(preferences, "forget suffix", event_id="e2")
    assert [shown async for shown in preferences.handle(said("suffix at night", event_id="e1"))] == []
    assert await typed(preferences, "a cat") == "a cat"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("defaults --sedd 3", UnknownFlag),
        ("defaults --steps 900", OutOfRange),
        ("save wide --ar", MissingValue),
    ],
)
async def test_flags_are_checked_at_once(preferences: Preferences, text: str, error: type[BadInput]) -> None:
    with pytest.raises(error):
        await prefer(preferences, text)
    assert "no preferences" in await prefer(preferences, "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("default --ar 16:9", "“default”"),
        ("defaults", "/prefer defaults"),
        ("suffix", "/prefer suffix"),
        ("save", "/prefer save"),
        ("save wide", "/prefer save"),
        ("forget", "/prefer forget"),
        ("defaults a cat", "“a cat”"),
        ("save wide https://example.org/a.png --ar 1:1", "https://example.org"),
        ("save w --ar 1:1", "2 to 20"),
        ("save 12 --ar 1:1", "2 to 20"),
        ("save a_b --ar 1:1", "2 to 20"),
        ("save everything --ar 1:1", "can't be a name"),
        ("save tile --ar 1:1", "--tile"),
        ("save seeds --ar 1:1", "--seed"),
        ("save seamless --ar 1:1", "--tile"),
        ("suffix soft --ar 1:1", "suffix"),
        ("suffix cat::2 dog", "suffix"),
        ("suffix {warm, cold} light", "suffix"),
        ("forget wide", "“wide”"),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_the_next_step(
    preferences: Preferences, text: str, says: str
) -> None:
    answer = await prefer(preferences, text)
    assert says in answer
    assert "Kept" not in answer
    assert "no preferences" in await prefer(preferences, "")


async def test_there_is_an_end_to_how_many_are_kept(preferences: Preferences) -> None:
    for number in range(MOST_SETS):
        assert "Kept" in await prefer(preferences, f"save look-{number} --steps 3")
    assert str(MOST_SETS) in await prefer(preferences, "save another-one --steps 3")
    assert "Kept" in await prefer(preferences, "save look-0 --steps 4")


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("a cat", "a cat, soft light --ar 16:9 --n 2"),
        ("a cat --ar 1:1", "a cat, soft light --ar 1:1 --n 2"),
        ("a cat --repeat 3 --aspect 1:1", "a cat, soft light --repeat 3 --aspect 1:1"),
        ("a cat --wide --n 3", "a cat, soft light --ar 21:9 --n 3"),
        ("a cat --n 3 —wide --tile", "a cat, soft light --n 3 --ar 21:9 --tile"),
        ("a cat --calm --no hats", "a cat, soft light --no people, cars --no hats --ar 16:9 --n 2"),
        ("a cat, Soft Light", "a cat, Soft Light --ar 16:9 --n 2"),
        ("cat::2 dog::-0.5", "cat, soft light::2 dog::-0.5 --ar 16:9 --n 2"),
        ("a {red, blue} car --ar {1:1, 16:9}", "a {red, blue} car, soft light --ar {1:1, 16:9} --n 2"),
        ("a cat {--wide, --tile}", "a cat, soft light {--ar 21:9 --n 1, --tile}"),
        ("a cat {--calm, --ar 1:1}", "a cat, soft light {--no people\\, cars, --ar 1:1} --n 2"),
        ('the words "a --wide road"', 'the words "a --wide road", soft light --ar 16:9 --n 2'),
        ("https://example.org/a.png", "https://example.org/a.png --ar 16:9 --n 2"),
        ("https://example.org/a.png a cat", "https://example.org/a.png a cat, soft light --ar 16:9 --n 2"),
        ("--seed 3", "--seed 3 --ar 16:9 --n 2"),
    ],
)
def test_what_is_typed_goes_before_sets_and_sets_before_defaults(text: str, becomes: str) -> None:
    expanded = expand(text, MINE)
    assert expanded.text == becomes
    assert len(expanded.remarks) == 1
    command_text.parse(expanded.text, allow_empty=True)


def test_weights_inside_braces_each_get_the_suffix() -> None:
    asks = command_text.parse(expand("{cat::2, big dog::1} house", MINE).text)
    assert [ask.prompt for ask in asks] == [
        "cat, soft light::2 house, soft light",
        "big dog, soft light::1 house, soft light",
    ]


def test_what_says_the_same_in_another_way_takes_the_place_of_a_default() -> None:
    mine = Preferred("--stylize 300 --draft --private", "", {})
    assert expand("a cat --cfg 3 --steps 9 --public", mine).text == "a cat --cfg 3 --steps 9 --public"
    assert expand("a cat --relax", mine).text == "a cat --relax --stylize 300 --private"


def test_the_remark_names_all_that_was_not_typed() -> None:
    [remark] = expand("a cat --wide --wide", MINE).remarks
    assert remark == "with your --wide · with your suffix: soft light"
    [remark] = expand("a cat --n 1", Preferred("--ar 16:9 --n 2", "", {})).remarks
    assert remark == "with your defaults: --ar 16:9"


def test_a_slip_in_a_sets_name_is_answered_with_the_set() -> None:
    with pytest.raises(UnknownFlag) as caught:
        expand("a cat --wyde", MINE)
    assert (caught.value.written, caught.value.nearest) == ("--wyde", "--wide")
    with pytest.raises(UnknownFlag, match="--seed"):
        command_text.parse(expand("a cat --sedd 3", MINE).text)


@given(st.text())
def test_without_preferences_every_text_stays_as_it_was(text: str) -> None:
    assert expand(text, NOBODY).text == text


@given(st.text(st.sampled_from(' abc{},:-—()\\"1.')))
def test_a_text_that_can_be_read_can_be_read_with_preferences(text: str) -> None:
    try:
        asks = command_text.parse(text)
    except BadInput:
        return
    expanded = expand(text, Preferred("--steps 3", "", {"calm": "--tile"}))
    with_defaults = command_text.parse(expanded.text)
    assert [ask.prompt for ask in with_defaults] == [ask.prompt for ask in asks]
    assert {ask.steps for ask in with_defaults} == {3}


def test_no_name_hides_a_flag() -> None:
    for flag in FLAGS:
        for name in (*flag.names, *flag.elsewhere):
            assert hidden_flag(name)
    assert not hidden_flag("wide")
    assert NAME.fullmatch("öl-2")
    assert not NAME.fullmatch("a" * 21)


async def test_who_wants_no_call_is_not_called_and_this_outlives_a_restart(tmp_path: Path) -> None:
    async def ended(at: Kit) -> Reply:
        return final(await at.imagine("a cat"))

    async def answer(at: Kit, text: str) -> str:
        return whisper(await at.replies(Prefer(**at.where(CHANNEL, ANN), text=text)))

    async with kit(tmp_path) as at:
        assert (await ended(at)).mention == ANN.id
        assert "on, or off" in await answer(at, "mention loud") or "/prefer mention off" in await answer(at, "mention")
        assert "not call you" in await answer(at, "mention OFF")
    async with kit(tmp_path) as at:
        assert (await ended(at)).mention == ""
        assert "Mention: off" in await answer(at, "")
        assert final(await at.imagine("a dog", person=BOB)).mention == BOB.id, "each for themselves"
        assert "call you once" in await answer(at, "mention on")
        assert (await ended(at)).mention == ANN.id
        await answer(at, "mention off")
        await answer(at, "forget mention")
        assert (await ended(at)).mention == ANN.id
