"""Combinations of values with which the trainer fails or learns nothing; it finds most only after loading the model."""

from __future__ import annotations

import contextlib
import math
from typing import Any

from avatar.plan import samples
from avatar.plan.command import MANAGED, options_of
from avatar.plan.values import Plan
from avatar.texts.text import Text
from avatar.trainer import names as trainer_names
from avatar.trainer import option_effects
from config import GPU_PROFILES

# For optimizers that find the rate by themselves: what the trainer advises, and where its warning ends.
OWN_RATE, LOW_OWN_RATE = 1.0, 0.1
# [choice] Beyond, a slip of the pen: a hundred times the presets' rate, and fifty times their most steps.
HIGH_RATE, MANY_STEPS = 0.01, 100_000
# Least value of a number. Below it the trainer stops, in most cases only after it has loaded the model, or does without.
LEAST = {
    "resolution": 32, "network_dim": 1, "train_batch_size": 1, "gradient_accumulation_steps": 1, "max_train_steps": 1,
    "save_every_n_steps": 1, "save_last_n_steps_state": 1, "sample_every_n_steps": 1, "sample_px": 64, "vae_batch_size": 1,
    "lr_scheduler_num_cycles": 1, "lr_warmup_steps": 0, "max_data_loader_n_workers": 0, "seed": 0, "num_processes": 1,
    "num_machines": 1, "machine_rank": 0,
}  # fmt: skip
# At 0 the trainer learns nothing (rate), or takes the dim instead (alpha; networks/lora.py:71): no model in the end.
ABOVE_ZERO = ("learning_rate", "network_alpha")
# Shares of 1 and probabilities; with 1 itself the first three divide by zero or learn nothing.
BELOW_ONE = ("network_dropout", "rank_dropout", "module_dropout")
UP_TO_ONE = (
    "caption_dropout_rate", "caption_tag_dropout_rate", "ip_noise_gamma", "multires_noise_discount", "validation_split",
)  # fmt: skip
NOT_BELOW_ZERO = ("unet_lr", "text_encoder_lr", "max_grad_norm", "prior_loss_weight", "clip_skip", "min_timestep")
CPU_S_PER_SAMPLE_STEP = 105.0  # [measured] at 1024 px on a processor
LOWRAM_GIB = 16.0  # --lowram puts the U-Net onto the card in fp32: 10.3 GB (facts §1)
MIN_BUCKET, MAX_BUCKET, BUCKET_STEPS = 256, 1024, 64  # the trainer's defaults (library/train_util.py:4593-4607)


def takes_no_warmup(plan: Plan) -> bool:
    return plan.lr_scheduler in {"constant", "adafactor"} or _makes_its_own_rate(plan)


def _makes_its_own_rate(plan: Plan) -> bool:
    """Return whether the optimizer is Adafactor with relative_step, its default, which brings its own scheduler.

    The one that was asked for is replaced then (library/train_util.py:5049-5082).
    """
    own = "relative_step=False" not in plan.optimizer_args or "warmup_init=True" in plan.optimizer_args
    return plan.optimizer_type.lower() == "adafactor" and own


