"""A whole walk with the mouse alone, nothing typed: from a picture that is refused in the review to the checkpoint in use."""

from __future__ import annotations

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
    page.locator("main a", has_text="ana").first.click()
    page.locator(".tabs a", has_text="Revisión").click()
    page.locator("#wall button[data-act=reject]").first.click()
    page.locator("#wall [data-state=rejected]:not(.waits)").wait_for()  # confirmed by the server
    (refused,) = [record for record in client.records() if not record.approved]
    page.locator(".tabs a", has_text="Textos").click()
    page.locator(".cap").nth(8).wait_for()
    assert page.locator(f".cap[data-id='{refused.image_id}']").count() == 0
    page.locator(f".cap[data-id='{photo.image_id}'] .cap-picture").click()
    page.locator(".chip", has_text="red scarf").click()
    page.locator(f".cap[data-id='{photo.image_id}']", has_text="red scarf").wait_for()
    page.locator(".tabs a", has_text="Resultados").click()
    page.locator("button.res-cell", has_text="parecido").first.click()
    page.locator("#viewer").get_by_text("Lado a lado").click()
    page.locator("#viewer [aria-label=Cerrar]").click()
    best = page.locator(".res-best h2").inner_text()
    page.locator(".res-best .take").click()
    page.locator("dialog[open] .dialog-buttons button").nth(1).click()
    page.locator("#said", has_text="En uso").wait_for()
    model, chosen = choice.current(client) or pytest.fail("nothing was taken")
    assert model.is_file() and chosen["by"] == "rules" and chosen["candidate"].rpartition("@")[2].replace(".", ",") in best
