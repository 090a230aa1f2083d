"""The installation of the trainer, with real git repositories made on the spot and a stand-in for pip and venv."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import utils
from avatar.system import child
from avatar.system.child import RunResult
from avatar.system.gpu import Card
from avatar.texts import foreign, translate
from avatar.texts.text import PipelineError
from avatar.trainer import at_work, checkout, install_run, location, pythons
from avatar.trainer import install as trainer_install
from avatar.trainer import options as trainer_options
from avatar.trainer.install import NEEDED_OPTIONS, install
from avatar.trainer.location import installed, venv_python
from avatar.trainer.options import SCRIPT, Option, OptionTable
from avatar.trainer.pythons import find_python
from avatar.trainer.torch_index import torch_index
from config import TrainerConfig

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
CARD = Card(0, "RTX 3060", 12.0, 11.0, (8, 6), "560.1", "12.6")


def git(folder: Path, *words: str) -> str:
    identity = {
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c",
    }  # fmt: skip
    done = subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, encoding="utf-8", check=True, env={**os.environ, **identity}
    )
    return done.stdout.strip()


def commit(folder: Path, files: Mapping[str, str]) -> str:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """A repository that looks like sd-scripts, of two commits."""
    folder = tmp_path / "aguas arriba"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, {SCRIPT: "print('one')\n", "requirements.txt": "toml\n"})
    git(folder, "tag", "v1")
    commit(folder, {SCRIPT: "print('two')\n", "requirements.txt": "toml\nrich\n"})
    return folder


def table(**changes: Any) -> OptionTable:
    names = dict.fromkeys(NEEDED_OPTIONS, Option("str"))
    values: dict[str, Any] = {"version": "main", "source": "installed", "options": names, "packages": {"cuda": "12.6"}}
    return OptionTable(**{**values, **changes})


class Machine:
    """git for real; venv and pip as a stand-in that notes the commands and can fail or be interrupted at one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.commands = folder, []  # type: ignore[var-annotated]
        self.fail_at: str = ""
        self.cancel_at: str = ""
        self.cancel = threading.Event()
        self.steps: list[str] = []

    def run(
        self, command: Sequence[str], *, on_line: Callable[[str], None], cancel: threading.Event | None = None,
        cwd: Path | None = None, environment: Mapping[str, str] | None = None,
    ) -> RunResult:  # fmt: skip
        said = " ".join(command)
        self.commands.append(said)
        assert environment is not None
        assert (environment["GIT_TERMINAL_PROMPT"], environment["LANGUAGE"]) == ("0", "en")
        if self.cancel_at and self.cancel_at in said:
            return RunResult(-2, True, ())
        if self.fail_at and self.fail_at in said:
            return RunResult(1, False, ("ERROR: no network",))
        if command[0] == "git":
            return child.run_streaming(command, on_line=on_line, cancel=cancel, cwd=cwd, environment=environment)
        if "venv" in command:
            python = venv_python(Path(command[-1]))
            python.parent.mkdir(parents=True, exist_ok=True)
            python.write_bytes(b"")
        on_line("ok")
        return RunResult(0, False, ("ok",))

    def install(self, trainer: TrainerConfig, **changes: Any) -> trainer_install.SetupReport:
        self.commands.clear()
        self.steps.clear()
        options: dict[str, Any] = {
            "on_line": lambda line: None, "on_step": lambda name, number, total: self.steps.append(f"{number}/{total} {name}"),
            "cancel": self.cancel, "runner": self.run, "cards": [CARD], "verify": lambda folder, python: table(),
            "has_pip": lambda python: python.is_file(), "own_index": lambda python: "",
        }  # fmt: skip
        return install(trainer, self.folder, **{**options, **changes})

    def ran(self, words: str) -> int:
        return sum(words in command for command in self.commands)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "kohya_ss")


def wanted(upstream: Path, revision: str = "") -> TrainerConfig:
    return TrainerConfig(repository=str(upstream), revision=revision or git(upstream, "rev-parse", "HEAD"))


# --- decide ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cuda", "name"),
    [("13.2", "cu130"), ("13.0", "cu130"), ("12.9", "cu128"), ("12.8", "cu128"), ("12.7", "cu126"), ("12.4", "cu124"),
     ("12.3", "cu118"), ("11.8", "cu118"), ("11.7", "cpu"), ("", "cpu"), ("unknown", "cpu")],
)  # fmt: skip
def test_the_index_is_the_newest_the_driver_can_run(cuda: str, name: str) -> None:
    assert torch_index(cuda) == f"https://download.pytorch.org/whl/{name}"


