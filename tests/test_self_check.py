"""What is missing on this computer, and that each finding says how to get it."""

from __future__ import annotations

import importlib.metadata
import shlex
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import messages
import self_check
import trainer_setup
from config import TRAINER_DIR, TrainerConfig
from gpu import Card
from self_check import (
    check_disk,
    check_git,
    check_gpu,
    check_memory,
    check_paths,
    check_program,
    check_python,
    check_requirements,
    check_trainer,
    check_writable,
    read_requirements,
    version_fits,
)
from utils import Check

ROOT = Path(__file__).resolve().parents[1]


def said(check: Check) -> str:
    """Return a finding's English text; its Spanish one must be there too."""
    messages.text(check.key, "es", **check.values)
    return messages.text(check.key, "en", **check.values)


@pytest.mark.parametrize(
    ("version", "wide", "level"),
    [((3, 10), True, "ready"), ((3, 13), True, "ready"), ((3, 9), True, "blocked"), ((3, 12), False, "blocked"),
     ((3, 14), True, "attention")],
)  # fmt: skip
def test_python_is_judged_by_version_and_bits(version: tuple[int, int], wide: bool, level: str) -> None:
    check = check_python(version, wide)
    assert check.level == level
    assert f"Python {version[0]}.{version[1]}" in said(check)


def test_requirements_are_read_with_their_ranges_and_markers(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# why\nnumpy>=1.26,<3  # pixels\nJinja2[extra]>=3\n-r other.txt\n\nonly-there>=1; sys_platform == 'amiga'\n"
        "here; python_version >= '3'\nbroken; ===\n", encoding="utf-8",
    )  # fmt: skip
    assert list(read_requirements(file)) == [("numpy", ">=1.26,<3"), ("Jinja2", ">=3"), ("here", "")]


def test_missing_and_wrong_packages_are_named_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("there>=1\nold>=2\nmissing>=1\n", encoding="utf-8")

    def version(name: str) -> str:
        if name == "missing":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.5"

    monkeypatch.setattr(importlib.metadata, "version", version)
    missing, wrong = check_requirements(file)
    assert (missing.level, missing.values["names"]) == ("blocked", "missing")
    assert (wrong.level, wrong.values["names"]) == ("attention", "old 1.5 (>=2)")
    assert "pip install -r" in said(missing)
    said(wrong)


def test_all_there_is_one_finding_and_no_file_is_another(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    assert said(check_requirements(file)[0])
    file.write_text("pytest\n", encoding="utf-8")
    assert check_requirements(file) == [Check("packages", "ready", "setup.packages_good", {"n": 1})]


@pytest.mark.parametrize(
    ("found", "wanted", "fits"), [("1.26.4", ">=1.26,<3", True), ("3.0", "<3", False), ("2.0rc1", ">=1", True),
     ("1", "nonsense", True)],
)  # fmt: skip
def test_ranges_are_obeyed_where_they_can_be_read(found: str, wanted: str, fits: bool) -> None:
    assert version_fits(found, wanted) is fits


@pytest.mark.parametrize(("free", "level"), [(1.0, "blocked"), (20.0, "attention"), (80.0, "ready")])
def test_disk_is_judged_by_what_is_free(tmp_path: Path, free: float, level: str) -> None:
    check = check_disk(tmp_path / "not" / "there" / "yet", free)
    assert check.level == level
    said(check)
    assert check_disk(tmp_path / "not" / "there" / "yet").values["free_gb"]


@pytest.mark.parametrize(("total", "level"), [(8.0, "attention"), (15.9, "ready"), (64.0, "ready")])
def test_memory_is_judged_with_what_the_system_keeps_for_itself(total: float, level: str) -> None:
    check = check_memory(total)
    assert check.level == level
    said(check)


def test_a_folder_that_is_not_there_yet_is_tried_where_it_would_be_made(tmp_path: Path) -> None:
    check = check_writable("clients", tmp_path / "a" / "b")
    assert check.level == "ready"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, data: bytes) -> int:
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "write_bytes", refused)
    check = check_writable("clients", tmp_path)
    assert check.level == "blocked"
    assert "read-only" in said(check)


