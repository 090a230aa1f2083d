"""From a plan to the argument list of sdxl_train_network.py, and to one line for each shell. Pure."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from avatar.plan.resume import Continuation
from avatar.plan.values import Plan
from avatar.texts.text import PipelineError
from avatar.trainer.options import OptionTable

# Options that say where things are: the program's business, never the plan's.
MANAGED = frozenset(
    {
        "train_data_dir", "output_dir", "output_name", "logging_dir", "resume", "initial_step", "initial_epoch",
        "skip_until_initial_step", "config_file", "output_config",
        "dataset_config", "dataset_class", "in_json", "network_module", "save_model_as", "caption_extension",
        "caption_extention", "pretrained_model_name_or_path", "max_train_epochs", "v2", "debug_dataset", "wandb_api_key",
        "huggingface_token",
    }
)  # fmt: skip
# Fields of a plan that are options of the trainer under the same name, in the order of the user's example.
FIELDS = (
    "network_dim", "network_alpha", "max_train_steps", "learning_rate", "lr_scheduler", "lr_scheduler_num_cycles",
    "lr_warmup_steps", "optimizer_type", "optimizer_args", "mixed_precision", "full_fp16", "full_bf16",
    "network_train_unet_only", "gradient_checkpointing", "cpu_offload_checkpointing", "cache_latents", "vae_batch_size",
    "cache_text_encoder_outputs", "no_half_vae", "sdpa", "xformers", "min_snr_gamma", "noise_offset",
    "scale_weight_norms", "v_parameterization", "zero_terminal_snr", "alpha_mask", "reg_data_dir", "validation_split",
    "validation_seed", "validate_every_n_steps", "validate_every_n_epochs", "gradient_accumulation_steps",
    "max_data_loader_n_workers", "seed", "save_precision", "save_every_n_steps", "save_state", "save_last_n_steps_state",
    "sample_every_n_steps",
)  # fmt: skip
NETWORK_MODULE = "networks.lora"


@dataclasses.dataclass(frozen=True, kw_only=True)
class RunPaths:
    """Where one training reads and writes; all absolute, so that the command works from any folder."""

    train_data_dir: Path  # the PARENT of the numbered folders
    output_dir: Path
    output_name: str
    logging_dir: Path
    resume: Path | None = None
    continuation: Continuation | None = None  # where it goes on from `resume`
    sample_prompts: Path | None = None


def build_command(plan: Plan, paths: RunPaths, *, python: Path, script: Path, options: OptionTable) -> list[str]:
    """Return the whole argument list, the interpreter first.

    None and False are left out, 0 is a value. Only options that the table has are written, except for those asked for by
    hand (`extra`), which the preflight judges. `--lowvram` and `--medvram` do not exist in this trainer.
    """
    named: dict[str, object] = {
        "pretrained_model_name_or_path": plan.base_model,
        "train_data_dir": paths.train_data_dir,
        "caption_extension": ".txt",  # the trainer's own default is .caption
        "resolution": f"{plan.resolution},{plan.resolution}",
        "train_batch_size": plan.train_batch_size,
        "network_module": NETWORK_MODULE,
    }
    named |= {name: getattr(plan, name) for name in FIELDS}
    if plan.fp8_base:
        named["fp8_base_unet" if options.has("fp8_base_unet") else "fp8_base"] = True
    named |= {
        "tokenizer_cache_dir": plan.tokenizer_cache_dir or None,
        "output_dir": paths.output_dir,
        "output_name": paths.output_name,
        "save_model_as": "safetensors",
        "logging_dir": paths.logging_dir,
        "log_with": "tensorboard" if not options.lacks_package("tensorboard") else None,
        # Without a file of prompts the trainer dies at the first sample; its default sampler is poor for SDXL (sd-scripts#765).
        "sample_prompts": paths.sample_prompts if plan.makes_samples else None,
        "sample_sampler": "euler_a" if plan.makes_samples else None,
        "resume": paths.resume,
    }
    if paths.continuation is not None:
        named |= _continuing(paths.continuation)
    command = [*launcher(plan, python), str(script)]
    for name, value in named.items():
        if name not in plan.extra and options.has(name):
            command += arguments_of(name, value)
    for name, value in plan.extra.items():
        command += arguments_of(name, value)
    _refuse_control_characters(command)
    return command


def _refuse_control_characters(command: Sequence[str]) -> None:
    """Raise PipelineError("plan.control_character"): a line end in a value would start another command in a script."""
    for word in command:
        if any(unicodedata.category(char) == "Cc" for char in word):
            raise PipelineError("plan.control_character", value=word)


def options_of(plan: Plan) -> dict[str, list[str]]:
    """Return name -> values of the options that a plan itself gives the trainer, whatever it reads and wherever it writes."""
    named: dict[str, object] = {"network_module": NETWORK_MODULE, **{name: getattr(plan, name) for name in FIELDS}}
    written = ((name, arguments_of(name, value)) for name, value in {**named, "fp8_base": plan.fp8_base, **plan.extra}.items())
    return {name: arguments[1:] for name, arguments in written if arguments}


def _continuing(way: Continuation) -> dict[str, object]:
    named: dict[str, object] = {"initial_step": way.initial_step, "skip_until_initial_step": way.skip}
    return named if way.max_train_steps is None else {**named, "max_train_steps": way.max_train_steps}


def launcher(plan: Plan, python: Path) -> list[str]:
    """Return what stands before the script: the interpreter, or accelerate's launcher for several cards or machines.

    With one card the script itself is started: the launcher, ended alone, leaves it running (facts/trainer.md §10).
    """
    if plan.num_processes == 1:
        return [str(python)]
    options: dict[str, object] = {name: getattr(plan, name) for name in ("num_processes", "num_machines", "machine_rank")}
    if plan.num_machines > 1:
        options |= {"main_process_ip": plan.main_process_ip, "main_process_port": plan.main_process_port}
    # Named, or the launcher asks its own configuration file, and warns where there is none.
    options |= {"mixed_precision": plan.mixed_precision, "dynamo_backend": "no"}
    command = [str(python), "-m", "accelerate.commands.launch", "--multi_gpu"]
    for name, value in options.items():
        command += arguments_of(name, value)
    return command


def arguments_of(name: str, value: object) -> list[str]:
    """Return ["--name", …] for one value: [] for None, False and (), the name alone for True."""
    if value is None or value is False or value == ():
        return []
    if value is True:
        return [f"--{name}"]
    if isinstance(value, (tuple, list)):
        return [f"--{name}", *(str(item) for item in value)]
    if isinstance(value, float):
        return [f"--{name}", plain_number(value)]
    return [f"--{name}", str(value)]


def plain_number(value: float) -> str:
    """Return a float as people write it: 0.0001 (not 1e-04), 48 (not 48.0)."""
    if value == int(value):
        return str(int(value))
    text = f"{value:.12f}".rstrip("0")
    return text if float(text) == value else repr(value)


def environment_for(plan: Plan, *, card_index: int | None, offline: bool) -> dict[str, str]:
    """Return what the trainer's environment gets beside child.CHILD_ENVIRONMENT."""
    extra: dict[str, str] = {}
    if plan.profile == "cpu":
        extra["CUDA_VISIBLE_DEVICES"] = ""
    elif plan.num_processes > 1:
        extra["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"  # all cards: accelerate gives one to each process
    elif card_index is not None:
        # NVML counts by bus, CUDA by speed unless told: without this, "card 1" is another card for each.
        extra |= {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": str(card_index)}
    if offline:
        extra["HF_HUB_OFFLINE"] = "1"
    return extra
