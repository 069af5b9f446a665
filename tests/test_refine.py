"""Refining in words: what the table of utterances does not reach."""

from dataclasses import replace

import pytest

from bot.errors import BadInput, OutOfRange, TooLong, UnknownChoice, UnknownFlag
from bot.query import Query
from bot.refine import apply, understand
from bot.refine.command import STANDING
from bot.refine.edits import Add, Again, Edit, Pick, Reading, Recolour, Remove, Replace, Set, Undo, Unset, Upscale, Vary
from bot.refine.outcome import AlreadySo, Back, Draw, Ignore, Outcome, Question, Situation
from bot.wording_refine import remark

FOUR = ("k7m2p9xw-1", "k7m2p9xw-2", "k7m2p9xw-3", "k7m2p9xw-4")


def query(prompt: str, **more: object) -> Query:
    plain = Query(
        prompt=prompt,
        width=128,
        height=128,
        steps=20,
        guidance_scale=5.0,
        scheduler="DDIM",
        seed=42,
        count=4,
        model="pocket",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def situation(prompt: str = "a red car on a hill", **more: object) -> Situation:
    plain = Situation(query=query(prompt), card=STANDING, pictures=FOUR, random_seed=7)
    return replace(plain, **more)  # type: ignore[arg-type]


def drawn(outcome: Outcome) -> Draw:
    """The draw that it must be."""
    assert isinstance(outcome, Draw), outcome
    return outcome


def asked(outcome: Outcome) -> Question:
    """The question that it must be."""
    assert isinstance(outcome, Question), outcome
    return outcome


def test_a_picked_picture_is_what_the_next_ones_start_from() -> None:
    made = drawn(understand("#2 at night", situation()))
    assert (made.parent, made.query.start, made.query.strength) == (2, FOUR[1], 0.75)
    assert made.query.prompt == "a red car on a hill, at night"
    assert drawn(understand("#2 --strength 0.4", situation())).query.strength == 0.4


def test_a_pick_keeps_the_size_of_the_query() -> None:
    wide = replace(situation(), query=query("a car", width=176, height=96))
    assert (drawn(understand("#2", wide)).query.width, drawn(understand("#2", wide)).query.height) == (176, 96)


@pytest.mark.parametrize(("said", "strength"), [("vary 3", 0.35), ("vary 3 strongly", 0.7)])
def test_a_variation_goes_as_far_as_the_button(said: str, strength: float) -> None:
    made = drawn(understand(said, situation()))
    assert (made.kind, made.parent, made.query.start, made.query.strength) == ("vary", 3, FOUR[2], strength)


def test_upscaling_doubles_one_picture_with_its_own_seed() -> None:
    made = drawn(understand("upscale 3", situation()))
    after = made.query
    assert (made.kind, made.parent, after.start) == ("upscale", 3, FOUR[2])
    assert (after.width, after.height, after.count, after.strength, after.seed) == (256, 256, 1, 0.3, 44)


def test_what_is_large_already_is_not_doubled_again() -> None:
    large = replace(situation(), query=query("a car", width=256, height=256))
    assert asked(understand("upscale 3", large)).readings == ()


def test_nothing_can_be_picked_before_it_is_drawn() -> None:
    assert asked(understand("#2", situation(pictures=()))).readings == ()
    assert drawn(understand("darker", situation(pictures=()))).query.prompt.endswith(", dark")


@pytest.mark.parametrize(
    ("answer", "prompt"),
    [
        ("the cat", "a blue cat and a dog"),
        ("Cat", "a blue cat and a dog"),
        ("2", "a cat and a blue dog"),
        ("first", "a blue cat and a dog"),
        ("the second one", "a cat and a blue dog"),
        ("the dog please", "a cat and a blue dog"),
    ],
)
def test_an_answer_is_understood_as_the_answer(answer: str, prompt: str) -> None:
    here = situation("a cat and a dog")
    readings = asked(understand("make it blue", here)).readings
    assert drawn(understand(answer, replace(here, asked=readings))).query.prompt == prompt


def test_no_leaves_it_and_another_sentence_is_another_sentence() -> None:
    here = situation("a cat and a dog")
    readings = asked(understand("make it blue", here)).readings
    waiting = replace(here, asked=readings)
    assert isinstance(understand("neither", waiting), Ignore)
    assert drawn(understand("add a tree", waiting)).query.prompt == "a cat and a dog, a tree"
    assert asked(understand("hmm", waiting)).readings == readings


def test_yes_takes_the_only_reading() -> None:
    here = situation("a car and a bicycle")
    readings = asked(understand("remove the bycicle", here)).readings
    assert len(readings) == 1
    assert drawn(understand("yes", replace(here, asked=readings))).query.prompt == "a car"


def test_a_reading_holds_all_that_the_sentence_says() -> None:
    here = situation("a cat and a dog")
    first, _ = asked(understand("make it blue, no people, 16:9", here)).readings
    made = drawn(apply(first.edits, here)).query
    assert (made.prompt, made.negative_prompt, made.width) == ("a blue cat and a dog", "people", 176)


@pytest.mark.parametrize(
    "text",
    [
        "<@123> make it blue",
        "@bob make it blue",
        "<!channel> add a tree",
        "@everyone no people",
        "what does <@U12|bob> think?",
    ],
)
def test_what_is_said_to_a_person_is_left_alone(text: str) -> None:
    assert isinstance(understand(text, situation()), Ignore)


def test_nobody_is_mentioned_in_a_prompt() -> None:
    made = drawn(understand("add a tree @everyone", situation(addressed=True)))
    assert made.query.prompt == "a red car on a hill, a tree"


@pytest.mark.parametrize(
    "text",
    [
        "**add** a tree",
        "add *a tree*",
        "`add a tree`",
        "add a ~~tree~~",
        "add a tree 🌳",
        "add\u202e a tree\x07",
        "_add a tree_ :)",
        "add a ||tree||",
        "> make it blue\nadd a tree",
    ],
)
def test_marks_emoji_and_control_characters_are_not_drawn(text: str) -> None:
    assert drawn(understand(text, situation())).query.prompt == "a red car on a hill, a tree"


@pytest.mark.parametrize("text", ["", "   ", "🙂", "\u200f", ":-)", "<:wave:123>", "!!!", "\n\n"])
def test_nothing_in_a_message_is_nothing(text: str) -> None:
    assert isinstance(understand(text, situation()), Ignore)


def test_other_scripts_are_asked_about_and_not_lost() -> None:
    question = asked(understand("קוף על הירח", situation()))
    assert question.readings[0].edits == (Add("קוף על הירח"),)


def test_braces_are_refused_with_words() -> None:
    assert "braces" in asked(understand("make it {red, green}", situation())).text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("darker --stepz 4", UnknownFlag),
        ("--ar 9:1", OutOfRange),
        ("900 steps", OutOfRange),
        ("seed -5", OutOfRange),
        ("--model other", UnknownChoice),
        ("add " + 5000 * "a", TooLong),
        (10_000 * "x", TooLong),
        ("add " + 3990 * "a", TooLong),
    ],
)
def test_what_imagine_would_not_take_is_not_taken_here(text: str, error: type[BadInput]) -> None:
    with pytest.raises(error):
        understand(text, situation())


