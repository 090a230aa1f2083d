"""All clients: made, found, renamed, exported and deleted."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import utils
from avatar.texts.text import PipelineError
from avatar.workspace import client as workspace_client
from avatar.workspace import export as workspace_export
from avatar.workspace import leftovers, links
from avatar.workspace.client import Client

_DELETED = ".deleted-"


@dataclass(frozen=True)
class Deleted:
    """A client that was taken out of the workspace and is still to be removed from the disk.

    elsewhere  folders outside of it that links in it named: they stay
    """

    folder: Path
    bytes: int = 0
    elsewhere: tuple[str, ...] = ()

    @property
    def client_id(self) -> str:
        return self.folder.name.removeprefix(_DELETED).rpartition("-")[0]

    def info(self) -> dict[str, Any]:
        """Return what client.json says, {} where it is gone."""
        return utils.read_object(self.folder / "client.json")

    def make_room(self) -> None:
        """Delete its folders from the disk, which are nearly all of it. Raises PipelineError("client.not_deleted")."""
        if not links.is_link(self.folder):
            self._remove(path for path in self.folder.glob("*") if path.is_dir())

    def remove(self) -> None:
        """Delete it from the disk. Raises PipelineError("client.not_deleted")."""
        self._remove([self.folder])

    def _remove(self, folders: Iterable[Path]) -> None:
        try:
            for folder in folders:
                links.remove_tree(folder)
        except OSError as error:
            raise PipelineError("client.not_deleted", path=str(self.folder), detail=str(error)) from error


def misnamed(folder: str) -> PipelineError:
    """Return the error of a client's folder whose name no client can have."""
    return PipelineError("client.misnamed", folder=folder, suggestion=workspace_client.suggest_client_id(folder))


def headless(folder: str) -> PipelineError:
    """Return the error of a client's folder without client.json."""
    return PipelineError("client.headless", client=folder)


