"""The page of a tuning in the dashboard: what tuning.html shows, and a candidate taken by a button."""

from __future__ import annotations

import re
from typing import Any

import pytest

from avatar.commands import tune_take
from avatar.commands.result import Result
from avatar.web.site import Site
from avatar.workspace.client import Client
from tests.web import made_tuning
from tests.web.direct import Direct


@pytest.fixture
def direct(site: Site) -> Direct:
    return Direct(site)


def page(direct: Direct, language: str = "es") -> str:
    reply = direct.get(f"/client/ana/tuning?lang={language}")
    assert reply.status == 200
    return reply.body.decode("utf-8")


def test_without_a_tuning_the_page_says_how_one_is_begun(direct: Direct, client: Client) -> None:
    assert "tune ana --hours 8" in page(direct) and "tune ana --hours 8" in page(direct, "en")


def test_the_page_shows_the_answer_the_candidates_and_pictures_by_address(direct: Direct, client: Client) -> None:
    made_tuning.tuned(client)
    shown = page(direct)
    assert "Usa este: tasa ÷ 2, paso 2.000 con peso 0,6; empata con 1 archivo más" in shown and "0,79" in shown
    addresses = re.findall(r'<img src="(/[^"]+/picture/ana/trial/[^"]+)"', shown)
    assert len(addresses) == 16 and "data:image" not in shown and "--take" not in shown.split('class="texts"')[0]
    first = direct.get(addresses[0].partition("/picture")[1] + addresses[0].partition("/picture")[2])
    assert first.status == 200 and first.headers.get("Content-Type") == "image/jpeg"


def test_the_button_takes_the_candidate_as_the_command_does(
    direct: Direct, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_tuning.tuned(client)
    taken: list[Any] = []

    def take(session: object, client_id: str, candidate: str, *, values: bool) -> Result[None]:
        taken.append((client_id, candidate, values))
        return Result(None, [])

    monkeypatch.setattr(tune_take, "take", take)
    assert 'data-candidate="rate_half"' in page(direct)
    assert direct.act("tune-take", candidate="rate_half", values=True).status == 200
    assert taken == [("ana", "rate_half", True)]


def test_a_candidate_that_is_not_there_is_told_as_the_command_tells_it(direct: Direct, client: Client) -> None:
    made_tuning.tuned(client)
    reply = direct.act("tune-take", candidate="../x", lang="en")
    assert reply.status == 400 and "no variant" in reply.body.decode("utf-8")