def test_flags_alone_and_behind_words() -> None:
    assert drawn(understand("--ar 16:9 --no people", situation())).query.negative_prompt == "people"
    made = drawn(understand("darker —ar 16:9 --style watercolor", situation())).query
    assert (made.prompt, made.width) == ("a red car on a hill, dark, watercolor painting", 176)


@pytest.mark.parametrize("words", ["a tree --seed 4", "{a,b}", "", " ", "((tree", "https://example.org/a.png"])
def test_words_that_are_more_than_words_are_refused_from_whomever_they_come(words: str) -> None:
    try:
        outcome = apply([Add(words)], situation())
    except BadInput:
        return
    assert isinstance(outcome, Question) or "--" not in drawn(outcome).query.prompt


@pytest.mark.parametrize("flag", ["add a tree", "a tree --ar 16:9", "--ar 99:1", "--nothing"])
def test_a_setting_is_a_flag_and_nothing_else(flag: str) -> None:
    with pytest.raises(BadInput):
        apply([Set(flag)], situation())


def test_a_setting_goes_back_to_the_models_own() -> None:
    here = replace(situation(), query=query("a car", width=176, height=96, tile=True, negative_prompt="fog"))
    after = drawn(apply([Unset("--ar"), Unset("--tile"), Unset("--no")], here)).query
    assert (after.width, after.height, after.tile, after.negative_prompt) == (128, 128, False, "")


def test_undo_is_byte_identical_and_a_version_is_found_on_any_branch() -> None:
    first, second = query("a car", guidance_scale=7.300000001), query("a car, a tree")
    here = situation("a bus", before=(first, second), versions=(first, second, query("a dog"), query("a bus")))
    back = understand("undo", here)
    assert isinstance(back, Back)
    assert (back.version, back.query.canonical()) == (None, second.canonical())
    there = understand("back to version 3", here)
    assert isinstance(there, Back)
    assert (there.version, there.query.prompt) == (3, "a dog")


def test_going_back_and_something_else_is_asked_about() -> None:
    question = asked(understand("undo and add a dog", situation(before=(query("a car"),))))
    assert [reading.edits for reading in question.readings] == [(Undo(),), (Add("a dog"),)]


def test_what_was_taken_away_comes_back_as_it_was_said() -> None:
    before = query("a red car on a hill with a tall tree")
    gone = drawn(understand("no tree", situation(before.prompt))).query
    here = replace(situation(), query=gone, before=(before,))
    after = drawn(understand("bring the tree back", here)).query
    assert (after.prompt, after.negative_prompt) == (before.prompt, "")


