"""Fits a plan to memory, dataset and trainer; each change with old value, new value and reason. Pure."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from avatar.plan import memory as plan_memory
from avatar.plan import resume, rules
from avatar.plan import steps as plan_steps
from avatar.plan.values import Change, Estimate, Plan
from avatar.system.gpu import Card, has_bf16, is_gtx16
from avatar.texts.text import Text
from avatar.trainer import names as trainer_names
from avatar.trainer.options import OptionTable
from config import GPUProfile, TrainingPreset

TRIAL_STEPS = 10  # [choice] on the processor: 3 s a step at 128 px [measured]
UNCERTAINTY_GIB = 0.3  # [choice] kept free when fitting: the activations are a guess

DIM_LADDER = (128, 96, 64, 48, 32, 24, 16, 8, 4)
GOOD_DIM = 16  # below, smaller pictures are tried first
RESOLUTION_LADDER = (1024, 896, 768, 640, 512)


@dataclass(frozen=True)
class Fitted:
    """A fitted plan, its changes, and warnings for the user."""

    plan: Plan
    changes: tuple[Change, ...]
    estimate: Estimate
    warnings: tuple[Text, ...]


class _Fitting:
    """A plan while it is fitted: values set by the user are not changed, every other change is recorded with its reason."""

    def __init__(self, plan: Plan, fixed: frozenset[str]) -> None:
        self.plan, self.fixed = plan, fixed
        self.changes: list[Change] = []

    def set(self, name: str, value: Any, why: str, **values: Any) -> bool:
        """Change one value; return False if the user set it or it would not change."""
        before = getattr(self.plan, name)
        if name in self.fixed or before == value:
            return False
        self.plan = dataclasses.replace(self.plan, **{name: value})
        self.changes.append(Change(name, before, value, Text(why, values)))
        return True


def fit(
    asked: Plan, *, profile: GPUProfile, preset: TrainingPreset, card: Card | None, options: OptionTable,
    overrides: Mapping[str, Any] | None = None, exposures: int = 0,
) -> Fitted:  # fmt: skip
    """Return the plan that fits.

    card       None: the profile was chosen by hand, and its memory less a desktop's share counts as free
    exposures  of an epoch; 0: the dataset is not known, and states are not laid on the ends of epochs
    overrides  values by field (see parse_overrides): taken as they are, and warned about where they will not fit
    """
    given = dict(overrides or {})
    work = _Fitting(asked, frozenset(given))
    for name, value in given.items():
        before = getattr(asked, name)
        work.plan = dataclasses.replace(work.plan, **{name: value})
        if before != value:
            work.changes.append(Change(name, before, value, Text("plan.change.override")))
    _let_alpha_follow(work, asked.network_alpha / asked.network_dim)
    _fit_switches(work, profile, options)
    _fit_precision(work, profile, card)
    _fit_trainer(work, options)
    _fit_length(work, profile, preset, exposures)
    limit = plan_memory.memory_limit_gib(profile, card)
    if limit is not None:
        _fit_memory(work, limit, options)
    estimate = plan_memory.estimate_memory_gib(work.plan, limit)
    return Fitted(
        work.plan,
        tuple(work.changes),
        estimate,
        tuple(_warnings(work.plan, profile, card, estimate) + _resume_doubts(work.plan, exposures, options)),
    )


def _fit_switches(work: _Fitting, profile: GPUProfile, options: OptionTable) -> None:
    """Set the sd-scripts options that replace A1111's --lowvram and --medvram, which it does not know."""
    if profile.lowvram or profile.medvram:
        asked = " ".join(f"--{name}" for name in ("lowvram", "medvram") if getattr(profile, name))
        work.set("fp8_base", True, "plan.change.no_lowvram", asked=asked)
    if profile.vram_gib == 0:
        work.set("fp8_base", False, "plan.change.cpu_no_fp8")


def _fit_precision(work: _Fitting, profile: GPUProfile, card: Card | None) -> None:
    if profile.vram_gib == 0:
        # fp16 on a processor is not refused by the trainer and dies at the first step [measured].
        work.set("mixed_precision", "bf16", "plan.change.cpu_bf16")
        if work.plan.mixed_precision == "bf16":
            work.set(
                "full_bf16", True, "plan.change.cpu_full_bf16", gib=plan_memory.HOST_GIB_HALF, instead=plan_memory.HOST_GIB
            )
        return
    capability = card.compute_capability if card else profile.compute_capability
    shown = f"{capability[0]}.{capability[1]}"
    if has_bf16(capability):
        work.set("mixed_precision", "bf16", "plan.change.bf16", capability=shown)
    elif work.plan.mixed_precision == "bf16":
        work.set("mixed_precision", "fp16", "plan.change.fp16", capability=shown)


