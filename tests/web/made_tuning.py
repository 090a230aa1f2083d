"""Tunings on the disk, as `tune` leaves them: stage 0, short and whole candidates, one that failed, the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from avatar.results import trial, tuning
from avatar.results.trial_make import jobs_of
from avatar.results.tuning import Info, Line, Tried
from avatar.training import variant
from avatar.workspace.client import Client
from tests.results import made
from tests.web import made_trial

FILES = {"plan-2000@0.8": 0.79, "rate_half-2000@0.6": 0.81, "rate_double-800@0.8": 0.58}
TRIAL, TUNING = "20260102-060000", "20260101-220000"
OOM = {"key": "train.cause.gpu_memory", "values": {"step": 0, "total": 2000, "detail": "CUDA out of memory"}}


def tuned(client: Client, *, ended: bool = True, failed: str = "rank_16", cause: dict[str, Any] | None = None) -> Path:
    """Give a client who has photos a tuning of three candidates and one that failed; return its folder."""
    trial_folder = _drawn(client)
    info = Info(
        tuning_id=TUNING, started_at="2026-01-01T22:00:00+01:00", hours=8.0, plan_fingerprint="a" * 16,
        dataset_fingerprint="b" * 16, held_out="c" * 16, plan={}, steps=2000, short=800,
        candidates=[Tried(name=name, plan={}) for name in ("plan", "rate_half", "rate_double", failed)],
    )  # fmt: skip
    folder = tuning.begin(variant.folder_of(client, TUNING), info).folder
    halved = [{"key": "learning_rate", "from": 1e-4, "to": 5e-5}]
    for line in (
        Line(candidate="last", state="full", file="1500@0.8", trial_id=trial_folder.name, likeness=0.74, n=24, seconds=2600.0),
        _line("plan", "full", 2000, 10_000.0, [], 0.041),
        _line("rate_half", "full", 2000, 9_800.0, halved, 0.0402),
        _line("rate_double", "dropped", 800, 4_100.0, [{"key": "learning_rate", "from": 1e-4, "to": 2e-4}], 0.052),
        Line(candidate=failed, state="failed", changes=[{"key": "network_dim", "from": 96, "to": 16}], seconds=320.0,
             cause=cause or OOM),
    ):  # fmt: skip
        tuning.append(folder, line)
    if ended:
        tuning.write_answer(
            folder,
            {"file": "rate_half-2000@0.6", "candidate": "rate_half", "run_id": "tune-1", "trial_id": TRIAL,
             "critical_difference": 0.05, "compared": 24, "tied": ["rate_half-2000@0.6", "plan-2000@0.8"],
             "changes": [{"key": "learning_rate", "from": 1e-4, "to": 5e-5,
                          "why": {"key": "tune.why.learning_rate", "values": {}}}],
             "hours_used": 7.4, "another_night": [{"key": "tune.more.tied", "values": {"n": 2, "value": 0.05}}]},
        )  # fmt: skip
    return folder


def _line(name: str, state: Any, steps: int, seconds: float, changes: list[dict[str, Any]], loss: float) -> Line:
    file = next(file for file in FILES if file.startswith(f"{name}-"))
    return Line(
        candidate=name, state=state, steps=steps, run_id=f"tune-{name}", changes=changes, file=file, trial_id=TRIAL,
        likeness=FILES[file], n=24, copy_risk=0.01, flexibility=0.92, held_out_loss=loss, seconds=seconds,
    )  # fmt: skip


def _drawn(client: Client) -> Path:
    """Draw the pictures of the candidates' files."""
    models = [{"name": file.partition("@")[0], "step": 2000, "sha256": f"{number:064x}", "run_id": "tune-1"}
              for number, file in enumerate(FILES)]  # fmt: skip
    one = made.trial(
        trial_id=TRIAL, models=[*models, {"name": "1500", "step": 1500, "sha256": "f" * 64, "run_id": "r"}],
        weights=["0.6", "0.8"], seconds_per_picture=12.0,
        prompts=[{"n": n, "text": text, "kind": "user"} for n, text in enumerate(made_trial.TRIAL_PROMPTS, 1)],
        rounds=[{"round": 0, "candidates": ["base@0"], "seeds": [42]},
                {"round": 1, "candidates": [*FILES, "1500@0.8"], "seeds": [42, 43]}],
    )  # fmt: skip
    folder = trial.trials_folder(client) / TRIAL
    trial.write(folder, one)
    made_trial.drawn(folder, jobs_of(one))
    return folder
