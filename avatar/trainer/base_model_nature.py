"""What an SDXL base model is beside being one: what it predicts, whether it is distilled, whose captions it learnt from.

What it predicts stands in its keys, its metadata or its scheduler's configuration; the rest only in names. Nothing is guessed
from weights, and a name alone never sets an option.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from avatar.trainer import base_model
from avatar.trainer.base_model import Model

# Keys that merges and NoobAI's v-prediction put into a checkpoint, and that ComfyUI reads: empty tensors.
V_KEY, ZERO_SNR_KEY = "v_pred", "ztsnr"
V_WORDS = frozenset({"v", "v_prediction", "v-prediction", "vpred"})
# What a distilled model's name begins with or is, word for word; no others: "hyperrealism" is no Hyper.
DISTILLED = {"turbo": "Turbo", "lightning": "Lightning", "hyper": "Hyper", "lcm": "LCM", "dmd": "DMD"}
WHOLE_WORDS = frozenset({"hyper", "lcm", "dmd"})
FAMILIES = {"pony": "Pony", "illustrious": "Illustrious", "noob": "NoobAI"}
NAMING = ("modelspec.title", "ss_sd_model_name", "ss_output_name", "modelspec.merged_from")


@dataclass(frozen=True)
class Nature:
    """Each field is empty where nothing says so.

    predicts_v  where the model says that it predicts v: the key, the metadata or the configuration
    zero_snr    … that its noise ends at a signal of zero
    maybe_v     the part of its name that says so, where nothing else does
    distilled   by which method its steps were made few
    family      of models that were trained on captions of another kind
    """

    predicts_v: str = ""
    zero_snr: str = ""
    maybe_v: str = ""
    distilled: str = ""
    family: str = ""


def of(name: str) -> Nature:
    """Return the nature of the base model that a name stands for."""
    return nature(base_model.look_at(name))


def nature(model: Model) -> Nature:
    names = [model.path.name if model.kind == "file" and model.path is not None else model.name]
    names += [str(model.metadata[key]) for key in NAMING if key in model.metadata]
    words = [word for one in names for word in words_of(one)]
    predicts_v = _predicts_v(model)
    return Nature(
        predicts_v=predicts_v,
        zero_snr=_zero_snr(model) if predicts_v else "",
        maybe_v="" if predicts_v else _maybe_v(names),
        distilled=_distilled(model, words),
        family=next((label for start, label in FAMILIES.items() if any(word.startswith(start) for word in words)), ""),
    )


def words_of(name: str) -> list[str]:
    """Return the words of a file's name in small letters; a capital within begins another.

    >>> words_of("realvisxlV40_v40LightningBakedvae.safetensors")
    ['realvisxl', 'v', '40', 'v', '40', 'lightning', 'bakedvae', 'safetensors']
    """
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def _predicts_v(model: Model) -> str:
    if V_KEY in model.shapes:
        return V_KEY
    if str(model.metadata.get("modelspec.prediction_type", "")).lower() in V_WORDS:
        return f"modelspec.prediction_type={model.metadata['modelspec.prediction_type']}"
    if str(model.metadata.get("ss_v_parameterization", "")).lower() == "true":
        return "ss_v_parameterization=True"
    if str(model.scheduler.get("prediction_type", "")).lower() in V_WORDS:
        return "scheduler_config.json: prediction_type"
    return ""


def _zero_snr(model: Model) -> str:
    if ZERO_SNR_KEY in model.shapes:
        return ZERO_SNR_KEY
    if str(model.metadata.get("ss_zero_terminal_snr", "")).lower() == "true":
        return "ss_zero_terminal_snr=True"
    return "scheduler_config.json: rescale_betas_zero_snr" if model.scheduler.get("rescale_betas_zero_snr") is True else ""


def _maybe_v(names: Iterable[str]) -> str:
    found = (re.search(r"(?<![a-z])v[-_ ]?pred", one, re.IGNORECASE) for one in names)
    return next((match[0] for match in found if match), "")


def _distilled(model: Model, words: Iterable[str]) -> str:
    """Return the method of a distilled model; an LCM is told by what its U-Net takes, too."""
    if model.unet.get("time_cond_proj_dim") or "model.diffusion_model.time_embed.cond_proj.weight" in model.shapes:
        return DISTILLED["lcm"]
    for word in words:
        for start, label in DISTILLED.items():
            if word == start or (word.startswith(start) and start not in WHOLE_WORDS):
                return label
    return ""
