from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput, TooManyPermutations
from bot.permutations import LIMIT, escape, expand

OPTION = st.text("abc", min_size=1, max_size=3)


@given(st.lists(st.lists(OPTION, min_size=2, max_size=4), max_size=4))
def test_it_is_the_product_of_all_choices_in_order(groups: list[list[str]]) -> None:
    text = " and ".join(f"{{{', '.join(options)}}}" for options in groups)
    expected = [" and ".join(choice) for choice in product(*groups)]
    if len(expected) <= LIMIT:
        assert expand(text) == expected
    else:
        with pytest.raises(TooManyPermutations) as raised:
            expand(text)
        assert raised.value.count == len(expected)


def test_nested_braces_count_as_their_options() -> None:
    assert expand("{a, {b, c} d, {e, f{g, h}}}") == ["a", "b d", "c d", "e", "fg", "fh"]


def test_deep_nesting_is_counted_and_refused() -> None:
    with pytest.raises(TooManyPermutations) as raised:
        expand("{a," * 1000 + "b" + "}" * 1000)
    assert raised.value.count == 1001


@given(st.text('ab{},"\\| 5', max_size=30))
def test_what_was_expanded_can_be_written_so_that_it_expands_to_itself(text: str) -> None:
    try:
        expanded = expand(text)
    except BadInput:
        return
    for each in expanded:
        assert expand(escape(each)) == [each]
