"""Whether a base model and the tokenizers are on this computer, and whether a file is a whole SDXL model."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import utils
from avatar.texts.text import Text
from avatar.trainer import safetensors

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
MODEL_SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth")
# The two tokenizers that the trainer loads before it even looks at the dataset (library/strategy_sdxl.py).
TOKENIZERS = ("openai/clip-vit-large-patch14", "laion/CLIP-ViT-bigG-14-laion2B-39B-b160k")


def model_problem(path: Path, name: str) -> Text | None:
    """Return why a .safetensors is no whole SDXL base model; None where it is one.

    name: the model as the user calls it. Only the header is read. SDXL base: four latent channels in, 2816 numbers of size
    and pooled text conditioning.
    """
    try:
        size = path.stat().st_size
        header = safetensors.read_header(path)
    except (OSError, ValueError) as error:
        return Text("preflight.model_unreadable", {"model": name, "detail": str(error)[:200]})
    end = max((int(entry["data_offsets"][1]) for entry in header["tensors"].values()), default=0)
    if header["begin"] + end != size:
        return Text("preflight.model_cut", {"model": name, "bytes": size, "expected": header["begin"] + end})
    shapes = {name: tuple(entry["shape"]) for name, entry in header["tensors"].items()}
    first = shapes.get("model.diffusion_model.input_blocks.0.0.weight")
    label = shapes.get("model.diffusion_model.label_emb.0.0.weight")
    if first is None or label is None:
        kind = "SD 1.5 / SD 2" if first is not None else "Flux, SD3, LoRA, …"
        return Text("preflight.model_other", {"model": name, "kind": kind})
    if first[:2] != (320, 4) or label[1] != 2816:
        return Text("preflight.model_other", {"model": name, "kind": "SDXL inpaint / refiner"})
    return None


def hub_snapshot(name: str, wanted: str) -> Path | None:
    """Return the folder of a hub id in the local cache that holds the file wanted, None where it is not there."""
    home = os.environ.get("HF_HOME") or str(Path("~/.cache/huggingface").expanduser())
    cache = Path(os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or Path(home) / "hub")
    with contextlib.suppress(OSError):
        for snapshot in sorted((cache / f"models--{name.replace('/', '--')}" / "snapshots").iterdir()):
            if (snapshot / wanted).is_file():
                return snapshot
    return None


def is_hub_id(name: str) -> bool:
    """Tell whether name has the form owner/name of the hub, and not that of a model file in a folder."""
    return HUB_ID.fullmatch(name) is not None and not name.lower().endswith(MODEL_SUFFIXES)


def tokenizers_local(folder: str) -> bool:
    """Tell whether both tokenizers are on this computer, in folder (`--tokenizer_cache_dir`) or in the hub's cache."""
    return all(_tokenizer_there(name, folder) for name in TOKENIZERS)


def _tokenizer_there(name: str, folder: str) -> bool:
    if folder and (utils.at_home(Path(folder)) / name.replace("/", "_")).is_dir():
        return True
    return hub_snapshot(name, "tokenizer_config.json") is not None or hub_snapshot(name, "vocab.json") is not None


def model_local(name: str) -> bool:
    """Tell whether a base model needs no download."""
    return utils.at_home(Path(name)).exists() or hub_snapshot(name, "model_index.json") is not None
