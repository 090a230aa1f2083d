"""Lines of the menus that ask before they act: limits, the doctor of all, the demo, who it is, one value of the plan."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import config
from avatar.commands import dashboard as dashboard_commands
from avatar.commands import dataset as dataset_commands
from avatar.commands import demo, plan_view, stage_state, tune_elsewhere
from avatar.commands import doctor as doctor_commands
from avatar.commands import plan as plan_commands
from avatar.commands import queue as queue_commands
from avatar.commands import who as who_commands
from avatar.commands.all_commands import COMMANDS
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.reports import stages
from avatar.terminal import clients, doctor, limits, menus, planning, questions, training, who
from avatar.texts.text import Finding, Text
from avatar.workspace import evidence
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.scripted import MakeSession
from tests.stages.test_image_processor import ONE, TWO, add
from tests.stages.test_image_processor import run as processed

# --- limits ----------------------------------------------------------------------------------------------------------


def own(client: Client) -> object:
    return client.info().settings.get("quality", {})


@pytest.mark.parametrize(("keep", "kept"), [("s", {"blur_threshold": 0.0}), ("", {}), ("n", {})])
def test_a_limit_is_told_what_it_would_change_and_kept_on_a_yes_alone(
    make: MakeSession, client: Client, keep: str, kept: dict[str, float]
) -> None:
    for picture in (ONE, TWO):
        add(client, picture)
    processed(client)
    session, ui = make("nitidez", "0", keep)  # 0 is a value here
    session.client = client
    limits.ask(session)
    assert own(client) == kept and not ui.answers
    assert "  2. Nitidez mínima: 100" in ui.shown
    assert "blur_threshold" not in ui.text  # what config.json calls it


def test_limits_are_left_as_they_are_by_enter_and_taken_back_by_name(make: MakeSession, client: Client) -> None:
    session, _ = make("")
    session.client = client
    limits.ask(session)
    assert own(client) == {}
    session, _ = make("ruido", "30", "s")
    session.client = client
    limits.ask(session)
    session, ui = make("deshacer")
    session.client = client
    limits.ask(session)
    assert own(client) == {} and not ui.answers


# --- the doctor of all -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "looked_at"), [("", "eva"), ("ana", "ana"), ("1", None)])
def test_the_doctor_of_all_names_who_needs_a_look_and_proposes_the_first(
    make: MakeSession, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, answer: str, looked_at: str | None
) -> None:
    for name in ("ana", "eva", "ida"):
        workspace.create(name)

    def examine(session: Session, client: Client | None) -> list[Finding]:
        ready = client is None or client.client_id == "ana"
        return [Finding("x", "ready" if ready else "attention", Text("list.item", {"item": "trouble"}))]

    seen: list[str | None] = []
    monkeypatch.setattr(doctor_commands, "examine", examine)
    monkeypatch.setattr(
        doctor, "walk", lambda session: seen.append(session.client.client_id if session.client is not None else None)
    )
    session, ui = make(answer)
    doctor.walk_all(session)
    assert seen == [looked_at] and session.client is None
    assert [line for line in ui.shown if line.endswith("trouble")] == ["eva atención trouble", "ida atención trouble"]


def test_without_clients_the_doctor_looks_at_the_program_at_once(make: MakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(doctor, "walk", lambda session: seen.append(session.client))
    session, ui = make()
    doctor.walk_all(session)
    assert seen == [None] and ui.shown == []


# --- the demo --------------------------------------------------------------------------------------------------------


def test_the_demo_is_made_once_opened_like_any_client_and_deleted_in_one_step(
    make: MakeSession, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def run(session: Session) -> Result[Any]:
        made.append(demo.workspace_of(session).create("demo", consent_note=demo.DEMO_NOTE).client_id)
        return Result(None, [Text("list.item", {"item": "made"})])

    monkeypatch.setattr(demo, "run", run)
    session, ui = make("7", "1", "0", "7", "1", "0", "7", "2", "7", "2", "0")
    menus.start(session)
    assert made == ["demo"]
    assert ui.shown.count("CLIENTE demo") == 2
    assert "Demostración borrada." in ui.shown and "No hay ninguna demostración que borrar." in ui.shown
    assert workspace.client_ids() == [] and session.client is None and not ui.answers


def test_a_persons_client_called_demo_is_never_taken_for_the_demo(make: MakeSession, workspace: Workspace) -> None:
    workspace.create("demo", consent_note="signed")
    workspace.create("demo_2").info_file.write_text("{", encoding="utf-8")
    session, _ = make()
    assert demo.client_there(session) is None
    assert demo.delete(session).value == {"deleted": None}
    assert workspace.client_ids() == ["demo", "demo_2"]


def test_among_real_clients_the_demo_has_a_folder_of_its_own(make: MakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    session, _ = make()
    assert demo.workspace_of(session) is session.workspace
    monkeypatch.setattr(config, "CLIENTS_DIR", session.workspace.folder)
    assert demo.workspace_of(session).folder == demo.DEMO_FOLDER


# --- who it is, the browser, the queue -------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "yes", "prepared"), [(False, False, False), (True, True, True), (True, False, False)])
def test_a_yes_that_it_is_the_client_prepares_the_dataset_as_the_question_says(
    make: MakeSession, monkeypatch: pytest.MonkeyPatch, asked: bool, yes: bool, prepared: bool
) -> None:
    done: list[object] = []
    monkeypatch.setattr(who_commands, "question", lambda session: SimpleNamespace() if asked else None)
    monkeypatch.setattr(who, "confirm", lambda session: yes)
    monkeypatch.setattr(dataset_commands, "prepare", lambda *_: done.append("prepare") or Result(None))  # type: ignore[func-returns-value]
    session, ui = make()
    menus.HANDLERS["menu.who"](session)
    assert bool(done) is prepared
    assert ("No queda nada que preguntar" in ui.text) is not asked


@pytest.mark.parametrize(("answer", "left"), [("s", 0), ("", 1), ("n", 1)])
def test_the_figures_of_trainings_are_deleted_on_a_yes_alone(make: MakeSession, client: Client, answer: str, left: int) -> None:
    evidence.note(client, "run", {"kind": "training", "card": "RTX", "mj": 12, "real": 20})
    session, ui = make(answer)
    menus.HANDLERS["menu.clear_evidence"](session)
    assert len(evidence.read()) == left and not ui.answers


def test_where_no_training_left_figures_nobody_is_asked_whether_to_delete_them(make: MakeSession) -> None:
    session, ui = make()
    menus.HANDLERS["menu.clear_evidence"](session)
    assert "No hay cifras" in ui.text


def test_the_zip_of_another_computer_goes_to_the_tuning(
    make: MakeSession, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "result.zip"
    source.touch()
    added: list[object] = []
    monkeypatch.setattr(tune_elsewhere, "add", lambda session, client, sources: added.append(sources) or Result(None))  # type: ignore[func-returns-value]
    session, _ = make(str(source))
    menus.HANDLERS["menu.tune_add"](session)
    assert added == [[source]]


@pytest.mark.parametrize(
    ("name", "label", "given"),
    [("process", "menu.process_again", {"force": True}), ("monitor", "menu.adopt", {"take": "adopt"})],
)
def test_a_line_for_what_few_need_gives_its_option_and_asks_nothing(
    make: MakeSession, name: str, label: str, given: dict[str, object]
) -> None:
    called: list[dict[str, object]] = []
    (command,) = [one for one in COMMANDS if one.name == name]
    others = [one for one in COMMANDS if one is not command]
    noted = dataclasses.replace(command, run=lambda session, **values: called.append(values) or Result(None))  # type: ignore[func-returns-value]
    session, _ = make()
    (line,) = [choice for choice in menus.choices_of(name, [noted, *others]) if choice.label == label]
    line.handler(session)
    assert called[0].items() >= given.items()


@pytest.mark.parametrize(("label", "page"), [("menu.review_browser", "review"), ("menu.monitor_browser", "training")])
def test_a_page_of_the_client_is_opened_in_the_browser(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, label: str, page: str
) -> None:
    given: list[dict[str, Any]] = []

    def shown(session: Session, client_id: str, **named: Any) -> Result[Any]:
        given.append({"client": client_id, **named})
        return Result(None)

    monkeypatch.setattr(dashboard_commands, "dashboard", shown)
    session, _ = make()
    session.client = client
    menus.HANDLERS[label](session)
    assert given == [{"client": "ana", "page": page, "open_it": True, "stay": False}]


def test_the_client_of_the_menu_goes_into_the_queue_without_a_question(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[object, ...]] = []
    monkeypatch.setattr(queue_commands, "queue", lambda session, *what: given.append(what) or Result(None))  # type: ignore[func-returns-value]
    session, ui = make()
    session.client = client
    training.queue_this(session)
    assert given == [("add", ["ana"])] and ui.shown == []


# --- the plan and the clients ----------------------------------------------------------------------------------------


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The plans that are asked for; one of quality for an RTX 3060 stands already."""
    found: list[dict[str, Any]] = []

    def configure(session: Session, client: None, **named: Any) -> Result[Any]:
        found.append(named)
        return Result(SimpleNamespace(plan=SimpleNamespace(max_train_steps=900, seed=42)))

    monkeypatch.setattr(plan_commands, "configure", configure)
    monkeypatch.setattr(plan_commands, "presets", lambda *_, **__: Result([]))
    before = SimpleNamespace(gpu="rtx3060_8gb", preset="quality", overrides=())
    monkeypatch.setattr(plan_commands, "chosen_before", lambda *_: before)
    monkeypatch.setattr(plan_commands, "stands", lambda *_: SimpleNamespace(max_train_steps=900, seed=42))
    return found


