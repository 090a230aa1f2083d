"""Deleted for good, whatever happened before, meanwhile or after; renamed without a loss."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import config
import utils
from avatar.commands import clients
from avatar.commands.session import Session
from avatar.system import process_tree
from avatar.terminal import command_line
from avatar.texts.text import PipelineError
from avatar.training import queue
from avatar.workspace.client import Client
from avatar.workspace.workspace import Deleted, Workspace
from tests.children import child_command
from tests.scripted import MakeSession
from tests.stages.test_data_preprocessor import photo

PRIVATE = {"name": "Ana Peña", "consent": "signed on paper, 3 May", "trigger": "ohwx_ana"}


@pytest.fixture
def trainer(client: Client) -> Iterator[subprocess.Popen[bytes]]:
    """A trainer of the client that a killed program left."""
    run = client.runs / "20260101-000000"
    run.mkdir()
    words = [str(run / "train.py"), "--output_dir", str(run)]
    (run / "train.py").write_text("import time; time.sleep(60)", encoding="utf-8")
    child = subprocess.Popen([sys.executable, *words])
    utils.write_json(run / "command.json", {"command": [sys.executable, *words], "started": time.time()})
    utils.write_json(run / "process.json", {"pid": child.pid, "born": process_tree.start_time(child.pid)})
    yield child
    child.kill()
    child.wait()


@pytest.mark.parametrize(
    "command",
    [lambda one: clients.client_delete(one, "ana", "ana"), lambda one: clients.client_rename(one, "ana", "eva")],
)  # fmt: skip
def test_a_client_whose_trainer_lives_is_neither_deleted_nor_renamed(
    make: MakeSession, client: Client, trainer: subprocess.Popen[bytes], command: Callable[[Session], object]
) -> None:
    """It would make the folder anew, with the person's LoRA in it, or lose the finished model."""
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        command(session)
    assert (caught.value.key, caught.value.values["pid"]) == ("client.training", trainer.pid)
    assert client.folder.is_dir() and trainer.poll() is None
    trainer.kill()
    trainer.wait()
    command(session)
    assert not client.folder.exists()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """The command line, with a real log."""
    import logging

    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setattr(config, "CONFIG_FILE", tmp_path / "config.json")
    root = logging.getLogger()
    before, level = root.handlers[:], root.level

    def run(*arguments: str) -> int:
        try:
            return command_line.main(["--clients-dir", str(tmp_path / "clients"), *arguments])
        finally:
            for handler in root.handlers[len(before) :]:
                root.removeHandler(handler)
                handler.close()

    yield run
    root.setLevel(level)


def traces(folder: Path, *words: str) -> list[str]:
    """Return the files below folder that name one of these words, in their path or in their bytes."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found += [f"{path}: {word}" for word in words if word in path.name or word.encode() in content]
    return found


def test_after_a_deletion_nothing_in_log_queue_or_clients_names_the_person(
    program: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    given = tmp_path.parent / f"given_{tmp_path.name}"
    given.mkdir(exist_ok=True)
    photo(given / "boda de Ana.jpg")
    (given / "carta para Ana.jpg").write_bytes(b"no picture")
    new = [f"--{name}={word}" for name, word in PRIVATE.items()]
    assert program("client", "new", "maria", *new) == 0
    assert program("import-real", "maria", str(given)) == 0
    program("prompt", "maria", "real_0000000000000000", "an old wedding in Vigo")
    assert program("queue", "add", "maria") == 0
    assert program("process", "nobody") == 1
    assert program("status", "MARIA") == 0
    assert program("client", "rename", "maria", "clara") == 0
    assert [entry.client for entry in queue.read(tmp_path / "clients")] == ["clara"]
    log = tmp_path / "logs" / "avatar_pipeline.log"
    assert "carta para Ana" in log.read_text(encoding="utf-8")
    assert "signed" not in log.read_text(encoding="utf-8") and "Vigo" not in log.read_text(encoding="utf-8")
    assert program("client", "delete", "clara", "--confirm", "clara") == 0
    words = ("maria", "clara", "Ana", "boda", "signed", "ohwx", "Vigo")
    assert traces(tmp_path, *words) == []
    assert "nobody" in log.read_text(encoding="utf-8")
    assert program("client", "list") == 0
    assert traces(tmp_path, *words) == []
    assert "clara" in capsys.readouterr().out


def delete_and_die(clients_dir: str, log: str) -> None:
    """Be killed once the client is out of the workspace and before its pictures are deleted."""
    from tests.scripted import ScriptedUi

    Deleted.remove = lambda self: os._exit(9)  # type: ignore[method-assign]
    session = Session(ScriptedUi(), workspace=Workspace(Path(clients_dir)), log_file=Path(log))
    clients.client_delete(session, "ana", "ana")


def test_a_deletion_that_was_killed_is_finished_at_the_next_start(
    program: Callable[..., int], client: Client, workspace: Workspace, tmp_path: Path
) -> None:  # fmt: skip
    (client.raw_real / "face.jpg").write_bytes(b"x")
    queue.add(workspace.folder, ["ana"])
    subprocess.run(child_command(delete_and_die, workspace.folder, tmp_path / "none.log"), check=False)
    assert [path.name for path in workspace.folder.iterdir() if path.name.startswith(".deleted-ana")]
    assert program("client", "list") == 0
    assert not traces(tmp_path, "ana", "face.jpg")


def test_a_deletion_names_the_folders_that_were_links_and_stay(make: MakeSession, client: Client, tmp_path: Path) -> None:
    client.folder.rename(tmp_path / "moved")
    client.folder.symlink_to(tmp_path / "moved", target_is_directory=True)
    session, _ = make()
    result = clients.client_delete(session, "ana", "ana")
    assert [(said.key, said.values["paths"]) for said in result.warnings] == [("client.elsewhere", str(tmp_path / "moved"))]
    assert (tmp_path / "moved" / "client.json").is_file()


def test_a_client_is_deleted_from_a_full_disk_whose_queue_can_be_written_only_then(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    session, _ = make()
    (client.raw_real / "large.png").write_bytes(bytes(1000))

    def full(folder: Path, client_id: str) -> None:
        if any(folder.rglob("large.png")):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(queue, "forget", full)
    clients.client_delete(session, "ana", "ana")
    assert list(session.workspace.folder.glob("*ana*")) == list(session.workspace.folder.glob(".deleted-*")) == []


def test_a_folder_copied_by_hand_to_a_name_no_client_can_have_is_told_with_the_name_it_needs(
    make: MakeSession, client: Client
) -> None:
    session, ui = make(language="es")
    shutil.copytree(client.folder, client.folder.parent / "ana copia ñ")
    result = clients.client_list(session)
    session.show(result)
    assert "La carpeta «ana copia ñ» tiene un cliente" in ui.text and "cambia su nombre a «ana_copia_n»" in ui.text
    with pytest.raises(PipelineError, match=r"client\.misnamed"):
        session.workspace.client("ana copia ñ")
    with pytest.raises(PipelineError, match=r"client\.bad_id"):
        session.workspace.client("otra cosa")


def test_a_renaming_on_a_full_disk_is_done_whole_and_not_half(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = make()

    def full(path: Path, value: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(utils, "write_json", full)
    assert clients.client_rename(session, "ana", "eva").error is None
    assert session.workspace.client_ids() == ["eva"]
    assert session.workspace.client("eva").info().client_id == "eva"
