"""The command line: one JSON object, exit codes, languages, streams of old consoles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cli
import commands
import config
import doctor_commands
import menus
import messages
import report_commands
import review_commands
import run_commands
import training_commands
import utils
import whole_way
from session import Result, Say, Session
from tests.scripted import ScriptedUi
from tests.test_data_preprocessor import photo
from utils import PipelineError

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the log and the saved language of the checkout out of it."""
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setattr(config, "CONFIG_FILE", tmp_path / "config.json")
    monkeypatch.setattr(utils.PipelineLogger, "start", staticmethod(lambda folder, level: folder / "avatar_pipeline.log"))


def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = cli.main(["--clients-dir", str(tmp_path / "clients"), "--json", *arguments])
    out = capsys.readouterr().out
    assert out.count("\n") == 1, out
    answer: dict[str, Any] = json.loads(out)
    assert list(answer) == ["ok", "command", "client", "result", "warnings", "error"]
    assert answer["ok"] is (code == 0)
    return code, answer


def test_a_client_is_made_and_listed_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, answer = run(capsys, tmp_path, "client", "new", "ana", "--trigger", "ohwx", "--class", "woman", "--name", "Ana Peña")
    assert (code, answer["command"], answer["client"]) == (0, "client new", "ana")
    assert answer["result"]["trigger_word"] == "ohwx"
    assert answer["result"]["display_name"] == "Ana Peña"
    code, answer = run(capsys, tmp_path, "client", "list")
    assert [entry["client_id"] for entry in answer["result"]["clients"]] == ["ana"]


def test_a_users_problem_is_exit_1_with_key_and_text_in_the_language(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, answer = run(capsys, tmp_path, "--lang", "es", "client", "show", "nadie")
    assert (code, answer["command"], answer["client"]) == (1, "client show", "nadie")
    assert answer["error"]["key"] == "client.unknown"
    assert answer["error"]["values"]["client"] == "nadie"
    assert answer["error"]["message"].startswith("No hay ningún cliente «nadie».")


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["client"], ["client", "new"], ["process", "ana", "--workers", "0"], ["train", "ana", "--dry"],
     ["configure", "ana", "--preset", "slow"], ["review", "ana", "--face", "x"], ["status", "--lang", "fr"]],
    ids=lambda value: " ".join(value),
)  # fmt: skip
def test_wrong_usage_is_exit_2_and_still_json(capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]) -> None:
    code, answer = run(capsys, tmp_path, *arguments)
    assert (code, answer["error"]["key"]) == (2, "usage.wrong")
    assert answer["command"] == " ".join(arguments[: 2 if arguments[0] == "client" else 1])


def test_an_option_may_stand_before_or_after_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = str(tmp_path / "clients")
    assert cli.main(["client", "new", "ana", "--clients-dir", folder, "--json", "--lang", "es"]) == 0
    assert cli.main(["--clients-dir", folder, "--json", "client", "show", "ana"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["ok"] for answer in answers] == [True, True]


def test_a_bug_is_exit_3_and_names_the_log(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "client_list", lambda session: 1 / 0)
    code, answer = run(capsys, tmp_path, "client", "list")
    assert (code, answer["error"]["key"]) == (3, "command.bug")
    assert answer["error"]["values"]["log"].endswith("avatar_pipeline.log")


@pytest.mark.parametrize(
    ("raised", "code", "key"),
    [
        (KeyboardInterrupt(), 130, "command.interrupted"),
        (OSError(28, "No space left on device"), 1, "system.disk_full"),
        (PermissionError(13, "Permission denied", "C:\\x"), 1, "system.error"),
        (PipelineError("client.none_chosen"), 1, "client.none_chosen"),
    ],
)
def test_each_end_has_its_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int,
    key: str,
) -> None:  # fmt: skip
    def fail(session: Session) -> Result:
        raise raised

    monkeypatch.setattr(commands, "client_list", fail)
    found, answer = run(capsys, tmp_path, "client", "list")
    assert (found, answer["error"]["key"]) == (code, key)


