"""The main job in a real Chromium with the shipped model, from the first words to a restart in the middle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import torch
from playwright.async_api import expect

from adapters.console.opening import Address, opened
from bot.replies import Preview
from engine.models import clip, loading
from engine.pixels import encode_preview
from engine.reader import ClipModel
from engine.stepper import Stepper, Whole
from tests.browser import Person, browser, person
from tests.kit import kit
from tests.test_browser import replies, write, write_in_thread

__all__ = ["browser", "person"]
pytestmark = pytest.mark.browser


class House:
    """The whole bot behind its console, to be stopped and started again on the same port and data."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port, self._stack = folder, 0, AsyncExitStack()
        self.url = ""

    async def start(self) -> None:
        self._stack = AsyncExitStack()
        bot = await self._stack.enter_async_context(
            kit(self._folder, _open_model, open_clip=_open_clip, model="pocket")
        )
        console = opened(
            bot.bot, bot.files.get, _encode, folder=self._folder, address=Address("127.0.0.1", self._port), health=dict
        )
        self.url = await self._stack.enter_async_context(console)
        self._port = int(self.url.rsplit(":", 1)[1])

    async def stop(self) -> None:
        await self._stack.aclose()


def _open_model(name: str) -> Stepper | Whole:
    torch.set_num_threads(1)
    return loading.stepper(loading.load(name, folder=Path("models")), None)


def _open_clip() -> ClipModel:
    return clip.Clip(clip.POCKET, name="pocket")


def _encode(preview: Preview) -> bytes:
    return encode_preview(preview.pixels, preview.width, preview.height)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    await house.start()
    yield house
    await house.stop()


async def test_the_main_job_from_end_to_end(house: House, person: Person) -> None:
    ann, bob = await person(house.url, "Ann"), await person(house.url, "Bob")
    await write(ann, "/imagine a red car on a blue background --seed 3")
    first = replies(ann).first
    await expect(first.locator(".tile")).to_have_count(4, timeout=60_000)
    blurred = await first.locator(".tile img").first.get_attribute("src")
    assert blurred
    assert blurred.startswith("data:")
    pictures = first.get_by_role("img", name="AI image: a red car on a blue background (picture")
    await expect(pictures).to_have_count(4, timeout=60_000)
    await expect(pictures.first).to_have_js_property("naturalWidth", 128)

    await first.get_by_role("button", name="2: pick picture 2").click()
    await expect(first).to_contain_text("going on from #2")
    await first.get_by_role("button", name="Vary 2 (strong)").click()
    await expect(replies(ann)).to_have_count(2)

    # Somebody else goes on in the same thread meanwhile, and both see both.
    await bob.locator("main .open-thread").click()
    await write_in_thread(bob, "a green car --steps 150 --n 10")
    await expect(replies(ann)).to_have_count(3, timeout=60_000)
    await expect(replies(ann).nth(1).locator(".picks")).to_be_visible(timeout=60_000)

    # A reload in the middle, and a restart of the program in the middle: the long one goes on.
    await ann.reload()
    await ann.locator("main .open-thread").click()
    await expect(replies(ann)).to_have_count(3)
    await house.stop()
    await expect(ann.get_by_text("Connection lost")).to_be_visible()
    await house.start()
    await expect(replies(bob).nth(2).get_by_role("progressbar")).to_be_visible(timeout=60_000)

    # Buttons of before the restart: Bob stops his own, Ann's old one still varies.
    await replies(bob).nth(2).get_by_role("button", name="Stop").click()
    await expect(replies(ann).nth(2)).to_contain_text("Stopped by Bob", timeout=60_000)
    await replies(ann).first.get_by_role("button", name="Vary").first.click()
    await expect(replies(ann).nth(3).locator(".picks")).to_be_visible(timeout=60_000)
    await expect(replies(bob)).to_have_count(4)


async def test_several_sets_at_once_are_all_drawn(house: House, person: Person) -> None:
    wishes = {"a cat": await person(house.url, "Ann"), "a dog": await person(house.url, "Bob")}
    await asyncio.gather(*(write(page, f"/imagine {wish} --steps 4") for wish, page in wishes.items()))
    for wish, page in wishes.items():
        pictures = replies(page).get_by_role("img", name=f"AI image: {wish} (picture")
        await expect(pictures).to_have_count(4, timeout=60_000)
