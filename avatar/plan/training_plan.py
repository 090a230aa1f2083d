"""The plan of a training: what card, preset and user ask for, fitted to memory, dataset and trainer. Pure.

Memory is arithmetic on exact parameter counts and on peaks that others reported; nothing was measured on a card.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from avatar.plan.training_command import MANAGED
from avatar.plan.training_types import Arithmetic, Change, DatasetFacts, Estimate, Plan
from avatar.system.gpu import Card, is_gtx16
from avatar.texts.text import PipelineError
from avatar.trainer import training_names
from avatar.trainer.trainer_options import Option, OptionTable, value_problem
from config import GPUProfile, TrainerConfig, TrainingPreset

GIB = 1 << 30
WARMUP_STEPS = 200  # [user]
WARMUP_SHARE = 0.1  # [peers 3.1] 0-10 %; longer than the training, the rate never reaches its value [trainer]
# For optimizers that find the rate by themselves: what the trainer advises, and where its warning ends.
OWN_RATE, LOW_OWN_RATE = 1.0, 0.1
TRIAL_STEPS = 10  # [choice] on the processor: 3 s a step at 128 px [measured]
# Parameters, counted from the headers of the SDXL base checkpoint and of LoRA files.
UNET_PARAMETERS = 2_567_463_684
TEXT_ENCODER_PARAMETERS = 817_719_552
VAE_PARAMETERS = 83_653_863
LORA_UNET_PARAMETERS_PER_DIM = 2_659_840
LORA_TEXT_PARAMETERS_PER_DIM = 903_168
# Bytes a LoRA parameter costs in the optimizer's state.
OPTIMIZER_BYTES = {"adamw8bit": 2, "pagedadamw8bit": 2, "lion8bit": 1, "adamw": 8, "adafactor": 1, "lion": 4, "prodigy": 16}
# [choice] from reported peaks: 4.4 GB in all with fp8 base at 1024 px, one picture (sd-scripts PR 1057) less weights, LoRA
# and context. Grows with the pixels.
ACTIVATIONS_GIB_AT_1024 = 1.2
# [choice] keeping the checkpoints in host memory.
OFFLOADED_SHARE = 0.7
WITHOUT_CHECKPOINTING = 6.0  # [choice] peers report 13-15 GB unoptimised
CONTEXT_GIB = 0.5
VAE_ACTIVATIONS_GIB_AT_1024 = 2.5  # [choice] encoder in fp32, one picture
# [choice] decoder in fp32, one picture: where it has 256 channels at full size one tensor takes 1 GiB, and the input, its norm,
# the activation and the two outputs of 128 channels are there at once.
VAE_DECODING_GIB_AT_1024 = 4.0
DRIVER_SHARE = 0.08  # [choice] of a card that cannot be asked: desktop and driver
# Host memory at the peak of loading, measured on the real trainer: 14.0 GB by default, 9.2-9.8 GB with full_fp16 / full_bf16.
HOST_GIB, HOST_GIB_HALF = 13.1, 9.1
UNCERTAINTY_GIB = 0.3  # [choice] kept free when fitting: the activations are a guess
SMALLEST_CARD_GIB = 4.5  # the smallest peak anyone reports is 4.4 GB (sd-scripts PR 1057)
SOURCE = "parameter counts; reported peaks (sd-scripts PR 1057, OneTrainer 934); not measured on this card"

DIM_LADDER = (128, 96, 64, 48, 32, 24, 16, 8, 4)
GOOD_DIM = 16  # below, smaller pictures are tried first
RESOLUTION_LADDER = (1024, 896, 768, 640, 512)
ALIASES = {
    "dim": "network_dim", "alpha": "network_alpha", "batch": "train_batch_size", "batch_size": "train_batch_size",
    "accumulation": "gradient_accumulation_steps", "steps": "max_train_steps", "optimizer": "optimizer_type",
    "lr": "learning_rate", "warmup": "lr_warmup_steps", "scheduler": "lr_scheduler", "cycles": "lr_scheduler_num_cycles",
    "workers": "max_data_loader_n_workers", "fp8": "fp8_base", "fp8_base_unet": "fp8_base",
    "unet_only": "network_train_unet_only", "pretrained_model_name_or_path": "base_model",
}  # fmt: skip
# Least value of a number. Below it the trainer stops, in most cases only after it has loaded the model, or does without.
LEAST = {
    "resolution": 32, "network_dim": 1, "train_batch_size": 1, "gradient_accumulation_steps": 1, "max_train_steps": 1,
    "save_every_n_steps": 1, "save_last_n_steps_state": 1, "sample_every_n_steps": 1, "vae_batch_size": 1,
    "lr_scheduler_num_cycles": 1, "lr_warmup_steps": 0, "max_data_loader_n_workers": 0, "seed": 0, "num_processes": 1,
    "num_machines": 1, "machine_rank": 0,
}  # fmt: skip
# At 0 the trainer learns nothing (rate), or takes the dim instead (alpha; networks/lora.py:71): no model in the end.
ABOVE_ZERO = ("learning_rate", "network_alpha")
MIN_BUCKET, MAX_BUCKET, BUCKET_STEPS = 256, 1024, 64  # the trainer's defaults (library/train_util.py:4593-4607)
FIXED_FIELDS = frozenset({"profile", "preset", "extra"})


@dataclass(frozen=True)
class Fitted:
    """A plan that suits card, dataset and trainer, what was changed for that, and what the user should know."""

    plan: Plan
    changes: tuple[Change, ...]
    estimate: Estimate
    warnings: tuple[tuple[str, dict[str, object]], ...]


# --- what is asked for -----------------------------------------------------------------------------------------------


def ask(profile: GPUProfile, preset: TrainingPreset, dataset: DatasetFacts, trainer: TrainerConfig | None = None) -> Plan:
    """Return the plan that profile and preset ask for, before it is fitted to anything.

    Steps: exposures a picture x pictures / (batch x accumulation), within the preset's limits.
    """
    trainer = trainer or TrainerConfig()
    seen_per_step = profile.batch_size * profile.gradient_accumulation_steps
    wanted = math.ceil(preset.exposures_per_picture * max(dataset.images, 1) / seen_per_step)
    steps = min(max(wanted, preset.min_steps), preset.max_steps)
    fast = preset.fast_learning_rate is not None and profile.vram_gib >= 8
    return Plan(
        profile=profile.name,
        preset=preset.name,
        base_model=trainer.base_model,
        resolution=profile.resolution,
        network_dim=profile.network_dim,
        network_alpha=float(profile.network_alpha),
        train_batch_size=profile.batch_size,
        gradient_accumulation_steps=profile.gradient_accumulation_steps,
        learning_rate=(preset.fast_learning_rate or preset.learning_rate) if fast else preset.learning_rate,
        max_train_steps=steps,
        save_every_n_steps=save_interval(steps, preset),
        save_state=preset.save_state,
        save_last_n_steps_state=save_interval(steps, preset) if preset.save_state else None,
        sample_every_n_steps=sample_interval(steps, preset),
        lr_warmup_steps=warmup(steps),
        optimizer_type=profile.optimizer,
        tokenizer_cache_dir=trainer.tokenizer_cache_dir,
    )


def save_interval(steps: int, preset: TrainingPreset) -> int:
    """Return the distance of checkpoints: 2000 steps and 4 checkpoints -> 500."""
    return max(1, math.ceil(steps / preset.checkpoints))


def sample_interval(steps: int, preset: TrainingPreset) -> int | None:
    """Return the distance of rounds of samples: 2000 steps and 4 rounds -> 500; None where the preset wants none."""
    return max(1, math.ceil(steps / preset.samples)) if preset.samples else None


def warmup(steps: int) -> int:
    """Return the user's 200 warm-up steps, or a tenth of a shorter training."""
    return min(WARMUP_STEPS, int(steps * WARMUP_SHARE))