def test_a_command_that_ends_without_success_gives_result_and_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        commands,
        "status",
        lambda session, client: Result({"n": 1}, error=Say("client.none_chosen"), warnings=[Say("menu.bye")]),
    )
    code, answer = run(capsys, tmp_path, "status")
    assert (code, answer["result"], answer["error"]["key"]) == (1, {"n": 1}, "client.none_chosen")
    assert answer["warnings"] == [{"key": "menu.bye", "values": {}, "message": "See you soon."}]


def test_a_training_stopped_by_ctrl_c_is_exit_130(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = Result({"cancelled": True}, error=Say("command.interrupted"), interrupted=True)
    monkeypatch.setattr(run_commands, "train", lambda session, client, resume: ended)
    code, answer = run(capsys, tmp_path, "train", "ana")
    assert (code, answer["ok"], answer["result"]) == (130, False, {"cancelled": True})


def test_deletion_from_a_script_needs_the_id_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run(capsys, tmp_path, "client", "new", "ana")
    code, answer = run(capsys, tmp_path, "client", "delete", "ana", "--confirm", "an")
    assert (code, answer["error"]["key"]) == (1, "client.not_confirmed")
    assert (tmp_path / "clients" / "ana").is_dir()
    code, answer = run(capsys, tmp_path, "client", "delete", "ana", "--confirm", "ana")
    assert (code, answer["result"]["deleted"]) == (0, "ana")
    assert not any((tmp_path / "clients").iterdir())


def test_the_language_is_the_options_then_the_environments_then_the_saved_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert cli.first_language([]) == "en"
    (tmp_path / "config.json").write_text('{"language": "es"}', encoding="utf-8")
    assert cli.first_language([]) == "es"
    monkeypatch.setenv("AVATAR_LANG", "en")
    assert cli.first_language([]) == "en"
    assert cli.first_language(["--lang=es"]) == cli.first_language(["x", "--lang", "es"]) == "es"
    monkeypatch.delenv("AVATAR_LANG")
    (tmp_path / "config.json").write_text("broken", encoding="utf-8")
    assert cli.first_language([]) == "en"


# --- arguments to calls ----------------------------------------------------------------------------------------------

REVIEW: dict[str, object] = {
    "approve": [],
    "reject": [],
    "clear": [],
    "face": None,
    "undo": False,
    "list_name": "all",
    "search": "",
    "page": None,
}
RUN: dict[str, object] = {
    "mj": [],
    "real": [],
    "until": None,
    "preset": None,
    "gpu": None,
    "overrides": [],
    "workers": None,
    "prompt": "",
}
CALLS: list[tuple[str, object, str, tuple[object, ...], dict[str, object]]] = [
    ("setup --trainer --revision abc --repository URL", commands, "setup", (),
     {"trainer": True, "check": False, "repository": "URL", "revision": "abc"}),
    ("setup --check", commands, "setup", (), {"trainer": False, "check": True, "repository": None, "revision": None}),
    ("language en", commands, "set_language", ("en",), {}),
    ("client list", commands, "client_list", (), {}),
    ("client show ana", commands, "client_show", ("ana",), {}),
    ("client new ana", commands, "client_new", ("ana",), {"trigger": "", "class_word": "person", "name": "", "consent": ""}),
    ("client rename ana eva", commands, "client_rename", ("ana", "eva"), {}),
    ("client export ana a.zip --originals", commands, "client_export", ("ana", Path("a.zip")), {"originals": True}),
    ("client delete ana --confirm ana", commands, "client_delete", ("ana", "ana"), {}),
    ("import-mj ana a b --prompt P", commands, "import_mj", ("ana", ["a", "b"]), {"prompt": "P"}),
    ("import-real ana a", commands, "import_real", ("ana", ["a"]), {}),
    ("prompt ana", commands, "set_prompt", ("ana",), {"master": None, "group": "all", "prompt": None}),
    ("prompt ana --group 2 --text P", commands, "set_prompt", ("ana",), {"master": None, "group": "2", "prompt": "P"}),
    ("process ana", commands, "process", ("ana",), {"workers": None, "force": False, "backend": "loky", "scheduler": ""}),
    ("process ana --workers 1 --force --backend dask --scheduler tcp://x", commands, "process", ("ana",),
     {"workers": 1, "force": True, "backend": "dask", "scheduler": "tcp://x"}),
    ("review ana", review_commands, "review", ("ana",), REVIEW),
    ("review ana --approve 3,7-12 9 --reject 1", review_commands, "review", ("ana",),
     {**REVIEW, "approve": ["3,7-12", "9"], "reject": ["1"]}),
    ("review ana --face 12=2", review_commands, "review", ("ana",), {**REVIEW, "face": ("12", 2)}),
    ("review ana --undo --list refused", review_commands, "review", ("ana",), {**REVIEW, "undo": True, "list_name": "refused"}),
    ("review ana --page 2 --search ñ", review_commands, "review", ("ana",), {**REVIEW, "page": 2, "search": "ñ"}),
    ("captions ana", training_commands, "captions", ("ana",), {"change": (), "apply": False}),
    ("captions ana --set mj_1 text --apply", training_commands, "captions", ("ana",),
     {"change": ("set", "mj_1", "text"), "apply": True}),
    ("captions ana --replace a b", training_commands, "captions", ("ana",), {"change": ("replace", "a", "b"), "apply": False}),
    ("captions ana --undo --apply", training_commands, "captions", ("ana",), {"change": ("undo",), "apply": True}),
    ("captions ana --suggest tags", training_commands, "captions", ("ana",), {"change": ("suggest", "tags"), "apply": False}),
    ("prepare ana", training_commands, "prepare", ("ana",), {}),
    ("configure ana --gpu gpu_8gb --set a=1 b=2 --set c=3", training_commands, "configure", ("ana",),
     {"preset": None, "gpu": "gpu_8gb", "overrides": ["a=1", "b=2", "c=3"]}),
    ("bundle ana b.zip --preset quick", training_commands, "bundle", ("ana", Path("b.zip")), {"gpu": None, "preset": "quick"}),
    ("train ana --dry-run", training_commands, "dry_run", ("ana",), {}),
    ("train ana --dry-run --resume", training_commands, "dry_run", ("ana",), {}),
    ("train ana", run_commands, "train", ("ana",), {"resume": False}),
    ("train ana --resume", run_commands, "train", ("ana",), {"resume": True}),
    ("monitor ana", run_commands, "monitor", ("ana",), {"take": ""}),
    ("monitor ana --adopt", run_commands, "monitor", ("ana",), {"take": "adopt"}),
    ("monitor ana --stop", run_commands, "monitor", ("ana",), {"take": "stop"}),
    ("monitor ana --tensorboard", run_commands, "tensorboard", ("ana",), {"wait": True}),
    ("models ana", training_commands, "models", ("ana",), {"take": None, "clear": False}),
    ("models ana --take 250", training_commands, "models", ("ana",), {"take": 250, "clear": False}),
    ("models ana --clear", training_commands, "models", ("ana",), {"take": None, "clear": True}),
    ("report ana", report_commands, "report", ("ana",), {}),
    ("doctor", doctor_commands, "doctor", (None,), {"fix": ""}),
    ("doctor ana --fix faces.review", doctor_commands, "doctor", ("ana",), {"fix": "faces.review"}),
    ("doctor ana --bundle b.zip", doctor_commands, "bundle", ("ana", Path("b.zip")), {}),
    ("queue add ana eva", run_commands, "queue", ("add", ["ana", "eva"]), {}),
    ("queue list", run_commands, "queue", ("list",), {}),
    ("queue remove ana", run_commands, "queue", ("remove", ["ana"]), {}),
    ("queue run", run_commands, "queue_run", (), {}),
    ("run ana --mj a b --mj c --real d --until prepare --workers 3", whole_way, "run_all", ("ana",),
     {**RUN, "mj": ["a", "b", "c"], "real": ["d"], "until": "prepare", "workers": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "module", "name", "arguments", "options"), CALLS, ids=[call[0] for call in CALLS])
def test_arguments_reach_the_command_as_typed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, module: object, name: str,
    arguments: tuple[object, ...], options: dict[str, object],
) -> None:  # fmt: skip
    called: list[tuple[tuple[object, ...], dict[str, object]]] = []

    def command(session: Session, *given: object, **wishes: object) -> Result:
        wishes.pop("on_stage", None)  # how a stage is shown
        called.append((given, wishes))
        return Result({"n": 1}, client="ana")

    monkeypatch.setattr(module, name, command)
    code, answer = run(capsys, tmp_path, *line.split())
    assert called == [(arguments, options)]
    assert (code, answer["result"], answer["client"]) == (0, {"n": 1}, "ana")
    words = line.split()
    assert answer["command"] == " ".join(words[: 2 if words[0] in {"client", "queue"} else 1])


def test_every_command_of_the_program_is_among_those_that_are_called_here_or_elsewhere() -> None:
    usage = cli.build_parser("en").format_help()
    listed = {line.split()[0] for line in usage.splitlines() if line.startswith("    ") and line[4:5].isalpha()}
    assert listed - {call[0].split()[0] for call in CALLS} == {"demo", "status"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("review ana --undo --approve 1", "--undo"), ("review ana --undo --reject 1", "--undo"),
        ("review ana --undo --clear 1", "--undo"), ("review ana --undo --face 1=2", "--undo"),
        ("review ana --face 12", "'12' is not IMAGE=N"), ("review ana --face =2", "--face"),
        ("review ana --face 1=x", "--face"),
        ("captions ana --apply", "--set, --replace, --add, --remove, --suggest or --undo is missing"),
        ("captions ana --add a --remove b", "not allowed with"), ("doctor ana --bundle b.zip --fix memory", "--bundle"),
        ("process ana --workers 0", "0 < 1"), ("process ana --workers -3", "-3 < 1"),
        ("process ana --workers two", "invalid int value: 'two'"), ("models ana --take 1.5", "invalid int value: '1.5'"),
        ("run ana --until never", "invalid choice"), ("configure ana --gpu gtx", "invalid choice"),
    ],
)  # fmt: skip
def test_arguments_that_make_no_sense_are_refused_by_name_before_anything_is_done(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, line: str, told: str
) -> None:
    code, answer = run(capsys, tmp_path, *line.split())
    assert (code, answer["error"]["key"]) == (2, "usage.wrong")
    assert told in answer["error"]["values"]["detail"]
    assert "_positive" not in answer["error"]["message"]  # a name of the program's inside
    assert not (tmp_path / "clients").exists()


