"""A client's folders and its records: the only module that knows the layout (DESIGN section 3).

    clients/{client_id}/client.json raw_mj/ raw_real/ processed/ rejected/ training_data/ metadata/ training/ models/ …

Every write is atomic; a stage holds the client's lock. Paths never leave the clients folder.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.texts.setting_errors import wrong_value
from avatar.texts.text import PipelineError
from avatar.workspace import export as workspace_export

if TYPE_CHECKING:
    from avatar.workspace.records import ClientInfo, ImageRecord

CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Windows refuses these names with any extension, in any case (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
RESERVED_NAMES = frozenset({"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))})
IMAGE_ID = re.compile(r"(mj|real)_[0-9a-f]{16}")

# What an export leaves out: made anew from the rest, or large copies of it.
REMADE_FOLDERS = ("training_data", "raw_cache")
ORIGINAL_FOLDERS = ("raw_mj", "raw_real")


def check_client_id(client_id: str) -> str:
    """Return client_id if it may name a client's folder, on Windows too.

    Raises PipelineError("client.bad_id").
    """
    if not CLIENT_ID.fullmatch(client_id) or client_id.lower() in RESERVED_NAMES:
        raise PipelineError("client.bad_id", client=client_id, suggestion=suggest_client_id(client_id))
    return client_id


def check_word(word: str) -> str:
    """Return a trigger or class word as it is kept, blanks made single. Raises PipelineError("client.bad_word")."""
    word = " ".join(word.split())
    # A comma would end the first chunk of the caption; with a slash it is a path typed one question too early.
    if any(sign in word for sign in ",/\\") or not word.isprintable():
        raise PipelineError("client.bad_word", word=word)
    return word


def suggest_client_id(name: str) -> str:
    """Return the nearest id to a free name: "José Peña 2" -> "Jose_Pena_2"."""
    import unicodedata

    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    suggestion = re.sub(r"[^A-Za-z0-9_-]+", "_", ascii_name).strip("_")[:64]
    if not suggestion or suggestion.lower() in RESERVED_NAMES:
        suggestion = f"client_{suggestion}".rstrip("_") if suggestion else "client01"
    return suggestion


@dataclass(frozen=True)
class Client:
    """One client's folder. Making this object touches no disk."""

    folder: Path

    @property
    def client_id(self) -> str:
        return self.folder.name

    @property
    def info_file(self) -> Path:
        return self.folder / "client.json"

    @property
    def raw_mj(self) -> Path:
        return self.folder / "raw_mj"

    @property
    def raw_real(self) -> Path:
        return self.folder / "raw_real"

    @property
    def processed(self) -> Path:
        return self.folder / "processed"

    @property
    def rejected(self) -> Path:
        return self.folder / "rejected"

    @property
    def training_data(self) -> Path:
        return self.folder / "training_data"

    @property
    def images(self) -> Path:
        return self.folder / "metadata" / "images"

    @property
    def raw_cache(self) -> Path:
        """Where developed RAWs are kept; may be deleted at any time."""
        return self.folder / "raw_cache"

    @property
    def groups_file(self) -> Path:
        return self.folder / "metadata" / "mj_groups.json"

    @property
    def table_file(self) -> Path:
        return self.folder / "metadata" / "images.csv"

    @property
    def training(self) -> Path:
        return self.folder / "training"

    @property
    def plan_file(self) -> Path:
        return self.training / "lora_config.json"

    @property
    def runs(self) -> Path:
        return self.training / "runs"

    @property
    def logs(self) -> Path:
        return self.training / "logs"

    @property
    def models(self) -> Path:
        return self.folder / "models"

    @property
    def samples(self) -> Path:
        return self.folder / "samples"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def raw_folder(self, source: str) -> Path:
        """Return where originals of source ("mj" or "real") lie."""
        return {"mj": self.raw_mj, "real": self.raw_real}[source]

    def make_folders(self) -> None:
        """Create every folder of the layout that is missing."""
        for folder in (
            self.raw_mj, self.raw_real, self.processed, self.rejected, self.training_data, self.images, self.runs,
            self.logs, self.models, self.samples, self.output,
        ):  # fmt: skip
            folder.mkdir(parents=True, exist_ok=True)

    # --- records -----------------------------------------------------------------------------------------------------

    def info(self) -> ClientInfo:
        """Read client.json. Raises PipelineError("client.invalid", "record.newer") where it does not follow the model."""
        from avatar.workspace.records import CLIENT_VERSION, ClientInfo

        data = utils.read_json(self.info_file)
        info: ClientInfo = _validated(ClientInfo, data, CLIENT_VERSION, "client.invalid", str(self.info_file))
        if info.client_id != self.client_id:  # the folder was renamed or copied by hand
            return info.model_copy(update={"client_id": self.client_id})
        return info

    def save_info(self, info: ClientInfo) -> None:
        utils.write_json(self.info_file, info.model_dump(mode="json"))

    def record_file(self, image_id: str) -> Path:
        """Return where a record lies. Raises PipelineError("image.bad_id") for anything but an image id."""
        if not IMAGE_ID.fullmatch(image_id):
            raise PipelineError("image.bad_id", image=image_id)
        return self.images / f"{image_id}.json"

    def has_record(self, image_id: str) -> bool:
        return self.record_file(image_id).is_file()

    def record(self, image_id: str) -> ImageRecord:
        """Read one record. Raises PipelineError("image.unknown") or ("record.invalid")."""
        path = self.record_file(image_id)
        try:
            return read_record(path)
        except FileNotFoundError as error:
            raise PipelineError("image.unknown", image=image_id, client=self.client_id) from error

    def save_record(self, record: ImageRecord) -> None:
        utils.write_atomic(self.record_file(record.image_id), record_text(record))

    def records(self) -> list[ImageRecord]:
        """Read all records, in order of image id. Raises PipelineError("record.invalid") naming the file."""
        return list(self.each_record())

    def each_record(self, only: Iterable[str] | None = None) -> Iterator[ImageRecord]:
        """Read one record after another, so that thousands need the memory of one. Raises as `record` does.

        only  these image ids, in their order; None: all
        """
        folder = str(self.images) + os.sep  # a Path for each of thousands of names takes longer than to read it
        for name in self._record_names() if only is None else (f"{image_id}.json" for image_id in only):
            try:
                with open(folder + name, "rb") as handle:  # noqa: PTH123
                    content = handle.read()
            except FileNotFoundError as error:
                raise PipelineError("image.unknown", image=name[:-5], client=self.client_id) from error
            yield _checked(content, folder + name)

    def record_files(self) -> list[Path]:
        """Return the paths of all records, in order of image id, without reading them."""
        return [self.images / name for name in self._record_names()]

    def _record_names(self) -> list[str]:
        try:
            with os.scandir(self.images) as entries:
                return sorted(entry.name for entry in entries if record_id(entry.name))
        except FileNotFoundError:
            return []

    def original(self, record: ImageRecord) -> Path:
        """Return where the original of record lies; never outside the client's folder."""
        path = (self.folder / record.original.stored).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            problem = ("setting.outside_folder", {"name": "original.stored", "value": record.original.stored})
            raise PipelineError("record.invalid", path=str(self.record_file(record.image_id)), problems=[problem])
        return path

    # --- lock --------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def lock(self, stage: str) -> Iterator[None]:
        """Hold this client for one stage. Raises PipelineError("client.locked") naming the stage and process that holds it.

        Holding it twice in one process is allowed. The note with the holder lies beside the lock: Windows forbids to
        read a locked file.
        """
        import filelock

        if not self.folder.is_dir():
            raise PipelineError("client.unknown", client=self.client_id, known="")
        lock = filelock.FileLock(str(self.folder / ".lock"), timeout=0, is_singleton=True)
        note = self.folder / ".lock.json"
        try:
            lock.acquire()
        except filelock.Timeout as error:
            holder = utils.read_object(note)
            raise PipelineError(
                "client.locked", client=self.client_id, stage=holder.get("stage", "?"), pid=holder.get("pid", "?"),
                since=holder.get("since", "?"),
            ) from error  # fmt: skip
        try:
            if lock.lock_counter == 1:
                utils.write_json(note, {"stage": stage, "pid": os.getpid(), "since": utils.now()})
            yield
        finally:
            if lock.lock_counter == 1:
                with contextlib.suppress(OSError):
                    note.unlink()
            lock.release()


