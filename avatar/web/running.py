"""The dashboard as a process: started, found again, stopped."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import hashlib
import html
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.commands.session import Serving, Session
from avatar.system import process_tree
from avatar.texts.text import PipelineError

if TYPE_CHECKING:
    from avatar.web.server import Server

FOLDER = "state"
FILE = "dashboard.json"
PORT = 8470  # [choice] none of ComfyUI's 8188, A1111's 7860, InvokeAI's 9090, TensorBoard's 6006, Jupyter's 8888
MORE_PORTS = 10  # tried after it, before any that is free
TOKEN_BYTES = 16
KEPT_S = 7 * 24 * 3600  # [choice] a server that starts again within a week has the port and token of before: open pages heal
ASK_S = 2.0
END_S = 5.0


@dataclass(frozen=True)
class Note:
    """What dashboard.json says of a server. pid: 0 once it has ended well."""

    pid: int
    born: float
    port: int
    token: str
    written: float
    alone: bool  # the process does nothing else

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self.token}/"

    @property
    def alive(self) -> bool:
        return self.pid > 0 and process_tree.is_running(self.pid, self.born)


class Running:
    """The dashboard of a session's clients: at most one on this computer."""

    def __init__(self) -> None:
        self._servers: dict[Path, Server] = {}

    def start(self, session: Session, *, port: int | None = None, alone: bool = False) -> Serving:
        """Return the dashboard that runs, or start one in threads of this process.

        port   this one and no other; None: that of before, or any that is free
        alone  this process does nothing else
        Raises PipelineError("web.port_taken").
        """
        file = note_file(session)
        with _one_at_a_time(file):
            return self.find(session) or self._start(session, file, port, alone=alone)

    def _start(self, session: Session, file: Path, port: int | None, *, alone: bool) -> Serving:
        from avatar.web.server import Server
        from avatar.web.site import Site

        before = read_note(file)
        old = before if before and time.time() - before.written < KEPT_S and port in {None, before.port} else None
        site = Site(session.workspace, session.config_file, session.language, "", session.log_file)
        server = _bound(lambda number: Server(site, number), [port] if port is not None else _ports(old))
        if server is None:
            raise PipelineError("web.port_taken", port=port or PORT)
        site.token = old.token if old and old.port == server.port else secrets.token_hex(TOKEN_BYTES)
        note = Note(
            os.getpid(), process_tree.start_time(os.getpid()) or time.time(), server.port, site.token, time.time(), alone
        )
        _write(file, note)
        server.at_end = functools.partial(_ended, file, note)
        self._servers[file] = server
        server.start()
        atexit.register(_end_with_process, server)
        return Serving(note.address, note.pid, own=True, alone=alone)

    def find(self, session: Session) -> Serving | None:
        """Return the dashboard of these clients that runs, in this process or another one."""
        file = note_file(session)
        own = self._servers.get(file)
        if own is not None and not own.ended.is_set():
            return Serving(own.address, os.getpid(), own=True)
        note = read_note(file)
        if note is None or note.pid == os.getpid() or not note.alive or not _answers(note):
            return None
        return Serving(note.address, note.pid, own=False, alone=note.alone)

    def wait(self, session: Session) -> None:
        """Wait until the dashboard of this process is stopped."""
        own = self._servers.get(note_file(session))
        while own is not None and not own.ended.wait(0.5):  # in pieces: on Windows Ctrl+C ends no wait
            pass

    def stop(self, session: Session) -> bool:
        """Stop the dashboard that runs; False where none does. Raises PipelineError("web.not_stopped")."""
        file = note_file(session)
        own = self._servers.pop(file, None)
        if own is not None and not own.ended.is_set():
            own.stop()
            return True
        note = read_note(file)
        if note is None or note.pid == os.getpid() or not note.alive:
            return False
        if _ask(note, "shutdown", post=True) and _over(note):
            return True
        if not note.alone:  # it does other work too, such as a training
            raise PipelineError("web.not_stopped", pid=note.pid)
        process_tree.end_tree(note.pid, note.born, grace_s=END_S)
        return True

    def open(self, session: Session, serving: Serving, client_id: str, page: str = "") -> bool:
        """Open the dashboard in a browser, by a file: others of this computer can read a command line."""
        import webbrowser

        if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            return False  # what could be found there draws in the terminal, over what stands in it
        file = note_file(session).with_suffix(".html")
        address = html.escape(serving.of_client(client_id, page), quote=True)
        title = html.escape(session.text("web.open_title"))
        head = (
            f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}"><title>{title}</title>'
        )
        with contextlib.suppress(OSError, webbrowser.Error):
            _write_private(file, head + f'<a href="{address}">{title}</a>')
            return webbrowser.open(file.absolute().as_uri())
        return False


