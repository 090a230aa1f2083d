"""A real browser for the tests of the pages: the system's Chromium by playwright; skipped where either is missing.

A page of `open_page` fails its test by an error on its console, a request to a foreign host or a breach of the content policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.browser.chromium import ARGUMENTS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SIZES = {"narrow": (390, 844), "wide": (1280, 900)}
OpenPage = Callable[..., "Page"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright here")
    path = chromium()
    if path is None:
        pytest.skip("no Chromium here")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


class Watched:
    """What went wrong on the pages of a test. allowed: part of a console message that the test expects."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.allowed: list[str] = []

    def watch(self, page: Page, origin: str) -> None:
        def say(kind: str, text: str) -> None:
            if not any(part in text for part in self.allowed):
                self.faults.append(f"{kind}: {text}")

        page.on("console", lambda message: say("console", message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: say("error", str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith((origin, "data:", "blob:")) else say("foreign", request.url),
        )


@pytest.fixture
def watched() -> Iterator[Watched]:
    found = Watched()
    yield found
    assert found.faults == []


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser of one person: all its pages share locks and channels."""
    made = browser.new_context(viewport={"width": 1280, "height": 900}, locale="es-ES", timezone_id="Europe/Madrid")
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def open_page(context: BrowserContext, watched: Watched) -> OpenPage:
    """Open an address in a new tab: open_page(url, size="narrow", dark=True); clock: its time is the test's to move."""

    def opened(url: str, *, size: str = "wide", dark: bool = False, clock: bool = False, **options: Any) -> Page:
        page = context.new_page()
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        watched.watch(page, "/".join(url.split("/")[:3]) + "/")
        if clock:
            page.clock.install()
        page.goto(url, **options)
        return page

    return opened
