"""Menus and questions as a person meets them: answers from a list, the screen as text."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import checkpoints
import commands
import demo
import menus
import messages
import questions
import run_commands
import training_commands
import training_types
from checkpoints import Checkpoint, Leftovers
from import_table import Group
from menus import Choice
from session import Result, Say, Session
from utils import PipelineError
from workspace import Client, Workspace

from .scripted import MakeSession


def test_a_wrong_number_is_refused_then_the_chosen_action_runs(make: MakeSession) -> None:
    calls: list[str] = []
    menu = (
        Choice("menu.import_mj", lambda s: calls.append("import")),
        Choice("menu.process", lambda s: calls.append("process")),
    )
    session, ui = make("9", "dos", "", "-1", "?", "2", "0")
    menus.run_menu("menu.client_title", menu, session)
    assert calls == ["process"]
    assert ui.shown.count("Escribe un número de 0 a 2.") == 4
    assert "Quien empieza: «Recorrido guiado»" in ui.text
    assert not ui.answers


def test_enter_takes_the_proposed_line_and_shows_its_number(make: MakeSession) -> None:
    calls: list[str] = []
    menu = (Choice("menu.import_mj", lambda s: calls.append("import")), Choice("menu.guided", lambda s: calls.append("walk")))
    session, ui = make("", "0")
    menus.run_menu("menu.client_title", menu, session, proposed="menu.guided")
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
    menus.run_menu("menu.clients", (Choice("menu.client_list", handler),), session)
    assert told in ui.text
    assert not ui.answers


def test_ctrl_c_at_the_menu_says_how_to_leave(make: MakeSession) -> None:
    session, ui = make(KeyboardInterrupt, "0")
    menus.start(session)
    assert "Para salir, escribe 0." in ui.text


def test_every_entry_of_every_menu_has_its_text() -> None:
    for menu in (menus.MAIN_MENU, menus.CLIENTS_MENU, menus.CLIENT_MENU, menus.TRAINING_MENU):
        for choice in menu:
            assert choice.label in messages.TEXTS
    assert [messages.text(choice.label, "es") for choice in menus.MAIN_MENU][:3] == [
        "Setup inicial del proyecto", "Gestión de clientes", "Seleccionar cliente",
    ]  # fmt: skip


def test_a_client_is_made_selected_and_shown_in_the_title(make: MakeSession, workspace: Workspace) -> None:
    session, ui = make("2", "1", "José Peña", "jose", "", "1", "", "0", "3", "", "0", "0")
    menus.start(session)
    assert "prueba con «Jose_Pena»" in ui.text
    info = workspace.client("jose").info()
    assert (info.trigger_word, info.class_word, info.consent_note) == ("jose", "man", "")
    assert any(line.startswith("Cliente: jose  [MJ: por hacer (0) | Fotos: por hacer (0)") for line in ui.shown)


def test_a_client_is_deleted_only_when_its_name_is_typed(make: MakeSession, workspace: Workspace) -> None:
    workspace.create("ana")
    session, ui = make("2", "6", "ana", "no", "6", "1", "ana", "0", "0")
    menus.start(session)
    assert "No se ha borrado nada." in ui.text
    assert "borrado por completo" in ui.text
    assert workspace.client_ids() == []


def test_deleting_the_chosen_client_closes_its_menu(make: MakeSession, workspace: Workspace) -> None:
    session, ui = make()
    session.client = None
    menus.run_menu("menu.client_title", menus.CLIENT_MENU, session, needs_client=True)
    assert ui.shown == []


def test_without_clients_selecting_says_where_to_make_one(make: MakeSession) -> None:
    session, ui = make("3", "0")
    menus.start(session)
    assert "Todavía no hay clientes." in ui.text


def test_the_language_changes_at_once_and_is_kept(make: MakeSession, tmp_path: Path) -> None:
    session, ui = make("6", "2", "0")
    menus.start(session)
    assert ui.shown[-1] == "See you soon."
    assert '"language": "en"' in (tmp_path / "config.json").read_text(encoding="utf-8")


def test_a_broken_record_is_told_in_the_title_and_the_menu_stays(make: MakeSession, client: Client) -> None:
    client.record_file("mj_0000000000000001").write_text("{}", encoding="utf-8")
    session, ui = make("0")
    session.client = client
    menus.run_menu("menu.client_title", menus.CLIENT_MENU, session)
    assert "no es válida" in ui.text


def test_the_plan_is_made_anew_for_each_changed_value_and_a_wrong_one_is_taken_back(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[list[str]] = []

    def configure(session: Session, client: None, *, preset: str, gpu: str | None, overrides: list[str]) -> Result:
        made.append(overrides)
        if "no_such=1" in overrides:
            raise PipelineError("plan.unknown_key", name="no_such", near="seed")
        return Result(SimpleNamespace(plan=SimpleNamespace(network_dim=96, learning_rate=1e-4, save_every_n_steps=None)))

    monkeypatch.setattr(training_commands, "configure", configure)
    session, ui = make("", "", "network_dim", "64", "no_such", "1", "learning_rate", "0,0002", "save_every_n_steps", "", "-")
    session.client = client
    menus._configure(session)
    assert made == [
        [], ["network_dim=64"], ["network_dim=64", "no_such=1"],
        ["network_dim=64", "learning_rate=0.0002"], ["network_dim=64", "learning_rate=0.0002", "save_every_n_steps=1"],
    ]  # fmt: skip
    assert "Valor de network_dim (de 1 a 256) [96]:" in ui.shown
    assert "Valor de learning_rate (de 0,000001 a 0,01) [0,0001]:" in ui.shown


def test_every_number_of_the_plan_that_is_asked_for_is_one_of_its_values() -> None:
    fields = {entry.name for entry in dataclasses.fields(training_types.Plan)}
    assert set(menus.PLAN_NUMBERS) <= fields
    assert all(limits.low < limits.high for limits in menus.PLAN_NUMBERS.values())


# Every line that asks something first, and what stands ready for it; the others act at once.
ASKING = {
    "menu.client_new", "menu.client_show", "menu.client_rename", "menu.client_export", "menu.client_delete", "menu.import_mj",
    "menu.import_real", "menu.language", "menu.select", "menu.train_now", "menu.guided", "menu.configure",
    "menu.captions_replace", "menu.captions_add", "menu.captions_remove", "menu.captions_suggest",
}  # fmt: skip


@pytest.mark.parametrize("label", sorted(ASKING))
def test_ctrl_c_at_the_first_question_of_every_line_cancels_the_question_not_the_program(
    make: MakeSession, client: Client, label: str
) -> None:
    every = [choice for name, menu in vars(menus).items() if name.endswith("_MENU") for choice in menu]
    choice = next(choice for choice in every if choice.label == label)
    session, ui = make(KeyboardInterrupt)
    session.client = client
    menus.call(choice.handler, session)
    assert not ui.answers
    assert any("Cancelado" in line or "interrumpido" in line or "escribe 0" in line for line in ui.shown[-12:]), ui.shown[-3:]
    assert session.client is client or label == "menu.select"
    assert [path.name for path in session.workspace.folder.iterdir() if not path.name.startswith(".")] == ["ana"]


# --- every line of every menu: what it asks, and which command it calls with the answers -------------------------------


class Calls:
    """Notes which commands are called and how; each answers with one line that names it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[tuple[str, tuple[object, ...], dict[str, object]]] = []
        self.values: dict[str, object] = {}
        self.patch = monkeypatch

    def note(self, module: object, name: str, value: object = None) -> None:
        self.values[name] = value

        def called(session: Session, *arguments: object, **options: object) -> Result:
            self.made.append((name, arguments, options))
            return Result(self.values[name], [Say("list.item", {"item": f"<{name}>"})])

        self.patch.setattr(module, name, called)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    noted = Calls(monkeypatch)
    for name in ("setup", "client_list", "client_show", "client_rename", "client_export", "client_delete", "client_new",
                 "import_mj", "import_real", "process", "set_language", "status"):  # fmt: skip
        noted.note(commands, name)
    noted.note(commands, "set_prompt", {"groups": []})
    for name in ("prepare", "dry_run", "bundle", "models"):
        noted.note(training_commands, name)
    noted.note(training_commands, "captions", {"changes": [1], "captions": []})
    for name in ("train", "tensorboard", "queue_run", "monitor"):
        noted.note(run_commands, name)
    noted.note(run_commands, "queue", {"queue": []})
    noted.note(demo, "run")
    monkeypatch.setattr(commands, "trainer_installed", lambda session: True)
    return noted


