"""Starts of the real trainer at toy size, one for each option that does not do what it says (avatar/trainer/option_effects.py).

The fast tests hold the rules against their options, the slow ones start the script with them (training/test_real_options.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Options = Mapping[str, Sequence[str] | None]  # laid over the toy's; None takes one away

TOY: Mapping[str, Sequence[str]] = {
    "network_module": ["networks.lora"], "network_dim": ["4"], "network_alpha": ["2"], "network_train_unet_only": [],
    "cache_latents": [], "cache_text_encoder_outputs": [], "no_half_vae": [], "sdpa": [], "caption_extension": [".txt"],
    "resolution": ["64,64"], "train_batch_size": ["1"], "max_train_steps": ["1"], "learning_rate": ["0.001"],
    "lr_scheduler": ["constant"], "optimizer_type": ["AdamW"], "mixed_precision": ["no"], "max_data_loader_n_workers": ["0"],
    "save_model_as": ["safetensors"], "seed": ["1"],
}  # fmt: skip


@dataclass(frozen=True)
class Start:
    """One start.

    effect    key of the effect's text
    options   with which it happens
    says      what the trainer's last words hold where it ends; "": it ends well
    like      where it is ignored: options whose LoRA is the same to the last bit
    instead   options that do what was wanted: no effect with them, and where it is ignored another LoRA than `like`
    """

    effect: str
    options: Options
    says: str = ""
    like: Options = field(default_factory=dict)
    instead: Options | None = None


def options_of(change: Options) -> dict[str, Sequence[str]]:
    """Return the toy's options with a change."""
    return {name: values for name, values in {**TOY, **change}.items() if values is not None}


def numbers(n: int, number: str = "1") -> str:
    return ",".join([number] * n)


CHECKPOINTING: Options = {"gradient_checkpointing": []}

STARTS = (
    Start("effect.offload", {"cpu_offload_checkpointing": [], "gradient_checkpointing": []},
          "unexpected keyword argument 'cpu_offload'", instead=CHECKPOINTING),
    Start("effect.offload_alone", {"cpu_offload_checkpointing": []}),
    Start("effect.no_workers", {"persistent_data_loader_workers": []}, "persistent_workers option needs num_workers > 0",
          instead={"persistent_data_loader_workers": [], "max_data_loader_n_workers": ["1"]}),
    *(
        Start("effect.other_architecture", {"network_module": [f"networks.{name}"]}, "optimizer got an empty parameter list",
              instead={"network_module": ["networks.lora"]})
        for name in ("lora_flux", "lora_sd3", "lora_lumina", "lora_hunyuan_image", "lora_anima")
    ),
    Start("effect.not_per_block", {"network_args": [f"block_dims={numbers(2, '4')}"]}, "block_dims must have 23 elements",
          instead={"network_args": [f"block_dims={numbers(23, '2')}"]}),
    Start("effect.block_rates", {"network_args": [f"down_lr_weight={numbers(12)}"]}, "'NoneType' object is not subscriptable",
          instead={"network_args": [f"down_lr_weight={numbers(9)}"]}),
    Start("effect.no_number", {"network_args": ["conv_dim=x"]}, "invalid literal for int()",
          instead={"network_args": ["conv_dim=2"]}),
    Start("effect.no_weights", {"dim_from_weights": []}, "'NoneType' object has no attribute"),
    Start("effect.unknown_network_arg", {"network_args": ["algo=locon"]}, instead={"network_args": ["conv_dim=2"]}),
    Start("effect.unknown_network_arg", {"network_args": ["dora_wd=True"]}),
    Start("effect.unknown_block_rates", {"network_args": ["down_lr_weight=0.5"]},
          instead={"network_args": ["down_lr_weight=cosine"]}),
    Start("effect.unread_blocks", {"network_args": [f"block_alphas={numbers(23)}"]},
          instead={"network_args": [f"block_dims={numbers(23, '2')}", f"block_alphas={numbers(23)}"]}),
    Start("effect.masked_loss", {"masked_loss": []}, instead={"alpha_mask": []}),
    Start("effect.conditioning", {"conditioning_data_dir": ["."]}, instead={"alpha_mask": []}),
    Start("effect.clip_skip", {"clip_skip": ["2"]}),
    Start("effect.face_crop", {"face_crop_aug_range": ["2.0,4.0"]}),
    Start("effect.text_encoder_lr", {"text_encoder_lr": ["0.0001"]}, instead={"network_train_unet_only": None,
          "cache_text_encoder_outputs": None, "text_encoder_lr": ["0.0001"]}),
)  # fmt: skip
