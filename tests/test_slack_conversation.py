"""Conversations with people of the loopback peer, through Bolt and real sockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.events import Describe, Imagine, Invite, Message, Party, Press, Submit, Tree
from tests.peers.slack import NotPossible
from tests.scripted_bot import pixels, png
from tests.slack_scene import Scene, scene, words


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


async def drawn(at: Scene, prompt: str = "a red car") -> str:
    """Ann asks for a set in #general, and it is drawn. Returns the root's ts."""
    before = len(at.peer.messages(at.general))
    at.scripted.draw()
    await (await at.ann.command(at.general, "/imagine", prompt)).acknowledged()
    await at.peer.wait_for(lambda: len(at.peer.messages(at.general)) > before)
    root = at.peer.messages(at.general)[-1].ts
    await at.reply(root, "Again")
    await at.peer.wait_for(lambda: any("it is done" in it.text for it in at.replies(root)))
    return root


async def test_an_imagine_is_one_root_and_everything_else_in_its_thread(at: Scene) -> None:
    async with at.running():
        at.scripted.draw()
        did = await (await at.ann.command(at.general, "/imagine", "a <b> & a *car*")).acknowledged()
        assert did.text == ""
        root = await at.root()
        reply = await at.reply(root.ts, "Again")
        assert words(root) == "a <b> & a *car* · for Ann"
        assert len(at.peer.messages(at.general)) == 1
        assert len(reply.pictures) == 4
        assert reply.alt_texts == [f"AI image: a <b> & a *car* (picture {n} of 4)" for n in (1, 2, 3, 4)]
        await at.peer.wait_for(lambda: at.peer.pinged == ["Ann"])
        for message in (root, reply):
            assert (message.reading.mentions, message.reading.links, message.reading.styles) == ((), (), ())
        [event] = at.scripted.events
        assert isinstance(event, Imagine)
        assert (event.prompt, event.person.name, event.person.moderator) == ("a <b> & a *car*", "Ann", True)


async def test_words_in_the_thread_go_on_and_words_elsewhere_are_nobodys(at: Scene) -> None:
    async with at.running():
        root = await drawn(at)
        await (await at.ben.say(at.general, "what do you think?")).acknowledged()
        other = await at.ben.say(at.general, "lunch")
        await (await at.ann.say(at.general, "yes", thread=other.ts)).acknowledged()
        at.scripted.draw()
        said = await at.ben.say(at.general, "darker", thread=root)
        await said.acknowledged()
        await at.peer.wait_for(lambda: len([it for it in at.replies(root) if "Again" in it.labels]) == 2)
        event = at.scripted.events[-1]
        assert isinstance(event, Message)
        assert (event.text, event.person.name, event.addressed, event.place.thread) == ("darker", "Ben", False, root)
        assert len(at.scripted.events) == 2


@pytest.mark.parametrize("order", ["message, mention", "mention, message", "message", "mention"])
@pytest.mark.parametrize("threaded", [False, True])
async def test_a_mention_is_one_turn_in_whatever_order_it_comes(at: Scene, order: str, threaded: bool) -> None:
    async with at.running():
        root = await drawn(at) if threaded else None
        at.scripted.draw()
        said = await at.ben.say(at.general, "a boat", thread=root, mention_bot=True, order=order)
        await said.acknowledged()
        thread = root or said.ts
        await at.peer.wait_for(lambda: [it for it in at.replies(thread) if "boat" in words(it) and it.pictures])
        for delivery in said.deliveries:
            await delivery.again()
        marker = await at.ben.command(at.general, "/sextant", "queue")
        await marker.acknowledged()
        await at.peer.wait_for(lambda: at.ben.whispers)
        events = [it for it in at.scripted.events if isinstance(it, Imagine | Message) and "boat" in str(it)]
        assert len(events) == 1
        assert isinstance(events[0], Message if threaded else Imagine)
        assert events[0].place.thread == thread


async def test_two_mentions_at_the_same_moment_are_two_turns(at: Scene) -> None:
    async with at.running():
        at.scripted.draw(8)
        said = await asyncio.gather(*(at.ben.say(at.general, f"boat {n}", mention_bot=True) for n in (1, 2)))
        for one in said:
            await at.reply(one.ts, "Again")
        assert len(at.scripted.events) == 2


async def test_shared_pictures_and_broadcasts_are_heard_and_edits_and_bots_are_not(at: Scene) -> None:
    async with at.running():
        root = await drawn(at)
        picture = png(pixels(3, 32))
        at.scripted.draw(8)
        await (await at.ann.say(at.general, "like this", thread=root, files=[picture])).acknowledged()
        await at.until(lambda: len(at.scripted.events) == 2)
        event = at.scripted.events[-1]
        assert isinstance(event, Message)
        assert event.picture
        assert event.picture.data == picture
        await (await at.ann.say(at.general, "at night", thread=root, broadcast=True)).acknowledged()
        await at.until(lambda: len(at.scripted.events) == 3)
        # The bot's own messages and their edits have come back to it as events all the while.
        assert {type(it) for it in at.scripted.events} == {Imagine, Message}


