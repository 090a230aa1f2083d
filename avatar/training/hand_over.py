"""Delivers what a run leaves: checkpoints, and the verified LoRA in models/ with sidecars and preview."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import utils
from avatar.texts.text import Text
from avatar.trainer import lora_file
from avatar.training import states
from avatar.training.run_folder import CHECKPOINT_FOLDER, RunSpec

SCANNED_PAUSES_S = (0.25,) * 20  # [choice] a virus scanner reads a new model of hundreds of MB before it lets go
_CHECKPOINT = re.compile(r"(.+)-step(\d{8})\.safetensors")
_FIRST_SAMPLE = re.compile(r".+_(?:e\d{6}|(\d{6}))_00_\d{14}(?:_\d+)?\.png")  # of an epoch or a step; train_util.py:6545


def name_checkpoints(spec: RunSpec) -> tuple[str, ...]:
    """Put the checkpoints into a folder of their own under the steps of the whole training; the trainer counts each run from 0.

    Moving makes it repeatable: what was moved is not moved again.
    """
    place = spec.folder / CHECKPOINT_FOLDER
    for path in sorted(spec.folder.glob("*-step*.safetensors")):
        if match := _CHECKPOINT.fullmatch(path.name):
            place.mkdir(exist_ok=True)
            target = place / f"{match[1]}-step{spec.numbers.of_file(int(match[2])):08d}.safetensors"
            utils.put_in_place(path, target, SCANNED_PAUSES_S)
    return tuple(path.name for path, _ in reversed(checkpoints_of(spec.folder)))


def checkpoints_of(folder: Path) -> list[tuple[Path, int]]:
    """Return the checkpoints of a run that has ended and the steps done at each, furthest first."""
    found = []
    for path in (folder / CHECKPOINT_FOLDER).glob("*.safetensors"):
        if match := _CHECKPOINT.fullmatch(path.name):
            found.append((path, int(match[2])))
    return sorted(found, key=lambda item: item[1], reverse=True)


def short_file(spec: RunSpec, nan_step: int | None) -> Path | None:
    """Return the checkpoint at which a tuning's short run was to end, where the state of that step is whole too.

    nan_step  the first whose loss was no number, as this run counts; None: all were
    """
    stop_at = spec.tuning.stop_at if spec.tuning else None
    if stop_at is None or stop_at not in {state.steps for state in states.states_of(spec.folder)}:
        return None
    if nan_step is not None and spec.numbers.first + nan_step <= stop_at:
        return None
    return next((path for path, steps in checkpoints_of(spec.folder) if steps == stop_at), None)


def keep_as_checkpoint(spec: RunSpec, file: Path) -> Path:
    """Put the verified LoRA of a candidate's end beside its checkpoints: models/ gets only what the user takes."""
    target = _end_of_candidate(spec)
    if file != target:
        target.parent.mkdir(exist_ok=True)
        utils.put_in_place(file, target, SCANNED_PAUSES_S)
    return target


def _end_of_candidate(spec: RunSpec) -> Path:
    return spec.folder / CHECKPOINT_FOLDER / f"{spec.output_name}-step{spec.plan.max_train_steps:08d}.safetensors"


def model_file(spec: RunSpec) -> Path:
    """Return where the run's LoRA lies: in models/ already where the program was killed between moving it and saying so."""
    file = spec.folder / f"{spec.output_name}.safetensors"
    if spec.tuning is not None:
        return file if file.is_file() else _end_of_candidate(spec)
    recipe = utils.read_object(spec.models / f"{spec.output_name}.recipe.json")
    if not file.is_file() and recipe.get("run_id") == spec.run_id:
        return spec.models / file.name
    return file


def remove_names(spec: RunSpec, file: Path) -> Text | None:
    """Take the names out of a LoRA's metadata, unless they are wanted; return what prevented it.

    Before the file is verified, so that what is handed over is what was verified.
    """
    if spec.keep_names:
        return None
    try:
        lora_file.trim_names(file, file)
    except OSError as error:
        return Text("train.cause.names_left", {"path": str(file), "detail": error.strerror or str(error)})
    except ValueError:  # no safetensors file: verifying it says so
        pass
    return None


def deliver(
    spec: RunSpec, file: Path, *, steps: int, loss: float | None, seconds: float | None,
    resumed: Mapping[str, Any] | None = None,
) -> Path:  # fmt: skip
    """Put a verified LoRA and its sidecars into models/; the model last, so that it never lies there without them."""
    spec.models.mkdir(parents=True, exist_ok=True)
    target = spec.models / file.name
    if file == target:
        return target
    words = f"{spec.trigger_word} {spec.class_word}".strip()
    # A1111 and Forge read the trigger from here, not from the model (docs: "User metadata").
    utils.write_json(
        target.with_suffix(".json"),
        {"description": f"{spec.client_id}, Avatar Pipeline", "sd version": "SDXL", "activation text": words,
         "preferred weight": 0.8, "negative text": "", "notes": f"run {spec.run_id}, {steps} steps"},
    )  # fmt: skip
    utils.write_json(
        spec.models / f"{target.stem}.recipe.json",
        {"version": 1, "client": spec.client_id, "run_id": spec.run_id, "made_at": utils.now(),
         "trigger_word": spec.trigger_word, "class_word": spec.class_word, "sha256": utils.sha256_of(file),
         "steps": steps, "loss": loss, "seconds": seconds, "plan": without_folders(asdict(spec.plan)),
         "command": without_folders(list(spec.command)), "dataset_fingerprint": spec.dataset_fingerprint,
         **({"resumed": resumed} if resumed else {})},
    )  # fmt: skip
    _keep_preview(spec, target, steps)
    utils.put_in_place(file, target, SCANNED_PAUSES_S)
    return target


def _keep_preview(spec: RunSpec, model: Path, steps: int) -> None:
    """Put the last sample of the first prompt up to then beside a model: A1111 and Forge show a picture of the same name."""
    samples = []
    for path in (spec.folder / "sample").glob("*.png"):
        match = _FIRST_SAMPLE.fullmatch(path.name)
        if match and spec.numbers.of_file(int(match[1] or 0)) <= steps:
            samples.append((int(match[1] or 0), path.stat().st_mtime, path))
    if samples:
        with contextlib.suppress(OSError):  # one that cannot be read: the model is worth more
            utils.write_atomic(model.with_suffix(".png"), max(samples)[2].read_bytes())


def without_folders(value: Any) -> Any:
    """Return a value as files that are passed on may hold it: of full paths, which name people and computers, the last part.

    >>> without_folders({"vae": "/home/ana/vae.safetensors", "args": ["D:\\\\Ana\\\\x.py", "--dim=8", "a/b"]})
    {'vae': 'vae.safetensors', 'args': ['x.py', '--dim=8', 'a/b']}
    """
    if isinstance(value, Mapping):
        return {name: without_folders(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_folders(item) for item in value]
    if not isinstance(value, str):
        return value
    option, sign, path = value.partition("=") if value.startswith("--") else ("", "", value)
    for kind in (PurePosixPath, PureWindowsPath):
        if kind(path).is_absolute() or path.startswith("~"):
            return option + sign + kind(path).name
    return value
