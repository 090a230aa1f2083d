"""Installs sd-scripts beside the program: the clone at a pinned commit, an environment of its own, torch, its requirements.

The steps are data (`STEPS`); what is done is written down in the folder, so that an interrupted installation goes on where it
stopped. A folder that holds anything else is refused and never emptied. Success is what the trainer's own parser says.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.system import child, process_tree
from avatar.system.requirements import read_requirements
from avatar.texts.text import PipelineError, Text
from avatar.texts.visible import without_password
from avatar.trainer import at_work, install_source, location, pythons
from avatar.trainer import log as trainer_log
from avatar.trainer import options as trainer_options
from avatar.trainer import torch_index as trainer_torch_index
from avatar.trainer.install_run import LOG_FILE, InstallRun, OnLine, Runner, Verify, call, forget, pip, remember
from config import PROGRAM_DIR, TrainerConfig

if TYPE_CHECKING:
    from avatar.system.gpu import Card

LOCK_FILE = ".avatar_setup.lock"
PIPS_OWN = "pip"  # trainer.torch_index: PyTorch from wherever pip is configured to fetch
TORCH_REQUIREMENTS = PROGRAM_DIR / "requirements-trainer.txt"
CUDA_SPACE_GB = 14.0  # torch with CUDA unpacks to about 6 GB, its download and the rest to as much again
CPU_SPACE_GB = 4.0
# What the launcher cannot do without; the parser of the installed trainer must know them.
NEEDED_OPTIONS = ("network_dim", "network_module", "train_data_dir", "caption_extension", "max_train_steps", "output_name")

OnStep = Callable[[str, int, int], None]  # (name of the step, its number from 1, how many)


@dataclass(frozen=True)
class SetupReport:
    """What an installation did and what it rests on."""

    folder: str
    repository: str
    revision: str
    python: str
    index: str
    done: tuple[str, ...]
    skipped: tuple[str, ...]  # were done before
    options: tuple[str, ...]  # names the trainer's own parser knows
    packages: Mapping[str, str]
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step: `needed` tells whether it is still to do, `run` does it."""

    name: str
    needed: Callable[[InstallRun], bool]
    run: Callable[[InstallRun], None]


# --- install ---------------------------------------------------------------------------------------------------------


def install(
    trainer: TrainerConfig, trainer_dir: Path, *, on_line: OnLine, on_step: OnStep, cancel: threading.Event,
    runner: Runner = child.run_streaming, cards: Sequence[Card] | None = None,
    verify: Verify = trainer_options.installed_options, has_pip: Callable[[Path], bool] | None = None,
    own_index: Callable[[Path], str] | None = None,
) -> SetupReport:  # fmt: skip
    """Bring the trainer in trainer_dir to the commit and environment that the settings name; what is done is not repeated.

    With trainer.python set, the environment is the user's own: it is verified and never changed.
    own_index  what a Python's pip is configured to fetch from, "" where it is PyPI
    Raises PipelineError("setup.foreign_folder"), ("setup.bad_source"), ("setup.running"), ("setup.trainer_at_work"),
    ("setup.no_git"), ("setup.no_space"), ("setup.step_failed") or the one of install_failures that fits, and
    ("setup.not_verified") or ("train.cause.library"); KeyboardInterrupt when cancelled.
    """
    _check_source(trainer)
    if (here := utils.at_home(Path(trainer.repository))).exists():  # git would look for it from the trainer's folder
        trainer = replace(trainer, repository=str(here.absolute()))
    _claim(trainer, trainer_dir)
    with held(trainer_dir):
        state = {"version": 1, "done": [], **location.read_state(trainer_dir)}
        run = InstallRun(
            trainer, trainer_dir, runner, on_line, cancel, _cards() if cards is None else cards, verify,
            has_pip or pythons.has_pip, state, own_index or pythons.configured_index, [step.name for step in STEPS],
        )  # fmt: skip
        _refuse_others(run)
        return _all_steps(run, on_step)


