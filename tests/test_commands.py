"""What the actions say and change: setup, clients, imports, prompts, faces, state, as somebody reads it."""

from __future__ import annotations

import errno
import logging
import shutil
import types
import zipfile
from pathlib import Path
from typing import Any

import pytest

import commands
import config
import contact_sheet
import face_engines
import face_identity
import gpu
import import_table
import menus
import messages
import self_check
import trainer_setup
import utils
from commands import MANY_REFUSED, SHOWN_OF_A_KIND
from image_processor import Failure, Identity, ProcessReport
from import_table import Group
from session import Result, Say, Table, words
from stages import STAGES, ClientState, StageState
from tests.scripted import MakeSession
from tests.test_data_preprocessor import JOB, photo, tile
from tests.test_dataset import picture
from utils import Check, PipelineError
from workspace import Client, Workspace

OTHER_JOB = "0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01"


def test_groups_with_all_four_pictures_and_others_are_told(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make(language="en")
    for number in range(4):
        tile(tmp_path / "mj", number)
    tile(tmp_path / "mj", 3, job=OTHER_JOB, seed=77)
    session.show(commands.import_mj(session, client.client_id, [str(tmp_path / "mj")]))
    assert "Added: 5. Already there: 0." in ui.text
    assert "Groups with all four pictures: 1; incomplete: 1." in ui.text


def test_the_same_file_twice_in_one_import_is_named_with_its_twin(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make(language="en")
    first = photo(tmp_path / "in" / "uno.png")
    for number in range(SHOWN_OF_A_KIND + 1):
        shutil.copy(first, tmp_path / "in" / f"z{number}.png")
    result = commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    session.show(result)
    assert "The same file twice, kept once: 4 (z0.png = uno.png, z1.png = uno.png, z2.png = uno.png, …)." in ui.text
    ui.shown.clear()
    session.show(commands.import_real(session, client.client_id, [str(tmp_path / "in")]))
    assert "Added: 0. Already there: 5." in ui.text
    assert "twice" not in ui.text


def test_a_near_duplicate_is_named_with_the_picture_it_is_like(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make()
    photo(tmp_path / "in" / "año.png")
    photo(tmp_path / "in" / "año.webp", size=(180, 120))
    session.show(commands.import_real(session, client.client_id, [str(tmp_path / "in")]))
    assert "Casi iguales a otra imagen: 1, se conservan (año.webp = año.png)." in ui.text


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
        result = commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    session.show(result)
    shown = [f"{number:03}.png" for number in range(bad) if f"{number:03}.png: " in ui.text]
    if bad > MANY_REFUSED:
        assert shown == ["000.png", "001.png", "002.png", "003.png"]
        assert f"… and {bad - 4} more files" in ui.text
    else:
        assert len(shown) == bad
        assert "more file" not in ui.text
    assert isinstance(table := result.blocks[-1], Table)
    assert table.title == Say("import.refused_title", {"n": bad}, "warn")
    logged = [record.getMessage() for record in caplog.records if record.getMessage().startswith("not taken in")]
    assert len(logged) == bad
    assert logged[1].startswith("not taken in: 001.png: import.not_picture")


@pytest.mark.parametrize("more", [0, 1, 2])
def test_of_a_kind_of_warning_three_are_shown_and_the_others_counted(more: int) -> None:
    given = [("midjourney.cut_name", {"name": f"{n}.png"}) for n in range(SHOWN_OF_A_KIND + more)]
    shown = commands.few_of_each([*given, ("midjourney.v_and_niji", {"name": "other.png"})])
    names = [say.values["name"] for say in shown if "name" in say.values]
    assert names == ["0.png", "1.png", "2.png", "other.png"]
    counted = [words(say, "es") for say in shown if say.key == "import.more_like_it"]
    assert counted == ([f"… y {more} {'aviso' if more == 1 else 'avisos'} más de este tipo."] if more else [])


def test_an_import_in_which_nothing_could_be_taken_in_is_an_error_and_a_repeated_one_is_none(
    make: MakeSession, client: Client, tmp_path: Path
) -> None:
    session, _ = make()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "página.png").write_text("<html>", encoding="utf-8")
    failed = commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    assert failed.error is not None
    assert words(failed.error, "es").startswith("No se ha añadido ninguna imagen.\nCausa: 1 archivo no admitido,")
    photo(tmp_path / "in" / "uno.png")
    assert commands.import_real(session, client.client_id, [str(tmp_path / "in")]).error is None
    again = commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    assert again.error is None
    assert next(block.style for block in again.blocks if isinstance(block, Say)) == "good"


# --- setup -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Check]:
    """What this computer is said to be; empty: all is ready."""
    found: list[Check] = []
    monkeypatch.setattr(self_check, "check_program", lambda program, clients, trainer: list(found))
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    return found


def test_setup_makes_the_folders_once_and_says_which(make: MakeSession, checks: list[Check], tmp_path: Path) -> None:
    session, ui = make(language="en")
    first = commands.setup(session)
    made = [str(session.workspace.folder), str(tmp_path / "logs")]
    assert all(Path(folder).is_dir() for folder in made)
    session.show(first)
    assert [line for line in ui.shown if line.startswith("Folder made: ")] == [f"Folder made: {folder}" for folder in made]
    assert "All is ready." in ui.text
    again = commands.setup(session)
    assert again.error is None
    assert not any(isinstance(block, Say) and block.key == "setup.folder_made" for block in again.blocks)


def test_a_mere_check_makes_nothing(make: MakeSession, checks: list[Check], tmp_path: Path) -> None:
    session, _ = make()
    assert commands.setup(session, check=True).error is None
    assert not session.workspace.folder.exists()
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize(("level", "blocked"), [("ready", False), ("attention", False), ("blocked", True)])
def test_only_what_blocks_makes_setup_fail(make: MakeSession, checks: list[Check], level: Any, blocked: bool) -> None:
    checks += [Check("gpu", level, "setup.gpu_none", {}), Check("git", "ready", "setup.git_found", {"path": "/usr/bin/git"})]
    session, _ = make()
    result = commands.setup(session, check=True)
    assert (result.error is not None) is blocked
    assert result.blocks[-1] == Say(f"setup.verdict.{level}", {}, commands.LEVEL_STYLE[level])
    assert commands.machine_verdict(session) == Say(f"setup.verdict.{level}")


def test_the_worst_findings_stand_first_and_the_others_keep_their_order() -> None:
    levels: dict[str, utils.Level] = {"a": "ready", "b": "blocked", "c": "attention", "d": "ready", "e": "blocked"}
    found = [Check(name, level, "setup.git_found", {"path": name}) for name, level in levels.items()]
    table = commands.check_table(found, "setup.check_title")
    assert [row[1].values["path"] for row in table.rows if isinstance(row[1], Say)] == ["b", "e", "c", "a", "d"]
    assert [row[0].style for row in table.rows if isinstance(row[0], Say)] == ["bad", "bad", "warn", "good", "good"]


def test_no_finding_at_all_is_ready() -> None:
    assert commands.worst_level([]) == "ready"
    assert commands.worst_level(["ready", "attention", "ready"]) == "attention"


def test_the_trainer_is_installed_from_the_address_that_was_named_and_its_notes_are_warnings(
    make: MakeSession, checks: list[Check], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[config.TrainerConfig, Path]] = []

    def install(trainer: config.TrainerConfig, folder: Path, *, on_line: Any, on_step: Any, cancel: Any) -> Any:
        asked.append((trainer, folder))
        on_step("clone", 1, 5)
        on_line("Cloning into 'kohya_ss'\n")
        assert not cancel.is_set()
        return types.SimpleNamespace(notes=(("setup.note.python_untested", {"version": "3.13"}),))

    monkeypatch.setattr(trainer_setup, "install", install)
    session, ui = make(language="en")
    session.quiet = False
    session.config_file.write_text(f'{{"trainer": {{"folder": "{(tmp_path / "k").as_posix()}"}}}}', encoding="utf-8")
    session.show(commands.setup(session, trainer=True, revision="0123abc"))
    ((trainer, folder),) = asked
    assert trainer.revision == "0123abc"
    assert trainer.repository == config.TrainerConfig().repository
    assert folder == tmp_path / "k"
    assert ui.text.index("[1/5] Fetching sd-scripts") < ui.text.index("Cloning into")
    assert "only 3.13 is here: it may fail." in ui.shown[-1]


def test_the_trainer_counts_as_installed_where_its_script_and_its_environment_lie(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make()
    session.config_file.write_text(f'{{"trainer": {{"folder": "{tmp_path.as_posix()}"}}}}', encoding="utf-8")
    python = trainer_setup.venv_python(tmp_path / "venv")
    python.parent.mkdir(parents=True)
    python.touch()
    assert not commands.trainer_installed(session)
    (tmp_path / "sdxl_train_network.py").mkdir()
    assert not commands.trainer_installed(session)  # a folder is no script
    (tmp_path / "sdxl_train_network.py").rmdir()
    (tmp_path / "sdxl_train_network.py").touch()
    assert commands.trainer_installed(session)
    python.unlink()
    assert not commands.trainer_installed(session)


@pytest.mark.parametrize(("done", "installed"), [(["clone", "environment", "torch"], False), (["clone", "verify"], True)])
def test_an_installation_that_was_interrupted_is_offered_again_in_the_menu(
    make: MakeSession, tmp_path: Path, checks: list[Check], done: list[str], installed: bool
) -> None:
    python = trainer_setup.venv_python(tmp_path / "venv")
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / "sdxl_train_network.py").touch()
    utils.write_json(tmp_path / trainer_setup.STATE_FILE, {"done": done})
    session, ui = make(*([] if installed else ["n"]))
    session.config_file.write_text(f'{{"trainer": {{"folder": "{tmp_path.as_posix()}"}}}}', encoding="utf-8")
    menus._setup(session)
    assert any("¿Instalar ahora el entrenador" in line for line in ui.shown) is not installed


def test_without_a_folder_of_its_own_the_trainer_is_beside_the_program() -> None:
    assert commands.trainer_folder(config.TrainerConfig()) == config.TRAINER_DIR
    assert commands.trainer_folder(config.TrainerConfig(folder="~/k")) == Path.home() / "k"


@pytest.mark.parametrize("cards", [[], [object()]])
def test_a_card_is_found_where_one_answers(monkeypatch: pytest.MonkeyPatch, cards: list[object]) -> None:
    monkeypatch.setattr(gpu, "cards", lambda: cards)
    assert commands.card_found() is bool(cards)


# --- clients ---------------------------------------------------------------------------------------------------------


def test_a_new_client_is_the_chosen_one_and_a_common_trigger_is_pointed_out(make: MakeSession, workspace: Workspace) -> None:
    session, _ = make()
    result = commands.client_new(session, "ana", trigger="mujer", class_word="woman", name="Ana Peña", consent="firmado")
    session.show(result)
    assert session.client is not None and session.client.client_id == "ana"
    info = workspace.client("ana").info()
    assert (info.trigger_word, info.class_word, info.display_name, info.consent_note) == (
        "mujer", "woman", "Ana Peña", "firmado",
    )  # fmt: skip
    assert any(warning.key == "caption.trigger.common" for warning in result.warnings)
    assert commands.client_new(session, "eva", trigger="ohwx").warnings == []


def test_a_client_that_cannot_be_made_does_not_take_the_place_of_the_chosen_one(make: MakeSession, client: Client) -> None:
    session, _ = make()
    session.client = client
    for wrong in ("José", "ANA"):
        with pytest.raises(PipelineError):
            commands.client_new(session, wrong)
    assert session.client is client
    assert session.workspace.client_ids() == ["ana"]


def test_one_broken_client_is_a_warning_in_the_list_and_the_others_are_shown(
    make: MakeSession, workspace: Workspace, client: Client
) -> None:
    client.save_record(picture("real", 1))
    workspace.create("zoe").info_file.write_text("{", encoding="utf-8")
    session, ui = make(language="en")
    result = commands.client_list(session)
    session.show(result)
    assert "ana ohwx 1 1 0" in ui.shown
    (warning,) = result.warnings
    assert "zoe" in words(warning, "en")
    (value,) = result.value["clients"]  # type: ignore[index]
    assert (value["client_id"], value["pictures"], value["approved"], value["models"]) == ("ana", 1, 1, [])


def test_where_no_client_can_be_read_the_list_does_not_say_that_there_are_none(
    make: MakeSession, workspace: Workspace, client: Client
) -> None:
    workspace.create("eva")
    session, ui = make()
    session.config_file.write_text("{", encoding="utf-8")
    result = commands.client_list(session)
    session.show(result)
    assert [warning.key for warning in result.warnings] == ["file.not_json"]  # once: it is the same for all
    assert result.value == {"clients": []}
    assert "Todavía no hay clientes." not in ui.text


def test_without_clients_the_list_says_so(make: MakeSession) -> None:
    session, ui = make()
    session.show(commands.client_list(session))
    assert ui.shown == ["Todavía no hay clientes."]


def test_what_is_known_of_a_client_is_shown_with_its_state(make: MakeSession, client: Client) -> None:
    session, ui = make()
    session.show(commands.client_show(session, "ana"))
    assert "Activación ohwx" in ui.shown
    assert f"Carpeta {client.folder}" in ui.shown
    assert len([line for line in ui.shown if "por hacer" in line]) >= 5


@pytest.mark.parametrize("chosen", ["ana", "eva", ""])
def test_renaming_keeps_the_choice_of_client(make: MakeSession, client: Client, workspace: Workspace, chosen: str) -> None:
    workspace.create("eva")
    session, ui = make()
    session.client = workspace.client(chosen) if chosen else None
    result = commands.client_rename(session, "ana", "ana_2")
    session.show(result)
    now = session.client.client_id if session.client is not None else ""
    assert now == {"ana": "ana_2"}.get(chosen, chosen)
    assert result.client == "ana_2"
    assert "La palabra de activación sigue siendo ohwx" in ui.text


@pytest.mark.parametrize("chosen", ["ana", "eva", ""])
def test_deleting_needs_the_very_name_and_forgets_only_the_deleted_choice(
    make: MakeSession, client: Client, workspace: Workspace, chosen: str
) -> None:
    workspace.create("eva")
    (client.raw_real / "x.jpg").write_bytes(bytes(2_500_000))
    session, ui = make()
    session.client = workspace.client(chosen) if chosen else None
    for wrong in ("", "Ana", "an", "ana eva"):
        with pytest.raises(PipelineError) as caught:
            commands.client_delete(session, "ana", wrong)
        assert caught.value.key == "client.not_confirmed"
    assert workspace.client_ids() == ["ana", "eva"]
    session.show(commands.client_delete(session, "ana", " ana "))
    assert workspace.client_ids() == ["eva"]
    assert (session.client.client_id if session.client is not None else "") == {"eva": "eva"}.get(chosen, "")
    assert "Cliente «ana» borrado por completo (2,5 MB)." in ui.text


@pytest.mark.parametrize("originals", [False, True])
def test_an_export_lists_what_is_in_it_and_warns_of_personal_data(
    make: MakeSession, client: Client, tmp_path: Path, originals: bool
) -> None:
    photo(tmp_path / "uno.png")
    session, ui = make(language="en")
    commands.import_real(session, "ana", [str(tmp_path / "uno.png")])
    result = commands.client_export(session, "ana", tmp_path / "out" / "ana", originals=originals)
    session.show(result)
    target = tmp_path / "out" / "ana.zip"
    assert ui.shown[0] == f"Exported to {target} ({target.stat().st_size / 1e6:.1f} MB)."
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
    assert any(name.startswith("ana/raw_real/") for name in names) is originals
    assert ("raw_real 1" in ui.shown) is originals
    assert ("the originals are not in it" in ui.shown[-1]) is not originals
    assert sum(result.value["files"].values()) == len(names)  # type: ignore[index]
    with pytest.raises(PipelineError) as caught:
        commands.client_export(session, "ana", target)
    assert caught.value.key == "export.exists"


# --- prompts ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_groups(make: MakeSession, client: Client, tmp_path: Path) -> Client:
    """A client with the whole group OTHER_JOB, whose prompts are unknown, and one tile of JOB with its own."""
    session, _ = make()
    for number in range(4):
        tile(tmp_path / "mj", number, job=OTHER_JOB, embedded=False)
    tile(tmp_path / "mj", 0, job=JOB, seed=55)
    commands.import_mj(session, client.client_id, [str(tmp_path / "mj")])
    return client


def typed(client: Client) -> dict[str, str | None]:
    return {group.job_id: group.typed_prompt for group in import_table.groups(client)}


def test_a_group_is_named_by_its_number_in_the_list_by_its_job_or_all_at_once(make: MakeSession, two_groups: Client) -> None:
    session, ui = make()
    assert list(typed(two_groups)) == sorted([OTHER_JOB, JOB])
    first, second = typed(two_groups)
    commands.set_prompt(session, "ana", group="2", prompt="second")
    assert typed(two_groups) == {first: None, second: "second"}
    commands.set_prompt(session, "ana", group=first, prompt="by job")
    assert typed(two_groups) == {first: "by job", second: "second"}
    commands.set_prompt(session, "ana", group="all", prompt="both")
    assert set(typed(two_groups).values()) == {"both"}
    session.show(commands.set_prompt(session, "ana", prompt="without a group"))
    assert set(typed(two_groups).values()) == {"without a group"}
    assert "Prompt guardado. Imágenes: 5" in ui.text


@pytest.mark.parametrize("group", ["0", "3", "9999999", "12345678", "no-such-job"])
def test_a_group_that_is_not_there_is_refused_and_nothing_changes(make: MakeSession, two_groups: Client, group: str) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        commands.set_prompt(session, "ana", group=group, prompt="x")
    assert caught.value.key == "prompt.no_group"
    assert caught.value.values["job"] == group
    assert set(typed(two_groups).values()) == {None}


def test_the_master_prompt_is_kept_and_groups_without_a_prompt_are_drawn(make: MakeSession, two_groups: Client) -> None:
    session, ui = make()
    result = commands.set_prompt(session, "ana", master="retrato de Zoë")
    session.show(result)
    assert ui.shown[0] == "Prompt maestro guardado."
    assert two_groups.info().master_prompt == "retrato de Zoë"
    assert result.value["master_prompt"] == "retrato de Zoë"  # type: ignore[index]
    assert result.value["sheets"] == [str(two_groups.output / "groups_1.png")]  # type: ignore[index]
    assert ui.shown[-1].endswith("groups_1.png")


def test_without_midjourney_pictures_there_is_neither_table_nor_sheet(make: MakeSession, client: Client) -> None:
    session, ui = make()
    result = commands.set_prompt(session, "ana", master="x")
    session.show(result)
    assert ui.shown == ["Prompt maestro guardado."]
    assert list(client.output.glob("*")) == []


@pytest.mark.parametrize(
    ("prompts", "drawn"),
    [
        (("a", None, None), [2, 3]),
        (("a", None, "typed"), [2]),
        (("a", "b", "typed"), [1, 2, 3]),
        ((None, None, None), [1, 2, 3]),
    ],
)
def test_the_sheet_shows_the_groups_that_wait_for_a_prompt_under_the_numbers_of_the_list(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, prompts: tuple[str | None, ...], drawn: list[int]
) -> None:
    groups = [
        Group(f"job{n}", None if prompt == "typed" else prompt, prompt if prompt == "typed" else None, {}, [], ["x"], ["x.png"])
        for n, prompt in enumerate(prompts)
    ]
    asked: list[list[int]] = []

    def write(client: Client, groups: dict[int, Group], folder: Path, language: str, on_progress: object) -> list[Path]:
        asked.append(list(groups))
        return [folder / "groups_1.png"]

    monkeypatch.setattr(import_table, "groups", lambda client: groups)
    monkeypatch.setattr(contact_sheet, "write_group_sheets", write)
    session, ui = make()
    session.show(commands.set_prompt(session, "ana"))
    assert asked == [drawn]
    assert [line.split()[:2] for line in ui.shown[:3]] == [["1", "job0"], ["2", "job1"], ["3", "job2"]]


def group(*names: str) -> Group:
    return Group("job", None, None, {}, [], [str(n) for n in range(len(names))], list(names))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("uno.png",), "uno.png"),
        (("a_long_common_beginning_0.png",), "a_long_common_beginning_0.png"),
        (("twelve_signs_a.png", "twelve_signs_b.png"), "twelve_signs_… …a.png, …b.png"),
        (("elevensigns0.png", "elevensigns1.png"), "elevensigns0.png, elevensigns1.png"),
        (("twelve_sign_0.png", "twelve_sign_1.png"), "twelve_sign_… …0.png, …1.png"),
    ],
)
def test_what_names_of_a_group_begin_with_alike_is_said_once(names: tuple[str, ...], told: str) -> None:
    assert commands.group_names(group(*names)) == told


