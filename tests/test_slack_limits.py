"""Lines 37 to 39 of the checklist: response_url, Retry-After and pace, and an outcome for each error."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters.slack.calls import Calls
from adapters.slack.inbound import Names
from adapters.slack.whispers import USES, Ticket, Whispers
from bot.place import Person, Place
from bot.replies import Whisper
from tests.peers.slack import Kind
from tests.slack_scene import Scene, ask, at_once, called, scene, words


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


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


async def test_a_token_is_given_up_when_slack_says_so_twice_and_whoever_runs_the_bot_hears(
    at: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async with at.running() as opened:
        at.scripted.draw(8)
        at.peer.faults.add(Kind.ERROR, "chat.postMessage", error="invalid_auth")
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        await at.peer.wait_for(lambda: at.peer.calls["auth.test"] == 2)
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        await called(at, (await at.root()).ts)
        assert opened.health()["connected"], "one answer is not believed"
        at.peer.faults.add(Kind.ERROR, "chat.postMessage", error="invalid_auth")
        at.peer.faults.add(Kind.ERROR, "auth.test", error="token_revoked")
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        await at.until(lambda: not opened.health()["connected"])
        assert "set the new token" in caplog.text


async def test_one_workspace_that_is_not_open_to_an_organisations_app_ends_nothing(at: Scene) -> None:
    async with at.running() as opened:
        at.peer.faults.add(Kind.ERROR, "chat.postMessage", error="team_access_not_granted")
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
        assert opened.health()["connected"]
        assert at.peer.calls["auth.test"] == 1
