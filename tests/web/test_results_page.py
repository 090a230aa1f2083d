"""What the results page asks and does: a trial's grid as it is drawn, its order, the candidate that is taken."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from avatar.commands import back_ends
from avatar.commands import results as results_commands
from avatar.commands import trial as trial_commands
from avatar.commands.trial import Wish
from avatar.generate import proof
from avatar.plan import samples
from avatar.results import choice, trial, trial_make, trial_prompts
from avatar.results.scores import Scores
from avatar.web import results
from avatar.web.site import Site
from avatar.workspace.client import Client
from config import Settings
from tests.results import made
from tests.results.fake_backend import FakeBackend
from tests.scripted import MakeSession
from tests.web import made_trial
from tests.web.direct import Direct


@pytest.fixture
def direct(site: Site) -> Direct:
    return Direct(site)


@pytest.fixture
def tried(client: Client, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A client with a whole trial that is measured; its folder."""
    monkeypatch.setattr(proof, "check_lora", made.facts)
    monkeypatch.setattr("avatar.training.judge.file_problem", lambda spec, path: None)
    made_trial.captioned(client, photos=6, side=16)
    made_trial.hold_out(client, 4)
    return made_trial.tried(client, paint=small)


def small(candidate: str, prompt: int, seed: int) -> bytes:
    return made_trial.drawing(prompt * 1000 + seed, side=16)


def cells(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for block in found["blocks"] for row in block["rows"] for cell in row["cells"]]


def test_the_page_shows_the_order_that_the_command_shows(direct: Direct, tried: Path, make: MakeSession) -> None:
    session, _ = make()
    told = results_commands.results(session, "ana").value
    found = direct.view("results")
    assert [(one["model"], one["weight"], one["rank"], one["tied"]) for one in found["places"]] == [
        (one["model"], one["weight"], one["rank"], one["tied"]) for one in told.candidates
    ]
    assert found["critical_difference"] == told.critical_difference is not None
    assert [one["likeness"] for one in found["places"]] == [one["likeness"] for one in told.candidates]
    assert found["proposed"] == f"{told.candidates[0]['model']}@{told.candidates[0]['weight']}" and found["taken"] == ""
    assert {one["copies"] for one in found["places"]} <= {"yes", "no"} and found["reference"]["kind"] == "held_out"
    assert all(reason["text"] for one in found["places"] for reason in one["reasons"])


def test_the_grid_has_a_picture_in_each_cell_and_says_how_like_it_is(direct: Direct, tried: Path) -> None:
    found = direct.view("results", lang="en")
    assert [block["n"] for block in found["blocks"]] == [1, 2, 3] and len(cells(found)) == 3 * 6
    assert all(cell["picture"] and cell["note"].startswith("likeness 0.") for cell in cells(found))
    assert [len(final["rows"]) for final in found["finals"]] == [3, 3] and len(found["finals"][0]["columns"]) == 3
    one = cells(found)[0]
    picture = direct.get(f"/picture/ana/trial/{found['trial']}:{one['picture']}?size=160")
    assert picture.status == 200 and picture.body[:2] == b"\xff\xd8"


def test_prompts_of_the_program_are_not_called_the_user_s(direct: Direct, client: Client, tried: Path) -> None:
    usual = [
        trial_prompts.plain_prompt(line, "ohwx", "woman") for line in samples.prompts_file("ohwx", "woman", 1024).splitlines()
    ]
    made_trial.tried(client, paint=small, prompts=[usual[0], "ohwx woman by a lake"], trial_id="20260103-120000")
    blocks = direct.view("results", trial="20260103-120000", lang="es")["blocks"]
    assert [block["kind"] for block in blocks] == ["prompt de las muestras", "prompt tuyo"]


def test_a_trial_that_the_command_draws_is_followed_from_its_first_picture_to_its_last(
    direct: Direct, client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int, bool]] = []

    def look(number: int) -> None:
        found = direct.view("results")
        seen.append((found["done"], found["total"], found["drawing"]))

    backend = FakeBackend(events=look)
    nothing = Scores(pictures=(), reference=None, yardstick=None, flexibility={}, failed={})
    monkeypatch.setattr(back_ends, "chosen", lambda settings, base, models, side, **named: back_ends.Chosen([backend], side))
    monkeypatch.setattr(results_commands, "measured", lambda session, client, folder, **options: nothing)
    monkeypatch.setattr(proof, "check_lora", made.facts)
    made.trained(client)
    session, _ = make()
    drawn = trial_commands.draw(session, "ana", Wish(side_px=64, weights=["0.8"], models=["final", "1500"], minutes=60.0))
    assert drawn.error is None, drawn.error
    found = direct.view("results")
    assert found["done"] == found["total"] == drawn.value.pictures == len(seen) and not found["drawing"]
    assert [one[0] for one in seen] == list(range(len(seen))) and all(one[2] for one in seen)
    assert all(cell["picture"] for cell in cells(found)) and found["unmeasured"] == found["done"]


def test_a_client_without_a_trial_says_how_one_is_made(direct: Direct, client: Client) -> None:
    made.trained(client)
    found = direct.view("results", lang="es")
    assert found["trials"] == [] and "try ana" in found["empty"]


def test_without_a_model_to_try_the_page_says_what_comes_first(direct: Direct) -> None:
    found = direct.view("results", lang="es")
    assert found["trials"] == [] and "try" not in found["empty"]
    assert found["next"]["stage"] == "import-mj" and "import-mj ana CARPETA" in found["next"]["command"]["text"]


