"""Everything that would stop a training, or let it end "well" without a result, looked for before a model is loaded.

Each check is a plain function of what was found; `check` puts them in order. All of it takes seconds; only the first question
to an installed trainer's parser takes longer (`options.installed_options`).
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import utils
from avatar.plan import disk, measured, regularisation_check
from avatar.plan.fit import small_card_values
from avatar.plan.memory import (
    SMALLEST_CARD_GIB,
    estimate_memory_gib,
    memory_limit_gib,
)
from avatar.plan.rules import doubts, rule_problems
from avatar.plan.steps import step_arithmetic
from avatar.plan.values import DatasetFacts, Estimate, Plan
from avatar.system import child
from avatar.system.gpu import GIB, Card, is_gtx16
from avatar.texts.text import Finding, Level, Text
from avatar.trainer import (
    base_model,
    base_model_nature,
    base_model_rules,
    dataset_folder,
    dataset_pictures,
    start_weights,
    vae_file,
)
from avatar.trainer import names as trainer_names
from avatar.trainer.options import SCRIPT, OptionTable, command_problems
from config import GPUProfile

WINDOWS_PATH = 259  # MAX_PATH less its closing zero


@dataclass(frozen=True)
class Machine:
    """The computer's free resources now. busy: running trainings of this program: (client, run, pid)."""

    profile: GPUProfile
    card: Card | None = None
    adapters: tuple[str, ...] = ()
    free_ram_gib: float | None = None
    free_disk_gib: float | None = None
    busy: tuple[tuple[str, str, int], ...] = ()
    windows: bool = os.name == "nt"


@dataclass(frozen=True)
class Setup:
    """The input of the checks: plan, command, paths, trainer, dataset."""

    plan: Plan
    command: Sequence[str]
    train_data_dir: Path
    output_dir: Path
    python: Path
    script: Path
    options: OptionTable
    client_id: str
    trigger_word: str
    dataset: DatasetFacts
    planned_dataset: str | None = None  # fingerprint of the dataset the plan was made for
    refusals: Sequence[Finding] = ()  # for what reasons the preparation calls the dataset blocked
    changed_settings: Sequence[tuple[str, str, str]] = ()  # (field, in the plan, in the settings now)
    by_hand: frozenset[str] = frozenset()  # fields that the user gave
    clone_changes: Sequence[Text] = ()  # what was changed in the trainer's clone since it was fetched


def check(setup: Setup, machine: Machine) -> list[Finding]:
    """Return all findings, in the order in which the trainer would meet them."""
    return [
        *_trainer(setup),
        *_settings(setup),
        *_options(setup),
        *_rules(setup.plan),
        *_dataset(setup),
        *regularisation_check.findings(setup.plan, setup.train_data_dir, setup.dataset, setup.trigger_word),
        *setup.refusals,
        base_model_rules.judge(setup.plan.base_model, by_hand="base_model" in setup.by_hand),
        *_prediction(setup),
        *_named_files(setup.plan),
        *_vae(setup.plan),
        *_begins_with(setup.plan),
        *_tokenizers(setup.plan.tokenizer_cache_dir),
        *_output(setup, machine),
        *_host_memory(setup.plan, machine),
        *_card(setup, machine),
        *_busy(machine),
    ]


# --- trainer ---------------------------------------------------------------------------------------------------------


def _trainer(setup: Setup) -> list[Finding]:
    checks = []
    folder = str(setup.script.parent)
    if setup.script.is_file():
        checks.append(Finding("script", "ready", Text("preflight.script_there", {"path": str(setup.script)})))
    elif (setup.script.parent / "train_network.py").is_file():
        checks.append(Finding("script", "blocked", Text("preflight.script_old", {"folder": folder, "script": SCRIPT})))
    else:
        checks.append(Finding("script", "blocked", Text("preflight.script_missing", {"folder": folder, "script": SCRIPT})))
    if setup.python.is_file():
        checks.append(Finding("interpreter", "ready", Text("preflight.python_there", {"path": str(setup.python)})))
    else:
        checks.append(Finding("interpreter", "blocked", Text("preflight.python_missing", {"path": str(setup.python)})))
    checks += [Finding("trainer", "attention", change) for change in setup.clone_changes]
    return [*checks, *_packages(setup)]


