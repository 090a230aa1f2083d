"""Makes a captioner ready: its packages by the pip of the trainer's environment, its model by the hub's client there.

Nothing that the environment has is changed: the versions that it holds are constraints for pip, which then rather fails.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import utils
from avatar.system import child
from avatar.system.child import RunResult
from avatar.texts.text import PipelineError
from avatar.trainer import at_work, captioners, install_failures, install_run
from avatar.trainer import install as trainer_install
from avatar.trainer.captioners import Captioner
from avatar.trainer.install_run import OnLine, Runner
from avatar.trainer.options import deepest_error
from avatar.workspace import state_file
from avatar.workspace.links import folder_bytes

HUB = "https://huggingface.co"
PACKAGES_MB = 40  # download of onnx, onnxruntime and what they need [measured: 34 on Linux; wheels of other systems are larger]
SHOWN_FROM_BYTES = 5e6  # the small files of a model would make its bar jump
SPARE = 1.2  # of the disk, beside the model itself
PROBE_TIMEOUT_S = 180.0
MARKER = "AVATAR-CAPTIONER:"

# Both run in the trainer's interpreter, as text: a file of this program would put the folder it lies in on its path.
_PROBE = f"""
import importlib.metadata, importlib.util, json, sys
there, whole = {{}}, set()
for found in importlib.metadata.distributions():
    name = found.metadata["Name"]
    if name and found.version:
        there.setdefault(name, found.version)  # the first on the path is the one that is imported
        # A pip that was broken off leaves modules without a distribution, or one without what it writes last.
        if found.read_text("RECORD") or found.read_text("INSTALLER"):
            whole.add(name.lower().replace("_", "-"))
def has(module):  # onnxruntime is that of onnxruntime-gpu too
    named = any(name == module or name.startswith(module + "-") for name in whole)
    return named and importlib.util.find_spec(module) is not None
print({MARKER!r} + json.dumps({{"missing": [name for name in sys.argv[1:] if not has(name)], "there": there}}))
"""
_FETCH = """
import os, sys
from huggingface_hub import hf_hub_download
repo, revision, folder, *names = sys.argv[1:]
for name in names:
    if not os.path.isfile(os.path.join(folder, name)):
        hf_hub_download(repo_id=repo, filename=name, revision=revision, local_dir=folder)
"""
_BAR = re.compile(r"(\d+(?:\.\d+)?)([kMG]?)B?/(\d+(?:\.\d+)?)([kMG]?)B? \[(?:[\d:]+)<([\d:?]+)")
_UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}
_PIP_SAYS_WHY = re.compile(r"^ERROR: (?!ResolutionImpossible)|depends on |\(constraint\)|No matching distribution")
_NETWORK = re.compile(
    r"NameResolution|getaddrinfo|Max retries|ConnectionError|ConnectTimeout|ReadTimeout|LocalEntryNotFound|ProxyError|"
    r"offline|Temporary failure|SSLError|CERTIFICATE|Connection broken|IncompleteRead|ChunkedEncoding"
)


@dataclass(frozen=True)
class Bar:
    """What one line of tqdm says. left_s: None where it does not know yet."""

    done: float
    total: float
    left_s: float | None


def bar_of(line: str) -> Bar | None:
    """Return what a line of a progress bar says, None for any other line.

    >>> bar_of(" 33%|###   | 2/6 [00:04<00:08,  2.00s/it]")
    Bar(done=2.0, total=6.0, left_s=8.0)
    >>> bar_of("model.onnx:  12%|#  | 45.1M/388M [00:05<1:00:40, 8.51MB/s]").left_s
    3640.0
    """
    found = _BAR.search(line)
    if found is None:
        return None
    done, total = (float(found[place]) * _UNITS[found[place + 1]] for place in (1, 3))
    left = None
    if "?" not in found[5]:
        left = 0.0
        for part in found[5].split(":"):
            left = left * 60 + float(part)
    return Bar(done, total, left)


@dataclass(frozen=True)
class Environment:
    """What the trainer's environment holds. there: name -> version of its packages."""

    missing: tuple[str, ...]
    there: Mapping[str, str]