# --- faces -----------------------------------------------------------------------------------------------------------


def faces_report(**changes: Any) -> ProcessReport:
    values = {"done": 4, "rejudged": 0, "skipped_up_to_date": 1, "approved": 3, "refused": 2, "reasons": {}, "warnings": {},
              "by_source": {}, "failed": [], "identity": Identity(), "workers": 1, "seconds": 12.34}  # fmt: skip
    return ProcessReport(**{**values, **changes})


def told_of(make: MakeSession, client: Client, report: ProcessReport, sheets: tuple[Path, ...] = ()) -> tuple[Result, str]:
    session, ui = make()
    result = commands._process_result(client, report, sheets, session.settings().faces.engine)
    session.show(result)
    return result, ui.text


def test_faces_are_reported_with_the_most_frequent_reason_first(make: MakeSession, client: Client) -> None:
    reasons = {"no_face": 2, "blurred": 7, "too_dark": 1}
    result, text = told_of(make, client, faces_report(reasons=reasons), (Path("a_1.png"), Path("a_2.png")))
    assert text.startswith("Procesadas: 4. Aprobadas: 3. Rechazadas: 2. Sin cambios: 1. Tiempo: 12,3 s")
    assert text.index("borrosa 7") < text.index("sin cara 2") < text.index("oscura 1")
    assert "Hojas de contactos: 2, desde a_1.png" in text
    assert result.value["sheets"] == ["a_1.png", "a_2.png"]  # type: ignore[index]