def _packages(setup: Setup) -> list[Finding]:
    options, plan = setup.options, setup.plan
    checks = []
    needed = ["torch", "accelerate", "transformers", "diffusers"]
    needed += [name for name in (trainer_names.package_of(plan.optimizer_type),) if name] + ["xformers"] * plan.xformers
    missing = [name for name in needed if options.lacks_package(name)]
    ours = setup.script.parent in setup.python.parents  # what `setup --trainer` installs into
    by_hand = [name for name in missing if not ours or name in trainer_names.NOT_REQUIRED]
    if by_hand:
        command = child.as_typed([str(setup.python), "-m", "pip", "install", *by_hand])
        values = {"names": ", ".join(by_hand), "command": command}
        checks.append(Finding("packages", "blocked", Text("preflight.packages_by_hand", values)))
    if brought := [name for name in missing if name not in by_hand]:
        checks.append(Finding("packages", "blocked", Text("preflight.packages_missing", {"names": ", ".join(brought)})))
    if options.packages and not missing:
        shown = ", ".join(f"{name} {options.packages[name]}" for name in needed)
        checks.append(Finding("packages", "ready", Text("preflight.packages_there", {"names": shown})))
    if options.packages and "cuda" in options.packages and plan.profile != "cpu" and not options.packages["cuda"]:
        checks.append(Finding("cuda", "blocked", Text("preflight.no_cuda", {"torch": options.packages.get("torch", "?")})))
    return checks


def _settings(setup: Setup) -> list[Finding]:
    """A plan keeps its own copy of some settings: one that was mended since does not reach the trainer by itself."""
    return [
        Finding("plan", "blocked", Text("preflight.settings_changed", {"name": name, "planned": planned, "now": now}))
        for name, planned, now in setup.changed_settings
    ]


def _options(setup: Setup) -> list[Finding]:
    arguments = setup.command[setup.command.index(str(setup.script)) + 1 :]
    problems = command_problems(arguments, setup.options)
    values = {"version": setup.options.version, "n": len([a for a in arguments if a.startswith("--")])}
    checks = [Finding("options", "blocked", found) for found in problems]
    if checks:
        return checks
    if setup.options.source == "installed":
        return [Finding("options", "ready", Text("preflight.options_asked", values))]
    detail = {**values, "detail": setup.options.problem or "-"}
    # Where nothing is installed, the checks above are blocked already; a parser that will not answer is a broken trainer.
    return [Finding("options", "attention", Text("preflight.options_known", detail))]


def _rules(plan: Plan) -> list[Finding]:
    checks = [Finding("rules", "blocked", found) for found in rule_problems(plan)]
    if not checks and plan.resolution % 64:
        checks.append(Finding("rules", "attention", Text("preflight.resolution_64", {"resolution": plan.resolution})))
    return checks + [Finding("rules", "attention", found) for found in doubts(plan)]


# --- dataset ---------------------------------------------------------------------------------------------------------


