"""How long a training takes: seconds a step as this card measured them, else the user's table scaled to the plan's work."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from avatar.plan import samples
from avatar.plan import steps as plan_steps
from avatar.plan.values import Plan
from avatar.texts.text import Text
from config import GPU_PROFILES, GPUProfile

# Counted work of one picture: forward, backward and recomputation by torch's FLOP counter on the trainer's own step. 1024 px
# with checkpointing is 1. U-Net only, dim 32 (facts/memory.md §7).
WORK_BY_SIDE = {512: 0.23, 640: 0.36, 768: 0.53, 896: 0.74, 1024: 1.0}
# Measured on an H200 (benchmarks/measured): seconds a step without checkpointing, and with an fp8 base, over those with a bf16
# base and checkpointing. By the count alone the first would be 0.69.
WITHOUT_CHECKPOINTING = 0.81
FP8 = 1.17
SAMPLE_WORK = 2 * 0.31  # a denoising step of one sample at 1024 px: two forward passes (guidance) of 0.31 of a training picture
MEASURED_RUNS = 3  # the newest of a configuration: a driver or another program may have changed since the older ones
SPILL_FACTOR = 10  # a step that takes ten times the estimate: memory spilling to the host takes 40-200 s a step (kohya_ss 1730)
FIRST_STEPS = 20  # after these the running training's own rate is told

TimeSource = Literal["measured", "scaled", "table", "other_card"]


@dataclass(frozen=True)
class Timed:
    """What a training was measured at.

    card             as NVML names it
    pictures         a step, over all cards
    work             of one of them, as work_of gives it
    seconds_per_step median over the run, without its first step
    """

    card: str
    pictures: int
    work: float
    seconds_per_step: float


@dataclass(frozen=True)
class StepTime:
    """Seconds a step of a plan, and where the figure comes from.

    measured     this card, the same work a step; scaled: this card, other work
    table        the user's table for this profile; other_card: the table for another card, as this one has no figure
    reference    the label of the card that the figure is of
    """

    seconds: float
    source: TimeSource
    reference: str


def work_of(plan: Plan) -> float:
    """Return the work of one picture, relative to 1024 px with checkpointing on a bf16 base at dim 32.

    The share of the LoRA is linear between dim 4 (0.97) and dim 128 (1.10); text encoders trained 1.02, only run 1.005.
    """
    work = _work_at(plan.resolution) * (1 + (plan.network_dim - 32) * 0.00105)
    if not plan.gradient_checkpointing:
        work *= WITHOUT_CHECKPOINTING
    if plan.fp8_base:
        work *= FP8
    if not plan.network_train_unet_only:
        return work * 1.02
    return work if plan.cache_text_encoder_outputs else work * 1.005


def _work_at(side: int) -> float:
    """Return the work at a side in px: between and beyond the counted sides a straight line of the logarithms."""
    sides = sorted(WORK_BY_SIDE)
    upper = next((place for place, one in enumerate(sides) if one >= side and place), len(sides) - 1)
    low, high = sides[upper - 1], sides[upper]
    slope = math.log(WORK_BY_SIDE[high] / WORK_BY_SIDE[low]) / math.log(high / low)
    return WORK_BY_SIDE[low] * math.pow(side / low, slope)


def _share(plan: Plan) -> float:
    """Return the work of a step: cards beside each other take no longer, one after the other does."""
    return work_of(plan) * plan_steps.pictures_of_a_process(plan)


def step_time(plan: Plan, profile: GPUProfile, *, card: str | None = None, measured: Sequence[Timed] = ()) -> StepTime | None:
    """Return the seconds a step of a plan; None where nothing is known, as on the processor.

    card      as NVML names it, None: not in this computer; measured: oldest first
    """
    own = [run for run in measured if run.card == card]
    if own:
        return _from_measured(plan, own)
    return _from_table(plan, profile)


def _from_measured(plan: Plan, own: Sequence[Timed]) -> StepTime:
    """Return the figure of the runs with the same work a step, else that of the newest, scaled."""
    share, processes = _share(plan), plan.num_processes

    def share_of(run: Timed) -> float:
        return run.work * run.pictures / processes

    same = [run for run in own if math.isclose(share_of(run), share, rel_tol=0.01)]
    if same:
        seconds = statistics.median(run.seconds_per_step for run in same[-MEASURED_RUNS:])
        return StepTime(seconds, "measured", own[-1].card)
    newest = own[-1]
    return StepTime(newest.seconds_per_step * share / share_of(newest), "scaled", newest.card)


def _from_table(plan: Plan, profile: GPUProfile) -> StepTime | None:
    """Return the table's figure, scaled from the plan that it stands beside in the user's description.

    Whether that plan had an fp8 base is not told: the figure is taken as it is, so fp8 changes nothing here.
    """
    known = profile if profile.steps_per_hour else GPU_PROFILES.get(profile.timed_as)
    if known is None or not known.steps_per_hour:
        return None
    pictures = known.batch_size * known.gradient_accumulation_steps
    per_picture = 3600 / known.steps_per_hour / pictures / _work_at(known.resolution)
    seconds = per_picture * _share(plan) / (FP8 if plan.fp8_base else 1)
    return StepTime(seconds, "table" if known is profile else "other_card", known.label)


def sample_seconds(plan: Plan, step: StepTime, rounds: int) -> float:
    """Return the time of the samples drawn during a training: rounds x prompts x denoising steps at 1024 px."""
    if not plan.makes_samples:
        return 0.0
    per_work = step.seconds / _share(plan)
    return rounds * len(samples.PROMPTS) * samples.STEPS * SAMPLE_WORK * _work_at(plan.sample_px) * per_work


def training_seconds(plan: Plan, step: StepTime, *, steps: int | None = None) -> float:
    """Return the time of a training from its first step; loading and caching before it take minutes.

    steps  what is left of it, None: all
    """
    left = plan.max_train_steps if steps is None else steps
    rounds = left // plan.sample_every_n_steps if plan.sample_every_n_steps else 0
    return left * step.seconds + sample_seconds(plan, step, rounds)


def duration(seconds: float) -> Text:
    """Return a time for the screen, as exact as an estimate is: minutes below one and a half hours, then hours."""
    if seconds < 60:
        return Text("plan.duration.short")
    if seconds < 90:
        return Text("plan.duration.minute")
    if seconds < 5400:
        return Text("plan.duration.minutes", {"minutes": round(seconds / 60)})
    hours = seconds / 3600
    return Text("plan.duration.hours", {"hours": Text("number.tenths", {"value": hours}) if hours < 10 else round(hours)})


def source_text(step: StepTime) -> Text:
    """Return where a time comes from, as a sentence."""
    return Text(f"plan.time_source.{step.source}", {"card": step.reference})
