"""Every check of the doctor where there is something and where there is nothing; every remedy carried out and refused."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

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
from avatar.commands.session import Session
from avatar.faces import quality
from avatar.faces import update as face_update
from avatar.plan import remedies
from avatar.reports import doctor
from avatar.reports.last_run import LastRun, last_run
from avatar.terminal import command_line, review
from avatar.terminal import doctor as terminal_doctor
from avatar.terminal.parser import build_parser
from avatar.texts import translate
from avatar.texts.text import Action, Finding, PipelineError, Remedy, Text
from avatar.texts.translate import words
from avatar.trainer.log import LogFacts
from avatar.training.runs import LiveRun
from avatar.workspace.client import Client
from config import Settings
from tests.dataset.test_training_folder import picture
from tests.reports.test_doctor import PLAN, examined, finding, planned, trained
from tests.scripted import MakeSession
from tests.stages.test_image_processor import ONE, add, drawn, run

ACTIONS: tuple[Action, ...] = get_args(Action)


def last(tmp_path: Path, cause: str = "", *, command: Any = (), plan: Any = None, facts: LogFacts | None = None,
         **outcome: Any) -> LastRun:  # fmt: skip
    """A run that left what a test says."""
    told = {"cause": cause, **outcome} if cause or outcome else {}
    return LastRun(tmp_path / "r1", {"command": command, "plan": PLAN if plan is None else plan}, told, facts or LogFacts())


def judged(number: int, **measures: float) -> Any:
    found = quality.judge(measures, Settings().quality, "mj")
    return picture("mj", number, quality=found, faces=[] if not measures.get("faces") else [a_face()], decision=None)


def a_face() -> dict[str, Any]:
    return {"box": (1, 2, 30, 40), "confidence": 0.9, "keypoints": {}}


GOOD = {"faces": 1.0, "confidence": 0.99, "blur": 400.0, "brightness": 120.0, "contrast": 60.0, "noise": 1.0, "clipped": 0.0,
        "face_side_px": 300.0, "enlargement": 1.2, "yaw": 3.0, "share_in_crop": 1.0, "second_face_ratio": 0.0}  # fmt: skip


# --- both states of each check ---------------------------------------------------------------------------------------


def state(name: str, found: Finding, key: str, level: str, actions: tuple[str, ...]) -> None:
    """The finding is of that point, has that key and level, words in both languages and those remedies, each a known one."""
    assert (found.name, found.text.key, found.level) == (name, f"doctor.{name}.{key}", level)
    assert tuple(remedy.action for remedy in found.remedies) == actions
    assert set(actions) <= set(doctor_commands.ACTIONS[name])
    for language in translate.LANGUAGES:
        assert "{" not in translate.text(found.text.key, language, **found.text.values)


def test_faces_in_every_state() -> None:
    settings = Settings()
    good, none = judged(1, **GOOD), judged(2, faces=0)
    unsure = judged(3, **{**GOOD, "confidence": 0.8})
    hopeless = judged(4, **{**GOOD, "confidence": 0.8, "blur": 1.0})
    state("faces", doctor.check_faces([], settings), "none_yet", "ready", ())
    state("faces", doctor.check_faces([picture("mj", 9)], settings), "none_yet", "ready", ())  # not processed yet
    state("faces", doctor.check_faces([good], settings), "ok", "ready", ())
    state("faces", doctor.check_faces([good, none], settings), "found", "attention", ("review",))
    state("faces", doctor.check_faces([none], settings), "found", "blocked", ("review",))
    state("faces", doctor.check_faces([good, unsure], settings), "found_more", "attention", ("threshold", "review"))
    state("faces", doctor.check_faces([good, hopeless], settings), "found", "attention", ("review",))  # blurred as well


def test_a_lower_threshold_is_not_offered_for_what_the_user_has_refused_or_where_it_is_low_already() -> None:
    unsure = judged(3, **{**GOOD, "confidence": 0.8})
    mine = unsure.model_copy(update={"decision": face_update.decision_of(unsure, "rejected").model_copy(update={"by": "user"})})
    assert doctor.check_faces([mine], Settings()).text.values["gained"] == 0
    low = dataclasses.replace(Settings().quality, face_confidence_threshold=0.7)
    found = doctor.check_faces([judged(3, **{**GOOD, "confidence": 0.6})], dataclasses.replace(Settings(), quality=low))
    assert found.text.values["gained"] == 0  # 0.75 would be a higher limit, not a lower one


def test_a_lower_threshold_judges_each_kind_by_its_own_limits() -> None:
    unsure = judged(3, **{**GOOD, "confidence": 0.8, "blur": 150.0})
    strict = dataclasses.replace(Settings().quality, mj=config.KindLimits(blur_threshold=300.0))
    assert doctor.check_faces([unsure], Settings()).text.values["gained"] == 1
    assert doctor.check_faces([unsure], dataclasses.replace(Settings(), quality=strict)).text.values["gained"] == 0


def test_memory_in_every_state(tmp_path: Path) -> None:
    oom = "train.cause.gpu_memory"
    state("memory", doctor.check_memory(None, {}), "ok", "ready", ())
    state("memory", doctor.check_memory(last(tmp_path, "train.cause.nan"), PLAN), "ok", "ready", ())
    state("memory", doctor.check_memory(last(tmp_path, oom, steps=3), PLAN), "found", "blocked", ("replan",))
    state("memory", doctor.check_memory(last(tmp_path, oom, steps=3), {}), "found", "blocked", ("replan",))
    survived = last(tmp_path, oom, success=True, steps=3)
    state("memory", doctor.check_memory(survived, PLAN), "survived", "ready", ())
    state("memory", doctor.check_memory(last(tmp_path, oom), {**PLAN, "fp8_base": True}), "replanned", "attention", ())
    least = {**PLAN, "fp8_base": True, "resolution": 512, "network_dim": 4, "gradient_accumulation_steps": 1}
    nothing_left = doctor.check_memory(last(tmp_path, oom, plan=least, steps=1), least)
    state("memory", nothing_left, "found", "blocked", ())  # no cheaper plan: no remedy that would do nothing


def test_advice_starts_from_the_plan_that_failed_not_from_the_one_before_the_attempts(tmp_path: Path) -> None:
    failed = {**PLAN, "mixed_precision": "bf16", "learning_rate": 2.5e-5}
    changes = [
        {"name": "mixed_precision", "before": PLAN.get("mixed_precision"), "after": "bf16", "why": "x", "values": {}},
        {"name": "learning_rate", "before": 1e-4, "after": 5e-5, "why": "x", "values": {}},
        {"name": "learning_rate", "before": 5e-5, "after": 2.5e-5, "why": "x", "values": {}},
    ]
    run = last(tmp_path, "train.cause.nan", plan=failed, nan_step=40)
    run = dataclasses.replace(run, command={**run.command, "changes": changes})
    found = doctor.check_nan(run, {**PLAN, "learning_rate": 1e-4})
    assert found.text.key == "doctor.nan.found"  # the plan is the one that was tried, the attempts changed it
    (remedy,) = found.remedies
    assert remedy.arguments == ("mixed_precision=bf16", "learning_rate=1.25e-05")
    failed = {**PLAN, "fp8_base": True, "network_dim": 64}
    run = dataclasses.replace(
        last(tmp_path, "train.cause.gpu_memory", plan=failed, steps=3), command={"plan": failed, "changes": [
            {"name": "fp8_base", "before": False, "after": True}, {"name": "network_dim", "before": 96, "after": 64}, 3,
            {"name": None},
        ]},
    )  # fmt: skip
    (remedy,) = doctor.check_memory(run, {**PLAN, "fp8_base": False, "network_dim": 96}).remedies
    assert remedy.arguments[0] == "fp8_base=true" and "network_dim=48" in remedy.arguments


def test_nan_in_every_state(tmp_path: Path) -> None:
    cause = "train.cause.nan"
    state("nan", doctor.check_nan(None, {}), "ok", "ready", ())
    state("nan", doctor.check_nan(None, {"no_half_vae": False}), "half_vae", "attention", ("replan",))
    state("nan", doctor.check_nan(last(tmp_path, cause, nan_step=4), PLAN), "found", "blocked", ("replan",))
    in_log = last(tmp_path, facts=LogFacts(nan_step=9))
    state("nan", doctor.check_nan(in_log, PLAN), "found", "blocked", ("replan",))
    assert doctor.check_nan(in_log, PLAN).text.values["step"] == 9
    state("nan", doctor.check_nan(last(tmp_path, cause), {**PLAN, "learning_rate": 5e-5}), "replanned", "attention", ())
    state("nan", doctor.check_nan(last(tmp_path, cause, success=True), PLAN), "ok", "ready", ())
    state("nan", doctor.check_nan(last(tmp_path, "train.cause.gpu_memory"), PLAN), "ok", "ready", ())


def test_a_client_without_a_plan_is_told_of_no_option_that_it_has() -> None:
    finding = doctor.check_nan(None, {})
    for language in translate.LANGUAGES:
        assert "no_half_vae" not in words(Text(finding.text.key, finding.text.values), language)


def test_hanging_in_every_state(tmp_path: Path) -> None:
    alive = LiveRun("r1", tmp_path, os.getpid(), 0.0, step=4, total=9)
    busy = [("ana", "r1", 1)]

    def check(**changes: Any) -> Finding:
        values: dict[str, Any] = {"live": [alive], "busy": busy, "plan": {}, "windows": False, **changes}
        return doctor.check_hang(values.pop("live"), values.pop("busy"), values.pop("plan"), **values)

    state("hang", check(), "ok", "ready", ())  # no log yet: it may just be starting
    (tmp_path / "trainer.log").write_text("x", encoding="utf-8")
    written = (tmp_path / "trainer.log").stat().st_mtime
    state("hang", check(now=written + 1), "ok", "ready", ())
    state("hang", check(now=written + 86_400), "silent", "blocked", ("stop",))
    state("hang", check(now=written - 86_400), "ok", "ready", ())  # a clock that was set back is no silence
    state("hang", check(busy=[*busy, ("bea", "r2", 2)], now=written), "several", "attention", ("stop",))
    workers = {"max_data_loader_n_workers": 2}
    state("hang", check(live=[], busy=[], plan=workers, windows=True), "workers", "attention", ("replan",))
    state("hang", check(live=[], busy=[], plan={"max_data_loader_n_workers": 0}, windows=True), "ok", "ready", ())


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [(["WARNING: xFormers can't load"], "xFormers 1"), (["A matching Triton is not available"], "Triton 1"),
     (["oneDNN custom operations are on"] * 2, "TensorFlow 2"), (["x.py:3: FutureWarning: y", "UserWarning: z"], "Python 2"),
     (["xformers is used"], ""), (["steps: 3"], ""), ([], "")],
)  # fmt: skip
def test_only_known_noise_that_warns_is_counted(lines: list[str], kinds: str, client: Client) -> None:
    trained(client, log="\n".join(lines))
    found = doctor.check_warnings(last_run(client))
    state("warnings", found, "found" if kinds else "ok", "ready", ())
    assert found.text.values.get("kinds", "") == kinds


def test_a_run_without_a_log_has_no_warnings(client: Client) -> None:
    (trained(client) / "trainer.log").unlink()
    state("warnings", doctor.check_warnings(last_run(client)), "ok", "ready", ())


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("python train_network.py", True), ("python sdxl_train_network.py", False), ("python x-train_network.py", False),
     ('"C:\\kohya ss\\train_network.py" --x', True), ("rem nothing", False), ("train_networkXpy", False)],
)  # fmt: skip
def test_the_wrong_script_is_told_from_the_right_one_by_its_whole_name(line: str, wrong: bool, tmp_path: Path) -> None:
    kohya = tmp_path / "kohya"
    kohya.mkdir()
    (kohya / "sdxl_train_network.py").touch()
    found = doctor.check_script(None, kohya, {tmp_path / "a.bat": line})
    state("script", found, "wrong" if wrong else "ok", "attention" if wrong else "ready", ())


def test_a_missing_or_old_trainer_leads_to_its_installation(tmp_path: Path) -> None:
    state("script", doctor.check_script(None, tmp_path / "gone", {}), "not_installed", "attention", ("trainer",))
    (tmp_path / "train_network.py").touch()
    state("script", doctor.check_script(None, tmp_path, {}), "old_clone", "attention", ("trainer",))


def test_backslashes_in_every_state(tmp_path: Path) -> None:
    settings = tmp_path / "config.json"
    state("backslashes", doctor.check_backslashes({}, settings), "ok", "ready", ())
    state("backslashes", doctor.check_backslashes({}, settings, config_ok=False), "ok", "ready", ())  # no file: another trouble
    settings.write_text("{ nothing", encoding="utf-8")
    state("backslashes", doctor.check_backslashes({}, settings, config_ok=False), "ok", "ready", ())  # not by backslashes
    settings.write_text('{"trainer": {"folder": "D:\\kohya"}}', encoding="utf-8")
    wrong = doctor.check_backslashes({}, settings, config_ok=False)
    state("backslashes", wrong, "config", "blocked", ("config_file",))
    texts = {tmp_path / "a.bat": "x \\\n y", tmp_path / "b.sh": "x \\\n y", tmp_path / "c.ps1": "x \\ \n y"}
    found = doctor.check_backslashes(texts, settings)
    state("backslashes", found, "script", "attention", ("scripts",))
    assert (found.text.values["n"], found.text.values["path"]) == (2, str(tmp_path / "a.bat"))  # in a shell it is right


def test_scripts_are_found_by_their_endings_and_a_folder_is_none(tmp_path: Path) -> None:
    for name in ("A.BAT", "ñ b.ps1", "c.cmd", "d.sh", "e.txt", "bat"):
        (tmp_path / name).write_bytes(b"\xff x")
    (tmp_path / "folder.bat").mkdir()
    found = dict(doctor.scripts([tmp_path, tmp_path / "gone"]))
    assert sorted(path.name for path in found) == ["A.BAT", "c.cmd", "d.sh", "ñ b.ps1"]
    assert {text.encode("utf-8", errors="surrogateescape") for text in found.values()} == {b"\xff x"}


# --- broken files ----------------------------------------------------------------------------------------------------

STRANGE = [None, True, -1, 0, 3.5, "1024", "1024,1024", "", [], [1], {}, {"a": 1}, float("inf"), 10**30]


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_a_plan_that_somebody_edited_into_something_else_breaks_no_check(value: Any, client: Client, tmp_path: Path) -> None:
    plan = dict.fromkeys(PLAN, value) | {"no_half_vae": True}
    assert all("=" in override for override in [*remedies.cheaper(plan), *remedies.steadier(plan)])
    planned(client, **plan)
    trained(client, "train.cause.gpu_memory")
    assert {item.name for item in examined(client, tmp_path)} == set(doctor_commands.NAMES)
    assert doctor.check_hang([], [], plan, windows=True).name == "hang"


@pytest.mark.parametrize("name", ["command.json", "outcome.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", '{"command": 3, "plan": []}', '{"cause": 3}', '{"cause": ["x"]}'])
def test_broken_records_of_a_run_break_no_check_and_no_page(name: str, content: str, client: Client, make: MakeSession) -> None:
    folder = trained(client, "train.cause.gpu_memory")
    (folder / name).write_text(content, encoding="utf-8")
    session, _ = make()
    session.client = client
    result = doctor_commands.doctor(session)
    session.show(result)
    assert {item.name for item in result.value.findings} == set(doctor_commands.NAMES)


@given(st.text(max_size=80))
def test_no_text_breaks_the_mending_and_mending_twice_changes_nothing_more(text: str) -> None:
    for name in ("a.bat", "a.ps1", "a.sh"):
        once = doctor.fixed_script(Path(name), text)
        assert doctor.fixed_script(Path(name), once) == once
        assert once.count("\n") == text.count("\n")
    mended = doctor.fixed_json(text)
    assert mended is None or doctor.fixed_json(mended) is None


# --- every remedy ----------------------------------------------------------------------------------------------------


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that remedies call, noted instead of carried out."""
    names: list[str] = []

    def note(name: str) -> Callable[..., Result[Any]]:
        def noted(*_: object, **__: object) -> Result[Any]:
            names.append(name)
            return Result(name)

        return noted

    monkeypatch.setattr(faces_commands, "process", note("process"))
    monkeypatch.setattr(setup_commands, "setup", note("setup"))
    monkeypatch.setattr(dataset_commands, "prepare", note("prepare"))
    monkeypatch.setattr(plan_commands, "configure", note("configure"))
    monkeypatch.setattr(unfinished_commands, "stop", note("stop"))
    return names