# --- what it costs ---------------------------------------------------------------------------------------------------


def estimate_memory_gib(plan: Plan, free_gib: float | None = None) -> Estimate:
    """Return the graphics memory of a plan, part by part, in GiB.

    Training: U-Net + LoRA with gradients and optimizer + text encoders unless cached + activations + context.
    Caching, before it: the VAE in fp32 on one picture; the U-Net is not on the card yet.
    Samples, at 1024 px: see _sampling_gib.
    """
    half = plan.mixed_precision != "no"
    unet = UNET_PARAMETERS * (1 if plan.fp8_base else 2 if half else 4) / GIB
    per_dim = LORA_UNET_PARAMETERS_PER_DIM + (0 if plan.network_train_unet_only else LORA_TEXT_PARAMETERS_PER_DIM)
    weight = 2 if plan.full_bf16 or plan.full_fp16 else 4
    state = OPTIMIZER_BYTES.get(plan.optimizer_type.lower(), 8)
    lora = plan.network_dim * per_dim * (2 * weight + state) / GIB
    text = 0.0 if plan.cache_text_encoder_outputs else TEXT_ENCODER_PARAMETERS * (2 if half else 4) / GIB
    pixels = (plan.resolution / 1024) ** 2
    activations = ACTIVATIONS_GIB_AT_1024 * pixels * plan.train_batch_size * (1 if half else 2)
    if not plan.gradient_checkpointing:
        activations *= WITHOUT_CHECKPOINTING
    elif plan.cpu_offload_checkpointing:
        activations *= OFFLOADED_SHARE
    caching = VAE_PARAMETERS * 4 / GIB + VAE_ACTIVATIONS_GIB_AT_1024 * pixels * (plan.vae_batch_size or 1) + CONTEXT_GIB
    sampling = lora + text + _sampling_gib(plan) if plan.makes_samples else 0.0
    total = max(unet + lora + text + activations + CONTEXT_GIB, caching, sampling)
    host = HOST_GIB_HALF if plan.full_bf16 or plan.full_fp16 else HOST_GIB
    return Estimate(
        total_gib=round(total, 2), unet_gib=round(unet, 2), lora_gib=round(lora, 2), text_encoders_gib=round(text, 2),
        activations_gib=round(activations, 2), context_gib=CONTEXT_GIB, caching_gib=round(caching, 2), host_gib=host,
        free_gib=free_gib, source=SOURCE, free="-" if free_gib is None else f"{free_gib:.1f}", sampling_gib=round(sampling, 2),
    )  # fmt: skip


