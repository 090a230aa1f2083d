"""The page of a tuning: its answer, its candidates with their pictures, what it cannot tell."""

from __future__ import annotations

import json
import os
import re

from avatar.reports import tuning_page, tuning_view
from avatar.results import tuning
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from tests.web import made_trial, made_tuning


def written(client: Client, language: str = "es") -> str:
    view = tuning_view.view(client)
    assert view is not None
    return tuning_page.write(view, client.output, language, "./avatar.sh", client.client_id).read_text(encoding="utf-8")


def test_a_client_without_a_tuning_has_no_view(client: Client) -> None:
    assert tuning_view.view(client) is None


def test_the_page_says_which_file_to_use_that_it_is_tied_and_how_it_is_taken(client: Client) -> None:
    made_tuning.tuned(client)
    page = written(client)
    assert "Usa este: tasa ÷ 2, paso 2.000 con peso 0,6; empata con 1 archivo más" in page
    assert "<code>./avatar.sh tune ana --take rate_half</code>" in page
    assert "<code>./avatar.sh tune ana --take rate_half --values</code>" in page
    assert "menos de 0,05 de diferencia de parecido no dice nada" in page
    assert "tasa de aprendizaje: 0,00005 en vez de 0,0001" in page and "Que sea mejor no se sabe" in page


def test_a_tuning_that_an_error_ended_says_which_and_what_to_do(client: Client) -> None:
    folder = made_tuning.tuned(client, ended=False)
    tuning.note_stop(folder, PipelineError("disk.full", need_mb=900, free_mb=12).text)
    page = written(client)
    assert "El ajuste queda a medias" in page
    cause = re.search(r'class="bad stopped">(.*?)</p>', page, re.DOTALL)
    assert cause is not None and "Qué hacer" in cause[1]
    tuning.note_stop(folder, None)
    assert 'stopped">' not in written(client)


def test_each_candidate_has_its_figures_and_a_failed_one_its_cause(client: Client) -> None:
    made_tuning.tuned(client)
    view = tuning_view.view(client)
    assert view is not None
    assert [(row.name, row.chosen, row.tied) for row in view.rows] == [
        ("last", False, False), ("plan", False, True), ("rate_half", True, True), ("rate_double", False, False),
        ("rank_16", False, False),
    ]  # fmt: skip
    page = written(client, "en")
    assert "0.81" in page and "learning rate: 0.0001 → 0.00005" in page and "size of the LoRA (dim): 96 → 16" in page
    cause = re.search(r'class="warn">(.*?)</td>', page, re.DOTALL)
    assert cause is not None and "memory" in cause[1]


def test_the_pictures_of_all_candidates_are_of_the_same_prompts_and_seeds_each_prompt_first(client: Client) -> None:
    made_tuning.tuned(client)
    view = tuning_view.view(client)
    assert view is not None
    places = [[(shot.prompt, shot.seed) for shot in row.shots] for row in view.rows if row.shots]
    assert len(places) == 4 and all(each == places[0] for each in places)
    assert [prompt for prompt, _ in places[0][:3]] == list(made_trial.TRIAL_PROMPTS)
    assert written(client).count("data:image/jpeg;base64,") == 4 * tuning_view.SHOTS


def test_a_trial_that_is_gone_leaves_the_figures(client: Client) -> None:
    made_tuning.tuned(client)
    (client.samples / "trials" / made_tuning.TRIAL / "trial.json").unlink()
    page = written(client)
    assert "0,81" in page and "data:image" not in page


def test_a_tuning_at_work_says_what_it_trains_and_one_that_nobody_does_how_it_goes_on(client: Client) -> None:
    folder = made_tuning.tuned(client, ended=False)
    view = tuning_view.view(client)
    assert view is not None and view.work == "broken_off" and view.first.key == "tune.interrupted"
    note = {"stage": "tune", "pid": os.getpid(), "since": "2026-01-01T22:00:00+01:00"}
    (client.folder / ".lock.json").write_text(json.dumps(note), encoding="utf-8")
    tuning.append(folder, tuning.lines(folder)["plan"].model_copy(update={"state": "running"}))
    view = tuning_view.view(client)
    assert view is not None and view.work == "at_work" and view.first.values["name"] == "plan"
    page = written(client)
    assert "El ajuste está en marcha: entrena «el plan»" in page and "--take" not in page


def test_another_stage_that_holds_the_client_is_no_tuning_at_work(client: Client) -> None:
    made_tuning.tuned(client, ended=False)
    note = {"stage": "train", "pid": os.getpid(), "since": "2026-01-01T22:00:00+01:00"}
    (client.folder / ".lock.json").write_text(json.dumps(note), encoding="utf-8")
    view = tuning_view.view(client)
    assert view is not None and view.work == "broken_off"


def test_the_mark_of_each_stands_where_its_likeness_is_and_the_band_ends_at_the_best(client: Client) -> None:
    made_tuning.tuned(client)
    view = tuning_view.view(client)
    assert view is not None
    scale = tuning_view.scale(view)
    assert scale is not None and scale.band is not None
    assert scale.band[1] == scale.at(0.81) and scale.band[0] < scale.at(0.79) < scale.band[1]
    assert 0 < scale.at(0.58) < scale.at(0.74) < scale.band[0] and scale.band[1] < 100


def test_what_a_record_says_is_never_taken_as_markup(client: Client) -> None:
    made_tuning.tuned(client, cause={"key": "tune.failed", "values": {"name": made_trial.EVIL, "reason": made_trial.EVIL}})
    assert "<script>alert" not in written(client)