async def test_a_file_that_is_no_picture_is_refused_to_its_person_alone(at: Scene) -> None:
    async with at.running():
        root = await drawn(at)
        await (await at.ann.say(at.general, "this", thread=root, files=[b"\x89PNG but not really"])).acknowledged()
        picture = png(pixels(3, 32))
        await (await at.ann.say(at.general, "these", thread=root, files=[picture, picture])).acknowledged()
        await at.peer.wait_for(lambda: len(at.ann.whispers) == 1)
        assert "One picture at a time" in words(at.ann.whispers[-1])
        assert at.ann.whispers[-1].thread_ts == root


async def test_buttons_press_and_forms_come_back(at: Scene) -> None:
    async with at.running():
        root = await drawn(at)
        reply = await at.reply(root, "Again")
        await (await at.ben.press(reply, "2")).acknowledged()
        await at.peer.wait_for(lambda: at.ben.whispers)
        assert "going on from #2" in words(reply)
        at.scripted.draw()
        await (await at.ben.press(reply, "Edit")).acknowledged()
        await at.peer.wait_for(lambda: at.ben.views)
        [view] = at.ben.views
        assert view.title == "Edit the prompt"
        assert view.blocks[0]["element"]["initial_value"] == "a red car"
        await (await at.ben.submit(view, {"Prompt": "a blue car"})).acknowledged()
        await at.until(lambda: any(isinstance(it, Submit) for it in at.scripted.events))
        event = at.scripted.events[-1]
        assert isinstance(event, Submit)
        assert (event.text, event.place.thread, event.person.name) == ("a blue car", root, "Ben")


async def test_buttons_live_on_after_a_restart(at: Scene) -> None:
    async with at.running():
        root = await drawn(at)
    async with at.running():
        reply = await at.reply(root, "Again")
        await (await at.ben.press(reply, "3")).acknowledged()
        await at.peer.wait_for(lambda: "going on from #3" in words(reply))
        assert len([it for it in at.replies(root) if it.pictures]) == 1


async def test_a_press_that_comes_twice_is_one(at: Scene) -> None:
    async with at.running():
        root = await drawn(at)
        did = await at.ben.press(await at.reply(root, "Again"), "1")
        await did.acknowledged()
        await did.again()
        await at.peer.wait_for(lambda: at.ben.whispers)
        assert len([it for it in at.scripted.events if isinstance(it, Press)]) == 1


async def test_the_umbrella_has_the_grammar_of_everywhere(at: Scene) -> None:
    async with at.running():
        await (await at.ann.command(at.general, "/sextant", "party red & blue --minutes 30")).acknowledged()
        await at.until(lambda: at.scripted.events)
        party = at.scripted.events[-1]
        assert isinstance(party, Party)
        assert (party.theme, party.minutes) == ("red & blue", 30)
        await (await at.ann.command(at.general, "/sextant", "invite @Ben")).acknowledged()
        await at.until(lambda: isinstance(at.scripted.events[-1], Invite))
        invite = at.scripted.events[-1]
        assert isinstance(invite, Invite)
        assert (invite.who.id, invite.who.name) == (at.ben.id, "Ben")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("tre", "Did you mean /sextant tree?"),
        ("show", "/sextant show needs a word more"),
        ("top --wher", "Did you mean --where?"),
    ],
)
async def test_a_slip_is_answered_to_its_person_alone_with_the_next_step(at: Scene, line: str, says: str) -> None:
    async with at.running():
        await (await at.ann.command(at.general, "/sextant", line)).acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
        assert says in words(at.ann.whispers[0])
        assert at.peer.messages(at.general) == []
        assert at.scripted.events == []


async def test_help_names_the_commands_as_they_are_here(at: Scene) -> None:
    async with at.running():
        await (await at.ann.command(at.general, "/sextant", "")).acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
        help_text = words(at.ann.whispers[0])
        assert "`/imagine a red car on a hill`" in help_text
        assert "`/sextant tree` See this conversation as a tree of pictures" in help_text


async def test_in_a_thread_commands_are_said_to_the_bot(at: Scene) -> None:
    async with at.running():
        root = await drawn(at)
        with pytest.raises(NotPossible):
            await at.ann.command(at.general, "/sextant", "tree", thread=root)
        await (await at.ann.say(at.general, "/tree", thread=root, mention_bot=True)).acknowledged()
        await at.peer.wait_for(
            lambda: any(it.alt_texts == ["Chart: a tree of 2 sets, going on from #2"] for it in at.replies(root))
        )
        assert isinstance(at.scripted.events[-1], Tree)


