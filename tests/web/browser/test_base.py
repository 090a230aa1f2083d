"""Every page in a real browser: what they share."""

from __future__ import annotations

import pytest

from tests.web.browser.conftest import OpenPage
from tests.web.conftest import Dashboard

PAGES = ("", "client/ana/training", "client/ana/review", "client/ana/captions", "client/ana/results", "client/ana/report")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_opens_in_both_languages_and_says_that_it_is_live(
    dashboard: Dashboard, open_page: OpenPage, language: str
) -> None:
    for path in PAGES:
        page = open_page(f"{dashboard.address}/{path}?lang={language}", size="narrow")
        page.wait_for_selector("#live[data-state=connected]")
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        assert page.locator(".tabs [aria-current=page]").count() == 1
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} scrolls sideways at 390 px"
        page.close()
