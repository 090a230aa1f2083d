"""Several clients, trained one after the other overnight: a list on disk that survives a crash of one and of the program.

    {clients folder}/training_queue.json   who waits, who is being trained, how it ended

One training at a time. A client that fails is told at the end, the next one is trained. After the program was killed,
running the queue again takes over the training that goes on, or goes on from its last state, and then with the rest.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import utils
from avatar.texts.text import PipelineError, Text, as_record, plain_text
from avatar.workspace import state_file

LOG = logging.getLogger("avatar_pipeline")
FILE, VERSION = "training_queue.json", 1

EntryState = Literal["waiting", "running", "stopped", "done", "failed"]
OPEN: tuple[EntryState, ...] = ("running", "stopped", "waiting")  # in the order in which they are taken


@dataclass(frozen=True)
class Entry:
    """One client of the queue. cause: why it is no success.

    before  the client's newest run when its turn came: later ones are the queue's. None: its turn has not come yet
    """

    client: str
    state: EntryState = "waiting"
    before: str | None = None
    run_id: str = ""
    model: str = ""
    cause: Text | None = None
    steps: int = 0
    seconds: float = 0.0
    changed_at: str = ""


_TYPES: state_file.FieldTypes = {
    "client": str, "state": str, "before": str, "run_id": str, "model": str, "cause": str, "values": dict, "steps": int,
    "seconds": float, "changed_at": str,
}  # fmt: skip

# How one client is trained: (entry, keep) -> the entry as it ended; keep writes an entry at once.
TrainOne = Callable[[Entry, Callable[[Entry], None]], Entry]


def read(folder: Path) -> list[Entry]:
    """Return the queue of a clients folder; empty where there is none. Raises PipelineError("queue.bad_file")."""
    path = folder / FILE
    try:
        data = utils.read_json(path)
    except FileNotFoundError:
        return []
    entries = data.get("entries") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise PipelineError("queue.bad_file", path=str(path), detail=Text("setting.missing", {"name": "entries"}))
    return [entry for record in entries if (entry := _entry(record)) is not None]


def _entry(record: object) -> Entry | None:
    """Return one client of the file; None where nobody can tell which. A state that is none waits."""
    found = state_file.fields(record, _TYPES)
    if not found.get("client"):
        return None
    if found.get("state") not in get_args(EntryState):
        found["state"] = "waiting"
    cause = state_file.told(found)
    return Entry(**{name: value for name, value in found.items() if name not in {"cause", "values"}}, cause=cause)


def _write(folder: Path, entries: Sequence[Entry]) -> None:
    utils.write_json(folder / FILE, {"version": VERSION, "entries": as_record(entries)})


@contextlib.contextmanager
def _held(folder: Path, name: str, timeout_s: float) -> Iterator[None]:
    import filelock

    folder.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(str(folder / f".{name}.lock"), timeout=timeout_s):
            yield
    except filelock.Timeout as error:
        raise PipelineError("queue.busy", path=str(folder / FILE)) from error


def add(folder: Path, clients: Sequence[str]) -> list[Entry]:
    """Add clients at the end of the queue; a waiting one keeps its place, a finished one is queued again."""
    with _held(folder, "training_queue", 10):
        entries = read(folder)
        for client in clients:
            if any(entry.client == client and entry.state in OPEN for entry in entries):
                continue
            entries = [entry for entry in entries if entry.client != client]
            entries.append(Entry(client, changed_at=utils.now()))
        _write(folder, entries)
    return entries


def remove(folder: Path, clients: Sequence[str]) -> list[Entry]:
    """Take clients out of the queue. Raises PipelineError("queue.not_in") naming the first that is not there."""
    with _held(folder, "training_queue", 10):
        entries = read(folder)
        leaving = {client.lower() for client in clients}  # names of clients differ in more than their case
        for client in clients:
            if all(entry.client.lower() != client.lower() for entry in entries):
                raise PipelineError("queue.not_in", client=client)
        entries = [entry for entry in entries if entry.client.lower() not in leaving]
        _write(folder, entries)
    return entries


def rename(folder: Path, old: str, new: str) -> None:
    """Call a client in the queue by its new id. Raises PipelineError("queue.bad_file") and ("queue.busy")."""
    _change(folder, lambda entry: replace(entry, client=new) if entry.client == old else entry)


def forget(folder: Path, client: str) -> None:
    """Take a deleted client out of the queue, if it is there. Raises PipelineError("queue.bad_file") and ("queue.busy")."""
    _change(folder, lambda entry: None if entry.client == client else entry)


def _change(folder: Path, change: Callable[[Entry], Entry | None]) -> None:
    if not (folder / FILE).is_file():
        return
    with _held(folder, "training_queue", 10):
        entries = read(folder)
        changed = [new for entry in entries if (new := change(entry)) is not None]
        if changed != entries:
            _write(folder, changed)


def run_all(folder: Path, train_one: TrainOne, on_change: Callable[[Entry], None] | None = None) -> list[Entry]:
    """Train every waiting client, in order; return the whole queue afterwards.

    A client whose training the user stopped ends the queue; run again, it goes on with that one, from its last state.
    Raises PipelineError("queue.busy") while another program runs the queue, ("queue.empty") where nobody waits.
    """
    with _held(folder, "training_queue_run", 0):
        if not any(entry.state in OPEN for entry in read(folder)):
            raise PipelineError("queue.empty")
        while (entry := _next(folder)) is not None:
            running = replace(entry, state="running", changed_at=utils.now())
            _put(folder, running)
            _tell(on_change, running)
            ended = replace(_one(folder, running, train_one), changed_at=utils.now())
            _put(folder, ended)
            _tell(on_change, ended)
            if ended.state == "stopped":
                break
        return read(folder)


def _next(folder: Path) -> Entry | None:
    """Return the client whose training was broken off, else the first that waits; read anew: others may add meanwhile."""
    entries = read(folder)
    for state in OPEN:
        for entry in entries:
            if entry.state == state:
                return entry
    return None


def _put(folder: Path, changed: Entry) -> None:
    with _held(folder, "training_queue", 10):
        _write(folder, [changed if entry.client == changed.client else entry for entry in read(folder)])


def _tell(on_change: Callable[[Entry], None] | None, entry: Entry) -> None:
    if on_change is not None:
        on_change(entry)


def _one(folder: Path, entry: Entry, train_one: TrainOne) -> Entry:
    latest = [entry]

    def keep(changed: Entry) -> None:
        latest[0] = changed
        _put(folder, changed)

    try:
        return train_one(entry, keep)
    except PipelineError as error:
        return replace(entry, state="failed", cause=plain_text(error.text))
    except OSError as error:
        LOG.exception("system error in the queue")
        values = {"detail": error.strerror or str(error), "path": str(error.filename or "-")}
        return replace(entry, state="failed", cause=Text("system.error", values))
    except KeyboardInterrupt:
        return replace(latest[0], state="stopped", cause=Text("command.interrupted"))
    except Exception as error:  # a bug with one client must not cost the others their night
        LOG.exception("bug in the queue")
        return replace(entry, state="failed", cause=Text("queue.bug", {"detail": f"{type(error).__name__}: {error}"}))