def doubts(plan: Plan) -> list[Text]:
    """Return warnings on values that the trainer accepts, at most with a log line, but that are hardly intended."""
    found = [text for effect, text in option_effects.found(options_of(plan)) if effect.happens != "error"]
    if plan.lr_warmup_steps >= plan.max_train_steps > 1:
        found.append(Text("plan.warning.warmup", {"warmup": plan.lr_warmup_steps, "steps": plan.max_train_steps}))
    if trainer_names.is_adaptive_lr(plan.optimizer_type) and plan.learning_rate <= LOW_OWN_RATE:
        found.append(Text("plan.warning.own_rate", {"optimizer": plan.optimizer_type, "rate": plan.learning_rate}))
    elif plan.learning_rate > HIGH_RATE and not trainer_names.is_adaptive_lr(plan.optimizer_type):
        found.append(Text("plan.warning.high_rate", {"rate": plan.learning_rate, "high": HIGH_RATE}))
    if plan.max_train_steps > MANY_STEPS:
        found.append(Text("plan.warning.many_steps", {"steps": plan.max_train_steps, "n": MANY_STEPS}))
    if plan.profile == "cpu" and plan.makes_samples and "sample_prompts" not in plan.extra:
        pictures = len(samples.PROMPTS) * max(1, plan.max_train_steps // (plan.sample_every_n_steps or plan.max_train_steps))
        hours = pictures * samples.STEPS * CPU_S_PER_SAMPLE_STEP / 3600
        found.append(Text("plan.warning.samples_on_cpu", {"n": pictures, "hours": hours}))
    return found


def rule_problems(plan: Plan) -> list[Text]:
    """Return combinations with which the trainer stops, most of them only after it has loaded the model (facts §1-§3)."""
    rules = (
        (plan.full_fp16 and plan.mixed_precision != "fp16", "plan.rule.full_fp16"),
        (plan.full_bf16 and plan.mixed_precision != "bf16", "plan.rule.full_bf16"),
        (plan.fp8_base and plan.mixed_precision == "no", "plan.rule.fp8"),
        (plan.cache_text_encoder_outputs and not plan.network_train_unet_only, "plan.rule.cached_text_encoders"),
        (plan.cache_text_encoder_outputs and _varies_captions(plan), "plan.rule.cached_captions"),
        (plan.cache_latents and (plan.asks("color_aug") or plan.asks("random_crop")), "plan.rule.cached_latents"),
        (takes_no_warmup(plan) and plan.lr_warmup_steps > 0, "plan.rule.constant_warmup"),
        (plan.lr_scheduler == "adafactor" and not _makes_its_own_rate(plan), "plan.rule.adafactor"),
        (plan.resolution % 32 != 0, "plan.rule.resolution"),
        (plan.asks("enable_bucket") and not _fits_buckets(plan), "plan.rule.buckets"),
        ("adaptive_noise_scale" in plan.extra and plan.noise_offset is None, "plan.rule.adaptive_noise"),
        (plan.asks("scale_v_pred_loss_like_noise_pred") and not plan.predicts_v, "plan.rule.v_prediction"),
        (plan.asks("v_pred_like_loss") and plan.predicts_v, "plan.rule.v_prediction"),
        (plan.profile == "cpu" and plan.mixed_precision == "fp16", "plan.rule.cpu_fp16"),
        (plan.profile == "cpu" and plan.fp8_base, "plan.rule.cpu_fp8"),
        (plan.asks("fused_backward_pass"), "plan.rule.fused_backward_pass"),
        (plan.asks("weighted_captions"), "plan.rule.weighted_captions"),
        (plan.asks("lowram") and _too_large_for_lowram(plan), "plan.rule.lowram"),
        (_nothing_learns(plan), "plan.rule.nothing_learns"),
        (plan.num_processes % max(1, plan.num_machines) != 0 or not 0 <= plan.machine_rank < max(1, plan.num_machines),
         "plan.rule.machines"),
        (plan.num_machines > 1 and not plan.main_process_ip, "plan.rule.no_main_machine"),
        (plan.num_processes > 1 and plan.profile == "cpu", "plan.rule.cpu_processes"),
    )  # fmt: skip
    found: list[Text] = [Text(key, {"resolution": plan.resolution}) for broken, key in rules if broken]
    numbers = (too_small(name, name, getattr(plan, name)) for name in (*LEAST, *ABOVE_ZERO))
    found += [problem for problem in numbers if problem is not None]
    found += [text for effect, text in option_effects.found(options_of(plan)) if effect.happens == "error"]
    # Only by hand into lora_config.json: they stand last in the command, where they win over the program's own.
    found += [Text("plan.rule.managed", {"name": name}) for name in plan.extra if name in MANAGED]
    return [*found, *_share_problems(plan), *_name_problems(plan)]


def _too_large_for_lowram(plan: Plan) -> bool:
    half = plan.full_fp16 or plan.full_bf16
    return not half and 0 < GPU_PROFILES[plan.profile].vram_gib < LOWRAM_GIB


def _nothing_learns(plan: Plan) -> bool:
    """Return whether every rate is 0: the optimizer is given nothing then and stops (networks/lora.py:1187)."""

    def is_zero(name: str) -> bool:
        return name in plan.extra and not any(_numbers(plan.extra[name]))

    return is_zero("unet_lr") and (plan.network_train_unet_only or is_zero("text_encoder_lr"))


def _numbers(value: Any) -> list[float]:
    """Return the numbers of an option's value; what is none is the parser's to refuse."""
    found = []
    for item in value if isinstance(value, (list, tuple)) else [value]:
        with contextlib.suppress(TypeError, ValueError):
            found.append(float(item))
    return found


def _share_problems(plan: Plan) -> list[Text]:
    """Return numbers of other options and of network_args outside their valid range."""
    pairs = plan.extra.get("network_args", ())
    given = dict(pair.partition("=")[::2] for pair in (pairs if isinstance(pairs, (list, tuple)) else [str(pairs)]))
    given |= {**plan.extra, **({} if plan.validation_split is None else {"validation_split": plan.validation_split})}
    found: list[Text] = []
    for name, number in ((name, number) for name, value in given.items() for number in _numbers(value)):
        if (name in BELOW_ONE and not 0 <= number < 1) or (name in UP_TO_ONE and not 0 <= number <= 1):
            found.append(Text("plan.rule.no_share", {"name": name, "value": number}))
        elif name in NOT_BELOW_ZERO and number < 0:
            found.append(Text("plan.rule.below_least", {"name": name, "value": number, "least": 0}))
    return found


def _name_problems(plan: Plan) -> list[Text]:
    """Return names and arguments that the trainer looks up only after it has loaded the model."""
    named: dict[str, Any] = {"optimizer_type": plan.optimizer_type, "optimizer_args": plan.optimizer_args, **plan.extra}
    # Some optimizers bring their own schedule, and lr_scheduler_type another: the trainer does not look at the name then.
    replaced = _makes_its_own_rate(plan) or trainer_names.makes_its_own_schedule(plan.optimizer_type)
    if not replaced and "lr_scheduler_type" not in named:
        named["lr_scheduler"] = plan.lr_scheduler
    problems = (trainer_names.problem(name, value) for name, value in named.items())
    found = [problem for problem in problems if problem is not None]
    if foreign := trainer_names.foreign_argument(plan.optimizer_type, map(str, plan.optimizer_args)):
        found.append(Text("plan.rule.foreign_argument", {"optimizer": plan.optimizer_type, "value": foreign}))
    needed = trainer_names.SCHEDULER_NEEDS.get(named.get("lr_scheduler", ""))
    if needed is not None and needed not in plan.extra:
        found.append(Text("plan.rule.scheduler_needs", {"name": plan.lr_scheduler, "option": needed}))
    return found


def too_small(field: str, shown: str, value: Any) -> Text | None:
    """Return what is wrong with a number that the trainer would not take; shown: the field's name as the user wrote it."""
    if value is None or field not in {*LEAST, *ABOVE_ZERO}:
        return None
    if value < LEAST.get(field, -math.inf):
        return Text("plan.rule.below_least", {"name": shown, "value": value, "least": LEAST[field]})
    if field in ABOVE_ZERO and value <= 0:
        return Text("plan.rule.not_above_zero", {"name": shown, "value": value})
    return None


def _fits_buckets(plan: Plan) -> bool:
    """Return whether a resolution lies between the smallest and the largest bucket (library/train_util.py:747-771, 1093)."""
    names = {"bucket_reso_steps": BUCKET_STEPS, "min_bucket_reso": MIN_BUCKET, "max_bucket_reso": MAX_BUCKET}
    steps, least, most = (int(plan.extra.get(name, default)) for name, default in names.items())
    if steps < 1 or steps % 32:
        return False
    return least // steps * steps <= plan.resolution <= math.ceil(most / steps) * steps


def _varies_captions(plan: Plan) -> bool:
    names = ("shuffle_caption", "caption_dropout_rate", "token_warmup_step", "caption_tag_dropout_rate")
    return any(plan.asks(name) for name in names)
