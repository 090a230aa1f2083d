"""The LoRAs that a trial compares: the checkpoints of the newest training and its last model, and those from elsewhere."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import utils
from avatar.generate import proof
from avatar.generate.backend import WHOLE_UNET, Base, LoraError, LoraFile, OnNote
from avatar.results import mean_model, trial
from avatar.results.trial import FINAL
from avatar.texts.text import PipelineError, Text
from avatar.trainer import base_model, lora_modules, safetensors
from avatar.training import hand_over, run_folder, variant
from avatar.workspace import state_file
from avatar.workspace.client import Client, run_folders
from config import TrainerConfig

MEAN, MEANS_FOLDER = "mean", "means"
HASHES_FILE = "files.json"  # beside the trials: hashes of large files, by path, size and time
_RECIPE: state_file.FieldTypes = {
    "run_id": str, "steps": int, "made_at": str, "plan": dict, "trigger_word": str, "class_word": str,
}  # fmt: skip
_HASH: state_file.FieldTypes = {"size": int, "changed": int, "sha256": str}
_NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, kw_only=True)
class Lora:
    """A LoRA file that can be tried.

    name     the step of its training, "final", or the file's name where it is of another training
    steps    None where they are not known
    run_id   "" for one that came from elsewhere
    in_runs  a checkpoint that was not handed over yet
    is_mean  the mean of others, which lies beside the trials until it is handed over
    """

    name: str
    steps: int | None
    run_id: str
    path: Path
    in_runs: bool = False
    is_mean: bool = False


def found(client: Client) -> list[Lora]:
    """Return what can be tried: of the newest training the last model first, then those before it; then all others by name."""
    handed_over = _handed_over(client)
    newest = _newest(client, handed_over)
    own = [lora for lora in handed_over if lora.run_id == newest] if newest is not None else []
    others = [lora for lora in handed_over if lora not in own]
    if newest:
        own += _checkpoints(client.runs / newest, own)
    return [*_named(own), *_means(client, newest or ""), *others]


def default(loras: Sequence[Lora], most: int) -> list[Lora]:
    """Return the last models of the newest training."""
    return [lora for lora in loras if lora.name == FINAL or lora.name.isdecimal()][:most]


def chosen(loras: Sequence[Lora], names: Sequence[str], most: int) -> list[Lora]:
    """Return the models of these names, in that order; without names the default. Raises PipelineError("trial.no_model", …)."""
    if not loras:
        raise PipelineError("trial.no_models")
    if not names:
        return default(loras, most) or list(loras[:most])
    by_name = {lora.name: lora for lora in loras}
    for name in names:
        if name not in by_name:
            raise PipelineError("trial.no_model", name=name, known=", ".join(by_name))
    return [by_name[name] for name in dict.fromkeys(names)]


def _handed_over(client: Client) -> list[Lora]:
    """Return the files of models/, newest first, each under its file's name."""
    dated = []
    for path in client.models.glob("*.safetensors"):
        recipe = recipe_of(path)
        with contextlib.suppress(OSError):
            when = str(recipe.get("made_at") or "")
            name = _NOT_OF_A_NAME.sub("_", path.stem)[:80]
            lora = Lora(name=name, steps=recipe.get("steps"), run_id=str(recipe.get("run_id", "")), path=path)
            dated.append((when, path.stat().st_mtime, path.name, lora))
    return [lora for *_, lora in sorted(dated, key=lambda item: item[:3], reverse=True)]


def recipe_file(model: Path) -> Path:
    return model.with_name(f"{model.stem}.recipe.json")


def recipe_of(model: Path) -> dict[str, Any]:
    """Return what the recipe beside a model says, of it what has the right type."""
    return state_file.read(recipe_file(model), _RECIPE)


def _newest(client: Client, handed_over: Sequence[Lora]) -> str | None:
    """Return the newest training that has a model or a checkpoint; "" for a model from elsewhere, None for nothing at all."""
    runs = {lora.run_id for lora in handed_over}
    for folder in run_folders(client.runs):
        if folder.name in runs or (run_folder.read_outcome(folder) and hand_over.checkpoints_of(folder)):
            return folder.name
    return handed_over[0].run_id if handed_over else None


