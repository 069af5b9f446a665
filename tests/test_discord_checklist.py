"""What a senior engineer would verify of the Discord adapter, line by line (on the loopback peer).

The tests of a line are named in `PROOF`, and a test looks whether they are there; what had none is proved here. What a
line asks beyond them:

 4  Blocking the loop is a matter of where work is done: encoding and fitting leave it, which is proved here.
26  Names and descriptions of commands are translated; the bot's sentences are English, and its guide says so.
27  Zombie sockets are found by the library; that nothing is lost by it is shown with the whole adapter.
"""

import importlib
import threading
from functools import partial
from pathlib import Path

import pytest

from adapters.discord.media import Media
from bot import wording
from bot.guard import Rules
from bot.replies import Picture, Preview, Reply
from tests.fakes import FakeStepper, Gate
from tests.kit import kit
from tests.narrators.discord import DiscordNarrator, on_discord
from tests.platform_story import told_of_the_line
from tests.scripted_bot import pixels, png

STORY, FAULTS, PLACES, RENDER = (f"test_discord_{name}" for name in ("story", "faults", "places", "render"))
REFUSALS, KILLED, GATEWAY = "test_discord_refusals", "test_discord_killed", "test_peer_discord_gateway"
SELDOM, CONNECTION = "test_discord_seldom", "test_discord_connection"
HERE = "test_discord_checklist"
PROOF: dict[int, tuple[str, ...]] = {
    1: (
        "test_inbox.test_the_acknowledgement_does_not_wait_for_the_disk",
        f"{SELDOM}.test_the_acknowledgement_waits_for_nothing",
    ),
    2: (
        f"{FAULTS}.test_an_acknowledgement_whose_answer_was_lost_counts",
        f"{FAULTS}.test_an_acknowledgement_whose_connection_broke_counts",
    ),
    3: (f"{FAULTS}.test_what_comes_too_late_begins_nothing",),
    4: (f"{HERE}.test_pictures_are_encoded_and_fitted_off_the_loop",),
    5: (f"{STORY}.test_an_imagine_becomes_a_root_a_thread_and_one_message_that_is_edited_in_place",),
    6: (f"{KILLED}.test_killed_anywhere_each_set_is_there_once",),
    7: (
        f"{FAULTS}.test_a_set_that_takes_an_hour_is_finished_in_its_message",
        f"{REFUSALS}.test_too_many_edits_of_an_old_message_make_a_new_one",
        f"{FAULTS}.test_a_channel_that_is_gone_is_not_tried_again",
    ),
    8: (f"{FAULTS}.test_a_whisper_after_the_token_is_over_becomes_a_direct_message",),
    9: (f"{PLACES}.test_buttons_live_through_a_restart_and_stale_ones_are_answered",),
    10: (
        f"{FAULTS}.test_commands_and_buttons_of_another_time_are_answered",
        f"{SELDOM}.test_a_button_that_nobody_knows_is_answered",
        f"{SELDOM}.test_a_button_of_what_was_deleted_is_answered",
    ),
    11: (f"{HERE}.test_what_stands_in_a_form_is_read_as_strictly_as_a_command",),
    12: (
        f"{STORY}.test_options_are_completed_from_memory",
        "test_discord_commands.test_completions_begin_with_what_was_typed_and_are_25_at_the_most",
    ),
    13: (f"{STORY}.test_describe_takes_all_pictures_of_a_message_and_says_when_there_are_none",),
    14: (
        f"{RENDER}.test_every_picture_has_its_alternative_text_and_spoilers_are_hidden",
        f"{RENDER}.test_every_reply_is_within_the_limits",
    ),
    15: (f"{RENDER}.test_every_picture_has_its_alternative_text_and_spoilers_are_hidden",),
    16: (
        f"{RENDER}.test_every_reply_is_within_the_limits",
        "test_peer_discord_refusals.test_a_message_against_the_rules_is_refused",
    ),
    17: (
        f"{STORY}.test_pictures_are_made_smaller_where_discord_takes_less",
        f"{STORY}.test_a_limit_that_was_reported_too_high_is_found_out",
        "test_discord_sizes.test_many_pictures_are_within_one_request",
    ),
    18: (f"{STORY}.test_a_lacking_permission_is_named_before_anything_is_begun",),
    19: (
        f"{PLACES}.test_the_bot_knows_what_is_private_and_what_is_age_restricted",
        "test_visible.test_what_an_age_restricted_channel_drew_is_covered_elsewhere",
    ),
    20: (
        f"{FAULTS}.test_answers_that_are_lost_post_nothing_twice",
        f"{PLACES}.test_too_many_threads_make_the_channel_the_conversation",
        f"{REFUSALS}.test_room_for_a_thread_is_made_by_archiving_the_quietest_of_our_own",
    ),
    21: (
        f"{PLACES}.test_an_archived_thread_is_woken_for_an_edit",
        f"{FAULTS}.test_a_locked_thread_is_answered_in_its_channel",
    ),
    22: (f"{PLACES}.test_a_thread_that_was_archived_before_the_start_is_found_and_woken",),
    23: (
        f"{STORY}.test_without_the_intent_it_starts_all_the_same_and_mentions_and_replies_refine",
        f"{STORY}.test_refine_asks_for_words_about_one_of_our_messages",
        f"{SELDOM}.test_an_intent_that_is_off_is_said_in_the_log",
        "test_discord_storm.test_the_story_is_the_same",
    ),
    24: (
        f"{FAULTS}.test_commands_are_told_once",
        "test_discord_commands.test_the_hash_is_of_the_set_and_not_of_its_order",
    ),
    25: (
        f"{PLACES}.test_a_direct_message_is_one_long_conversation",
        "test_discord_away.test_everything_goes_through_the_interaction_and_pictures_are_sent_once",
    ),
    26: ("test_discord_commands.test_commands_are_called_in_the_persons_language_and_no_two_alike",),
    27: (
        f"{CONNECTION}.test_what_breaks_a_connection_begins_nothing_twice",
        f"{CONNECTION}.test_a_socket_that_fell_silent_is_left_and_nothing_is_lost",
        f"{CONNECTION}.test_what_is_told_twice_is_done_once",
    ),
    28: (
        f"{FAULTS}.test_answers_that_are_lost_post_nothing_twice",
        f"{GATEWAY}.test_a_reply_is_lost_after_the_effect_and_the_nonce_finds_it",
    ),
    29: (
        f"{FAULTS}.test_a_channel_that_is_gone_is_not_tried_again",
        f"{PLACES}.test_a_deleted_thread_ends_it_and_the_person_is_told_once",
        f"{SELDOM}.test_a_server_that_is_left_is_left_alone",
    ),
    43: (f"{KILLED}.test_killed_anywhere_each_set_is_there_once",),
    44: (
        f"{RENDER}.test_nobody_is_called_by_what_people_write",
        f"{SELDOM}.test_words_that_look_like_mentions_call_nobody",
    ),
    45: (f"{REFUSALS}.test_tokens_are_in_no_log_however_much_is_logged",),
    46: (f"{HERE}.test_place_in_line_quota_and_cancel_are_seen",),
    47: (f"{FAULTS}.test_the_end_of_the_program_waits_for_acknowledgements",),
}


