"""sd-scripts from a zip (GitHub's "Download ZIP", `git archive`), for a computer that reaches no git server."""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path, PurePosixPath

import utils
from avatar.texts.text import PipelineError
from avatar.trainer.options import SCRIPT
from avatar.workspace.archive import ARCHIVE_ERRORS

MOST_BYTES = 500_000_000  # [choice] sd-scripts unpacks to 4 MB


def is_archive(repository: str) -> bool:
    """Return whether the trainer's address is a zip on this computer."""
    return repository.lower().endswith(".zip") and "://" not in repository


def path_of(repository: str) -> Path:
    """Return where the zip lies. Raises PipelineError("setup.no_zip")."""
    path = utils.at_home(Path(repository)).absolute()
    if not path.is_file():
        raise PipelineError("setup.no_zip", path=str(path))
    return path


def revision(path: Path) -> str:
    """Return the commit, which git writes into the zip's comment, else the file's SHA-256.

    Raises PipelineError("setup.bad_zip").
    """
    try:
        with zipfile.ZipFile(path) as archive:
            comment = archive.comment.decode("ascii", "replace").strip()
        return comment if re.fullmatch(r"[0-9a-f]{40}", comment) else hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, *ARCHIVE_ERRORS) as error:
        raise PipelineError("setup.bad_zip", path=str(path), detail=str(error)) from error


def unpack(path: Path, folder: Path) -> None:
    """Unpack the trainer's files into folder, without the folders around them.

    Raises PipelineError("setup.no_script"), ("setup.bad_zip"): before anything is written where a name leads out of the folder.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for member, target in _members(archive, path):
                place = folder / target
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(member))
    except ARCHIVE_ERRORS as error:
        raise PipelineError("setup.bad_zip", path=str(path), detail=str(error)) from error


def _members(archive: zipfile.ZipFile, path: Path) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    files = [(member, PurePosixPath(member.filename)) for member in archive.infolist() if not member.is_dir()]
    scripts = sorted((name for _, name in files if name.name == SCRIPT), key=lambda name: len(name.parts))
    if not scripts:
        raise PipelineError("setup.no_script", script=SCRIPT, repository=str(path))
    top = scripts[0].parent
    found = [(member, name.relative_to(top)) for member, name in files if name.is_relative_to(top)]
    bad = [str(name) for _, name in found if ".." in name.parts or name.is_absolute() or re.search(r"[\\:\0]", str(name))]
    if bad or sum(member.file_size for member, _ in found) > MOST_BYTES:
        raise PipelineError("setup.bad_zip", path=str(path), detail=bad[0] if bad else f"> {MOST_BYTES} B")
    return found