def _checkpoints(folder: Path, own: Sequence[Lora]) -> list[Lora]:
    """Return the checkpoints of a training that differ from what was handed over: its last one is its model."""
    there = {lora.steps for lora in own}
    return [
        Lora(name=str(steps), steps=steps, run_id=folder.name, path=path, in_runs=True)
        for path, steps in hand_over.checkpoints_of(folder)
        if steps not in there
    ]


def _means(client: Client, run_id: str) -> list[Lora]:
    """Return the mean of a training's last models, where it was made and not handed over yet."""
    path = mean_file(client, run_id)
    return [Lora(name=MEAN, steps=None, run_id=run_id, path=path, is_mean=True)] if run_id and path.is_file() else []


def mean_file(client: Client, run_id: str) -> Path:
    """Return where the mean of a training's last models lies, under the name that it is handed over by."""
    output = str(run_folder.read_command(client.runs / run_id).get("output_name") or "model")
    return trial.trials_folder(client) / MEANS_FOLDER / run_id / f"{output}-{MEAN}.safetensors"


def make_mean(client: Client, loras: Sequence[Lora]) -> Lora:
    """Make one more model of the last ones of the newest training; return it. Raises PipelineError("trial.no_mean")."""
    own = [lora for lora in default(loras, mean_model.MOST) if lora.run_id]
    if len(own) < 2:
        raise PipelineError("trial.no_mean", names=", ".join(lora.name for lora in own) or "-")
    make_ready(client, own)
    path = mean_file(client, own[0].run_id)
    if not path.is_file():
        mean_model.write([lora.path for lora in own], path)
    return Lora(name=MEAN, steps=None, run_id=own[0].run_id, path=path, is_mean=True)


def _named(own: Sequence[Lora]) -> list[Lora]:
    """Return the models of one training, its last first, under their steps; that which is no checkpoint is called final."""
    ordered = sorted(own, key=lambda lora: (2 if _is_mean(lora.path) else int(_is_checkpoint(lora.path)), -(lora.steps or 0)))
    names: set[str] = set()
    result = []
    for lora in ordered:
        name = str(lora.steps) if _is_checkpoint(lora.path) and lora.steps is not None else FINAL
        name = MEAN if _is_mean(lora.path) else name
        if name in names:
            name = lora.name  # two models of one training: a second copy
        names.add(name)
        result.append(replace(lora, name=name))
    return result


def _is_mean(path: Path) -> bool:
    return path.stem.endswith(f"-{MEAN}")


def _is_checkpoint(path: Path) -> bool:
    return re.search(r"-step\d{8}$", path.stem) is not None


# --- the words -------------------------------------------------------------------------------------------------------


class Words(NamedTuple):
    """What calls the person in a prompt."""

    trigger: str
    class_word: str


def words_of(client: Client, lora: Lora) -> Words:
    """Return the words that a model was trained with, whatever the client's are now."""
    return words_of_file(client, lora.path, lora.run_id)


def words_of_file(client: Client, model: Path, run_id: str = "") -> Words:
    """Return the words that the model of a file was trained with: by its recipe, else by the training it is of."""
    recipe = recipe_of(model)
    run_id = run_id or str(recipe.get("run_id") or "")
    run = run_folder.read_command(client.runs / run_id) if run_id else {}
    found = next((record for record in (recipe, run) if record.get("trigger_word")), None)
    if found is None:
        info = client.info()
        return Words(info.trigger_word, info.class_word)
    return Words(str(found["trigger_word"]), str(found.get("class_word") or ""))


def common_words(client: Client, loras: Sequence[Lora]) -> Words:
    """Return the words of all these models. Raises PipelineError("trial.two_words"): no prompt would be fair to both."""
    words = {lora.name: words_of(client, lora) for lora in loras}
    first, *_ = words.values()
    other = next((name for name, its in words.items() if its != first), None)
    if other is not None:
        named = {"first": next(iter(words)), "one": " ".join(first), "second": other, "two": " ".join(words[other])}
        raise PipelineError("trial.two_words", client=client.client_id, **named)
    return first


