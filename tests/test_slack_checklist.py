"""What a senior engineer would verify of the Slack adapter, line by line (on the loopback peer).

30  acknowledged first, authorized from memory: here
31  one turn for both events of a mention, in any order, and for redeliveries: test_slack_conversation.py
32  file_share and thread_broadcast heard; bots, edits and deletions not: test_slack_conversation.py
33  root and thread; nothing is rebuilt from Slack: here
34  upload, poll, then the block; PNG or JPEG only: here
35  shared files with the token, sniffed; connected workspaces: here, test_slack_conversation.py
36  forms in time; errors in the form: here, test_slack_conversation.py
37  response_url at most five times: here
38  Retry-After and the pace of progress: here
39  an outcome for each error: here
40  two sockets, a watchdog, an alarm: test_slack_sockets.py
41  signatures, replays, OAuth states: test_slack_http.py
42  workspaces apart, tokens encrypted and purged: test_slack_http.py
43  cut off at ten points, each set is there once: test_slack_cut_off.py. What is cut off is the adapter, with all
    that it had in memory; that the bot's own memory outlives kill -9 is tested where that memory is.
44  nothing that is typed mentions, links or formats: test_slack_render.py, test_slack_conversation.py
45  no token in the logs: here
46  cancel, quota, queue: here
47  acknowledgements on their way are waited for at the end: test_slack_sockets.py
"""

import io
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image

from adapters.slack.calls import Calls
from adapters.slack.inbound import Names
from adapters.slack.whispers import USES, Ticket, Whispers
from bot.events import Message
from bot.place import Person, Place
from bot.replies import Whisper
from tests.peers.slack import Kind
from tests.scripted_bot import pixels, png
from tests.slack_scene import Scene, at_once, scene, words


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


async def ask(at: Scene, prompt: str = "a red car") -> str:
    """Ann asks for a set. Returns its root's ts."""
    await (await at.ann.command(at.general, "/imagine", prompt)).acknowledged()
    return (await at.root()).ts


async def called(at: Scene, root: str) -> None:
    """Wait until the asker is called, which is the last thing of a set."""
    await at.peer.wait_for(lambda: any("it is done" in it.text for it in at.replies(root)))


# 30


async def test_the_acknowledgement_waits_for_no_call_and_nothing_is_asked_twice(at: Scene) -> None:
    async with at.running():
        gate = at.peer.faults.hold("users.info")
        for _ in range(5):
            await (await at.ann.command(at.general, "/sextant", "queue")).acknowledged()
        assert at.peer.calls["auth.test"] == 1
        gate.open()
        await at.peer.wait_for(lambda: len(at.ann.whispers) == 5)


# 33


async def test_nothing_is_rebuilt_from_slack(at: Scene) -> None:
    async with at.running():
        at.scripted.draw(8)
        root = await ask(at)
        await called(at, root)
        await (await at.ben.say(at.general, "darker", thread=root)).acknowledged()
        await at.until(lambda: len(at.scripted.turns) == 2)
        assert at.peer.calls["conversations.replies"] == at.peer.calls["conversations.history"] == 0


# 34


async def test_pictures_are_shown_once_slack_has_looked_at_them(at: Scene) -> None:
    at.peer.processing(4)
    async with at.running():
        at.scripted.draw()
        reply = await at.reply(await ask(at), "Again")
        assert [file.mimetype for file in reply.pictures] == ["image/png"] * 4
        assert [file.alt_text for file in reply.pictures] == reply.alt_texts
        assert at.peer.faults.happened == []


async def test_what_slack_cannot_show_is_encoded_anew(at: Scene) -> None:
    def webp(file: str) -> bytes:
        out = io.BytesIO()
        Image.open(io.BytesIO(at.scripted.files[file])).save(out, "WEBP")
        return out.getvalue()

    async def read(file: str) -> bytes:
        return webp(file)

    at.scripted.read = read  # type: ignore[method-assign]
    async with at.running():
        at.scripted.draw()
        reply = await at.reply(await ask(at), "Again")
        assert [file.mimetype for file in reply.pictures] == ["image/png"] * 4


async def test_pictures_that_slack_never_takes_leave_words_and_their_buttons_reach(at: Scene) -> None:
    at.peer.processing(None)
    async with at.running():
        at.scripted.draw()
        root = await ask(at)
        await at.peer.wait_for(lambda: any("Slack did not take the pictures" in words(it) for it in at.replies(root)))


# 35


