"""Replaces training_data/ by a new tree, and keeps the user's own files.

.training_data.new  is being written       .training_data.old  the previous one, until the new one is in place
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import utils
from avatar.dataset.prepared import Prepared
from avatar.texts.text import PipelineError
from avatar.trainer.dataset_folder import INFO_FILE
from avatar.workspace.client import Client


def new_folder(client: Client) -> Path:
    return client.folder / ".training_data.new"


def swap_in(client: Client, new: Path) -> None:
    """Replace the old tree by the new one. On PipelineError("dataset.in_use") the old one is in place."""
    old = client.folder / ".training_data.old"
    try:
        if client.training_data.exists():
            client.training_data.rename(old)
        new.rename(client.training_data)
    except OSError as error:  # Windows: a picture is open in a viewer
        repair(client)
        raise PipelineError("dataset.in_use", path=str(client.training_data), detail=str(error)) from error
    shutil.rmtree(old, ignore_errors=True)


def repair(client: Client) -> None:
    """Repair an interrupted swap: restore the old tree if the new one is not in place, and remove leftovers."""
    old = client.folder / ".training_data.old"
    if old.is_dir():
        with contextlib.suppress(OSError):
            client.training_data.rmdir()  # only if empty: made by make_folders meanwhile
        if not client.training_data.exists():
            old.rename(client.training_data)
    for leftover in client.folder.glob(".training_data.*"):
        shutil.rmtree(leftover, ignore_errors=True)


def keep_foreign(client: Client, old: Prepared) -> Path | None:
    """Move files that no preparation wrote from training_data to output/; return their new folder, None if there are none."""
    foreign = list(_foreign_files(client, old.files))
    if not foreign:
        return None
    stamp = re.sub(r"\D", "", utils.now()[:19])
    target = client.output / f"from_training_data_{stamp}"
    for path in foreign:
        place = target / path.relative_to(client.training_data)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)
    return target


def _foreign_files(client: Client, ours: Mapping[str, frozenset[str]]) -> Iterator[Path]:
    if not client.training_data.is_dir():
        return
    for place, _, names in os.walk(client.training_data):
        parts = Path(place).relative_to(client.training_data).parts
        known = ours.get(parts[0], frozenset()) if len(parts) == 1 else frozenset()
        for name in sorted(names):
            stem, suffix = os.path.splitext(name)  # noqa: PTH122  # a Path for each of ten thousand names takes its time
            passed_over = name in {INFO_FILE, "Thumbs.db", "desktop.ini", ".DS_Store"} or suffix in {".npz", ".tmp"}
            if not passed_over and name not in known and not (suffix == ".txt" and f"{stem}.png" in known):
                yield Path(place, name)
