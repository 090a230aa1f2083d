"""The doctor's commands as they are read and typed: what is told first, what a remedy changes, what the bug report lists."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

import config
import utils
from avatar.commands import doctor as doctor_commands
from avatar.commands import faces as faces_commands
from avatar.commands.result import Raw, Result, Table
from avatar.plan import remedies
from avatar.plan.overrides import parse_overrides
from avatar.reports import doctor, doctor_training
from avatar.reports.last_run import last_run
from avatar.system import gpu
from avatar.terminal import doctor as terminal_doctor
from avatar.terminal.parser import build_parser
from avatar.texts import text as texts_text
from avatar.texts import translate
from avatar.texts.text import Finding, PipelineError, Remedy, Text
from avatar.texts.translate import words
from avatar.trainer.options import known_tables
from avatar.workspace import settings
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.all_texts import TEXTS
from tests.reports.test_doctor import planned, trained
from tests.scripted import MakeSession


def dated(run_id: str) -> Text:
    return Text("run.dated", {"run": run_id})


READY = Finding("nan", "ready", Text("doctor.nan.ok"))


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the doctor finds, to be filled by a test."""
    found: list[Finding] = []
    monkeypatch.setattr(doctor_commands, "examine", lambda *_: list(found))
    return found


# --- the list --------------------------------------------------------------------------------------------------------


def test_with_nothing_wrong_the_list_offers_no_remedy_and_says_so(make: MakeSession, findings: list[Finding]) -> None:
    findings.append(READY)
    session, ui = make()
    result = doctor_commands.doctor(session)
    session.show(result)
    assert result.client is None
    assert result.value == doctor_commands.Diagnosis([READY], "ready")
    assert "No se ha encontrado ninguno de los problemas conocidos." in ui.shown
    assert "Remedio" not in ui.text
    assert "setup --check" in ui.shown[-1]  # what the list does not look at


@pytest.mark.parametrize(
    ("level", "verdict"), [("attention", "Some points deserve a look."), ("blocked", "Something blocks the work;")]
)
def test_the_verdict_is_that_of_the_gravest_point(
    make: MakeSession, findings: list[Finding], level: texts_text.Level, verdict: str
) -> None:
    findings += [READY, Finding("faces", level, Text("doctor.faces.none_yet"), (Remedy("review"),)), READY]
    session, ui = make(language="en")
    result = doctor_commands.doctor(session)
    session.show(result)
    assert verdict in ui.text
    assert result.error == (findings[1].text if level == "blocked" else None)  # a script sees by the exit code what blocks
    assert ui.text.count(words(findings[1].text, "en")) == 1
    table = next(block for block in result.blocks if isinstance(block, Table))
    assert words(table.rows[0][0], "en") == level  # type: ignore[arg-type]


def test_each_remedy_stands_before_the_command_that_carries_it_out(
    make: MakeSession, findings: list[Finding], client: Client
) -> None:
    remedies = (Remedy("threshold", ("0.75",)), Remedy("review"))
    findings.append(Finding("faces", "attention", Text("doctor.faces.none_yet"), remedies))
    session, _ = make(language="en")
    told: list[str] = []
    for block in doctor_commands.doctor(session, "ana").blocks:
        if isinstance(block, Text) and block.key == "doctor.how":
            told.append(words(block, "en"))
        elif isinstance(block, Raw):
            told.append(block.content.partition('clients" ')[2])
    assert told == [
        "Remedy: lower this client's face threshold to 0.75 and judge again", "doctor ana --fix faces",
        "Remedy: review the refused pictures", "review ana --list refused",
    ]  # fmt: skip


def test_the_second_remedy_of_a_point_is_named_by_its_action(make: MakeSession, client: Client) -> None:
    session, _ = make()
    first, second = Remedy("prepare"), Remedy("process")
    found = Finding("images", "blocked", Text("doctor.images.none_approved", {"total": 1}), (first, second))
    assert doctor_commands.command_line(session, client, found, first).endswith(" doctor ana --fix images")
    assert doctor_commands.command_line(session, client, found, second).endswith(" doctor ana --fix images.process")
    assert doctor_commands.command_line(session, None, found, first).endswith(" doctor --fix images")
    assert doctor_commands.command_line(session, client, found, Remedy("trainer")).endswith(" setup --trainer")