def test_synchronised_and_long_paths_are_noticed() -> None:
    folder = Path("/home/ana/OneDrive - Empresa/clients")
    assert [c.key for c in check_paths(folder, {}, windows=False)] == ["setup.path_synchronised"]
    assert check_paths(Path("/data/clients"), {"OneDrive": "/other"}, windows=True) == []
    by_variable = check_paths(Path("/data/sync/clients"), {"OneDriveConsumer": "/data/sync"}, windows=True)
    assert [c.key for c in by_variable] == ["setup.path_synchronised"]
    (long,) = check_paths(Path("/" + "x" * 160), {}, windows=True)
    assert "160" in said(long) or "161" in said(long)
    assert check_paths(Path("/" + "x" * 160), {}, windows=False) == []


def test_the_largest_card_is_named_and_none_is_no_obstacle() -> None:
    cards = [Card(0, "small", 4.0, 3.0, (7, 5)), Card(1, "RTX 4090", 24.0, 20.0, (8, 9))]
    assert "RTX 4090" in said(check_gpu(cards))
    none = check_gpu([])
    assert none.level == "attention"
    assert "driver" in said(none)


def test_git_is_found_or_named_with_three_ways_to_get_it() -> None:
    assert check_git("/usr/bin/git").level == "ready"
    text = said(check_git(None))
    assert "winget" in text
    assert "apt" in text


@pytest.mark.parametrize(
    ("state", "key", "level"),
    [
        (trainer_setup.Installed(False, False, None), "setup.trainer_missing", "attention"),
        (trainer_setup.Installed(True, False, "a" * 40), "setup.trainer_unfinished", "attention"),
        (trainer_setup.Installed(True, True, "b" * 40), "setup.trainer_other", "attention"),
        (trainer_setup.Installed(True, True, "a" * 40), "setup.trainer_found", "ready"),
        (trainer_setup.Installed(True, True, None), "setup.trainer_found", "ready"),
    ],
)
def test_the_trainer_is_there_half_there_or_another(
    monkeypatch: pytest.MonkeyPatch, state: trainer_setup.Installed, key: str, level: str
) -> None:
    monkeypatch.setattr(trainer_setup, "installed", lambda trainer, folder: state)
    check = check_trainer(TrainerConfig(revision="a" * 40, folder="~/trainer"))
    assert (check.key, check.level) == (key, level)
    said(check)


def test_a_trainer_of_a_branch_is_not_called_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer_setup, "installed", lambda trainer, folder: trainer_setup.Installed(True, True, "b" * 40))
    assert check_trainer(TrainerConfig(revision="main")).level == "ready"


def test_the_whole_check_runs_here_and_every_finding_has_its_texts(tmp_path: Path) -> None:
    checks = check_program(ROOT, tmp_path / "clients", TrainerConfig(folder=str(tmp_path / "trainer")), cards=[])
    assert {check.name for check in checks} >= {"python", "packages", "disk", "memory", "clients", "gpu", "git", "trainer"}
    for check in checks:
        said(check)
    assert next(check for check in checks if check.name == "gpu").level == "attention"


def test_cards_are_asked_for_when_none_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_check, "_cards", lambda: [Card(0, "asked", 8.0, 7.0, (8, 6))])
    checks = check_program(ROOT, tmp_path)
    assert next(check for check in checks if check.name == "gpu").values["name"] == "asked"


# --- both sides of every limit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "wide"), [((3, 9), True), ((2, 7), True), ((3, 12), False), ((3, 14), False)])
def test_a_python_that_will_not_do_is_named_with_its_bits_and_where_to_get_another(
    version: tuple[int, int], wide: bool
) -> None:
    text = said(check_python(version, wide))
    assert f"{64 if wide else 32} bits" in text
    assert "winget install Python" in text
    assert "make .venv anew" in text