def test_what_is_so_already_is_said_and_not_drawn_alone() -> None:
    assert asked(understand("add a car", situation("a car, fog"))).readings == ()
    made = drawn(understand("add a car, darker", situation("a car, fog")))
    assert made.remarks == (AlreadySo("a car"),)
    assert "a car" in remark(made.remarks[0])


@pytest.mark.parametrize(
    ("prompt", "said", "after"),
    [
        ("a photo of a cat and a dog", "no cat", "a photo of a dog"),
        ("a woman wearing a hat and sunglasses", "no hat", "a woman wearing sunglasses"),
        ("a red and white striped shirt on a chair", "make the shirt green", "a green striped shirt on a chair"),
        ("a red race car", "make it blue", "a blue race car"),
        ("a fluffy cat", "make the cat blue", "a fluffy blue cat"),
        ("an orange cat", "make it blue", "a blue cat"),
        ("(a red car:1.2) on a hill", "make the car blue", "(a blue car:1.2) on a hill"),
        ("a car, (fog:1.2)", "no fog", "a car"),
        ("a car, (fog:1.2)", "less fog", "a car, fog"),
        ("two horses in a field", "replace the horses with cows", "two cows in a field"),
        ("a horse in a field", "replace the horse with two cows", "two cows in a field"),
        ("an old house", "turn the house into a castle", "an old castle"),
        ("a tree", "turn the tree into an apple tree", "an apple tree"),
        ("a car, bright", "darker", "a car, dark"),
        ("a young man", "make him older", "an old man"),
        ("a watercolor of a cat", "as an oil painting", "an oil painting of a cat"),
        ("a cat, watercolor, at night", "in anime style", "a cat, at night, anime"),
        ("cat::2 dog::-.5", "add a tree", "cat, a tree::2 dog::-.5"),
        ('a shop, "no dogs" on the door', "no dogs", 'a shop, "no dogs" on the door'),
    ],
)
def test_only_the_place_that_is_meant_changes(prompt: str, said: str, after: str) -> None:
    assert drawn(understand(said, situation(prompt))).query.prompt == after


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("a cat and a dog", "make it bigger"),
        ("a red car and a green car", "make the car blue"),
        ("a red car and a green car", "no car"),
        ("a red car and a red house", "blue instead of red"),
        ("a cat on a sofa", "no cat"),
        ("a bowl of apples on a table", "no apples"),
        ("a car on a hill", "no red or blue cars"),
        ("a car on a hill", "don't make it blue"),
        ("a car on a hill", "don't remove the car"),
        ("a car on a hill", "add a tree no people"),
        ("a car on a hill", "no more than two cars"),
        ("a car on a hill", "darker no people"),
        ("a car on a hill", "make it a dog"),
        ("a car on a hill", "the car is too big"),
        ("a car on a hill", "1 and 3"),
        ("a car on a hill", "add a hat and frobnicate the gizmo, then blorp"),
    ],
)
def test_in_doubt_it_asks(prompt: str, said: str) -> None:
    assert asked(understand(said, situation(prompt))).text


def test_edits_of_a_button_go_the_same_way() -> None:
    edits: tuple[Edit, ...] = (Add("a tree"), Remove("fog"), Replace("car", "bus"), Recolour("bus", "blue"), Pick(1))
    made = drawn(apply(edits, situation()))
    assert (made.query.prompt, made.query.negative_prompt) == ("a blue bus on a hill, a tree", "fog")
    assert made.query.start == FOUR[0]
    assert asked(apply([Pick(9)], situation())).readings[0] == Reading("#1", (Pick(1),))
    assert asked(apply([Upscale(None)], situation())).readings[3].edits == (Upscale(4),)
    assert drawn(apply([Vary(None, "strong")], situation())).parent is None
    assert drawn(apply([Again()], situation())).kind == "again"


@pytest.mark.parametrize("prompt", ["it", "a it", "them"])
@pytest.mark.parametrize("edit", [Remove("it"), Replace("it", "cat")], ids=["remove", "replace"])
def test_a_prompt_that_says_it_names_nothing_so_it_is_asked_about(prompt: str, edit: Edit) -> None:
    question = asked(apply([edit], situation(prompt)))
    assert "“it”" in question.text
    assert question.readings == ()


@pytest.mark.parametrize(("steps", "strength"), [(20, 0.05), (8, 0.13), (49, 0.03), (150, 0.01)])
def test_a_model_of_one_size_smooths_what_it_doubles_for_one_step(steps: int, strength: float) -> None:
    card = replace(STANDING, one_shape=True)
    made = drawn(understand("upscale 3", situation(card=card, query=query("a car", steps=steps))))
    assert (made.query.width, made.query.strength) == (256, strength)
    assert int(made.query.strength * steps) == 1
