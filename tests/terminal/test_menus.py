"""Menus and questions as a person meets them: answers from a list, the screen as text."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from avatar.commands import captions as captions_commands
from avatar.commands import clients as clients_commands
from avatar.commands import importing as importing_commands
from avatar.commands import models as models_commands
from avatar.commands import plan as plan_commands
from avatar.commands import queue as queue_commands
from avatar.commands import setup as setup_commands
from avatar.commands import stage_state
from avatar.commands import training as training_commands
from avatar.commands.all_commands import COMMANDS
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.plan import values as plan_values
from avatar.reports.stages import STAGES, ClientState, StageState
from avatar.terminal import captioning, clients, importing, menus, places, planning, questions, setting_up
from avatar.terminal import menu as terminal_menu
from avatar.terminal import training as terminal_training
from avatar.terminal.menu import Choice
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.training import checkpoints
from avatar.workspace import evidence
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.all_texts import TEXTS
from tests.reports.test_contact_sheet import add as add_picture
from tests.scripted import MakeSession

PLACE_NAMES = [place.removeprefix("menu.") for place in places.PLACES]


def test_a_wrong_number_is_refused_then_the_chosen_action_runs(make: MakeSession) -> None:
    calls: list[str] = []
    menu = (
        Choice("menu.import_mj", lambda s: calls.append("import")),
        Choice("menu.process", lambda s: calls.append("process")),
    )
    session, ui = make("9", "dos", "", "-1", "?", "2", "0")
    terminal_menu.run_menu("menu.client", menu, session)
    assert calls == ["process"]
    assert ui.shown.count("Escribe un número de 0 a 2, o parte de una línea. «?» explica.") == 4
    assert ui.shown.count("  1. Cargar imágenes MidJourney") == 2  # not drawn again for a wrong answer
    assert "Si es tu primera vez: «Recorrido guiado»" in ui.text
    assert not ui.answers


def test_enter_takes_the_proposed_line_and_shows_its_number(make: MakeSession) -> None:
    calls: list[str] = []
    menu = (Choice("menu.import_mj", lambda s: calls.append("import")), Choice("menu.guided", lambda s: calls.append("walk")))
    session, ui = make("", "0")
    terminal_menu.run_menu("menu.client", menu, session, proposed="menu.guided")
    assert calls == ["walk"]
    assert "Elige una opción (0-2) [2]:" in ui.shown


@pytest.mark.parametrize("end", [EOFError, "0"], ids=["end of input", "zero"])
def test_the_end_of_input_is_zero(make: MakeSession, end: str | type[BaseException]) -> None:
    session, ui = make(end)
    menus.start(session)
    assert ui.shown[-1] == "Hasta pronto."


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (PipelineError("client.none_chosen"), "No hay ningún cliente seleccionado."),
        (KeyboardInterrupt(), "Cancelado"),
        (EOFError(), "Cancelado"),
        (OSError(28, "No space left on device"), "No queda espacio en disco."),
        (ZeroDivisionError("x"), "Error interno del programa"),
    ],
)
def test_whatever_a_handler_raises_leads_back_to_the_menu(make: MakeSession, failure: BaseException, told: str) -> None:
    def handler(session: Session) -> None:
        raise failure

    session, ui = make("1", "0")
    terminal_menu.run_menu("menu.clients", (Choice("menu.client_list", handler),), session)
    assert told in ui.text
    assert not ui.answers


def test_ctrl_c_at_the_menu_says_how_to_leave(make: MakeSession) -> None:
    session, ui = make(KeyboardInterrupt, "0")
    menus.start(session)
    assert "Para salir, escribe 0." in ui.text


def test_every_entry_of_every_menu_has_its_text_and_something_to_do() -> None:
    labels = {choice.label for name in PLACE_NAMES for choice in menus.choices_of(name)}
    assert labels <= set(TEXTS)
    told = {line.label for command in COMMANDS for line in command.menu}
    assert labels == {*menus.HANDLERS, *told, *places.PLACES} - {places.MAIN, places.CLIENT}
    assert {places.place_of(line.menu) for command in COMMANDS for line in command.menu} <= set(places.PLACES)


def test_a_client_is_made_selected_and_shown_in_the_title(make: MakeSession, workspace: Workspace) -> None:
    session, ui = make("2", "1", "../x", "José Peña", "", "1", "", "3", "", "0", "0")
    menus.start(session)
    assert "prueba con «x»" in ui.text
    info = workspace.client("Jose_Pena").info()
    assert (info.display_name, info.class_word, info.consent_note) == ("José Peña", "man", "")
    assert info.trigger_word == "jswx"  # a name is no word of its own
    assert "CLIENTE Jose_Pena (José Peña)" in ui.shown and "MJ: por hacer" in ui.shown


def test_a_client_is_deleted_only_when_its_name_is_typed(make: MakeSession, workspace: Workspace) -> None:
    workspace.create("ana")
    session, ui = make("2", "8", "ana", "no", "2", "borrar", "1", "ana", "0")
    menus.start(session)
    assert "No se ha borrado nada." in ui.text
    assert "borrado por completo" in ui.text
    assert workspace.client_ids() == []


def test_deleting_the_chosen_client_closes_its_menu(make: MakeSession, workspace: Workspace) -> None:
    session, ui = make()
    session.client = None
    terminal_menu.run_menu("menu.client", menus.choices_of("client"), session, needs_client=True)
    assert ui.shown == []


def test_without_clients_selecting_says_where_to_make_one(make: MakeSession) -> None:
    session, ui = make("3", "0")
    menus.start(session)
    assert "Todavía no hay clientes." in ui.text


def test_the_language_changes_at_once_and_is_kept(make: MakeSession, tmp_path: Path) -> None:
    session, ui = make("9", "1", "2", "0")
    menus.start(session)
    assert ui.shown[-1] == "See you soon."
    assert '"language": "en"' in (tmp_path / "config.json").read_text(encoding="utf-8")


def test_a_broken_record_is_told_in_the_title_and_the_menu_stays(make: MakeSession, client: Client) -> None:
    client.record_file("mj_0000000000000001").write_text("{}", encoding="utf-8")
    session, ui = make("0")
    session.client = client
    terminal_menu.run_menu("menu.client", menus.choices_of("client"), session)
    assert "no es válida" in ui.text


def test_the_plan_is_made_anew_for_each_changed_value_and_a_wrong_one_is_taken_back(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[list[str]] = []

    def configure(
        session: Session, client: None, *, preset: str, gpu: str | None, overrides: list[str], new: bool
    ) -> Result[Any]:
        made.append(overrides)
        if "no_such=1" in overrides:
            raise PipelineError("plan.unknown_key", name="no_such", near="seed")
        return Result(SimpleNamespace(plan=SimpleNamespace(network_dim=96, learning_rate=1e-4, save_every_n_steps=None)))

    monkeypatch.setattr(plan_commands, "configure", configure)
    session, ui = make("", "", "network_dim", "64", "no_such", "1", "learning_rate", "0,0002", "save_every_n_steps", "", "-")
    session.client = client
    planning.configure(session)
    assert made == [
        [], ["network_dim=64"], ["network_dim=64", "no_such=1"],
        ["network_dim=64", "learning_rate=0.0002"], ["network_dim=64", "learning_rate=0.0002", "save_every_n_steps=1"],
    ]  # fmt: skip
    assert "Valor de tamaño del LoRA (dim) (de 1 a 256; - lo deja) [96]:" in ui.shown
    assert "Valor de tasa de aprendizaje (de 0,000001 a 0,01; - lo deja) [0,0001]:" in ui.shown


def test_every_number_of_the_plan_that_is_asked_for_is_one_of_its_values() -> None:
    fields = {entry.name for entry in dataclasses.fields(plan_values.Plan)}
    assert set(planning.PLAN_NUMBERS) <= fields
    assert all(limits.low < limits.high for limits in planning.PLAN_NUMBERS.values())


# Every line that asks something first, and what stands ready for it; the others act at once.
ASKING = {
    "menu.client_new", "menu.client_show", "menu.client_edit", "menu.client_rename", "menu.client_export",
    "menu.client_restore", "menu.client_delete", "menu.import_mj_now", "menu.import_real_now", "menu.language", "menu.select",
    "menu.guided", "menu.configure_preset", "menu.client_data", "menu.limits", "menu.doctor", "menu.bundle",
    "menu.queue_add", "menu.models_add", "menu.captions_replace", "menu.captions_add", "menu.captions_remove",
    "menu.captions_suggest", "menu.clear_evidence", "menu.tune_add", "menu.all_settings", "menu.own_settings",
}  # fmt: skip


@pytest.mark.parametrize("label", sorted(ASKING))
def test_ctrl_c_at_the_first_question_of_every_line_cancels_the_question_not_the_program(
    make: MakeSession, client: Client, label: str
) -> None:
    every = [choice for name in PLACE_NAMES for choice in menus.choices_of(name)]
    choice = next(choice for choice in every if choice.label == label)
    evidence.note(client, "run", {"kind": "training", "card": "RTX", "mj": 12, "real": 20})  # else there are none to delete
    session, ui = make(KeyboardInterrupt)
    session.client = client
    terminal_menu.call(choice.handler, session)
    assert not ui.answers
    assert any("Cancelado" in line or "interrumpido" in line or "escribe 0" in line for line in ui.shown[-12:]), ui.shown[-3:]
    assert session.client is client or label == "menu.select"
    assert [path.name for path in session.workspace.folder.iterdir() if not path.name.startswith(".")] == ["ana"]


def test_a_second_value_for_the_same_number_that_does_not_suit_leaves_every_value_given_before(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[list[str]] = []

    def configure(
        session: Session, client: None, *, preset: str, gpu: str | None, overrides: list[str], new: bool
    ) -> Result[Any]:
        made.append(overrides)
        if "optimizer_type=magic" in overrides:
            raise PipelineError("plan.bad_value", value="magic", name="optimizer", kind="AdamW")
        return Result(SimpleNamespace(plan=SimpleNamespace()))

    monkeypatch.setattr(plan_commands, "configure", configure)
    session, ui = make(
        "", "", "optimizer", "AdamW", "noise_offset", "0.03", "optimizer", "magic", "optimizer", "Lion", "-", language="en"
    )
    session.client = client
    planning.configure(session)
    first = ["optimizer_type=AdamW", "noise_offset=0.03"]
    assert made == [[], first[:1], first, ["optimizer_type=magic", first[1]], ["optimizer_type=Lion", first[1]]]
    assert "'magic' is not accepted for optimizer." in ui.text


def test_two_wrong_values_in_a_row_are_each_taken_back(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[list[str]] = []

    def configure(
        session: Session, client: None, *, preset: str, gpu: str | None, overrides: list[str], new: bool
    ) -> Result[Any]:
        made.append(overrides)
        if any(text.startswith("bad") for text in overrides):
            raise PipelineError("plan.unknown_key", name="bad", near="seed")
        return Result(SimpleNamespace(plan=SimpleNamespace()))

    monkeypatch.setattr(plan_commands, "configure", configure)
    session, _ = make("", "", "good", "1", "bad_a", "1", "bad_b", "1", "fine", "2", "-")
    session.client = client
    planning.configure(session)
    assert made == [
        [], ["good=1"], ["good=1", "bad_a=1"], ["good=1", "bad_b=1"], ["good=1", "fine=2"],
    ]  # fmt: skip


def test_a_dash_takes_one_value_back_once(make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[list[str], bool]] = []

    def configure(
        session: Session, client: None, *, preset: str, gpu: str | None, overrides: list[str], new: bool
    ) -> Result[Any]:
        made.append((overrides, new))
        return Result(SimpleNamespace(plan=SimpleNamespace()))

    monkeypatch.setattr(plan_commands, "configure", configure)
    before = SimpleNamespace(gpu=None, preset=None, overrides=("seed=3",))
    monkeypatch.setattr(plan_commands, "chosen_before", lambda *_: before)
    session, _ = make("", "", "n", "good = 1", "good=-", "fine", "2", "-")
    session.client = client
    planning.configure(session)
    assert made == [([], True), (["good=1"], False), (["good=-"], False), (["fine=2"], False)]


def test_a_plan_that_cannot_be_made_at_all_ends_the_questions(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def configure(*_: object, **__: object) -> Result[Any]:
        raise PipelineError("plan.file_invalid", path="plan.json", detail="x")

    monkeypatch.setattr(plan_commands, "configure", configure)
    session, ui = make("", "")
    session.client = client
    with pytest.raises(PipelineError):
        planning.configure(session)
    assert not ui.answers


# --- what the answers of a line become -------------------------------------------------------------------------------


@dataclasses.dataclass
class Calls:
    """The commands that a line of the menu calls, noted with what they were given."""

    noted: list[tuple[str, tuple[object, ...], dict[str, object]]] = dataclasses.field(default_factory=list)

    def of(self, name: str, value: object = None) -> Callable[..., Result[Any]]:
        def command(session: Session, *given: object, **named: object) -> Result[Any]:
            self.noted.append((name, given, named))
            return Result(value)

        return command

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.noted]


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.mark.parametrize(("typed", "prompt"), [("", ""), ("-", ""), ("a portrait --v 7", "a portrait --v 7")])
def test_a_prompt_is_given_to_an_import_only_where_one_was_typed(
    make: MakeSession, calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, prompt: str
) -> None:
    monkeypatch.setattr(importing_commands, "import_mj", calls.of("import_mj"))
    session, _ = make(str(tmp_path), typed)
    importing.import_mj(session)
    assert calls.noted == [("import_mj", (None, [str(tmp_path)]), {"prompt": prompt})]


GROUPS = [
    SimpleNamespace(job_id="job-a", names=["a_0.png", "a_1.png"], prompt="", typed_prompt=""),
    SimpleNamespace(job_id="job-b", names=["b_0.png"], prompt="a red hat", typed_prompt=""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "given"),
    [
        (("", "", ""), []),
        (("an avatar", "", ""), [{"master": "an avatar"}]),
        (("", "2", "luz suave"), [{"group": "job-b", "prompt": "luz suave"}]),
        (("", "job-a", "luz suave"), [{"group": "job-a", "prompt": "luz suave"}]),
        (("", "", "luz suave"), [{"group": "all", "prompt": "luz suave"}]),
        (("an avatar", "3", "x"), [{"master": "an avatar"}, {"group": "all", "prompt": "x"}]),
    ],
)
def test_a_typed_prompt_goes_to_the_client_or_to_the_group_that_was_picked(
    make: MakeSession, calls: Calls, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...], given: list[dict[str, str]]
) -> None:
    monkeypatch.setattr(importing_commands, "set_prompt", calls.of("set_prompt", {"groups": GROUPS}))
    session, ui = make(*answers)
    importing.prompts(session)
    assert [named for _, _, named in calls.noted] == [{}, *given]
    assert not ui.answers


def test_without_groups_only_the_master_prompt_is_asked_for(
    make: MakeSession, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_commands, "set_prompt", calls.of("set_prompt", {"groups": []}))
    session, ui = make("")
    importing.prompts(session)
    assert calls.names == ["set_prompt"] and not ui.answers


@pytest.mark.parametrize(
    ("handler", "answers", "change"),
    [("replace", ("luz", ""), ("replace", "luz", "")),
     ("replace", ("luz", "sol"), ("replace", "luz", "sol")),
     ("add", ("soft light",), ("add", "soft light")), ("remove", ("soft light",), ("remove", "soft light")),
     ("undo", (), ("undo",))],
)  # fmt: skip
@pytest.mark.parametrize(
    ("changes", "answer", "written"),
    [(3, "s", True), (3, "n", False), (3, "", False), (1, "", True), (1, "n", False), (0, None, False)],
)
def test_captions_are_changed_after_a_look_and_a_yes_and_enter_is_none_for_many(
    make: MakeSession, calls: Calls, monkeypatch: pytest.MonkeyPatch, handler: str, answers: tuple[str, ...],
    change: tuple[str, ...], changes: int, answer: str | None, written: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(captions_commands, "captions", calls.of("captions", {"changes": [object()] * changes}))
    session, ui = make(*answers, *([] if answer is None else [answer]))
    getattr(captioning, handler)(session)
    preview = ("captions", (None,), {"change": change})
    assert calls.noted == [preview, *([("captions", (None,), {"change": change, "apply": True})] if written else [])]
    assert not ui.answers


def test_the_hint_for_the_command_line_is_left_out_where_the_menu_asks(
    make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [Text("captions.no_changes"), Text("captions.how_to_apply")]
    monkeypatch.setattr(captions_commands, "captions", lambda *_, **__: Result({"changes": []}, blocks))
    session, ui = make(language="en")
    captioning.undo(session)
    assert ui.shown == ["No caption would change."]


@pytest.mark.parametrize(("answer", "trained"), [("", True), ("sí", True), ("n", False), (None, False)])
def test_a_training_starts_on_a_yes_alone_and_one_that_cannot_start_is_not_asked_about(
    make: MakeSession, calls: Calls, monkeypatch: pytest.MonkeyPatch, answer: str | None, trained: bool
) -> None:
    blocked = Text("train.verdict.blocked", {"n": 1}) if answer is None else None
    checked = Result(None, [Text("train.verdict.ready")], error=blocked, error_told=True)
    monkeypatch.setattr(plan_commands, "dry_run", lambda session, client: checked)
    monkeypatch.setattr(training_commands, "train", calls.of("train"))
    session, ui = make(*([] if answer is None else [answer]))
    terminal_training.train(session)
    assert bool(calls.noted) is trained and not ui.answers


def test_clients_are_queued_and_taken_out_by_the_numbers_that_are_shown(
    make: MakeSession, workspace: Workspace, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ana", "eva", "ida"):
        workspace.create(name)
    queue = {"queue": [SimpleNamespace(client="ida"), SimpleNamespace(client="ana")]}
    monkeypatch.setattr(queue_commands, "queue", calls.of("queue", queue))
    session, ui = make("3,1", "1")
    terminal_training.queue_add(session)
    assert ui.shown[:3] == ["  1. ana", "  2. eva", "  3. ida"]
    terminal_training.queue_remove(session)
    assert [given for _, given, _ in calls.noted] == [("add", ["ana", "ida"]), ("list",), ("remove", ["ida"])]


def test_nobody_is_asked_for_of_an_empty_queue(make: MakeSession, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_commands, "queue", calls.of("queue", {"queue": []}))
    session, ui = make()
    terminal_training.queue_remove(session)
    assert [given for _, given, _ in calls.noted] == [("list",)] and ui.shown == []


@pytest.mark.parametrize(
    ("installed", "answer", "given"), [(True, None, [{}]), (False, "", [{}]), (False, "s", [{}, {"trainer": True}])]
)
def test_the_trainer_is_installed_by_setup_only_where_it_is_missing_and_wanted(
    make: MakeSession, calls: Calls, monkeypatch: pytest.MonkeyPatch, installed: bool, answer: str | None,
    given: list[dict[str, bool]],
) -> None:  # fmt: skip
    monkeypatch.setattr(setup_commands, "setup", calls.of("setup"))
    monkeypatch.setattr(setup_commands, "trainer_installed", lambda session: installed)
    session, ui = make(*([] if answer is None else [answer]))
    setting_up.setup(session)
    assert [named for _, _, named in calls.noted] == given
    assert not ui.answers


@pytest.mark.parametrize(
    ("answers", "name", "originals"), [(("", "", ""), "ana.zip", False), (("", "x.zip", "s"), "x.zip", True)]
)
def test_an_export_proposes_the_clients_name_and_leaves_the_originals_out(
    make: MakeSession, client: Client, calls: Calls, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...], name: str,
    originals: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(clients_commands, "client_export", calls.of("client_export"))
    session, _ = make(*answers)
    clients.export(session)
    assert calls.noted == [("client_export", ("ana", Path(name)), {"originals": originals})]


@pytest.mark.parametrize("answer", ["", "n"])
def test_what_is_saved_is_deleted_on_a_yes_alone(
    make: MakeSession, client: Client, calls: Calls, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    left = SimpleNamespace(paths=[Path("a"), Path("b")], bytes=2_500_000_000)
    monkeypatch.setattr(checkpoints, "leftovers", lambda client, *, newest: left)
    monkeypatch.setattr(models_commands, "models", calls.of("models"))
    session, ui = make(answer, "s")
    session.client = client
    terminal_training.models_clear(session)
    assert calls.noted == []
    assert "2 archivos y carpetas (2,50 GB)" in ui.shown[0]
    terminal_training.models_clear(session)
    assert calls.noted == [("models", (None,), {"clear": True, "newest": True})]


def test_the_furthest_checkpoint_is_proposed_and_none_is_told(
    make: MakeSession, client: Client, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models_commands, "models", calls.of("models"))
    session, ui = make("", "200", language="en")
    session.client = client
    terminal_training.models_take(session)
    assert ui.shown == ["There are no checkpoints."]
    monkeypatch.setattr(checkpoints, "checkpoints", lambda client: [SimpleNamespace(steps=n) for n in (600, 400, 200)])
    terminal_training.models_take(session)
    terminal_training.models_take(session)
    assert [named for _, _, named in calls.noted] == [{"take": 600}, {"take": 200}]


def test_the_head_names_the_client_and_what_it_has_up_to_the_first_open_stage(make: MakeSession, client: Client) -> None:
    session, ui = make(language="en")
    session.client = client
    rows = terminal_menu.draw("menu.client", menus.choices_of("client"), session)
    assert ui.shown[1:3] == ["CLIENT ana", "MJ: to do"]
    assert ui.shown[-1] == "  0. Back"
    assert len(ui.shown) == 3 + len(menus.choices_of("client")) + 1 == rows - 1  # the question is still to come


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_head_of_a_client_with_everything_and_a_long_name_stays_one_row_each(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    done = [StageState(name, "done", 99_999) for name in STAGES]
    for open_one in range(len(done)):
        found = [*done[:open_one], StageState(STAGES[open_one], "outdated", 99_999), *done[open_one + 1 :]]
        state = ClientState("x", tuple(found), 1, 0, {}, tuple(map(str, range(12))))
        monkeypatch.setattr(stage_state, "client_state", lambda session, client, state=state: state)
        session, ui = make(language=language)
        session.client = Client(client.folder.with_name("n" * 64))
        for title in ("menu.main", "menu.client"):
            terminal_menu.draw(title, (), session)
        assert max(map(len, ui.shown)) <= 80 and "12" in ui.shown[2]


def test_a_bug_in_the_state_of_a_client_hides_no_menu(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage_state, "client_state", lambda session, client: 1 / 0)
    session, ui = make("0")
    session.client = client
    terminal_menu.run_menu("menu.main", menus.choices_of("main"), session)
    assert "ZeroDivisionError" in ui.text
    assert "  0. Salir" in ui.shown


@pytest.mark.parametrize("how", ["deleted", "renamed"])
def test_a_client_that_another_window_took_away_is_told_once_and_its_menu_closes(
    make: MakeSession, client: Client, workspace: Workspace, how: str
) -> None:
    def elsewhere(session: Session) -> None:
        workspace.rename("ana", "eva") if how == "renamed" else workspace.delete("ana")

    main = (Choice("menu.select", lambda session: terminal_menu.run_menu("menu.client", lines, session, needs_client=True)),)
    lines = (Choice("menu.process", elsewhere),)
    session, ui = make("1", "1", "0")
    session.client = client
    terminal_menu.run_menu("menu.main", main, session)
    assert session.client is None
    assert not ui.answers
    assert ui.text.count("No hay ningún cliente «ana».") == 1
    assert ("Clientes: eva" in ui.text) == (how == "renamed")
    assert "Error interno" not in ui.text
    assert not (workspace.folder / "ana").exists()  # nothing makes half a client anew


@pytest.mark.parametrize(("picked", "chosen"), [("", 1), ("3", 3), ("boda ñ.jpg", 3), ("boda", 3), ("mar", 1), ("{id}", 3)])
def test_a_caption_to_change_is_picked_by_its_number_in_the_review_by_name_or_a_word_of_it(
    make: MakeSession, client: Client, calls: Calls, monkeypatch: pytest.MonkeyPatch, picked: str, chosen: int
) -> None:
    names = ("a retrato.png", "b rechazada.png", "boda ñ.jpg")
    for n, name in enumerate(names, 1):
        add_picture(client, n, "rejected" if n == 2 else "approved", name)
    ids = [f"mj_{n:016x}" for n in (1, 2, 3)]
    rows = [
        {"image_id": ids[0], "number": 1, "name": names[0], "text": "ohwx, by the mar"},
        {"image_id": ids[2], "number": 3, "name": names[2], "text": "ohwx, close-up"},
    ]
    monkeypatch.setattr(captions_commands, "captions", calls.of("captions", {"captions": rows, "changes": []}))
    session, ui = make(picked.format(id=ids[2]), "ohwx, new")
    session.client = client
    captioning.set_text(session)
    assert calls.noted[-1] == ("captions", (None,), {"change": ("set", ids[chosen - 1], "ohwx, new")})
    assert not ui.answers


def test_thousands_of_clients_groups_and_captions_are_shown_by_the_page(
    make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(("col.file", "col.prompt"), [(str(n), "x") for n in range(8000)])
    monkeypatch.setattr(clients_commands, "client_list", lambda *_: Result(None, [table]))
    monkeypatch.setattr(importing_commands, "set_prompt", lambda *_, **__: Result({"groups": []}, [table]))
    monkeypatch.setattr(captions_commands, "captions", lambda *_, **__: Result({"changes": [], "captions": []}, [table]))
    for handler, more in (
        (clients.show_all, ()),
        (importing.show_data, ()),
        (captioning.show, ()),
        (captioning.undo, ()),
    ):
        session, ui = make("n", *more)
        handler(session)
        assert not ui.answers
        assert len(ui.shown) < 2 * questions.PAGE_SIZE
