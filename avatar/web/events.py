"""The stream of events: what changed in the files, told to the browser as it happens.

Events: snapshot, delta, changed, gone. The id of each says how far the progress of every client of the stream was told,
RUN:OFFSET, in the order in which the address names them: the files are the buffer, and a stream that comes back, even to
another server, goes on there.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from avatar.web import live
from avatar.web.routes import Asked
from avatar.web.watcher import EVERYBODY, Feed, Watcher
from avatar.workspace.client import CLIENT_ID

COMMENT_S = 15.0
RETRY_MS = 1000
WAIT_S = 1.0  # between two looks whether anybody still reads
MOST_CLIENTS = 16
MOST_GLANCED = 64


def stream(watcher: Watcher, asked: Asked, last_id: str, is_read: Callable[[], bool] = lambda: True) -> Iterator[bytes]:
    """Yield the pieces of a stream until nobody reads it or the server ends.

    asked    client, light: ids with commas between them; a snapshot of the second kind has no series
    last_id  of the last event that the browser has, "" for none
    """
    full = clients_of(asked.parameters.get("client", ""))
    light = [name for name in clients_of(asked.parameters.get("light", ""), MOST_GLANCED) if name not in full]
    ids = [*full, *light]
    with watcher.following(ids) as feeds:
        teller = Teller(feeds, _cursors(ids, last_id), frozenset(light))
        yield f"retry: {RETRY_MS}\n\n".encode()
        told = time.monotonic()
        while not watcher.closed:
            with watcher.changed:
                jobs = teller.news()
                if not jobs:
                    watcher.changed.wait(WAIT_S)
                    jobs = teller.news()
            if jobs:
                yield b"".join(_event(job) for job in jobs)
                told = time.monotonic()
            elif time.monotonic() - told >= COMMENT_S:
                yield b": \n\n"
                told = time.monotonic()
            elif not is_read():
                return


def clients_of(typed: str, most: int = MOST_CLIENTS) -> list[str]:
    """Return the ids in a list with commas, each once.

    >>> clients_of("ana,bea,ana,../x,")
    ['ana', 'bea']
    """
    return list(dict.fromkeys(name for name in typed.split(",") if CLIENT_ID.fullmatch(name)))[:most]


def _cursors(ids: list[str], last_id: str) -> dict[str, tuple[str, int]]:
    """Return how far each client was told, as the id of an event says."""
    found = {}
    parts = last_id.split(",")
    for name, part in zip(ids, parts, strict=False) if len(parts) == len(ids) else ():
        run, _, offset = part.rpartition(":")
        if offset.isascii() and offset.isdecimal() and len(offset) < 16:
            found[name] = (run, int(offset))
    return found


class Job(NamedTuple):
    """An event that is due. data is made outside of the lock: a snapshot reads a file. id: what was told with it."""

    name: str
    data: Callable[[], Mapping[str, Any]]
    id: str


class Teller:
    """What one stream has told: its news are what the feeds have beyond that."""

    def __init__(
        self, feeds: Mapping[str, Feed], cursors: Mapping[str, tuple[str, int]], light: frozenset[str] = frozenset()
    ) -> None:  # fmt: skip
        self._feeds = feeds
        self._light = light
        self._cursors: dict[str, tuple[str, int]] = dict(cursors)
        self._versions: dict[tuple[str, str], str] = {}
        self._gone: set[str] = set()

    @property
    def id(self) -> str:
        cursors = [self._cursors.get(name, ("", 0)) for name in self._feeds if name != EVERYBODY]
        return ",".join(f"{run}:{offset}" for run, offset in cursors)

    def news(self) -> list[Job]:
        """Return the events that are due."""
        found: list[Job] = []
        for name, feed in self._feeds.items():
            if feed.gone:
                if name not in self._gone:
                    self._gone.add(name)
                    found.append(self._job("gone", {"client": name}))
                continue
            if name in self._gone:  # it is there again, under its old name or out of a copy: all is told anew
                self._gone.discard(name)
                self._cursors.pop(name, None)
                self._versions = {place: version for place, version in self._versions.items() if place[0] != name}
            if name != EVERYBODY and (progress := self._progress(name, feed)) is not None:
                found.append(progress)
            for what, version in feed.versions.items():
                if self._versions.get((name, what)) != version:
                    self._versions[name, what] = version
                    found.append(self._job("changed", {"client": name, "what": what, "version": version}))
        return found

    def _job(self, name: str, data: Mapping[str, Any]) -> Job:
        return Job(name, lambda: data, self.id)

    def _progress(self, name: str, feed: Feed) -> Job | None:
        before = self._cursors.get(name)
        self._cursors[name] = feed.cursor
        if before == feed.cursor:
            return None
        rows = feed.since(before[1]) if before is not None and before[0] == feed.cursor[0] else None
        run, offset = feed.cursor
        if rows is None:
            return Job("snapshot", functools.partial(_snapshot, name, feed.run, offset, light=name in self._light), self.id)
        return self._job("delta", {"client": name, "run": run, "rows": rows}) if rows else None


def _snapshot(client: str, run: Path | None, offset: int, *, light: bool) -> Mapping[str, Any]:
    return {"client": client, **(live.snapshot(run, offset, light=light) if run else {"run": ""})}


def _event(job: Job) -> bytes:
    text = json.dumps(job.data(), ensure_ascii=True, allow_nan=False, default=str)
    return f"id: {job.id}\nevent: {job.name}\ndata: {text}\n\n".encode("ascii")
