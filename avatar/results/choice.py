"""The candidate that is used: handed over as a model, with the recommended weight, a preview, and in its recipe the choice.

The model whose recipe has the newest choice is the client's; taking another takes the choice before back.
"""

from __future__ import annotations

import contextlib
import re
import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import utils
from avatar.results import plan_trial, trial, trial_models
from avatar.results.ranking import Ranking
from avatar.results.scores import Scores
from avatar.results.trial import Trial
from avatar.results.trial_models import Lora
from avatar.texts import spoken
from avatar.texts.text import PipelineError
from avatar.texts.translate import LANGUAGES, words
from avatar.trainer import lora_file
from avatar.training import checkpoints, hand_over, run_folder, runs
from avatar.workspace.client import Client

USUAL_WEIGHT = 0.8  # of a model that nobody has tried; what `hand_over` writes
BEST = "best"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The choice as a recipe holds it. by: rules where it was the proposed one."""

    trial: str
    candidate: str
    likeness: float | None
    n: int
    critical_difference: float | None
    tied_with: tuple[str, ...]
    copy_risk: float | None
    at: str
    by: Literal["user", "rules"]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What taking a candidate did. preview: the picture beside the model, None: there is none of the trial."""

    model: Path
    chosen: Chosen
    preview: Path | None


def candidate_named(one: Trial, typed: str) -> str:
    """Return the candidate that is meant, as MODEL@WEIGHT or in words: "564@0.8", "paso 564 con peso 0,8", "modelo final 0,8".

    Raises PipelineError("trial.no_candidate").
    """
    name, _, weight = typed.rpartition("@")
    if not name and (said := _IN_WORDS.fullmatch(typed.strip())):
        name, weight = _model_named(one, said[1]), said[2].replace(",", ".")
    with contextlib.suppress(ValueError, KeyError):
        return trial.candidate(one.model(name).name, plan_trial.canonical_weight(weight))
    known = spoken.several([spoken.weighted(each) for each in trial.names(one)])
    raise PipelineError("trial.no_candidate", candidate=typed, known=known)


_IN_WORDS = re.compile(r"(.+?)\s*(?:·|con peso|at weight|\s)\s*([\d.,]+)", re.IGNORECASE)


def _model_named(one: Trial, typed: str) -> str:
    """Return the model that words mean, the words themselves where none is meant."""
    for model in one.models:
        told = (words(spoken.model(model.name), language) for language in LANGUAGES)
        if typed.strip().lower() in {model.name.lower(), *map(str.lower, told)}:
            return model.name
    return typed


def best(ranking: Ranking | None) -> str:
    """Return the proposed candidate. Raises PipelineError("trial.nothing_ranked")."""
    if ranking is None or ranking.best is None:
        raise PipelineError("trial.nothing_ranked")
    return ranking.best.candidate


def take(client: Client, folder: Path, candidate: str, scores: Scores | None, ranking: Ranking | None) -> Taken:
    """Make a candidate of a trial the client's model; any weight above 0 may be taken, drawn or not.

    Raises PipelineError("trial.no_candidate"), ("trial.model_gone"), ("client.locked"), and what is wrong with the file.
    Killed at any moment and repeated, it is done.
    """
    one = trial.read(folder)
    name = candidate_named(one, candidate)
    model, weight = trial.split(name)
    with client.lock("results"):
        lora = trial_models.of_trial(client, one.model(model))
        path = _handed_over(client, lora)
        chosen = _chosen(one.trial_id, name, ranking)
        preview = preview_of(folder, name, scores)
        _keep_preview(path, preview)
        _set_weight(path, float(weight))
        _set_choice(path, chosen)
        for other in client.models.glob("*.safetensors"):
            if other != path:
                _take_back(other)
    return Taken(model=path, chosen=chosen, preview=preview)


def _handed_over(client: Client, lora: Lora) -> Path:
    """Return the model in models/, verified; a checkpoint and a mean are put there first."""
    if lora.in_runs:
        return checkpoints.take(client, lora.steps or 0, lora.run_id)
    path = _verified(lora.path)
    if not lora.is_mean:
        return path
    spec, _ = run_folder.spec_of(client.runs / lora.run_id, client.models)
    steps = next((run.step for run in runs.summaries(client.runs) if run.run_id == lora.run_id), 0)
    return hand_over.deliver(spec, path, steps=steps, loss=None, seconds=None)


