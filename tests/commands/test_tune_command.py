"""The command `tune`: what it says beforehand, a night with the stand-in trainer, its answer, and what is taken from it."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lora_trainer
import utils
from avatar.commands import back_ends, clients, results, tune, tune_begin, tune_places, tune_ports, tune_take
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.commands.tune import Wish
from avatar.generate import proof
from avatar.generate.backend import LoraError
from avatar.reports import tuning_view
from avatar.results import (
    choice,
    plan_trial,
    trial_make,
    trial_models,
    trial_run,
    tuning,
    tuning_candidates,
    tuning_start,
    tuning_state,
)
from avatar.results.scores import Scores, TrialPicture
from avatar.terminal import command_line, training
from avatar.texts.text import PipelineError, Text
from avatar.trainer import options as trainer_options
from avatar.training import run_folder
from avatar.training import runs as runs_at_work
from avatar.workspace.client import Client, tuning_run_folders
from tests.computer import call, lay_out
from tests.results import fake_backend, made
from tests.results.fake_backend import FakeBackend
from tests.scripted import MakeSession, ScriptedUi

STEPS = ("steps=30", "batch=1", "gradient_accumulation_steps=2", "save_every_n_steps=10")  # 10 an epoch: short ones end at 10
NIGHT = Wish(hours=1.0)


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """The back end that everything is drawn with, small."""
    one = FakeBackend(kind="trainer", address="")
    monkeypatch.setattr(back_ends, "chosen", lambda settings, base, models, side_px, **named: back_ends.Chosen([one], side_px))
    monkeypatch.setattr(proof, "check_lora", made.facts)
    monkeypatch.setattr(trial_make, "SIDE_PX", 64)
    return one


@pytest.fixture
def likeness(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Likeness by model in place of a measure; 0.4 of all others. At weight 0.6 it is 0.02 higher."""
    known: dict[str, float] = {}

    def measured(session: object, client: Client, folder: Path, *, anew: bool = False) -> Scores:
        def alike(picture: TrialPicture) -> float:
            noise = fake_backend.seed_of(picture.prompt, picture.seed) % 100 / 5000
            return known.get(picture.model, 0.4) + noise + (0.02 if picture.weight == "0.6" else 0.0)

        return made.scores(folder, alike)

    monkeypatch.setattr(results, "measured", measured)
    return known


@pytest.fixture
def ready(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: FakeBackend, likeness: dict[str, float]
) -> Client:
    """A client that can be tuned on a computer with the stand-in trainer: dataset, plan, photos that are held out."""
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(trainer_options.DATA_FILE))
    lay_out(tmp_path, client)
    monkeypatch.setattr(tune_begin, "_has_held_out", lambda client: True)
    every = tuning_candidates.candidates
    monkeypatch.setattr(tuning_candidates, "candidates", lambda plan, fits: every(plan, fits)[:3])
    return client


def session_of(make: MakeSession, client: Client, *answers: str) -> tuple[Session, ScriptedUi]:
    session, ui = make(*answers)
    lora_trainer.configure(client, settings=session.settings(client), gpu="cpu", overrides=STEPS, card_probe=list)
    return session, ui


def states(client: Client) -> dict[str, str]:
    one = tuning.newest(client)
    assert one is not None
    return {name: line.state for name, line in tuning.lines(one.folder).items()}


# --- a night ---------------------------------------------------------------------------------------------------------


def test_a_night_trains_variants_and_says_which_file_to_use(
    make: MakeSession, ready: Client, likeness: dict[str, float]
) -> None:
    likeness |= {"rate_half-10": 0.6, "rate_half-30": 0.8, "rate_half-20": 0.7}
    session, ui = session_of(make, ready)
    plan = ready.plan_file.read_bytes()
    result = tune.tune(session, "ana", NIGHT)
    session.show(result)
    assert result.error is None and result.value.ended and result.value.stage == 1
    assert (result.value.file, result.value.candidate) == ("rate_half-30@0.6", "rate_half")
    assert states(ready) == {"plan": "full", "rate_half": "full", "rate_double": "dropped"}
    assert [change["key"] for change in result.value.changes] == ["learning_rate"]
    assert "El mejor: tasa ÷ 2, paso 30 con peso 0,6" in ui.text and "tune ana --take rate_half" in ui.text
    assert "Que sea mejor no se sabe" in ui.text
    assert ready.plan_file.read_bytes() == plan and not list(ready.models.glob("*.safetensors"))