def test_cards_before_turing_get_wheels_that_still_know_them() -> None:
    assert torch_index("13.0", (6, 1)).endswith("/cu126")
    assert torch_index("13.0", (7, 5)).endswith("/cu130")
    assert torch_index("11.8", (6, 1)).endswith("/cu118")


def test_this_python_is_taken_where_it_suits_the_trainer() -> None:
    assert find_python((3, 11)) == (sys.executable, (3, 11))


def test_another_python_is_looked_for_where_this_one_does_not_suit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name if name in {"python3.11", "python3.10"} else None)
    monkeypatch.setattr(child, "run_quiet", lambda command, **_: (0, f"/usr/bin/{command[0]}\n3 {command[0][-2:]}\n"))
    assert find_python((3, 13)) == ("/usr/bin/python3.11", (3, 11))
    monkeypatch.setattr(child, "run_quiet", lambda command, **_: (9009, ""))  # the shop's stand-in on Windows
    assert find_python((3, 13)) == (sys.executable, (3, 13))


# --- install ---------------------------------------------------------------------------------------------------------


@needs_git
def test_every_step_runs_in_order_and_the_report_says_what_is_there(machine: Machine, upstream: Path) -> None:
    report = machine.install(wanted(upstream))
    assert machine.steps == ["1/5 clone", "2/5 environment", "3/5 torch", "4/5 requirements", "5/5 verify"]
    assert (machine.folder / SCRIPT).read_text(encoding="utf-8") == "print('two')\n"
    assert report.revision == git(upstream, "rev-parse", "HEAD")
    assert report.index.endswith("/cu126")
    assert set(NEEDED_OPTIONS) <= set(report.options)
    assert report.skipped == ()
    assert report.python == str(venv_python(machine.folder / "venv"))
    assert machine.ran(f"--index-url {report.index} -r {trainer_install.TORCH_REQUIREMENTS}") == 1
    assert machine.ran("-r requirements.txt") == 1
    assert report.notes == ()


@needs_git
def test_what_is_done_is_not_repeated(machine: Machine, upstream: Path) -> None:
    machine.install(wanted(upstream))
    report = machine.install(wanted(upstream))
    assert report.done == ("verify",)
    assert machine.commands == []


@needs_git
@pytest.mark.parametrize("place", ["fetch --progress", "checkout --quiet", "-m venv", "--index-url", "-r requirements.txt"])
def test_interrupted_anywhere_the_next_call_goes_on(machine: Machine, upstream: Path, place: str) -> None:
    machine.cancel_at = place
    with pytest.raises(KeyboardInterrupt):
        machine.install(wanted(upstream))
    machine.cancel_at = ""
    before = [step.name for step in trainer_install.STEPS]
    report = machine.install(wanted(upstream))
    assert sorted((*report.done, *report.skipped)) == sorted(before)
    if place == "-r requirements.txt":
        assert report.skipped == ("clone", "environment", "torch")
        assert machine.ran("fetch") == machine.ran("--index-url") == 0
    assert installed(wanted(upstream), machine.folder).complete


@needs_git
def test_a_failure_names_the_step_the_last_lines_and_the_log(machine: Machine, upstream: Path) -> None:
    machine.fail_at = "--index-url"
    with pytest.raises(PipelineError) as caught:
        machine.install(wanted(upstream))
    assert caught.value.key == "setup.step_failed"
    assert (caught.value.values["step"], caught.value.values["detail"]) == ("torch", "ERROR: no network")
    log = Path(str(caught.value.values["log"])).read_text(encoding="utf-8")
    assert "--index-url" in log
    assert not installed(wanted(upstream), machine.folder).complete


@needs_git
def test_a_checkout_that_was_killed_half_way_is_finished(machine: Machine, upstream: Path) -> None:
    machine.cancel_at = "checkout --quiet"
    with pytest.raises(KeyboardInterrupt):
        machine.install(wanted(upstream))
    (machine.folder / SCRIPT).write_text("half", encoding="utf-8")
    (machine.folder / ".git" / "index.lock").write_bytes(b"")
    machine.cancel_at = ""
    machine.install(wanted(upstream))
    assert (machine.folder / SCRIPT).read_text(encoding="utf-8") == "print('two')\n"


@needs_git
@pytest.mark.parametrize("revision", ["v1", "short"])
def test_another_revision_is_checked_out_and_its_requirements_installed(
    machine: Machine, upstream: Path, revision: str
) -> None:
    machine.install(wanted(upstream))
    first = git(upstream, "rev-parse", "v1")
    report = machine.install(wanted(upstream, first[:8] if revision == "short" else revision))
    assert report.revision == first
    assert (machine.folder / SCRIPT).read_text(encoding="utf-8") == "print('one')\n"
    assert "requirements" in report.done


