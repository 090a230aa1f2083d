"""Trials for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

import utils
from avatar.generate import proof
from avatar.plan.values import Plan
from avatar.results import likeness
from avatar.results.scores import Score, Scores, TrialPicture
from avatar.results.trial import Line, Trial
from avatar.texts.text import as_record
from avatar.workspace.client import Client
from tests.results.fake_backend import FakeBackend

PLAN = Plan(
    profile="cpu", preset="quick", base_model="stabilityai/stable-diffusion-xl-base-1.0", resolution=1024, network_dim=2,
    network_alpha=1.0, train_batch_size=1, gradient_accumulation_steps=1, learning_rate=1e-4, max_train_steps=2000,
    save_every_n_steps=500, lr_warmup_steps=0,
)  # fmt: skip

SHA = {"1000": "11" * 32, "1200": "12" * 32, "final": "ff" * 32}


def trial(**changes: Any) -> Trial:
    """Return a trial of two models at two weights with two prompts."""
    values: dict[str, Any] = {
        "trial_id": "20260101-120000", "made_at": "2026-01-01T12:00:00+00:00", "trigger_word": "ohwx", "class_word": "woman",
        "base": {"name": "sdxl.safetensors", "sha256": "ab" * 32}, "held_out": {"images": [], "digest": ""},
        "models": [{"name": name, "step": int(name), "sha256": SHA[name], "run_id": "r"} for name in ("1000", "1200")],
        "weights": ["0.6", "0.8"],
        "prompts": [{"n": 1, "text": "portrait of ohwx woman", "kind": "user"},
                    {"n": 2, "text": "ohwx woman on a beach", "kind": "unseen"}],
        "seeds": [42], "rounds": [
            {"round": 0, "candidates": ["base@0"], "seeds": [42]},
            {"round": 1, "candidates": ["1000@0.6", "1000@0.8", "1200@0.6", "1200@0.8"], "seeds": [42]},
        ],
        "sampler": "dpmpp_2m", "scheduler": "normal", "steps": 25, "cfg": 7.0, "size": (1024, 1024), "negative": "",
        "backend": {"kind": "trainer", "address": "", "version": "1"}, **changes,
    }  # fmt: skip
    return Trial.model_validate(values)


def line(picture_id: str = "0" * 16, **changes: Any) -> Line:
    """Return a line of trial.jsonl."""
    values: dict[str, Any] = {
        "picture_id": picture_id, "candidate": "1200@0.8", "prompt": 1, "seed": 42, "round": 1, "file": f"{picture_id}.png",
        "seconds": 1.0, "at": "2026-01-01T12:00:00+00:00", "state": "done", **changes,
    }  # fmt: skip
    return Line.model_validate(values)


def scores(folder: Path, alike: Callable[[TrialPicture], float | None]) -> Scores:
    """Return scores of known truth of what a trial has drawn, in place of measures; alike: None for one without a face."""
    found = [
        Score(picture=picture, faces=int(value is not None), likeness=value)
        for picture, value in ((picture, alike(picture)) for picture in likeness.drawn(folder))
    ]
    return Scores(pictures=tuple(found), reference=None, yardstick=None, flexibility={}, failed={})


def trained(
    client: Client, steps: Sequence[int] = (500, 1000, 1500), run_id: str = "20260101-000000", name: str = "ana_v1"
) -> Client:
    """Give a client a finished training of 2000 steps, with checkpoints and the model that was handed over."""
    folder = client.runs / run_id
    (folder / "checkpoints").mkdir(parents=True)
    utils.write_json(folder / "outcome.json", {"version": 1, "success": True, "steps": 2000, "total": 2000})
    plan = as_record(PLAN)
    record = {
        "version": 2, "run_id": run_id, "client": client.client_id, "command": ["python", "train.py"], "cwd": "/", "plan": plan,
        "output_name": name, "trigger_word": "ohwx", "class_word": "woman", "changes": [], "resumed_from": "",
        "plan_fingerprint": "p", "started": 1.0, "dataset_fingerprint": "d", "first_step": 0,
    }  # fmt: skip
    utils.write_json(folder / "command.json", record)
    for step in steps:
        lora(folder / "checkpoints" / f"{name}-step{step:08d}.safetensors", step)
    client.models.mkdir(parents=True, exist_ok=True)
    model = lora(client.models / f"{name}.safetensors", 2000)
    recipe = {"version": 1, "run_id": run_id, "made_at": f"{run_id[:4]}-01-01T00:00:00+00:00", "steps": 2000,
              "sha256": utils.sha256_of(model), "plan": plan}  # fmt: skip
    utils.write_json(client.models / f"{name}.recipe.json", recipe)
    return client


def lora(path: Path, seed: int) -> Path:
    """Write a LoRA of one module; `proof` would refuse it."""
    values = np.random.default_rng(seed).normal(0, 0.1, (2, 8)).astype(np.float16)
    name = "lora_unet_input_blocks_4_1_proj_in"
    save_file(
        {f"{name}.lora_down.weight": values, f"{name}.lora_up.weight": values.T.copy(),
         f"{name}.alpha": np.array(1, np.float16)},
        str(path), {"ss_network_dim": "2", "ss_tag_frequency": "secret"},
    )  # fmt: skip
    return path


def facts(path: Path, multipliers: tuple[int, ...] = ()) -> proof.LoraFacts:
    """Return what `proof.check_lora` says of a good file."""
    return proof.LoraFacts(path=path, unet_modules=722, text_modules=0, dim=2, short_hash=utils.sha256_of(path)[:12])


def sha256(name: str, backend: FakeBackend) -> str | None:
    """Return the hash of a model of that name among those that a back end was opened with."""
    return next((sha for sha, one in backend.loras.items() if one.name == name), None)
