"""The benchmark that kills every command has a case for each, finds nothing wrong, and would find it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from avatar.commands.all_commands import COMMANDS
from avatar.workspace.workspace import Workspace
from benchmarks import kills
from tests.places import BENCHMARKS
from tests.tiny_png import PNG

READ_ONLY = {"client list", "client show", "dashboard", "presets", "queue list"}


def test_every_command_that_writes_has_a_case() -> None:
    assert {command.name for command in COMMANDS if command.only_reads} == READ_ONLY
    assert kills.without_case() == []


@pytest.mark.skipif(sys.platform == "win32", reason="fork")
@pytest.mark.timeout(300)
def test_a_few_kills_leave_nothing_wrong() -> None:
    killed = ("client delete", "client rename")
    command = [sys.executable, str(BENCHMARKS / "kills.py"), "--kills", "12", "--only", *killed]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    *_, delete, rename, last = done.stdout.splitlines()
    assert last == "kills: 0 inconsistencies, 0 leftovers after 12 kills", done.stdout + done.stderr
    assert [int(row.split()[2]) >= 4 for row in (delete, rename)] == [True, True], done.stdout


def test_no_kills_are_refused() -> None:
    with pytest.raises(SystemExit):
        kills.main(["--kills", "0"])


def test_what_is_half_written_or_left_over_is_found(tmp_path: Path) -> None:
    client = Workspace(tmp_path / "clients").create("ana")
    (tmp_path / "out").mkdir()
    assert kills.broken(tmp_path) == kills.left_over(tmp_path) == []
    (client.processed / "a.png").write_bytes(PNG[:-20])
    (client.models / "m.safetensors").write_bytes(b"half")
    (client.output / "x.json").write_text('{"half": ', encoding="utf-8")
    (client.images / "mj_0000000000000001.json").write_text("{}", encoding="utf-8")
    (tmp_path / "out" / "ana.zip").write_bytes(b"PK half")
    found = " ".join(kills.broken(tmp_path))
    assert all(name in found for name in ("a.png", "m.safetensors", "x.json", "record", "ana.zip")), found
    for name in (".x.png.1a-deadbeef.tmp", ".y.json.1a-deadbeef.tmp", ".lock.json"):
        (client.output / name).write_bytes(b"")
    (tmp_path / "clients" / ".deleted-eva-1").mkdir()
    assert len(kills.left_over(tmp_path)) == 4


def test_names_of_runs_are_no_difference(tmp_path: Path) -> None:
    for place, run in (("a", "20260101-010203"), ("b", "20260101-010204-2")):
        folder = tmp_path / place / "clients" / "ana"
        folder.mkdir(parents=True)
        (folder / f"loss_{run}.png").write_bytes(PNG)
    assert kills.files_of(tmp_path / "a") == kills.files_of(tmp_path / "b") != frozenset()