async def test_a_file_of_a_connected_workspace_is_asked_for(at: Scene) -> None:
    other = at.peer.add_workspace("partner")
    guest = other.add_user("Gus", admin=True)
    shared = at.ws.add_channel("shared", at.ann, guest, at.bot, shared_with=[other])
    picture = png(pixels(3, 32))
    async with at.running():
        at.scripted.draw()
        said = await at.ann.say(shared, "like this", files=[picture], mention_bot=True)
        await said.acknowledged()
        await at.until(lambda: at.scripted.events)
        event = at.scripted.events[0]
        assert getattr(event, "picture").data == picture  # noqa: B009
        await (await guest.say(shared, "darker", thread=said.ts)).acknowledged()
        await at.until(lambda: len(at.scripted.events) == 2)
        guests = at.scripted.events[1]
        assert isinstance(guests, Message)
        assert not guests.person.moderator, "an admin of another workspace is a guest here"
        assert guests.person.guest
        assert not event.person.guest
        assert guests.place.workspace == at.ws.id
        assert {event.sheltered, guests.sheltered} == {"channel"}, "nothing goes from one workspace to the other"


async def test_files_are_fetched_from_slack_alone(at: Scene) -> None:
    async with at.running():
        said = await at.ann.say(at.general, "this", files=[png(pixels(3, 32))], mention_bot=True, order="message")
        await said.acknowledged()
        await at.until(lambda: at.scripted.events)
        at.scripted.events.clear()
        said.message.files[0].owner.world.base_url = "http://evil.example"
        again = await at.ann.say(at.general, "this", files=[png(pixels(4, 32))], mention_bot=True, order="message")
        at.peer.world.base_url = at.peer.api_url.removesuffix("/api/")
        await again.acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
        assert "not at Slack" in words(at.ann.whispers[0])
        assert at.scripted.events == []


# 36


async def test_a_form_that_comes_too_late_says_so(at: Scene) -> None:
    async with at.running():
        at.scripted.draw()
        root = await ask(at)
        await called(at, root)
        gate = at.peer.faults.hold("users.info")
        await (await at.ben.press(await at.reply(root, "Edit"), "Edit")).acknowledged()
        await gate.arrived.wait()
        await at.peer.advance(4)
        gate.open()
        await at.peer.wait_for(lambda: at.ben.whispers)
        assert "Press it once more" in words(at.ben.whispers[0])


# 37


async def test_a_response_url_is_used_five_times_and_then_the_direct_conversation(at: Scene) -> None:
    at.bot = at.ws.install(at.app, scopes=tuple(it for it in at.app.scopes if it != "chat:write.public"))
    import aiohttp

    from adapters.slack.opening import web_client
    from adapters.slack.uploads import Uploads
    from adapters.slack.workspaces import connect

    async with aiohttp.ClientSession() as http:
        workspace = await connect(web_client(at.peer.api_url, http, at.bot.token), Calls(at_once))
        uploads = Uploads(at.scripted.read, at.memory.posts, http, at_once)
        whispers = Whispers(uploads, http, Names(), lambda: 100.0)
        url = at.peer.world.tickets.response_url(at.bot, at.ann, at.elsewhere)
        ticket = Ticket(url=url, at=100.0)
        place = Place("slack", at.ws.id, at.elsewhere.id)
        for number in range(USES + 1):
            await whispers.tell(workspace, place, Person(at.ann.id, "Ann"), ticket, Whisper(f"note {number}"))
        assert [words(it) for it in at.ann.whispers] == [f"note {number}" for number in range(USES)]
        assert [words(it) for it in at.peer.messages(at.ann.dm())] == [f"note {USES}"]


# 38


async def test_retry_after_is_honoured_and_the_end_is_shown_whatever_it_takes(at: Scene) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    at.peer.faults.add(Kind.RATELIMITED, "chat.postMessage", times=2, seconds=7)
    async with at.running(sleep=sleep):
        at.scripted.draw()
        root = await ask(at)
        at.peer.faults.add(Kind.RATELIMITED, "chat.update", times=2, seconds=9)
        at.peer.faults.add(Kind.RATELIMITED, "files.getUploadURLExternal", times=1, seconds=11)
        await called(at, root)
        assert len((await at.reply(root, "Again")).pictures) == 4
    assert waited.count(7) == 2
    assert waited.count(11) == 1


# 39