def test_what_it_says_beforehand_is_what_it_can_tell_and_never_which_setting_is_better(
    make: MakeSession, ready: Client
) -> None:
    session, ui = session_of(make, ready)
    tune.tune(session, "ana", NIGHT)
    assert "- el plan tal cual\n- la mitad de la tasa de aprendizaje\n- el doble" in ui.text
    assert "el mismo plan entrenado dos veces difiere en 0,08–0,11" in ui.text
    assert "lo mide el primer entrenamiento corto" in ui.text


def test_a_failing_variant_is_an_outcome_of_the_night(
    make: MakeSession, ready: Client, likeness: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "nan_above_rate")
    likeness |= {"plan-10": 0.6, "plan-30": 0.7}
    session, ui = session_of(make, ready)
    rate = lora_trainer.planned(ready, session.settings(ready)).learning_rate
    monkeypatch.setenv("FAKE_TRAINER_RATE", str(rate * 1.5))
    result = tune.tune(session, "ana", NIGHT)
    session.show(result)
    assert result.error is None and result.value.candidate == "plan"
    assert states(ready)["rate_double"] == "failed"
    row = next(one for one in result.value.candidates if one["candidate"] == "rate_double")
    assert row["cause"] == "train.cause.nan" and "tasa × 2" in ui.text and "rate_double" not in ui.text


def test_a_repeat_shows_the_same_answer_and_neither_trains_nor_draws(
    make: MakeSession, ready: Client, backend: FakeBackend
) -> None:
    session, ui = session_of(make, ready)
    first = tune.tune(session, "ana", NIGHT).value
    runs, drawn = len(tuning_run_folders(ready.runs)), len(backend.drawn)
    result = tune.tune(session, "ana")
    second = result.value
    session.show(result)
    assert [told.key for told in second.another_night] == [told.key for told in first.another_night]
    assert dataclasses.replace(second, another_night=()) == dataclasses.replace(first, another_night=())
    assert re.search(r"llevar una hasta el final son \d+,\d h", ui.text)  # how long depends on how fast this computer drew
    assert (len(tuning_run_folders(ready.runs)), len(backend.drawn)) == (runs, drawn)


def test_short_comparisons_draw_nothing_twice_and_all_at_the_same_seeds(
    make: MakeSession, ready: Client, backend: FakeBackend
) -> None:
    session, _ = session_of(make, ready)
    tune.tune(session, "ana", NIGHT)
    assert len({request.picture_id for request in backend.drawn}) == len(backend.drawn)


# --- stage 0 ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def trained(ready: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("avatar.training.judge.file_problem", lambda spec, path: None)
    return made.trained(ready)


def test_without_hours_the_models_of_the_last_training_and_their_mean_are_compared(
    make: MakeSession, trained: Client, likeness: dict[str, float], backend: FakeBackend
) -> None:
    likeness |= {"1500": 0.7}
    session, ui = session_of(make, trained)
    result = tune.tune(session, "ana")
    session.show(result)
    assert (result.value.file, result.value.stage, result.value.candidate) == ("1500@0.6", 0, "last")
    assert not tuning_run_folders(trained.runs)
    one = tuning.newest(trained)
    assert one is not None and [model.name for model in one.info.stage0] == ["final", "1500", "1000", "500", "mean"]
    assert "El mejor: paso 1.500 con peso 0,6" in ui.text