def record_id(name: str) -> str:
    """Return the image id of a record's file name, "" for any other file."""
    return name[:-5] if name.endswith(".json") and IMAGE_ID.fullmatch(name[:-5]) else ""


def record_text(record: ImageRecord) -> str:
    """Return what a record's file holds."""
    return record.model_dump_json(indent=1) + "\n"


def read_record(path: Path) -> ImageRecord:
    """Read and check one record file. Raises FileNotFoundError and PipelineError("record.invalid", "record.newer")."""
    return _checked(path.read_bytes(), str(path))


def _checked(content: bytes, path: str) -> ImageRecord:
    from pydantic import ValidationError

    from avatar.workspace.records import RECORD_VERSION, ImageRecord

    try:
        return ImageRecord.model_validate_json(content)
    except ValidationError:
        pass  # an older version, or broken: told apart below
    try:
        data = utils.parse_json(content, path)
    except PipelineError as error:
        key = "record.not_json" if error.key == "file.not_json" else "record.not_utf8"
        raise PipelineError("record.invalid", path=path, problems=[(key, dict(error.values))]) from error
    return _validated(ImageRecord, data, RECORD_VERSION, "record.invalid", path)  # type: ignore[no-any-return]


def _validated(model: Any, data: object, version: int, invalid: str, path: str) -> Any:
    """Return data as a model of this version. Raises PipelineError(invalid) and ("record.newer")."""
    from pydantic import ValidationError

    from avatar.workspace.records import migrate

    data = migrate(data, version)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = data.get("version") if isinstance(data, dict) else None
        if isinstance(found, int) and found > version:
            raise PipelineError("record.newer", path=path) from error
        problems = [wrong_value(item, Path(path).name) for item in error.errors()]
        raise PipelineError(invalid, path=path, problems=problems) from error


