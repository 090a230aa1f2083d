"""One client's folder: where everything lies, its records, its lock. The only module that knows the layout."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.texts.setting_errors import wrong_value
from avatar.texts.text import PipelineError, Text
from avatar.workspace import class_words, leftovers, links, removed

if TYPE_CHECKING:
    from avatar.workspace.records import ClientInfo, ImageRecord

CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Windows refuses these names with any extension, in any case (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
RESERVED_NAMES = frozenset({"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))})
# Weights, networks, alternatives and their keywords: stable-diffusion-webui, modules/prompt_parser.py and extra_networks.py.
_PROMPT_SYNTAX = re.compile(r"[()\[\]{}<>|:]|\b(?:AND|BREAK)\b")
LONGEST_WORD, LONGEST_NAME = 64, 80  # [choice] letters: a trigger as long as an id; a name in a row of a table
IMAGE_ID = re.compile(r"(mj|real)_[0-9a-f]{16}")

# What an export leaves out: made anew from the rest, taken out of the client, or large copies of it.
REMADE_FOLDERS = ("training_data", "raw_cache", removed.FOLDER)
ORIGINAL_FOLDERS = ("raw_mj", "raw_real")


def check_client_id(client_id: str) -> str:
    """Return client_id if it may name a client's folder, on Windows too.

    Raises PipelineError("client.bad_id").
    """
    if not CLIENT_ID.fullmatch(client_id) or client_id.lower() in RESERVED_NAMES:
        raise bad_id(client_id)
    return client_id


def bad_id(client_id: str) -> PipelineError:
    """Return the error of a name that no client can have, with the nearest one that can be."""
    return PipelineError("client.bad_id", client=client_id, suggestion=suggest_client_id(client_id))


def check_word(word: str) -> str:
    """Return a trigger or class word as it is kept, blanks made single.

    Raises PipelineError("client.bad_word"), ("client.too_long"), and ("client.word_is_syntax") where A1111 and ComfyUI read
    more than a word in it.
    """
    word = " ".join(word.split())
    # A comma would end the first chunk of the caption; with a slash it is a path typed one question too early.
    if any(sign in word for sign in ",/\\") or not word.isprintable():
        raise PipelineError("client.bad_word", word=word)
    if len(word) > LONGEST_WORD:
        raise PipelineError("client.too_long", n=len(word), most=LONGEST_WORD)
    if _PROMPT_SYNTAX.search(word):
        raise PipelineError("client.word_is_syntax", word=word)
    return word


def check_name(name: str) -> str:
    """Return a person's name as it is kept, blanks made single. Raises PipelineError("client.too_long")."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise PipelineError("client.too_long", n=len(name), most=LONGEST_NAME)
    return name


def check_class(word: str) -> str:
    """Return a class word as it is kept: the English one where it is known in another language.

    Raises PipelineError as `check_word`, and ("client.class_not_english") for one that no caption in English can have.
    """
    word = class_words.english(check_word(word))
    if not class_words.looks_english(word):
        raise PipelineError("client.class_not_english", word=word, offered=", ".join(class_words.OFFERED))
    return word


_NAME = re.compile(r"[^\W\d_][\w .'’-]{0,79}")  # of a person: letters of any language, with blanks and hyphens


def named(typed: str) -> tuple[str, str]:
    """Return the id and the name to show that a typed name means; no name of its own for what is an id.

    >>> named("Lucía Gómez"), named("ana_2"), named("../x")
    (('Lucia_Gomez', 'Lucía Gómez'), ('ana_2', ''), ('../x', ''))
    """
    name = " ".join(typed.split())
    if CLIENT_ID.fullmatch(typed) or not _NAME.fullmatch(name):
        return typed, ""
    return suggest_client_id(name), name


