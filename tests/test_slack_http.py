"""HTTP mode and OAuth: signatures, replays, states; workspaces apart; tokens encrypted, and purged when they end."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Bot

from adapters.slack.calls import Calls
from adapters.slack.installations import Installations, ManyWorkspaces, States, TokenKeyWrong, load_key
from adapters.slack.opening import Keys, Opened, web_client
from adapters.slack.posting import Posting
from adapters.slack.web import CALLBACK, EVENTS, INSTALL
from bot.events import Imagine, Press
from bot.place import Place
from tests.peers.slack import App, Person
from tests.slack_scene import Scene, at_once, scene, words


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(monkeypatch, tmp_path) as at:
        yield at


@asynccontextmanager
async def serving(opened: Opened) -> AsyncIterator[str]:
    """A server that is there already, with the adapter's routes in it. Yields its address."""
    app = web.Application()

    async def health(_: web.Request) -> web.Response:
        return web.json_response(opened.health())

    app.router.add_get("/health", health)
    app.add_routes(opened.routes)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def http_keys(at: Scene, app: App) -> Keys:
    return replace(at.keys, app_token="", signing_secret=app.signing_secret)


async def test_the_same_conversation_by_signed_requests(at: Scene) -> None:
    async with at.running(keys=http_keys(at, at.app)) as opened, serving(opened) as address:
        await at.peer.verify_url(at.app, f"{address}{EVENTS}")
        at.scripted.draw()
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        root = (await at.root()).ts
        reply = await at.reply(root, "Again")
        await (await at.ben.press(reply, "2")).acknowledged()
        await at.peer.wait_for(lambda: at.ben.whispers)
        said = await at.ben.say(at.general, "a boat", mention_bot=True)
        await said.acknowledged()
        assert isinstance(at.scripted.events[0], Imagine)
        async with aiohttp.ClientSession() as http, http.get(f"{address}/health") as response:
            assert response.status == 200


@pytest.mark.parametrize(("age", "secret", "status"), [(0, None, 200), (301, None, 401), (0, "guessed", 401)])
async def test_a_bad_signature_and_an_old_one_are_refused(
    at: Scene, age: float, secret: str | None, status: int
) -> None:
    async with at.running(keys=http_keys(at, at.app)) as opened, serving(opened) as address:
        await at.peer.verify_url(at.app, f"{address}{EVENTS}")
        payload = {"type": "url_verification", "challenge": "x", "token": "t"}
        answered, _, _ = await at.peer.world.courier.post(at.app, payload, age=age, secret=secret)
        assert answered == status


async def test_requests_that_are_too_large_are_not_read(at: Scene) -> None:
    running = at.running(keys=http_keys(at, at.app))
    async with running as opened, serving(opened) as address, aiohttp.ClientSession() as http:
        response = await http.post(f"{address}{EVENTS}", data=b"x" * 2**23)
        assert response.status == 413


async def test_whoever_runs_the_bot_hears_that_slack_holds_events_back(
    at: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async with at.running(keys=http_keys(at, at.app)) as opened, serving(opened) as address:
        await at.peer.verify_url(at.app, f"{address}{EVENTS}")
        assert opened.health()["minutes_held_back"] == 0
        told = {"type": "app_rate_limited", "token": "t", "team_id": at.ws.id, "api_app_id": at.app.id}
        for minute in (1518467820, 1518467820, 1518467880):
            status, _, _ = await at.peer.world.courier.post(at.app, told | {"minute_rate_limited": minute})
            assert status == 200
        assert opened.health()["minutes_held_back"] == 2
        assert opened.health()["seconds_since_told"] is not None
        assert "take the bot out of channels" in caplog.text


# Many workspaces


@asynccontextmanager
async def many(at: Scene) -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    """The adapter with OAuth, over HTTP, and a browser."""
    keys = Keys(
        signing_secret=at.app.signing_secret,
        client_id=at.app.client_id,
        client_secret=at.app.client_secret,
        api_url=at.peer.api_url,
        authorize_url=at.peer.authorize_url,
    )
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serving(await stack.enter_async_context(at.running(keys=keys))))
        await at.peer.verify_url(at.app, f"{address}{EVENTS}")
        yield address, await stack.enter_async_context(aiohttp.ClientSession())