@pytest.mark.parametrize("typed", ["ana", "", EOFError], ids=["its name", "nothing", "end of input"])
def test_deleting_by_hand_asks_for_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str | type[BaseException]
) -> None:
    folder = str(tmp_path / "clients")
    assert cli.main(["--clients-dir", folder, "--lang", "es", "client", "new", "ana"]) == 0
    ui = ScriptedUi(typed)
    monkeypatch.setattr(cli, "TerminalUi", lambda **_: ui)
    code = cli.main(["--clients-dir", folder, "--lang", "es", "client", "delete", "ana"])
    assert ui.shown[0] == "Se borrará TODO lo de ana. Escribe su nombre para confirmarlo"
    assert (code, (tmp_path / "clients" / "ana").exists()) == ((0, False) if typed == "ana" else (1, True))


def test_an_unknown_client_is_told_before_its_name_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ui = ScriptedUi()
    monkeypatch.setattr(cli, "TerminalUi", lambda **_: ui)
    assert cli.main(["--clients-dir", str(tmp_path), "--lang", "en", "client", "delete", "nobody"]) == 1
    assert ui.shown[0].startswith("There is no client 'nobody'.")


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_help_of_every_command_is_in_the_language(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    for line in sorted({tuple(call[0].split()[: 2 if call[0].split()[0] in {"client", "queue"} else 1]) for call in CALLS}):
        with pytest.raises(SystemExit) as ended:
            cli.main(["--lang", language, *line, "--help"])
        assert ended.value.code == 0
        shown = " ".join(capsys.readouterr().out.split())
        key = "help." + "_".join(line).replace("-", "_")
        assert messages.text(key, language) in shown
        assert messages.text("help.clients_dir", language) in shown
        assert shown.startswith(f"{messages.text('help.usage', language)} avatar_pipeline.py {' '.join(line)} [")
        assert ("show this help" in shown) is (language == "en")
        assert ("positional" in shown or "options:" in shown) is (language == "en")


def test_wrong_usage_is_told_with_the_usage_of_its_command_in_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--lang", "es", "models"]) == 2
    assert "Qué hacer: uso: avatar_pipeline.py models [" in capsys.readouterr().err
    assert cli.main(["--lang", "en", "queue"]) == 2
    assert "What to do: usage: avatar_pipeline.py queue [-h] ACTION" in capsys.readouterr().err


def test_the_log_names_what_was_called(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="avatar_pipeline"):
        run(capsys, tmp_path, "client", "list")
    assert any("client list | Python 3." in message for message in caplog.messages)


def test_without_a_command_the_menus_open_in_the_language_and_folder_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Session] = []
    monkeypatch.setattr(menus, "start", opened.append)
    assert cli.main(["--lang", "en", "--clients-dir", str(tmp_path / "c"), "--plain"]) == 0
    (session,) = opened
    assert (session.language, session.plain, session.workspace.folder) == ("en", True, tmp_path / "c")


