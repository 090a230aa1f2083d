"""The folder from which a server takes its LoRAs: ours are copied there for as long as they are drawn with.

A copy is named by its content, `avatar_<sha10>.safetensors`: servers go on serving the old content of a name. It comes under
another suffix and is renamed when it is whole: Forge renames what it cannot read. Beside it lies a note of the program that
uses it, so that a killed one's copies are found, and those of another one at work, or kept on purpose, are left alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import utils
from avatar.generate.backend import BackendError, Kind, LoraFile
from avatar.system import process_tree, shortage

OURS = re.compile(r"avatar_([0-9a-f]{10})\.safetensors")
PART, NOTE = ".avatar-part", ".avatar-note"
CORRUPTED = ".corrupted"  # what Forge adds to the name of a file that it could not read
CHUNK_BYTES = 1 << 20
CLIENT_FILE = "client.json"
_log = logging.getLogger(__name__)
_users: Counter[Path] = Counter()  # copies that this program has there: several servers of one computer share a folder
_lock = threading.Lock()


def file_name(model: LoraFile) -> str:
    return f"avatar_{model.sha256[:10]}.safetensors"


def setting(kind: Kind) -> str:
    return f"generate.{kind}_loras"


def checked(folder: Path, kind: Kind) -> Path:
    """Return a folder that copies may go to. Raises BackendError: missing, or within a client's."""
    folder = utils.at_home(folder)
    if not folder.is_dir():
        raise BackendError("server.lora_folder_missing", path=folder, setting=setting(kind))
    resolved = folder.resolve()
    if any((place / CLIENT_FILE).is_file() for place in (resolved, *resolved.parents)):
        raise BackendError("server.lora_folder_of_client", path=folder, setting=setting(kind))
    return folder


@contextlib.contextmanager
def lent(folder: Path, models: Sequence[LoraFile], *, keep: bool) -> Iterator[None]:
    """Have the models in the folder, and take away afterwards what was put there. keep: leave it.

    Raises BackendError: no place, no permission, a file that changed since it was checked.
    """
    placed: list[str] = []
    try:
        with _lock:
            remove_leftovers(folder)
            for model in models:
                if _put(folder, model):
                    placed.append(file_name(model))
        yield
    finally:
        with _lock:
            for name in placed:
                _take_away(folder, name, keep=keep)


def remove_leftovers(folder: Path) -> list[str]:
    """Remove the copies of programs that were killed, and return their names.

    Ours are those with a note of ours, whose name is right and whose content is what the name says.
    """
    removed = []
    for note in sorted(folder.glob(f"avatar_*{NOTE}")):
        name = note.name.removesuffix(NOTE)
        if OURS.fullmatch(name) is None or _is_used(note):
            continue
        path = folder / name
        if path.exists() and not _is_whole(path):
            continue  # somebody's own file of that name
        _remove(folder, name)
        removed.append(name)
    return removed


def _put(folder: Path, model: LoraFile) -> bool:
    """Copy a model, and return whether it is ours to remove: not what was kept, nor what another program has there."""
    if not model.path.is_file():
        raise BackendError("server.lora_changed", path=model.path)
    name = file_name(model)
    path, part = folder / name, folder / (name + PART)
    try:
        if path.exists():
            if not _is_whole(path):
                raise BackendError("server.name_taken", path=path)
            if path not in _users and (not _note(folder, name).exists() or _is_used(_note(folder, name))):
                return False
        utils.write_atomic(_note(folder, name), json.dumps(_mark()))
        if not path.exists():
            _copy(model, part)
            utils.readable_as_its_folder(part)
            utils.put_in_place(part, path)
    except OSError as error:
        _remove(folder, name)
        key = "server.lora_folder_full" if error.errno in shortage.FULL else "server.lora_folder_refuses"
        raise BackendError(key, path=folder, detail=error.strerror or str(error)) from error
    except BaseException:
        if not path.exists():
            _remove(folder, name)
        raise
    _users[path] += 1
    return True


def _take_away(folder: Path, name: str, *, keep: bool) -> None:
    """Let go of a copy: the last of this program's users removes it, or the note beside one that is kept."""
    path = folder / name
    _users[path] -= 1
    if _users[path] > 0:
        return
    del _users[path]
    if keep and path.is_file():
        _unlink(_note(folder, name))
    else:
        _remove(folder, name)


def _copy(model: LoraFile, part: Path) -> None:
    digest = hashlib.sha256()
    with model.path.open("rb") as source, part.open("wb") as target:
        while data := source.read(CHUNK_BYTES):
            digest.update(data)
            target.write(data)
        target.flush()
        os.fsync(target.fileno())
    if digest.hexdigest() != model.sha256:
        raise BackendError("server.lora_changed", path=model.path)


def _is_whole(path: Path) -> bool:
    """Return whether a file's content is what its name says."""
    named = OURS.fullmatch(path.name)
    try:
        return named is not None and utils.sha256_of(path).startswith(named[1])
    except OSError:
        return False


def _note(folder: Path, name: str) -> Path:
    return folder / (name + NOTE)


def _mark() -> dict[str, object]:
    return {"host": socket.gethostname(), "pid": os.getpid(), "born": process_tree.start_time(os.getpid())}


def _is_used(note: Path) -> bool:
    """Return whether the program that wrote a note is at work. On another computer nobody can tell: then it is."""
    try:
        mark = utils.read_object(note)
        if mark["host"] != socket.gethostname():
            return True
        return process_tree.is_running(int(mark["pid"]), float(mark["born"]))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _remove(folder: Path, name: str) -> None:
    """Remove a copy with all that belongs to it, the note last: what cannot be removed is a leftover for the next time."""
    gone = [_unlink(folder / (name + suffix)) for suffix in ("", PART, CORRUPTED)]
    if all(gone):
        _unlink(_note(folder, name))


def _unlink(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # Windows: the server holds it open
        _log.warning("not removed: %s: %s", path, error)
        return False
    return True