# --- ready to be sent ------------------------------------------------------------------------------------------------


def make_ready(client: Client, loras: Sequence[Lora]) -> None:
    """Take the names out of checkpoints, as handing one over does: what is tried is then what is handed over, byte for byte.

    Raises PipelineError("client.locked") and what prevents it.
    """
    waiting = [lora for lora in loras if lora.in_runs and not _is_trimmed(client, lora)]
    if not waiting:
        return
    with client.lock("try"):
        for lora in waiting:
            spec, _ = run_folder.spec_of(client.runs / lora.run_id, client.models)
            problem = hand_over.remove_names(spec, lora.path)
            if problem is not None:
                raise PipelineError.of(problem)


def _is_trimmed(client: Client, lora: Lora) -> bool:
    """Return whether a trial has had this file already: then it is as it will stay."""
    return str(lora.path) in _hashes(client)


def sha256_of(client: Client, path: Path) -> str:
    """Return a file's hash, computed once as long as size and time stay: base models have seven gigabytes."""
    stat = path.stat()
    known = _hashes(client)
    entry = state_file.fields(known.get(str(path)), _HASH)
    if entry.get("size") == stat.st_size and entry.get("changed") == stat.st_mtime_ns % 10**15 and entry.get("sha256"):
        return str(entry["sha256"])
    sha256 = utils.sha256_of(path)
    known[str(path)] = {"size": stat.st_size, "changed": stat.st_mtime_ns % 10**15, "sha256": sha256}
    trial.trials_folder(client).mkdir(parents=True, exist_ok=True)
    utils.write_json(trial.trials_folder(client) / HASHES_FILE, {name: known[name] for name in known if Path(name).exists()})
    return sha256


def _hashes(client: Client) -> dict[str, Any]:
    return utils.read_object(trial.trials_folder(client) / HASHES_FILE)


# --- the base model --------------------------------------------------------------------------------------------------


def base_of(client: Client, loras: Sequence[Lora], settings: TrainerConfig) -> Base:
    """Return the checkpoint that the models were trained on, by the record of their training; else that of the settings."""
    plan = next((found for lora in loras if (found := _plan_of(client, lora))), {})
    model = base_model.look_at(str(plan.get("base_model") or settings.base_model))
    extra = plan.get("extra")
    vae = Path(str(extra.get("vae") or "")) if isinstance(extra, dict) else Path()
    path = model.path if model.path is not None and model.path.exists() else None
    return Base(
        name=path.name if path is not None and path.is_file() else model.name, path=path,
        sha256=sha256_of(client, path) if path is not None and path.is_file() else "",
        vae=vae if vae.is_file() else None, v_prediction=plan.get("v_parameterization") is True,
        zero_terminal_snr=plan.get("zero_terminal_snr") is True,
    )  # fmt: skip


def _plan_of(client: Client, lora: Lora) -> dict[str, Any]:
    if lora.run_id:
        record = run_folder.read_command(client.runs / lora.run_id)
        plan = record.get("plan")
        if isinstance(plan, dict):
            return plan
    return dict(recipe_of(lora.path).get("plan") or {})


# --- checked ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """A LoRA that was read to its last number. short_hash: as A1111 writes it into pictures."""

    lora: Lora
    file: LoraFile
    short_hash: str


def checked(client: Client, loras: Sequence[Lora], base: Base, on_note: OnNote) -> list[Checked]:
    """Return the models that can be drawn with; what is wrong with others is told, each cause once, of how many it may be.

    Raises LoraError where all are wrong.
    """
    make_ready(client, loras)
    channels = _channels_of(base)
    good: list[Checked] = []
    wrong: dict[str, tuple[LoraError, list[str]]] = {}
    for lora in loras:
        try:
            facts = proof.check_lora(lora.path, channels or _channels_in(lora.path))
        except LoraError as error:
            cause = str((error.key, {**error.values, "file": ""}))
            wrong.setdefault(cause, (error, []))[1].append(lora.name)
            continue
        file = LoraFile(
            name=lora.name, path=lora.path, sha256=sha256_of(client, lora.path), has_text_encoder=facts.has_text_encoder,
            dim=facts.dim, unet_modules=min(facts.unet_modules, WHOLE_UNET),
        )  # fmt: skip
        good.append(Checked(lora, file, facts.short_hash))
    causes = list(wrong.values())
    raised = causes.pop(0)[0] if causes and not good else None
    for cause_told, names in causes:
        key = "trial.bad_model" if len(names) == 1 else "trial.bad_models"
        on_note(Text(key, {"name": ", ".join(names), "reason": cause_told.text}, "warn"))
    if raised is not None:
        raise raised
    return good


