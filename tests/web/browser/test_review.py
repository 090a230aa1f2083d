"""The review in a real browser: every action by mouse and by key, two windows, limits before they are kept, small screens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from avatar.faces import decisions
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.web import apart, review_later
from avatar.workspace.client import Client, record_text
from avatar.workspace.records import FaceChoice
from config import Settings
from tests.web import wall
from tests.web.browser import looks
from tests.web.browser.conftest import OpenPage
from tests.web.conftest import Dashboard

if TYPE_CHECKING:
    from playwright.sync_api import Page

DEFAULTS = Settings()
EVIL = '<img src=x onerror="document.title=1"><script>document.title=1</script>.png'
CARD = ".shot-card"


@pytest.fixture(autouse=True)
def nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare no faces in the background of a test, and cut in this process, where a test may stand in for that."""
    monkeypatch.setattr(apart, "call", lambda function, *arguments: function(*arguments))
    monkeypatch.setattr(review_later, "follow", lambda site, client: None)


@pytest.fixture
def pictures(client: Client) -> dict[int, str]:
    """Twelve pictures by number: 1-4 good photos (4 nearly the same as 3), 5 blurred, 6 dark, 7 of two faces, 8 without one,
    9-12 of MidJourney; 9 has a prompt and a name of a stranger, 12 was refused by the user."""
    made = {n: wall.add(client, n, likeness=0.9 - n / 20) for n in (1, 2, 3)}
    made[4] = wall.add(client, 4, near=3, likeness=0.5)
    made[5], made[6] = wall.add(client, 5, blur=60), wall.add(client, 6, brightness=20, contrast=30)
    made[7] = wall.add(client, 7, faces=2, second_face_ratio=0.8)
    made[8] = wall.add(client, 8, faces=0)
    made[9] = wall.add(client, 9, source="mj", name=EVIL, prompt=f"a woman {EVIL} smiling")
    made |= {n: wall.add(client, n, source="mj", name=f"mj_{n}.png") for n in (10, 11)}
    made[12] = wall.add(client, 12, source="mj", decided="rejected")
    return made


@pytest.fixture
def review(dashboard: Dashboard, pictures: dict[int, str], open_page: OpenPage) -> Page:
    return opened(dashboard, open_page)


def opened(dashboard: Dashboard, open_page: OpenPage, query: str = "lang=es", **options: Any) -> Page:
    page = open_page(f"{dashboard.address}/client/ana/review?{query}", **options)
    page.wait_for_selector(CARD)
    return page


def numbers(page: Page) -> list[int]:
    return [int(text) for text in page.locator(".shot-number").all_inner_texts()]


def state(page: Page, number: int) -> str:
    return str(card(page, number).get_attribute("data-state"))


def card(page: Page, number: int) -> Any:
    return page.locator(CARD).filter(has=page.locator(".shot-number", has_text=re.compile(rf"^{number}$")))


def settled(page: Page, number: int, wanted: str) -> None:
    """Wait until a picture's card shows a verdict that the server has confirmed."""
    seen = page.locator(f"{CARD}[data-state={wanted}]:not(.waits) .shot-number", has_text=re.compile(rf"^{number}$"))
    seen.wait_for()


def said(page: Page, text: str) -> None:
    """Wait until a screen reader is told a text."""
    page.wait_for_function("(text) => document.getElementById('announcer').textContent.includes(text)", arg=text)


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.querySelector?.('.shot-number')?.textContent ?? document.activeElement.id")
    )


# --- decisions -------------------------------------------------------------------------------------------------------


def test_without_pictures_the_page_says_both_commands_that_import_them_as_they_are_typed(
    dashboard: Dashboard, open_page: OpenPage
) -> None:  # fmt: skip
    page = open_page(f"{dashboard.address}/client/ana/review?lang=es", size="narrow")
    page.wait_for_selector(".empty code")
    said = page.locator(".empty code").all_inner_texts()
    line = translate.with_commands("[[import-mj ana CARPETA]]", "es").strip("«»")
    assert said == [line, line.replace("import-mj", "import-real")] and line.startswith("python")
    assert looks.faults(page) == []


