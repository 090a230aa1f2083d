"""Whether pictures can be believed: the LoRA before anything is sent, each picture as it comes, whether the LoRA did anything.

Back ends answer "done" to files that they ignored in part or as a whole, and to pictures that are black, cut or of another
size. Checked before: every module by name and size, every number. Checked after: the whole file of the picture, its pixels.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.generate.backend import LoraError, PictureError
from avatar.trainer import lora_file, lora_modules, safetensors
from avatar.trainer.lora_modules import Size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_Names = Mapping[str, "tuple[int, ...]"]  # tensor -> shape
# Grey levels 0..255 of the channel that varies most. [measured] black pictures of a NaN 0, pictures of a random model 41-44,
# 230 photos and drawings 37-120; a tenth of the least.
LEAST_DEVIATION = 4.0
HASH_DIGITS = 12  # of a LoRA in A1111's parameters
# The inputs of a LoRA's cross attention say what the base model was: SD 1.5 and 2 have other text encoders.
_BY_CONTEXT = {768: "draw.lora.of_sd15", 1024: "draw.lora.of_sd2", lora_modules.CONTEXT: "draw.lora.other_names"}
FLUX = re.compile(r"(lora_)?(unet|transformer)[._](double|single)_(transformer_)?blocks[._]")
BLOCK = re.compile(r"lora_unet_((?:input|output)_blocks_\d+|middle_block)_")
CROSS_ATTENTION = re.compile(r"attn2[._]to_k\.(lora_down|lora_A)\.")


@dataclass(frozen=True, kw_only=True)
class LoraFacts:
    """A LoRA that can be drawn with.

    unet_modules  722, or 788 with convolutions; fewer where blocks were left out
    dim           the largest rank of its modules
    short_hash    as A1111 writes it: of the tensors alone, so that it outlives other metadata
    """

    path: Path
    unet_modules: int
    text_modules: int
    dim: int
    short_hash: str

    @property
    def has_text_encoder(self) -> bool:
        return self.text_modules > 0


def check_lora(path: Path, multipliers: tuple[int, ...] = lora_modules.MULTIPLIERS) -> LoraFacts:
    """Read a LoRA to its last number and return its facts. Raises LoraError for any that a back end would not use as a whole.

    multipliers  of the channels of the base's U-Net, see `lora_modules`
    """
    _check_whole(path)
    checked = lora_file.verify(path)
    if not checked.shapes:
        raise LoraError("draw.lora.not_safetensors", file=path.name)
    modules = _by_module(checked.shapes)
    unet, others = lora_modules.unet_modules(multipliers), lora_modules.convolution_modules(multipliers)
    known = {**unet, **others, **lora_modules.text_modules()}
    _check_names(path, checked.shapes, unet, known)
    for module, parts in modules.items():
        _check_sizes(path, module, parts, known[module])
    _check_numbers(path, {problem.key: problem.values for problem in checked.problems})
    ranks = {parts["lora_down.weight"][0] for parts in modules.values()}
    text = sum(name.startswith("lora_te") for name in modules)
    return LoraFacts(
        path=path, unet_modules=len(modules) - text, text_modules=text, dim=max(ranks),
        short_hash=_short_hash(path, checked.metadata),
    )  # fmt: skip


def _check_whole(path: Path) -> None:
    """Raise LoraError for a file that is no safetensors file, or ends before its header says."""
    try:
        header = safetensors.read_header(path)
        end = max((entry["data_offsets"][1] for entry in header["tensors"].values()), default=0)
        size = path.stat().st_size
    except OSError as error:
        raise LoraError("draw.lora.unreadable", file=path.name, detail=error.strerror or str(error)) from error
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise LoraError("draw.lora.not_safetensors", file=path.name) from error
    if size < header["begin"] + end:
        raise LoraError("draw.lora.cut", file=path.name, bytes=size, expected=header["begin"] + end)


def _by_module(names: _Names) -> dict[str, dict[str, tuple[int, ...]]]:
    """Return module -> part ("lora_down.weight", "alpha", …) -> shape."""
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, shape in names.items():
        module, _, part = name.partition(".")
        found.setdefault(module, {})[part] = shape
    return found


def _check_names(path: Path, names: _Names, unet: Mapping[str, Size], known: Mapping[str, Size]) -> None:
    """Raise LoraError where U-Net modules are missing, or anything is there that is no module of SDXL.

    A block without any module was left out by the training (block_dims=0, a rate of 0): such a file is verified there, too.
    """
    foreign = sorted(name for name in names if name.partition(".")[0] not in known)
    found = len({name.partition(".")[0] for name in names} & set(unet))
    if foreign and found:
        raise LoraError("draw.lora.mixed", file=path.name, found=found, expected=len(unet), name=foreign[0])
    if foreign:
        raise LoraError(_nature(names), file=path.name, name=foreign[0])
    blocks = {_block(module) for module in {name.partition(".")[0] for name in names} & set(unet)}
    if not blocks or found < sum(_block(module) in blocks for module in unet):
        raise LoraError("draw.lora.missing", file=path.name, found=found, expected=len(unet))


def _block(module: str) -> str:
    """Return the block of the U-Net that a module is in: lora_unet_input_blocks_4_1_proj_in -> input_blocks_4."""
    found = BLOCK.match(module)
    return found[1] if found else ""


def _nature(names: _Names) -> str:
    """Return the key of the text that says what a file without any module of ours is for."""
    if any(FLUX.match(name) for name in names):
        return "draw.lora.of_flux"
    inputs = next((shape[1] for name, shape in names.items() if CROSS_ATTENTION.search(name) and len(shape) > 1), 0)
    return _BY_CONTEXT.get(inputs, "draw.lora.unknown")


def _check_sizes(path: Path, module: str, parts: Mapping[str, tuple[int, ...]], size: Size) -> None:
    down, up = parts.get("lora_down.weight"), parts.get("lora_up.weight")
    unknown = set(parts) - {"lora_down.weight", "lora_up.weight", "alpha"}
    if down is None or up is None:
        raise LoraError("draw.lora.half", file=path.name, name=module)
    if unknown:
        raise LoraError("draw.lora.other_kind", file=path.name, name=f"{module}.{sorted(unknown)[0]}")
    rank = down[0] if down else 0
    if rank < 1 or down != size.down(rank) or up != size.up(rank):
        expected = f"{size.inputs} → {size.outputs}"
        found = f"{'×'.join(map(str, down))}, {'×'.join(map(str, up))}"
        raise LoraError("draw.lora.sizes", file=path.name, name=module, expected=expected, found=found)


def _check_numbers(path: Path, problems: Mapping[str, Mapping[str, object]]) -> None:
    """Raise LoraError for what `lora_file.verify` says of the numbers."""
    if "lora.unknown_type" in problems:
        raise LoraError("draw.lora.number_type", file=path.name, types=problems["lora.unknown_type"]["types"])
    if "lora.not_finite" in problems:
        values = problems["lora.not_finite"]
        raise LoraError("draw.lora.not_finite", file=path.name, n=values["n"], name=values["name"])
    if "lora.nothing_learnt" in problems:
        raise LoraError("draw.lora.zero", file=path.name)


def _short_hash(path: Path, metadata: Mapping[str, str]) -> str:
    """Return the hash by which A1111 knows a LoRA: the one in its metadata, else that of what follows the header."""
    claimed = metadata.get("sshs_model_hash", "").lower()
    if re.fullmatch(r"[0-9a-f]{12,64}", claimed):
        return claimed[:HASH_DIGITS]
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        safetensors.read_raw(handle)
        while data := handle.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()[:HASH_DIGITS]


# --- a picture -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PictureFacts:
    """A picture that was opened whole. deviation: of its grey levels, in the channel that varies most."""

    width: int
    height: int
    deviation: float
    texts: Mapping[str, str]


def check_picture(png: bytes, width: int, height: int) -> PictureFacts:
    """Open a PNG to its last byte and return its facts. Raises PictureError where it is not what was asked for.

    Refused are: no PNG, a cut or damaged one, another size, black, one flat colour.
    """
    pixels, texts = _open(png, (width, height))
    deviation = float(pixels.reshape(-1, 3).std(axis=0).max())
    if deviation < LEAST_DEVIATION:
        key = "draw.picture.black" if pixels.max() < LEAST_DEVIATION else "draw.picture.flat"
        raise PictureError(key, deviation=round(deviation, 1))
    return PictureFacts(width=width, height=height, deviation=deviation, texts=texts)


def no_effect(base_png: bytes, lora_png: bytes, again: bytes | None = None) -> bool:
    """Return whether a LoRA changed nothing: two pictures of one seed, without it and with it.

    again  a second drawing of base_png's request, where that is not bit for bit the same (some kernels of graphics cards):
           no larger a difference than between these two is no effect either
    """
    base, lora = _pixels(base_png), _pixels(lora_png)
    if base.shape != lora.shape:
        return False
    between = 0.0 if again is None else _difference(base, _pixels(again))
    return _difference(base, lora) <= between


def _difference(one: Pixels, other: Pixels) -> float:
    """Return the mean absolute difference in grey levels."""
    import numpy as np

    if one.shape != other.shape:
        return 255.0
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


def _pixels(png: bytes) -> Pixels:
    return _open(png, None)[0]


def _open(png: bytes, size: tuple[int, int] | None) -> tuple[Pixels, Mapping[str, str]]:
    """Return pixels (H x W x 3) and texts of a PNG whose every chunk is right. Raises PictureError.

    size  (width, height) that it must have, looked at before memory is taken for the pixels
    """
    import numpy as np
    from PIL import Image

    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            if size is not None and picture.size != size:
                raise PictureError("draw.picture.size", found="×".join(map(str, picture.size)), asked="×".join(map(str, size)))
            picture.verify()  # every checksum to the end of the file; after it the picture must be opened anew
        with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            pixels = np.asarray(picture.convert("RGB"), np.uint8)
            texts = {str(name): str(value) for name, value in picture.info.items() if isinstance(value, str)}
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, Image.DecompressionBombError) as error:
        raise PictureError("draw.picture.damaged", bytes=len(png), detail=str(error)[:200]) from error
    return pixels, texts
