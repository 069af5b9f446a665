"""Slack's stage keeps the contract of Stage, on the loopback peer."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from adapters.slack.board import Board
from adapters.slack.calls import Calls, Pace
from adapters.slack.inbound import Names
from adapters.slack.opening import web_client
from adapters.slack.posting import Posting
from adapters.slack.render import CHIP
from adapters.slack.stage import Asked, SlackStage
from adapters.slack.uploads import Uploads
from adapters.slack.whispers import Ticket, Whispers
from adapters.slack.workspaces import OneWorkspace, connect
from bot.events import AnyEvent
from bot.place import Person, Place
from bot.replies import Link
from tests.contracts.stage import ANN, BOB, Seen, StageContract
from tests.peers.slack import Message
from tests.slack_scene import Scene, at_once, rising, scene, words

_LINK = re.compile(r"<(\S+?)/archives/(\w+)(?:/p(\d{10})(\d{6}))?\|([^>]*)>")


class SlackTheatre:
    """The adapter's stages over real HTTP, without Bolt."""

    def __init__(self, at: Scene, http: aiohttp.ClientSession, workspaces: OneWorkspace) -> None:
        self.at, self.files = at, dict[str, bytes]()
        uploads = Uploads(self._read, at.memory.posts, http, at_once)
        self._workspaces = workspaces
        self._board = Board(Posting(at.memory.posts), uploads, Pace(rising()))
        self._whispers = Whispers(uploads, http, Names(), rising())
        self.channel = Place("slack", at.ws.id, at.general.id)
        self._people = {ANN: at.ann, BOB: at.ben}

    def stage(self, event: AnyEvent) -> SlackStage:
        member = self._people[event.person]
        event = replace(event, person=replace(event.person, id=member.id))
        ticket = Ticket(trigger=self.at.peer.world.tickets.trigger(self.at.app, member))
        return SlackStage(self._workspaces, self._board, self._whispers, event.place, Asked(event, ticket))

    def stage_for(self, place: Place) -> SlackStage:
        return SlackStage(self._workspaces, self._board, self._whispers, place)

    async def keep(self, file: str, data: bytes) -> None:
        self.files[file] = data

    async def seen(self, place: Place) -> list[Seen]:
        found = self.at.peer.messages(self.at.general, thread=place.thread or None)
        return [await self._seen(place, it, key) for it in found if (key := _key(it))]

    async def _seen(self, place: Place, message: Message, key: str) -> Seen:
        posted = await self.at.memory.posts.posted(place, key)
        assert posted
        assert posted.message == f"{place.channel}/{message.ts}"
        images = [block for block in message.blocks if block["type"] == "image"]
        marked = [it["text"] for block in message.blocks if block["type"] == "context" for it in block["elements"]]
        links = []
        for _, channel, whole, rest, label in _LINK.findall("".join(marked)):
            links.append(Link(label, replace(place, channel=channel, thread=f"{whole}.{rest}" if whole else "")))
        return Seen(
            words(message),
            posted.final,
            chips=tuple(it["text"]["text"] for _, it in message.elements if it["action_id"].startswith(CHIP)),
            charts=tuple(block["alt_text"] for block in images if "title" not in block),
            links=tuple(links),
            stars=tuple(_stars(block["title"]["text"]) for block in images if "title" in block),
        )

    async def whispers(self, person: Person) -> list[str]:
        return [words(it) for it in self._people[person].whispers]

    async def forms(self, person: Person) -> list[str]:
        return [view.title for view in self._people[person].views]

    async def _read(self, file: str) -> bytes:
        return self.files[file]


def _key(message: Message) -> str:
    """Of a reply; roots and calls are no replies."""
    key = str((message.metadata or {}).get("event_payload", {}).get("key", ""))
    return "" if key.startswith("root ") or key.endswith(" called") else key


def _stars(title: str) -> int:
    found = re.search(r"★ (\d+)", title)
    return int(found[1]) if found else 0


@pytest.fixture
async def theatre(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[SlackTheatre]:
    async with scene(monkeypatch, tmp_path) as at, aiohttp.ClientSession() as http:
        workspace = await connect(web_client(at.peer.api_url, http, at.bot.token), Calls(at_once))
        yield SlackTheatre(at, http, OneWorkspace(workspace))


class TestSlackStage(StageContract):
    """All of the contract."""
