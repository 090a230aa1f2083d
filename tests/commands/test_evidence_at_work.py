"""Figures of trainings and trials: kept where nobody said no, by whichever program ends them, told when a client goes."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

import lora_trainer
import utils
from avatar.commands import clients, plan
from avatar.commands import settings as settings_commands
from avatar.results import ranking, trial, trial_evidence
from avatar.system.gpu import Card
from avatar.texts.text import PipelineError, Text
from avatar.training import run_evidence, run_folder, runs, unfinished
from avatar.workspace import evidence
from avatar.workspace.client import Client
from config import ResultsConfig
from tests.computer import call
from tests.plan.test_experience import of
from tests.results import made
from tests.results.made_scores import scores
from tests.scripted import MakeSession
from tests.tiny_png import PNG

CARD = Card(0, "NVIDIA GeForce RTX 3060", 12.0, 11.3, (8, 6))
FREE = ("--set", "max_train_steps=6", "--set", "save_every_n_steps=2")


@pytest.fixture
def with_card(monkeypatch: pytest.MonkeyPatch, computer: Client) -> Client:
    """The computer has a card, which the trials on the processor do not use."""
    monkeypatch.setattr(run_evidence, "at_start", lambda card, collect: at_start(CARD, collect=collect))
    return computer


at_start = run_evidence.at_start


def test_a_finished_training_leaves_a_line_of_figures(with_card: Client) -> None:
    assert call(with_card, "configure", "ana", "--gpu", "cpu", *FREE) == 0
    assert call(with_card, "train", "ana") == 0

    (line,) = evidence.read()

    assert (line["kind"], line["ended"], line["steps"]) == ("training", "done", 6)
    assert (line["card"], line["total_gib"], line["free_gib"]) == (CARD.name, 12.0, 11.3)
    assert line["values"]["max_train_steps"] == 6 and line["trainer"].startswith("v")
    told = json.dumps(line)
    ids = [one.run_id for one in runs.summaries(with_card.runs)]
    assert not [word for word in ("ana", "ohwx", "smiling", str(with_card.folder), "safetensors", *ids) if word in told]


def test_a_user_who_wants_none_gets_none_and_a_client_cannot_ask_for_them(
    with_card: Client, make: MakeSession, tmp_path: Path
) -> None:
    config_file = tmp_path / "config.json"
    utils.write_json(config_file, {**utils.read_object(config_file), "evidence": {"collect": False}})
    assert call(with_card, "configure", "ana", "--gpu", "cpu", *FREE) == 0
    assert call(with_card, "train", "ana") == 0
    assert evidence.read() == [] and not (with_card.folder / evidence.ID_FILE).exists()

    info = with_card.info()
    with_card.save_info(info.model_copy(update={"settings": {"evidence": {"collect": True}}}))
    session, _ = make()
    with pytest.raises(PipelineError, match=r"settings\.invalid"):
        session.settings(with_card)


def test_a_trial_on_the_processor_says_nothing_of_a_card(computer: Client) -> None:
    assert call(computer, "configure", "ana", "--gpu", "cpu", *FREE) == 0
    assert call(computer, "train", "ana") == 0
    assert evidence.read() == []


def test_a_training_that_ended_while_no_program_watched_leaves_its_line_when_it_is_judged(computer: Client) -> None:
    assert call(computer, "configure", "ana", "--gpu", "cpu", *FREE) == 0
    assert call(computer, "train", "ana") == 0
    (run,) = [computer.runs / one.run_id for one in runs.summaries(computer.runs)]
    (run / run_folder.OUTCOME_FILE).unlink()
    record = utils.read_object(run / run_folder.COMMAND_FILE)
    utils.write_json(run / run_folder.COMMAND_FILE, {**record, "evidence": at_start(CARD, collect=True)})

    unfinished.look_after(computer)

    (line,) = evidence.read()
    assert (line["card"], line["ended"]) == (CARD.name, "done")
    unfinished.look_after(computer)
    assert len(evidence.path().read_text("ascii").splitlines()) == 1


# --- trials ----------------------------------------------------------------------------------------------------------

ORDER = {"1000@0.8": [0.70] * 12, "1200@0.8": [0.80] * 12, "1200@0.6": [0.78] * 12}


def tried(client: Client, *, collect: bool = True) -> None:
    """Keep what a trial of two trainings' files has shown; the second training has a line, the first was before any."""
    for run_id, name in (("20260101-000000", "ana_v1"), ("20260102-000000", "ana_v2")):
        made.trained(client, run_id=run_id, name=name)
    evidence.note(
        client, run_evidence.name_of("20260102-000000"), {"kind": "training", "card": CARD.name, "mj": 12, "real": 20}
    )
    models = [{"name": name, "step": int(name), "sha256": made.SHA[name], "run_id": f"2026010{number}-000000"}
              for number, name in enumerate(("1000", "1200"), 1)]  # fmt: skip
    folder = client.samples / "trials" / "20260103-120000"
    trial.write(folder, made.trial(trial_id=folder.name, models=models))
    trial_evidence.note(client, folder, ranking.rank(scores(ORDER), ResultsConfig()), collect=collect)