@pytest.mark.parametrize(("approved", "style"), [(1, "good"), (0, "warn")])
def test_a_run_with_nothing_approved_is_no_good_news(make: MakeSession, client: Client, approved: int, style: str) -> None:
    result, text = told_of(make, client, faces_report(approved=approved))
    assert next(block.style for block in result.blocks if isinstance(block, Say)) == style
    assert "Hojas" not in text
    assert "Motivos" not in text


def test_pictures_that_failed_are_named_with_what_to_do(make: MakeSession, client: Client) -> None:
    failed = [Failure("real_1", "ñ.heic", "faces.not_written", {"detail": "disk"})]
    result, text = told_of(make, client, faces_report(failed=failed))
    assert "ñ.heic No se pudo leer o guardar esta imagen.\nCausa: disk" in text
    titles = [block.title for block in result.blocks if isinstance(block, Table)]
    assert titles == [Say("process.failed_title", {}, "warn")]


def test_the_slower_engine_is_told_only_where_it_worked(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face_engines, "missing_package", lambda engine: "onnxruntime")
    _, text = told_of(make, client, faces_report())
    assert "Causa: falta onnxruntime." in text
    assert "-m pip install onnxruntime" in text
    assert "onnxruntime" not in told_of(make, client, faces_report(done=0))[1]
    monkeypatch.setattr(face_engines, "missing_package", lambda engine: "")
    assert "TensorFlow" not in told_of(make, client, faces_report())[1]


