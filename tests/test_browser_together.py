"""Refining, voting and forking in a real Chromium, with a scripted bot behind it that draws when it is told to."""

import pytest
from playwright.async_api import expect

from bot.events import Invite
from tests.browser import Person, browser, person
from tests.console import Running
from tests.scripted_bot import ScriptedBot
from tests.test_browser import PROMPT, bot, replies, running, write, write_in_thread

__all__ = ["bot", "browser", "person", "running"]
pytestmark = pytest.mark.browser


async def test_chips_and_undo_by_keyboard_keep_the_focus(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    bot.draw(8)
    await write(page, f"/imagine {PROMPT}")
    await expect(replies(page).locator(".picks")).to_be_visible()
    await write_in_thread(page, "at night, 16:9, seed kept")
    second = replies(page).nth(1)
    await expect(second.locator(".picks")).to_be_visible()
    await expect(second).to_contain_text("+ at night, 1:1 -> 16:9, seed kept")
    chip = second.get_by_role("button", name="16:9 — remove")
    await second.get_by_role("button", name="Reply to").focus()
    await page.keyboard.press("Tab")
    await expect(chip).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(replies(page)).to_have_count(3)
    await expect(chip).to_be_focused()
    await expect(replies(page).nth(2).locator(".chip")).to_have_text("seed 42×")
    undo = second.get_by_role("button", name="Undo")
    await undo.focus()
    await page.keyboard.press("Enter")
    await expect(second).to_contain_text("Taken back by Ann.")
    await expect(undo).to_have_count(0)
    await expect(second.get_by_role("button", name="Again")).to_be_focused()


async def test_a_star_is_counted_and_is_ones_own(running: Running, bot: ScriptedBot, person: Person) -> None:
    ann, bob = await person(running.url, "Ann"), await person(running.url, "Bob")
    bot.draw()
    await write(ann, f"/imagine {PROMPT}")
    await bob.locator("main .open-thread").click()
    star = replies(bob).get_by_role("button", name="Star, picture 2")
    await star.focus()
    await bob.keyboard.press("Space")
    given = replies(bob).get_by_role("button", name="Star 1, picture 2")
    await expect(given).to_have_attribute("aria-pressed", "true")
    await expect(given).to_be_focused()
    await expect(given).not_to_have_attribute("aria-disabled", "true")
    anns = replies(ann).get_by_role("button", name="Star 1, picture 2")
    await expect(anns).to_have_attribute("aria-pressed", "false")
    await anns.click()
    await expect(ann.locator("#thread .whisper")).to_contain_text("none for oneself")
    await expect(anns).to_have_attribute("aria-pressed", "false")
    await bob.reload()
    await expect(given).to_have_attribute("aria-pressed", "true")
    await given.click()
    await expect(star).to_have_attribute("aria-pressed", "false")


async def test_the_tree_is_a_chart_with_its_words(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    bot.draw()
    await write(page, f"/imagine {PROMPT}")
    await expect(replies(page).locator(".picks")).to_be_visible()
    await write_in_thread(page, "/tree")
    tree = replies(page).nth(1)
    chart = tree.get_by_role("img", name="Chart: a tree of 2 sets, going on from #2")
    await expect(chart).to_have_js_property("naturalWidth", 320)
    async with page.context.expect_page() as opened:
        await chart.click()
    await expect((await opened.value).locator("img")).to_have_js_property("naturalWidth", 320)
    await tree.get_by_text("The same in words").click()
    await expect(tree.get_by_text("2  + at night")).to_be_visible()


async def test_a_fork_opens_its_thread_and_both_sides_lead_to_each_other(
    running: Running, bot: ScriptedBot, person: Person
) -> None:
    page = await person(running.url, "Ann")
    bot.draw()
    await write(page, f"/imagine {PROMPT}")
    await replies(page).get_by_role("button", name="Continue in a new thread").click()
    await expect(page.locator("#thread-title")).to_have_text("Ann's own way")
    await expect(page.locator("#thread .entry.said")).to_contain_text("/fork ")
    await replies(page).get_by_role("link", name="picture 1 of Ann's thread").click()
    await expect(page.locator("#thread-title")).to_have_text(PROMPT)
    await expect(page.locator("#threads button")).to_have_count(2)
    forth = replies(page).get_by_role("link", name="Ann's new thread")
    await forth.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread-title")).to_have_text("Ann's own way")
    await page.go_back()
    await expect(page.locator("#thread-title")).to_have_text(PROMPT)
    await page.go_forward()
    await page.reload()
    await expect(page.locator("#thread-title")).to_have_text("Ann's own way")


async def test_a_question_is_answered_by_a_button(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    bot.draw(8)
    await write(page, f"/imagine {PROMPT}")
    await expect(replies(page).locator(".picks")).to_be_visible()
    await write_in_thread(page, "make it blue")
    question = replies(page).nth(1)
    await expect(page.locator("#announcer")).to_contain_text("Which should be blue?")
    await question.get_by_role("button", name="the sky").focus()
    await page.keyboard.press("Enter")
    await expect(question).to_contain_text("Ann: the sky")
    await expect(question).to_be_focused()
    await expect(replies(page).nth(2)).to_contain_text("blue, the sky for Ann")


async def test_settings_are_completed_and_said(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    bot.draw()
    await write(page, f"/imagine {PROMPT}")
    await expect(replies(page).locator(".picks")).to_be_visible()
    field = page.locator("aside").get_by_role("textbox", name="Message")
    await field.focus()
    await page.keyboard.type("/settings ")
    await expect(page.locator("aside .hint")).to_contain_text("/settings [everyone|invited|owner]")
    await expect(page.get_by_role("option")).to_have_count(3)
    await page.keyboard.type("o")
    await page.keyboard.press("Tab")
    await expect(field).to_have_value("/settings owner")
    await page.keyboard.press("Enter")
    await expect(replies(page).nth(1)).to_contain_text("owner may refine here now")
    await page.keyboard.type("/settings ")
    await page.keyboard.press("Enter")
    await expect(replies(page).nth(2)).to_contain_text("everyone may refine here")
    await page.keyboard.type("/party cats --m")
    await page.keyboard.press("Tab")
    await expect(field).to_have_value("/party cats --minutes ")
    await field.fill("/settings nobody")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread .whisper")).to_contain_text("Write one of these: everyone, invited, owner.")


async def test_enter_sends_a_name_that_begins_another(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Bob")
    await person(running.url, "Bobby")
    await expect(page.locator("#people")).to_contain_text("Bobby")
    await page.locator("main").get_by_role("textbox", name="Message").focus()
    await page.keyboard.type("/invite ")
    await expect(page.get_by_role("option", name="@Bob")).to_have_count(2)
    await page.keyboard.type("@bob")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator("main").get_by_role("textbox", name="Message")).to_have_value("")
    assert [event.who.name for event in bot.events if isinstance(event, Invite)] == ["Bob"]


async def test_a_message_of_the_bots_is_answered(running: Running, bot: ScriptedBot, person: Person) -> None:
    page = await person(running.url, "Ann")
    bot.draw(8)
    await write(page, f"/imagine {PROMPT}")
    await replies(page).get_by_role("button", name=f"Reply to: {PROMPT}").click()
    await expect(page.locator("aside .answering")).to_contain_text(f"Answers: {PROMPT}")
    await page.keyboard.press("Escape")
    await expect(page.locator("aside .answering")).to_be_hidden()
    await expect(page.locator("aside")).to_be_visible()
    await replies(page).get_by_role("button", name=f"Reply to: {PROMPT}").click()
    await page.keyboard.type("darker")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name=f"In answer to: {PROMPT}").click()
    await expect(replies(page).first).to_be_focused()
    [first] = [turn for turn in bot.turns.values() if turn.prompt == PROMPT]
    assert (bot.events[-1].reply_to, bot.events[-1].addressed) == (first.id, True)  # type: ignore[union-attr]
