"""The table of the menus: the user's own names, nine lines, 80 columns, a place for everything, what Enter stands for."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import config
from avatar.commands import demo, stage_state
from avatar.commands import plan as plan_commands
from avatar.commands import setup as setup_commands
from avatar.commands.all_commands import COMMANDS
from avatar.commands.command import Command, MenuLine
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.reports import stages
from avatar.reports.stages import STAGES, ClientState, StageState
from avatar.terminal import menu, menus, places, questions, screen
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.trainer import install
from avatar.training import tensorboard
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.all_texts import TEXTS
from tests.scripted import MakeSession, ScriptedUi
from tests.stages.test_image_processor import ONE, SMALL, TWO, add
from tests.stages.test_image_processor import run as processed
from tests.terminal.test_questions import TOLD_NOT_ASKED

NAMES = [place.removeprefix("menu.") for place in places.PLACES]
COLUMNS, MOST_ROWS, ROWS = 80, 14, 24
# Every line of the menus as they were, with their eight levels, and where it stands now: (menu, line, answer, answer).
OLD = {
    "menu.setup": "main/setup", "menu.check": "main/setup", "menu.select": "main/select", "menu.guided": "main/guided",
    "menu.demo": "main/demo/demo_open", "menu.language": "main/settings/language",
    "menu.base_model": "main/settings/base_model",
    "menu.dashboard": "main/dashboard", "menu.client_new": "main/clients/client_new",
    "menu.client_list": "main/clients/client_list", "menu.client_show": "main/clients/client_show",
    "menu.client_edit": "main/clients/client_edit", "menu.client_rename": "main/clients/client_rename",
    "menu.client_export": "main/clients/client_export", "menu.client_restore": "main/clients/client_restore",
    "menu.client_delete": "main/clients/client_delete", "menu.import_mj": "client/import_mj/import_mj_now",
    "menu.prompts": "client/import_mj/prompts", "menu.import_real": "client/import_real/import_real_now",
    "menu.undo_import": "client/import_real/undo_import", "menu.process": "client/process/process_now",
    "menu.review": "client/process/review", "menu.remove": "client/process/remove",
    "menu.prepare": "client/prepare/prepare_now", "menu.held_out": "client/prepare/held_out",
    "menu.captions_show": "client/prepare/captions/captions_show", "menu.captions_set": "client/prepare/captions/captions_set",
    "menu.captions_replace": "client/prepare/captions/captions_replace",
    "menu.captions_add": "client/prepare/captions/captions_add",
    "menu.captions_remove": "client/prepare/captions/captions_remove",
    "menu.captions_renew": "client/prepare/captions/captions_renew",
    "menu.captions_undo": "client/prepare/captions/captions_undo",
    "menu.captions_suggest": "client/prepare/captions/captions_suggest",
    "menu.configure": "client/configure/configure_preset", "menu.dry_run": "client/train/dry_run",
    "menu.train_now": "client/train/train_now", "menu.resume": "client/train/resume", "menu.bundle": "client/train/bundle",
    "menu.tensorboard": "client/monitor/tensorboard", "menu.queue_list": "main/queue/queue_list",
    "menu.queue_add": "main/queue/queue_add", "menu.queue_remove": "main/queue/queue_remove",
    "menu.queue_run": "main/queue/queue_run", "menu.monitor": "client/monitor/monitor_now",
    "menu.try": "client/result/try", "menu.results": "client/result/results",
    "menu.results_take": "client/result/results_take", "menu.deliver": "client/result/deliver",
    "menu.install": "client/result/install", "menu.models_show": "client/result/models/models_show",
    "menu.models_take": "client/result/models/models_take", "menu.models_add": "client/result/models/models_add",
    "menu.models_clear": "client/result/models/models_clear", "menu.status": "client/client_settings/status",
    "menu.report": "client/client_settings/report", "menu.doctor": "client/client_settings/client_doctor",
    # what no menu reached before
    "settings": "main/settings/all_settings", "settings --client": "client/client_settings/own_settings",
    "limits": "client/client_settings/limits", "who": "client/process/who", "review --compare": "client/process/compare",
    "tune --take": "client/result/tune_take", "tune --add": "client/configure/tune_add",
    "try --more": "client/result/try_otherwise", "process --force": "client/process/process_again",
    "monitor --adopt": "client/monitor/adopt", "settings --clear": "main/settings/clear_evidence",
    "prepare --check": "client/prepare/ready", "monitor --stop --after-checkpoint": "client/monitor/stop",
}  # fmt: skip


def labels(name: str) -> list[str]:
    return [choice.label for choice in menus.choices_of(name)]


def test_the_two_menus_are_those_of_the_design_in_the_users_own_words() -> None:
    spoken = [[translate.text(label, "es") for label in labels(name)] for name in ("main", "client")]
    assert spoken == [
        [
            "Setup inicial del proyecto", "Gestión de clientes", "Seleccionar cliente", "Recorrido guiado",
            "Cola de entrenamientos", "Tablero en el navegador", "Demostración", "¿Qué ha fallado?", "Ajustes",
        ],
        [
            "Cargar imágenes MidJourney", "Cargar fotos reales", "Procesamiento facial", "Preparar dataset LoRA",
            "Configurar entrenamiento", "Entrenar modelo", "Monitor", "Resultado", "Ajustes",
        ],
    ]  # fmt: skip
    assert translate.text(labels("clients")[0], "es") == "Crear nuevo cliente"


@pytest.mark.parametrize("old", OLD)
def test_whatever_an_old_menu_reached_has_its_place(old: str) -> None:
    at, *path = OLD[old].split("/")
    for step in path:
        assert f"menu.{step}" in labels(at)
        at = step
    assert f"menu.{at}" not in places.PLACES  # an action, not one more question


@pytest.mark.parametrize("language", translate.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_menu_and_every_which_fits_a_small_screen(make: MakeSession, client: Client, name: str, language: str) -> None:
    session, ui = make("0", language=language)
    session.client = client
    place = places.place_of(name)
    if place in (places.MAIN, places.CLIENT):
        menus.open_menu(name, session)
    else:
        menus.ask_which(name, session)
    shown = "\n".join(ui.shown).split("\n")
    assert max(map(len, shown)) <= COLUMNS
    assert len(shown) <= MOST_ROWS
    assert len(labels(name)) <= places.MOST_LINES
    assert sum(line.startswith("> ") for line in shown) == 1  # marked without colour, and on Enter
    assert shown[-1].endswith("]:")


def test_two_answers_of_one_question_never_read_alike() -> None:
    for language in translate.LANGUAGES:
        for name in NAMES:
            spoken = [translate.text(label, language) for label in labels(name)]
            assert len(set(spoken)) == len(spoken)


def test_a_command_adds_its_answer_by_one_line_of_its_own_data(make: MakeSession, client: Client) -> None:
    def tuned(session: Session, client_id: str | None) -> Result[None]:
        return Result(None, [Text("list.item", {"item": f"tuned {session.need_client(client_id).client_id}"})])

    tune = Command(name="tune", run=tuned, menu=(MenuLine("configure", "menu.bye"),))
    session, ui = make("5", str(len(labels("configure")) + 1), "0")
    session.client = client
    menus.open_menu("client", session, (*COMMANDS, tune))
    assert "tuned" in ui.text or "tune" in ui.text
    assert not ui.answers
    assert "menu.bye" not in labels("configure")


# --- what Enter stands for -------------------------------------------------------------------------------------------


def state(*done: str, **others: Any) -> ClientState:
    """Return a client's state with these stages done; others: stage -> another state."""
    found = tuple(
        StageState(name, others.get(name.replace("-", "_"), "done" if name in {"setup", *done} else "todo"), int(name in done))
        for name in STAGES
    )
    return ClientState("ana", found, 5, 1, {}, ())


