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
    Start("effect.block_rates", {"network_args": ["mid_lr_weight=1,x"]}, "could not convert string to float: 'x'",
          instead={"network_args": ["mid_lr_weight=1,1,1"]}),
    Start("effect.no_weights", {"dim_from_weights": []}, "expected str, bytes or os.PathLike object, not NoneType"),
    Start("effect.old_switch", {"use_8bit_adam": []}, "both option use_8bit_adam and optimizer_type are specified",
          instead={"optimizer_type": ["AdamW8bit"]}),
    Start("effect.old_switch", {"use_lion_optimizer": []}, "both option use_lion_optimizer and optimizer_type are specified",
          instead={"optimizer_type": ["Lion"]}),
    Start("effect.text_only", {"network_train_text_encoder_only": []}, "optimizer got an empty parameter list"),
    Start("effect.text_only", {"network_train_text_encoder_only": [], "network_train_unet_only": None},
          "network for Text Encoder cannot be trained with caching Text Encoder outputs"),
    Start("effect.no_timestep", {"min_timestep": ["1500"]}, "index 1000 is out of bounds"),
    Start("effect.scheduler_args", {"lr_scheduler_args": ["foo=1"]}, "got an unexpected keyword argument 'foo'"),
    Start("effect.deepspeed", {"deepspeed": []}, "deepspeed is not installed"),
    Start("effect.unknown_network_arg", {"network_args": ["algo=locon"]}, instead={"network_args": ["conv_dim=2"]}),
    Start("effect.unknown_network_arg", {"network_args": ["dora_wd=True"]}),
    Start("effect.unknown_block_rates", {"network_args": ["down_lr_weight=0.5"]}, "not enough arguments for format string",
          instead={"network_args": ["down_lr_weight=cosine"]}),
    Start("effect.unread_blocks", {"network_args": [f"block_alphas={numbers(23)}"]},
          instead={"network_args": [f"block_dims={numbers(23, '2')}", f"block_alphas={numbers(23)}"]}),
    Start("effect.masked_loss", {"masked_loss": []}, instead={"alpha_mask": []}),
    Start("effect.conditioning", {"conditioning_data_dir": ["."]}, instead={"alpha_mask": []}),
    Start("effect.clip_skip", {"clip_skip": ["2"]}),
    Start("effect.face_crop", {"face_crop_aug_range": ["2.0,4.0"]}),
    Start("effect.cached_dropout", {"caption_dropout_every_n_epochs": ["1"]},
          instead={"caption_dropout_every_n_epochs": ["1"], "cache_text_encoder_outputs": None}),
    Start("effect.repeats", {"dataset_repeats": ["3"]}),
    *(Start("effect.needs", {name: [value]}, instead=instead) for name, value, instead in (
        ("huber_c", "0.5", {"huber_c": ["0.5"], "loss_type": ["huber"]}),
        ("huber_schedule", "constant", {"huber_schedule": ["constant"], "loss_type": ["smooth_l1"]}),
        ("huber_scale", "2", None),
        ("multires_noise_discount", "0.1", {"multires_noise_iterations": ["6"], "multires_noise_discount": ["0.1"]}),
        ("prior_loss_weight", "0.5", None), ("zero_stage", "2", None), ("offload_optimizer_device", "cpu", None),
        ("offload_optimizer_nvme_path", ".", None), ("offload_param_device", "cpu", None),
        ("offload_param_nvme_path", ".", None), ("lr_scheduler_num_cycles", "3", None), ("lr_scheduler_power", "2", None),
        ("lr_scheduler_timescale", "3", None), ("lr_scheduler_min_lr_ratio", "0.5", None), ("lr_decay_steps", "1", None),
        ("min_bucket_reso", "64", {"min_bucket_reso": ["64"], "enable_bucket": []}), ("max_bucket_reso", "2048", None),
        ("bucket_reso_steps", "32", None), ("dynamo_backend", "eager", None), ("base_weights_multiplier", "0.5", None),
        ("validate_every_n_steps", "1", None), ("validate_every_n_epochs", "1", None), ("max_validation_steps", "1", None),
        ("validation_seed", "7", {"validation_seed": ["7"], "validation_split": ["0.2"]}), ("sample_prompts", "p.txt", None),
        ("sample_sampler", "euler_a", None), ("keep_tokens", "1", None), ("keep_tokens_separator", "|||", None),
        ("caption_separator", ";", None), ("secondary_separator", ";;", None), ("token_warmup_min", "1", None),
        ("save_last_n_epochs", "1", None), ("save_last_n_steps", "1", None))),
    *(Start("effect.needs", {name: []}) for name in (
        "noise_offset_random_strength", "ip_noise_gamma_random_strength", "zero3_init_flag", "zero3_save_16bit_model",
        "fp16_master_weights_and_gradients", "bucket_no_upscale")),
    Start("effect.needs", {"vae_batch_size": ["2"], "cache_latents": None}, like={"cache_latents": None},
          instead={"vae_batch_size": ["2"]}),
    Start("effect.no_norms", {"network_module": ["networks.dylora"], "scale_weight_norms": ["0.1"]},
          like={"network_module": ["networks.dylora"]}, instead={"scale_weight_norms": ["0.1"]}),
    Start("effect.no_log", {"console_log_level": ["ERROR"]}, like={"network_dim": ["4"]},
          instead={"console_log_level": ["INFO"]}),
    Start("effect.no_log", {"console_log_file": ["/dev/null"]}, like={"network_dim": ["4"]}),
    Start("effect.timesteps_crossed", {"min_timestep": ["600"], "max_timestep": ["500"]}, like={"network_dim": ["4"]},
          instead={"min_timestep": ["500"], "max_timestep": ["600"]}),
    Start("effect.text_encoder_lr", {"text_encoder_lr": ["0.0001"]}, instead={"network_train_unet_only": None,
          "cache_text_encoder_outputs": None, "text_encoder_lr": ["0.0001"]}),
)  # fmt: skip
