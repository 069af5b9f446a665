from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.prompt_weights import plain, read, wanted, write
from engine.jobs import Part, Span, Words


def part(*spans: str | tuple[str, float], weight: float = 1.0) -> Part:
    return Part(tuple(Span(*span) if isinstance(span, tuple) else Span(span) for span in spans), weight)


TABLE: list[tuple[str, Words]] = [
    ("", ()),
    ("a fox", (part("a fox"),)),
    ("cat::2 dog::-.5", (part("cat", weight=2), part("dog", weight=-0.5))),
    ("cat::2, dog", (part("cat", weight=2), part("dog"))),
    ("cat::2; dog::1.", (part("cat", weight=2), part("dog"))),
    ("hot::dog", (part("hot"), part("dog"))),
    ("hot:: 2 dogs", (part("hot"), part("2 dogs"))),
    ("cat::3d model", (part("cat"), part("3d model"))),
    ("fox::+2", (part("fox", weight=2),)),
    ("fox::1 cat::0", (part("fox"), part("cat", weight=0))),
    ("a (foggy:1.3) day", (part("a ", ("foggy", 1.3), " day"),)),
    ("(foggy: 1.3 )", (part(("foggy", 1.3)),)),
    ("(a (b:2) c:1.5)", (part(("a ", 1.5), ("b", 3.0), (" c", 1.5)),)),
    ("((fog:1.3):1.2)", (part(("fog", 1.56)),)),
    ("(a:1)", (part("a"),)),
    ("(a:1.3) (b:1.3)", (part(("a", 1.3), " ", ("b", 1.3)),)),
    ("(a:1.3)(b:1.3)", (part(("ab", 1.3)),)),
    ("(fog:0.5)::2 a (b:2)::3", (part(("fog", 0.5), weight=2), part("a ", ("b", 2.0), weight=3))),
    ("a (quiet) fox :)", (part("a (quiet) fox :)"),)),
    ("(16:9) at (10 : 30)", (part("(16:9) at (10 : 30)"),)),
    (r"\(a:1.3\)", (part("(a:1.3)"),)),
    (r"a\:\:b \[c\] \\", (part("a::b [c] \\"),)),
    ('"open (late:2) [x] a::b" sign', (part('"open (late:2) [x] a::b" sign'),)),
    (r'"say \"(hi:2)\"" fox', (part('"say "(hi:2)"" fox'),)),
    ('a 5" (long:2) 6" nail', (part('a 5" ', ("long", 2.0), ' 6" nail'),)),
    ('a ("open":1.4) sign', (part("a ", ('"open"', 1.4), " sign"),)),
    ("[] () {", (part("[] () {"),)),
]


@pytest.mark.parametrize(("prompt", "words"), TABLE, ids=[prompt for prompt, _ in TABLE])
def test_reads(prompt: str, words: Words) -> None:
    assert read(prompt) == words


def test_what_is_wanted_is_the_words_without_their_weights() -> None:
    assert wanted("cat::2 dog::-.5 (full:1.3) moon") == "cat, full moon"


TEXT = st.text('ab5 "\\()[]:,;.{}é-—', min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
EMPHASIS = st.floats(0, 5).map(lambda number: round(number, 6))


@st.composite
def some_words(draw: st.DrawFn) -> Words:
    """Words as `read` makes them: neighbours differ in emphasis, and no part begins or ends with a space or a comma."""
    parts: list[Part] = []
    for _ in range(draw(st.integers(1, 3))):
        spans = [Span(text, draw(EMPHASIS)) for text in draw(st.lists(TEXT, min_size=1, max_size=3))]
        assume(all(one.emphasis != other.emphasis for one, other in pairwise(spans)))
        assume(not parts or spans[0].text[0] not in ",;")
        parts.append(Part(tuple(spans), draw(st.floats(-100, 100))))
    assume(sum(part.weight for part in parts) > 0)
    return tuple(parts)


@given(some_words())
def test_what_is_written_reads_the_same(words: Words) -> None:
    assert read(write(words)) == words


@given(st.text('ab5 "\\()[]:,;.12-', max_size=40))
def test_any_prompt_reads_the_same_after_it_was_rewritten(prompt: str) -> None:
    try:
        words = read(prompt)
    except BadInput:
        return
    assume(words)
    assert read(write(words)) == words


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_plain_numbers_are_exact_and_have_no_exponent(number: float) -> None:
    assert float(plain(number)) == number
    assert "e" not in plain(number)
