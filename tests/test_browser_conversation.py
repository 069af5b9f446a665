"""Two people find a picture in a real Chromium, with the whole bot and the shipped model."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser import Person, browser, person
from tests.test_browser import replies, write, write_in_thread
from tests.test_browser_story import House, house

__all__ = ["browser", "house", "person"]
pytestmark = pytest.mark.browser

SHOTS = os.environ.get("SEXTANT_TEST_SHOTS", "")
"""A folder for screenshots, for whoever wants to look."""


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png")


def done(page: Page, number: int) -> Locator:
    """The pick buttons of a set, which come with its pictures."""
    return replies(page).nth(number).locator(".picks")


async def test_two_people_refine_undo_fork_vote_and_hold_a_round(house: House, person: Person) -> None:
    ann, bob = await person(house.url, "Ann"), await person(house.url, "Bob")
    await write(ann, "/imagine a red car on a yellow background --steps 6 --seed 3")
    await expect(done(ann, 0)).to_be_visible(timeout=60_000)
    await bob.locator("main .open-thread").click()

    # The change is said before anything is drawn, with whose it is.
    await write_in_thread(bob, "make it blue, please")
    second = replies(ann).nth(1)
    await expect(second).to_contain_text("Version 2 by Bob", timeout=60_000)
    await expect(second).to_contain_text("blue")
    await expect(done(ann, 1)).to_be_visible(timeout=60_000)
    await expect(second).to_contain_text("a blue car on a yellow background")
    await write_in_thread(bob, "lol nice")
    await shot(ann, "refined")

    # A picture that is named is where the next ones start; a chip takes that away again.
    await write_in_thread(ann, "#2 at night, 9 steps")
    third = replies(ann).nth(2)
    await expect(done(ann, 2)).to_be_visible(timeout=60_000)
    await expect(third).to_contain_text("at night")
    await expect(third.locator(".chip", has_text="strength 0.75")).to_be_visible()
    chip = third.get_by_role("button", name="9 steps — remove")
    await chip.focus()
    await ann.keyboard.press("Enter")
    await expect(done(ann, 3)).to_be_visible(timeout=60_000)
    await expect(replies(ann).nth(3).get_by_role("button", name="9 steps — remove")).to_have_count(0)
    await shot(ann, "chips")

    # Undo by keyboard: what came before stands there again.
    undo = replies(ann).nth(3).get_by_role("button", name="Undo")
    await undo.focus()
    await ann.keyboard.press("Enter")
    await expect(replies(ann).nth(4)).to_contain_text("Back at version 3", timeout=60_000)

    # When it is not sure, it asks; a button answers.
    await write_in_thread(ann, "replace the horse with a cow")
    question = replies(ann).nth(5)
    await expect(question).to_contain_text("There is no “horse”", timeout=60_000)
    await shot(ann, "question")
    await question.get_by_role("button").filter(has_text="cow").first.click()
    await expect(done(ann, 6)).to_be_visible(timeout=60_000)

    await write_in_thread(ann, "/tree")
    tree = replies(ann).nth(7)
    await expect(tree.get_by_role("img", name="A tree of pictures")).to_be_visible(timeout=60_000)
    await shot(ann, "tree")

    # Stars: Bob's for Ann's; then the votes decide.
    await replies(bob).nth(2).get_by_role("button", name="Star, picture 3").click()
    await expect(replies(ann).nth(2).get_by_role("button", name="Star 1, picture 3")).to_be_visible(timeout=60_000)
    await replies(bob).nth(2).get_by_role("button", name="Let the votes decide").click()
    await expect(replies(bob).nth(2)).to_contain_text("going on from #3", timeout=60_000)

    # A thread of one's own, with the way back.
    await replies(bob).nth(2).get_by_role("button", name="in a new thread").click()
    await expect(replies(bob).first).to_contain_text("Ann", timeout=60_000)
    await shot(bob, "fork")
    await expect(replies(ann).nth(9)).to_contain_text("Bob", timeout=60_000)

    await write(ann, "/party red things --minutes 30 --words red")
    await expect(replies(ann).first).to_contain_text("red things", timeout=60_000)
    await shot(ann, "party")
