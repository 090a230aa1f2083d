"""One check for every entry of the user's troubleshooting list, with its remedies.

Read-only: the checks look at the last run's records and log, the dataset as the trainer reads it, the
pictures' verdicts, scripts and settings. A finding names its remedies as `Remedy`; commands/doctor.py applies them.
"""

from __future__ import annotations

import importlib.util
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import utils
from avatar.faces import quality
from avatar.plan.remedies import cheaper, on_top, steadier
from avatar.reports import doctor_training
from avatar.reports.last_run import LastRun, last_run
from avatar.texts.text import Finding, Level, Remedy, Text
from avatar.trainer import dataset_folder, dataset_pictures
from avatar.training import log_file, progress_file, run_folder
from avatar.training import runs as training_runs
from avatar.training import watch as training_watch
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from config import Settings

ENGINES = {"onnx": "onnxruntime", "mtcnn": "tensorflow"}  # faces.engine -> the package it needs
LOWER_CONFIDENCE = 0.75  # [user] what the description advises where faces are not found
SCRIPT_SUFFIXES = {".bat": "^", ".cmd": "^", ".ps1": "`", ".sh": "\\"}  # what continues a line in each shell
WRONG_SCRIPT = re.compile(r"(?<![\w-])train_network\.py")
# Warnings about slightly different versions and about future deprecations; all of them harmless.
HARMLESS = {
    "xFormers": re.compile(r"xformers", re.IGNORECASE), "Triton": re.compile(r"triton", re.IGNORECASE),
    "TensorFlow": re.compile(r"oneDNN|tensorflow|cuDNN factory|cuBLAS factory", re.IGNORECASE),
    "Python": re.compile(r"(?:Future|User|Deprecation)Warning"),
}  # fmt: skip
_WARNS = re.compile(r"warn|oneDNN|not available|factory", re.IGNORECASE)
_WINDOWS_PATH = re.compile(r'"[A-Za-z]:\\.*?"')  # a whole JSON string


def examine(
    client: Client | None, settings: Settings | None, *, program_dir: Path, config_file: Path, trainer_folder: Path
) -> list[Finding]:
    """Run all checks; without a client, those of the installation.

    settings  None where they cannot be read: a finding where backslashes in config.json are why
    """
    in_force = settings or Settings()
    findings: list[Finding] = []
    run: LastRun | None = None
    plan: Mapping[str, Any] = {}
    if client is not None:
        run, plan, records = last_run(client), plan_of(client), client.records()
        findings += [
            doctor_training.check_training(run, doctor_training.fingerprint_of_plan(client)),
            doctor_training.check_plan(client, in_force),
            check_memory(run, plan), check_faces(records, in_force), check_nan(run, plan), check_originals(client, records),
            check_images(client, records),
        ]  # fmt: skip
    findings += [
        check_mtcnn(engine=in_force.faces.engine), doctor_training.check_disk(client.folder if client else program_dir)
    ]  # fmt: skip
    folders = [program_dir, *([client.folder, client.training] if client else [])]
    texts = dict(scripts(folders))
    script = check_script(run, trainer_folder, texts)
    environment = doctor_training.check_environment(settings.trainer) if settings and script.level == "ready" else None
    findings.append(environment or script)
    findings.append(check_backslashes(texts, config_file, config_ok=settings is not None))
    if client is not None:
        live = training_runs.live_runs(client.runs)
        findings.append(check_hang(live, training_runs.busy_runs(client.folder.parent), plan, windows=os.name == "nt"))
        findings.append(check_warnings(run))
    return findings


def plan_of(client: Client) -> Mapping[str, Any]:
    """Return the plan of the next training, {} where there is none."""
    plan = utils.read_object(client.plan_file).get("plan")
    return plan if isinstance(plan, dict) else {}


# --- faces -----------------------------------------------------------------------------------------------------------


def check_mtcnn(
    has: Callable[[str], bool] = lambda name: importlib.util.find_spec(name) is not None, engine: str = "onnx"
) -> Finding:
    """\"MTCNN not available\": the networks, or the library that runs them, are not installed. engine: the requested one."""
    command = f'"{sys.executable}" -m pip install "mtcnn>=1,<2" tensorflow-cpu'
    runs = {name: has(package) for name, package in ENGINES.items()}
    if not has("mtcnn") or not any(runs.values()):
        missing = [name for name in ("mtcnn", *ENGINES.values()) if not has(name)]
        return Finding("mtcnn", "blocked", Text("doctor.mtcnn.missing", {"names": ", ".join(missing), "command": command}))
    if not runs.get(engine, True):
        other = next(name for name, there in runs.items() if there)
        values = {"engine": engine, "other": other, "command": command}
        return Finding("mtcnn", "attention", Text("doctor.mtcnn.other", values), (Remedy("engine", (other,)),))
    return Finding("mtcnn", "ready", Text("doctor.mtcnn.ok"))