# --- streams and words -----------------------------------------------------------------------------------------------


def test_a_reader_that_stops_reading_is_no_trouble_to_be_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(session: Session) -> Result:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(commands, "client_list", gone)
    assert cli.main(["--clients-dir", str(tmp_path), "client", "list"]) == 1
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)  # then it was another pipe
    assert cli.main(["--clients-dir", str(tmp_path), "--lang", "en", "client", "list"]) == 1
    assert "Why: Broken pipe" in capsys.readouterr().err


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_behind_the_output_is_told_on_standard_error(tmp_path: Path, as_json: bool) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, str(ROOT / "avatar_pipeline.py"), "--lang", "en", *(["--json"] if as_json else []),
             "--clients-dir", str(tmp_path), "client", "list"], stdout=full, stderr=subprocess.PIPE, timeout=120, check=False,
        )  # fmt: skip
    told = done.stderr.decode("utf-8")
    assert done.returncode == 1
    assert told.splitlines()[0].endswith("The disk is full.")
    assert "Traceback" not in told


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), float("-inf")])
def test_a_loss_without_end_keeps_the_answer_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loss: float
) -> None:
    warnings = [Say("report.measure.blur", {"value": loss})]
    monkeypatch.setattr(commands, "client_list", lambda session: Result({"loss": loss}, warnings=warnings))
    code, answer = run(capsys, tmp_path, "client", "list")
    assert (code, answer["result"]) == (0, {"loss": None})
    assert answer["warnings"][0]["values"] == {"value": None}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("", ""), ("--json", ""), ("client", "client"), ("client new ana", "client new"), ("queue run", "queue run"),
        ("process ana", "process"), ("--clients-dir client process", "process"), ("--clients-dir=x --lang=es status", "status"),
        ("--log-level debug --plain train ana", "train"), ("nonsense here", "nonsense"), ("--lang", ""),
    ],
)  # fmt: skip
def test_the_command_is_known_even_where_its_arguments_are_not(line: str, name: str) -> None:
    assert cli.command_words(line.split()) == name