def handler(label: str) -> Callable[[Session], None]:
    every: list[Choice] = [choice for name, menu in vars(menus).items() if name.endswith("_MENU") for choice in menu]
    return next(choice.handler for choice in every if choice.label == label)


PLAIN: dict[str, tuple[str, tuple[object, ...], dict[str, object]]] = {
    "menu.check": ("setup", (), {"check": True}),
    "menu.demo": ("run", (), {}),
    "menu.client_list": ("client_list", (), {}),
    "menu.process": ("process", (None,), {}),
    "menu.captions_show": ("captions", (None,), {}),
    "menu.prepare": ("prepare", (None,), {}),
    "menu.dry_run": ("dry_run", (None,), {}),
    "menu.resume": ("train", (None,), {"resume": True}),
    "menu.tensorboard": ("tensorboard", (None,), {}),
    "menu.queue_list": ("queue", ("list",), {}),
    "menu.queue_run": ("queue_run", (), {}),
    "menu.monitor": ("monitor", (None,), {}),
    "menu.models_show": ("models", (None,), {}),
    "menu.status": ("status", (), {}),
}


@pytest.mark.parametrize("label", sorted(PLAIN))
def test_a_line_without_a_question_calls_its_command_at_once_and_shows_the_result(
    make: MakeSession, client: Client, calls: Calls, label: str
) -> None:
    session, ui = make()
    session.client = client
    handler(label)(session)
    assert calls.made == [PLAIN[label]]
    assert ui.shown == [f"<{PLAIN[label][0]}>"]