def check_faces(records: Sequence[ImageRecord], settings: Settings) -> Finding:
    """\"No face detected\": in how many pictures, and whether a lower threshold would approve any of them."""
    judged = [record for record in records if record.quality is not None]
    if not judged:
        return Finding("faces", "ready", Text("doctor.faces.none_yet"))
    without = sum(not record.faces for record in judged)
    unsure = [record for record in judged if _reasons(record) & {"low_confidence"}]
    lower = _with_threshold(settings, min(LOWER_CONFIDENCE, settings.quality.face_confidence_threshold))
    gained = sum(_approved_with(record, lower) for record in unsure)
    values = {"n": without, "total": len(judged), "unsure": len(unsure), "gained": gained, "threshold": LOWER_CONFIDENCE}
    if not without and not unsure:
        return Finding("faces", "ready", Text("doctor.faces.ok", values))
    remedies = [Remedy("threshold", (str(LOWER_CONFIDENCE),))] if gained else []
    level: Level = "blocked" if without == len(judged) else "attention"
    found = Text("doctor.faces.found_more" if gained else "doctor.faces.found", values)
    return Finding("faces", level, found, (*remedies, Remedy("review")))


def _approved_with(record: ImageRecord, settings: Settings) -> bool:
    """Return whether the rules would approve a picture with other settings; a decision of the user is kept."""
    if record.quality is None or (record.decision is not None and record.decision.by == "user"):
        return False
    return quality.judge(record.quality.measures, settings.quality, quality.kind_of(record)).verdict == "approved"


def _reasons(record: ImageRecord) -> set[str]:
    return {reason.code for reason in record.quality.reasons} if record.quality else set()


def _with_threshold(settings: Settings, threshold: float) -> Settings:
    import dataclasses

    limits = dataclasses.replace(settings.quality, face_confidence_threshold=threshold)
    return dataclasses.replace(settings, quality=limits)


# --- dataset ---------------------------------------------------------------------------------------------------------


def check_originals(client: Client, records: Sequence[ImageRecord]) -> Finding:
    """Pictures whose original is gone, or whose record is: deleted by hand, or by somebody while they were imported."""
    gone, known = frozenset(client.missing_originals()), {record.image_id for record in records}
    if not gone and (unknown := client.originals_there() - known):
        values = {"n": len(unknown), "client": client.client_id}
        source = "mj" if any(image_id.startswith("mj") for image_id in unknown) else "real"
        again = Text(f"status.import_{source}_again", {"client": client.client_id})
        return Finding("originals", "blocked", Text("doctor.originals.no_record", {**values, "again": again}))
    if not gone:
        return Finding("originals", "ready", Text("doctor.originals.ok"))
    uncut = tuple(record.image_id for record in records if record.image_id in gone and record.quality is None)
    values = {"n": len(gone), "uncut": len(uncut)}
    if not uncut:
        return Finding("originals", "attention", Text("doctor.originals.missing", values), images=tuple(sorted(gone)))
    return Finding("originals", "blocked", Text("doctor.originals.uncut", values), (Remedy("remove", uncut),), uncut)


def check_images(client: Client, records: Sequence[ImageRecord]) -> Finding:
    """\"0 train images\": what the trainer would read, and at which earlier stage the pictures were lost."""
    view = dataset_folder.read_as_trainer(client.training_data, client_id=client.client_id)
    problems = (*view.fatal, *dataset_pictures.damaged_pictures(client.training_data, view))
    if view.images and not problems:
        return Finding("images", "ready", Text("doctor.images.ok", {"n": view.images}))
    if view.images:
        values = {"n": len(problems), "path": str(client.training_data), "first": problems[0]}
        return Finding("images", "blocked", Text("doctor.images.problems", values), (Remedy("prepare"),))
    values = {"total": len(records), "approved": sum(record.approved for record in records), "path": str(client.training_data)}
    if not records:
        return Finding("images", "attention", Text("doctor.images.not_imported", values))
    if values["approved"]:
        return Finding("images", "blocked", Text("doctor.images.not_prepared", values), (Remedy("prepare"),))
    if any(record.quality is None for record in records):
        return Finding("images", "blocked", Text("doctor.images.not_processed", values), (Remedy("process"),))
    return Finding("images", "blocked", Text("doctor.images.none_approved", values), (Remedy("review"),))