def test_a_mean_that_is_gone_is_made_again_and_draws_nothing_twice(
    make: MakeSession, trained: Client, backend: FakeBackend
) -> None:
    session, _ = session_of(make, trained)
    first = tune.tune(session, "ana")
    drawn = len(backend.drawn)
    one = tuning.newest(trained)
    assert one is not None
    run_id = one.info.stage0[-1].run_id
    trial_models.mean_file(trained, run_id).unlink()
    again = tune.tune(session, "ana")
    assert again.value.file == first.value.file and len(backend.drawn) == drawn
    assert trial_models.mean_file(trained, run_id).is_file()


def test_what_was_compared_and_is_cleared_away_begins_another_comparison_and_says_so(
    make: MakeSession, trained: Client, backend: FakeBackend
) -> None:
    session, ui = session_of(make, trained)
    first = tune.tune(session, "ana")
    for path in trained.runs.rglob("*-step*.safetensors"):
        path.unlink()
    again = tune.tune(session, "ana")
    assert again.error is None and again.value.tuning != first.value.tuning
    assert "sus archivos ya no están todos" in ui.text


def test_where_the_last_training_was_tried_already_stage_0_draws_nothing(
    make: MakeSession, trained: Client, backend: FakeBackend
) -> None:
    from avatar.commands import trial

    session, ui = session_of(make, trained)
    trial.draw(session, "ana")
    drawn = len(backend.drawn)
    tune.tune(session, "ana")
    assert len(backend.drawn) == drawn
    assert "ya están dibujados" in ui.text


def test_where_no_finalists_can_be_told_apart_no_second_round_is_announced(
    make: MakeSession, ready: Client, monkeypatch: pytest.MonkeyPatch, likeness: dict[str, float]
) -> None:
    made.trained(ready)
    session, _ = session_of(make, ready)
    monkeypatch.setattr(results, "shortlist", lambda session, client, folder: ())
    ports = tune_ports.RealPorts(
        session, ready, tuning_of(ready), tune_ports.Drawing(), places=tune_places.of_this_computer(None)
    )  # fmt: skip
    files = tuning_of(ready).last_files()
    assert ports.missing(files) > 0
    asked, backends = ports._asked(files, plan_trial.WEIGHTS, [plan_trial.FIRST_SEED])
    trial_run.run(ready, asked, backends, trial_run.Callbacks(shortlist=lambda folder, one: ()))
    assert ports.missing(files) == 0


def tuning_of(client: Client) -> tuning.Tuning:
    found = tuning.newest(client)
    if found is not None:
        return found
    return tune_begin._new(client, None, tuning_start.Standing(plan="", dataset="", held_out="", last_run=""), None)


class Warned:
    def __init__(self) -> None:
        self.told: list[Text] = []

    def __call__(self, told: Text) -> None:
        self.told.append(told)


def test_a_warning_of_one_variants_training_is_not_told_again_for_the_next(make: MakeSession, ready: Client) -> None:
    made.trained(ready)
    session, _ = session_of(make, ready)
    ports = tune_ports.RealPorts(
        session, ready, tuning_of(ready), tune_ports.Drawing(), places=tune_places.of_this_computer(None)
    )  # fmt: skip
    first, second = Warned(), Warned()
    again = Text("train.again", {"n": 2})
    for warned in (first, second):
        warn = ports._once_a_night(warned)
        assert warn is not None
        warn(Text("train.warning.nan", {"step": 3}))
        warn(again)
    assert len(first.told) == 2 and second.told == [again]


