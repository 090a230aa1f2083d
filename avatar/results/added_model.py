"""A LoRA that was trained elsewhere comes home: checked, its origin noted; nothing in it is ever run."""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import utils
from avatar.generate import proof
from avatar.generate.backend import LoraError
from avatar.results import final_model
from avatar.texts.text import PipelineError
from avatar.trainer import lora_file, lora_modules
from avatar.workspace import client as workspace_client
from avatar.workspace.archive import ARCHIVE_ERRORS
from avatar.workspace.client import Client

MAX_BYTES = 8_000_000_000  # [choice] rank 256 with text encoders takes 1.9 GB in half precision, twice that in full
_CHECKPOINT = re.compile(r"-(?:step\d{8}|\d{6})$")  # of steps or epochs, as the trainer names them


@dataclass(frozen=True)
class Added:
    """A model that came home. steps: as its own metadata says, None where it says nothing."""

    path: Path
    sha256: str
    steps: int | None
    dim: int
    text_modules: int


def add(
    client: Client, source: Path, *, keep_names: bool = False, multipliers: tuple[int, ...] = lora_modules.MULTIPLIERS
) -> Added:
    """Take a .safetensors file, or the one in a zip, into models/ with sidecars; the file given stays as it is.

    keep_names  leave captions, folders and names in its metadata
    Raises PipelineError("add.…"), LoraError for what is no whole LoRA of SDXL, and ("client.locked").
    """
    with client.lock("models"):
        client.models.mkdir(parents=True, exist_ok=True)
        copy = utils.temporary_for(client.models / "added.safetensors")  # what a kill leaves goes with the next lock
        try:
            name, member = _copy(source, copy)
            original = utils.sha256_of(copy)
            facts = _checked(copy, name, multipliers)
            metadata = lora_file.verify(copy).metadata
            if not keep_names:
                lora_file.trim_names(copy, copy)
            sha256 = utils.sha256_of(copy)
            _refuse_known(client, sha256)
            target = _free_name(client, PurePosixPath(name).stem)
            steps = _number(metadata.get("ss_steps"))
            origin = {"file": PurePosixPath(name).name, "sha256": original, "added_at": utils.now()}
            origin |= {"zip": source.name, "member": member} if member else {}
            _write_sidecars(client, target, sha256, steps, origin)
            utils.put_in_place(copy, target)
        finally:
            with contextlib.suppress(OSError):
                copy.unlink()
    return Added(target, sha256, steps, facts.dim, facts.text_modules)


def _checked(copy: Path, name: str, multipliers: tuple[int, ...]) -> proof.LoraFacts:
    try:
        return proof.check_lora(copy, multipliers)
    except LoraError as error:  # it names the copy, which nobody knows
        raise LoraError(error.key, **{**error.values, "file": PurePosixPath(name).name}) from error


def _number(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 10 else None


# --- copying ---------------------------------------------------------------------------------------------------------


def _copy(source: Path, copy: Path) -> tuple[str, str]:
    """Copy the LoRA; return its name and, of a zip, its member. Raises PipelineError("add.…")."""
    suffix = source.suffix.lower()
    if not source.is_file():
        raise PipelineError("add.no_file", path=str(source))
    if suffix == ".zip":
        with _member(source) as (reader, name):
            _write(reader, copy, source)
        return name, name
    if suffix != ".safetensors":
        raise PipelineError("add.other_kind", path=str(source))
    with source.open("rb") as handle:
        _write(handle, copy, source)
    return source.name, ""


def _write(reader: IO[bytes], copy: Path, source: Path) -> None:
    done = 0
    with copy.open("xb") as writer:
        while chunk := reader.read(1 << 20):
            done += len(chunk)
            if done > MAX_BYTES:
                raise PipelineError("add.too_big", path=str(source), gb=MAX_BYTES / 1e9)
            writer.write(chunk)


@contextlib.contextmanager
def _member(source: Path) -> Iterator[tuple[IO[bytes], str]]:
    """Open the LoRA in a zip: the only one, or the only one that is no checkpoint on the way."""
    try:
        with zipfile.ZipFile(source) as archive:
            found = [
                info for info in archive.infolist() if info.filename.lower().endswith(".safetensors") and not info.is_dir()
            ]
            found = [info for info in found if not PurePosixPath(info.filename).name.startswith(".")]  # of macOS
            last = [info for info in found if not _CHECKPOINT.search(PurePosixPath(info.filename).stem)]
            chosen = last if len(last) == 1 else found
            if len(chosen) != 1:
                names = ", ".join(PurePosixPath(info.filename).name for info in found[:10])
                raise PipelineError("add.several" if found else "add.none", path=str(source), names=names or "-")
            if chosen[0].file_size > MAX_BYTES:
                raise PipelineError("add.too_big", path=str(source), gb=MAX_BYTES / 1e9)
            with archive.open(chosen[0]) as reader:
                yield reader, chosen[0].filename
    except ARCHIVE_ERRORS as error:
        raise PipelineError("add.bad_zip", path=str(source)) from error


# --- its place -------------------------------------------------------------------------------------------------------


def _refuse_known(client: Client, sha256: str) -> None:
    for path in client.models.glob("*.safetensors"):
        if utils.sha256_of(path) == sha256:
            raise PipelineError("add.there", path=str(path))


def _free_name(client: Client, stem: str) -> Path:
    """Return a path in models/ that nothing has, whatever the case; its letters are those of client ids and points."""
    plain = stem if final_model.PLAIN_NAME.fullmatch(stem) else workspace_client.suggest_client_id(stem)
    if plain.split(".")[0].lower() in workspace_client.RESERVED_NAMES:
        plain = f"model_{plain}"
    taken = {path.name.lower() for path in client.models.iterdir()}
    names = (plain if number == 1 else f"{plain}_{number}" for number in range(1, 10_000))
    free = next(name for name in names if not {f"{name}{suffix}".lower() for suffix in _SUFFIXES} & taken)
    return client.models / f"{free}.safetensors"


_SUFFIXES = (".safetensors", ".json", ".recipe.json", ".png")


def _write_sidecars(client: Client, target: Path, sha256: str, steps: int | None, origin: dict[str, Any]) -> None:
    """Write what A1111 reads and the recipe; before the model, so that it never lies there without them."""
    info = client.info()
    words = f"{info.trigger_word} {info.class_word}".strip()
    utils.write_json(
        target.with_suffix(".json"),
        {"description": f"{client.client_id}, Avatar Pipeline", "sd version": "SDXL", "activation text": words,
         "preferred weight": float(final_model.DEFAULT_WEIGHT), "negative text": "", "notes": ""},
    )  # fmt: skip
    utils.write_json(
        target.with_name(f"{target.stem}.recipe.json"),
        {"version": 1, "client": client.client_id, "run_id": "", "made_at": utils.now(), "trigger_word": info.trigger_word,
         "class_word": info.class_word, "sha256": sha256, "steps": steps, "origin": origin},
    )  # fmt: skip