@needs_git
def test_a_branch_follows_upstream_and_an_unchanged_one_installs_nothing(machine: Machine, upstream: Path) -> None:
    machine.install(wanted(upstream, "main"))
    again = machine.install(wanted(upstream, "main"))
    assert again.done == ("clone", "verify")
    newer = commit(upstream, {SCRIPT: "print('three')\n"})
    assert machine.install(wanted(upstream, "main")).revision == newer


@needs_git
def test_an_unknown_revision_and_a_repository_of_something_else_are_told_apart(machine: Machine, upstream: Path) -> None:
    with pytest.raises(PipelineError, match=r"setup\.no_revision"):
        machine.install(wanted(upstream, "0" * 40))
    (upstream / SCRIPT).unlink()
    other = commit(upstream, {"readme.md": "nothing"})
    with pytest.raises(PipelineError, match=r"setup\.no_script"):
        machine.install(wanted(upstream, other))


@needs_git
def test_an_address_that_is_not_there_is_a_failed_step(machine: Machine, tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        machine.install(TrainerConfig(repository=str(tmp_path / "none"), revision="main"))
    assert (caught.value.key, caught.value.values["step"]) == ("setup.step_failed", "clone")


@needs_git
def test_local_changes_in_a_finished_clone_are_never_overwritten(machine: Machine, upstream: Path) -> None:
    machine.install(wanted(upstream))
    (machine.folder / SCRIPT).write_text("my own change\n", encoding="utf-8")
    with pytest.raises(PipelineError, match=r"setup\.failed\.changes"):
        machine.install(wanted(upstream, "v1"))
    assert (machine.folder / SCRIPT).read_text(encoding="utf-8") == "my own change\n"


@needs_git
def test_a_clone_that_the_user_made_is_taken_over(machine: Machine, upstream: Path) -> None:
    git(upstream, "clone", "-q", str(upstream), str(machine.folder))
    report = machine.install(wanted(upstream))
    assert report.done[0] == "clone"
    assert report.revision == git(upstream, "rev-parse", "HEAD")


def test_a_folder_with_anything_else_is_refused_and_left_alone(machine: Machine, tmp_path: Path) -> None:
    machine.folder.mkdir()
    (machine.folder / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(PipelineError, match=r"setup\.foreign_folder"):
        machine.install(TrainerConfig())
    assert [path.name for path in machine.folder.iterdir()] == ["holiday.jpg"]
    assert machine.commands == []
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(PipelineError, match=r"setup\.foreign_folder"):
        Machine(file).install(TrainerConfig())


@pytest.mark.parametrize("changes", [{"repository": "--upload-pack=evil"}, {"revision": "-x"}, {"revision": " "},
                                     {"repository": "a\nb"}])  # fmt: skip
def test_addresses_and_revisions_that_git_would_take_for_options_are_refused(machine: Machine, changes: dict[str, str]) -> None:
    with pytest.raises(PipelineError, match=r"setup\.bad_source"):
        machine.install(dataclasses.replace(TrainerConfig(), **changes))  # type: ignore[arg-type]
    assert not machine.folder.exists()


def test_without_git_the_error_says_so(machine: Machine) -> None:
    def no_git(command: Sequence[str], **_: object) -> RunResult:
        raise FileNotFoundError(command[0])

    with pytest.raises(PipelineError, match=r"setup\.no_git"):
        machine.install(TrainerConfig(), runner=no_git)


@needs_git
def test_a_trainer_that_does_not_answer_is_no_success(machine: Machine, upstream: Path) -> None:
    broken = table(source="known", problem="No module named 'torch'")
    with pytest.raises(PipelineError) as caught:
        machine.install(wanted(upstream), verify=lambda folder, python: broken)
    assert (caught.value.key, caught.value.values["detail"]) == ("setup.not_verified", "No module named 'torch'")
    assert "torch" in machine.install(wanted(upstream)).done  # and the next call mends it
    assert machine.ran("--force-reinstall") == 1  # to pip, a damaged torch is there
    machine.install(wanted(upstream))
    assert machine.ran("--force-reinstall") == 0
    fewer = table(options={"network_dim": Option("int")})
    with pytest.raises(PipelineError, match="--network_module"):
        machine.install(wanted(upstream), verify=lambda folder, python: fewer)
    assert not installed(wanted(upstream), machine.folder).complete


@needs_git
def test_a_full_disk_is_noticed_before_gigabytes_are_fetched(
    machine: Machine, upstream: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer_install, "CUDA_SPACE_GB", 1e9)
    with pytest.raises(PipelineError, match=r"setup\.no_space"):
        machine.install(wanted(upstream))
    assert machine.ran("--index-url") == 0


@needs_git
def test_another_card_means_another_torch_and_no_card_the_cpus(machine: Machine, upstream: Path) -> None:
    machine.install(wanted(upstream))
    assert machine.ran("--force-reinstall") == 0
    report = machine.install(wanted(upstream), cards=[])
    assert report.index.endswith("/cpu")
    assert report.skipped == ("clone", "environment")
    assert machine.ran("--force-reinstall") == 1  # pip takes a torch of any index for the one that is asked for


@needs_git
def test_notes_tell_of_an_old_driver_and_of_a_torch_that_sees_no_card(machine: Machine, upstream: Path) -> None:
    old = Card(0, "GTX 970", 4.0, 3.0, (5, 2), "390", "9.1")
    report = machine.install(wanted(upstream), cards=[old], verify=lambda folder, python: table(packages={"cuda": ""}))
    assert [told.key for told in report.notes] == ["setup.note.old_driver", "setup.note.no_cuda"]


@needs_git
def test_an_environment_of_the_users_own_is_verified_and_not_changed(machine: Machine, upstream: Path) -> None:
    own = TrainerConfig(repository=str(upstream), revision="main", python=sys.executable)
    seen: list[Path] = []

    def verify(folder: Path, python: Path) -> OptionTable:
        seen.append(python)
        return table()

    report = machine.install(own, verify=verify)
    assert seen == [Path(sys.executable)]
    assert report.skipped == ("environment", "torch", "requirements")
    assert machine.ran("pip") == machine.ran("venv") == 0


@needs_git
def test_an_environment_that_broke_is_made_again_with_all_that_is_in_it(machine: Machine, upstream: Path) -> None:
    machine.install(wanted(upstream))
    venv_python(machine.folder / "venv").unlink()
    assert machine.install(wanted(upstream)).done == ("environment", "torch", "requirements", "verify")


@needs_git
def test_what_is_installed_is_told_from_files_alone(machine: Machine, upstream: Path) -> None:
    trainer = wanted(upstream)
    assert installed(trainer, machine.folder) == location.Installed(False, False, None)
    machine.install(trainer)
    assert installed(trainer, machine.folder) == location.Installed(True, True, trainer.revision)
    git(machine.folder, "checkout", "-q", "-b", "own")
    assert installed(trainer, machine.folder).revision == trainer.revision
    (machine.folder / ".git" / "HEAD").write_text("nonsense", encoding="utf-8")
    assert installed(trainer, machine.folder).revision is None


@needs_git
@pytest.mark.parametrize(
    ("gone", "again"),
    [
        (table(packages={"transformers": "4", "lion-pytorch": ""}), 1),
        (table(packages={"transformers": "4", "lion-pytorch": "1"}), 0),
        (table(packages={"transformers": "4", "lion-pytorch": "1", "torch": "", "dadaptation": ""}), 0),
        (table(source="known", problem="No module named 'transformers'"), 1),
    ],
    ids=["removed", "there", "of no requirement", "does not start"],
)  # fmt: skip
def test_a_package_removed_since_is_installed_again_without_torch(
    machine: Machine, upstream: Path, gone: OptionTable, again: int
) -> None:
    lines = ("# of the trainer", "Lion-Pytorch==0.2.3", "transformers==4.54.1", "xformers; sys_platform == 'plan9'", "")
    commit(upstream, {"requirements.txt": "\n".join(lines)})
    trainer = wanted(upstream)
    machine.install(trainer)
    answers = iter([gone, table()])
    report = machine.install(trainer, verify=lambda folder, python: next(answers))
    assert (report.done, machine.ran("pip install"), machine.ran("requirements.txt")) == (("verify",), again, again)


@needs_git
def test_a_broken_state_file_is_no_proof_of_anything(machine: Machine, upstream: Path) -> None:
    machine.install(wanted(upstream))
    (machine.folder / location.STATE_FILE).write_text("[1]", encoding="utf-8")
    report = machine.install(wanted(upstream))  # the clone's address tells that it is ours
    assert report.done == ("clone", "torch", "requirements", "verify")
    state = json.loads((machine.folder / location.STATE_FILE).read_text(encoding="utf-8"))
    assert state["done"] == ["clone", "environment", "torch", "requirements", "verify"]


# --- the edges -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "ours"),
    [
        ('[remote "origin"]\n\turl = https://github.com/Kohya-ss/SD-scripts.git\n', True),
        ('[remote "origin"]\n\turl = https://github.com/kohya-ss/sd-scripts/\n', True),
        ('[remote "origin"]\n\turl = https://github.com/someone/else\n', False),
        ('[remote "origin"]\n\tfetch = +refs/heads/*\n', False), ("", False), ("\xff\xfe", False),
    ],
)  # fmt: skip
def test_a_clone_is_known_by_its_address_however_that_is_written(machine: Machine, config: str, ours: bool) -> None:
    (machine.folder / ".git").mkdir(parents=True)
    (machine.folder / ".git" / "config").write_bytes(config.encode("latin-1"))
    machine.fail_at = "init"  # the first that is done to a folder that is ours
    with pytest.raises(PipelineError) as caught:
        machine.install(TrainerConfig())
    assert caught.value.key == ("setup.step_failed" if ours else "setup.foreign_folder")
    assert bool(machine.commands) is ours
    assert (machine.folder / ".git" / "config").read_bytes() == config.encode("latin-1")


@needs_git
def test_every_command_and_every_line_is_in_the_log(machine: Machine, upstream: Path) -> None:
    shown: list[str] = []
    machine.install(wanted(upstream), on_line=shown.append)
    log = (machine.folder / install_run.LOG_FILE).read_text(encoding="utf-8").splitlines()
    commands = [line.removeprefix("$ ") for line in log if line.startswith("$ ")]
    assert commands == machine.commands
    assert [line for line in log if not line.startswith("$ ")] == shown and "ok" in shown


@needs_git
def test_a_failure_is_told_by_its_last_words_without_what_no_screen_can_show(machine: Machine, upstream: Path) -> None:
    def failing(command: Sequence[str], **options: Any) -> RunResult:
        if "--index-url" in command:
            return RunResult(1, False, ("first", "\x1b[31mERROR: año\x1b[0m", "", "  x" * 400, "last\r"))
        return machine.run(command, **options)

    with pytest.raises(PipelineError) as caught:
        machine.install(wanted(upstream), runner=failing)
    detail = str(caught.value.values["detail"])
    assert detail.startswith("[31mERROR: año[0m / x") and len(detail) == 600 and detail.isprintable()
    assert caught.value.values["step"] == "torch"

    def silent(command: Sequence[str], **options: Any) -> RunResult:
        return RunResult(7, False, ("", " ")) if "--index-url" in command else machine.run(command, **options)

    with pytest.raises(PipelineError) as caught:
        machine.install(wanted(upstream), runner=silent)
    assert caught.value.values["detail"] == "exit 7"


def failing_with(machine: Machine, *lines: str, at: str = "requirements.txt") -> Callable[..., RunResult]:
    def run(command: Sequence[str], **options: Any) -> RunResult:
        done = machine.run(command, **options)
        return RunResult(1, False, lines) if at in command else done

    return run


@needs_git
@pytest.mark.parametrize(
    ("lines", "key"),
    [(("OSError: [Errno 28] No space left on device",), "space"), (("OSError: [WinError 112] Espacio insuficiente",), "space"),
     (("OSError: [Errno 2] No such file", "HINT: this system does not have Windows Long Path support enabled."), "long_path"),
     (("error: unable to create file a: Filename too long",), "long_path"),
     (("fatal: detected dubious ownership in repository at 'D:/a'", "'D:/a' is owned by:"), "ownership"),
     (("ERROR: OSError: [WinError 5] Acceso denegado: 'C:\\a'", "Check the permissions."), "locked"),
     (("OSError: [WinError 225] The file contains a virus",), "locked"),
     (("OSError: [Errno 22] Invalid argument: 'C:\\pip-unpack-a\\b.whl'",), "locked"),
     (("The environment was not created because ensurepip is not", "available."), "venv"),
     (("WARNING: Retrying after SSLError('CERTIFICATE_VERIFY_FAILED')", "ERROR: No matching distribution found for"), "proxy"),
     (("fatal: unable to access 'https://a/': SSL certificate problem: unable to get local issuer certificate",), "proxy"),
     (("WARNING: Retrying after 'NewConnectionError'", "ERROR: No matching distribution found"), "network"),
     (("fatal: unable to access 'https://a/': Could not resolve host: a",), "network"),
     (("error: RPC failed; curl 56", "fatal: early EOF"), "network"),
     (("ERROR: Could not find a version (from versions: none)", "ERROR: No matching distribution found for torch"), "python"),
     (("error: subprocess-exited-with-error", "note: This error likely not with pip."), "python"),
     (("Retrying: Connection was reset", *("Collecting a",) * 30, "ERROR: odd"), "")],
)  # fmt: skip
def test_a_failure_that_has_a_remedy_names_it(machine: Machine, upstream: Path, lines: tuple[str, ...], key: str) -> None:
    with pytest.raises(PipelineError) as caught:
        machine.install(wanted(upstream), runner=failing_with(machine, *lines))
    assert caught.value.key == (f"setup.failed.{key}" if key else "setup.step_failed")
    for language in translate.LANGUAGES:
        detail = str(caught.value.values["detail"])
        ours = foreign.told(detail)
        said = detail if ours is None else translate.words(ours, language)
        assert said in translate.text(caught.value.key, language, **caught.value.values)


@needs_git
@pytest.mark.parametrize("line", ["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "MemoryError"])
def test_a_download_that_lies_damaged_in_the_cache_is_fetched_again(machine: Machine, upstream: Path, line: str) -> None:
    def run(command: Sequence[str], **options: Any) -> RunResult:
        done = machine.run(command, **options)
        return (
            RunResult(1, False, (line, "    torch"))
            if {"--index-url", "--no-cache-dir"} & {*command} == {"--index-url"}
            else done
        )

    assert "torch" in machine.install(wanted(upstream), runner=run).done
    assert machine.ran("--no-cache-dir") == 1
    with pytest.raises(PipelineError, match=r"setup\.step_failed"):  # not for ever
        machine.install(wanted(upstream), cards=[], runner=failing_with(machine, line, at="--index-url"))


@needs_git
def test_a_library_of_the_system_that_is_missing_is_named_with_its_remedy(machine: Machine, upstream: Path) -> None:
    broken = table(source="known", problem='OSError: [WinError 126] No se encuentra. Error loading "fbgemm.dll"')
    with pytest.raises(PipelineError, match=r"train\.cause\.library"):
        machine.install(wanted(upstream), verify=lambda folder, python: broken)


@needs_git
@pytest.mark.parametrize(("cards", "needed"), [([CARD], trainer_install.CUDA_SPACE_GB), ([], trainer_install.CPU_SPACE_GB)])
def test_exactly_the_room_that_is_needed_will_do(
    machine: Machine, upstream: Path, monkeypatch: pytest.MonkeyPatch, cards: list[Any], needed: float
) -> None:
    free = [needed * 1e9 - 1]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free[0]))
    with pytest.raises(PipelineError) as caught:
        machine.install(wanted(upstream), cards=cards)
    assert (caught.value.key, caught.value.values["needed_gb"]) == ("setup.no_space", needed)
    free[0] = needed * 1e9
    assert "torch" in machine.install(wanted(upstream), cards=cards).done


def test_an_environment_is_whole_where_its_pip_answers(tmp_path: Path) -> None:
    assert pythons.has_pip(tmp_path / "none") is False
    assert pythons.has_pip(Path(sys.executable)) is importlib_has_pip()
    if sys.platform == "win32":
        pytest.skip("a script is no interpreter on Windows")
    for code in (0, 1):
        python = tmp_path / f"python{code}"
        python.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
        python.chmod(0o755)
        assert pythons.has_pip(python) is (code == 0)


def importlib_has_pip() -> bool:
    return importlib.util.find_spec("pip") is not None


@pytest.mark.parametrize(
    ("state", "own_python", "complete"),
    [
        (None, False, True), ({"done": ["clone", "torch"]}, False, False), ({"done": ["clone", "torch"]}, True, True),
        ({"done": ["verify"]}, False, True), ({"version": 1}, False, False),
    ],
)  # fmt: skip
def test_an_installation_is_complete_where_it_was_verified_or_is_the_users_own(
    tmp_path: Path, state: dict[str, Any] | None, own_python: bool, complete: bool
) -> None:
    folder, own = tmp_path / "kohya_ss", tmp_path / "python"
    python = venv_python(folder / "venv")
    python.parent.mkdir(parents=True)
    python.write_bytes(b"")
    own.write_bytes(b"")
    if state is not None:
        (folder / location.STATE_FILE).write_text(json.dumps(state), encoding="utf-8")
    trainer = TrainerConfig(python=str(own) if own_python else "")
    assert installed(trainer, folder).complete is complete
    (own if own_python else python).unlink()
    assert installed(trainer, folder).complete is False


# --- others in the folder, and what was broken off -------------------------------------------------------------------


def started(*words: str) -> subprocess.Popen[bytes]:
    """Start a process that sleeps, under a command line of these words."""
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", *words])


@pytest.fixture
def others() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


@needs_git
def test_nothing_is_installed_under_a_trainer_that_lives_whoever_started_it(
    machine: Machine, upstream: Path, others: list[subprocess.Popen[bytes]]
) -> None:
    machine.install(wanted(upstream))
    others.append(started(str(machine.folder / SCRIPT), "--output_dir", "/elsewhere"))
    with pytest.raises(PipelineError) as caught:
        machine.install(wanted(upstream, "v1"))
    assert (caught.value.key, caught.value.values["pid"]) == ("setup.trainer_at_work", others[0].pid)
    assert machine.commands == []
    others[0].kill()
    others[0].wait()
    assert machine.install(wanted(upstream)).done == ("verify",)


@needs_git
@pytest.mark.skipif(os.name == "nt", reason="a link stands for an interpreter")
def test_the_pip_that_a_killed_installation_left_is_found_and_ended(
    machine: Machine, upstream: Path, others: list[subprocess.Popen[bytes]]
) -> None:
    machine.install(wanted(upstream))
    python = venv_python(machine.folder / "venv")
    python.unlink()
    python.symlink_to(sys.executable)
    code = "import time; time.sleep(60)"
    others.append(subprocess.Popen([str(python), "-c", code, "-m", "pip", "install", "torch"]))
    others.append(subprocess.Popen([str(python), "-c", code, "tensorboard"]))  # it watches, and installs nothing
    report = machine.install(wanted(upstream))
    assert others[0].wait(timeout=30) != 0 and others[1].poll() is None
    (note,) = [note for note in report.notes if note.key == "setup.note.ended"]
    assert note.values == {"n": 1, "pid": others[0].pid}
    assert all(translate.words(note, language) for language in translate.LANGUAGES)


@needs_git
def test_two_installations_at_once_are_one(machine: Machine, upstream: Path) -> None:
    machine.install(wanted(upstream))
    with trainer_install.held(machine.folder), pytest.raises(PipelineError, match=r"setup\.running"):
        machine.install(wanted(upstream))


@pytest.mark.parametrize(
    ("words", "here", "kind"),
    [
        (["/t/venv/bin/python", "/t/sdxl_train_network.py", "--x"], "", "training"),
        (["python", "sdxl_train_network.py"], "/t", "training"), (["python", "sdxl_train_network.py"], "/other", None),
        (["python", "-m", "accelerate", "launch", "/t/sd-scripts/sdxl_train_network.py"], "", "training"),
        (["vim", "/other/sdxl_train_network.py"], "", None), (["sdxl_train_network.py"], "/t", None),
        (["/t/venv/bin/python", "-m", "pip", "install", "torch"], "", "installation"),
        (["/usr/bin/python3", "-m", "venv", "/t/venv"], "", "installation"), (["git", "-C", "/t", "fetch"], "", "installation"),
        (["/t/venv/bin/python", "-m", "tensorboard"], "", None), (["/u/venv/bin/python", "-m", "pip", "list"], "", None),
    ],
)  # fmt: skip
@pytest.mark.skipif(os.name == "nt", reason="paths of Linux")
def test_what_a_process_does_in_the_folder_is_told_by_its_command(words: list[str], here: str, kind: str | None) -> None:
    assert at_work.kind_of(words, Path("/t"), here) == kind


@needs_git
def test_an_environment_whose_making_was_broken_off_is_made_anew(machine: Machine, upstream: Path) -> None:
    machine.cancel_at = "-m venv"
    with pytest.raises(KeyboardInterrupt):
        machine.install(wanted(upstream))
    python = venv_python(machine.folder / "venv")
    python.parent.mkdir(parents=True)
    python.write_bytes(b"")  # its pip seems to start, yet half of it is there
    machine.cancel_at = ""
    machine.install(wanted(upstream))
    assert machine.ran("-m venv --clear") == 1
    assert machine.install(wanted(upstream)).done == ("verify",)


@needs_git
def test_an_environment_that_venv_alone_does_not_mend_is_made_anew(machine: Machine, upstream: Path) -> None:
    machine.install(wanted(upstream))
    answers = iter([False, False, True, True])
    machine.install(wanted(upstream), has_pip=lambda python: next(answers))
    assert [("--clear" in command) for command in machine.commands if "-m venv" in command] == [False, True]


# --- where PyTorch comes from ----------------------------------------------------------------------------------------


@needs_git
@pytest.mark.parametrize(
    ("chosen", "own", "words"),
    [
        ("", "", "--index-url https://download.pytorch.org/whl/cu126 -r"),
        ("", "https://mirror/simple", "--extra-index-url https://download.pytorch.org/whl/cu126 -r"),
        ("https://mirror/torch", "https://mirror/simple", "--index-url https://mirror/torch -r"),
        ("pip", "https://mirror/simple", "install --progress-bar off -r"),
    ],
)
def test_pytorch_comes_from_where_the_settings_and_pip_say(
    machine: Machine, upstream: Path, chosen: str, own: str, words: str
) -> None:
    trainer = dataclasses.replace(wanted(upstream), torch_index=chosen)
    machine.install(trainer, own_index=lambda python: own)
    (command,) = [command for command in machine.commands if str(trainer_install.TORCH_REQUIREMENTS) in command]
    assert words in command


@needs_git
@pytest.mark.parametrize(
    "line", ["ERROR: No matching distribution found for torch", "NewConnectionError: x", "ProxyError('x')"]
)
def test_an_index_that_is_barred_is_named_with_the_setting_that_names_another(
    machine: Machine, upstream: Path, line: str
) -> None:
    run = machine.run

    def barred(command: Sequence[str], **options: Any) -> RunResult:
        return RunResult(1, False, (line,)) if "--index-url" in command else run(command, **options)

    with pytest.raises(PipelineError) as caught:
        machine.install(wanted(upstream), runner=barred)
    assert caught.value.key == "setup.failed.torch_index"
    for language in translate.LANGUAGES:
        told = translate.words(caught.value.text, language)
        assert "download.pytorch.org/whl/cu126" in told and "trainer.torch_index" in told and line in told


def test_pips_own_index_is_read_from_its_environment_or_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://a/simple")
    assert pythons.configured_index(Path(sys.executable)) == "https://a/simple"
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setattr(child, "run_quiet", lambda *_, **__: (0, "global.index-url='https://b/simple'\nglobal.timeout='60'\n"))
    assert pythons.configured_index(Path("x")) == "https://b/simple"
    monkeypatch.setattr(child, "run_quiet", lambda *_, **__: (1, "no pip"))
    assert pythons.configured_index(Path("x")) == ""


# --- a damaged or changed clone --------------------------------------------------------------------------------------


@needs_git
def test_a_damaged_local_repository_is_told_as_such_and_mended_as_told(machine: Machine, upstream: Path) -> None:
    machine.install(wanted(upstream))
    for path in (machine.folder / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"")
    with pytest.raises(PipelineError) as caught:
        machine.install(wanted(upstream, "v1"))
    assert caught.value.key == "setup.failed.repository", caught.value
    assert all(".git" in translate.words(caught.value.text, language) for language in translate.LANGUAGES)
    shutil.rmtree(machine.folder / ".git")
    machine.install(wanted(upstream, "v1"))
    assert (machine.folder / SCRIPT).read_text(encoding="utf-8") == "print('one')\n"


@needs_git
def test_a_clone_that_was_edited_or_stands_at_another_commit_is_told(machine: Machine, upstream: Path) -> None:
    trainer = wanted(upstream)
    machine.install(trainer)
    assert checkout.differences(machine.folder, trainer.revision) == []
    assert checkout.differences(machine.folder, "main") == []
    (machine.folder / "requirements.txt").write_text("mine\n", encoding="utf-8")
    (machine.folder / "of my own.txt").write_text("untracked files change nothing\n", encoding="utf-8")
    git(upstream, "tag", "other", "v1")
    found = checkout.differences(machine.folder, git(upstream, "rev-parse", "v1"))
    assert [told.key for told in found] == ["preflight.trainer_other_commit", "preflight.trainer_edited"]
    assert found[1].values == {"n": 1, "file": "requirements.txt"}
    assert all(translate.words(told, language) for told in found for language in translate.LANGUAGES)
    assert checkout.differences(upstream.parent, trainer.revision) == []


def test_an_edited_module_of_the_clone_is_asked_for_its_options_anew(tmp_path: Path) -> None:
    for name in (SCRIPT, "library/a.py", "networks/lora.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1", encoding="utf-8")
    seen = {trainer_options._fingerprint(tmp_path, Path("python"))}
    for name in (SCRIPT, "library/a.py", "networks/lora.py"):
        (tmp_path / name).write_text("2", encoding="utf-8")
        seen.add(trainer_options._fingerprint(tmp_path, Path("python")))
    assert len(seen) == 4


@pytest.mark.parametrize("done", [5, "clone", [5], {}, None])
def test_a_damaged_note_of_what_is_done_is_none(tmp_path: Path, done: object) -> None:
    utils.write_json(tmp_path / location.STATE_FILE, {"version": 1, "done": done, "revision": "x"})
    assert location.read_state(tmp_path) == {"version": 1, "revision": "x"}
    assert not location.installed(TrainerConfig(), tmp_path).complete
