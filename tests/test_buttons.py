import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import Action, Again, Delete, Edit, Pick, Stop, UnknownToken, Vary, from_token, to_token

IDS = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=20)
ACTIONS = st.one_of(
    st.builds(Pick, IDS),
    st.builds(Vary, IDS, st.sampled_from(["subtle", "strong"])),
    st.builds(Again, IDS),
    st.builds(Edit, IDS),
    st.builds(Stop, IDS),
    st.builds(Delete, IDS),
)


@given(ACTIONS)
def test_a_token_gives_back_its_action(action: Action) -> None:
    token = to_token(action)
    assert from_token(token) == action
    assert len(token) <= 100


@pytest.mark.parametrize(
    "token", ["", "s1", "s1~", "s0~pick~a", "s1~pick", "s1~pick~a~b", "s1~vary~a~wild", "s1~dance~a", "hello~world"]
)
def test_a_token_of_another_time_is_refused(token: str) -> None:
    with pytest.raises(UnknownToken):
        from_token(token)


def test_an_id_that_does_not_fit_a_token_is_refused() -> None:
    with pytest.raises(ValueError, match="100"):
        to_token(Pick("x" * 100))


@given(st.text())
def test_no_text_breaks_the_reader(token: str) -> None:
    with suppress(UnknownToken):
        assert to_token(from_token(token)) == token
