"""The copies in a server's folder: whole or not there, ours alone taken away, those of others and of kept ones left."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from avatar.generate import lora_folder
from avatar.generate.backend import BackendError, LoraFile
from avatar.generate.lora_folder import NOTE, PART, file_name, lent, remove_leftovers
from tests.children import child_command
from tests.generate.drawing import lora, told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "loras"
    made.mkdir()
    return made


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def refusal(folder: Path, model: LoraFile) -> str:
    with pytest.raises(BackendError) as refused, lent(folder, [model], keep=False):
        pass
    return told(refused.value)


def dead_note() -> str:
    """A note of a program that was killed: its number may be another's by now."""
    return json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "born": 1.0})


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
@pytest.mark.parametrize(("of_folder", "of_file"), [(0o755, 0o644), (0o700, 0o600)])
def test_whoever_reads_the_folder_can_read_the_copy(folder: Path, tmp_path: Path, of_folder: int, of_file: int) -> None:
    model = lora(tmp_path)
    folder.chmod(of_folder)
    before = os.umask(0o077)
    try:
        with lent(folder, [model], keep=False):
            assert (folder / file_name(model)).stat().st_mode & 0o777 == of_file
    finally:
        os.umask(before)


def test_no_server_ever_sees_a_half_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, seen = lora(tmp_path), list[list[str]]()
    copy = lora_folder._copy

    def looking(model: LoraFile, part: Path) -> None:
        copy(model, part)
        seen.append([one.name for one in folder.iterdir() if one.suffix == ".safetensors"])

    monkeypatch.setattr(lora_folder, "_copy", looking)
    with lent(folder, [model], keep=False):
        assert (folder / file_name(model)).read_bytes() == model.path.read_bytes()
    assert seen == [[]]
    assert names(folder) == []


@pytest.mark.parametrize(
    ("number", "key"),
    [(errno.ENOSPC, "server.lora_folder_full"), (errno.EACCES, "server.lora_folder_refuses")],
)
def test_no_room_or_no_permission_is_told_and_nothing_is_left(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, key: str
) -> None:
    def fails(model: LoraFile, part: Path) -> None:
        part.write_bytes(b"half")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(lora_folder, "_copy", fails)
    assert refusal(folder, lora(tmp_path)) == key
    assert names(folder) == []


def test_a_ctrl_c_while_it_copies_leaves_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(model: LoraFile, part: Path) -> None:
        part.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(lora_folder, "_copy", pressed)
    with pytest.raises(KeyboardInterrupt), lent(folder, [lora(tmp_path)], keep=False):
        pass
    assert names(folder) == []


def test_somebody_elses_file_of_that_name_is_neither_used_nor_removed(folder: Path, tmp_path: Path) -> None:
    model = lora(tmp_path)
    (folder / file_name(model)).write_bytes(b"theirs")
    (folder / (file_name(model) + NOTE)).write_text(dead_note(), encoding="utf-8")
    assert refusal(folder, model) == "server.name_taken"
    assert (folder / file_name(model)).read_bytes() == b"theirs"


def test_a_copy_that_the_user_kept_is_used_and_stays(folder: Path, tmp_path: Path) -> None:
    model = lora(tmp_path)
    with lent(folder, [model], keep=True):
        pass
    with lent(folder, [model], keep=False):
        pass
    assert names(folder) == [file_name(model)]


def hold(folder: str, source: str, sha256: str) -> None:
    """Have a model in a folder until standard input ends."""
    with lent(Path(folder), [LoraFile(name="1", path=Path(source), sha256=sha256)], keep=False):
        print("held", flush=True)
        sys.stdin.read()


def started(folder: Path, model: LoraFile) -> subprocess.Popen[str]:
    command = child_command(hold, folder, model.path, model.sha256)
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_a_copy_of_a_program_at_work_is_shared_and_that_of_a_killed_one_removed(folder: Path, tmp_path: Path) -> None:
    model = lora(tmp_path)
    child = started(folder, model)
    with lent(folder, [model], keep=False):
        assert remove_leftovers(folder) == []
    assert names(folder) == [file_name(model), file_name(model) + NOTE], "the other one still draws with it"
    child.kill()
    child.communicate()
    assert remove_leftovers(folder) == [file_name(model)]
    assert names(folder) == []


def test_a_program_that_ends_takes_its_copy_away(folder: Path, tmp_path: Path) -> None:
    child = started(folder, lora(tmp_path))
    child.communicate("")
    assert names(folder) == []


def test_two_servers_of_one_folder_share_the_copy_until_the_last_is_through(folder: Path, tmp_path: Path) -> None:
    model = lora(tmp_path)
    first, second = lent(folder, [model], keep=False), lent(folder, [model], keep=False)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert (folder / file_name(model)).is_file()
    second.__exit__(None, None, None)
    assert names(folder) == []


def test_a_half_copy_of_a_killed_program_is_removed(folder: Path, tmp_path: Path) -> None:
    name = file_name(lora(tmp_path))
    (folder / (name + PART)).write_bytes(b"half")
    (folder / (name + NOTE)).write_text(dead_note(), encoding="utf-8")
    assert remove_leftovers(folder) == [name]
    assert names(folder) == []


@pytest.mark.parametrize("note", ["{", "[]", "{}", '{"host": 1}', json.dumps({"host": "another", "pid": 1, "born": 1.0})])
def test_only_a_note_from_another_computer_is_left_alone(folder: Path, tmp_path: Path, note: str) -> None:
    name = file_name(lora(tmp_path))
    (folder / (name + NOTE)).write_text(note, encoding="utf-8")
    elsewhere = "another" in note or '"host": 1' in note
    assert remove_leftovers(folder) == ([] if elsewhere else [name])


def test_names_that_lead_out_of_the_folder_are_nobodys(folder: Path) -> None:
    (folder / f"avatar_..{NOTE}").write_text(dead_note(), encoding="utf-8")
    (folder / f"avatar_0123456789.ckpt{NOTE}").write_text(dead_note(), encoding="utf-8")
    assert remove_leftovers(folder) == []


def test_what_cannot_be_removed_is_left_for_the_next_time(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = lora(tmp_path)
    unlink = Path.unlink

    def held_open(path: Path, missing_ok: bool = False) -> None:
        if path.name == file_name(model):
            raise PermissionError(errno.EACCES, "it is open")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", held_open)
    with lent(folder, [model], keep=False):
        pass
    monkeypatch.setattr(Path, "unlink", unlink)
    assert names(folder) == [file_name(model), file_name(model) + NOTE]
    monkeypatch.setattr("avatar.system.process_tree.is_running", lambda pid, born: False)
    assert remove_leftovers(folder) == [file_name(model)]