def test_the_chosen_client_is_examined_where_none_is_named(make: MakeSession, client: Client, workspace: Workspace) -> None:
    workspace.create("eva")
    session, _ = make()
    assert doctor_commands.doctor(session).client is None
    session.client = client
    assert doctor_commands.doctor(session).client == "ana"
    assert doctor_commands.doctor(session, "eva").client == "eva"
    with pytest.raises(PipelineError):
        doctor_commands.doctor(session, "nobody")


# --- settings that cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b'{"trainer": {"folder": "D:\\ni\xf1o"}}', "file.not_utf8"),  # saved by an editor as Windows-1252
        (b'{"language": "es",}', "file.not_json"),
        (b'{"quality": {"min_brightnes": 3}}', "settings.invalid"),
        (b"[1]", "settings.invalid"),
    ],
)
def test_settings_that_stop_every_command_stand_first_in_the_list(
    make: MakeSession, client: Client, content: bytes, key: str
) -> None:
    session, ui = make()
    session.config_file.write_bytes(content)
    result = doctor_commands.doctor(session, "ana")
    session.show(result)
    first = result.value.findings[0]
    assert (first.name, first.level, first.text.key) == ("settings", "blocked", key)
    assert result.value.verdict == "blocked"
    assert ui.shown[0].startswith("bloqueado")
    assert str(session.config_file) in ui.shown[0]
    assert "Nada de la lista ha fallado" not in ui.text


def test_settings_of_the_client_are_told_as_the_clients(make: MakeSession, client: Client) -> None:
    client.save_info(client.info().model_copy(update={"settings": {"faces": {"engine": "magic"}}}))
    session, _ = make()
    first, *others = doctor_commands.examine(session, client)
    assert first.text.values["source"] == "client.json"
    assert {finding.name for finding in others} == set(doctor_commands.NAMES)
    assert "settings" not in {finding.name for finding in doctor_commands.examine(session, None)}


def test_backslashes_in_the_settings_are_told_once_with_their_remedy(make: MakeSession) -> None:
    session, _ = make()
    session.config_file.write_text('{"trainer": {"folder": "D:\\kohya"}}', encoding="utf-8")
    found = doctor_commands.examine(session, None)
    blocked = [finding.text.key for finding in found if finding.level == "blocked"]
    assert blocked == ["doctor.backslashes.config"]


