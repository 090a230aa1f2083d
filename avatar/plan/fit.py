"""Fits a plan to memory, dataset and trainer; each change with old value, new value and reason. Pure."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from avatar.plan import memory as plan_memory
from avatar.plan import memory_fit, resume, rules
from avatar.plan import steps as plan_steps
from avatar.plan.measured import Measured
from avatar.plan.memory import Room
from avatar.plan.values import Change, Estimate, Plan
from avatar.system.gpu import Card, has_bf16, is_gtx16
from avatar.texts import spoken
from avatar.texts.text import Text
from avatar.trainer import names as trainer_names
from avatar.trainer.options import OptionTable
from config import GPUProfile, TrainingPreset

TRIAL_STEPS = 10  # [choice] on the processor: 3 s a step at 128 px [measured]


@dataclass(frozen=True)
class Fitted:
    """A fitted plan, its changes, warnings for the user, and what else they may choose."""

    plan: Plan
    changes: tuple[Change, ...]
    estimate: Estimate
    warnings: tuple[Text, ...]
    offers: tuple[Text, ...] = ()


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
    overrides: Mapping[str, Any] | None = None, exposures: int = 0, known: Mapping[str, Measured] | None = None,
) -> Fitted:  # fmt: skip
    """Return the plan that fits.

    card       None: the profile was chosen by hand, and its memory less a desktop's share counts as free
    exposures  of an epoch; 0: the dataset is not known, and states are not laid on the ends of epochs
    overrides  values by field (see parse_overrides): taken as they are, and warned about where they will not fit
    known      what trainings took of this card, by configuration (plan/measured.py)
    """
    given = dict(overrides or {})
    work = _Fitting(asked, frozenset(given) | frozenset(given.get("extra", ())))
    for name, value in given.items():
        before = getattr(asked, name)
        work.plan = dataclasses.replace(work.plan, **{name: value})
        if before != value:
            work.changes.append(Change(name, before, value, Text("plan.change.override")))
    _let_alpha_follow(work, asked.network_alpha / asked.network_dim)
    _fit_precision(work, profile, card)
    _fit_trainer(work, options)
    limit = plan_memory.memory_limit_gib(profile, card)
    wanted = work.plan
    room = None if limit is None else Room(limit, known or {})
    narrow = None if room is None else _fit_memory(work, room, profile)
    _keep_exposures(work, asked, preset)
    _fit_length(work, profile, preset, exposures)
    estimate = plan_memory.estimate_memory_gib(work.plan, limit, known)
    doubts = _warnings(work.plan, profile, card, estimate) + _resume_doubts(work.plan, exposures, options)
    if room is not None:
        doubts = _no_samples(wanted, work.plan, work.fixed, room) + doubts
        if any(doubt.key == "plan.warning.too_big" for doubt in doubts):
            doubts += _ways_out(wanted, asked, work, room)
    return Fitted(work.plan, tuple(work.changes), estimate, tuple(doubts), tuple(_offers(wanted, work.plan, narrow, room)))


def _fit_precision(work: _Fitting, profile: GPUProfile, card: Card | None) -> None:
    if profile.vram_gib == 0:
        work.set("fp8_base", False, "plan.change.cpu_no_fp8")
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


def _fit_memory(work: _Fitting, room: Room, profile: GPUProfile) -> Plan | None:
    """Take the plan that loses least within the room; return one that loses less but fits only narrowly."""
    before = work.plan
    found = memory_fit.choose(before, work.fixed, room)
    work.plan = found.plan
    work.changes += changes_between(before, found.plan, lambda name: _why(name, before, found.plan, room, profile))
    return found.narrow


def changes_between(before: Plan, after: Plan, why: Callable[[str], Text]) -> list[Change]:
    """Return what the search for a smaller plan changed; why: the reason for a field or an option."""
    names = [name for name in memory_fit.CHANGED if getattr(before, name) != getattr(after, name)]
    changes = [Change(name, getattr(before, name), getattr(after, name), why(name)) for name in names]
    lost = [name for name in before.extra if name not in after.extra]
    return changes + [Change(name, before.extra[name], None, why(name)) for name in lost]


def _why(name: str, before: Plan, after: Plan, room: Room, profile: GPUProfile) -> Text:
    if name == "network_alpha":
        return Text("plan.change.alpha_follows", {"dim": after.network_dim})
    if name in memory_fit.ASKS_FOR_SAMPLES:
        least = memory_fit.smallest_samples(before, after)
        needs = room.estimate(least).safe_gib  # what was compared: without its margin it may be less than there is
        return Text(
            "plan.change.no_samples", {"needs": needs, "free": room.free_gib, "px": least.sample_px, "dim": after.network_dim}
        )
    asked = [switch for switch in ("lowvram", "medvram") if getattr(profile, switch)]
    if name == "fp8_base" and asked:
        return Text("plan.change.no_lowvram", {"asked": " ".join(f"--{switch}" for switch in asked)})
    if not after.gradient_checkpointing and name in {"gradient_checkpointing", *memory_fit.SHAPE}:
        return Text("plan.change.no_checkpointing", {"needs": room.needs(after), "free": room.free_gib})
    if name == "gradient_accumulation_steps" and after.gradient_accumulation_steps == 1:
        return Text("plan.change.no_accumulation", {"saved": memory_fit.accumulation_gib(after, before)})
    alone = room.estimate(dataclasses.replace(after, **{name: getattr(before, name)}))
    if alone.failed_gib is not None and alone.verdict == "too_big":
        return Text("plan.change.failed_before", {"free": alone.failed_gib})
    return Text("plan.change.memory", {"needs": alone.safe_gib, "free": room.free_gib})


def _keep_exposures(work: _Fitting, asked: Plan, preset: TrainingPreset) -> None:
    """Take more or fewer steps where a step sees other than the pictures that were asked for, within the preset's limits."""
    seen, now = plan_steps.pictures_of_a_process(asked), plan_steps.pictures_of_a_process(work.plan)
    if seen != now:
        steps = min(max(math.ceil(asked.max_train_steps * seen / now), preset.min_steps), preset.max_steps)
        work.set("max_train_steps", steps, "plan.change.same_exposures", before=seen, now=now)