BEFORE = {
    "import-mj": ("menu.import_mj", "menu.import_mj_now", state()),
    "import-real": ("menu.import_real", "menu.import_real_now", state("import-mj", import_real="optional")),
    "process": ("menu.process", "menu.process_now", state("import-mj", "import-real")),
    "declined": (
        "menu.process", "menu.process_now",
        state("import-mj", "process", import_real="optional", process="outdated"),
    ),
    "prepare": ("menu.prepare", "menu.prepare_now", state(*STAGES[:4])),
    "configure": ("menu.configure", "menu.configure_preset", state(*STAGES[:5])),
    "train": ("menu.train", "menu.dry_run", state(*STAGES[:6])),
    "try": ("menu.result", "menu.try", state(*STAGES[:8])),
    "choose": ("menu.result", "menu.results_take", state(*STAGES[:9])),
    "deliver": ("menu.result", "menu.deliver", state(*STAGES)),
}  # fmt: skip


@pytest.mark.parametrize("before", BEFORE)
def test_enter_stands_for_what_comes_next_in_the_menu_and_in_its_question(before: str) -> None:
    line, answer, found = BEFORE[before]
    step = stages.proposed(found)
    assert places.on_enter(places.CLIENT, found, step) == line
    assert places.on_enter(line, found, step) == answer


