"""Options that the trainer's parser takes and the SDXL LoRA path cannot use, ignores, or uses against their purpose: one list.

The parser refuses none of them. What is an error ends a training only after the model has loaded; what is ignored trains
something else than was asked for. A further one is a further entry of EFFECTS; its text stands in
avatar/texts/option_effects.py, its start of the real trainer in tests/option_starts.py. L = networks/lora.py,
TN = train_network.py, SX = sdxl_train_network.py, TU = library/train_util.py, all of sd-scripts 48d368fa.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from avatar.texts.text import Text
from avatar.trainer import names as trainer_names

Happens = Literal["error", "ignored", "against"]
Values = Mapping[str, object]

SDXL_MODULES = ("networks.lora", "networks.lora_fa", "networks.dylora", "networks.oft")
BLOCKS, SIDE_BLOCKS, MIDDLE_BLOCKS = 23, 9, 3  # of SDXL's U-Net, as L:533, L:640 count them
BLOCK_RATES = ("cosine", "sine", "linear", "reverse_linear", "zeros")  # L:603-625; each may end in +number
PER_BLOCK = ("block_dims", "block_alphas", "conv_block_dims", "conv_block_alphas")
NETWORK_ARGS = frozenset(
    {"conv_dim", "conv_alpha", *PER_BLOCK, "down_lr_weight", "mid_lr_weight", "up_lr_weight", "block_lr_zero_threshold",
     "rank_dropout", "module_dropout", "dropout", "loraplus_lr_ratio", "loraplus_unet_lr_ratio",
     "loraplus_text_encoder_lr_ratio"}
)  # fmt: skip
TIMESTEPS = 1000  # of noise, that SDXL knows


@dataclass(frozen=True)
class Given:
    """The options of one training's command: name -> values, as they stand behind it; a switch has none."""

    options: Mapping[str, Sequence[str]]

    def has(self, *names: str) -> bool:
        """Return whether one of these is given, and not as the 0 that asks for nothing."""
        return any(name in self.options and [*self.options[name]] not in (["0"], ["0.0"]) for name in names)

    def value(self, name: str) -> str:
        return " ".join(self.options.get(name, ()))

    def number(self, name: str, default: float) -> float:
        with contextlib.suppress(ValueError):
            return float(self.value(name))
        return default

    def network_args(self) -> dict[str, str]:
        """Return the name=value pairs of --network_args."""
        pairs = (pair.partition("=") for pair in self.options.get("network_args", ()))
        return {name: value for name, separator, value in pairs if separator}


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One option that does not do what it says.

    option    as in the command line; with the key for one of --network_args
    happens   error: the trainer ends, after loading · ignored: nothing · against: what it is for gets worse
    when      returns the values of the text where it happens with these options, None elsewhere
    text      key of what is told: what happens, why, and what works instead
    evidence  start: tests/option_starts.py has the real start that shows it · read: not shown here (needs CUDA or the network)
    source    where the trainer does it
    """

    option: str
    happens: Happens
    when: Callable[[Given], Values | None]
    text: str
    source: str
    evidence: Literal["start", "read"] = "start"
    values: Values = field(default_factory=dict)


def found(options: Mapping[str, Sequence[str]]) -> list[tuple[Effect, Text]]:
    """Return what happens otherwise than these options say, each with its text."""
    given = Given(options)
    effects = ((effect, effect.when(given)) for effect in EFFECTS)
    return [
        (effect, Text(effect.text, {"option": effect.option, **effect.values, **values}))
        for effect, values in effects
        if values is not None
    ]


# --- when ------------------------------------------------------------------------------------------------------------


def _when(holds: bool, **values: object) -> Values | None:
    return values if holds else None


def _with(*names: str, unless: Sequence[str] = ()) -> Callable[[Given], Values | None]:
    """Return a rule for options that are all given, none of `unless` beside them."""
    return lambda given: _when(all(map(given.has, names)) and not given.has(*unless))


def _other_architecture(given: Given) -> Values | None:
    module = given.value("network_module")
    return _when(module.startswith("networks.lora_") and module not in SDXL_MODULES, value=module)


def _of_lora(given: Given) -> bool:
    return given.value("network_module") in {"", "networks.lora"}


def _unknown_network_arg(given: Given) -> Values | None:
    unknown = [name for name in given.network_args() if name not in NETWORK_ARGS]
    instead = {"algo": "effect.instead.locon", "dora_wd": "effect.instead.dora"}
    if not unknown or not _of_lora(given):
        return None
    return {"name": unknown[0], "instead": Text(instead.get(unknown[0], "effect.instead.known"), _KNOWN_ARGS)}


_KNOWN_ARGS = {"known": ", ".join(sorted(NETWORK_ARGS))}


def _not_per_block(given: Given) -> Values | None:
    """Notice lists of another length than SDXL has blocks; they are read once block_dims or a rate of blocks is given."""
    pairs = given.network_args()
    for name in PER_BLOCK:
        if name in pairs and _reads_blocks(pairs) and not _numbers(pairs[name], BLOCKS):
            return {"name": name, "length": BLOCKS, "value": pairs[name]}
    return None


def _reads_blocks(pairs: Mapping[str, str]) -> bool:
    return "block_dims" in pairs or any(f"{side}_lr_weight" in pairs for side in ("down", "mid", "up"))


def _unread_blocks(given: Given) -> Values | None:
    pairs = given.network_args()
    unread = [name for name in PER_BLOCK if name in pairs]
    return _when(bool(unread) and _of_lora(given) and not _reads_blocks(pairs), name=(*unread, "")[0])


def _numbers(text: str, n: int | None = None) -> bool:
    """Return whether a text is n numbers with commas; None: any number of them, and some may be left out."""
    parts = text.split(",")
    try:
        _ = [float(part) for part in parts if part or n is not None]
    except ValueError:
        return False
    return n is None or len(parts) == n


def _wrong_block_rates(given: Given) -> Values | None:
    pairs = given.network_args()
    for side in ("down", "up"):
        name = f"{side}_lr_weight"
        text = pairs.get(name)
        if text is not None and "," in text and (not _numbers(text) or len(text.split(",")) > SIDE_BLOCKS):
            return {"name": name, "length": SIDE_BLOCKS, "value": text}
    if not _numbers(pairs.get("mid_lr_weight", "1")):
        return {"name": "mid_lr_weight", "length": MIDDLE_BLOCKS, "value": pairs["mid_lr_weight"]}
    return None


def _unknown_block_rates(given: Given) -> Values | None:
    """Notice a single word or number as the rates of a side: it is looked up among names, and saying that it is none fails."""
    pairs = given.network_args()
    for name in ("down_lr_weight", "up_lr_weight"):
        word = pairs.get(name, BLOCK_RATES[0])
        if "," not in word and word.partition("+")[0] not in BLOCK_RATES:
            return {"name": name, "length": SIDE_BLOCKS, "value": word, "known": ", ".join(BLOCK_RATES)}
    return None


def _no_number(given: Given) -> Values | None:
    """Notice network_args that the trainer turns into numbers and that are none."""
    whole = {"conv_dim": int}
    for name, value in given.network_args().items():
        if name in NETWORK_ARGS and name not in PER_BLOCK and not name.endswith("_lr_weight"):
            try:
                whole.get(name, float)(value)
            except ValueError:
                return {"name": name, "value": value}
    return None


def _no_timestep(given: Given) -> Values | None:
    least, most = given.number("min_timestep", 0), given.number("max_timestep", TIMESTEPS)
    return _when(least >= TIMESTEPS or most > TIMESTEPS, most=TIMESTEPS)


def _timesteps_crossed(given: Given) -> Values | None:
    least, most = given.number("min_timestep", 0), given.number("max_timestep", TIMESTEPS)
    return _when(least < TIMESTEPS and given.has("min_timestep") and least >= most, least=least, most=most)


def _foreign_scheduler_args(given: Given) -> Values | None:
    """Notice arguments for the trainer's own schedulers, most of which take none (TU:5100)."""
    taken = {"piecewise_constant": "step_rules"}.get(given.value("lr_scheduler"))
    names = [pair.partition("=")[0] for pair in given.options.get("lr_scheduler_args", ())]
    foreign = [name for name in names if name != taken]
    readable = trainer_names.problem("lr_scheduler_args", given.options.get("lr_scheduler_args", ())) is None
    return _when(bool(foreign) and readable and not given.has("lr_scheduler_type"), value=(*foreign, "")[0])


