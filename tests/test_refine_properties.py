"""What holds for every sentence and every edit."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.query import Query
from bot.refine import apply, understand
from bot.refine.command import STANDING
from bot.refine.diff import between
from bot.refine.edits import (
    Add,
    Describe,
    Edit,
    Pick,
    Recolour,
    Remove,
    Replace,
    Restore,
    Rewrite,
    Set,
    Style,
    Undo,
    Unset,
    Weigh,
    from_json,
    to_json,
)
from bot.refine.outcome import Back, Draw, Question, Situation
from bot.refine.vocabulary import table
from bot.wording_diff import LONGEST, diff
from bot.wording_refine import remark

PROMPTS = (
    "a red car on a hill with a tree",
    "a cat and a dog",
    "a woman wearing a red hat and sunglasses, at night, (fog:1.2)",
    'a shop, "open, no dogs" written on the door',
    "cat::2 dog::-.5",
    "",
    "a (very (old:1.1) house:1.3) by the sea, watercolor",
)
TEXT = """
a the it them add remove no without replace with make blue red car cat dog hat tree fog people and but , . more less
much way a bit darker bigger not so too 16:9 wider portrait 30 steps seed guidance #2 2 third last one vary upscale
again undo back version 3 please thanks lol @bob -> + - instead of on in at night background style watercolor bring
write (fog:1.3) ( ) : :: --ar --no --seed {a,b} <@1> **x** ? ! "open """


def _vocabulary() -> list[str]:
    chatter = [word for phrase in table("chatter")["phrases"] for word in phrase.split()]
    return sorted({*TEXT.split(), *chatter, *table("speech")["verbs"]["remove"], *table("commands")["undo"]})


sentences = st.lists(st.sampled_from(_vocabulary()), max_size=9).map(" ".join)
names = st.sampled_from(
    ["cat", "car", "a red hat", "fog", "it", "dog", "night", "the tree", "hill", "", "open", "a", ")", "::2"]
)
edits = st.one_of(
    names.map(Add),
    names.map(Remove),
    names.map(Restore),
    st.builds(Replace, names, names),
    st.builds(Recolour, names, st.sampled_from(["blue", "light green", "red and white", "loud"])),
    st.builds(Describe, st.sampled_from(["", "it", "car", "cat"]), st.sampled_from(["dark", "big", "bright"])),
    st.builds(Weigh, names, st.sampled_from([0.2, -0.2, 0.4, -0.1])),
    st.sampled_from([Style("watercolor"), Set("--ar 16:9"), Set("--steps 7"), Set("--tile"), Unset("--ar"), Pick(2)]),
    st.just(Rewrite("a house by the sea")),
)


def query(prompt: str) -> Query:
    return Query(
        prompt=prompt,
        width=128,
        height=128,
        steps=20,
        guidance_scale=5.0,
        scheduler="DDIM",
        seed=1,
        count=4,
        model="pocket",
    )


def situation(now: Query, before: tuple[Query, ...] = ()) -> Situation:
    return Situation(query=now, card=STANDING, pictures=("a-1", "a-2", "a-3", "a-4"), before=before, random_seed=9)


def _harmless(text: str, prompt: str) -> None:
    now = situation(query(prompt))
    try:
        outcome = understand(text, now)
    except BadInput:
        return
    match outcome:
        case Question(readings=readings):
            assert outcome.text
            for reading in readings:
                try:
                    apply(reading.edits, now)
                except BadInput:
                    continue
        case Draw(edits=made, query=after):
            assert from_json(to_json(made)) == made
            assert all(remark(each) for each in outcome.remarks)
            assert between(now.query, after).apply(now.query) == after


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60), st.sampled_from(PROMPTS))
def test_no_text_raises_anything_but_bad_input(text: str, prompt: str) -> None:
    _harmless(text, prompt)


@settings(max_examples=1500, deadline=None)
@given(sentences, st.sampled_from(PROMPTS))
def test_no_words_of_the_vocabulary_raise_anything_but_bad_input(text: str, prompt: str) -> None:
    _harmless(text, prompt)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PROMPTS), st.lists(edits, max_size=8))
def test_undo_after_any_edits_gives_the_identical_query(prompt: str, said: Sequence[Edit]) -> None:
    way = [query(prompt)]
    for edit in said:
        try:
            outcome = apply([edit], situation(way[-1], tuple(way[:-1])))
        except BadInput:
            continue
        if isinstance(outcome, Draw):
            way.append(outcome.query)
    while len(way) > 1:
        way.pop()
        back = apply([Undo()], situation(query("something else"), tuple(way)))
        assert isinstance(back, Back)
        assert back.query.canonical() == way[-1].canonical()


queries = st.builds(
    Query,
    prompt=st.one_of(st.text(max_size=40), sentences, st.sampled_from(PROMPTS)),
    negative_prompt=st.one_of(st.text(max_size=20), sentences),
    width=st.integers(1, 40).map(lambda n: 8 * n),
    height=st.integers(1, 40).map(lambda n: 8 * n),
    steps=st.integers(1, 150),
    guidance_scale=st.floats(0, 30),
    scheduler=st.sampled_from(["DDIM", "Euler"]),
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 10),
    model=st.sampled_from(["pocket", "other"]),
    loras=st.lists(st.tuples(st.sampled_from("ab"), st.floats(-2, 2)), max_size=2).map(tuple),
    start=st.sampled_from(["", "k7m2p9xw-2"]),
    strength=st.floats(0, 1),
    chaos=st.integers(0, 100),
    stop=st.integers(10, 100),
    tile=st.booleans(),
    exact=st.booleans(),
    relax=st.booleans(),
)


@settings(max_examples=500, deadline=None)
@given(queries, queries)
def test_a_diff_applied_to_its_parent_gives_the_child(before: Query, after: Query) -> None:
    made = between(before, after)
    assert made.apply(before) == after
    line = diff(made, STANDING, seed_kept=False)
    assert 0 < len(line) <= LONGEST
