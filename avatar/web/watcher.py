"""The files that streams tell of, looked at by one thread while there is a stream: each is read once, however many follow."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from avatar.system import process_tree
from avatar.training import queue, run_folder, stop_request, variant
from avatar.web import live
from avatar.web.site import Site
from avatar.workspace.client import CLIENT_ID, Client

LOOK_S = 0.1
KINDS_S = 1.0  # how often what is not the progress is looked at
MOST_PIECES = 600  # of progress that are kept: a minute's
MOST_BYTES = 1 << 18  # that are read for a stream that comes back; beyond, it gets a snapshot
EVERYBODY = ""  # the feed of what belongs to no client: the queue, the list of clients

Stamp = tuple[int, ...]


@dataclass(frozen=True)
class Piece:
    """New lines of progress: from one offset in the file to another."""

    start: int
    end: int
    rows: list[dict[str, Any]]


@dataclass
class Feed:
    """What is known of one client: how far its newest run's progress was read, and a version of everything else."""

    client: Client | None
    run: Path | None = None
    offset: int = 0
    pieces: deque[Piece] = field(default_factory=lambda: deque(maxlen=MOST_PIECES))
    versions: dict[str, str] = field(default_factory=dict)
    gone: bool = False
    followers: int = 0
    runs_stamp: Stamp = ()
    looked: float = 0.0

    @property
    def cursor(self) -> tuple[str, int]:
        return (self.run.name if self.run else "", self.offset)

    def since(self, offset: int) -> list[dict[str, Any]] | None:
        """Return the lines after an offset, None where they are no longer kept."""
        if offset == self.offset:
            return []
        kept = [piece for piece in self.pieces if piece.start >= offset]
        if not kept or kept[0].start != offset:
            return self._read_since(offset)
        return [row for piece in kept for row in piece.rows]

    def _read_since(self, offset: int) -> list[dict[str, Any]] | None:
        if self.run is None or not 0 <= offset < self.offset or self.offset - offset > MOST_BYTES:
            return None
        with contextlib.suppress(OSError), (self.run / live.PROGRESS).open("rb") as handle:
            if offset:
                handle.seek(offset - 1)
                if handle.read(1) != b"\n":
                    return None  # another file than the one of before
            return live.parsed(handle.read(self.offset - offset))
        return None