def test_keys_move_decide_and_take_back(review: Page, client: Client, pictures: dict[int, str]) -> None:
    assert numbers(review) == list(range(1, 13))
    card(review, 1).focus()
    review.keyboard.press("ArrowRight")
    assert focused(review) == "2"
    review.keyboard.press("r")
    settled(review, 2, "rejected")
    said(review, "Rechazada: 2")
    assert focused(review) == "3" and not client.record(pictures[2]).approved
    for _ in range(2):
        review.keyboard.press("ArrowRight")
    review.keyboard.press("a")
    settled(review, 5, "approved")
    review.keyboard.press("u")
    settled(review, 5, "rejected")
    review.keyboard.press("u")
    settled(review, 2, "approved")
    assert decisions.steps_to_undo(client) == 0 and client.record(pictures[2]).decision.by == "rules"  # type: ignore[union-attr]
    review.keyboard.press("Home")
    review.keyboard.press("h")
    settled(review, 1, "held")
    assert client.record(pictures[1]).held_out


def test_buttons_decide_a_selection_is_one_step_and_its_undo_too(
    review: Page, client: Client, pictures: dict[int, str]
) -> None:
    card(review, 5).locator("[data-act=approve]").click()
    settled(review, 5, "approved")
    assert card(review, 8).locator("[data-act=approve]").is_disabled()
    card(review, 1).hover()
    card(review, 1).locator(".shot-check").click()
    card(review, 4).click(modifiers=["Shift"], position={"x": 20, "y": 200})
    card(review, 8).click(modifiers=["Control"], position={"x": 20, "y": 200})
    assert review.locator("#selection strong").inner_text() == "5 seleccionadas"
    review.locator("#selection [data-act=reject]").click()
    for number in (1, 2, 3, 4):
        settled(review, number, "rejected")
    assert decisions.steps_to_undo(client) == 2
    review.locator(".toast button", has_text="Deshacer").click()
    for number in (1, 2, 3, 4):
        settled(review, number, "approved")
    assert decisions.steps_to_undo(client) == 1 and client.record(pictures[5]).approved
    review.reload()
    settled(review, 5, "approved")
    assert review.locator("#undo").inner_text() == "Deshacer (1)"


def test_all_that_is_filtered_is_approved_but_for_what_has_no_face_and_that_is_said(
    review: Page, client: Client, pictures: dict[int, str]
) -> None:
    review.locator("[data-verdict=rejected]").click()
    assert numbers(review) == [5, 6, 7, 8, 12]
    review.keyboard.press("Control+a")
    review.keyboard.press("a")
    review.wait_for_selector(".toast >> text=Aprobadas: 4 imágenes")
    assert "Sin cara que recortar, se quedan como están: 1 imagen" in review.locator(".toast").inner_text()
    assert numbers(review) == [8]
    assert all(client.record(pictures[n]).approved for n in (5, 6, 7, 12))


def test_two_windows_lose_no_decision_and_the_later_one_is_told(
    review: Page, dashboard: Dashboard, client: Client, pictures: dict[int, str], watched: Any
) -> None:
    watched.allowed = ["409 (Conflict)", "ERR_FAILED"]
    review.route("**/api/client/ana/review?*since*", lambda route: route.abort())  # it does not learn of the other window
    decisions.decide(client, DEFAULTS, reject=[pictures[1], pictures[2]])
    card(review, 1).locator("[data-act=approve]").click()
    review.wait_for_selector(".toast >> text=Otra ventana lo había cambiado")
    settled(review, 1, "approved")
    assert client.record(pictures[1]).decision.by == "user"  # type: ignore[union-attr]
    assert not client.record(pictures[2]).approved and decisions.steps_to_undo(client) == 2
    decisions.decide(client, DEFAULTS, reject=[pictures[3]])
    review.locator("#undo").click()
    review.wait_for_selector(".toast >> text=decide de nuevo")
    assert not client.record(pictures[3]).approved and decisions.steps_to_undo(client) == 3


def test_what_another_window_decides_appears_by_itself(review: Page, client: Client, pictures: dict[int, str]) -> None:
    review.locator("body[data-connection=connected]").wait_for()
    review.wait_for_timeout(300)
    decisions.decide(client, DEFAULTS, reject=[pictures[3]])
    settled(review, 3, "rejected")
    assert review.locator("#undo").inner_text() == "Deshacer (1)"


# --- filters ---------------------------------------------------------------------------------------------------------


def test_filters_search_and_order_stand_in_the_address_and_survive_a_reload(review: Page) -> None:
    review.select_option("#source", "photo")
    review.select_option("#reason", "blurred")
    assert numbers(review) == [5]
    assert review.locator("#reason option", has_text="borrosa (1)").count() == 1
    review.select_option("#reason", ":near")
    assert numbers(review) == [3, 4]
    review.select_option("#reason", "all")
    review.select_option("#identity", "doubtful")
    assert numbers(review) == [4]
    review.select_option("#identity", "all")
    review.select_option("#order", "blur")
    review.fill("#search", "4-6, 1")
    assert numbers(review) == [5, 1, 4, 6]
    review.reload()
    review.wait_for_selector(CARD)
    assert numbers(review) == [5, 1, 4, 6] and review.input_value("#search") == "4-6, 1"
    review.fill("#search", "no such name")
    review.get_by_role("button", name="Quitar los filtros").click()
    assert len(numbers(review)) == 12


