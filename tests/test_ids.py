from hypothesis import given
from hypothesis import strategies as st

from bot.ids import ALPHABET, LENGTH, new_turn_id, picture_id, read_id

TURNS = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


def test_turn_ids_are_short_plain_and_fresh() -> None:
    ids = {new_turn_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(id) == LENGTH and set(id) <= set(ALPHABET) for id in ids)
    assert not set("01oil") & set(ALPHABET)


@given(TURNS, st.integers(1, 9999))
def test_what_people_make_of_an_id_is_still_read(turn: str, number: int) -> None:
    id = picture_id(turn, number)
    for typed in (id, id.upper(), f"#{id}", f"  # {id.title()} "):
        assert read_id(typed) == (turn, number)
    assert read_id(f"#{turn.upper()}") == (turn, None)


def test_other_words_are_no_picture() -> None:
    assert read_id("fox-0") == ("fox-0", None)
    assert read_id("-3") == ("-3", None)
    assert read_id("") == ("", None)