# --- training --------------------------------------------------------------------------------------------------------


def check_memory(run: LastRun | None, plan: Mapping[str, Any]) -> Finding:
    """\"CUDA out of memory\" in the last training, and the plan that would need less."""
    if run is None or "train.cause.gpu_memory" not in {run.cause, *run.facts.troubles}:
        return Finding("memory", "ready", Text("doctor.memory.ok"))
    values = {
        "run": run.folder.name, "step": run.outcome.get("steps") or run.facts.step,
        "resolution": run.plan.get("resolution", "?"), "dim": run.plan.get("network_dim", "?"),
    }  # fmt: skip
    if run.outcome.get("success"):
        return Finding("memory", "ready", Text("doctor.memory.survived", values))
    if _other_plan(run, plan):
        return Finding("memory", "attention", Text("doctor.memory.replanned", values))
    return Finding(
        "memory", "blocked", Text("doctor.memory.found", values), _replan(on_top(run.changed, cheaper(run.plan or plan)))
    )


def check_nan(run: LastRun | None, plan: Mapping[str, Any]) -> Finding:
    """\"NaN detected in latents\" in the last training, or a plan that asks for it."""
    if plan.get("no_half_vae") is False:
        return Finding("nan", "attention", Text("doctor.nan.half_vae"), _replan(["no_half_vae=true"]))
    named = set() if run is None else {run.cause, *run.facts.troubles}
    found = bool(named & {"train.cause.nan", "train.cause.nan_latents"}) or (run is not None and run.facts.nan_step is not None)
    if run is None or not found or run.outcome.get("success"):
        return Finding("nan", "ready", Text("doctor.nan.ok"))
    values = {"run": run.folder.name, "step": run.outcome.get("nan_step") or run.facts.nan_step or run.facts.step}
    if _other_plan(run, plan):
        return Finding("nan", "attention", Text("doctor.nan.replanned", values))
    first = _number(values, "step") <= 1
    key = "doctor.nan.first_step" if first else "doctor.nan.found"
    values["model"] = run.plan.get("base_model", "?")
    return Finding(
        "nan", "blocked", Text(key, values), _replan(on_top(run.changed, steadier(run.plan or plan, first_step=first)))
    )


def _number(plan: Mapping[str, Any], name: str) -> float:
    """Return a number of a plan, 0 if it is not a number: the doctor also reads damaged files."""
    value = plan.get(name)
    return value if isinstance(value, (int, float)) and math.isfinite(value) else 0


def _replan(overrides: Sequence[str]) -> tuple[Remedy, ...]:
    return (Remedy("replan", tuple(overrides)),) if overrides else ()


def _other_plan(run: LastRun, plan: Mapping[str, Any]) -> bool:
    """Return whether the plan differs from the one that failed: then it should be tried before it is changed again."""
    names = ("resolution", "network_dim", "train_batch_size", "fp8_base", "mixed_precision", "learning_rate", "no_half_vae")
    asked = run.asked
    return bool(plan) and bool(asked) and any(plan.get(name) != asked.get(name) for name in names)


def check_hang(
    live: Sequence[training_runs.LiveRun], busy: Sequence[tuple[str, str, int]], plan: Mapping[str, Any], *, windows: bool,
    now: float | None = None,
) -> Finding:  # fmt: skip
    """\"Training hangs at epoch increment\": a trainer that says nothing, two at once, or workers that Windows starts anew."""
    moment = time.time() if now is None else now
    for run in live:
        row = progress_file.last_row(run.folder / progress_file.PROGRESS_FILE)
        limit = training_watch.silence_limit_s(row.get("seconds_per_step"))
        silent = moment - _written(run.folder / run_folder.LOG_FILE, moment)
        if silent > limit:
            values = {"run": run.run_id, "minutes": silent / 60, "step": run.step, "total": run.total}
            return Finding("hang", "blocked", Text("doctor.hang.silent", values), (Remedy("stop", (run.run_id,)),))
    if len(busy) > 1:
        return Finding("hang", "attention", Text("doctor.hang.several", {"n": len(busy)}), _stop_first(live))
    if windows and _number(plan, "max_data_loader_n_workers") > 0:
        values = {"n": plan["max_data_loader_n_workers"]}
        return Finding("hang", "attention", Text("doctor.hang.workers", values), _replan(["max_data_loader_n_workers=0"]))
    return Finding("hang", "ready", Text("doctor.hang.ok", {"n": len(busy)}))