def test_a_training_that_lives_comes_before_everything() -> None:
    step = stages.proposed(state(), trains=True)
    assert places.on_enter(places.CLIENT, state(), step) == "menu.monitor"


@pytest.mark.parametrize("step", places.STEPS)
def test_what_is_proposed_is_there_to_be_chosen(step: str) -> None:
    line, answer = places.STEPS[step]
    assert line in labels("client") and answer in labels(line.removeprefix("menu."))


def test_every_stage_that_may_be_proposed_has_its_line() -> None:
    assert {*STAGES, "who", "review", "monitor", ""} - {"setup"} == set(places.STEPS)


def test_the_main_menu_proposes_to_go_on_or_to_select_where_all_is_done() -> None:
    assert [stages.proposed_in_main(found) for found in (None, state(), state(*STAGES))] == ["guided", "guided", "select"]


def test_enter_in_the_menu_goes_through_line_and_answer(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage_state, "client_state", lambda session, client: state(*STAGES[:6]))
    checked: list[object] = []
    monkeypatch.setattr(plan_commands, "dry_run", lambda session, client: checked.append(client) or Result(None))  # type: ignore[func-returns-value]
    session, ui = make("", "", "0")
    session.client = client
    menus.open_menu("client", session)
    assert checked == [None]
    assert not ui.answers


# --- the answers to which --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", ["0", "<"])
def test_which_is_left_to_the_menu_without_a_word(make: MakeSession, client: Client, leave: str) -> None:
    session, ui = make("3", leave, leave)
    session.client = client
    menus.open_menu("client", session)
    assert not ui.answers
    assert "Cancelado" not in ui.text


def test_a_step_back_at_the_first_question_of_an_action_asks_which_again(make: MakeSession, client: Client) -> None:
    session, ui = make("2", "1", "<", "0", "0")
    session.client = client
    menus.open_menu("client", session)
    assert not ui.answers
    assert sum("Deshacer una carga" in line for line in ui.shown) == 2


@pytest.mark.parametrize("typed", ["monitor", "MONITOR", "moni", "7"])
def test_a_line_is_named_by_a_part_of_its_words_too(make: MakeSession, client: Client, typed: str) -> None:
    session, ui = make(typed, "0", "0")
    session.client = client
    menus.open_menu("client", session)
    assert "Curvas en TensorBoard" in ui.text


def test_words_of_several_lines_are_told_and_asked_again(make: MakeSession, client: Client) -> None:
    session, ui = make("cargar", "0")
    session.client = client
    menus.open_menu("client", session)
    assert "Puede ser: 1. Cargar imágenes MidJourney, 2. Cargar fotos reales." in ui.shown


