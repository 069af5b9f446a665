"""The server over real sockets, driven as a program drives it."""

import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    CookieJar,
    WSCloseCode,
    WSMsgType,
    WSServerHandshakeError,
    web,
)
from yarl import URL

from adapters.console.pictures import LARGEST_UPLOAD
from adapters.console.render import Json
from adapters.console.server import PortInUse, serve
from bot.events import Imagine
from tests.console import Running, console
from tests.scripted_bot import STEPS, ScriptedBot, pixels, png


class Client:
    """A program in the room."""

    def __init__(self, web: ClientSession, socket: ClientWebSocketResponse) -> None:
        self.web, self.socket = web, socket
        self.frames: list[Json] = []

    async def until(self, found: Callable[[Json], bool]) -> Json:
        """The next frame of that sort."""
        while True:
            message = await self.socket.receive()
            assert message.type is WSMsgType.TEXT, message
            self.frames.append(json.loads(message.data))
            if found(self.frames[-1]):
                return self.frames[-1]

    async def next(self, type: str) -> Json:
        return await self.until(lambda frame: frame["type"] == type)

    async def send(self, type: str, **fields: Any) -> str:
        id = fields.pop("id", None) or uuid.uuid4().hex
        await self.socket.send_json({"type": type, "id": id, "channel": "general", **fields})
        return id

    async def say(self, text: str, **fields: Any) -> str:
        return await self.send("say", text=text, **fields)

    async def final(self) -> Json:
        return await self.until(lambda frame: frame.get("final") is True)


@asynccontextmanager
async def come_in(
    running: Running, name: str = "", web: ClientSession | None = None, since: int = 0
) -> AsyncIterator[Client]:
    """A client that has been greeted, and has the name. `web` is who it is."""
    own = ClientSession(cookie_jar=CookieJar(unsafe=True)) if web is None else None
    session = web or own
    assert session
    async with session.ws_connect(f"{running.url}/socket?since={since}") as socket:
        client = Client(session, socket)
        await client.next("hello")
        await client.next("log")
        if name:
            await socket.send_json({"type": "name", "name": name})
            await client.next("you")
        yield client
    if own:
        await own.close()


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture
async def running(tmp_path: Path, bot: ScriptedBot) -> AsyncIterator[Running]:
    async with console(tmp_path, bot) as running:
        yield running


