"""The console in a real Chromium, with a scripted bot behind it that draws when it is told to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.events import COMMANDS
from tests.browser import Person, browser, person
from tests.console import Running, console
from tests.scripted_bot import ScriptedBot, pixels, png

__all__ = ["browser", "person"]
pytestmark = pytest.mark.browser

PROMPT = "a red car on a blue background"


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture
async def running(tmp_path: Path, bot: ScriptedBot) -> AsyncIterator[Running]:
    async with console(tmp_path, bot) as running:
        yield running


async def write(page: Page, text: str, where: str = "main") -> None:
    """Type into a composer and press Enter."""
    field = page.locator(where).get_by_role("textbox", name="Message")
    await field.fill(text)
    await field.press("Enter")


async def write_in_thread(page: Page, text: str) -> None:
    await write(page, text, "aside")


def replies(page: Page) -> Locator:
    """The bot's replies in the thread that is open."""
    return page.locator("#thread .entry.reply")


async def test_imagine_opens_a_thread_and_the_pictures_sharpen_in_place(
    running: Running, bot: ScriptedBot, person: Person
) -> None:
    page = await person(running.url, "Ann")
    await page.get_by_role("button", name=PROMPT).click()
    await page.keyboard.press("Enter")
    reply = replies(page)
    await expect(reply).to_contain_text("3rd in line")
    bar = reply.get_by_role("progressbar")
    await expect(bar).to_have_js_property("position", -1)  # indeterminate: nothing is measured yet
    bot.draw(1)
    tiles = reply.locator(".tile")
    await expect(tiles).to_have_count(4)
    await expect(bar).to_have_attribute("value", "0.25")
    first = await tiles.first.evaluate("tile => (window.kept = tile, tile.querySelector('img').src)")
    blur = await tiles.first.evaluate("tile => parseInt(tile.style.getPropertyValue('--blur'))")
    bot.draw(2)
    await expect(bar).to_have_attribute("value", "0.75")
    assert await tiles.first.evaluate("tile => tile === window.kept && tile.querySelector('img').src") != first
    assert 0 < await tiles.first.evaluate("tile => parseInt(tile.style.getPropertyValue('--blur'))") < blur
    bot.draw(1)
    picture = reply.get_by_role("img", name=f"AI image: {PROMPT} (picture 2 of 4)")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 256)
    assert await tiles.first.evaluate("tile => tile === window.kept"), "the tile has stayed where it was"
    await expect(bar).to_be_hidden()
    await expect(page.locator("main .open-thread")).to_contain_text("1 reply")
    await expect(page.locator("main .open-thread img")).to_have_count(4)