def cheaper(plan: Plan, fixed: frozenset[str] = frozenset()) -> tuple[Plan, tuple[Change, ...]] | None:
    """Return the plan that loses least of those that need enough less by the formula, after an out-of-memory error.

    fixed  values that the user gave: never changed. None where nothing is left to give.
    """
    found = memory_fit.smaller(plan, fixed)
    if found is None:
        return None
    found = memory_fit.with_steps_of(found, plan, fixed)
    reasons = {
        "network_alpha": Text("plan.change.alpha_follows", {"dim": found.network_dim}),
        **dict.fromkeys(memory_fit.IN_STEPS, Text("plan.change.follows_steps", {"steps": found.max_train_steps})),
    }
    seen, now = plan_steps.pictures_of_a_process(plan), plan_steps.pictures_of_a_process(found)
    if seen != now:  # more steps are no cost: they see the same pictures
        reasons["max_train_steps"] = Text("plan.change.same_exposures", {"before": seen, "now": now})
    if found.sample_every_n_steps is None:
        reasons.pop("sample_every_n_steps")
    why = Text("plan.change.out_of_memory")
    return found, tuple(changes_between(plan, found, lambda name: reasons.get(name, why)))


def _offers(asked: Plan, plan: Plan, narrow: Plan | None, room: Room | None) -> list[Text]:
    """Return the plan that loses less but fits only narrowly, as what the user may type: nobody chooses it unasked."""
    if room is None or narrow is None or not memory_fit.loses_less(narrow, plan):
        return []
    needs = room.needs(narrow)
    return [Text("plan.offer.narrow", {"needs": needs, "free": room.free_gib, "typed": memory_fit.typed(narrow, asked)})]


def _no_samples(asked: Plan, plan: Plan, fixed: frozenset[str], room: Room) -> list[Text]:
    """Return that pictures which the user asked for are left out, with the plans in which they would fit."""
    if plan.makes_samples or not asked.makes_samples or not fixed.intersection(memory_fit.ASKS_FOR_SAMPLES):
        return []
    least = memory_fit.smallest_samples(asked, plan)
    needs = room.estimate(least).safe_gib
    found: list[Text] = [
        Text("plan.warning.no_samples", {"dim": plan.network_dim, "px": least.sample_px, "free": room.free_gib, "needs": needs})
    ]
    return [*found, *_with_samples(asked, plan, room), Text("plan.offer.samples_later")]


