"""The results page in a real browser: followed while it is drawn, compared large, one taken and handed over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from avatar.generate import proof
from avatar.results import choice, trial, trial_make
from avatar.texts import translate
from avatar.workspace.client import Client
from tests.results import made
from tests.web import made_trial
from tests.web.browser import looks
from tests.web.browser.conftest import OpenPage, Watched
from tests.web.conftest import Dashboard

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def photographed(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client with pictures, photos held out, and models that no check refuses."""
    monkeypatch.setattr(proof, "check_lora", made.facts)
    monkeypatch.setattr("avatar.training.judge.file_problem", lambda spec, path: None)
    made_trial.captioned(client, photos=6, side=64)
    made_trial.hold_out(client, 4)
    return client


@pytest.fixture
def address(dashboard: Dashboard, photographed: Client) -> str:
    return f"{dashboard.address}/client/ana/results"


def small(candidate: str, prompt: int, seed: int) -> bytes:
    return made_trial.drawing(prompt * 1000 + seed, side=64)


def chosen(client: Client) -> str:
    found = choice.current(client)
    return str(found[1]["candidate"]) if found else ""


def test_pictures_appear_one_by_one_while_another_program_draws(
    address: str, photographed: Client, open_page: OpenPage
) -> None:
    folder = made_trial.tried(photographed, done=2, measured=False, paint=small)
    jobs = trial_make.jobs_of(trial.read(folder))
    with trial_make.lock(photographed):
        page = open_page(address)
        page.locator("#progress", has_text="Dibujando: 2 de 33").wait_for()
        assert "quedan 6 min 12 s" in page.locator("#progress").inner_text()
        assert page.locator("button.res-cell").count() == 2 and page.locator(".res-cell.nothing").count() > 20
        page.locator("button.res-cell").nth(1).focus()
        label = page.evaluate("() => document.activeElement.getAttribute('aria-label')")
        made_trial.drawn(folder, jobs[2:4], small)
        page.locator("#progress", has_text="Dibujando: 4 de 33").wait_for()
        assert page.locator("button.res-cell").count() == 4
        assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == label  # the keyboard keeps its place
        page.reload()
        page.locator("#progress", has_text="Dibujando: 4 de 33").wait_for()
    page.reload()
    page.locator("#told", has_text="try ana").wait_for()  # stopped: the page says how it goes on


def test_a_picture_that_is_drawn_already_is_not_loaded_again_for_the_next_one(
    address: str, photographed: Client, open_page: OpenPage
) -> None:
    folder = made_trial.tried(photographed, done=12, measured=False, paint=small)
    with trial_make.lock(photographed):
        page = open_page(address)
        page.locator("button.res-cell img").first.wait_for()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/picture/" in request.url else None)
        made_trial.drawn(folder, trial_make.jobs_of(trial.read(folder))[12:13], small)
        page.locator("#progress", has_text="13 de 33").wait_for()
    assert len({url for url in asked if "trial" in url}) <= 1


def test_the_best_is_taken_after_one_question_and_the_zip_made(address: str, photographed: Client, open_page: OpenPage) -> None:
    made_trial.tried(photographed, paint=small)
    page = open_page(address)
    page.locator(".res-best .take").click()
    page.locator("dialog[open]", has_text="¿Usar este modelo?").get_by_text("Cancelar").click()
    assert chosen(photographed) == ""
    page.locator(".res-best .take").click()
    page.locator("dialog[open] button.primary").click()
    page.locator("#said", has_text="En uso").wait_for()
    page.locator(".res-best", has_text="En uso").wait_for()
    assert chosen(photographed) in made_trial.LIKENESS
    page.reload()
    page.locator(".res-order tr.taken").wait_for()
    page.get_by_text("Hacer el zip de entrega").click()
    page.locator("#said", has_text=".zip").wait_for()
    assert list(photographed.output.glob("*.zip"))


def test_taking_another_says_which_one_it_replaces_and_a_second_window_is_told(
    address: str, photographed: Client, open_page: OpenPage, watched: Watched
) -> None:
    made_trial.tried(photographed, paint=small)
    watched.allowed.append("409 (Conflict)")
    one, two = open_page(address), open_page(address)
    two.locator(".res-order .take").nth(2).click()
    two.locator("dialog[open]").wait_for()
    one.locator(".res-order .take").nth(0).click()
    one.locator("dialog[open] button.primary, dialog[open] button.bad").click()
    one.locator("#said", has_text="En uso").wait_for()
    first = chosen(photographed)
    two.locator("dialog[open] .dialog-buttons button").nth(1).click()
    two.locator("#said", has_text="En uso").wait_for()
    assert chosen(photographed) not in {"", first}
    two.locator(".res-order .take").nth(0).click()
    assert "Ahora está en uso" in two.locator("dialog[open]").inner_text()


