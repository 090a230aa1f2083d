"""The dashboard as a process: found by a second one, stopped from there, started again where it was."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import config
from avatar.commands import dashboard as dashboard_command
from avatar.commands.session import Serving, Session
from avatar.system import process_tree
from avatar.terminal import command_line, menus
from avatar.texts.text import PipelineError, Text
from avatar.web import running
from avatar.web.running import Running
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.children import child_command
from tests.scripted import MakeSession, ScriptedUi

WAIT_S = 30.0


class Waiting(Running):
    """Says when it has begun to wait: from then on Ctrl+C ends it well."""

    def wait(self, session: Session) -> None:
        print("waiting", flush=True)
        super().wait(session)


def serve(folder: str, name: str) -> None:
    """Run the command in a process of its own, as `dashboard --json` does; its clients and its config.json are in folder."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background of a shell
    session = Session(ScriptedUi(), workspace=Workspace(Path(folder) / "clients"), config_file=Path(folder) / "config.json")
    session.pages = Waiting()
    result = dashboard_command.dashboard(session, name or None, port=free_port())
    print(json.dumps(result.value), flush=True)
    assert result.afterwards is not None
    result.afterwards()
    print("ended", flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def session(make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session with a dashboard of its own, on ports that no other test takes."""
    monkeypatch.setattr(running, "PORT", free_port())
    made, _ = make()
    made.pages = Running()
    yield made
    with contextlib.suppress(PipelineError):
        made.pages.stop(made)


def again(session: Session) -> Session:
    """The same clients in another program."""
    return dataclasses.replace(session, pages=Running())


def status_of(address: str) -> int:
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
        return int(answer.status)


def test_it_is_started_told_and_stopped(session: Session) -> None:
    assert session.pages is not None
    result = dashboard_command.dashboard(session, "ana", stay=False)
    address = result.value["address"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[0-9a-f]{32}/client/ana/", address)
    assert result.value["pid"] == os.getpid() and result.afterwards is None
    assert status_of(address) == 200
    found = session.pages.find(session)
    assert found is not None and found.own
    with pytest.MonkeyPatch.context() as patch:  # as another program sees this one
        patch.setattr(os, "getpid", lambda: 1)
        seen = dashboard_command.dashboard(again(session), None)
    assert seen.value["pid"] == found.pid and seen.blocks[-1] == Text("web.ends_with_other", {"pid": found.pid})
    assert dashboard_command.dashboard(session, None, stop=True).value == {"stopped": True}
    with pytest.raises(OSError):
        status_of(address)
    assert session.pages.find(session) is None
    assert dashboard_command.dashboard(session, None, stop=True).value == {"stopped": False}


def test_its_note_is_for_this_user_alone_and_holds_128_bits_that_nobody_can_guess(session: Session) -> None:
    assert session.pages is not None
    session.pages.start(session)
    file = running.note_file(session)
    note = running.read_note(file)
    assert note is not None and len(bytes.fromhex(note.token)) == 16
    assert file.name == "dashboard.json" and file.parent.name == "state"
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    session.pages.stop(session)
    file.unlink()
    session.pages.start(session)
    other = running.read_note(file)
    assert other is not None and other.token != note.token


def test_started_again_it_has_the_port_and_token_of_before_so_that_open_pages_heal(session: Session) -> None:
    assert session.pages is not None
    first = session.pages.start(session)
    session.pages.stop(session)
    assert again(session).pages is not None
    assert session.pages.start(session).address == first.address


def test_a_note_of_long_ago_gives_another_token(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.pages is not None
    first = session.pages.start(session)
    session.pages.stop(session)
    monkeypatch.setattr(running, "KEPT_S", -1)
    assert session.pages.start(session).address.rpartition("/")[0][-32:] != first.address.rpartition("/")[0][-32:]


def test_a_taken_port_is_passed_over_and_one_that_was_asked_for_is_told(session: Session) -> None:
    assert session.pages is not None
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = int(other.getsockname()[1])
        with pytest.raises(PipelineError) as caught:
            session.pages.start(session, port=taken)
        assert caught.value.key == "web.port_taken" and caught.value.values["port"] == taken
        first = session.pages.start(session)
        session.pages.stop(session)
        port = int(first.address.split(":")[2].partition("/")[0])
        with socket.socket() as squatter:
            squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            squatter.bind(("127.0.0.1", port))
            squatter.listen()
            second = session.pages.start(session)  # another port, and so another token: the old one is not given away
    assert second.address.split("/")[3] != first.address.split("/")[3]


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "no json", '{"pid": "x"}',
                '{"pid": 1, "born": 0, "port": 0, "token": "", "written": 0, "alone": true}',
                '{"pid": 1, "born": 0, "port": 80, "token": "../../etc/passwd..", "written": 0, "alone": true}'],
)  # fmt: skip
def test_a_damaged_note_is_no_note(session: Session, content: str) -> None:
    assert session.pages is not None
    file = running.note_file(session)
    file.parent.mkdir()
    file.write_text(content)
    assert running.read_note(file) is None
    assert not session.pages.stop(session)
    assert status_of(session.pages.start(session).address) == 200


def test_other_clients_have_another_dashboard(session: Session, tmp_path: Path) -> None:
    assert session.pages is not None
    other = dataclasses.replace(session, workspace=Workspace(tmp_path / "others"))
    first, second = session.pages.start(session), session.pages.start(other)
    assert first.address != second.address
    assert session.pages.stop(other) and status_of(first.address) == 200


def test_a_process_that_got_the_number_of_a_dead_one_is_left_alone(session: Session) -> None:
    assert session.pages is not None
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        note = running.Note(other.pid, 1.0, free_port(), "0" * 32, time.time(), alone=True)
        running._write(running.note_file(session), note)
        assert session.pages.find(session) is None
        assert not session.pages.stop(session)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_server_that_does_not_answer_is_ended_only_where_its_process_does_nothing_else(session: Session) -> None:
    assert session.pages is not None
    for alone in (False, True):
        other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        try:
            born = process_tree.start_time(other.pid) or 0.0
            running._write(running.note_file(session), running.Note(other.pid, born, free_port(), "0" * 32, time.time(), alone))
            if alone:
                assert session.pages.stop(session)
                assert other.wait(WAIT_S) != 0
            else:
                with pytest.raises(PipelineError) as caught:
                    session.pages.stop(session)
                assert caught.value.key == "web.not_stopped" and other.poll() is None
        finally:
            other.kill()
            other.wait()


def test_another_process_is_found_stopped_from_here_killed_and_started_again_where_it_was(
    session: Session, tmp_path: Path
) -> None:
    assert session.pages is not None
    command = child_command(serve, tmp_path, "ana")
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        value = json.loads(process.stdout.readline())
        result = dashboard_command.dashboard(session, "ana", stay=True)
        assert result.value == value and value["pid"] == process.pid and result.afterwards is None
        assert result.blocks[-1] == Text("web.stop_it")
        assert dashboard_command.dashboard(session, None, stop=True).value == {"stopped": True}
        assert process.stdout.read() == "waiting\nended\n"
        assert process.wait(WAIT_S) == 0
    first = session.pages.start(session)
    assert first.of_client("ana") == value["address"]  # port and token of before
    session.pages.stop(session)
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        value = json.loads(process.stdout.readline())
        process.kill()
        process.wait()
    assert session.pages.find(session) is None
    assert session.pages.start(session).of_client("ana") == value["address"]


def start_and_end(folder: str) -> None:
    """Start a dashboard as a menu does, and end with it running."""
    session = Session(ScriptedUi(), workspace=Workspace(Path(folder) / "clients"), config_file=Path(folder) / "config.json")
    session.pages = Running()
    print(dashboard_command.dashboard(session, None, stay=False, port=free_port()).value["address"])
    heavy = {"numpy", "PIL", "pydantic", "cv2", "matplotlib", "tensorflow", "jinja2", "safetensors"}
    print(sorted(set(sys.modules) & (heavy | {"avatar.faces.update", "avatar.reports.stages"})))


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to one process there")
def test_ctrl_c_ends_it_well_and_one_that_a_menu_started_ends_with_its_process(session: Session, tmp_path: Path) -> None:
    with subprocess.Popen(child_command(serve, tmp_path, "ana"), stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None and process.stdout.readline()
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().strip() == "ended"
        assert process.wait(WAIT_S) == 0
    note = running.read_note(running.note_file(session))
    assert note is not None and note.pid == 0
    done = subprocess.run(
        child_command(start_and_end, tmp_path), capture_output=True, encoding="utf-8", timeout=WAIT_S, check=True
    )
    assert done.stderr == "" and done.stdout.startswith("http://127.0.0.1:")
    note = running.read_note(running.note_file(session))
    assert note is not None and note.pid == 0 and note.address == done.stdout.split("\n")[0]
    assert done.stdout.split("\n")[1] == "[]"  # it stands before the libraries of the pages are loaded


def test_two_programs_that_start_at_once_share_one(session: Session, tmp_path: Path) -> None:
    command = child_command(serve, tmp_path, "")
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") for _ in range(2)]
    try:
        told = [json.loads(process.stdout.readline()) for process in both if process.stdout]
        assert told[0] == told[1] and {process.pid for process in both} > {told[0]["pid"]}
    finally:
        for process in both:
            process.kill()
            process.communicate()


def test_the_line_of_the_main_menu_starts_it_and_shows_the_address(session: Session) -> None:
    ui = session.ui
    assert isinstance(ui, ScriptedUi) and session.pages is not None
    (line,) = [choice for choice in menus.choices_of("main") if choice.label == "menu.dashboard"]
    line.handler(session)
    found = session.pages.find(session)
    assert found is not None and found.own and found.address in ui.text
    ui.answers += ["", "cerrar"]
    line.handler(session)
    assert ui.text.count(found.address) == 2
    line.handler(session)
    assert session.pages.find(session) is None and "El tablero se ha cerrado." in ui.text


def test_the_command_line_tells_its_object_and_goes_on_serving(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = []

    class Recorded(Running):
        def wait(self, session: Session) -> None:
            order.append(json.loads(capsys.readouterr().out)["result"])
            raise KeyboardInterrupt

    monkeypatch.setattr(config, "CONFIG_FILE", tmp_path / "config.json")
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    code = command_line.main(["--clients-dir", str(tmp_path / "clients"), "--json", "dashboard", "ana"], pages=Recorded())
    assert code == 0
    (told,) = order
    assert told["pid"] == os.getpid() and told["address"].endswith("/client/ana/")
    log = "".join(path.read_text() for path in (tmp_path / "logs").iterdir())
    assert "dashboard" in log and told["address"].split("/")[3] not in log


def test_a_training_is_never_lost_to_the_page_and_a_script_gets_none(session: Session, client: Client) -> None:
    ui = session.ui
    assert isinstance(ui, ScriptedUi) and session.pages is not None
    dashboard_command.beside_training(session, client)
    assert ui.shown == [] and session.pages.find(session) is None  # nobody sits there
    ui.interactive = True
    dashboard_command.beside_training(session, client)
    found = session.pages.find(session)
    assert found is not None and ui.text.endswith(found.of_client("ana", "training"))

    class Broken(Running):
        def start(self, session: Session, *, port: int | None = None, alone: bool = False) -> Serving:
            raise RuntimeError

    ui.shown.clear()
    dashboard_command.beside_training(dataclasses.replace(session, pages=Broken()), client)
    assert ui.shown == []
    session.config_file.write_text('{"dashboard": {"with_training": false}}')
    dashboard_command.beside_training(session, client)
    assert ui.shown == []


def test_the_address_is_on_no_command_line_when_a_browser_is_opened(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    import webbrowser

    opened: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(opened.append(url)) or True)  # type: ignore[func-returns-value]
    assert session.pages is not None
    serving = session.pages.start(session)
    assert session.pages.open(session, serving, "ana")
    (url,) = opened
    file = running.note_file(session).with_suffix(".html")
    assert url == file.absolute().as_uri() and serving.of_client("ana") in file.read_text()
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    session.pages.stop(session)
    assert not file.exists()
    if sys.platform == "linux":
        monkeypatch.delenv("DISPLAY")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        assert not session.pages.open(session, serving, "ana")