async def test_the_direct_conversation_is_one_thread(at: Scene) -> None:
    async with at.running():
        dm = at.ann.dm()
        at.scripted.draw(8)
        await (await at.ann.say(dm, "a red car")).acknowledged()
        await at.peer.wait_for(lambda: [it for it in at.peer.messages(dm) if "Again" in it.labels])
        await (await at.ann.say(dm, "darker")).acknowledged()
        await at.peer.wait_for(lambda: len([it for it in at.peer.messages(dm) if "Again" in it.labels]) == 2)
        first, second = at.scripted.events
        assert isinstance(first, Imagine)
        assert isinstance(second, Message)
        assert first.place == second.place
        assert first.place.thread == dm.id


async def test_where_the_bot_is_no_member_the_asker_hears_how_to_invite_it(at: Scene) -> None:
    installed = at.ws.install(at.app, scopes=tuple(s for s in at.app.scopes if s != "chat:write.public"))
    at.bot = installed
    async with at.running():
        await (await at.ann.command(at.elsewhere, "/imagine", "a red car")).acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
        assert "/invite @sextant" in words(at.ann.whispers[0])
        assert at.ann.whispers[0].channel is at.elsewhere
        assert at.peer.messages(at.elsewhere) == []
        assert at.scripted.events == []


async def test_a_set_is_shared_to_the_channel_once(at: Scene) -> None:
    async with at.running():
        root = await drawn(at)
        reply = await at.reply(root, "Share to channel")
        await (await at.ben.press(reply, "Share to channel")).acknowledged()
        await at.peer.wait_for(lambda: len(at.peer.messages(at.general)) == 2)
        shared = at.peer.messages(at.general)[1]
        assert shared.pictures == reply.pictures
        assert shared.thread_ts == root
        await (await at.ben.press(reply, "Share to channel")).acknowledged()
        await at.peer.wait_for(lambda: at.ben.whispers)
        assert len(at.peer.messages(at.general)) == 2


async def test_message_shortcuts_describe_and_refine(at: Scene) -> None:
    async with at.running():
        picture = png(pixels(3, 32))
        said = await at.ben.say(at.general, "look", files=[picture])
        await (await at.ann.shortcut("describe_image", said.message)).acknowledged()
        await at.peer.wait_for(lambda: at.replies(said.ts))
        event = at.scripted.events[-1]
        assert isinstance(event, Describe)
        assert event.picture
        assert event.picture.data == picture
        await (await at.ann.shortcut("refine_image", said.message)).acknowledged()
        await at.peer.wait_for(lambda: at.ann.views)
        at.scripted.draw()
        await (await at.ann.submit(at.ann.views[-1], {"What should change": "at night"})).acknowledged()
        await at.until(lambda: isinstance(at.scripted.events[-1], Imagine))
        refined = at.scripted.events[-1]
        assert isinstance(refined, Imagine)
        assert refined.picture
        assert (refined.prompt, refined.picture.data, refined.place.thread) == ("at night", picture, said.ts)
        empty = await at.ben.say(at.general, "no picture")
        await (await at.ann.shortcut("describe_image", empty.message)).acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
        assert "There is no picture in that message" in words(at.ann.whispers[-1])


async def test_a_new_picture_from_the_lightning_menu_says_in_the_form_what_is_wrong(at: Scene) -> None:
    async with at.running():
        await (await at.ann.shortcut("new_image")).acknowledged()
        await at.peer.wait_for(lambda: at.ann.views)
        view = at.ann.views[-1]
        label = str(view.blocks[0]["label"]["text"])
        await (await at.ann.submit(view, {label: "forbidden", "Where to show it": at.general.id})).acknowledged()
        assert view.errors == {"text 0": "This place does not draw “forbidden”."}
        at.scripted.draw()
        await (await at.ann.submit(view, {label: "a red car", "Where to show it": at.general.id})).acknowledged()
        await at.reply((await at.root()).ts, "Again")
        assert at.ann.views == []


async def test_the_home_tab_shows_what_the_bot_says_of_me(at: Scene) -> None:
    async with at.running():
        await at.ann.open_home()
        await at.peer.wait_for(lambda: at.ann.home())
        view = at.ann.home()
        assert view
        assert view.labels == ["New picture", "Change"]
        assert "This workspace (for its admins)" in str(view.blocks)
        await at.ben.open_home()
        await at.peer.wait_for(lambda: at.ben.home())
        assert "for its admins" not in str(at.ben.home())
        await (await at.ann.press(view, "Change")).acknowledged()
        await at.peer.wait_for(lambda: at.ann.views)
