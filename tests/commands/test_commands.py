"""What the actions say: the report of an import as somebody reads it."""

from __future__ import annotations

import dataclasses
import errno
import logging
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

import config
import data_preprocessor
import utils
from avatar.commands import blocks, midjourney_view
from avatar.commands import clients as clients_commands
from avatar.commands import faces as faces_commands
from avatar.commands import importing as importing_commands
from avatar.commands import setup as setup_commands
from avatar.commands.blocks import SHOWN_OF_A_KIND
from avatar.commands.importing import MANY_REFUSED
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.faces import engines as face_engines
from avatar.faces import persons
from avatar.faces.likeness import Identity
from avatar.faces.update import Failure
from avatar.pictures import groups as import_groups
from avatar.pictures import images_table
from avatar.pictures.groups import Group
from avatar.reports import group_sheet, self_check
from avatar.reports.stages import STAGES, ClientState, StageState
from avatar.system import gpu
from avatar.terminal import setting_up
from avatar.texts import translate
from avatar.texts.text import Finding, PipelineError, Text, worst_level
from avatar.texts.translate import words
from avatar.trainer import install as trainer_install
from avatar.trainer import location
from avatar.workspace.client import Client
from avatar.workspace.records import Caption
from avatar.workspace.workspace import Workspace
from config import Settings
from image_processor import ProcessReport
from tests.dataset.test_training_folder import fill, mix
from tests.scripted import MakeSession, ScriptedUi
from tests.stages.test_data_preprocessor import JOB, import_mj, photo, tile

OTHER_JOB = "0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01"


