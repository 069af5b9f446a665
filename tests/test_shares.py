from hypothesis import given
from hypothesis import strategies as st

from engine.shares import Shares


def test_who_was_idle_starts_at_the_fair_share_and_not_at_zero() -> None:
    shares = Shares()
    shares.enter("ann")
    shares.enter("bob")
    for _ in range(50):
        shares.charge("ann", 10.0)
        shares.charge("bob", 10.0)
    shares.enter("eve")
    assert shares["eve"] == shares["ann"] == shares["bob"] == 500.0


def test_leaving_and_coming_back_does_not_wipe_out_a_debt() -> None:
    shares = Shares()
    shares.enter("ann")
    shares.enter("bob")
    shares.charge("ann", 100.0)
    assert shares.leave("ann")
    shares.enter("ann")
    assert shares["ann"] == 100.0
    assert shares["bob"] == 0.0


def test_a_name_with_several_jobs_leaves_with_the_last() -> None:
    shares = Shares()
    shares.enter("ann")
    shares.enter("ann")
    assert not shares.leave("ann")
    assert shares.leave("ann")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["enter", "leave", "charge"]), st.floats(0.1, 100))))
def test_debts_of_those_who_left_long_ago_are_forgotten(moves: list[tuple[str, str, float]]) -> None:
    shares, active = Shares(), dict.fromkeys("abc", 0)
    for name, move, ms in moves:
        if move == "enter":
            shares.enter(name)
            active[name] += 1
        elif active[name]:
            if move == "leave":
                active[name] -= 1
                assert shares.leave(name) == (active[name] == 0)
            else:
                shares.charge(name, ms)
    idle = [name for name in shares._had if not active[name]]
    assert all(shares._had[name] > 0 for name in idle)
    if not any(active.values()):
        assert not shares._had
