"""A model is put where ComfyUI, A1111 or InvokeAI look for it, under a name of its own, and taken away again.

No file that was there before is overwritten or deleted: `metadata/installed.json` says what came from here, with its hash. The
name holds a part of the model's hash, since both servers go on serving what they once read under a name.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import utils
from avatar.results.delivery_pictures import OwnPictures, cleaned
from avatar.results.final_model import FinalModel, Usage
from avatar.texts.text import PipelineError
from avatar.workspace import leftovers
from avatar.workspace.client import Client
from config import GenerateConfig

Program = Literal["comfyui", "a1111", "invokeai", "folder"]
PROGRAMS: tuple[Program, ...] = ("comfyui", "a1111", "invokeai")
HASH_DIGITS = 8
RESERVE_BYTES = 50_000_000  # [choice] left free on the disk
SUFFIXES = (".safetensors", ".json", ".png")
# Where each program looks for LoRAs below its own folder, and what that folder is called where people unpack it.
_LORAS = {"comfyui": Path("models/loras"), "a1111": Path("models/Lora")}
_FOLDERS = {
    "comfyui": ("ComfyUI", "comfyui", "ComfyUI_windows_portable/ComfyUI"),
    "a1111": ("stable-diffusion-webui", "stable-diffusion-webui-forge", "stable-diffusion-webui-reForge",
              "webui_forge_cu121_torch231/webui", "webui"),
}  # fmt: skip
INVOKEAI_FOLDER = "avatar_loras"  # InvokeAI has no folder that it reads by itself: it is told to look into this one
RECORD = "installed.json"


@dataclass(frozen=True)
class Place:
    """Where to install. program: "folder" where the folder does not tell whose it is."""

    program: Program
    folder: Path


@dataclass(frozen=True)
class Installed:
    """What was put there: name without suffix, and its files. already: the model was there with the same bytes."""

    place: Place
    name: str
    files: tuple[str, ...]
    already: bool = False


@dataclass(frozen=True)
class Removed:
    """What was taken away. changed: files that somebody has changed since, which stay."""

    folder: Path
    files: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


# --- where -----------------------------------------------------------------------------------------------------------


def find_place(to: str, settings: GenerateConfig, models_folder: str = "", *, home: Path | None = None) -> Place:
    """Return the folder of a program, or the folder that was typed.

    models_folder  of A1111, Forge or ComfyUI, where the base models lie
    Raises PipelineError("install.no_folder"), ("install.several").
    """
    program = next((name for name in PROGRAMS if to.strip().lower() == name), None)
    if program is None:
        folder = utils.at_home(Path(to))
        if not folder.is_dir():
            raise PipelineError("install.not_there", path=str(folder))
        return Place(_program_of(folder), folder.resolve())
    if program == "invokeai":
        return Place(program, _invokeai(settings.invokeai_folder, home or Path.home()))
    kept = {"comfyui": settings.comfyui_loras, "a1111": settings.a1111_loras}[program]
    if kept:
        folder = utils.at_home(Path(kept))
        if not folder.is_dir():
            raise PipelineError("install.not_there", path=str(folder))
        return Place(program, folder.resolve())
    found = lora_folders(program, models_folder, home=home)
    if not found:
        raise PipelineError("install.no_folder", program=program)
    if len(found) > 1:
        raise PipelineError("install.several", program=program, folders=", ".join(str(folder) for folder in found))
    return Place(program, found[0])


def lora_folders(program: str, models_folder: str = "", *, home: Path | None = None) -> list[Path]:
    """Return the folders of LoRAs of a program (comfyui, a1111) that are found here."""
    return sorted({folder.resolve() for folder in _candidates(program, models_folder, home or Path.home())})


def model_folders(home: Path) -> list[Path]:
    """Return the folders of A1111, Forge and ComfyUI that are found where people unpack them: base models lie in them."""
    return sorted({folder.parents[1] for program in _LORAS for folder in lora_folders(program, home=home)})


def _program_of(folder: Path) -> Program:
    by_name: Mapping[str, Program] = {"loras": "comfyui", "Lora": "a1111", INVOKEAI_FOLDER: "invokeai"}
    return by_name.get(folder.name, "folder")


def _invokeai(kept: str, home: Path) -> Path:
    root = utils.at_home(Path(kept or os.environ.get("INVOKEAI_ROOT") or home / "invokeai"))
    if not root.is_dir():
        raise PipelineError("install.no_folder", program="invokeai")
    return root.resolve() / INVOKEAI_FOLDER


def _candidates(program: str, models_folder: str, home: Path) -> Iterator[Path]:
    """Yield the folders of LoRAs that are there: of the program whose base models are used, and where people unpack one."""
    loras = _LORAS[program]
    above = [] if not models_folder else [folder := utils.at_home(Path(models_folder)), *list(folder.parents)[:3]]
    bases = [home, home / "Documents", home / "Desktop", *([Path("C:/")] if os.name == "nt" else [])]
    roots = [*above, *(base / name for base in bases for name in _FOLDERS[program])]
    for root in roots:
        with contextlib.suppress(OSError):
            if loras.name in {path.name for path in (root / loras.parent).iterdir()}:  # "Lora" and "lora" are one on Windows
                yield root / loras


# --- installing ------------------------------------------------------------------------------------------------------


def install(client: Client, model: FinalModel, usage: Usage, place: Place) -> Installed:
    """Copy a model and its sidecars, the model last, and read it back.

    Raises PipelineError("install.cannot_write"), ("install.disk_full"), ("install.broken"), ("client.locked").
    """
    with client.lock("install"), _told(place.folder, model.path):
        if place.program == "invokeai":
            place.folder.mkdir(exist_ok=True)
        sha256 = utils.sha256_of(model.path)
        name, already = _free_name(client, place.folder, f"{model.stem}_{sha256[:HASH_DIGITS]}", sha256)
        size = model.path.stat().st_size
        free = shutil.disk_usage(place.folder).free
        if not already and size + RESERVE_BYTES > free:
            raise PipelineError("install.disk_full", path=str(place.folder), need_mb=(size + RESERVE_BYTES) / 1e6)
        small = {} if already else _sidecars(client, model, usage, name)
        files = {file: hashlib.sha256(content).hexdigest() for file, content in small.items()}
        if not already:
            files[f"{name}.safetensors"] = sha256
            _note(client, place, name, files)  # before: what a kill leaves can be taken away
            for file, content in small.items():
                with leftovers.file_elsewhere(client.folder.parent, place.folder / file) as handle:
                    handle.write(content)
                utils.readable_as_its_folder(place.folder / file)
            _copy(client, model.path, place.folder / f"{name}.safetensors", sha256)
    return Installed(place, name, tuple(sorted(files)) or (f"{name}.safetensors",), already)


def _free_name(client: Client, folder: Path, wanted: str, sha256: str) -> tuple[str, bool]:
    """Return a name that no file of others has, whatever the case, and whether the model is there under it already."""
    taken = {path.name.lower() for path in folder.iterdir()} - _half_installed(client, folder)
    for number in range(1, 10_000):
        name = wanted if number == 1 else f"{wanted}_{number}"
        model = folder / f"{name}.safetensors"
        if model.is_file() and utils.sha256_of(model) == sha256:
            return name, True
        if not {f"{name}{suffix}".lower() for suffix in SUFFIXES} & taken:
            return name, False
    raise PipelineError("install.cannot_write", path=str(folder), detail="-")


def _half_installed(client: Client, folder: Path) -> set[str]:
    """Return the files that an installation that was killed left there, in lower case."""
    ours = {item for entry in records(client) if Path(entry["folder"]) == folder for item in entry["files"].items()}
    return {
        name.lower() for name, sha256 in ours
        if not name.endswith(".safetensors") and (folder / name).is_file() and utils.sha256_of(folder / name) == sha256
    }  # fmt: skip


def _sidecars(client: Client, model: FinalModel, usage: Usage, name: str) -> dict[str, bytes]:
    """Return what A1111 and Forge read beside a model: trigger and weight, and a picture."""
    said = {**model.sidecar, "activation text": usage.trigger, "preferred weight": float(usage.weight), "sd version": "SDXL"}
    files = {f"{name}.json": (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode("utf-8")}
    picture = model.path.with_suffix(".png")
    if picture.is_file() and (png := cleaned(picture, OwnPictures(client))):
        files[f"{name}.png"] = png
    return files


def _copy(client: Client, source: Path, target: Path, sha256: str) -> None:
    """Copy under another suffix and rename: Forge renames what it finds half written."""
    with leftovers.file_elsewhere(client.folder.parent, target) as writer, source.open("rb") as reader:
        shutil.copyfileobj(reader, writer, 1 << 20)
    utils.readable_as_its_folder(target)
    if utils.sha256_of(target) != sha256:
        target.unlink()
        raise PipelineError("install.broken", path=str(target))


@contextlib.contextmanager
def _told(folder: Path, model: Path | None = None) -> Iterator[None]:
    """Turn what a disk says into one message that names the folder."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC and model is not None:
            need_mb = (model.stat().st_size + RESERVE_BYTES) / 1e6
            raise PipelineError("install.disk_full", path=str(folder), need_mb=need_mb) from error
        raise PipelineError("install.cannot_write", path=str(folder), detail=error.strerror or str(error)) from error


