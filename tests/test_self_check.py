"""What is missing on this computer, and that each finding says how to get it."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

import messages
import self_check
import trainer_setup
from config import TrainerConfig
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
