"""The page of a tuning in a real browser: as wide as the window, readable, taken by a click, new when a candidate changes."""

from __future__ import annotations

import pytest

from avatar.commands import tune_take
from avatar.commands.result import Result
from avatar.results import tuning
from avatar.workspace.client import Client
from tests.web import made_tuning
from tests.web.browser import looks
from tests.web.browser.conftest import SIZES, OpenPage
from tests.web.conftest import Dashboard


@pytest.mark.parametrize("size", list(SIZES))
def test_the_page_is_as_wide_as_the_window_and_can_be_read(
    dashboard: Dashboard, client: Client, open_page: OpenPage, size: str
) -> None:
    made_tuning.tuned(client)
    page = open_page(f"{dashboard.address}/client/ana/tuning", size=size)
    page.wait_for_function("() => [...document.images].slice(0, 3).every((one) => one.complete && one.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert looks.faults(page) == []


def test_a_click_takes_the_file_and_the_page_then_offers_it_no_more(
    dashboard: Dashboard, client: Client, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_tuning.tuned(client)
    taken: list[tuple[str, bool]] = []

    def take(session: object, client_id: str, candidate: str, *, values: bool) -> Result[None]:
        taken.append((candidate, values))
        return Result(None, [])

    monkeypatch.setattr(tune_take, "take", take)
    page = open_page(f"{dashboard.address}/client/ana/tuning")
    with page.expect_navigation():
        page.get_by_role("button", name="Usar este archivo").click()
    assert taken == [("rate_half", False)]


def test_a_candidate_that_changes_is_shown_without_asking(dashboard: Dashboard, client: Client, open_page: OpenPage) -> None:
    folder = made_tuning.tuned(client, ended=False)
    page = open_page(f"{dashboard.address}/client/ana/tuning")
    page.locator("#live[data-state=connected]").wait_for()
    tuning.append(folder, tuning.lines(folder)["plan"].model_copy(update={"likeness": 0.77}))
    page.locator("td", has_text="0,77").wait_for()