def test_the_bundle_of_broken_settings_names_no_path(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, _ = make()
    session.config_file.write_text("{", encoding="utf-8")
    doctor_commands.bundle(session, "ana", tmp_path / "report.zip")
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        told = archive.read("findings.json").decode("utf-8")
    assert "file.not_json" in told
    assert tmp_path.name not in told


# --- how the last training ended -------------------------------------------------------------------------------------


def told_last(make: MakeSession, client: Client, plan_fingerprint: str | None = None) -> str:
    session, _ = make(language="en")
    found = doctor_training.check_training(last_run(client), plan_fingerprint)
    return session.text(found.text.key, **found.text.values)


def test_a_training_that_ended_well_is_told_as_that(make: MakeSession, client: Client) -> None:
    assert told_last(make, client) == "There was no training yet."
    run_id = trained(client, success=True).name
    assert told_last(make, client) == f"The last training ({words(dated(run_id), 'en')}) finished successfully."


def test_a_training_that_nobody_judged_is_told_as_open(make: MakeSession, client: Client) -> None:
    run_id = trained(client).name
    assert told_last(make, client) == f"The last training ({words(dated(run_id), 'en')}) is unfinished or still running."


@pytest.mark.parametrize("values", [None, {}, {"step": 1}, "step 1", {"step": "x", "total": None}])
def test_a_cause_whose_values_are_lost_leads_to_the_log_and_never_breaks(
    make: MakeSession, client: Client, values: object
) -> None:
    folder = trained(client, "train.cause.nan", values=values)
    told = told_last(make, client)
    assert told.endswith(f"failed. Its log says why: {folder / 'trainer.log'}")


def test_a_cause_that_this_version_does_not_know_leads_to_the_log(make: MakeSession, client: Client) -> None:
    trained(client, "train.cause.of_the_future", values={})
    assert "Its log says why" in told_last(make, client)


def test_a_failure_stands_until_the_plan_is_another_one(make: MakeSession, client: Client) -> None:
    trained(client, "train.cause.no_bitsandbytes", values={"detail": "No bitsandbytes"}, plan_fingerprint="old")
    failed = doctor_training.check_training(last_run(client), "old")
    assert (failed.level, failed.text.key) == ("blocked", "doctor.training.failed")
    changed = doctor_training.check_training(last_run(client), "new")
    assert (changed.level, changed.text.key, changed.remedies) == ("attention", "doctor.training.replanned", ())


@pytest.mark.parametrize("cause", sorted(remedies.VALUES))
def test_what_mends_a_failure_is_offered_where_the_plan_has_it_not_yet(cause: str) -> None:
    wrong = {text.partition("=")[0]: "something else" for text in remedies.VALUES[cause]}
    offered = remedies.of_cause(cause, wrong)
    assert offered == list(remedies.VALUES[cause])
    assert parse_overrides(offered, known_tables()[0])
    right = dict(text.split("=") for text in offered)
    assert remedies.of_cause(cause, right) == []


@pytest.mark.parametrize("cause", sorted({*doctor_training.MENDED_BY, *doctor_training.ELSEWHERE, *remedies.VALUES}))
def test_every_cause_that_the_doctor_mends_is_one_that_the_program_tells(cause: str) -> None:
    assert cause in TEXTS


# --- disk, plan, environment -----------------------------------------------------------------------------------------


def test_a_full_disk_blocks_and_a_small_one_does_not(tmp_path: Path) -> None:
    assert doctor_training.check_disk(tmp_path, free_gb=0.3).level == "blocked"
    assert doctor_training.check_disk(tmp_path, free_gb=20).level == "ready"


# --- mending ---------------------------------------------------------------------------------------------------------


def test_nothing_is_mended_that_was_not_found(make: MakeSession, findings: list[Finding], client: Client) -> None:
    findings += [READY, Finding("images", "blocked", Text("doctor.images.not_imported"))]
    session, _ = make(language="en")
    for name in ("nan", "images", "hang"):
        with pytest.raises(PipelineError) as caught:
            doctor_commands.doctor(session, "ana", fix=name)
        assert caught.value.key == "doctor.nothing_to_fix"
        assert f"'{name}'" in session.text(caught.value.key, **caught.value.values)


def test_a_lower_threshold_is_kept_for_this_client_alone_beside_its_other_settings(
    make: MakeSession, client: Client, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    processed: list[str] = []

    def process(session: object, client_id: str) -> Result[Any]:
        processed.append(client_id)
        return Result(None)

    monkeypatch.setattr(faces_commands, "process", process)
    client.save_info(client.info().model_copy(update={"settings": {"quality": {"min_brightness": 44}}}))
    workspace.create("eva")
    session, _ = make()
    doctor_commands.carry_out(session, client, Remedy("threshold", ("0.75",)))
    mine, others = session.settings(client).quality, session.settings(workspace.client("eva")).quality
    assert (mine.face_confidence_threshold, mine.min_brightness) == (0.75, 44)
    assert others == settings.load_settings(session.config_file).quality
    assert processed == ["ana"]


@pytest.mark.parametrize(
    ("data", "preset", "profile", "overrides"),
    [
        ({}, "balanced", "cpu", ["seed=1"]),
        ({"plan": {"preset": "quick", "profile": "gpu_8gb"}}, "quick", "gpu_8gb", ["seed=1"]),
        ({"plan": {"preset": "quick", "profile": "gpu_8gb"}, "card": {"name": "RTX"}}, "quick", "gpu_8gb", ["seed=1"]),
        ({"plan": {"preset": "gone", "profile": "gone"}, "overrides": None}, "balanced", "cpu", ["seed=1"]),
        ({"overrides": ["seed=7", "network_dim=64"]}, "balanced", "cpu", ["network_dim=64", "seed=1"]),
    ],
    ids=["no plan", "card named", "card found here that is not seen now", "names of another version", "earlier wishes"],
)
def test_a_plan_is_made_anew_as_it_was_with_the_remedy_laid_over_it(
    make: MakeSession, client: Client, data: dict[str, object], preset: str, profile: str, overrides: list[str]
) -> None:  # fmt: skip
    utils.write_json(client.plan_file, data)
    doctor_commands.carry_out(make()[0], client, Remedy("replan", ("seed=1",)))
    kept = utils.read_json(client.plan_file)
    assert (kept["plan"]["preset"], kept["plan"]["profile"], kept["overrides"]) == (preset, profile, overrides)


def test_every_script_is_mended_and_each_copy_has_a_name_of_its_own(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(config, "PROGRAM_DIR", tmp_path)
    wrong, right = "python x.py \\\n  --y\n", {"a.bat": "python x.py ^\n  --y\n", "b.ps1": "python x.py `\n  --y\n"}
    for name in (*right, "c.sh"):
        (client.training / name).write_text(wrong, encoding="utf-8", newline="\n")
    for kept in ("a.bat.bak", "a.bat.bak2"):
        (client.training / kept).write_text("mine", encoding="utf-8")
    session, ui = make()
    result = doctor_commands.carry_out(session, client, Remedy("scripts"))
    session.show(result)
    for name, text in right.items():
        assert (client.training / name).read_text(encoding="utf-8") == text
    assert (client.training / "c.sh").read_text(encoding="utf-8") == wrong  # a shell continues with a backslash
    assert (client.training / "a.bat.bak").read_text(encoding="utf-8") == "mine"
    assert (client.training / "a.bat.bak3").read_text(encoding="utf-8") == wrong
    assert len(result.value["mended"]) == 2
    assert "(versión anterior: a.bat.bak3)" in ui.text


# --- the zip for a bug report ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_zip_is_listed_member_by_member_with_words_and_true_sizes(
    make: MakeSession, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(gpu, "cards", list)
    planned(client)
    trained(client, "train.cause.gpu_memory", values={"step": 7, "total": 90, "detail": "", "code": 1, "log": ""})
    session, ui = make(language=language)
    session.client = client
    result = doctor_commands.bundle(session, None, tmp_path / "informe ñ")
    session.show(result)
    target = tmp_path / "informe ñ.zip"
    assert result.client == "ana"
    assert result.value["path"] == str(target)
    with zipfile.ZipFile(target) as archive:
        sizes = {item.filename: item.file_size for item in archive.infolist()}
    assert result.value["files"] == sizes
    assert {"pictures.json", "runs.json", "trainer_log.txt"} < set(sizes)
    for name, size in sizes.items():
        assert any(line.startswith(f"{name} ") and line.endswith(f" {size}") for line in ui.shown)
    assert ui.shown[-1] == translate.text("doctor.bundle_left_out", language)


def test_without_a_client_the_zip_holds_only_what_concerns_the_program(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make()
    result = doctor_commands.bundle(session, None, tmp_path / "x.zip")
    assert result.client is None
    assert set(result.value["files"]) == {
        "about.json", "findings.json", "settings.json", "program_log.txt",
    }  # fmt: skip


# --- the menu --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "number"), [("0", 0), ("", 0), (" 2 ", 2), ("02", 2)])
def test_a_number_of_the_list_is_taken_as_typed(make: MakeSession, typed: str, number: int) -> None:
    session, ui = make(typed)
    assert terminal_doctor._number(session, ["a", "b"]) == number
    assert ui.shown == ["¿Qué quieres hacer? (1-2; 0: nada) [0]:"]


def test_in_the_menu_numbers_stand_in_the_place_of_commands(make: MakeSession, findings: list[Finding], client: Client) -> None:
    findings += [READY, Finding("images", "blocked", Text("doctor.images.not_imported"), (Remedy("process"),))]
    session, ui = make("")
    session.client = client
    terminal_doctor.walk(session)
    assert ui.shown[-3:] == [
        "  1. hacer el procesamiento facial", "  2. escribir un zip para un informe de error, sin datos personales",
        "¿Qué quieres hacer? (1-2; 0: nada) [0]:",
    ]  # fmt: skip
    assert "--fix" not in ui.text


def test_without_a_face_engine_the_program_installs_none_by_itself(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = doctor.check_mtcnn(has=lambda name: False)
    assert (nothing.level, nothing.remedies) == ("blocked", ())
    assert "pip install" in translate.text(nothing.text.key, "es", **nothing.text.values)


def test_the_review_of_refused_pictures_comes_as_a_command_too(make: MakeSession, client: Client) -> None:
    session, _ = make()
    result = doctor_commands.carry_out(session, client, Remedy("review"))
    assert (result.client, words(result.blocks[0], "es")) == (  # type: ignore[arg-type]
        "ana", "Todavía no hay nada que revisar: primero el procesamiento facial.",
    )  # fmt: skip


@pytest.mark.parametrize("fix", doctor_commands.FIXES)
def test_every_remedy_that_can_be_named_is_an_option_of_the_command_line(fix: str) -> None:
    parsed = build_parser("es").parse_args(["doctor", "ana", "--fix", fix])
    assert (parsed.fix, parsed.client_id) == (fix, "ana")
