import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.steptimes import KEEP, TRUST, StepTimes


def learnt(curve: dict[int, float], shape: str = "key") -> StepTimes:
    times = StepTimes()
    for slots, ms in curve.items():
        for _ in range(TRUST):
            times.record(shape, slots, 1.0, ms)
    return times


def test_nothing_is_known_before_something_is_measured() -> None:
    times = StepTimes()
    assert not times.measured
    assert times.widest("key") == 0
    assert times.decode(1.0) == 0
    times.record("key", 2, 1.0, 10.0)
    assert times.measured
    assert times.widest("key") == 2


def test_measured_widths_are_believed_and_those_between_lie_between() -> None:
    times = learnt({2: 10.0, 4: 16.0})
    assert (times.call("key", 2), times.call("key", 3), times.call("key", 4)) == (10.0, 13.0, 16.0)


def test_a_width_never_tried_is_hoped_to_be_worth_a_try() -> None:
    times = learnt({4: 16.0})
    assert 16.0 < times.call("key", 8) < 32.0


def test_one_slow_call_of_a_new_width_does_not_condemn_it() -> None:
    times = learnt({4: 16.0})
    times.record("key", 8, 1.0, 5000.0)
    assert times.call("key", 8) < 32.0
    for _ in range(KEEP):
        times.record("key", 8, 1.0, 20.0)
    times.record("key", 8, 1.0, 5000.0)
    assert times.call("key", 8) == 20.0


def test_a_device_that_slows_down_for_all_widths_alike_changes_no_comparison() -> None:
    times = learnt({2: 10.0, 4: 16.0})
    before = times.call("key", 4) / times.call("key", 2)
    for _ in range(50):
        times.record("key", 4, 1.0, 48.0)
    assert times.call("key", 4) / times.call("key", 2) == pytest.approx(before, rel=0.1)
    assert times.per_slot("key", 1.0) == pytest.approx(12.0, rel=0.05)


def test_a_width_that_has_grown_dearer_than_the_others_is_learnt_anew() -> None:
    times = learnt({2: 10.0, 4: 16.0})
    for _ in range(50):
        times.record("key", 2, 1.0, 10.0)
        times.record("key", 4, 1.0, 40.0)
    assert times.call("key", 4) / times.call("key", 2) == pytest.approx(4.0, rel=0.1)


def test_a_key_not_seen_yet_costs_by_its_area() -> None:
    times = learnt({1: 10.0})
    assert times.per_slot("other", 2.0) == pytest.approx(20.0)
    assert times.per_slot("key", 1.0) == pytest.approx(10.0)


@given(st.dictionaries(st.integers(1, 16), st.floats(1, 1000), max_size=6), st.integers(1, 32))
def test_a_call_always_costs_something(curve: dict[int, float], slots: int) -> None:
    assert learnt(curve).call("key", slots) > 0
