"""sd-scripts from a zip, as GitHub and `git archive` make them, and from zips that are something else."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from avatar.texts.text import PipelineError
from avatar.trainer import archive, location
from avatar.trainer.options import SCRIPT
from config import TrainerConfig
from tests.trainer.test_install import Machine, git, machine, needs_git, upstream, wanted

__all__ = ["machine", "upstream"]


def zipped(path: Path, files: dict[str, str], comment: bytes = b"") -> Path:
    with zipfile.ZipFile(path, "w") as made:
        made.comment = comment
        for name, text in files.items():
            made.writestr(name, text)
    return path


FROM_GITHUB = {"sd-scripts-main/README.md": "", f"sd-scripts-main/{SCRIPT}": "one", "sd-scripts-main/library/a.py": ""}


def test_a_zip_of_github_is_unpacked_without_the_folder_around_it_and_without_git(machine: Machine, tmp_path: Path) -> None:
    made = zipped(tmp_path / "sd scripts ñ.ZIP", FROM_GITHUB, b"a" * 40)
    trainer = TrainerConfig(repository=str(made), revision="a" * 40)
    report = machine.install(trainer)
    assert (machine.folder / "library" / "a.py").is_file() and report.revision == "a" * 40
    assert machine.ran("git -C") == 0
    assert location.installed(trainer, machine.folder) == location.Installed(True, True, "a" * 40)
    assert machine.install(trainer).done == ("verify",)


def test_a_newer_zip_is_unpacked_and_what_was_built_on_the_old_one_installed_again(machine: Machine, tmp_path: Path) -> None:
    trainer = TrainerConfig(repository=str(zipped(tmp_path / "a.zip", FROM_GITHUB)))
    machine.install(trainer)
    zipped(tmp_path / "a.zip", {**FROM_GITHUB, f"sd-scripts-main/{SCRIPT}": "two"})
    assert "requirements" in machine.install(trainer).done
    assert (machine.folder / SCRIPT).read_text(encoding="utf-8") == "two"


@needs_git
def test_clone_and_zip_take_turns_in_a_folder_of_ours_but_a_clone_of_the_users_stays(
    machine: Machine, upstream: Path, tmp_path: Path
) -> None:
    machine.install(wanted(upstream))
    made = tmp_path / "made.zip"
    git(upstream, "archive", "--format=zip", "--prefix=sd/", "-o", str(made), "v1")
    report = machine.install(TrainerConfig(repository=str(made)))
    assert report.revision == git(upstream, "rev-parse", "v1") and not (machine.folder / ".git").exists()
    assert machine.install(wanted(upstream)).revision == git(upstream, "rev-parse", "HEAD")
    shutil.rmtree(machine.folder)
    git(upstream, "clone", "-q", str(upstream), str(machine.folder))
    with pytest.raises(PipelineError, match=r"setup\.foreign_folder"):
        machine.install(TrainerConfig(repository=str(made)))
    assert (machine.folder / ".git").is_dir()


@needs_git
def test_a_clone_on_this_computer_may_be_named_from_the_current_folder(
    machine: Machine, upstream: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(upstream.parent)
    report = machine.install(TrainerConfig(repository=upstream.name, revision=git(upstream, "rev-parse", "HEAD")))
    assert report.repository == str(upstream) and report.revision == git(upstream, "rev-parse", "HEAD")


@pytest.mark.parametrize("name", ["../out.py", "C:/out.py", "a\\b.py"])
def test_a_name_that_leads_out_is_refused_before_anything_is_written(machine: Machine, tmp_path: Path, name: str) -> None:
    made = zipped(tmp_path / "a.zip", {SCRIPT: "one", name: "two"})
    with pytest.raises(PipelineError, match=r"setup\.bad_zip"):
        machine.install(TrainerConfig(repository=str(made)))
    assert not (machine.folder / SCRIPT).exists() and not (tmp_path / "out.py").exists()


@pytest.mark.parametrize(("content", "key"), [(b"", "bad_zip"), (b"PK no zip", "bad_zip"), (None, "no_zip")])
def test_what_is_no_zip_is_named(machine: Machine, tmp_path: Path, content: bytes | None, key: str) -> None:
    if content is not None:
        (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(PipelineError, match=rf"setup\.{key}"):
        machine.install(TrainerConfig(repository=str(tmp_path / "a.zip")))


def test_a_zip_that_is_damaged_inside_is_named(machine: Machine, tmp_path: Path) -> None:
    made = tmp_path / "a.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive_file:
        archive_file.writestr(SCRIPT, "".join(map(str, range(10_000))))
        start = archive_file.getinfo(SCRIPT).header_offset + 30 + len(SCRIPT)
    content = bytearray(made.read_bytes())
    content[start : start + 200] = b"\xff" * 200  # no deflate stream
    made.write_bytes(content)
    with pytest.raises(PipelineError, match=r"setup\.bad_zip"):
        machine.install(TrainerConfig(repository=str(made)))


def test_a_zip_of_something_else_is_named(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"setup\.no_script"):
        archive.unpack(zipped(tmp_path / "a.zip", {"holiday.jpg": "x"}), tmp_path / "out")


def test_an_address_of_a_zip_elsewhere_is_for_git_to_refuse() -> None:
    assert not archive.is_archive("https://example.org/sd-scripts.zip")
