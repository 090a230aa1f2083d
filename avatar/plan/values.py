"""Data types of the training stage: plan, change, estimate, dataset facts, arithmetic."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import utils
from avatar.texts.text import Text
from avatar.workspace import state_file


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Every value of one training. Names are the trainer's own options where it has one; None: option left out.

    base_model   a file, a diffusers folder or a hub id
    resolution   side in px of the square that pictures are trained at
    sample_px    side in px of the pictures that are made during the training; stands in their prompts
    fp8_base     becomes `--fp8_base_unet` where the installed trainer has it, else `--fp8_base`
    extra        further options of the trainer by name; True for a switch, text for the rest
    reg_data_dir the parent of the folders of regularisation pictures; a name without a path lies in the client's folder
    validation_…  pictures that are held out of the training and measured on the way (avatar/plan/held_out.py)
    try_anyway   a card that is too small blocks no more, it is only warned about
    num_processes … main_process_port   accelerate's own names: one process a card, over all machines; each process takes
                 batches of train_batch_size of its own, so that a step sees num_processes times as many pictures
    """

    profile: str
    preset: str
    base_model: str
    resolution: int
    network_dim: int
    network_alpha: float
    train_batch_size: int
    gradient_accumulation_steps: int
    learning_rate: float
    max_train_steps: int
    save_every_n_steps: int | None
    lr_warmup_steps: int
    lr_scheduler: str = "cosine_with_restarts"
    lr_scheduler_num_cycles: int | None = 3
    optimizer_type: str = "AdamW8bit"
    optimizer_args: tuple[str, ...] = ()
    mixed_precision: str = "fp16"
    full_fp16: bool = False
    full_bf16: bool = False
    fp8_base: bool = False
    network_train_unet_only: bool = True
    cache_text_encoder_outputs: bool = True
    cache_latents: bool = True
    vae_batch_size: int | None = None
    gradient_checkpointing: bool = True
    cpu_offload_checkpointing: bool = False
    sdpa: bool = True
    xformers: bool = False
    no_half_vae: bool = True
    min_snr_gamma: float | None = 5.0
    noise_offset: float | None = None
    scale_weight_norms: float | None = None
    v_parameterization: bool = False
    zero_terminal_snr: bool = False
    alpha_mask: bool = False
    reg_data_dir: str | None = None
    validation_split: float | None = None
    validation_seed: int | None = None
    validate_every_n_steps: int | None = None
    validate_every_n_epochs: int | None = None
    save_precision: str = "fp16"
    save_state: bool = False
    save_last_n_steps_state: int | None = None
    seed: int = 42
    max_data_loader_n_workers: int = 0
    tokenizer_cache_dir: str = ""
    sample_every_n_steps: int | None = None
    sample_px: int = 1024
    try_anyway: bool = False
    num_processes: int = 1
    num_machines: int = 1
    machine_rank: int = 0
    main_process_ip: str = ""
    main_process_port: int = 29500  # torch.distributed's default
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def predicts_v(self) -> bool:
        return self.v_parameterization or self.asks("v_parameterization")

    @property
    def makes_samples(self) -> bool:
        return bool(self.sample_every_n_steps) or self.asks("sample_every_n_epochs") or self.asks("sample_at_first")

    def asks(self, name: str) -> bool:
        """Return whether `extra` holds an option that does something; False and 0 ask for nothing."""
        value = self.extra.get(name, False)
        try:
            return float(value) != 0
        except (TypeError, ValueError, OverflowError):  # text, or several values
            return True

    @property
    def fingerprint(self) -> str:
        """16 hex digits that change with any value."""
        return utils.fingerprint(dataclasses.asdict(self))


def plan_from_json(data: Mapping[str, Any]) -> Plan:
    """Return the plan that lora_config.json holds.

    Raises TypeError for a missing or unknown key and for a value of another type.
    """
    plan = Plan(**{**data, "optimizer_args": tuple(data.get("optimizer_args", ()))})
    for name, kind in typing.get_type_hints(Plan).items():
        if not _suits(getattr(plan, name), kind):
            raise TypeError(f"{name}={getattr(plan, name)!r}")
    return plan


