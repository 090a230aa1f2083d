"""Nothing leaves the computer: the usual commands run where every packet, and every file outside the workspace, is seen."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.children import child_command
from tests.places import ROOT

COMMANDS = (
    ("client", "new", "ana", "--trigger", "ohwx"),
    ("import-mj", "ana", "{mj}"),
    ("import-real", "ana", "{real}"),
    ("process", "ana", "--workers", "2"),
    ("prepare", "ana"),
    ("report", "ana"),
    ("client", "export", "ana", "{out}"),
)
LOOKED_UP_S = 3.0  # [measured] onnxruntime 1.32 looks its host up in the first second after the import
# Every address, those of name servers too, leads to loopback, where all of it can be read.
NAMESPACE = ("unshare", "-r", "-n", "sh", "-c", 'ip link set lo up && ip route add default dev lo && exec "$@"', "sh")


def _namespaces_allowed() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


needs_namespace = pytest.mark.skipif(not _namespaces_allowed(), reason="no network namespace (unshare -rn, ip) allowed here")


def run_watched(seen: str, commands: str) -> None:
    """Run commands one after another and write every packet that anybody in this network namespace sent meanwhile to a file.

    commands  JSON: a list of lists of words. Ends with the first that fails.
    """
    packets: list[str] = []
    sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0003))  # ETH_P_ALL
    threading.Thread(target=_note, args=(sniffer, packets), daemon=True).start()
    for command in json.loads(commands):
        packets.append(" ".join(command))
        subprocess.run(command, stdin=subprocess.DEVNULL, check=True)
    time.sleep(LOOKED_UP_S)  # once: whom a command left behind is watched while the others work, too
    Path(seen).write_text(json.dumps(packets), encoding="utf-8")


def _note(sniffer: socket.socket, packets: list[str]) -> None:
    while True:
        data, address = sniffer.recvfrom(2048)
        if address[2] == socket.PACKET_OUTGOING:
            packets.append(data.decode("ascii", "backslashreplace"))


@dataclass(frozen=True)
class Computer:
    """A home, a folder for temporary files, a current folder, and the program; nothing else may be written."""

    home: Path
    temporary: Path
    here: Path
    program: Path
    clients: Path

    def environment(self) -> dict[str, str]:
        names = ("PATH", "LANG", "SYSTEMROOT", "RES_OPTIONS")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return {**kept, "HOME": str(self.home), "TMPDIR": str(self.temporary)}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(self.program / "avatar_pipeline.py"), "--clients-dir", str(self.clients), *words]

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.here, env=self.environment(), capture_output=True, encoding="utf-8",
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    def strays(self) -> list[str]:
        folders = (self.home, self.temporary)
        return sorted(str(path) for folder in folders for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    for name in ("home", "tmp", "here"):
        (tmp_path / name).mkdir()
    program = tmp_path / "program"
    shutil.copytree(ROOT / "avatar", program / "avatar", ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.glob("*.py"):
        shutil.copy(path, program)
    return Computer(tmp_path / "home", tmp_path / "tmp", tmp_path / "here", program, tmp_path / "clients")


@pytest.fixture
def few_pictures(demo_folders: tuple[Path, Path], tmp_path: Path) -> dict[str, str]:
    """Three pictures of each source: two workers get work."""
    folders = {}
    for name, folder in zip(("mj", "real"), demo_folders, strict=True):
        target = tmp_path / "given" / name
        target.mkdir(parents=True)
        for path in sorted(folder.iterdir())[:3]:
            shutil.copy(path, target)
        folders[name] = str(target)
    return {**folders, "out": str(tmp_path / "given" / "ana.zip")}


def watch(computer: Computer, tmp_path: Path, commands: list[list[str]]) -> list[str]:
    """Run commands in a namespace; return what was run and the packets sent, in the order of time."""
    seen = tmp_path / "packets.json"
    done = computer.run([*NAMESPACE, *child_command(run_watched, seen, json.dumps(commands))])
    assert done.returncode == 0, done.stdout + done.stderr
    told: list[str] = json.loads(seen.read_text(encoding="utf-8"))
    return told


@needs_namespace
def test_the_watch_sees_a_look_up_of_a_name(computer: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = "import socket\ntry: socket.gethostbyname('somebody.example')\nexcept OSError: pass"
    monkeypatch.setenv("RES_OPTIONS", "timeout:1 attempts:1")  # nobody answers
    command = [sys.executable, "-c", ask]
    first, *packets = watch(computer, tmp_path, [command])
    assert first == " ".join(command) and "somebody" in " ".join(packets)


@needs_namespace
def test_no_command_looks_up_a_name_or_sends_a_packet_or_writes_outside_the_workspace(
    computer: Computer, few_pictures: dict[str, str], tmp_path: Path
) -> None:  # fmt: skip
    commands = [computer.command(*(word.format(**few_pictures) for word in words)) for words in COMMANDS]
    assert watch(computer, tmp_path, commands) == [" ".join(command) for command in commands]
    assert computer.strays() == [] and list(computer.here.iterdir()) == []
    assert sorted(path.name for path in (computer.program / "logs").iterdir()) == ["avatar_pipeline.log", "cache"]
    # Nor may anybody else read what was written: crops, log and zip.
    folders = (computer.clients, computer.program / "logs")
    written = [*folders, *(path for folder in folders for path in folder.rglob("*")), Path(few_pictures["out"])]
    assert [str(path) for path in written if path.stat().st_mode & 0o077] == []


# What Python, the workers and their libraries import first; one that is missing here is looked for in the current folder last.
SHADOWS = (
    "json", "hashlib", "logging", "numpy", "joblib", "PIL", "cv2", "onnx", "onnxruntime", "psutil", "multiprocessing", "pickle",
    "argparse", "signal", "threading", "tempfile", "rich", "pydantic", "filelock", "tqdm", "matplotlib", "jinja2", "utils",
    "config", "avatar", "sitecustomize", "isal", "pillow_heif",
)  # fmt: skip


def lay_traps(folder: Path, mark: Path) -> None:
    trap = f"open({str(mark)!r}, 'a').write(__name__ + chr(10))\nraise SystemExit('code of the current folder was run')\n"
    for name in SHADOWS:
        (folder / f"{name}.py").write_text(trap, encoding="utf-8")


@pytest.mark.parametrize("python_310", [False, True])
def test_no_module_of_the_current_folder_is_run(
    computer: Computer, few_pictures: dict[str, str], tmp_path: Path, python_310: bool
) -> None:  # fmt: skip
    mark = tmp_path / "run.txt"
    lay_traps(computer.here, mark)
    if python_310:  # it does not know PYTHONSAFEPATH
        file = computer.program / "avatar" / "system" / "environment.py"
        told = file.read_text(encoding="utf-8")
        assert 'os.environ["PYTHONSAFEPATH"]' in told
        file.write_text(told.replace('os.environ["PYTHONSAFEPATH"]', 'os.environ["OTHER"]'), encoding="utf-8")
    for words in COMMANDS:
        done = computer.run(computer.command(*(word.format(**few_pictures) for word in words)))
        assert not mark.exists(), mark.read_text(encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_program_finds_itself_where_python_keeps_the_scripts_folder_off_the_path(computer: Computer) -> None:
    done = subprocess.run(
        computer.command("client", "list"), cwd=computer.here, env={**computer.environment(), "PYTHONSAFEPATH": "1"},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
