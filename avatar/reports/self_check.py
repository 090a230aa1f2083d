"""Whether this computer has what the program needs: each finding says what is missing and how to get it. Changes nothing.

TensorFlow and other large libraries are looked up by their metadata only; importing them takes seconds.
"""

from __future__ import annotations

import contextlib
import csv
import importlib.metadata
import os
import re
import secrets
import shutil
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from avatar.system import child
from avatar.system.gpu import GIB
from avatar.system.requirements import read_requirements, version_fits
from avatar.texts.text import Finding, Text
from config import TrainerConfig

if TYPE_CHECKING:
    from avatar.system.gpu import Card


PYTHON_RANGE = ((3, 10), (3, 13))  # of the wheels of TensorFlow and rawpy
ADVISED_DISK_GB = 50  # [user] base model 7, trainer's environment 8, runs and pictures the rest
NEEDED_DISK_GB = 2  # below, not even the pictures of one client fit
ADVISED_MEMORY_GIB = 15  # [trainer] what the system shows of 16 GB; loading SDXL was measured to take 9-14 GB
GIT_TIMEOUT_S = 10.0  # [choice] to say its version; the first start after that of the computer takes some seconds
LONGEST_SAID = 200  # [choice] characters of what a git that does not work says: one row of a table
LONG_PATH = 108  # [measured] of Windows' 260, less a client's name of 30, its folder and the longest name of an original


def check_program(
    program_dir: Path, clients_dir: Path, trainer: TrainerConfig | None = None, *, cards: Sequence[Card] | None = None
) -> list[Finding]:
    """Check Python, dependencies, disk, memory, folders, graphics card, git, and the trainer.

    cards  the graphics cards; None: this computer is asked
    """
    return [
        check_python(sys.version_info[:2], sys.maxsize > 2**32),
        *check_requirements(program_dir / "requirements.txt"),
        check_weights(),
        check_disk(clients_dir),
        check_memory(),
        *(check_writable(name, folder) for name, folder in (("clients", clients_dir), ("program", program_dir))),
        *check_paths(clients_dir, os.environ, windows=os.name == "nt"),
        check_gpu(_cards() if cards is None else cards),
        check_git(shutil.which("git")),
        check_trainer(trainer or TrainerConfig()),
    ]


# --- Python and its packages -----------------------------------------------------------------------------------------


def check_python(version: tuple[int, int], is_64_bit: bool) -> Finding:
    """Python 3.10 to 3.13 of 64 bits: for others the dependencies have no wheels."""
    values = {"version": f"{version[0]}.{version[1]}", "bits": 64 if is_64_bit else 32, "path": sys.executable}
    if not is_64_bit or version < PYTHON_RANGE[0]:
        return Finding("python", "blocked", Text("setup.python_bad", values))
    if version > PYTHON_RANGE[1]:
        return Finding("python", "attention", Text("setup.python_new", values))
    return Finding("python", "ready", Text("setup.python_good", values))


def check_requirements(file: Path) -> list[Finding]:
    """Check each requirement: installed in its range, its code there. Those fulfilled share one finding."""
    missing: list[str] = []
    broken: list[str] = []
    wrong: list[str] = []
    n = 0
    for name, wanted in read_requirements(file):
        n += 1
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
            continue
        found = package.version
        if not _has_code(package):
            broken.append(name)
            continue
        if not version_fits(found, wanted):
            wrong.append(f"{name} {found} ({wanted})")
    values = {"command": _install_command(file)}
    checks = []
    if missing:
        checks.append(Finding("packages", "blocked", Text("setup.packages_missing", {**values, "names": ", ".join(missing)})))
    if broken:
        told = {"names": ", ".join(broken), "command": _install_command(file, broken)}
        checks.append(Finding("packages", "blocked", Text("setup.packages_missing", told)))
    if wrong:
        checks.append(Finding("packages", "attention", Text("setup.packages_wrong", {**values, "names": ", ".join(wrong)})))
    if n == 0:
        checks.append(Finding("packages", "attention", Text("setup.packages_unknown", {"path": str(file)})))
    return checks or [Finding("packages", "ready", Text("setup.packages_good", {"n": n}))]


def check_weights() -> Finding:
    """The weights by which faces are compared: there, and the known ones; whose they are is said with it."""
    from avatar.faces import weights

    missing = weights.missing_package()
    if missing:
        return Finding("weights", "attention", Text("setup.weights_missing", {"package": missing}))
    for file in (weights.SFACE, weights.YUNET):
        problem = weights.problem_of(file)
        if problem is not None:
            return Finding("weights", "attention", Text("setup.weights_wrong", problem.values))
    return Finding("weights", "ready", Text("setup.weights_good", {"package": weights.PACKAGE}))


def _has_code(package: importlib.metadata.Distribution) -> bool:
    """Return whether a package's code is there, by one file of its largest folder: metadata outlive a deleted folder."""
    listed = csv.reader((package.read_text("RECORD") or "").splitlines())  # Distribution.files leaves out what is gone
    files = [PurePosixPath(row[0]) for row in listed if row]
    code = [file for file in files if file.suffix in {".py", ".so", ".pyd"} and ".." not in file.parts]
    folders = Counter(file.parts[0] for file in code)
    first = min(code, key=lambda file: (-folders[file.parts[0]], len(file.parts), str(file)), default=None)
    return first is None or Path(str(package.locate_file(str(first)))).exists()


