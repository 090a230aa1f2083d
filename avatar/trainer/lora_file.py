"""Whether a LoRA file is what it should be: opened, measured and read to the last number, without torch.

The file is foreign: safetensors holds no code, its header is checked by the library before any byte is used.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import utils
from avatar.texts.text import IN_MEMORY, Text
from avatar.trainer import safetensors

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK_BYTES = 1 << 24
# numpy has no bfloat16: it is read as the upper half of a float32.
_READ_AS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
SUFFIXES = (".lora_down.weight", ".lora_up.weight", ".alpha")


@dataclass(frozen=True)
class LoraCheck:
    """The result of verifying a file. dim and alpha are None if they differ between modules."""

    path: Path
    problems: tuple[Text, ...]
    bytes: int = 0
    tensors: int = 0
    modules: int = 0
    text_encoder_modules: int = 0
    dim: int | None = None
    alpha: float | None = None
    dtypes: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False, metadata=IN_MEMORY)  # of every tensor

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(
    path: Path, *, dim: int | None = None, alpha: float | None = None, unet_only: bool | None = None
) -> LoraCheck:  # fmt: skip
    """Read every tensor of path and return what is wrong with it; None: that value is not compared.

    Wrong are: no safetensors file, no LoRA of an SDXL U-Net, another dim or alpha than planned, a value that is not finite,
    and every lora_up at zero (nothing was learnt: lora_up begins at zero).
    """
    try:
        size, header, metadata = _open(path)
    except (OSError, ValueError) as error:
        return LoraCheck(path, (Text("lora.unreadable", {"path": str(path), "detail": str(error)[:300]}),))
    names = [name for name in header if name.endswith(SUFFIXES)]
    modules = {name.rpartition(".lora_" if ".lora_" in name else ".")[0] for name in names}
    text_modules = {module for module in modules if module.startswith(("lora_te1_", "lora_te2_", "lora_te_"))}
    found = _Numbers(path, header)
    problems = _shape_problems(header, modules, text_modules, unet_only)
    problems += found.problems()
    found_dim, found_alpha = _single(found.dims), _single(found.alphas)
    if dim is not None and found_dim != dim:
        problems.append(Text("lora.other_dim", {"planned": dim, "found": _listed(found.dims)}))
    if alpha is not None and (found_alpha is None or abs(found_alpha - alpha) > max(1e-3, abs(alpha) * 4e-3)):
        problems.append(Text("lora.other_alpha", {"planned": alpha, "found": _listed(found.alphas)}))
    return LoraCheck(
        path, tuple(problems), size, len(header), len(modules), len(text_modules), found_dim, found_alpha,
        tuple(sorted({entry["dtype"] for entry in header.values()})), metadata,
        {name: tuple(entry["shape"]) for name, entry in header.items()},
    )  # fmt: skip


def _open(path: Path) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return size, tensors and metadata of a file that the safetensors library accepts. Raises ValueError otherwise."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="np") as file:
            metadata = dict(file.metadata() or {})
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    header = safetensors.read_header(path)
    for entry in header["tensors"].values():
        entry["data_offsets"] = [header["begin"] + offset for offset in entry["data_offsets"]]
    return path.stat().st_size, header["tensors"], metadata


# What a trimmed file keeps of the trainer's metadata (names: train_network.py, library/sai_model_spec.py): how it was
# trained, never on what. Left out are captions, folders, names, the comment, the base model's name, which may be a path,
# and the hash that depends on the length of the header (sshs_legacy_hash).
KEPT_METADATA = frozenset(
    {
        "modelspec.architecture", "modelspec.implementation", "modelspec.prediction_type", "modelspec.resolution",
        "modelspec.sai_model_spec", "ss_base_model_version", "ss_cache_latents", "ss_clip_skip", "ss_epoch",
        "ss_full_fp16", "ss_gradient_accumulation_steps", "ss_gradient_checkpointing", "ss_learning_rate",
        "ss_lr_scheduler", "ss_lr_warmup_steps", "ss_max_token_length", "ss_max_train_steps", "ss_min_snr_gamma",
        "ss_mixed_precision", "ss_network_alpha", "ss_network_dim", "ss_network_module", "ss_new_sd_model_hash",
        "ss_noise_offset", "ss_num_batches_per_epoch", "ss_num_epochs", "ss_num_train_images", "ss_optimizer",
        "ss_resolution", "ss_scale_weight_norms", "ss_sd_model_hash", "ss_sd_scripts_commit_hash", "ss_seed",
        "ss_steps", "ss_text_encoder_lr", "ss_unet_lr", "ss_v2", "sshs_model_hash",
    }
)  # fmt: skip


def trim_names(source: Path, target: Path) -> None:
    """Write source to target, its tensors byte for byte, of its metadata only KEPT_METADATA.

    Raises OSError, and ValueError where source is no safetensors file; target is then as it was.
    """
    _, _, metadata = _open(source)  # checked by the library before any byte of it counts
    kept = {name: metadata[name] for name in sorted(KEPT_METADATA & set(metadata))}  # twice trimmed is once trimmed
    # The source is closed before the target is put in place: on Windows they could not be the same file else.
    with utils.atomic_file(target) as writer, source.open("rb") as reader:
        _, header = safetensors.read_raw(reader)
        header["__metadata__"] = kept
        text = json.dumps(header, separators=(",", ":")).encode("utf-8")
        text += b" " * (-len(text) % 8)  # tensors begin at a multiple of 8, as the library writes them
        writer.write(struct.pack("<Q", len(text)) + text)
        shutil.copyfileobj(reader, writer, CHUNK_BYTES)


def _shape_problems(
    header: Mapping[str, Any], modules: set[str], text_modules: set[str], unet_only: bool | None
) -> list[Text]:  # fmt: skip
    problems: list[Text] = []
    if not any(module.startswith("lora_unet_") for module in modules):
        problems.append(Text("lora.no_unet", {"tensors": len(header)}))
    whole = sum(
        f"{module}.lora_down.weight" in header and f"{module}.lora_up.weight" in header for module in modules
    )  # fmt: skip
    if whole != len(modules):
        problems.append(Text("lora.half_modules", {"n": len(modules) - whole}))
    if unet_only is True and text_modules:
        problems.append(Text("lora.text_encoders_there", {"n": len(text_modules)}))
    if unet_only is False and not text_modules:
        problems.append(Text("lora.text_encoders_missing"))
    return problems


class _Numbers:
    """All tensors of a file, read once: dims, alphas, non-finite values, and whether anything was learnt."""

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        self.dims: set[int] = set()
        self.alphas: set[float] = set()
        self.not_finite: list[str] = []
        self.unknown_types: set[str] = set()
        self.ups = self.ups_moved = 0
        with path.open("rb") as handle:
            for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"][0]):
                self._read(name, entry, handle)

    def _read(self, name: str, entry: Mapping[str, Any], handle: IO[bytes]) -> None:
        if entry["dtype"] not in _READ_AS:
            self.unknown_types.add(entry["dtype"])
            return
        import numpy as np

        moved, finite, first = False, True, 0.0
        for number, values in enumerate(_chunks(handle, entry)):
            finite = finite and bool(np.isfinite(values).all())
            moved = moved or bool(values.any())
            if number == 0 and values.size:
                first = float(values[0])
        if not finite:
            self.not_finite.append(name)
        if name.endswith(".lora_down.weight") and entry["shape"]:
            self.dims.add(int(entry["shape"][0]))
        elif name.endswith(".lora_up.weight"):
            self.ups += 1
            self.ups_moved += moved
        elif name.endswith(".alpha"):
            self.alphas.add(first)

    def problems(self) -> list[Text]:
        problems: list[Text] = []
        if self.unknown_types:
            problems.append(Text("lora.unknown_type", {"types": ", ".join(sorted(self.unknown_types))}))
        if self.not_finite:
            problems.append(Text("lora.not_finite", {"n": len(self.not_finite), "name": self.not_finite[0]}))
        if self.ups and not self.ups_moved:
            problems.append(Text("lora.nothing_learnt", {"n": self.ups}))
        return problems


def _chunks(handle: IO[bytes], entry: Mapping[str, Any]) -> Iterator[NDArray[Any]]:
    import numpy as np

    begin, end = entry["data_offsets"]
    handle.seek(begin)
    left = end - begin
    while left > 0:
        data = handle.read(min(CHUNK_BYTES, left))
        if not data:
            return
        left -= len(data)
        values: NDArray[Any] = np.frombuffer(data, dtype=_READ_AS[entry["dtype"]])
        if entry["dtype"] == "BF16":
            values = (values.astype(np.uint32) << 16).view(np.float32)
        yield values


def _single(values: set[Any]) -> Any:
    return next(iter(values)) if len(values) == 1 else None


def _listed(values: set[Any]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(values)) or "-"
