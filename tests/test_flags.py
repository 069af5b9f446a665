from dataclasses import fields

import pytest

from bot import resolve
from bot.command_text import Ask, parse
from bot.flag_kinds import Switch
from bot.flags import BY_NAME, FLAGS, Flag, help_lines, nearest
from tests.fakes import CARD

VOCABULARY = (
    "ar aspect no seed steps cfg guidance sampler n repeat r chaos c stop stylize s iw strength tile quality q "
    "model style lora fast relax draft exact private public"
)


def test_every_flag_of_the_vocabulary_is_there() -> None:
    assert sorted(BY_NAME) == sorted(VOCABULARY.split())


def test_every_flag_has_its_field_and_every_field_its_flag() -> None:
    assert {flag.field for flag in FLAGS} == {f.name for f in fields(Ask)} - {"prompt", "links"}


def test_no_two_flags_share_a_name() -> None:
    names = [name for flag in FLAGS for name in (*flag.names, *flag.elsewhere)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.spelled)
def test_the_example_is_taken_and_sets_the_field(flag: Flag) -> None:
    ask = parse(f"a fox {flag.usage}")[0]
    default = next(f.default for f in fields(Ask) if f.name == flag.field)
    assert getattr(ask, flag.field) != default
    assert bool(flag.example) is not isinstance(flag.kind, Switch)


@pytest.mark.parametrize("flag", [flag for flag in FLAGS if flag.default[0].isdigit()], ids=lambda flag: flag.spelled)
def test_the_default_in_the_help_is_the_default(flag: Flag) -> None:
    said = parse(f"a fox {flag.spelled} {flag.default}")[0]
    assert (
        resolve.to_query(said, CARD, random_seed=1, start="p")[0]
        == resolve.to_query(Ask(prompt="a fox"), CARD, random_seed=1, start="p")[0]
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("sede", "--seed"), ("Negative_Prompt", "--no"), ("samplr", "--sampler"), ("h", "--ar"), ("qqqq", None)],
)
def test_the_nearest_flag(typed: str, meant: str | None) -> None:
    assert nearest(typed) == meant


def test_the_help_has_a_line_for_every_flag() -> None:
    lines = help_lines()
    assert len(lines) == len(FLAGS)
    assert lines[0] == "--ar, --aspect w:h - shape, 1:4 to 4:1 (default: 1:1)"
