"""Every page in a real browser: what they share."""

from __future__ import annotations

import pytest

from avatar.workspace.client import Client
from tests.web import wall
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


HOSTILE = '"><img src=x onerror="window.hacked=1"><script>window.hacked=2</script>${window.hacked=3}{{7*7}}'


def test_names_and_prompts_of_strangers_are_text_on_every_page(
    dashboard: Dashboard, client: Client, open_page: OpenPage
) -> None:
    client.save_info(client.info().model_copy(update={"display_name": HOSTILE, "consent_note": HOSTILE}))
    wall.add(client, 1, source="mj", name=f"{HOSTILE}.png", prompt=f"portrait, {HOSTILE}")
    wall.add(client, 2, name="javascript:alert(1).png", blur=1.0)
    said = ""
    for path in PAGES:
        page = open_page(f"{dashboard.address}/{path}")
        page.wait_for_selector("#live[data-state=connected]")
        page.wait_for_load_state("load")
        page.wait_for_timeout(150)
        assert page.evaluate("window.hacked") is None, path
        assert page.locator("img[src=x]").count() == 0, path
        said += page.inner_text("body")
        page.close()
    assert "onerror=" in said  # it is told, as text