def _sampling_gib(plan: Plan) -> float:
    """Return what a sample takes beside LoRA and optimizer, which stay: U-Net, VAE in fp32, its decoder's activations.

    fp8 does not help: the trainer makes the U-Net fp16 for the time of the sample (sdxl_lpw_stable_diffusion.py:858-862).
    Text encoders whose outputs are cached stay in host memory and work there: no graphics memory, and no garbage.
    """
    unet = UNET_PARAMETERS * (2 if plan.mixed_precision != "no" else 4) / GIB
    return unet + VAE_PARAMETERS * 4 / GIB + VAE_DECODING_GIB_AT_1024 + CONTEXT_GIB


def step_arithmetic(plan: Plan, dataset: DatasetFacts) -> Arithmetic:
    """Return how the plan goes through the dataset, as the trainer counts (train_network.py:978).

    All crops have one size, so that there is one bucket and only an epoch's last batch can be short.
    """
    # Values below one, which rule_problems names, count as one here.
    batch, accumulation = max(1, plan.train_batch_size), max(1, plan.gradient_accumulation_steps)
    processes = max(1, plan.num_processes)
    batches = math.ceil(math.ceil(dataset.exposures / batch) / processes)  # of one process
    steps_per_epoch = math.ceil(batches / accumulation)
    epochs = math.ceil(plan.max_train_steps / steps_per_epoch) if steps_per_epoch else 0
    whole, rest = divmod(plan.max_train_steps, steps_per_epoch) if steps_per_epoch else (0, 0)
    per_step = batch * accumulation * processes
    exposures = whole * dataset.exposures + min(rest * per_step, dataset.exposures)
    interval = plan.save_every_n_steps
    checkpoints = 1 if not interval else max(1, math.ceil(plan.max_train_steps / interval))
    return Arithmetic(
        dataset.images, dataset.exposures, batches, steps_per_epoch, epochs, plan.max_train_steps, exposures,
        round(exposures / dataset.images, 1) if dataset.images else 0.0, checkpoints,
    )  # fmt: skip


