"""What a senior engineer would verify of the Slack adapter, line by line (on the loopback peer).

30  acknowledged first, authorized from memory: here
31  one turn for both events of a mention, in any order, and for redeliveries: test_slack_conversation.py
32  file_share and thread_broadcast heard; bots, edits and deletions not: test_slack_conversation.py
33  root and thread; nothing is rebuilt from Slack: here
34  upload, poll, then the block; PNG or JPEG only: here
35  shared files with the token, sniffed; connected workspaces: here, test_slack_conversation.py
36  forms in time; errors in the form: here, test_slack_conversation.py
37  response_url at most five times: test_slack_limits.py
38  Retry-After and the pace of progress: test_slack_limits.py
39  an outcome for each error: test_slack_limits.py
40  two sockets, a watchdog, an alarm: test_slack_sockets.py
41  signatures, replays, OAuth states: test_slack_http.py
42  workspaces apart, tokens encrypted and purged: test_slack_http.py
43  kill -9 of the whole process at ten points, each set is there once: test_slack_killed.py; the adapter alone is
    cut off in test_slack_cut_off.py
44  nothing that is typed mentions, links or formats: test_slack_render.py, test_slack_conversation.py
45  no token in the logs: here
46  cancel, quota, queue, place in line: here
47  acknowledgements on their way are waited for at the end: test_slack_sockets.py
"""

import io
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from bot import wording
from bot.events import Message
from bot.guard import Rules
from tests.fakes import FakeStepper, Gate
from tests.kit import kit
from tests.narrators.slack import on_slack
from tests.peers.slack import Kind
from tests.platform_story import told_of_the_line
from tests.scripted_bot import pixels, png
from tests.slack_scene import Scene, ask, called, scene, words


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


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


async def test_of_whom_slack_does_not_tell_counts_as_from_elsewhere(at: Scene) -> None:
    async with at.running():
        at.scripted.draw(8)
        at.peer.faults.add(Kind.ERROR, "users.info", error="user_not_visible")
        for _ in range(2):
            await (await at.ann.say(at.general, "a car", mention_bot=True)).acknowledged()
        await at.until(lambda: len(at.scripted.events) == 2)
        people = sorted((event.person for event in at.scripted.events), key=lambda person: person.guest)
        assert [(person.name, person.moderator, person.guest) for person in people] == [
            ("Ann", True, False),
            (at.ann.id, False, True),
        ]


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


async def test_place_in_line_quota_and_cancel_are_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gate = Gate(opened=False)
    rules = Rules(per_person=2)
    async with (
        kit(tmp_path, lambda _: FakeStepper(gate=gate), rules=rules) as house,
        on_slack(monkeypatch, tmp_path, house) as on,
    ):
        await told_of_the_line(on, gate, wording.stopped_by("Ann"))