async def test_two_people_see_the_same(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann, come_in(running, "Bob") as bob:
        bot.draw()
        await ann.say("/imagine a red car")
        shown = [await client.final() for client in (ann, bob)]
        assert shown[0] == shown[1]
        root = next(frame for frame in bob.frames if frame.get("kind") == "said")
        assert (root["text"], root["person"]["name"], root["thread"]) == ("/imagine a red car", "Ann", "")
        assert shown[0]["thread"] == root["key"]
        assert shown[0]["mention"]["name"] == "Ann"
        await bob.say("darker", thread=root["key"])
        bot.draw()
        assert (await ann.until(lambda frame: frame.get("text") == "darker"))["person"]["name"] == "Bob"
        assert (await ann.final())["title"] == "darker"


async def test_pictures_are_served_as_pictures(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann:
        bot.draw()
        await ann.say("/imagine a red car")
        picture = (await ann.final())["pictures"][0]
        answer = await ann.web.get(running.url + picture["url"])
        assert (answer.status, answer.content_type) == (200, "image/png")
        assert "immutable" in answer.headers["Cache-Control"]
        assert await answer.read() == bot.files[picture["file"]]
        assert (await ann.web.get(f"{running.url}/pictures/none.png")).status == 404


async def test_an_event_is_acknowledged_when_the_bot_has_it(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann:
        id = await ann.say("/imagine a red car")
        ack = await ann.next("ack")
        assert ack == {"type": "ack", "id": id, "said": True, "error": ""}
        types = [frame.get("kind", frame["type"]) for frame in ann.frames]
        assert types.index("reply") < types.index("ack"), "first the bot has shown something, then it is acknowledged"
        assert len(bot.turns) == 1


async def test_sending_again_does_nothing_a_second_time(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann:
        id = await ann.say("/imagine a red car")
        await ann.say("/imagine a red car", id=id)
        assert (await ann.next("ack"))["id"] == (await ann.next("ack"))["id"] == id
        assert len([event for event in bot.events if isinstance(event, Imagine)]) == 1, "while it is under way"
        bot.draw()
        await ann.final()
        await ann.say("/imagine a red car", id=id)
        assert (await ann.next("ack"))["said"]
    assert len(bot.turns) == 1
    async with come_in(running) as late:
        [log] = [frame for frame in late.frames if frame["type"] == "log"]
        assert [entry["kind"] for entry in log["entries"]] == ["said", "reply"]


async def test_an_event_goes_on_without_its_page(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann, come_in(running, "Bob") as bob:
        await ann.say("/imagine a red car")
        await ann.next("ack")
        await ann.socket.close()
        bot.draw()
        assert len((await bob.final())["pictures"]) == 4


async def test_who_comes_back_has_missed_nothing(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann, come_in(running, "Bob") as bob:
        await ann.say("/imagine a red car")
        seen = max(frame["seq"] for frame in [await ann.next("entry"), await ann.next("entry")])
        await ann.socket.close()
        bot.draw()
        await bob.final()
        await bob.say("hello")
        await bob.next("ack")
        async with come_in(running, web=ann.web, since=seen) as again:
            log = next(frame for frame in again.frames if frame["type"] == "log")
            assert [entry["text"].splitlines()[0] for entry in log["entries"]] == ["a red car for Ann", "hello"]
            assert log["entries"][0]["final"]


async def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path, bot: ScriptedBot) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as web:
        async with console(tmp_path, bot) as running, come_in(running, "Ann", web) as ann:
            bot.draw(2)
            id = await ann.say("/imagine a red car")
            await ann.until(lambda frame: frame.get("progress") == 2 / STEPS)
            seen = max(frame.get("seq", 0) for frame in ann.frames)
        async with console(tmp_path, bot, port=running.port) as running, come_in(running, "", web, seen) as again:
            assert again.frames[0]["you"]["name"] == "Ann"
            bot.draw()
            final = await again.final()
            assert final["thread"].endswith(id)
            assert final["position"] == 2
            await again.say("/imagine a red car", id=id)
            assert (await again.next("ack"))["said"]
    assert len(bot.turns) == 1


async def test_the_end_lets_pages_go_and_leaves_work_to_be_resumed(tmp_path: Path, bot: ScriptedBot) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as web:
        async with console(tmp_path, bot) as running:
            socket = await web.ws_connect(f"{running.url}/socket")
            ann = Client(web, socket)
            await socket.send_json({"type": "name", "name": "Ann"})
            await ann.say("/imagine a red car")
            await ann.next("ack")
        while (message := await socket.receive()).type is WSMsgType.TEXT:
            pass
        assert (message.type, message.data) == (WSMsgType.CLOSE, WSCloseCode.GOING_AWAY)
    assert not next(iter(bot.turns.values())).done


async def test_refusals_whispers_and_forms_are_for_one(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann, come_in(running, "Bob") as bob:
        await ann.say("/imagine forbidden")
        assert "forbidden" in (await ann.next("whisper"))["text"]
        assert (await ann.next("ack"))["said"] is False
        await ann.say("/help")
        await ann.next("whisper")
        bot.draw()
        await ann.say("/imagine a red car")
        final = await ann.final()
        edit = next(button for button in final["buttons"] if button["action"] == "edit")
        await bob.send("press", thread=final["thread"], token=edit["token"])
        form = await bob.next("form")
        assert form["text"] == "a red car"
        bot.draw()
        await bob.send("submit", thread=final["thread"], token=form["token"], text="a blue car")
        assert (await ann.final())["text"].startswith("a blue car for Bob")
        await ann.say("bye")
        await ann.next("ack")
        await bob.until(lambda frame: frame.get("text") == "bye")
    assert {"whisper", "form"}.isdisjoint(frame["type"] for frame in ann.frames[-3:])
    assert "whisper" not in {frame["type"] for frame in bob.frames}
    assert not [frame for frame in bob.frames if frame.get("text") == "/imagine forbidden"]


async def test_what_can_not_be_taken_is_answered_in_words(running: Running) -> None:
    async with come_in(running) as nobody:
        await nobody.say("hello")
        assert (await nobody.next("ack"))["error"]
    async with come_in(running, "Ann") as ann:
        await ann.say("/imagin a car")
        assert "/imagine" in (await ann.next("ack"))["error"]
        for wrong in ({"channel": "elsewhere"}, {"thread": "nowhere"}, {"picture": "gone.png"}, {"picture": "../x"}):
            await ann.say("hello", **wrong)
            ack = await ann.next("ack")
            assert ack["error"]
            assert not ack["said"]
        await ann.socket.send_str("{")
        assert (await ann.next("error"))["id"] == ""
        await ann.socket.send_bytes(b"\x00")
        await ann.socket.send_json({"type": "say", "id": "x"})
        assert (await ann.next("error"))["id"] == "x"
        await ann.say("still here")
        assert (await ann.next("ack"))["said"]


async def test_a_broken_handling_is_said_and_the_room_lives(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann:
        bot.broken = True
        id = await ann.say("/help")
        assert "broke" in (await ann.next("whisper"))["text"]
        assert (await ann.next("ack"))["id"] == id
        bot.broken = False
        await ann.say("/help")
        assert (await ann.next("whisper"))["text"].startswith("Write /imagine")


async def test_nobody_acts_as_another(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann, come_in(running, "Bob") as bob:
        await bob.socket.send_json({"type": "name", "name": "ann"})
        assert "already" in (await bob.next("error"))["error"]
        id = await ann.say("/imagine a red car")
        await ann.next("ack")
        await bob.say("/imagine a blue car", id=id)
        await bob.next("ack")
    assert sorted(turn.name for turn in bot.turns.values()) == ["Ann", "Bob"]


async def test_an_upload_starts_a_picture(running: Running, bot: ScriptedBot) -> None:
    data = png(pixels(1, 8))
    async with come_in(running, "Ann") as ann:
        upload = (await (await ann.web.post(f"{running.url}/upload", data=data)).json())["picture"]
        await ann.say("/imagine a red car", picture=upload)
        entry = await ann.next("entry")
        event = bot.events[-1]
        assert isinstance(event, Imagine)
        assert event.picture
        assert event.picture.data == data
        assert await (await ann.web.get(running.url + entry["picture"])).read() == data


async def test_an_upload_that_can_not_be_kept_is_said(running: Running, tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file where the folder should be")
    async with ClientSession() as web:
        answer = await web.post(f"{running.url}/upload", data=png(pixels(1, 8)))
        assert (answer.status, "disk" in (await answer.json())["error"]) == (507, True)


async def test_uploads_are_bounded_and_pictures(running: Running) -> None:
    async with ClientSession() as web:
        answer = await web.post(f"{running.url}/upload", data=b"\x89PNG\r\n\x1a\n" + bytes(LARGEST_UPLOAD))
        assert (answer.status, "25 MB" in (await answer.json())["error"]) == (413, True)
        answer = await web.post(f"{running.url}/upload", data=b"<svg onload=alert(1)>")
        assert answer.status == 415


@pytest.mark.parametrize(
    "path", ["/pictures/..%2f..%2fsecret", "/uploads/..%2f..%2fsecret", "/page/..%2fserver.py", "/page/../server.py"]
)
async def test_no_path_leads_out(running: Running, path: str) -> None:
    async with ClientSession() as web:
        assert (await web.get(URL(running.url + path, encoded=True))).status in (403, 404)


async def test_other_sites_are_refused(running: Running) -> None:
    foreign = {"Origin": "http://evil.example"}
    async with ClientSession() as web:
        with pytest.raises(WSServerHandshakeError, match="403"):
            await web.ws_connect(f"{running.url}/socket", headers=foreign)
        assert (await web.post(f"{running.url}/upload", data=b"x", headers=foreign)).status == 403
        assert (await web.get(running.url, headers={"Host": "evil.example"})).status == 421
        own = {"Origin": running.url}
        await (await web.ws_connect(f"{running.url}/socket", headers=own)).close()


async def test_the_page_runs_only_its_own_scripts(running: Running) -> None:
    async with ClientSession() as web:
        for path in ("/", "/page/main.js", "/words.json", "/nowhere"):
            answer = await web.get(running.url + path)
            policy = answer.headers["Content-Security-Policy"]
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        cookie = (await web.get(running.url)).headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie


async def test_health(running: Running) -> None:
    async with ClientSession() as web:
        assert await (await web.get(f"{running.url}/health")).json() == {"console": "open"}


async def test_the_password_opens_everything_and_nothing_else_does(tmp_path: Path, bot: ScriptedBot) -> None:
    jar = CookieJar(unsafe=True)
    async with console(tmp_path, bot, password="open sesame") as running, ClientSession(cookie_jar=jar) as web:
        answer = await web.get(running.url, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
        for path in ("/pictures/a.png", "/uploads/a", "/socket"):
            assert (await web.get(running.url + path)).status == 401
        assert (await web.post(f"{running.url}/upload", data=b"x")).status == 401
        for path in ("/login", "/words.json", "/page/login.js", "/health"):
            assert (await web.get(running.url + path)).status == 200
        for body in ("{", "[]", '{"password": 5}', '{"word": ""}'):
            assert (await web.post(f"{running.url}/login", data=body)).status in (400, 403)
        statuses = [(await web.post(f"{running.url}/login", json={"password": "wrong"})).status for _ in range(6)]
        assert statuses == [403, 403, 403, 403, 403, 429]
    async with console(tmp_path, bot, password="open sesame") as running, ClientSession(cookie_jar=jar) as web:
        assert (await web.post(f"{running.url}/login", json={"password": "open sesame"})).status == 204
        assert (await web.get(running.url)).status == 200
        async with come_in(running, "Ann", web):
            pass


async def test_a_port_in_use_has_its_own_error(running: Running) -> None:
    with pytest.raises(PortInUse) as taken:
        await serve(web.Application(), "127.0.0.1", running.port)
    assert taken.value.port == running.port


async def test_an_old_thread_is_there_for_who_asks(running: Running, bot: ScriptedBot) -> None:
    async with come_in(running, "Ann") as ann:
        bot.draw()
        await ann.say("/imagine a red car")
        thread = (await ann.final())["thread"]
        await ann.socket.send_json({"type": "look", "channel": "general", "thread": thread})
        log = await ann.next("log")
        assert [entry["kind"] for entry in log["entries"]] == ["said", "reply"]


async def test_what_a_platform_sends_passes_the_door_and_nothing_else_does(tmp_path: Path, bot: ScriptedBot) -> None:
    async def signed(request: web.Request) -> web.Response:
        return web.Response(text=await request.text())

    outside = {"Host": "pictures.example", "Origin": "https://elsewhere.example"}
    routes = [web.post("/signed", signed)]
    async with console(tmp_path, bot, "sesame", routes=routes) as running, ClientSession(headers=outside) as session:
        async with session.post(f"{running.url}/signed", data="words") as answer:
            assert (answer.status, await answer.text()) == (200, "words")
        for method, path in (("GET", "/signed"), ("POST", "/signed/more"), ("POST", "/upload"), ("GET", "/socket")):
            async with session.request(method, f"{running.url}{path}") as answer:
                assert answer.status in (401, 403, 421), path
