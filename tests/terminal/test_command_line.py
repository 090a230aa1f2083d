"""The command line: one JSON object, exit codes, languages, streams of old consoles."""

from __future__ import annotations

import atexit
import json
import os
import re
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import config
import utils
from avatar.commands import captions as captions_commands
from avatar.commands import clients as clients_commands
from avatar.commands import dataset as dataset_commands
from avatar.commands import faces as faces_commands
from avatar.commands import monitor as monitor_commands
from avatar.commands import plan as plan_commands
from avatar.commands import review as review_commands
from avatar.commands import training as training_commands
from avatar.commands.all_commands import COMMANDS
from avatar.commands.command import CLIENT, Command
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.system import program
from avatar.terminal import command_line, streams
from avatar.texts.text import PipelineError, Text
from tests.children import child_command
from tests.places import ROOT
from tests.stages.test_data_preprocessor import photo


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the log and the saved language of the checkout out of it."""
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setattr(config, "CONFIG_FILE", tmp_path / "config.json")
    start = staticmethod(lambda folder, level, client_id: folder / "avatar_pipeline.log")
    monkeypatch.setattr(utils.PipelineLogger, "start", start)


def run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, *arguments: str, commands: Sequence[Command] = COMMANDS
) -> tuple[int, dict[str, Any]]:
    code = command_line.main(["--clients-dir", str(tmp_path / "clients"), "--json", *arguments], commands)
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


def test_a_check_that_ends_blocked_is_exit_1_with_the_reason_and_the_command_it_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "TRAINER_DIR", tmp_path / "no trainer")
    run(capsys, tmp_path, "client", "new", "ana", "--trigger", "ohwx", "--class", "woman")
    code, answer = run(capsys, tmp_path, "train", "ana", "--dry-run")
    assert (code, answer["ok"], answer["error"]["key"]) == (1, False, "preflight.script_missing")
    assert "no trainer" in answer["error"]["message"]
    assert {"command", "plan", "preflight", "lines"} <= set(answer["result"])


def test_a_whole_way_that_ends_blocked_is_exit_1_and_keeps_what_its_stages_brought(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "TRAINER_DIR", tmp_path / "no trainer")
    monkeypatch.setattr(faces_commands, "process", lambda *_, **__: Result(None))
    monkeypatch.setattr(dataset_commands, "prepare", lambda *_, **__: Result(None))
    code, answer = run(capsys, tmp_path, "run", "ana", "--gpu", "cpu")
    assert (code, answer["ok"], answer["error"]["key"]) == (1, False, "preflight.script_missing")
    assert {"command", "plan", "preflight"} <= set(answer["result"]["stages"]["check"])


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


@pytest.mark.parametrize(
    ("arguments", "why"),
    [(["import-mj"], "faltan estos argumentos: ID, RUTA"),
     (["configure", "ana", "--gpu"], "argumento --gpu: falta su valor"),
     (["review", "ana", "--bogus"], "argumentos que no existen: --bogus"),
     (["captions", "ana", "--replace", "a"], "argumento --replace: lleva 2 valores"),
     (["captions", "ana", "--add", "a", "--undo"], "argumento --undo: no puede ir junto con --add"),
     (["status", "ana", "--json=3"], "argumento --json: no lleva ningún valor, y '3' sobra"),
     (["process", "ana", "--workers", "dos"], "argumento --workers: 'dos' (1, 2, 3 …)"),
     (["process", "ana", "--workers", "-1"], "argumento --workers: '-1' (1, 2, 3 …)")],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_usage_is_told_in_spanish_down_to_what_python_says_of_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], why: str
) -> None:
    assert command_line.main(["--lang", "es", "--clients-dir", str(tmp_path), *arguments]) == 2
    shown = capsys.readouterr().err
    assert why in shown
    assert f"uso: {program.start_line()}" in shown
    assert not re.search(r"usage:|expected|argument |invalid|required|choose", shown)


def test_help_is_in_the_language_asked_for_also_after_the_other_one(capsys: pytest.CaptureFixture[str]) -> None:
    shown = {}
    for language in ("es", "en", "es"):
        with pytest.raises(SystemExit) as left:
            command_line.main(["--lang", language, "--help"])
        assert left.value.code == 0
        shown[language] = capsys.readouterr().out
    assert re.findall(r"^(\w+):", shown["es"], re.M) == ["uso", "comandos", "opciones"]
    assert shown["en"].startswith("usage: ")
    assert "muestra esta ayuda y termina" in shown["es"]


def test_an_option_may_stand_before_or_after_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = str(tmp_path / "clients")
    assert command_line.main(["client", "new", "ana", "--clients-dir", folder, "--json", "--lang", "es"]) == 0
    assert command_line.main(["--clients-dir", folder, "--json", "client", "show", "ana"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["ok"] for answer in answers] == [True, True]


def test_a_bug_is_exit_3_and_names_the_log(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Command(name="client list", run=lambda session: 1 / 0)  # type: ignore[arg-type, return-value]
    code, answer = run(capsys, tmp_path, "client", "list", commands=[broken])
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
    def fail(session: Session) -> Result[Any]:
        raise raised

    found, answer = run(capsys, tmp_path, "client", "list", commands=[Command(name="client list", run=fail)])
    assert (found, answer["error"]["key"]) == (code, key)


def test_a_command_that_ends_without_success_gives_result_and_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        clients_commands,
        "status",
        lambda session, client: Result({"n": 1}, error=Text("client.none_chosen"), warnings=[Text("menu.bye")]),
    )
    code, answer = run(capsys, tmp_path, "status")
    assert (code, answer["result"], answer["error"]["key"]) == (1, {"n": 1}, "client.none_chosen")
    assert answer["warnings"] == [{"key": "menu.bye", "values": {}, "message": "See you soon."}]


def test_a_training_stopped_by_ctrl_c_is_exit_130(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = Result({"cancelled": True}, error=Text("command.interrupted"), interrupted=True)
    monkeypatch.setattr(training_commands, "train", lambda session, client, resume: ended)
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
    assert streams.first_language([]) == "en"
    (tmp_path / "config.json").write_text('{"language": "es"}', encoding="utf-8")
    assert streams.first_language([]) == "es"
    monkeypatch.setenv("AVATAR_LANG", "en")
    assert streams.first_language([]) == "en"
    assert streams.first_language(["--lang=es"]) == streams.first_language(["x", "--lang", "es"]) == "es"
    monkeypatch.delenv("AVATAR_LANG")
    (tmp_path / "config.json").write_text("broken", encoding="utf-8")
    assert streams.first_language([]) == "en"


@pytest.mark.parametrize(
    ("argv", "named"),
    [([], ""), (["--json"], ""), (["--lang", "es", "--clients-dir", "D", "--log-level", "info", "status", "ana"], "status"),
     (["client", "new", "ana"], "client new"), (["queue", "--json", "add", "ana"], "queue add"), (["queue"], "queue"),
     (["--clients-dir=D", "process", "client"], "process"), (["--lang"], "")],
)  # fmt: skip
def test_a_command_is_named_in_the_answer_even_where_it_could_not_be_understood(argv: list[str], named: str) -> None:
    assert command_line.command_words(argv) == named


@pytest.mark.parametrize(
    "argv",
    [["captions", "ana", "--apply"], ["review", "ana", "--undo", "--approve", "1"], ["review", "ana", "--face", "=2"],
     ["review", "ana", "--face", "mj_1=x"], ["doctor", "--fix", "faces", "--bundle", "x.zip"], ["doctor", "--fix", "nonsense"],
     ["captions", "ana", "--add", "x", "--remove", "y"],
     ["captions", "ana", "--add", "x", "--all"], ["captions", "ana", "--agree"], ["models", "ana", "--take", "0"],
     ["process", "ana", "--workers", "x"],
     ["queue", "add"], ["language", "fr"]],
    ids=lambda value: " ".join(value),
)  # fmt: skip
def test_options_that_do_not_go_together_are_wrong_usage_and_change_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, argv: list[str]
) -> None:
    run(capsys, tmp_path, "client", "new", "ana")
    before = sorted(tmp_path.rglob("*"))
    code, answer = run(capsys, tmp_path, *argv)
    assert (code, answer["error"]["key"]) == (2, "usage.wrong")
    assert "usage: " in answer["error"]["message"] or "argument --" in answer["error"]["message"]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("argv", "change"),
    [([], ()), (["--set", "img", "a text"], ("set", "img", "a text")), (["--replace", "a", ""], ("replace", "a", "")),
     (["--add", "x"], ("add", "x")), (["--remove", "x"], ("remove", "x")),
     (["--undo"], ("undo",))],
)  # fmt: skip
@pytest.mark.parametrize("apply", [False, True])
def test_each_change_of_captions_reaches_its_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str],
    change: tuple[str, ...], apply: bool,
) -> None:  # fmt: skip
    given: list[object] = []

    def captions(session: Session, client: str, *, change: tuple[str, ...], apply: bool, of: str | None) -> Result[Any]:
        given.extend((client, change, apply))
        return Result({})

    monkeypatch.setattr(captions_commands, "captions", captions)
    code, _ = run(capsys, tmp_path, "captions", "ana", *argv, *(["--apply"] if apply else []))
    if apply and not change:
        assert (code, given) == (2, [])
    else:
        assert (code, given) == (0, ["ana", change, apply])


@pytest.mark.parametrize(
    ("argv", "called"),
    [(["monitor", "ana"], ("monitor", "")), (["monitor", "ana", "--adopt"], ("monitor", "adopt")),
     (["monitor", "ana", "--stop"], ("monitor", "stop")), (["monitor", "ana", "--tensorboard"], ("tensorboard", True)),
     (["train", "ana"], ("train", False)), (["train", "ana", "--resume"], ("train", True)),
     (["train", "ana", "--dry-run"], ("dry_run", None)), (["train", "ana", "--dry-run", "--resume"], ("dry_run", None))],
)  # fmt: skip
def test_what_a_training_is_asked_for_reaches_its_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str],
    called: tuple[str, object],
) -> None:  # fmt: skip
    noted: list[tuple[str, object]] = []

    def note(name: str, option: str) -> Callable[..., Result[Any]]:
        def noted_call(session: Session, client: str, **given: object) -> Result[Any]:
            assert client == "ana"
            noted.append((name, given.get(option)))
            return Result({})

        return noted_call

    monkeypatch.setattr(monitor_commands, "monitor", note("monitor", "take"))
    monkeypatch.setattr(monitor_commands, "tensorboard", note("tensorboard", "wait"))
    monkeypatch.setattr(training_commands, "train", note("train", "resume"))
    monkeypatch.setattr(plan_commands, "dry_run", note("dry_run", ""))
    assert run(capsys, tmp_path, *argv)[0] == 0
    assert noted == [called]


def test_a_face_is_chosen_by_picture_and_number(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []

    def review(session: Session, client: str, **values: object) -> Result[Any]:
        given.append(values["face"])
        return Result({})

    monkeypatch.setattr(review_commands, "review", review)
    run(capsys, tmp_path, "review", "ana", "--face", "mj_0123456789abcdef=2")
    run(capsys, tmp_path, "review", "ana", "--face", "a=b=3")
    run(capsys, tmp_path, "review", "ana")
    assert given == [("mj_0123456789abcdef", 2), ("a=b", 3), None]


def test_a_result_in_words_and_its_error_go_to_different_streams(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = ["--clients-dir", str(tmp_path / "clients"), "--lang", "es"]
    assert command_line.main([*folder, "client", "list"]) == 0
    assert capsys.readouterr() == ("Todavía no hay clientes.\n", "")
    assert command_line.main([*folder, "client", "show", "nadie"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and "No hay ningún cliente «nadie»." in shown.err


# --- as a child, the way a person and a script start it --------------------------------------------------------------


def child(
    *arguments: str, stdin: str = "", encoding: str = "utf-8", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(ROOT / "avatar_pipeline.py"), *arguments], input=stdin.encode(encoding), capture_output=True,
        timeout=120, check=False, cwd=Path.home(), env={**os.environ, **(environment or {})},
    )  # fmt: skip


def test_a_whole_sitting_in_spanish_from_another_folder(tmp_path: Path) -> None:
    answers = "99\n2\n1\nana\nohwx\nmujer\n\n3\n1\n9999\n0\n0\n"
    done = child("--lang", "es", "--clients-dir", str(tmp_path / "mis clientes ñ"), stdin=answers)
    text = done.stdout.decode("utf-8")
    assert done.returncode == 0, done.stderr
    assert "Cliente «ana» creado" in text
    assert "CLIENTE ana" in text
    assert text.rstrip().endswith("Hasta pronto.")
    assert "Traceback" not in text and b"Traceback" not in done.stderr
    assert (tmp_path / "mis clientes ñ" / "ana" / "client.json").is_file()


def test_a_console_of_windows_code_page_1252_gets_no_traceback(tmp_path: Path) -> None:
    done = child(
        "--lang", "es", "--clients-dir", str(tmp_path), stdin="2\n1\nJosé ✓\njose\n\n\n\n0\n", encoding="utf-8",
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
    script = str(ROOT / "avatar_pipeline.py")
    done = subprocess.run(  # -S: a Python without any package of its environment
        [sys.executable, "-S", script], capture_output=True, encoding="utf-8", check=False, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 1
    assert "filelock, packaging, pydantic, rich" in done.stderr
    assert f'pip install -r "{ROOT / "requirements.txt"}"' in done.stderr
    assert "Traceback" not in done.stderr


def interrupted(when: str, *arguments: str) -> None:
    """Be the program, with a Ctrl+C while it loads or when it has told all."""

    def ctrl_c() -> list[str]:
        os.kill(os.getpid(), signal.SIGINT)
        return []

    if when == "load":
        program.missing_at_start = lambda names=(): ctrl_c()
    else:
        atexit.register(ctrl_c)
    sys.argv = ["avatar_pipeline.py", *arguments]
    runpy.run_path(str(ROOT / "avatar_pipeline.py"), run_name="__main__")


@pytest.mark.skipif(sys.platform == "win32", reason="no signal to send oneself")
@pytest.mark.parametrize(("when", "code"), [("load", 130), ("end", 0)])
def test_ctrl_c_before_and_after_the_work_leaves_no_traceback_and_a_plain_exit_code(
    tmp_path: Path, when: str, code: int
) -> None:
    command = child_command(interrupted, when, "--clients-dir", tmp_path, "--lang", "en", "client", "list")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout == ("" if when == "load" else "There are no clients yet.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="no shell to close them")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize(("command", "code"), [("status", 0), ("client list --json", 0), ("client show nobody", 1), ("", 0)])
def test_a_stream_that_is_closed_is_no_bug(tmp_path: Path, command: str, code: int, closed: str) -> None:
    start = f'"{sys.executable}" "{ROOT / "avatar_pipeline.py"}" {command}'
    arguments = "" if not command else f'--clients-dir "{tmp_path}"'
    done = subprocess.run(
        ["sh", "-c", f"{start} {arguments} {closed}"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == code and b"Traceback" not in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="names are UTF-16 there")
@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"}])
def test_a_system_that_takes_names_for_ascii_can_be_worked_with(tmp_path: Path, locale: dict[str, str]) -> None:
    photo(tmp_path / "in" / "x.png").rename(tmp_path / "in" / "José 日本.png")
    environment = {**locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    start = ("--clients-dir", str(tmp_path / "mis clientes ñ"), "--json")
    made = json.loads(child(*start, "client", "new", "ana", "--name", "José", environment=environment).stdout)
    assert made["result"]["display_name"] == "José"
    done = child(*start, "import-real", "ana", str(tmp_path / "in"), environment=environment)
    assert done.returncode == 0 and len(json.loads(done.stdout)["result"]["added"]) == 1


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


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("configure ana --gpu gtx1650_4gb", "configure ana --set try_anyway=true"),
        ("configure ana --gpu rtx3060_12gb --set clip_skip=2", "configure ana --unset clip_skip"),
    ],
)
def test_what_a_command_about_a_client_tells_to_type_names_that_client(
    command: str, told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "TRAINER_DIR", tmp_path / "no trainer")
    run(capsys, tmp_path, "client", "new", "ana", "--trigger", "ohwx", "--class", "woman")
    folder = str(tmp_path / "clients")
    for words in (command.split(), [*command.split(), "--json"]):
        command_line.main(["--lang", "en", "--clients-dir", folder, *words])
        shown = " ".join("".join(capsys.readouterr()).split())
        assert told in shown
        assert not re.search(r"avatar_pipeline\.py[^']* ID\b", shown), shown


def test_an_error_of_a_command_about_a_client_tells_the_commands_of_that_client(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(session: Session, client_id: str) -> Result[None]:
        raise PipelineError("image.not_in_dataset", image="real_1")

    commands = [Command(name="captions", run=fail, arguments=(CLIENT,))]
    _, answer = run(capsys, tmp_path, "--lang", "en", "captions", "ana", commands=commands)
    assert "captions ana'" in answer["error"]["message"] and "review ana'" in answer["error"]["message"]
    assert answer["error"]["values"] == {"image": "real_1"}
    command_line.main(["--lang", "en", "--clients-dir", str(tmp_path / "clients"), "captions", "ana"], commands)
    assert "review ana'" in " ".join(capsys.readouterr().err.split())