@pytest.mark.parametrize(
    ("free", "level"), [(1.99, "blocked"), (2.0, "attention"), (49.9, "attention"), (50.0, "ready"), (0.0, "blocked")]
)
def test_the_limits_of_the_disk_are_2_gb_to_work_and_50_gb_to_train(tmp_path: Path, free: float, level: str) -> None:
    check = check_disk(tmp_path, free)
    assert check.level == level
    assert str(tmp_path) in said(check)
    assert ("50 GB are advised" in said(check)) is (level == "attention")


@pytest.mark.parametrize(("total", "level"), [(15.19, "attention"), (15.2, "ready"), (16.0, "ready")])
def test_16_gb_are_16_gb_though_the_system_shows_a_little_less(total: float, level: str) -> None:
    assert check_memory(total).level == level


def test_without_psutil_the_memory_is_unknown_and_the_advice_is_given_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    check = check_memory()
    assert check.level == "attention"
    assert "psutil is missing" in said(check)
    assert "16 GB are advised" in said(check)


def test_the_memory_of_this_computer_is_asked_for_where_none_is_given() -> None:
    total = check_memory().values["total_gb"]
    assert isinstance(total, float)
    assert 0.1 < total < 100_000


def test_the_free_space_is_that_of_the_disk_a_new_folder_will_lie_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(free=7_500_000_000)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    assert check_disk(tmp_path / "a" / "b").values["free_gb"] == 7.5
    assert asked == [tmp_path]


# --- folders that are synchronised -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "folder", "synchronised"),
    [
        ("/data/Sync", "/data/Sync/clients", True), ("/data/Sync", "/data/Sync", True),
        ("/data/sync", "/DATA/SYNC/clients", True),
        ("/data/Sync/", "/data/Sync/clients", True), ("/data/Sync", "/data/Synchro/clients", False),
        ("/data/Sync", "/data/Sync2", False), ("/data/Sync", "/other/data/Sync", False), ("", "/data/clients", False),
    ],
)  # fmt: skip
def test_only_what_lies_in_onedrives_own_folder_is_synchronised(root: str, folder: str, synchronised: bool) -> None:
    found = check_paths(Path(folder), {"OneDriveCommercial": root}, windows=False)
    assert [check.key for check in found] == (["setup.path_synchronised"] if synchronised else [])


@pytest.mark.parametrize(
    ("folder", "synchronised"),
    [
        ("/home/ana/Dropbox/clients", True), ("/home/ana/dropbox (Personal)/c", True), ("/home/ana/Google Drive/c", True),
        ("/Users/ana/Library/iCloud~x/c", True), ("/home/ana/OneDrive", True), ("/home/ana/my-dropbox/c", False),
        ("/home/ana/clients", False),
    ],
)  # fmt: skip
def test_the_folders_of_known_clouds_are_told_by_their_names(folder: str, synchronised: bool) -> None:
    assert bool(check_paths(Path(folder), {"PATH": "/home/ana"}, windows=False)) is synchronised


def test_a_path_is_long_beyond_the_limit_and_only_on_windows() -> None:
    just = Path("/" + "x" * (self_check.LONG_PATH - 1))
    assert check_paths(just, {}, windows=True) == []
    (long,) = check_paths(Path(f"{just}y"), {}, windows=True)
    assert (long.level, long.values["n"], long.values["limit"]) == ("attention", 109, 108)
    assert check_paths(Path(f"{just}y"), {}, windows=False) == []


# --- packages --------------------------------------------------------------------------------------------------------


