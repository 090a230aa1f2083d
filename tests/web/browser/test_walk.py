"""A whole walk with the mouse alone: from a picture that is refused in the review to the checkpoint that is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avatar.dataset import caption_suggestions
from avatar.generate import proof
from avatar.results import choice
from avatar.workspace.client import Client
from tests.results import made
from tests.web import made_trial
from tests.web.browser.conftest import OpenPage
from tests.web.conftest import Dashboard
from utils import write_json

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def click(page: Page, target: Locator) -> None:
    """Move the mouse to the middle of what is seen and press its button: nothing is typed and no script helps."""
    target.scroll_into_view_if_needed()
    target.hover()
    box = target.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_from_the_review_to_the_best_checkpoint_by_mouse_alone(
    dashboard: Dashboard, client: Client, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "check_lora", made.facts)
    monkeypatch.setattr("avatar.training.judge.file_problem", lambda spec, path: None)
    records = made_trial.captioned(client, photos=6, side=64)
    made_trial.hold_out(client, 4)
    photo = records[-1]
    said = {"crop": [photo.original.sha256, *(photo.crop.square if photo.crop else ())], "text": "red scarf, brick wall"}
    write_json(client.images.parent / caption_suggestions.SUGGESTIONS_FILE, {"version": 1, "tags": {photo.image_id: said}})
    made_trial.tried(client)
    page = open_page(dashboard.address)
    click(page, page.locator("main a", has_text="ana").first)
    click(page, page.locator(".tabs a", has_text="Revisión"))
    click(page, page.locator("#wall button[data-act=reject]").first)
    page.wait_for_function("() => document.querySelectorAll('#wall button[data-act=reject][aria-pressed=true]').length === 1")
    (refused,) = [record for record in client.records() if not record.approved]
    click(page, page.locator(".tabs a", has_text="Textos"))
    page.locator(".cap").nth(8).wait_for()
    assert page.locator(f".cap[data-id='{refused.image_id}']").count() == 0
    click(page, page.locator(f".cap[data-id='{photo.image_id}'] .cap-picture"))
    click(page, page.locator(".chip", has_text="red scarf"))
    page.locator(f".cap[data-id='{photo.image_id}']", has_text="red scarf").wait_for()
    click(page, page.locator(".tabs a", has_text="Resultados"))
    click(page, page.locator("button.res-cell", has_text="parecido").first)
    click(page, page.locator("#viewer").get_by_text("Lado a lado"))
    click(page, page.locator("#viewer [aria-label=Cerrar]"))
    best = page.locator(".res-best h2").inner_text()
    click(page, page.locator(".res-best .take"))
    click(page, page.locator("dialog[open] .dialog-buttons button").nth(1))
    page.locator("#said", has_text="En uso").wait_for()
    model, chosen = choice.current(client) or pytest.fail("nothing was taken")
    assert model.is_file() and chosen["by"] == "rules" and chosen["candidate"].rpartition("@")[2].replace(".", ",") in best