@dataclass(frozen=True)
class Workspace:
    """The folder that holds all clients."""

    folder: Path

    def client_ids(self) -> list[str]:
        """Return the ids of all clients, in alphabetical order whatever the case."""
        try:
            with os.scandir(self.folder) as entries:
                names = [entry.name for entry in entries if workspace_client.CLIENT_ID.fullmatch(entry.name) and entry.is_dir()]
        except FileNotFoundError:
            return []
        return sorted((name for name in names if (self.folder / name / "client.json").is_file()), key=str.lower)

    def misnamed(self) -> list[str]:
        """Return the folders that hold a client under a name no client can have: made by a copy or a renaming by hand."""
        try:
            with os.scandir(self.folder) as entries:
                names = [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
        except OSError:
            return []
        odd = sorted(name for name in names if not workspace_client.CLIENT_ID.fullmatch(name))
        return [name for name in odd if (self.folder / name / "client.json").is_file()]

    def headless(self) -> list[str]:
        """Return the folders with records or originals of a client whose client.json is gone: half deleted."""
        folders = [self.folder / name for name in self._all_names() if workspace_client.CLIENT_ID.fullmatch(name)]
        return sorted(folder.name for folder in folders if _headless(folder))

    def client(self, client_id: str) -> Client:
        """Return an existing client, whatever the case typed.

        Raises PipelineError("client.unknown"), ("client.bad_id"), ("client.misnamed") for a client's folder of such a name, or
        ("client.headless") for one without its client.json.
        """
        if not workspace_client.CLIENT_ID.fullmatch(client_id) and client_id in self.misnamed():
            raise misnamed(client_id)
        workspace_client.check_client_id(client_id)
        known = self.client_ids()
        for name in known:
            if name.lower() == client_id.lower():
                return Client(self.folder / name)
        if _headless(self.folder / client_id):
            raise headless(client_id)
        raise PipelineError("client.unknown", client=client_id, known=", ".join(known) or None)

    def create(
        self, client_id: str, *, trigger_word: str = "", class_word: str = "person", display_name: str = "",
        consent_note: str = "", settings: dict[str, Any] | None = None,
    ) -> Client:  # fmt: skip
        """Make a client's folders and client.json; what a folder without it holds becomes the client's again.

        Raises PipelineError("client.bad_id"), ("client.exists") whatever the case, ("client.bad_word"),
        ("client.class_not_english").
        """
        from avatar.workspace.records import ClientInfo

        again = _headless(self.folder / client_id)
        if not again:
            self.check_new(client_id)
        trigger = workspace_client.check_word(trigger_word) or client_id
        klass = workspace_client.check_class(class_word) or "person"
        name = workspace_client.check_name(display_name)
        info = ClientInfo(
            client_id=client_id, display_name=name or client_id, trigger_word=trigger, class_word=klass,
            consent_note=consent_note, created_at=utils.now(), settings=settings or {},
        )  # fmt: skip
        client = Client(self.folder / client_id)
        if again:
            client.make_folders()
            client.save_info(info)
            return client
        half = Client(utils.temporary_for(client.folder))  # a full disk, Ctrl+C, a kill: no half client takes the name
        try:
            half.folder.mkdir(mode=0o700, parents=True)
            half.make_folders()
            half.save_info(info)
            self.adopt(half, client)
        except BaseException:
            shutil.rmtree(half.folder, ignore_errors=True)
            raise
        return client

    def adopt(self, half: Client, client: Client) -> None:
        """Give a whole client that lies beside the others its name. Raises PipelineError as `check_new`: it may be taken."""
        self.check_new(client.client_id)
        if client.folder.is_dir():
            links.remove_tree(client.folder)  # hollow: what an older version left of a killed creation
        half.folder.rename(client.folder)

    def check_new(self, client_id: str) -> None:
        """Raise PipelineError("client.bad_id"), or ("client.exists") whatever the case, where a client cannot be called so."""
        workspace_client.check_client_id(client_id)
        if client_id.startswith("-"):  # every command, and the trainer's --output_name, would read an option; older clients may
            raise workspace_client.bad_id(client_id)
        taken = {name.lower(): name for name in self._all_names()}
        found = taken.get(client_id.lower())
        if found is not None and not _hollow(self.folder / found):
            raise PipelineError("client.exists", client=found)

    def _all_names(self) -> list[str]:
        return [path.name for path in self.folder.iterdir()] if self.folder.is_dir() else []

    def rename(self, client_id: str, new_id: str, *, before: Callable[[Client], object] | None = None) -> Client:
        """Change a client's id. A trigger word equal to the old id stays: trained models know it.

        before  called while the client is held and still bears its old id: the prepared dataset goes with the renaming
        Raises PipelineError as `client` and `create` do, and ("client.in_use") where a file is held open.
        """
        client = self.client(client_id)
        workspace_client.check_client_id(new_id)
        taken = {name.lower(): name for name in self._all_names() if name != client.client_id}
        if new_id.lower() in taken:
            raise PipelineError("client.exists", client=taken[new_id.lower()])
        target = self.folder / new_id
        self._move(client, target, "rename", functools.partial(_leave_name, before))
        renamed = Client(target)
        with contextlib.suppress(OSError):
            (target / ".lock.json").unlink()
        with contextlib.suppress(OSError):  # a full disk: it is renamed, and reading client.json goes by the folder's name
            renamed.save_info(renamed.info())
        return renamed

    def delete(self, client_id: str, *, before: Callable[[Client], object] | None = None) -> Deleted:
        """Take a client out of the workspace for good; what it was is deleted by `Deleted.remove`.

        The folder is first renamed to a name that is no client's, so that an interrupted deletion leaves no half client;
        `deleted` finds what such a one left.
        before  called while the client is held
        Raises PipelineError("client.in_use") where a file is held open.
        """
        client = self.client(client_id)
        size = 0 if links.is_link(client.folder) else links.folder_bytes(client.folder)
        spared = [client.folder] if links.is_link(client.folder) else client.links()
        elsewhere = tuple(str(path.resolve()) for path in spared)
        doomed = self.folder / f"{_DELETED}{client.client_id}-{time.time_ns():x}"
        self._move(client, doomed, "delete", before)
        return Deleted(doomed, size, elsewhere)

    def tidy(self) -> None:
        """Delete what killed programs left beside the clients, and let nobody but the user read a client, of any version."""
        leftovers.sweep_workspace(self.folder)
        for folder in [self.folder / client_id for client_id in self.client_ids()]:
            leftovers.sweep_top(folder)
            with contextlib.suppress(OSError):  # a file system without rights, or another user's
                if os.name != "nt" and folder.stat().st_mode & 0o077:
                    folder.chmod(0o700)

    def deleted(self) -> list[Deleted]:
        """Return what deletions that were interrupted left."""
        return [Deleted(path) for path in sorted(self.folder.glob(f"{_DELETED}*-*"))]

    def _move(self, client: Client, target: Path, stage: str, before: Callable[[Client], object] | None) -> None:
        """Rename a client's folder while nobody works on it. Raises PipelineError("client.locked") and ("client.in_use")."""
        with client.lock(stage, leaving=True):
            if before is not None:
                before(client)
            if os.name != "nt":
                self._rename(client, target)
        if os.name == "nt":  # it forbids to rename a folder in which a file, such as the lock, is open
            self._rename(client, target)

    def _rename(self, client: Client, target: Path) -> None:
        try:
            client.folder.rename(target)
        except OSError as error:
            raise PipelineError("client.in_use", client=client.client_id, detail=str(error)) from error

    def export(self, client_id: str, target: Path, *, originals: bool = False) -> dict[str, int]:
        """Write a zip of a client to target, whole or not at all; return the number of files per top-level folder.

        Left out: training_data and raw_cache (made anew) and, unless asked for, the originals.
        Raises PipelineError as `export.zip_to_write`.
        """
        client = self.client(client_id)
        target = workspace_export.zip_to_write(target, client.folder)
        left_out = (
            workspace_client.REMADE_FOLDERS
            if originals
            else workspace_client.REMADE_FOLDERS + workspace_client.ORIGINAL_FOLDERS
        )
        counts: dict[str, int] = {}
        target.parent.mkdir(parents=True, exist_ok=True)
        # A zip knows no time before 1980, which is what a camera without battery and some archives give: not worth a failure.
        zipped = functools.partial(zipfile.ZipFile, mode="w", strict_timestamps=False)
        with client.lock("export"), leftovers.file_elsewhere(self.folder, target) as handle, zipped(handle) as archive:
            for path in sorted(client.folder.rglob("*")):
                parts = path.relative_to(client.folder).parts
                hidden = any(part.startswith(".") for part in parts)
                if path.is_symlink() or not path.is_file() or parts[0] in left_out or hidden:
                    continue
                # Pictures and models do not shrink; texts do.
                small = path.suffix in {".json", ".jsonl", ".csv", ".log", ".txt", ".html"}
                archive.write(
                    path, "/".join((client.client_id, *parts)),
                    zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED,
                )  # fmt: skip
                top = parts[0] if len(parts) > 1 else "."
                counts[top] = counts.get(top, 0) + 1
        return counts


def _leave_name(before: Callable[[Client], object] | None, client: Client) -> None:
    """Remove folders with the client's old id: {repeats}_{id} is out of date and prepared again.

    Each goes by one renaming: half a folder, without its dataset_info.json, would be taken for files of the user's.
    """
    if before is not None:
        before(client)
    for path in list(client.training_data.iterdir()) if client.training_data.is_dir() else ():
        if path.is_dir():
            doomed = utils.temporary_for(client.folder / path.name)
            with contextlib.suppress(OSError):
                path.rename(doomed)
                links.remove_tree(doomed)


def _headless(folder: Path) -> bool:
    """Return whether a folder holds records or originals of a client, but no client.json."""
    client = Client(folder)
    kept = (client.images, client.raw_mj, client.raw_real)
    return not client.info_file.exists() and any(part.is_dir() and any(part.iterdir()) for part in kept)


def _hollow(folder: Path) -> bool:
    """Return whether a folder holds nothing but folders, as a creation that was killed leaves it."""
    return folder.is_dir() and all(path.is_dir() and not path.is_symlink() for path in folder.rglob("*"))
