"""The bot as a whole, with its real memory, files and engine; the picture model is the fake one."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.buttons import Delete, Pick, Stop, to_token
from bot.errors import StoreFull
from bot.events import Help, Imagine, Queue, Upload
from bot.guard import Rules
from bot.query import Query
from bot.recipe import read as read_recipe
from bot.replies import Reply, Whisper
from engine.errors import BrokenWeights, ModelNotFound
from engine.stepper import Stepper
from tests.fakes import CARD, FakeClip, FakeStepper, Gate
from tests.kit import ANN, BOB, CHANNEL, MODERATOR, final, form, kit, token, whisper


def png(size: tuple[int, int] = (40, 30), colour: str = "red") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


async def test_imagine_draws_four_pictures_that_carry_their_recipe(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        shown = await bot.imagine("a red car --seed 7")
        reply = final(shown)
        assert len(reply.pictures) == 4
        assert [picture.seed for picture in reply.pictures] == [7, 8, 9, 10]
        assert all(picture.alt.startswith("AI image: a red car") for picture in reply.pictures)
        assert all(picture.closeness is not None for picture in reply.pictures)
        assert reply.mention == ANN.id
        assert all(not each.final for each in shown[:-1] if isinstance(each, Reply))
        second = read_recipe(await bot.files.get(reply.pictures[1].file))
        turn = await bot.memory.turn(reply.key)
        assert turn
        assert second == Query.from_canonical(turn.query).picture(1)


async def test_picture_k_of_a_set_is_the_picture_that_its_own_seed_gives(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        together = final(await bot.imagine("a red car --seed 7"))
        alone = final(await bot.imagine("a red car --seed 9 --n 1", thread="t2"))
        a = await bot.files.get(together.pictures[2].file)
        b = await bot.files.get(alone.pictures[0].file)
        assert Image.open(io.BytesIO(a)).tobytes() == Image.open(io.BytesIO(b)).tobytes()


async def test_an_event_that_comes_twice_is_handled_once(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        event = Imagine(event_id="same", place=CHANNEL.in_thread("t"), person=ANN, prompt="a cat")
        first, second = await bot.replies(event), await bot.replies(event)
        assert len(final(first).pictures) == 4
        assert second == []


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("", "words"),
        ("--ar 16:9", ""),
        ("a cat --sedd 3", "--seed"),
        ("a cat --steps 900", "150"),
        ("x" * 5000, "4000"),
    ],
)
async def test_bad_input_is_refused_in_words_before_a_thread_opens(tmp_path: Path, prompt: str, says: str) -> None:
    async with kit(tmp_path) as bot:
        event = Imagine(event_id="bad", place=CHANNEL, person=ANN, prompt=prompt)
        refusal = await bot.bot.refusal(event)
        assert refusal
        assert says in refusal.text
        assert await bot.memory.count_begun("test") == 0


async def test_a_message_goes_on_from_the_picked_picture(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        repicked, told = await bot.press(token(first, "3"))
        assert isinstance(repicked, Reply)
        assert repicked.key == first.key
        assert "#3" in repicked.text
        assert repicked.mention == ""
        assert isinstance(told, Whisper)
        second = final(await bot.say("a blue car", BOB))
        turn = await bot.memory.turn(second.key)
        assert turn
        query = Query.from_canonical(turn.query)
        assert (query.start, query.prompt, turn.person_name) == (first.pictures[2].id, "a blue car", "Bob")
        assert turn.parent_turn == first.key


async def test_flags_alone_keep_the_words(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        await bot.imagine("a red car --no people")
        turn = await bot.memory.turn(final(await bot.say("--steps 3")).key)
        assert turn
        query = Query.from_canonical(turn.query)
        assert (query.prompt, query.negative_prompt, query.steps) == ("a red car", "people", 3)


async def test_words_outside_the_bots_threads_are_left_alone(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        assert await bot.say("hello everybody", thread="") == []
        assert await bot.say("hello everybody", thread="somewhere") == []


async def test_vary_again_and_edit_make_turns_of_their_own_with_credit(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car --seed 7"))
        varied = final(await bot.press(token(first, "Vary"), BOB))
        again = final(await bot.press(token(first, "Again"), BOB))
        edit = form(await bot.press(token(first, "Edit"), BOB))
        assert edit.text.startswith("a red car")
        edited = final(await bot.submit(to_token(edit.action), "a green car --seed 7", BOB))
        queries = {}
        for reply in (first, varied, again, edited):
            turn = await bot.memory.turn(reply.key)
            assert turn
            queries[reply.key] = Query.from_canonical(turn.query)
            if reply is not first:
                assert (turn.parent_turn, turn.person_name) == (first.key, "Bob")
        closest = max(first.pictures, key=lambda picture: picture.closeness or 0)
        assert queries[varied.key].start == closest.id
        assert queries[varied.key].strength < 0.5
        assert replace(queries[again.key], seed=7) == queries[first.key]
        assert queries[again.key].seed != 7
        assert queries[edited.key] == replace(queries[first.key], prompt="a green car")


async def test_stop_ends_a_turn_at_once_and_only_for_its_owner_or_a_moderator(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate)) as bot:
        drawing = asyncio.create_task(bot.imagine("a red car"))
        await asyncio.to_thread(gate.wait_for, 1)
        [waiting] = await bot.memory.unfinished("test")
        assert "moderator" in whisper(await bot.press(to_token(Stop(waiting.id)), BOB))
        stopped = final(await bot.press(to_token(Stop(waiting.id)), MODERATOR))
        assert "Stopped by Mod" in stopped.text
        gate.open()
        await drawing
        assert await bot.memory.unfinished("test") == []
        assert await bot.memory.unposted("test") == []
        assert "already" in whisper(await bot.press(to_token(Stop(waiting.id)), ANN))


async def test_cancel_stops_what_draws_and_what_waits_for_its_place(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate)) as bot:
        drawing = asyncio.create_task(bot.imagine("a {red, blue} car"))
        await asyncio.to_thread(gate.wait_for, 1)
        shown = await bot.cancel()
        assert "Stopped 2 sets." in [each.text for each in shown if isinstance(each, Whisper)]
        gate.open()
        await drawing
        turns = [await bot.memory.turn(each.key) for each in shown if isinstance(each, Reply)]
        assert [turn and turn.state for turn in turns] == ["cancelled", "cancelled"]


async def test_delete_takes_the_bytes_away_for_good(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        assert "moderator" in whisper(await bot.press(to_token(Delete(first.key)), BOB))
        gone = final(await bot.press(to_token(Delete(first.key)), ANN))
        assert gone.pictures == ()
        assert "Ann" in gone.text
        assert [path for path in (tmp_path / "pictures").rglob("*") if path.is_file()] == []
        assert first.key in whisper(await bot.show(first.key))
        assert whisper(await bot.press(to_token(Pick(first.pictures[0].id)), ANN))


async def test_show_brings_back_a_set_or_a_picture_to_those_who_may_see_it(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        assert len(final(await bot.show(first.key.upper(), BOB)).pictures) == 4
        assert final(await bot.show(f"#{first.pictures[2].id}", BOB)).pictures == (first.pictures[2],)
        secret = final(await bot.imagine("a secret --private", thread="t2"))
        [alone] = await bot.show(secret.key, ANN)
        assert isinstance(alone, Whisper)
        assert len(alone.pictures) == 4
        assert secret.key in whisper(await bot.show(secret.key, BOB))
        assert whisper(await bot.press(token(secret, "Vary"), BOB))
        elsewhere = replace(CHANNEL, workspace="other")
        assert first.key in whisper(await bot.show(first.key, ANN, elsewhere))


async def test_an_upload_starts_a_picture_and_is_stored_without_its_metadata(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        reply = final(await bot.imagine("a red car --strength 0.5", picture=Upload("photo.png", png())))
        turn = await bot.memory.turn(reply.key)
        assert turn
        query = Query.from_canonical(turn.query)
        start = await bot.memory.picture(query.start)
        assert start
        assert start.uploaded
        assert query.strength == 0.5
        assert "Ann" in start.alt


async def test_a_picture_that_is_no_picture_is_refused_in_words(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        assert "picture" in whisper(await bot.imagine("a cat", picture=Upload("cat.png", b"not a picture at all")))
        assert "picture" in whisper(await bot.describe(picture=Upload("cat.png", png()[:60])))
        assert await bot.memory.count_begun("test") == 0


async def test_describe_says_what_a_picture_looks_like(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        made = final(await bot.imagine("a red car"))
        reply = final(await bot.describe(id=made.pictures[1].id))
        assert "It looks like" in reply.text
        assert "a red car" in reply.text  # its own recipe
        assert reply.pictures[0].id == made.pictures[1].id
        assert whisper(await bot.describe())


async def test_a_broken_job_fails_alone_and_says_so(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        broken, fine = await asyncio.gather(bot.imagine("a broken car"), bot.imagine("a car", BOB, "t2"))
        assert final(broken).pictures == ()
        assert len(final(broken).text.splitlines()[-1]) > 20
        assert [button.label for button in final(broken).buttons] == ["Again", "Edit"]
        assert len(final(fine).pictures) == 4


async def test_pictures_are_kept_when_the_reader_fails(tmp_path: Path) -> None:
    def open_clip() -> FakeClip:
        raise BrokenWeights("clip", "cut short")

    async with kit(tmp_path, open_clip=open_clip) as bot:
        reply = final(await bot.imagine("a cat"))
        assert len(reply.pictures) == 4
        assert {picture.closeness for picture in reply.pictures} == {None}


async def test_a_model_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    def open_model(name: str) -> Stepper:
        if name != CARD.name:
            raise ModelNotFound(name, (CARD.name,))
        return FakeStepper()

    async with kit(tmp_path, open_model) as bot:
        words = whisper(await bot.imagine("a cat --model nosuch"))
        assert "nosuch" in words
        assert CARD.name in words
        assert len(final(await bot.imagine("a cat")).pictures) == 4


async def test_the_guard_names_its_rule(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    rules = Rules(per_person=1, line=2, blocked_words=("gore",))
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate), rules=rules) as bot:
        assert "“gore”" in whisper(await bot.imagine("a cat with GORE"))
        drawing = asyncio.create_task(bot.imagine("a cat"))
        await asyncio.to_thread(gate.wait_for, 1)
        assert "/cancel" in whisper(await bot.imagine("a dog", thread="t2"))
        other = bot.bot.handle(Imagine(event_id="b", place=CHANNEL.in_thread("t3"), person=BOB, prompt="a dog"))
        await anext(other)  # it is accepted, and so written down
        assert "full" in whisper(await bot.imagine("a dog", MODERATOR, "t4"))
        gate.open()
        await drawing
        assert len(final([each async for each in other]).pictures) == 4
        assert len(final(await bot.imagine("a dog", thread="t5")).pictures) == 4


async def test_permutations_are_drawn_in_order_in_one_thread(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        shown = await bot.imagine("a {red, blue} car --n 1")
        titles = [each.title for each in shown if isinstance(each, Reply) and each.final]
        assert titles == ["a red car", "a blue car"]


async def test_queue_and_help_answer(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate)) as bot:
        where: Any = {"place": CHANNEL, "person": ANN}
        assert "Nothing" in whisper(await bot.replies(Queue(event_id="q0", **where)))
        drawing = asyncio.create_task(bot.imagine("a red car"))
        await asyncio.to_thread(gate.wait_for, 1)
        assert "a red car" in whisper(await bot.replies(Queue(event_id="q1", **where)))
        others = whisper(await bot.replies(Queue(event_id="q2", place=CHANNEL, person=BOB)))
        assert "a red car" not in others
        assert "1" in others
        gate.open()
        await drawing
        words = whisper(await bot.replies(Help(event_id="h", **where)))
        assert "/imagine" in words
        assert "--ar" in words


async def test_a_start_carries_on_with_what_was_begun_and_posts_what_was_not(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate)) as bot:
        handling = bot.bot.handle(
            Imagine(event_id="e1", place=CHANNEL.in_thread("t1"), person=ANN, prompt="a red car --seed 3")
        )
        begun = await anext(handling)
        assert isinstance(begun, Reply)
        await handling.aclose()  # as at the end of the program
        gate.open()
        event = Imagine(event_id="e2", place=CHANNEL.in_thread("t2"), person=BOB, prompt="a cat")
        unposted = None
        handling = bot.bot.handle(event)
        async for shown in handling:
            if isinstance(shown, Reply) and shown.final:
                unposted = shown
                break  # it is stored, and the platform never said that it is out
        await handling.aclose()
    async with kit(tmp_path) as bot:
        carried = {place: [each async for each in replies] for place, replies in await bot.bot.resume("test")}
        assert set(carried) == {CHANNEL.in_thread("t1"), CHANNEL.in_thread("t2")}
        drawn = final(carried[CHANNEL.in_thread("t1")])
        assert drawn.key == begun.key
        assert [picture.seed for picture in drawn.pictures] == [3, 4, 5, 6]
        assert final(carried[CHANNEL.in_thread("t2")]) == unposted
        assert await bot.bot.resume("test") == []


async def test_stale_buttons_are_answered(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        for stale in ("s0~pick~a", "nonsense", to_token(Pick("nosuch-1"))):
            assert whisper(await bot.press(stale))
        assert whisper(await bot.submit("nonsense", "a cat"))


async def test_buttons_work_after_a_restart(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        repicked = (await bot.press(token(first, "2")))[0]
        assert isinstance(repicked, Reply)
    async with kit(tmp_path) as bot:
        assert len(final(await bot.press(token(repicked, "Vary 2"))).pictures) == 4


async def test_a_picture_that_starts_from_a_persons_own_is_marked_as_composite(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        made = final(await bot.imagine("a red car"))
        brought = final(await bot.imagine("a red car", thread="t2", picture=Upload("photo.png", png())))
        marks = [await bot.files.get(reply.pictures[0].file) for reply in (made, brought)]
        assert [b"compositeWithTrainedAlgorithmicMedia" in data for data in marks] == [False, True]


async def test_a_crash_between_deleting_and_its_bytes_is_made_good(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        first = final(await bot.imagine("a red car"))
        await bot.memory.delete_turn(first.key, "Deleted by Ann.")  # and the program ends here
    async with kit(tmp_path) as bot:
        [(_, replies)] = await bot.bot.resume("test")
        assert final([each async for each in replies]).key == first.key
        assert [path for path in (tmp_path / "pictures").rglob("*") if path.is_file()] == []


async def test_a_set_that_was_stopped_before_its_turn_is_never_shown_as_noted(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate)) as bot:
        drawing = asyncio.create_task(bot.imagine("a {red, blue} car"))
        await asyncio.to_thread(gate.wait_for, 1)
        await bot.cancel()
        gate.open()
        assert {each.title for each in await drawing if isinstance(each, Reply)} == {"a red car"}


async def test_what_is_private_stays_private(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        secret = final(await bot.imagine("a secret --private"))
        edit = form(await bot.press(token(secret, "Edit")))
        for shown, private in (
            (await bot.submit(to_token(edit.action), "a secret car"), True),
            (await bot.submit(to_token(edit.action), "a secret car --public"), False),
        ):
            turn = await bot.memory.turn(final(shown).key)
            assert turn
            assert turn.private is private
        shown_again = await bot.show(secret.key)
        assert isinstance(shown_again[0], Whisper)
        assert len(shown_again[0].pictures) == 4
        assert isinstance((await bot.describe(id=secret.key))[0], Whisper)


async def test_nobody_goes_on_from_anothers_private_picture(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        await bot.imagine("a secret --private")
        assert await bot.say("a cat --strength 0.1", BOB) == []


async def test_many_at_once_never_pass_the_limit(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    async with kit(tmp_path, lambda name: FakeStepper(gate=gate), rules=Rules(per_person=2)) as bot:
        handling = [
            bot.bot.handle(Imagine(event_id=f"e{at}", place=CHANNEL.in_thread(f"t{at}"), person=ANN, prompt="a cat"))
            for at in range(10)
        ]
        firsts = await asyncio.gather(*(anext(each) for each in handling))
        assert sum(isinstance(first, Reply) for first in firsts) == 2
        assert await bot.memory.count_begun("test", ANN.id) == 2
        gate.open()
        for each in handling:
            await each.aclose()


async def test_a_full_disk_holds_up_what_is_drawn_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.draw.FIRST_PAUSE", 0.0)
    async with kit(tmp_path) as bot:
        put, refusals = bot.files.put, iter([StoreFull(), StoreFull()])

        async def full(data: bytes, suffix: str = ".png") -> str:
            if error := next(refusals, None):
                raise error
            return await put(data, suffix)

        monkeypatch.setattr(bot.files, "put", full)
        shown = await bot.imagine("a red car")
        assert len(final(shown).pictures) == 4
        assert sum("not kept yet" in each.text for each in shown if isinstance(each, Reply)) == 2


async def test_a_picture_that_was_brought_gives_its_shape(tmp_path: Path) -> None:
    async with kit(tmp_path) as bot:
        reply = final(await bot.imagine("a red car", picture=Upload("photo.png", png((160, 90)))))
        assert reply.pictures[0].width > reply.pictures[0].height
        asked = final(await bot.imagine("a car --ar 1:1", thread="t2", picture=Upload("photo.png", png((160, 90)))))
        assert asked.pictures[0].width == asked.pictures[0].height