@pytest.mark.parametrize(
    ("arguments", "environment", "plain"),
    [
        ([], {}, False), (["--plain"], {}, True), ([], {"AVATAR_PLAIN": "1"}, True), ([], {"TERM": "dumb"}, True),
        ([], {"TERM": "xterm", "AVATAR_PLAIN": ""}, False),
    ],
)  # fmt: skip
def test_each_way_alone_makes_the_screen_plain(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], environment: dict[str, str], plain: bool
) -> None:
    for name in ("AVATAR_PLAIN", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli.wants_plain(arguments) is plain


@pytest.mark.parametrize(
    ("arguments", "variable", "language"),
    [
        (["--lang", "es"], "en", "es"), (["--lang=es", "status"], "en", "es"), (["--lang", "fr"], "es_MX.UTF-8", "es"),
        (["--lang"], "ES", "es"), (["client", "es"], "en", "en"), ([], "fr", "en"), ([], "e", "en"),
    ],
)  # fmt: skip
def test_a_language_that_is_none_is_passed_over_for_the_next_way_to_say_it(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], variable: str, language: str
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("AVATAR_LANG", variable)
    assert cli.first_language(arguments) == language


@pytest.mark.parametrize("saved", ["[]", '"es"', '{"language": 3}', '{"language": "fr"}', '{"language": null}', ""])
def test_a_saved_language_that_is_none_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, saved: str) -> None:
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    (tmp_path / "config.json").write_text(saved, encoding="utf-8")
    assert cli.first_language([]) == "es"


