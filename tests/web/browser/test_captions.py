"""The captions page in a real browser: edited in place, many at once after a preview, by mouse and by keys alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from avatar.texts import translate
from avatar.workspace.client import Client
from tests.web import made_trial
from tests.web.browser import looks
from tests.web.browser.conftest import OpenPage, Watched
from tests.web.conftest import Dashboard

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

WOOL = "red wool coat"
FIRST = f"mj_{0:016x}"


@pytest.fixture
def captioned(client: Client) -> Client:
    made_trial.captioned(client, evil=made_trial.EVIL, side=64)
    return client


@pytest.fixture
def address(dashboard: Dashboard, captioned: Client) -> str:
    return f"{dashboard.address}/client/ana/captions"


def row(page: Page, text: str) -> Any:
    return page.locator(".cap", has_text=text)


def edit(page: Page, old: str, new: str) -> None:
    row(page, old).locator(".cap-caption").click()
    page.locator(".cap textarea").fill(new)


def test_a_caption_is_edited_in_place_saved_by_enter_left_by_escape_and_undone(
    address: str, captioned: Client, open_page: OpenPage
) -> None:
    page = open_page(address)
    edit(page, WOOL, "ohwx woman, nothing of this")
    page.keyboard.press("Escape")
    assert row(page, WOOL).count() == 1 and captioned.record(FIRST).caption is None
    edit(page, WOOL, "ohwx woman,\n in a blue coat")
    page.locator(".cap-edit .tokens", has_not_text="32 de 75").wait_for()  # counted while it is typed
    page.keyboard.press("Enter")
    row(page, "in a blue coat").locator(".badge", has_text="tuyo").wait_for()
    caption = captioned.record(FIRST).caption
    assert caption is not None and caption.text == "ohwx woman, in a blue coat"
    assert page.evaluate("document.activeElement.className") == "cap-caption"  # the keyboard goes on from there
    page.click("#undo")
    row(page, WOOL).wait_for()
    assert captioned.record(FIRST).caption is None and page.locator("#undo").is_disabled()


def test_what_was_being_typed_is_there_after_a_reload(address: str, captioned: Client, open_page: OpenPage) -> None:
    page = open_page(address)
    edit(page, WOOL, "ohwx woman, half a sent")
    page.reload()
    page.wait_for_function("() => document.querySelector('.cap textarea')?.value === 'ohwx woman, half a sent'")
    page.keyboard.type("ence")
    page.keyboard.press("Enter")
    row(page, "half a sentence").wait_for()
    page.reload()
    row(page, "half a sentence").wait_for()
    assert page.locator(".cap textarea").count() == 0


def test_a_caption_that_the_trainer_would_misread_is_told_while_it_is_typed_and_a_bad_one_refused(
    address: str, captioned: Client, open_page: OpenPage, watched: Watched
) -> None:
    page = open_page(address)
    edit(page, WOOL, "a woman in a coat")
    page.locator(".cap-edit .problem", has_text="ohwx").wait_for()
    watched.allowed.append("400 (Bad Request)")
    page.locator(".cap textarea").fill(" ")
    page.keyboard.press("Enter")
    page.locator(".toast.bad", has_text="Ese texto no sirve").wait_for()
    assert page.locator(".cap textarea").count() == 1 and captioned.record(FIRST).caption is None


def test_of_two_windows_the_later_change_is_repeated_on_the_present_caption_and_that_is_said(
    address: str, captioned: Client, open_page: OpenPage, watched: Watched
) -> None:
    watched.allowed.append("409 (Conflict)")
    one, two = open_page(address), open_page(address)
    edit(two, WOOL, "ohwx woman, second")
    edit(one, WOOL, "ohwx woman, first")
    one.keyboard.press("Enter")
    row(one, "ohwx woman, first").wait_for()
    two.locator(".cap textarea").press("Enter")
    two.locator(".toast").first.wait_for()
    row(two, "ohwx woman, second").wait_for()
    row(one, "ohwx woman, second").wait_for()  # the other window is told by the stream
    caption = captioned.record(FIRST).caption
    assert caption is not None and caption.text == "ohwx woman, second"


def test_many_are_changed_after_a_preview_with_marked_differences_and_taken_back(
    address: str, captioned: Client, open_page: OpenPage
) -> None:
    page = open_page(address)
    page.click("#many")
    page.fill("[name=old]", "front view")
    page.fill("[name=new]", "facing us")
    page.locator("#many-apply", has_text="(8)").wait_for()
    change = page.locator(".cap-changes li").first
    assert "".join(change.locator("del").all_text_contents()).replace("quitado:", "") == "frontview"
    assert "".join(change.locator("ins").all_text_contents()).replace("añadido:", "") == "facingus"
    assert captioned.record(FIRST).caption is None
    page.click("#many-apply")
    page.locator(".toast", has_text="Textos cambiados: 8").wait_for()
    row(page, "facing us").nth(7).wait_for()
    page.locator(".toast button").first.click()
    row(page, "front view").nth(7).wait_for()
    assert captioned.record(FIRST).caption is None


def test_a_phrase_is_added_and_removed_by_the_keyboard_alone(address: str, captioned: Client, open_page: OpenPage) -> None:
    page = open_page(address)
    page.locator("#many").focus()
    page.keyboard.press("Enter")
    page.locator("input[name=kind][value=replace]").focus()
    page.keyboard.press("ArrowDown")
    page.locator("[name=phrase]:focus").wait_for()
    page.keyboard.type("natural light")
    page.locator("#many-apply", has_text="(8)").wait_for()
    page.keyboard.press("Enter")
    row(page, "natural light").nth(7).wait_for()
    page.locator("#many").press("Enter")
    page.locator("input[name=kind][value=remove]").check()
    page.locator("[name=phrase]").fill("natural light")
    page.locator("#many-apply", has_text="(8)").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => ![...document.querySelectorAll('.cap-caption')].some((one) => one.textContent.includes('natural'))"
    )


def test_the_list_is_searched_filtered_and_ordered_and_gone_through_by_arrows(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    row(page, WOOL).wait_for()
    page.fill("#search", "wool")
    assert page.locator(".cap").count() == 1 and page.locator(".cap mark").inner_text() == "wool"
    page.fill("#search", "")
    page.select_option("#filter", "no_prompt")
    assert page.locator(".cap").count() == 3
    page.select_option("#filter", "all")
    page.select_option("#order", "doubt")
    assert page.locator(".cap .badge", has_text="sin prompt").count() == 3
    assert "sin prompt" in page.locator(".cap").first.inner_text()
    page.locator(".cap-caption").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.cap').getAttribute('aria-posinset')") == "3"
    assert page.locator(".cap.chosen").count() == 1
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_what_the_caption_says_and_leaves_out_stands_beside_the_picture(address: str, open_page: OpenPage) -> None:
    page = open_page(f"{address}?lang=en")
    row(page, WOOL).locator(".cap-picture").click()
    details = page.locator("#details")
    details.locator("li", has_text="green eyes").wait_for()
    assert "the trigger word learns it" in details.locator("li", has_text="green eyes").inner_text()
    assert "clothing" in details.locator("li", has_text=WOOL).inner_text()
    page.locator("#details summary").click()
    assert made_trial.PROMPTS[0] in details.inner_text()


def test_of_five_thousand_pictures_only_the_rows_in_view_are_made(address: str, open_page: OpenPage) -> None:
    page = open_page(address)

    def many(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        one = found["rows"][0]
        found["rows"] = [{**one, "number": n, "text": f"ohwx woman, number {n}"} for n in range(1, 5001)]
        for each in found["rows"]:
            each["id"] = f"mj_{each['number']:016x}"
        route.fulfill(response=answer, body=json.dumps(found))

    page.route("**/api/client/ana/captions?*", many)
    page.route("**/picture/**", lambda route: route.fulfill(status=200, content_type="image/svg+xml", body="<svg/>"))
    page.reload()
    row(page, "number 1").first.wait_for()
    assert page.locator(".cap").count() < 40
    assert page.locator(".cap").first.get_attribute("aria-setsize") == "5000"
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    row(page, "number 5000").wait_for()
    assert page.locator(".cap").count() < 40


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_page_is_readable_in_both_sizes_light_and_dark_and_shows_foreign_words_as_text(
    address: str, open_page: OpenPage, language: str
) -> None:
    for size, dark in (("narrow", language == "en"), ("wide", language == "es")):
        page = open_page(f"{address}?lang={language}", size=size, dark=dark)
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.locator(".cap .name", has_text=made_trial.EVIL).wait_for()
        assert looks.faults(page) == []
        page.locator(".cap-picture").nth(1).click()
        page.locator("#details h3").first.wait_for()
        assert looks.faults(page) == []
        if size == "narrow":
            page.locator("#details button").click()
        page.locator(".cap-caption").nth(1).click()
        assert looks.faults(page) == []
        page.keyboard.press("Escape")
        page.click("#many")
        page.fill("[name=old]", "front")
        page.locator(".cap-changes ins, .cap-changes del").first.wait_for()
        assert looks.faults(page) == []


def test_a_client_without_pictures_says_what_fills_the_page(dashboard: Dashboard, open_page: OpenPage) -> None:
    page = open_page(f"{dashboard.address}/client/ana/captions", size="narrow")
    page.locator(".empty", has_text="status ana").wait_for()
    assert looks.faults(page) == []