def test_groups_with_all_four_pictures_and_others_are_told(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make(language="en")
    for number in range(4):
        tile(tmp_path / "mj", number)
    tile(tmp_path / "mj", 3, job=OTHER_JOB, seed=77)
    session.show(importing_commands.import_mj(session, client.client_id, [str(tmp_path / "mj")]))
    assert "Added: 5. Already there: 0." in ui.text
    assert "Groups with all four pictures: 1; incomplete: 1." in ui.text


def test_pictures_without_metadata_that_have_the_prompt_of_their_job_are_told(
    make: MakeSession, client: Client, tmp_path: Path
) -> None:
    session, ui = make(language="es")
    tile(tmp_path / "mj", 0)
    session.show(importing_commands.import_mj(session, client.client_id, [str(tmp_path / "mj")]))
    assert "mismo trabajo" not in ui.text
    for number in (1, 2):
        tile(tmp_path / "mj", number, embedded=False)
    session.show(importing_commands.import_mj(session, client.client_id, [str(tmp_path / "mj")]))
    assert "Prompt incrustado: 0, del nombre: 0, escrito: 0, sin prompt: 0" in ui.text
    assert "Sin metadatos, con el prompt de otra imagen de su mismo trabajo: 2." in ui.text


def test_the_folder_above_both_imported_as_midjourney_is_told_with_how_it_is_undone(
    make: MakeSession, client: Client, tmp_path: Path
) -> None:
    session, ui = make(language="es")
    tile(tmp_path / "todo" / "mj", 0)
    photo(tmp_path / "todo" / "fotos" / "playa.png", seed=7)
    session.show(importing_commands.import_mj(session, client.client_id, [str(tmp_path / "todo")]))
    assert "De 2 imágenes, 1 no dice nada de MidJourney, ni dentro ni en el nombre; las demás sí." in ui.text
    assert f"remove {client.client_id} --import 1" in ui.text and f"import-real {client.client_id} CARPETA" in ui.text
    ui.shown.clear()
    session.show(importing_commands.import_real(session, client.client_id, [str(tmp_path / "todo" / "fotos")]))
    assert "1 imagen ya está como de MidJourney" in ui.text and f"remove {client.client_id} --import 1" in ui.text


def test_a_picture_of_a_camera_among_midjourneys_is_told_even_where_none_says_midjourney(
    make: MakeSession, client: Client, tmp_path: Path
) -> None:
    session, ui = make(language="en")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "R5"
    Image.open(photo(tmp_path / "x.png", 2)).save(tmp_path / "in.jpg", exif=exif)
    session.show(importing_commands.import_mj(session, client.client_id, [str(tmp_path / "in.jpg")]))
    assert "Of 1 picture, 1 comes from a camera, imported as MidJourney's." in ui.text
    ui.shown.clear()
    photo(tmp_path / "bare" / "renamed.png", seed=9)
    session.show(importing_commands.import_mj(session, client.client_id, [str(tmp_path / "bare")]))
    assert "nothing of MidJourney" not in ui.text and "camera" not in ui.text


def test_the_same_file_twice_in_one_import_is_named_with_its_twin(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make(language="en")
    first = photo(tmp_path / "in" / "uno.png")
    for number in range(SHOWN_OF_A_KIND + 1):
        shutil.copy(first, tmp_path / "in" / f"z{number}.png")
    result = importing_commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    session.show(result)
    assert "The same file twice, kept once: 4 (z0.png = 1. uno.png, z1.png = 1. uno.png, z2.png = 1. uno.png, …)." in ui.text
    ui.shown.clear()
    session.show(importing_commands.import_real(session, client.client_id, [str(tmp_path / "in")]))
    assert "Added: 0. Already there: 5." in ui.text
    assert "twice" not in ui.text


def test_a_near_duplicate_is_named_with_the_picture_it_is_like(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make()
    photo(tmp_path / "in" / "año.png")
    photo(tmp_path / "in" / "año.webp", size=(180, 120))
    session.show(importing_commands.import_real(session, client.client_id, [str(tmp_path / "in")]))
    assert "Casi iguales a otra imagen: 1, se conservan (números en Revisar: 2 = 1)." in ui.text


@pytest.mark.parametrize("bad", [MANY_REFUSED, MANY_REFUSED + 1])
def test_of_many_refused_files_a_few_of_each_kind_are_shown_and_all_are_in_the_log(
    make: MakeSession, client: Client, tmp_path: Path, bad: int, caplog: pytest.LogCaptureFixture
) -> None:
    session, ui = make(language="en")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "000.png").write_bytes(b"\0")
    for number in range(1, bad):
        (tmp_path / "in" / f"{number:03}.png").write_text("<html>")
    with caplog.at_level(logging.INFO):
        result = importing_commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    session.show(result)
    shown = [f"{number:03}.png" for number in range(bad) if f"{number:03}.png: " in ui.text]
    if bad > MANY_REFUSED:
        assert shown == ["000.png", "001.png", "002.png", "003.png"]
        assert f"… and {bad - 4} more files" in ui.text
    else:
        assert len(shown) == bad
        assert "more file" not in ui.text
    assert isinstance(table := result.blocks[-1], Table)
    assert table.title == Text("import.refused_title", {"n": bad}, "warn")
    logged = [record.getMessage() for record in caplog.records if record.getMessage().startswith("not taken in")]
    assert len(logged) == bad
    assert logged[1].startswith("not taken in: 001.png: import.not_picture")


# --- setup -----------------------------------------------------------------------------------------------------------


LEVELS = {
    (): "ready", ("ready",): "ready", ("ready", "attention"): "attention", ("blocked", "attention"): "blocked",
    ("attention", "attention", "ready"): "attention", ("ready", "blocked", "ready"): "blocked",
}  # fmt: skip


@pytest.mark.parametrize("levels", sorted(LEVELS))
def test_the_worst_level_counts(levels: tuple[str, ...]) -> None:
    assert worst_level(checked(*levels)) == LEVELS[levels]


def checked(*levels: str) -> list[Finding]:
    return [Finding("x", level, Text("setup.git_found", {"path": f"{n}"})) for n, level in enumerate(levels)]  # type: ignore[arg-type]


def test_findings_are_listed_from_the_worst_on_and_otherwise_in_their_order() -> None:
    table = blocks.findings_table(checked("ready", "attention", "blocked", "ready", "attention"), "setup.check_title")
    assert [(row[0].key, row[1].values["path"]) for row in table.rows] == [  # type: ignore[attr-defined]
        ("level.blocked", "2"), ("level.attention", "1"), ("level.attention", "4"), ("level.ready", "0"), ("level.ready", "3"),
    ]  # fmt: skip
    assert [row[0].style for row in table.rows] == ["bad", "warn", "warn", "good", "good"]  # type: ignore[attr-defined]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Finding]:
    """What the check of this computer finds: the test fills it in."""
    found: list[Finding] = []
    monkeypatch.setattr(self_check, "check_program", lambda *_, **__: found)
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    return found


def test_setup_makes_what_is_missing_once_and_a_check_makes_nothing(
    make: MakeSession, machine: list[Finding], tmp_path: Path
) -> None:
    session, ui = make(language="en")
    assert setup_commands.setup(session, check=True).value["folders_made"] == []
    assert not session.workspace.folder.exists() and not (tmp_path / "logs").exists()
    result = setup_commands.setup(session)
    session.show(result)
    assert ui.text.count("Folder created: ") == 2
    assert session.workspace.folder.is_dir() and (tmp_path / "logs").is_dir()
    assert setup_commands.setup(session).value["folders_made"] == []


@pytest.mark.parametrize(
    ("levels", "told", "failed"),
    [(("ready",), "Everything is ready.", False), (("ready", "attention"), "You can work; see the warnings.", False),
     (("attention", "blocked"), "Something required is missing.", True)],
)  # fmt: skip
def test_only_what_is_blocked_makes_setup_fail(
    make: MakeSession, machine: list[Finding], levels: tuple[str, ...], told: str, failed: bool
) -> None:
    session, ui = make(language="en")
    machine += checked(*levels)
    result = setup_commands.setup(session, check=True)
    session.show(result)
    assert told in ui.text
    assert ("The program cannot work yet." in ui.text) == (result.error is not None) == failed
    level = "blocked" if failed else levels[-1]
    assert setup_commands.machine_verdict(session) == Text(f"guided.machine.{level}")


def test_setup_installs_the_trainer_that_is_asked_for_and_tells_its_steps_and_notes(
    make: MakeSession, machine: list[Finding], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    asked: list[object] = []

    def install(trainer: config.TrainerConfig, folder: Path, *, on_line: Any, on_step: Any, cancel: Any) -> SimpleNamespace:
        asked.extend((trainer.repository, trainer.revision, folder))
        on_step("clone", 1, 5)
        on_line("Cloning into x")
        return SimpleNamespace(notes=[Text("setup.note.python_untested", {"version": "3.13"})])

    monkeypatch.setattr(trainer_install, "install", install)
    session, ui = make(language="en")
    session.quiet = False
    default = config.TrainerConfig()
    session.show(setup_commands.setup(session, trainer=True, revision="abc1234"))
    assert asked == [default.repository, "abc1234", config.TRAINER_DIR]
    assert ui.shown[0] == "[1/5] Downloading sd-scripts"
    assert "Cloning into x" in caplog.text
    assert "only 3.13 is available here" in ui.shown[-1]
    asked.clear()
    setup_commands.setup(session, trainer=True, repository="https://example.org/fork")
    assert asked[:2] == ["https://example.org/fork", default.revision]


def test_the_trainer_lies_where_the_settings_say(make: MakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "TRAINER_DIR", tmp_path / "kohya_ss")
    session, _ = make()
    assert location.trainer_folder(session.settings().trainer) == tmp_path / "kohya_ss"
    utils.write_json(session.config_file, {"trainer": {"folder": str(tmp_path / "otra carpeta")}})
    assert location.trainer_folder(session.settings().trainer) == tmp_path / "otra carpeta"
    assert location.trainer_folder(config.TrainerConfig(folder="~/sd")) == Path.home() / "sd"


# --- clients ---------------------------------------------------------------------------------------------------------


def test_a_new_client_is_chosen_and_a_common_word_is_warned_of(make: MakeSession, workspace: Workspace) -> None:
    session, ui = make(language="en")
    session.show(clients_commands.client_new(session, "maria", name="María Peña", consent="signed"))
    assert session.client is not None and session.client.client_id == "maria"
    info = workspace.client("maria").info()
    assert (info.trigger_word, info.class_word, info.display_name, info.consent_note) == (
        "maria", "person", "María Peña", "signed"
    )  # fmt: skip
    assert "'maria' is or contains a common word" in ui.text
    assert clients_commands.client_new(session, "eva", trigger="ohwx").warnings == []


def test_a_client_that_cannot_be_made_leaves_the_chosen_one(make: MakeSession, client: Client) -> None:
    session, _ = make()
    session.client = client
    for name in ("ANA", "con", "a/b", ""):
        with pytest.raises(PipelineError):
            clients_commands.client_new(session, name)
    assert session.client is client and session.workspace.client_ids() == ["ana"]


def test_a_broken_client_hides_none_of_the_others(make: MakeSession, workspace: Workspace, client: Client) -> None:
    workspace.create("eva").info_file.write_text("{", encoding="utf-8")
    session, ui = make(language="en")
    result = clients_commands.client_list(session)
    session.show(result)
    assert [entry["client_id"] for entry in result.value["clients"]] == ["ana"]
    assert any(line.startswith("ana ohwx 0 0 0") for line in ui.shown)
    assert "client.json cannot be read as JSON" in ui.shown[-1]


def test_without_clients_the_list_says_so(make: MakeSession) -> None:
    session, ui = make(language="en")
    session.show(clients_commands.client_list(session))
    session.show(clients_commands.status(session))
    assert ui.shown == ["There are no clients yet."] * 2


def test_everything_known_of_a_client_is_shown(make: MakeSession, workspace: Workspace) -> None:
    client = workspace.create(
        "ana", trigger_word="ohwx", class_word="woman", display_name="Ana Peña", consent_note="2025-09-01"
    )
    session, ui = make(language="en")
    result = clients_commands.client_show(session, "ana")
    session.show(result)
    for line in ("Name Ana Peña", "Trigger ohwx", "Class woman", "Consent 2025-09-01", f"Folder {client.folder}"):
        assert line in ui.shown
    assert result.client == "ana"


def test_a_renamed_client_stays_chosen_and_another_does_not_become_it(make: MakeSession, workspace: Workspace) -> None:
    session, ui = make(language="en")
    session.client = workspace.create("ana", trigger_word="ohwx")
    workspace.create("eva")
    clients_commands.client_rename(session, "eva", "ida")
    assert session.client.client_id == "ana"
    session.show(clients_commands.client_rename(session, "ana", "anna"))
    assert session.client.client_id == "anna" and session.client.folder.is_dir()
    assert "'ana' is now called 'anna'. The trigger word is still ohwx" in ui.text
    assert workspace.client_ids() == ["anna", "ida"]


@pytest.mark.parametrize("originals", [False, True])
def test_an_export_says_what_it_holds_and_that_faces_are_personal(
    make: MakeSession, client: Client, tmp_path: Path, originals: bool
) -> None:
    session, ui = make(language="en")
    importing_commands.import_real(session, "ana", [str(photo(tmp_path / "in" / "uno.png"))])
    result = clients_commands.client_export(session, "ana", tmp_path / "ana ñ", originals=originals)
    session.show(result)
    target = tmp_path / "ana ñ.zip"
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
    assert any("raw_real" in name for name in names) == originals
    assert sum(result.value["files"].values()) == len(names)
    assert ("all original photos" in ui.shown[-1]) == originals
    assert ("personal data" in ui.shown[-1]) == originals  # nothing is cut yet
    assert ("and no picture;" in ui.shown[-1]) != originals
    assert str(target) in ui.shown[0]


@pytest.mark.parametrize("typed", ["", "ANA", "an", "ana ana", "sí"])
def test_a_client_is_not_deleted_for_anything_but_its_name(make: MakeSession, client: Client, typed: str) -> None:
    session, _ = make()
    session.client = client
    with pytest.raises(PipelineError) as caught:
        clients_commands.client_delete(session, "ana", typed)
    assert caught.value.key == "client.not_confirmed"
    assert client.info_file.is_file() and session.client is client


def test_deleting_another_client_leaves_the_chosen_one(make: MakeSession, workspace: Workspace) -> None:
    session, ui = make(language="en")
    session.client = workspace.create("ana")
    gone = workspace.create("eva")
    session.show(clients_commands.client_delete(session, "eva", " eva "))
    assert session.client is not None and session.client.client_id == "ana" and not gone.folder.exists()
    assert "Client 'eva' deleted permanently" in ui.text
    clients_commands.client_delete(session, "ana", "ana")
    assert session.client is None


# --- prompts ---------------------------------------------------------------------------------------------------------


def two_groups(client: Client, folder: Path) -> None:
    for number in range(2):
        tile(folder, number, embedded=False)
    tile(folder, 3, job=OTHER_JOB, seed=77)
    import_mj(client, folder)


def test_a_typed_prompt_goes_to_the_group_of_that_number_alone(make: MakeSession, client: Client, tmp_path: Path) -> None:
    two_groups(client, tmp_path / "mj")
    session, _ = make(language="en")
    groups = import_groups.groups(client)
    number = [group.job_id for group in groups].index(JOB) + 1
    result = importing_commands.set_prompt(session, "ana", group=str(number), prompt="retrato de estudio, luz suave")
    assert Text("prompt.group_saved", {"n": 2}, "good") in result.blocks
    typed = {group.job_id: group.typed_prompt for group in import_groups.groups(client)}
    assert typed[JOB] == "retrato de estudio, luz suave" and not typed[OTHER_JOB]
    by_job = importing_commands.set_prompt(session, "ana", group=JOB, prompt="otro")
    assert Text("prompt.group_saved", {"n": 2}, "good") in by_job.blocks
    assert client.table_file.read_text(encoding="utf-8-sig").count(",otro,typed,") == 2
    assert by_job.warnings == []


@pytest.mark.parametrize("force", [False, True])
def test_where_there_are_no_pictures_to_process_it_says_how_they_come_in(
    make: MakeSession, client: Client, *, force: bool
) -> None:
    session, ui = make()
    session.show(faces_commands.process(session, client.client_id, workers=1, force=force))
    assert "no tiene imágenes" in ui.text and "import-real ana CARPETA" in ui.text and "Procesadas" not in ui.text


def test_a_table_that_is_open_elsewhere_is_a_warning_of_what_changes_it(
    make: MakeSession, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_groups(client, tmp_path / "mj")
    monkeypatch.setattr(images_table, "write_table", lambda client, records: False)
    session, _ = make(language="en")
    told = [Text("table.locked", {"path": str(client.table_file)})]
    assert importing_commands.set_prompt(session, "ana", group=JOB, prompt="otro").warnings == told
    assert importing_commands.set_prompt(session, "ana", master="x").warnings == []
    assert faces_commands.process(session, "ana", workers=1).warnings == told


@pytest.mark.parametrize("group", ["0", "3", "9999999", "no-such-job"])
def test_a_group_that_is_not_there_is_refused_and_no_prompt_is_changed(
    make: MakeSession, client: Client, tmp_path: Path, group: str
) -> None:
    two_groups(client, tmp_path / "mj")
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        importing_commands.set_prompt(session, "ana", group=group, prompt="x")
    assert caught.value.key == "prompt.no_group" and caught.value.values["job"] == group
    assert not any(group.typed_prompt for group in import_groups.groups(client))


def test_the_sheet_shows_the_groups_that_wait_for_a_prompt_and_all_when_none_does(
    make: MakeSession, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tile(tmp_path / "mj", 0, embedded=False).rename(tmp_path / "mj" / f"{JOB}_0.png")  # nothing in the name but the job
    tile(tmp_path / "mj", 3, job=OTHER_JOB, seed=77)
    import_mj(client, tmp_path / "mj")
    drawn: list[dict[int, str]] = []

    def sheets(client: Client, numbered: dict[int, Group], *_: object) -> list[Path]:
        drawn.append({number: group.job_id for number, group in numbered.items()})
        return [client.output / "groups_1.png"]

    monkeypatch.setattr(group_sheet, "write_group_sheets", sheets)
    session, ui = make(language="en")
    session.show(importing_commands.set_prompt(session, "ana", master="an avatar"))
    importing_commands.set_prompt(session, "ana", group="all", prompt="un retrato")
    assert list(drawn[0].values()) == [JOB] and sorted(drawn[1].values()) == sorted([JOB, OTHER_JOB])
    assert client.info().master_prompt == "an avatar"
    assert ui.shown[0] == "Master prompt saved." and ui.shown[-2].endswith("groups_1.png")


def test_without_midjourney_pictures_there_are_no_groups_and_no_sheet(make: MakeSession, client: Client) -> None:
    session, ui = make()
    result = importing_commands.set_prompt(session, "ana")
    session.show(result)
    assert result.value == {"master_prompt": "", "groups": [], "sheets": []}
    assert ui.shown == ["Todavía no hay imágenes MidJourney, y por eso tampoco grupos."]


@pytest.mark.parametrize(
    ("names", "told"),
    [(["una.png"], "una.png"), (["a_0.png", "a_1.png"], "a_0.png, a_1.png"),
     (["retrato_de_e0.png", "retrato_de_e1.png"], "retrato_de_e… …0.png, …1.png"),
     (["retrato_de_0.png", "retrato_de_1.png"], "retrato_de_0.png, retrato_de_1.png"),
     (["retrato_de_estudio.png"], "retrato_de_estudio.png")],
)  # fmt: skip
def test_what_the_names_of_a_group_share_is_said_once_where_it_is_long(names: list[str], told: str) -> None:
    assert midjourney_view.group_names(SimpleNamespace(names=names)) == told  # type: ignore[arg-type]


# --- long lists ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [SHOWN_OF_A_KIND, SHOWN_OF_A_KIND + 1, 500])
def test_of_many_warnings_of_a_kind_a_few_are_shown_and_the_rest_is_counted(n: int) -> None:
    warnings = [Text("midjourney.cut_name", {"name": f"{i}.png"}) for i in range(n)] + [Text("export.exists", {"path": "x"})]
    shown = blocks.few_per_kind(warnings)
    assert [say.key for say in shown].count("midjourney.cut_name") == SHOWN_OF_A_KIND
    assert shown[-1] == Text("export.exists", {"path": "x"})
    more = [say.values["n"] for say in shown if say.key == "import.more_like_it"]
    assert more == ([n - SHOWN_OF_A_KIND] if n > SHOWN_OF_A_KIND else [])


# --- faces -----------------------------------------------------------------------------------------------------------


def face_report(**changes: Any) -> ProcessReport:
    report = ProcessReport(
        done=3, rejudged=0, skipped_up_to_date=1, approved=2, refused=2, reasons={}, warnings={}, by_source={}, failed=[],
        identity=Identity(None), workers=1, seconds=1.25,
    )  # fmt: skip
    return dataclasses.replace(report, **changes)


def told(session: Session, ui: ScriptedUi, client: Client, report: ProcessReport, sheets: tuple[Path, ...] = ()) -> list[str]:
    ui.shown.clear()
    session.show(faces_commands._process_result(client, report, sheets, "onnx"))
    return ui.shown


def test_why_pictures_were_refused_is_told_the_commonest_first(make: MakeSession, client: Client) -> None:
    session, ui = make(language="en")
    shown = told(session, ui, client, face_report(reasons={"blurred": 2, "no_face": 9, "too_dark": 5}))
    assert "Processed: 3. Approved: 2. Refused: 2. Unchanged: 1. Time: 1.2 s" in shown[0]
    assert shown[1] == "Reasons: no face 9, dark 5, blurred 2."


def test_a_stage_in_which_nothing_was_approved_is_no_good_news(make: MakeSession, client: Client) -> None:
    for approved, style in ((0, "warn"), (1, "good")):
        (first, *_) = faces_commands._process_result(client, face_report(approved=approved), (), "onnx").blocks
        assert isinstance(first, Text) and first.style == style


def test_fifty_sheets_are_told_by_their_number_and_the_first(make: MakeSession, client: Client) -> None:
    session, ui = make(language="en")
    sheets = tuple(Path(f"approved_{n}.png") for n in range(1, 51))
    assert told(session, ui, client, face_report(), sheets)[-1] == "Contact sheets: 50, from approved_1.png"
    assert not any("Contact sheets" in line for line in told(session, ui, client, face_report()))


@pytest.mark.parametrize(
    ("approved", "identity", "word"),
    [(2, Identity(None), "Faces are not compared"), (0, Identity(None), ""),
     (2, Identity(0), "To know whether all pictures show one person"), (0, Identity(0), ""), (5, Identity(persons.ENOUGH), "")],
)  # fmt: skip
def test_what_comparing_faces_lacks_is_told_where_there_are_faces_and_only_there(
    make: MakeSession, client: Client, approved: int, identity: Identity, word: str
) -> None:
    session, ui = make(language="en")
    shown = "\n".join(told(session, ui, client, face_report(approved=approved, identity=identity)))
    for sentence in ("Faces are not compared", "To know whether all pictures show one person", "look like"):
        assert (sentence in shown) == (sentence == word)


def test_pictures_of_somebody_else_are_named_as_the_user_named_them(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make(language="en")
    report = importing_commands.import_real(session, "ana", [str(photo(tmp_path / "in" / "tía Eva.png"))]).value
    identity = Identity(persons.ENOUGH, outliers=tuple(report.added))
    records = {record.image_id: record for record in client.records()}
    shown = told(session, ui, client, face_report(identity=identity, records=records))
    assert "Approved pictures that look little like the others: 1. Look at them: tía Eva.png" in shown


# --- state -----------------------------------------------------------------------------------------------------------


def test_the_next_step_is_the_first_that_is_not_done(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make(language="en")
    session.show(clients_commands.status(session, "ana"))
    assert ui.shown[-1] == "Next: MidJourney pictures"
    import_mj(client, tile(tmp_path / "mj", 0))
    session.show(clients_commands.status(session, "ana"))
    assert ui.shown[-1] == "Next: Real photos"  # not yet declined: no face was cut so far


def test_status_is_of_the_client_named_else_of_the_chosen_one_else_of_all(make: MakeSession, workspace: Workspace) -> None:
    session, _ = make()
    workspace.create("ana")
    assert isinstance(clients_commands.status(session).value, dict)
    session.client = workspace.create("eva")
    assert clients_commands.status(session).client == "eva"
    assert clients_commands.status(session, "ana").client == "ana"


@pytest.mark.parametrize("cards", [[], ["a card"]])
def test_a_card_is_found_where_one_answers(monkeypatch: pytest.MonkeyPatch, cards: list[str]) -> None:
    monkeypatch.setattr(gpu, "cards", lambda: cards)
    assert setup_commands.card_found() is bool(cards)


def test_what_was_typed_or_put_into_the_dataset_by_hand_outlives_a_renaming(make: MakeSession, client: Client) -> None:
    fill(client, mix(2, 0))
    data_preprocessor.prepare_dataset(client, settings=Settings())
    (folder,) = client.training_data.iterdir()
    (folder / "mj_0000000000000001.txt").write_bytes("ohwx woman, a mano ñ".encode())
    (folder / "mask.png").write_bytes(b"mine")
    session, ui = make(language="en")
    session.client = client
    session.show(clients_commands.client_rename(session, "ana", "eva"))
    assert session.client is not None and session.client.client_id == "eva"
    assert session.client.record("mj_0000000000000001").caption == Caption(text="ohwx woman, a mano ñ", by="user")
    (saved,) = session.client.output.rglob("mask.png")
    assert saved.read_bytes() == b"mine"
    assert "kept as yours: 1." in ui.text
    assert str(saved.parent.parent) in ui.text
    assert not list(session.client.training_data.iterdir())


def test_a_renaming_without_anything_by_hand_says_nothing_of_it(make: MakeSession, client: Client) -> None:
    fill(client, mix(2, 0))
    data_preprocessor.prepare_dataset(client, settings=Settings())
    session, _ui = make()
    assert not clients_commands.client_rename(session, "ana", "eva").warnings
    assert session.client is None


def test_an_import_in_which_nothing_could_be_taken_in_is_an_error_and_a_repeated_one_is_none(
    make: MakeSession, client: Client, tmp_path: Path
) -> None:
    session, _ = make()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "página.png").write_text("<html>", encoding="utf-8")
    failed = importing_commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    assert failed.error is not None
    assert words(failed.error, "es").startswith("No se ha añadido ninguna imagen.\nCausa: 1 archivo no admitido,")
    photo(tmp_path / "in" / "uno.png")
    assert importing_commands.import_real(session, client.client_id, [str(tmp_path / "in")]).error is None
    again = importing_commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    assert again.error is None
    assert next(block.style for block in again.blocks if isinstance(block, Text)) == "good"


def test_where_no_client_can_be_read_the_list_does_not_say_that_there_are_none(
    make: MakeSession, workspace: Workspace, client: Client
) -> None:
    workspace.create("eva")
    session, ui = make()
    session.config_file.write_text("{", encoding="utf-8")
    result = clients_commands.client_list(session)
    session.show(result)
    assert [warning.key for warning in result.warnings] == ["file.not_json"]  # once: it is the same for all
    assert result.value == {"clients": []}
    assert "Todavía no hay clientes." not in ui.text


def told_of(make: MakeSession, client: Client, report: ProcessReport, sheets: tuple[Path, ...] = ()) -> tuple[Result[Any], str]:
    session, ui = make()
    result = faces_commands._process_result(client, report, sheets, session.settings().faces.engine)
    session.show(result)
    return result, ui.text


def test_pictures_that_failed_are_named_with_what_to_do(make: MakeSession, client: Client) -> None:
    failed = [Failure("real_1", "ñ.heic", Text("faces.not_written", {"detail": "disk"}))]
    result, text = told_of(make, client, face_report(failed=failed))
    assert "ñ.heic No se pudo leer o guardar esta imagen.\nCausa: disk" in text
    titles = [block.title for block in result.blocks if isinstance(block, Table)]
    assert titles == [Text("process.failed_title", {}, "warn")]


def test_the_slower_engine_is_told_only_where_it_worked(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face_engines, "missing_package", lambda engine: "onnxruntime")
    _, text = told_of(make, client, face_report())
    assert "Causa: falta onnxruntime." in text
    assert "-m pip install onnxruntime" in text
    assert "onnxruntime" not in told_of(make, client, face_report(done=0))[1]
    monkeypatch.setattr(face_engines, "missing_package", lambda engine: "")
    assert "TensorFlow" not in told_of(make, client, face_report())[1]


def a_state(**named: str) -> ClientState:
    found = tuple(StageState(name, named.get(name.replace("-", "_"), "done"), 2) for name in STAGES)  # type: ignore[arg-type]
    return ClientState("ana", found, 5, 1, {"mj": 3, "real": 2}, ())


def test_every_stage_has_its_row_with_the_style_of_its_state() -> None:
    table = blocks.state_table(a_state(import_real="optional", process="outdated", train="todo"))
    assert [words(row[0], "es") for row in table.rows if isinstance(row[0], Text)] == [
        translate.text(f"stage.{name}", "es") for name in STAGES
    ]
    styles = {STAGES[n]: row[1].style for n, row in enumerate(table.rows) if isinstance(row[1], Text)}
    assert (styles["process"], styles["train"], styles["import-real"], styles["model"]) == ("warn", "plain", "plain", "good")
    assert {row[3] for row in table.rows} == {""}


def test_the_language_is_spoken_at_once_and_at_the_next_start(make: MakeSession) -> None:
    session, ui = make(language="es")
    session.config_file.write_text('{"quality": {"min_brightness": 33}}', encoding="utf-8")
    session.show(setup_commands.set_language(session, "en"))
    assert ui.shown == ["Language: English."]
    assert utils.read_json(session.config_file) == {"quality": {"min_brightness": 33}, "language": "en"}


def test_a_language_that_cannot_be_saved_is_not_spoken_either(make: MakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(utils, "write_json", full)
    session, _ = make(language="es")
    with pytest.raises(OSError, match="No space"):
        setup_commands.set_language(session, "en")
    assert session.language == "es"


def test_the_trainer_counts_as_installed_where_its_script_and_its_environment_lie(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make()
    session.config_file.write_text(f'{{"trainer": {{"folder": "{tmp_path.as_posix()}"}}}}', encoding="utf-8")
    python = location.venv_python(tmp_path / "venv")
    python.parent.mkdir(parents=True)
    python.touch()
    assert not setup_commands.trainer_installed(session)
    (tmp_path / "sdxl_train_network.py").mkdir()
    assert not setup_commands.trainer_installed(session)  # a folder is no script
    (tmp_path / "sdxl_train_network.py").rmdir()
    (tmp_path / "sdxl_train_network.py").touch()
    assert setup_commands.trainer_installed(session)
    python.unlink()
    assert not setup_commands.trainer_installed(session)


@pytest.mark.parametrize(("done", "installed"), [(["clone", "environment", "torch"], False), (["clone", "verify"], True)])
def test_an_installation_that_was_interrupted_is_offered_again_in_the_menu(
    make: MakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: list[str], installed: bool
) -> None:
    python = location.venv_python(tmp_path / "venv")
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / "sdxl_train_network.py").touch()
    utils.write_json(tmp_path / location.STATE_FILE, {"done": done})
    session, ui = make(*([] if installed else ["n"]))
    session.config_file.write_text(f'{{"trainer": {{"folder": "{tmp_path.as_posix()}"}}}}', encoding="utf-8")
    monkeypatch.setattr(self_check, "check_program", lambda *_: [])
    setting_up.setup(session)
    assert any("¿Instalar ahora el entrenador" in line for line in ui.shown) is not installed
