"""One zip for whoever the LoRA is for: the model, pictures, how to use it, where it comes from, and sums.

Nothing of the client that is not meant for it: no training picture, no name of one, no path, nothing a camera wrote. That is
looked for in the bytes before the zip gets its name, and every member is read back from it. Names in it are plain ASCII, so
that every program of every system unpacks them alike.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import utils
from avatar.results.delivery_pictures import PREVIEWS
from avatar.results.final_model import FinalModel
from avatar.results.private_words import PrivateWords
from avatar.texts.text import PipelineError
from avatar.trainer import lora_file, safetensors
from avatar.training import bundle, hand_over
from avatar.workspace import export, leftovers
from avatar.workspace.client import Client

SUMS, PICTURES = "SHA256SUMS", "training_pictures"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same content gives the same zip


@dataclass(frozen=True)
class Delivery:
    """What was written, and read back whole."""

    path: Path
    bytes: int
    model: FinalModel
    members: tuple[str, ...]
    previews: int
    pictures: int


def free_name(folder: Path, model: FinalModel) -> Path:
    """Return a name in a folder that is free."""
    names = (f"{model.stem}{'' if number == 1 else f'_{number}'}.zip" for number in range(1, 10_000))
    return next(folder / name for name in names if not (folder / name).exists())


def write(
    client: Client, target: Path | None, *, readmes: Mapping[str, str], pictures: Mapping[str, bytes], model: FinalModel,
    keep_names: bool = False, with_pictures: bool = False,
) -> Delivery:  # fmt: skip
    """Write the zip, whole or not at all, and open it anew.

    target         a folder: a free name in it; None: one in the client's output/
    readmes        file name -> text
    pictures       file name -> picture, of `delivery_pictures.pictures`
    keep_names     leave in the model's metadata what the trainer wrote of captions and folders
    with_pictures  the training pictures with their captions too
    Raises PipelineError as `export.zip_to_write`, and ("deliver.private"), ("deliver.broken"), ("bundle.no_dataset").
    """
    inside = target is None  # the client's own output/ is the place for deliveries
    if target is None or target.is_dir():
        target = free_name(target or client.output, model)
    target = export.zip_to_write(target, None if inside else client.folder)
    with client.lock("deliver"), _trimmed(client, model, keep_names=keep_names) as lora:
        dataset = bundle.dataset_files(client) if with_pictures else []
        small = {**_small_files(model, lora, readmes), **pictures}
        large = {model.file_name: lora}
        large |= {f"{PICTURES}/{path.relative_to(client.training_data).as_posix()}": path for path in dataset}
        private = PrivateWords(client, names=not with_pictures, own=frozenset((*small, *large)))
        for name, content in small.items():
            private.refuse(name, _texts_of(name, content))
        private.refuse(model.file_name, json.dumps(safetensors.read_header(lora)["metadata"], ensure_ascii=False))
        members = _write(client, target, small, large, model.file_name)
    previews = sum(name.startswith(f"{PREVIEWS}/") for name in members)
    trained = sum(name.endswith(".png") for name in large)
    return Delivery(target, target.stat().st_size, model, tuple(members), previews, trained)


def _write(
    client: Client, target: Path, small: Mapping[str, bytes], large: Mapping[str, Path], model: str
) -> list[str]:  # fmt: skip
    """Write and check the zip; return its members."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in small.items()}
    sums |= {name: utils.sha256_of(path) for name, path in large.items()}
    listed = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))  # as sha256sum -c reads it
    target.parent.mkdir(parents=True, exist_ok=True)
    with leftovers.file_elsewhere(client.folder.parent, target) as handle:
        with zipfile.ZipFile(handle, "w") as archive:
            for name in sorted(small):
                _add(archive, name, small[name])
            for name in sorted(large):
                archive.write(large[name], name)
            _add(archive, SUMS, listed.encode("ascii"))
        _check(client, target, handle, sums, model)
    return sorted([*sums, SUMS])


# --- what goes in ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _trimmed(client: Client, model: FinalModel, *, keep_names: bool) -> Iterator[Path]:
    """Yield the model without names in its metadata; a copy in output/ where it had any."""
    if keep_names or set(model.check.metadata) <= lora_file.KEPT_METADATA:
        yield model.path
        return
    copy = utils.temporary_for(client.output / model.path.name)
    try:
        lora_file.trim_names(model.path, copy)
        yield copy
    finally:
        with contextlib.suppress(OSError):
            copy.unlink()


def _small_files(model: FinalModel, lora: Path, readmes: Mapping[str, str]) -> dict[str, bytes]:
    recipe = {**model.recipe, "sha256": utils.sha256_of(lora)}
    files = {name: text.encode("utf-8") for name, text in readmes.items()}
    files[f"{model.stem}.recipe.json"] = _json(hand_over.without_folders(recipe))
    if model.sidecar:
        files[f"{model.stem}.json"] = _json(hand_over.without_folders(dict(model.sidecar)))
    return files


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace")


def _texts_of(name: str, content: bytes) -> str:
    """Return what a member says to a reader: of a picture, what its file says beside the pixels."""
    if not name.endswith(".png"):
        return content.decode("utf-8", "replace")
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        return "\n".join(str(value) for value in picture.info.values() if isinstance(value, str))


# --- the zip ---------------------------------------------------------------------------------------------------------


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, ZIP_TIME)
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def _check(client: Client, target: Path, handle: IO[bytes], sums: Mapping[str, str], model: str) -> None:
    """Open the zip anew: every member by its sum, the model verified as it comes out of it.

    Raises PipelineError("deliver.broken").
    """
    handle.flush()
    broken: Sequence[str] = []
    try:
        with zipfile.ZipFile(handle.name) as archive:
            names = archive.namelist()
            broken = [name for name in sums if _sum_of(archive, name) != sums[name]]
            broken = broken or sorted({*names} ^ {*sums, SUMS})
            if not broken and not _verified(client, archive, model):
                broken = [model]
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError) as error:
        raise PipelineError("deliver.broken", path=str(target), member=str(error)) from error
    if broken:
        raise PipelineError("deliver.broken", path=str(target), member=broken[0])


def _sum_of(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as reader:
        while chunk := reader.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _verified(client: Client, archive: zipfile.ZipFile, model: str) -> bool:
    copy = utils.temporary_for(client.output / model)
    try:
        with archive.open(model) as reader, copy.open("xb") as writer:
            while chunk := reader.read(1 << 20):
                writer.write(chunk)
        return lora_file.verify(copy).ok
    finally:
        with contextlib.suppress(OSError):
            copy.unlink()