def _not(name: str, *values: str) -> Callable[[Given], bool]:
    """Return a rule for an option that has none of these values."""
    return lambda given: given.value(name) not in values


def _not_scheduler(*names: str) -> Callable[[Given], bool]:
    return lambda given: given.value("lr_scheduler") not in names and not given.has("lr_scheduler_type")


def _makes_no_samples(given: Given) -> bool:
    return not given.has("sample_every_n_steps", "sample_every_n_epochs", "sample_at_first")


def _needs(option: str, needs: str, source: str, missing: Callable[[Given], bool]) -> Effect:
    """Return the effect of an option that does nothing without another."""
    return Effect(
        option=option, happens="ignored", text="effect.needs", source=source, values={"needs": needs},
        when=lambda given: _when(given.has(option) and missing(given)),
    )  # fmt: skip


def _lacks(*names: str) -> Callable[[Given], bool]:
    return lambda given: not given.has(*names)


# --- the list --------------------------------------------------------------------------------------------------------

EFFECTS: tuple[Effect, ...] = (
    # --- what ends the training after the model has loaded
    Effect(option="cpu_offload_checkpointing", happens="error", text="effect.offload", source="TN:717",
           when=_with("cpu_offload_checkpointing", "gradient_checkpointing")),
    Effect(option="cpu_offload_checkpointing", happens="ignored", text="effect.offload_alone", source="TN:716",
           when=_with("cpu_offload_checkpointing", unless=("gradient_checkpointing",))),
    Effect(option="persistent_data_loader_workers", happens="error", text="effect.no_workers", source="TN:786",
           when=lambda given: _when(given.has("persistent_data_loader_workers")
                                    and not given.number("max_data_loader_n_workers", 8))),
    Effect(option="network_module", happens="error", text="effect.other_architecture", source="TN:643",
           when=_other_architecture),
    Effect(option="network_args", happens="error", text="effect.not_per_block", source="L:533-570", when=_not_per_block),
    Effect(option="network_args", happens="error", text="effect.block_rates", source="L:389-413, 640",
           when=_wrong_block_rates),
    Effect(option="network_args", happens="error", text="effect.unknown_block_rates", source="L:603-628",
           when=_unknown_block_rates),
    Effect(option="network_args", happens="error", text="effect.no_number", source="L:437-498", when=_no_number),
    Effect(option="dim_from_weights", happens="error", text="effect.no_weights", source="TN:671",
           when=_with("dim_from_weights", unless=("network_weights",))),
    *(
        Effect(option=option, happens="error", text="effect.old_switch", source="TU:4835", values={"instead": instead},
               when=_with(option, "optimizer_type"))
        for option, instead in (("use_8bit_adam", "AdamW8bit"), ("use_lion_optimizer", "Lion"))
    ),
    Effect(option="network_train_text_encoder_only", happens="error", text="effect.text_only", source="TN:710, SX:39",
           when=lambda given: _when(given.has("network_train_text_encoder_only")
                                    and given.has("network_train_unet_only", "cache_text_encoder_outputs"))),
    Effect(option="min_timestep", happens="error", text="effect.no_timestep", source="TU:6030", when=_no_timestep),
    Effect(option="lr_scheduler_args", happens="error", text="effect.scheduler_args", source="TU:5100",
           when=_foreign_scheduler_args),
    Effect(option="deepspeed", happens="error", text="effect.deepspeed", source="library/deepspeed_utils.py:85",
           when=_with("deepspeed")),
    # --- what is silently ignored
    Effect(option="network_args", happens="ignored", text="effect.unknown_network_arg", source="L:416-500",
           when=_unknown_network_arg),
    Effect(option="network_args", happens="ignored", text="effect.unread_blocks", source="L:449", when=_unread_blocks),
    Effect(option="masked_loss", happens="ignored", text="effect.masked_loss",
           source="library/custom_train_functions.py:487", when=_with("masked_loss", unless=("alpha_mask",))),
    Effect(option="conditioning_data_dir", happens="ignored", text="effect.conditioning", source="TU:4239",
           when=_with("conditioning_data_dir")),
    Effect(option="clip_skip", happens="ignored", text="effect.clip_skip", source="library/sdxl_train_util.py:351",
           when=_with("clip_skip")),
    Effect(option="face_crop_aug_range", happens="ignored", text="effect.face_crop", source="TU:1496, 1617",
           when=_with("face_crop_aug_range")),
    Effect(option="text_encoder_lr", happens="ignored", text="effect.text_encoder_lr", source="SX:39",
           when=_with("text_encoder_lr", "network_train_unet_only")),
    Effect(option="scale_weight_norms", happens="ignored", text="effect.no_norms", source="TN:698",
           when=lambda given: _when(given.has("scale_weight_norms") and given.value("network_module") in
                                    {"networks.dylora", "networks.oft"}, value=given.value("network_module"))),
    Effect(option="caption_dropout_every_n_epochs", happens="ignored", text="effect.cached_dropout", source="TU:1102",
           when=_with("caption_dropout_every_n_epochs", "cache_text_encoder_outputs")),
    Effect(option="dataset_repeats", happens="ignored", text="effect.repeats", source="library/config_util.py:605",
           when=_with("dataset_repeats")),
    *(_needs(name, "loss_type=huber", "TU:6060", _not("loss_type", "huber", "smooth_l1"))
      for name in ("huber_c", "huber_schedule", "huber_scale")),
    *(_needs(name, needs, "TU:5950-6010", _lacks(needs)) for name, needs in (
        ("multires_noise_discount", "multires_noise_iterations"), ("noise_offset_random_strength", "noise_offset"),
        ("ip_noise_gamma_random_strength", "ip_noise_gamma"))),
    _needs("prior_loss_weight", "reg_data_dir", "TN:478", _lacks("reg_data_dir")),
    *(_needs(name, "deepspeed", "library/deepspeed_utils.py", _lacks("deepspeed")) for name in (
        "zero_stage", "offload_optimizer_device", "offload_optimizer_nvme_path", "offload_param_device",
        "offload_param_nvme_path", "zero3_init_flag", "zero3_save_16bit_model", "fp16_master_weights_and_gradients")),
    *(_needs(name, f"lr_scheduler={kinds[0]}", "TU:5049-5180", _not_scheduler(*kinds)) for name, kinds in (
        ("lr_scheduler_num_cycles", ("cosine_with_restarts",)), ("lr_scheduler_power", ("polynomial",)),
        ("lr_scheduler_timescale", ("inverse_sqrt",)), ("lr_decay_steps", ("warmup_stable_decay",)),
        ("lr_scheduler_min_lr_ratio", ("cosine_with_min_lr", "warmup_stable_decay")))),
    *(_needs(name, "enable_bucket", "library/config_util.py:430", _lacks("enable_bucket"))
      for name in ("min_bucket_reso", "max_bucket_reso", "bucket_reso_steps", "bucket_no_upscale")),
    _needs("dynamo_backend", "torch_compile", "TU:5467", _lacks("torch_compile")),
    _needs("base_weights_multiplier", "base_weights", "TN:645", _lacks("base_weights")),
    *(_needs(name, "validation_split", "TN:1020-1060", _lacks("validation_split"))
      for name in ("validate_every_n_steps", "validate_every_n_epochs", "max_validation_steps", "validation_seed")),
    *(_needs(name, "sample_every_n_steps", "TU:6380", _makes_no_samples) for name in ("sample_prompts", "sample_sampler")),
    *(_needs(name, "shuffle_caption", "TU:880-960", _lacks("shuffle_caption", "caption_tag_dropout_rate"))
      for name in ("keep_tokens", "keep_tokens_separator", "caption_separator", "secondary_separator")),
    _needs("token_warmup_min", "token_warmup_step", "TU:905", _lacks("token_warmup_step")),
    _needs("save_last_n_epochs", "save_every_n_epochs", "TU:5800", _lacks("save_every_n_epochs", "save_n_epoch_ratio")),
    _needs("save_last_n_steps", "save_every_n_steps", "TU:5796", _lacks("save_every_n_steps")),
    _needs("vae_batch_size", "cache_latents", "TN:605", _lacks("cache_latents", "cache_latents_to_disk")),
    # --- what works against its purpose
    Effect(option="min_timestep", happens="against", text="effect.timesteps_crossed", source="TU:6030",
           when=_timesteps_crossed),
    Effect(option="console_log_level", happens="against", text="effect.no_log", source="library/utils.py:40",
           when=lambda given: _when(given.value("console_log_level") in {"WARNING", "ERROR", "CRITICAL"})),
    Effect(option="console_log_file", happens="against", text="effect.no_log", source="library/utils.py:50",
           when=_with("console_log_file")),
    Effect(option="fp8_base", happens="against", text="effect.fp8_alone", source="facts: memory replay", evidence="read",
           when=_with("fp8_base", unless=("gradient_checkpointing",))),
    Effect(option="huggingface_repo_id", happens="against", text="effect.upload", source="TN:1380", evidence="read",
           when=_with("huggingface_repo_id")),
    Effect(option="log_with", happens="against", text="effect.upload_log", source="TU:5450", evidence="read",
           when=lambda given: _when(given.value("log_with") in {"wandb", "all"})),
)  # fmt: skip
