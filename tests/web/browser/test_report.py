"""The report page in a real browser: its pictures, its file by a button, what happened since."""

from __future__ import annotations

import pytest

from avatar.commands import review as review_commands
from avatar.reports import review_list
from avatar.texts import translate
from avatar.workspace.client import Client
from tests.scripted import MakeSession
from tests.web import made_trial
from tests.web.browser import looks
from tests.web.browser.conftest import OpenPage
from tests.web.conftest import Dashboard


@pytest.fixture
def address(dashboard: Dashboard, client: Client, make: MakeSession) -> str:
    """The page of a client with sheets but without charts."""
    made_trial.captioned(client, evil=made_trial.EVIL, side=64)
    session, _ = make()
    review_commands.draw_all(session, client, review_list.entries(client))
    return f"{dashboard.address}/client/ana/report"


def test_the_file_is_written_by_the_button_and_the_page_then_has_its_charts(
    address: str, client: Client, open_page: OpenPage
) -> None:
    page = open_page(address)
    assert page.locator("#charts").is_visible() and "no se ha escrito" in page.locator("#written").inner_text()
    page.click("#write")
    page.locator("#written", has_text="client_report.html").wait_for()
    assert (client.output / "client_report.html").is_file() and page.locator("#charts").count() == 0
    page.wait_for_function("() => [...document.images].slice(0, 3).every((one) => one.complete && one.naturalWidth > 0)")
    client.save_record(client.records()[0].model_copy(update={"near_duplicate_of": None}))
    page.locator("#notice button").click()  # something changed: the page offers itself anew
    page.locator("#written", has_text="client_report.html").wait_for()


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_page_is_readable_in_both_sizes_light_and_dark(address: str, open_page: OpenPage, language: str) -> None:
    for size, dark in (("narrow", language == "es"), ("wide", language == "en")):
        page = open_page(f"{address}?lang={language}", size=size, dark=dark)
        page.wait_for_selector("#live[data-state=connected]")
        assert looks.faults(page) == []


def test_the_state_of_a_stage_is_one_word_on_one_line_on_a_telephone(address: str, open_page: OpenPage) -> None:
    page = open_page(f"{address}?lang=es", size="narrow")
    state = page.locator("td.state").first
    lines = state.evaluate("""(cell) => {
      cell.textContent = "desactualizado";
      cell.previousElementSibling.textContent = "x ".repeat(80);
      const range = document.createRange();
      range.selectNodeContents(cell);
      return new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size;
    }""")
    assert lines == 1