class Watcher:
    """Looks at the files of the clients that are followed, ten times a second, in one thread."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._feeds: dict[str, Feed] = {}
        self.changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self.closed = False

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    @contextlib.contextmanager
    def following(self, client_ids: Iterable[str]) -> Iterator[Mapping[str, Feed]]:
        """Keep the feeds of these clients, and that of everybody, up to date within the block."""
        names = [EVERYBODY, *client_ids]
        with self.changed:
            for name in names:
                feed = self._feeds.setdefault(name, Feed(Client(self._site.workspace.folder / name) if name else None))
                feed.followers += 1
                if feed.followers == 1:
                    self._look(feed, time.monotonic())
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name="dashboard-files", daemon=True)
                self._thread.start()
        try:
            yield {name: self._feeds[name] for name in names}
        finally:
            with self.changed:
                for name in names:
                    self._feeds[name].followers -= 1
                    if not self._feeds[name].followers:
                        del self._feeds[name]
                self.changed.notify_all()

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_S)
            with self.changed:
                if self.closed or not self._feeds:
                    self._thread = None
                    return
                now = time.monotonic()
                if sum(self._look(feed, now) for feed in list(self._feeds.values())):
                    self.changed.notify_all()

    def _look(self, feed: Feed, now: float) -> bool:
        """Bring a feed up to date; tell whether anything in it is new."""
        with contextlib.suppress(OSError):
            new = self._look_at_progress(feed)
            if now - feed.looked >= KINDS_S or not feed.looked:
                feed.looked = now
                new |= self._look_at_kinds(feed)
            return new
        return False

    def _look_at_progress(self, feed: Feed) -> bool:
        if feed.client is None or feed.gone:
            return False
        if (stamp := _stamp(feed.client.runs)) != feed.runs_stamp:
            feed.runs_stamp = stamp
            newest = live.newest_run(feed.client.runs)
            if newest != feed.run:
                feed.run, feed.offset = newest, 0
                feed.pieces.clear()
                if newest is not None:
                    feed.offset = _whole_lines(newest / live.PROGRESS)
                return True
        return feed.run is not None and _read_on(feed, feed.run / live.PROGRESS)

    def _look_at_kinds(self, feed: Feed) -> bool:
        if feed.client is None:
            versions = _versions_of_everybody(self._site)
        else:
            feed.gone = not feed.client.info_file.is_file()
            versions = {} if feed.gone else _versions(feed.client, feed.run)
        new = versions != feed.versions or feed.gone
        feed.versions = versions
        return new


def _whole_lines(path: Path) -> int:
    """Return the offset after the last whole line of a file: a torn one waits for its end."""
    try:
        return path.read_bytes().rfind(b"\n") + 1
    except OSError:
        return 0


def _read_on(feed: Feed, path: Path) -> bool:
    try:
        size = path.stat().st_size
    except OSError:
        return False
    if size == feed.offset:
        return False
    if size < feed.offset:  # cut short or written anew: everybody begins again
        feed.pieces.clear()
        feed.offset = _whole_lines(path)
        return True
    with path.open("rb") as handle:
        handle.seek(feed.offset)
        content = handle.read(size - feed.offset)
    whole = content.rfind(b"\n") + 1
    if not whole:
        return False
    feed.pieces.append(Piece(feed.offset, feed.offset + whole, live.parsed(content[:whole])))
    feed.offset += whole
    return True


# --- versions --------------------------------------------------------------------------------------------------------


def _versions(client: Client, run: Path | None) -> dict[str, str]:
    """Return a version of everything that pages show of a client, from the moments of few folders and files."""
    records = _stamp(client.images)
    trials = client.samples / "trials"
    newest = next(iter(_names(trials)), "")
    trial = [_stamp(trials / newest / name) for name in ("trial.json", "trial.jsonl", "measures.jsonl")] if newest else []
    outcome = (
        [_stamp(run / name) for name in ("command.json", "process.json", "outcome.json", stop_request.FILE)] if run else []
    )
    return {
        "records": _version(records, _stamp(client.processed), _stamp(client.rejected)),
        "captions": _version(records, _stamp(client.training_data)),
        "outcome": _version(_name(run), *outcome, _alive(run), _stamp(client.models), _stamp(client.plan_file)),
        "trial": _version(newest, *trial, _stamp(trials)),
        "client": _version(_stamp(client.info_file)),
        "tuning": _tuning(client),
    }


def _tuning(client: Client) -> str:
    """Return a version of the newest tuning; the note beside the lock says whether it is at work."""
    tunings = variant.tunings_folder(client)
    newest = next(iter(_names(tunings)), "")
    files = [_stamp(tunings / newest / name) for name in ("tuning.json", "tuning.jsonl", "answer.json")] if newest else []
    return _version(newest, *files, _stamp(client.folder / ".lock.json") if newest else ())


def _versions_of_everybody(site: Site) -> dict[str, str]:
    folder = site.workspace.folder
    infos = [(name, _stamp(folder / name / "client.json")) for name in _names(folder) if CLIENT_ID.fullmatch(name)]
    return {"clients": _version(*infos), "queue": _version(_stamp(folder / queue.FILE))}


def _name(path: Path | None) -> str:
    return path.name if path else ""


def _names(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, the last first."""
    try:
        return sorted((path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")), reverse=True)
    except OSError:
        return []


def _alive(run: Path | None) -> tuple[bool, ...]:
    """Tell whether a run's trainer and the program that watches it live: that one was killed no file says."""
    if run is None or (run / "outcome.json").is_file():
        return ()
    note = run_folder.read_process(run)
    noted = (("pid", "born"), ("watcher", "watcher_born"))
    return tuple(pid in note and process_tree.is_running(note[pid], note.get(born, 0.0)) for pid, born in noted)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size)


def _version(*parts: object) -> str:
    import hashlib

    return hashlib.sha256(repr(parts).encode("utf-8")).hexdigest()[:12]
