from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from bot import address, command_text, resolve, wording_people
from bot import sameness as same
from bot.draw import Drawer
from bot.errors import BadAddress, BotError, NotFound, OutOfRange
from bot.events import Show, Upload
from bot.finder import Finder, Found
from bot.models import Models
from bot.place import Person, Place
from bot.query import Query
from bot.replies import Reply, Shown, Whisper
from bot.sameness import Differs, OtherSize, SameBytes, SamePixels, compare, sameness
from bot.show import Showing
from bot.turns import Turns
from engine.errors import BadPicture, ModelNotFound
from tests.fakes import CARD
from tests.kit import ANN, BOB, CHANNEL, Kit, final, kit
from tests.test_front_door import png

ELSEWHERE = replace(CHANNEL, workspace="other")
UNSEEN = Query(
    prompt="a fox", width=64, height=64, steps=4, guidance_scale=5.0, scheduler="DDIM", seed=9, count=4, model=CARD.name
)


@dataclass
class Shows:
    """The bot with /show over its memory."""

    bot: Kit
    finder: Finder
    showing: Showing

    async def find(self, id: str, person: Person = ANN, place: Place = CHANNEL, again: bool = False) -> Found:
        return await self.finder.find(Show(event_id="f", place=place, person=person, id=id, again=again))

    async def show(self, id: str, person: Person = ANN, place: Place = CHANNEL) -> Shown:
        event = Show(event_id=uuid4().hex, place=place, person=person, id=id)
        [shown] = [each async for each in self.showing.handle(event)]
        return shown

    async def query(self, reply: Reply) -> Query:
        turn = await self.bot.memory.turn(reply.key)
        assert turn
        return Query.from_canonical(turn.query)


@asynccontextmanager
async def shows(folder: Path) -> AsyncIterator[Shows]:
    async with kit(folder) as bot:
        finder = Finder(Models(bot.engine, CARD.name), bot.memory)
        yield Shows(bot, finder, Showing(finder, Drawer(bot.engine, bot.memory, bot.files, Turns())))


async def test_a_set_comes_back_by_its_id_its_address_and_its_links(tmp_path: Path) -> None:
    async with shows(tmp_path) as it:
        made = final(await it.bot.imagine("a red car --ar 16:9 --seed 7"))
        query = await it.query(made)
        code = address.to_code(query)
        for id in (
            made.key,
            f" #{made.key.upper()} ",
            code,
            str(address.to_integer(query)),
            f"https://chat.example/show/{code}",
            f"<https://chat.example/#{made.key}|a link>",
            f"https://chat.example/?id={made.key}&x=1",
            f"https://chat.example/#/thread/{code}",
        ):
            reply = await it.show(id, BOB)
            assert isinstance(reply, Reply)
            assert reply.pictures == made.pictures, id
            assert reply.final
            assert code in reply.text
            assert "16:9" in reply.text


async def test_one_picture_comes_back_alone_with_an_address_of_its_own(tmp_path: Path) -> None:
    async with shows(tmp_path) as it:
        made = final(await it.bot.imagine("a red car --seed 7"))
        third = (await it.query(made)).picture(2)
        code = address.to_code(third)
        for id in (
            made.pictures[2].id,
            code,
            str(address.to_integer(third)),
            made.pictures[2].file,
            f"http://127.0.0.1:8000/pictures/{made.pictures[2].file}",
            f"https://cdn.example/a/1/2/{made.pictures[2].id}.png?ex=66&is=12",
        ):
            assert (await it.find(id)).query == third
            reply = await it.show(id, BOB)
            assert isinstance(reply, Reply)
            assert reply.pictures == (made.pictures[2],)
            assert code in reply.text


async def test_what_is_shown_can_be_typed_to_get_it_again(tmp_path: Path) -> None:
    async with shows(tmp_path) as it:
        made = final(await it.bot.imagine("a {red} car --steps 3 --no fog --seed 7".replace("{red}", "red")))
        reply = await it.show(made.key)
        assert isinstance(reply, Reply)
        typed = next(line for line in reply.text.splitlines() if "--steps" in line).partition(": ")[2]
        [ask] = command_text.parse(typed)
        assert resolve.to_query(ask, CARD, random_seed=0)[0] == await it.query(made)


async def test_nothing_private_and_nothing_of_another_workspace_comes_back(tmp_path: Path) -> None:
    async with shows(tmp_path) as it:
        secret = final(await it.bot.imagine("a secret --private --seed 7"))
        open_to_all = final(await it.bot.imagine("a red car --seed 7", thread="t2"))
        mine = await it.show(secret.key)
        assert isinstance(mine, Whisper)
        assert len(mine.pictures) == 4
        for id in (secret.key, secret.pictures[0].id, secret.pictures[0].file):
            with pytest.raises(NotFound):
                await it.find(id, BOB)
        for id in (open_to_all.key, open_to_all.pictures[0].file):
            with pytest.raises(NotFound):
                await it.find(id, ANN, ELSEWHERE)
        code = address.to_code(await it.query(secret))
        assert (await it.find(code, BOB)).turn is None
        told = await it.show(code, BOB)
        assert isinstance(told, Whisper)
        assert not told.pictures
        assert not told.buttons