def _verified(path: Path) -> Path:
    problems = lora_file.verify(path).problems
    if problems:
        raise PipelineError.of(problems[0])
    return path


def _chosen(trial_id: str, name: str, ranking: Ranking | None) -> Chosen:
    placed = next((one for one in ranking.candidates if one.candidate == name), None) if ranking is not None else None
    tied = tuple(one.candidate for one in ranking.tied if one.candidate != name) if ranking and placed and placed.tied else ()
    proposed = ranking is not None and ranking.best is not None and ranking.best.candidate == name
    return Chosen(
        trial=trial_id, candidate=name, likeness=placed.likeness if placed else None, n=placed.n if placed else 0,
        critical_difference=ranking.critical_difference if ranking else None, tied_with=tied,
        copy_risk=placed.copy_risk if placed else None, at=utils.now(), by="rules" if proposed else "user",
    )  # fmt: skip


# --- the preview -----------------------------------------------------------------------------------------------------


def preview_of(folder: Path, name: str, scores: Scores | None) -> Path | None:
    """Return the picture of a candidate that is nearest to its median likeness: the luckiest one would promise too much.

    Where no likeness is known, that of the first prompt.
    """
    own = [score for score in scores.of(name) if score.likeness is not None] if scores is not None else []
    if own:
        middle = statistics.median(score.likeness or 0.0 for score in own)
        nearest = min(own, key=lambda score: (abs((score.likeness or 0.0) - middle), score.picture.prompt, score.picture.seed))
        if nearest.picture.path.is_file():
            return nearest.picture.path
    lines = [line for line in trial.lines(folder).values() if line.candidate == name and line.state == "done"]
    for line in sorted(lines, key=lambda line: (line.prompt, line.round, line.seed)):
        if trial.picture_file(folder, line).is_file():
            return trial.picture_file(folder, line)
    return None


def _backup(model: Path) -> Path:
    return model.with_name(f".{model.stem}.before.png")


def _keep_preview(model: Path, preview: Path | None) -> None:
    """Put a picture beside a model, and keep the one that lay there before any choice."""
    if preview is None:
        return
    there = model.with_suffix(".png")
    if there.is_file() and not _backup(model).exists() and not _choice_in(_recipe(model)):
        utils.write_atomic(_backup(model), there.read_bytes())
    utils.write_atomic(there, preview.read_bytes())


# --- the sidecars ----------------------------------------------------------------------------------------------------


def _recipe(model: Path) -> dict[str, Any]:
    return utils.read_object(trial_models.recipe_file(model))


def _choice_in(recipe: Mapping[str, Any]) -> dict[str, Any]:
    found = recipe.get("chosen")
    return found if isinstance(found, dict) else {}


def _set_weight(model: Path, weight: float) -> None:
    """Write the weight where A1111 and Forge read it."""
    sidecar = model.with_suffix(".json")
    utils.write_json(sidecar, {**utils.read_object(sidecar), "preferred weight": weight})


def _set_choice(model: Path, chosen: Chosen) -> None:
    utils.write_json(trial_models.recipe_file(model), {**_recipe(model), "chosen": {**asdict(chosen)}})


def _take_back(model: Path) -> None:
    """Leave a model as it was before it was chosen."""
    recipe = _recipe(model)
    if "chosen" not in recipe:
        return
    preview, backup = model.with_suffix(".png"), _backup(model)
    if backup.is_file():
        backup.replace(preview)
    elif _choice_in(recipe).get("trial"):
        preview.unlink(missing_ok=True)
    _set_weight(model, USUAL_WEIGHT)
    del recipe["chosen"]
    utils.write_json(trial_models.recipe_file(model), recipe)


def current(client: Client) -> tuple[Path, dict[str, Any]] | None:
    """Return the model that was chosen, and its choice; None where none was."""
    found = [(path, _choice_in(_recipe(path))) for path in client.models.glob("*.safetensors")]
    taken = [(str(chosen.get("at", "")), path.name, path, chosen) for path, chosen in found if chosen]
    return max(taken, key=lambda item: item[:2])[2:] if taken else None
