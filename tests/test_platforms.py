"""The program as it is started, with both platforms' keys: a process of its own, the shipped model, real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

import main
import platforms
from adapters.slack import calls
from adapters.slack.opening import Opened
from adapters.slack.web import EVENTS
from bootstrap import Parts
from bot.doctor import Finding
from bot.memory.memory import Memory
from settings import Settings, read_settings
from tests.discord_kit import House, build
from tests.kit import kit
from tests.narrators.discord import DiscordNarrator
from tests.narrators.slack import SlackNarrator
from tests.peers.discord import DiscordPeer
from tests.platform_story import Narrator, Seen
from tests.program import running, start
from tests.scripted_bot import ScriptedBot
from tests.slack_scene import Scene, scene
from tests.test_slack_http import serving


async def drawn(narrator: Narrator) -> Seen:
    """What Ann is shown when she asks for a car."""
    await narrator.command("Ann", "imagine", "a red car --steps 2 --n 1 --seed 7")

    def find() -> Seen | None:
        return next((it for it in narrator.thread(0) if it.pictures), None)

    await narrator.until(find)
    found = find()
    assert found
    return found


async def test_one_program_draws_on_both_platforms_and_goes_on_after_its_death(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = await Memory.open("sqlite://")
    try:
        async with DiscordPeer(message_content=True) as peer, scene(monkeypatch, tmp_path) as at:
            server = build(House(peer, ScriptedBot(), memory))
            keys = {
                "DISCORD_TOKEN": peer.token,
                "DISCORD_API_BASE": peer.api_base,
                "DISCORD_GATEWAY_URL": peer.gateway_url,
                "SLACK_BOT_TOKEN": at.bot.token,
                "SLACK_APP_TOKEN": at.app.app_token,
                "SLACK_API_URL": at.peer.api_url,
            }
            narrators: tuple[Narrator, ...] = (DiscordNarrator(server), SlackNarrator(at))
            async with running(tmp_path, keys) as (process, told):
                assert told["platforms"] == ["discord", "slack"]
                async with aiohttp.ClientSession() as web, web.get(f"{told['url']}/health") as answer:
                    health = await answer.json()
                assert health["discord"]["ready"]
                assert health["slack"]["sockets"] == 2
                shown = [await drawn(narrator) for narrator in narrators]
                assert shown[0].pictures == shown[1].pictures
                for narrator in narrators:
                    await narrator.command("Ann", "imagine", "a red car --steps 60 --seed 7")
                    await narrator.until(lambda each=narrator: each.thread(1) and "step" in each.thread(1)[0].text)  # type: ignore[misc]
                process.kill()
                _, errors = await process.communicate()
            async with running(tmp_path, keys) as (process, _):
                for narrator in narrators:
                    await narrator.until(lambda each=narrator: any(it.pictures for it in each.thread(1)))  # type: ignore[misc]
                    assert [len(it.pictures) for it in narrator.thread(1)] == [4]
                    assert len(narrator.thread(0)) == 1
                await peer.wait_for(lambda: len(peer.pings(server.ann)) == 2)
                await at.peer.wait_for(lambda: len(at.peer.pinged) >= 2)
                assert at.peer.pinged == ["Ann", "Ann"]
                process.terminate()
                _, more = await process.communicate()
                assert process.returncode == 0
            written = (errors + more).decode()
            assert "Traceback" not in written
            assert not any(key in written for key in (peer.token, at.bot.token, at.app.app_token))
    finally:
        await memory.close()


@pytest.mark.parametrize("name", ["DISCORD", "SLACK"])
async def test_a_wrong_key_ends_the_start_with_the_cure(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with DiscordPeer() as peer, scene(monkeypatch, tmp_path) as at:
        keys = {
            "DISCORD": {"DISCORD_TOKEN": "wrong", "DISCORD_API_BASE": peer.api_base},
            "SLACK": {"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": at.peer.api_url},
        }[name]
        process = await start(tmp_path, keys)
        printed, _ = await process.communicate()
    assert process.returncode == 1
    words = json.loads(printed)["error"]
    assert f"{name}_" in words
    assert "wrong" not in words


async def no_findings(_: Settings) -> list[Finding]:
    """What is looked at beside the platforms has tests of its own, and takes its time."""
    return []


async def test_the_doctors_command_says_the_cures_for_slack_and_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(main, "examine", no_findings)

    async def doctor(**keys: str) -> tuple[int, str]:
        for name, value in keys.items():
            monkeypatch.setenv(f"SLACK_{name}", value)
        result = await asyncio.to_thread(CliRunner().invoke, main.app, ["doctor"])
        assert "hush" not in result.output
        return result.exit_code, result.output

    async with scene(monkeypatch, tmp_path) as at:
        code, said = await doctor(API_URL=at.peer.api_url, BOT_TOKEN=at.bot.token)
        assert (code, "SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP" in said) == (2, True)
        code, said = await doctor(APP_TOKEN=at.app.app_token)
        assert code == 0
        assert "ok  slack token: sextant at https://acme.slack.com/" in said
        at.peer.disable_link(at.app)
        code, said = await doctor(BOT_TOKEN="xoxb-hush")
        assert code == 1
        assert "no  slack token: Slack refuses SLACK_BOT_TOKEN (invalid_auth): copy the Bot User OAuth Token" in said
        assert "no  slack sockets: Slack says that Socket Mode is switched off" in said


@asynccontextmanager
async def slack_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, **http: str
) -> AsyncIterator[tuple[Scene, platforms.Open]]:
    """The program's platforms, started while nothing answers at Slack's address. By HTTP with a secret."""
    monkeypatch.setattr(platforms, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(calls, "TRIES", 1)
    async with kit(tmp_path) as house, scene(monkeypatch, tmp_path) as at:
        keys = {"BOT_TOKEN": at.bot.token, "API_URL": at.peer.api_url} | (http or {"APP_TOKEN": at.app.app_token})
        for name, value in keys.items():
            monkeypatch.setenv(f"SLACK_{name}", value)
        await at.peer.stop()
        parts = Parts(house.bot, house.engine, house.memory, house.files)
        async with platforms.opened(read_settings(data_dir=tmp_path), parts) as open:
            assert open.health["slack"]() == {"ready": False}
            assert "does not answer" in caplog.text
            yield at, open


async def test_slack_that_is_away_at_the_start_comes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with slack_away(tmp_path, monkeypatch, caplog) as (at, open):
        await at.peer.start()
        await at.peer.connected(at.app, 2)
        narrator = SlackNarrator(at)
        await narrator.command("Ann", "imagine", "a red car --n 1")
        await narrator.until(lambda: any(it.pictures for it in narrator.thread(0)))
        assert open.health["slack"]()["ready"]


async def test_the_server_opens_without_slack_and_hands_on_what_it_sends_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    away = slack_away(tmp_path, monkeypatch, caplog, SIGNING_SECRET="hush")
    async with AsyncExitStack() as stack:
        at, open = await stack.enter_async_context(away)
        address = await stack.enter_async_context(serving(Opened(open.routes, open.health["slack"])))
        web = await stack.enter_async_context(aiohttp.ClientSession())
        at.app.signing_secret = "hush"
        async with web.post(f"{address}{EVENTS}") as answer:
            assert (answer.status, "Retry-After" in answer.headers) == (503, True)
        await at.peer.start()
        await at.until(lambda: open.health["slack"]()["ready"])
        async with web.post(f"{address}{EVENTS}") as answer:
            assert answer.status == 401, "nobody has signed it"
        await at.peer.verify_url(at.app, f"{address}{EVENTS}")
        narrator = SlackNarrator(at)
        await narrator.command("Ann", "imagine", "a red car --n 1")
        await narrator.until(lambda: any(it.pictures for it in narrator.thread(0)))