def _fit_trainer(work: _Fitting, options: OptionTable) -> None:
    """Remove options that the installed trainer or its environment does not support."""
    if trainer_names.package_of(work.plan.optimizer_type) == "bitsandbytes" and options.lacks_package("bitsandbytes"):
        work.set("optimizer_type", "AdamW", "plan.change.no_bitsandbytes")
    if work.plan.xformers and options.lacks_package("xformers"):
        work.set("xformers", False, "plan.change.no_xformers")
    for name in ("sdpa", "min_snr_gamma"):
        if getattr(work.plan, name) and not options.has(name):
            work.set(name, None if name == "min_snr_gamma" else False, "plan.change.no_option", version=options.version)
    if trainer_names.is_adaptive_lr(work.plan.optimizer_type):
        work.set("learning_rate", rules.OWN_RATE, "plan.change.own_rate", optimizer=work.plan.optimizer_type)
    if not work.plan.network_train_unet_only:
        work.set("cache_text_encoder_outputs", False, "plan.change.trains_text_encoders")


def _resume_doubts(plan: Plan, exposures: int, options: OptionTable) -> list[Text]:
    """Warn of steps or intervals given by hand from whose states a training cannot go on exactly."""
    per_epoch = plan_steps.steps_per_epoch(plan, exposures)
    inexact = list(resume.inexact_saves(plan, per_epoch, options))
    if not inexact:
        return []
    interval = plan_steps.whole_interval(plan.save_every_n_steps or per_epoch, per_epoch)
    values = {
        "states": ", ".join(str(step) for step in inexact[:5]), "per_epoch": per_epoch, "interval": interval,
        "steps": max(1, round(plan.max_train_steps / per_epoch)) * per_epoch,
    }  # fmt: skip
    return [Text("plan.warning.resume_inexact", values)]


def _fit_length(work: _Fitting, profile: GPUProfile, preset: TrainingPreset, exposures: int) -> None:
    if profile.vram_gib == 0:
        work.set("max_train_steps", min(TRIAL_STEPS, work.plan.max_train_steps), "plan.change.cpu_trial")
        work.set("gradient_accumulation_steps", 1, "plan.change.cpu_trial")
        work.set("save_state", False, "plan.change.cpu_trial")
        work.set("sample_every_n_steps", None, "plan.change.cpu_trial")  # thirty forward passes a picture
    elif (processes := work.plan.num_processes) > 1:  # the trainer does not divide them
        fewer = max(preset.min_steps, math.ceil(work.plan.max_train_steps / processes))
        work.set("max_train_steps", min(fewer, work.plan.max_train_steps), "plan.change.processes", n=processes)
    per_epoch = plan_steps.steps_per_epoch(work.plan, exposures) if work.plan.save_state else 0
    if per_epoch:  # only from the end of an epoch can a training with accumulation go on exactly (plan/resume.py)
        whole = plan_steps.whole_epochs(work.plan.max_train_steps, per_epoch, preset)
        work.set("max_train_steps", whole, "plan.change.whole_epochs", per_epoch=per_epoch)
    steps = work.plan.max_train_steps
    interval = plan_steps.save_interval(steps, preset)
    if per_epoch:
        interval = plan_steps.whole_interval(interval, per_epoch)
    work.set("save_every_n_steps", interval, "plan.change.follows_steps", steps=steps)
    bounded = work.plan.save_state and work.plan.save_last_n_steps_state is not None
    # A distance in steps, not a number: with that of the checkpoints the last two states stay.
    work.set(
        "save_last_n_steps_state", work.plan.save_every_n_steps if bounded else None, "plan.change.follows_steps", steps=steps
    )
    if work.plan.sample_every_n_steps:
        work.set("sample_every_n_steps", plan_steps.sample_interval(steps, preset), "plan.change.follows_steps", steps=steps)
    if rules.takes_no_warmup(work.plan):
        work.set("lr_warmup_steps", 0, "plan.change.no_warmup")
    elif work.plan.lr_warmup_steps > plan_steps.warmup(steps):
        work.set("lr_warmup_steps", plan_steps.warmup(steps), "plan.change.warmup", steps=steps)
    if work.plan.lr_scheduler != "cosine_with_restarts":
        work.set("lr_scheduler_num_cycles", None, "plan.change.no_cycles", scheduler=work.plan.lr_scheduler)