def _dataset(setup: Setup) -> list[Finding]:
    """Read the dataset as the trainer will, and name each kind of problem once, with how often and one example."""
    view = dataset_folder.read_as_trainer(setup.train_data_dir, client_id=setup.client_id)
    damaged = dataset_pictures.damaged_pictures(setup.train_data_dir, view)
    checks = []
    seen: dict[str, int] = {}
    for problem in (*view.problems, *damaged):
        seen[problem.key] = seen.get(problem.key, 0) + 1
        if seen[problem.key] <= 3:
            level: Level = "blocked" if problem.key in dataset_folder.FATAL else "attention"
            checks.append(Finding("dataset", level, problem))
    more = sum(count - 3 for count in seen.values() if count > 3)
    if more:
        checks.append(Finding("dataset", "attention", Text("preflight.more_problems", {"n": more})))
    # The trainer learns a word only from captions: the folder's name counts only where a caption is missing.
    word = setup.trigger_word
    without = [name for name, text in dataset_folder.captions_by_file(view).items() if not _has_word(text, word)]
    if word and without:
        values = {"n": len(without), "word": word, "file": without[0], "client": setup.client_id}
        checks.append(Finding("trigger", "attention", Text("preflight.no_trigger", values)))
    if setup.planned_dataset is not None and setup.planned_dataset != setup.dataset.fingerprint:
        checks.append(Finding("dataset", "attention", Text("preflight.dataset_changed")))
    masked, asked = setup.dataset.masked, setup.plan.alpha_mask or setup.plan.asks("alpha_mask")
    if masked != asked:
        checks.append(Finding("dataset", "attention", Text("preflight.mask_unused" if masked else "preflight.no_masks")))
    if view.images and not view.fatal and not damaged:
        arithmetic = step_arithmetic(setup.plan, setup.dataset)
        held = setup.dataset.images - arithmetic.images
        values = {"images": view.images, "exposures": view.exposures, "steps": arithmetic.steps, "epochs": arithmetic.epochs}
        told = Text("preflight.dataset_there", values)
        if held:
            values |= {"images": arithmetic.images, "exposures": arithmetic.exposures_per_epoch, "total": view.images}
            told = Text("preflight.dataset_held_out", {**values, "held": held})
        checks.append(Finding("dataset", "ready", told))
    return checks


