"""The page of the clients in a real browser."""

from __future__ import annotations

import pytest

from avatar.training import queue as training_queue
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.web import wall
from tests.web.browser import looks
from tests.web.browser.conftest import OpenPage
from tests.web.conftest import Dashboard
from tests.web.made_run import MadeRun


@pytest.mark.parametrize(("language", "size"), [("es", "narrow"), ("en", "wide")])
def test_every_client_has_a_card_that_moves_with_its_training(
    dashboard: Dashboard, client: Client, workspace: Workspace, open_page: OpenPage, language: str, size: str
) -> None:
    workspace.create("bea", trigger_word="bnnx", class_word="woman", display_name="<b>Bea</b>")
    for number in range(4):
        wall.add(client, number, source="mj")
    run = MadeRun(client, total=400).watched_by().loading()
    page = open_page(f"{dashboard.address}/?lang={language}", size=size, dark=language == "en")
    page.wait_for_selector("#live[data-state=connected]")
    ana = page.locator("[data-client=ana]")
    ana.get_by_text({"es": "Entrenando", "en": "Training"}[language]).first.wait_for()
    page.wait_for_function("() => [...document.querySelectorAll('.faces img')].length === 4")
    assert page.locator("[data-client=bea] h2").inner_text() == "<b>Bea</b>"
    page.locator("[data-client=bea] .stages li").nth(7).wait_for()
    assert page.locator("[data-client=bea] .stages li").count() == 8
    page.locator("[data-client=ana] .soft", has_text={"es": "en disco", "en": "on disk"}[language]).wait_for()
    run.to(100)
    ana.get_by_text({"es": "paso 100 de 400", "en": "step 100 of 400"}[language]).wait_for()
    run.end()
    ana.get_by_text({"es": "Terminado y comprobado", "en": "Done and verified"}[language]).wait_for()
    assert looks.faults(page) == []


def test_a_client_that_comes_or_goes_is_seen_without_a_reload(
    dashboard: Dashboard, workspace: Workspace, open_page: OpenPage
) -> None:
    page = open_page(f"{dashboard.address}/?lang=es")
    page.wait_for_selector("[data-client=ana] h2")
    page.wait_for_selector("#live[data-state=connected]")
    workspace.create("bea", trigger_word="bnnx", class_word="woman")
    page.wait_for_selector("[data-client=bea] h2")
    workspace.delete("ana")
    page.locator("[data-client=ana]").wait_for(state="detached")
    workspace.delete("bea")
    page.wait_for_selector(".empty code")
    assert "client new" in page.locator(".empty code").inner_text()


def test_the_queue_is_seen_and_a_client_is_taken_out_by_a_click(
    dashboard: Dashboard, workspace: Workspace, client: Client, open_page: OpenPage
) -> None:
    page = open_page(f"{dashboard.address}/?lang=es")
    page.get_by_text("La cola está vacía").wait_for()
    page.wait_for_selector("#live[data-state=connected]")
    training_queue.add(workspace.folder, ["ana"])
    page.get_by_role("button", name="Quitar ana de la cola").click()
    page.get_by_text("La cola está vacía").wait_for()
    assert training_queue.read(workspace.folder) == []
