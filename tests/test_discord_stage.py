"""Discord's stage keeps the contract of Stage, on the loopback Discord."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.answers import InteractionAnswer
from adapters.discord.stage import Asked, DiscordStage
from adapters.relay import Stage
from bot.buttons import Unset, from_token
from bot.events import AnyEvent, Message, Press
from bot.place import Person, Place
from bot.replies import Link, Reply, Shown
from tests.contracts.stage import ANN, BOB, Seen, StageContract
from tests.discord_kit import House, house
from tests.peers.discord.things import Channel
from tests.peers.discord.things import Message as Posted

LINK = re.compile(r"^\[(.+)\]\(https://discord\.com/channels/(\d+)/(\d+)\)$")
STARS = re.compile(r"^#(\d+): (\d+) stars?$")


class DiscordTheatre:
    """Ann and Bob in a channel of a server."""

    def __init__(self, there: House) -> None:
        self.house, peer = there, there.peer
        self.guild = peer.add_guild()
        self.general = self.guild.add_channel()
        self.people = {ANN.id: self.guild.add_member("Ann"), BOB.id: self.guild.add_member("Bob")}
        self.channel = Place("discord", str(self.guild.id), str(self.general.id))
        self.buttons: Posted | None = None
        self.waiting: asyncio.Queue[Any] = asyncio.Queue()

    def stage(self, event: AnyEvent) -> Stage:
        return _Arriving(self, event)

    def stage_for(self, place: Place) -> DiscordStage:
        return self.house.client.stage_for(place)

    async def keep(self, file: str, data: bytes) -> None:
        self.house.bot.files[file] = data

    async def seen(self, place: Place) -> list[Seen]:
        where = self.house.peer.world.channels[int(place.thread or place.channel)]
        asked = {each.id for each in self.general.messages.values() if each.thread}
        return [
            await self._seen(place, each)
            for each in self.house.ours(where)
            if each.id not in asked and each is not self.buttons
        ]

    async def _seen(self, place: Place, message: Posted) -> Seen:
        posted = await self.house.memory.posts.shown_by("discord", str(message.id))
        assert posted
        text, links, stars = [], [], {}
        for line in message.text.split("\n"):
            if link := LINK.match(line):
                links.append(Link(link[1], self._place(int(link[3]))))
            elif starred := STARS.match(line):
                stars[int(starred[1])] = int(starred[2])
            else:
                text.append(re.sub(r"\\(.)", r"\1", line))
        unset = [each for each in message.buttons if isinstance(from_token(each.custom_id or ""), Unset)]
        pictures = [each for each in message.gallery if (each.description or "").startswith("AI image")]
        charts = [each.description or "" for each in message.gallery if each not in pictures]
        return Seen(
            "\n".join(text),
            posted.final,
            chips=tuple(each.label for each in unset),
            charts=tuple(charts),
            links=tuple(links),
            stars=tuple(stars.get(number, 0) for number in range(1, len(pictures) + 1)),
        )

    def _place(self, id: int) -> Place:
        channel = self.house.peer.world.channels[id]
        return self.channel.in_thread(str(id) if channel.thread else "")

    async def whispers(self, person: Person) -> list[str]:
        who = self.people[person.id]
        return [each.text for each in self._everywhere() if each.ephemeral_to is who and not each.loading]

    async def forms(self, person: Person) -> list[str]:
        who = self.people[person.id]
        these = [each for each in self.house.peer.world.interactions.values() if each.user is who and each.modal]
        return [str(each.modal["title"]) for each in these if each.modal]

    def _everywhere(self) -> list[Posted]:
        channels: list[Channel] = list(self.house.peer.world.channels.values())
        return [each for channel in channels for each in channel.messages.values() if not each.deleted]


class _Arriving:
    """The stage of an event that its person causes on Discord when it is first needed."""

    def __init__(self, theatre: DiscordTheatre, event: AnyEvent) -> None:
        self._theatre, self._event = theatre, event
        self._made: DiscordStage | None = None

    async def open(self) -> Place:
        return await (await self._stage()).open()

    async def show(self, shown: Shown) -> None:
        if isinstance(shown, Reply) and shown.mention:
            shown = replace(shown, mention=str(self._theatre.people[shown.mention].id))
        await (await self._stage()).show(shown)

    async def _stage(self) -> DiscordStage:
        if self._made is None:
            interaction = await self._arrived()
            answer = InteractionAnswer(interaction, self._theatre.house.client.posting)
            if not isinstance(self._event, Press):
                assert await answer.acknowledge()
            person = replace(self._event.person, id=str(interaction.user.id))
            event = replace(self._event, person=person)
            self._made = DiscordStage(self._theatre.house.client.posting, event.place, Asked(event, answer))
        return self._made

    async def _arrived(self) -> Any:
        theatre, event = self._theatre, self._event
        who = theatre.people[event.person.id]
        where = theatre.house.peer.world.channels[int(event.place.thread or event.place.channel)]
        if isinstance(event, Press):
            if theatre.buttons is None:
                await theatre.house.client.posting.show(theatre.channel, _BUTTON)
                theatre.buttons = theatre.house.ours(theatre.general)[-1]
            await who.press(theatre.buttons, "Press me")
        elif isinstance(event, Message):
            await who.command(where, "queue")
        else:
            await who.command(where, "help")
        return await theatre.waiting.get()


def _button() -> Reply:
    from bot.buttons import Stop
    from bot.replies import Button

    return Reply(key="buttons", text="press", buttons=(Button("Press me", Stop("t0")),))


_BUTTON = _button()


class TestDiscordStage(StageContract):
    @pytest.fixture
    async def theatre(self, tmp_path: Path) -> AsyncIterator[DiscordTheatre]:
        async with house(tmp_path) as there:
            theatre = DiscordTheatre(there)

            async def take(interaction: Any, *_: Any) -> None:
                theatre.waiting.put_nowait(interaction)

            there.take = take
            async with there.running():
                yield theatre