CALLS = {
    "engine": (("onnx",), "process"), "replan": (("seed=1",), "configure"), "threshold": (("0.75",), "process"),
    "process": ((), "process"), "prepare": ((), "prepare"), "stop": (("r1",), "stop"), "trainer": ((), "setup"),
}  # fmt: skip
WITHOUT_CLIENT = {"trainer", "scripts", "config_file"}


@pytest.mark.parametrize("action", sorted(CALLS))
def test_a_remedy_calls_its_command_once(action: Action, client: Client, make: MakeSession, called: list[str]) -> None:
    arguments, name = CALLS[action]
    doctor_commands.carry_out(make()[0], client, Remedy(action, arguments))
    assert called == [name]


@pytest.mark.parametrize("action", [action for action in ACTIONS if action not in WITHOUT_CLIENT])
def test_a_remedy_for_a_client_is_refused_where_there_is_none(action: Action, make: MakeSession, called: list[str]) -> None:
    with pytest.raises(PipelineError) as caught:
        doctor_commands.carry_out(make()[0], None, Remedy(action, ("1",)))
    assert caught.value.key == "client.none_chosen"
    assert called == []


@pytest.mark.parametrize(("action", "arguments"), [("engine", "magic"), ("threshold", "7"), ("threshold", "-1")])
def test_a_setting_that_is_none_is_refused_and_the_client_stays_as_it_was(
    action: Action, arguments: str, client: Client, make: MakeSession
) -> None:
    before = client.info_file.read_bytes()
    session, _ = make()
    with pytest.raises(PipelineError):
        doctor_commands.carry_out(session, client, Remedy(action, (arguments,)))
    assert client.info_file.read_bytes() == before