@dataclass(frozen=True)
class Workspace:
    """The folder that holds all clients."""

    folder: Path

    def client_ids(self) -> list[str]:
        """Return the ids of all clients, in alphabetical order whatever the case."""
        try:
            with os.scandir(self.folder) as entries:
                names = [entry.name for entry in entries if CLIENT_ID.fullmatch(entry.name) and entry.is_dir()]
        except FileNotFoundError:
            return []
        return sorted((name for name in names if (self.folder / name / "client.json").is_file()), key=str.lower)

    def client(self, client_id: str) -> Client:
        """Return an existing client, whatever the case typed. Raises PipelineError("client.unknown" or "client.bad_id")."""
        check_client_id(client_id)
        known = self.client_ids()
        for name in known:
            if name.lower() == client_id.lower():
                return Client(self.folder / name)
        raise PipelineError("client.unknown", client=client_id, known=", ".join(known) or "-")

    def create(
        self, client_id: str, *, trigger_word: str = "", class_word: str = "person", display_name: str = "",
        consent_note: str = "", settings: dict[str, Any] | None = None,
    ) -> Client:  # fmt: skip
        """Make a client's folders and client.json.

        Raises PipelineError("client.bad_id"), ("client.exists") whatever the case, ("client.bad_word").
        """
        from avatar.workspace.records import ClientInfo

        self.check_new(client_id)
        trigger = check_word(trigger_word) or client_id
        klass = check_word(class_word) or "person"
        client = Client(self.folder / client_id)
        info = ClientInfo(
            client_id=client_id, display_name=display_name or client_id, trigger_word=trigger, class_word=klass,
            consent_note=consent_note, created_at=utils.now(), settings=settings or {},
        )  # fmt: skip
        try:
            client.make_folders()
            client.save_info(info)
        except BaseException:  # a full disk, Ctrl+C: half a client would be listed nowhere, and its name be taken
            shutil.rmtree(client.folder, ignore_errors=True)
            raise
        return client

    def check_new(self, client_id: str) -> None:
        """Raise PipelineError("client.bad_id"), or ("client.exists") whatever the case, where a client cannot be called so."""
        check_client_id(client_id)
        taken = {name.lower(): name for name in self._all_names()}
        found = taken.get(client_id.lower())
        if found is not None and not _hollow(self.folder / found):
            raise PipelineError("client.exists", client=found)

    def _all_names(self) -> list[str]:
        return [path.name for path in self.folder.iterdir()] if self.folder.is_dir() else []

    def rename(self, client_id: str, new_id: str, *, before: Callable[[Client], object] | None = None) -> Client:
        """Give a client another id. A trigger word that was the old id stays: trained models know it.

        before  called while the client is held and still bears its old id: the prepared dataset goes with the renaming
        Raises PipelineError as `client` and `create` do, and ("client.in_use") where a file is held open.
        """
        client = self.client(client_id)
        check_client_id(new_id)
        taken = {name.lower(): name for name in self._all_names() if name != client.client_id}
        if new_id.lower() in taken:
            raise PipelineError("client.exists", client=taken[new_id.lower()])
        with client.lock("rename"):
            info = client.info()
            if before is not None:
                before(client)
        target = self.folder / new_id
        try:
            client.folder.rename(target)
        except OSError as error:
            raise PipelineError("client.in_use", client=client.client_id, detail=str(error)) from error
        renamed = Client(target)
        display = new_id if info.display_name == info.client_id else info.display_name
        renamed.save_info(info.model_copy(update={"client_id": new_id, "display_name": display}))
        for path in renamed.training_data.iterdir():  # {repeats}_{old id}: out of date, prepared anew
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
        return renamed

    def delete(self, client_id: str) -> int:
        """Delete everything of a client, for good; return the bytes freed.

        The folder is first renamed to a name that is no client's, so that an interrupted deletion leaves no half client;
        what such a one left is deleted too. Raises PipelineError("client.in_use") where a file is held open.
        """
        client = self.client(client_id)
        with client.lock("delete"):
            pass  # nobody works on it now
        size = folder_bytes(client.folder)
        doomed = self.folder / f".deleted-{client.client_id}-{time.time_ns():x}"
        try:
            client.folder.rename(doomed)
        except OSError as error:
            raise PipelineError("client.in_use", client=client.client_id, detail=str(error)) from error
        for path in self.folder.glob(".deleted-*"):
            try:
                shutil.rmtree(path)
            except OSError as error:
                raise PipelineError("client.not_deleted", path=str(path), detail=str(error)) from error
        return size

    def export(self, client_id: str, target: Path, *, originals: bool = False) -> dict[str, int]:
        """Write a zip of a client to target, whole or not at all; return the number of files per top-level folder.

        Left out: training_data and raw_cache (made anew) and, unless asked for, the originals.
        Raises PipelineError as `utils.zip_to_write`.
        """
        client = self.client(client_id)
        target = workspace_export.zip_to_write(target, client.folder)
        left_out = REMADE_FOLDERS if originals else REMADE_FOLDERS + ORIGINAL_FOLDERS
        counts: dict[str, int] = {}
        target.parent.mkdir(parents=True, exist_ok=True)
        # A zip knows no time before 1980, which is what a camera without battery and some archives give: not worth a failure.
        zipped = functools.partial(zipfile.ZipFile, mode="w", strict_timestamps=False)
        with client.lock("export"), utils.atomic_file(target) as handle, zipped(handle) as archive:
            for path in sorted(client.folder.rglob("*")):
                parts = path.relative_to(client.folder).parts
                if path.is_symlink() or not path.is_file() or parts[0] in left_out or parts[-1].startswith("."):
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


def _hollow(folder: Path) -> bool:
    """Tell whether a folder holds nothing but folders, as a creation that was killed leaves it."""
    return folder.is_dir() and all(path.is_dir() and not path.is_symlink() for path in folder.rglob("*"))


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files below folder; links are not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
