"""What a trial has shown of the trainings that it compared, kept as figures (avatar/workspace/evidence.py) for later plans."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from avatar.results import trial
from avatar.results.ranking import Ranked, Ranking
from avatar.texts.text import PipelineError
from avatar.training import run_evidence, run_folder
from avatar.workspace import evidence
from avatar.workspace.client import Client


def note(client: Client, folder: Path, ranking: Ranking, *, collect: bool) -> None:
    """Keep what the trial in folder has shown; the same order again adds nothing. collect: as settings.evidence says."""
    if not collect or not any(one.rank for one in ranking.candidates):
        return
    one, yardstick = trial.read(folder), ranking.yardstick.mean if ranking.yardstick else None
    compared = [
        {**figures, **_training(client, run_id)} for run_id, figures in best_of_runs(one.models, ranking, yardstick).items()
    ]
    if not any(figures.get("training") for figures in compared):  # trained elsewhere, or before figures were kept
        return
    row = {
        "kind": "trial", "back_end": one.backend.kind, "yardstick": yardstick,
        "reference": ranking.held_out.kind if ranking.held_out else None,
        "critical_difference": ranking.critical_difference, "compared": compared,
    }  # fmt: skip
    evidence.note(client, f"trial {one.trial_id}", row)


def best_of_runs(models: Iterable[trial.Model], ranking: Ranking, yardstick: float | None) -> dict[str, dict[str, Any]]:
    """Return the figures of the best file of each training, best first. Pure. A model that came from elsewhere is left out."""
    run_of = {model.name: model.run_id for model in models if model.run_id}
    steps = {model.name: model.step for model in models}
    found: dict[str, dict[str, Any]] = {}
    for place in ranking.candidates:
        run_id = run_of.get(place.model)
        if place.rank is None or run_id is None:
            continue
        figures = found.setdefault(run_id, _figures(place, yardstick, steps.get(place.model)))
        figures["best_or_tied"] = figures["best_or_tied"] or place.rank == 1 or place.tied
    return found


def _figures(place: Ranked, yardstick: float | None, step: int | None) -> dict[str, Any]:
    over = None if yardstick is None or place.likeness is None else place.likeness - yardstick
    return {
        "step": step, "weight": place.weight, "likeness": place.likeness, "over_yardstick": over, "n": place.n,
        "faces": place.faces, "copy_risk": place.copy_risk, "flexibility": place.flexibility, "best_or_tied": False,
    }  # fmt: skip


def _training(client: Client, run_id: str) -> Mapping[str, Any]:
    """Return the values that a model was trained with, and which line tells of its training."""
    found: dict[str, Any] = {"training": evidence.id_of(client, run_evidence.name_of(run_id))}
    with contextlib.suppress(PipelineError):
        spec, _ = run_folder.spec_of(client.runs / run_id, client.models)
        found["values"] = run_evidence.values_of(spec.plan)
    return found
