"""Base models that lie in a folder of A1111, Forge or ComfyUI, or in any other: files and diffusers folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from avatar.trainer.base_model import MODEL_SUFFIXES

# Where they lie below the folder of a program; a folder that has none of these is searched itself.
PLACES = ("models/Stable-diffusion", "models/checkpoints", "checkpoints", "Stable-diffusion")
UNUSABLE = (".gguf",)  # shown with the reason: a file that is there and not in the list looks like a fault of the list
DEPTH = 4  # folders below that are looked into
MOST = 500  # of files shown


def found(folder: Path) -> list[Path]:
    """Return the models below a folder, in the order of their names; none where there is no such folder."""
    places = [place for place in (folder / name for name in PLACES) if place.is_dir()] or [folder]
    models = {path for place in places for path in _below(place, DEPTH)}
    return sorted(models, key=lambda path: (path.name.lower(), str(path)))[:MOST]


def _below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if (path / "model_index.json").is_file():
                yield path
            elif depth:
                yield from _below(path, depth - 1)
        elif path.suffix.lower() in (*MODEL_SUFFIXES, *UNUSABLE):
            yield path