RUNNING = Running()


def note_file(session: Session) -> Path:
    """Return where the note of a session's dashboard lies; other clients have another one."""
    folder = session.workspace.folder.absolute()
    usual = session.config_file.parent.absolute() / "clients"
    name = FILE if folder == usual else f"dashboard-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]}.json"
    return session.config_file.parent / FOLDER / name


def read_note(file: Path) -> Note | None:
    """Return what a note says; None where there is none or it says something else."""
    try:
        found = utils.read_object(file)
        note = Note(
            int(found["pid"]), float(found["born"]), int(found["port"]), str(found["token"]), float(found["written"]),
            bool(found["alone"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None
    good = len(note.token) == 2 * TOKEN_BYTES and set(note.token) <= set("0123456789abcdef") and 0 < note.port < 65536
    return note if good else None


def _write(file: Path, note: Note) -> None:
    """Write the note. Without it, on a full disk, the dashboard is not found again, and serves."""
    with contextlib.suppress(OSError):
        _write_private(file, json.dumps(dataclasses.asdict(note)))


def _end_with_process(server: Server) -> None:
    """End a server before this process does, so that its note says so."""
    if not server.ended.is_set():
        server.stop()


@contextlib.contextmanager
def _one_at_a_time(file: Path) -> Iterator[None]:
    """Of two programs that start at once, let the second find what the first has started."""
    import filelock

    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError, filelock.Timeout):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            stack.enter_context(filelock.FileLock(str(file.with_suffix(".lock")), timeout=END_S))
        yield


def _ended(file: Path, note: Note) -> None:
    """Note that a server has ended; its port and token are kept for the next one."""
    if (there := read_note(file)) is not None and there.token == note.token and there.pid == note.pid:
        _write(file, dataclasses.replace(note, pid=0, written=time.time()))
    with contextlib.suppress(OSError):
        file.with_suffix(".html").unlink()


def _write_private(file: Path, content: str) -> None:
    """Write a file that only this user can read, whatever the umask. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = utils.temporary_for(file)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(content)
    utils.put_in_place(temporary, file)


def _ports(old: Note | None) -> list[int]:
    usual = [*range(PORT, PORT + MORE_PORTS), 0]
    return [old.port, *usual] if old else usual


def _bound(make: Callable[[int], Server], ports: Iterable[int]) -> Server | None:
    for port in ports:
        with contextlib.suppress(OSError, OverflowError):
            return make(port)
    return None


def _ask(note: Note, path: str, *, post: bool = False) -> bool:
    """Ask a server; tell whether it answers as ours does."""
    import http.client  # here: the menu starts without them
    import urllib.request

    request = urllib.request.Request(note.address + path, method="POST" if post else "GET")  # noqa: S310  # our own address
    if post:
        request.data = b"{}"
        request.add_header("Content-Type", "application/json")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=ASK_S) as answer:
            return int(answer.status) == 200
    except (OSError, ValueError, http.client.HTTPException):
        return False


def _answers(note: Note) -> bool:
    return _ask(note, "api/alive")


def _over(note: Note) -> bool:
    """Wait until a server no longer answers; its process may do other work."""
    deadline = time.monotonic() + END_S
    while time.monotonic() < deadline:
        if not note.alive or not _answers(note):
            return True
        time.sleep(0.1)
    return False