def _all_steps(run: InstallRun, on_step: OnStep) -> SetupReport:
    done: list[str] = []
    skipped: list[str] = []
    for number, step in enumerate(STEPS, 1):
        on_step(step.name, number, len(STEPS))
        run.step = step.name
        if step.needed(run):
            if step.name != "clone":  # it tells itself whether the commit is another one
                forget(run, step.name)
            step.run(run)
            done.append(step.name)
        else:
            skipped.append(step.name)
        remember(run, step.name)
    table = run.table
    assert table is not None  # noqa: S101  # the last step sets it, or raises
    state = run.state
    return SetupReport(
        str(run.folder), run.repository, str(state.get("revision", "")), str(run.python), str(state.get("index", "")),
        tuple(done), tuple(skipped), tuple(sorted(table.options)), table.packages, tuple(run.notes),
    )  # fmt: skip


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder against another installation. Raises PipelineError("setup.running")."""
    import filelock

    lock = filelock.FileLock(str(folder / LOCK_FILE), timeout=0)
    try:
        with lock:
            yield
    except filelock.Timeout as error:
        raise PipelineError("setup.running", path=str(folder)) from error


def _refuse_others(run: InstallRun) -> None:
    """End what an installation that was killed left. Raises PipelineError("setup.trainer_at_work") where one trains."""
    others = at_work.workers(run.folder.absolute())
    training = next((other for other in others if other.kind == "training"), None)
    if training is not None:
        raise PipelineError("setup.trainer_at_work", path=str(run.folder), pid=training.pid)
    for other in others:  # nobody holds the folder but us: their installation is gone
        process_tree.end_tree(other.pid, other.born)
    if others:
        run.notes.append(Text("setup.note.ended", {"n": len(others), "pid": others[0].pid}))


def _cards() -> Sequence[Card]:
    from avatar.system import gpu

    return gpu.cards()


def _check_source(trainer: TrainerConfig) -> None:
    """Refuse an address or commit that git would take for an option."""
    for value in (trainer.repository, trainer.revision):
        if not value.strip() or value.startswith("-") or not value.isprintable():
            raise PipelineError("setup.bad_source", value=value)


def _claim(trainer: TrainerConfig, folder: Path) -> None:
    """Mark an empty folder as ours; accept one that is, or that is a clone of the same address. Never touch another."""
    if folder.exists() and not folder.is_dir():
        raise PipelineError("setup.foreign_folder", path=str(folder))
    if location.read_state(folder) or _is_clone_of(folder, trainer.repository):
        return
    if folder.is_dir() and any(folder.iterdir()):
        raise PipelineError("setup.foreign_folder", path=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    utils.write_json(folder / location.STATE_FILE, {"version": 1, "ours": True, "done": []})


def _is_clone_of(folder: Path, repository: str) -> bool:
    try:
        text = (folder / ".git" / "config").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    found = re.search(r"^\s*url\s*=\s*(.+?)\s*$", text, re.MULTILINE)
    return found is not None and _plain(found[1]) == _plain(repository)


def _plain(address: str) -> str:
    return address.strip().rstrip("/").removesuffix(".git").lower()


# --- the environment -------------------------------------------------------------------------------------------------


def _environment_needed(run: InstallRun) -> bool:
    return not run.trainer.python and (run.state.get("venv") == "begun" or not run.has_pip(run.venv_python))


def _make_environment(run: InstallRun) -> None:
    """Make folder/venv; one whose making was broken off is made anew, and one without a pip that starts where need be."""
    python, version = pythons.find_python()
    if not pythons.TRAINER_PYTHONS[0] <= version <= pythons.TRAINER_PYTHONS[1]:
        run.notes.append(Text("setup.note.python_untested", {"version": f"{version[0]}.{version[1]}"}))
    begun = run.state.get("venv") == "begun"
    run.state["venv"] = "begun"
    utils.write_json(run.folder / location.STATE_FILE, run.state)
    for clear in (["--clear"], []) if begun else ([], ["--clear"]):
        call(run, [python, "-m", "venv", *clear, str(run.folder / "venv")])
        if run.has_pip(run.venv_python):
            break
    run.state.update(python=python, venv="made")


def _torch_needed(run: InstallRun) -> bool:
    return not run.trainer.python and ("torch" not in run.state["done"] or run.state.get("torch") != _torch_mark(run))


def _torch_mark(run: InstallRun) -> str:
    return utils.fingerprint([_index(run), TORCH_REQUIREMENTS.read_text(encoding="utf-8")])


def _index(run: InstallRun) -> str:
    """Return the index that PyTorch comes from: the settings' own, "pip" for what pip is configured with, or the driver's."""
    if run.trainer.torch_index:
        return run.trainer.torch_index
    best = max(run.cards, key=lambda card: card.total_gib, default=None)
    return trainer_torch_index.torch_index(best.cuda, best.compute_capability) if best else trainer_torch_index.torch_index("")


def _index_words(run: InstallRun, index: str) -> list[str]:
    """Return how pip is told of the index; one that it is configured with comes first and may serve where this is barred."""
    if index == PIPS_OWN:
        return []
    chosen = bool(run.trainer.torch_index)
    return ["--extra-index-url" if not chosen and run.own_index(run.venv_python) else "--index-url", index]


def _install_torch(run: InstallRun) -> None:
    wanted = _index(run)
    index = run.index = without_password(wanted)
    on_cpu = index.endswith("/cpu")
    if on_cpu and run.cards:
        run.notes.append(Text("setup.note.old_driver", {"name": run.cards[0].name, "cuda": run.cards[0].cuda or "?"}))
    needed = CPU_SPACE_GB if on_cpu else CUDA_SPACE_GB
    free = shutil.disk_usage(run.folder).free / 1e9
    if free < needed:
        raise PipelineError("setup.no_space", path=str(run.folder), free_gb=free, needed_gb=needed)
    # To pip, any torch of that version will do: that of the processor stays when the driver is new, and so does a damaged one.
    other = run.state.get("index") not in {None, index} or run.state.pop("broken", False)
    pip(run, *(["--force-reinstall"] if other else []), *_index_words(run, wanted), "-r", str(TORCH_REQUIREMENTS))
    run.state.update(index=index, torch=_torch_mark(run))


def _requirements_needed(run: InstallRun) -> bool:
    if run.trainer.python:
        return False
    return "requirements" not in run.state["done"] or run.state.get("requirements") != _requirements_mark(run)


def _requirements_file(run: InstallRun) -> Path:
    script = trainer_options.find_script(run.folder)
    return (script.parent if script else run.folder) / "requirements.txt"


def _requirements_mark(run: InstallRun) -> str:
    file = _requirements_file(run)
    return utils.fingerprint(file.read_text(encoding="utf-8", errors="replace") if file.is_file() else "")


def _install_requirements(run: InstallRun) -> None:
    """Install what the trainer names itself; from its own folder, since it names itself too ("-e .")."""
    file = _requirements_file(run)
    if file.is_file():
        pip(run, "-r", file.name, cwd=file.parent)
    run.state["requirements"] = _requirements_mark(run)


# --- the proof -------------------------------------------------------------------------------------------------------


def _always(_: InstallRun) -> bool:
    return True


def _verify(run: InstallRun) -> None:
    """Ask the trainer's own parser for its options. Raises PipelineError("setup.not_verified"), ("train.cause.library")."""
    table = run.verify(run.folder, run.python)
    if _requirements_gone(run, table):  # removed since by hand or by another installation
        _install_requirements(run)
        table = run.verify(run.folder, run.python)
    missing = [name for name in NEEDED_OPTIONS if not table.has(name)]
    if table.source != "installed" or missing:
        detail = table.problem or ", ".join(f"--{name}" for name in missing)
        run.state["broken"] = True  # what is broken is installed again by the next call
        forget(run, "torch")
        reader = trainer_log.LogReader()
        reader.feed(detail)
        if "train.cause.library" in reader.facts.troubles:
            raise PipelineError("train.cause.library", detail=detail)
        raise PipelineError("setup.not_verified", detail=detail, python=str(run.python), log=str(run.folder / LOG_FILE))
    if run.cards and not table.packages.get("cuda"):
        run.notes.append(Text("setup.note.no_cuda", {"name": run.cards[0].name}))
    run.table = table


def _requirements_gone(run: InstallRun, table: trainer_options.OptionTable) -> bool:
    """Return whether a package that the trainer's requirements name is not there; torch has a step of its own."""
    file = _requirements_file(run)
    if run.trainer.python or not file.is_file():
        return False
    if table.source != "installed":
        return re.search(r"No module named '(?!torch)", table.problem or "") is not None
    named = {name.lower() for name, _ in read_requirements(file)}
    return any(table.lacks_package(name) for name in trainer_options.PACKAGES if name in named)


STEPS = (
    Step("clone", install_source.needed, install_source.clone),
    Step("environment", _environment_needed, _make_environment),
    Step("torch", _torch_needed, _install_torch),
    Step("requirements", _requirements_needed, _install_requirements),
    Step("verify", _always, _verify),
)
