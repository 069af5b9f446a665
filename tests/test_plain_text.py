import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.plain_text import clean, unescape, veil, words

SIGNS = st.text('ab 5"\\(){}[]:,;|-—', max_size=40)


@given(st.text())
def test_cleaning_is_done_once_and_for_all(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(st.text(st.characters()))
def test_nothing_unseen_is_left(text: str) -> None:
    kept = clean(text)
    assert not {unicodedata.category(char) for char in kept if char not in "\u200c\u200d"} & {"Cc", "Cf", "Cs"}
    kept.encode()


def test_text_hidden_in_tag_characters_is_gone() -> None:
    assert clean("a fox" + "".join(chr(0xE0000 + ord(char)) for char in "--no fox")) == "a fox"


@given(SIGNS)
def test_a_veil_keeps_every_position(text: str) -> None:
    veiled = veil(text)
    assert len(veiled) == len(text)
    assert all(under == over or over == "\0" for under, over in zip(text, veiled, strict=True))


@given(SIGNS)
def test_words_are_the_whole_text(text: str) -> None:
    assert "".join(words(text)).replace(" ", "") == text.replace(" ", "")


def test_lettering_is_one_word() -> None:
    assert words('a "late, late show" of 5" nails') == ["a", '"late, late show"', "of", '5"', "nails"]


def test_a_quote_without_partner_hides_nothing() -> None:
    assert veil('a " (b)') == 'a " (b)'
    assert veil(r'"a\" (b)') == '"a\0\0 (b)'
    assert words('a "cat --model "my model"') == ["a", '"cat', "--model", '"my model"']


def test_a_backslash_before_other_letters_stays() -> None:
    assert unescape(r"C:\dir \(a\) \\ \--ar") == "C:\\dir (a) \\ --ar"