# --- what came from here ---------------------------------------------------------------------------------------------


def _record_file(client: Client) -> Path:
    return client.images.parent / RECORD


def records(client: Client) -> list[dict[str, Any]]:
    """Return what was installed: {folder, program, name, at, files: name -> SHA-256}; of a damaged record what is whole."""
    found = utils.read_object(_record_file(client)).get("installed")
    return [entry for entry in found if _is_whole(entry)] if isinstance(found, list) else []


def _is_whole(entry: object) -> bool:
    return (
        isinstance(entry, dict) and isinstance(entry.get("folder"), str) and isinstance(entry.get("files"), dict)
        and all(_is_ours(name) and isinstance(sum_, str) for name, sum_ in entry["files"].items())
    )  # fmt: skip


def _is_ours(name: object) -> bool:
    """Return whether a name can be one that `install` gave: a plain name in a folder."""
    return isinstance(name, str) and name.endswith(SUFFIXES) and not {"/", "\\", ":"} & set(name) and not name.startswith(".")


def _note(client: Client, place: Place, name: str, files: Mapping[str, str]) -> None:
    entry = {"folder": str(place.folder), "program": place.program, "name": name, "at": utils.now(), "files": dict(files)}
    others = [other for other in records(client) if (other["folder"], other.get("name")) != (entry["folder"], name)]
    _save(client, [*others, entry])


def _save(client: Client, entries: Sequence[Mapping[str, Any]]) -> None:
    utils.write_json(_record_file(client), {"version": 1, "installed": list(entries)})


def folders(client: Client) -> list[str]:
    """Return the folders in which files from here still lie."""
    return sorted({
        entry["folder"] for entry in records(client) if any((Path(entry["folder"]) / name).is_file() for name in entry["files"])
    })  # fmt: skip


def remove(client: Client, place: Place) -> Removed:
    """Take away what was installed in a folder and is still as it was. Raises PipelineError("install.none_here", …)."""
    with client.lock("install"), _told(place.folder):
        every = records(client)
        here = [entry for entry in every if Path(entry["folder"]) == place.folder]
        if not here:
            raise PipelineError("install.none_here", path=str(place.folder), client=client.client_id)
        gone, changed = [], []
        for name, sha256 in sorted({item for entry in here for item in entry["files"].items()}):
            path = place.folder / name
            if path.is_symlink() or not path.is_file():
                continue
            if utils.sha256_of(path) != sha256:
                changed.append(name)
                continue
            path.unlink()
            gone.append(name)
        _save(client, [entry for entry in every if entry not in here])
    return Removed(place.folder, tuple(gone), tuple(changed))