def test_names_and_prompts_of_strangers_are_shown_as_text(review: Page) -> None:
    assert review.locator(f"{CARD} .shot-name").nth(8).inner_text() == EVIL
    card(review, 9).locator(".shot").click()
    review.wait_for_selector(".detail-words")
    assert review.locator(".detail-words").inner_text() == f"a woman {EVIL} smiling"
    assert review.locator(".detail-prompt").inner_text().endswith("--ar 2:3")
    assert EVIL in review.locator("#detail-title").inner_text()
    assert review.title().startswith("Revisión") and review.locator("main script, dialog script, img[src=x]").count() == 0


# --- large -----------------------------------------------------------------------------------------------------------


def test_a_picture_large_shows_all_faces_and_a_click_or_a_digit_cuts_out_another(
    review: Page, client: Client, pictures: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[int] = []
    _choose_without_cutting(monkeypatch, chosen)
    card(review, 7).focus()
    review.keyboard.press("Enter")
    faces = review.locator(".detail-face")
    faces.nth(1).wait_for()
    assert [face.get_attribute("aria-pressed") for face in faces.all()] == ["true", "false"]
    frame, box = review.locator(".detail-frame").bounding_box(), faces.nth(1).bounding_box()
    assert frame and box and box["x"] - frame["x"] == pytest.approx(230 / 640 * frame["width"], abs=2)
    faces.nth(1).click()
    said(review, "Cara 2 elegida: 7")
    review.wait_for_selector(".detail-face[data-key=face1][aria-pressed=true]")
    review.keyboard.press("1")
    said(review, "Cara 1 elegida: 7")
    review.wait_for_selector(".detail-face[data-key=face0][aria-pressed=true]")
    assert chosen == [1, 0]
    review.keyboard.press("Escape")
    review.locator(f"{CARD}:focus .shot-number", has_text="7").wait_for()


def _choose_without_cutting(monkeypatch: pytest.MonkeyPatch, chosen: list[int]) -> None:
    """Let another face be chosen without its crop, which takes a detector's time; `test_review_page` cuts it."""

    def choose(client: Client, image_id: str, index: int, settings: Settings) -> None:
        chosen.append(index)
        record = client.record(image_id)
        client.save_record(record.model_copy(update={"face_choice": FaceChoice(index=index, why="user")}))

    monkeypatch.setattr(decisions, "choose_face", choose)


def test_measures_stand_beside_their_limits_with_how_much_is_missing(review: Page) -> None:
    card(review, 5).locator(".shot").click()
    row = review.locator(".detail-table tr.unmet")
    row.wait_for()
    assert re.sub(r"\s+", " ", row.inner_text()) == "Nitidez 60 mín. 100 ✕ le faltan 40 (40 %)"
    assert review.locator(".detail-reasons").inner_text() == "borrosa: nitidez 60 (mínimo 100)"
    review.keyboard.press("ArrowRight")
    review.wait_for_selector("#detail-title >> text=foto_6.png")
    review.keyboard.press("a")
    review.wait_for_selector(".detail-verdict.approved")
    assert review.locator(".detail-acts [data-key=approve]").get_attribute("aria-pressed") == "true"
    review.locator(".detail-close").click()
    review.locator(f"{CARD}:focus .shot-number", has_text="6").wait_for()


def test_measures_are_written_as_the_terminal_writes_them(dashboard: Dashboard, client: Client, open_page: OpenPage) -> None:
    wall.add(client, 1, blur=1660)
    page = opened(dashboard, open_page)
    terminal = translate.words(Text("report.measure.blur", {"value": 1660.0}), "es")
    assert terminal == "nitidez 1660" and terminal in card(page, 1).inner_text()
    card(page, 1).locator(".shot").click()
    page.locator(".detail-table tr", has_text="1660").wait_for()


def test_of_near_duplicates_side_by_side_one_is_kept(review: Page, client: Client, pictures: dict[int, str]) -> None:
    card(review, 3).locator(".shot").click()
    review.locator(".detail-twin").nth(1).wait_for()
    review.locator(".detail-twin").nth(1).get_by_role("button", name="Quedarme con esta").click()
    review.wait_for_selector(".detail-verdict.rejected >> text=rechazada por ti")
    assert client.record(pictures[4]).approved and not client.record(pictures[3]).approved
    review.keyboard.press("u")
    review.wait_for_selector(".detail-state .detail-verdict.approved")
    assert client.record(pictures[3]).approved and decisions.steps_to_undo(client) == 0


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_slider_shows_what_it_would_change_and_keeping_and_undoing_do_just_that(
    review: Page, client: Client, pictures: dict[int, str]
) -> None:
    review.click("#limits-open")
    review.wait_for_selector("#limit-blur_threshold")
    assert focused(review) == "limit-blur_threshold" and review.locator("#limits-keep").is_disabled()
    for _ in range(8):
        review.keyboard.press("ArrowLeft")  # 100 -> 60: picture 5 has just that
    review.wait_for_selector("#limits-said >> text=Pasarían a aprobadas: 1. A rechazadas: 0.")
    assert card(review, 5).get_attribute("data-would") == "approved" and "se aprobaría" in card(review, 5).inner_text()
    assert client.info().settings == {} and not client.record(pictures[5]).approved
    review.click("#limits-only")
    assert numbers(review) == [5]
    review.click("#limits-keep")
    review.wait_for_selector(".toast >> text=Límites guardados")
    assert client.info().settings == {"quality": {"blur_threshold": 60.0}} and client.record(pictures[5]).approved
    assert len(numbers(review)) == 12
    settled(review, 5, "approved")
    review.click("#limits-undo")
    review.wait_for_selector(".toast >> text=vuelven a ser los de antes")
    settled(review, 5, "rejected")
    assert client.info().settings == {}


# --- reach -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "dark", "language"), [("narrow", False, "es"), ("wide", True, "en")])
def test_every_part_fits_its_screen_and_can_be_read(
    dashboard: Dashboard, pictures: dict[int, str], open_page: OpenPage, size: str, dark: bool, language: str
) -> None:
    page = opened(dashboard, open_page, f"lang={language}", size=size, dark=dark)
    _readable(page)
    page.click("#limits-open")
    page.wait_for_selector("#limit-blur_threshold")
    _readable(page)
    page.click("#limits-close")
    card(page, 3).locator(".shot").click()
    page.wait_for_selector(".detail-twin")
    _readable(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".detail-table .unmet")
    _readable(page)
    page.keyboard.press("Escape")
    page.keyboard.press(" ")
    page.wait_for_selector("#selection")
    _readable(page)
    page.keyboard.press("?")
    page.wait_for_selector("dialog.keys")
    _readable(page)


def _readable(page: Page) -> None:
    page.wait_for_timeout(160)  # colours fade for 120 ms
    assert looks.faults(page) == []
    parts = page.locator("dialog[open], .detail-stage, .detail-side, .limits-grid, .selection").filter(visible=True)
    assert (
        parts.evaluate_all("(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)")
        == []
    )


def test_tab_reaches_the_wall_once_and_leaves_it_again(review: Page) -> None:
    review.focus("#help-open")
    seen = []
    for _ in range(8):
        review.keyboard.press("Tab")
        seen.append(focused(review))
    assert seen[:6] == ["search", "source", "reason", "identity", "order", "1"]
    assert seen[6] not in {str(number) for number in range(2, 13)}


def test_of_many_pictures_only_those_in_view_exist_and_the_last_is_one_key_away(
    dashboard: Dashboard, client: Client, pictures: dict[int, str], open_page: OpenPage
) -> None:
    record = client.record(pictures[2])
    for number in range(20, 620):
        image_id = f"real_{number:016x}"
        original = record.original.model_copy(update={"imported_at": f"2027-01-01T00:{number}", "name": f"{number}.png"})
        copy = record.model_copy(update={"image_id": image_id, "original": original})
        client.record_file(image_id).write_text(record_text(copy), encoding="utf-8")
        (client.processed / f"{image_id}.png").hardlink_to(client.processed / f"{pictures[2]}.png")
    page = opened(dashboard, open_page)
    assert page.locator("#count").inner_text() == "612 imágenes"
    card(page, 1).focus()
    for _ in range(20):
        page.keyboard.press("PageDown")
        page.evaluate("() => new Promise(requestAnimationFrame)")
    assert page.locator(CARD).count() < 100
    page.keyboard.press("Control+End")
    assert focused(page) == "612"
    assert page.locator(CARD).count() < 100
    page.locator(f"{CARD}:focus img.there").wait_for()
    assert page.locator("[role=grid]").get_attribute("aria-rowcount") == "88"