def test_a_broken_record_hides_no_line_behind_what_it_would_propose(make: MakeSession, client: Client) -> None:
    client.record_file("mj_0000000000000001").write_text("{}", encoding="utf-8")
    session, ui = make("9", "0", "3", "?", "0", "0")
    session.client = client
    menus.open_menu("client", session)
    assert any(line.endswith("¿Qué ha fallado?") for line in ui.shown)
    assert "  2. Revisar" in ui.shown and not ui.answers


@pytest.mark.parametrize("language", translate.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_question_mark_explains_every_line_of_this_menu_within_a_screen(
    make: MakeSession, client: Client, name: str, language: str
) -> None:
    session, ui = make(language=language)
    menu.explain(menus.choices_of(name), session)
    lines = [line for line in ui.shown if re.match(r"  \d\. ", line)]
    assert [int(line.split(".")[0]) for line in lines] == list(range(1, len(labels(name)) + 1))
    assert len({line.partition(": ")[2] for line in lines}) == len(lines)  # none is explained by what another one is
    assert sum(len(screen.broken(line, COLUMNS)) for line in ui.shown) <= ROWS - 2  # and the question below


def test_every_explanation_is_of_a_line_that_there_is() -> None:
    there = {label for name in NAMES for label in labels(name)}
    assert {f"menu.{key.removeprefix('about.')}" for key in TEXTS if key.startswith("about.")} <= there


def test_a_question_mark_in_a_menu_asks_again(make: MakeSession, client: Client) -> None:
    session, ui = make("?", "0")
    session.client = client
    menus.open_menu("client", session)
    assert any("6. Entrenar modelo: " in line for line in ui.shown) and not ui.answers


# --- what is said of an action that was left -------------------------------------------------------------------------


def left_by(make: MakeSession, handler: Callable[[Session], None]) -> str:
    session, ui = make()
    menu.call(handler, session)
    return ui.shown[-1]


def test_an_action_that_was_left_before_anything_was_done_is_just_cancelled(make: MakeSession) -> None:
    def looked(session: Session) -> None:
        session.show(Result({"models": []}, [Text("model.none")]), did=False)
        session.show(Result(None, [Text("model.none")]))
        raise questions.Leave

    assert left_by(make, looked) == "Cancelado."


@pytest.mark.parametrize("end", [questions.Leave, KeyboardInterrupt, EOFError])
def test_what_was_done_before_it_was_left_is_said_to_be_kept(make: MakeSession, end: type[BaseException]) -> None:
    def shown(session: Session) -> None:
        session.show(Result({"plan": 1}, [Text("model.none")]))
        raise end

    def at_work(session: Session) -> None:
        session.progress("progress.training")
        raise end

    for handler in (shown, at_work):
        assert left_by(make, handler) == "Interrumpido; lo ya terminado se conserva."


# --- a result stays in sight -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("free", "asked"), [(ROWS, False), (MOST_ROWS, False), (MOST_ROWS - 1, True), (-50, True)])
def test_a_result_that_the_menu_would_push_off_the_screen_waits_for_enter(
    make: MakeSession, client: Client, free: int, asked: bool
) -> None:
    lines = [menu.Choice(label, lambda session: None) for label in labels("client")]
    session, ui = make("1", *([""] if asked else []), "0")
    session.client = client
    ui.free_rows = free
    menu.run_menu("menu.client", lines, session)
    assert ("Enter: menú" in ui.shown) is asked
    assert not ui.answers


@pytest.mark.parametrize("typed", ["2", " 2 ", "delet"])
def test_what_is_typed_at_the_wait_for_enter_is_the_answer_to_the_menu(make: MakeSession, typed: str) -> None:
    done: list[str] = []
    lines = [
        menu.Choice("menu.client_list", lambda session: done.append("list")),
        menu.Choice("menu.client_delete", lambda session: done.append("delete")),
    ]
    session, ui = make("1", typed, "", "0", language="en")
    ui.free_rows = 0
    menu.run_menu("menu.clients", lines, session, proposed="menu.client_list")
    assert done == ["list", "delete"] and not ui.answers  # Enter alone shows the menu, and takes nothing


@pytest.mark.parametrize("typed", ["0", "9", "?"])
def test_at_the_wait_for_enter_too_0_leaves_and_what_names_no_line_is_asked_again(make: MakeSession, typed: str) -> None:
    session, ui = make("1", typed, *([] if typed == "0" else ["0"]), language="en")
    ui.free_rows = 0
    menu.run_menu("menu.clients", [menu.Choice("menu.client_list", lambda session: None)], session)
    assert not ui.answers and ("Type a number from 0 to 1" in ui.text) is (typed == "9")


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_the_wait_for_enter_ends_with_the_input(make: MakeSession, end: type[BaseException]) -> None:
    session, ui = make("1", end, "0")
    ui.free_rows = 0
    menu.run_menu("menu.clients", [menu.Choice("menu.client_list", lambda session: None)], session)
    assert not ui.answers


@pytest.mark.parametrize("key", sorted(key for key in TEXTS if key.startswith("ask.") and key not in TOLD_NOT_ASKED))
def test_every_question_has_room_for_what_stands_on_enter(key: str) -> None:
    for language in translate.LANGUAGES:
        filled = re.sub(r"\{n:([^|}]*)\|([^}]*)\}", r"99 \2", TEXTS[key][language])
        assert len(re.sub(r"\{[^}]*\}", "1.234", filled)) <= COLUMNS - 10


# --- every entry -----------------------------------------------------------------------------------------------------

Act = Callable[[Session], None]


def actions(name: str, path: str = "") -> list[tuple[str, Act]]:
    """Return every action below a place with the words that lead to it."""
    found = []
    for choice in menus.choices_of(name):
        if choice.label in places.PLACES:
            found += actions(choice.label.removeprefix("menu."), f"{path}/{choice.label}")
        elif choice.label not in {"menu.select", "menu.demo_open"}:
            found.append((f"{path}/{choice.label}", choice.handler))
    return found


@pytest.fixture
def no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the entries from what takes minutes or reaches out of the test's folder."""

    def refused(*_: object, **__: object) -> object:
        raise PipelineError("client.none_chosen")

    (tmp_path / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "down")
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setattr(config, "TRAINER_DIR", tmp_path / "no trainer")
    monkeypatch.setattr(install, "install", refused)
    monkeypatch.setattr(tensorboard, "start", refused)
    monkeypatch.setattr(demo, "run", lambda session: Result(None, []))
    monkeypatch.setattr(setup_commands, "card_found", lambda: False)


class Entering(ScriptedUi):
    """Answers every question with Enter, at most so often, then leaves."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.patience = patience
        self.asked: list[str] = []

    def ask(self, prompt: str, *, path: bool = False, over: object = None, edit: str = "") -> str:
        self.shown.append(prompt)
        self.asked.append(prompt)
        self.patience -= 1
        if self.patience < 0:
            raise EOFError
        return ""


@pytest.mark.parametrize("language", translate.LANGUAGES)
@pytest.mark.parametrize("stock", ["nothing", "a new client", "faces"])
def test_every_entry_ends_in_a_result_or_a_sentence_and_no_question_is_wider_than_the_screen(
    workspace: Workspace, tmp_path: Path, no_harm: None, stock: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = None if stock == "nothing" else workspace.create("ana")
    if client is not None and stock == "faces":
        for picture in (ONE, TWO, SMALL):
            add(client, picture)
        processed(client)
    wide = []
    for path, handler in actions("main") + actions("client"):
        ui = Entering(6)
        session = Session(
            ui, language=language, workspace=workspace, config_file=tmp_path / "config.json", quiet=True, client=client
        )  # fmt: skip
        with caplog.at_level(logging.ERROR):
            menu.call(handler, session)
        bugs = [f"{path}: {record.exc_text}" for record in caplog.records if "bug" in record.getMessage()]
        assert not bugs, "\n".join(bugs)
        assert ui.shown, path
        wide += [(path, line) for line in ui.asked if len(line.split("\n")[-1]) > COLUMNS]
    assert wide == []