async def test_buttons_pick_vary_edit_and_stop(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    bot.draw()
    await write(page, f"/imagine {PROMPT}")
    await replies(page).get_by_role("button", name="2: pick picture 2").click()
    await expect(replies(page)).to_contain_text("going on from #2")
    await expect(page.locator("#thread .whisper")).to_contain_text("You chose #2")
    bot.draw()
    await page.get_by_role("button", name="Vary 2 (strong)").click()
    await expect(replies(page)).to_have_count(2)
    await expect(replies(page).nth(1).locator(".tile img[alt^='AI image']")).to_have_count(4)
    bot.draw()
    await replies(page).first.get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Edit the prompt")
    await form.get_by_label("Prompt").fill("a blue car")
    await form.get_by_role("button", name="Send").click()
    await expect(replies(page).nth(2)).to_contain_text("a blue car for Ann")
    await expect(replies(page).nth(2).locator(".picks")).to_be_visible()
    await write_in_thread(page, "darker")
    await page.get_by_role("button", name="Stop").click()
    await expect(replies(page).nth(3)).to_contain_text("Stopped.")


async def test_two_people_in_one_thread(running: Running, bot: ScriptedBot, person: Person) -> None:
    ann, bob = await person(running.url, "Ann"), await person(running.url, "Bob")
    await expect(ann.locator("#people")).to_contain_text("Bob")
    bot.draw()
    await write(ann, f"/imagine {PROMPT}")
    await bob.locator("main .open-thread").click()
    await expect(replies(bob).locator(".tile img[alt^='AI image']")).to_have_count(4)
    await write_in_thread(bob, "make it night")
    bot.draw(2)
    for page in (ann, bob):
        await expect(page.locator("#thread .entry.said").nth(1)).to_contain_text("make it night")
        await expect(replies(page).nth(1).get_by_role("progressbar")).to_have_attribute("value", "0.5")
    bot.draw(2)
    await expect(replies(bob).nth(1)).to_have_class("entry reply for-you")
    await expect(replies(ann).nth(1)).not_to_have_class("entry reply for-you")


async def test_a_reload_in_the_middle_loses_nothing(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    await write(page, f"/imagine {PROMPT}")
    bot.draw(2)
    await expect(replies(page).get_by_role("progressbar")).to_have_attribute("value", "0.5")
    await page.locator("aside").get_by_role("textbox").fill("a draft")
    await page.reload()
    await expect(page.locator("#me")).to_contain_text("Ann")
    await page.locator("main .open-thread").click()
    await expect(replies(page).get_by_role("progressbar")).to_have_attribute("value", "0.5")
    await expect(page.locator("aside").get_by_role("textbox")).to_have_value("a draft")
    bot.draw(2)
    await expect(replies(page).locator(".tile img[alt^='AI image']")).to_have_count(4)
    await expect(replies(page)).to_have_count(1)


async def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path, bot: ScriptedBot, person: Person) -> None:
    async with console(tmp_path, bot) as running:
        page = await person(running.url, "Ann")
        await write(page, f"/imagine {PROMPT}")
        bot.draw(2)
        await expect(replies(page).get_by_role("progressbar")).to_have_attribute("value", "0.5")
    await expect(page.get_by_text("Connection lost")).to_be_visible()
    await write_in_thread(page, "said while nobody listened")
    await expect(page.locator("#thread .entry.pending")).to_contain_text("said while nobody listened")
    async with console(tmp_path, bot, port=running.port):
        await page.get_by_role("button", name="Try now").or_(page.get_by_text("Connected", exact=True)).click()
        await expect(page.get_by_text("Connected", exact=True)).to_be_visible()
        await expect(page.locator("#thread .entry.said").nth(1)).to_contain_text("said while nobody listened")
        await expect(page.locator("#thread .entry.pending")).to_have_count(0)
        bot.draw(8)
        await expect(replies(page).locator(".tile img[alt^='AI image']")).to_have_count(8)
    assert len(bot.turns) == 2


async def test_completion_by_keyboard(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    field = page.locator("main").get_by_role("textbox")
    await page.locator("#state").click()
    await page.keyboard.press("Tab")
    await page.locator("#channel .scroller").focus()
    await page.keyboard.press("/")
    await expect(field).to_be_focused()
    await page.keyboard.type("/")
    await expect(page.get_by_role("option")).to_have_count(len(COMMANDS))
    await expect(page.get_by_role("option", name="/imagine prompt")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("option", name="/describe")).to_have_attribute("aria-selected", "true")
    await page.keyboard.type("im")
    await page.keyboard.press("Tab")
    await expect(field).to_have_value("/imagine ")
    await expect(page.locator("main .hint")).to_contain_text("What to draw")
    await page.keyboard.type("a car --as")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("/imagine a car --ar ")
    await page.keyboard.type("16:9")
    await page.keyboard.press("Enter")
    await expect(page.locator("main .entry.said")).to_contain_text("a car --ar 16:9")


async def test_a_mistake_is_answered_in_words_and_the_words_come_back(running: Running, person: Person) -> None:
    page = await person(running.url, "Ann")
    field = page.locator("main").get_by_role("textbox")
    await write(page, "/imagin a cat")
    await expect(page.locator("main .whisper")).to_contain_text("Did you mean /imagine?")
    await expect(field).to_have_value("/imagin a cat")
    await write(page, "/imagine forbidden things")
    await expect(page.locator("main .whisper").nth(1)).to_contain_text("does not draw")
    await expect(field).to_have_value("/imagine forbidden things")
    await write(page, "/help")
    await expect(page.locator("main .whisper").nth(2)).to_contain_text("Write /imagine")
    await expect(field).to_have_value("")
    await page.locator("main .whisper").first.get_by_role("button", name="Dismiss").click()
    await expect(page.locator("main .whisper")).to_have_count(2)
    await write(page, "x" * 20_001)
    await expect(page.get_by_role("alert").filter(has_text="20001")).to_be_visible()
    await expect(page.locator("main .entry.said")).to_have_count(0)


async def test_a_picture_is_brought_and_one_is_used_as_start(
    running: Running, bot: ScriptedBot, person: Person, tmp_path: Path
) -> None:
    page = await person(running.url, "Ann")
    await page.evaluate(
        """async (bytes) => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(bytes)], "mine.png", { type: "image/png" }));
            document.getElementById("channel").dispatchEvent(
                new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        list(png(pixels(1, 16))),
    )
    await expect(page.locator("main .attachment")).to_contain_text("Starts from mine.png")
    field = page.locator("main").get_by_role("textbox")
    await expect(field).to_have_value("/imagine ")
    bot.draw()
    await page.keyboard.type("a hill")
    await page.keyboard.press("Enter")
    await expect(page.locator("main .brought")).to_have_js_property("naturalWidth", 16)
    await expect(page.locator("main .attachment")).to_be_hidden()
    assert bot.events[-1].picture.data == png(pixels(1, 16))  # type: ignore[union-attr]
    await replies(page).locator(".tile").nth(2).click()
    await page.get_by_role("dialog").get_by_role("button", name="Use as start").click()
    await expect(page.locator("aside .attachment")).to_be_visible()
    bot.draw()
    await write_in_thread(page, "at night")
    await expect(replies(page)).to_have_count(2)
    file = next(file for file in bot.files if file.endswith("-3.png"))
    assert bot.events[-1].picture.data == bot.files[file]  # type: ignore[union-attr]


async def test_the_large_picture_by_keyboard(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    bot.draw()
    await write(page, f"/imagine {PROMPT}")
    tile = replies(page).locator(".tile").nth(3)
    await expect(tile).to_be_enabled()
    await tile.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Picture 4 of 4")
    await expect(dialog.get_by_text(f"AI image: {PROMPT} (picture 4 of 4)")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("dialog", name="Picture 1 of 4")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download").click()
    assert (await (await download.value).path()).read_bytes() in bot.files.values()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(tile).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("aside")).to_be_hidden()


async def test_a_mention_elsewhere_shows_in_the_title(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    await write(page, f"/imagine {PROMPT}")
    await expect(replies(page)).to_have_count(1)
    await page.get_by_role("button", name="Close").click()
    bot.draw()
    await expect(page).to_have_title("(1) Sextant")
    await expect(page.locator("#threads .mark.unread")).to_have_count(1)
    await page.locator("main .open-thread").click()
    await expect(page).to_have_title("Sextant")
    await expect(page.locator("#threads .mark")).to_have_count(0)


async def test_on_a_phone_one_column_at_a_time(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    bot.draw()
    await write(page, f"/imagine {PROMPT}")
    await expect(replies(page).locator(".picks")).to_be_visible()
    await expect(page.locator("main")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.get_by_role("button", name="Back", exact=True).click()
    await expect(page.locator("main")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.get_by_role("button", name="Menu").click()
    await expect(page.locator("main")).to_be_hidden()
    await page.locator("#threads button").click()
    await expect(page.locator("aside")).to_be_visible()


async def test_light_and_dark(running: Running, person: Person) -> None:
    page = await person(running.url, "Ann", color_scheme="dark")

    async def ground() -> str:
        return str(await page.evaluate("getComputedStyle(document.body).backgroundColor"))

    dark = await ground()
    await page.emulate_media(color_scheme="light")
    light = await ground()
    assert dark != light
    for look, expected in (("light", light), ("dark", dark), ("auto", light)):
        await page.locator("#theme").click()
        await expect(page.locator("#theme")).to_have_text(f"Look: {look}")
        assert await ground() == expected
        await page.reload()
        await expect(page.locator("#me")).to_contain_text("Ann")
        assert await ground() == expected


async def test_words_of_people_are_never_markup(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "<b>Ann</b>")
    bot.draw()
    await write(page, "/imagine <img src=x onerror=document.title='broken'>")
    await expect(replies(page).locator(".picks")).to_be_visible()
    await expect(page.locator("main .entry-head b")).to_have_text("<b>Ann</b>")
    await expect(page.locator("img[src=x]")).to_have_count(0)
    await expect(page).to_have_title("Sextant")


async def test_the_door_asks_for_the_password(tmp_path: Path, bot: ScriptedBot, browser: Browser) -> None:
    async with console(tmp_path, bot, password="open sesame") as running:
        page = await browser.new_page()
        await page.goto(running.url)
        field = page.get_by_label("Password")
        await field.fill("wrong")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text("That is not the password.")
        await field.fill("open sesame")
        await page.get_by_role("button", name="Come in").click()
        await expect(page.get_by_label("Your name")).to_be_visible()