def test_an_older_trial_is_shown_when_it_is_asked_for_and_an_unknown_one_is_told(
    direct: Direct, tried: Path, client: Client
) -> None:  # fmt: skip
    made_trial.tried(client, trial_id="20260102-120000", done=3, paint=small)
    assert direct.view("results")["trial"] == "20260102-120000"
    assert direct.view("results", trial="20260101-120000")["done"] == 33
    for name in ("20250101-000000", "../trials", ".lock"):
        assert direct.get(f"/api/client/ana/results?trial={name}").json["error"]["key"] == "trial.unknown"


def test_the_trial_at_work_is_shown_though_there_is_a_newer_one(direct: Direct, client: Client, tried: Path) -> None:
    made_trial.tried(client, trial_id="20260102-120000", done=3, paint=small)
    os.utime(tried / trial.LINES_FILE, ns=(2**61, 2**61))
    with trial_make.lock(client):
        assert direct.view("results")["trial"] == tried.name
    assert direct.view("results")["trial"] == "20260102-120000"


@pytest.mark.parametrize(
    ("risk", "flexibility", "words"),
    [(0.2, 0.9, ("yes", "yes")), (0.0, 0.7, ("no", "less")), (-0.1, 0.1, ("no", "no")), (None, None, ("unknown", "unknown"))],
)
def test_copying_and_stiffness_are_words_by_the_limits_of_the_settings(
    risk: float | None, flexibility: float | None, words: tuple[str, str]
) -> None:  # fmt: skip
    limits = Settings().results
    assert (results._copies(risk, limits), results._free(flexibility, limits)) == words


def test_a_trial_at_work_tells_its_progress_and_one_that_was_stopped_how_it_goes_on(
    direct: Direct, client: Client, tried: Path
) -> None:  # fmt: skip
    folder = made_trial.tried(client, trial_id="20260102-120000", done=20, measured=False, paint=small)
    stopped = direct.view("results", lang="es")
    assert not stopped["drawing"] and stopped["left_s"] is None and stopped["unmeasured"] == 20
    assert any("try ana" in one["text"] and "20 de 33" in one["text"] for one in stopped["told"])
    with trial_make.lock(client):
        found = direct.view("results")
        assert (found["drawing"], found["done"], found["total"], found["left_s"]) == (True, 20, 33, 13 * 12.0)
        assert {cell["note"] for cell in cells(found)} == {"sin medir", "sin dibujar"}
        assert not any("try ana" in one["text"] for one in found["told"])
        made_trial.drawn(folder, trial_make.jobs_of(trial.read(folder))[20:21], small)
        assert direct.view("results")["done"] == 21


def test_what_has_no_effect_and_what_copies_is_said_in_words(direct: Direct, client: Client, tried: Path) -> None:
    made_trial.tried(client, trial_id="20260102-120000", no_effect="1000@0.6", paint=small)
    found = direct.view("results", lang="es")
    (note,) = {cell["note"] for cell in cells(found) if cell["candidate"] == "1000@0.6"}
    assert note == "sin efecto" and any("paso 1.000 con peso 0,6" in one["text"] for one in found["told"])


def test_taking_one_is_what_the_command_does_and_another_takes_it_back(direct: Direct, client: Client, tried: Path) -> None:
    found = direct.view("results")
    assert direct.view("captions")["rows"]
    done = direct.act("take", trial=found["trial"], candidate=found["proposed"], based_on="")
    assert done.status == 200, done.body
    model, chosen = choice.current(client) or (Path(), {})
    assert chosen["candidate"] == found["proposed"] and chosen["by"] == "rules"
    assert json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))["preferred weight"] == 0.8
    assert any("En uso" in one["text"] for one in done.json["said"])
    now = direct.view("results")
    assert now["taken"] == found["proposed"] and now["taken_before"]
    late = direct.act("take", trial=found["trial"], candidate="final@0.8", based_on="")
    assert late.status == 409 and late.json["present"]["based_on"] == now["taken_before"]
    assert direct.act("take", trial=found["trial"], candidate="final@0.8", based_on=now["taken_before"]).status == 200
    assert (choice.current(client) or (Path(), {}))[1]["by"] == "user"


@pytest.mark.parametrize("candidate", ["7@0.8", "1500@x", "", "../final@0.8"])
def test_taking_what_the_trial_has_not_is_refused(direct: Direct, client: Client, tried: Path, candidate: str) -> None:
    refused = direct.act("take", trial=tried.name, candidate=candidate, based_on="")
    assert refused.status == 400 and refused.json["error"]["key"] == "trial.no_candidate"
    assert choice.current(client) is None


def test_the_zip_is_made_from_the_page_as_by_the_command(direct: Direct, client: Client, tried: Path) -> None:
    direct.act("take", trial=tried.name, candidate="1500@0.8", based_on="")
    done = direct.act("deliver", lang="en")
    assert done.status == 200, done.body
    assert Path(done.json["path"]).is_file() and any(name.endswith(".safetensors") for name in done.json["files"])
    assert any(one["style"] == "warn" for one in done.json["said"])  # whom the person must be asked for


def test_pictures_that_are_not_measured_are_measured_when_asked(direct: Direct, tried: Path) -> None:
    done = direct.act("measure-trial", trial=tried.name)
    assert done.status == 200 and any("results_1.png" in one["text"] for one in done.json["said"])


def test_what_strangers_wrote_stays_text(direct: Direct, client: Client, tried: Path) -> None:
    made_trial.tried(client, trial_id="20260102-120000", prompts=(made_trial.EVIL, "b", "c"), paint=small)
    assert direct.view("results")["blocks"][0]["text"] == made_trial.EVIL
    assert made_trial.EVIL.encode() not in direct.get("/client/ana/results").body
