"""The page of a training in a real browser: how it moves with the files, what it says, and what its buttons do."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from PIL import Image

from avatar.texts import translate
from avatar.texts.text import Text
from avatar.training import queue as training_queue
from avatar.training import run_folder, stop_request
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.web.browser import looks
from tests.web.browser.conftest import OpenPage, Watched
from tests.web.conftest import TOKEN, Dashboard, started
from tests.web.made_run import MadeRun
from tests.web.test_training_page import STATES, in_state, save_state

# Counts tones and notices instead of sounding and showing them.
COUNTED = """
window.tones = 0;
window.told = [];
const Real = AudioContext;
window.AudioContext = class extends Real {
  createOscillator() { window.tones += 1; return super.createOscillator(); }
};
window.Notification = class {
  constructor(text) { window.told.push(text); }
  static permission = "granted";
  static requestPermission() { return Promise.resolve("granted"); }
};
"""


def made(client: Client, **values: Any) -> MadeRun:
    """A training in the middle of its way, with samples of two prompts at three steps."""
    run = MadeRun(client, total=400, every=100, **values).watched_by().loading()
    face = Image.new("RGB", (64, 64), "teal")
    for step, likeness in ((0, None), (100, 0.31), (200, 0.52)):
        if step:
            run.to(step)
        run.samples(step, [face, face], [likeness, likeness])
    return run


def test_lines_that_come_move_the_page_and_a_reload_shows_the_same(
    dashboard: Dashboard, client: Client, workspace: Workspace, open_page: OpenPage
) -> None:
    run = made(client)
    page = open_page(f"{dashboard.address}/client/ana/training?lang=es")
    page.wait_for_selector("#live[data-state=connected]")
    page.wait_for_selector(".chart canvas")
    assert page.locator(".count").inner_text() == "200 de 400"
    run.to(232)
    page.locator(".count", has_text="232 de 400").wait_for()
    assert page.locator(".phase").inner_text() == "Entrenando" and "50 %" not in page.title() and "58 %" in page.title()
    run.phase("samples")
    page.locator(".phase", has_text="Dibujando las muestras").wait_for()
    run.phase("training")
    run.to(300)
    page.locator(".saved tbody tr").nth(2).wait_for()
    assert page.locator("[data-figure=loss] dd").inner_text() == f"{run_loss(run):.4f}".replace(".", ",")
    assert page.locator("[data-figure=next_save] dd").inner_text().startswith("400")
    training_queue.add(workspace.folder, ["ana"])
    page.locator(".queue", has_text="en espera").wait_for()
    before = {name: page.locator(name).inner_text() for name in (".count", ".phase", "[data-figure=card_memory]")}
    page.reload()
    page.wait_for_selector(".chart canvas")
    assert {name: page.locator(name).inner_text() for name in before} == before


def test_while_it_loads_the_page_shows_what_the_trainer_says(dashboard: Dashboard, client: Client, open_page: OpenPage) -> None:
    run = MadeRun(client, total=400).watched_by().loading("latents")
    page = open_page(f"{dashboard.address}/client/ana/training?lang=en")
    page.locator(".phase", has_text="Caching the pictures").wait_for()
    assert page.locator(".phases .now").inner_text() == "Pictures" and page.locator(".phases .past").count() == 3
    run.say("caching latents:  33%|###       | 12/36 [00:10<00:20,  1.17it/s]")
    page.locator(".last", has_text="12/36").wait_for()
    run.loading().to(4)
    page.locator(".count", has_text="4 of 400").wait_for()
    page.locator(".last").wait_for(state="hidden")


def run_loss(run: MadeRun) -> float:
    from avatar.training import progress_file

    loss = progress_file.last_row(run.progress)["loss"]
    assert math.isfinite(loss)
    return float(loss)


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_every_state_is_said_and_looks_right_on_a_telephone_and_in_the_dark(
    dashboard: Dashboard, client: Client, open_page: OpenPage, language: str
) -> None:
    page = open_page(f"{dashboard.address}/client/ana/training?lang={language}", size="narrow", dark=language == "en")
    page.wait_for_selector(".empty code")
    assert looks.faults(page) == []
    for number, state in enumerate(STATES):
        run = in_state(client, state)
        run.folder.rename(client.runs / f"2026010{number}-000000")
        said = translate.text(f"web.training.state.{state}", language)
        page.wait_for_function("([said]) => document.getElementById('state').textContent.includes(said)", arg=[said])
        page.wait_for_selector(".chart canvas")
        assert looks.faults(page) == [], state


def test_a_stop_is_asked_once_and_can_be_taken_back(dashboard: Dashboard, client: Client, open_page: OpenPage) -> None:
    run = made(client)
    page = open_page(f"{dashboard.address}/client/ana/training?lang=en")
    page.get_by_role("button", name="Stop…").click()
    dialog = page.locator("dialog")
    assert dialog.locator(":focus").inner_text() == "Go on training" and "step 200 of 400" in dialog.inner_text()
    page.keyboard.press("Escape")
    assert page.locator("dialog").count() == 0 and stop_request.asked(run.folder) is None
    page.get_by_role("button", name="Stop…").click()
    page.get_by_role("button", name=re.compile("After step 300 is saved")).click()
    page.get_by_text("It will stop as soon as step 300 is saved.").first.wait_for()
    assert stop_request.asked(run.folder) == "checkpoint"
    page.get_by_role("button", name="Do not stop it").click()
    page.locator("#told .callout").wait_for(state="detached")
    assert stop_request.asked(run.folder) is None
    page.get_by_role("button", name="Stop…").click()
    page.get_by_role("button", name="Stop now").click()
    page.locator("#told").get_by_text("It is being stopped…").wait_for()
    assert stop_request.asked(run.folder) == "now"


def test_samples_are_gone_through_by_slider_arrow_keys_and_strip(
    dashboard: Dashboard, client: Client, open_page: OpenPage
) -> None:
    made(client)
    page = open_page(f"{dashboard.address}/client/ana/training?lang=es")
    step = page.locator(".sample-step")
    page.locator(".sample-step", has_text="Paso 200").wait_for()
    page.keyboard.press("ArrowLeft")
    assert step.inner_text() == "Paso 100" and "0,310" in page.locator(".sample").first.inner_text()
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    assert step.inner_text() == "Paso 0" and "Sin una sola cara" in page.locator(".sample").first.inner_text()
    page.locator(".step-thumb").nth(2).click()
    assert step.inner_text() == "Paso 200" and [one.inner_text() for one in page.locator(".step-thumb .mean").all()] == [
        "", "0,31", "0,52",
    ]  # fmt: skip
    assert page.evaluate("[...document.querySelectorAll('.sample img')].every((one) => one.complete && one.naturalWidth)")
    assert looks.faults(page) == []
    order = looks.focus_order(page)
    wanted = ["Ir al contenido", "Detener…", "Sonido", "Pérdida de cada paso", "Reproducir", "Paso de las muestras", "Plan"]
    places = [next(place for place, name in enumerate(order) if name.startswith(part)) for part in wanted]
    assert places == sorted(places)


def test_the_end_is_told_by_sound_and_notice_where_that_was_asked_for_and_only_once(
    dashboard: Dashboard, client: Client, open_page: OpenPage
) -> None:
    run = made(client)
    page = open_page(f"{dashboard.address}/")
    page.add_init_script(COUNTED)
    page.goto(f"{dashboard.address}/client/ana/training?lang=es")
    page.wait_for_selector(".chart canvas")
    sound = page.get_by_role("button", name="Sonido")
    assert sound.get_attribute("aria-pressed") == "false" and page.evaluate("window.tones") == 0
    sound.click()
    assert sound.get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Aviso del navegador").click()
    page.evaluate("window.tones = 0")
    run.to(400)
    run.end()
    page.get_by_text("Terminado y comprobado").first.wait_for()
    page.wait_for_function("() => window.tones === 3")
    assert page.evaluate("window.told") == ["«ana»: entrenamiento terminado y comprobado"]
    page.locator("#announcer", has_text="entrenamiento terminado").wait_for()
    page.reload()
    page.get_by_text("Terminado y comprobado").first.wait_for()
    assert page.evaluate("window.tones") == 0 and page.evaluate("window.told") == []
    assert page.get_by_role("button", name="Sonido").get_attribute("aria-pressed") == "true"


def test_a_killed_training_is_judged_by_a_click(dashboard: Dashboard, client: Client, open_page: OpenPage) -> None:
    run = in_state(client, "killed")
    page = open_page(f"{dashboard.address}/client/ana/training?lang=en")
    told = page.locator("#told .typed code")
    told.first.wait_for()
    assert [text.partition(".py ")[2] for text in told.all_inner_texts()] == ["train ana"]  # nothing to go on from
    save_state(run, 50)
    page.reload()
    page.get_by_text("train ana --resume").wait_for()
    run.say("\rsteps: 100%|##########| 100/100 [02:42<00:00,  1.62s/it, avr_loss=0.0951]")
    page.reload()
    page.locator("#told", has_text="came to the last step").wait_for()
    assert page.locator(".count").inner_text() == "100 of 100" and told.count() == 0
    page.get_by_role("button", name="Judge what it left").click()
    page.locator("#state").get_by_text("Failed").wait_for()
    assert run_folder.read_outcome(run.folder)["success"] is False


def test_a_program_that_is_killed_and_started_again_is_waited_for(
    dashboard: Dashboard, client: Client, open_page: OpenPage, watched: Watched
) -> None:
    watched.allowed += [
        "ERR_CONNECTION_REFUSED",
        "ERR_INCOMPLETE_CHUNKED_ENCODING",
        "ERR_CONNECTION_RESET",
        "ERR_EMPTY_RESPONSE",
    ]
    run = made(client)
    page = open_page(f"{dashboard.address}/client/ana/training?lang=es")
    page.wait_for_selector("#live[data-state=connected]")
    port = dashboard.server.port
    dashboard.server.stop()
    run.to(260)
    again = started(dashboard.workspace, dashboard.server.site.config_file, port=port, token=TOKEN)
    try:
        page.locator(".count", has_text="260 de 400").wait_for()
        page.wait_for_selector("#live[data-state=connected]")
    finally:
        again.server.stop()


def test_what_a_run_says_of_itself_never_becomes_html(dashboard: Dashboard, client: Client, open_page: OpenPage) -> None:
    run = MadeRun(client, total=100).watched_by().loading().to(60)
    evil = "<img src=x onerror=document.title='caught'>"
    run.say(evil)
    run.end(False, Text("train.cause.nan", {"detail": evil}))
    page = open_page(f"{dashboard.address}/client/ana/training?lang=en")
    page.locator("#told").get_by_text("onerror").wait_for()
    page.locator("summary").last.click()
    page.locator(".log").get_by_text("onerror").wait_for()
    assert page.locator("main img[src=x]").count() == 0 and "caught" not in page.title()


def test_what_would_be_wrong_with_a_page_is_seen(dashboard: Dashboard, open_page: OpenPage) -> None:
    page = open_page(f"{dashboard.address}/client/ana/training?lang=en")
    page.wait_for_selector(".empty code")
    page.evaluate("""() => {
      const add = (tag) => document.querySelector("main").appendChild(document.createElement(tag));
      Object.assign(add("p"), {textContent: "faint"}).style.color = "#aab";
      add("button");
      add("img").style.cssText = "width: 3000px; height: 10px; max-width: none";
    }""")
    found = " ".join(looks.faults(page))
    assert all(part in found for part in ("contrast", "no name: <button", "no alt", "scrolls sideways"))


def test_trainings_that_began_in_the_same_minute_are_told_apart_by_their_seconds(
    dashboard: Dashboard, client: Client, open_page: OpenPage
) -> None:
    for run_id in ("20261125-090000", "20261126-201804", "20261126-201831"):
        MadeRun(client, run_id=run_id, total=100).to(20).end(False, Text("train.cause.nan", {"detail": "20"}))
    page = open_page(f"{dashboard.address}/client/ana/training?lang=es")
    page.wait_for_selector("#run option", state="attached")
    said = page.locator("#run option").all_inner_texts()
    assert said == ["26/11/2026 20:18:31", "26/11/2026 20:18:04", "25/11/2026 09:00"]