async def test_what_is_deleted_does_not_come_back(tmp_path: Path) -> None:
    async with shows(tmp_path) as it:
        made = final(await it.bot.imagine("a red car"))
        code = address.to_code(await it.query(made))
        await it.bot.memory.delete_turn(made.key, "deleted")
        for id in (made.key, made.pictures[0].file):
            with pytest.raises(NotFound):
                await it.find(id)
        assert (await it.find(code)).turn is None


async def test_an_address_that_nobody_drew_says_what_it_stands_for(tmp_path: Path) -> None:
    async with shows(tmp_path) as it:
        code = address.to_code(replace(UNSEEN, steps=3))
        told = await it.show(code)
        assert isinstance(told, Whisper)
        assert all(words in told.text for words in ("a fox", "3 steps", "seed 9", f"/show {code} --again"))
        assert told.buttons == ()
        assert (await it.find(code, again=True)).query == replace(UNSEEN, steps=3)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"steps": 10**9}, OutOfRange),
        ({"count": 1000}, OutOfRange),
        ({"guidance_scale": 31.0}, OutOfRange),
        ({"chaos": -1}, BotError),
        ({"width": 0}, OutOfRange),
        ({"width": 64 * 5}, OutOfRange),
        ({"width": 64 * 1000, "height": 64 * 1000}, OutOfRange),
        ({"model": "/etc/passwd"}, ModelNotFound),
        ({"scheduler": "nosuch"}, BotError),
        ({"prompt": "a\nfox\x00"}, BadAddress),
        ({"prompt": ""}, BotError),
        ({"start": "k7m2p9xw-1"}, NotFound),
        ({"strength": 0.2}, BadAddress),
    ],
)
async def test_an_address_opens_nothing_that_words_could_not(
    tmp_path: Path, wrong: dict[str, Any], error: type[Exception]
) -> None:
    async with shows(tmp_path) as it:
        with pytest.raises(error):
            await it.find(address.to_code(replace(UNSEEN, **wrong)))


async def test_an_address_starts_from_no_picture_that_the_asker_may_not_see(tmp_path: Path) -> None:
    async with shows(tmp_path) as it:
        mine = final(await it.bot.imagine("a red car --private", picture=Upload("a.png", png((64, 64)))))
        query = replace(await it.query(mine), seed=1)
        assert (await it.find(address.to_code(query))).query == query
        with pytest.raises(NotFound):
            await it.find(address.to_code(query), BOB)


@pytest.mark.parametrize(
    "id", ["", "nosuch", "k7m2p9xw-2", "3", "#1", "https://[", "https://a.example/channels/1/22/333"]
)
async def test_what_is_not_there_is_not_found(tmp_path: Path, id: str) -> None:
    async with shows(tmp_path) as it:
        with pytest.raises(NotFound):
            await it.find(id)


async def test_a_slip_in_an_address_is_named(tmp_path: Path) -> None:
    async with shows(tmp_path) as it:
        code = address.to_code(UNSEEN)
        slip = f"{code[:-1]}{'a' if code[-1] != 'a' else 'b'}"
        for id in (slip, f"https://a.example/show/{slip}", str(address.to_integer(UNSEEN) + 1)):
            with pytest.raises(BadAddress) as caught:
                await it.find(id)
            assert "slip" in wording_people.apology(caught.value)


def file(pixels: np.ndarray, text: str = "") -> bytes:
    from PIL.PngImagePlugin import PngInfo

    data, info = BytesIO(), PngInfo()
    info.add_text("about", text)
    Image.fromarray(pixels).save(data, "PNG", pnginfo=info)
    return data.getvalue()


async def test_how_like_a_picture_drawn_again_is() -> None:
    black = np.zeros((8, 12, 3), np.uint8)
    nearly = black.copy()
    nearly[3, 4, 1] = 250
    kept = file(black)
    assert await compare(kept, file(black)) == SameBytes()
    assert await compare(kept, file(black, "drawn later")) == SamePixels()
    assert await compare(kept, file(nearly)) == Differs(250)
    assert await compare(file(nearly), kept) == Differs(250)
    assert await compare(kept, file(black[:4])) == OtherSize((12, 8), (12, 4))
    large = np.zeros((4, 3000, 3), np.uint8)
    assert await compare(file(large), file(large[:, :2990])) == OtherSize((3000, 4), (2990, 4)), "as it is"
    with pytest.raises(BadPicture):
        await compare(kept, b"no picture")


def test_every_likeness_has_words() -> None:
    words = [sameness(each) for each in (SameBytes(), SamePixels(), Differs(9), OtherSize((1, 2), (3, 4)))]
    assert len(set(words)) == 4
    assert "9 of 255" in words[2]
    assert same.LONGEST_SIDE >= 2**16