def suggest_client_id(name: str) -> str:
    """Return the nearest id to a free name: "José Peña 2" -> "Jose_Pena_2"."""
    import unicodedata

    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    suggestion = re.sub(r"[^A-Za-z0-9_-]+", "_", ascii_name).strip("_").lstrip("-")[:64]
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
    def regularisation(self) -> Path:
        """Where pictures of the class without the person may lie, in numbered folders; not there for most clients."""
        return self.folder / "regularisation"

    @property
    def images(self) -> Path:
        return self.folder / "metadata" / "images"

    @property
    def raw_cache(self) -> Path:
        """Where developed RAWs are kept; may be deleted at any time."""
        return self.folder / "raw_cache"

    @property
    def removed(self) -> Path:
        """Where pictures lie that were taken out of this client, see `workspace/removed.py`."""
        return self.folder / removed.FOLDER

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

    def missing_originals(self) -> list[str]:
        """Return the ids of pictures whose original is not in the client's folder any more: deleted or moved by hand."""
        there = self.originals_there()
        return [image_id for path in self.record_files() if (image_id := record_id(path.name)) not in there]

    def originals_there(self) -> set[str]:
        """Return the ids of all originals, by their files' names, whether they have a record or not."""
        there: set[str] = set()
        for folder in (self.raw_mj, self.raw_real):
            with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
                there |= {found[0] for entry in entries if (found := IMAGE_ID.match(entry.name)) and entry.is_file()}
        return there

    @property
    def layout(self) -> tuple[Path, ...]:
        """Return every folder of a client."""
        return (
            self.raw_mj, self.raw_real, self.processed, self.rejected, self.training_data, self.images, self.runs,
            self.logs, self.models, self.samples, self.output,
        )  # fmt: skip

    def make_folders(self) -> None:
        """Create every folder of the layout that is missing."""
        for folder in self.layout:
            folder.mkdir(parents=True, exist_ok=True)

    def check_there(self, *folders: Path) -> None:
        """Raise PipelineError("client.vanished") where client.json or one of these folders is gone, as a stage works there."""
        for path in (*folders, self.info_file):
            if not os.path.lexists(path):
                raise PipelineError("client.vanished", client=self.client_id, path=str(path))

    def links(self) -> list[Path]:
        """Return the folders of this client that are links: what is written there lies elsewhere."""
        beside = (self.images.parent, self.training, self.raw_cache, self.removed, self.regularisation)
        folders = [path for path in (*self.layout, *beside) if links.is_link(path)]
        within = [
            path for folder in (self.training_data, self.runs, self.output, self.samples) for path in links.links_in(folder)
        ]
        return sorted({*folders, *within})

    # --- records -----------------------------------------------------------------------------------------------------

    def info(self) -> ClientInfo:
        """Read client.json. Raises PipelineError("client.invalid", "record.newer") where it does not follow the model."""
        from avatar.workspace.records import CLIENT_VERSION, ClientInfo

        data = utils.read_json(self.info_file)
        info: ClientInfo = _validated(ClientInfo, data, CLIENT_VERSION, "client.invalid", str(self.info_file))
        if (english := class_words.english(info.class_word)) != info.class_word:  # typed into the file, or by an older version
            info = info.model_copy(update={"class_word": english})
        if info.client_id == self.client_id:
            return info
        # The folder was renamed or copied by hand, or a rename was killed.
        shown = self.client_id if info.display_name == info.client_id else info.display_name
        return info.model_copy(update={"client_id": self.client_id, "display_name": shown})

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
        """Read one record after another, so that only one is in memory at a time. Raises as `record` does.

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
        """Return where the original of record lies: a file in the folder of its source, whatever the record says.

        Raises PipelineError("record.invalid") where it says otherwise: an import would overwrite what it names.
        """
        folder = self.raw_folder(record.source)
        path = self.folder / record.original.stored
        resolved = path.resolve()
        inside = path.parent == folder and path.name not in {"", ".", ".."} and resolved.parent == folder.resolve()
        if not inside or "\\" in record.original.stored:
            problem = Text("setting.outside_folder", {"name": "original.stored", "value": record.original.stored})
            raise PipelineError("record.invalid", path=str(self.record_file(record.image_id)), problems=[problem])
        return resolved

    # --- lock --------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def lock(self, stage: str, *, leaving: bool = False) -> Iterator[None]:
        """Hold this client for one stage; clear away what a killed program left half written, complete what it was removing.

        Holding it twice in one process is allowed. The note with the holder lies beside the lock: Windows forbids to
        read a locked file.
        leaving  nothing is written: the client is deleted or renamed
        Raises PipelineError("client.locked") naming the stage and process that holds it, ("client.linked") where a folder
        is a link, ("client.unknown") where the client is gone, ("remove.in_use") where a removal cannot be completed.
        """
        import filelock

        if not self.folder.is_dir():
            raise PipelineError("client.unknown", client=self.client_id, known="")
        if not leaving and (found := self.links()):
            raise PipelineError("client.linked", client=self.client_id, path=str(found[0]), target=str(found[0].resolve()))
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
                self._refuse_stray()
                leftovers.sweep(self.folder)
                with contextlib.suppress(*((OSError,) if leaving else ())):  # a full disk is why clients are deleted
                    utils.write_json(note, {"stage": stage, "pid": os.getpid(), "since": utils.now()})
                if not leaving:
                    removed.complete(self.folder)
            yield
        finally:
            if lock.lock_counter == 1:
                with contextlib.suppress(OSError):
                    note.unlink()
            lock.release()

    def _refuse_stray(self) -> None:
        """Raise PipelineError("client.unknown") where taking the lock has made the folder anew: the client was just renamed."""
        if {path.name for path in self.folder.iterdir()} <= {".lock"}:
            for gone in ((self.folder / ".lock").unlink, self.folder.rmdir):
                with contextlib.suppress(OSError):
                    gone()
            raise PipelineError("client.unknown", client=self.client_id, known="")


TUNING_RUN = "tune-"  # begins the name of a run that is a candidate of an automatic tuning


def run_folders(runs: Path) -> list[Path]:
    """Return the folders of all training runs, newest first: their names sort by time. Empty where there is no such folder.

    Those of an automatic tuning are none of them: a short run is no failed training, and none is the client's newest.
    """
    return [folder for folder in _all_run_folders(runs) if not folder.name.startswith(TUNING_RUN)]


def tuning_run_folders(runs: Path) -> list[Path]:
    """Return the folders of all runs of automatic tunings, newest first."""
    return [folder for folder in _all_run_folders(runs) if folder.name.startswith(TUNING_RUN)]


def _all_run_folders(runs: Path) -> list[Path]:
    try:
        with os.scandir(runs) as entries:
            names = [entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    except OSError:
        return []
    return [runs / name for name in sorted(names, reverse=True)]


def record_id(name: str) -> str:
    """Return the image id of a record's file name, "" for any other file."""
    return name[:-5] if name.endswith(".json") and IMAGE_ID.fullmatch(name[:-5]) else ""


def record_text(record: ImageRecord) -> str:
    """Return the content of a record's file."""
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
        raise PipelineError("record.invalid", path=path, problems=[Text(key, error.values)]) from error
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