@pytest.mark.parametrize("happens", ["archived", "deleted", "removed"])
async def test_a_result_without_a_place_is_told_to_its_asker_and_not_tried_again(at: Scene, happens: str) -> None:
    async with at.running():
        await ask(at)
        await at.until(lambda: at.scripted.turns)
        match happens:
            case "archived":
                await at.ws.archive(at.general)
            case "deleted":
                await at.ws.delete(at.general)
            case _:
                at.bot.app.installations[0].scopes = tuple(
                    scope for scope in at.bot.scopes if scope != "chat:write.public"
                )
                await at.ws.remove(at.general, at.bot)
        at.scripted.draw()
        told: Callable[[], object] = lambda: at.ann.whispers or at.peer.messages(at.ann.dm())  # noqa: E731
        await at.peer.wait_for(told)
        said = " ".join(words(it) for it in [*at.ann.whispers, *at.peer.messages(at.ann.dm())])
        assert "/invite @sextant" in said if happens == "removed" else "can't write in that channel" in said


async def test_a_missing_right_is_named(at: Scene) -> None:
    at.bot = at.ws.install(at.app, scopes=tuple(it for it in at.app.scopes if it != "files:write"))
    async with at.running():
        at.scripted.draw()
        root = await ask(at)
        await at.peer.wait_for(lambda: any("files:write" in words(it) for it in at.replies(root)))


async def test_a_message_that_somebody_deleted_is_shown_anew_at_the_end(at: Scene) -> None:
    async with at.running():
        root = await ask(at)
        await at.peer.wait_for(lambda: at.replies(root))
        del at.general.messages[at.replies(root)[0].ts]
        at.scripted.draw()
        reply = await at.reply(root, "Again")
        await called(at, root)
        assert len(reply.pictures) == 4
        assert len([it for it in at.replies(root) if it.pictures]) == 1


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable"])
async def test_troubles_of_slacks_own_are_waited_out(at: Scene, error: str) -> None:
    async with at.running():
        at.scripted.draw()
        for method in ("chat.postMessage", "chat.update", "files.getUploadURLExternal", "files.info"):
            at.peer.faults.add(Kind.ERROR, method, error=error)
        root = await ask(at)
        await called(at, root)
        assert len([it for it in at.replies(root) if it.pictures]) == 1


async def test_an_end_is_tried_again_when_the_tries_of_its_uploads_are_over(at: Scene) -> None:
    async with at.running():
        at.scripted.draw()
        at.peer.faults.add(Kind.ERROR_500, "upload", times=13)
        root = await ask(at)
        await called(at, root)
        assert [len(it.pictures) for it in at.replies(root) if it.pictures] == [4]


@pytest.mark.parametrize(
    ("error", "told"), [("internal_error", "does not answer me"), ("team_is_on_fire", "team_is_on_fire")]
)
async def test_who_gets_no_thread_hears_why(at: Scene, error: str, told: str) -> None:
    async with at.running():
        at.peer.faults.add(Kind.ERROR, "chat.postMessage", times=50, error=error)
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
        assert told in words(at.ann.whispers[0])
        at.peer.faults.clear()
        assert at.scripted.events == []


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_lost_on_the_way_each_set_is_there_once(at: Scene, seed: int) -> None:
    async with at.running():
        at.scripted.draw(12)
        at.peer.faults.at_random(seed, 0.12)
        for number in range(3):
            await (await at.ann.command(at.general, "/imagine", f"car {number}")).acknowledged()
        await at.until(lambda: sum(turn.done for turn in at.scripted.turns.values()) == 3)
        roots = at.peer.messages(at.general)
        await at.peer.wait_for(lambda: all(any(it.pictures for it in at.replies(one.ts)) for one in roots))
        at.peer.faults.at_random(seed, 0.0)
        assert len(roots) == 3
        for one in roots:
            assert [len(it.pictures) for it in at.replies(one.ts) if it.pictures] == [4]


# 45


async def test_no_token_is_ever_written_into_the_log(at: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with at.running():
        at.peer.faults.at_random(1, 0.1)
        at.scripted.draw()
        root = await ask(at)
        await called(at, root)
    ours = [record for record in caplog.records if record.name != "aiohttp.access"]  # the peer's own
    assert any(record.name.startswith("slack") for record in ours)
    written = "".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    for secret in (at.bot.token, at.app.app_token, at.app.signing_secret, "ticket="):
        assert secret not in written


# 46


async def test_stop_and_the_line_are_there_for_people(at: Scene) -> None:
    async with at.running():
        root = await ask(at)
        reply = await at.reply(root, "Stop")
        await (await at.ann.press(reply, "Stop")).acknowledged()
        await at.until(lambda: any(turn.stopped.is_set() for turn in at.scripted.turns.values()))
        await (await at.ann.command(at.general, "/sextant", "queue")).acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
        assert "Nothing is in line" in words(at.ann.whispers[0])