def requirements(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mis requisitos" / "requirements.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_the_command_that_installs_can_be_pasted_though_its_paths_have_blanks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/home/Ana Peña/.venv/bin/python")
    file = requirements(tmp_path, "surely-no-such-package>=1\n")
    (missing,) = check_requirements(file)
    command = said(missing).partition("Install them with: ")[2]
    words = shlex.split(command)
    assert words == ["/home/Ana Peña/.venv/bin/python", "-m", "pip", "install", "-r", str(file)]


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    (missing,) = check_requirements(requirements(tmp_path, "no-such-a\npytest\nno-such-b[extra]>=2 ; python_version>='3'\n"))
    assert missing.values["names"] == "no-such-a, no-such-b"


@pytest.mark.parametrize("text", ["", "# nothing\n\n", "-r other.txt\n", "x; sys_platform == 'amiga'\n"])
def test_a_list_that_names_nothing_for_this_system_says_that_it_cannot_be_told(tmp_path: Path, text: str) -> None:
    (check,) = check_requirements(requirements(tmp_path, text))
    assert (check.level, check.key) == ("attention", "setup.packages_unknown")


def test_without_packaging_nothing_is_called_missing_or_wrong_that_may_not_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("packaging.markers", "packaging.specifiers"):
        monkeypatch.setitem(sys.modules, name, None)
    file = requirements(tmp_path, "pytest>=9999\nno-such; sys_platform == 'amiga'\n")
    assert list(read_requirements(file)) == [("pytest", ">=9999")]
    assert [check.level for check in check_requirements(file)] == ["ready"]


def test_the_programs_own_requirements_are_all_read() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.lstrip().startswith(("#", "-"))]
    conditional = [line for line in wanted if ";" in line.partition("#")[0]]
    assert len(wanted) - len(conditional) <= len(list(read_requirements(ROOT / "requirements.txt"))) <= len(wanted)


# --- card, git, trainer ----------------------------------------------------------------------------------------------


def test_of_several_cards_the_one_with_most_memory_is_named_whatever_is_free() -> None:
    cards = [Card(0, "RTX 3060", 12.0, 11.5, (8, 6)), Card(1, "RTX 4090", 24.0, 1.0, (8, 9)), Card(2, "GTX", 4.0, 4.0, (7, 5))]
    text = said(check_gpu(cards))
    assert "RTX 4090, 24.0 GiB, free 1.0 GiB (cards: 3)" in text


def test_revisions_are_shown_short_and_one_that_cannot_be_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    for revision, shown in (("b" * 40, "bbbbbbbb"), (None, "?")):
        state = trainer_setup.Installed(True, True, revision)
        monkeypatch.setattr(trainer_setup, "installed", lambda trainer, folder, state=state: state)
        assert check_trainer(TrainerConfig(revision="a" * 40)).values["revision"] == shown


@pytest.mark.parametrize(
    ("wanted", "level"), [("b" * 7, "ready"), ("b" * 6, "ready"), ("a" * 7, "attention"), ("a" * 6, "ready")]
)
def test_a_revision_may_be_pinned_by_its_first_seven_digits(monkeypatch: pytest.MonkeyPatch, wanted: str, level: str) -> None:
    monkeypatch.setattr(trainer_setup, "installed", lambda trainer, folder: trainer_setup.Installed(True, True, "b" * 40))
    assert check_trainer(TrainerConfig(revision=wanted)).level == level


def test_the_trainer_is_looked_for_where_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def installed(trainer: TrainerConfig, folder: Path) -> trainer_setup.Installed:
        asked.append(folder)
        return trainer_setup.Installed(False, False, None)

    monkeypatch.setattr(trainer_setup, "installed", installed)
    check_trainer(TrainerConfig(folder="~/k"))
    check_trainer(TrainerConfig())
    assert asked == [Path.home() / "k", TRAINER_DIR]


def test_the_check_changes_nothing(tmp_path: Path) -> None:
    clients = tmp_path / "clients"
    check_program(ROOT, clients, TrainerConfig(folder=str(tmp_path / "trainer")), cards=[])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("version", "level"), [((3, 10, 0), "ready"), ((3, 13, 9), "ready"), ((3, 14, 0), "attention")])
def test_the_last_number_of_a_python_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], level: str
) -> None:
    here = SimpleNamespace(version_info=version, maxsize=sys.maxsize, executable=sys.executable)
    monkeypatch.setattr(self_check, "sys", here)
    checks = check_program(ROOT, tmp_path, TrainerConfig(folder=str(tmp_path)), cards=[])
    assert next(check for check in checks if check.name == "python").level == level