def _stop_first(live: Sequence[training_runs.LiveRun]) -> tuple[Remedy, ...]:
    return (Remedy("stop", (live[0].run_id,)),) if live else ()


def _written(path: Path, otherwise: float) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return otherwise


def check_warnings(run: LastRun | None) -> Finding:
    """Warnings that repeat (xFormers, Triton, TensorFlow): counted, and told that they are harmless."""
    counts: dict[str, int] = {}
    if run is not None:
        for line in log_file.lines_of(run.folder, head=False):
            if _WARNS.search(line) and (kind := next((k for k, pattern in HARMLESS.items() if pattern.search(line)), None)):
                counts[kind] = counts.get(kind, 0) + 1
    if not counts:
        return Finding("warnings", "ready", Text("doctor.warnings.ok"))
    kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(counts.items()))
    return Finding("warnings", "ready", Text("doctor.warnings.found", {"n": sum(counts.values()), "kinds": kinds}))


# --- scripts and settings --------------------------------------------------------------------------------------------


def scripts(folders: Iterable[Path]) -> Iterable[tuple[Path, str]]:
    """Yield the shell scripts that lie directly in folders, with their text."""
    for folder in folders:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix.lower() in SCRIPT_SUFFIXES and path.is_file():
                try:
                    yield path, path.read_bytes().decode("utf-8", errors="surrogateescape")
                except OSError:
                    continue


def check_script(run: LastRun | None, trainer_folder: Path, texts: Mapping[Path, str]) -> Finding:
    """\"Wrong script\": SDXL is trained by sdxl_train_network.py, whatever an old script or clone says."""
    command = run.command.get("command") if run else None
    started = [str(word) for word in command] if isinstance(command, list) else []
    wrong = [str(path) for path, text in texts.items() if WRONG_SCRIPT.search(text)]
    wrong += [word for word in started if WRONG_SCRIPT.search(word)]
    if wrong:
        return Finding("script", "attention", Text("doctor.script.wrong", {"path": wrong[0], "n": len(wrong)}))
    values = {"path": str(trainer_folder)}
    if (trainer_folder / "sdxl_train_network.py").is_file():
        return Finding("script", "ready", Text("doctor.script.ok", values))
    key = "doctor.script.old_clone" if (trainer_folder / "train_network.py").is_file() else "doctor.script.not_installed"
    return Finding("script", "attention", Text(key, values), (Remedy("trainer"),))


def check_backslashes(texts: Mapping[Path, str], config_file: Path, *, config_ok: bool = True) -> Finding:
    """Backslashes on Windows: at line ends of scripts for cmd and PowerShell, and alone in the paths of config.json."""
    if not config_ok and fixed_json(_text(config_file)) is not None:
        values = {"path": str(config_file)}
        return Finding("backslashes", "blocked", Text("doctor.backslashes.config", values), (Remedy("config_file"),))
    broken = [path for path, text in texts.items() if path.suffix.lower() != ".sh" and fixed_script(path, text) != text]
    if broken:
        told = {"path": str(broken[0]), "n": len(broken)}
        return Finding("backslashes", "attention", Text("doctor.backslashes.script", told), (Remedy("scripts"),))
    return Finding("backslashes", "ready", Text("doctor.backslashes.ok"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def fixed_script(path: Path, text: str) -> str:
    """Return a script with the line continuation character of its own shell.

    >>> fixed_script(Path("a.bat"), "python x.py \\\\\\r\\n  --y\\r\\n")
    'python x.py ^\\r\\n  --y\\r\\n'
    """
    sign = SCRIPT_SUFFIXES[path.suffix.lower()]
    return re.sub(r"(?<=[ \t])\\(?=[ \t]*\r?\n)", lambda match: sign, text)


def fixed_json(text: str) -> str | None:
    r"""Return JSON with single backslashes doubled; None if it is valid already or would still not be.

    >>> fixed_json('{"folder": "D:\\kohya\\tom\\"}')
    '{"folder": "D:\\\\kohya\\\\tom\\\\"}'
    """
    mended = _WINDOWS_PATH.sub(lambda path: re.sub(r"\\\\|\\(?!u[0-9a-fA-F]{4})", r"\\\\", path[0]), text)
    if mended == text:
        return None
    try:
        utils.loads(mended)
    except ValueError:
        return None
    return mended
