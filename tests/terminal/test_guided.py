"""The guided setup: what it asks, what it passes over, where it goes on, what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from avatar.commands import dataset as dataset_commands
from avatar.commands import faces as faces_commands
from avatar.commands import importing as importing_commands
from avatar.commands import models as models_commands
from avatar.commands import plan as plan_commands
from avatar.commands import setup as setup_commands
from avatar.commands import stage_state
from avatar.commands import training as training_commands
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.plan.offers import Offer
from avatar.reports.review_list import Entry, ReviewRow
from avatar.reports.stages import STAGES, ClientState, StageState
from avatar.terminal import guided, menus
from avatar.terminal import review as terminal_review
from avatar.texts import tables
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from avatar.workspace.records import Reason
from avatar.workspace.workspace import Workspace
from tests.scripted import MakeSession

OFFERS = [
    Offer(name, steps, None, None, 100.0, 2, 10**9, 1024, 96, None)
    for name, steps in (("quick", 400), ("balanced", 800), ("quality", 1200))
]  # fmt: skip
MOST_ANSWERS = 12  # of a newcomer, from the first menu to the dry run


@dataclass
class Stages:
    """Stands for all stages: each call is noted and marks its stage done."""

    done: set[str] = field(
        default_factory=lambda: {"setup", "try", "choose"}
    )  # what comes after the model has tests of its own
    outdated: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    approved: int = 5
    card: bool = True
    trainer: bool = True
    without_prompt: int = 0

    def state(self, client: Client) -> ClientState:
        return ClientState(client.client_id, tuple(map(self.stage, STAGES)), self.approved, 1, {"mj": 3, "real": 2}, ())

    def stage(self, name: str) -> StageState:
        if name in self.outdated:
            return StageState(name, "outdated", 3, Text("stage.why.pictures_changed"))
        if name in self.optional:
            return StageState(name, "optional", 0)
        return StageState(name, "done", 3) if name in self.done else StageState(name, "todo", 0)

    def act(self, name: str, value: object = None, error: Text | None = None) -> Result[Any]:
        self.calls.append(name)
        stage = name.partition(" ")[0]
        if error is None:
            self.done.add(stage)
            self.outdated.discard(stage)
        if stage == "train":
            self.done.add("model")
        return Result(value, error=error)

    def take_in(self, kind: str) -> Callable[..., Result[Any]]:
        def act(session: Session, client: None, paths: list[str]) -> Result[Any]:
            path = Path(paths[0])
            error = Text("import.nothing_added", {"n": 1}) if path.suffix == ".txt" else None
            return self.act(f"{kind} {path.name}", SimpleNamespace(prompts_from={"none": self.without_prompt}), error)

        return act

    def check(self, session: Session, client: None) -> Result[Any]:
        return self.act("check", SimpleNamespace(preflight=[SimpleNamespace(level="ready")]))


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> Stages:
    fake = Stages()
    monkeypatch.setattr(stage_state, "client_state", lambda session, client: fake.state(client))
    monkeypatch.setattr(importing_commands, "import_mj", fake.take_in("import-mj"))
    monkeypatch.setattr(importing_commands, "import_real", fake.take_in("import-real"))
    monkeypatch.setattr(faces_commands, "process", lambda s, c: fake.act("process"))
    monkeypatch.setattr(dataset_commands, "prepare", lambda s, c: fake.act("prepare"))
    monkeypatch.setattr(plan_commands, "configure", lambda s, c, preset, gpu: fake.act(f"configure {preset} {gpu}"))
    monkeypatch.setattr(plan_commands, "presets", lambda s, c, gpu: Result(OFFERS))
    monkeypatch.setattr(plan_commands, "dry_run", fake.check)
    monkeypatch.setattr(models_commands, "models", lambda s, c: Result(None, [Text("model.title")]))
    monkeypatch.setattr(training_commands, "train", lambda s, c: fake.act("train"))
    monkeypatch.setattr(setup_commands, "card_found", lambda: fake.card)
    monkeypatch.setattr(setup_commands, "trainer_installed", lambda session: fake.trainer)
    monkeypatch.setattr(setup_commands, "machine_verdict", lambda session: Text("guided.machine.ready"))
    return fake


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    for name in ("mj", "fotos ñ"):
        (tmp_path / name).mkdir()
    return str(tmp_path / "mj"), str(tmp_path / "fotos ñ")


def test_there_are_eight_steps_and_each_says_why() -> None:
    assert [step.stage for step in guided.STEPS] == list(STAGES[:8])  # the trial and the choice are asked for in the last
    assert len(guided.STEPS) == 8
    for step in guided.STEPS:
        assert "\n" not in tables.template(f"guided.why.{step.stage}", "es")


def test_the_guided_setup_tells_the_numbers_of_the_settings_in_force(make: MakeSession) -> None:
    session, ui = make(language="en")
    session.config_file.write_text(
        '{"dataset": {"mj_share": 0.7, "real_share": 0.3}, "faces": {"crop_side_px": 768}}', encoding="utf-8"
    )
    for stage in ("process", "prepare"):
        guided.say_why(session, stage)
    assert "cropped to 768 × 768 px" in ui.text and "70 % MidJourney and 30 % real photos" in ui.text


def test_a_newcomer_gives_at_most_twelve_answers_from_the_first_menu_to_the_dry_run(
    make: MakeSession, stages: Stages, folders: tuple[str, str]
) -> None:
    stages.card = stages.trainer = False  # the worst case: one question more for each
    stages.without_prompt = 3
    to_the_dry_run = ["", "ana", "", "", "", folders[0], "", folders[1], "", "", "", ""]
    session, ui = make(*to_the_dry_run, "", "0")  # then: no trainer now; out
    menus.start(session)
    assert len(to_the_dry_run) <= MOST_ANSWERS
    assert stages.calls == [
        "import-mj mj", "import-real fotos ñ", "process", "prepare", "configure balanced rtx3060_8gb", "check",
    ]  # fmt: skip
    assert sum(answer != "" for answer in to_the_dry_run) == 3  # all others are Enter: name and two folders
    assert "Paso 1 de 8: Preparación y cliente" in ui.shown
    assert ui.shown[-1] == "Hasta pronto."


def test_from_a_chosen_client_to_the_model(make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str]) -> None:
    session, ui = make(folders[0], folders[1], "", "", "", "")
    session.client = client
    guided.walk(session)
    assert stages.calls[-2:] == ["check", "train"]
    assert "Paso 8 de 8: Modelo final" in ui.shown
    assert ui.shown[-1] == "Recorrido terminado."


def test_an_existing_client_is_offered_before_a_new_one(make: MakeSession, client: Client, stages: Stages) -> None:
    session, ui = make("", "0")
    guided.walk(session)
    assert session.client is not None and session.client.client_id == "ana"
    assert "  2. nuevo" in ui.shown
    session, _ = make("nuevo", "eva", "", "", "", "0")
    guided.walk(session)
    assert session.client is not None and session.client.client_id == "eva"


def test_it_goes_on_where_it_was_left(make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str]) -> None:
    session, ui = make(folders[0], "0")
    session.client = client
    guided.walk(session)
    assert stages.calls == ["import-mj mj"]
    assert ui.shown[-1].startswith("Recorrido interrumpido")
    session, ui = make("", folders[1], "", "", "", "n")
    session.client = client
    guided.walk(session)
    assert stages.calls[1:] == ["import-real fotos ñ", "process", "prepare", "configure balanced None", "check"]
    assert "¿Desde qué paso quieres seguir? (de 1 a 8) [3]:" in ui.shown
    assert ui.shown[-1].startswith("Todavía no hay modelo")


def test_photos_that_were_never_asked_for_come_before_the_faces(make: MakeSession, client: Client, stages: Stages) -> None:
    """Left after the MidJourney pictures, photos are optional from then on: still the next question is theirs."""
    stages.done |= {"import-mj"}
    stages.optional = {"import-real"}
    session, ui = make("", "0")
    session.client = client
    guided.walk(session)
    assert "¿Desde qué paso quieres seguir? (de 1 a 8) [3]:" in ui.shown
    assert ui.shown[-2].startswith("Carpeta, foto o zip de fotos reales")
    stages.done |= {"process"}
    stages.outdated = {"process"}
    session, ui = make("0")
    session.client = client
    guided.walk(session)
    assert "¿Desde qué paso quieres seguir? (de 1 a 8) [4]:" in ui.shown  # once faces are cut, nobody is asked again


def test_going_back_redoes_only_what_depends_on_the_change(
    make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stages.done = set(STAGES)

    def more_photos(session: Session, client: None, paths: list[str]) -> Result[Any]:
        stages.outdated = {"process", "prepare", "configure"}
        return stages.act("import-real more")

    monkeypatch.setattr(importing_commands, "import_real", more_photos)
    session, ui = make("3", folders[1], "", "", "")
    session.client = client
    guided.walk(session)
    assert stages.calls == ["import-real more", "process", "prepare", "configure balanced None"]
    assert ui.text.count("Han cambiado las imágenes aprobadas, los textos o el reparto.") == 3
    assert ui.shown.count("Ya está hecho (3).") == 2  # training and model


def test_a_step_back_is_one_key_and_the_first_step_stays_the_first(
    make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str]
) -> None:
    session, _ = make(folders[0], "<", folders[0], folders[1], "0")
    session.client = client
    guided.walk(session)
    assert stages.calls == ["import-mj mj", "import-mj mj", "import-real fotos ñ"]
    session, _ = make("<", "<", "0")
    session.client = None
    guided.walk(session)  # ends: a question too many would fail


def test_a_step_back_from_the_first_pictures_asks_for_the_client_and_comes_back_to_where_it_was_left(
    make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str], workspace: Workspace
) -> None:
    stages.done = set(STAGES)
    workspace.create("eva", trigger_word="nwx")
    session, ui = make("2", "<", "eva", folders[0])
    session.client = client
    guided.walk(session)
    assert session.client is not None and session.client.client_id == "eva"
    assert stages.calls == ["import-mj mj"]  # asked again, though it was done: it was left by going back
    assert not ui.answers


def test_what_is_to_be_mended_before_a_training_is_not_pushed_off_the_screen_by_the_command(
    make: MakeSession, client: Client, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(session: Session, client: None) -> Result[Any]:
        said: list[Text | Table | Raw] = [
            Text("train.verdict.blocked", {"n": 1}), Table(("col.finding",), [("no trainer",)], Text("preflight.title")),
            Text("train.command_title", {"cwd": "/k"}), Raw("cd /k && python x"),
        ]  # fmt: skip
        return Result(SimpleNamespace(preflight=[SimpleNamespace(level="blocked")]), said, error=Text("preflight.title"))

    monkeypatch.setattr(plan_commands, "dry_run", check)
    stages.done = set(STAGES) - {"train", "model"}
    session, ui = make("", language="en")
    session.client = client
    guided.walk(session)
    assert "no trainer" in ui.text and "cd /k" not in ui.text
    assert session.text("command.more") in ui.text


@pytest.mark.parametrize("leave", [EOFError, KeyboardInterrupt, "0"], ids=["end of input", "Ctrl+C", "zero"])
def test_it_can_be_left_at_every_question(
    make: MakeSession, stages: Stages, folders: tuple[str, str], leave: Any, workspace: Workspace
) -> None:
    stages.card = False
    answers = ["ana", "", "", "", folders[0], folders[1], "", "", "", "", ""]
    for asked in range(len(answers)):
        stages.done, stages.calls = {"setup"}, []
        for client_id in workspace.client_ids():
            workspace.delete(client_id)
        session, ui = make(*answers[:asked], leave)
        guided.walk(session)
        assert ui.shown[-1].startswith("Recorrido interrumpido"), asked
        assert not ui.answers


@pytest.mark.parametrize("wrong", ["/no/such/folder", "nota.txt"])
def test_a_missing_folder_and_a_text_file_are_asked_again(
    make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str], tmp_path: Path, wrong: str
) -> None:
    (tmp_path / "nota.txt").write_text("no picture", encoding="utf-8")
    wrong = wrong if wrong.startswith("/") else str(tmp_path / wrong)
    session, ui = make(wrong, folders[0], "0")
    session.client = client
    guided.walk(session)
    assert stages.calls[-1] == "import-mj mj"
    assert ui.text.count("[-]") == 3  # what was wrong is not offered again


def test_without_any_picture_it_says_so_instead_of_going_on(make: MakeSession, client: Client, stages: Stages) -> None:
    session, _ = make("", "")
    session.client = client
    with pytest.raises(PipelineError) as caught:
        guided.walk(session)
    assert caught.value.key == "guided.no_pictures"


def test_with_nothing_approved_it_stops_before_the_dataset(
    make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str]
) -> None:
    stages.approved = 0
    session, _ = make(folders[0], "", "")
    session.client = client
    with pytest.raises(PipelineError) as caught:
        guided.walk(session)
    assert caught.value.text == Text("guided.none_approved", {"refused": 1})


def test_where_all_pictures_are_refused_the_walk_proposes_the_faces_and_leads_to_the_review(
    make: MakeSession, client: Client, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages.done |= {"import-mj", "import-real", "process"}
    stages.approved = 0

    def approve_some(session: Session) -> None:
        stages.calls.append("review")
        stages.approved = 2

    monkeypatch.setattr(terminal_review, "walk", approve_some)
    session, ui = make("", "", "0", language="en")
    session.client = client
    guided.walk(session)
    assert "[4]" in ui.text and "All are refused." in ui.text
    assert stages.calls == ["review"]  # and not once more the processing; it goes on to the dataset, where it was left


def test_without_a_card_it_asks_for_the_one_to_plan_for(make: MakeSession, client: Client, stages: Stages) -> None:
    stages.card = False
    stages.done |= {"import-mj", "import-real", "process", "prepare"}
    session, ui = make("", "gtx1650", "quick", "n")
    session.client = client
    guided.walk(session)
    assert "configure quick gtx1650_4gb" in stages.calls
    assert any("rápido: tiempo aún sin medir, 400 pasos, 1,0 GB de disco" in line for line in ui.shown)
    assert "Aquí no hay tarjeta NVIDIA" in ui.text


def test_what_is_blocked_is_not_trained(
    make: MakeSession, client: Client, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages.done |= {"import-mj", "import-real", "process", "prepare", "configure"}
    blocked = SimpleNamespace(preflight=[SimpleNamespace(level="ready"), SimpleNamespace(level="blocked")])
    monkeypatch.setattr(plan_commands, "dry_run", lambda s, c: stages.act("check", blocked))
    session, ui = make("")
    session.client = client
    guided.walk(session)
    assert stages.calls == ["check"]
    assert "Corrige lo bloqueado y vuelve al recorrido." in ui.shown


def test_the_trainer_is_installed_only_on_a_yes(make: MakeSession, client: Client, stages: Stages,
                                                monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    stages.done |= {"import-mj", "import-real", "process", "prepare", "configure"}
    stages.trainer = False
    monkeypatch.setattr(setup_commands, "setup", lambda session, trainer: stages.act("setup"))
    session, ui = make("", "", "")
    session.client = client
    guided.walk(session)
    assert stages.calls == ["check"]
    assert "Para entrenar falta sd-scripts" in ui.text
    session, _ = make("", "s", "n")
    session.client = client
    guided.walk(session)
    assert stages.calls[1:] == ["check", "setup", "check"]


def entry(number: int, verdict: str, *, confidence: float | None = 0.9, blur: float = 100, refusals: int = 0) -> Entry:
    reasons = tuple(Reason(code="blurred", level="refuse", value=1.0, limit=2.0) for _ in range(refusals))
    row = ReviewRow(f"real_{number:016x}", f"{number}.jpg", "real", verdict, "rules", reasons, None, 1, 0)  # type: ignore[arg-type]
    return Entry(number, row, {} if confidence is None else {"confidence": confidence, "blur": blur})


def test_the_worst_have_most_reasons_and_the_best_the_surest_and_sharpest_faces() -> None:
    entries = [
        entry(1, "approved", confidence=0.99, blur=50), entry(2, "approved", confidence=0.991, blur=900),
        entry(3, "approved", confidence=0.90), entry(4, "approved", confidence=0.95), entry(5, "approved", confidence=None),
        entry(6, "rejected", refusals=1, confidence=0.99), entry(7, "rejected", refusals=3), entry(8, "pending"),
        entry(9, "rejected", refusals=1, confidence=None),
    ]  # fmt: skip
    worst, best = guided.worst_and_best(entries)
    assert [item.number for item in worst] == [7, 9, 6]
    assert [item.number for item in best] == [2, 1, 4]
    assert guided.worst_and_best([]) == ([], [])


def test_the_look_names_worst_and_best_by_their_numbers(
    make: MakeSession, client: Client, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    from avatar.reports import review_list

    monkeypatch.setattr(review_list, "entries", lambda client: [entry(1, "approved"), entry(2, "rejected", refusals=1)])
    session, ui = make()
    session.client = client
    guided.look(session)
    assert any(line.startswith("2 2.jpg") for line in ui.shown)
    assert "1 1.jpg 90.0 100" in ui.shown


def test_a_wrong_answer_about_a_client_is_asked_again_at_once_and_the_others_stay(make: MakeSession, client: Client) -> None:
    session, ui = make("ana", "lia", "a,b", "ohwx", "/fotos", "woman", "", language="en")
    guided.make_client(session)
    assert session.client is not None
    info = session.client.info()
    assert (info.client_id, info.trigger_word, info.class_word) == ("lia", "ohwx", "woman")
    assert ui.answers == []
    assert (
        "'ana' exists already" in ui.text.replace("The client ", "") and ui.text.count("cannot be a trigger or class word") == 2
    )


@pytest.mark.parametrize(
    ("name", "typed", "kept", "why"),
    [
        ("lucia", "", "lcwx", "«lucia» es o contiene algo corriente"), ("lucia", "lucia", "lucia", "«lucia» es o contiene"),
        ("Cliente01_nombre", "", "clwx", "se lee como hasta"), ("zkj", "", "zkj", ""), ("clara", "", "clzx", "«clzx»"),
    ],
)  # fmt: skip
def test_enter_never_takes_a_trigger_word_that_speaks_against_itself(
    make: MakeSession, workspace: Workspace, name: str, typed: str, kept: str, why: str
) -> None:
    workspace.create("claudia", trigger_word="clwx")
    workspace.create("broken").info_file.write_text("{", encoding="utf-8")
    if name == "Cliente01_nombre":
        workspace.delete("claudia")
    session, ui = make(name, typed, "", "")
    guided.make_client(session)
    assert session.client is not None and session.client.info().trigger_word == kept
    before = ui.text.partition("1. hombre")[0]
    assert why in before
    assert ("«" in before) is bool(why)


@pytest.mark.parametrize(("typed", "kept"), [("", ""), ("-", ""), ("firmado 2026-01-01", "firmado 2026-01-01")])
def test_a_note_of_consent_is_kept_as_typed_and_none_is_empty(make: MakeSession, typed: str, kept: str) -> None:
    session, _ = make("ana", "", "", typed)
    guided.make_client(session)
    assert session.client is not None
    assert session.client.info().consent_note == kept


@pytest.mark.parametrize(("typed", "first"), [("", 4), ("1", 1), ("8", 8), ("9", 4)])
def test_the_walk_goes_on_at_the_step_that_is_named_and_at_no_other(
    make: MakeSession, client: Client, stages: Stages, typed: str, first: int
) -> None:
    stages.done |= {"import-mj", "import-real"}
    session, ui = make(typed, *([""] if typed == "9" else []), "0")
    session.client = client
    guided.walk(session)
    taken = [int(line.split()[1]) for line in ui.shown if line.startswith("Paso ")]
    assert taken[0] == first
    assert ("Escribe un número de 1 a 8 sin decimales." in ui.shown) is (typed == "9")


def test_a_finished_walk_started_again_shows_the_model(make: MakeSession, client: Client, stages: Stages) -> None:
    stages.done = set(STAGES)
    session, ui = make("", "n")
    session.client = client
    guided.walk(session)
    assert any("¿Hacer el zip para entregarlo" in question for question in ui.shown)
    assert "¿Desde qué paso quieres seguir? (de 1 a 8) [8]:" in ui.shown
    assert "Modelos" in ui.shown
    assert "Ya está hecho" not in ui.text
    assert ui.shown[-1] == "Recorrido terminado."


def test_the_list_of_steps_has_as_many_rows_as_there_are_steps_and_says_what_is_open_of_one(
    make: MakeSession, client: Client, stages: Stages
) -> None:
    stages.done = set(STAGES) - {"choose"}
    table = guided._steps_table(stages.state(client))
    assert [row[0] for row in table.rows] == list(range(1, len(guided.STEPS) + 1))
    assert table.rows[-1][1:3] == (Text("stage.model"), Text("state.todo"))
    assert table.rows[-1][4] == Text("guided.open", {"stage": Text("stage.choose")})
    stages.done = set(STAGES)
    assert guided._steps_table(stages.state(client)).rows[-1][2] == Text("state.done", {}, "good")


def test_a_step_back_to_another_step_says_so_and_at_the_first_that_there_is_none(
    make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str]
) -> None:
    session, ui = make(folders[0], "<", "<", "<", "0")
    session.client = client
    guided.walk(session)
    told = [line for line in ui.shown if line.startswith(("Vuelves", "No hay paso anterior"))]
    assert told == [
        "Vuelves al paso anterior: Imágenes MidJourney.", "Vuelves al paso anterior: Preparación y cliente.",
        "No hay paso anterior: este es el primero.",
    ]  # fmt: skip