def test_a_model_that_is_refused_at_the_first_comparison_is_not_read_and_told_at_the_next(
    make: MakeSession, ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.trained(ready)
    read: list[str] = []

    def check(path: Path, channels: tuple[int, ...]) -> proof.LoraFacts:
        read.append(path.name)
        if "1000" in path.name:
            raise LoraError("draw.lora.zero", file=path.name)
        return made.facts(path)

    monkeypatch.setattr(proof, "check_lora", check)
    session, ui = session_of(make, ready)
    ports = tune_ports.RealPorts(
        session, ready, tuning_of(ready), tune_ports.Drawing(), places=tune_places.of_this_computer(None)
    )  # fmt: skip
    for _ in range(3):
        ports.missing(tuning_of(ready).last_files())
    assert sum("1000" in name for name in read) == 1 and ui.text.count("No se prueba: paso 1.000.") == 1


# --- what draws, asked in the menu -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usable", "answers", "backend"),
    [(["comfyui", "trainer"], ["0,5", "2"], "trainer"), (["comfyui", "trainer"], ["0,5", ""], "comfyui"),
     (["trainer"], ["0,5"], None), ([], ["0,5"], None)],
)  # fmt: skip
def test_the_menu_asks_what_draws_only_where_there_is_a_choice(
    make: MakeSession, ready: Client, monkeypatch: pytest.MonkeyPatch, usable: list[str], answers: list[str],
    backend: str | None,
) -> None:  # fmt: skip
    wished: list[Wish] = []
    monkeypatch.setattr(back_ends, "usable", lambda settings, base, side_px: usable)
    monkeypatch.setattr(tune, "tune", lambda session, client, wish: wished.append(wish) or Result(None))  # type: ignore[func-returns-value]
    made.trained(ready)
    session, ui = make(*answers)
    session.client = ready
    training.tune(session)
    assert [(wish.hours, wish.backend) for wish in wished] == [(0.5, backend)] and not ui.answers
    assert ("2. el del entrenador" in ui.text) is (len(usable) > 1)