def _with_samples(asked: Plan, plan: Plan, room: Room) -> list[Text]:
    """Return the plans in which the pictures that were asked for would fit, as what the user may type."""
    found = []
    for verdict, way in memory_fit.plans_with_samples(asked, plan, room).items():
        key = "plan.offer.samples_narrow" if verdict == "narrow" else "plan.offer.samples_fits"
        found.append(Text(key, {
            "dim": way.network_dim, "px": way.sample_px, "needs": room.needs(way),
            "free": room.free_gib, "typed": memory_fit.typed(way, asked),
        }))  # fmt: skip
    return found


def _ways_out(wanted: Plan, asked: Plan, work: _Fitting, room: Room) -> list[Text]:
    """Return what makes a plan fit that does not for the user's own values: smaller ones, or some of them taken back."""
    found: list[Text] = []
    if work.plan.makes_samples and room.needs(memory_fit.without_samples(work.plan)) <= room.free_gib:
        found += _with_samples(wanted, work.plan, room)
    if (back := memory_fit.without_given(wanted, asked, work.fixed, room)) is not None:
        plan, names = back
        values = {
            "names": spoken.several([spoken.option(name) for name in names]),
            "typed": " ".join(f"{name}=-" for name in names),
        }
        found.append(Text("plan.offer.take_back", {"needs": room.needs(plan), "free": room.free_gib, **values}))
    return found


def _let_alpha_follow(work: _Fitting, ratio: float) -> None:
    """Keep alpha / dim: the ratio scales what the LoRA adds."""
    alpha = float(max(1, round(work.plan.network_dim * ratio)))
    work.set("network_alpha", alpha, "plan.change.alpha_follows", dim=work.plan.network_dim)


def _warnings(
    plan: Plan, profile: GPUProfile, card: Card | None, estimate: Estimate
) -> list[Text]:  # fmt: skip
    name = card.name if card else profile.label
    total = card.total_gib if card else profile.vram_gib
    warnings: list[Text] = []
    if profile.vram_gib == 0:
        warnings.append(Text("plan.warning.cpu", {"steps": plan.max_train_steps}))
    elif total < plan_memory.SMALLEST_CARD_GIB:
        if plan.try_anyway:
            warnings.append(Text("plan.warning.small_card_tried", small_card_values(name, total, plan, estimate)))
        else:
            warnings.append(Text("plan.warning.card_too_small", small_card_values(name, total, plan, estimate)))
    elif estimate.verdict == "too_big" and estimate.failed_gib is not None:
        warnings.append(Text("plan.warning.failed_before", {"free": estimate.failed_gib}))
    elif estimate.verdict in {"narrow", "too_big"}:
        key = "plan.warning.narrow" if estimate.verdict == "narrow" else "plan.warning.too_big"
        warnings.append(Text(key, {"needs": estimate.total_gib, "safe": estimate.safe_gib, "free": estimate.free_gib}))
    if card is not None and card.shared:
        warnings.append(Text("plan.warning.shared_memory", {"card": name, "host": plan_memory.HOST_GIB}))
    if is_gtx16(name) and plan.mixed_precision == "fp16":
        warnings.append(Text("plan.warning.gtx16", {"card": name}))
    if plan.fp8_base and not plan.gradient_checkpointing:
        half = plan_memory.estimate_memory_gib(dataclasses.replace(plan, fp8_base=False)).total_gib
        warnings.append(Text("plan.warning.fp8_kept", {"needs": estimate.total_gib, "instead": half}))
    return warnings + rules.rule_problems(plan) + rules.doubts(plan)


def small_card_values(card: str, total: float, plan: Plan, estimate: Estimate) -> dict[str, object]:
    """Return what a text on a card that is too small says: which plan might go, and with how much to spare."""
    base = "fp8" if plan.fp8_base else plan.mixed_precision
    needs = {"needs": estimate.total_gib, "free": estimate.free_gib}
    return {"card": card, "total": total, "base": base, "px": plan.resolution, "dim": plan.network_dim, **needs}