def laid_over(usual: Plan, data: Mapping[str, Any]) -> Plan:
    """Return a plan with the values of a file that may be damaged; what has another type is as usual."""
    kinds = typing.get_type_hints(Plan)
    held = {**data, "optimizer_args": tuple(args) if isinstance(args := data.get("optimizer_args"), list) else None}
    sound: dict[str, Any] = {name: held[name] for name in kinds if name in held and _suits(held[name], kinds[name])}
    return dataclasses.replace(usual, **sound)


def _suits(value: object, kind: Any) -> bool:
    """Return whether a value has the type of a field: a whole number will do for a float, true and false for no number."""
    kinds = [typing.get_origin(one) or one for one in (typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,))]
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, (int, float)) and not abs(value) <= state_file.MOST:  # NaN neither
        return False
    if isinstance(value, tuple) and not all(isinstance(item, str) for item in value):
        return False
    return any(isinstance(value, (int, float) if one is float else one) for one in kinds)


@dataclass(frozen=True)
class Change:
    """One value that was fitted: from what, to what, and why."""

    name: str
    before: Any
    after: Any
    why: Text


def change_from_json(record: Mapping[str, Any]) -> Change:
    """Return a change that a file holds. Raises TypeError and KeyError for a missing or unknown key."""
    rest = {**record}
    reason = state_file.fields({name: rest.pop(name, None) for name in ("why", "values")}, {"why": str, "values": dict})
    why = state_file.told(reason, "why")
    if why is None or not isinstance(rest.get("name"), str):
        raise TypeError("why" if why is None else "name")
    return Change(**rest, why=why)


NO_MORE_GIB = 0.05  # as much more memory makes no difference to a run that failed
Verdict = Literal["fits", "narrow", "too_big"]


@dataclass(frozen=True)
class Estimate:
    """Graphics memory of a plan in GiB: by a formula, or as a run on this card took it.

    total_gib  what counts: measured_gib where it is known, else formula_gib
    peak       the phase that is the largest by the formula; its parts add up to formula_gib
    safe_gib   with the margin that the formula needs until the card has figures of its own
    free_gib   None where no card was asked
    failed_gib what was free when a run of this configuration ran out of memory
    """

    total_gib: float
    safe_gib: float
    peak: str
    phases: Mapping[str, float]
    unet_gib: float
    lora_gib: float
    text_encoders_gib: float
    activations_gib: float
    context_gib: float
    host_gib: float
    free_gib: float | None
    source: str
    free: str = "-"  # free_gib as text
    formula_gib: float = 0.0
    measured_gib: float | None = None
    failed_gib: float | None = None

    @property
    def verdict(self) -> Verdict | None:
        """Return "narrow" where only the bare formula is within what is free; None where nothing is known of a card."""
        if self.free_gib is None:
            return None
        if self.failed_gib is not None and self.free_gib <= self.failed_gib + NO_MORE_GIB:
            return "too_big"
        return "fits" if self.safe_gib <= self.free_gib else "narrow" if self.total_gib <= self.free_gib else "too_big"


@dataclass(frozen=True)
class RegularisationFacts:
    """Regularisation pictures as the trainer reads them.

    named    as `reg_data_dir` names their folder; folder: where that is
    folders  (pictures, repeats) of each numbered folder; words: what follows the number, the caption of what has none
    """

    named: str
    folder: str
    folders: tuple[tuple[int, int], ...]
    words: tuple[str, ...]

    @property
    def images(self) -> int:
        return sum(pictures for pictures, _ in self.folders)


@dataclass(frozen=True)
class DatasetFacts:
    """The dataset as the trainer reads it: pictures, pictures x repeats, fingerprint of its preparation.

    folders  (pictures, repeats) of each; empty where it is not known
    masked   its pictures have an alpha channel that says what of them is learnt
    regularisation  what a plan takes beside it, None: nothing
    """

    images: int
    exposures: int  # per epoch
    fingerprint: str | None = None
    trigger_word: str = ""
    folders: tuple[tuple[int, int], ...] = ()
    masked: bool = False
    regularisation: RegularisationFacts | None = None


@dataclass(frozen=True)
class Arithmetic:
    """How a plan goes through a dataset; the names follow what the trainer prints.

    images, exposures…  of the dataset alone; regularisation: how many pictures of the class an epoch shows beside them
    """

    images: int
    exposures_per_epoch: int
    batches_per_epoch: int
    steps_per_epoch: int
    epochs: int
    steps: int
    exposures: int
    exposures_per_image: float
    checkpoints: int
    regularisation: int = 0