def memory_limit_gib(profile: GPUProfile, card: Card | None) -> float | None:
    """Return what a plan may take: what is free on the card, else the profile's memory less what a desktop uses.

    None on the processor.
    """
    if profile.vram_gib == 0:
        return None
    return round(card.free_gib if card else profile.vram_gib * (1 - DRIVER_SHARE), 2)


# --- fitting ---------------------------------------------------------------------------------------------------------


class _Fitting:
    """A plan on its way: values the user fixed are left alone, every other change is noted with its reason."""

    def __init__(self, plan: Plan, fixed: frozenset[str]) -> None:
        self.plan, self.fixed = plan, fixed
        self.changes: list[Change] = []

    def set(self, name: str, value: Any, why: str, **values: Any) -> bool:
        """Change one value; False where the user fixed it or nothing would change."""
        before = getattr(self.plan, name)
        if name in self.fixed or before == value:
            return False
        self.plan = dataclasses.replace(self.plan, **{name: value})
        self.changes.append(Change(name, before, value, why, values))
        return True


def fit(
    asked: Plan, *, profile: GPUProfile, preset: TrainingPreset, card: Card | None, options: OptionTable,
    overrides: Mapping[str, Any] | None = None,
) -> Fitted:  # fmt: skip
    """Return the plan that fits.

    card       None: the profile was chosen by hand, and its memory less a desktop's share counts as free
    overrides  values by field (see parse_overrides): taken as they are, and warned about where they will not fit
    """
    given = dict(overrides or {})
    work = _Fitting(asked, frozenset(given))
    for name, value in given.items():
        before = getattr(asked, name)
        work.plan = dataclasses.replace(work.plan, **{name: value})
        if before != value:
            work.changes.append(Change(name, before, value, "plan.change.override"))
    _let_alpha_follow(work, asked.network_alpha / asked.network_dim)
    _fit_switches(work, profile, options)
    _fit_precision(work, profile, card)
    _fit_trainer(work, options)
    _fit_length(work, profile, preset)
    limit = memory_limit_gib(profile, card)
    if limit is not None:
        _fit_memory(work, limit, options)
    estimate = estimate_memory_gib(work.plan, limit)
    return Fitted(work.plan, tuple(work.changes), estimate, tuple(_warnings(work.plan, profile, card, estimate)))


def _fit_switches(work: _Fitting, profile: GPUProfile, options: OptionTable) -> None:
    """Put what sd-scripts has in the place of A1111's --lowvram and --medvram, with which it would exit 2."""
    if profile.lowvram or profile.medvram:
        asked = " ".join(f"--{name}" for name in ("lowvram", "medvram") if getattr(profile, name))
        work.set("fp8_base", True, "plan.change.no_lowvram", asked=asked)
    if profile.lowvram and options.has("cpu_offload_checkpointing") and work.plan.gradient_checkpointing:
        work.set("cpu_offload_checkpointing", True, "plan.change.no_lowvram", asked="--lowvram")
    if profile.vram_gib == 0:
        work.set("fp8_base", False, "plan.change.cpu_no_fp8")


def _fit_precision(work: _Fitting, profile: GPUProfile, card: Card | None) -> None:
    if profile.vram_gib == 0:
        # fp16 on a processor is not refused by the trainer and dies at the first step [measured].
        work.set("mixed_precision", "bf16", "plan.change.cpu_bf16")
        if work.plan.mixed_precision == "bf16":
            work.set("full_bf16", True, "plan.change.cpu_full_bf16", gib=HOST_GIB_HALF, instead=HOST_GIB)
        return
    capability = card.compute_capability if card else profile.compute_capability
    shown = f"{capability[0]}.{capability[1]}"
    if capability >= (8, 0):
        work.set("mixed_precision", "bf16", "plan.change.bf16", capability=shown)
    elif work.plan.mixed_precision == "bf16":
        work.set("mixed_precision", "fp16", "plan.change.fp16", capability=shown)