# --- as a child, the way a person and a script start it --------------------------------------------------------------


def child(
    *arguments: str, stdin: str = "", encoding: str = "utf-8", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(ROOT / "avatar_pipeline.py"), *arguments], input=stdin.encode(encoding), capture_output=True,
        timeout=120, check=False, cwd=Path.home(), env={**os.environ, **(environment or {})},
    )  # fmt: skip


def test_a_whole_sitting_in_spanish_from_another_folder(tmp_path: Path) -> None:
    answers = "99\n2\n1\nana\nohwx\nmujer\n\n0\n3\n1\n9999\n0\n0\n"
    done = child("--lang", "es", "--clients-dir", str(tmp_path / "mis clientes ñ"), stdin=answers)
    text = done.stdout.decode("utf-8")
    assert done.returncode == 0, done.stderr
    assert "Cliente «ana» creado" in text
    assert "Cliente: ana" in text
    assert text.rstrip().endswith("Hasta pronto.")
    assert "Traceback" not in text and b"Traceback" not in done.stderr
    assert (tmp_path / "mis clientes ñ" / "ana" / "client.json").is_file()


def test_a_console_of_windows_code_page_1252_gets_no_traceback(tmp_path: Path) -> None:
    done = child(
        "--lang", "es", "--clients-dir", str(tmp_path), stdin="2\n1\nJosé ✓\njose\n\n\n\n0\n0\n", encoding="utf-8",
        environment={"PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Gestión de clientes" in done.stdout.decode("cp1252")
    assert b"Traceback" not in done.stderr


def test_the_end_of_input_leaves_the_menus_quietly() -> None:
    done = child("--lang", "en")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("utf-8").rstrip().endswith("See you soon.")


def test_a_missing_package_is_told_with_the_command_that_installs_it(tmp_path: Path) -> None:
    program = str(ROOT / "avatar_pipeline.py")
    code = f"import runpy, sys; sys.modules['cli'] = None; runpy.run_path({program!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 1
    assert "pip install -r requirements.txt" in done.stderr
    assert f'"{sys.executable}" -m' in done.stderr  # a user's folder may have a blank in its name
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="names are no bytes there")
def test_bytes_that_are_no_letters_break_neither_a_name_nor_the_log_nor_a_path(tmp_path: Path) -> None:
    photo(tmp_path / "in" / "x.png").rename(tmp_path / "in" / "Espa\udcf1a.png")
    start = [sys.executable, str(ROOT / "avatar_pipeline.py"), "--clients-dir", str(tmp_path / "clients"), "--json"]
    environment = {**os.environ, "PYTHONUTF8": "1"}

    def run_bytes(*arguments: bytes) -> dict[str, Any]:
        done = subprocess.run([*start, *arguments], capture_output=True, env=environment, check=False)
        assert b"Traceback" not in done.stderr and b"Logging error" not in done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    assert run_bytes(b"client", b"new", b"ana", b"--name", b"Mar\xeda")["result"]["display_name"] == "Mar?a"
    assert len(run_bytes(b"import-real", b"ana", os.fsencode(tmp_path / "in" / "Espa\udcf1a.png"))["result"]["added"]) == 1
    assert run_bytes(b"client", b"new", b"mar\xeda")["error"]["key"] == "client.bad_id"
