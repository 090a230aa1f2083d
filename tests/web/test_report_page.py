"""The report in the browser: what client_report.html shows, from the same template, and that file written by a button."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest

from avatar.commands import report as report_commands
from avatar.commands import review as review_commands
from avatar.reports import review_list
from avatar.web.site import Site
from avatar.workspace.client import Client
from tests.scripted import MakeSession
from tests.web import made_trial
from tests.web.direct import Direct


@pytest.fixture
def direct(site: Site) -> Direct:
    return Direct(site)


@pytest.fixture
def reported(client: Client, make: MakeSession) -> Client:
    """A client with pictures, trained, whose sheets are drawn but whose report was never written."""
    made_trial.captioned(client, evil=made_trial.EVIL, side=16)
    session, _ = make()
    review_commands.draw_all(session, client, review_list.entries(client))
    return client


def page(direct: Direct, language: str = "es") -> str:
    reply = direct.get(f"/client/ana/report?lang={language}")
    assert reply.status == 200
    return reply.body.decode("utf-8")


def notice(text: str) -> str:
    """Return what the page says of its charts: the element, not the texts that its scripts get."""
    found = re.search(r'id="charts">(.*?)</p>', text)
    return html.unescape(found[1]) if found else ""


def headings(text: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", text)


def test_the_page_has_the_sections_of_the_file(direct: Direct, reported: Client, make: MakeSession) -> None:
    before = page(direct)
    assert "Estado" in headings(before) and "Hojas de contactos" in headings(before)
    assert notice(before) == "Los gráficos se dibujan al escribir el informe."
    assert re.search(r'id="written">Todavía no se ha escrito\.<', before)
    session, _ = make()
    report_commands.report(session, "ana")
    file = (reported.output / "client_report.html").read_text(encoding="utf-8")
    after = page(direct)
    assert headings(after) == headings(file)
    assert notice(after) == "" and str(reported.output / "client_report.html") in html.unescape(after)


def test_every_picture_of_the_page_is_one_of_the_dashboard_and_there(direct: Direct, reported: Client) -> None:
    assert direct.act("write-report").status == 200
    addresses = re.findall(r'<img[^>]* src="([^"]+)"', page(direct))
    pictures = [html.unescape(one) for one in addresses if "/picture/" in one]
    assert len(pictures) >= 3 and not any(one.startswith("data:") for one in addresses)
    for address in pictures:
        reply = direct.get(address.removeprefix(direct.site.base))
        assert reply.status == 200 and reply.body[:2] in (b"\x89P", b"\xff\xd8")


@pytest.mark.parametrize("name", ["../client.json", "sheets:client_report.html", "loss:loss", "", "faces:../x"])
def test_no_other_file_of_the_client_can_be_asked_for(direct: Direct, reported: Client, name: str) -> None:
    target = f"/picture/ana/report/{quote(name.replace('/', '|'), safe='')}?size=full"
    assert direct.get(target).status == 404


def test_charts_that_are_older_than_the_pictures_are_told_as_such(direct: Direct, reported: Client) -> None:
    direct.act("write-report")
    record = reported.records()[0]
    reported.save_record(record.model_copy(update={"decision": record.decision.model_copy(update={"verdict": "rejected"})}))  # type: ignore[union-attr]
    assert notice(page(direct)).startswith("Los gráficos son de antes")


def test_the_page_has_no_inline_style_or_script_and_shows_what_strangers_wrote_as_text(
    direct: Direct, reported: Client
) -> None:  # fmt: skip
    info = reported.info()
    reported.save_info(info.model_copy(update={"display_name": made_trial.EVIL, "consent_note": made_trial.EVIL}))
    text = page(direct)
    assert made_trial.EVIL not in text and html.escape(made_trial.EVIL, quote=False) in text.replace("&#34;", '"')
    assert " style=" not in text and "<style" not in text and "onerror=alert(1)>" not in text


def test_a_client_without_pictures_has_a_report_of_its_state(direct: Direct) -> None:
    assert headings(page(direct, "en")) == ["State"]
