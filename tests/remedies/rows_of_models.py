"""Remedies about checkpoints, trials, models that come home, deliveries and installations."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from avatar.trainer import lora_modules
from tests.generate import lora_files
from tests.remedies.place import Place, Row, Said, Wrong, both, done, run, then, use, written
from tests.remedies.plans import (
    CONFIGURE,
    LONG,
    PLAN,
    TRAIN,
    configured,
    trained,
)


def away(place: Place) -> None:
    """Have a LoRA that was trained on another computer."""
    lora_files.write(place.folder / "home.safetensors", lora_files.tensors(lora_modules.MULTIPLIERS))


def whole_model(place: Place) -> None:
    """Have a LoRA of this client with all layers: the stand-in trains four."""
    away(place)
    place.do(*ADD)


def in_zip(*names: str) -> Wrong:
    def pack(place: Place) -> None:
        away(place)
        with zipfile.ZipFile(place.folder / "several.zip", "w") as archive:
            for name in names:
                archive.write(place.folder / "home.safetensors", name)

    return pack


def interface(place: Place) -> None:
    trained()(place)
    (place.folder / "ComfyUI" / "models" / "loras").mkdir(parents=True)


def bad_lora(content: Callable[[Path], object]) -> Wrong:
    """Have a file beside the good LoRA that is none."""

    def make(place: Place) -> None:
        away(place)
        content(place.folder / "bad.safetensors")

    return make


def tensors(**changed: Any) -> Callable[[Path], object]:
    """Return what writes a LoRA that lacks modules, or whose first weight is something else."""

    def write(path: Path) -> object:
        content = lora_files.tensors(lora_modules.MULTIPLIERS)
        first = next(name for name in content if name.endswith("lora_up.weight"))
        if "first" in changed:
            content[first] = changed["first"](content[first])
        if "drop" in changed:
            del content[first]
        if "all" in changed:
            content = {name: changed["all"](name, value) for name, value in content.items()}
        return lora_files.write(path, content)

    return write


def zeros(name: str, value: Any) -> Any:
    return value * 0 if "lora_up" in name else value


BAD = ("models", "ana", "--add", "{here}/bad.safetensors")
ADD = ("models", "ana", "--add", "{here}/home.safetensors")


def queue_spoilt(place: Place) -> None:
    place.do(*CONFIGURE, *PLAN)
    place.do("queue", "add", "ana")
    (place.folder / "clients" / "training_queue.json").write_text('{"entries": 3}', encoding="utf-8")


def queue_deleted(place: Place, said: Said) -> None:
    (place.folder / "clients" / "training_queue.json").unlink()
    place.do("queue", "add", "ana")


def name_taken(place: Place) -> None:
    trained("--gpu", "rtx3060_12gb", "--set", "steps=6", "save_every_n_steps=2", "save_state=no")(place)
    (checkpoint,) = place.client.runs.rglob("*step00000004.safetensors")
    (place.client.models / checkpoint.name).write_bytes(b"somebody else's")


def model_away(place: Place) -> None:
    for path in place.client.models.glob("*step*"):
        path.rename(place.folder / path.name)


ROWS = [
    Row("checkpoint.none", ("models", "ana", "--take", "3"),
        trained("--gpu", "rtx3060_12gb", "--set", "steps=6", "save_every_n_steps=2", "save_state=no"),
        use("models", "ana", "--take", "4")),
    Row("trial.no_models", ("try", "ana", "--models", "8"), configured(), run(TRAIN), well=False),
    Row("trial.none", ("results", "ana"), trained(), use("models", "ana")),
    Row("trial.no_model", ("try", "ana", "--models", "8"), whole_model, use("try", "ana", "--models", "final"), well=False),
    Row("trial.address_of_what", ("try", "ana", "--address", "http://127.0.0.1:9"), whole_model,
        use("try", "ana", "--backend", "comfyui", "--address", "http://127.0.0.1:9"), well=False),
    Row("deliver.no_model", ("deliver", "ana"), away, run(ADD)),
    Row("add.no_file", ("models", "ana", "--add", "{here}/nowhere.safetensors"), away, use(*ADD)),
    Row("add.bad_zip", ("models", "ana", "--add", "{here}/bad.zip"),
        both(away, written("bad.zip", b"PK\x03\x04no")), use(*ADD)),
    Row("add.several", ("models", "ana", "--add", "{here}/several.zip"), in_zip("a.safetensors", "b.safetensors"), use(*ADD)),
    Row("add.none", ("models", "ana", "--add", "{here}/several.zip"), in_zip("a.txt"), use(*ADD)),
    Row("add.other_kind", ("models", "ana", "--add", "{here}/home.pt"),
        both(away, written("home.pt", b"x")), use(*ADD)),
    Row("draw.lora.not_safetensors", BAD, bad_lora(lambda path: path.write_bytes(b"GIF89a" * 9)), use(*ADD)),
    Row("draw.lora.cut", BAD, bad_lora(lambda path: path.write_bytes((path.parent / "home.safetensors").read_bytes()[:-99])),
        use(*ADD)),
    Row("draw.lora.of_sd15", BAD, bad_lora(lambda path: lora_files.write(path, lora_files.sd15())), use(*ADD)),
    Row("draw.lora.of_flux", BAD, bad_lora(lambda path: lora_files.write(path, lora_files.flux())), use(*ADD)),
    Row("draw.lora.other_names", BAD, bad_lora(lambda path: lora_files.write(path, lora_files.diffusers_sdxl())), use(*ADD)),
    Row("draw.lora.missing", BAD,
        bad_lora(lambda path: lora_files.write(path, lora_files.tensors(lora_modules.MULTIPLIERS, modules=9))), use(*ADD)),
    Row("draw.lora.half", BAD, bad_lora(tensors(drop=True)), use(*ADD)),
    Row("draw.lora.sizes", BAD, bad_lora(lambda path: lora_files.whole(path)), use(*ADD)),
    Row("draw.lora.not_finite", BAD, bad_lora(tensors(first=lambda value: value * float("nan"))), use(*ADD)),
    Row("draw.lora.zero", BAD, bad_lora(tensors(all=zeros)), use(*ADD)),
    Row("restore.delivery", ("client", "restore", "{here}/d.zip", "--as", "eva"),
        both(whole_model, done("deliver", "ana", "{here}/d.zip"), done("client", "new", "bea")),
        use("models", "bea", "--add", "{here}/d.zip")),
    Row("install.none_here", ("install", "ana", "--to", "{here}/ComfyUI/models/loras", "--remove"), interface,
        use("install", "ana", "--to", "{here}/ComfyUI/models/loras")),
    Row("queue.bad_file", ("queue", "list"), queue_spoilt, queue_deleted),
    Row("checkpoint.none_yet", ("models", "ana", "--take", "10"), configured(*LONG), run(TRAIN)),
    Row("checkpoint.there", ("models", "ana", "--take", "4"), name_taken, then(model_away)),
    Row("add.there", ADD, both(away, done(*ADD)), use("models", "ana")),
    Row("install.no_folder", ("install", "ana", "--to", "comfyui"), interface,
        use("install", "ana", "--to", "{here}/ComfyUI/models/loras")),
    Row("install.not_there", ("install", "ana", "--to", "{here}/nowhere"), interface,
        use("install", "ana", "--to", "{here}/ComfyUI/models/loras")),
]  # fmt: skip