def _fit_memory(work: _Fitting, limit: float, options: OptionTable) -> None:
    """Apply memory-saving changes, least harmful first, until the estimate fits `limit` (GiB) or none is left."""

    def too_big() -> bool:
        return plan_memory.estimate_memory_gib(work.plan).total_gib + UNCERTAINTY_GIB > limit

    def step(name: str, value: object) -> None:
        needs = plan_memory.estimate_memory_gib(work.plan).total_gib
        work.set(name, value, "plan.change.memory", needs=needs, free=limit)

    def smaller_dims(least: int) -> None:
        for dim in DIM_LADDER:
            if too_big() and least <= dim < work.plan.network_dim:
                ratio = work.plan.network_alpha / work.plan.network_dim
                step("network_dim", dim)
                _let_alpha_follow(work, ratio)

    def without_samples() -> None:
        if _samples_decide(work.plan):
            step("sample_every_n_steps", None)

    moves: list[Callable[[], None]] = [
        without_samples,
        lambda: step("fp8_base", True),
        lambda: _share_batch(work, step),
        lambda: smaller_dims(GOOD_DIM),
        lambda: _smaller_pictures(work, too_big, step, 768),
        lambda: smaller_dims(4),
        lambda: _smaller_pictures(work, too_big, step, 512),
    ]
    for move in moves:
        if not too_big():
            break
        move()
    work.changes = _joined(work.changes)


def cheaper(plan: Plan, options: OptionTable, fixed: frozenset[str] = frozenset()) -> tuple[Plan, tuple[Change, ...]] | None:
    """Return the plan with the least harmful change that saves memory, after an out-of-memory error.

    fixed  values that the user gave: never changed. None where nothing is left to give.
    """
    work = _Fitting(plan, fixed)
    why = "plan.change.out_of_memory"
    rungs: list[Callable[[], object]] = [
        lambda: _samples_decide(plan) and work.set("sample_every_n_steps", None, why),
        lambda: plan.profile != "cpu" and plan.mixed_precision != "no" and work.set("fp8_base", True, why),
        lambda: _share_batch(work, lambda name, value: work.set(name, value, why)),
        lambda: _halve_dim(work, GOOD_DIM, why),
        lambda: plan.resolution > 768 and work.set("resolution", 768, why),
        lambda: _halve_dim(work, DIM_LADDER[-1], why),
        lambda: plan.resolution > 512 and work.set("resolution", 512, why),
    ]  # fmt: skip
    for rung in rungs:
        rung()
        if work.changes:
            return work.plan, tuple(work.changes)
    return None


def _samples_decide(plan: Plan) -> bool:
    """Return whether a plan takes less memory without samples: they, not the training, are its peak."""
    without = dataclasses.replace(plan, sample_every_n_steps=None)
    return plan_memory.estimate_memory_gib(without).total_gib < plan_memory.estimate_memory_gib(plan).total_gib


def _let_alpha_follow(work: _Fitting, ratio: float) -> None:
    """Keep alpha / dim: the ratio scales what the LoRA adds."""
    alpha = float(max(1, round(work.plan.network_dim * ratio)))
    work.set("network_alpha", alpha, "plan.change.alpha_follows", dim=work.plan.network_dim)


def _halve_dim(work: _Fitting, least: int, why: str) -> None:
    dim, ratio = work.plan.network_dim, work.plan.network_alpha / work.plan.network_dim
    if dim > least and work.set("network_dim", max(least, dim // 2), why):
        _let_alpha_follow(work, ratio)


def _share_batch(work: _Fitting, step: Callable[[str, object], object]) -> None:
    """Use batch size 1 with more gradient accumulation: the same step, less memory, slower."""
    batch = work.plan.train_batch_size
    if batch > 1 and "train_batch_size" not in work.fixed:
        step("gradient_accumulation_steps", work.plan.gradient_accumulation_steps * batch)
        step("train_batch_size", 1)


def _smaller_pictures(
    work: _Fitting, too_big: Callable[[], bool], step: Callable[[str, object], None], least: int
) -> None:  # fmt: skip
    for side in RESOLUTION_LADDER:
        if too_big() and least <= side < work.plan.resolution:
            step("resolution", side)


def _joined(changes: Sequence[Change]) -> list[Change]:
    """Return the changes with consecutive ones of a value merged: 128 -> 96 -> 64 becomes 128 -> 64."""
    joined: dict[tuple[str, str], Change] = {}
    for change in changes:
        first = joined.get((change.name, change.why.key))
        joined[change.name, change.why.key] = dataclasses.replace(change, before=first.before) if first else change
    return [change for change in joined.values() if change.before != change.after]


def _warnings(
    plan: Plan, profile: GPUProfile, card: Card | None, estimate: Estimate
) -> list[Text]:  # fmt: skip
    name = card.name if card else profile.label
    total = card.total_gib if card else profile.vram_gib
    warnings: list[Text] = []
    if profile.vram_gib == 0:
        warnings.append(Text("plan.warning.cpu", {"steps": plan.max_train_steps}))
    elif total < plan_memory.SMALLEST_CARD_GIB:
        warnings.append(Text("plan.warning.card_too_small", {"card": name, "total": total}))
    elif estimate.fits is False:
        warnings.append(Text("plan.warning.too_big", {"needs": estimate.total_gib, "free": estimate.free_gib}))
    if is_gtx16(name) and plan.mixed_precision == "fp16":
        warnings.append(Text("plan.warning.gtx16", {"card": name}))
    return warnings + rules.doubts(plan)
