"""Which of a client's models is handed over, and how it is best used: the one taken, else the newest."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import utils
from avatar.generate.infotext import SAMPLERS, SCHEDULERS
from avatar.results import trial, trial_models
from avatar.results.trial import Trial
from avatar.texts.text import PipelineError, Text
from avatar.trainer import lora_file
from avatar.trainer.lora_file import LoraCheck
from avatar.training import hand_over
from avatar.workspace import client as workspace_client
from avatar.workspace.client import Client

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
DEFAULT_WEIGHT = "0.8"  # what a model's sidecar says before any trial
STEPS, CFG, SIDE_PX = 25, 7.0, 1024  # [choice] where no trial says otherwise: as trials draw by default
# ComfyUI's own names of samplers and schedulers (comfy/samplers.py)
COMFYUI = {"euler_a": "euler_ancestral", "euler": "euler", "dpmpp_2m": "dpmpp_2m"}
# [choice] place and garment that a portrait dataset seldom has: what a person tries first
PLACES = ("portrait photo, soft window light", "full body, walking in a park, golden hour", "sitting in a café, candid photo")


@dataclass(frozen=True, kw_only=True)
class FinalModel:
    """A verified model and what lies beside it.

    chosen  of its recipe: which trial and candidate it was taken from, with its figures; {} where none was
    others  further models of the client, newest first; broken: those passed over, with what is wrong
    """

    path: Path
    check: LoraCheck
    recipe: Mapping[str, Any]
    sidecar: Mapping[str, Any]
    others: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """What its copies are called: letters that every program and system takes, also where somebody renamed the file."""
        return self.path.stem if PLAIN_NAME.fullmatch(self.path.stem) else workspace_client.suggest_client_id(self.path.stem)

    @property
    def file_name(self) -> str:
        return self.stem + self.path.suffix

    @property
    def chosen(self) -> Mapping[str, Any]:
        found = self.recipe.get("chosen")
        return found if isinstance(found, dict) else {}

    @property
    def has_text_encoder(self) -> bool:
        return self.check.text_encoder_modules > 0


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How a model is used. Numbers that are typed somewhere are text, with a point."""

    trigger: str
    weight: str
    prompts: tuple[str, ...]
    negative: str
    steps: int
    cfg: str
    sampler: str  # as A1111 shows it
    scheduler: str
    comfyui: str  # sampler and scheduler as ComfyUI names them
    size: tuple[int, int]
    base: str
    predicts_v: bool = False


def find(client: Client) -> FinalModel:
    """Return the model that was taken, else the newest verified one.

    Raises PipelineError("deliver.no_model"), and ("deliver.bad_model") where the taken one, or each, is not what it should be.
    """
    candidates = sorted(client.models.glob("*.safetensors"), key=_order, reverse=True)
    broken: list[str] = []
    for place, path in enumerate(candidates):
        recipe = utils.read_object(trial_models.recipe_file(path))
        check = lora_file.verify(path)
        problem = check.problems[0] if check.problems else _changed(path, recipe)
        if problem is None:
            others = tuple(other.name for number, other in enumerate(candidates) if number != place)
            sidecar = utils.read_object(path.with_suffix(".json"))
            return FinalModel(path=path, check=check, recipe=recipe, sidecar=sidecar, others=others, broken=tuple(broken))
        if isinstance(recipe.get("chosen"), dict) or place == len(candidates) - 1:
            raise PipelineError("deliver.bad_model", path=str(path), problem=problem)
        broken.append(path.name)
    raise PipelineError("deliver.no_model", client=client.client_id)


def newest(client: Client) -> FinalModel | None:
    """Return the model that was taken, else the newest, without opening it: to tell how it is used. None: there is none."""
    path = max(client.models.glob("*.safetensors"), key=_order, default=None)
    return None if path is None else unopened(path)


def unopened(path: Path) -> FinalModel:
    """Return a model by what lies beside it; its file was verified before, or is not needed."""
    recipe, sidecar = (utils.read_object(file) for file in (trial_models.recipe_file(path), path.with_suffix(".json")))
    return FinalModel(path=path, check=LoraCheck(path, ()), recipe=recipe, sidecar=sidecar)


def _order(path: Path) -> tuple[str, str, float]:
    """Return what models are sorted by: when they were taken, made, written."""
    recipe = utils.read_object(trial_models.recipe_file(path))
    chosen = recipe.get("chosen")
    taken = str(chosen.get("at", "")) or "0" if isinstance(chosen, dict) else ""
    written = 0.0
    with contextlib.suppress(OSError):
        written = path.stat().st_mtime
    return taken, str(recipe.get("made_at", "")), written


def _changed(path: Path, recipe: Mapping[str, Any]) -> Text | None:
    """Return that a file is no longer the one that its recipe was written for."""
    known = recipe.get("sha256")
    if isinstance(known, str) and known and known != utils.sha256_of(path):
        return Text("deliver.changed", {})
    return None


def trial_of(client: Client, model: FinalModel) -> tuple[Path, Trial] | None:
    """Return folder and record of the trial that a model was taken from, None where it is gone."""
    with contextlib.suppress(PipelineError, OSError):
        folder = trial.folder_of(client, str(model.chosen.get("trial", "")))
        return folder, trial.read(folder)
    return None


def usage(client: Client, model: FinalModel) -> Usage:
    """Return how a model is best used: as its trial drew, else the defaults of trials."""
    info = client.info()
    words = [str(model.recipe.get(name) or getattr(info, name)) for name in ("trigger_word", "class_word")]
    trigger = str(model.sidecar.get("activation text") or "").strip() or " ".join(filter(None, words))
    found = trial_of(client, model)
    record = found[1] if found else None
    own = [prompt.text for prompt in record.prompts if prompt.kind == "user"] if record else []
    sampler, scheduler = (record.sampler, record.scheduler) if record else ("dpmpp_2m", "normal")
    plan = model.recipe.get("plan")
    plan = plan if isinstance(plan, dict) else {}
    return Usage(
        trigger=trigger, weight=weight_of(model), prompts=tuple([*own, *(f"{trigger}, {place}" for place in PLACES)][:3]),
        negative=record.negative if record else "", steps=record.steps if record else STEPS,
        cfg=f"{record.cfg if record else CFG:g}", sampler=SAMPLERS[sampler], scheduler=SCHEDULERS[scheduler],
        comfyui=f"{COMFYUI[sampler]}, {scheduler}", size=record.size if record else (SIDE_PX, SIDE_PX),
        base=str(hand_over.without_folders((record.base.name if record else "") or plan.get("base_model") or "")),
        predicts_v=plan.get("v_parameterization") is True,
    )  # fmt: skip


def weight_of(model: FinalModel) -> str:
    """Return the weight to use, as it is typed: that of the trial, else that of the sidecar."""
    _, weight = trial.split(str(model.chosen.get("candidate", "")))
    for value in (weight, model.sidecar.get("preferred weight")):
        with contextlib.suppress(TypeError, ValueError):
            if 0 < float(value) <= 2:  # type: ignore[arg-type]  # None and words are suppressed
                return f"{float(value):g}"  # type: ignore[arg-type]
    return DEFAULT_WEIGHT