def test_stopping_a_run_that_is_not_there_is_an_error_that_says_so(client: Client, make: MakeSession) -> None:
    with pytest.raises(PipelineError):
        doctor_commands.carry_out(make()[0], client, Remedy("stop", ("20200101-000000",)))


def test_nothing_to_mend_writes_nothing(
    client: Client, make: MakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "PROGRAM_DIR", tmp_path)
    session, _ = make()
    script = client.training / "a.bat"
    script.write_bytes(b"python x.py ^\r\n --y\r\n")
    assert doctor_commands.carry_out(session, client, Remedy("scripts")).value == {"mended": []}
    assert sorted(path.name for path in client.training.glob("a.bat*")) == ["a.bat"]
    session.config_file.write_text('{"language": "es"}', encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        doctor_commands.carry_out(session, None, Remedy("config_file"))
    assert caught.value.key == "doctor.nothing_to_fix"
    assert not (tmp_path / "config.json.bak").exists()


# --- one remedy of several by name -----------------------------------------------------------------------------------


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> list[Remedy]:
    """A finding with two remedies, and one with none; what is carried out is noted."""
    carried: list[Remedy] = []
    findings = [
        Finding("faces", "attention", Text("doctor.faces.none_yet"), (Remedy("threshold", ("0.75",)), Remedy("review"))),
        Finding("nan", "ready", Text("doctor.nan.ok")),
    ]
    monkeypatch.setattr(doctor_commands, "examine", lambda *_: findings)

    def carry_out(_: object, __: object, remedy: Remedy) -> Result[Any]:
        carried.append(remedy)
        return Result(None)

    monkeypatch.setattr(doctor_commands, "carry_out", carry_out)
    return carried


@pytest.mark.parametrize(
    ("fix", "action"), [("faces", "threshold"), ("faces.threshold", "threshold"), ("faces.review", "review")]
)
def test_each_of_several_remedies_is_taken_by_its_name(
    fix: str, action: str, client: Client, make: MakeSession, two: list[Remedy]
) -> None:
    doctor_commands.doctor(make()[0], "ana", fix=fix)
    assert [remedy.action for remedy in two] == [action]


@pytest.mark.parametrize("fix", ["nan", "nan.replan", "faces.stop", "faces.", "x", ".review", "faces.review.x"])
def test_a_remedy_that_is_not_offered_is_refused(fix: str, client: Client, make: MakeSession, two: list[Remedy]) -> None:
    if fix == "faces.":  # nothing after the point: the first one
        doctor_commands.doctor(make()[0], "ana", fix=fix)
        assert two == [Remedy("threshold", ("0.75",))]
        return
    with pytest.raises(PipelineError) as caught:
        doctor_commands.doctor(make()[0], "ana", fix=fix)
    assert (caught.value.key, two) == ("doctor.nothing_to_fix", [])


def test_the_command_shown_for_each_remedy_is_one_that_the_command_line_takes(client: Client, make: MakeSession) -> None:
    session, _ = make()
    for name, actions in doctor_commands.ACTIONS.items():
        remedies = tuple(Remedy(action) for action in actions)  # type: ignore[arg-type]
        found = Finding(name, "attention", Text("doctor.nan.ok"), remedies)
        lines = [doctor_commands.command_line(session, client, found, remedy) for remedy in remedies]
        assert len(set(lines)) == len(lines)
        for line in lines:
            arguments = line.partition("avatar_pipeline.py ")[2].replace('"', "").split(" ")
            parsed = build_parser("en").parse_args(arguments)
            assert parsed.command.name in {"doctor", "setup", "review"}


def test_every_action_belongs_to_a_point_and_every_point_can_be_named() -> None:
    assert set(itertools.chain(*doctor_commands.ACTIONS.values())) == set(ACTIONS)
    assert len(doctor_commands.FIXES) == len(set(doctor_commands.FIXES))
    assert set(doctor_commands.NAMES) < set(doctor_commands.FIXES)


# --- the menu --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["²", "-1", "9" * 5000, "1.0", "x", "٣٣"])
def test_what_is_no_number_of_the_list_is_asked_again(typed: str, make: MakeSession) -> None:
    session, ui = make(typed, "")
    assert terminal_doctor._number(session, [f"line {n}" for n in range(2)]) == 0
    assert not ui.answers


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_question_mark_explains_the_list_of_remedies_and_asks_again(make: MakeSession, language: str) -> None:
    session, ui = make("?", "2", language=language)
    assert terminal_doctor._number(session, [f"line {n}" for n in range(2)]) == 2
    assert ui.shown[0] == ui.shown[2] == session.text("doctor.ask", last=2)
    assert ui.shown[1] == session.text("question.doctor")


def test_the_review_is_walked_from_the_doctor_and_the_findings_come_again(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(client, ONE, "a.png")
    add(client, drawn(), "b.png")
    run(client)
    walked: list[Session] = []
    monkeypatch.setattr(review, "walk", walked.append)
    monkeypatch.setattr(doctor_commands, "examine", lambda *_: [doctor.check_faces(client.records(), Settings())])
    session, ui = make("1", "0")
    session.client = client
    terminal_doctor.walk(session)
    assert walked == [session]
    assert ui.text.count("revisar las imágenes rechazadas") == 2


def test_the_gravest_remedies_come_first() -> None:
    findings = [
        Finding("a", "ready", Text("k"), (Remedy("review"),)), Finding("b", "attention", Text("k"), (Remedy("prepare"),)),
        Finding("c", "blocked", Text("k"), (Remedy("stop"), Remedy("process"))),
    ]  # fmt: skip
    assert [remedy.action for _, remedy in doctor_commands.remedies(findings)] == ["stop", "process", "prepare", "review"]


def test_the_json_of_the_command_can_be_read_back(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    planned(client)
    trained(client, "train.cause.gpu_memory", values={"step": 1, "total": 2, "detail": "x", "code": 1, "log": "l"})
    assert command_line.main(["--clients-dir", str(client.folder.parent), "--json", "doctor", "ana"]) == 1
    told = json.loads(capsys.readouterr().out)
    said = told["result"]
    assert (told["ok"], told["error"]["key"]) == (False, "doctor.training.failed")  # the gravest, of the table's first row
    (memory,) = [item for item in said["findings"] if item["name"] == "memory"]
    assert memory["remedies"][0]["action"] == "replan"
    assert said["verdict"] == "blocked"


def test_a_remedy_says_what_it_would_do() -> None:
    said = doctor_commands.remedy_say(Remedy("replan", ("a=1", "b=2")))
    assert isinstance(said, Text)
    assert "a: 1, b: 2" in words(said, "en")


def test_the_finding_of_a_plan_names_the_run_it_comes_from(client: Client, tmp_path: Path) -> None:
    utils.write_json(client.plan_file, {"plan": PLAN})
    trained(client, "train.cause.nan", nan_step=2)
    assert finding(examined(client, tmp_path), "nan").text.values["run"] == "20260101-000000"