async def state_of(address: str, http: aiohttp.ClientSession) -> tuple[str, str]:
    """A new state, and the cookie that goes with it. The cookie is for https alone, so it is carried by hand."""
    async with http.get(f"{address}{INSTALL}") as response:
        page = await response.text()
        cookie = response.headers["Set-Cookie"].partition(";")[0]
    link = re.search(r'href="([^"]*/authorize[^"]*)"', page)
    assert link
    return parse_qs(urlsplit(html.unescape(link[1])).query)["state"][0], cookie


async def come_back(address: str, http: aiohttp.ClientSession, state: str, cookie: str, code: str) -> int:
    query = {"state": state, "code": code}
    async with http.get(f"{address}{CALLBACK}", params=query, headers={"Cookie": cookie}) as response:
        return response.status


async def install(at: Scene, address: str, http: aiohttp.ClientSession, person: Person) -> tuple[str, str]:
    """Somebody says yes on Slack's page."""
    from tests.peers.slack.oauth import grant

    state, cookie = await state_of(address, http)
    code = grant(at.app, person, at.app.scopes, "")
    assert await come_back(address, http, state, cookie, code) == 200
    return state, cookie


async def test_workspaces_come_by_oauth_and_stay_apart(at: Scene) -> None:
    other = at.peer.add_workspace("other")
    eve = other.add_user("Eve")
    async with many(at) as (address, http):
        await install(at, address, http, at.ann)
        await install(at, address, http, eve)
        theirs = other.add_channel("general", eve, at.app.installation(other))  # type: ignore[arg-type]
        at.scripted.draw(8)
        await (await at.ann.command(at.general, "/imagine", "ours")).acknowledged()
        await (await eve.command(theirs, "/imagine", "theirs")).acknowledged()
        reply = await at.reply((await at.root()).ts, "Again")
        await at.peer.wait_for(lambda: at.peer.messages(theirs))
        places = {event.place.workspace for event in at.scripted.events}
        assert places == {at.ws.id, other.id}
        assert "ours" not in " ".join(words(it) for it in at.peer.messages(theirs))
        posting = Posting(at.memory.posts)
        assert await posting.shown_at(at.ws.id, at.general.id, reply.ts)
        assert await posting.shown_at(other.id, at.general.id, reply.ts) is None
        assert await at.memory.posts.note("slack", f"file {other.id} {reply.pictures[0].name}") is None


async def test_tokens_are_kept_encrypted_and_purged_when_the_app_goes(at: Scene) -> None:
    async with many(at) as (address, http):
        await install(at, address, http, at.ann)
        token = at.app.installations[0].token
        note = f"installation {at.ws.id}"
        kept = await at.memory.posts.note("slack", note)
        assert kept
        assert token not in kept
        assert (at.folder / "slack.key").stat().st_mode & 0o077 == 0
        await (await at.ann.command(at.general, "/sextant", "queue")).acknowledged()
        await at.ws.uninstall(at.app)
        await at.peer.world.courier.idle()
        await at.peer.wait_for(lambda: at.peer.deliveries[-1].acked)
        await purged(at, note)


async def purged(at: Scene, note: str) -> None:
    """Wait until a note is empty."""
    async with asyncio.timeout(20):
        while await at.memory.posts.note("slack", note):  # noqa: ASYNC110  # the memory has no event for it
            await asyncio.sleep(0)


async def test_an_uninstalling_that_is_told_late_does_not_take_the_new_installation_away(at: Scene) -> None:
    async with many(at) as (address, http):
        await install(at, address, http, at.ann)
        await at.ws.uninstall(at.app)
        await at.peer.wait_for(lambda: at.peer.deliveries[-1].acked)
        told = at.peer.deliveries[-1]
        note = f"installation {at.ws.id}"
        await purged(at, note)
        await install(at, address, http, at.ann)
        await told.again()
        await (await at.ann.command(at.general, "/sextant", "queue")).acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
        assert await at.memory.posts.note("slack", note)


async def test_a_state_is_good_once_for_its_own_browser_and_not_for_long(at: Scene) -> None:
    async with many(at) as (address, http):
        state, cookie = await install(at, address, http, at.ann)
        assert await come_back(address, http, state, cookie, "code") == 401
        state, cookie = await state_of(address, http)
        assert await come_back(address, http, state, "slack-app-oauth-state=another", "code") == 400
    now = [0.0]
    key = Fernet.generate_key()
    states, restarted = (States(at.memory.posts, key, lambda: now[0], seconds=600) for _ in range(2))
    one, two, three = [await states.async_issue() for _ in range(3)]
    assert await states.async_consume(one)
    for again in (one, f"{one}=", f"{one[:9]}!{one[9:]}"):
        assert not await states.async_consume(again)
        assert not await restarted.async_consume(again), "a restart forgets nothing"
    assert await restarted.async_consume(two), "a restart in between ends nobody's installing"
    now[0] = 601.0
    assert not await states.async_consume(three)
    assert not await states.async_consume(one)
    assert not await states.async_consume(Fernet(key).encrypt(b"something else").decode())
    for made_up in ("made up", "", "é", "a"):
        assert not await states.async_consume(made_up)