def asked_and_called(
    make: MakeSession, client: Client, calls: Calls, label: str, *answers: str
) -> list[tuple[str, tuple[object, ...], dict[str, object]]]:
    session, ui = make(*answers)
    session.client = client
    handler(label)(session)
    assert not ui.answers
    return calls.made


@pytest.mark.parametrize(("answers", "trainer"), [(("s",), True), (("n",), False), (("",), False)])
def test_setup_offers_a_trainer_that_is_missing_and_installs_it_on_a_yes_alone(
    make: MakeSession, client: Client, calls: Calls, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...], trainer: bool
) -> None:
    monkeypatch.setattr(commands, "trainer_installed", lambda session: False)
    made = asked_and_called(make, client, calls, "menu.setup", *answers)
    assert made == [("setup", (), {}), *([("setup", (), {"trainer": True})] if trainer else [])]


def test_setup_asks_nothing_where_the_trainer_is_there(make: MakeSession, client: Client, calls: Calls) -> None:
    assert asked_and_called(make, client, calls, "menu.setup") == [("setup", (), {})]


@pytest.mark.parametrize(
    ("label", "answers", "called"),
    [
        ("menu.client_show", ("",), ("client_show", ("ana",), {})),
        ("menu.client_show", ("2",), ("client_show", ("eva",), {})),
        ("menu.client_rename", ("eva", "eva_2"), ("client_rename", ("eva", "eva_2"), {})),
        ("menu.client_rename", ("", "é", "e"), ("client_rename", ("ana", "e"), {})),
        ("menu.client_delete", ("", "ana"), ("client_delete", ("ana", "ana"), {})),
        ("menu.language", ("1",), ("set_language", ("es",), {})),
        ("menu.language", ("",), ("set_language", ("es",), {})),
        ("menu.language", ("en",), ("set_language", ("en",), {})),
        ("menu.train_now", ("",), ("train", (None,), {})),
        ("menu.captions_undo", ("n",), ("captions", (None,), {"change": ("undo",)})),
    ],
)
def test_answers_reach_the_command(
    make: MakeSession, client: Client, calls: Calls, workspace: Workspace, label: str, answers: tuple[str, ...],
    called: tuple[str, tuple[object, ...], dict[str, object]],
) -> None:  # fmt: skip
    workspace.create("eva")
    assert asked_and_called(make, client, calls, label, *answers) == [called]