def test_two_pictures_are_compared_large_by_mouse_and_a_reload_shows_the_same(
    address: str, photographed: Client, open_page: OpenPage
) -> None:
    made_trial.tried(photographed, paint=small)
    page = open_page(address)
    page.locator("button.res-cell", has_text="parecido").nth(3).click()
    viewer = page.locator("#viewer[open]")
    viewer.get_by_text("Lado a lado").click()
    assert viewer.locator(".cmp-figure img").count() == 2
    viewer.locator(".cmp-small").nth(1).click()
    assert viewer.locator(".cmp-small.b").count() == 1
    assert viewer.locator(".cmp-small", has_text="foto").count() == 4  # the photos that no training saw
    viewer.get_by_text("Cortina").click()
    page.mouse.click(*middle(page, ".cmp-over", 0.25))
    assert page.evaluate("() => Math.round(document.querySelector('.cmp-stage input').value)") == 25
    before = page.evaluate("() => [...document.querySelectorAll('.cmp-tag strong')].map((one) => one.textContent)")
    page.reload()
    page.locator("#viewer[open] .cmp-over").wait_for()
    assert page.evaluate("() => [...document.querySelectorAll('.cmp-tag strong')].map((one) => one.textContent)") == before
    page.locator("#viewer [aria-label=Cerrar]").click()
    page.wait_for_url(lambda url: "#" not in url)
    assert page.locator("#viewer[open]").count() == 0


def middle(page: Page, selector: str, share: float) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def test_the_viewer_is_worked_by_keys(address: str, photographed: Client, open_page: OpenPage) -> None:
    made_trial.tried(photographed, paint=small)
    page = open_page(address)
    page.locator("button.res-cell", has_text="parecido").nth(2).focus()
    page.keyboard.press("Enter")
    viewer = page.locator("#viewer[open]")
    first = viewer.locator("figcaption strong").inner_text()
    page.keyboard.press("ArrowRight")
    assert viewer.locator("figcaption strong").inner_text() != first
    page.keyboard.press("ArrowDown")
    assert "Prompt 2 de 3" in viewer.inner_text()
    page.keyboard.press("4")
    shown = viewer.locator(".cmp-tag strong").inner_text()
    viewer.locator(".cmp-flip").focus()
    page.keyboard.press("Space")
    assert viewer.locator(".cmp-tag strong").inner_text() != shown
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.matches('.res-cell')")  # back where it was opened
    assert page.locator("#viewer[open]").count() == 0


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_page_is_readable_in_both_sizes_light_and_dark_and_shows_foreign_words_as_text(
    address: str, photographed: Client, open_page: OpenPage, language: str
) -> None:
    prompts = (made_trial.EVIL, *made_trial.TRIAL_PROMPTS[:2])
    made_trial.tried(photographed, prompts=prompts, no_effect="1000@0.6", paint=small)
    for size, dark in (("narrow", language == "es"), ("wide", language == "en")):
        page = open_page(f"{address}?lang={language}", size=size, dark=dark)
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.locator(".res-prompt", has_text=made_trial.EVIL).first.wait_for()
        assert looks.faults(page) == []
        page.locator("button.res-cell").nth(1).click()
        for key in "2" if size == "narrow" else "34":
            page.keyboard.press(key)
            assert looks.faults(page) == [], key


def test_a_client_without_a_trial_and_an_older_trial(
    address: str, photographed: Client, open_page: OpenPage
) -> None:  # fmt: skip
    page = open_page(address, size="narrow")
    page.locator(".empty .typed").wait_for()  # there is no model yet
    assert looks.faults(page) == [] and "try ana" not in page.locator(".empty").inner_text()
    made.trained(photographed, (1000, 1500))
    page.locator(".empty", has_text="try ana").wait_for()
    assert looks.faults(page) == []
    made_trial.tried(photographed, paint=small)
    made_trial.tried(photographed, trial_id="20260102-120000", done=5, measured=False, paint=small)
    page.locator("#progress", has_text="5 de 33").wait_for()  # by itself, as soon as there is one
    page.select_option("#trial", "20260101-120000")
    page.locator("#progress", has_text="33 de 33").wait_for()
    page.reload()
    page.locator("#progress", has_text="33 de 33").wait_for()


def test_what_is_not_measured_is_measured_by_a_click(
    address: str, photographed: Client, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made_trial.tried(photographed, measured=False, paint=small)
    page = open_page(address)
    button = page.get_by_text("Medir ahora")
    button.wait_for()
    made_trial.measure(photographed, folder)  # as the looks would find them
    button.click()
    page.locator(".res-order tbody tr").nth(5).wait_for()
    assert Path(photographed.output / "results_1.png").is_file()
