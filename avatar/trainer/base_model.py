"""Where a base model and the tokenizers are: a file, a folder, the hub's local cache; and what is there, by its heads."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import utils
from avatar.trainer import safetensors

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
MODEL_SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth")
# The two tokenizers that the trainer loads before it even looks at the dataset (library/strategy_sdxl.py).
TOKENIZERS = ("openai/clip-vit-large-patch14", "laion/CLIP-ViT-bigG-14-laion2B-39B-b160k")
# The folders of a diffusers model whose weights the trainer takes, and how their files begin.
PARTS = {
    "unet": "diffusion_pytorch_model",
    "text_encoder": "model",
    "text_encoder_2": "model",
    "vae": "diffusion_pytorch_model",
}
WEIGHT_SUFFIXES = (".safetensors", ".bin")
HEAD_BYTES = 512  # of a file: enough for every signature

Kind = Literal["file", "folder", "hub", "nothing"]


@dataclass(frozen=True)
class Model:
    """What lies where a base model is said to be. Fields that do not apply are empty.

    path      of the file or folder; of a hub id the folder of the local cache, None where it is not there
    size      bytes of the file
    head      its first bytes
    shapes    tensor -> shape, of a .safetensors file whose header could be read
    expected  bytes that the header promises
    fault     why the header could not be read
    dtypes    types of its numbers, as safetensors names them: F16, BF16, F8_E4M3 …
    metadata  what the header says of the file beside its tensors
    index     model_index.json of a folder
    unet      unet/config.json of a folder
    scheduler scheduler/scheduler_config.json of a folder
    weights   part of a folder -> its files of weights
    by_hand   whether the plan names it, not the settings
    """

    name: str
    kind: Kind
    path: Path | None = None
    size: int = 0
    head: bytes = b""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    expected: int = 0
    fault: str = ""
    dtypes: frozenset[str] = frozenset()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    index: Mapping[str, Any] = field(default_factory=dict)
    unet: Mapping[str, Any] = field(default_factory=dict)
    scheduler: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    by_hand: bool = False

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower() if self.path is not None else ""

    def holds(self, start: str) -> bool:
        """Return whether the name of a tensor begins like this."""
        return any(name.startswith(start) for name in self.shapes)


def look_at(name: str, *, by_hand: bool = False) -> Model:
    """Return what a base model's name stands for; a path that does not exist would be taken for a hub id by the trainer."""
    path = utils.at_home(Path(name))
    if path.is_file():
        return _file(name, path)
    if path.is_dir():
        return _folder(name, "folder", path)
    if not is_hub_id(name):
        return Model(name, "nothing", by_hand=by_hand)
    snapshot = hub_snapshot(name, "model_index.json")
    return Model(name, "hub") if snapshot is None else _folder(name, "hub", snapshot)


def _file(name: str, path: Path) -> Model:
    size, head = 0, b""
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            head = handle.read(HEAD_BYTES)
        if path.suffix.lower() != ".safetensors":
            return Model(name, "file", path, size, head)
        header = safetensors.read_header(path)
    except (OSError, ValueError) as error:
        return Model(name, "file", path, size, head, fault=str(error)[:200])
    tensors = header["tensors"]
    shapes = {tensor: tuple(entry["shape"]) for tensor, entry in tensors.items()}
    dtypes = frozenset(str(entry.get("dtype", "?")) for entry in tensors.values())
    return Model(name, "file", path, size, head, shapes, _end(header), dtypes=dtypes, metadata=header["metadata"])


def bytes_promised(path: Path) -> int:
    """Return how many bytes a .safetensors file must have, by its header. Raises OSError and ValueError."""
    return _end(safetensors.read_header(path))


def _end(header: Mapping[str, Any]) -> int:
    end = max((int(entry["data_offsets"][1]) for entry in header["tensors"].values()), default=0)
    return int(header["begin"]) + end


def _folder(name: str, kind: Kind, path: Path) -> Model:
    parts = ("model_index.json", "unet/config.json", "scheduler/scheduler_config.json")
    index, unet, scheduler = (utils.read_object(path / part) for part in parts)
    weights = {part: _weights(path / part, start) for part, start in PARTS.items()}
    return Model(name, kind, path, index=index, unet=unet, scheduler=scheduler, weights=weights)


def _weights(folder: Path, start: str) -> tuple[Path, ...]:
    """Return the files of weights of a part of a diffusers model: model.safetensors, model.fp16.safetensors, shards."""
    with contextlib.suppress(OSError):
        found = (path for path in folder.iterdir() if path.name.startswith(start) and path.suffix in WEIGHT_SUFFIXES)
        return tuple(sorted(path for path in found if path.is_file()))  # a link of the hub's cache may point nowhere
    return ()


# --- the hub's cache -------------------------------------------------------------------------------------------------


def hub_snapshot(name: str, wanted: str) -> Path | None:
    """Return the folder of a hub id in the local cache that holds the file wanted, None where it is not there."""
    home = os.environ.get("HF_HOME") or str(Path("~/.cache/huggingface").expanduser())
    cache = Path(os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or Path(home) / "hub")
    folder = cache / f"models--{name.replace('/', '--')}"
    with contextlib.suppress(OSError):
        for snapshot in sorted((folder / "snapshots").iterdir(), key=lambda path: path.name != _main_commit(folder)):
            if (snapshot / wanted).is_file():
                return snapshot
    return None


def _main_commit(folder: Path) -> str:
    """Return the commit that a repository in the cache stands at: the one that is loaded where there are several."""
    try:
        return (folder / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def is_hub_id(name: str) -> bool:
    """Return whether name has the form owner/name of the hub, and not that of a model file in a folder."""
    return HUB_ID.fullmatch(name) is not None and not name.lower().endswith(MODEL_SUFFIXES)


def tokenizers_local(folder: str) -> bool:
    """Return whether both tokenizers are on this computer, in folder (`--tokenizer_cache_dir`) or in the hub's cache."""
    return all(_tokenizer_there(name, folder) for name in TOKENIZERS)


def _tokenizer_there(name: str, folder: str) -> bool:
    if folder and (utils.at_home(Path(folder)) / name.replace("/", "_")).is_dir():
        return True
    return hub_snapshot(name, "tokenizer_config.json") is not None or hub_snapshot(name, "vocab.json") is not None


def model_local(name: str) -> bool:
    """Return whether a base model needs no download; of one in the hub's cache every part must have come."""
    model = look_at(name)
    return model.kind in {"file", "folder"} or (model.path is not None and all(model.weights.values()))


# --- as the trainer takes it -----------------------------------------------------------------------------------------


def passable(path: Path, links: Path) -> Path:
    """Return a path that the trainer opens as this one, absolute.

    The trainer reads a link once and takes what stands there from its own folder (library/sdxl_train_util.py:69), so that a
    relative one, as all are in the hub's cache, leads nowhere. A target that has another ending, such as the blobs of that
    cache, would be taken for a pickle: then a link of ours, in `links`, leads to the link.
    """
    path = path.absolute()
    if not path.is_symlink():
        return path
    target = path.resolve()
    if path.is_dir() or target.suffix.lower() == path.suffix.lower():
        return target
    own = links / path.name
    with contextlib.suppress(OSError):
        links.mkdir(parents=True, exist_ok=True)
        if not own.is_symlink() or own.readlink() != path:
            own.unlink(missing_ok=True)
            own.symlink_to(path)
        return own
    return path