def _fit_trainer(work: _Fitting, options: OptionTable) -> None:
    """Leave out what the installed trainer or its environment does not have."""
    if training_names.package_of(work.plan.optimizer_type) == "bitsandbytes" and options.lacks_package("bitsandbytes"):
        work.set("optimizer_type", "AdamW", "plan.change.no_bitsandbytes")
    if work.plan.xformers and options.lacks_package("xformers"):
        work.set("xformers", False, "plan.change.no_xformers")
    for name in ("cpu_offload_checkpointing", "sdpa", "min_snr_gamma"):
        if getattr(work.plan, name) and not options.has(name):
            work.set(name, None if name == "min_snr_gamma" else False, "plan.change.no_option", version=options.version)
    if training_names.finds_its_own_rate(work.plan.optimizer_type):
        work.set("learning_rate", OWN_RATE, "plan.change.own_rate", optimizer=work.plan.optimizer_type)
    if not work.plan.network_train_unet_only:
        work.set("cache_text_encoder_outputs", False, "plan.change.trains_text_encoders")


def _fit_length(work: _Fitting, profile: GPUProfile, preset: TrainingPreset) -> None:
    if profile.vram_gib == 0:
        work.set("max_train_steps", min(TRIAL_STEPS, work.plan.max_train_steps), "plan.change.cpu_trial")
        work.set("gradient_accumulation_steps", 1, "plan.change.cpu_trial")
        work.set("save_state", False, "plan.change.cpu_trial")
        work.set("sample_every_n_steps", None, "plan.change.cpu_trial")  # thirty forward passes a picture
    elif (processes := work.plan.num_processes) > 1:  # the trainer does not divide them
        fewer = max(preset.min_steps, math.ceil(work.plan.max_train_steps / processes))
        work.set("max_train_steps", min(fewer, work.plan.max_train_steps), "plan.change.processes", n=processes)
    steps = work.plan.max_train_steps
    work.set("save_every_n_steps", save_interval(steps, preset), "plan.change.follows_steps", steps=steps)
    bounded = work.plan.save_state and work.plan.save_last_n_steps_state is not None
    # A distance in steps, not a number: with that of the checkpoints the last two states stay.
    work.set(
        "save_last_n_steps_state", work.plan.save_every_n_steps if bounded else None, "plan.change.follows_steps", steps=steps
    )
    if work.plan.sample_every_n_steps:
        work.set("sample_every_n_steps", sample_interval(steps, preset), "plan.change.follows_steps", steps=steps)
    if _takes_no_warmup(work.plan):
        work.set("lr_warmup_steps", 0, "plan.change.no_warmup")
    elif work.plan.lr_warmup_steps > warmup(steps):
        work.set("lr_warmup_steps", warmup(steps), "plan.change.warmup", steps=steps)
    if work.plan.lr_scheduler != "cosine_with_restarts":
        work.set("lr_scheduler_num_cycles", None, "plan.change.no_cycles", scheduler=work.plan.lr_scheduler)


def _takes_no_warmup(plan: Plan) -> bool:
    return plan.lr_scheduler in {"constant", "adafactor"} or _makes_its_own_rate(plan)


def _makes_its_own_rate(plan: Plan) -> bool:
    """Tell whether the optimizer is Adafactor with relative_step, its default, which brings its own scheduler.

    The one that was asked for is replaced then (library/train_util.py:5049-5082).
    """
    own = "relative_step=False" not in plan.optimizer_args or "warmup_init=True" in plan.optimizer_args
    return plan.optimizer_type.lower() == "adafactor" and own