def test_training_is_started_on_a_yes_alone(make: MakeSession, client: Client, calls: Calls) -> None:
    assert asked_and_called(make, client, calls, "menu.train_now", "n") == []


@pytest.mark.parametrize("originals", [False, True])
def test_an_export_is_proposed_under_the_clients_name_without_originals(
    make: MakeSession, client: Client, calls: Calls, tmp_path: Path, originals: bool
) -> None:
    made = asked_and_called(make, client, calls, "menu.client_export", "", "", "s" if originals else "")
    assert made == [("client_export", ("ana", Path("ana.zip")), {"originals": originals})]


def test_enter_deletes_no_client_not_even_one_that_is_called_like_the_proposal(make: MakeSession, workspace: Workspace) -> None:
    workspace.create("-")
    session, ui = make("2", "6", "", "", "0", "0")
    menus.start(session)
    assert workspace.client_ids() == ["-"]
    assert "Cancelado; lo ya terminado se conserva." in ui.text
    session, ui = make("2", "6", "", "no", "0", "0")
    menus.start(session)
    assert "No se ha borrado nada." in ui.text


# --- pictures and prompts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "prompt"), [("", ""), ("-", ""), ("retrato de Zoë --ow 160", "retrato de Zoë --ow 160")])
def test_a_prompt_that_is_remembered_goes_with_the_pictures(
    make: MakeSession, client: Client, calls: Calls, tmp_path: Path, typed: str, prompt: str
) -> None:
    made = asked_and_called(make, client, calls, "menu.import_mj", str(tmp_path), typed)
    assert made == [("import_mj", (None, [str(tmp_path)]), {"prompt": prompt})]


@pytest.mark.parametrize("label", ["menu.import_mj", "menu.import_real"])
@pytest.mark.parametrize("typed", ["-", ""])
def test_who_has_no_pictures_leaves_the_import_as_its_explanation_says(
    make: MakeSession, client: Client, calls: Calls, label: str, typed: str
) -> None:
    session, ui = make("?", typed)
    session.client = client
    menus.call(handler(label), session)
    assert "Con - no hay ninguna." in ui.text
    assert ui.shown[-1] == "Cancelado; lo ya terminado se conserva."
    assert calls.made == []


def test_real_photos_are_taken_from_where_they_are(make: MakeSession, client: Client, calls: Calls, tmp_path: Path) -> None:
    made = asked_and_called(make, client, calls, "menu.import_real", str(tmp_path / "no"), str(tmp_path))
    assert made == [("import_real", (None, [str(tmp_path)]), {})]


def prompts_of(*jobs: str) -> dict[str, object]:
    return {"groups": [Group(job, None, None, {}, [], ["x"], [f"{job}.png"]) for job in jobs]}


def test_without_groups_only_the_master_prompt_is_asked_for(make: MakeSession, client: Client, calls: Calls) -> None:
    made = asked_and_called(make, client, calls, "menu.prompts", "retrato")
    assert [call[2] for call in made] == [{}, {"master": "retrato"}]


@pytest.mark.parametrize(
    ("picked", "group"), [("2", "job-b"), ("job-a", "job-a"), ("3", "all"), ("", "all"), ("all", "all"), ("job-b.png", "job-b")]
)
def test_a_prompt_is_given_to_the_group_that_was_picked(
    make: MakeSession, client: Client, calls: Calls, picked: str, group: str
) -> None:
    calls.values["set_prompt"] = prompts_of("job-a", "job-b")
    answers = ("", picked, "typed") if picked != "job-a" else ("", "job-a  job-a.png", "typed")
    made = asked_and_called(make, client, calls, "menu.prompts", *answers)
    assert made[-1][2] == {"group": group, "prompt": "typed"}
    assert len(made) == 2  # the master prompt stays