def test_likeness_is_offered_where_several_faces_miss_it(make: MakeSession, client: Client) -> None:
    assert face_identity.WEIGHTS_URL not in told_of(make, client, faces_report(reasons={"no_face": 1}))[1]
    text = told_of(make, client, faces_report(reasons={"ambiguous_face": 1}))[1]
    assert face_identity.WEIGHTS_URL in text
    assert str(face_identity.MODELS_DIR) in text


def test_likeness_says_how_many_it_needs_who_stands_out_and_else_nothing(make: MakeSession, client: Client) -> None:
    client.save_record(picture("real", 5))
    few = told_of(make, client, faces_report(identity=Identity(face_identity.ENOUGH - 1)))[1]
    assert f"hacen falta {face_identity.ENOUGH} imágenes" in few
    assert f"hay {face_identity.ENOUGH - 1}." in few
    enough = told_of(make, client, faces_report(identity=Identity(face_identity.ENOUGH)))[1]
    assert len(enough.splitlines()) == 1
    outliers = Identity(face_identity.ENOUGH, outliers=(picture("real", 5).image_id,))
    assert "no se parecen a las demás: 1. Míralas: 5.png" in told_of(make, client, faces_report(identity=outliers))[1]


# --- state -----------------------------------------------------------------------------------------------------------