def _has_word(caption: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", caption) is not None


# --- base model and tokenizers ---------------------------------------------------------------------------------------


def _prediction(setup: Setup) -> list[Finding]:
    """Compare what the base model predicts with what the plan trains: the other of the two learns noise."""
    plan, nature = setup.plan, base_model_nature.of(setup.plan.base_model)
    if nature.predicts_v and not plan.predicts_v:
        level: Level = "attention" if "v_parameterization" in setup.by_hand else "blocked"
        return [Finding("prediction", level, Text("preflight.needs_v", {"where": nature.predicts_v}))]
    if plan.predicts_v and not nature.predicts_v and "v_parameterization" not in setup.by_hand:
        return [Finding("prediction", "blocked", Text("preflight.no_v", {"model": plan.base_model}))]
    return []


# Further options that name files: whether a hub id will do, too. A missing one is met only after the model has loaded.
NAMED_FILES = {
    "vae": True, "network_weights": False, "base_weights": False, "sample_prompts": False, "log_tracker_config": False,
}  # fmt: skip


def _named_files(plan: Plan) -> list[Finding]:
    """Name files of further options that are not there."""
    return [
        Finding("files", "blocked", Text("preflight.file_missing", {"option": option, "path": name}))
        for option, hub in NAMED_FILES.items()
        for name in files_of(plan, option)
        if not utils.at_home(Path(name)).exists() and not (hub and base_model.is_hub_id(name))
    ]


def _vae(plan: Plan) -> list[Finding]:
    """Look at a VAE of one's own; a folder and a hub id are the trainer's to open."""
    paths = [utils.at_home(Path(name)) for name in files_of(plan, "vae")]
    problems = [vae_file.problem(path) for path in paths if path.is_file()]
    return [Finding("vae", "blocked", problem) for problem in problems if problem is not None]


def _begins_with(plan: Plan) -> list[Finding]:
    """Look at a LoRA that the training begins with: the trainer opens it after the model."""
    arguments = plan.extra.get("network_args") or ()
    own = plan.asks("dim_from_weights") or any(str(argument).startswith("block_dims=") for argument in arguments)
    paths = [utils.at_home(Path(name)) for name in files_of(plan, "network_weights")]
    dim = None if own else plan.network_dim
    problems = [start_weights.problem(path, dim=dim) for path in paths if path.is_file()]
    return [Finding("begins", "blocked", problem) for problem in problems if problem is not None]


def files_of(plan: Plan, option: str) -> list[str]:
    """Return the files that a further option names."""
    value = plan.extra.get(option)
    return [str(name) for name in (value if isinstance(value, (list, tuple)) else [value]) if name]


def _tokenizers(folder: str) -> list[Finding]:
    if base_model.tokenizers_local(folder):
        return [Finding("tokenizers", "ready", Text("preflight.tokenizers_there"))]
    return [
        Finding("tokenizers", "attention", Text("preflight.tokenizers_download", {"names": ", ".join(base_model.TOKENIZERS)}))
    ]


def _output(setup: Setup, machine: Machine) -> list[Finding]:
    """Check what the trainer first notices at its first save: whether it can write there, and whether there is room."""
    folder = _existing(setup.output_dir)
    checks = []
    try:
        with tempfile.TemporaryFile(dir=folder):
            checks.append(Finding("output", "ready", Text("preflight.output_there", {"path": str(setup.output_dir)})))
    except OSError as error:
        refused = {"path": str(folder), "detail": error.strerror or str(error)}
        checks.append(Finding("output", "blocked", Text("preflight.output_not_writable", refused)))
    arithmetic = step_arithmetic(setup.plan, setup.dataset)
    needed = disk.disk_needed_bytes(setup.plan, arithmetic.checkpoints) / GIB
    if machine.free_disk_gib is not None:
        enough = machine.free_disk_gib >= needed
        values = {"needed": needed, "free": machine.free_disk_gib}
        checks.append(
            Finding(
                "disk", "ready" if enough else "blocked", Text("preflight.disk" if enough else "preflight.disk_full", values)
            )
        )
    longest = max(len(str(setup.output_dir)) + 60, len(str(setup.train_data_dir)) + 90)
    if machine.windows and longest > WINDOWS_PATH:
        checks.append(Finding("path", "attention", Text("preflight.long_path", {"path": str(setup.output_dir), "n": longest})))
    return checks


def _existing(path: Path) -> Path:
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path


def _host_memory(plan: Plan, machine: Machine) -> list[Finding]:
    needed = estimate_memory_gib(plan).host_gib
    if machine.free_ram_gib is None:
        return []
    values = {"needed": needed, "free": machine.free_ram_gib}
    if machine.free_ram_gib < needed:
        return [Finding("memory", "attention", Text("preflight.memory_short", values))]
    return [Finding("memory", "ready", Text("preflight.memory", values))]


def _card(setup: Setup, machine: Machine) -> list[Finding]:
    plan, card, profile = setup.plan, machine.card, machine.profile
    if profile.vram_gib == 0:
        key = "preflight.no_card_but" if machine.adapters else "preflight.on_cpu"
        return [Finding("card", "attention", Text(key, {"adapters": ", ".join(machine.adapters)}))]
    name = card.name if card else profile.label
    total = card.total_gib if card else profile.vram_gib
    estimate = estimate_memory_gib(plan, memory_limit_gib(profile, card), measured.of_card(card))
    checks = []
    if card is None:
        checks.append(Finding("card", "attention", Text("preflight.card_not_here", {"card": name})))
    if total < SMALLEST_CARD_GIB:
        values = small_card_values(name, total, plan, estimate)
        if plan.try_anyway:
            checks.append(Finding("vram", "attention", Text("preflight.small_card_tried", values)))
        else:
            checks.append(Finding("vram", "blocked", Text("preflight.card_too_small", values)))
    else:
        checks.append(_vram(estimate, name))
    if is_gtx16(name) and plan.mixed_precision == "fp16":
        checks.append(Finding("precision", "attention", Text("plan.warning.gtx16", {"card": name})))
    if card is not None and plan.mixed_precision == "bf16" and not card.has_bf16:
        checks.append(Finding("precision", "attention", Text("preflight.bf16_slow", {"card": name})))
    return checks


def _vram(estimate: Estimate, name: str) -> Finding:
    values = {
        "card": name,
        "needed": estimate.total_gib,
        "free": estimate.free_gib,
        "peak": Text(f"plan.phase.{estimate.peak}"),
    }
    if estimate.verdict == "fits":
        return Finding("vram", "ready", Text("preflight.vram", values))
    key = "preflight.vram_narrow" if estimate.verdict == "narrow" else "preflight.vram_short"
    return Finding("vram", "attention", Text(key, {**values, "safe": estimate.safe_gib}))


def _busy(machine: Machine) -> list[Finding]:
    return [
        Finding("busy", "blocked", Text("preflight.busy", {"client": client, "run": run, "pid": pid}))
        for client, run, pid in machine.busy
    ]