def _fit_memory(work: _Fitting, limit: float, options: OptionTable) -> None:
    """Take the cheapest losses first until the estimate is within limit (GiB), or nothing is left to give."""

    def too_big() -> bool:
        return estimate_memory_gib(work.plan).total_gib + UNCERTAINTY_GIB > limit

    def step(name: str, value: object) -> None:
        needs = estimate_memory_gib(work.plan).total_gib
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
        lambda: step("cpu_offload_checkpointing", options.has("cpu_offload_checkpointing")),
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
    """Return the plan that costs the least quality and still takes less memory, for a card that ran out of it.

    fixed  values that the user gave: never changed. None where nothing is left to give.
    """
    work = _Fitting(plan, fixed)
    why = "plan.change.out_of_memory"
    rungs: list[Callable[[], object]] = [
        lambda: _samples_decide(plan) and work.set("sample_every_n_steps", None, why),
        lambda: plan.profile != "cpu" and plan.mixed_precision != "no" and work.set("fp8_base", True, why),
        lambda: _share_batch(work, lambda name, value: work.set(name, value, why)),
        lambda: plan.gradient_checkpointing and options.has("cpu_offload_checkpointing")
        and work.set("cpu_offload_checkpointing", True, why),
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
    """Tell whether a plan takes less memory without samples: they, not the training, are its peak."""
    without = dataclasses.replace(plan, sample_every_n_steps=None)
    return estimate_memory_gib(without).total_gib < estimate_memory_gib(plan).total_gib


def _let_alpha_follow(work: _Fitting, ratio: float) -> None:
    """Keep alpha / dim as it was: the two together scale what the LoRA adds."""
    alpha = float(max(1, round(work.plan.network_dim * ratio)))
    work.set("network_alpha", alpha, "plan.change.alpha_follows", dim=work.plan.network_dim)


def _halve_dim(work: _Fitting, least: int, why: str) -> None:
    dim, ratio = work.plan.network_dim, work.plan.network_alpha / work.plan.network_dim
    if dim > least and work.set("network_dim", max(least, dim // 2), why):
        _let_alpha_follow(work, ratio)


def _share_batch(work: _Fitting, step: Callable[[str, object], object]) -> None:
    """One picture at a time, and as many gradients added up instead: the same step, less memory, slower."""
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
    """Return changes with steps on one ladder made one: 128 -> 96 -> 64 becomes 128 -> 64."""
    joined: dict[tuple[str, str], Change] = {}
    for change in changes:
        first = joined.get((change.name, change.why))
        joined[change.name, change.why] = dataclasses.replace(change, before=first.before) if first else change
    return [change for change in joined.values() if change.before != change.after]


def _warnings(
    plan: Plan, profile: GPUProfile, card: Card | None, estimate: Estimate
) -> list[tuple[str, dict[str, object]]]:  # fmt: skip
    name = card.name if card else profile.label
    total = card.total_gib if card else profile.vram_gib
    warnings: list[tuple[str, dict[str, object]]] = []
    if profile.vram_gib == 0:
        warnings.append(("plan.warning.cpu", {"steps": plan.max_train_steps}))
    elif total < SMALLEST_CARD_GIB:
        warnings.append(("plan.warning.card_too_small", {"card": name, "total": total}))
    elif estimate.fits is False:
        warnings.append(("plan.warning.too_big", {"needs": estimate.total_gib, "free": estimate.free_gib}))
    if is_gtx16(name) and plan.mixed_precision == "fp16":
        warnings.append(("plan.warning.gtx16", {"card": name}))
    return warnings + doubts(plan)


def doubts(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    """Return what the trainer takes without a word, or with one in its log, and what hardly anybody can mean."""
    found: list[tuple[str, dict[str, object]]] = []
    if plan.lr_warmup_steps >= plan.max_train_steps > 1:
        found.append(("plan.warning.warmup", {"warmup": plan.lr_warmup_steps, "steps": plan.max_train_steps}))
    if training_names.finds_its_own_rate(plan.optimizer_type) and plan.learning_rate <= LOW_OWN_RATE:
        found.append(("plan.warning.own_rate", {"optimizer": plan.optimizer_type, "rate": plan.learning_rate}))
    return found


def rule_problems(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    """Return combinations with which the trainer stops, most of them only after it has loaded the model (facts §1-§3)."""
    rules = (
        (plan.full_fp16 and plan.mixed_precision != "fp16", "plan.rule.full_fp16"),
        (plan.full_bf16 and plan.mixed_precision != "bf16", "plan.rule.full_bf16"),
        (plan.fp8_base and plan.mixed_precision == "no", "plan.rule.fp8"),
        (plan.cache_text_encoder_outputs and not plan.network_train_unet_only, "plan.rule.cached_text_encoders"),
        (plan.cache_text_encoder_outputs and _varies_captions(plan), "plan.rule.cached_captions"),
        (plan.cache_latents and (plan.asks("color_aug") or plan.asks("random_crop")), "plan.rule.cached_latents"),
        (_takes_no_warmup(plan) and plan.lr_warmup_steps > 0, "plan.rule.constant_warmup"),
        (plan.lr_scheduler == "adafactor" and not _makes_its_own_rate(plan), "plan.rule.adafactor"),
        (plan.resolution % 32 != 0, "plan.rule.resolution"),
        (plan.asks("enable_bucket") and not _fits_buckets(plan), "plan.rule.buckets"),
        ("adaptive_noise_scale" in plan.extra and plan.noise_offset is None, "plan.rule.adaptive_noise"),
        (plan.asks("scale_v_pred_loss_like_noise_pred") and not plan.asks("v_parameterization"), "plan.rule.v_prediction"),
        (plan.asks("v_pred_like_loss") and plan.asks("v_parameterization"), "plan.rule.v_prediction"),
        (plan.profile == "cpu" and plan.mixed_precision == "fp16", "plan.rule.cpu_fp16"),
        (plan.profile == "cpu" and plan.fp8_base, "plan.rule.cpu_fp8"),
        (plan.asks("fused_backward_pass"), "plan.rule.fused_backward_pass"),
        (plan.num_processes % max(1, plan.num_machines) != 0 or not 0 <= plan.machine_rank < max(1, plan.num_machines),
         "plan.rule.machines"),
        (plan.num_machines > 1 and not plan.main_process_ip, "plan.rule.no_main_machine"),
        (plan.num_processes > 1 and plan.profile == "cpu", "plan.rule.cpu_processes"),
    )  # fmt: skip
    found: list[tuple[str, dict[str, object]]] = [(key, {"resolution": plan.resolution}) for broken, key in rules if broken]
    too_small = (_too_small(name, name, getattr(plan, name)) for name in (*LEAST, *ABOVE_ZERO))
    return [*found, *(problem for problem in too_small if problem is not None), *_name_problems(plan)]


def _name_problems(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    """Return names and arguments that the trainer looks up only after it has loaded the model."""
    named: dict[str, Any] = {"optimizer_type": plan.optimizer_type, "optimizer_args": plan.optimizer_args, **plan.extra}
    # Some optimizers bring their own schedule, and lr_scheduler_type another: the trainer does not look at the name then.
    replaced = _makes_its_own_rate(plan) or training_names.makes_its_own_schedule(plan.optimizer_type)
    if not replaced and "lr_scheduler_type" not in named:
        named["lr_scheduler"] = plan.lr_scheduler
    problems = (training_names.problem(name, value) for name, value in named.items())
    found = [problem for problem in problems if problem is not None]
    needed = training_names.SCHEDULER_NEEDS.get(named.get("lr_scheduler", ""))
    if needed is not None and needed not in plan.extra:
        found.append(("plan.rule.scheduler_needs", {"name": plan.lr_scheduler, "option": needed}))
    return found


def _too_small(field: str, shown: str, value: Any) -> tuple[str, dict[str, object]] | None:
    """Return what is wrong with a number that the trainer would not take; shown: the field's name as the user wrote it."""
    if value is None or field not in {*LEAST, *ABOVE_ZERO}:
        return None
    if value < LEAST.get(field, -math.inf):
        return "plan.rule.below_least", {"name": shown, "value": value, "least": LEAST[field]}
    if field in ABOVE_ZERO and value <= 0:
        return "plan.rule.not_above_zero", {"name": shown, "value": value}
    return None


def _fits_buckets(plan: Plan) -> bool:
    """Tell whether a resolution lies between the smallest and the largest bucket (library/train_util.py:747-771, 1093)."""
    names = {"bucket_reso_steps": BUCKET_STEPS, "min_bucket_reso": MIN_BUCKET, "max_bucket_reso": MAX_BUCKET}
    steps, least, most = (int(plan.extra.get(name, default)) for name, default in names.items())
    if steps < 1 or steps % 32:
        return False
    return least // steps * steps <= plan.resolution <= math.ceil(most / steps) * steps


def _varies_captions(plan: Plan) -> bool:
    names = ("shuffle_caption", "caption_dropout_rate", "token_warmup_step", "caption_tag_dropout_rate")
    return any(plan.asks(name) for name in names)


# --- values given by hand --------------------------------------------------------------------------------------------


# Switches of AUTOMATIC1111's web UI. The nearest real name would mislead: --lowram loads everything onto the card.
OTHER_PROGRAMS = frozenset({"lowvram", "medvram"})


def parse_overrides(texts: Sequence[str], options: OptionTable) -> dict[str, object]:
    """Return values by field of the plan from ["network_dim=64", "--noise_offset=0.05", …]; "extra" holds the others.

    Raises PipelineError("plan.not_key_value"), ("plan.unknown_key") naming the nearest, ("plan.bad_value"),
    ("plan.rule.below_least"), ("plan.rule.not_above_zero"), ("plan.managed_key") and ("plan.other_program").
    """
    kinds = {name: kind for name, kind in typing.get_type_hints(Plan).items() if name not in FIXED_FIELDS}
    result: dict[str, object] = {}
    extra: dict[str, object] = {}
    for text in texts:
        key, separator, value = text.strip().partition("=")
        key = key.strip().removeprefix("--").replace("-", "_")
        if not separator or not key:
            raise PipelineError("plan.not_key_value", text=text)
        field = ALIASES.get(key, key)
        if field in kinds:
            typed = _typed(key, value.strip(), kinds[field])
            if field in training_names.KNOWN:
                typed = training_names.spelt(str(typed), training_names.KNOWN[field])
            problem = _too_small(field, key, typed) or training_names.problem(field, typed, key)
            if problem is not None:
                raise PipelineError(problem[0], **problem[1])
            result[field] = typed
        elif key in MANAGED:
            raise PipelineError("plan.managed_key", name=key)
        elif options.has(key):
            extra[key] = _extra_value(key, value.strip(), options.options[key])
            problem = training_names.problem(key, extra[key])
            if problem is not None:
                raise PipelineError(problem[0], **problem[1])
        elif key in OTHER_PROGRAMS:
            raise PipelineError("plan.other_program", name=key)
        else:
            raise PipelineError("plan.unknown_key", name=key, near=_nearest(key, [*kinds, *ALIASES, *options.options]))
    return {**result, "extra": extra} if extra else result


def _nearest(key: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, [name for name in names if name not in MANAGED], n=1, cutoff=0.0)
    return near[0]


_YES, _NO = {"true", "yes", "y", "si", "sí", "s", "1", "on"}, {"false", "no", "n", "0", "off"}


def _typed(key: str, text: str, kind: Any) -> object:
    members = typing.get_args(kind) if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union else (kind,)
    if type(None) in members and text.lower() in {"", "none", "no", "0"}:  # 0: every so many steps would be none
        return None
    base = next(member for member in members if member is not type(None))
    try:
        if base is bool:
            return _boolean(text)
        if base is int:
            return int(text.partition(",")[0] if key == "resolution" else text)
        if base is float:
            number = float(text.replace(",", "."))
            if not math.isfinite(number):
                raise ValueError(text)
            return number
    except ValueError:
        raise PipelineError("plan.bad_value", name=key, value=text, kind=base.__name__) from None
    return tuple(text.split()) if typing.get_origin(base) is tuple else text


def _boolean(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(text)


def _extra_value(key: str, text: str, option: Option) -> object:
    if option.kind == "flag":
        try:
            return _boolean(text)
        except ValueError:
            raise PipelineError("plan.bad_value", name=key, value=text, kind="bool") from None
    values = text.split() if option.kind.endswith("*") else [text]
    if value_problem(option, values) is not None:
        raise PipelineError("plan.bad_value", name=key, value=text, kind=" | ".join(option.choices) or option.kind)
    return values if option.kind.endswith("*") else text