# Weights whose widths say how many channels the second and the third level have.
_LEVELS = ("model.diffusion_model.input_blocks.4.1.proj_in.weight", "model.diffusion_model.input_blocks.7.1.proj_in.weight")
_LORA_LEVELS = ("lora_unet_input_blocks_4_1_proj_in.lora_down.weight", "lora_unet_input_blocks_7_1_proj_in.lora_down.weight")


def _channels_of(base: Base) -> tuple[int, ...] | None:
    """Return the channels of each level of a base's U-Net, in those of the first; None where its file does not say."""
    shapes = base_model.look_at(str(base.path)).shapes if base.path is not None else {}
    return _multipliers([shapes[name][0] for name in _LEVELS if name in shapes])


def _channels_in(path: Path) -> tuple[int, ...]:
    """Return the channels that a LoRA was made for: of a base whose file does not say any (.ckpt), a small test model's too."""
    with contextlib.suppress(OSError, ValueError, TypeError, IndexError, KeyError):
        tensors = safetensors.read_header(path)["tensors"]
        found = _multipliers([tensors[name]["shape"][1] for name in _LORA_LEVELS])
        if found is not None:
            return found
    return lora_modules.MULTIPLIERS


def _multipliers(widths: Sequence[int]) -> tuple[int, ...] | None:
    unit = lora_modules.CHANNELS
    return (1, *(width // unit for width in widths)) if len(widths) == 2 and not any(width % unit for width in widths) else None


# --- a model of a run ------------------------------------------------------------------------------------------------


def of_training(client: Client, run_id: str, name: str) -> Lora:
    """Return a training's model by its name there, also where a newer training came since.

    Its mean is made again where it is gone. Raises PipelineError("trial.model_gone").
    """
    there = [lora for lora in _handed_over(client) if lora.run_id == run_id]
    folder = client.runs / run_id
    own = _named([*there, *(_checkpoints(folder, there) if run_id and folder.is_dir() else ())])
    for lora in [*own, *_means(client, run_id), *there]:  # one from elsewhere is called as its file
        if lora.name == name:
            return lora
    if name == MEAN and len(own) > 1:
        return make_mean(client, own)
    raise PipelineError("trial.model_gone", name=name)


def of_run(client: Client, run_id: str, step: int, name: str) -> Lora:
    """Return the model that a candidate's training left at a step, under this name, wherever it lies now.

    One that went on has those of the training before it too. Raises PipelineError("trial.model_gone").
    """
    for steps, path in variant.files(client, run_id):
        if steps == step:
            return Lora(name=name, steps=step, run_id=path.parent.parent.name, path=path, in_runs=True)
    for lora in _handed_over(client):
        if lora.steps == step and lora.run_id == run_id:
            return replace(lora, name=name)
    raise PipelineError("trial.model_gone", name=name)


# --- a model of a trial ----------------------------------------------------------------------------------------------


def of_trial(client: Client, model: trial.Model) -> Lora:
    """Return the file that a trial drew with, wherever it lies now. Raises PipelineError("trial.model_gone")."""
    handed_over = _handed_over(client)
    run = client.runs / model.run_id if model.run_id else None
    waiting = [*_checkpoints(run, ()), *_means(client, model.run_id)] if run is not None and run.is_dir() else []
    for lora in (*handed_over, *waiting):
        if lora.run_id == model.run_id and sha256_of(client, lora.path) == model.sha256:
            return replace(lora, name=model.name)
    raise PipelineError("trial.model_gone", name=model.name)