@pytest.mark.parametrize(
    "typed",
    ["tamaño del LoRA (dim) = 4, resolución en px = 768, modelo base en 8 bits = no", "dim=4 resolution=768 fp8_base=no"],
)
def test_what_a_remedy_tells_of_the_plan_is_taken_at_the_question_of_its_values(make: MakeSession, typed: str) -> None:
    session, _ = make()
    found = planning._typed_at_once(session, typed)
    assert [*found.values()] == ["4", "768", "no"]
    assert set(found) in ({"network_dim", "resolution", "fp8_base"}, {"dim", "resolution", "fp8_base"})


def test_the_short_name_of_an_option_is_asked_for_as_the_option_is(make: MakeSession) -> None:
    session, ui = make("dim", "8")
    plan = SimpleNamespace(network_dim=32)
    assert planning._ask_value(session, plan) == {"network_dim": "8"}
    assert "tamaño del LoRA (dim) (de 1 a 256" in ui.text


def test_after_a_check_that_found_all_ready_enter_trains_and_with_another_plan_it_checks_again(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = make()
    session.client = client
    plan: list[object] = ["a plan"]
    monkeypatch.setattr(plan_commands, "stands", lambda *_: plan[0])
    monkeypatch.setattr(plan_commands, "dry_run", lambda *_: Result(None))
    monkeypatch.setattr(plan_view, "without_command", lambda checked: checked)
    monkeypatch.setattr(stages, "proposed", lambda *_, **__: "train")
    assert menus.proposed("menu.train", session) == "menu.dry_run"
    training.check(session)
    assert menus.proposed("menu.train", session) == "menu.train_now"
    plan[0] = "another plan"
    assert menus.proposed("menu.train", session) == "menu.dry_run"


def test_one_value_is_changed_in_the_plan_that_stands_without_asking_for_the_others(
    make: MakeSession, client: Client, made: list[dict[str, Any]]
) -> None:
    session, ui = make("pasos", "1200", "")
    session.client = client
    planning.change_value(session)
    asked = [(one["preset"], one["gpu"], one["overrides"]) for one in made]
    assert asked == [("quality", "rtx3060_8gb", ["max_train_steps=1200"])]  # nothing is made before it is asked
    assert "Valor de pasos (de 1 a 100.000; - lo deja) [900]:" in ui.shown and not ui.answers


def test_an_option_of_the_trainer_is_named_behind_more_and_may_be_zero(
    make: MakeSession, client: Client, made: list[dict[str, Any]]
) -> None:
    session, ui = make("más", "noise_offset", "0", "")
    session.client = client
    planning.change_value(session)
    assert made[-1]["overrides"] == ["noise_offset=0"] and not ui.answers
    assert "network_dim" not in ui.text.partition("Nombre de la opción")[0]


def test_a_step_back_in_the_questions_of_a_plan_goes_one_back(
    make: MakeSession, client: Client, made: list[dict[str, Any]]
) -> None:
    session, ui = make("1650", "<", "4090", "quick", "semilla", "<", "-")
    session.client = client
    planning.configure(session)
    assert [(one["preset"], one["gpu"], one["overrides"]) for one in made] == [("quick", "rtx4090_24gb", [])]
    assert not ui.answers


def test_the_client_worked_on_last_is_proposed(make: MakeSession, workspace: Workspace) -> None:
    for name in ("ana", "eva", "ida"):
        folder = workspace.create(name).folder
        for path in folder.rglob("*"):
            os.utime(path, (1_000_000, 1_000_000))
    os.utime(workspace.client("eva").info_file, (2_000_000, 2_000_000))
    session, ui = make("")
    assert clients.choose(session) == "eva"
    last = stage_state.last_used(session)
    assert last is not None and last.client_id == "eva"
    session, ui = make("?", "<")
    with pytest.raises(questions.Back):
        clients.choose(session)
    assert "> 2. eva" in ui.shown
