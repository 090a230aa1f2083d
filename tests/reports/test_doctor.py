"""The doctor: each trouble of the user's list is found where it is, not where it is not, and its remedy mends it."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
import utils
from avatar.commands import dataset as dataset_commands
from avatar.commands import doctor as doctor_commands
from avatar.commands import faces as faces_commands
from avatar.commands import plan as plan_commands
from avatar.commands import setup as setup_commands
from avatar.commands import unfinished as unfinished_commands
from avatar.commands.result import Result
from avatar.faces import decisions, quality
from avatar.faces import update as face_update
from avatar.plan import remedies
from avatar.plan.ask import ask
from avatar.plan.memory import estimate_memory_gib
from avatar.plan.overrides import parse_overrides
from avatar.plan.rules import rule_problems
from avatar.plan.values import DatasetFacts
from avatar.reports import doctor
from avatar.reports.last_run import last_run
from avatar.terminal import command_line, questions
from avatar.terminal import doctor as terminal_doctor
from avatar.texts import translate
from avatar.texts.text import Action, Finding, PipelineError, Remedy, Text
from avatar.texts.translate import words
from avatar.trainer.options import known_tables
from avatar.training.runs import LiveRun
from avatar.workspace.client import Client
from config import Settings
from tests.all_texts import TEXTS
from tests.dataset.test_training_folder import picture
from tests.scripted import MakeSession
from tests.stages.test_image_processor import ONE, add, drawn, run

PLAN = {
    "profile": "rtx3060_12gb", "preset": "balanced", "resolution": 1024, "network_dim": 96, "network_alpha": 48,
    "train_batch_size": 1, "gradient_accumulation_steps": 2, "mixed_precision": "fp16", "learning_rate": 1e-4,
    "fp8_base": False, "no_half_vae": True, "max_data_loader_n_workers": 0,
}  # fmt: skip


def trained(client: Client, cause: str = "", log: str = "", *, success: bool = False, run_id: str = "20260101-000000",
            script: str = "sdxl_train_network.py", **outcome: Any) -> Path:  # fmt: skip
    """The records that a training leaves."""
    folder = client.runs / run_id
    folder.mkdir(parents=True)
    utils.write_json(folder / "command.json", {"command": ["python", f"C:\\kohya_ss\\{script}"], "plan": PLAN})
    if cause or success:
        utils.write_json(folder / "outcome.json", {"success": success, "cause": cause, "steps": 7, "total": 90, **outcome})
    (folder / "trainer.log").write_text(log, encoding="utf-8")
    return folder


def planned(client: Client, **changes: Any) -> dict[str, Any]:
    plan = {**PLAN, **changes}
    utils.write_json(client.plan_file, {"plan": plan, "overrides": ["seed=7", "resolution=1024"], "card": None})
    return plan


def finding(findings: list[Finding], name: str) -> Finding:
    (found,) = [item for item in findings if item.name == name]
    return found


def examined(client: Client | None, tmp_path: Path) -> list[Finding]:
    return doctor.examine(
        client, Settings(), program_dir=tmp_path, config_file=tmp_path / "config.json", trainer_folder=tmp_path / "kohya_ss"
    )


def test_a_fresh_client_has_every_point_of_the_list_and_only_what_is_to_do_next(client: Client, tmp_path: Path) -> None:
    findings = examined(client, tmp_path)
    assert {item.name for item in findings} == set(doctor_commands.NAMES)
    assert {item.name for item in findings if item.level == "blocked"} <= {"mtcnn"}
    assert finding(findings, "images").text.key == "doctor.images.not_imported"
    assert [item.name for item in examined(None, tmp_path)] == ["mtcnn", "disk", "script", "backslashes"]


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_every_finding_and_remedy_has_its_words(language: str) -> None:
    values: dict[str, Any] = dict.fromkeys(
        ("n", "uncut", "total", "unsure", "gained", "threshold", "step", "minutes", "approved"), 1
    )
    values |= dict.fromkeys(
        (
            "names",
            "command",
            "engine",
            "other",
            "run",
            "resolution",
            "dim",
            "path",
            "kinds",
            "first",
            "model",
            "cause",
            "why",
            "client",
            "again",
        ),
        "x",
    )
    keys = [key for key in TEXTS if key.startswith("doctor.") and key.count(".") == 2]
    found = [key for key in keys if key.split(".")[1] in doctor_commands.NAMES]
    assert len(found) >= 25
    for key in found:
        assert translate.text(key, language, **values)
    for action in Action.__args__:  # type: ignore[attr-defined]
        assert words(doctor_commands.remedy_say(Remedy(action, ("a=1",))), language)


# --- MTCNN not available ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "engine", "key", "remedies"),
    [((), "onnx", "ok", ()), (("mtcnn",), "onnx", "missing", ()), (("onnxruntime", "tensorflow"), "mtcnn", "missing", ()),
     (("onnxruntime",), "onnx", "other", (Remedy("engine", ("mtcnn",)),)), (("onnxruntime",), "mtcnn", "ok", ()),
     (("tensorflow",), "mtcnn", "other", (Remedy("engine", ("onnx",)),))],
)  # fmt: skip
def test_mtcnn_needs_its_networks_and_one_of_two_engines(
    missing: tuple[str, ...], engine: str, key: str, remedies: tuple[Remedy, ...]
) -> None:
    found = doctor.check_mtcnn(lambda name: name not in missing, engine)
    assert (found.text.key, found.remedies) == (f"doctor.mtcnn.{key}", remedies)
    if key == "missing":
        assert found.level == "blocked"
        assert found.text.values["names"] == ", ".join(missing)
        assert sys.executable in found.text.values["command"]


# --- no face detected ------------------------------------------------------------------------------------------------


def test_pictures_without_a_face_are_counted_and_lead_to_the_review(client: Client, tmp_path: Path) -> None:
    add(client, ONE, "a.png")
    add(client, drawn(), "b.png")
    assert finding(examined(client, tmp_path), "faces").text.key == "doctor.faces.none_yet"
    run(client)
    found = finding(examined(client, tmp_path), "faces")
    assert (found.level, found.text.key) == ("attention", "doctor.faces.found")
    assert (found.text.values["n"], found.text.values["total"], found.text.values["gained"]) == (1, 2, 0)
    assert found.remedies == (Remedy("review"),)


def test_the_lower_threshold_is_offered_where_it_helps_and_then_helps(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    image_id = add(client, ONE)
    run(client)
    record = client.record(image_id)
    assert record.quality is not None
    measures = {**record.quality.measures, "confidence": 0.8}
    judged = quality.judge(measures, Settings().quality)
    client.save_record(record.model_copy(update={"quality": judged, "decision": face_update.decision_of(record, "rejected")}))
    session, _ = make()
    session.client = client
    found = finding(list(doctor_commands.examine(session, client)), "faces")
    assert found.text.values["gained"] == 1
    assert found.remedies == (Remedy("threshold", ("0.75",)), Remedy("review"))
    doctor_commands.doctor(session, fix="faces")
    assert client.info().settings == {"quality": {"face_confidence_threshold": 0.75}}
    assert client.record(image_id).approved
    assert finding(list(doctor_commands.examine(session, client)), "faces").level == "ready"


def test_a_client_in_which_no_picture_has_a_face_is_blocked() -> None:
    nothing = quality.judge({"faces": 0}, Settings().quality)
    records = [picture("mj", number, faces=[], quality=nothing) for number in (1, 2)]
    assert doctor.check_faces(records, Settings()).level == "blocked"


# --- 0 train images --------------------------------------------------------------------------------------------------


def test_no_pictures_for_the_trainer_leads_to_the_stage_where_they_were_lost(client: Client) -> None:
    def found() -> tuple[str, tuple[Remedy, ...]]:
        item = doctor.check_images(client, client.records())
        return item.text.key.rpartition(".")[2], item.remedies

    assert found() == ("not_imported", ())
    good = add(client, ONE)
    assert found() == ("not_processed", (Remedy("process"),))
    run(client)
    assert found() == ("not_prepared", (Remedy("prepare"),))
    decisions.set_verdicts(client, settings=Settings(), reject=[good])
    assert found() == ("none_approved", (Remedy("review"),))
    folder = client.training_data / "5_ana"
    folder.mkdir()
    (folder / "a.png").write_bytes((client.rejected / f"{good}.png").read_bytes())
    (folder / "a.txt").write_text("ohwx woman", encoding="utf-8")
    assert found() == ("ok", ())
    (folder / "a.txt").write_text("", encoding="utf-8")
    assert found() == ("problems", (Remedy("prepare"),))


# --- memory and NaN --------------------------------------------------------------------------------------------------


def test_out_of_memory_is_found_and_a_lighter_plan_is_proposed(client: Client, tmp_path: Path) -> None:
    planned(client)
    trained(client, "train.cause.gpu_memory")
    found = finding(examined(client, tmp_path), "memory")
    assert (found.level, found.text.key, found.text.values["step"]) == ("blocked", "doctor.memory.found", 7)
    assert found.remedies == (
        Remedy("replan", ("fp8_base=true",)),
    )  # fmt: skip
    planned(client, resolution=768)
    assert finding(examined(client, tmp_path), "memory").text.key == "doctor.memory.replanned"
    trained(client, "", "CUDA out of memory. Tried to allocate 20.00 MiB\n", success=True, run_id="20260102-000000")
    assert finding(examined(client, tmp_path), "memory").text.key == "doctor.memory.survived"


def test_out_of_memory_in_the_log_of_a_run_that_nobody_judged_counts(client: Client, tmp_path: Path) -> None:
    trained(client, log="torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB\n")
    found = finding(examined(client, tmp_path), "memory")
    assert (found.text.key, found.text.values["resolution"], found.text.values["dim"]) == ("doctor.memory.found", 1024, 96)


@given(
    profile=st.sampled_from([name for name, card in config.GPU_PROFILES.items() if card.vram_gib]),
    batch=st.integers(1, 8), accumulation=st.integers(1, 8), resolution=st.sampled_from([512, 768, 1024]),
    dim=st.sampled_from([4, 16, 32, 64, 96, 128]), fp8=st.booleans(), checkpointing=st.booleans(),
    samples=st.sampled_from([None, 300]), precision=st.sampled_from(["no", "bf16", "fp16"]),
)  # fmt: skip
def test_what_the_doctor_proposes_needs_less_by_the_formula_and_starts(
    profile: str, batch: int, accumulation: int, resolution: int, dim: int, fp8: bool, checkpointing: bool,
    samples: int | None, precision: str,
) -> None:  # fmt: skip
    plan = ask(config.GPU_PROFILES[profile], config.TRAINING_PRESETS["balanced"], DatasetFacts(12, 24))
    plan = dataclasses.replace(
        plan, train_batch_size=batch, gradient_accumulation_steps=accumulation, resolution=resolution, network_dim=dim,
        network_alpha=dim / 2, fp8_base=fp8 and precision != "no", gradient_checkpointing=checkpointing,
        sample_every_n_steps=samples, mixed_precision=precision,
    )  # fmt: skip
    overrides = remedies.cheaper(dataclasses.asdict(plan))
    given: dict[str, Any] = parse_overrides(overrides, known_tables()[0])
    after = dataclasses.replace(plan, **given)
    if overrides:
        assert estimate_memory_gib(after).total_gib < estimate_memory_gib(plan).total_gib, overrides
        assert not {text.key for text in rule_problems(after)} - {text.key for text in rule_problems(plan)}, overrides
    else:
        assert (dim, resolution, samples, batch, accumulation) == (4, 512, None, 1, 1) and checkpointing


def test_nan_is_found_and_the_steadier_plan_fits_the_card(client: Client, tmp_path: Path) -> None:
    planned(client)
    trained(client, "train.cause.nan", nan_step=33)
    found = finding(examined(client, tmp_path), "nan")
    assert (found.level, found.text.values["step"]) == ("blocked", 33)
    assert found.remedies == (Remedy("replan", ("mixed_precision=bf16",)),)
    assert remedies.steadier({**PLAN, "profile": "gtx1650_4gb"}) == ["learning_rate=5e-05"]
    assert remedies.steadier({**PLAN, "mixed_precision": "bf16", "no_half_vae": False}) == [
        "no_half_vae=true", "learning_rate=5e-05",
    ]  # fmt: skip
    planned(client, no_half_vae=False)
    assert finding(examined(client, tmp_path), "nan").text.key == "doctor.nan.half_vae"


def test_the_plan_is_made_again_with_what_the_user_had_asked_for(client: Client, make: MakeSession) -> None:
    session, _ = make()
    plan_commands.configure(session, "ana", gpu="rtx3060_12gb", preset="quick", overrides=["seed=7", "resolution=1024"])
    folder = trained(client, "train.cause.gpu_memory")
    utils.write_json(folder / "command.json", {"command": [], "plan": utils.read_object(client.plan_file)["plan"]})
    result = doctor_commands.doctor(session, "ana", fix="memory")
    plan = result.value.plan
    assert (plan.seed, plan.fp8_base, plan.preset, plan.profile) == (7, True, "quick", "rtx3060_12gb")
    assert plan.fp8_base
    assert finding(doctor_commands.examine(session, client), "memory").text.key == "doctor.memory.replanned"


# --- hanging, script, warnings ---------------------------------------------------------------------------------------


def live(folder: Path, run_id: str = "r1") -> LiveRun:
    return LiveRun(run_id, folder, os.getpid(), 0.0, step=40, total=90)


def test_a_trainer_that_has_said_nothing_for_long_hangs_and_can_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "trainer.log").write_text("x", encoding="utf-8")
    row = json.dumps({"step": 40, "total": 90, "seconds_per_step": 3.0})
    (tmp_path / "progress.jsonl").write_text(row + "\n", encoding="utf-8")
    written = (tmp_path / "trainer.log").stat().st_mtime

    def at(seconds: float) -> Finding:
        return doctor.check_hang([live(tmp_path)], [("ana", "r1", 1)], {}, windows=False, now=written + seconds)

    assert at(200).level == "ready"
    hangs = at(301)
    assert (hangs.text.key, hangs.remedies) == ("doctor.hang.silent", (Remedy("stop", ("r1",)),))
    assert hangs.text.values["minutes"] == pytest.approx(5, abs=0.1)


def test_two_trainings_at_once_and_workers_on_windows_are_told(tmp_path: Path) -> None:
    busy = [("ana", "r1", 1), ("bea", "r2", 2)]
    found = doctor.check_hang([live(tmp_path)], busy, {}, windows=False)
    assert (found.text.key, found.remedies) == ("doctor.hang.several", (Remedy("stop", ("r1",)),))
    assert doctor.check_hang([], busy, {}, windows=False).remedies == ()  # both are other clients'
    plan = {"max_data_loader_n_workers": 4}
    assert doctor.check_hang([], [], plan, windows=True).remedies == (Remedy("replan", ("max_data_loader_n_workers=0",)),)
    assert doctor.check_hang([], [], plan, windows=False).level == "ready"


def test_the_script_for_sd_1_5_is_found_in_an_old_run_a_script_and_an_old_clone(client: Client, tmp_path: Path) -> None:
    kohya = tmp_path / "kohya_ss"
    assert doctor.check_script(None, kohya, {}).text.key == "doctor.script.not_installed"
    kohya.mkdir()
    (kohya / "train_network.py").touch()
    assert doctor.check_script(None, kohya, {}).text.key == "doctor.script.old_clone"
    (kohya / "sdxl_train_network.py").touch()
    trained(client)
    assert doctor.check_script(last_run(client), kohya, {Path("a.bat"): "python sdxl_train_network.py"}).level == "ready"
    found = doctor.check_script(None, kohya, {Path("a.bat"): "python kohya_ss\\train_network.py --x"})
    assert (found.text.key, found.text.values["path"]) == ("doctor.script.wrong", "a.bat")
    trained(client, run_id="20260102-000000", script="train_network.py")
    assert doctor.check_script(last_run(client), kohya, {}).text.key == "doctor.script.wrong"


def test_repeated_warnings_are_counted_and_called_harmless(client: Client) -> None:
    line = "WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions.\r"
    trained(client, log=line * 3 + "A matching Triton is not available\nsteps:  10%|#  | 9/90 [00:01<00:09, 1.0it/s]\n")
    found = doctor.check_warnings(last_run(client))
    assert (found.level, found.text.values) == ("ready", {"n": 4, "kinds": "Triton 1, xFormers 3"})
    assert doctor.check_warnings(None).text.key == "doctor.warnings.ok"


# --- backslashes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("a.bat", "x \\\r\n --y\\z\r\n", "x ^\r\n --y\\z\r\n"), ("a.PS1", "x \\\n y", "x `\n y"), ("a.sh", "x \\\n y", "x \\\n y"),
     ("b.cmd", "cd C:\\kohya\\\r\nx", "cd C:\\kohya\\\r\nx")],
)  # fmt: skip
def test_only_backslashes_that_continue_a_line_are_changed(name: str, before: str, after: str) -> None:
    assert doctor.fixed_script(Path(name), before) == after


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(alphabet='C:\\/ñkt"', max_size=12)))
def test_json_that_can_be_read_is_never_touched(value: dict[str, str]) -> None:
    text = json.dumps(value)
    mended = doctor.fixed_json(text)
    assert mended is None or json.loads(mended) == value


def test_scripts_and_settings_are_mended_and_what_they_were_is_kept(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(config, "PROGRAM_DIR", tmp_path)
    session, ui = make()
    script = client.training / "entrenar ñ.bat"
    script.write_bytes("rem \xf1\r\npython x.py \\\r\n  --y\r\n".encode("latin-1"))
    result = doctor_commands.doctor(session, "ana", fix="backslashes")
    session.show(result)
    assert script.read_bytes() == b"rem \xf1\r\npython x.py ^\r\n  --y\r\n"
    assert (client.training / "entrenar ñ.bat.bak").read_bytes().endswith(b"\\\r\n  --y\r\n")
    assert "Corregido" in ui.text

    session.config_file.write_text('{"trainer": {"folder": "D:\\kohya\\tom"}}', encoding="utf-8")
    found = finding(doctor_commands.examine(session, None), "backslashes")
    assert (found.level, found.text.key) == ("blocked", "doctor.backslashes.config")
    doctor_commands.doctor(session, fix="backslashes")
    assert session.settings().trainer.folder == "D:\\kohya\\tom"
    assert (tmp_path / "config.json.bak").is_file()
    session.config_file.write_text('{"trainer": {"folder": "D:\\kohya"}}', encoding="utf-8")
    doctor_commands.doctor(session, fix="backslashes")
    assert (tmp_path / "config.json.bak2").is_file()  # the first copy is never overwritten
    notepad = b'\xef\xbb\xbf{\r\n  "trainer": {"folder": "D:\\kohya"}\r\n}\r\n'  # as Windows' editor saves it
    session.config_file.write_bytes(notepad)
    doctor_commands.doctor(session, fix="backslashes")
    assert (tmp_path / "config.json.bak3").read_bytes() == notepad
    assert session.config_file.read_bytes() == b'{\r\n  "trainer": {"folder": "D:\\\\kohya"}\r\n}\r\n'


# --- the command and the menu ----------------------------------------------------------------------------------------


def test_the_last_failure_stands_first_with_its_cause_and_each_remedy_has_its_command(
    client: Client, make: MakeSession
) -> None:
    planned(client)
    values = {"step": 7, "total": 90, "detail": "20 MiB", "code": 1, "log": "x.log"}
    trained(client, "train.cause.gpu_memory", values=values)
    session, ui = make()
    session.client = client
    session.show(doctor_commands.doctor(session))
    assert "no terminó bien. La tarjeta se quedó sin memoria en el paso 7 de 90" in ui.shown[0]
    assert "Remedio: hacer el plan de nuevo; modelo base en 8 bits: sí" in ui.text
    assert "review ana --list refused" not in ui.text
    assert f'python avatar_pipeline.py --clients-dir "{session.workspace.folder}" doctor ana --fix memory' in ui.text
    assert "Hay algo que impide seguir" in ui.text


def test_the_menu_carries_out_what_is_chosen_and_looks_again(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stopped: list[str] = []

    def stop(session: object, client: object, run_id: str) -> Result[Any]:
        stopped.append(run_id)
        return Result(None, [Text("doctor.title")])

    answers = iter([[Finding("hang", "blocked", Text("doctor.hang.ok", {"n": 1}), (Remedy("stop", ("r1",)),))], []])
    monkeypatch.setattr(unfinished_commands, "stop", stop)
    monkeypatch.setattr(doctor_commands, "examine", lambda *_: next(answers))
    session, ui = make("7", "x", "1", "")
    session.client = client
    terminal_doctor.walk(session)
    assert stopped == ["r1"]
    assert not ui.answers
    assert ui.text.count("escribir un zip para un informe de error") == 2
    assert ui.text.count("Escribe un número de 0 a 2") == 2


def test_the_menu_writes_the_bundle(make: MakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_commands, "examine", lambda *_: [])
    session, ui = make("1", str(tmp_path / "informe ñ"))
    terminal_doctor.walk(session)
    assert (tmp_path / "informe ñ.zip").is_file()
    assert "Contiene solo esto" in ui.text
    assert questions.help_key("ask.bundle_file") in TEXTS


def test_remedies_call_the_command_that_does_it(client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def note(name: str) -> Any:
        return lambda *a, **k: called.append(name) or Result(name)  # type: ignore[func-returns-value]

    monkeypatch.setattr(faces_commands, "process", note("process"))
    monkeypatch.setattr(setup_commands, "setup", note("setup"))
    monkeypatch.setattr(dataset_commands, "prepare", note("prepare"))
    session, _ = make()
    actions: tuple[Action, ...] = ("process", "prepare", "trainer")
    for action in actions:
        doctor_commands.carry_out(session, client, Remedy(action))
    doctor_commands.carry_out(session, client, Remedy("engine", ("mtcnn",)))
    assert called == ["process", "prepare", "setup", "process"]
    assert session.settings(client).faces.engine == "mtcnn"
    assert doctor_commands.carry_out(session, client, Remedy("review")).client == "ana"
    with pytest.raises(PipelineError):
        doctor_commands.carry_out(session, None, Remedy("prepare"))


def test_the_command_line_knows_the_doctor(client: Client, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    base = ["--clients-dir", str(client.folder.parent), "--json", "--lang", "en", "doctor"]
    assert command_line.main([*base, "ana"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {item["name"] for item in said["result"]["findings"]} == set(doctor_commands.NAMES)
    assert command_line.main([*base, "ana", "--fix", "memory"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["key"], " doctor ana'" in error["message"]) == ("doctor.nothing_to_fix", True)
    assert command_line.main([*base, "--fix", "memory", "--bundle", "x"]) == 2
    capsys.readouterr()
    assert command_line.main([*base, "--bundle", str(tmp_path / "b")]) == 0
    assert set(json.loads(capsys.readouterr().out)["result"]["files"]) == {
        "about.json", "findings.json", "settings.json", "program_log.txt",
    }  # fmt: skip
    assert command_line.main([*base, "--bundle", str(tmp_path / "b.zip")]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["key"] == "export.exists"
