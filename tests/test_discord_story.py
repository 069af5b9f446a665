"""What people do on Discord and what they see, over real sockets."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import wording_discord as wording
from tests.discord_kit import Scene, build, house
from tests.scripted_bot import pixels, png


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            yield scene
        assert not there.peer.limits.broken


async def test_an_imagine_becomes_a_root_a_thread_and_one_message_that_is_edited_in_place(scene: Scene) -> None:
    handle = await scene.ann.command(scene.channel, "imagine", prompt="a *red* car", aspect="16:9", no="fog")
    assert (await handle.wait_acked()).name == "deferred"
    thread = await scene.thread()
    scene.house.bot.draw()
    done = await scene.set_done(thread)
    root = scene.house.peer.messages(scene.channel)[0]
    assert root.id == thread.id
    assert root.text.endswith(r"a \*red\* car --ar 16:9 --no fog")
    assert not root.pings
    assert done.v2
    assert done.edits >= 1
    (turn,) = scene.house.bot.turns.values()
    assert [each.description for each in done.gallery] == [
        f"AI image: {turn.prompt} (picture {number} of 4)" for number in range(1, 5)
    ]
    assert [each.data for each in done.images] == [scene.house.bot.files[f"{turn.id}-{n}.png"] for n in range(1, 5)]
    await scene.house.peer.wait_for(lambda: scene.house.peer.pings(scene.ann))
    assert len(scene.house.peer.pings(scene.ann)) == 1
    assert handle.original is None or handle.original.deleted
    assert not scene.house.peer.limits.broken


async def test_a_refusal_is_whispered_and_opens_nothing(scene: Scene) -> None:
    await scene.ann.command(scene.channel, "imagine", prompt="forbidden")
    assert "does not draw" in await scene.words(scene.ann, scene.channel)
    assert scene.channel.threads == []
    assert scene.house.peer.messages(scene.channel) == []


async def test_a_lacking_permission_is_named_before_anything_is_begun(scene: Scene) -> None:
    scene.house.peer.deny(scene.channel, scene.house.peer.bot, "ATTACH_FILES", "CREATE_PUBLIC_THREADS")
    await scene.ann.command(scene.channel, "imagine", prompt="a red car")
    words = await scene.words(scene.ann, scene.channel)
    assert "“Attach Files”, “Create Public Threads”" in words
    assert scene.house.bot.events == []


async def test_buttons_work_and_an_edit_opens_a_form_that_draws(scene: Scene) -> None:
    thread, done = await scene.imagine()
    await scene.ann.press(done, "2")
    assert "You chose #2" in await scene.words(scene.ann, thread)
    await scene.house.peer.wait_for(lambda: "going on from #2" in done.text)
    handle = await scene.bob.press(done, "Edit")
    form = await handle.wait_modal()
    assert form.fields["text"]["value"] == "a red car"
    scene.house.bot.draw()
    await scene.bob.submit(form, {"text": "a blue car"})
    await scene.house.peer.wait_for(lambda: sum("took 12 s" in each.text for each in scene.house.ours(thread)) == 2)


async def test_with_the_intent_plain_words_in_a_thread_refine(tmp_path: Path) -> None:
    async with house(tmp_path, message_content=True) as there:
        scene = build(there)
        async with there.running() as running:
            thread, _ = await scene.imagine()
            there.bot.draw()
            await scene.bob.say(thread, "at night")
            await there.peer.wait_for(lambda: sum("took 12 s" in each.text for each in there.ours(thread)) == 2)
            assert there.bot.events[-1].text == "at night"  # type: ignore[union-attr]
            assert not there.bot.events[-1].addressed  # type: ignore[union-attr]
            assert running.health()["message_content"]


async def test_without_the_intent_it_starts_all_the_same_and_mentions_and_replies_refine(scene: Scene) -> None:
    thread, done = await scene.imagine()
    scene.house.bot.draw()
    await scene.bob.say(thread, "nobody reads this")
    await scene.bob.say(thread, "at night", mention_bot=True)
    await scene.house.peer.wait_for(lambda: sum("took 12 s" in each.text for each in scene.house.ours(thread)) == 2)
    assert scene.house.bot.events[-1].text == "at night"  # type: ignore[union-attr]
    scene.house.bot.draw()
    await scene.bob.say(thread, "darker", reply_to=done)
    await scene.house.peer.wait_for(lambda: sum("took 12 s" in each.text for each in scene.house.ours(thread)) == 3)
    assert scene.house.bot.events[-1].reply_to == next(iter(scene.house.bot.turns))  # type: ignore[union-attr]
    scene.house.bot.draw()
    await scene.bob.say(thread, "lighter", reply_to=scene.house.peer.pings(scene.ann)[0])
    await scene.house.peer.wait_for(lambda: sum("took 12 s" in each.text for each in scene.house.ours(thread)) == 4)
    assert scene.house.bot.events[-1].reply_to == next(iter(scene.house.bot.turns))  # type: ignore[union-attr]
    await scene.ann.command(scene.channel, "help")
    assert wording.HELP_WITHOUT_CONTENT in await scene.words(scene.ann, scene.channel)


async def test_a_mention_in_a_channel_says_how_to_begin(scene: Scene) -> None:
    said = await scene.bob.say(scene.channel, "a red car", mention_bot=True)
    answer = await scene.house.peer.wait_for(lambda: scene.house.ours(scene.channel))
    assert answer[0].text == wording.CHANNEL_MENTION
    assert answer[0].reply_to is said
    assert not answer[0].pings


async def test_pictures_are_made_smaller_where_discord_takes_less(scene: Scene) -> None:
    scene.house.peer.rules.file_bytes = 1_500
    _, done = await scene.imagine()
    assert len(done.images) == 4
    assert all(len(each.data) <= 1_500 for each in done.images)


async def test_a_limit_that_was_reported_too_high_is_found_out(scene: Scene) -> None:
    scene.ann.upload_limit = 500 * 2**20
    scene.house.peer.rules.file_bytes = 1_500
    _, done = await scene.imagine()
    assert all(len(each.data) <= 1_500 for each in done.images)


async def test_describe_takes_all_pictures_of_a_message_and_says_when_there_are_none(scene: Scene) -> None:
    two = await scene.bob.say(
        scene.channel, "look", attachments=[png(pixels(1, 16)), png(pixels(2, 16)), ("a.txt", b"x")]
    )
    await scene.ann.context_menu("Describe", two)
    await scene.house.peer.wait_for(lambda: len(scene.house.ours(scene.channel)) == 2)
    assert len({each.event_id for each in scene.house.bot.events}) == 2
    none = await scene.bob.say(scene.channel, "nothing here")
    await scene.ann.context_menu("Describe", none)
    assert wording.NO_PICTURE in await scene.words(scene.ann, scene.channel)


async def test_use_as_start_asks_for_words_and_draws_from_the_picture(scene: Scene) -> None:
    picture = png(pixels(1, 16))
    one = await scene.bob.say(scene.channel, "look", attachments=[picture])
    form = await (await scene.ann.context_menu("Use as start", one)).wait_modal()
    scene.house.bot.draw()
    await scene.ann.submit(form, {"text": "the same at night"})
    await scene.set_done(await scene.thread())
    event = scene.house.bot.events[0]
    assert event.picture.data == picture  # type: ignore[union-attr]
    assert event.prompt == "the same at night"  # type: ignore[union-attr]


async def test_refine_asks_for_words_about_one_of_our_messages(scene: Scene) -> None:
    thread, done = await scene.imagine()
    form = await (await scene.bob.context_menu("Refine", done)).wait_modal()
    scene.house.bot.draw()
    await scene.bob.submit(form, {"text": "at night"})
    await scene.house.peer.wait_for(lambda: sum("took 12 s" in each.text for each in scene.house.ours(thread)) == 2)
    event = scene.house.bot.events[-1]
    assert (event.text, event.reply_to) == ("at night", next(iter(scene.house.bot.turns)))  # type: ignore[union-attr]
    other = await scene.bob.say(scene.channel, "not the bot's")
    form = await (await scene.ann.context_menu("Refine", other)).wait_modal()
    await scene.ann.submit(form, {"text": "x"})
    assert wording.NOT_MINE in await scene.words(scene.ann, scene.channel)


async def test_options_are_completed_from_memory(scene: Scene) -> None:
    models = await scene.ann.autocomplete(scene.channel, "imagine", "model", "po", prompt="x")
    assert [each["value"] for each in models] == ["pocket"]
    assert len(await scene.ann.autocomplete(scene.channel, "show", "id", "")) == 25
    sets = await scene.ann.autocomplete(scene.channel, "imagine", "set", "", prompt="x")
    assert [each["value"] for each in sets] == ["mine", "wide"]
    scene.house.client.desk._known = None  # type: ignore[assignment]
    assert await scene.ann.autocomplete(scene.channel, "imagine", "model", "", prompt="x") == []


async def test_people_are_options_and_a_party_opens_a_thread(scene: Scene) -> None:
    await scene.ann.command(scene.channel, "invite", who=scene.bob)
    assert await scene.words(scene.ann, scene.channel) == "Bob may refine here."
    await scene.ann.command(scene.channel, "party", theme="red things")
    thread = await scene.thread()
    assert thread.name == "red things"
    assert scene.house.peer.messages(scene.channel)[0].text.endswith("opens a round: red things")