def test_a_trial_keeps_the_best_file_of_each_training_and_what_it_was_trained_with(client: Client) -> None:
    tried(client)

    (line,) = [row for row in evidence.read() if row["kind"] == "trial"]

    assert (line["back_end"], line["reference"], line["yardstick"]) == ("trainer", "held_out", 0.92)
    best, other = line["compared"]
    assert (best["step"], best["weight"], best["best_or_tied"], best["n"]) == (1200, 0.8, True, 12)
    assert best["over_yardstick"] == -0.12 and best["values"]["network_dim"] == 2
    assert best["training"] == evidence.id_of(client, "run 20260102-000000")
    assert (other["step"], other["best_or_tied"]) == (1000, False) and "training" not in other
    told = json.dumps(line)
    assert not [word for word in ("2026010", "ohwx", "beach", "sdxl", "ana", made.SHA["1200"]) if word in told]


def test_a_trial_of_files_without_a_line_and_one_that_was_not_wanted_keep_nothing(client: Client) -> None:
    tried(client, collect=False)
    assert [row["kind"] for row in evidence.read()] == ["training"]
    evidence.clear()
    (client.folder / evidence.ID_FILE).unlink()
    folder = client.samples / "trials" / "20260103-120000"
    trial_evidence.note(client, folder, ranking.rank(scores(ORDER), ResultsConfig()), collect=True)
    assert evidence.read() == []


def test_the_settings_command_deletes_all_figures_and_nothing_else(client: Client, make: MakeSession) -> None:
    session, _ = make()
    evidence.note(client, "run 1", {"kind": "training", "card": CARD.name})

    first, again = (settings_commands.settings(session, clear="evidence") for _ in range(2))

    assert (first.value["lines"], again.value["lines"], evidence.path().exists()) == (1, 0, False)
    assert first.blocks == [Text("settings.cleared", {"n": 1, "path": str(evidence.path())}, "good")]
    assert again.blocks == [Text("settings.nothing_to_clear")]


# --- told ------------------------------------------------------------------------------------------------------------


def test_a_deletion_says_what_stays_and_where_and_says_nothing_where_nothing_stays(make: MakeSession, client: Client) -> None:
    session, _ = make(language="en")
    session.workspace.create("eva")
    evidence.note(client, "run 1", {"kind": "training", "card": CARD.name})

    without = clients.client_delete(session, "eva", "eva")
    (said,) = clients.client_delete(session, "ana", "ana").warnings

    assert without.warnings == []
    assert (said.key, said.values) == ("client.figures_stay", {"n": 1, "path": str(evidence.path())})
    assert len(evidence.read()) == 1


def test_a_plan_tells_what_earlier_clients_have_shown(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lora_trainer, "configure", functools.partial(lora_trainer.configure, card_probe=lambda: [CARD]))
    monkeypatch.setattr(evidence, "read", lambda: of(*[{32: True, 96: False}] * 3))
    folder = client.training_data / "1_ana"
    folder.mkdir()
    for number in range(30):
        (folder / f"real_{number:016x}.png").write_bytes(PNG)
        (folder / f"real_{number:016x}.txt").write_text("ohwx woman", encoding="utf-8")
    session, ui = make(language="en")

    session.show(plan.configure(session, "ana"))

    assert "rank 32 was the best or tied with it for 3 of 3 earlier clients" in ui.text