async def test_an_organisation_is_one_workspace(at: Scene) -> None:
    big = at.peer.add_enterprise("Big")
    first, second = at.peer.add_workspace("first", big), at.peer.add_workspace("second", big)
    app = at.peer.add_app(commands={"/imagine": True, "/sextant": True})
    bot = first.install(app, org=big)
    people = [first.add_user("Flo"), second.add_user("Sam")]
    channels = [first.add_channel("one", people[0], bot), second.add_channel("two", people[1], bot)]
    keys = Keys(bot_token=bot.token, app_token=app.app_token, api_url=at.peer.api_url)
    at.app = app
    async with at.running(keys=keys):
        for person, channel in zip(people, channels, strict=True):
            await (await person.command(channel, "/sextant", "tree")).acknowledged()
            await at.peer.wait_for(lambda channel=channel: at.peer.messages(channel))  # type: ignore[misc]
        assert {event.place.workspace for event in at.scripted.events} == {big.id}


async def test_another_key_opens_nothing(at: Scene) -> None:
    one = Installations(at.memory.posts, load_key(at.folder / "one.key"))
    assert load_key(at.folder / "one.key") == load_key(at.folder / "one.key")
    await one.async_save_bot(
        Bot(app_id="A", team_id="T1", bot_token="xoxb-1", bot_id="B", bot_user_id="U", installed_at=0.0)
    )
    assert await one.token("T1") == "xoxb-1"
    with pytest.raises(TokenKeyWrong):
        await Installations(at.memory.posts, load_key(at.folder / "two.key")).token("T1")


async def test_buttons_of_one_workspace_are_nothing_in_another(at: Scene) -> None:
    async with at.running():
        at.scripted.draw()
        await (await at.ann.command(at.general, "/imagine", "a red car")).acknowledged()
        reply = await at.reply((await at.root()).ts, "Again")
        await (await at.ann.press(reply, "1")).acknowledged()
        await at.until(lambda: any(isinstance(it, Press) for it in at.scripted.events))
        press = at.scripted.events[-1]
        assert press.place == Place("slack", at.ws.id, at.general.id, (await at.root()).ts)


async def test_what_stands_in_the_environment_changes_nothing(at: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bolt reads these names by itself, and would keep installations of its own in a folder at home."""
    monkeypatch.setenv("HOME", str(at.folder))
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "of another app")
    async with at.running():
        await (await at.ann.command(at.general, "/sextant", "queue")).acknowledged()
        await at.peer.wait_for(lambda: at.ann.whispers)
    assert not [path.name for path in at.folder.iterdir() if path.name.startswith(".")]


def test_people_of_govslack_say_yes_on_its_own_page() -> None:
    assert Keys(api_url="https://slack-gov.com/api/").authorize_page == "https://slack-gov.com/oauth/v2/authorize"
    assert Keys(api_url="https://proxy.example/api/").authorize_page == ""
    assert Keys(api_url="https://slack-gov.com/api/", authorize_url="https://a/b").authorize_page == "https://a/b"


async def test_an_organisations_token_is_purged_only_when_slack_says_that_it_is_dead(at: Scene) -> None:
    installations = Installations(at.memory.posts, load_key(at.folder / "slack.key"))
    async with aiohttp.ClientSession() as http:
        workspaces = ManyWorkspaces(installations, partial(web_client, at.peer.api_url, http), Calls(at_once))
        one = Bot(app_id="A", team_id=at.ws.id, bot_token=at.bot.token, bot_id="B", bot_user_id="U", installed_at=0.0)
        await installations.async_save_bot(one)
        await workspaces.ask(at.ws.id)
        assert await installations.token(at.ws.id) == at.bot.token
        await at.ws.uninstall(at.app)
        await workspaces.ask(at.ws.id)
        assert await installations.token(at.ws.id) == ""