@pytest.mark.parametrize("line", [*range(1, 30), *range(43, 48)])
def test_every_line_has_its_proof(line: int) -> None:
    for name in PROOF[line]:
        module, _, test = name.partition(".")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), test, None)), name


# 4


async def test_pictures_are_encoded_and_fitted_off_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    from adapters.discord import sizes

    where: set[int] = set()
    fit = sizes.fit

    def noted(data: bytes, limit: int) -> bytes:
        where.add(threading.get_ident())
        return fit(data, limit)

    def encode(_: Preview) -> bytes:
        where.add(threading.get_ident())
        return large

    async def read(_: str) -> bytes:
        return large

    monkeypatch.setattr(sizes, "fit", noted)
    large = png(pixels(7, 128))
    preview = Preview(pixels(1, 8), "AI image: a red car", 128, 128)
    shown = Reply(key="t", text="", pictures=(Picture("k1", "a.png", "AI image", 128, 128, 7),), previews=(preview,))
    files = await Media(read, encode).of(shown, len(large) - 1)
    assert len(files) == 2
    assert all(len(file.data) < len(large) for file in files)
    assert where
    assert threading.get_ident() not in where


# 11


def _whispers(on: DiscordNarrator, count: int) -> bool:
    return len(on.whispered("Ann")) == count


async def test_what_stands_in_a_form_is_read_as_strictly_as_a_command(tmp_path: Path) -> None:
    async with kit(tmp_path) as house, on_discord(house) as on:
        await on.command("Ann", "imagine", "a red car --n 1")
        await on.until(lambda: any(it.pictures for it in on.thread(0)))
        done = on.scene.house.ours(on.scene.channel.threads[0])[0]
        for number, (text, says) in enumerate((("a cat --steps 999", "150"), ("a cat --sede 7", "--seed")), 1):
            edit = next(each.custom_id for each in done.buttons if each.label == "Edit")
            form = await (await on.scene.ann.press(done, edit or "")).wait_modal()
            await on.scene.ann.submit(form, {"text": text})
            await on.until(partial(_whispers, on, number))
            assert says in on.whispered("Ann")[-1]
        assert len(on.thread(0)) == 1


# 46


async def test_place_in_line_quota_and_cancel_are_seen(tmp_path: Path) -> None:
    gate = Gate(opened=False)
    rules = Rules(per_person=2)
    async with kit(tmp_path, lambda _: FakeStepper(gate=gate), rules=rules) as house, on_discord(house) as on:
        await told_of_the_line(on, gate, wording.stopped_by("Ann"))