def test_prompts_that_are_left_change_nothing(make: MakeSession, client: Client, calls: Calls) -> None:
    calls.values["set_prompt"] = prompts_of("job-a")
    assert len(asked_and_called(make, client, calls, "menu.prompts", "-", "", "-")) == 1


# --- captions ----------------------------------------------------------------------------------------------------------

LINES = {"captions": [SimpleNamespace(image_id="mj_1", text="ohwx woman, red coat"),
                      SimpleNamespace(image_id="mj_2", text="ohwx woman")], "changes": [1]}  # fmt: skip


@pytest.mark.parametrize(
    ("label", "answers", "change"),
    [
        ("menu.captions_set", ("2", "ohwx woman, hat"), ("set", "mj_2", "ohwx woman, hat")),
        ("menu.captions_set", ("", ""), ("set", "mj_1", "ohwx woman, red coat")),
        ("menu.captions_replace", ("red", "blue"), ("replace", "red", "blue")),
        ("menu.captions_replace", ("red", ""), ("replace", "red", "")),
        ("menu.captions_add", ("", "soft light"), ("add", "soft light")),
        ("menu.captions_remove", ("hat",), ("remove", "hat")),
        ("menu.captions_suggest", ("",), ("suggest", "tags")),
        ("menu.captions_suggest", ("2",), ("suggest", "sentences")),
        ("menu.captions_undo", (), ("undo",)),
    ],
)
@pytest.mark.parametrize("yes", [True, False])
def test_a_change_of_captions_is_shown_first_and_written_on_a_yes(
    make: MakeSession, client: Client, calls: Calls, label: str, answers: tuple[str, ...], change: tuple[str, ...], yes: bool
) -> None:
    calls.values["captions"] = LINES
    made = asked_and_called(make, client, calls, label, *answers, "s" if yes else "n")
    changes = [call[2] for call in made if call[2]]
    assert changes == [{"change": change}, *([{"change": change, "apply": True}] if yes else [])]


def test_where_no_caption_would_change_nothing_is_asked(make: MakeSession, client: Client, calls: Calls) -> None:
    calls.values["captions"] = {**LINES, "changes": []}
    assert len(asked_and_called(make, client, calls, "menu.captions_remove", "hat")) == 1


def test_the_menu_does_not_tell_how_the_command_line_applies_a_change(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [Say("captions.no_changes"), Say("captions.how_to_apply")]
    monkeypatch.setattr(training_commands, "captions", lambda *_, **__: Result({"changes": []}, told))
    session, ui = make("hat", language="en")
    session.client = client
    handler("menu.captions_remove")(session)
    assert "No caption would change." in ui.shown
    assert "--apply" not in ui.text


def test_captions_of_a_client_without_pictures_are_no_bug(make: MakeSession, client: Client) -> None:
    for label in ("menu.captions_show", "menu.captions_set", "menu.captions_undo"):
        session, ui = make()
        session.client = client
        menus.call(handler(label), session)
        assert "Error interno" not in ui.text
        assert "Qué hacer" in ui.text


# --- plan, training, queue, models -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "preset", "gpu"),
    [
        (("", "", "-"), "balanced", None),
        (("1", "auto", ""), "quick", None),
        (("quality", "rtx3060_8gb", ""), "quality", "rtx3060_8gb"),
    ],
)
def test_the_plan_is_made_for_the_card_that_is_found_unless_one_is_named(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...], preset: str, gpu: str | None
) -> None:
    asked: list[tuple[str, str | None, list[str]]] = []

    def configure(session: Session, client: None, *, preset: str, gpu: str | None, overrides: list[str]) -> Result:
        asked.append((preset, gpu, overrides))
        return Result(SimpleNamespace(plan=SimpleNamespace()))

    monkeypatch.setattr(training_commands, "configure", configure)
    session, ui = make(*answers)
    session.client = client
    menus._configure(session)
    assert asked == [(preset, gpu, [])]
    assert not ui.answers


