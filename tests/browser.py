"""A real Chromium for tests. Import the fixtures `browser` and `person` from here."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from tests import browser_setup

ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Person = Callable[..., Awaitable[Page]]
"""`await person(url, "Ann")` opens the room as somebody new; more keywords go to the browser context."""


@cache
def executable() -> str:
    """The Chromium of this machine. A test run without one fails, and says what to do."""
    path = browser_setup.find()
    assert path, "no Chromium here: run python -m tests.browser_setup"
    return path


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=ARGS)
        yield browser
        await browser.close()


@pytest.fixture
async def person(browser: Browser) -> AsyncIterator[Person]:
    """People with pages and cookies of their own. A script error or a blocked resource on any page fails the test."""
    faults: list[str] = []

    def said(message: ConsoleMessage) -> None:
        # A server that is away is what some tests are about.
        if message.type == "error" and "ERR_CONNECTION_REFUSED" not in message.text:
            faults.append(message.text)

    async def come_in(url: str, name: str, **context: Any) -> Page:
        page = await (await browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **context})).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", said)
        await page.goto(url)
        await page.get_by_label("Your name").fill(name)
        await page.get_by_role("button", name="Come in").click()
        await page.locator("#me", has_text=name).wait_for(state="attached")
        return page

    yield come_in
    assert faults == []