def test_a_tuning_that_goes_on_is_not_asked_what_draws(
    make: MakeSession, ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.trained(ready)
    session, _ = session_of(make, ready)
    session.client = ready
    one = tuning_of(ready)
    monkeypatch.setattr(back_ends, "usable", lambda settings, base, side_px: ["comfyui", "trainer"])
    assert tune.back_ends_to_choose(session) == ["comfyui", "trainer"]
    tuning.begin(one.folder, one.info.model_copy(update={"backend": "trainer"}))
    assert tune.back_ends_to_choose(session) == []


def test_a_client_without_any_model_is_told_to_train_or_to_give_hours(make: MakeSession, ready: Client) -> None:
    session, _ = session_of(make, ready)
    with pytest.raises(PipelineError, match=r"tune\.nothing_trained"):
        tune.tune(session, "ana")
    assert tuning.newest(ready) is None


def test_without_photos_that_are_held_out_nothing_is_trained_and_it_says_why(
    make: MakeSession, trained: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tune_begin, "_has_held_out", lambda client: False)
    session, ui = session_of(make, trained)
    result = tune.tune(session, "ana", NIGHT)
    assert result.value.stage == 0 and not tuning_run_folders(trained.runs)
    assert "ganaría quien mejor copia" in ui.text


def test_hours_for_nothing_are_not_answered_by_the_advice_to_give_hours(make: MakeSession, client: Client) -> None:
    """Neither a model nor photos that are held out: what the menu does before there is anything."""
    session, _ = make()
    with pytest.raises(PipelineError, match=r"tune\.nothing_to_judge_by") as told:
        tune.tune(session, "ana", NIGHT)
    assert "--hours" not in str(told.value.text) and tuning.newest(client) is None


# --- begun, changed, refused -----------------------------------------------------------------------------------------


def test_at_a_terminal_it_asks_and_no_leaves_everything_as_it_is(make: MakeSession, ready: Client) -> None:
    session, ui = session_of(make, ready, "2")
    ui.interactive = True
    result = tune.tune(session, "ana", NIGHT)
    assert not result.value.ended and not tuning_run_folders(ready.runs)


def test_a_plan_that_has_changed_begins_another_tuning_and_says_so(
    make: MakeSession, ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, ui = session_of(make, ready, "2")
    ui.interactive = True
    first = tune.tune(session, "ana", NIGHT).value
    ui.interactive = False
    lora_trainer.configure(
        ready, settings=session.settings(ready), overrides=["seed=7"], keep=True, card_probe=list
    )  # fmt: skip
    second = tune.tune(session, "ana", NIGHT).value
    assert second.tuning != first.tuning
    assert "el plan ha cambiado" in ui.text


def test_what_would_stop_every_training_is_said_before_the_night(make: MakeSession, ready: Client, tmp_path: Path) -> None:
    session, _ = session_of(make, ready)
    (tmp_path / "base.safetensors").unlink()
    with pytest.raises(PipelineError) as error:
        tune.tune(session, "ana", NIGHT)
    assert error.value.key.startswith(("preflight", "base"))
    assert not tuning_run_folders(ready.runs)


def test_hours_are_needed_to_train(make: MakeSession, ready: Client) -> None:
    session, _ = session_of(make, ready)
    with pytest.raises(PipelineError, match=r"tune\.hours_needed"):
        tune.tune(session, "ana", Wish(stage=1))


@pytest.mark.parametrize("typed", ["0", "-1", "nan", "ocho", "1e9", ""])
def test_what_are_no_hours_is_wrong_usage(typed: str) -> None:
    with pytest.raises(ValueError):
        tune.hours_of(typed)


def test_hours_are_typed_with_a_point_or_a_comma() -> None:
    assert tune.hours_of("1,5") == tune.hours_of("1.5") == 1.5


def test_a_client_that_is_being_tuned_is_locked_for_all_else(make: MakeSession, ready: Client) -> None:
    session, _ = session_of(make, ready)
    with ready.lock("tune"):
        held = utils.read_object(ready.folder / ".lock.json")
    assert held["stage"] == "tune"
    assert session.text("client.locked", client="ana", pid=1, since="-", stage="tune").count("Ajuste automático") == 1


def test_the_state_of_a_client_says_how_its_tuning_stands_until_a_choice_is_made(make: MakeSession, ready: Client) -> None:
    session, ui = session_of(make, ready, "1")
    ui.interactive = True
    assert tuning_state.told(ready) is None
    tune.tune(session, "ana", NIGHT)
    ui.interactive = False
    session.show(clients.status(session, "ana"))
    assert "propone" in ui.text and "tune ana --take best" in ui.text
    tune_take.take(session, "ana", "best", values=False)
    assert tuning_state.told(ready) is None


def test_a_tuning_that_was_not_finished_or_is_at_work_is_told_as_such(ready: Client, make: MakeSession) -> None:
    session, _ = session_of(make, ready)
    tune.tune(session, "ana", NIGHT)
    one = tuning.newest(ready)
    assert one is not None
    tuning.reopen(one, 3.0)
    told = tuning_state.told(ready)
    assert told is not None and told.key == "tune.state_begun"
    with ready.lock("tune"):
        told = tuning_state.told(ready)
    assert told is not None and told.key == "tune.state_at_work"


# --- taking ----------------------------------------------------------------------------------------------------------


def test_a_candidate_is_taken_with_its_file_and_its_values(
    make: MakeSession, ready: Client, likeness: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    likeness |= {"rate_half-10": 0.6, "rate_half-30": 0.8}
    session, ui = session_of(make, ready)
    before = lora_trainer.planned(ready, session.settings(ready))
    tuned = tune.tune(session, "ana", NIGHT).value
    session.show(tune_take.take(session, "ana", "best", values=True))
    current = choice.current(ready)
    assert current is not None and current[1]["candidate"] == "rate_half-30@0.6"
    record = json.loads(ready.plan_file.read_text(encoding="utf-8"))
    assert record["plan"]["learning_rate"] == pytest.approx(before.learning_rate / 2)
    why = next(change for change in record["changes"] if change["name"] == "learning_rate")
    assert (why["why"], why["values"]["tuning"]) == ("plan.change.tuned", tuned.tuning)
    assert f"del ajuste del {session.text('run.dated', run=tuned.tuning)}" in ui.text


def test_without_values_the_plan_stays_as_it_is_and_the_plan_s_own_candidate_changes_nothing(
    make: MakeSession, ready: Client, likeness: dict[str, float]
) -> None:
    session, ui = session_of(make, ready)
    tune.tune(session, "ana", NIGHT)
    plan = ready.plan_file.read_bytes()
    tune_take.take(session, "ana", "rate_double", values=False)
    session.show(tune_take.take(session, "ana", "plan", values=True))
    assert ready.plan_file.read_bytes() == plan
    assert "en ningún valor" in ui.text


def test_the_best_of_a_tuning_without_an_answer_is_not_to_be_had_and_it_says_why(make: MakeSession, ready: Client) -> None:
    session, _ = session_of(make, ready)
    tune.tune(session, "ana", NIGHT)
    one = tuning.newest(ready)
    assert one is not None
    (one.folder / "answer.json").unlink()
    with pytest.raises(PipelineError) as error:
        tune_take.take(session, "ana", "best", values=False)
    assert error.value.key == "tune.nothing_to_take"


def test_taking_what_is_not_there_names_what_is(make: MakeSession, ready: Client) -> None:
    session, _ = session_of(make, ready)
    with pytest.raises(PipelineError, match=r"tune\.none"):
        tune_take.take(session, "ana", "plan", values=False)
    tune.tune(session, "ana", NIGHT)
    with pytest.raises(PipelineError, match=r"tune\.no_candidate"):
        tune_take.take(session, "ana", "../x", values=False)


def test_in_the_menus_the_answers_file_is_taken_on_enter_and_its_values_on_a_yes_alone(
    make: MakeSession, ready: Client, likeness: dict[str, float]
) -> None:
    likeness |= {"rate_half-10": 0.6, "rate_half-30": 0.8}
    session, ui = session_of(make, ready, "", "", "plan", "tasa ÷ 2", "<", "", "s")
    session.client = ready
    with pytest.raises(PipelineError, match=r"tune\.none"):
        training.tune_take(session)
    tune.tune(session, "ana", NIGHT)
    plan = ready.plan_file.read_bytes()
    for expected in ("rate_half-30@0.6", "plan-10@0.6"):
        training.tune_take(session)
        current = choice.current(ready)
        assert current is not None and current[1]["candidate"] == expected
        assert ready.plan_file.read_bytes() == plan
    training.tune_take(session)
    assert ready.plan_file.read_bytes() != plan and not ui.answers
    assert "rate_half" not in "".join(line for line in ui.shown if line.startswith(("  ", "> ")))


def test_a_tuning_of_which_nothing_was_compared_offers_nothing_to_take(make: MakeSession, ready: Client) -> None:
    session, _ = session_of(make, ready)
    tune.tune(session, "ana", NIGHT)
    one = tuning.newest(ready)
    assert one is not None
    (one.folder / "tuning.jsonl").unlink()
    with pytest.raises(PipelineError, match=r"tune\.nothing_to_take"):
        tune_take.offered(ready)


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_the_names_of_the_design_stand_in_json(
    ready: Client, make: MakeSession, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session_of(make, ready)
    monkeypatch.setattr(
        command_line, "Session", lambda *words, **named: Session(*words, **{**named, "config_file": tmp_path / "config.json"})
    )
    assert call(ready, "--json", "tune", "ana", "--hours", "1") == 0
    record: dict[str, Any] = json.loads(capsys.readouterr().out)["result"]
    assert {"stage", "candidates", "changes", "hours_used"} <= record.keys()
    assert [one["candidate"] for one in record["candidates"]] == ["plan", "rate_half", "rate_double"]
    assert all({"key", "from", "to", "why"} == set(one) for one in record["changes"])


def test_the_runs_of_a_tuning_name_it(make: MakeSession, ready: Client) -> None:
    session, _ = session_of(make, ready)
    value = tune.tune(session, "ana", NIGHT).value
    named = {run_folder.read_command(folder)["tuning"]["tuning_id"] for folder in tuning_run_folders(ready.runs)}
    assert named == {value.tuning}


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_second_program_is_told_who_tunes(make: MakeSession, ready: Client) -> None:
    session, _ = session_of(make, ready)
    with holding(ready), pytest.raises(PipelineError) as error:
        tune.tune(session, "ana", NIGHT)
    assert error.value.key == "client.locked"
    assert not tuning_run_folders(ready.runs) and tuning.newest(ready) is None


def test_a_client_that_is_being_tuned_is_neither_deleted_nor_renamed(make: MakeSession, ready: Client) -> None:
    session, _ = session_of(make, ready)
    with holding(ready):
        for act in (
            lambda: clients.client_delete(session, "ana", typed="ana"), lambda: clients.client_rename(session, "ana", "eva")
        ):  # fmt: skip
            with pytest.raises(PipelineError) as error:
                act()
            assert error.value.key == "client.locked"
    assert ready.info_file.is_file()


@contextlib.contextmanager
def holding(client: Client) -> Iterator[None]:
    """Hold a client as another program that tunes it does."""
    import filelock

    with filelock.FileLock(str(client.folder / ".lock")):
        utils.write_json(client.folder / ".lock.json", {"stage": "tune", "pid": 1, "since": "2026-01-01T00:00:00+00:00"})
        yield


def test_a_full_disk_ends_the_night_with_that_and_the_next_one_goes_on(
    make: MakeSession, ready: Client, likeness: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a model is written: no candidate is to blame, and none is lost to it."""
    likeness |= {"rate_half-10": 0.6, "rate_half-30": 0.8}
    session, _ = session_of(make, ready)
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "disk")
    with pytest.raises(PipelineError) as error:
        tune.tune(session, "ana", NIGHT)
    assert error.value.key == "train.cause.disk_full"
    assert set(states(ready).values()) == {"planned"}
    view = tuning_view.view(ready)
    assert view is not None and view.stopped is not None and view.stopped.key == "train.cause.disk_full"
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "")
    result = tune.tune(session, "ana")
    view = tuning_view.view(ready)
    assert view is not None and view.stopped is None
    assert result.value.candidate == "rate_half"


def test_a_disk_that_is_full_for_a_line_loses_nothing_of_what_was_trained(
    make: MakeSession, ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = session_of(make, ready)
    real, room = tuning.append, [3]

    def append(folder: Path, line: tuning.Line) -> tuning.Line:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device", str(folder))
        return real(folder, line)

    monkeypatch.setattr(tuning, "append", append)
    with pytest.raises(OSError, match="No space"):
        tune.tune(session, "ana", NIGHT)
    runs = len(tuning_run_folders(ready.runs))
    room[0] = 10_000
    result = tune.tune(session, "ana")
    assert result.error is None and result.value.ended
    names = [run_folder.read_command(folder)["tuning"]["candidate"] for folder in tuning_run_folders(ready.runs)]
    assert names.count("plan") <= 2 and runs >= 1


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(
    make: MakeSession, ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, ui = session_of(make, ready)
    monkeypatch.setattr(results, "measured", _interrupting)
    result = tune.tune(session, "ana", NIGHT)
    session.show(result)
    assert result.interrupted and not result.value.ended
    assert "tune ana" in ui.text and states(ready)["plan"] == "short"


def _interrupting(*arguments: object, **named: object) -> Scores:
    raise KeyboardInterrupt


def test_a_server_on_the_same_card_is_named_with_the_remedy(
    make: MakeSession, ready: Client, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.trained(ready)
    backend.kind = "comfyui"
    session, ui = session_of(make, ready)
    tune.tune(session, "ana", NIGHT)
    assert "comfyui sigue abierto" in ui.text and "--backend trainer" in ui.text


def test_when_the_hours_are_over_in_the_middle_of_a_training_it_is_ended_and_what_is_there_is_the_answer(
    make: MakeSession, ready: Client, likeness: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first state would come after 20 s; nothing is known of the card, so that a training is begun at all."""
    made.trained(ready)
    likeness |= {"1500": 0.7}
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "2")
    session, _ = session_of(make, ready)
    began = time.monotonic()
    result = tune.tune(session, "ana", Wish(hours=10 / 3600))
    assert time.monotonic() - began < 45  # to its end it would take 60
    assert not result.interrupted and result.error is None and result.value.ended
    assert result.value.file == "1500@0.6"
    assert states(ready)["plan"] == "stopped" and len(tuning_run_folders(ready.runs)) == 1
    assert not runs_at_work.live_tuning_runs(ready.runs)
