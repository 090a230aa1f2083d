"""Lays out regularisation pictures as the trainer reads them: a folder named for the class, a caption each."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import utils
from avatar.texts.text import PipelineError
from avatar.trainer import dataset_pictures

LIST_FILE = "regularisation.json"  # what was laid out, so that the next time removes nothing else
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')  # Windows' own


def folder_name(class_word: str) -> str:
    """Return the name of the folder of a class: each picture once an epoch, the trainer repeats them as it needs.

    Raises PipelineError("regularisation.no_word") for a word that no folder can be named for.

    >>> folder_name("woman")
    '1_woman'
    """
    word = " ".join(FORBIDDEN.sub(" ", class_word).split()).rstrip(".")
    if not word:
        raise PipelineError("regularisation.no_word", word=class_word)
    return f"1_{word}"


def lay_out(parent: Path, pictures: Sequence[Path], class_word: str) -> Path:
    """Put PNG pictures of the class into parent/1_{class}/, in place of those that this put there before; return the folder.

    The pictures are linked or copied, and captioned with the class word alone. Nothing changes where a picture is not whole, or
    where the folder holds files of the user's. For a client, parent is `client.regularisation`, and its lock is the caller's.
    Raises PipelineError("regularisation.none", "regularisation.no_word", "regularisation.damaged", "regularisation.not_ours").
    """
    target = parent / folder_name(class_word)
    if not pictures:
        raise PipelineError("regularisation.none")
    for picture, fault in zip(pictures, dataset_pictures.picture_faults(pictures), strict=True):
        if fault or picture.suffix.lower() != ".png":
            raise PipelineError("regularisation.damaged", path=str(picture), detail=fault or picture.suffix)
    if foreign := _foreign(target):
        raise PipelineError("regularisation.not_ours", path=str(target), file=foreign[0])
    new = utils.temporary_for(target)
    new.mkdir(parents=True)
    try:
        _write(new, pictures, class_word.strip())
        _swap(new, target)
    except OSError as error:
        raise PipelineError("regularisation.in_use", path=str(target), detail=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return target


def _foreign(folder: Path) -> list[str]:
    """Return the files of a folder that this did not put there."""
    if not folder.is_dir():
        return []
    listed = utils.read_object(folder / LIST_FILE).get("files")
    ours = {LIST_FILE, *(listed if isinstance(listed, list) else ())}
    return sorted(path.name for path in folder.iterdir() if path.name not in ours and path.suffix != ".npz")


def _write(folder: Path, pictures: Sequence[Path], caption: str) -> None:
    names = []
    for number, picture in enumerate(pictures, 1):
        name = f"class-{number:05}"  # all of one length: the trainer finds a cache by the beginning of its name
        utils.link_or_copy(picture, folder / f"{name}.png")
        utils.write_atomic(folder / f"{name}.txt", caption)
        names += [f"{name}.png", f"{name}.txt"]
    utils.write_json(folder / LIST_FILE, {"version": 1, "made_at": utils.now(), "class_word": caption, "files": names})


def _swap(new: Path, target: Path) -> None:
    """Put the new folder in the place of the old one, which comes back where that fails."""
    old = utils.temporary_for(target)
    there = target.exists()
    if there:
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if there:
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
