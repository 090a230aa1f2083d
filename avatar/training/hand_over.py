"""A verified LoRA into models/, with its sidecars and preview."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import utils
from avatar.training.run_folder import RunSpec

_FIRST_SAMPLE = re.compile(r".+_(?:e\d{6}|(\d{6}))_00_\d{14}(?:_\d+)?\.png")  # of an epoch or a step; train_util.py:6545


def deliver(spec: RunSpec, file: Path, figures: Mapping[str, Any]) -> Path:
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
         "preferred weight": 0.8, "negative text": "", "notes": f"run {spec.run_id}, {figures['steps']} steps"},
    )  # fmt: skip
    utils.write_json(
        spec.models / f"{target.stem}.recipe.json",
        {"version": 1, "client": spec.client_id, "run_id": spec.run_id, "made_at": utils.now(),
         "trigger_word": spec.trigger_word, "class_word": spec.class_word, "sha256": utils.sha256_of(file),
         "steps": figures["steps"], "loss": figures["loss"], "seconds": figures["seconds"], "plan": asdict(spec.plan),
         "command": list(spec.command), "dataset_fingerprint": spec.dataset_fingerprint},
    )  # fmt: skip
    _keep_preview(spec, target, figures["steps"])
    move(file, target)
    return target


def _keep_preview(spec: RunSpec, model: Path, steps: int) -> None:
    """Put the last sample of the first prompt up to then beside a model: A1111 and Forge show a picture of the same name."""
    samples = []
    for path in (spec.folder / "sample").glob("*.png"):
        match = _FIRST_SAMPLE.fullmatch(path.name)
        if match and spec.first_step + int(match[1] or 0) <= steps:
            samples.append((int(match[1] or 0), path.stat().st_mtime, path))
    if samples:
        with contextlib.suppress(OSError):  # one that cannot be read: the model is worth more
            utils.write_atomic(model.with_suffix(".png"), max(samples)[2].read_bytes())


def move(source: Path, target: Path) -> None:
    """Move a new file; on Windows a virus scanner holds every new file open for a moment."""
    for _ in range(20):
        try:
            source.replace(target)
        except PermissionError:
            time.sleep(0.25)
        else:
            return
    source.replace(target)
