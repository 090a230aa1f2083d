"""Clients with a finished model, for tests of what is handed over."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import utils
from avatar.generate import infotext
from avatar.results import trial
from avatar.workspace.client import Client
from tests.generate import lora_files
from tests.results import made

PARAMETERS = "portrait of ohwx woman <lora:ana:0.8>\nSteps: 25, Sampler: DPM++ 2M, Seed: 42"


def png(seed: int = 1, text: str = "", side: int = 64) -> bytes:
    """Return a picture of noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return infotext.with_parameters(buffer.getvalue(), text) if text else buffer.getvalue()


def model(
    client: Client, name: str = "ana", *, seed: int = 1, made_at: str = "2026-01-01T00:00:00+00:00",
    metadata: dict[str, str] | None = None, **recipe: Any,
) -> Path:  # fmt: skip
    """Put a LoRA with its sidecars into models/, as a training leaves it."""
    path = client.models / f"{name}.safetensors"
    lora_files.write(path, lora_files.tensors(seed=seed), metadata if metadata is not None else {"ss_steps": "1200"})
    utils.write_json(
        path.with_suffix(".json"),
        {"description": "ana, Avatar Pipeline", "sd version": "SDXL", "activation text": "ohwx woman", "preferred weight": 0.8},
    )
    plan = {"base_model": "stabilityai/stable-diffusion-xl-base-1.0", "network_dim": 1}
    utils.write_json(
        path.with_name(f"{name}.recipe.json"),
        {"version": 1, "client": client.client_id, "run_id": "20260101-000000", "made_at": made_at, "trigger_word": "ohwx",
         "class_word": "woman", "sha256": utils.sha256_of(path), "steps": 1200, "plan": plan, **recipe},
    )  # fmt: skip
    path.with_suffix(".png").write_bytes(png(seed))
    return path


CHOSEN = {
    "trial": "20260101-120000", "candidate": "1200@0.7", "likeness": 0.83, "n": 24, "critical_difference": 0.07,
    "tied_with": [], "copy_risk": 0.0, "at": "2026-01-02T00:00:00+00:00", "by": "user",
}  # fmt: skip


def drawn(client: Client, likeness: dict[int, float] | None = None) -> Path:
    """Put a trial there with pictures of 1200@0.7, two seeds of each of two prompts, and one of another candidate."""
    folder = trial.trials_folder(client) / "20260101-120000"
    trial.write(folder, made.trial(negative="blurry", steps=30, cfg=6.5, sampler="euler_a", scheduler="karras"))
    file = trial.LineFile(folder)
    lines = []
    for number, (prompt, seed, candidate) in enumerate(
        [(1, 42, "1200@0.7"), (1, 43, "1200@0.7"), (2, 42, "1200@0.7"), (2, 43, "1200@0.7"), (1, 42, "1000@0.6")]
    ):
        name = f"{number:016x}"
        (folder / f"{name}.png").write_bytes(png(100 + number, f"{PARAMETERS}, Number: {number}"))
        file.add(made.line(name, prompt=prompt, seed=seed, candidate=candidate))
        if likeness and number in likeness:
            lines.append(f'{{"picture_id": "{name}", "likeness": {likeness[number]}}}')
    (folder / "measures.jsonl").write_text("\n".join([*lines, '{"torn'] if lines else []), encoding="utf-8")
    return folder