def _install_command(file: Path, broken: Sequence[str] = ()) -> str:
    """Return the command that installs the requirements into this interpreter, or what pip wrongly believes to be there."""
    what = ["--force-reinstall", "--no-deps", *broken] if broken else ["-r", str(file)]
    return child.as_typed([sys.executable, "-m", "pip", "install", *what])


# --- the computer ----------------------------------------------------------------------------------------------------


def check_disk(folder: Path, free_gb: float | None = None) -> Finding:
    """Check the free space of the disk of folder, which need not exist yet."""
    if free_gb is None:
        free_gb = shutil.disk_usage(_nearest_existing(folder)).free / 1e9
    values = {"free_gb": free_gb, "advised_gb": ADVISED_DISK_GB, "path": str(folder)}
    if free_gb < NEEDED_DISK_GB:
        return Finding("disk", "blocked", Text("setup.disk_full", values))
    if free_gb < ADVISED_DISK_GB:
        return Finding("disk", "attention", Text("setup.disk_small", values))
    return Finding("disk", "ready", Text("setup.disk_good", values))


def _nearest_existing(folder: Path) -> Path:
    return next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path())


def check_memory(total_gib: float | None = None) -> Finding:
    """Check the computer's memory: the trainer loads the whole of SDXL into it before moving it to the card."""
    if total_gib is None:
        try:
            import psutil
        except ImportError:
            return Finding("memory", "attention", Text("setup.memory_unknown", {"advised_gib": ADVISED_MEMORY_GIB}))
        total_gib = psutil.virtual_memory().total / GIB
    values = {"total_gib": total_gib, "advised_gib": ADVISED_MEMORY_GIB}
    if total_gib < 0.95 * ADVISED_MEMORY_GIB:  # a graphics chip of the processor takes a part of it
        return Finding("memory", "attention", Text("setup.memory_small", values))
    return Finding("memory", "ready", Text("setup.memory_good", values))


def check_writable(name: str, folder: Path) -> Finding:
    """Check that a folder, or its nearest existing parent, is writable; the test file is removed."""
    place = _nearest_existing(folder)
    probe = place / f".probe-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(b"probe")
    except OSError as error:
        return Finding(name, "blocked", Text("setup.not_writable", {"path": str(folder), "detail": str(error)}))
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
    return Finding(name, "ready", Text("setup.writable", {"path": str(folder)}))


def check_paths(folder: Path, environment: Mapping[str, str], *, windows: bool) -> list[Finding]:
    """Find folders that are synchronised (locked files, pictures in the cloud) and, on Windows, long paths."""
    checks = []
    path = str(folder.absolute())
    roots = [value for name, value in environment.items() if name.lower().startswith("onedrive") and value]
    synchronised = any(Path(path.lower()).is_relative_to(root.lower()) for root in roots)  # "sync-old" is not in "sync"
    if synchronised or re.search(r"[\\/](?:onedrive|dropbox|google drive|icloud)[^\\/]*(?:[\\/]|$)", path, re.IGNORECASE):
        checks.append(Finding("path", "attention", Text("setup.path_synchronised", {"path": path})))
    if windows and len(path) > LONG_PATH:
        checks.append(Finding("path", "attention", Text("setup.path_long", {"path": path, "n": len(path), "limit": LONG_PATH})))
    return checks


def _cards() -> Sequence[Card]:
    from avatar.system import gpu

    return gpu.cards()


def check_gpu(cards: Sequence[Card]) -> Finding:
    """Check for an NVIDIA card: without one, everything but training works."""
    if not cards:
        return Finding("gpu", "attention", Text("setup.gpu_none"))
    best = max(cards, key=lambda card: card.total_gib)
    values = {"name": best.name, "total_gib": best.total_gib, "free_gib": best.free_gib, "n": len(cards)}
    return Finding("gpu", "ready", Text("setup.gpu_shared" if best.shared else "setup.gpu_found", values))


def check_git(path: str | None) -> Finding:
    """Check for git, and that it starts: it downloads the trainer; nothing else needs it."""
    if path is None:
        return Finding("git", "attention", Text("setup.git_missing"))
    code, said = child.run_quiet([path, "--version"], timeout_s=GIT_TIMEOUT_S)
    if code != 0:
        detail = " / ".join(said.split("\n")).strip(" /")[:LONGEST_SAID] or f"exit {code}"
        return Finding("git", "attention", Text("setup.git_broken", {"path": path, "detail": detail}))
    return Finding("git", "ready", Text("setup.git_found", {"path": path}))


def check_trainer(trainer: TrainerConfig) -> Finding:
    """Check the clone of sd-scripts and its environment: complete, and at which commit."""
    from avatar.trainer import location

    folder = location.trainer_folder(trainer)
    state = location.installed(trainer, folder)
    values: dict[str, object] = {"path": str(folder), "revision": (state.revision or "?")[:8], "wanted": trainer.revision[:8]}
    if not state.has_script:
        return Finding("trainer", "attention", Text("setup.trainer_missing", values))
    if not state.complete:
        return Finding("trainer", "attention", Text("setup.trainer_unfinished", values))
    pinned = re.fullmatch(r"[0-9a-f]{7,40}", trainer.revision)  # a branch's or tag's name says nothing about the commit
    if pinned and state.revision and not state.revision.startswith(trainer.revision):
        return Finding("trainer", "attention", Text("setup.trainer_other", values))
    return Finding("trainer", "ready", Text("setup.trainer_found" if state.revision else "setup.trainer_there", values))