def a_state(**named: str) -> ClientState:
    found = tuple(StageState(name, named.get(name.replace("-", "_"), "done"), 2) for name in STAGES)  # type: ignore[arg-type]
    return ClientState("ana", found, 5, 1, {"mj": 3, "real": 2}, ())


def test_state_without_a_client_is_the_list_and_with_one_its_stages(make: MakeSession, client: Client) -> None:
    session, ui = make()
    assert commands.status(session).value == {"clients": commands.client_list(session).value["clients"]}  # type: ignore[index]
    session.client = client
    result = commands.status(session)
    assert result.client == "ana"
    session.show(result)
    assert ui.shown[-1].startswith("Siguiente: ")
    session.client = None
    assert commands.status(session, "ana").client == "ana"


def test_the_next_step_is_the_first_that_is_open_or_that_all_is_done() -> None:
    assert words(commands.next_step(a_state(process="outdated", train="todo")), "es") == "Siguiente: Procesamiento facial"
    assert (
        words(commands.next_step(a_state(import_real="optional")), "en") == "All is done: the model is in the folder models/."
    )


def test_every_stage_has_its_row_with_the_style_of_its_state() -> None:
    table = commands.state_table(a_state(import_real="optional", process="outdated", train="todo"))
    assert [words(row[0], "es") for row in table.rows if isinstance(row[0], Say)] == [
        messages.text(f"stage.{name}", "es") for name in STAGES
    ]
    styles = {STAGES[n]: row[1].style for n, row in enumerate(table.rows) if isinstance(row[1], Say)}
    assert (styles["process"], styles["train"], styles["import-real"], styles["model"]) == ("warn", "plain", "plain", "good")
    assert {row[3] for row in table.rows} == {""}


def test_the_language_is_spoken_at_once_and_at_the_next_start(make: MakeSession) -> None:
    session, ui = make(language="es")
    session.config_file.write_text('{"quality": {"min_brightness": 33}}', encoding="utf-8")
    session.show(commands.set_language(session, "en"))
    assert ui.shown == ["Language: English."]
    assert utils.read_json(session.config_file) == {"quality": {"min_brightness": 33}, "language": "en"}


def test_a_language_that_cannot_be_saved_is_not_spoken_either(make: MakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(utils, "write_json", full)
    session, _ = make(language="es")
    with pytest.raises(OSError, match="No space"):
        commands.set_language(session, "en")
    assert session.language == "es"
