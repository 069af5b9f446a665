import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.place import Place


@given(st.builds(Place, st.text(), st.text(), st.text(), st.text()))
def test_a_place_survives_its_text(place: Place) -> None:
    assert Place.parse(str(place)) == place


def test_a_thread_is_named_by_its_root_message() -> None:
    assert str(Place("console", "local", "general").in_thread("m1")) == "console/local/general/m1"


@pytest.mark.parametrize("text", ["", "a/b/c", "a/b/c/d/e"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a place"):
        Place.parse(text)