def test_a_plan_that_cannot_be_made_at_all_is_an_error_and_no_endless_question(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def configure(*_: object, **__: object) -> Result:
        raise PipelineError("plan.rule.below_one")

    monkeypatch.setattr(training_commands, "configure", configure)
    session, ui = make("", "")
    session.client = client
    with pytest.raises(PipelineError):
        menus._configure(session)
    assert not ui.answers


@pytest.mark.parametrize("name", sorted(menus.PLAN_NUMBERS))
def test_both_ends_of_every_range_of_the_plan_are_taken_and_written_as_the_trainer_reads_them(
    make: MakeSession, name: str
) -> None:
    limits = menus.PLAN_NUMBERS[name]
    plan = SimpleNamespace(**{name: None})
    for value in (limits.low, limits.high):
        session, _ = make(name, messages.number(value, "es"))
        given = menus._ask_value(session, plan)[name]
        assert float(given) == value
        assert "," not in given
        assert not limits.whole or given.isdecimal()
    session, _ = make(name, messages.number(limits.high * 1.5, "es"), "0")
    with pytest.raises(questions.Leave):
        menus._ask_value(session, plan)


def test_a_bundle_is_planned_for_the_other_computers_card(
    make: MakeSession, client: Client, calls: Calls, tmp_path: Path
) -> None:
    made = asked_and_called(make, client, calls, "menu.bundle", "gpu_12gb", str(tmp_path / "b.zip"))
    assert made == [("bundle", (None, tmp_path / "b.zip"), {"gpu": "gpu_12gb"})]


@pytest.mark.parametrize(("answer", "ids"), [("1,3", ["ana", "iris"]), ("2-3", ["eva", "iris"]), ("", [])])
def test_clients_are_put_into_the_queue_by_the_numbers_shown(
    make: MakeSession, client: Client, calls: Calls, workspace: Workspace, answer: str, ids: list[str]
) -> None:
    for name in ("iris", "eva"):
        workspace.create(name)
    session, ui = make(answer)
    handler("menu.queue_add")(session)
    assert ui.shown[:3] == ["  1. ana", "  2. eva", "  3. iris"]
    assert calls.made == [("queue", ("add", ids), {})]


def test_clients_leave_the_queue_by_their_place_in_it(make: MakeSession, client: Client, calls: Calls) -> None:
    calls.values["queue"] = {"queue": [SimpleNamespace(client="eva"), SimpleNamespace(client="ana")]}
    made = asked_and_called(make, client, calls, "menu.queue_remove", "2")
    assert made == [("queue", ("list",), {}), ("queue", ("remove", ["ana"]), {})]


def test_from_an_empty_queue_nobody_can_be_removed_and_nothing_is_asked(
    make: MakeSession, client: Client, calls: Calls
) -> None:
    assert asked_and_called(make, client, calls, "menu.queue_remove") == [("queue", ("list",), {})]


@pytest.mark.parametrize(("answer", "taken"), [("", 900), ("2", 600), ("300", 300)])
def test_an_earlier_checkpoint_is_handed_over_by_its_place_or_its_step(
    make: MakeSession, client: Client, calls: Calls, monkeypatch: pytest.MonkeyPatch, answer: str, taken: int
) -> None:
    there = [Checkpoint("r", steps, 1000, Path(f"{steps}.safetensors"), 9) for steps in (900, 600, 300)]
    monkeypatch.setattr(checkpoints, "checkpoints", lambda client: there)
    assert asked_and_called(make, client, calls, "menu.models_take", answer) == [("models", (None,), {"take": taken})]


def test_without_checkpoints_nothing_is_asked(make: MakeSession, client: Client, calls: Calls) -> None:
    assert asked_and_called(make, client, calls, "menu.models_take") == []


@pytest.mark.parametrize(("answer", "cleared"), [("s", True), ("n", False), ("", False)])
def test_room_is_made_only_on_a_yes_after_it_was_said_how_much(
    make: MakeSession, client: Client, calls: Calls, monkeypatch: pytest.MonkeyPatch, answer: str, cleared: bool
) -> None:
    monkeypatch.setattr(checkpoints, "leftovers", lambda client: Leftovers((Path("a"), Path("b")), 2_340_000_000))
    session, ui = make(answer)
    session.client = client
    handler("menu.models_clear")(session)
    assert ui.shown[0] == "¿Borrar 2 archivos y carpetas (2,34 GB)? Modelos, registros y curvas se quedan [no]:"
    assert calls.made == ([("models", (None,), {"clear": True})] if cleared else [])


def test_with_nothing_to_clear_it_says_so_and_asks_nothing(make: MakeSession, client: Client, calls: Calls) -> None:
    session, ui = make()
    session.client = client
    handler("menu.models_clear")(session)
    assert ui.shown == [messages.text("checkpoint.nothing_to_clear", "es")]
    assert calls.made == []


# --- the title ---------------------------------------------------------------------------------------------------------


def test_the_title_shows_every_stage_between_client_and_model(make: MakeSession, client: Client) -> None:
    session, ui = make(language="en")
    session.client = client
    menus.draw("menu.client_title", menus.CLIENT_MENU, session)
    assert ui.shown[2] == (
        "Client: ana  [MJ: to do (0) | Photos: to do (0) | Faces: to do (0) | Dataset: to do (0) | Plan: to do (0) | "
        "Model: to do (0)]"
    )
    assert ui.shown[-1] == "  0. Back"
    assert len(ui.shown) == 3 + len(menus.CLIENT_MENU) + 1


def test_a_bug_in_the_state_of_a_client_hides_no_menu(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "state", lambda self, client: 1 / 0)
    session, ui = make("0")
    session.client = client
    menus.run_menu("menu.main", menus.MAIN_MENU, session)
    assert "ZeroDivisionError" in ui.text
    assert "  0. Salir" in ui.shown


def test_the_menu_of_a_client_closes_when_a_line_of_it_deletes_the_client(make: MakeSession, client: Client) -> None:
    def delete(session: Session) -> None:
        session.client = None

    session, ui = make("1")
    session.client = client
    menus.run_menu("menu.client_title", (Choice("menu.client_delete", delete),), session, needs_client=True)
    assert not ui.answers


def test_a_proposal_that_is_not_in_the_menu_leaves_enter_without_a_meaning(make: MakeSession) -> None:
    session, ui = make("", "0")
    menus.run_menu("menu.queue", menus.QUEUE_MENU, session, proposed="menu.guided")
    assert "Elige una opción (0-4):" in ui.shown
    assert "Escribe un número de 0 a 4." in ui.shown


def test_selecting_a_client_opens_its_menu_and_the_choice_stays(
    make: MakeSession, workspace: Workspace, client: Client
) -> None:
    workspace.create("eva")
    session, ui = make("3", "eva", "0", "3", "", "0", "0")
    menus.start(session)
    assert session.client is not None and session.client.client_id == "eva"
    assert "Cliente [ana]:" in ui.shown
    assert "Cliente [eva]:" in ui.shown  # the one chosen is proposed the next time


@pytest.mark.parametrize("how", ["deleted", "renamed"])
def test_a_client_that_another_window_took_away_is_told_once_and_its_menu_closes(
    make: MakeSession, client: Client, workspace: Workspace, how: str
) -> None:
    def elsewhere(session: Session) -> None:
        workspace.rename("ana", "eva") if how == "renamed" else workspace.delete("ana")

    main = (Choice("menu.select", lambda session: menus.run_menu("menu.client_title", lines, session, needs_client=True)),)
    lines = (Choice("menu.process", elsewhere),)
    session, ui = make("1", "1", "0")
    session.client = client
    menus.run_menu("menu.main", main, session)
    assert session.client is None
    assert not ui.answers
    assert ui.text.count("No hay ningún cliente «ana».") == 1
    assert f"Clientes: {'eva' if how == 'renamed' else '-'}" in ui.text
    assert "Error interno" not in ui.text
    assert not (workspace.folder / "ana").exists()  # nothing makes half a client anew