def look(captioner: Captioner, python: Path, *, timeout_s: float = PROBE_TIMEOUT_S) -> Environment:
    """Return what the environment has and what it lacks of a captioner's modules.

    Raises PipelineError("captioner.python_silent") where its Python cannot be asked.
    """
    code, output = child.run_quiet([str(python), "-c", _PROBE, *captioner.packages], timeout_s=timeout_s)
    for line in output.splitlines():
        if code == 0 and line.startswith(MARKER):
            found = state_file.fields(utils.loads(line[len(MARKER) :]), {"missing": list, "there": dict})
            missing = tuple(name for name in captioner.packages if name in found.get("missing", ()))
            return Environment(missing, {str(name): str(version) for name, version in found.get("there", {}).items()})
    raise PipelineError("captioner.python_silent", python=str(python), detail=deepest_error(output) or f"exit {code}")


def hub() -> str:
    """Return the address of the hub: a user may have named a mirror for the hub's client."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or HUB


# --- packages --------------------------------------------------------------------------------------------------------


def missing_packages(captioner: Captioner, python: Path, *, own_environment: bool) -> tuple[str, ...]:
    """Return the requirements that the environment lacks.

    own_environment  it is the user's (`trainer.python`) and never changed
    Raises PipelineError("captioner.own_environment") where something is missing there, ("captioner.python_silent").
    """
    if not captioner.packages:
        return ()
    missing = tuple(captioner.packages[name] for name in look(captioner, python).missing)
    if missing and own_environment:
        command = child.as_typed([str(python), "-m", "pip", "install", *missing])
        raise PipelineError("captioner.own_environment", packages=", ".join(missing), command=command)
    return missing


def install_packages(
    captioner: Captioner, python: Path, trainer_folder: Path, *, own_environment: bool, on_line: OnLine,
    cancel: threading.Event, runner: Runner = child.run_streaming,
) -> tuple[str, ...]:  # fmt: skip
    """Install what is missing of a captioner's packages; return the requirements that were installed.

    Raises PipelineError as `missing_packages`, ("setup.trainer_at_work"), ("setup.running"), ("captioner.packages_failed"),
    ("captioner.packages_offline"), ("captioner.packages_broken"); KeyboardInterrupt when cancelled.
    """
    wanted = missing_packages(captioner, python, own_environment=own_environment)
    if not wanted:
        return ()
    training = next((worker for worker in at_work.workers(trainer_folder.absolute()) if worker.kind == "training"), None)
    if training is not None:
        raise PipelineError("setup.trainer_at_work", path=str(trainer_folder), pid=training.pid)
    with trainer_install.held(trainer_folder), tempfile.TemporaryDirectory(prefix="avatar-pip-") as made:
        constraints = Path(made) / "constraints.txt"
        constraints.write_text(constraints_of(look(captioner, python).there), encoding="utf-8")
        call = [str(python), "-m", "pip", "install", "--progress-bar", "off", "--constraint", str(constraints), *wanted]
        result = _run(call, trainer_folder, on_line=on_line, cancel=cancel, runner=runner)
    if result.code != 0:
        _refuse_packages(result, wanted, trainer_folder)
    code, output = child.run_quiet([str(python), "-c", f"import {', '.join(captioner.packages)}"], timeout_s=PROBE_TIMEOUT_S)
    if code != 0:
        raise PipelineError("captioner.packages_broken", packages=", ".join(wanted), detail=deepest_error(output)[:600])
    return wanted


def constraints_of(there: Mapping[str, str]) -> str:
    """Return a constraints file that keeps every package at the version it has.

    >>> constraints_of({"torch": "2.7.1+cu128", "numpy": "2.2.6", "odd name": "1"})
    'numpy==2.2.6\\ntorch==2.7.1+cu128\\n'
    """
    plain = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
    kept = {name: version for name, version in there.items() if plain.fullmatch(name) and re.fullmatch(r"[\w.+!-]+", version)}
    return "".join(f"{name}=={version}\n" for name, version in sorted(kept.items()))


def _refuse_packages(result: RunResult, wanted: Sequence[str], folder: Path) -> NoReturn:
    key, said = install_failures.failure(result.tail, "requirements")
    offline = key in install_failures.OF_AN_INDEX
    if not offline:  # of a conflict pip tells the packages first and advice last
        said = [line for line in result.tail if _PIP_SAYS_WHY.search(line)] or said
    detail = " / ".join(line.strip() for line in said if line.strip())[:600] or f"exit {result.code}"
    raise PipelineError(
        "captioner.packages_offline" if offline else "captioner.packages_failed",
        packages=", ".join(wanted), detail=detail, log=str(folder / install_run.LOG_FILE),
    )  # fmt: skip


# --- the model -------------------------------------------------------------------------------------------------------


def fetch_model(
    captioner: Captioner, python: Path, trainer_folder: Path, *, on_bar: Callable[[Bar], None], cancel: threading.Event,
    runner: Runner = child.run_streaming,
) -> bool:  # fmt: skip
    """Fetch what is missing of a captioner's model into the trainer's folder; return whether something was.

    Broken off, it goes on where it was. No picture is read meanwhile.
    Raises PipelineError("captioner.no_space"), ("captioner.model_offline"), ("captioner.model_failed"); KeyboardInterrupt when
    cancelled.
    """
    if captioners.has_model(captioner, trainer_folder):
        return False
    folder = captioners.model_folder(captioner, trainer_folder)
    free_mb = shutil.disk_usage(trainer_folder).free / 1e6
    if free_mb < captioner.size_mb * SPARE:
        raise PipelineError(
            "captioner.no_space", path=str(trainer_folder), free_mb=free_mb, needed_mb=captioner.size_mb * SPARE
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)

    def said(line: str) -> None:
        if (bar := bar_of(line)) is not None and bar.total >= SHOWN_FROM_BYTES:
            on_bar(bar)

    call = [str(python), "-c", _FETCH, captioner.repo, captioner.revision, str(folder), *captioner.files]
    result = _run(call, trainer_folder, on_line=said, cancel=cancel, runner=runner)
    if result.code != 0 or not captioners.has_model(captioner, trainer_folder):
        detail = deepest_error("\n".join(result.tail))[:600] or f"exit {result.code}"
        offline = any(_NETWORK.search(line) for line in result.tail)
        raise PipelineError(
            "captioner.model_offline" if offline else "captioner.model_failed", model=captioner.repo, hub=hub(), detail=detail
        )
    return True


def remove_models(trainer_folder: Path) -> int:
    """Delete all models that captioners fetched; return how many bytes that were."""
    folder = trainer_folder / captioners.MODELS_FOLDER
    size = folder_bytes(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return size


def fetch_environment(trainer_folder: Path) -> dict[str, str]:
    """Return the environment for fetching: what the hub's client keeps stays in the trainer's folder, and it tells nobody."""
    cache = str(trainer_folder / captioners.MODELS_FOLDER / ".cache")
    quiet = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}
    return child.child_environment({"HF_HOME": cache, "TORCH_HOME": cache, **quiet})


def work_environment(script: Path, trainer_folder: Path, *, without_card: bool) -> dict[str, str]:
    """Return the environment for looking at pictures: the model is there, so that no network is needed nor asked.

    without_card  a training has it: the processor does the work
    """
    environment = {**fetch_environment(trainer_folder), "PYTHONPATH": str(script.parent.parent)}
    environment |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    return {**environment, "CUDA_VISIBLE_DEVICES": ""} if without_card else environment


def _run(
    call: Sequence[str], trainer_folder: Path, *, on_line: OnLine, cancel: threading.Event, runner: Runner
) -> RunResult:  # fmt: skip
    """Run one command; its lines go into the log of the installation too. Raises KeyboardInterrupt when cancelled."""
    environment = {**fetch_environment(trainer_folder), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    log = trainer_folder / install_run.LOG_FILE
    with log.open("a", encoding="utf-8", errors="replace") as handle:
        handle.write(f"$ {' '.join(word for word in call if chr(10) not in word)}\n")

        def said(line: str) -> None:
            if bar_of(line) is None:
                handle.write(line + "\n")
            on_line(line)

        result = runner(call, on_line=said, cancel=cancel, environment=environment)
    if result.cancelled or cancel.is_set():
        raise KeyboardInterrupt
    return result
